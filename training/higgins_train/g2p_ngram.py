"""A backing-off n-gram over graphones: interpolated modified Kneser-Ney (Chen and Goodman 1999), pruned.

Tokens are integers below 256. A sequence is framed by the begin token 0 (never predicted) and the end
token 1. The n-grams of order k form level k of a trie: node ids are sorted by (parent, token), so the
children of a node are contiguous.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

BEGIN, END = 0, 1


@dataclass
class Level:
    """The distinct n-grams of one order, as columns of equal length."""

    parent: np.ndarray  # node of the first k-1 tokens, on the level below
    token: np.ndarray
    suffix: np.ndarray  # node of the last k-1 tokens, on the level below
    count: np.ndarray  # raw occurrences
    begins: np.ndarray  # whether its first token is BEGIN
    probability: np.ndarray | None = None
    keep: np.ndarray | None = None
    backoff: np.ndarray | None = None  # weight given to the shorter history when this node is the history


def count_levels(sequences: list[list[int]], order: int) -> list[Level]:
    """Levels 1 to `order` of the trie of all n-grams within the framed sequences."""
    lengths = np.array([len(sequence) + 2 for sequence in sequences])
    tokens = np.concatenate([np.array([BEGIN, *sequence, END]) for sequence in sequences])
    place = np.concatenate([np.arange(length) for length in lengths])
    levels: list[Level] = []
    node = np.zeros(len(tokens), dtype=np.int64)  # node of the k-1 tokens that end here; the root at first
    for k in range(1, order + 1):
        here = np.flatnonzero(place >= k - 1)
        parent = node[here - 1] if k > 1 else np.zeros(len(here), dtype=np.int64)
        keys, first, inverse, count = np.unique(
            parent * 256 + tokens[here], return_index=True, return_inverse=True, return_counts=True
        )
        occurrence = here[first]
        levels.append(Level(keys // 256, keys % 256, node[occurrence], count, place[occurrence] == k - 1))
        node = np.full(len(tokens), -1, dtype=np.int64)
        node[here] = inverse
    return levels


def estimate(levels: list[Level]) -> None:
    """Fills in `probability` for every n-gram."""
    for k, level in enumerate(levels):
        counts = level.count.astype(np.float64)
        if k + 1 < len(levels):
            # Below the top, an n-gram counts once for every token that can stand before it.
            above = levels[k + 1]
            continuation = np.bincount(above.suffix, minlength=len(counts)).astype(np.float64)
            counts = np.where(level.begins, counts, continuation)
        if k == 0:
            counts[level.token == BEGIN] = 0.0
        discount = _discounts(counts)
        taken = np.where(counts > 0, discount[np.minimum(counts, 3).astype(int)], 0.0)
        num_parents = int(level.parent.max()) + 1
        total = np.maximum(np.bincount(level.parent, counts, num_parents), 1e-12)
        reserved = np.bincount(level.parent, taken, num_parents) / total
        if k == 0:
            lower = np.where(level.token == BEGIN, 0.0, 1.0 / (len(counts) - 1))
        else:
            lower = levels[k - 1].probability[level.suffix]
        level.probability = (counts - taken) / total[level.parent] + reserved[level.parent] * lower
        level.keep = np.ones(len(counts), dtype=bool)


def _discounts(counts: np.ndarray) -> np.ndarray:
    """D(0), D1, D2, D3+ from the counts of counts."""
    n1, n2, n3, n4 = (max(int(np.sum(counts == c)), 1) for c in (1, 2, 3, 4))
    y = n1 / (n1 + 2 * n2)
    raw = np.array([0.0, 1 - 2 * y * n2 / n1, 2 - 3 * y * n3 / n2, 3 - 4 * y * n4 / n3])
    return np.clip(raw, [0.0, 0.05, 0.1, 0.2], [0.0, 0.95, 1.8, 2.7])


def prune(levels: list[Level], max_ngrams: int) -> int:
    """Drops the n-grams whose loss changes the training likelihood least; returns how many are left.

    The weight is that of Seymore and Rosenfeld (1996): count * (log p(w|h) - log backed-off p(w|h)).
    """
    weights = [np.full(len(levels[0].token), np.inf)]
    for k in range(1, len(levels)):
        level, below = levels[k], levels[k - 1]
        reserved = _reserved(level, below)
        backed_off = reserved[level.parent] * below.probability[level.suffix]
        weights.append(level.count * (np.log(level.probability) - np.log(np.maximum(backed_off, 1e-30))))
    low, high = 0.0, float(max(np.max(weight) for weight in weights[1:]))
    for _ in range(40):
        middle = (low + high) / 2
        low, high = (middle, high) if _apply(levels, weights, middle) > max_ngrams else (low, middle)
    return _apply(levels, weights, high)


def _reserved(level: Level, below: Level) -> np.ndarray:
    """The backing-off weight of every history when all n-grams are kept."""
    size = len(below.token)
    explicit = np.bincount(level.parent, level.probability, size)
    lower = np.bincount(level.parent, below.probability[level.suffix], size)
    return np.clip(1.0 - explicit, 1e-6, None) / np.clip(1.0 - lower, 1e-6, None)


def _apply(levels: list[Level], weights: list[np.ndarray], threshold: float) -> int:
    kept_above: np.ndarray | None = None
    for k in range(len(levels) - 1, -1, -1):
        keep = weights[k] > threshold
        if kept_above is not None:
            keep[levels[k + 1].parent[kept_above]] = True  # a history stays as long as something follows it
        levels[k].keep = keep
        kept_above = keep
    return int(sum(level.keep.sum() for level in levels))


def set_backoffs(levels: list[Level]) -> None:
    """Backing-off weights that make every history's distribution sum to one over what was kept."""
    final = levels[0].probability
    for k in range(len(levels) - 1):
        level, above = levels[k], levels[k + 1]
        size = len(level.token)
        kept = above.keep
        explicit = np.bincount(above.parent[kept], above.probability[kept], size)
        lower = np.bincount(above.parent[kept], final[above.suffix[kept]], size)
        level.backoff = np.clip(1.0 - explicit, 1e-6, None) / np.clip(1.0 - lower, 1e-6, None)
        final = np.where(kept, above.probability, level.backoff[above.parent] * final[above.suffix])
    levels[-1].backoff = np.ones(len(levels[-1].token))


def quantise(values: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """(codes uint8, centroids float32 [256]) of log values: equal-population bins, then Lloyd iterations."""
    centroids = np.quantile(values, (np.arange(256) + 0.5) / 256)
    for _ in range(20):
        codes = np.searchsorted((centroids[1:] + centroids[:-1]) / 2, values)
        number = np.bincount(codes, minlength=256)
        centroids = np.sort(
            np.where(number > 0, np.bincount(codes, values, 256) / np.maximum(number, 1), centroids)
        )
    codes = np.searchsorted((centroids[1:] + centroids[:-1]) / 2, values)
    return codes.astype(np.uint8), centroids.astype(np.float32)
