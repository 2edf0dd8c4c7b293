"""Which recogniser hears whom.

A split divides the speakers into folds and trains one recogniser per fold on all the others. Several splits, each drawn
anew, give every speaker several recognisers that never heard them: one per split. All start from the same weights, so
the mean of their weights is a recogniser too, and a better one than any of them (model soups, 2203.05482). The mean of
all of them ships; the features that the scorer learns from come, speaker by speaker, from the mean of the strangers.
"""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import torch

from .acoustic_model import PhoneRecogniser
from .corpus import Utterance, speaker_folds

MEAN = "mean"  # the run's folder of the recogniser that ships


@dataclass
class Splits:
    """fold_of[s][id]: the fold of an utterance in split s; only of those that are trained on."""

    fold_of: list[dict[str, int]]
    num_folds: int

    @property
    def names(self) -> list[str]:
        """Of all recognisers, in the order in which they are trained."""
        return [name_of(s, f) for s in range(len(self.fold_of)) for f in range(self.num_folds)]

    def heard_by(self, name: str, utterances: list[Utterance]) -> list[Utterance]:
        split, fold = (int(part) for part in name.removeprefix("split").split("-fold"))
        return [u for u in utterances if u.id in self.fold_of[split] and self.fold_of[split][u.id] != fold]

    def by_strangers(self, utterances: list[Utterance]) -> dict[tuple[str, ...], list[Utterance]]:
        """The utterances that are trained on, by the recognisers that never heard their speakers. A copy with another
        text has the speaker of the utterance it was made of."""
        groups: dict[tuple[str, ...], list[Utterance]] = {}
        for utterance in utterances:
            key = utterance.extra.get("of", utterance.id)
            if key in self.fold_of[0]:
                names = tuple(name_of(split, fold_of[key]) for split, fold_of in enumerate(self.fold_of))
                groups.setdefault(names, []).append(utterance)
        return dict(sorted(groups.items()))


def name_of(split: int, fold: int) -> str:
    return f"split{split}-fold{fold}"


def draw_splits(utterances: list[Utterance], num_splits: int, num_folds: int) -> Splits:
    """Each kind of speech is divided by itself, so that more of one leaves the folds of the others as they are."""
    fold_of: list[dict[str, int]] = []
    for split in range(num_splits):
        folds: dict[str, int] = {}
        for kind in ("learner", "native", "synthetic"):
            of_kind = [u for u in utterances if u.kind == kind]
            drawn = speaker_folds(of_kind, num_folds, seed=split)
            folds |= {u.id: fold for u, fold in zip(of_kind, drawn, strict=True)}
        fold_of.append(folds)
    return Splits(fold_of, num_folds)


def mean_recogniser(run: Path, names: Sequence[str], init: Path | None) -> PhoneRecogniser:
    """The recogniser whose weights are the mean of those in run/NAME/model.pt."""
    saved = [torch.load(run / name / "model.pt", map_location="cpu", weights_only=True) for name in names]
    model = PhoneRecogniser.load(run / names[0] / "model.pt", init)
    model.load_state_dict(
        {key: torch.stack([of["state"][key] for of in saved]).mean(dim=0) for key in saved[0]["state"]}
    )
    return model.eval()


def add_split_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--splits", type=int, default=3, help="how often the speakers are divided anew")
    parser.add_argument("--folds", type=int, default=2, help="speaker-disjoint folds of a split")


def splits_in(run: Path) -> dict[str, int]:
    """How many splits and folds a finished run has, named as the arguments are."""
    found = [path.parent.name for path in run.glob("split*-fold*/model.pt")]
    counts = [len({name.split("-")[part] for name in found}) for part in (0, 1)]
    return {"splits": counts[0], "folds": counts[1]}
