"""Operating points that travel with a pack: calibrated detection probability, thresholds, the unsure band.

The manifest's `calibration` has, beside what the engine reads, optional figures for whoever shows a result (engines
ignore them). Of a phone whose calibrated error_probability lies in [unsure_low, unsure_high) the pack is not sure:
below are at most a fifth of the experts' errors, above at least four flags in five are right. `detection_threshold`
lies in between or at an end. All of these are chosen on speakers held out of what was trained on; thresholds by class
of phone (`detection_threshold_by_class`) are written only where they pay. An insertion is reported where half of the
experts would hear one, or from higher odds where natives of dev have too many so.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from .held_out import HeldOut


def sigmoid(x: np.ndarray) -> np.ndarray:
    from scipy.special import expit

    return expit(x.astype(np.float64))


@dataclass
class Points:
    """Of a pack: what makes a probability of a detection logit, and from which probability a phone is flagged."""

    scale: float
    offset: float
    threshold: float

    @staticmethod
    def of(calibration: dict) -> Points:
        """calibration: a manifest's."""
        return Points(*(calibration[f"detection_{name}"] for name in ("scale", "offset", "threshold")))

    def probability(self, logit: np.ndarray) -> np.ndarray:
        return sigmoid(self.scale * logit + self.offset)


def platt(logits: np.ndarray, share: np.ndarray) -> tuple[float, float]:
    """(scale, offset) of sigmoid(scale * logit + offset) by maximum likelihood (Platt 1999, his target smoothing).
    share: bool, or 0-1 how many of the experts say so."""
    from scipy.optimize import minimize
    from scipy.special import expit

    x, share = logits.astype(np.float64), share.astype(np.float64)
    positives, negatives = share.sum(), (1 - share).sum()
    target = share * (positives + 1) / (positives + 2) + (1 - share) / (negatives + 2)

    def loss(weights: np.ndarray) -> tuple[float, np.ndarray]:
        z = weights[0] * x + weights[1]
        residual = expit(z) - target
        return float((np.logaddexp(0, z) - target * z).mean()), np.array(
            [(residual * x).mean(), residual.mean()]
        )

    found = minimize(loss, np.array([1.0, 0.0]), jac=True, method="BFGS")
    return float(found.x[0]), float(found.x[1])


def expected_calibration_error(probability: np.ndarray, wrong: np.ndarray, bins: int = 15) -> float:
    """Mean gap between stated and observed frequency over equal-width bins, weighted by their size."""
    index = np.minimum((probability * bins).astype(int), bins - 1)
    gaps = [
        abs(probability[index == b].mean() - wrong[index == b].mean()) * (index == b).mean()
        for b in range(bins)
        if (index == b).any()
    ]
    return float(sum(gaps))


# The unsure band: share of the errors that may lie below it, share of the flags above it that must be right.
MISSED_BELOW_BAND = 0.2
RIGHT_ABOVE_BAND = 0.8


def unsure_band(probability: np.ndarray, wrong: np.ndarray, threshold: float) -> tuple[float, float]:
    """(low, high) around `threshold`, both 0-1; high is 1 where no flags are right often enough."""
    low = (
        min(threshold, float(np.quantile(probability[wrong], MISSED_BELOW_BAND, method="lower")))
        if wrong.any()
        else threshold
    )
    order = np.argsort(-probability, kind="stable")
    precision = np.cumsum(wrong[order]) / np.arange(1, len(order) + 1)
    # A run of lucky first phones says nothing: at least twenty flags.
    enough = np.flatnonzero((precision >= RIGHT_ABOVE_BAND) & (np.arange(len(order)) >= 19))
    high = float(probability[order[enough[-1]]]) if len(enough) else 1.0
    return low, max(threshold, high)


# Without native speech nothing says how often an insertion is heard where there is none: then none is reported.
NEVER_NATS = 100.0


def insertion_points(held_out: HeldOut, native_logit: float) -> dict[str, float]:
    """native_logit: what the scorer says where natives begin to have too many insertions; +infinity: not known."""
    known = ~np.isnan(held_out.inserted)
    scale, offset = 1.0, 0.0
    if held_out.inserted[known].any():
        fitted = platt(held_out.insertion_logit[known], held_out.inserted[known])
        if fitted[0] > 0.0:  # a few unlucky marks must not turn the ranking round
            scale, offset = fitted
    allowed = scale * native_logit + offset if np.isfinite(native_logit) else NEVER_NATS
    return {
        "insertion_scale": scale,
        "insertion_offset": offset,
        "insertion_threshold_nats": float(np.clip(allowed, 0.0, NEVER_NATS)),
    }


def reported_insertions(held_out: HeldOut, points: dict) -> dict[str, float]:
    """At these points: the share that is reported of what half of the experts heard inserted, and the share that one of
    them heard at least of what is reported; without what there is nothing of."""
    known = ~np.isnan(held_out.inserted)
    inserted = held_out.inserted[known]
    odds = points["insertion_scale"] * held_out.insertion_logit[known] + points["insertion_offset"]
    reported = odds >= points["insertion_threshold_nats"]
    shares = {
        "learner_insertions_found": reported[inserted >= 0.5],
        "learner_insertions_right": inserted[reported] > 0.0,
    }
    return {name: float(share.mean()) for name, share in shares.items() if share.size}


def calibration(held_out: HeldOut, native_logit: float, version: str) -> dict:
    """The manifest's `calibration`. native_logit: see insertion_points."""
    logits, wrong = held_out.logit, held_out.wrong
    scale, offset = platt(logits, wrong)
    probability = sigmoid(scale * logits + offset)
    threshold = float(sigmoid(scale * np.float64(held_out.threshold) + offset))
    low, high = unsure_band(probability, wrong, threshold)
    return {
        "version": version,
        "detection_scale": scale,
        "detection_offset": offset,
        "detection_threshold": threshold,
        "unsure_low": low,
        "unsure_high": high,
    } | insertion_points(held_out, native_logit)
