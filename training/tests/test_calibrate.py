"""Probabilities, thresholds and the unsure band, chosen on speakers held out."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from higgins_train.calibrate import (
    NEVER_NATS,
    calibration,
    expected_calibration_error,
    insertion_points,
    platt,
    reported_insertions,
    unsure_band,
)
from higgins_train.class_thresholds import HeldOut, compare
from higgins_train.metrics import best_threshold, cautious_threshold, detection_at
from higgins_train.phones import LABEL_OF


def test_calibration_recovers_the_odds_that_made_the_labels() -> None:
    random = np.random.default_rng(0)
    logits = random.normal(-3, 2, 20000)
    wrong = random.random(20000) < 1 / (1 + np.exp(-(0.7 * logits - 0.5)))
    scale, offset = platt(logits, wrong)
    assert (scale, offset) == pytest.approx((0.7, -0.5), abs=0.1)
    probability = 1 / (1 + np.exp(-(scale * logits + offset)))
    assert expected_calibration_error(probability, wrong) < 0.02
    speaker = np.arange(20000) % 40
    none = np.zeros(20000)
    judged = HeldOut(logits, wrong, np.ones(20000), speaker.astype(str), 2.0 - wrong, 2.0 - wrong, none, none)
    points = calibration(judged, 1.5, "1")
    assert points["detection_threshold"] == pytest.approx(
        1 / (1 + np.exp(-(scale * judged.threshold + offset)))
    )
    assert points["insertion_threshold_nats"] == 1.5
    assert 0 <= points["unsure_low"] <= points["detection_threshold"] <= points["unsure_high"] <= 1
    # What the band promises, with these probabilities.
    probability = 1 / (1 + np.exp(-(points["detection_scale"] * logits + points["detection_offset"])))
    assert (probability[wrong] < points["unsure_low"]).mean() <= 0.2
    assert wrong[probability >= points["unsure_high"]].mean() >= 0.8
    assert wrong[probability >= points["unsure_high"] - 0.1].mean() < 0.8


def test_an_insertion_is_reported_where_half_of_the_experts_would_hear_one() -> None:
    """A scorer that is too cautious: where it says -2, half of the five experts hear an insertion."""
    random = np.random.default_rng(0)
    logit = random.normal(-4, 2, 20000)
    heard = random.binomial(5, 1 / (1 + np.exp(-(2.0 * logit + 4.0)))) / 5
    heard[::7] = np.nan
    judged = replace(held_out(shift=0.0), insertion_logit=logit, inserted=heard)
    points = insertion_points(judged, -3.0)
    assert (points["insertion_scale"], points["insertion_offset"]) == pytest.approx((2.0, 4.0), abs=0.2)
    assert points["insertion_threshold_nats"] == 0.0
    # Natives have too many up to where the scorer says -1.
    assert insertion_points(judged, -1.0)["insertion_threshold_nats"] == pytest.approx(2.0, abs=0.2)
    assert insertion_points(judged, np.inf)["insertion_threshold_nats"] == NEVER_NATS
    figures = reported_insertions(judged, points)
    # From -2 on, where half of the experts hear one: hardly a place of which all five are silent.
    assert figures["learner_insertions_found"] > 0.75
    assert 0.9 < figures["learner_insertions_right"] < 1.0
    assert reported_insertions(judged, points | {"insertion_threshold_nats": NEVER_NATS}) == {
        "learner_insertions_found": 0.0
    }
    turned = insertion_points(replace(judged, insertion_logit=-logit), 1.5)
    assert (turned["insertion_scale"], turned["insertion_offset"]) == (1.0, 0.0)
    unmarked = replace(judged, inserted=np.where(np.isnan(heard), heard, 0.0))
    assert insertion_points(unmarked, 1.5) == {
        "insertion_scale": 1.0,
        "insertion_offset": 0.0,
        "insertion_threshold_nats": 1.5,
    }


def test_the_band_ends_at_certainty_where_flags_are_never_right_enough() -> None:
    random = np.random.default_rng(0)
    probability, wrong = random.random(2000), random.random(2000) < 0.3
    assert unsure_band(probability, wrong, 0.5)[1] == 1.0
    assert unsure_band(probability, np.zeros(2000, bool), 0.5) == (0.5, 1.0)


def held_out(shift: float) -> HeldOut:
    """20 speakers; the scorer's logits of vowels lie `shift` too high."""
    random = np.random.default_rng(0)
    phone = random.choice([LABEL_OF["IY"], LABEL_OF["S"]], 20000)
    wrong = random.random(20000) < 0.1
    logit = random.normal(0, 1, 20000) + 3.0 * wrong + shift * (phone == LABEL_OF["IY"])
    speaker = np.repeat([f"{n:02d}" for n in range(20)], 1000)
    none = np.zeros(20000)
    return HeldOut(logit, wrong, phone, speaker, 2.0 - wrong, 2.0 - 2.0 * wrong, none, none)


def test_the_threshold_is_the_most_cautious_one_that_is_not_clearly_worse() -> None:
    judged = held_out(shift=0.0)
    best = best_threshold(judged.logit, judged.wrong)
    f1 = [detection_at(judged.logit, judged.wrong, of)["f1"] for of in (best, judged.threshold)]
    assert judged.threshold > best and 0.0 < f1[0] - f1[1] < 0.03
    # One speaker many times over says no more than once; speakers who all say the same leave no doubt.
    alike = np.tile(judged.logit[:1000], 20), np.tile(judged.wrong[:1000], 20)
    assert cautious_threshold(*alike, judged.speaker) == pytest.approx(best_threshold(*alike))
    none = np.zeros(5, bool)
    assert np.isfinite(cautious_threshold(np.arange(5.0), none, np.repeat("a", 5)))


def test_thresholds_by_class_are_kept_only_where_they_pay() -> None:
    apart = compare(held_out(shift=3.0))
    assert apart["pays"] and apart["f1_by_class"] > apart["f1_common"] + 0.05
    assert apart["thresholds"]["vowels"] - apart["thresholds"]["affricates and fricatives"] == pytest.approx(
        3.0, abs=0.6
    )
    alike = compare(held_out(shift=0.0))
    assert not alike["pays"] and alike["f1_by_class"] == pytest.approx(alike["f1_common"], abs=0.02)
