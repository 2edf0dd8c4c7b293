"""The licence check: what it lets through and what it refuses, on binaries made for it."""

from __future__ import annotations

import shutil
import subprocess
import sys
import tempfile
import unittest
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
TOOL = ROOT / "tools" / "check_licences.py"
sys.path.insert(0, str(ROOT / "tools"))

import check_licences  # noqa: E402


def run(*arguments: object) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, TOOL, *map(str, arguments)], capture_output=True, text=True, check=False
    )


class TableTest(unittest.TestCase):
    def test_the_table_itself_holds_no_refused_licence(self) -> None:
        self.assertEqual(set(check_licences.LIBRARIES.values()) - check_licences.ALLOWED, set())

    def test_names(self) -> None:
        self.assertEqual(check_licences.short_name("/lib/libsndfile.so.1"), "libsndfile")
        self.assertEqual(check_licences.short_name("libopenvino.so.2641"), "libopenvino")
        self.assertEqual(check_licences.short_name("/usr/lib/libutf8proc.a"), "libutf8proc")
        self.assertEqual(check_licences.short_name("ld-linux-x86-64.so.2"), "ld-linux-x86-64")

    def test_gpl_and_unknown_libraries_are_refused(self) -> None:
        here = Path("/usr/lib")
        for name in (
            "libespeak-ng.so.1",
            "libavcodec.so.59",
            "libaubio.so.5",
            "libreadline.so.8",
            "libsnd.so.1",
        ):
            with self.subTest(name):
                self.assertEqual(len(check_licences.check({name: here})), 1)

    def test_a_missing_library_is_refused(self) -> None:
        self.assertIn("not found", check_licences.check({"libopus.so.0": None})[0])


@unittest.skipUnless(shutil.which("g++") and shutil.which("ldd"), "needs g++ and ldd")
class BinaryTest(unittest.TestCase):
    def setUp(self) -> None:
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = Path(folder.name)

    def compile(self, name: str, text: str, *options: str) -> Path:
        source = self.folder / f"{name}.cc"
        source.write_text(text, encoding="utf-8")
        subprocess.run(["g++", source, "-o", self.folder / name, *options], check=True)
        return self.folder / name

    def test_a_plain_program_passes(self) -> None:
        result = run(self.compile("plain", "#include <iostream>\nint main() { std::cout << 1; }"))
        self.assertEqual(result.returncode, 0, result.stderr)
        self.assertIn("libstdc++", result.stdout)

    def test_a_program_with_an_unlisted_library_fails(self) -> None:
        self.compile("libgplthing.so", "int f() { return 1; }", "-shared", "-fPIC")
        binary = self.compile(
            "linked",
            "int f(); int main() { return f(); }",
            f"-L{self.folder}",
            "-lgplthing",
            f"-Wl,-rpath,{self.folder}",
        )
        result = run(binary)
        self.assertEqual(result.returncode, 1)
        self.assertIn("libgplthing.so: unknown library", result.stderr)

    def test_archives_of_the_link_line_are_seen(self) -> None:
        binary = self.compile("plain", "int main() {}")
        (self.folder / "build.ninja").write_text(
            "build plain: CXX_EXECUTABLE_LINKER__plain_Release a.o\n"
            "  LINK_LIBRARIES = src/libmine.a  /usr/lib/libgpl.a\n",
            encoding="utf-8",
        )
        result = run("--build", self.folder, binary)
        self.assertEqual(result.returncode, 1)
        self.assertIn("libgpl.a: unknown library", result.stderr)
        self.assertNotIn("libmine", result.stderr)

    def test_a_file_that_is_no_program_is_an_error(self) -> None:
        (self.folder / "text").write_text("no program", encoding="utf-8")
        self.assertEqual(run(self.folder / "text").returncode, 2)


if __name__ == "__main__":
    unittest.main()
