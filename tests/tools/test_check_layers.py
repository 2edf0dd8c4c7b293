"""The include table: kept by this tree, and enforced, shown on small trees that break it."""

from __future__ import annotations

import subprocess
import sys
import tempfile
import unittest
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
TOOL = ROOT / "tools" / "check_layers.py"
BASE = {
    "include/higgins/result.h": "#include <string>\n",
    "include/higgins/report.h": '#include "higgins/result.h"\n',
    "src/base/matrix.h": "#include <span>\n",
    "src/types/clip.h": '#include "base/matrix.h"\n',
    "src/ctc/graph.h": '#include "types/clip.h"\n#include "higgins/result.h"\n',
    "src/acoustic/acoustic_model.h": '#include "types/clip.h"\n',
    "src/acoustic/openvino/model.cc": '#include <openvino/openvino.hpp>\n#include "acoustic/acoustic_model.h"\n',
    "src/engine/assess.cc": '#include "ctc/graph.h"\n#include "acoustic/openvino/model.h"\n',
    "src/acoustic/openvino/model.h": "",
    "src/transports/cli/main.cc": '#include <CLI/CLI.hpp>\n#include "higgins/report.h"\n'
    '#include "transports/cli/t.h"\n',
    "src/transports/cli/t.h": "",
}


def check(files: dict[str, str]) -> tuple[int, str]:
    """Runs the tool on a tree of BASE with `files` put over it."""
    with tempfile.TemporaryDirectory() as folder:
        for path, text in {**BASE, **files}.items():
            file = Path(folder, path)
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(text, encoding="utf-8")
        run = subprocess.run(
            [sys.executable, TOOL, "--root", folder], capture_output=True, text=True, check=False
        )
        return run.returncode, run.stderr


class CheckLayersTest(unittest.TestCase):
    def test_this_tree_keeps_the_table(self) -> None:
        run = subprocess.run([sys.executable, TOOL], capture_output=True, text=True, check=False)
        self.assertEqual(run.returncode, 0, run.stderr)

    def test_a_tree_that_keeps_the_table_passes(self) -> None:
        self.assertEqual(check({}), (0, ""))

    def test_violations_are_found_and_named(self) -> None:
        cases = {
            "sibling": ("src/ctc/graph.cc", '#include "acoustic/acoustic_model.h"', "room 'acoustic'"),
            "upward": ("src/types/x.h", '#include "ctc/graph.h"', "room 'ctc'"),
            "base to types": ("src/base/x.h", '#include "types/clip.h"', "room 'types'"),
            "base to the report": ("src/base/x.h", '#include "higgins/report.h"', "include/higgins"),
            "public to private": ("include/higgins/x.h", '#include "types/clip.h"', "room 'types'"),
            "implementation of a seam": ("src/ctc/x.cc", '#include "acoustic/openvino/model.h"', "openvino"),
            "seam to its implementation": (
                "src/acoustic/x.cc",
                '#include "acoustic/openvino/model.h"',
                "openvino",
            ),
            "engine to transport": ("src/engine/x.cc", '#include "transports/cli/t.h"', "transports"),
            "transport past the API": ("src/transports/cli/x.cc", '#include "ctc/graph.h"', "room 'ctc'"),
            "third party": ("src/ctc/x.cc", "#include <nlohmann/json.hpp>", "<nlohmann/json.hpp>"),
            "third party in quotes": ("src/ctc/x.cc", '#include "openvino/openvino.hpp"', "neither"),
            "relative": ("src/ctc/x.cc", '#include "../types/clip.h"', "relative"),
            "indented": ("src/ctc/x.cc", "  #  include <sndfile.h>", "<sndfile.h>"),
            "unknown room": ("src/attic/x.cc", "#include <string>", "not in the include table"),
        }
        for name, (path, text, expected) in cases.items():
            with self.subTest(name):
                status, errors = check({path: "// first line\n" + text + "\n"})
                self.assertEqual(status, 1)
                self.assertIn(f"{path}:2: ", errors)
                self.assertIn(expected, errors)
                self.assertEqual(len(errors.splitlines()), 1)

    def test_the_main_path_stays_short(self) -> None:
        status, errors = check({"src/engine/assess.cc": "// a line\n" * 151})
        self.assertEqual(status, 1)
        self.assertIn("limit is 150", errors)


if __name__ == "__main__":
    unittest.main()
