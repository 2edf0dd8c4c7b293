"""Replace the scorer of a finished pack by one network that learned to say what it says: smaller, quicker to load.

A pack that ships the mean of several scorers in one graph starts slowly. Its student reads the features of the pack's
own recogniser. That recogniser had heard the speakers it was fitted on, so on their recordings the student listens to
the pack alone and never to the experts: what it copies is the pack's opinion of what the recogniser heard, not the
leaked certainty. Synthetic speech, which a pack need not have met, teaches by its certain labels.

  python -m higgins_train distill_pack --pack packs/en-us --corpus SO762 --native NATIVE \\
      --synthetic runs/en-us/synthetic/* --cmudict cmudict.dict --run runs/smaller \\
      --out packs/en-us --version 2026.11.2

Both graphs of the new pack are simplified (simplify.py); everything else is the old pack's.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
from dataclasses import replace
from pathlib import Path

import numpy as np

from .calibrate import calibration, expected_calibration_error, sigmoid
from .corpus import add_corpus_arguments
from .ensemble import pack_scorer
from .export import export_scorer, load_scorer
from .features import extract
from .model_card import write_card
from .pack import ROLES, OnnxRecogniser, write_manifest
from .scorer_data import material_of, pools
from .scorer_evaluation import detections, evaluate, predict
from .scorer_items import Item, make_item
from .scorer_options import ScorerOptions
from .scorer_training import train_seeds
from .simplify import recordings, simplify
from .teaching import Opinions

COMMAND = """python -m higgins_train distill_pack --pack OLD --corpus SO762 --native NATIVE --synthetic SYNTHETIC... \\
    --cmudict cmudict.dict --run runs/smaller --out packs/en-us --version VERSION"""


def without_experts(item: Item) -> Item:
    """A learner's item whose phones and words are for the teacher alone."""
    if item.kind != "learner":
        return item
    return replace(item, phone=np.full_like(item.phone, np.nan), word=np.full_like(item.word, np.nan))


def lessons_of(args: argparse.Namespace) -> tuple[list[Item], list[Item], Opinions]:
    """(what the student learns from, dev items, what the pack says of everything)."""
    material = material_of(argparse.Namespace(**vars(args) | {"run": None}))
    recogniser, score = OnnxRecogniser(args.pack / ROLES["acoustic"]), pack_scorer(args.pack)
    inputs: dict[str, dict[str, np.ndarray]] = {}
    for kind, pool in pools(material.ready, material.changed).items():
        inputs |= extract(pool, recogniser, args.run / f"features-heard{kind}.pt")
    opinions = {key: score(of) for key, of in inputs.items()}
    known = [u for u in [*material.ready, *material.changed] if u.id in inputs]
    train, dev = [], []
    for utterance in known:
        item = make_item(utterance, inputs[utterance.id])
        if utterance.division == "dev":
            if utterance.native or utterance.scores or utterance.synthetic:
                dev.append(item)
        elif utterance.synthetic:
            train.append(item)
        else:
            train.append(replace(without_experts(item), teacher=opinions[item.id]))
    return train, dev, opinions


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.formatter_class = argparse.RawDescriptionHelpFormatter
    parser.add_argument("--pack", type=Path, required=True, help="the pack whose scorer is replaced")
    add_corpus_arguments(parser)
    parser.add_argument("--cmudict", type=Path, help="the CMU dictionary's file; needed with --native")
    parser.add_argument("--run", type=Path, required=True, help="folder of features and students")
    parser.add_argument("--out", type=Path, required=True, help="the new pack's folder; may be the old one")
    parser.add_argument("--version", required=True, help="version of the new pack, e.g. 2026.11.2")
    parser.add_argument(
        "--teacher-share", type=float, default=0.5, help="of the loss; the rest: certain labels"
    )
    parser.add_argument("--seeds", type=int, default=5)
    parser.add_argument("--jobs", type=int, default=os.cpu_count() or 1, help="seeds trained at once")
    parser.add_argument("--scorer-epochs", type=int, default=ScorerOptions.epochs)
    parser.set_defaults(fit_on="fit", folds=2, init=None)


def write_pack(
    args: argparse.Namespace, dev: list[Item], opinions: Opinions, single: dict, num_synthetic: int
) -> None:
    args.out.mkdir(parents=True, exist_ok=True)
    old = json.loads((args.pack / "manifest.json").read_text())
    before = json.loads((args.pack / "figures.json").read_text())
    for name in [*(n for role, n in ROLES.items() if role != "scorer"), "g2p.json", "LICENSE.cmudict.txt"]:
        if args.out.resolve() != args.pack.resolve() and (args.pack / name).exists():
            shutil.copy(args.pack / name, args.out / name)
    simplify(args.out / ROLES["acoustic"], recordings())
    scorer = load_scorer(args.run / "student-seed1.pt")
    export_scorer(scorer, args.out / ROLES["scorer"])

    predictions = predict([scorer.model], dev)
    logits, wrong = detections(predictions, dev)
    native = [i for i in dev if i.native]
    evidence = np.concatenate([i.inputs["insertion_evidence"] for i in native or dev])
    points = calibration(logits, wrong, evidence, args.version)
    probability = sigmoid(points["detection_scale"] * logits + points["detection_offset"])
    card = before | {
        "version": args.version,
        "student_of": old["version"],
        "seeds": args.seeds,
        "num_dev": sum(i.scored for i in dev),
        "num_native": len(native),
        "single": single,
        "averaged": evaluate([opinions[i.id] for i in dev], dev),
        "scorer_parameters": sum(p.numel() for p in scorer.model.parameters()),
        "num_synthetic_scorer": num_synthetic,
        "int8": evaluate(predictions, dev),
        "expected_calibration_error": expected_calibration_error(probability, wrong),
        "calibration": points,
        "command": COMMAND,
    }
    (args.out / "figures.json").write_text(json.dumps(card, indent=1) + "\n")
    write_card(args.out)
    write_manifest(args.out, args.version, old["state_dim"], points)


def run(args: argparse.Namespace) -> None:
    args.run.mkdir(parents=True, exist_ok=True)
    train, dev, opinions = lessons_of(args)
    options = ScorerOptions(epochs=args.scorer_epochs, teacher_share=args.teacher_share)
    _, single = train_seeds("student", train, dev, options, args.run, args.seeds, jobs=args.jobs)
    write_pack(args, dev, opinions, single, sum(i.kind == "synthetic" for i in train))
