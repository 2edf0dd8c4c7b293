import functools
import operator

import numpy as np
import pytest
import torch
from higgins_train.ctc_loss import WILDCARD, ctc_loss
from higgins_train.phones import NUM_LABELS


def random_logits(batch: int, frames: int, seed: int) -> torch.Tensor:
    generator = torch.Generator().manual_seed(seed)
    return torch.randn(batch, frames, NUM_LABELS, generator=generator, dtype=torch.float64)


def test_without_wildcards_loss_and_gradient_are_pytorchs() -> None:
    targets, lengths = [[1, 2, 2, 3], [7, 9]], torch.tensor([11, 8])
    results = []
    for own in (True, False):
        logits = random_logits(2, 11, 1).requires_grad_()
        log_posteriors = torch.log_softmax(logits, -1)
        if own:
            loss = ctc_loss(log_posteriors, lengths, targets)
        else:
            loss = torch.nn.functional.ctc_loss(
                log_posteriors.transpose(0, 1),
                torch.tensor(functools.reduce(operator.iadd, targets, [])),
                lengths,
                torch.tensor([4, 2]),
                reduction="sum",
            )
        loss.backward()
        results.append((loss.detach(), logits.grad))
    torch.testing.assert_close(results[0], results[1], rtol=1e-9, atol=1e-9)


def test_wildcard_gradient_is_the_slope_of_the_loss() -> None:
    targets, lengths = [[1, WILDCARD, 3]], torch.tensor([7])
    logits = random_logits(1, 7, 2).requires_grad_()
    ctc_loss(torch.log_softmax(logits, -1), lengths, targets).backward()
    gradient = logits.grad.clone()
    step = 1e-5
    for frame, label in ((0, 0), (2, 1), (3, 20), (6, 3)):
        moved = []
        for sign in (1, -1):
            shifted = logits.detach().clone()
            shifted[0, frame, label] += sign * step
            moved.append(float(ctc_loss(torch.log_softmax(shifted, -1), lengths, targets)))
        assert gradient[0, frame, label] == pytest.approx((moved[0] - moved[1]) / (2 * step), abs=1e-5)


def test_wildcard_accepts_any_phone_at_the_price_of_one() -> None:
    # Frame 1 is surely phone 5: the wildcard takes it as well as phone 5 itself, and better than phone 6.
    logits = np.full((1, 3, NUM_LABELS), -20.0)
    for frame, label in enumerate((1, 5, 2)):
        logits[0, frame, label] = 20.0
    log_posteriors = torch.log_softmax(torch.tensor(logits), -1)
    loss = {
        middle: float(ctc_loss(log_posteriors, torch.tensor([3]), [[1, middle, 2]]))
        for middle in (5, 6, WILDCARD)
    }
    assert loss[WILDCARD] == pytest.approx(loss[5], abs=1e-6)
    assert loss[6] > loss[WILDCARD] + 30
