"""What the scorer learns from: one item an utterance, and items padded into a batch."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import torch

from .corpus import Utterance
from .expert_marks import ACCENTED, RIGHT
from .phones import BLANK, NUM_LABELS, label
from .scorer_options import ScorerOptions

UTTERANCE_SCORES = ["accuracy", "fluency", "prosody", "completeness", "total"]
WORD_SCORES = ["accuracy", "stress", "total"]
UNKNOWN = -1  # in Item.heard
ANNOUNCER = "announcer"  # a kind: natives whose like was not in the training


@dataclass
class Item:
    """One utterance: the engine's inputs and the experts' scores, all on 0-2. NaN: not scored."""

    inputs: dict[str, np.ndarray]
    phone: np.ndarray  # [N]
    word: np.ndarray  # [W, 3]
    utterance: np.ndarray  # [5]
    # [N] how certain it is, 0-1, that a sound was said after the phone that is not in the text. NaN: not known.
    insertion: np.ndarray
    heard: (
        np.ndarray
    )  # [N] the label that was said in the place of the phone, the blank for none. -1: not known.
    kind: str  # "learner", "native", "synthetic" or, to be measured on only, ANNOUNCER
    speaker: str
    teacher: dict[str, np.ndarray] | None = None  # the teachers' mean outputs, named as the model's
    # [N, 2] shares of the experts who heard each phone as at least accented, as right. NaN: their views are not known.
    views: np.ndarray | None = None
    id: str = ""  # the utterance's

    @property
    def native(self) -> bool:
        return self.kind == "native"

    @property
    def scored(self) -> bool:
        """By experts; what natives are known to deserve is no score of theirs."""
        return self.kind == "learner" and not np.isnan(self.utterance[0])


def make_item(utterance: Utterance, inputs: dict[str, np.ndarray]) -> Item:
    """Native phones are right unless the text was changed, and native speech beside its own text is what the experts'
    rubric gives full marks for; of learners' recordings, only untouched ones have scores of more than phones."""
    phone = np.array(
        [s for w in utterance.words for s in w.phone_scores or [2.0] * len(w.phones)], np.float32
    )
    word = np.full((len(utterance.words), 3), np.nan, np.float32)
    whole = np.full(5, np.nan, np.float32)
    if utterance.scores is not None:
        word = np.array([[w.accuracy, w.stress, w.total] for w in utterance.words], np.float32) / 5.0
        whole = np.array([utterance.scores[name] for name in UTTERANCE_SCORES], np.float32) / 5.0
    elif utterance.native and "of" not in utterance.extra:
        whole[:] = RIGHT
    return Item(
        inputs,
        phone,
        word,
        whole,
        insertions_in(utterance),
        heard_in(utterance),
        utterance.kind,
        utterance.speaker,
        views=shares_of_views(utterance),
        id=utterance.id,
    )


def insertions_in(utterance: Utterance) -> np.ndarray:
    """float32 [N] as Item.insertion: what was spoken where that is certain, natives insert nothing, and of learners
    the share of the experts who heard it."""
    certain = utterance.synthetic or utterance.native
    rows: list[float] = []
    for word in utterance.words:
        if not certain:
            rows += word.insertion_views or [np.nan] * len(word.phones)
        elif word.spoken is not None:
            rows += [float(len(slot) > 1) for slot in word.spoken]
        else:
            rows += [0.0] * len(word.phones)
    return np.array(rows, np.float32)


def heard_in(utterance: Utterance) -> np.ndarray:
    """int64 [N] as Item.heard. What learners said is not certain: the experts heard an error, not which."""
    if not (utterance.synthetic or utterance.native):
        return np.full(len(utterance.phones), UNKNOWN)
    slots = [slot for word in utterance.words for slot in word.spoken or [[phone] for phone in word.phones]]
    return np.array([label(slot[0]) if slot else BLANK for slot in slots])


def shares_of_views(utterance: Utterance) -> np.ndarray:
    """float32 [N, 2] as Item.views."""
    rows = []
    for word in utterance.words:
        for views in word.phone_views or [[]] * len(word.phones):
            known = np.array(views)
            rows.append([(known >= ACCENTED).mean(), (known >= RIGHT).mean()] if views else [np.nan] * 2)
    return np.array(rows, np.float32)


def without_labels(item: Item) -> Item:
    return replace(item, phone=np.full_like(item.phone, np.nan), views=None)


def collate(items: list[Item]) -> tuple[dict[str, torch.Tensor], dict[str, torch.Tensor]]:
    """Pads to the longest; labels are NaN where padded."""
    phones, words = max(len(i.phone) for i in items), max(len(i.word) for i in items)
    size = len(items)

    def stack(name: str, dtype: torch.dtype) -> torch.Tensor:
        width = items[0].inputs[name].shape[1:]
        out = torch.zeros((size, phones, *width), dtype=dtype)
        for row, item in enumerate(items):
            out[row, : len(item.phone)] = torch.from_numpy(item.inputs[name])
        return out

    batch = {
        name: stack(name, torch.float32) for name in ("phone_features", "phone_states", "insertion_features")
    }
    batch |= {name: stack(name, torch.long) for name in ("phone", "stress", "place")}
    for name in ("utterance_features", "utterance_states"):
        batch[name] = torch.from_numpy(np.concatenate([i.inputs[name] for i in items]).astype(np.float32))
    batch["phone_valid"] = torch.zeros(size, phones)
    batch["word_valid"] = torch.zeros(size, words)
    batch["word_pool"] = torch.zeros(size, words, phones)
    labels = {
        "phone": torch.full((size, phones), torch.nan),
        "word": torch.full((size, words, 3), torch.nan),
        "utterance": torch.from_numpy(np.stack([i.utterance for i in items])),
        "views": torch.full((size, phones, 2), torch.nan),
        "insertion": torch.full((size, phones), torch.nan),
        "heard": torch.full((size, phones), UNKNOWN),
        # Recordings whose phones were scored by experts; of others, what is known follows from the text.
        "by_experts": torch.tensor([item.kind == "learner" for item in items]),
    }
    for row, item in enumerate(items):
        batch["phone_valid"][row, : len(item.phone)] = 1.0
        batch["word_valid"][row, : len(item.word)] = 1.0
        counts = np.bincount(item.inputs["word_of_phone"], minlength=len(item.word))
        for phone, word in enumerate(item.inputs["word_of_phone"]):
            batch["word_pool"][row, word, phone] = 1.0 / counts[word]
        labels["phone"][row, : len(item.phone)] = torch.from_numpy(item.phone)
        labels["insertion"][row, : len(item.phone)] = torch.from_numpy(item.insertion)
        labels["heard"][row, : len(item.phone)] = torch.from_numpy(item.heard)
        labels["word"][row, : len(item.word)] = torch.from_numpy(item.word)
        if item.views is not None:
            labels["views"][row, : len(item.views)] = torch.from_numpy(item.views)
    if any(item.teacher for item in items):
        taught = {
            "phone_score": torch.full((size, phones), torch.nan),
            "detection_logit": torch.full((size, phones), torch.nan),
            "insertion_logit": torch.full((size, phones), torch.nan),
            "heard_logit": torch.full((size, phones, NUM_LABELS), torch.nan),
            "word_scores": torch.full((size, words, 3), torch.nan),
            "utterance_scores": torch.full((size, 5), torch.nan),
        }
        for row, item in enumerate(items):
            for name, values in (item.teacher or {}).items():
                taught[name][row, : len(values)] = torch.from_numpy(values)
        labels |= taught
    return batch, labels


def batches_of(items: list[Item], options: ScorerOptions, generator: np.random.Generator) -> list[list[Item]]:
    """Batches of similar length, at most options.batch utterances and batch_phones padded phones, in random order."""
    noisy = sorted(((len(item.phone) * generator.uniform(0.7, 1.3), at) for at, item in enumerate(items)))
    batches: list[list[Item]] = [[]]
    for _, at in noisy:
        longest = max(len(item.phone) for item in [*batches[-1], items[at]])
        if batches[-1] and (
            len(batches[-1]) == options.batch or longest * (len(batches[-1]) + 1) > options.batch_phones
        ):
            batches.append([])
        batches[-1].append(items[at])
    return [batches[i] for i in generator.permutation(len(batches))]
