"""The last step from what the scorers say to scores and detections of phones and words: stacking (Wolpert 1992).

A scorer has learned its training speakers by heart better than it judges others. So inside it the evidence that owes
nothing to the experts' scores of phones (goodness of pronunciation, what was heard), and what it makes of the word and
of the whole utterance, look less telling than they are: an expert who finds a word or a speaker poor finds their phones
poor. Here all of that is weighed anew, linearly, by what was said of speakers that the scorers had not learned from;
then the words' scores, which experts give by the wrong phones in a word, with their phones' new ones.
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
ACCURACY, STRESS, TOTAL = range(NUM_WORD_SCORES)  # of a word
NUM_OF_WORD = 8
NUM_WORD_PRODUCTS = 9
NUM_WORD_COLUMNS = (
    NUM_WORD_SCORES + NUM_OF_WORD + NUM_UTTERANCE_SCORES + NUM_WORD_PRODUCTS
)  # of word_columns_of
RIDGE = 1.0  # of squared weights of standardised columns, beside a sum over phones
WORD_RIDGE = 30.0  # the same beside a sum over words, of which there are fewer
# What a phone counts whose label is certain, beside one that experts scored. A score between right and wrong is theirs
# alone; that something was wrong is better known where it was made to be.
CERTAIN_SCORE_WEIGHT, CERTAIN_DETECTION_WEIGHT = 0.2, 1.0
# The same of a word. Without any, a good speaker's word with one wrong phone is scored like their others: learners who
# say all else right and one phone wrong are rare.
CERTAIN_WORD_WEIGHT = 0.05
MOST_ODDS_NATS = 11.5
LEAST_NATS = 60.0  # below the likeliest label: keeps logarithms finite
FILE = "stack.pt"  # of a run

Tensors = dict[str, torch.Tensor]


def against_canonical(output: Tensors, batch: Tensors) -> torch.Tensor:
    """[B, N, 1], in nats: log-odds that another label was heard than the canonical one."""
    heard = output["heard_logit"]
    itself = nn.functional.one_hot(batch["phone"], NUM_LABELS).to(heard.dtype)
    # Summed, not taken as 1 - posterior, of which rounding leaves nothing where the posterior is nearly 1. In plain
    # exponentials: OpenVINO 2026.4.1 gives other figures for a log-sum-exp of masked logits.
    likelihoods = torch.exp((heard - heard.amax(dim=-1, keepdim=True)).clamp(min=-LEAST_NATS))
    of_canonical = (likelihoods * itself).sum(dim=-1, keepdim=True)
    of_others = (likelihoods * (1.0 - itself)).sum(dim=-1, keepdim=True)
    return (torch.log(of_others) - torch.log(of_canonical)).clamp(-MOST_ODDS_NATS, MOST_ODDS_NATS)


def columns_of(output: Tensors, batch: Tensors) -> torch.Tensor:
    """[B, N, NUM_COLUMNS] of outputs and inputs of ScorerModel: what is said of the phone, the mean of that over the
    utterance, GOPs, the scores of the word and of the utterance, and products of these."""
    against = against_canonical(output, batch)
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


def word_columns_of(output: Tensors, stacked_phones: Tensors, batch: Tensors) -> torch.Tensor:
    """[B, W, NUM_WORD_COLUMNS] of outputs of ScorerModel and of the phones' new scores: what is said of the word, its
    phones in the mean and at their worst, the scores of the utterance, and products of these."""
    score = stacked_phones["phone_score"].clamp(0.0, 2.0)[..., None]
    detection = stacked_phones["detection_logit"][..., None]
    error = torch.sigmoid(detection)
    canonical = torch.sigmoid(-against_canonical(output, batch))
    pool = batch["word_pool"]
    member = (pool > 0.0).to(score.dtype)

    def worst(values: torch.Tensor) -> torch.Tensor:
        """[B, N, 1] -> [B, W, 1]: the highest of the word's phones."""
        rows = values.transpose(1, 2)
        lowest = rows.amin(dim=-1, keepdim=True)
        return ((rows - lowest) * member).amax(dim=-1, keepdim=True) + lowest

    mean_score, worst_score = pool @ score, -worst(-score)
    length = torch.log(member.sum(dim=-1, keepdim=True).clamp(min=1.0))
    of_word = torch.cat(
        [
            mean_score,
            worst_score,
            pool @ error,
            worst(error),
            worst(detection),
            pool @ canonical,
            -worst(-canonical),
            length,
        ],
        dim=-1,
    )
    of_utterance = torch.ones_like(length) * output["utterance_scores"][:, None]
    word, whole = output["word_scores"][..., :1], of_utterance[..., :1]  # accuracy
    products = [word * word, word * whole, word * mean_score, word * worst_score, mean_score * whole]
    products += [worst_score * whole, mean_score * mean_score, worst_score * worst_score, whole * whole]
    return torch.cat([output["word_scores"], of_word, of_utterance, *products], dim=-1)


class Stack(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.columns = Standardise(NUM_COLUMNS)
        self.weigh = nn.Linear(NUM_COLUMNS, 2)
        self.word_columns = Standardise(NUM_WORD_COLUMNS)
        self.weigh_word = nn.Linear(NUM_WORD_COLUMNS, 2)

    def of_phones(self, output: Tensors, batch: Tensors) -> Tensors:
        both = self.weigh(self.columns(columns_of(output, batch)))
        return {"phone_score": both[..., 0], "detection_logit": both[..., 1]}

    def forward(self, output: Tensors, batch: Tensors) -> Tensors:
        """The outputs with phone_score, detection_logit and of word_scores accuracy and total weighed anew; stress is
        no matter of the phones."""
        phones = self.of_phones(output, batch)
        both = self.weigh_word(self.word_columns(word_columns_of(output, phones, batch)))
        stress = output["word_scores"][..., STRESS : STRESS + 1]
        return output | phones | {"word_scores": torch.cat([both[..., :1], stress, both[..., 1:]], dim=-1)}

    def save(self, run: Path) -> None:
        with whole(run / FILE) as partial:
            torch.save(self.state_dict(), partial)

    @staticmethod
    def load(run: Path) -> Stack:
        if not (run / FILE).exists():
            raise SystemExit(f"{run} lacks {FILE}: run `scorer` or `distill` again")
        state, stack = torch.load(run / FILE, weights_only=True), Stack()
        if {name: value.shape for name, value in state.items()} != {
            name: value.shape for name, value in stack.state_dict().items()
        }:
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
    """From what scorers said of speakers that they had not learned from."""
    stack = Stack()
    batches = [(_tensors(output), collate([item])[0]) for output, item in zip(outputs, items, strict=True)]
    _fit_phones(stack, batches, items)
    _fit_words(stack, batches, items)
    return stack.eval().requires_grad_(False)


def _fit_phones(stack: Stack, batches: list[tuple[Tensors, Tensors]], items: Sequence[Item]) -> None:
    """Least squares of the phones' scores, maximum likelihood of the detections, both with a ridge. Phones of which the
    truth is not known are left out."""
    from scipy.optimize import minimize
    from scipy.special import expit

    columns, truth, certainty = [], [], []
    for (output, batch), item in zip(batches, items, strict=True):
        known = ~np.isnan(item.phone)
        columns.append(columns_of(output, batch)[0].numpy()[known])
        truth.append(item.phone[known])
        certainty.append(np.full(known.sum(), item.kind != "learner"))
    score, certain = np.concatenate(truth).astype(np.float64), np.concatenate(certainty)
    of_score = np.where(certain, CERTAIN_SCORE_WEIGHT, 1.0)
    of_detection = np.where(certain, CERTAIN_DETECTION_WEIGHT, 1.0)
    x = _standardised(stack.columns, columns)
    ridge = _ridge(RIDGE, NUM_COLUMNS)
    scores = np.linalg.solve(x.T @ (of_score[:, None] * x) + ridge, x.T @ (of_score * score))
    wrong = (score < MISPRONOUNCED_BELOW).astype(np.float64)

    def loss(weights: np.ndarray) -> tuple[float, np.ndarray]:
        z = x @ weights
        value = (of_detection * (np.logaddexp(0.0, z) - wrong * z)).sum() + weights @ ridge @ weights / 2.0
        return float(value), x.T @ (of_detection * (expit(z) - wrong)) + ridge @ weights

    detections = minimize(loss, np.zeros(x.shape[1]), jac=True, method="L-BFGS-B").x
    _set(stack.weigh, np.stack([scores, detections]))


def _fit_words(stack: Stack, batches: list[tuple[Tensors, Tensors]], items: Sequence[Item]) -> None:
    """Least squares of the words' accuracy and total with a ridge: what experts gave learners' words, and what their
    rubric gives words whose phones are certain. Words of which neither is known are left out."""
    columns, truth, weight = [], [], []
    for (output, batch), item in zip(batches, items, strict=True):
        scores = item.word[:, [ACCURACY, TOTAL]] if item.scored else rubric_scores(item)
        known = ~np.isnan(scores).any(axis=1)
        columns.append(word_columns_of(output, stack.of_phones(output, batch), batch)[0].numpy()[known])
        truth.append(scores[known])
        weight.append(np.full(known.sum(), 1.0 if item.scored else CERTAIN_WORD_WEIGHT))
    x = _standardised(stack.word_columns, columns)
    weighted = np.concatenate(weight)[:, None] * x
    weights = np.linalg.solve(
        weighted.T @ x + _ridge(WORD_RIDGE, NUM_WORD_COLUMNS), weighted.T @ np.concatenate(truth)
    )
    _set(stack.weigh_word, weights.T)


def rubric_scores(item: Item) -> np.ndarray:
    """[W, 2], 0-2: accuracy and total of words whose phones are known to be right or wrong, by the rubric that
    SpeechOcean762's experts were given (2104.01378): all right, 10; less than 30 % of the phones wrong, 4-6; more, 2-3;
    taken as 10, 5 and 3. The rubric says nothing of inserted sounds, and so does this. NaN: a phone is not known."""
    word_of_phone = item.inputs["word_of_phone"]
    counts = np.bincount(word_of_phone, minlength=len(item.word))
    known = np.bincount(word_of_phone, np.isnan(item.phone), len(item.word)) == 0
    wrong = np.bincount(word_of_phone, item.phone < MISPRONOUNCED_BELOW, len(item.word)) / counts
    score = np.where(wrong == 0.0, 2.0, np.where(wrong < 0.3, 1.0, 0.6))
    return np.repeat(np.where(known, score, np.nan)[:, None], 2, axis=1).astype(np.float32)


def _standardised(standardise: Standardise, columns: list[np.ndarray]) -> np.ndarray:
    """[rows, columns + 1] in double precision, the last for the bias; sets the standardiser."""
    together = torch.from_numpy(np.concatenate(columns))
    standardise.fit(together)
    x = standardise(together).numpy().astype(np.float64)
    return np.concatenate([x, np.ones((len(x), 1))], axis=1)


def _ridge(weight: float, num_columns: int) -> np.ndarray:
    return weight * np.diag([1.0] * num_columns + [0.0])


def _set(linear: nn.Linear, weights: np.ndarray) -> None:
    """weights: [outputs, columns + 1]."""
    linear.weight.copy_(torch.from_numpy(weights[:, :-1]))
    linear.bias.copy_(torch.from_numpy(weights[:, -1]))
