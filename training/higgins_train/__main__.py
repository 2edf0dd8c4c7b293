"""python -m higgins_train COMMAND: every step from corpora to a finished pack."""

from __future__ import annotations

import argparse
import importlib
import sys

COMMANDS = [
    "all",
    "acoustic",
    "scorer",
    "ensemble",
    "distill",
    "pack",
    "export",
    "lexicon",
    "g2p",
    "synthesis",
    "announcer",
    "diagnosis",
    "miscues",
    "pauses",
    "ablate",
    "fairness",
    "experts",
    "decoder",
    "report",
]


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m higgins_train", description=__doc__)
    subparsers = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")
    modules = {}
    for name in COMMANDS:
        # Only the chosen command is imported in full: the lexicon needs no PyTorch.
        if len(sys.argv) > 1 and sys.argv[1] in COMMANDS and sys.argv[1] != name:
            subparsers.add_parser(name)
            continue
        modules[name] = importlib.import_module(f".{name}", __package__)
        summary = (modules[name].__doc__ or "").strip().splitlines()[0]
        subparser = subparsers.add_parser(name, help=summary, description=modules[name].__doc__)
        modules[name].add_arguments(subparser)
    args = parser.parse_args()
    return modules[args.command].run(args) or 0


if __name__ == "__main__":
    sys.exit(main())
