"""What a scorer is punished for: distance from the experts' scores, from what is certain, and from its teachers."""

from __future__ import annotations

import torch
from torch import nn

from .corpus import MISPRONOUNCED_BELOW
from .scorer_options import ScorerOptions


def masked_mse(
    predicted: torch.Tensor, truth: torch.Tensor, weight: torch.Tensor | None = None
) -> torch.Tensor:
    """Mean over the known labels; `weight` scales single ones without making the others heavier."""
    known = ~torch.isnan(truth)
    if not known.any():
        return predicted.sum() * 0.0
    squared = (predicted - truth)[known] ** 2
    return (squared if weight is None else squared * weight[known]).mean()


def loss_of(
    output: dict[str, torch.Tensor], labels: dict[str, torch.Tensor], options: ScorerOptions
) -> torch.Tensor:
    hard = label_loss_of(output, labels, options)
    if "detection_logit" not in labels:
        return hard
    soft = teacher_loss_of(output, labels, options)
    return (1.0 - options.teacher_share) * hard + options.teacher_share * soft


def label_loss_of(
    output: dict[str, torch.Tensor], labels: dict[str, torch.Tensor], options: ScorerOptions
) -> torch.Tensor:
    """Against the experts' scores and what is certain; a batch of unscored recordings costs nothing."""
    known = ~torch.isnan(labels["phone"])
    scored = ~torch.isnan(labels["utterance"][:, :1])
    weight = torch.where(scored, 1.0, options.certain_weight).expand_as(labels["phone"])
    wrong = (labels["phone"][known] < MISPRONOUNCED_BELOW).float()
    detection = output["detection_logit"].sum() * 0.0
    if known.any():
        detection = nn.functional.binary_cross_entropy_with_logits(
            output["detection_logit"][known],
            wrong,
            weight=weight[known],
            pos_weight=torch.tensor(options.positive_weight),
        )
    return (
        masked_mse(output["phone_score"], labels["phone"], weight)
        + masked_mse(output["word_scores"], labels["word"])
        + options.utterance_weight * masked_mse(output["utterance_scores"], labels["utterance"])
        + options.detection_weight * detection
    )


def teacher_loss_of(
    output: dict[str, torch.Tensor], labels: dict[str, torch.Tensor], options: ScorerOptions
) -> torch.Tensor:
    """As loss_of, against the teachers' outputs: the same scales, a probability in the place of an error's mark."""
    taught = ~torch.isnan(labels["detection_logit"])
    probability = torch.sigmoid(labels["detection_logit"][taught])
    detection = nn.functional.binary_cross_entropy_with_logits(output["detection_logit"][taught], probability)
    return (
        masked_mse(output["phone_score"], labels["phone_score"])
        + masked_mse(output["word_scores"], labels["word_scores"])
        + options.utterance_weight * masked_mse(output["utterance_scores"], labels["utterance_scores"])
        + options.detection_weight * detection
    )
