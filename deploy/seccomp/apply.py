#!/usr/bin/env python3
"""Runs a program under higgins.json, as a container runtime would, without one.

usage: apply.py PROGRAM [ARGUMENT ...]       needs libseccomp2 and the package pyseccomp
"""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path

import pyseccomp

PROFILE = Path(__file__).parent / "higgins.json"


def load(profile: dict) -> None:
    assert profile["defaultAction"] == "SCMP_ACT_ERRNO"
    filter_ = pyseccomp.SyscallFilter(pyseccomp.ERRNO(profile["defaultErrnoRet"]))
    for rule in profile["syscalls"]:
        arguments = [pyseccomp.Arg(arg["index"], pyseccomp.EQ, arg["value"]) for arg in rule.get("args", [])]
        for name in rule["names"]:
            try:
                filter_.add_rule(pyseccomp.ALLOW, name, *arguments)
            except (OSError, ValueError):
                # A name that this libseccomp or architecture does not know: a runtime passes it over too.
                print(f"apply.py: {name} is not known here", file=sys.stderr)
    filter_.load()


def main() -> None:
    load(json.loads(PROFILE.read_text()))
    os.execvp(sys.argv[1], sys.argv[1:])


if __name__ == "__main__":
    main()
