"""How far each expert agrees with the others about dev's phones, and the engine with the same others.

An expert is judged against the mean of the other four (Zhang et al., 2104.01378, publish each one's marks), and so is
the engine, four by four; once at the pack's threshold, and once at the one that flags as many phones as the expert
does. A phone counts as wrong below .5 of 2, which among four means that at least three say "wrong" and the fourth no
more than "accent", so who marks more than that has a low precision whatever they hear. A place in the corpus's list is
taken for the same expert throughout. Words in which a mark of one of the five could not be read are left out.

How well anybody could do follows from how far the experts agree: with a mean correlation r of two, the means of two
panels of n correlate at n r / (1 + (n - 1) r) (Spearman and Brown, 1910), and the true score with such a mean at the
square root of that.
"""

from __future__ import annotations

import argparse
import itertools
import json
from pathlib import Path

import numpy as np

from .calibrate import Points
from .corpus import MISPRONOUNCED_BELOW, Utterance, add_corpus_arguments, read_corpus
from .metrics import area_under_roc, detection_at, pearson

NUM_EXPERTS = 5
FILE = "experts.json"  # of a run


def views_of(utterances: list[Utterance]) -> tuple[np.ndarray, np.ndarray]:
    """([5, N] scores 0-2, [M] bool): what each expert heard at the N phones that all five could be read for, and which
    of the M phones of the utterances these are."""
    rows: list[list[float]] = []
    known: list[bool] = []
    for word in (word for utterance in utterances for word in utterance.words):
        readable = [len(of) == NUM_EXPERTS for of in word.phone_views or [[]] * len(word.phones)]
        rows += [of for of, all_five in zip(word.phone_views or [], readable, strict=False) if all_five]
        known += readable
    return np.array(rows, np.float64).reshape(-1, NUM_EXPERTS).T, np.array(known, bool)


def agreement(
    score: np.ndarray, evidence: np.ndarray, flagged: np.ndarray, others: np.ndarray
) -> dict[str, float]:
    """Of one judge with the mean of the others, all [N]. score: 0-2. evidence: higher for a phone that is more likely
    wrong (an expert has three grades, of which equal ones count half). flagged: which of them it calls wrong."""
    wrong = others < MISPRONOUNCED_BELOW
    return {
        "phone_pcc": pearson(score, others),
        "mdd_auc": area_under_roc(evidence, wrong),
        **{f"mdd_{name}": value for name, value in detection_at(flagged.astype(float), wrong, 0.5).items()},
    }


def reliability(views: np.ndarray) -> dict[str, float]:
    """Of experts' scores [5, N]: the mean correlation of two, of the means of two such panels, and of the true score
    with the mean of a panel."""
    count = len(views)
    single = float(np.mean([pearson(a, b) for a, b in itertools.combinations(views, 2)]))
    panel = count * single / (1.0 + (count - 1) * single)
    return {"two_experts": single, "two_panels": panel, "truth_and_panel": float(np.sqrt(panel))}


def compare(
    views: np.ndarray, score: np.ndarray, probability: np.ndarray, threshold: float
) -> dict[str, list[dict]]:
    """views: [5, N]. score, probability: the engine's, of the same phones. One entry an expert: its own figures, and
    the engine's against the same four others at the threshold, and flagging as many."""
    out: dict[str, list[dict]] = {"experts": [], "engine": [], "engine_flagging_as_many": []}
    ranked = np.sort(probability)[::-1]
    for at, own in enumerate(views):
        others = np.delete(views, at, axis=0).mean(axis=0)
        # An expert calls a phone wrong by the mark for wrong; that for an accent is worth 1 of 2.
        flagged = own < MISPRONOUNCED_BELOW
        out["experts"].append(agreement(own, -own, flagged, others))
        out["engine"].append(agreement(score, probability, probability >= threshold, others))
        as_many = probability >= ranked[max(0, int(flagged.sum()) - 1)]
        out["engine_flagging_as_many"].append(agreement(score, probability, as_many, others))
    return out


def add_arguments(parser: argparse.ArgumentParser) -> None:
    add_corpus_arguments(parser)
    parser.add_argument("--run", type=Path, required=True, help="folder of a run that did not learn from dev")
    parser.add_argument("--pack", type=Path, required=True, help="the pack that this run made")


def run(args: argparse.Namespace) -> None:
    import torch

    dev = [u for u in read_corpus(args.corpus) if u.division == "dev"]
    said = torch.load(args.run / "dev-predictions.pt", weights_only=False)
    if json.loads((args.run / "scorer.json").read_text()).get("fit_on") == "all":
        raise SystemExit(f"{args.run} learned from dev: its agreement with dev's experts says nothing")
    truth = np.array([score for utterance in dev for score in utterance.phone_scores or []])
    if truth.shape != said["truth"].shape or not np.allclose(truth, said["truth"], atol=1e-4):
        raise SystemExit(f"{args.run}/dev-predictions.pt is of other recordings than {args.corpus}")
    views, known = views_of(dev)
    points = Points.of(json.loads((args.pack / "manifest.json").read_text())["calibration"])
    if not np.allclose([points.scale, points.offset], [said["scale"], said["offset"]]):
        raise SystemExit(f"{args.pack} is not the pack that {args.run}/dev-predictions.pt was made with")
    probability = points.probability(said["logit"])
    result = compare(views, np.clip(said["phone"], 0, 2)[known], probability[known], points.threshold)
    wrong = truth < MISPRONOUNCED_BELOW
    result |= {
        "phones": int(known.sum()),
        "wrong_phones": int(wrong[known].sum()),
        "left_out": {"phones": int((~known).sum()), "wrong_phones": int(wrong[~known].sum())},
        "reliability": reliability(views),
    }
    (args.run / FILE).write_text(json.dumps(result, indent=1) + "\n")
    for at, (expert, engine) in enumerate(zip(result["experts"], result["engine"], strict=True), 1):
        for name, figures in ((f"expert {at}", expert), ("the engine", engine)):
            print(f"{name:10s} " + "  ".join(f"{key} {value:.3f}" for key, value in figures.items()))
