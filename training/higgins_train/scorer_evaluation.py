"""A scorer's outputs and its figures on the dev division."""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol

import numpy as np
import torch
from scipy.special import logsumexp

from .corpus import MISPRONOUNCED_BELOW
from .expert_marks import RIGHT
from .metrics import area_under_roc, best_threshold, detection_at, pearson
from .scorer_items import ANNOUNCER, UTTERANCE_SCORES, WORD_SCORES, Item, collate
from .scorer_model import ScorerModel

Outputs = dict[str, np.ndarray]  # of one utterance, named as the model's


@torch.inference_mode()
def predict(models: list[ScorerModel], items: list[Item]) -> list[Outputs]:
    """Mean outputs of the models, per utterance, on 0-2."""
    predictions = []
    for begin in range(0, len(items), 50):
        part = items[begin : begin + 50]
        batch, _ = collate(part)
        outputs = [model(batch) for model in models]
        mean = {name: (sum(o[name] for o in outputs) / len(outputs)).numpy() for name in outputs[0]}
        for row, item in enumerate(part):
            phones, words = len(item.phone), len(item.word)
            predictions.append(
                {
                    "phone_score": mean["phone_score"][row, :phones],
                    "detection_logit": mean["detection_logit"][row, :phones],
                    "insertion_logit": mean["insertion_logit"][row, :phones],
                    "heard_logit": mean["heard_logit"][row, :phones],
                    "word_scores": mean["word_scores"][row, :words],
                    "utterance_scores": mean["utterance_scores"][row],
                }
            )
    return predictions


class Judged(Protocol):
    """Phones that thresholds are chosen on: logits, whether the experts hold them for wrong, the operating point."""

    logit: np.ndarray
    wrong: np.ndarray
    threshold: float


def evaluate(
    predictions: list[Outputs], items: list[Item], chosen_on: Judged | None = None
) -> dict[str, float]:
    """Figures of scored items, named as `higgins eval` names them. chosen_on: default: the items' own phones, at the
    threshold of their highest F1."""
    scored = [(p, i) for p, i in zip(predictions, items, strict=True) if i.scored]
    phone = np.clip(np.concatenate([p["phone_score"] for p, _ in scored]), 0, 2)
    truth = np.concatenate([i.phone for _, i in scored])
    logit = np.concatenate([p["detection_logit"] for p, _ in scored])
    wrong = truth < MISPRONOUNCED_BELOW
    threshold = chosen_on.threshold if chosen_on else best_threshold(logit, wrong)
    figures = {"phone_pcc": pearson(phone, truth), "phone_mse": float(((phone - truth) ** 2).mean())}
    word = np.concatenate([p["word_scores"] for p, _ in scored])
    word_truth = np.concatenate([i.word for _, i in scored])
    figures |= {f"word_{n}_pcc": pearson(word[:, k], word_truth[:, k]) for k, n in enumerate(WORD_SCORES)}
    whole = np.stack([p["utterance_scores"] for p, _ in scored])
    whole_truth = np.stack([i.utterance for _, i in scored])
    figures |= {
        f"utterance_{n}_pcc": pearson(whole[:, k], whole_truth[:, k]) for k, n in enumerate(UTTERANCE_SCORES)
    }
    figures["mdd_auc"] = area_under_roc(logit, wrong)
    figures |= {f"mdd_{k}": v for k, v in detection_at(logit, wrong, threshold).items()}
    errors = chosen_on.logit[chosen_on.wrong] if chosen_on else logit[wrong]
    at_60 = np.quantile(errors, 0.4)  # finds 60 % of the experts' errors
    native = [(p, i) for p, i in zip(predictions, items, strict=True) if i.native]
    untouched = [p for p, i in native if i.phone.min() == RIGHT]
    altered = [(p["detection_logit"], i.phone) for p, i in native if i.phone.min() < RIGHT]
    for name, natives in (
        ("native", untouched),
        ("announcer", [p for p, i in zip(predictions, items, strict=True) if i.kind == ANNOUNCER]),
    ):
        if natives:
            logits = np.concatenate([p["detection_logit"] for p in natives])
            figures[f"{name}_flagged"] = float((logits >= threshold).mean())
            figures[f"{name}_flagged_at_recall_60"] = float((logits >= at_60).mean())
            figures[f"{name}_total"] = float(np.mean([p["utterance_scores"][-1] for p in natives]))
    if altered:
        figures |= {f"native_changed_text_{k}": v for k, v in known_errors(altered, threshold).items()}
    spoken = [
        (p["detection_logit"], i.phone)
        for p, i in zip(predictions, items, strict=True)
        if i.kind == "synthetic"
    ]
    if spoken:
        figures |= {f"synthetic_{k}": v for k, v in known_errors(spoken, threshold).items()}
    return figures | insertion_figures(predictions, items) | heard_figures(predictions, items)


# The share of the places in native speech at which an insertion may be reported.
NATIVE_INSERTIONS = 0.002


def insertion_threshold(predictions: list[Outputs], items: list[Item]) -> float:
    """In nats: log-odds that NATIVE_INSERTIONS of the places in native speech exceed; +infinity without any."""
    pairs = zip(predictions, items, strict=True)
    logits = [
        p["insertion_logit"]
        for p, i in pairs
        if i.native and i.phone.min() == RIGHT and "insertion_logit" in p  # the text is as it was read
    ]
    return float(np.quantile(np.concatenate(logits), 1.0 - NATIVE_INSERTIONS)) if logits else float("inf")


def insertion_figures(predictions: list[Outputs], items: list[Item]) -> dict[str, float]:
    """How insertions are ranked, learners' where half of the experts heard one against where none did, and synthetic
    speech's; and the share of these that is found at the threshold."""
    known = [
        (p["insertion_logit"], i) for p, i in zip(predictions, items, strict=True) if "insertion_logit" in p
    ]

    def of_kind(chosen: Callable[[Item], bool]) -> tuple[np.ndarray, np.ndarray]:
        """(logits, share of those who heard an insertion) of all places."""
        part = [(logits, item.insertion) for logits, item in known if chosen(item)]
        return tuple(np.concatenate(of) for of in zip(*part, strict=True)) if part else (np.zeros(0),) * 2

    figures = {}
    logits, share = of_kind(lambda item: item.scored)
    clear = (share == 0.0) | (share >= 0.5)
    if (share >= 0.5).any():
        figures["learner_insertions_auc"] = area_under_roc(logits[clear], share[clear] >= 0.5)
    logits, share = of_kind(lambda item: item.kind == "synthetic")
    if share.any():
        found = logits >= insertion_threshold(predictions, items)
        figures["synthetic_insertions_auc"] = area_under_roc(logits, share > 0.5)
        figures["synthetic_insertions_found"] = float(found[share > 0.5].mean())
        figures["synthetic_insertions_false"] = float(found[share < 0.5].mean())
    return figures


def heard_figures(predictions: list[Outputs], items: list[Item]) -> dict[str, float]:
    """Of the phones of synthetic speech that were said wrong: the share of which the likeliest label but the canonical
    one is what was said; and how its posterior alone ranks them above right phones."""
    known = [
        (p["heard_logit"], i)
        for p, i in zip(predictions, items, strict=True)
        if i.kind == "synthetic" and "heard_logit" in p
    ]
    if not known:
        return {}
    logit = np.concatenate([of for of, _ in known]).astype(np.float64)
    canonical = np.concatenate([item.inputs["phone"] for _, item in known])
    heard = np.concatenate([item.heard for _, item in known])
    wrong = heard != canonical
    if not wrong.any():
        return {}
    places = np.arange(len(heard))
    of_canonical = logit[places, canonical] - logsumexp(logit, axis=1)
    others = logit.copy()
    others[places, canonical] = -np.inf
    return {
        "synthetic_heard_named": float((others.argmax(axis=1) == heard)[wrong].mean()),
        "synthetic_heard_auc": area_under_roc(-of_canonical, wrong),
    }


def known_errors(told: list[tuple[np.ndarray, np.ndarray]], threshold: float) -> dict[str, float]:
    """told: (logits, scores) of recordings whose errors are certain. `found`: share of the errors that is flagged,
    `false`: of the right phones."""
    logits = np.concatenate([of for of, _ in told])
    wrong = np.concatenate([scores for _, scores in told]) < MISPRONOUNCED_BELOW
    return {
        "auc": area_under_roc(logits, wrong),
        "found": float((logits[wrong] >= threshold).mean()),
        "false": float((logits[~wrong] >= threshold).mean()),
    }


def detections(predictions: list[Outputs], items: list[Item]) -> tuple[np.ndarray, np.ndarray]:
    """(logits, wrong) of the phones that the experts scored."""
    scored = [(p, i) for p, i in zip(predictions, items, strict=True) if i.scored]
    logits = np.concatenate([p["detection_logit"] for p, _ in scored])
    return logits, np.concatenate([i.phone for _, i in scored]) < MISPRONOUNCED_BELOW
