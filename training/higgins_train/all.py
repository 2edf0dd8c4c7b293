"""From corpora to a finished pack: recognisers, features, scorers, export, gate, manifest, model card.

Each step keeps what it finished in the run folder; after an interruption the same command goes on where it stopped.
"""

from __future__ import annotations

import argparse
from pathlib import Path

from . import acoustic, g2p, lexicon, pack, scorer
from .corpus import add_corpus_arguments


def add_arguments(parser: argparse.ArgumentParser) -> None:
    add_corpus_arguments(parser)
    parser.add_argument("--cmudict", type=Path, required=True, help="the CMU dictionary's file")
    parser.add_argument(
        "--init", type=Path, required=True, help="Hugging Face encoder folder, e.g. Whisper-base"
    )
    parser.add_argument("--run", type=Path, required=True, help="run folder: caches, checkpoints, models")
    parser.add_argument("--out", type=Path, required=True, help="the pack's folder, e.g. packs/en-us")
    parser.add_argument("--version", required=True, help="version of the pack, e.g. 2026.11.1")
    parser.add_argument(
        "--fit-on", choices=["fit", "all"], default="fit", help="all: dev speakers too, for shipping"
    )


def run(args: argparse.Namespace) -> None:
    def step(module, **more) -> None:
        """The step's own defaults, overridden by what was said here."""
        parser = argparse.ArgumentParser()
        module.add_arguments(parser)
        known = {action.dest: action.default for action in parser._actions if action.dest != "help"}
        said = {name: value for name, value in vars(args).items() if name in known}
        module.run(argparse.Namespace(**(known | said | more)))

    for module in (lexicon, g2p):
        step(module)
    step(acoustic, out=args.run)
    step(scorer)
    step(pack)
