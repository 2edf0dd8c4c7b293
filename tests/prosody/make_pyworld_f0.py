"""Writes pyworld_f0.csv: what WORLD (DIO, StoneMask; Morise 2016) finds in the made-up sentence of pyworld_test.cc.

Needs the package pyworld (and setuptools below version 81, which it imports).
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pyworld

RATE_HZ = 16000
FORMANTS_HZ = ((700.0, 80.0), (1200.0, 90.0), (2600.0, 140.0))  # centre, half bandwidth
# begin s, end s, kind, f0 at the begin and at the end in Hz
PARTS = (
    (0.2, 0.7, "voice", 120.0, 180.0),
    (0.7, 0.85, "hiss", 0.0, 0.0),
    (0.85, 1.4, "voice", 220.0, 160.0),
    (1.6, 2.0, "voice", 330.0, 380.0),
)


def sentence() -> np.ndarray:
    """Two seconds of vowels, a hiss and pauses over a faint noise: the same formulas as Sentence() in C++."""
    state, phase = 1, 0.0
    samples = []
    for index in range(2 * RATE_HZ):
        state = (state * 1664525 + 1013904223) % 2**32
        noise = state / 2**31 - 1.0
        time = index / RATE_HZ
        sample = 1e-4 * noise
        for begin, end, kind, first_hz, last_hz in PARTS:
            if not begin <= time < end:
                continue
            if kind == "hiss":
                sample += 0.05 * noise
                continue
            f0 = first_hz + (last_hz - first_hz) * (time - begin) / (end - begin)
            phase += 2.0 * np.pi * f0 / RATE_HZ
            harmonics = np.arange(1, int(4000.0 / f0) + 1)
            gain = sum(1.0 / (1.0 + ((harmonics * f0 - centre) / half) ** 2) for centre, half in FORMANTS_HZ)
            sample += 0.1 * float(np.sum((gain + 0.1) / harmonics * np.sin(harmonics * phase)))
        samples.append(sample)
    return np.array(samples)


def main() -> None:
    # A frame covers 20 ms and its pitch is that of its middle: every second value of a 10 ms track.
    samples = sentence()
    rough, times = pyworld.dio(samples, RATE_HZ, f0_floor=60.0, f0_ceil=500.0, frame_period=10.0)
    track = pyworld.stonemask(samples, rough, times, RATE_HZ)
    path = Path(__file__).with_name("pyworld_f0.csv")
    path.write_text("".join(f"{f0:.3f}\n" for f0 in track[1::2][:100]), encoding="ascii")


if __name__ == "__main__":
    main()
