"""The experts' scores teach the encoder too, while it is tuned for CTC.

A small head reads the frames of every canonical phone and predicts the experts' score and whether the phone was wrong;
its loss is added to CTC's, so that the encoder keeps what tells a good phone from a poor one (joint training in the
line of MuFFIN and 3MH, with the gradient reaching the encoder). The head stays behind: what ships is the encoder, whose
states the scorer reads. Which frames belong to a phone is found once, by the head that was trained on frozen states.

Certain phones beside the scored ones: a synthesiser was told what to say, natives say their phones right; and where a
phone was said well, the canonical label that the head is told is now and then exchanged, which makes a certain error
of the same sound (text-side substitution) and keeps "who sounds native is right" from being learned.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import torch
from torch import nn

from .corpus import MISPRONOUNCED_BELOW, Utterance
from .phones import NUM_LABELS, label, labels
from .text_substitution import GOOD_FROM, WRONG, another_phone

EXCHANGED_SHARE = 0.08  # of the phones said well
CERTAIN_WEIGHT = 0.3  # of a phone that no expert scored
DETECTION_WEIGHT = 0.5
POSITIVE_WEIGHT = 3.0
RIGHT = 2.0


class ScoreHead(nn.Module):
    """States of some layers and the frames of each phone -> (score 0-2, detection logit) [B, N, 2]."""

    def __init__(self, num_layers: int, dim: int, width: int = 128, dropout: float = 0.2):
        super().__init__()
        self.mix = nn.Parameter(torch.zeros(num_layers))
        self.norms = nn.ModuleList(nn.LayerNorm(dim) for _ in range(num_layers))
        self.project = nn.Linear(dim, width)
        self.phone = nn.Embedding(NUM_LABELS, width)
        self.local = nn.Conv1d(width, width, 3, padding=1)
        self.dropout = nn.Dropout(dropout)
        self.out = nn.Linear(2 * width, 2)
        self.out.bias.data.copy_(torch.tensor([1.8, -2.0]))

    def forward(self, states: list[torch.Tensor], pool: torch.Tensor, phones: torch.Tensor) -> torch.Tensor:
        """states: [B, T, D] each; pool: [B, N, T], rows that sum to 1 (0: padding); phones: [B, N]."""
        weights = torch.softmax(self.mix, dim=0)
        mixed = sum(w * norm(state) for w, norm, state in zip(weights, self.norms, states, strict=True))
        own = nn.functional.gelu(self.project(self.dropout(pool @ mixed)) + self.phone(phones))
        around = nn.functional.gelu(self.local(own.transpose(1, 2))).transpose(1, 2)
        return self.out(self.dropout(torch.cat([own, around], dim=-1)))


@dataclass
class Known:
    """What is known of one utterance: frames [begin, end) of each phone and its score."""

    begin: np.ndarray  # [N]
    end: np.ndarray  # [N]
    score: np.ndarray  # [N], 0-2
    weight: float


def scores_of(utterance: Utterance) -> tuple[np.ndarray, float] | None:
    """(scores [N], weight); None where nothing is known."""
    given = utterance.phone_scores
    if utterance.kind == "native":
        return np.full(len(utterance.phones), RIGHT, np.float32), CERTAIN_WEIGHT
    if given is None:
        return None
    return np.array(given, np.float32), CERTAIN_WEIGHT if utterance.synthetic else 1.0


class ScoreGuide:
    """The head, the frames of the phones of all utterances, and the loss of a batch."""

    def __init__(self, head: ScoreHead):
        self.head = head
        self._known: dict[str, Known] = {}

    def align(self, utterance: Utterance, log_posteriors: np.ndarray) -> None:
        """log_posteriors: float32 [T, labels]. An utterance that cannot be aligned teaches CTC only."""
        import higgins  # the binding; only this needs it built

        about = scores_of(utterance)
        if about is None:
            return
        try:
            found = higgins.gop(np.ascontiguousarray(log_posteriors), utterance.phones)
        except ValueError:
            return
        self._known[utterance.id] = Known(found["segment_begin"], found["segment_end"], *about)

    def stretch(self, copy_id: str, utterance_id: str, factor: float) -> None:
        """A copy has its original's scores; its phones stand `factor` times as far apart, as only speed moves time."""
        known = self._known.get(utterance_id)
        if known is not None:
            begin = np.floor(known.begin * factor).astype(np.int64)
            end = np.maximum(np.floor(known.end * factor).astype(np.int64), begin + 1)
            self._known[copy_id] = Known(begin, end, known.score, known.weight)

    def __contains__(self, utterance: Utterance) -> bool:
        return utterance.id in self._known

    def _collate(
        self, batch: list[Utterance], num_frames: int, generator: np.random.Generator | None
    ) -> tuple[torch.Tensor, ...]:
        """(pool, phones, scores, weights) over the utterances that are known; `generator` exchanges labels."""
        longest = max(len(u.phones) for u in batch)
        pool = torch.zeros(len(batch), longest, num_frames)
        phones = torch.zeros(len(batch), longest, dtype=torch.long)
        scores = torch.full((len(batch), longest), RIGHT)
        weights = torch.zeros(len(batch), longest)
        for row, utterance in enumerate(batch):
            known = self._known.get(utterance.id)
            if known is None:
                continue
            names, truth = labels(utterance.phones), known.score.copy()
            weight = np.full(len(truth), known.weight, np.float32)
            if generator is not None:
                drawn = generator.random(len(truth)) < EXCHANGED_SHARE
                for at in np.flatnonzero(drawn & (truth >= GOOD_FROM)):
                    names[at] = label(another_phone(utterance.phones[at], generator))
                    truth[at], weight[at] = WRONG, CERTAIN_WEIGHT
            for at, (begin, end) in enumerate(zip(known.begin, known.end, strict=True)):
                pool[row, at, begin:end] = 1.0 / max(1, end - begin)
            phones[row, : len(names)] = torch.tensor(names)
            scores[row, : len(names)] = torch.from_numpy(truth)
            weights[row, : len(names)] = torch.from_numpy(weight)
        return pool, phones, scores, weights

    def loss(
        self, batch: list[Utterance], states: list[torch.Tensor], generator: np.random.Generator
    ) -> torch.Tensor:
        """Weighted mean over the phones whose score is known."""
        pool, phones, scores, weights = self._collate(batch, states[0].shape[1], generator)
        out = self.head(states, pool, phones)
        wrong = (scores < MISPRONOUNCED_BELOW).float()
        detection = nn.functional.binary_cross_entropy_with_logits(
            out[..., 1], wrong, reduction="none", pos_weight=torch.tensor(POSITIVE_WEIGHT)
        )
        of_phone = (out[..., 0] - scores) ** 2 + DETECTION_WEIGHT * detection
        return (of_phone * weights).sum() / weights.sum().clamp(min=1.0)

    def predictions(
        self, batch: list[Utterance], states: list[torch.Tensor]
    ) -> list[tuple[np.ndarray, np.ndarray]]:
        """(predicted, true) scores of the utterances that experts scored."""
        pool, phones, scores, weights = self._collate(batch, states[0].shape[1], None)
        out = self.head(states, pool, phones)[..., 0].clamp(0.0, RIGHT)
        rows = [row for row, u in enumerate(batch) if u in self and u.kind == "learner"]
        return [(out[row][weights[row] > 0].numpy(), scores[row][weights[row] > 0].numpy()) for row in rows]
