"""Words of native speech whose transcript is lost but whose dictionary phones are known.

The corpus of native speech gives most recordings as one long phone string. The scorer wants to know where
words begin, so the string is cut into dictionary pronunciations: fewest words first, short function words only where
nothing longer fits.
"""

from __future__ import annotations

from dataclasses import replace

from .cmudict import VOWELS, Dictionary
from .corpus import Utterance, Word

# Costs of a word: constant, plus a little for words of one or two phones, which fit everywhere.
WORD_COST = 1.0
SHORT_WORD_COST = 0.4
UNKNOWN_PHONE_COST = 4.0
LONGEST_WORD = 16


def cut_into_words(phones: list[str], pronunciations: set[tuple[str, ...]]) -> list[list[str]]:
    """The cheapest division of `phones` (without stress) into known pronunciations; a stray phone is a
    word of its own."""
    best: list[tuple[float, int]] = [(0.0, 0)]
    for end in range(1, len(phones) + 1):
        candidates = [(best[end - 1][0] + UNKNOWN_PHONE_COST, end - 1)]
        for begin in range(max(0, end - LONGEST_WORD), end):
            if tuple(phones[begin:end]) in pronunciations:
                cost = WORD_COST + (SHORT_WORD_COST if end - begin <= 2 else 0.0)
                candidates.append((best[begin][0] + cost, begin))
        best.append(min(candidates))
    words, end = [], len(phones)
    while end > 0:
        begin = best[end][1]
        words.append(phones[begin:end])
        end = begin
    return words[::-1]


def stressed_pronunciations(dictionary: Dictionary) -> dict[tuple[str, ...], tuple[str, ...]]:
    """Every pronunciation without stress -> with the stress of the first word that has it."""
    stressed: dict[tuple[str, ...], tuple[str, ...]] = {}
    for variants in dictionary.values():
        for phones in variants:
            stressed.setdefault(tuple(phone.rstrip("012") for phone in phones), phones)
    return stressed


def _with_stress(phones: list[str], stressed: dict[tuple[str, ...], tuple[str, ...]]) -> list[str]:
    known = stressed.get(tuple(phones))
    return list(known) if known else [phone + "0" if phone in VOWELS else phone for phone in phones]


def with_words(utterance: Utterance, stressed: dict[tuple[str, ...], tuple[str, ...]]) -> Utterance:
    """The native utterance with words (guessed where the transcript is lost) and stress from the dictionary."""
    if utterance.text:
        words = [(word.text, word.phones) for word in utterance.words]
    else:
        words = [("?", word) for word in cut_into_words(utterance.phones, set(stressed))]
    return replace(utterance, words=[Word(text, _with_stress(phones, stressed)) for text, phones in words])
