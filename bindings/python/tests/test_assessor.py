"""The product binding. The tiny pack knows no English: what is tested is the way in and the way out."""

from __future__ import annotations

import json
import threading
from pathlib import Path

import numpy as np
import pytest

higgins = pytest.importorskip("higgins")

ROOT = Path(__file__).resolve().parents[3]
TINY_PACK = ROOT / "tests" / "data" / "tiny_pack"
RECORDING = ROOT / "examples" / "school_slt_good.flac"
TEXT = "She left her bright red coat at school last week."
WORDS = ["she", "left", "her", "bright", "red", "coat", "at", "school", "last", "week"]


@pytest.fixture
def samples() -> np.ndarray:
    soundfile = pytest.importorskip("soundfile")
    values, rate_hz = soundfile.read(RECORDING, dtype="float32")
    assert rate_hz == 16000
    return values


@pytest.fixture(scope="module")
def assessor() -> object:
    try:
        return higgins.Assessor(TINY_PACK, concurrent_requests=2)
    except ModuleNotFoundError:
        pytest.skip("built for training alone: the target higgins_python builds the Assessor")


def test_the_report_is_the_json_contract(assessor: object) -> None:
    report = assessor.assess(RECORDING, TEXT)
    assert [word["word"] for word in report["words"]] == WORDS
    assert set(report["utterance"]) == {"accuracy", "fluency", "prosody", "completeness", "total"}
    assert {"phone", "score", "expected", "actual", "error"} <= set(report["words"][0]["phonemes"][0])
    assert report["engine_version"] == higgins.engine_version()


def test_bytes_path_and_samples_agree(assessor: object, samples: np.ndarray) -> None:
    expected = assessor.assess(RECORDING, TEXT)
    assert assessor.assess(str(RECORDING), TEXT) == expected
    assert assessor.assess(RECORDING.read_bytes(), TEXT) == expected
    assert assessor.assess(samples, TEXT) == expected


def test_samples_of_two_channels_and_of_another_rate(assessor: object, samples: np.ndarray) -> None:
    stereo = np.stack([samples, samples], axis=1)
    assert assessor.assess(stereo, TEXT) == assessor.assess(samples, TEXT)
    report = assessor.assess(samples, TEXT, sample_rate_hz=12000)
    assert report["quality"]["duration_ms"] == pytest.approx(samples.size / 12, abs=2)


def test_the_callers_pronunciation_is_taken(assessor: object) -> None:
    report = assessor.assess(RECORDING, TEXT, pronunciations={"coat": "D AO1 G"})
    phones = [phone["expected"] for phone in report["words"][5]["phonemes"] if phone["expected"]]
    assert phones == ["D", "AO", "G"]


def test_phones_of_a_text(assessor: object) -> None:
    words = assessor.phones("The cat")
    assert [word["word"] for word in words] == ["the", "cat"]
    assert "K AE1 T" in json.dumps(words)


def test_the_pack_is_described(assessor: object) -> None:
    assert assessor.pack["language"] == "en-US"
    assert assessor.pack["num_phones"] == 39


@pytest.mark.parametrize(
    ("audio", "text", "options", "code"),
    [
        (b"", "cat", {}, "bad_audio"),
        (b"this is a text file, not a recording", "cat", {}, "bad_audio"),
        (np.zeros(32000, np.float32), "cat", {}, "no_speech"),
        (np.zeros(32000, np.float32), "", {}, "invalid_argument"),
        (np.zeros(32000, np.float32), "cat", {"strictness": 6.0}, "invalid_argument"),
        (np.zeros(32000, np.float32), "cat", {"max_duration_s": 0.5}, "audio_too_long"),
        (np.zeros(32000, np.float32), "cat", {"sample_rate_hz": 1}, None),
    ],
)
def test_errors_carry_their_code(
    assessor: object, audio: bytes | np.ndarray, text: str, options: dict, code: str | None
) -> None:
    with pytest.raises(higgins.Error) as caught:
        assessor.assess(audio, text, **options)
    assert str(caught.value)
    assert code is None or caught.value.code == code


def test_a_missing_file_and_a_missing_pack(assessor: object, tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        assessor.assess(tmp_path / "no.wav", "cat")
    with pytest.raises(higgins.Error) as caught:
        higgins.Assessor(tmp_path)
    assert caught.value.code == "not_found"


def test_threads_share_one_assessor(assessor: object, samples: np.ndarray) -> None:
    expected = assessor.assess(samples, TEXT)
    reports: list[dict] = []
    threads = [
        threading.Thread(target=lambda: reports.append(assessor.assess(samples, TEXT))) for _ in range(4)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert reports == [expected] * 4


def test_compiled_graphs_are_kept_when_asked_for(
    assessor: object, samples: np.ndarray, tmp_path: Path
) -> None:
    expected = assessor.assess(samples, TEXT)
    inodes = []
    for _ in range(2):  # made, then read: a file that is written again gets another inode
        assert higgins.Assessor(TINY_PACK, cache=tmp_path / "kept").assess(samples, TEXT) == expected
        inodes.append({file.stat().st_ino for file in (tmp_path / "kept").iterdir()})
    assert len(inodes[0]) == 2 and inodes[0] == inodes[1]
