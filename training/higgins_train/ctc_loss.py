"""CTC loss whose targets may hold a wildcard, for positions where nobody knows what was said.

A phone that the experts marked as mispronounced must not be taught as canonical; leaving it out would
teach that nothing was said there. The wildcard is an extra label with the probability of "any phone": 1 - p(blank).
"""

from __future__ import annotations

import torch

from .phones import BLANK, NUM_LABELS

WILDCARD = NUM_LABELS


class _ExactCtc(torch.autograd.Function):
    """torch's ctc_loss returns exp(log_posterior) - occupancy as the gradient of log_posteriors, which is only right
    behind a log_softmax over the same labels. With a wildcard column the rows sum to more than 1, so the first term is
    removed: the gradient is -occupancy, exactly."""

    @staticmethod
    def forward(ctx, log_posteriors, targets, input_lengths, target_lengths):
        with torch.enable_grad():
            detached = log_posteriors.detach().requires_grad_()
            loss = torch.nn.functional.ctc_loss(
                detached,
                targets,
                input_lengths,
                target_lengths,
                blank=BLANK,
                reduction="sum",
                zero_infinity=True,
            )
            (gradient,) = torch.autograd.grad(loss, detached)
        frames = torch.arange(len(gradient), device=gradient.device)[:, None, None]
        valid = (frames < input_lengths.to(gradient.device)[None, :, None]).to(gradient.dtype)
        ctx.save_for_backward((gradient - detached.detach().exp()) * valid)
        return loss.detach()

    @staticmethod
    def backward(ctx, grad_loss):
        (gradient,) = ctx.saved_tensors
        return gradient * grad_loss, None, None, None


def ctc_loss(log_posteriors: torch.Tensor, lengths: torch.Tensor, targets: list[list[int]]) -> torch.Tensor:
    """Sum over the batch, nats. log_posteriors: [B, T, labels]; targets may hold WILDCARD."""
    anything = torch.log1p(-log_posteriors[..., BLANK].exp().clamp(max=1 - 1e-6))
    extended = torch.cat([log_posteriors, anything[..., None]], dim=-1).transpose(0, 1)
    flat = torch.tensor([label for target in targets for label in target], dtype=torch.long)
    target_lengths = torch.tensor([len(target) for target in targets], dtype=torch.long)
    return _ExactCtc.apply(extended, flat, lengths, target_lengths)
