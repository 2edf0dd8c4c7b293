"""Train variants of the scorer on the features of a run, one JSON a row: what each ingredient is worth on dev.

Rows that are finished are skipped, so that the table grows over days; with --announcer, those that were not measured on
it yet are measured again, by the scorers that they have. `report` writes the table.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import time
from dataclasses import asdict, replace
from pathlib import Path

import numpy as np
from tqdm import tqdm

from .corpus import MISPRONOUNCED_BELOW
from .files import whole
from .metrics import area_under_roc, best_threshold, detection_at, pearson
from .scorer import add_training_arguments
from .scorer_data import announcer_items, augmented_items, leaking_items, prepare_items
from .scorer_items import Item
from .scorer_options import Recipe, ScorerOptions
from .scorer_training import train_seeds
from .teaching import opinions_of, taught
from .variants import SCALARS, VARIANTS, variant_of


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


def finished_row(folder: Path, name: str) -> dict | None:
    path = folder / f"{name}.json"
    return json.loads(path.read_text()) if path.exists() else None


def write_row(
    folder: Path, name: str, about: str, figures: dict, began: float, before: dict | None = None, **more
) -> None:
    """before: the row that this one measures again: the commit at which its scorers were trained stays, and what that
    took."""
    hours = round((time.time() - began) / 3600.0 + (before["hours"] if before else 0.0), 3)
    row = {"name": name, "about": about, "figures": figures, "division": "dev", "fit_on": "fit"}
    row |= {"commit": before["commit"] if before else commit(), "hours": hours, **more}
    with whole(folder / f"{name}.json") as partial:
        partial.write_text(json.dumps(row, indent=1) + "\n")


def row_name(name: str) -> str:
    if name not in SCALARS:
        try:
            variant_of(name)
        except KeyError as missing:
            raise argparse.ArgumentTypeError(f"{missing} is no row") from None
    return name


def add_arguments(parser: argparse.ArgumentParser) -> None:
    add_training_arguments(parser)
    parser.add_argument(
        "--rows",
        nargs="+",
        type=row_name,
        metavar="ROW",
        help="default: all that need no further features; joined with + they are one row. "
        + ", ".join([*SCALARS, *VARIANTS]),
    )
    parser.add_argument("--out", type=Path, help="folder of the rows (default: RUN/ablation)")


def run(args: argparse.Namespace) -> None:
    out = args.out or args.run / "ablation"
    models = args.run / "ablation-models"
    out.mkdir(parents=True, exist_ok=True)
    models.mkdir(exist_ok=True)
    usual = [
        *SCALARS,
        *(name for name, variant in VARIANTS.items() if not (variant.leaking or variant.augmented)),
    ]

    def is_wanted(name: str) -> bool:
        before = finished_row(out, name)
        lacks_announcer = name not in SCALARS and "announcer_flagged" not in (before or {}).get("figures", {})
        return before is None or (args.announcer is not None and lacks_announcer)

    rows = [name for name in args.rows or usual if is_wanted(name)]
    if not rows:
        return
    train, dev, unscored = prepare_items(args)
    dev += announcer_items(args)
    for name in tqdm(rows, desc="ablation", unit="row"):
        began = time.time()
        if name in SCALARS:
            about, column = SCALARS[name]
            figures = {k: {"mean": v, "spread": 0.0} for k, v in scalar_figures(train, dev, column).items()}
            write_row(out, name, about, figures, began, seeds=1)
            continue
        variant = variant_of(name)
        before = finished_row(out, name)
        seeds = before["seeds"] if before else args.seeds
        if not all((models / f"{name}-seed{number}.pt").exists() for number in range(1, seeds + 1)):
            before = None  # trained anew
        options = replace(ScorerOptions(epochs=args.scorer_epochs), **variant.options)
        pool = leaking_items(args) if variant.leaking else train
        pool = [*pool, *(augmented_items(args) if variant.augmented else [])]
        items = [variant.change(i) for i in pool]
        held_out = [variant.change(i) for i in dev]
        if variant.teachers:
            # The models of the row without its teachers, trained now if no row has asked for them before.
            alone = "+".join(part for part in name.split("+") if not VARIANTS[part].teachers) or "recipe"
            teachers, _ = train_seeds(
                alone, items, held_out, [Recipe(options, variant.shape)], models, seeds, args.jobs
            )
            lessons = [*items, *(variant.change(i) for i in (unscored if variant.unscored else []))]
            items = taught(lessons, opinions_of(teachers, lessons))
        _, figures = train_seeds(
            name, items, held_out, [Recipe(options, variant.shape)], models, seeds, args.jobs
        )
        write_row(
            out,
            name,
            variant.about,
            figures,
            began,
            before,
            seeds=seeds,
            options=asdict(options),
            shape=variant.shape,
        )
