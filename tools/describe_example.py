#!/usr/bin/env python3
"""Prints the known errors of one of examples/*.json in a line: `S for TH in "think", K left out of "walk"`."""

from __future__ import annotations

import json
import sys
from pathlib import Path


def describe(example: dict) -> str:
    parts = []
    for error in example["errors"]:
        where = f'"{error["word"]}"'
        if error["type"] == "insertion":
            parts.append(f"{error['actual']} put into {where}")
        elif error["type"] == "deletion":
            parts.append(f"{error['expected']} left out of {where}")
        else:
            parts.append(f"{error['actual']} for {error['expected']} in {where}")
    return ", ".join(parts) or "no error"


if __name__ == "__main__":
    print(describe(json.loads(Path(sys.argv[1]).read_text(encoding="utf-8"))))
