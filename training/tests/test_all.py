"""One command from recordings to a pack; killed at any step and begun again it makes the same pack."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from pathlib import Path

import pytest
from conftest import ROOT, tiny_checkpoint
from higgins_train.lexicon import DATA, read_list

WORDS = {"we": "W IY1", "call": "K AO1 L", "it": "IH1 T", "bear": "B EH1 R", "cat": "K AE1 T"}
# What is on disk when the process is killed; then it is begun again.
KILLED_AT = (
    "split1-fold0/head.checkpoint.pt",
    "split1-fold1/model.pt",
    "features-0-fold0-1-fold1.pt",
    "scorer-seed2.pt",
    "export/acoustic.f32.onnx",
)


def dictionary() -> str:
    """A strong form for every function word too, as the CMU dictionary has it."""
    weak = read_list(DATA / "weak_forms.txt", ("strong", "weak"))
    words = {word: "T EH1 N" for word, _, _ in weak} | WORDS
    return "".join(f"{word}  {phones}\n" for word, phones in words.items())


def command(corpus: Path, folder: Path) -> list[str]:
    return [
        *(sys.executable, "-m", "higgins_train", "all", "--no-synthetic"),
        *("--corpus", str(corpus), "--cmudict", str(folder / "dictionary"), "--init", str(folder / "init")),
        *("--run", str(folder / "run"), "--out", str(folder / "pack"), "--version", "1", "--epochs", "1"),
        *("--splits", "2", "--seeds", "3", "--members", "3"),
    ]


def run_until(said: list[str], seen: Path | None, log: Path) -> int | None:
    """The exit status; None: killed as soon as `seen` was there."""
    paths = [str(ROOT / "training"), *filter(None, sys.path)]
    environment = dict(os.environ, PYTHONPATH=os.pathsep.join(paths))
    with log.open("w") as out:
        running = subprocess.Popen(
            said, stdout=out, stderr=subprocess.STDOUT, env=environment, start_new_session=True
        )
        while running.poll() is None:
            if seen is not None and seen.exists():
                os.killpg(running.pid, 9)
                running.wait()
                return None
            time.sleep(0.01)
    return running.returncode


def test_killed_and_begun_again_makes_the_same_pack(corpus: Path, tmp_path: Path) -> None:
    for module in ("higgins", "nncf", "openvino"):
        pytest.importorskip(module)
    folders = [tmp_path / "straight", tmp_path / "killed"]
    for folder in folders:
        folder.mkdir()
        (folder / "dictionary").write_text(dictionary())
        tiny_checkpoint("whisper", folder / "init")
    kills = 0
    for folder in folders:
        for seen in (*KILLED_AT, None) if folder.name == "killed" else (None,):
            log = tmp_path / "log"
            status = run_until(command(corpus, folder), seen and folder / "run" / seen, log)
            kills += status is None
            said = log.read_text()
            # Of random weights 8 bits may cost more than the gate allows; the pack is written all the same.
            assert status in (None, 0) or "int8 costs more than" in said, said[-3000:]
    assert kills == len(KILLED_AT)
    packs = [folder / "pack" for folder in folders]
    assert {p.name for p in packs[0].iterdir()} >= {"acoustic.onnx", "scorer.onnx", "lexicon.bin", "g2p.bin"}
    for path in sorted(packs[0].iterdir()):
        assert path.read_bytes() == (packs[1] / path.name).read_bytes(), path.name
