"""What a scorer is punished for: distance from the experts' scores, from what is certain, and from its teachers."""

from __future__ import annotations

import torch
from torch import nn

from .corpus import MISPRONOUNCED_BELOW
from .ordinal_contrast import ordinal_contrast
from .scorer_items import UNKNOWN
from .scorer_options import ScorerOptions

Tensors = dict[str, torch.Tensor]


def masked_mse(
    predicted: torch.Tensor, truth: torch.Tensor, weight: torch.Tensor | None = None
) -> torch.Tensor:
    """Mean over the known labels; `weight` scales single ones without making the others heavier."""
    known = ~torch.isnan(truth)
    if not known.any():
        return predicted.sum() * 0.0
    squared = (predicted - truth)[known] ** 2
    return (squared if weight is None else squared * weight[known]).mean()


def loss_of(output: Tensors, labels: Tensors, batch: Tensors, options: ScorerOptions) -> torch.Tensor:
    hard = label_loss_of(output, labels, options) + regularisers_of(output, labels, batch, options)
    if "detection_logit" not in labels:
        return hard
    soft = teacher_loss_of(output, labels, options)
    return (1.0 - options.teacher_share) * hard + options.teacher_share * soft


def phone_weights(labels: Tensors, options: ScorerOptions) -> torch.Tensor:
    """[B, N]: what a phone's label counts."""
    weight = torch.where(labels["by_experts"][:, None], 1.0, options.certain_weight)
    weight = weight.expand_as(labels["phone"])
    if options.disagreement_weight > 0.0:
        weight = weight / (1.0 + options.disagreement_weight * variance_of_views(labels["views"]))
    return weight


def variance_of_views(views: torch.Tensor) -> torch.Tensor:
    """Of the experts' scores 0, 1, 2, from the shares [..., 2] of those at or above 1, at 2; 0 where not known."""
    accented, right = torch.nan_to_num(views, nan=1.0).unbind(-1)
    mean, square = accented + right, accented + 3.0 * right
    return (square - mean**2).clamp(min=0.0)


def detection_loss(
    logit: torch.Tensor, wrong: torch.Tensor, weight: torch.Tensor, options: ScorerOptions
) -> torch.Tensor:
    loss = nn.functional.binary_cross_entropy_with_logits(
        logit, wrong, weight=weight, pos_weight=torch.tensor(options.positive_weight), reduction="none"
    )
    if options.focal_gamma > 0.0:
        of_truth = torch.sigmoid(torch.where(wrong > 0.5, logit, -logit))
        loss = loss * (1.0 - of_truth) ** options.focal_gamma
    return loss.mean()


def label_loss_of(output: Tensors, labels: Tensors, options: ScorerOptions) -> torch.Tensor:
    """Against the experts' scores and what is certain; a batch of unscored recordings costs nothing."""
    known = ~torch.isnan(labels["phone"])
    weight = phone_weights(labels, options)
    detection = output["detection_logit"].sum() * 0.0
    if known.any():
        wrong = (labels["phone"][known] < MISPRONOUNCED_BELOW).float()
        detection = detection_loss(output["detection_logit"][known], wrong, weight[known], options)
    utterance = labels["utterance"]
    if not options.native_marks:
        utterance = torch.where(labels["by_experts"][:, None], utterance, torch.nan)
    return (
        masked_mse(output["phone_score"], labels["phone"], weight)
        + masked_mse(output["word_scores"], labels["word"])
        + options.utterance_weight * masked_mse(output["utterance_scores"], utterance)
        + options.detection_weight * detection
        + options.insertion_weight * insertion_loss(output["insertion_logit"], labels["insertion"])
        + options.heard_weight * heard_loss(output["heard_logit"], labels["heard"])
    )


def insertion_loss(logit: torch.Tensor, truth: torch.Tensor) -> torch.Tensor:
    """truth: 0-1, NaN where it is not known. Unweighted, so that the logit stays the log-odds."""
    known = ~torch.isnan(truth)
    if not known.any():
        return logit.sum() * 0.0
    return nn.functional.binary_cross_entropy_with_logits(logit[known], truth[known])


def heard_loss(logit: torch.Tensor, heard: torch.Tensor) -> torch.Tensor:
    """Cross-entropy over the labels; heard: UNKNOWN where it is not known."""
    known = heard != UNKNOWN
    if not known.any():
        return logit.sum() * 0.0
    return nn.functional.cross_entropy(logit[known], heard[known])


def regularisers_of(
    output: Tensors, labels: Tensors, batch: Tensors, options: ScorerOptions
) -> torch.Tensor | float:
    """What is off by default: the experts' histogram, correlation, order in the space of representations."""
    total: torch.Tensor | float = 0.0
    known = ~torch.isnan(labels["phone"]) & labels["by_experts"][:, None]
    if options.histogram_weight > 0.0:
        told = known & ~torch.isnan(labels["views"][..., 0])
        if told.any():
            total = total + options.histogram_weight * nn.functional.binary_cross_entropy_with_logits(
                output["view_logits"][told], labels["views"][told]
            )
    if options.correlation_weight > 0.0 and known.sum() > 2:
        pair = torch.stack([output["phone_score"][known], labels["phone"][known]])
        pair = pair - pair.mean(dim=1, keepdim=True)
        of_both = (pair[0] * pair[1]).sum() / (pair.norm(dim=1).prod() + 1e-6)
        total = total + options.correlation_weight * (1.0 - of_both)
    if options.contrast_weight > 0.0 and known.any():
        total = total + options.contrast_weight * ordinal_contrast(
            output["encoded_phones"][known], batch["phone"][known], labels["phone"][known]
        )
    return total


def teacher_loss_of(output: Tensors, labels: Tensors, options: ScorerOptions) -> torch.Tensor:
    """As label_loss_of, against the teachers' outputs: the same scales, a probability in place of an error's mark."""
    taught = ~torch.isnan(labels["detection_logit"])
    probability = torch.sigmoid(labels["detection_logit"][taught])
    detection = nn.functional.binary_cross_entropy_with_logits(output["detection_logit"][taught], probability)
    return (
        masked_mse(output["phone_score"], labels["phone_score"])
        + masked_mse(output["word_scores"], labels["word_scores"])
        + options.utterance_weight * masked_mse(output["utterance_scores"], labels["utterance_scores"])
        + options.detection_weight * detection
        + options.insertion_weight
        * insertion_loss(output["insertion_logit"], torch.sigmoid(labels["insertion_logit"]))
        + options.heard_weight * heard_as_taught(output["heard_logit"], labels["heard_logit"])
    )


def heard_as_taught(logit: torch.Tensor, teacher: torch.Tensor) -> torch.Tensor:
    """Cross-entropy with the teachers' posteriors; NaN where they said nothing."""
    known = ~torch.isnan(teacher[..., 0])
    if not known.any():
        return logit.sum() * 0.0
    return nn.functional.cross_entropy(logit[known], torch.softmax(teacher[known], dim=-1))
