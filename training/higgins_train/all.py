"""From corpora to a pack: synthetic speech, recognisers, features, scorers, export, gate, manifest, model card.

Each step keeps what it finished in the run folder; after an interruption the same command goes on where it stopped.
"""

from __future__ import annotations

import argparse
import os
from pathlib import Path

from . import acoustic, g2p, lexicon, pack, scorer, synthesis
from .acoustic_training import TrainOptions
from .corpus import add_corpus_arguments, add_fit_on_argument
from .parallel import in_parallel
from .splits import add_split_arguments

# Errors twice as dense as usual, and fewer nonsense words.
DENSE = {"error_rate": 0.2, "kinds": ["errors", "clean", "nonsense"], "shares": [0.6, 0.1, 0.3]}
AMERICAN = [voice for voice in synthesis.AMERICAN_VOICES if voice not in synthesis.UNSEEN_VOICES]
# The dev sets have voices of their own and sentences that fit never has.
SYNTHETIC = {
    "kokoro-fit-1": {"synthesiser": "kokoro", "division": "fit", "seed": 1, "count": 272},
    "kokoro-fit-2": {"synthesiser": "kokoro", "division": "fit", "seed": 2, "count": 271},
    "flite-fit": {"synthesiser": "flite", "division": "fit", "seed": 1, "count": 250},
    "kokoro-fit-3": {"synthesiser": "kokoro", "division": "fit", "seed": 3, "count": 250},
    "kokoro-fit-4": {"synthesiser": "kokoro", "division": "fit", "seed": 4, "count": 250},
    "kokoro-fit-5": {"synthesiser": "kokoro", "division": "fit", "seed": 5, "count": 300} | DENSE,
    "kokoro-fit-6": {"synthesiser": "kokoro", "division": "fit", "seed": 6, "count": 300} | DENSE,
    "kokoro-us-fit-1": {
        "synthesiser": "kokoro",
        "division": "fit",
        "seed": 7,
        "count": 350,
        "voices": AMERICAN,
    },
    "kokoro-us-fit-2": {
        "synthesiser": "kokoro",
        "division": "fit",
        "seed": 8,
        "count": 400,
        "voices": AMERICAN,
    }
    | DENSE,
    "flite-fit-2": {"synthesiser": "flite", "division": "fit", "seed": 2, "count": 1000},
    "flite-fit-3": {"synthesiser": "flite", "division": "fit", "seed": 3, "count": 1200} | DENSE,
    "kokoro-dev": {
        "synthesiser": "kokoro",
        "division": "dev",
        "seed": 9,
        "count": 100,
        "voices": ["jf_nezumi"],
    },
    "kokoro-us-dev": {
        "synthesiser": "kokoro",
        "division": "dev",
        "seed": 10,
        "count": 100,
        "voices": ["af_bella", "am_michael"],
    },
    "flite-dev": {
        "synthesiser": "flite",
        "division": "dev",
        "seed": 9,
        "count": 120,
        "voices": ["rms", "slt"],
    },
}
DEV_KINDS = {"kinds": ["errors", "clean"], "shares": [0.8, 0.2]}


def add_arguments(parser: argparse.ArgumentParser) -> None:
    add_corpus_arguments(parser)
    parser.add_argument(
        "--no-synthetic",
        action="store_true",
        help="train on recordings of people only; needs no synthesisers",
    )
    synthesis.add_kokoro_js_argument(parser)
    parser.add_argument("--epochs", type=int, default=TrainOptions.epochs, help="of tuning the encoder")
    parser.add_argument("--bfloat16", action="store_true", help="see `acoustic --help`")
    add_split_arguments(parser)
    parser.add_argument("--seeds", type=int, default=5, help="scorers to train")
    pack.add_members_argument(parser)
    scorer.add_rows_argument(parser)
    scorer.add_epochs_argument(parser)
    parser.add_argument("--cmudict", type=Path, required=True, help="the CMU dictionary's file")
    parser.add_argument(
        "--init", type=Path, required=True, help="Hugging Face encoder folder, e.g. Whisper-base"
    )
    parser.add_argument("--run", type=Path, required=True, help="run folder: caches, checkpoints, models")
    parser.add_argument("--out", type=Path, required=True, help="the pack's folder, e.g. packs/en-us")
    parser.add_argument("--version", required=True, help="version of the pack, e.g. 2026.11.1")
    parser.add_argument(
        "--jobs", type=int, default=os.cpu_count() or 1, help="voices and trainings at the same time"
    )
    add_fit_on_argument(parser)
    parser.add_argument("--fit-only", type=Path, metavar="PACK", help="see `pack --help`")


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
    if not args.synthetic and not args.no_synthetic:
        texts = [args.corpus, *([args.native] if args.native else [])]

        def speak(name: str) -> None:
            dev = DEV_KINDS if SYNTHETIC[name]["division"] == "dev" else {}
            step(synthesis, texts=texts, out=args.run / "synthetic" / name, **SYNTHETIC[name], **dev)

        synthesis.require_flite()  # now, not after half an hour
        synthesis.kokoro_voices(synthesis.AMERICAN_VOICES, args.kokoro_js)
        in_parallel(speak, SYNTHETIC, args.jobs)
        args.synthetic = [args.run / "synthetic" / name for name in SYNTHETIC]
    step(acoustic, out=args.run)
    step(scorer)
    step(pack)
