"""The figures of the documents are those of docs/figures/, and a stale one is noticed."""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
import unittest
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
TOOL = ROOT / "tools" / "readme_figures.py"


def run(*arguments: object) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, TOOL, *map(str, arguments)], capture_output=True, text=True, check=False
    )


class ReadmeFiguresTest(unittest.TestCase):
    def test_the_documents_show_the_measured_figures(self) -> None:
        result = run("--check")
        self.assertEqual(result.returncode, 0, result.stderr)

    def test_a_block_is_filled_and_a_stale_one_noticed(self) -> None:
        with tempfile.TemporaryDirectory() as folder:
            document = Path(folder, "x.md")
            figures = Path(folder, "figures")
            figures.mkdir()
            for name, share in (("native_dev", 0.0321), ("native_announcer", 0.0456)):
                measured = {"num_utterances": 40, "num_phones": 1800, "phones_flagged_share": share}
                measured |= {"mean_utterance_total": 0.5 + share, "pack_version": "1", "num_failed": 0}
                (figures / f"{name}.json").write_text(json.dumps(measured))
            document.write_text("a\n<!-- figures:native begin -->\nold\n<!-- figures:native end -->\nb\n")
            self.assertEqual(run("--check", "--figures", figures, document).returncode, 1)
            self.assertIn("old", document.read_text())
            self.assertEqual(run("--figures", figures, document).returncode, 0)
            text = document.read_text()
            self.assertIn("3.21 %", text)
            self.assertIn("4.56 %", text)
            self.assertIn("53 and 55 of 100", text)
            self.assertNotIn("old", text)
            self.assertTrue(text.startswith("a\n") and text.endswith("\nb\n"))
            self.assertEqual(run("--check", "--figures", figures, document).returncode, 0)

    def test_a_row_for_each_kind_of_recordings_beside_other_texts(self) -> None:
        with tempfile.TemporaryDirectory() as folder:
            measured = {"num_utterances": 40, "own_text_mismatches": 3, "own_text_mean_total": 0.75}
            measured |= {
                "num_other_texts": 38,
                "other_text_noticed_share": 0.9876,
                "other_text_mean_total": 0.13,
            }
            for name in ("dev", "native", "announcer"):
                Path(folder, f"other_texts_{name}.json").write_text(json.dumps(measured))
            document = Path(folder, "x.md")
            document.write_text("<!-- figures:other-texts begin -->\n<!-- figures:other-texts end -->\n")
            self.assertEqual(run("--figures", folder, document).returncode, 0)
            self.assertIn("| natives | 3 of 40 | 75 | 98.8 % of 38 | 13 |", document.read_text())

    def test_what_was_not_measured_is_said_to_be_so(self) -> None:
        with tempfile.TemporaryDirectory() as folder:
            document = Path(folder, "x.md")
            document.write_text("<!-- figures:dev begin -->\n<!-- figures:dev end -->\n")
            run("--figures", folder, document)
            self.assertIn("Not measured yet", document.read_text())


if __name__ == "__main__":
    unittest.main()
