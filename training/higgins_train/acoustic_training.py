"""Train one phone recogniser: CTC head on frozen states first, then the encoder's upper layers with it.

Every epoch hears each recording once, as it is or as one of its augmented copies (augmentation.py). Synthetic speech
teaches what was spoken, learners' speech what is canonical except where the experts heard an error.
"""

from __future__ import annotations

import itertools
import json
import time
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np
import torch
from torch import nn
from tqdm import tqdm

from .acoustic_model import AcousticConfig, PhoneRecogniser
from .corpus import MISPRONOUNCED_BELOW, Utterance
from .ctc_loss import WILDCARD, ctc_loss
from .encoders import load_encoder
from .files import whole
from .metrics import collapse, edit_distance, pearson
from .phones import labels
from .score_guide import ScoreGuide, ScoreHead
from .states import StateCaches


@dataclass
class TrainOptions:
    epochs: int = 4
    head_epochs: int = 4
    frozen_layers: int = 3
    batch_frames: int = 2000
    encoder_rate: float = 1e-4
    head_rate: float = 5e-4
    warm_head_rate: float = 3e-3
    copies: int = 1  # augmented copies of every recording
    # Products in bfloat16, weights and sums in float32: twice as fast where the CPU has AVX512-BF16.
    bfloat16: bool = False
    # Weight of the experts' scores beside CTC while tuning (score_guide.py); 0: CTC alone.
    score_weight: float = 1.0
    seed: int = 1


def targets_of(utterance: Utterance) -> list[int]:
    """CTC targets; a phone that the experts heard as wrong becomes the wildcard."""
    if utterance.synthetic:
        return labels(utterance.spoken_phones)
    target = labels(utterance.phones)
    scores = utterance.phone_scores
    if scores is not None:
        target = [
            WILDCARD if score < MISPRONOUNCED_BELOW else label
            for label, score in zip(target, scores, strict=False)
        ]
    return target


def fits(target: list[int], num_frames: int) -> bool:
    """Whether CTC has a path at all: equal neighbours need a blank between them."""
    return num_frames >= len(target) + sum(a == b for a, b in itertools.pairwise(target))


Forward = tuple[torch.Tensor, torch.Tensor, list[torch.Tensor]]


class Trainer:
    """One model: its data, its two stages, and a checkpoint after every epoch."""

    def __init__(
        self,
        model: PhoneRecogniser,
        cache: StateCaches | None,
        options: TrainOptions,
        out: Path,
        copies: dict[str, list[Utterance]] | None = None,
    ):
        self.model, self.cache, self.options, self.out = model, cache, options, out
        self.copies = copies or {}
        self.guide: ScoreGuide | None = None

    # ---- data -----------------------------------------------------------------------------------------------------

    def num_frames(self, utterance: Utterance) -> int:
        if self.cache is not None:
            return self.cache.num_frames(utterance.id)
        return int(utterance.extra.setdefault("num_frames", len(utterance.samples()) // 320))

    def batches(self, utterances: list[Utterance], generator: np.random.Generator) -> list[list[Utterance]]:
        """Batches of similar length of about batch_frames frames, in random order."""
        noisy = [(self.num_frames(u) * generator.uniform(0.9, 1.1), u) for u in utterances]
        batches: list[list[Utterance]] = [[]]
        longest = 0
        for _, utterance in sorted(noisy, key=lambda pair: pair[0]):
            longest = max(longest, self.num_frames(utterance))
            if batches[-1] and longest * (len(batches[-1]) + 1) > self.options.batch_frames:
                batches.append([])
                longest = self.num_frames(utterance)
            batches[-1].append(utterance)
        return [batches[i] for i in generator.permutation(len(batches))]

    def _padded(self, batch: list[Utterance], layer: int) -> tuple[torch.Tensor, torch.Tensor]:
        arrays = [torch.from_numpy(np.array(self.cache.get(u.id, layer), dtype=np.float32)) for u in batch]
        lengths = torch.tensor([len(a) for a in arrays])
        return nn.utils.rnn.pad_sequence(arrays, batch_first=True), lengths

    def heard(self, utterances: list[Utterance], generator: np.random.Generator) -> list[Utterance]:
        """Each recording as it is or as one of its copies, with equal chance."""
        variants = [[u, *self.copies.get(u.id, [])] for u in utterances]
        return [of[int(generator.integers(len(of)))] for of in variants]

    # ---- forward --------------------------------------------------------------------------------------------------

    # Both give (log posteriors [B, T, labels], frames [B], states of the mixed layers).

    def head_only(self, batch: list[Utterance]) -> Forward:
        padded = [self._padded(batch, layer) for layer in self.model.config.mix_layers]
        mixed = [states for states, _ in padded]
        return self.model.head(mixed), padded[0][1], mixed

    def whole(self, batch: list[Utterance]) -> Forward:
        if self.cache is None:
            outputs = [self.model(torch.from_numpy(u.samples())[None])[0][0] for u in batch]
            padded = nn.utils.rnn.pad_sequence(outputs, batch_first=True)
            return padded, torch.tensor([len(o) for o in outputs]), []
        first = self.options.frozen_layers
        hidden, lengths = self._padded(batch, first)
        if self.model.training:
            hidden = mask_spans(hidden)
        padding = torch.arange(hidden.shape[1])[None] >= lengths[:, None]
        mask = padding[:, None, None].float() * -1e9 if padding.any() else None
        with torch.autocast("cpu", torch.bfloat16, enabled=self.options.bfloat16 and self.model.training):
            states = [state.float() for state in self.model.encoder.upper(hidden, first, mask)]
        by_layer = {first: hidden} | {first + 1 + i: state for i, state in enumerate(states)}
        mixed = [by_layer[layer] for layer in self.model.config.mix_layers]
        return self.model.head(mixed), lengths, mixed

    @torch.no_grad()  # not inference_mode: the head that is made here is trained afterwards
    def guide_by_scores(self, utterances: list[Utterance], weight: float) -> None:
        """From here on the experts' scores tune the encoder too; the phones' frames come from the head as it is."""
        if weight <= 0.0 or self.cache is None:
            return
        self.model.eval()
        torch.manual_seed(self.options.seed)  # a resumed run draws the same head
        self.guide = ScoreGuide(ScoreHead(len(self.model.config.mix_layers), self.model.encoder.dim))
        batches = self.batches(utterances, np.random.default_rng(0))
        for batch in tqdm(batches, desc=f"{self.out.name} frames of phones", unit="batch", mininterval=5):
            log_posteriors, lengths, _ = self.head_only(batch)
            for utterance, rows, length in zip(batch, log_posteriors.numpy(), lengths, strict=True):
                self.guide.align(utterance, rows[:length])
                for copy in self.copies.get(utterance.id, []):
                    self.guide.stretch(copy.id, utterance.id, self.num_frames(copy) / int(length))

    # ---- stages ---------------------------------------------------------------------------------------------------

    def run_stage(
        self,
        name: str,
        forward,
        train: list[Utterance],
        dev: list[Utterance],
        epochs: int,
        groups: list[dict],
        tuning: bool = False,
    ) -> None:
        checkpoint = self.out / f"{name}.checkpoint.pt"
        generator = np.random.default_rng(self.options.seed)
        torch.manual_seed(self.options.seed)
        steps = (
            len(self.batches(train, np.random.default_rng(0))) + 8
        )  # batch counts differ a little by epoch
        optimizer = torch.optim.AdamW(groups, weight_decay=0.01)
        scheduler = torch.optim.lr_scheduler.OneCycleLR(
            optimizer, [group["lr"] for group in groups], total_steps=steps * epochs + 1, pct_start=0.15
        )
        first = 0
        if checkpoint.exists():
            saved = torch.load(checkpoint, weights_only=False)
            self.model.load_state_dict(saved["model"])
            if self.guide is not None and tuning:
                self.guide.head.load_state_dict(saved["guide"])
            optimizer.load_state_dict(saved["optimizer"])
            scheduler.load_state_dict(saved["scheduler"])
            generator.bit_generator.state = saved["numpy"]
            torch.set_rng_state(saved["torch"])
            first = saved["epoch"] + 1
        parameters = [p for group in groups for p in group["params"]]
        for epoch in range(first, epochs):
            self.model.train()
            began, total, count = time.time(), 0.0, 0
            batches = self.batches(self.heard(train, generator) if tuning else train, generator)[:steps]
            progress = tqdm(
                batches, desc=f"{self.out.name} {name} {epoch + 1}/{epochs}", unit="batch", mininterval=5
            )
            for batch in progress:
                log_posteriors, lengths, mixed = forward(batch)
                loss = ctc_loss(log_posteriors, lengths, [targets_of(u) for u in batch])
                phones = sum(len(u.phones) for u in batch)
                objective = loss / phones
                if tuning and self.guide is not None:
                    scores = self.guide.loss(batch, mixed, generator)
                    objective = objective + self.options.score_weight * scores
                optimizer.zero_grad(set_to_none=True)
                objective.backward()
                nn.utils.clip_grad_norm_(parameters, 1.0)
                optimizer.step()
                scheduler.step()
                total, count = total + float(loss.detach()), count + phones
                progress.set_postfix(nats_per_phone=f"{total / count:.3f}")
            figures = {
                "stage": name,
                "epoch": epoch + 1,
                "train_nats_per_phone": total / count,
                "seconds": time.time() - began,
                **self.dev_figures(dev, forward),
            }
            print(json.dumps(figures), flush=True)
            with (self.out / "log.jsonl").open("a") as log:
                log.write(json.dumps(figures) + "\n")
            saved = {
                "model": self.model.state_dict(),
                "guide": self.guide.head.state_dict() if self.guide is not None else {},
                "optimizer": optimizer.state_dict(),
                "scheduler": scheduler.state_dict(),
                "numpy": generator.bit_generator.state,
                "torch": torch.get_rng_state(),
                "epoch": epoch,
            }
            with whole(checkpoint) as partial:
                torch.save(saved, partial)

    @torch.inference_mode()
    def dev_figures(self, utterances: list[Utterance], forward) -> dict[str, float]:
        """Phone error rate against the canonical phones (synthetic speech: the spoken ones), kind by kind; and how well
        the guiding head follows the experts."""
        self.model.eval()
        scores: list[tuple[np.ndarray, np.ndarray]] = []
        errors = {"learner": [0, 0], "native": [0, 0], "synthetic": [0, 0]}
        for batch in self.batches(utterances, np.random.default_rng(0)) if utterances else []:
            log_posteriors, lengths, mixed = forward(batch)
            if self.guide is not None:
                self.guide.head.eval()
                scores += self.guide.predictions(batch, mixed)
                self.guide.head.train()
            paths = log_posteriors.argmax(-1).numpy()
            for utterance, path, length in zip(batch, paths, lengths, strict=False):
                tally = errors[utterance.kind]
                truth = labels(utterance.spoken_phones)
                tally[0] += edit_distance(collapse(path[:length]), truth)
                tally[1] += len(truth)
        figures = {
            f"{kind}_phone_error_rate": wrong / total for kind, (wrong, total) in errors.items() if total
        }
        if scores:
            predicted, truth = (np.concatenate(part) for part in zip(*scores, strict=True))
            figures["guide_phone_pcc"] = pearson(predicted, truth)
        return figures


def mask_spans(hidden: torch.Tensor, share: float = 0.06, longest: int = 10) -> torch.Tensor:
    """SpecAugment on hidden states: spans of up to `longest` frames are zeroed, about `share` of all frames."""
    hidden = hidden.clone()
    batch, frames, _ = hidden.shape
    for row in range(batch):
        for _ in range(max(1, int(frames * share / (longest / 2)))):
            width = int(torch.randint(1, longest + 1, ()))
            begin = int(torch.randint(0, max(1, frames - width), ()))
            hidden[row, begin : begin + width] = 0.0
    return hidden


def train_recogniser(
    train: list[Utterance],
    dev: list[Utterance],
    init: Path,
    cache: StateCaches | None,
    options: TrainOptions,
    out: Path,
    copies: dict[str, list[Utterance]] | None = None,
) -> Path:
    """Trains one recogniser into out/model.pt, resuming what an interrupted run left."""
    final = out / "model.pt"
    if final.exists():
        return final
    out.mkdir(parents=True, exist_ok=True)
    torch.manual_seed(options.seed)
    encoder = load_encoder(init)
    model = PhoneRecogniser(encoder, AcousticConfig())
    if getattr(encoder, "splittable", False):
        for layer in encoder.layers:
            layer.dropout = model.config.dropout
    trainer = Trainer(model, cache, options, out, copies)
    train = [
        u for u in train if (cache is None or u.id in cache) and fits(targets_of(u), trainer.num_frames(u))
    ]
    # A copy that was sped up may be too short for its phones.
    trainer.copies = {
        key: [u for u in of if fits(targets_of(u), trainer.num_frames(u))]
        for key, of in trainer.copies.items()
    }
    dev = [u for u in dev if cache is None or u.id in cache]
    head = list(model.head.parameters())
    if cache is not None:
        trainer.run_stage(
            "head",
            trainer.head_only,
            train,
            dev,
            options.head_epochs,
            [{"params": head, "lr": options.warm_head_rate}],
        )
        encoder.requires_grad_(False)
        tuned = [*encoder.layers[options.frozen_layers :].parameters(), *encoder.layer_norm.parameters()]
        for parameter in tuned:
            parameter.requires_grad_(True)
    else:
        tuned = list(encoder.parameters())
    groups = [{"params": tuned, "lr": options.encoder_rate}, {"params": head, "lr": options.head_rate}]
    trainer.guide_by_scores([*train, *dev], options.score_weight)
    if trainer.guide is not None:
        groups.append({"params": list(trainer.guide.head.parameters()), "lr": options.head_rate})
    trainer.run_stage("tune", trainer.whole, train, dev, options.epochs, groups, tuning=True)
    (out / "options.json").write_text(json.dumps(asdict(options) | {"train": len(train)}, indent=1))
    model.save(final, str(init))  # last: it says that all is there
    return final
