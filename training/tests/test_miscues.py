from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
import soundfile
from higgins_train.corpus import SAMPLE_RATE_HZ, Utterance
from higgins_train.miscues import (
    KINDS,
    Case,
    added_case,
    measure,
    omitted_case,
    own_case,
    repeated_case,
)
from higgins_train.report import miscues_block

TEXT = "we call it bear today"


def utterance(text: str = TEXT, audio: Path = Path("u.flac")) -> Utterance:
    return Utterance("u", audio, "s", "dev", text, [])


def word(text: str, accuracy: float = 0.9, omission: float = 0.0, start_ms: int = 0, end_ms: int = 0) -> dict:
    return {
        "word": text,
        "accuracy": accuracy,
        "omission_probability": omission,
        "start_ms": start_ms,
        "end_ms": end_ms,
    }


def report(words: list[dict], added: list[dict] | None = None, errors_at: tuple[int, ...] = ()) -> dict:
    return {
        "words": words,
        "added_speech": added or [],
        "warnings": [],
        "mispronunciations": [{"word_index": at} for at in errors_at],
        "utterance": {"total": 0.8},
    }


def addition(before_word: int, repeats: tuple[int | None, int | None] = (None, None)) -> dict:
    return {"before_word": before_word, "repeats_begin": repeats[0], "repeats_end": repeats[1]}


OWN = report([word(text) for text in TEXT.split()])


@pytest.mark.parametrize("seed", range(8))
def test_what_is_taken_from_the_text_was_added_there(seed: int) -> None:
    case = added_case(utterance(), np.random.default_rng(seed))
    own = TEXT.split()
    removed = [w for w in range(5) if w not in case.own_word]
    assert 1 <= len(removed) <= 2 and removed == list(range(removed[0], removed[-1] + 1))
    assert case.words == [own[w] for w in case.own_word] and case.place == removed[0]
    assert added_case(utterance("we call it"), np.random.default_rng(seed)) is None, (
        "too little would be left"
    )


@pytest.mark.parametrize("seed", range(8))
def test_what_is_put_into_the_text_was_not_read(seed: int) -> None:
    other = utterance("six grey geese flew over")
    case = omitted_case(utterance(), other, np.random.default_rng(seed))
    assert [w for w in case.own_word if w is not None] == list(range(5))
    strange = [text for text, own in zip(case.words, case.own_word, strict=True) if own is None]
    assert 1 <= len(strange) <= 3 and " ".join(strange) in other.text


@pytest.mark.parametrize("seed", range(8))
def test_a_stretch_is_heard_twice(seed: int, tmp_path: Path) -> None:
    samples = np.arange(5 * SAMPLE_RATE_HZ // 10) / SAMPLE_RATE_HZ
    soundfile.write(tmp_path / "in.flac", samples, SAMPLE_RATE_HZ, subtype="PCM_24")
    times = report(
        [word(text, start_ms=100 * at, end_ms=100 * at + 100) for at, text in enumerate(TEXT.split())]
    )
    spoken = utterance(audio=tmp_path / "in.flac")
    case = repeated_case(spoken, times, np.random.default_rng(seed), tmp_path)
    begin, end = case.repeats
    heard, _ = soundfile.read(case.audio)
    step = SAMPLE_RATE_HZ // 10
    expected = np.concatenate([samples[: end * step], samples[begin * step :]])
    np.testing.assert_allclose(heard, expected, atol=1e-4)
    assert case.words == TEXT.split()


def cases() -> list[Case]:
    own = own_case(utterance())
    return [
        own,
        Case("u added", "added", own.audio, ["we", "it", "bear", "today"], [0, 2, 3, 4], place=1),
        Case("u omitted", "omitted", own.audio, ["we", "no", *TEXT.split()[1:]], [0, None, 1, 2, 3, 4]),
        Case("u repeated", "repeated", own.audio, own.words, own.own_word, repeats=(1, 3)),
    ]


def test_perfect_reports_are_perfect(tmp_path: Path) -> None:
    words = {case.kind: [word(text) for text in case.words] for case in cases()}
    words["omitted"][1] = word("no", 0.1, 0.9)
    reports = {
        "u own": OWN,
        "u added": report(words["added"], [addition(1)]),
        "u omitted": report(words["omitted"]),
        "u repeated": report(words["repeated"], [addition(1, (1, 3))]),
    }
    figures = measure(cases(), reports)
    assert list(figures) == list(KINDS)
    for kind, of in figures.items():
        assert of["recordings"] == 1 and of["refused"] == 0, kind
        assert of["additions_invented"] == of["read_words_doubted"] == of["errors_more_per_100_words"] == 0.0
    assert figures["added"]["additions_found"] == figures["repeated"]["additions_found"] == 1.0
    assert figures["repeated"]["repetitions_named"] == figures["omitted"]["omitted_words_found"] == 1.0
    (tmp_path / "miscues.json").write_text(json.dumps({"corpus": figures}))
    table = miscues_block(tmp_path)
    assert "| | corpus |" in table and "named | 100.0% |" in table


def test_poor_reports_are_poor() -> None:
    spoilt = [word("we"), word("it", 0.3), word("bear"), word("today", 0.9, 0.7)]
    reports = {
        "u own": report([word(text) for text in TEXT.split()], [addition(0)]),
        "u added": report(spoilt, [addition(3)], errors_at=(1, 1)),
        "u omitted": report([word(text) for text in cases()[2].words]),
        "u repeated": report([word(text) for text in TEXT.split()], [addition(2, (1, 2))]),
    }
    figures = measure(cases(), reports)
    assert figures["own"]["additions_invented"] == 1.0
    added = figures["added"]
    assert added["additions_found"] == 0.0 and added["additions_invented"] == 1.0
    assert added["good_words_spoilt"] == 0.25 and added["read_words_doubted"] == 0.25
    assert added["errors_more_per_100_words"] == 50.0
    assert figures["omitted"]["omitted_words_found"] == 0.0
    assert figures["repeated"]["additions_found"] == 1.0 and figures["repeated"]["repetitions_named"] == 0.0


def test_what_was_refused_counts_nowhere_else() -> None:
    reports = {"u own": OWN, "u added": {"error": {"code": "audio_too_short"}}}
    figures = measure(cases()[:2], reports)
    assert figures["added"] == {"recordings": 1, "refused": 1}
