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
