"""Which pauses listeners notice: the two constants of src/diagnosis/pauses.cc, and how well they hold.

The rubric of SpeechOcean762 gives a fluency of 8 to 10 to speech "without noticeable pauses". With p(s) = 1 / (1 +
exp(-(a + b ln s))) for a pause of s seconds, and p0 for whatever else costs fluency,

    P(fluency < 8) = 1 - (1 - p0) prod (1 - p(s))

p0, a and b maximise the likelihood of the fit division's scores; what they say of dev is measured, and how often native
readers would be noticed. The pauses are those of the program's reports, without those at a mark of the text.
"""

from __future__ import annotations

import argparse
import itertools
import json
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from scipy.optimize import minimize
from scipy.special import expit
from scipy.stats import spearmanr

from .calibrate import expected_calibration_error
from .corpus import Utterance, read_corpus
from .engine_reports import engine_reports
from .metrics import area_under_roc

FLUENT_FROM = 8.0  # of 10: "without noticeable pauses"
NOTICED_FROM = 0.5  # probability; report.h
LENGTHS_S = (0.2, 0.3, 0.4, 0.6, 0.9, np.inf)  # of the table: from each to the next
ECE_BINS = 10


@dataclass
class Reading:
    """One recording that was assessed beside the text that was read."""

    seconds: list[float]  # of its pauses where the text has no mark
    at_marks: int  # pauses where it has one
    num_gaps: int  # between two words
    fluency: float | None


def readings_of(higgins: Path, pack: Path, utterances: list[Utterance]) -> list[Reading]:
    lines = [{"id": u.id, "audio": str(u.audio.resolve()), "text": u.text} for u in utterances]
    reports = engine_reports(higgins, pack, lines, may_refuse=True)
    out = []
    for utterance in utterances:
        report = reports[utterance.id]
        if "error" in report or any(w["code"] == "text_mismatch" for w in report["warnings"]):
            continue
        pauses = report["pauses"]
        seconds = [(p["end_ms"] - p["start_ms"]) / 1000 for p in pauses if not p["at_mark"]]
        fluency = utterance.scores["fluency"] if utterance.scores else None
        out.append(Reading(seconds, len(pauses) - len(seconds), len(report["words"]) - 1, fluency))
    return out


def log_not_noticed(log_seconds: np.ndarray, a: float, b: float) -> np.ndarray:
    """ln(1 - p(s)) = -ln(1 + exp(a + b ln s))."""
    return -np.logaddexp(0.0, a + b * log_seconds)


class Model:
    """p0, a and b above; fit: maximum likelihood."""

    def __init__(self, p0: float, a: float, b: float) -> None:
        self.p0, self.a, self.b = p0, a, b

    @classmethod
    def fit(cls, readings: list[Reading]) -> Model:
        fluent = np.array([reading.fluency >= FLUENT_FROM for reading in readings])
        log_seconds = np.log(np.array([s for reading in readings for s in reading.seconds]))
        owner = np.repeat(np.arange(len(readings)), [len(reading.seconds) for reading in readings])

        def cost(parameters: np.ndarray) -> float:
            base, a, b = parameters
            log_fluent = np.bincount(owner, log_not_noticed(log_seconds, a, b), len(readings))
            log_fluent -= np.logaddexp(0.0, base)  # ln(1 - p0)
            log_not = np.log(-np.expm1(np.minimum(log_fluent, -1e-12)))
            return -float(np.where(fluent, log_fluent, log_not).mean())

        base, a, b = minimize(cost, np.array([-2.0, 1.0, 2.0]), method="Nelder-Mead").x
        return cls(float(expit(base)), float(a), float(b))

    def noticed(self, seconds: list[float]) -> np.ndarray:
        """p(s) of each."""
        return expit(self.a + self.b * np.log(np.array(seconds)))

    def not_fluent(self, reading: Reading) -> float:
        return 1.0 - (1.0 - self.p0) * float(np.prod(1.0 - self.noticed(reading.seconds)))


def agreement(model: Model, readings: list[Reading]) -> dict:
    stated = np.array([model.not_fluent(reading) for reading in readings])
    fluency = np.array([reading.fluency for reading in readings])
    observed = fluency < FLUENT_FROM
    longest = np.array([max(reading.seconds, default=0.0) for reading in readings])
    bands = {"none": longest == 0.0}
    for low, high in itertools.pairwise(LENGTHS_S):
        name = f"{low:.1f} to {high:.1f} s" if np.isfinite(high) else f"{low:.1f} s and more"
        bands[name] = (longest >= low - 1e-9) & (longest < high - 1e-9)
    return {
        "recordings": len(readings),
        "auc": area_under_roc(stated, observed),
        "calibration_error": expected_calibration_error(stated, observed, ECE_BINS),
        "rank_correlation": float(spearmanr(-stated, fluency).statistic),
        "by_longest_pause": {
            name: {
                "recordings": int(band.sum()),
                "not_fluent": float(observed[band].mean()),
                "stated": float(stated[band].mean()),
            }
            for name, band in bands.items()
            if band.any()
        },
    }


def native_figures(model: Model, readings: list[Reading]) -> dict:
    gaps = sum(reading.num_gaps for reading in readings)
    noticed = sum(
        int((model.noticed(reading.seconds) >= NOTICED_FROM).sum()) for reading in readings if reading.seconds
    )
    return {
        "recordings": len(readings),
        "gaps": gaps,
        "pauses": sum(len(reading.seconds) for reading in readings),
        "pauses_at_marks": sum(reading.at_marks for reading in readings),
        "noticed": noticed,
        "noticed_share": noticed / max(1, gaps),
    }


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--higgins", type=Path, default=Path("build/release/higgins"), help="the binary")
    parser.add_argument("--pack", type=Path, default=Path("packs/en-us"))
    parser.add_argument(
        "--corpus", type=Path, required=True, help="folder with labels.jsonl and experts' scores"
    )
    parser.add_argument(
        "--natives", type=Path, nargs="*", default=[], help="folders of native speech with texts"
    )
    parser.add_argument("--limit", type=int, help="only so many recordings of each division")
    parser.add_argument("--json", type=Path, help="write the figures to a file")


def run(args: argparse.Namespace) -> None:
    def readings(corpus: Path, division: str, scored: bool = True) -> list[Reading]:
        of_division = [u for u in read_corpus(corpus) if u.division == division and u.text]
        utterances = [u for u in of_division if u.scores or not scored][: args.limit]
        found = readings_of(args.higgins, args.pack, utterances)
        if not found:
            what = "text and experts' scores" if scored else "text"
            raise SystemExit(f"{corpus}: no recording with {what} in division {division}")
        return found

    model = Model.fit(readings(args.corpus, "fit"))
    figures = {
        "intercept": model.a,
        "slope": model.b,
        "otherwise_not_fluent": model.p0,
        "noticed_from_s": float(np.exp(-model.a / model.b)),
        "dev": agreement(model, readings(args.corpus, "dev")),
        "natives": {
            folder.name: native_figures(model, readings(folder, "dev", scored=False))
            for folder in args.natives
        },
    }
    text = json.dumps(figures, indent=1)
    print(text)
    if args.json:
        args.json.write_text(text + "\n")
