"""What the program says of recordings: `higgins batch` run on them, its reports read back."""

from __future__ import annotations

import json
import subprocess
import tempfile
from pathlib import Path

SOME_REFUSED = 3  # exit code of `higgins batch`


def engine_reports(higgins: Path, pack: Path, lines: list[dict], may_refuse: bool = False) -> dict[str, dict]:
    """Reports by id. lines: of the manifest, `audio` as absolute paths. may_refuse: a recording that is not assessed
    has an `error` for a report; else it ends everything, as any other failure does (CalledProcessError)."""
    with tempfile.TemporaryDirectory() as folder:
        manifest, results = Path(folder, "manifest.jsonl"), Path(folder, "results.jsonl")
        manifest.write_text("".join(json.dumps(line) + "\n" for line in lines))
        command = [higgins, "batch", manifest, "--out", results, "--pack", pack]
        done = subprocess.run([str(part) for part in command], stdout=subprocess.DEVNULL)
        if not (may_refuse and done.returncode == SOME_REFUSED):
            done.check_returncode()
        return {record["id"]: record for record in map(json.loads, results.read_text().splitlines())}
