"""Teachers and students: what scorers say of recordings, averaged by recording, becomes the target of another scorer.

The mechanism behind `ensemble` (finished runs and packs say what they think) and `distill` (a scorer learns from that).
A teacher may read other features than its student: only its outputs pass on.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Iterable
from dataclasses import asdict, replace

import numpy as np

from .class_thresholds import compare
from .held_out import judge_held_out
from .metrics import detection_at
from .scorer_evaluation import Outputs, detections, evaluate, predict
from .scorer_items import Item
from .scorer_model import ScorerModel
from .scorer_options import Recipe
from .scorer_training import MeanAndSpread, mean_and_spread
from .stacking import Stack, stacked

# What one teacher, or the mean of several, says: outputs of ScorerModel on 0-2 by utterance id.
Opinions = dict[str, Outputs]
Prepared = tuple[list[Item], list[Item], list[Item]]  # what prepare_items gives


def opinions_of(models: list[ScorerModel], items: list[Item], stack: Stack | None = None) -> Opinions:
    """The mean of scorers that read the same features, weighed by their stack where they have one."""
    said = predict(models, items)
    if stack is not None:
        said = stacked(stack, said, items)
    return {item.id: of for item, of in zip(items, said, strict=True)}


def mean_of(teachers: Iterable[Opinions]) -> Opinions:
    """Of the recordings of which every teacher has an opinion; each teacher counts the same."""
    teachers = list(teachers)
    shared = [key for key in teachers[0] if all(key in of for of in teachers[1:])]
    mean: Opinions = {}
    for key in shared:
        outputs = [of[key] for of in teachers]
        lengths = {len(of["phone_score"]) for of in outputs}
        if len(lengths) > 1:
            raise ValueError(f"{key}: the teachers read texts of {sorted(lengths)} phones")
        common = [name for name in outputs[0] if all(name in of for of in outputs)]
        mean[key] = {name: np.mean([of[name] for of in outputs], axis=0) for name in common}
    return mean


def taught(items: list[Item], opinions: Opinions) -> list[Item]:
    """The items with what the teachers say of them, where they say something."""
    return [replace(item, teacher=opinions.get(item.id)) for item in items]


def lessons_of(items: Prepared, opinions: Opinions) -> Prepared:
    """The items with the teachers' opinions, which are a label too where nobody scored."""
    train, dev, unscored = items
    return taught([*train, *(item for item in unscored if item.id in opinions)], opinions), dev, []


def write_report(
    args: argparse.Namespace,
    items: Prepared,
    scorers: list[ScorerModel],
    recipes: list[Recipe],
    unstacked: MeanAndSpread,
    teachers: dict | None = None,
) -> dict:
    """RUN/scorer.json (also returned), RUN/held-out.pt and RUN/stack.pt. unstacked: figures of the scorers alone.
    teachers: what `ensemble` reported of those that the scorers learned from."""
    train, dev, _ = items
    held_out, agreement, stack = judge_held_out(train, recipes, args.run, args.jobs)
    held_out.save(args.run)
    stack.save(args.run)
    threshold = held_out.threshold
    said = [stacked(stack, predict([scorer], dev), dev) for scorer in scorers]
    at_threshold = [detection_at(*detections(of, dev), threshold) for of in said]
    figures = {"single": mean_and_spread([evaluate(of, dev) for of in said]), "unstacked": unstacked}
    if teachers is None:
        figures["averaged"] = evaluate(stacked(stack, predict(scorers, dev), dev), dev)
    else:
        members = mean_and_spread(list(teachers["members"].values()))
        figures |= {"teacher": members, "averaged": teachers["averaged"]}
    report = {
        "seeds": args.seeds,
        "splits": args.splits,
        "folds": args.folds,
        "fit_on": args.fit_on,
        "recipes": [asdict(recipe) for recipe in recipes],
        **figures,
        "held_out": agreement,
        "threshold_inside_fit": threshold,
        "at_threshold_inside_fit": mean_and_spread(at_threshold),
        "thresholds_by_class": compare(held_out),
    }
    (args.run / "scorer.json").write_text(json.dumps(report, indent=1))
    return report
