"""Measure the diagnosis with the shipped binary: errors of known place and kind in synthetic speech.

Reads folders that `synthesis` made with voices and sentences that training never met, runs `higgins batch` on them and
compares its report with what was spoken. A place is a canonical phone; an insertion is in the right place when it is
reported directly after the phone it followed.
"""

from __future__ import annotations

import argparse
import json
from collections import Counter
from pathlib import Path

import numpy as np

from .corpus import Utterance, Word, read_corpus
from .engine_reports import engine_reports
from .metrics import area_under_roc


def truth_of(word: Word) -> list[tuple[str | None, str | None]]:
    """Per canonical phone (kind, phone): what was done to it, and the phone heard instead or in addition."""
    out: list[tuple[str | None, str | None]] = []
    for phone, slot in zip(word.phones, word.spoken or [[p] for p in word.phones], strict=True):
        bare = [p.rstrip("012") for p in slot]
        if not bare:
            out.append(("deletion", None))
        elif bare[0] != phone.rstrip("012"):
            out.append(("substitution", bare[0]))
        elif len(bare) > 1:
            out.append(("insertion", bare[1]))
        else:
            out.append((None, None))
    return out


def heard_of(phonemes: list[dict]) -> tuple[list[dict], list[tuple[str | None, str | None]]]:
    """The canonical phones of a reported word, and what the report says was done to each of them."""
    canonical: list[dict] = []
    heard: list[tuple[str | None, str | None]] = []
    for entry in phonemes:
        if entry["error"] == "insertion":
            # One before the first phone belongs to no canonical phone of this word; it is a false alarm of the first.
            if heard and heard[-1][0] is None:
                heard[-1] = ("insertion", entry["actual"])
            elif not heard:
                canonical.append({"error_probability": 1.0, "expected": None})
                heard.append(("insertion", entry["actual"]))
            continue
        canonical.append(entry)
        heard.append((entry["error"], entry["actual"] if entry["error"] == "substitution" else None))
    if canonical and canonical[0]["expected"] is None:
        first, rest = heard[0], heard[1:]
        canonical, heard = canonical[1:], [rest[0] if rest[0][0] else first, *rest[1:]]
    return canonical, heard


DELETED = "-"
# A word's accuracy (0-1) below which experts, and Azure's ErrorType, hold it for mispronounced.
POOR_WORD_BELOW = 0.6


def spoken_and_heard(
    expected: str, truth: tuple[str | None, str | None], told: tuple[str | None, str | None]
) -> tuple[str, str]:
    """At a canonical phone: the phone that was spoken and the phone that the report says was heard; "-" for none."""

    def said(kind: str | None, other: str | None) -> str:
        if kind == "deletion":
            return DELETED
        return other if kind == "substitution" and other else expected

    return said(*truth), said(*told)


def run_engine(higgins: Path, pack: Path, utterances: list[Utterance]) -> dict[str, dict]:
    lines = []
    for utterance in utterances:
        said = {word.text: " ".join(word.phones) for word in utterance.words}
        line = {"id": utterance.id, "audio": str(utterance.audio.resolve()), "text": utterance.text}
        lines.append(line | {"pronunciations": said})
    return engine_reports(higgins, pack, lines)


def measure(utterances: list[Utterance], reports: dict[str, dict]) -> dict:
    """Shares are 0-1. `auc` ranks substituted and deleted phones above right ones by error_probability. Of words: those
    that score poorly, where a phone was substituted or left out and where every phone is right."""
    probabilities: list[float] = []
    injected: list[bool] = []
    kinds: Counter[str] = Counter()
    placed: Counter[str] = Counter()
    named = refused = false_alarms = num_right = 0
    confusions: Counter[str] = Counter()
    poor: dict[bool, list[bool]] = {True: [], False: []}  # by whether the word holds an error
    tally: dict[str, dict[str, Counter[str]]] = {"expected": {}, "spoken": {}}
    for utterance in utterances:
        report = reports[utterance.id]
        if "error" in report:
            refused += 1
            continue
        for word, told in zip(utterance.words, report["words"], strict=True):
            canonical, heard = heard_of(told["phonemes"])
            if len(canonical) != len(word.phones):
                raise ValueError(
                    f"{utterance.id}: {word.text}: the engine read other phones than it was given"
                )
            truth = truth_of(word)
            errors = {kind for kind, _ in truth} - {None}
            if errors != {"insertion"}:
                poor[bool(errors)].append(told["accuracy"] < POOR_WORD_BELOW)
            for entry, (kind, other), (told_kind, told_other) in zip(canonical, truth, heard, strict=True):
                spoken, reported = spoken_and_heard(entry["expected"], (kind, other), (told_kind, told_other))
                tally["expected"].setdefault(entry["expected"], Counter())[reported] += 1
                tally["spoken"].setdefault(spoken, Counter())[reported] += 1
                if kind != "insertion":
                    probabilities.append(entry["error_probability"])
                    injected.append(kind is not None)
                if kind is None:
                    num_right += 1
                    false_alarms += told_kind is not None
                    continue
                kinds[kind] += 1
                placed[kind] += told_kind == kind
                named += kind == "substitution" and told_kind == kind and told_other == other
                if kind == "substitution":
                    confusions[f"{entry['expected']}>{other}: {told_other or told_kind or 'passed'}"] += 1
    total = sum(kinds.values())
    return {
        "recordings": len(utterances),
        "refused": refused,
        "errors": total,
        "right_phones": num_right,
        "auc": area_under_roc(np.array(probabilities), np.array(injected)),
        "right_place_and_kind": sum(placed.values()) / max(1, total),
        **{f"right_place_and_kind_{kind}": placed[kind] / max(1, kinds[kind]) for kind in sorted(kinds)},
        "right_phone_of_substitutions": named / max(1, kinds["substitution"]),
        "right_phone_of_found_substitutions": named / max(1, placed["substitution"]),
        "false_alarms": false_alarms / max(1, num_right),
        "wrong_words_scored_poor": float(np.mean(poor[True])) if poor[True] else 0.0,
        "right_words_scored_poor": float(np.mean(poor[False])) if poor[False] else 0.0,
        # counts[phone][phone heard], by the phone that was expected and by the one that was spoken; "-" is none
        "heard_of_expected": {phone: dict(heard) for phone, heard in sorted(tally["expected"].items())},
        "heard_of_spoken": {phone: dict(heard) for phone, heard in sorted(tally["spoken"].items())},
        "commonest_misses": [
            f"{what} ({count})"
            for what, count in confusions.most_common()
            if what.split(">")[1].split(": ")[0] != what.split(": ")[1]
        ][:12],
    }


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--higgins", type=Path, default=Path("build/release/higgins"), help="the binary")
    parser.add_argument("--pack", type=Path, default=Path("packs/en-us"))
    parser.add_argument("--sets", type=Path, nargs="+", required=True, help="folders that `synthesis` made")
    parser.add_argument("--json", type=Path, help="write the figures to a file")


def run(args: argparse.Namespace) -> None:
    figures = {}
    for folder in args.sets:
        utterances = [u for u in read_corpus(folder) if "?" not in u.text]
        figures[folder.name] = measure(utterances, run_engine(args.higgins, args.pack, utterances))
    text = json.dumps(figures, indent=1)
    print(text)
    if args.json:
        args.json.write_text(text + "\n")
