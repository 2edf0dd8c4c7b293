"""Letter-to-phone alignment by expectation maximisation.

Every letter emits 0, 1 or 2 phones: p(phones, alignment | letters) = prod_i p(q_i | l_i), with q_1 ... q_n
the phones cut into n pieces. The joint-sequence idea is Bisani and Ney (2008), "Joint-sequence models for
grapheme-to-phoneme conversion"; with one letter a piece the decoder is a left-to-right search.
"""

from __future__ import annotations

from collections import defaultdict

import numpy as np

# One alignment: the piece of phones that each letter emits.
Alignment = list[tuple[str, ...]]
MAX_PIECE = 2


class _Bucket:
    """All pairs of one shape, so that the dynamic programme runs on whole columns."""

    def __init__(self, letters: np.ndarray, phones: np.ndarray, indices: np.ndarray) -> None:
        self.letters, self.phones, self.indices = letters, phones, indices

    def pieces(self, i: int, j: int, size: int, num_phones: int) -> np.ndarray:
        """Index of (letter i, phones [j, j + size)) in the flat table of that size, for every pair."""
        flat = self.letters[:, i]
        for k in range(size):
            flat = flat * num_phones + self.phones[:, j + k]
        return flat


def _cells(num_letters: int, num_phones: int) -> list[tuple[int, int, int]]:
    """Edges (letter, first phone, size) that lie on some complete path."""
    edges = []
    for i in range(num_letters):
        for j in range(num_phones + 1):
            for size in range(MAX_PIECE + 1):
                rest = num_phones - j - size
                if 0 <= rest <= MAX_PIECE * (num_letters - i - 1) and j <= MAX_PIECE * i:
                    edges.append((i, j, size))
    return edges


def align(
    words: list[str], pronunciations: list[tuple[str, ...]], iterations: int = 12
) -> list[Alignment | None]:
    """The most probable alignment of each pair; None where the phones cannot be spread over the letters."""
    letter_names = sorted(set("".join(words)))
    phone_names = sorted({phone for phones in pronunciations for phone in phones})
    letter_of = {name: index for index, name in enumerate(letter_names)}
    phone_of = {name: index for index, name in enumerate(phone_names)}
    by_shape: dict[tuple[int, int], list[int]] = defaultdict(list)
    for index, (word, phones) in enumerate(zip(words, pronunciations, strict=True)):
        if len(phones) <= MAX_PIECE * len(word):
            by_shape[len(word), len(phones)].append(index)
    buckets = [
        _Bucket(
            np.array([[letter_of[c] for c in words[k]] for k in indices]),
            np.array([[phone_of[p] for p in pronunciations[k]] for k in indices]),
            np.array(indices),
        )
        for indices in by_shape.values()
    ]
    num_letters, num_phones = len(letter_names), len(phone_names)
    # Two phones a letter start out rarer than one, or the first pass prefers pieces that are too long.
    tables = [
        np.full(num_letters, 0.1),
        np.full(num_letters * num_phones, 0.85 / num_phones),
        np.full(num_letters * num_phones**2, 0.05 / num_phones**2),
    ]
    for _ in range(iterations):
        counts = [np.zeros_like(table) for table in tables]
        for bucket in buckets:
            _accumulate(bucket, tables, counts, num_phones)
        tables = _normalise(counts, num_letters)
    result: list[Alignment | None] = [None] * len(words)
    for bucket in buckets:
        _viterbi(bucket, tables, num_phones, phone_names, result)
    return result


def _normalise(counts: list[np.ndarray], num_letters: int) -> list[np.ndarray]:
    total = sum(count.reshape(num_letters, -1).sum(axis=1) for count in counts)
    total = np.maximum(total, 1e-300)
    return [(count.reshape(num_letters, -1) / total[:, None]).reshape(count.shape) for count in counts]


def _accumulate(bucket: _Bucket, tables: list[np.ndarray], counts: list[np.ndarray], num_phones: int) -> None:
    num_pairs, length = bucket.letters.shape
    width = bucket.phones.shape[1]
    edges = _cells(length, width)
    forward = np.zeros((length + 1, width + 1, num_pairs))
    backward = np.zeros_like(forward)
    forward[0, 0] = 1.0
    backward[length, width] = 1.0
    flat = {edge: bucket.pieces(*edge, num_phones) for edge in edges}
    weight = {edge: tables[edge[2]][flat[edge]] for edge in edges}
    for i, j, size in edges:
        forward[i + 1, j + size] += forward[i, j] * weight[i, j, size]
    for i, j, size in reversed(edges):
        backward[i, j] += backward[i + 1, j + size] * weight[i, j, size]
    total = np.maximum(forward[length, width], 1e-300)
    for edge in edges:
        i, j, size = edge
        posterior = forward[i, j] * weight[edge] * backward[i + 1, j + size] / total
        np.add.at(counts[size], flat[edge], posterior)


def _viterbi(
    bucket: _Bucket,
    tables: list[np.ndarray],
    num_phones: int,
    phone_names: list[str],
    result: list[Alignment | None],
) -> None:
    num_pairs, length = bucket.letters.shape
    width = bucket.phones.shape[1]
    best = np.full((length + 1, width + 1, num_pairs), -np.inf)
    best[0, 0] = 0.0
    taken = np.zeros((length + 1, width + 1, num_pairs), dtype=np.int8)
    with np.errstate(divide="ignore"):
        log_tables = [np.log(table) for table in tables]
    for i, j, size in _cells(length, width):
        score = best[i, j] + log_tables[size][bucket.pieces(i, j, size, num_phones)]
        better = score > best[i + 1, j + size]
        best[i + 1, j + size][better] = score[better]
        taken[i + 1, j + size][better] = size
    for pair in range(num_pairs):
        if not np.isfinite(best[length, width, pair]):
            continue
        pieces: Alignment = []
        j = width
        for i in range(length, 0, -1):
            size = int(taken[i, j, pair])
            pieces.append(tuple(phone_names[p] for p in bucket.phones[pair, j - size : j]))
            j -= size
        result[bucket.indices[pair]] = pieces[::-1]
