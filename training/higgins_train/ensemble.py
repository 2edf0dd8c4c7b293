"""Average the scorers of any number of finished runs and packs: figures on dev, and a file that `distill` learns from.

Every member reads the features of its own recogniser: a run's are out-of-fold, as a stranger's would be, though its
scorers have learned from them. A pack had heard the speakers it was fitted on and is too sure of itself there, so
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
from pathlib import Path

import torch
from tqdm import tqdm

from .corpus import Utterance, add_corpus_arguments, add_fit_on_argument
from .export import load_scorer
from .features import scorer_inputs
from .files import whole
from .pack import ROLES, OnnxRecogniser, exported_scorer
from .scorer_data import material_of, prepare_items
from .scorer_evaluation import evaluate
from .scorer_items import Item, make_item
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


def pack_opinions(pack: Path, args: argparse.Namespace) -> tuple[Opinions, list[Item]]:
    """As run_opinions, of a pack: its int8 recogniser and its scorer hear every recording."""
    material = material_of(argparse.Namespace(**vars(args), run=None))
    recogniser, score = OnnxRecogniser(pack / ROLES["acoustic"]), exported_scorer(pack / ROLES["scorer"])
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
