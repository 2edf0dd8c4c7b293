"""What each expert of SpeechOcean762 heard at each phone, read from marked phone strings.

`(T)` was mispronounced, `{T}` had an accent, `[ T ]` was inserted and stands beside the canonical phones. A mark may
span several phones. The experts wrote some pairs of phones as one (`TS`, `TR`, `IR1`); where their string does not have
the canonical number of phones even so, that expert's view of the word is not used.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

MISPRONOUNCED, ACCENTED, RIGHT = 0.0, 1.0, 2.0
_SCORE_AFTER = {"(": MISPRONOUNCED, ")": RIGHT, "{": ACCENTED, "}": RIGHT}
_TOKEN = re.compile(r"[\[\](){}]|[^\s\[\](){}]+")
_PAIR = re.compile(r"TS|DZ|TR|DR|[A-Z]R\d")  # AR, IR, UR, ... : a vowel and its R


def scores_of_marks(marked: str, phones: Sequence[str]) -> list[float] | None:
    """One expert's scores 0-2 of the canonical `phones`; None where the string cannot be laid over them."""
    heard: list[str] = []
    scores: list[float] = []
    score, inserted = RIGHT, False
    for token in _TOKEN.findall(marked):
        if token in "[]":
            inserted = token == "["
        elif token in _SCORE_AFTER:
            score = _SCORE_AFTER[token]
        elif not inserted:
            heard.append(token)
            scores.append(score)
    if len(heard) == len(phones):
        return scores
    # Both phones of a pair get its mark.
    spread = [s for token, s in zip(heard, scores, strict=True) for _ in range(2 if _is_pair(token) else 1)]
    return spread if len(spread) == len(phones) else None


def _is_pair(token: str) -> bool:
    return token != "ER0" and not token.startswith("ER") and bool(_PAIR.fullmatch(token))


def views_of_word(marked: Sequence[str], phones: Sequence[str]) -> list[list[float]] | None:
    """Per phone, the scores of the experts whose strings could be read; None where nobody's could."""
    readable = [scores for text in marked if (scores := scores_of_marks(text, phones)) is not None]
    return [list(of_phone) for of_phone in zip(*readable, strict=True)] if readable else None
