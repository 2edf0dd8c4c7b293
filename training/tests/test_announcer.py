from __future__ import annotations

import gzip
import json
import shutil
import subprocess
from pathlib import Path

import numpy as np
import pytest
import soundfile
from higgins_train.__main__ import main
from higgins_train.announcer import SOUNDS, TEXTS, prompts_of, words_of

LINES = """; Core sounds

beep: [a simple beep tone]
agent-pass: Please enter your password: now.
spell: A (as in "hay")
silence/1:
digits/1: One.
long: A menu of several prompts.
missing: Nobody recorded this one.
"""


pytestmark = pytest.mark.skipif(
    not (shutil.which("dpkg-deb") and shutil.which("ffmpeg")), reason="needs dpkg-deb and ffmpeg"
)


def package(folder: Path, name: str, files: dict[str, bytes]) -> None:
    """A Debian package of the same layout, as small as it may be."""
    tree = folder / f"{name}-tree"
    (tree / "DEBIAN").mkdir(parents=True)
    (tree / "DEBIAN" / "control").write_text(
        f"Package: {name}\nVersion: 1\nArchitecture: all\nMaintainer: nobody <nobody@example.org>\n"
        "Description: stand-in\n"
    )
    for path, content in files.items():
        (tree / path).parent.mkdir(parents=True, exist_ok=True)
        (tree / path).write_bytes(content)
    command = ["dpkg-deb", "--root-owner-group", "-b", tree, folder / f"{name}_1_all.deb"]
    subprocess.run([str(part) for part in command], check=True, stdout=subprocess.DEVNULL)


def g722(seconds: float, folder: Path) -> bytes:
    wave, coded = folder / "tone.wav", folder / "tone.g722"
    tone = 0.3 * np.sin(2 * np.pi * 440.0 * np.arange(int(seconds * 16000)) / 16000)
    soundfile.write(wave, tone, 16000)
    command = ["ffmpeg", "-v", "error", "-y", "-i", wave, "-c:a", "g722", "-f", "g722", coded]
    subprocess.run([str(part) for part in command], check=True)
    return coded.read_bytes()


def test_prompts_are_what_is_spoken() -> None:
    assert prompts_of(LINES) == {
        "agent-pass": "Please enter your password: now.",
        "digits/1": "One.",
        "long": "A menu of several prompts.",
        "missing": "Nobody recorded this one.",
    }


def announcer(out: Path, packages: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    command = ["higgins_train", "announcer", "--out", str(out), "--packages", str(packages)]
    monkeypatch.setattr("sys.argv", command)
    assert main() == 0


def test_writes_a_folder_that_can_be_measured_on(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    short, long = g722(1.0, tmp_path), g722(31.0, tmp_path)
    package(tmp_path, "asterisk-core-sounds-en", {TEXTS: gzip.compress(LINES.encode())})
    sounds = {"agent-pass": short, "digits/1": short, "long": long, "beep": short}
    package(
        tmp_path,
        "asterisk-core-sounds-en-g722",
        {f"{SOUNDS}/{name}.g722": sound for name, sound in sounds.items()},
    )
    out = tmp_path / "out"
    announcer(out, tmp_path, monkeypatch)
    records = [json.loads(line) for line in (out / "labels.jsonl").read_text().splitlines()]
    assert [(r["id"], r["text"]) for r in records] == [
        ("agent-pass", "Please enter your password: now."),
        ("digits/1", "One."),
    ]
    for record in records:
        samples, rate = soundfile.read(out / record["audio"])
        assert rate == 16000 and len(samples) == pytest.approx(16000, abs=100)
    assert not list((out / "audio").glob("long*"))


def test_names_the_package_that_is_not_there(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(SystemExit, match="asterisk-core-sounds-en_"):
        announcer(tmp_path / "out", tmp_path, monkeypatch)


def test_canonical_phones_are_those_of_the_report_without_insertions() -> None:
    phonemes = [
        {"expected": "HH", "stress": None},
        {"expected": None, "stress": None},
        {"expected": "AY", "stress": 1},
    ]
    report = {"words": [{"word": "hi", "phonemes": phonemes}]}
    assert words_of(report) == [{"text": "hi", "phones": ["HH", "AY1"]}]
