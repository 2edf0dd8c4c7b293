"""Scorers judged on speakers that they never learned from, inside the speakers that are trained on.

What a pack's stack, threshold and calibration come from, so that dev has no part in choosing them; and, where dev
itself was learned from (`--fit-on all`), the only figures of agreement with the experts that mean something.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import astuple, dataclass, fields
from functools import cached_property
from pathlib import Path

import numpy as np
import torch

from .corpus import speaker_folds
from .files import whole
from .metrics import cautious_threshold
from .parallel import in_parallel
from .scorer_evaluation import Outputs, detections, evaluate, predict
from .scorer_items import Item
from .scorer_model import ScorerModel
from .scorer_options import Recipe
from .scorer_training import train_scorer
from .stacking import Stack, fit_stack, stacked

FOLDS = 3
FILE = "held-out.pt"  # of a run


@dataclass
class HeldOut:
    """Phones of speakers that the scorer had not learned from, one entry a phone."""

    logit: np.ndarray
    wrong: np.ndarray  # bool
    phone: np.ndarray  # label of the canonical phone
    speaker: np.ndarray  # names
    score: np.ndarray  # 0-2, the scorer's
    truth: np.ndarray  # 0-2, the experts'
    insertion_logit: np.ndarray  # that a sound which is not in the text follows
    inserted: np.ndarray  # 0-1, share of the experts who heard one; NaN: not known

    def of(self, chosen: np.ndarray) -> HeldOut:
        """chosen: a mask or indices."""
        return HeldOut(*(part[chosen] for part in astuple(self)))

    @cached_property
    def threshold(self) -> float:
        """Of detection, on logits."""
        return cautious_threshold(self.logit, self.wrong, self.speaker)

    def save(self, run: Path) -> None:
        with whole(run / FILE) as partial:
            torch.save(astuple(self), partial)

    @staticmethod
    def load(run: Path) -> HeldOut:
        parts = torch.load(run / FILE, weights_only=False) if (run / FILE).exists() else ()
        if len(parts) != len(fields(HeldOut)):
            raise SystemExit(
                f"{run} lacks {FILE}, or has an older one: run `scorer` again, which keeps what it has and adds that"
            )
        return HeldOut(*parts)


def divide(items: list[Item], num_folds: int) -> list[list[Item]]:
    """Folds of which no two share a speaker; each kind of speech is divided by itself."""
    folds: list[list[Item]] = [[] for _ in range(num_folds)]
    for kind in sorted({item.kind for item in items}):
        of_kind = [item for item in items if item.kind == kind]
        for item, fold in zip(of_kind, speaker_folds(of_kind, num_folds), strict=True):
            folds[fold].append(item)
    return folds


def key_of(items: list[Item]) -> str:
    """Of what all folds are drawn from: scorers that left out other recordings, or learned from other teachers, must
    not be taken for these."""
    digest = hashlib.sha256()
    for item in sorted(items, key=lambda item: item.id):
        digest.update(item.id.encode() + b"\n")
        for name, values in sorted((item.teacher or {}).items()):
            digest.update(name.encode() + values.tobytes())
    return digest.hexdigest()[:8]


def said_held_out(
    items: list[Item], recipes: Sequence[Recipe], folder: Path, jobs: int, num_folds: int = FOLDS
) -> list[tuple[list[Item], list[Outputs]]]:
    """The folds of the items, and what the mean of one scorer a recipe, all of which learned from the speakers of the
    other folds, says of each item. Finished scorers in `folder` are loaded."""
    folds = divide(items, num_folds)
    key = key_of(items)

    def learned(job: tuple[int, int]) -> ScorerModel:
        fold, number = job
        rest = [i for at, of in enumerate(folds) if at != fold for i in of]
        recipe = recipes[number]
        path = folder / f"held-out-{key}-fold{fold}-recipe{number + 1}.pt"
        return train_scorer(rest, 1, recipe.options, path, recipe.shape)

    in_parallel(
        learned, [(fold, number) for fold in range(num_folds) for number in range(len(recipes))], jobs
    )
    return [
        (of, predict([learned((fold, number)) for number in range(len(recipes))], of))
        for fold, of in enumerate(folds)
    ]


def judged_by_strangers(parts: list[tuple[list[Item], list[Outputs]]]) -> tuple[list[Item], list[Outputs]]:
    """The learners of said_held_out, weighed by a stack that is fitted on the other folds."""
    judged: list[Item] = []
    outputs: list[Outputs] = []
    for items, said in parts:
        others = [part for part in parts if part[0] is not items]
        stack = fit_stack([o for _, of in others for o in of], [i for of, _ in others for i in of])
        scored = [(o, i) for o, i in zip(said, items, strict=True) if i.scored]
        judged += [i for _, i in scored]
        outputs += stacked(stack, [o for o, _ in scored], [i for _, i in scored])
    return judged, outputs


def judge_held_out(
    items: list[Item], recipes: Sequence[Recipe], folder: Path, jobs: int, num_folds: int = FOLDS
) -> tuple[HeldOut, dict[str, float], Stack]:
    """The learners among `items`, judged as by said_held_out and by a stack that is fitted on the other folds; the
    figures of that; the stack that is fitted on all folds."""
    parts = said_held_out(items, recipes, folder, jobs, num_folds)
    judged, outputs = judged_by_strangers(parts)
    logit, wrong = detections(outputs, judged)
    phone = np.concatenate([i.inputs["phone"] for i in judged])
    speaker = np.concatenate([[i.speaker] * len(i.phone) for i in judged])
    score = np.clip(np.concatenate([o["phone_score"] for o in outputs]), 0, 2)
    truth = np.concatenate([i.phone for i in judged])
    insertion_logit = np.concatenate([o["insertion_logit"] for o in outputs])
    inserted = np.concatenate([i.insertion for i in judged])
    whole_stack = fit_stack([o for _, said in parts for o in said], [i for of, _ in parts for i in of])
    held_out = HeldOut(logit, wrong, phone, speaker, score, truth, insertion_logit, inserted)
    return held_out, evaluate(outputs, judged), whole_stack
