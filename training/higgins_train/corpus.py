"""Readers of labelled speech. Every corpus becomes a list of `Utterance`.

A folder with `labels.jsonl` + `audio/` holds scored learners' speech (SpeechOcean762's fields) or unscored
native speech (phones only). The public SpeechOcean762 folder (`scores.json`-style resource + Kaldi
`train/`) is read too.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol

import numpy as np
import soundfile

from .expert_marks import views_of_word

SAMPLE_RATE_HZ = 16000
# A phone below this mean of the experts (0-2) counts as mispronounced.
MISPRONOUNCED_BELOW = 0.5


@dataclass
class Word:
    text: str
    phones: list[str]  # ARPAbet, vowels with stress
    phone_scores: list[float] | None = None  # 0-2, mean of the experts
    accuracy: float = 10.0  # 0-10
    stress: float = 10.0
    total: float = 10.0
    # Where it is certain (synthetic speech, native speech beside a changed text): what was said at each of `phones`;
    # the phone, another, none, or several.
    spoken: list[list[str]] | None = None
    # Per phone, the single experts' scores 0-2 in the corpus's order, less those that could not be read; None: no view.
    phone_views: list[list[float]] | None = None
    # Per phone, the share 0-1 of the experts who heard something after it that is not in the text.
    insertion_views: list[float] | None = None


@dataclass
class Utterance:
    id: str
    audio: Path
    speaker: str
    division: str  # "fit" or "dev"
    text: str
    words: list[Word]
    # 0-10: accuracy, fluency, prosody, completeness, total. None: nobody scored it.
    scores: dict[str, float] | None = None
    native: bool = False
    synthetic: bool = False
    age: int | None = None
    gender: str | None = None
    extra: dict = field(default_factory=dict)

    @property
    def phones(self) -> list[str]:
        return [phone for word in self.words for phone in word.phones]

    @property
    def kind(self) -> str:
        """ "learner", "native" or "synthetic"."""
        return "synthetic" if self.synthetic else "native" if self.native else "learner"

    @property
    def spoken_phones(self) -> list[str]:
        """What was said where it is certain, else the canonical phones."""
        return [p for w in self.words for slot in w.spoken or [[phone] for phone in w.phones] for p in slot]

    @property
    def word_of_phone(self) -> list[int]:
        return [index for index, word in enumerate(self.words) for _ in word.phones]

    @property
    def phone_scores(self) -> list[float] | None:
        if any(word.phone_scores is None for word in self.words):
            return None
        return [score for word in self.words for score in word.phone_scores]

    def samples(self) -> np.ndarray:
        """float32 [S], mono, 16 kHz."""
        samples, rate = soundfile.read(self.audio, dtype="float32", always_2d=True)
        if rate != SAMPLE_RATE_HZ:
            raise ValueError(
                f"{self.audio}: expected {SAMPLE_RATE_HZ} Hz, found {rate} Hz: resample it first"
            )
        return np.ascontiguousarray(samples.mean(axis=1))


def _scored(record: dict, audio: Path) -> Utterance:
    words = [
        Word(w["text"], w["phones"], w["phones-accuracy"], w["accuracy"], w["stress"], w["total"])
        for w in record["words"]
    ]
    judged = record.get("experts", {}).get("words", [])
    if len(judged) == len(words):
        for word, marks in zip(words, judged, strict=True):
            views = views_of_word(marks["phones"], word.phones)
            if views is not None:
                word.phone_views = [[mark.score for mark in of] for of in views]
                word.insertion_views = [sum(mark.inserted for mark in of) / len(of) for of in views]
    scores = {
        "accuracy": record["accuracy"],
        "fluency": record["fluency"],
        "prosody": record["prosodic"],
        "completeness": record["completeness"],
        "total": record["total"],
    }
    return Utterance(
        record["id"],
        audio,
        record["speaker"],
        record.get("division", "fit"),
        record["text"],
        words,
        scores,
        age=record.get("age"),
        gender=record.get("gender"),
    )


def _synthetic(record: dict, audio: Path) -> Utterance:
    words = []
    for word in record["words"]:
        spoken = [slot.split() for slot in word["spoken"]]
        # The phone itself is there, whatever follows it: an insertion is no error of its neighbour.
        scores = [
            2.0 if slot and slot[0].rstrip("012") == phone.rstrip("012") else 0.0
            for slot, phone in zip(spoken, word["phones"], strict=True)
        ]
        words.append(Word(word["text"], word["phones"], scores, spoken=spoken))
    return Utterance(
        record["id"],
        audio,
        record["speaker"],
        record["division"],
        record["text"],
        words,
        synthetic=True,
        extra={"kind": record["kind"]},
    )


def _native(record: dict, audio: Path) -> Utterance:
    if "words" in record:
        words = [Word(w["text"], w["phones"]) for w in record["words"]]
    else:  # phones without words: one long word; only the phone recogniser reads these
        words = [Word("", record["phones"])]
    return Utterance(
        record["id"],
        audio,
        "native-" + record["speaker"],
        record["division"],
        record.get("text", ""),
        words,
        native=True,
        gender=record.get("gender"),
    )


def _kaldi_table(path: Path) -> dict[str, str]:
    return dict(line.split(maxsplit=1) for line in path.read_text().splitlines() if line.strip())


def _read_public(folder: Path, part: str = "train") -> Iterator[Utterance]:
    """The public SpeechOcean762 folder: resource/{scores,scores-detail}.json, {train,test}/{wav.scp,utt2spk}, WAVE/."""
    scores = json.loads((folder / "resource" / "scores.json").read_text())
    detail = folder / "resource" / "scores-detail.json"
    experts = json.loads(detail.read_text()) if detail.exists() else {}
    waves = _kaldi_table(folder / part / "wav.scp")
    speakers = _kaldi_table(folder / part / "utt2spk")
    for utterance_id, wave in waves.items():
        record = dict(scores[utterance_id], id=utterance_id, speaker=speakers[utterance_id].strip())
        record |= {"experts": experts.get(utterance_id, {})}
        for word in record["words"]:
            if isinstance(word["phones"], str):
                word["phones"] = word["phones"].split()
        yield _scored(record, folder / wave.strip())


def read_corpus(folder: Path | str) -> list[Utterance]:
    """All utterances of a corpus folder, in the order of its labels."""
    folder = Path(folder)
    labels = folder / "labels.jsonl"
    if labels.exists():
        utterances = []
        for line in labels.read_text().splitlines():
            record = json.loads(line)
            make = _synthetic if record.get("synthetic") else _scored if "fluency" in record else _native
            utterances.append(make(record, folder / record["audio"]))
        return utterances
    if (folder / "resource" / "scores.json").exists():
        return list(_read_public(folder))
    raise FileNotFoundError(f"{folder} holds neither labels.jsonl nor resource/scores.json")


def add_corpus_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--corpus", type=Path, required=True, help="SpeechOcean762: labels.jsonl folder or public folder"
    )
    parser.add_argument("--native", type=Path, help="native speech with phones (labels.jsonl folder)")
    parser.add_argument("--synthetic", type=Path, nargs="*", default=[], help="folders that `synthesis` made")


def add_fit_on_argument(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--fit-on",
        choices=["fit", "all"],
        default="fit",
        help="all: the learners of dev too, for shipping; native and synthetic dev speech stays for measuring",
    )


def trained_on(utterances: list[Utterance], fit_on: str) -> list[Utterance]:
    """What is learned from. Native and synthetic speech of the dev division never is: a pack is measured on it."""
    return [u for u in utterances if u.division == "fit" or (fit_on == "all" and u.kind == "learner")]


def corpora_of(args: argparse.Namespace) -> list[list[Utterance]]:
    """The utterances of every corpus that was named, corpus by corpus."""
    folders = [args.corpus, *([args.native] if args.native else []), *args.synthetic]
    return [read_corpus(folder) for folder in folders]


class Spoken(Protocol):
    speaker: str


def speaker_folds(utterances: Sequence[Spoken], num_folds: int, seed: int = 0) -> list[int]:
    """Fold of every utterance; speakers never straddle folds, folds balanced by number of utterances."""
    by_speaker: dict[str, int] = {}
    for utterance in utterances:
        by_speaker[utterance.speaker] = by_speaker.get(utterance.speaker, 0) + 1
    order = sorted(by_speaker)
    np.random.default_rng(seed).shuffle(order)
    sizes = [0] * num_folds
    fold_of = {}
    for speaker in order:
        smallest = sizes.index(min(sizes))
        fold_of[speaker] = smallest
        sizes[smallest] += by_speaker[speaker]
    return [fold_of[utterance.speaker] for utterance in utterances]
