"""The last step from what the scorers say to the phones' scores and detections: stacking (Wolpert 1992).

A scorer has learned its training speakers by heart better than it judges others. So inside it the evidence that owes
nothing to the experts' scores of phones (goodness of pronunciation, what was heard), and what it makes of the word and
of the whole utterance, look less telling than they are: an expert who finds a word or a speaker poor finds their phones
poor. Here all of that is weighed anew, linearly, by what was said of speakers that the scorers had not learned from.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import torch
from torch import nn

from .corpus import MISPRONOUNCED_BELOW
from .files import whole
from .phone_columns import GOP_S, GOP_SA, GOP_SD, GOP_SDI, LOG_OCCUPANCY, LPP
from .phones import NUM_LABELS
from .scorer_evaluation import Outputs
from .scorer_items import Item, collate
from .scorer_model import NUM_UTTERANCE_SCORES, NUM_WORD_SCORES, Standardise

GOP_COLUMNS = [LPP, GOP_SD, GOP_S, GOP_SDI, LOG_OCCUPANCY, GOP_SA]
NUM_OF_PHONE = 4
NUM_PRODUCTS = 9
NUM_COLUMNS = (
    2 * NUM_OF_PHONE + 1 + len(GOP_COLUMNS) + NUM_WORD_SCORES + NUM_UTTERANCE_SCORES + NUM_PRODUCTS
)  # of columns_of
RIDGE = 1.0  # of squared weights of standardised columns, beside a sum over phones
# What a phone counts whose label is certain, beside one that experts scored. A score between right and wrong is theirs
# alone; that something was wrong is better known where it was made to be.
CERTAIN_SCORE_WEIGHT, CERTAIN_DETECTION_WEIGHT = 0.2, 1.0
MOST_ODDS_NATS = 11.5
LEAST_NATS = 60.0  # below the likeliest label: keeps logarithms finite
FILE = "stack.pt"  # of a run

Tensors = dict[str, torch.Tensor]


def columns_of(output: Tensors, batch: Tensors) -> torch.Tensor:
    """[B, N, NUM_COLUMNS] of outputs and inputs of ScorerModel: what is said of the phone, the mean of that over the
    utterance, GOPs, the scores of the word and of the utterance, and products of these."""
    heard = output["heard_logit"]
    itself = nn.functional.one_hot(batch["phone"], NUM_LABELS).to(heard.dtype)
    # Summed, not taken as 1 - posterior, of which rounding leaves nothing where the posterior is nearly 1. In plain
    # exponentials: OpenVINO 2026.4.1 gives other figures for a log-sum-exp of masked logits.
    likelihoods = torch.exp((heard - heard.amax(dim=-1, keepdim=True)).clamp(min=-LEAST_NATS))
    of_canonical = (likelihoods * itself).sum(dim=-1, keepdim=True)
    of_others = (likelihoods * (1.0 - itself)).sum(dim=-1, keepdim=True)
    against = torch.log(of_others) - torch.log(of_canonical)
    against = against.clamp(-MOST_ODDS_NATS, MOST_ODDS_NATS)
    canonical = torch.sigmoid(-against)
    score, detection = output["phone_score"][..., None], output["detection_logit"][..., None]
    of_phone = torch.cat([score, detection, canonical, against], dim=-1)
    valid = batch["phone_valid"][..., None]
    averaged = torch.cat([of_phone, torch.sigmoid(detection)], dim=-1) * valid
    means = averaged.sum(dim=1, keepdim=True) / valid.sum(dim=1, keepdim=True)
    # Cut out one by one: the exporter writes plain slices then, and the runtime has nothing to look up.
    gops = [batch["phone_features"][..., column : column + 1] for column in GOP_COLUMNS]
    members = (batch["word_pool"] > 0.0).to(score.dtype).transpose(1, 2)
    of_word = members @ output["word_scores"]
    ones = torch.ones_like(score)
    of_utterance = ones * output["utterance_scores"][:, None]
    word, whole = of_word[..., :1], of_utterance[..., :1]  # accuracy
    products = [score * word, score * whole, word * whole, detection * whole, against * whole]
    products += [canonical * whole, word * word, whole * whole, score * score]
    return torch.cat([of_phone, ones * means, *gops, of_word, of_utterance, *products], dim=-1)


class Stack(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.columns = Standardise(NUM_COLUMNS)
        self.weigh = nn.Linear(NUM_COLUMNS, 2)

    def forward(self, output: Tensors, batch: Tensors) -> Tensors:
        """The outputs with phone_score and detection_logit weighed anew."""
        both = self.weigh(self.columns(columns_of(output, batch)))
        return output | {"phone_score": both[..., 0], "detection_logit": both[..., 1]}

    def save(self, run: Path) -> None:
        with whole(run / FILE) as partial:
            torch.save(self.state_dict(), partial)

    @staticmethod
    def load(run: Path) -> Stack:
        if not (run / FILE).exists():
            raise SystemExit(f"{run} lacks {FILE}: run `scorer` or `distill` again")
        state, stack = torch.load(run / FILE, weights_only=True), Stack()
        if state["weigh.weight"].shape != stack.weigh.weight.shape:
            raise SystemExit(
                f"{run / FILE} weighs other columns than are made now: run `scorer` or `distill` again"
            )
        stack.load_state_dict(state)
        return stack.eval()


def _tensors(output: Outputs) -> Tensors:
    return {name: torch.from_numpy(values)[None] for name, values in output.items()}


@torch.inference_mode()
def stacked(stack: Stack, outputs: Sequence[Outputs], items: Sequence[Item]) -> list[Outputs]:
    """What `predict` gave of each item, weighed anew."""
    again = []
    for output, item in zip(outputs, items, strict=True):
        weighed = stack(_tensors(output), collate([item])[0])
        again.append({name: values[0].numpy() for name, values in weighed.items()})
    return again


@torch.inference_mode()
def fit_stack(outputs: Sequence[Outputs], items: Sequence[Item]) -> Stack:
    """From what scorers said of speakers that they had not learned from: least squares of the phones' scores, maximum
    likelihood of the detections, both with a ridge. Phones of which the truth is not known are left out."""
    from scipy.optimize import minimize
    from scipy.special import expit

    columns, truth, certainty = [], [], []
    for output, item in zip(outputs, items, strict=True):
        known = ~np.isnan(item.phone)
        columns.append(columns_of(_tensors(output), collate([item])[0])[0].numpy()[known])
        truth.append(item.phone[known])
        certainty.append(np.full(known.sum(), item.kind != "learner"))
    score, certain = np.concatenate(truth).astype(np.float64), np.concatenate(certainty)
    of_score = np.where(certain, CERTAIN_SCORE_WEIGHT, 1.0)
    of_detection = np.where(certain, CERTAIN_DETECTION_WEIGHT, 1.0)
    stack = Stack()
    known_columns = torch.from_numpy(np.concatenate(columns))
    stack.columns.fit(known_columns)
    x = stack.columns(known_columns).numpy().astype(np.float64)
    x = np.concatenate([x, np.ones((len(x), 1))], axis=1)
    ridge = RIDGE * np.diag([1.0] * NUM_COLUMNS + [0.0])
    scores = np.linalg.solve(x.T @ (of_score[:, None] * x) + ridge, x.T @ (of_score * score))
    wrong = (score < MISPRONOUNCED_BELOW).astype(np.float64)

    def loss(weights: np.ndarray) -> tuple[float, np.ndarray]:
        z = x @ weights
        value = (of_detection * (np.logaddexp(0.0, z) - wrong * z)).sum() + weights @ ridge @ weights / 2.0
        return float(value), x.T @ (of_detection * (expit(z) - wrong)) + ridge @ weights

    detections = minimize(loss, np.zeros(x.shape[1]), jac=True, method="L-BFGS-B").x
    both = np.stack([scores, detections])
    stack.weigh.weight.copy_(torch.from_numpy(both[:, :-1]))
    stack.weigh.bias.copy_(torch.from_numpy(both[:, -1]))
    return stack.eval().requires_grad_(False)
