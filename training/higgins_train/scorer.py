"""Train the scorer on out-of-fold features: several seeds, figures on dev, the epoch fixed beforehand."""

from __future__ import annotations

import argparse
import json
import os
from pathlib import Path

from .corpus import add_corpus_arguments
from .scorer_data import prepare_items
from .scorer_evaluation import evaluate
from .scorer_options import ScorerOptions
from .scorer_training import train_seeds
from .splits import add_split_arguments
from .teaching import distil, opinions_of, recipe_of, write_report


def add_training_arguments(parser: argparse.ArgumentParser) -> None:
    add_corpus_arguments(parser)
    parser.add_argument("--cmudict", type=Path, help="the CMU dictionary's file; needed with --native")
    parser.add_argument("--init", type=Path, required=True, help="Hugging Face encoder folder")
    parser.add_argument("--run", type=Path, required=True, help="run folder that `acoustic` filled")
    add_split_arguments(parser)
    parser.add_argument("--fit-on", choices=["fit", "all"], default="fit")
    parser.add_argument("--seeds", type=int, default=5)
    parser.add_argument(
        "--jobs",
        type=int,
        default=os.cpu_count() or 1,
        help="seeds trained at the same time, one thread each",
    )
    parser.add_argument("--scorer-epochs", type=int, default=ScorerOptions.epochs)


def add_arguments(parser: argparse.ArgumentParser) -> None:
    add_training_arguments(parser)
    parser.add_argument(
        "--with",
        dest="with_row",
        default="recipe",
        metavar="ROW",
        help="train with the options and shape of a row of the ablation, e.g. histogram or histogram+focal",
    )


def run(args: argparse.Namespace) -> None:
    """Several teachers, then as many students of the teachers' mean; the first student is what ships."""
    items = train, dev, unscored = prepare_items(args)
    recipe = recipe_of(args)
    teachers, teacher_figures = train_seeds(
        "teacher", train, dev, recipe.options, args.run, args.seeds, recipe.shape, args.jobs
    )
    opinions = opinions_of(teachers, [*train, *unscored, *dev])
    students, student_figures = distil("scorer", items, opinions, recipe, args)
    averaged = evaluate([opinions[item.id] for item in dev], dev)
    figures = {"single": student_figures, "teacher": teacher_figures, "averaged": averaged}
    write_report(args, items, students, recipe, figures)
    print(json.dumps(averaged, indent=1))
