from __future__ import annotations

import json
import re
from pathlib import Path

import numpy as np
import pytest
from conftest import ROOT
from higgins_train.pauses import Model, Reading, agreement, native_figures
from higgins_train.report import pauses_block

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


def test_the_program_has_the_constants_that_were_fitted() -> None:
    figures = json.loads((ROOT / "docs/figures/accuracy/pauses.json").read_text())
    source = (ROOT / "src/diagnosis/pauses.cc").read_text()
    for name, key in (("kIntercept", "intercept"), ("kSlope", "slope")):
        (stated,) = re.findall(rf"constexpr double {name} = ([0-9.]+);", source)
        assert float(stated) == pytest.approx(figures[key], abs=6e-4)


def test_the_page_shows_what_was_measured(tmp_path: Path) -> None:
    readings = simulated(500, seed=3)
    figures = {"intercept": 2.0, "slope": 3.0, "noticed_from_s": 0.5134, "dev": agreement(TRUTH, readings)}
    figures["natives"] = {"native": native_figures(TRUTH, readings)}
    (tmp_path / "pauses.json").write_text(json.dumps(figures))
    page = pauses_block(tmp_path)
    assert "2.000 + 3.000 ln s" in page and "from 0.513 s on" in page
    assert "| 0.9 s and more |" in page and "| native | 3000 |" in page


def test_natives_are_counted_by_the_gaps_between_their_words() -> None:
    readings = [Reading([0.3, 1.4], 2, 10, None), Reading([], 0, 10, None)]
    figures = native_figures(TRUTH, readings)
    assert figures["gaps"] == 20 and figures["pauses"] == 2 and figures["pauses_at_marks"] == 2
    assert figures["noticed"] == 1 and figures["noticed_share"] == 0.05
