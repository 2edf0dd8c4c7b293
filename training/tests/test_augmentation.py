from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from higgins_train.augmentation import (
    SAMPLE_RATE_HZ,
    augmented,
    coloured_noise,
    in_room,
    resampled,
    through_codec,
    through_telephone,
    with_noise,
)
from higgins_train.corpus import read_corpus

RANDOM = np.random.default_rng(3)
SECOND = np.sin(2 * np.pi * 440 * np.arange(SAMPLE_RATE_HZ) / SAMPLE_RATE_HZ).astype(np.float32)


def power_db(samples: np.ndarray) -> float:
    return 10 * np.log10(float((samples**2).mean()))


def loudest_hz(samples: np.ndarray) -> float:
    return float(np.fft.rfft(samples).__abs__().argmax() * SAMPLE_RATE_HZ / len(samples))


@pytest.mark.parametrize("snr_db", [0.0, 10.0, 20.0])
def test_noise_has_the_ratio_that_was_asked_for(snr_db: float) -> None:
    noisy = with_noise(SECOND, snr_db, RANDOM.standard_normal(1000).astype(np.float32))
    assert power_db(SECOND) - power_db(noisy - SECOND) == pytest.approx(snr_db, abs=0.05)


def test_faster_is_shorter_and_higher() -> None:
    faster = resampled(SECOND, 1.1)
    assert len(faster) == pytest.approx(SAMPLE_RATE_HZ / 1.1, abs=2)
    assert loudest_hz(faster) == pytest.approx(440 * 1.1, abs=2)


def test_a_room_keeps_the_direct_sound_in_place_and_adds_a_tail() -> None:
    click = np.zeros(SAMPLE_RATE_HZ, np.float32)
    click[1000] = 1.0
    heard = in_room(click, 0.3, np.random.default_rng(1))
    assert len(heard) == len(click)
    assert heard.argmax() == 1000
    early, late = heard[1100:2000], heard[4000:5000]
    assert power_db(early) > power_db(late) + 20  # 60 dB in .3 s


def test_a_telephone_passes_its_band_only() -> None:
    def tone(hz: float) -> np.ndarray:
        return np.sin(2 * np.pi * hz * np.arange(SAMPLE_RATE_HZ) / SAMPLE_RATE_HZ).astype(np.float32)

    assert power_db(through_telephone(tone(1000))) == pytest.approx(power_db(tone(1000)), abs=0.5)
    for hz in (60, 7000):
        assert power_db(through_telephone(tone(hz))) < power_db(tone(hz)) - 30


def test_a_codec_changes_little_and_keeps_time() -> None:
    speech = SECOND * np.hanning(len(SECOND)).astype(np.float32)
    decoded = through_codec(speech)
    assert decoded.shape == speech.shape
    assert not np.array_equal(decoded, speech)
    assert np.corrcoef(decoded, speech)[0, 1] > 0.95


def test_brown_noise_is_darker_than_white() -> None:
    def low_share(noise: np.ndarray) -> float:
        spectrum = np.abs(np.fft.rfft(noise)) ** 2
        return float(spectrum[: len(spectrum) // 10].sum() / spectrum.sum())

    assert (
        low_share(coloured_noise(16000, 2.0, RANDOM))
        > 0.9
        > 0.2
        > low_share(coloured_noise(16000, 0.0, RANDOM))
    )


def test_copies_differ_and_repeat(corpus: Path) -> None:
    utterances = read_corpus(corpus)
    first, again, second = (augmented(utterances[0], copy, utterances) for copy in (1, 1, 2))
    assert first.id != second.id != utterances[0].id
    np.testing.assert_array_equal(first.samples(), again.samples())
    assert first.samples().shape != second.samples().shape or not np.allclose(
        first.samples(), second.samples()
    )
    assert np.isfinite(first.samples()).all() and np.abs(first.samples()).max() <= 1.0
    assert first.phones == utterances[0].phones and first.kind == utterances[0].kind
