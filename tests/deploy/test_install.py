"""What `cmake --install` lays down runs by itself, away from the tree that it was built in."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

import pytest
from harness import BINARY, EXAMPLES, PACK

TEXT = "I think this is the very best weather for a long walk."


@pytest.fixture(scope="module")
def prefix(tmp_path_factory: pytest.TempPathFactory) -> Path:
    build = BINARY.parent
    if not (build / "cmake_install.cmake").exists():
        pytest.skip(f"{build} is no build folder")
    folder = tmp_path_factory.mktemp("installed")
    manifest = build / "install_manifest.txt"  # of the user's own installation
    before = manifest.read_bytes() if manifest.exists() else None
    try:
        subprocess.run(
            [shutil.which("cmake"), "--install", build, "--prefix", folder, "--strip"],
            check=True,
            capture_output=True,
        )
    finally:
        manifest.unlink(missing_ok=True)
        if before is not None:
            manifest.write_bytes(before)
    return folder


def test_it_assesses_and_starts_from_what_it_kept(prefix: Path, tmp_path: Path) -> None:
    """The second start reads the compiled graphs: a file that is written again gets another inode."""
    environment = {
        "PATH": os.environ["PATH"],
        "HIGGINS_PACK": str(PACK),
        "HIGGINS_CACHE": str(tmp_path / "kept"),
    }
    command = [prefix / "bin" / "higgins", "assess", EXAMPLES / "think_slt_errors.flac", TEXT, "--json"]
    said, inodes = [], []
    for _ in range(2):
        run = subprocess.run(
            command, cwd=tmp_path, env=environment, check=True, capture_output=True, text=True
        )
        said.append(run.stdout)
        inodes.append({file.stat().st_ino for file in (tmp_path / "kept").iterdir()})
    assert said[0] == said[1]
    assert len(inodes[0]) == 2 and inodes[0] == inodes[1]
