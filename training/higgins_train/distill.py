"""Teach the scorer of a run what an ensemble thinks: one network in the place of many.

Learns from `opinions.pt` of `ensemble` beside the experts' labels, on the run's own out-of-fold features, and leaves
scorer-seedN.pt, stack.pt and scorer.json as `scorer` does, so that `pack` ships the mean of the first students. What
was there is replaced.

  python -m higgins_train distill --opinions runs/both/opinions.pt --run runs/en-us --corpus SO762 --native NATIVE \\
      --cmudict cmudict.dict --init whisper-base --seeds 5
"""

from __future__ import annotations

import argparse
import hashlib
import json
from pathlib import Path

import torch

from .files import whole
from .scorer import add_arguments as add_scorer_arguments
from .scorer import recipes_of
from .scorer_data import announcer_items, prepare_items
from .scorer_training import train_seeds
from .teaching import lessons_of, write_report


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.formatter_class = argparse.RawDescriptionHelpFormatter
    parser.add_argument("--opinions", type=Path, required=True, help="opinions.pt that `ensemble` wrote")
    add_scorer_arguments(parser)


def run(args: argparse.Namespace) -> None:
    # The students' names hold what they learned from: others of before are neither loaded nor lost half-way.
    name = "distilled-" + hashlib.sha256(args.opinions.read_bytes()).hexdigest()[:8]
    saved = torch.load(args.opinions, weights_only=False)
    # Those that judge held-out speakers are students too: the stack must suit what ships.
    items = lessons, dev, _ = lessons_of(prepare_items(args), saved["opinions"])
    dev += announcer_items(args)
    recipes = recipes_of(args)
    students, unstacked = train_seeds(name, lessons, dev, recipes, args.run, args.seeds, args.jobs)
    report = write_report(args, items, students, recipes, unstacked, saved["report"])
    for seed in range(1, args.seeds + 1):
        student = torch.load(args.run / f"{name}-seed{seed}.pt", weights_only=True)
        with whole(args.run / f"scorer-seed{seed}.pt") as partial:
            torch.save(student | {"taught_by": name}, partial)
    print(json.dumps(report["single"], indent=1))
