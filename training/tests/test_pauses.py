from __future__ import annotations

import numpy as np
import pytest
from higgins_train.pauses import Model, Reading, agreement, calibration_error, native_figures

TRUTH = Model(p0=0.1, a=2.0, b=3.0)


def simulated(count: int, seed: int) -> list[Reading]:
    """Readings whose fluency is drawn from the model itself."""
    random = np.random.default_rng(seed)
    readings = []
    for _ in range(count):
        seconds = list(random.uniform(0.2, 1.5, random.integers(0, 3)))
        reading = Reading(seconds, at_marks=1, num_gaps=6, fluency=None)
        reading.fluency = 6.0 if random.random() < TRUTH.not_fluent(reading) else 9.0
        readings.append(reading)
    return readings


def test_the_likeliest_constants_are_those_that_the_scores_were_drawn_from() -> None:
    model = Model.fit(simulated(6000, seed=1))
    assert model.p0 == pytest.approx(TRUTH.p0, abs=0.03)
    for seconds in (0.25, 0.5, 1.0):
        assert model.noticed([seconds])[0] == pytest.approx(TRUTH.noticed([seconds])[0], abs=0.06)


def test_agreement_is_calibrated_for_the_model_that_is_true() -> None:
    figures = agreement(TRUTH, simulated(6000, seed=2))
    assert figures["recordings"] == 6000
    assert figures["calibration_error"] < 0.03
    assert figures["auc"] > 0.75 and figures["rank_correlation"] > 0.3
    bands = figures["by_longest_pause"]
    assert sum(band["recordings"] for band in bands.values()) == 6000
    shares = [band["not_fluent"] for band in bands.values()]
    assert shares == sorted(shares), "longer pauses cost more"


def test_calibration_error_of_a_wrong_statement() -> None:
    stated = np.full(100, 0.9)
    assert calibration_error(stated, np.zeros(100)) == pytest.approx(0.9)
    assert calibration_error(stated, np.repeat([1.0, 0.0], [90, 10])[np.random.permutation(100)]) < 0.2


def test_natives_are_counted_by_the_gaps_between_their_words() -> None:
    readings = [Reading([0.3, 1.4], 2, 10, None), Reading([], 0, 10, None)]
    figures = native_figures(TRUTH, readings)
    assert figures["gaps"] == 20 and figures["pauses"] == 2 and figures["pauses_at_marks"] == 2
    assert figures["noticed"] == 1 and figures["noticed_share"] == 0.05
