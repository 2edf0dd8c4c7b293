#!/usr/bin/env python3
"""Fills in the tables of docs/server.md: settings from the program, problems and metrics from where they are defined.

usage: server_page.py [--check] [--program FILE]

With --check: fails when the page is not what this would write.
"""

from __future__ import annotations

import argparse
import re
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
PAGE = ROOT / "docs" / "server.md"
SERVER = ROOT / "src" / "transports" / "server"


def settings(program: Path) -> str:
    return subprocess.run(
        [str(program), "serve", "--print-config-table"], check=True, capture_output=True, text=True
    ).stdout


def problems() -> str:
    source = (SERVER / "http" / "problem.cc").read_text()
    rows = re.findall(r'\{"([a-z-]+)", (\d{3}), "([^"]+)"\}', source)
    lines = [f"| `{name}` | {status} | {title} |" for name, status, title in rows]
    return "\n".join(["| `urn:higgins:problem:` | status | |", "|---|---|---|", *lines]) + "\n"


def metrics() -> str:
    source = (SERVER / "observe" / "metrics.cc").read_text()
    rows = re.findall(r'\{"(higgins_\w+)",\s*Kind::k(\w+),\s*((?:"[^"]*"\s*)+)\}', source)
    help_of = {name: "".join(re.findall(r'"([^"]*)"', text)) for name, _, text in rows}
    lines = [f"| `{name}` | {kind.lower()} | {help_of[name]} |" for name, kind, _ in rows]
    return "\n".join(["| | | |", "|---|---|---|", *lines]) + "\n"


def fill(page: str, name: str, table: str) -> str:
    begin, end = f"<!-- {name} begin -->\n", f"<!-- {name} end -->"
    head, found, rest = page.partition(begin)
    _, found_end, tail = rest.partition(end)
    if not found or not found_end or table.count("\n") < 5:
        sys.exit(f"server_page.py: no place for, or nothing in, the table of {name}")
    return head + begin + table + end + tail


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--check", action="store_true")
    parser.add_argument("--program", type=Path, default=ROOT / "build" / "release" / "higgins")
    options = parser.parse_args()
    page = PAGE.read_text()
    filled = page
    for name, table in (
        ("settings", settings(options.program)),
        ("problems", problems()),
        ("metrics", metrics()),
    ):
        filled = fill(filled, name, table)
    if options.check:
        if filled != page:
            sys.exit("docs/server.md is out of date: run tools/server_page.py")
        return
    PAGE.write_text(filled)


if __name__ == "__main__":
    main()
