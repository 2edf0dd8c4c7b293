"""Reads the CMU Pronouncing Dictionary (cmudict.dict) and says which of its words are held out."""

from __future__ import annotations

import re
import zlib
from pathlib import Path

from .phones import LABEL_OF

VOWELS = frozenset(["AA", "AE", "AH", "AO", "AW", "AY", "EH", "ER", "EY", "IH", "IY", "OW", "OY", "UH", "UW"])

# Longest first: what is stripped so that "walked", "walking" and "walk's" fall on one side of the split.
_SUFFIXES = [
    *("nesses", "ments", "ness", "ment", "ings", "ers", "ing", "'s", "s'", "est", "ies", "ied"),
    *("ed", "es", "er", "ly", "y", "s", "e"),
]

Dictionary = dict[str, list[tuple[str, ...]]]


def check_phones(phones: list[str], where: str) -> tuple[str, ...]:
    """The phones as a tuple; ValueError for a name that is not ARPAbet or a vowel without a stress digit."""
    for phone in phones:
        base = phone.rstrip("012")
        if base not in LABEL_OF:
            raise ValueError(f"{where}: unknown phone {phone!r}")
        if (base in VOWELS) != (len(phone) == len(base) + 1):
            raise ValueError(f"{where}: {phone!r}: vowels, and only they, carry one stress digit")
    if not phones:
        raise ValueError(f"{where}: no phones")
    return tuple(phones)


def read_cmudict(path: Path) -> Dictionary:
    """Word -> its pronunciations in the file's order, without doubles, comments and variant numbers."""
    dictionary: Dictionary = {}
    for number, line in enumerate(path.read_text("utf-8").splitlines(), 1):
        fields = line.split("#")[0].split()
        if not fields:
            continue
        word = re.sub(r"\(\d+\)$", "", fields[0])
        phones = check_phones(fields[1:], f"{path}:{number}")
        variants = dictionary.setdefault(word, [])
        if phones not in variants:
            variants.append(phones)
    if not dictionary:
        raise ValueError(f'{path}: no entries; expected lines such as "abacus AE1 B AH0 K AH0 S"')
    return dictionary


def family(word: str) -> str:
    """A crude stem: inflections and common derivations of a word share it."""
    stem = word
    changed = True
    while changed:
        changed = False
        for suffix in _SUFFIXES:
            if stem.endswith(suffix) and len(stem) - len(suffix) >= 3:
                stem = stem[: -len(suffix)]
                changed = True
                break
    stem = stem.replace("'", "")
    if len(stem) > 3 and stem[-1] == stem[-2]:
        stem = stem[:-1]
    return stem.rstrip("i") or stem


def held_out(word: str) -> bool:
    """Whether the word is of the 5 % on which the G2P model is measured, by a hash of its family."""
    return zlib.crc32(family(word).encode()) % 20 == 0
