"""What a recording goes through on its way to us: another voice pitch, room, noise, telephone, codec, level.

Every copy is a function of the utterance's id and the copy's number, so that a run can be repeated.
"""

from __future__ import annotations

import io
from dataclasses import replace

import numpy as np
import soundfile
from scipy.signal import butter as butterworth
from scipy.signal import fftconvolve, resample_poly, sosfilt

from .corpus import SAMPLE_RATE_HZ, Utterance

# Share of copies that each effect is applied to.
SPEED_SHARE, ROOM_SHARE, NOISE_SHARE, TELEPHONE_SHARE, CODEC_SHARE = 0.6, 0.4, 0.6, 0.15, 0.2


def resampled(samples: np.ndarray, factor: float) -> np.ndarray:
    """Played `factor` times as fast: pitch, formants and duration all change, as between adults and children."""
    up, down = 100, round(100 * factor)
    return resample_poly(samples, up, down).astype(np.float32)


def in_room(samples: np.ndarray, reverberation_s: float, random: np.random.Generator) -> np.ndarray:
    """Convolved with exponentially decaying noise that falls by 60 dB in `reverberation_s`, direct sound first."""
    length = int(reverberation_s * SAMPLE_RATE_HZ)
    decay = 10.0 ** (-3.0 * np.arange(length) / length)
    response = random.standard_normal(length) * decay
    response[: int(0.002 * SAMPLE_RATE_HZ)] = 0.0
    response *= random.uniform(0.2, 0.8) / np.sqrt((response**2).sum())
    response[0] = 1.0
    return fftconvolve(samples, response)[: len(samples)].astype(np.float32)


def with_noise(samples: np.ndarray, snr_db: float, noise: np.ndarray) -> np.ndarray:
    """`noise` of any length is repeated or cut; the ratio is that of mean powers."""
    noise = np.resize(noise, len(samples))
    power = float((samples**2).mean()) + 1e-12
    scale = np.sqrt(power / (float((noise**2).mean()) + 1e-12) / 10.0 ** (snr_db / 10.0))
    return (samples + scale * noise).astype(np.float32)


def coloured_noise(length: int, exponent: float, random: np.random.Generator) -> np.ndarray:
    """Noise whose power falls as 1/f^exponent: 0 white, 1 pink, 2 brown."""
    spectrum = np.fft.rfft(random.standard_normal(length))
    frequency = np.maximum(np.arange(len(spectrum)), 1.0)
    return np.fft.irfft(spectrum * frequency ** (-exponent / 2.0), length).astype(np.float32)


def babble(others: list[np.ndarray], length: int, random: np.random.Generator) -> np.ndarray:
    """Several voices at once, each begun somewhere in its recording."""
    mixed = np.zeros(length, np.float32)
    for other in others:
        mixed += np.resize(np.roll(other, -int(random.integers(len(other)))), length) / (np.std(other) + 1e-6)
    return mixed


def through_telephone(samples: np.ndarray) -> np.ndarray:
    """300-3,400 Hz."""
    band = butterworth(4, [300.0, 3400.0], "bandpass", fs=SAMPLE_RATE_HZ, output="sos")
    return sosfilt(band, samples).astype(np.float32)


def through_codec(samples: np.ndarray) -> np.ndarray:
    """Opus at libsndfile's strongest compression and back; the encoder's delay is removed by the reader."""
    buffer = io.BytesIO()
    soundfile.write(buffer, samples, SAMPLE_RATE_HZ, format="OGG", subtype="OPUS", compression_level=0.95)
    buffer.seek(0)
    decoded, _ = soundfile.read(buffer, dtype="float32")
    return np.resize(decoded, len(samples))


class Augmented(Utterance):
    """A copy of an utterance whose sound went through a random chain; texts and labels stay."""

    def samples(self) -> np.ndarray:
        random = np.random.default_rng([self.extra["copy"], *self.extra["of"].encode()])
        samples = super().samples()
        if random.random() < SPEED_SHARE:
            samples = resampled(samples, random.uniform(0.88, 1.14))
        if random.random() < ROOM_SHARE:
            samples = in_room(samples, random.uniform(0.15, 0.6), random)
        if random.random() < NOISE_SHARE:
            if random.random() < 0.4 and self.extra["voices"]:
                voices = [soundfile.read(path, dtype="float32")[0] for path in self.extra["voices"]]
                noise = babble(voices, len(samples), random)
            else:
                noise = coloured_noise(len(samples), random.choice([0.0, 1.0, 2.0]), random)
            samples = with_noise(samples, random.uniform(5.0, 25.0), noise)
        if random.random() < TELEPHONE_SHARE:
            samples = through_telephone(samples)
        if random.random() < CODEC_SHARE:
            samples = through_codec(samples)
        level = 10.0 ** (random.uniform(-30.0, -3.0) / 20.0)
        return np.clip(samples * (level / (np.abs(samples).max() + 1e-6)), -1.0, 1.0)


def augmented(utterance: Utterance, copy: int, pool: list[Utterance]) -> Utterance:
    """Copy number `copy` (1, 2, ...) of an utterance; babble is made of recordings out of `pool`."""
    random = np.random.default_rng([copy, 7, *utterance.id.encode()])
    voices = [str(pool[i].audio) for i in random.integers(len(pool), size=4)] if pool else []
    about = {**utterance.extra, "of": utterance.id, "copy": copy, "voices": voices}
    changed = replace(utterance, id=f"{utterance.id}+heard{copy}", extra=about)
    return Augmented(**{name: getattr(changed, name) for name in changed.__dataclass_fields__})


def augmented_copies(
    corpora: list[list[Utterance]], fit: list[Utterance], count: int
) -> dict[str, list[Utterance]]:
    """By id, `count` copies of everything that is fitted on; babble comes out of the same corpus."""
    wanted = {u.id for u in fit}
    copies = {}
    for corpus in corpora:
        pool = [u for u in corpus if u.id in wanted]
        copies |= {u.id: [augmented(u, 1 + copy, pool) for copy in range(count)] for u in pool}
    return copies
