"""Average the scorers of any number of finished runs and packs: figures on dev, and a file that `distill` learns from.

Every member reads the features of its own recogniser: a run's are out-of-fold, so what it says of a training recording
is what it would say of a stranger. A pack had heard the speakers it was fitted on and is too sure of itself there, so
prefer runs where there are any.

  python -m higgins_train ensemble --members runs/en-us runs/wavlm --corpus SO762 --native NATIVE \\
      --cmudict cmudict.dict --out runs/both
  python -m higgins_train distill --opinions runs/both/opinions.pt --run runs/en-us --corpus SO762 --native NATIVE \\
      --cmudict cmudict.dict --init whisper-base
  python -m higgins_train ensemble --members packs/en-us packs/other --corpus SO762 --out runs/packs
"""

from __future__ import annotations

import argparse
import json
import os
from collections.abc import Callable
from pathlib import Path

import numpy as np
import torch
from tqdm import tqdm

from .corpus import Utterance, add_corpus_arguments, add_fit_on_argument
from .export import load_scorer
from .features import scorer_inputs
from .files import whole
from .pack import OnnxRecogniser
from .scorer_data import material_of, prepare_items
from .scorer_evaluation import evaluate
from .scorer_items import Item, make_item
from .scorer_model import INPUT_NAMES, LOGITS, OUTPUT_NAMES
from .scorer_training import scorers_of
from .splits import MEAN, splits_in
from .stacking import Stack
from .teaching import Opinions, mean_of, opinions_of


def run_opinions(run: Path, args: argparse.Namespace) -> tuple[Opinions, list[Item]]:
    """(opinions of a run's scorers on everything, dev items). Missing features are extracted into the run."""
    paths = scorers_of(run)
    if not paths:
        raise SystemExit(f"{run} holds no scorer-seedN.pt: run `scorer` first")
    init = args.init or Path(torch.load(run / MEAN / "model.pt", weights_only=True)["init"])
    about = {"run": run, "init": init, **splits_in(run)}
    train, dev, unscored = prepare_items(argparse.Namespace(**vars(args) | about))
    models = [load_scorer(path) for path in paths]
    return opinions_of(models, [*train, *unscored, *dev], Stack.load(run)), dev


def pack_scorer(pack: Path) -> Callable[[dict[str, np.ndarray]], dict[str, np.ndarray]]:
    """A pack's scorer graph: inputs of one utterance -> outputs on 0-2."""
    import onnxruntime

    session = onnxruntime.InferenceSession(pack / "scorer.onnx")
    asked = {
        wanted.name for wanted in session.get_inputs()
    }  # packs of one prompt at a time ask for no validity
    # Packs until 2026.11.3 say nothing of insertions, those until 2026.11.4 not what was heard.
    given = {output.name for output in session.get_outputs()}
    told = [name for name in OUTPUT_NAMES if name in given]

    def score(inputs: dict[str, np.ndarray]) -> dict[str, np.ndarray]:
        members = inputs["word_of_phone"][None] == np.arange(inputs["word_of_phone"].max() + 1)[:, None]
        feed = {name: inputs[name] for name in INPUT_NAMES if name in inputs}
        feed = {k: v if v.dtype == np.int64 else v.astype(np.float32) for k, v in feed.items()}
        feed |= {
            "word_pool": (members / members.sum(axis=1, keepdims=True)).astype(np.float32),
            "phone_valid": np.ones(members.shape[1], np.float32),
            "word_valid": np.ones(members.shape[0], np.float32),
        }
        feed = {name: values for name, values in feed.items() if name in asked}
        outputs = dict(zip(told, session.run(told, feed), strict=True))
        return {name: v * (1.0 if name in LOGITS else 2.0) for name, v in outputs.items()}

    return score


def pack_opinions(pack: Path, args: argparse.Namespace) -> tuple[Opinions, list[Item]]:
    """As run_opinions, of a pack: its int8 recogniser and its scorer hear every recording."""
    material = material_of(argparse.Namespace(**vars(args), run=None))
    recogniser, score = OnnxRecogniser(pack / "acoustic.onnx"), pack_scorer(pack)
    opinions: Opinions = {}
    dev: list[Item] = []

    def hear(utterance: Utterance) -> None:
        try:
            inputs = scorer_inputs(utterance, *recogniser(utterance))
        except ValueError:  # too short for its text
            return
        opinions[utterance.id] = score(inputs)
        if utterance.division == "dev" and (utterance.native or utterance.scores or utterance.synthetic):
            dev.append(make_item(utterance, inputs))

    for utterance in tqdm([*material.ready, *material.changed], desc=f"{pack.name} listens", unit="utt"):
        hear(utterance)
    return opinions, dev


def figures_of(opinions: Opinions, dev: list[Item]) -> dict[str, float]:
    known = [item for item in dev if item.id in opinions]
    return evaluate([opinions[item.id] for item in known], known)


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.formatter_class = argparse.RawDescriptionHelpFormatter
    parser.add_argument(
        "--members", type=Path, nargs="+", required=True, help="run folders that `scorer` finished, or packs"
    )
    add_corpus_arguments(parser)
    parser.add_argument("--cmudict", type=Path, help="the CMU dictionary's file; needed with --native")
    parser.add_argument(
        "--init", type=Path, help="the runs' encoder folder, if it has moved and is one for all"
    )
    add_fit_on_argument(parser)
    parser.set_defaults(splits=1, folds=2)  # of a pack; a run says how many it has
    parser.add_argument(
        "--jobs", type=int, default=os.cpu_count() or 1, help="processes that extract what a run lacks"
    )
    parser.add_argument("--out", type=Path, required=True, help="folder of opinions.pt and ensemble.json")


def run(args: argparse.Namespace) -> None:
    args.out.mkdir(parents=True, exist_ok=True)
    teachers: list[Opinions] = []
    members: dict[str, dict[str, float]] = {}
    dev: list[Item] = []
    for member in args.members:
        listen = pack_opinions if (member / "manifest.json").exists() else run_opinions
        opinions, dev = listen(member, args)
        teachers.append(opinions)
        members[str(member)] = figures_of(opinions, dev)
    mean = mean_of(teachers)
    report = {"members": members, "averaged": figures_of(mean, dev), "recordings": len(mean)}
    with whole(args.out / "opinions.pt") as partial:
        torch.save({"opinions": mean, "report": report}, partial)
    (args.out / "ensemble.json").write_text(json.dumps(report, indent=1) + "\n")
    for name, figures in (*members.items(), ("averaged", report["averaged"])):
        print(f"{name}: " + "  ".join(f"{key} {value:.3f}" for key, value in figures.items()))
