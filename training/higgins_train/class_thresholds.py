"""Thresholds of detection for each class of phones: do they find more than one threshold for all?

Answered inside the fit division, by speaker: thresholds are chosen on some speakers and judged on the others. Classes
whose errors are few keep the common threshold.
"""

from __future__ import annotations

import numpy as np

from .held_out import HeldOut
from .metrics import detection_at
from .phones import LABEL_OF, PHONE_CLASSES

FEWEST_ERRORS = 40  # of a class, for a threshold of its own
WORTH_FROM = 0.005  # gain of F1


def class_of_label() -> dict[int, str]:
    return {LABEL_OF[phone]: name for name, members in PHONE_CLASSES.items() for phone in members}


def thresholds_of(of: HeldOut) -> dict[str, float]:
    """Logits, by class; "" is the common one."""
    thresholds = {"": of.threshold}
    names = np.array([class_of_label().get(int(label), "") for label in of.phone])
    for name in PHONE_CLASSES:
        here = names == name
        if of.wrong[here].sum() >= FEWEST_ERRORS:
            thresholds[name] = of.of(here).threshold
    return thresholds


def margins(of: HeldOut, thresholds: dict[str, float]) -> np.ndarray:
    """Logits above each phone's own threshold."""
    own = {label: thresholds.get(name, thresholds[""]) for label, name in class_of_label().items()}
    return of.logit - np.array([own.get(int(label), thresholds[""]) for label in of.phone])


def compare(of: HeldOut, folds: int = 5, seed: int = 0) -> dict:
    """{"f1_common", "f1_by_class", "pays", "thresholds"}: F1 where the speaker's labels chose nothing; thresholds of
    all speakers, as logits."""
    speakers = np.unique(of.speaker)
    fold_of = dict(zip(speakers, np.random.default_rng(seed).permutation(len(speakers)) % folds, strict=True))
    fold = np.array([fold_of[speaker] for speaker in of.speaker])
    common, by_class = np.zeros(len(fold)), np.zeros(len(fold))
    for number in range(folds):
        rest, here = of.of(fold != number), of.of(fold == number)
        if not rest.wrong.any() or not len(here.logit):
            continue
        thresholds = thresholds_of(rest)
        common[fold == number] = here.logit - thresholds[""]
        by_class[fold == number] = margins(here, thresholds)
    f1 = {
        name: detection_at(of_phone, of.wrong, 0.0)["f1"]
        for name, of_phone in (("common", common), ("by_class", by_class))
    }
    return {
        "f1_common": f1["common"],
        "f1_by_class": f1["by_class"],
        "pays": bool(f1["by_class"] - f1["common"] >= WORTH_FROM),
        "thresholds": thresholds_of(of),
    }
