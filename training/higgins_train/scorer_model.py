"""The scorer: a small Transformer over the phones of an utterance, in the line of GOPT (2205.03432) and its successors.

Phones (GOP-SF features + pooled encoder states + canonical phone, stress, place) -> blocks of attention and convolution
-> phone score and detection logit, and whether a sound follows that is not in the text; mean over a word's phones ->
one more block -> word scores; attention pooling over words + utterance statistics -> utterance scores. All scores
inside the model are 0-2, as the experts' phone scores are. Apart from them, GOP-SF features -> which label was heard in
the place of each phone.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import torch
from torch import nn

from .phone_columns import RATIO_SCALE
from .phones import NUM_LABELS

NUM_WORD_SCORES = 3  # accuracy, stress, total
NUM_UTTERANCE_SCORES = 5  # accuracy, fluency, prosody, completeness, total


@dataclass
class ScorerConfig:
    num_features: int
    num_insertion_features: int
    state_dim: int  # of phone_states
    num_utterance_features: int
    utterance_state_dim: int
    width: int = 96
    heads: int = 4
    blocks: int = 2
    state_bottleneck: int = 64
    dropout: float = 0.2
    state_dropout: float = 0.3
    convolution: bool = True
    # Words are pooled from their phones by attention instead of the mean.
    attentive_words: bool = False
    # A head for the experts' histogram, read by the loss only.
    histogram_head: bool = False
    heard_width: int = 48
    heard_dropout: float = 0.3


class Standardise(nn.Module):
    """(x - mean) / deviation, clipped to +-6; the statistics are fitted on the training data and travel in
    the graph."""

    def __init__(self, size: int):
        super().__init__()
        self.register_buffer("mean", torch.zeros(size))
        self.register_buffer("inverse_deviation", torch.ones(size))

    def fit(self, values: torch.Tensor) -> None:
        self.mean.copy_(values.mean(0))
        self.inverse_deviation.copy_(1.0 / values.std(0).clamp(min=1e-3))

    def forward(self, values: torch.Tensor) -> torch.Tensor:
        return ((values - self.mean) * self.inverse_deviation).clamp(-6.0, 6.0)


class FastDropout(nn.Module):
    """Dropout whose mask is drawn a byte a value: the states of a batch are millions of values, and the usual draw
    took half of a training step. The rate is rounded to 1/256."""

    def __init__(self, rate: float):
        super().__init__()
        self.below = round(256 * rate)

    def forward(self, values: torch.Tensor) -> torch.Tensor:
        if not self.training or self.below == 0:
            return values
        words = torch.randint(-(2**63), 2**63 - 1, ((values.numel() + 7) // 8,))
        kept = words.view(torch.uint8)[: values.numel()].view_as(values) >= self.below
        return values * kept.to(values.dtype) * (256.0 / (256 - self.below))


class Block(nn.Module):
    """Pre-norm self-attention, depthwise convolution of width 3, feed-forward."""

    def __init__(self, config: ScorerConfig):
        super().__init__()
        width = config.width
        self.heads = config.heads
        self.convolution = config.convolution
        self.norm_attention, self.norm_conv, self.norm_feed = (nn.LayerNorm(width) for _ in range(3))
        self.qkv = nn.Linear(width, 3 * width)
        self.attention_out = nn.Linear(width, width)
        self.depthwise = nn.Conv1d(width, width, 3, padding=1, groups=width)
        self.pointwise = nn.Linear(width, width)
        self.feed = nn.Sequential(
            nn.Linear(width, 2 * width), nn.GELU(), nn.Dropout(config.dropout), nn.Linear(2 * width, width)
        )
        self.dropout = nn.Dropout(config.dropout)

    def forward(self, x: torch.Tensor, valid: torch.Tensor) -> torch.Tensor:
        """x: [B, N, width]; valid: [B, N], 1 for real positions."""
        batch, length, width = x.shape
        split = (batch, length, self.heads, width // self.heads)
        q, k, v = (
            part.reshape(split).transpose(1, 2) for part in self.qkv(self.norm_attention(x)).chunk(3, dim=-1)
        )
        scores = q @ k.transpose(-1, -2) * (width // self.heads) ** -0.5
        scores = scores + (valid[:, None, None] - 1.0) * 1e9
        attended = (torch.softmax(scores, dim=-1) @ v).transpose(1, 2).reshape(batch, length, width)
        x = x + self.dropout(self.attention_out(attended))
        if self.convolution:
            local = self.depthwise((self.norm_conv(x) * valid[..., None]).transpose(1, 2)).transpose(1, 2)
            x = x + self.dropout(self.pointwise(nn.functional.gelu(local)))
        return x + self.dropout(self.feed(self.norm_feed(x)))


class HeardHead(nn.Module):
    """Which label was said in the place of each canonical phone, the blank for none: the alternatives of GOP-SF,
    weighed by how often the recogniser mistakes which for which.

    It learns only from speech of which it is certain what was said (`distill`: and from its teachers), and from nothing
    but the place's own features: what the experts call wrong is another question, so its answer is evidence that owes
    nothing to their scores (stacking.py). Wider, or with the places beside it, it knew synthetic voices better and
    learners worse."""

    # Of the lattice's log ratios, where training begins.
    FIRST_WEIGHT = 0.5

    def __init__(self, config: ScorerConfig):
        super().__init__()
        width = config.heard_width
        self.canonical = nn.Embedding(NUM_LABELS, width)
        nn.init.normal_(self.canonical.weight, std=0.2)
        self.hidden = nn.Linear(config.num_features, width)
        self.dropout = nn.Dropout(config.heard_dropout)
        self.out = nn.Linear(width, NUM_LABELS)
        self.pair = nn.Embedding(NUM_LABELS, NUM_LABELS)
        self.ratios = nn.Linear(config.num_features, NUM_LABELS, bias=False)
        nn.init.zeros_(self.out.weight)
        nn.init.zeros_(self.pair.weight)
        # The first features are log p(canonical) - log p(label).
        slope = -self.FIRST_WEIGHT * RATIO_SCALE
        self.ratios.weight.data.copy_(slope * torch.eye(NUM_LABELS, config.num_features))

    def forward(self, raw: torch.Tensor, standardised: torch.Tensor, phone: torch.Tensor) -> torch.Tensor:
        """Features as they are and standardised, [B, N, F] -> log-odds up to a constant, [B, N, labels]."""
        hidden = nn.functional.gelu(self.hidden(standardised) + self.canonical(phone))
        return self.out(self.dropout(hidden)) + self.pair(phone) + self.ratios(raw)


class ScorerModel(nn.Module):
    def __init__(self, config: ScorerConfig):
        super().__init__()
        self.config = config
        width = config.width
        self.features = Standardise(config.num_features)
        self.insertions = Standardise(config.num_insertion_features)
        self.states = Standardise(config.state_dim)
        self.utterance_features = Standardise(config.num_utterance_features)
        self.utterance_states = Standardise(config.utterance_state_dim)
        self.feature_in = nn.Linear(config.num_features, width)
        self.state_in = nn.Sequential(
            FastDropout(config.state_dropout),
            nn.Linear(config.state_dim, config.state_bottleneck),
            nn.GELU(),
            nn.Linear(config.state_bottleneck, width),
        )
        self.phone_embedding = nn.Embedding(NUM_LABELS, width)
        self.stress_embedding = nn.Embedding(4, width)
        self.place_embedding = nn.Embedding(4, width)
        for embedding in (self.phone_embedding, self.stress_embedding, self.place_embedding):
            nn.init.normal_(embedding.weight, std=0.2)
        self.input_dropout = nn.Dropout(config.dropout)
        self.blocks = nn.ModuleList(Block(config) for _ in range(config.blocks))
        self.heard_head = HeardHead(config)
        self.phone_head = nn.Sequential(nn.LayerNorm(width), nn.Linear(width, 2))
        self.insertion_head = nn.Sequential(
            nn.Linear(2 * width + config.num_insertion_features, 64),
            nn.GELU(),
            nn.Dropout(config.dropout),
            nn.Linear(64, 1),
        )
        if config.histogram_head:
            self.histogram_head = nn.Sequential(nn.LayerNorm(width), nn.Linear(width, 2))
        if config.attentive_words:
            self.phone_attention = nn.Linear(width, 1)
        self.word_block = Block(config)
        self.word_head = nn.Sequential(nn.LayerNorm(width), nn.Linear(width, NUM_WORD_SCORES))
        self.word_attention = nn.Linear(width, 1)
        self.utterance_in = nn.Sequential(nn.Linear(config.num_utterance_features, width), nn.GELU())
        self.utterance_state_in = nn.Sequential(
            nn.Dropout(config.state_dropout), nn.Linear(config.utterance_state_dim, 48), nn.GELU()
        )
        self.utterance_head = nn.Sequential(
            nn.Linear(2 * width + 48, width),
            nn.GELU(),
            nn.Dropout(config.dropout),
            nn.Linear(width, NUM_UTTERANCE_SCORES),
        )
        # Start at the labels' means, so that the first steps fit differences.
        nn.init.constant_(self.word_head[1].bias, 1.8)
        nn.init.constant_(self.utterance_head[3].bias, 1.5)
        self.phone_head[1].bias.data.copy_(torch.tensor([1.8, -2.0]))
        nn.init.constant_(self.insertion_head[3].bias, -4.0)

    def embedded(self, batch: dict[str, torch.Tensor]) -> torch.Tensor:
        """Phones before the blocks, [B, N, width]."""
        x = self.feature_in(self.features(batch["phone_features"])) + self.state_in(
            self.states(batch["phone_states"])
        )
        x = x + self.phone_embedding(batch["phone"]) + self.stress_embedding(batch["stress"])
        return x + self.place_embedding(batch["place"])

    def encoded(self, embedded: torch.Tensor, valid: torch.Tensor) -> torch.Tensor:
        """Phones after the blocks, [B, N, width]."""
        x = self.input_dropout(embedded)
        for block in self.blocks:
            x = block(x, valid)
        return x

    def insertion_logits(self, x: torch.Tensor, features: torch.Tensor, valid: torch.Tensor) -> torch.Tensor:
        """[B, N]: log-odds that a sound which is not in the text follows each phone. What the blocks make of the phone
        and of the next one is read, not shaped: the experts never marked insertions, and what they did mark must not
        pay for this."""
        x = x.detach() * valid[..., None]
        after = nn.functional.pad(x[:, 1:], (0, 0, 0, 1))
        return self.insertion_head(torch.cat([x, after, self.insertions(features)], dim=-1))[..., 0]

    def pooled_words(self, x: torch.Tensor, word_pool: torch.Tensor) -> torch.Tensor:
        """word_pool [B, W, N]: 1 / (phones of the word) at its phones, else 0."""
        if not self.config.attentive_words:
            return word_pool @ x
        members = (word_pool > 0.0).to(x.dtype)
        logits = self.phone_attention(x).transpose(1, 2) + (members - 1.0) * 1e9
        return torch.softmax(logits, dim=-1) @ x

    def forward(self, batch: dict[str, torch.Tensor]) -> dict[str, torch.Tensor]:
        """Padded tensors named as ScorerInput's fields with a batch axis, + `phone_valid` [B, N],
        `word_valid` [B, W]. While training also `encoded_phones`, the phones after the blocks, and with a histogram
        head its logits `view_logits`."""
        x = self.encoded(self.embedded(batch), batch["phone_valid"])
        phone = self.phone_head(x)
        words = self.word_block(self.pooled_words(x, batch["word_pool"]), batch["word_valid"])
        weights = torch.softmax(
            self.word_attention(words)[..., 0] + (batch["word_valid"] - 1.0) * 1e9, dim=-1
        )
        pooled = (weights[..., None] * words).sum(dim=1)
        utterance = torch.cat(
            [
                pooled,
                self.utterance_in(self.utterance_features(batch["utterance_features"])),
                self.utterance_state_in(self.utterance_states(batch["utterance_states"])),
            ],
            dim=-1,
        )
        output = {
            "phone_score": phone[..., 0],
            "detection_logit": phone[..., 1],
            "insertion_logit": self.insertion_logits(x, batch["insertion_features"], batch["phone_valid"]),
            "heard_logit": self.heard_head(
                batch["phone_features"], self.features(batch["phone_features"]), batch["phone"]
            ),
            "word_scores": self.word_head(words),
            "utterance_scores": self.utterance_head(utterance),
        }
        if self.training:
            output["encoded_phones"] = x
            if self.config.histogram_head:
                output["view_logits"] = self.histogram_head(x)
        return output


INPUT_NAMES = [
    "phone_features",
    "phone_states",
    "insertion_features",
    "utterance_features",
    "utterance_states",
    "phone",
    "stress",
    "place",
    "word_pool",
    "phone_valid",
    "word_valid",
]
OUTPUT_NAMES = [
    "phone_score",
    "detection_logit",
    "insertion_logit",
    "heard_logit",
    "word_scores",
    "utterance_scores",
]
LOGITS = ("detection_logit", "insertion_logit", "heard_logit")  # log-odds; the other outputs are scores


class ScorerGraph(nn.Module):
    """What is exported: the mean of some models, weighed by a Stack (stacking.py), of one utterance without batch axis,
    scores 0-1. The engine pads phones and words to a few lengths (the runtime compiles every length it meets) and says
    in `phone_valid`, `word_valid` which are real."""

    def __init__(self, models: Sequence[ScorerModel], stack: nn.Module):
        super().__init__()
        self.models = nn.ModuleList(models)
        self.stack = stack

    def forward(self, *inputs: torch.Tensor) -> tuple[torch.Tensor, ...]:
        batch = dict(zip(INPUT_NAMES, inputs, strict=True))
        whole = {"utterance_features", "utterance_states"}  # [1, D] already
        batch = {name: v if name in whole else v[None] for name, v in batch.items()}
        outputs = [model(batch) for model in self.models]
        mean = {name: sum(of[name] for of in outputs) / len(outputs) for name in OUTPUT_NAMES}
        told = {name: of[0] for name, of in self.stack(mean, batch).items()}
        return tuple(told[name] if name in LOGITS else told[name] / 2.0 for name in OUTPUT_NAMES)
