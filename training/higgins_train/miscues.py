"""Measure with the shipped binary what it says when a text was not read as it stands.

Recordings of a corpus, each four times: beside its own text ("own"); beside its text without one to three words in a
row, so that the reader added these ("added"); beside its text with one to three words of another text in the middle,
before or behind, so that these were left out ("omitted"); and with one to three words in a row heard twice, cut where
the report of "own" has them ("repeated"). What a report says of the words that were read all the same is compared with
what it says beside their own text.
"""

from __future__ import annotations

import argparse
import json
import tempfile
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import soundfile
from tqdm import tqdm

from .corpus import SAMPLE_RATE_HZ, Utterance, read_corpus
from .diagnosis import POOR_WORD_BELOW
from .engine_reports import engine_reports

KINDS = ("own", "added", "omitted", "repeated")
MOST_WORDS = 3
FEWEST_READ = 3  # words that were read, as the text has them
OMITTED_FROM = 0.5  # probability; report.h


@dataclass
class Case:
    id: str
    kind: str
    audio: Path
    words: list[str]  # the text that the recording is assessed with
    own_word: list[int | None]  # for each, which word of the own text it is; None: it was not read
    place: int | None = None  # where speech was added: before this word of `words`
    repeats: tuple[int, int] | None = None  # the words [begin, end) of `words` that are heard twice


def own_case(utterance: Utterance) -> Case:
    words = utterance.text.split()
    return Case(f"{utterance.id} own", "own", utterance.audio, words, list(range(len(words))))


def stretch(random: np.random.Generator, num_words: int, most: int = MOST_WORDS) -> tuple[int, int]:
    count = int(random.integers(1, most + 1))
    begin = int(random.integers(0, num_words - count + 1))
    return begin, begin + count


def added_case(utterance: Utterance, random: np.random.Generator) -> Case | None:
    own = own_case(utterance)
    if len(own.words) <= FEWEST_READ:
        return None
    begin, end = stretch(random, len(own.words), min(MOST_WORDS, len(own.words) - FEWEST_READ))
    return replace(
        own,
        id=f"{utterance.id} added",
        kind="added",
        words=own.words[:begin] + own.words[end:],
        own_word=own.own_word[:begin] + own.own_word[end:],
        place=begin,
    )


def omitted_case(utterance: Utterance, other: Utterance, random: np.random.Generator) -> Case | None:
    own, others = own_case(utterance), other.text.split()
    if len(own.words) < FEWEST_READ or len(others) < MOST_WORDS:
        return None
    begin, end = stretch(random, len(others))
    place = int(random.integers(0, len(own.words) + 1))
    return replace(
        own,
        id=f"{utterance.id} omitted",
        kind="omitted",
        words=own.words[:place] + others[begin:end] + own.words[place:],
        own_word=own.own_word[:place] + [None] * (end - begin) + own.own_word[place:],
    )


def repeated_case(
    utterance: Utterance, report: dict, random: np.random.Generator, folder: Path
) -> Case | None:
    """`report`: of the own text. The sound file is written into `folder`."""
    own = own_case(utterance)
    if len(own.words) < FEWEST_READ or len(report["words"]) != len(own.words):
        return None
    begin, end = stretch(random, len(own.words))
    samples = utterance.samples()
    first, last = (
        round(report["words"][word][time] * SAMPLE_RATE_HZ / 1000)
        for word, time in ((begin, "start_ms"), (end - 1, "end_ms"))
    )
    if first >= last:
        return None
    audio = folder / f"{utterance.id.replace('/', '_')}.flac"
    soundfile.write(audio, np.concatenate([samples[:last], samples[first:]]), SAMPLE_RATE_HZ)
    return replace(own, id=f"{utterance.id} repeated", kind="repeated", audio=audio, repeats=(begin, end))


def cases_of(utterances: list[Utterance], reports: dict[str, dict], seed: int, folder: Path) -> list[Case]:
    cases = []
    for at, utterance in enumerate(tqdm(utterances, desc="recordings", unit="utt")):
        random = np.random.default_rng([seed, at])
        other = utterances[(at + int(random.integers(1, len(utterances)))) % len(utterances)]
        report = reports[f"{utterance.id} own"]
        cases += [
            added_case(utterance, random),
            omitted_case(utterance, other, random),
            None if "error" in report else repeated_case(utterance, report, random, folder),
        ]
    return [case for case in cases if case]


def run_engine(higgins: Path, pack: Path, cases: list[Case]) -> dict[str, dict]:
    lines = [
        {"id": case.id, "audio": str(case.audio.resolve()), "text": " ".join(case.words)} for case in cases
    ]
    return engine_reports(higgins, pack, lines, may_refuse=True)


def is_in_place(added: dict, case: Case) -> bool:
    """Nobody can tell which of two words that are the same was too many: a repetition stands before or behind."""
    places = {case.place} if case.repeats is None else set(range(case.repeats[0], case.repeats[1] + 1))
    return added["before_word"] in places


def names_repetition(added: dict, case: Case) -> bool:
    return (added["repeats_begin"], added["repeats_end"]) == case.repeats


def measure(cases: list[Case], reports: dict[str, dict]) -> dict[str, dict]:
    """By kind; shares are 0-1. "refused": recordings that were not assessed, which count nowhere else, as do those
    whose words the engine divides otherwise."""
    figures = {}
    for kind in KINDS:
        tally = Tally()
        of_kind = [case for case in cases if case.kind == kind]
        for case in of_kind:
            own = reports[case.id.removesuffix(kind) + "own"]
            tally.add(case, reports[case.id], own)
        if of_kind:
            figures[kind] = {"recordings": len(of_kind)} | tally.figures(kind)
    return figures


class Tally:
    def __init__(self) -> None:
        self.refused = 0
        self.mismatched: list[bool] = []
        self.omitted: list[bool] = []  # of the words that were not read, whether the report says so
        self.doubted: list[bool] = []  # of those that were read
        self.found: list[bool] = []  # of the recordings with speech that is not in the text
        self.named: list[bool] = []
        self.invented: list[bool] = []  # recordings with an addition where there is none
        self.spoilt: list[
            bool
        ] = []  # of the words that are good beside their own text, those that are poor here
        self.more_errors: list[
            int
        ] = []  # of 100 words that were read, mispronunciations beyond those beside the own text
        self.total: list[float] = []
        self.own_total: list[float] = []

    def add(self, case: Case, report: dict, own: dict) -> None:
        if "error" in report or "error" in own or len(report["words"]) != len(case.words):
            self.refused += 1
            return
        if len(own["words"]) <= max(word for word in case.own_word if word is not None):
            self.refused += 1
            return
        self.mismatched.append(any(warning["code"] == "text_mismatch" for warning in report["warnings"]))
        for at, (word, own_word) in enumerate(zip(report["words"], case.own_word, strict=True)):
            was_omitted = word["omission_probability"] >= OMITTED_FROM
            (self.omitted if own_word is None else self.doubted).append(was_omitted)
            if own_word is None:
                continue
            if own["words"][own_word]["accuracy"] >= POOR_WORD_BELOW:
                self.spoilt.append(word["accuracy"] < POOR_WORD_BELOW)
            self.more_errors.append(100 * (errors_of(report, at) - errors_of(own, own_word)))
        added = report["added_speech"]
        if case.place is not None or case.repeats is not None:
            self.found.append(any(is_in_place(stretch, case) for stretch in added))
        if case.repeats is not None:
            self.named.append(any(names_repetition(stretch, case) for stretch in added))
        self.invented.append(
            any(
                (case.place is None and case.repeats is None) or not is_in_place(stretch, case)
                for stretch in added
            )
        )
        self.total.append(report["utterance"]["total"])
        self.own_total.append(own["utterance"]["total"])

    def figures(self, kind: str) -> dict:
        means = {
            "text_mismatch": self.mismatched,
            "omitted_words_found": self.omitted,
            "read_words_doubted": self.doubted,
            "additions_found": self.found,
            "repetitions_named": self.named,
            "additions_invented": self.invented,
            "good_words_spoilt": self.spoilt if kind != "own" else [],
            "errors_more_per_100_words": self.more_errors,
            "mean_total": self.total,
            "mean_total_own": self.own_total,
        }
        return {"refused": self.refused} | {
            name: float(np.mean(values)) for name, values in means.items() if values
        }


def errors_of(report: dict, word: int) -> int:
    return sum(error["word_index"] == word for error in report["mispronunciations"])


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--higgins", type=Path, default=Path("build/release/higgins"), help="the binary")
    parser.add_argument("--pack", type=Path, default=Path("packs/en-us"))
    parser.add_argument("--corpora", type=Path, nargs="+", required=True, help="folders with labels.jsonl")
    parser.add_argument("--division", default="dev", help="of corpora that have it (default: dev)")
    parser.add_argument("--limit", type=int, help="only the first recordings of each")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--json", type=Path, help="write the figures to a file")


def run(args: argparse.Namespace) -> None:
    figures = {}
    for corpus in args.corpora:
        utterances = [u for u in read_corpus(corpus) if u.division == args.division and u.text][: args.limit]
        if len(utterances) < 2:
            raise SystemExit(f"{corpus}: fewer than two recordings with a text in division {args.division}")
        own = [own_case(utterance) for utterance in utterances]
        reports = run_engine(args.higgins, args.pack, own)
        with tempfile.TemporaryDirectory() as folder:
            cases = cases_of(utterances, reports, args.seed, Path(folder))
            reports |= run_engine(args.higgins, args.pack, cases)
        figures[corpus.name] = measure(own + cases, reports)
    text = json.dumps(figures, indent=1)
    print(text)
    if args.json:
        args.json.write_text(text + "\n")
