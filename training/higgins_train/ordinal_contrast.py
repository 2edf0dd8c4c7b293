"""An ordinal-contrastive regulariser: representations keep phones apart and, within a phone, lie in order of score.

In the line of ConPCO (2406.02859) with the ranking of Rank-N-Contrast (2210.01189): of two tokens of one phone, every
token that is further away in score, or of another phone, must be less similar.
"""

from __future__ import annotations

import torch
from torch import nn

TEMPERATURE = 0.2
MOST_PHONES = 160  # of a batch: comparisons grow with the cube
POOR_BELOW = 1.5
ANOTHER_PHONE = 3.0  # further than any two scores 0-2


def ordinal_contrast(states: torch.Tensor, phones: torch.Tensor, scores: torch.Tensor) -> torch.Tensor:
    """states: [M, D]; phones: [M]; scores: [M], 0-2. Mean over the pairs of one phone; 0 where there is none."""
    if len(states) > MOST_PHONES:
        # Poor phones are rare and all of them are looked at first; the rest is drawn.
        order = torch.argsort((scores >= POOR_BELOW).float() + 0.5 * torch.rand(len(scores)))
        chosen = order[:MOST_PHONES]
        states, phones, scores = states[chosen], phones[chosen], scores[chosen]
    direction = nn.functional.normalize(states, dim=-1)
    similarity = direction @ direction.T / TEMPERATURE
    same = phones[:, None] == phones[None]
    distance = torch.where(same, (scores[:, None] - scores[None]).abs(), ANOTHER_PHONE)
    other = ~torch.eye(len(states), dtype=torch.bool)
    # [i, j, k]: k competes with j for i.
    rivals = (distance[:, None, :] >= distance[:, :, None]) & other[:, None, :]
    logits = similarity[:, None, :].expand(rivals.shape).masked_fill(~rivals, -torch.inf)
    pairs = same & other
    if not pairs.any():
        return states.sum() * 0.0
    return (torch.logsumexp(logits[pairs], dim=-1) - similarity[pairs]).mean()
