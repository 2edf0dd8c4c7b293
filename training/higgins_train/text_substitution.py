"""Known mispronunciations for nothing: the text is changed, not the speech.

If a phone was said well and the canonical text claims another one, the recording is a certain mispronunciation of
the claimed phone; if the text claims a phone more, it is a certain deletion; if the text leaves a phone out, a certain
insertion. Vowels are exchanged for vowels,
consonants for consonants, half of the time within pairs that learners confuse.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from .cmudict import VOWELS
from .corpus import Utterance, Word
from .phones import PHONES

# Phones that learners of English exchange; read in both directions.
# fmt: off
CONFUSED = (
    "TH-S", "TH-T", "TH-F", "DH-D", "DH-Z", "V-W", "V-B", "V-F", "R-L", "N-NG", "N-L", "M-N", "S-SH", "Z-S", "ZH-SH",
    "CH-SH", "JH-CH", "JH-ZH", "P-B", "T-D", "K-G", "F-HH", "F-P", "Y-JH", "IH-IY", "AE-EH", "EH-EY", "UH-UW", "AH-AA",
    "AA-AO", "AO-OW", "AW-AO", "AY-AE", "ER-AH", "AH-AE", "AA-AE", "OY-AO", "IH-EH", "UH-AH", "OW-AW",
)
# fmt: on
PARTNERS: dict[str, list[str]] = {phone: [] for phone in PHONES}
for _pair in CONFUSED:
    _first, _second = _pair.split("-")
    PARTNERS[_first].append(_second)
    PARTNERS[_second].append(_first)

GOOD_FROM = 1.8  # of 2: only phones that the experts heard as right may become certain errors
WRONG = 0.0


def another_phone(phone: str, random: np.random.Generator) -> str:
    """A different phone of the same class, stress kept."""
    bare, stress = phone.rstrip("012"), phone[len(phone.rstrip("012")) :]
    partners = PARTNERS[bare]
    if partners and random.random() < 0.5:
        return str(random.choice(partners)) + stress
    others = [p for p in PHONES if p != bare and (p in VOWELS) == (bare in VOWELS)]
    return str(random.choice(others)) + stress


def altered_word(word: Word, random: np.random.Generator, rate: float) -> Word:
    """The word with some of its phones exchanged and now and then a consonant added at its end."""
    scores = word.phone_scores or [2.0] * len(word.phones)
    phones, labels = [], []
    spoken = [[phone] for phone in word.phones]
    for phone, score in zip(word.phones, scores, strict=True):
        if score >= GOOD_FROM and random.random() < rate:
            phones.append(another_phone(phone, random))
            labels.append(WRONG)
        else:
            phones.append(phone)
            labels.append(score)
    if random.random() < rate / 2:
        consonants = [p for p in PHONES if p not in VOWELS and p != word.phones[-1]]
        phones.append(str(random.choice(consonants)))
        labels.append(WRONG)
        spoken.append([])
    return replace(
        word, phones=phones, spoken=spoken, phone_scores=labels, phone_views=None, insertion_views=None
    )


def beside_another_text(utterance: Utterance, name: str, words: list[Word]) -> Utterance:
    """A copy of the recording beside other words: what was said of the whole no longer holds."""
    return replace(
        utterance, id=f"{utterance.id}+{name}", words=words, scores=None, extra={"of": utterance.id}
    )


def with_substitutions(utterance: Utterance, seed: int, rate: float = 0.12) -> Utterance:
    """A copy whose text is wrong in known places; what the experts said of its words and the whole no longer holds."""
    random = np.random.default_rng([seed, *utterance.id.encode()])
    words = [altered_word(word, random, rate) for word in utterance.words]
    if not utterance.native:  # what a learner said instead of an error is not certain
        words = [replace(word, spoken=None) for word in words]
    return beside_another_text(utterance, f"text{seed}", words)


def shortened_word(word: Word, random: np.random.Generator, rate: float) -> Word:
    """The word without some of its phones, never the first and never two in a row; `spoken` has them where they were
    said. Nothing is known of the other phones any more."""
    phones: list[str] = []
    spoken: list[list[str]] = []
    for at, phone in enumerate(word.phones):
        # Beside an equal phone it could not be told from a long one.
        alone = phone not in word.phones[max(at - 1, 0) : at] + word.phones[at + 1 : at + 2]
        if phones and len(spoken[-1]) == 1 and alone and random.random() < rate:
            spoken[-1].append(phone)
        else:
            phones.append(phone)
            spoken.append([phone])
    return replace(
        word,
        phones=phones,
        spoken=spoken,
        phone_scores=[np.nan] * len(phones),
        phone_views=None,
        insertion_views=None,
    )


def with_omissions(utterance: Utterance, seed: int, rate: float = 0.06) -> Utterance:
    """A copy whose text lacks phones that were said: certain insertions. What was heard at the phones that are left is
    known too; how they would be scored beside such a text is not."""
    random = np.random.default_rng([seed, 1, *utterance.id.encode()])
    words = [shortened_word(word, random, rate) for word in utterance.words]
    return beside_another_text(utterance, f"short{seed}", words)
