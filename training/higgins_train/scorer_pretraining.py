"""Masked-phone pretraining: from its neighbours, which phone stands here and how well was it said?

Some phones are hidden with all that is known of them; the blocks learn from every recording, scored or not, what goes
with what (in the line of GOPT's masked successors). The heads that guess are thrown away.
"""

from __future__ import annotations

import torch
from torch import nn
from tqdm import tqdm

from .phones import NUM_LABELS
from .scorer_items import Item, collate
from .scorer_model import ScorerModel
from .scorer_options import ScorerOptions

GUESSED_FEATURES_WEIGHT = 0.5


class MaskedPhones(nn.Module):
    """The vector that stands for a hidden phone, and what guesses its label and its standardised features."""

    def __init__(self, width: int, num_features: int):
        super().__init__()
        self.hidden = nn.Parameter(torch.zeros(width))
        self.label = nn.Sequential(nn.LayerNorm(width), nn.Linear(width, NUM_LABELS))
        self.features = nn.Sequential(nn.LayerNorm(width), nn.Linear(width, num_features))

    def loss(self, model: ScorerModel, batch: dict[str, torch.Tensor], share: float) -> torch.Tensor:
        valid = batch["phone_valid"] > 0.0
        masked = valid & (torch.rand(valid.shape) < share)
        if not masked.any():
            masked[:, 0] = True
        embedded = torch.where(masked[..., None], self.hidden, model.embedded(batch))
        seen = model.encoded(embedded, batch["phone_valid"])[masked]
        features = model.features(batch["phone_features"][masked])
        return nn.functional.cross_entropy(
            self.label(seen), batch["phone"][masked]
        ) + GUESSED_FEATURES_WEIGHT * nn.functional.mse_loss(self.features(seen), features)


def pretrain(model: ScorerModel, epochs: list[list[list[Item]]], options: ScorerOptions, name: str) -> float:
    """Changes the model in place; `epochs` are lists of batches. Returns the mean loss of the last epoch."""
    guesser = MaskedPhones(model.config.width, model.config.num_features)
    parameters = [*model.parameters(), *guesser.parameters()]
    optimizer = torch.optim.AdamW(parameters, lr=options.rate, weight_decay=options.weight_decay)
    steps = sum(len(batches) for batches in epochs)
    scheduler = torch.optim.lr_scheduler.OneCycleLR(optimizer, options.rate, total_steps=steps)
    model.train()
    mean = float("nan")
    for number, batches in enumerate(epochs, 1):
        total = 0.0
        for part in tqdm(batches, desc=f"{name} masked {number}/{len(epochs)}", unit="step", mininterval=5):
            loss = guesser.loss(model, collate(part)[0], options.masked_share)
            optimizer.zero_grad(set_to_none=True)
            loss.backward()
            nn.utils.clip_grad_norm_(parameters, 1.0)
            optimizer.step()
            scheduler.step()
            total += float(loss.detach())
        mean = total / len(batches)
    return mean
