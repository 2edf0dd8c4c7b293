"""The field's figures: Pearson correlation, and detection of mispronounced phones (score < 0.5 of 2)."""

from __future__ import annotations

import numpy as np

from .phones import BLANK


def pearson(predicted: np.ndarray, truth: np.ndarray) -> float:
    if np.std(predicted) < 1e-12 or np.std(truth) < 1e-12:
        return 0.0
    return float(np.corrcoef(predicted, truth)[0, 1])


def area_under_roc(scores: np.ndarray, positive: np.ndarray) -> float:
    """Probability that a random positive ranks above a random negative, ties half."""
    from scipy.stats import rankdata

    positive = positive.astype(bool)
    ranks = rankdata(scores)
    num_positive = int(positive.sum())
    num_negative = len(positive) - num_positive
    if num_positive == 0 or num_negative == 0:
        return 0.0
    return float(
        (ranks[positive].sum() - num_positive * (num_positive + 1) / 2) / (num_positive * num_negative)
    )


def detection_at(scores: np.ndarray, positive: np.ndarray, threshold: float) -> dict[str, float]:
    flagged = scores >= threshold
    hits = int((flagged & positive.astype(bool)).sum())
    precision = hits / max(1, int(flagged.sum()))
    recall = hits / max(1, int(positive.sum()))
    return {
        "precision": precision,
        "recall": recall,
        "f1": 2 * precision * recall / max(1e-12, precision + recall),
    }


def best_threshold(scores: np.ndarray, positive: np.ndarray) -> float:
    """The threshold of the highest F1."""
    order = np.argsort(-scores)
    hits = np.cumsum(positive[order])
    flagged = np.arange(1, len(order) + 1)
    f1 = 2 * hits / (flagged + positive.sum())
    return float(scores[order[int(np.argmax(f1))]])


def cautious_threshold(
    scores: np.ndarray, positive: np.ndarray, speaker: np.ndarray, resamples: int = 500, seed: int = 0
) -> float:
    """The highest threshold whose F1 is within one standard error of the highest F1, the error being that of the
    sample of speakers (bootstrap): of operating points that the data cannot tell apart, the one with the fewest false
    alarms. The one-standard-error rule of Breiman et al., Classification and Regression Trees (1984), 3.4.3.

    speaker: name of each score's. All arrays of one length."""
    positive = positive.astype(bool)
    # Between positives F1 only falls, so a best threshold is one of them.
    thresholds = np.unique(scores[positive])
    if not len(thresholds):
        return best_threshold(scores, positive)

    def flagged(of: np.ndarray) -> np.ndarray:
        return len(of) - np.searchsorted(np.sort(of), thresholds)

    hits, flags, wrong = [], [], []
    for name in np.unique(speaker):
        own, truth = scores[speaker == name], positive[speaker == name]
        hits.append(flagged(own[truth]))
        flags.append(flagged(own))
        wrong.append(truth.sum())
    hits, flags, wrong = np.array(hits), np.array(flags), np.array(wrong)

    def f1(times: np.ndarray) -> np.ndarray:
        """times: how often each speaker counts, [..., speakers]."""
        return 2.0 * (times @ hits) / np.maximum(times @ flags + (times @ wrong)[..., None], 1)

    of_all = f1(np.ones(len(wrong)))
    best = int(of_all.argmax())
    random = np.random.default_rng(seed)
    times = random.multinomial(len(wrong), np.full(len(wrong), 1.0 / len(wrong)), size=resamples)
    error = float(np.std(f1(times)[:, best]))
    return float(thresholds[np.flatnonzero(of_all >= of_all[best] - error)[-1]])


def collapse(path: np.ndarray) -> list[int]:
    """Best-path decoding of frame labels [T]."""
    return [
        int(label) for at, label in enumerate(path) if label != BLANK and (at == 0 or path[at - 1] != label)
    ]


def edit_distance(a: list[int], b: list[int]) -> int:
    row = list(range(len(b) + 1))
    for i, x in enumerate(a, 1):
        previous, row[0] = row[0], i
        for j, y in enumerate(b, 1):
            previous, row[j] = row[j], min(row[j] + 1, row[j - 1] + 1, previous + (x != y))
    return row[-1]
