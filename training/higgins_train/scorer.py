"""Train scorers on out-of-fold features: several seeds, figures on dev, the epoch fixed beforehand."""

from __future__ import annotations

import argparse
import json
import os
from dataclasses import replace
from pathlib import Path

from .corpus import add_corpus_arguments, add_fit_on_argument
from .scorer_data import announcer_items, prepare_items
from .scorer_options import Recipe, ScorerOptions
from .scorer_training import train_seeds
from .splits import add_split_arguments
from .teaching import write_report
from .variants import variant_of

# Unlike in what they heard. Synthetic speech makes known errors findable and a native's least oddity suspicious;
# scorers without it, or without natives, hold the others to what the experts say.
WITH_ROWS = ["correlation+marked-natives", "no-synthetic+correlation+marked-natives", "no-native"]


def add_training_arguments(parser: argparse.ArgumentParser) -> None:
    add_corpus_arguments(parser)
    parser.add_argument("--cmudict", type=Path, help="the CMU dictionary's file; needed with --native")
    parser.add_argument("--init", type=Path, required=True, help="Hugging Face encoder folder")
    parser.add_argument("--run", type=Path, required=True, help="run folder that `acoustic` filled")
    add_split_arguments(parser)
    add_fit_on_argument(parser)
    parser.add_argument(
        "--announcer", type=Path, help="a folder that `announcer --higgins` wrote: measured on beside dev"
    )
    parser.add_argument("--seeds", type=int, default=5)
    parser.add_argument(
        "--jobs",
        type=int,
        default=os.cpu_count() or 1,
        help="seeds trained at the same time, one thread each",
    )
    add_epochs_argument(parser)


def add_epochs_argument(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--scorer-epochs",
        type=int,
        default=ScorerOptions.epochs,
        help=f"of training each scorer (default {ScorerOptions.epochs})",
    )


def add_arguments(parser: argparse.ArgumentParser) -> None:
    add_training_arguments(parser)
    add_rows_argument(parser)


def add_rows_argument(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--with",
        dest="with_rows",
        nargs="+",
        default=WITH_ROWS,
        metavar="ROW",
        help="options and shape of rows of the ablation, e.g. recipe or histogram+focal; of several, the scorers take "
        f"turns: the mean of unlike ones is better (default: {' '.join(WITH_ROWS)})",
    )


def recipes_of(args: argparse.Namespace) -> list[Recipe]:
    rows = [variant_of(name) for name in args.with_rows]
    return [
        Recipe(replace(ScorerOptions(epochs=args.scorer_epochs), **row.options), row.shape) for row in rows
    ]


def run(args: argparse.Namespace) -> None:
    """Several scorers, unlike in seed and recipe; `pack` ships the mean of the first few."""
    items = train, dev, _ = prepare_items(args)
    dev += announcer_items(args)
    recipes = recipes_of(args)
    scorers, unstacked = train_seeds("scorer", train, dev, recipes, args.run, args.seeds, args.jobs)
    report = write_report(args, items, scorers, recipes, unstacked)
    print(json.dumps(report["averaged"], indent=1))
