"""Who is judged worse, and in which rooms: a pack's figures on dev by age, gender, word length, noise, band and level.

The conditions are made here from dev's own recordings; the pack's int8 graph and its scorer judge them. Dev is twenty
speakers, and few of its children say a phone wrong: --held-out adds the groups of a whole corpus.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Callable
from dataclasses import fields
from pathlib import Path

import numpy as np
import soundfile

from .augmentation import babble, coloured_noise, through_telephone, with_noise
from .calibrate import Points, calibration
from .corpus import MISPRONOUNCED_BELOW, Utterance, add_corpus_arguments, read_corpus
from .features import extract
from .held_out import HeldOut
from .metrics import area_under_roc, pearson
from .pack import ROLES, OnnxRecogniser, exported_scorer
from .scorer_items import Item, make_item

CHILD_UNTIL = 12  # years
GOOD_FROM = 1.8  # of 2: what the experts heard as right


class Changed(Utterance):
    """A recording heard through `extra["change"]`; everything else stays."""

    def samples(self) -> np.ndarray:
        return self.extra["change"](super().samples(), np.random.default_rng([*self.id.encode()]))


def conditions(voices: list[Path]) -> dict[str, Callable[[np.ndarray, np.random.Generator], np.ndarray]]:
    def white(snr_db: float):
        return lambda x, random: with_noise(x, snr_db, coloured_noise(len(x), 0.0, random))

    def crowd(snr_db: float):
        def change(x: np.ndarray, random: np.random.Generator) -> np.ndarray:
            chosen = [
                soundfile.read(voices[i], dtype="float32")[0] for i in random.integers(len(voices), size=5)
            ]
            return with_noise(x, snr_db, babble(chosen, len(x), random))

        return change

    named = {f"white noise, {snr} dB": white(snr) for snr in (20, 10, 5)}
    named |= {f"babble, {snr} dB": crowd(snr) for snr in (20, 10, 5)}
    named["telephone band"] = lambda x, random: through_telephone(x)
    named["peak at -40 dB"] = lambda x, random: x * (0.01 / (np.abs(x).max() + 1e-9))
    named["clipped by 12 dB"] = lambda x, random: np.clip(x * (4.0 / (np.abs(x).max() + 1e-9)), -1.0, 1.0)
    return named


def phone_figures(
    score: np.ndarray, logit: np.ndarray, truth: np.ndarray, points: Points
) -> dict[str, float]:
    """Of phones, all [N]; score and truth are 0-2. The three last: the mean of the probabilities that a phone is wrong,
    right phones flagged, wrong phones found."""
    wrong = truth < MISPRONOUNCED_BELOW
    probability = points.probability(logit)
    flagged = probability >= points.threshold
    return {
        "phones": len(truth),
        "wrong_phones": int(wrong.sum()),
        "phone_pcc": pearson(score, truth),
        "mean_phone_error": float((score - truth).mean()),
        "mdd_auc": area_under_roc(logit, wrong),
        "stated_wrong": float(probability.mean()),
        "flagged_right": float(flagged[truth >= GOOD_FROM].mean()),
        "found_wrong": float(flagged[wrong].mean()) if wrong.any() else float("nan"),
    }


def figures_of(predictions: list[dict], items: list[Item], points: Points) -> dict[str, float]:
    word = np.concatenate([p["word_scores"][:, 2] for p in predictions])
    whole = np.array([p["utterance_scores"][4] for p in predictions])
    return {
        "recordings": len(items),
        **phone_figures(
            np.concatenate([p["phone_score"] for p in predictions]),
            np.concatenate([p["detection_logit"] for p in predictions]),
            np.concatenate([i.phone for i in items]),
            points,
        ),
        "word_total_pcc": pearson(word, np.concatenate([i.word[:, 2] for i in items])),
        "utterance_total_pcc": pearson(whole, np.array([i.utterance[4] for i in items])),
    }


def groups_of(utterances: list[Utterance]) -> dict[str, list[bool]]:
    """Who belongs to which group; of groups that somebody belongs to."""
    members = {
        f"children (to {CHILD_UNTIL})": [u.age <= CHILD_UNTIL for u in utterances],
        "adults": [u.age > CHILD_UNTIL for u in utterances],
        "female": [u.gender == "f" for u in utterances],
        "male": [u.gender == "m" for u in utterances],
    }
    return {name: of for name, of in members.items() if any(of)}


def held_out_groups(held_out: HeldOut, utterances: list[Utterance]) -> dict[str, dict[str, float]]:
    """The phones of speakers held out, by group: of a run that learned from dev too these are all learners, not just
    dev's. The points are those that a pack gets, chosen for all of these speakers together."""
    by_speaker = {u.speaker: u for u in utterances}
    if not set(held_out.speaker) <= set(by_speaker):
        raise SystemExit(
            "the run's held-out speakers are not the corpus's: give the corpus that it learned from"
        )
    their = [by_speaker[speaker] for speaker in held_out.speaker]
    points = Points.of(calibration(held_out, 0.0, ""))
    out = {}
    for name, members in {"everybody": [True] * len(their), **groups_of(their)}.items():
        of = held_out.of(np.array(members))
        out[name] = phone_figures(of.score, of.logit, of.truth, points)
    return out


def by_word_length(predictions: list[dict], items: list[Item]) -> dict[str, dict[str, float]]:
    """Phones of words of 1-2, 3-4, 5 or more phones."""
    groups: dict[str, list[tuple[float, float]]] = {
        "1-2 phones": [],
        "3-4 phones": [],
        "5 phones or more": [],
    }
    for prediction, item in zip(predictions, items, strict=True):
        lengths = np.bincount(item.inputs["word_of_phone"])[item.inputs["word_of_phone"]]
        for length, said, truth in zip(lengths, prediction["phone_score"], item.phone, strict=True):
            name = "1-2 phones" if length <= 2 else "3-4 phones" if length <= 4 else "5 phones or more"
            groups[name].append((float(said), float(truth)))
    return {
        name: {"phones": len(pairs), "phone_pcc": pearson(*np.array(pairs).T)}
        for name, pairs in groups.items()
    }


def add_arguments(parser: argparse.ArgumentParser) -> None:
    add_corpus_arguments(parser)
    parser.add_argument("--run", type=Path, required=True, help="folder that keeps what the recogniser heard")
    parser.add_argument("--pack", type=Path, default=Path("packs/en-us"))
    parser.add_argument(
        "--held-out",
        type=Path,
        metavar="RUN",
        help="a run whose held-out speakers are shown by group too; of one with --fit-on all they are all learners",
    )
    parser.add_argument("--out", type=Path, required=True, help="JSON file to write")


def run(args: argparse.Namespace) -> None:
    learners = read_corpus(args.corpus)
    dev = [u for u in learners if u.division == "dev"]
    recogniser = OnnxRecogniser(args.pack / ROLES["acoustic"])
    score = exported_scorer(args.pack / ROLES["scorer"])
    points = Points.of(json.loads((args.pack / "manifest.json").read_text())["calibration"])
    cache = args.run / "fairness"
    cache.mkdir(parents=True, exist_ok=True)

    def judged(utterances: list[Utterance], name: str) -> tuple[list[dict], list[Item]]:
        inputs = extract(utterances, recogniser, cache / f"{name.replace(' ', '-').replace(',', '')}.pt")
        items = [make_item(u, inputs[u.id]) for u in utterances if u.id in inputs]
        return [score(item.inputs) for item in items], items

    predictions, items = judged(dev, "clean")
    if len(items) != len(dev):
        raise SystemExit("the engine refused a recording of dev: the groups would not line up")
    report = {"everybody": figures_of(predictions, items, points)}
    for name, members in groups_of(dev).items():
        theirs = [(p, i) for p, i, member in zip(predictions, items, members, strict=True) if member]
        report[name] = figures_of([p for p, _ in theirs], [i for _, i in theirs], points)
    for name, change in conditions([u.audio for u in dev]).items():
        changed = [
            Changed(
                **{f.name: getattr(u, f.name) for f in fields(u)} | {"extra": {**u.extra, "change": change}}
            )
            for u in dev
        ]
        report[name] = figures_of(*judged(changed, name), points)
    result = {
        "pack": str(args.pack.name),
        "groups": report,
        "word_length": by_word_length(predictions, items),
    }
    if args.held_out:
        result["held_out"] = held_out_groups(HeldOut.load(args.held_out), learners)
    args.out.write_text(json.dumps(result, indent=1) + "\n")
    held_out = {f"{name}, held out": f for name, f in result.get("held_out", {}).items()}
    for name, figures in (report | held_out).items():
        print(f"{name:28s} " + "  ".join(f"{key} {value:.3f}" for key, value in figures.items()))
