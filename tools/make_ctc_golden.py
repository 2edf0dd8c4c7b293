"""Writes tests/ctc/golden/ctc_loss.txt: what PyTorch's ctc_loss says about random cases and all their edits.

A second witness for the C++ lattice, beside its own oracle. Run it again only to change the cases:

    python tools/make_ctc_golden.py tests/ctc/golden/ctc_loss.txt

Every likelihood is one call of torch.nn.functional.ctc_loss in double precision on the float32 log posteriors
that the file holds. Format, after lines that start with '#': per case `case T V N blank`, the N labels, T lines
of V log posteriors, the canonical log likelihood, N lines of V (label i replaced by column q; the blank's column:
deleted), N + 1 lines of V (column q inserted before label i, or after the last; the blank's column: 0).
"""

from __future__ import annotations

import argparse
from pathlib import Path

import torch

# (frames, columns, labels, blank, spread of the logits, seed)
CASES = [
    (6, 4, [1], 0, 1.0, 1),
    (9, 5, [2, 2, 3], 0, 1.0, 2),
    (7, 4, [1, 1, 2, 2], 0, 3.0, 3),  # some edits do not fit into the frames
    (12, 6, [0, 5, 5, 1, 0], 3, 4.0, 4),  # a blank in the middle
    (40, 8, [1, 2, 1, 2, 2, 2, 7, 3, 3, 1], 0, 8.0, 5),
    (60, 40, [17, 3, 3, 29, 39, 1, 12, 12, 12, 8, 20, 31, 2, 2], 0, 3.0, 6),
]


def log_likelihood(log_posteriors: torch.Tensor, labels: list[int], blank: int) -> float:
    """log p(labels), summed over all paths; -inf when the frames cannot hold them."""
    loss = torch.nn.functional.ctc_loss(
        log_posteriors.double().unsqueeze(1),
        torch.tensor([labels], dtype=torch.long).reshape(1, len(labels)),
        torch.tensor([log_posteriors.shape[0]]),
        torch.tensor([len(labels)]),
        blank=blank,
        reduction="none",
    )
    return -float(loss)


def case_lines(
    frames: int, columns: int, labels: list[int], blank: int, spread: float, seed: int
) -> list[str]:
    """One case as the lines of the file."""
    generator = torch.Generator().manual_seed(seed)
    logits = spread * torch.randn(frames, columns, generator=generator, dtype=torch.double)
    log_posteriors = torch.log_softmax(logits, dim=1).float()

    lines = [f"case {frames} {columns} {len(labels)} {blank}", " ".join(map(str, labels))]
    lines += [" ".join(f"{value:.9g}" for value in row.tolist()) for row in log_posteriors]
    lines.append(f"{log_likelihood(log_posteriors, labels, blank):.15g}")
    for i in range(len(labels)):
        row = []
        for q in range(columns):
            edited = labels[:i] + ([] if q == blank else [q]) + labels[i + 1 :]
            row.append(log_likelihood(log_posteriors, edited, blank))
        lines.append(" ".join(f"{value:.15g}" for value in row))
    for i in range(len(labels) + 1):
        row = []
        for q in range(columns):
            edited = [*labels[:i], q, *labels[i:]]
            row.append(0.0 if q == blank else log_likelihood(log_posteriors, edited, blank))
        lines.append(" ".join(f"{value:.15g}" for value in row))
    return lines


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("out", type=Path, help="the file to write")
    out = parser.parse_args().out
    lines = [
        "# PyTorch's ctc_loss on random cases and all their edits; tools/make_ctc_golden.py states the format.",
        "# Made again by: python tools/make_ctc_golden.py tests/ctc/golden/ctc_loss.txt",
        f"# torch {torch.__version__}",
    ]
    for case in CASES:
        lines += case_lines(*case)
    out.parent.mkdir(parents=True, exist_ok=True)
    out.write_text("\n".join(lines) + "\n")


if __name__ == "__main__":
    main()
