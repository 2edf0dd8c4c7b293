"""What each expert of SpeechOcean762 heard at each phone, read from marked phone strings.

`(T)` was mispronounced, `{T}` had an accent, `[ T ]` was inserted and stands beside the canonical phones. A mark may
span several phones. The experts wrote some pairs of phones as one (`TS`, `TR`, `IR1`); where their string does not have
the canonical number of phones even so, that expert's view of the word is not used.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

MISPRONOUNCED, ACCENTED, RIGHT = 0.0, 1.0, 2.0
_SCORE_AFTER = {"(": MISPRONOUNCED, ")": RIGHT, "{": ACCENTED, "}": RIGHT}
_TOKEN = re.compile(r"[\[\](){}]|[^\s\[\](){}]+")
_PAIR = re.compile(r"TS|DZ|TR|DR|[A-Z]R\d")  # AR, IR, UR, ... : a vowel and its R


@dataclass
class Mark:
    """What one expert heard at one canonical phone."""

    score: float  # 0-2
    inserted: bool = False  # something was said after it that is not in the text


def marks_of(marked: str, phones: Sequence[str]) -> list[Mark] | None:
    """One expert's marks of the canonical `phones`; None where the string cannot be laid over them. What was inserted
    before the first phone of a word is left out."""
    heard: list[tuple[str, Mark]] = []
    score, inserted = RIGHT, False
    for token in _TOKEN.findall(marked):
        if token in "[]":
            inserted = token == "["
        elif token in _SCORE_AFTER:
            score = _SCORE_AFTER[token]
        elif not inserted:
            heard.append((token, Mark(score)))
        elif heard:
            heard[-1][1].inserted = True
    if len(heard) == len(phones):
        return [mark for _, mark in heard]
    # Both phones of a pair get its mark; what was inserted follows the second.
    spread: list[Mark] = []
    for token, mark in heard:
        spread += [Mark(mark.score), mark] if _is_pair(token) else [mark]
    return spread if len(spread) == len(phones) else None


def _is_pair(token: str) -> bool:
    return token != "ER0" and not token.startswith("ER") and bool(_PAIR.fullmatch(token))


def views_of_word(marked: Sequence[str], phones: Sequence[str]) -> list[list[Mark]] | None:
    """Per phone, the marks of the experts whose strings could be read; None where nobody's could."""
    readable = [marks for text in marked if (marks := marks_of(text, phones)) is not None]
    return [list(of_phone) for of_phone in zip(*readable, strict=True)] if readable else None
