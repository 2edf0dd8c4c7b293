"""The model card of a pack: README.md written from figures.json, so that no figure is typed by hand."""

from __future__ import annotations

import json
from pathlib import Path

ROWS = [
    ("phone_pcc", "phone score, PCC"),
    ("phone_mse", "phone score, MSE (0-2)"),
    ("word_accuracy_pcc", "word accuracy, PCC"),
    ("word_stress_pcc", "word stress, PCC"),
    ("word_total_pcc", "word total, PCC"),
    ("utterance_accuracy_pcc", "utterance accuracy, PCC"),
    ("utterance_fluency_pcc", "utterance fluency, PCC"),
    ("utterance_prosody_pcc", "utterance prosody, PCC"),
    ("utterance_completeness_pcc", "utterance completeness, PCC"),
    ("utterance_total_pcc", "utterance total, PCC"),
    ("mdd_auc", "mispronunciation detection, AUC"),
    ("mdd_f1", "mispronunciation detection, F1 (fit only: the best; else at the pack's threshold)"),
    ("native_flagged", "share of native phones flagged at that threshold"),
    ("native_flagged_at_recall_60", "the same where 60 % of the experts' errors are found"),
    ("synthetic_auc", "errors injected into synthetic speech (unseen voices), AUC"),
    ("synthetic_found", "of them found at that threshold"),
    ("synthetic_false", "right phones of synthetic speech flagged"),
    ("synthetic_heard_named", "phone said instead (or none) named, of the errors in synthetic speech"),
    ("learner_insertions_auc", "sounds inserted by learners (half of the experts heard them, or none), AUC"),
    ("learner_insertions_found", "of those that half of the experts heard, at the threshold"),
    ("learner_insertions_right", "of those at the threshold, heard by one expert at least"),
    ("synthetic_insertions_auc", "sounds inserted into synthetic speech, AUC"),
    ("synthetic_insertions_found", "of them found where 1 place in 500 of native speech is reported"),
    ("synthetic_insertions_false", "other places of synthetic speech reported"),
]

SYNTHETIC = """- {num} recordings of two synthesisers, made by `python -m higgins_train synthesis`: Kokoro-82M
  (Apache-2.0) and flite's voices awb and kal16 (free licence). They read sentences right, with injected errors, and
  words that do not exist.
"""

RECOGNISER = (
    "The recogniser is the mean of the weights of {count}, each of which heard half of the speakers.\n"
)

CARD = """# Pack en-us, version {version}

American English: a phone recogniser (Whisper-base encoder, CTC head, int8), a scorer, a pronunciation dictionary, a
grapheme-to-phoneme model, articulation and advice. Made by `python -m higgins_train`; this page is written by it.

## What it was fitted on
- SpeechOcean762, {fit_on} (Zhang et al. 2021, CC BY 4.0): read English of Mandarin-speaking learners, half of them
  children, scored by five experts. The official test half was never used.
- LibriSpeech train-clean-100, readers of the fit division (Panayotov et al. 2015, CC BY 4.0): native readers.
{synthetic}- Start: OpenAI's Whisper-base encoder (MIT). Dictionary and grapheme-to-phoneme model: CMUdict (BSD).

{recogniser}The features that the scorer learned from came from recognisers that never heard the speaker ({folds}
speaker-disjoint folds{splits}).
{scorer}

{figures}

int8 costs at most {worst_drift:.4f} of any correlation against f32 on dev (gate: {max_drift}). The threshold and the
calibration of the error probabilities were chosen on speakers held out of what was fitted (cross-validation);
expected calibration error {ece:.4f} on {ece_on}. The threshold of insertions is where half of these
speakers' experts would hear one, or higher if native readers of dev have more than 1 in 500 places so. From a
probability of {unsure_low:.2f} up to {unsure_high:.2f} the pack is not sure of an error: a fifth of the experts' errors
lies below, and four flags in five above are right.

## Limits
- One kind of learner (Mandarin speakers) and read speech. Other accents and spontaneous speech were not measured.
- Native phones are dictionary phones: reductions that the lexicon's variants do not hold may be flagged.
- Stress is marked wrong on 0.8 % of the corpus' words and completeness hardly varies: treat both as weak.
- The diagnosis (what was said instead) has no expert labels in the corpus: synthetic and native speech taught it.
- Not for high-stakes decisions about a person.

## Making it again
```
{command}
```
Licence of the pack's own files: Apache-2.0; the attributions above must be kept.
"""


FIGURES_ON_DEV = """## Figures on the dev division
{num_dev} learners' and {num_native} native recordings, speakers never seen.

{rows}

`higgins eval --division dev` measures the same with the shipped binary. Phone error rate of the recogniser on dev:
learners {learner_per:.1%} against the canonical phones (they err), native readers {native_per:.1%} against dictionary
phones (they reduce).
"""

FIGURES_WITHOUT_DEV = """## Figures
This pack learned from the learners of the dev division too, so dev says nothing about it any more: `higgins eval
--division dev` gives figures that are too good. What can be known is this:
- **held out**: every learner of fit and dev judged by scorers (one a recipe) and a stack that learned from the others
  (cross-validation by speaker, features from recognisers that never heard the speaker).{fit_only}
- **shipped**: this pack, int8, on speech that it never heard: {num_native} native recordings of dev, and synthetic
  speech with voices of its own; the threshold chosen on the held-out learners.

{rows}

Phone error rate of the recogniser on native readers of dev: {native_per:.1%} against dictionary phones (they reduce).
"""

FIT_ONLY = """
- **fit only**: pack {version}, made without the learners of dev, with {num_synthetic_fit} synthetic recordings and
  {splits} splits, on dev, int8."""

SCORERS = """The shipped scorer is the mean of {members} networks of {parameters} parameters in one graph, and at
last a linear stack that was fitted on speakers held out of them."""


def figure_rows(card: dict) -> str:
    if card["fit_on"] == "all":
        return _table(_columns_without_dev(card))
    told = {"int8", "f32", "single", "averaged", "teacher"} & card.keys()
    columns = {
        f"one scorer, {card['seeds']} of them": lambda key: card["single"][key]["mean"],
        "spread": lambda key: card["single"][key]["spread"],
    }
    if "teacher" in card:
        columns["a teacher"] = lambda key: card["teacher"][key]["mean"]
    columns |= {
        "teachers averaged" if "teacher" in card else f"{card['seeds']} averaged": lambda key: card[
            "averaged"
        ][key],
        f"{card['members']} averaged, f32": lambda key: card["f32"][key],
        "shipped, int8": lambda key: card["int8"][key],
    }
    return _table(
        {
            name: {key: of(key) for key, _ in ROWS if all(key in card[of] for of in told)}
            for name, of in columns.items()
        }
    )


def _columns_without_dev(card: dict) -> dict[str, dict[str, float]]:
    unheard = {k: v for k, v in card["int8"].items() if k.startswith(("native_", "synthetic_"))}
    columns = {"held out": card["held_out"]}
    if "fit_only" in card:
        columns["fit only"] = card["fit_only"]["int8"]
    return columns | {"shipped": unheard}


def _table(columns: dict[str, dict[str, float]]) -> str:
    lines = ["| figure | " + " | ".join(columns) + " |", "|---" * (len(columns) + 1) + "|"]
    for key, title in ROWS:
        cells = [f"{of[key]:.3f}" if key in of else "" for of in columns.values()]
        if any(cells):
            lines.append(f"| {title} | " + " | ".join(cells) + " |")
    return "\n".join(lines)


def _figures(card: dict) -> str:
    if card["fit_on"] == "all":
        fit_only = card.get("fit_only")
        return FIGURES_WITHOUT_DEV.format(
            rows=figure_rows(card),
            fit_only=FIT_ONLY.format(**fit_only) if fit_only else "",
            num_native=card["num_native"],
            native_per=card["native_phone_error_rate"],
        ).rstrip()
    return FIGURES_ON_DEV.format(
        rows=figure_rows(card),
        num_dev=card["num_dev"],
        num_native=card["num_native"],
        learner_per=card["learner_phone_error_rate"],
        native_per=card["native_phone_error_rate"],
    ).rstrip()


def write_card(folder: Path) -> None:
    """Writes folder/README.md from folder/figures.json."""
    card = json.loads((folder / "figures.json").read_text())
    num_splits = card.get("splits", 1)
    (folder / "README.md").write_text(
        CARD.format(
            version=card["version"],
            figures=_figures(card),
            scorer=SCORERS.format(members=card["members"], parameters=f"{card['scorer_parameters']:,}"),
            folds=card["folds"],
            splits=f" of each of {num_splits} splits" if num_splits > 1 else "",
            recogniser=RECOGNISER.format(count=num_splits * card["folds"]) if num_splits > 1 else "",
            fit_on="the fit division only" if card["fit_on"] == "fit" else "the whole training half",
            worst_drift=max(card["drift"].values()),
            max_drift=card["max_drift"],
            ece=card["expected_calibration_error"],
            ece_on="the same speakers" if card["fit_on"] == "all" else "dev",
            command=card["command"],
            unsure_low=card["calibration"]["unsure_low"],
            unsure_high=card["calibration"]["unsure_high"],
            synthetic=SYNTHETIC.format(num=card["num_synthetic_fit"])
            if card.get("num_synthetic_fit")
            else "",
        )
    )
