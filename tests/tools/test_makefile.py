"""The short way in, where less is installed than on the machine of somebody who works on it."""

from __future__ import annotations

import re
import subprocess
import tempfile
import unittest
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


class MakefileTest(unittest.TestCase):
    def test_the_program_is_configured_without_what_only_its_tests_need(self) -> None:
        """`make demo` on a fresh machine: GoogleTest and rapidcheck come with `make test`."""
        recipe = subprocess.run(
            ["make", "-n", "release"], cwd=ROOT, check=True, capture_output=True, text=True
        ).stdout
        configure = re.search(r"cmake --preset release[^>;|]*", recipe)
        self.assertIsNotNone(configure, recipe)
        with tempfile.TemporaryDirectory() as folder:
            command = [*configure.group().split(), "-B", folder]
            command += [f"-DCMAKE_DISABLE_FIND_PACKAGE_{name}=ON" for name in ("GTest", "rapidcheck")]
            made = subprocess.run(command, cwd=ROOT, capture_output=True, text=True)
            self.assertEqual(made.returncode, 0, made.stderr)


if __name__ == "__main__":
    unittest.main()
