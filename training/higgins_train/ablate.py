"""Train variants of the scorer on the features of a run, one JSON a row: what each ingredient is worth on dev.

Rows that are finished are skipped, so that the table grows over days. `report` writes the table.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path

import numpy as np
from tqdm import tqdm

from .corpus import MISPRONOUNCED_BELOW
from .metrics import area_under_roc, best_threshold, detection_at, pearson
from .phones import NUM_LABELS
from .scorer import add_arguments as add_scorer_arguments
from .scorer_data import leaking_items, prepare_items
from .scorer_items import Item
from .scorer_options import ScorerOptions
from .scorer_training import train_seeds
from .teaching import opinions_of, taught

# Columns of phone_features: PhoneColumns of src/scorer/features.h.
LPR, LPP = slice(0, NUM_LABELS), NUM_LABELS
GOP_SD, GOP_S, GOP_SDI, LOG_OCCUPANCY, GOP_SA = (NUM_LABELS + offset for offset in range(1, 6))
GOP_SF_VECTOR = [*range(NUM_LABELS), LPP, GOP_SD, LOG_OCCUPANCY]


def keep_columns(columns: list[int]) -> Callable[[Item], Item]:
    """Only these phone features; nothing else of the recording."""

    def change(item: Item) -> Item:
        inputs = dict(item.inputs)
        inputs["phone_features"] = inputs["phone_features"][:, columns]
        for name in ("phone_states", "utterance_states", "utterance_features"):
            inputs[name] = np.zeros((len(inputs[name]), 1), np.float32)
        return replace(item, inputs=inputs)

    return change


def without_states(item: Item) -> Item:
    inputs = dict(item.inputs)
    for name in ("phone_states", "utterance_states"):
        inputs[name] = np.zeros((len(inputs[name]), 1), np.float32)
    return replace(item, inputs=inputs)


def without_features(item: Item) -> Item:
    inputs = dict(item.inputs)
    inputs["phone_features"] = np.zeros((len(inputs["phone_features"]), 1), np.float32)
    return replace(item, inputs=inputs)


@dataclass
class Variant:
    """One row: what it is, how it changes the items, and how training and network differ from the recipe."""

    about: str
    change: Callable[[Item], Item] = lambda item: item
    train_on: Callable[[Item], bool] = lambda item: True
    options: dict = field(default_factory=dict)
    shape: dict = field(default_factory=dict)
    teachers: bool = False
    unscored: bool = False
    leaking: bool = False


GOPT_SHAPE = {"width": 24, "heads": 1, "blocks": 3, "convolution": False, "dropout": 0.1}
VARIANTS = {
    "recipe": Variant("the recipe, one scorer"),
    "distilled": Variant(
        "+ distilled from the mean of the recipe's seeds, learners' changed texts added",
        teachers=True,
        unscored=True,
    ),
    "distilled-same-data": Variant("distilled, no texts added", teachers=True),
    "last-weights": Variant("- running mean of the weights", options={"weight_average": 0.0}),
    "no-synthetic": Variant("- synthetic speech (scorer)", train_on=lambda i: i.kind != "synthetic"),
    "no-native": Variant(
        "- native speech and its changed texts (scorer)", train_on=lambda i: i.kind != "native"
    ),
    "learners-only": Variant("learners' recordings only (scorer)", train_on=lambda i: i.kind == "learner"),
    "no-states": Variant("- encoder states", change=without_states),
    "no-features": Variant(
        "- all GOP and prosodic features: states and phone identity only", change=without_features
    ),
    "no-convolution": Variant("- local convolution", shape={"convolution": False}),
    "three-blocks": Variant("three blocks instead of two", shape={"blocks": 3}),
    "wide": Variant("width 160 instead of 96", shape={"width": 160}),
    "no-detection-weight": Variant(
        "- weight of 3 on errors in the detection loss", options={"positive_weight": 1.0}
    ),
    "leaking-features": Variant("features that leak: the recogniser had heard the speakers", leaking=True),
    "disagreement": Variant(
        "+ phones on which the experts disagree count less", options={"disagreement_weight": 3.0}
    ),
    "histogram": Variant(
        "+ ordinal histogram of the experts' scores as a second target", options={"histogram_weight": 0.5}
    ),
    "blended": Variant("+ blends of well and poorly said tokens of a phone", options={"blended_share": 0.3}),
    "pretrained": Variant("+ masked-phone pretraining, 4 epochs", options={"pretraining_epochs": 4}),
    "ordinal-contrast": Variant("+ ordinal-contrastive regulariser", options={"contrast_weight": 0.05}),
    "attentive-words": Variant(
        "words pooled by attention instead of the mean", shape={"attentive_words": True}
    ),
    "focal": Variant("+ focal weighting of the detection loss (gamma 2)", options={"focal_gamma": 2.0}),
    "correlation": Variant(
        "+ correlation of a batch's phone scores in the loss", options={"correlation_weight": 0.2}
    ),
    "gopt-gop-sf": Variant(
        "GOPT's size (width 24, 3 blocks of attention) on GOP-SF vector, learners only",
        change=keep_columns(GOP_SF_VECTOR),
        train_on=lambda i: i.kind == "learner",
        shape=GOPT_SHAPE,
    ),
    "gopt-gop-sa": Variant(
        "GOPT's size on scalar GOP-SA, learners only",
        change=keep_columns([GOP_SA]),
        train_on=lambda i: i.kind == "learner",
        shape=GOPT_SHAPE,
    ),
}
SCALARS = {
    "scalar-gop-sf-sd": ("GOP-SF, SD denominator", GOP_SD),
    "scalar-gop-sf-s": ("GOP-SF, S denominator", GOP_S),
    "scalar-gop-sf-sdi": ("GOP-SF, SDI denominator", GOP_SDI),
    "scalar-gop-sa": ("GOP-SA (Viterbi alignment)", GOP_SA),
}


def scalar_figures(train: list[Item], dev: list[Item], column: int) -> dict[str, float]:
    """Kaldi's recipe: a polynomial of degree 2 of one GOP for every phone; detection by the GOP alone."""

    def flat(items: list[Item]) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        scored = [i for i in items if i.scored]
        return (
            np.concatenate([i.inputs["phone"] for i in scored]),
            np.concatenate([i.inputs["phone_features"][:, column] for i in scored]).astype(np.float64),
            np.concatenate([i.phone for i in scored]),
        )

    phone, gop, score = flat(train)
    dev_phone, dev_gop, dev_score = flat(dev)
    predicted = np.zeros_like(dev_gop)
    for label in np.unique(dev_phone):
        ours = phone == label
        fit = np.polyfit(gop[ours], score[ours], 2) if ours.sum() >= 10 else [score.mean()]
        predicted[dev_phone == label] = np.clip(np.polyval(fit, dev_gop[dev_phone == label]), 0.0, 2.0)
    wrong = dev_score < MISPRONOUNCED_BELOW
    threshold = best_threshold(-gop, score < MISPRONOUNCED_BELOW)
    return {
        "phone_pcc": pearson(predicted, dev_score),
        "phone_mse": float(((predicted - dev_score) ** 2).mean()),
        "mdd_auc": area_under_roc(-dev_gop, wrong),
        **{f"mdd_{key}": value for key, value in detection_at(-dev_gop, wrong, threshold).items()},
    }


def commit() -> str:
    run = subprocess.run(["git", "rev-parse", "--short", "HEAD"], capture_output=True, text=True)
    return run.stdout.strip() or "unknown"


def write_row(folder: Path, name: str, about: str, figures: dict, began: float, **more) -> None:
    row = {"name": name, "about": about, "figures": figures, "division": "dev", "fit_on": "fit"}
    row |= {"commit": commit(), "hours": round((time.time() - began) / 3600.0, 3), **more}
    (folder / f"{name}.json").write_text(json.dumps(row, indent=1) + "\n")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    add_scorer_arguments(parser)
    parser.add_argument("--rows", nargs="+", choices=[*SCALARS, *VARIANTS], help="default: all of them")
    parser.add_argument("--out", type=Path, help="folder of the rows (default: RUN/ablation)")


def run(args: argparse.Namespace) -> None:
    out = args.out or args.run / "ablation"
    models = args.run / "ablation-models"
    out.mkdir(parents=True, exist_ok=True)
    models.mkdir(exist_ok=True)
    rows = [name for name in args.rows or [*SCALARS, *VARIANTS] if not (out / f"{name}.json").exists()]
    if not rows:
        return
    train, dev, unscored = prepare_items(args)
    for name in tqdm(rows, desc="ablation", unit="row"):
        began = time.time()
        if name in SCALARS:
            about, column = SCALARS[name]
            figures = {k: {"mean": v, "spread": 0.0} for k, v in scalar_figures(train, dev, column).items()}
            write_row(out, name, about, figures, began, seeds=1)
            continue
        variant = VARIANTS[name]
        options = replace(ScorerOptions(epochs=args.scorer_epochs), **variant.options)
        pool = leaking_items(args) if variant.leaking else train
        items = [variant.change(i) for i in pool if variant.train_on(i)]
        if variant.teachers:
            # The recipe's models, trained now if no row has asked for them before.
            teachers, _ = train_seeds("recipe", train, dev, options, models, args.seeds, jobs=args.jobs)
            lessons = [*items, *(unscored if variant.unscored else [])]
            items = taught(lessons, opinions_of(teachers, lessons))
        held_out = [variant.change(i) for i in dev]
        _, figures = train_seeds(name, items, held_out, options, models, args.seeds, variant.shape, args.jobs)
        write_row(
            out,
            name,
            variant.about,
            figures,
            began,
            seeds=args.seeds,
            options=asdict(options),
            shape=variant.shape,
        )
