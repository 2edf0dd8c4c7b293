"""clients/: each example does what clients/README.md says, against the real server, with keys."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from harness import EXAMPLES, ROOT, Server

CLIENTS = ROOT / "clients"
NAME = "think_slt_errors"
TEXT = json.loads((EXAMPLES / f"{NAME}.json").read_text())["text"]
RECORDING = str(EXAMPLES / f"{NAME}.flac")
KEY = "a-key-of-this-test-only-0123456789"


@pytest.fixture(scope="module")
def keyed(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    folder = tmp_path_factory.mktemp("keyed")
    keys = folder / "keys.json"
    entry = {"name": "examples", "sha256": hashlib.sha256(KEY.encode()).hexdigest()}
    keys.write_text(json.dumps({"keys": [entry]}))
    (folder / "data").mkdir()
    with Server("--keys", str(keys), "--data-dir", str(folder / "data")) as running:
        yield running


def run(
    server: Server, *command: str, key: str = KEY, **environment: str
) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        command,
        env={**os.environ, "HIGGINS_URL": server.url, "HIGGINS_KEY": key, **environment},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=180,
        check=False,
    )


def commands() -> list[list[str]]:
    found = [[sys.executable, str(CLIENTS / "python" / "assess.py")]]
    if shutil.which("node"):
        found.append(["node", str(CLIENTS / "javascript" / "assess.mjs")])
    return found


@pytest.mark.parametrize("command", commands(), ids=lambda command: Path(command[1]).name)
def test_assess(keyed: Server, command: list[str]) -> None:
    done = run(keyed, *command, RECORDING, TEXT)
    assert done.returncode == 0, done.stderr
    assert done.stdout.startswith("total "), done.stdout
    assert "very: substitution, expected V, heard W" in done.stdout


@pytest.mark.parametrize("command", commands(), ids=lambda command: Path(command[1]).name)
def test_problem_is_shown(keyed: Server, command: list[str]) -> None:
    refused = run(keyed, *command, RECORDING, TEXT, key="wrong")
    assert refused.returncode == 1
    assert "A valid key is needed" in refused.stderr
    no_audio = run(keyed, *command, str(ROOT / "README.md"), TEXT)
    assert no_audio.returncode == 1
    assert "recording" in no_audio.stderr.lower()


def test_curl(keyed: Server) -> None:
    if not shutil.which("curl"):
        pytest.skip("no curl here")
    done = run(keyed, str(CLIENTS / "curl" / "assess.sh"), RECORDING, TEXT)
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout)["utterance"]["total"] > 0.5
    refused = run(keyed, str(CLIENTS / "curl" / "assess.sh"), RECORDING, TEXT, key="wrong")
    assert refused.returncode != 0
    assert json.loads(refused.stdout)["type"] == "urn:higgins:problem:unauthorised"


def test_batch(keyed: Server, tmp_path: Path) -> None:
    shutil.copy(RECORDING, tmp_path / "a.flac")
    lines = [{"id": "one", "audio": "a.flac", "text": TEXT}, {"id": "two", "audio": "a.flac", "text": TEXT}]
    manifest = tmp_path / "manifest.jsonl"
    manifest.write_text("\n".join(map(json.dumps, lines)))
    done = run(
        keyed, sys.executable, str(CLIENTS / "python" / "batch.py"), str(manifest), HIGGINS_POLL_S="0.2"
    )
    assert done.returncode == 0, done.stderr
    results = [json.loads(line) for line in done.stdout.splitlines()]
    assert [result["id"] for result in results] == ["one", "two"]
    assert all(result["utterance"]["total"] > 0.5 for result in results)


def test_stream(keyed: Server, tmp_path: Path) -> None:
    wav = tmp_path / "a.wav"
    subprocess.run(["sox", RECORDING, "-b", "16", str(wav)], check=True)
    done = run(
        keyed, sys.executable, str(CLIENTS / "python" / "stream.py"), str(wav), TEXT, HIGGINS_SPEED="20"
    )
    assert done.returncode == 0, done.stderr
    lines = done.stdout.splitlines()
    assert lines[0].strip() == "ready"
    assert any(line.startswith("speech_started") for line in lines)
    assert lines[-1].startswith("total ")
