"""Train the scorer on out-of-fold features: several seeds, figures on dev, the epoch fixed beforehand."""

from __future__ import annotations

import argparse
import json
import os
from dataclasses import asdict, replace
from pathlib import Path

import numpy as np

from .corpus import add_corpus_arguments
from .metrics import best_threshold, detection_at
from .scorer_data import prepare_items
from .scorer_evaluation import detections, evaluate, predict
from .scorer_items import Item
from .scorer_model import ScorerModel
from .scorer_options import ScorerOptions
from .scorer_training import train_scorer, train_seeds


def add_arguments(parser: argparse.ArgumentParser) -> None:
    add_corpus_arguments(parser)
    parser.add_argument("--cmudict", type=Path, help="the CMU dictionary's file; needed with --native")
    parser.add_argument("--init", type=Path, required=True, help="Hugging Face encoder folder")
    parser.add_argument("--run", type=Path, required=True, help="run folder that `acoustic` filled")
    parser.add_argument("--folds", type=int, default=2)
    parser.add_argument("--fit-on", choices=["fit", "all"], default="fit")
    parser.add_argument("--seeds", type=int, default=5)
    parser.add_argument(
        "--jobs", type=int, default=os.cpu_count() or 1, help="seeds trained at the same time"
    )
    parser.add_argument("--scorer-epochs", type=int, default=ScorerOptions.epochs)


def taught(items: list[Item], teachers: list[ScorerModel]) -> list[Item]:
    return [replace(i, teacher=p) for i, p in zip(items, predict(teachers, items), strict=True)]


def threshold_inside_fit(items: list[Item], options: ScorerOptions, folder: Path, folds: int = 2) -> float:
    """The detection logit of the highest F1 on speakers that a scorer did not learn from, all of them of `items`."""
    speakers = sorted({i.speaker for i in items if i.scored})
    fold_of = {speaker: at % folds for at, speaker in enumerate(speakers)}
    logits, wrong = [], []
    for fold in range(folds):
        rest = [i for i in items if fold_of.get(i.speaker) != fold]
        held_out = [i for i in items if fold_of.get(i.speaker) == fold]
        model = train_scorer(rest, 1, options, folder / f"threshold-fold{fold}.pt")
        found, truth = detections(predict([model], held_out), held_out)
        logits.append(found)
        wrong.append(truth)
    return best_threshold(np.concatenate(logits), np.concatenate(wrong))


def run(args: argparse.Namespace) -> None:
    """Several teachers, then as many students of the teachers' mean; the first student is what ships."""
    train, dev, unscored = prepare_items(args)
    options = ScorerOptions(epochs=args.scorer_epochs)
    teachers, teacher_figures = train_seeds(
        "teacher", train, dev, options, args.run, args.seeds, jobs=args.jobs
    )
    lessons = taught([*train, *unscored], teachers)
    students, student_figures = train_seeds(
        "scorer", lessons, dev, options, args.run, args.seeds, jobs=args.jobs
    )
    threshold = threshold_inside_fit(train, options, args.run)
    at_threshold = [detection_at(*detections(predict([s], dev), dev), threshold) for s in students]
    report = {
        "seeds": args.seeds,
        "folds": args.folds,
        "fit_on": args.fit_on,
        "options": asdict(options),
        "single": student_figures,
        "teacher": teacher_figures,
        "averaged": evaluate(predict(teachers, dev), dev),
        "threshold_inside_fit": threshold,
        "at_threshold_inside_fit": {
            key: {"mean": float(np.mean(of)), "spread": float(np.std(of))}
            for key, of in ((key, [f[key] for f in at_threshold]) for key in at_threshold[0])
        },
    }
    (args.run / "scorer.json").write_text(json.dumps(report, indent=1))
    print(json.dumps(report["averaged"], indent=1))
