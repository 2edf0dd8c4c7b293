"""tools/setup.sh against a made-up Debian: it installs what is missing, and says what to do when it cannot."""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
import unittest
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]

DPKG_QUERY = """#!/bin/bash
shift 2  # -W -f FORMAT
shift
for package in "$@"; do grep -qx "$package" "$FAKE/installed" && printf '%s:installed ' "$package"; done
exit 1  # as the real one does when a package is unknown
"""
APT_GET = """#!/bin/bash
echo "$*" >> "$FAKE/apt-get"
[[ -e $FAKE/apt-fails && $* == *install* ]] && { echo "E: no such package" >&2; exit 100; }
for word in "$@"; do [[ $word == *install* || $word == -* ]] || echo "$word" >> "$FAKE/installed"; done
exit 0
"""
SUDO = """#!/bin/bash
echo "$*" >> "$FAKE/sudo"
while [[ $1 == -* ]]; do shift; done
exec "$@"
"""


class SetupTest(unittest.TestCase):
    def setUp(self) -> None:
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.root = Path(folder.name, "project")
        self.fake = Path(folder.name, "fake")
        (self.root / "tools").mkdir(parents=True)
        (self.fake / "bin").mkdir(parents=True)
        shutil.copy(ROOT / "tools" / "setup.sh", self.root / "tools")
        (self.fake / "installed").write_text("libgtest-dev\nflite\n")
        self.stub("dpkg-query", DPKG_QUERY)
        self.stub("apt-get", APT_GET)
        folder_path = Path(folder.name)
        for path in (folder_path, *folder_path.rglob("*")):
            path.chmod(0o777)

    def stub(self, name: str, text: str) -> None:
        path = self.fake / "bin" / name
        path.write_text(text)
        path.chmod(0o777)

    def run_setup(self, *, as_root: bool = True) -> subprocess.CompletedProcess[str]:
        environment = {**os.environ, "FAKE": str(self.fake), "PATH": f"{self.fake / 'bin'}:/usr/bin:/bin"}
        environment["SUDO"] = "fake-sudo"
        command = [str(self.root / "tools" / "setup.sh"), "test"]
        if not as_root and os.geteuid() == 0:
            command = ["setpriv", "--reuid=65534", "--clear-groups", *command]
        return subprocess.run(
            command, env=environment, stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False
        )

    def calls(self, name: str) -> list[str]:
        file = self.fake / name
        return file.read_text().splitlines() if file.exists() else []

    @unittest.skipUnless(os.geteuid() == 0, "as root")
    def test_only_missing_packages_are_installed_and_only_once(self) -> None:
        result = self.run_setup()
        self.assertEqual(result.returncode, 0, result.stderr)
        install = next(call for call in self.calls("apt-get") if " install " in call)
        self.assertIn(" librapidcheck-dev", install)
        self.assertNotIn(" flite", install)
        self.assertIn("--no-install-recommends", install)
        before = len(self.calls("apt-get"))
        result = self.run_setup()
        self.assertEqual(result.returncode, 0, result.stderr)
        self.assertIn("all", result.stdout)
        self.assertEqual(len(self.calls("apt-get")), before)

    @unittest.skipUnless(os.geteuid() == 0, "as root")
    def test_a_failing_installation_is_an_error_that_shows_why(self) -> None:
        (self.fake / "apt-fails").touch()
        result = self.run_setup()
        self.assertEqual(result.returncode, 1)
        self.assertIn("no such package", result.stderr)

    @unittest.skipIf(os.geteuid() == 0 and shutil.which("setpriv") is None, "needs setpriv")
    def test_without_root_it_uses_sudo_and_asks_for_no_password(self) -> None:
        self.stub("fake-sudo", SUDO)
        result = self.run_setup(as_root=False)
        self.assertEqual(result.returncode, 0, result.stderr)
        self.assertTrue(all(call.startswith("-n ") for call in self.calls("sudo")))
        self.assertTrue(any(" install " in call for call in self.calls("apt-get")))

    @unittest.skipIf(os.geteuid() == 0 and shutil.which("setpriv") is None, "needs setpriv")
    def test_with_neither_root_nor_sudo_it_says_what_to_type(self) -> None:
        result = self.run_setup(as_root=False)
        self.assertEqual(result.returncode, 1)
        self.assertIn("apt-get install", result.stderr)
        self.assertIn("librapidcheck-dev", result.stderr)
        self.assertEqual(self.calls("apt-get"), [])


if __name__ == "__main__":
    unittest.main()
