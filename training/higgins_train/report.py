"""Write the tables and plots of docs/accuracy.md from the runs' own JSON: no figure is typed by hand.

Takes what a run left (ablation rows, scorer.json, experts, decoder, diagnosis, fairness), keeps it under
docs/figures/accuracy/ so that the page can be written again without the run, and fills the blocks between
`<!-- report:NAME begin -->` and `<!-- report:NAME end -->`. Plots are drawn from the dev predictions of the run's first
scorer.

A run that learned from dev too (`--fit-on all`) leaves the figures and plots of dev as they are: only what it says of
held-out speakers and of speech that it never heard is taken.
"""

from __future__ import annotations

import argparse
import json
import shutil
from pathlib import Path

import numpy as np

from . import experts
from .report_plots import draw, draw_confusions, draw_fairness
from .variants import SCALARS, VARIANTS

COLUMNS = [
    ("phone", "phone_pcc"),
    ("word", "word_total_pcc"),
    ("utterance", "utterance_total_pcc"),
    ("fluency", "utterance_fluency_pcc"),
    ("prosody", "utterance_prosody_pcc"),
    ("AUC", "mdd_auc"),
    ("F1", "mdd_f1"),
    ("native flagged", "native_flagged_at_recall_60"),
    ("announcer flagged", "announcer_flagged_at_recall_60"),
    ("synthetic AUC", "synthetic_auc"),
]


def cell(figures: dict, key: str) -> str:
    if key not in figures:
        return ""
    mean, spread = figures[key]["mean"], figures[key]["spread"]
    if key.endswith("flagged_at_recall_60"):
        return f"{mean:.2%}"
    return f"{mean:.3f}" + (f" ± {spread:.3f}" if spread else "")


def rows_of(folder: Path) -> list[str]:
    """Finished rows, in the order of the table; joined ones last."""
    there = {path.stem for path in (folder / "ablation").glob("*.json")}
    single = [*SCALARS, *VARIANTS]
    return [name for name in single if name in there] + sorted(there - set(single))


def ablation_block(folder: Path) -> str:
    lines = ["| | " + " | ".join(name for name, _ in COLUMNS) + " |", "|---" * (len(COLUMNS) + 1) + "|"]
    for name in rows_of(folder):
        row = json.loads((folder / "ablation" / f"{name}.json").read_text())
        lines.append(
            f"| {row['about']} | " + " | ".join(cell(row["figures"], key) for _, key in COLUMNS) + " |"
        )
    return "\n".join(lines)


def runs_block(folder: Path) -> str:
    lines = ["| row | seeds | hours | commit |", "|---|---|---|---|"]
    for name in rows_of(folder):
        row = json.loads((folder / "ablation" / f"{name}.json").read_text())
        lines.append(f"| {name} | {row['seeds']} | {row['hours']:.2f} | {row['commit']} |")
    return "\n".join(lines)


def shipped_block(folder: Path) -> str:
    """The run's scorers, their mean and what they learned from, with the threshold chosen inside fit."""
    report = json.loads((folder / "scorer.json").read_text())
    lines = ["| | " + " | ".join(name for name, _ in COLUMNS) + " |", "|---" * (len(COLUMNS) + 1) + "|"]
    averaged = {key: {"mean": value, "spread": 0.0} for key, value in report["averaged"].items()}
    rows = [(f"one scorer, {report['seeds']} of them", report["single"])]
    if "teacher" in report:
        rows = [(f"one distilled scorer, {report['seeds']} of them", report["single"])]
        rows.append(("their teachers, one", report["teacher"]))
    if "unstacked" in report:
        rows.append(("one, before the stack", report["unstacked"]))
    rows.append(
        ("the teachers averaged" if "teacher" in report else f"the {report['seeds']} averaged", averaged)
    )
    for title, figures in rows:
        lines.append(f"| {title} | " + " | ".join(cell(figures, key) for _, key in COLUMNS) + " |")
    at = report["at_threshold_inside_fit"]
    lines.append("")
    lines.append(
        "F1 in the table is the best over thresholds on dev. At the highest threshold whose F1 on speakers held out "
        f"inside fit is within a standard error of the best there: F1 {at['f1']['mean']:.3f} ± "
        f"{at['f1']['spread']:.3f}, precision {at['precision']['mean']:.3f}, recall {at['recall']['mean']:.3f}."
    )
    by_class = report.get("thresholds_by_class")
    if by_class:
        verdict = "so they travel with the pack" if by_class["pays"] else "not enough to ship them"
        lines.append(
            "Thresholds for each class of phones, cross-validated by speaker inside fit: "
            f"F1 {by_class['f1_by_class']:.3f} against {by_class['f1_common']:.3f} with one threshold, {verdict}."
        )
    return "\n".join(lines)


def held_out_block(folder: Path) -> str:
    """Of a run that learned from dev: its learners, judged by scorers that learned from the others."""
    report = json.loads((folder / "scorer-fit-on-all.json").read_text())
    shown = [(name, key) for name, key in COLUMNS if key in report["held_out"]]
    lines = ["| | " + " | ".join(name for name, _ in shown) + " |", "|---" * (len(shown) + 1) + "|"]
    values = " | ".join(f"{report['held_out'][key]:.3f}" for _, key in shown)
    lines.append(f"| speakers of fit and dev, held out | {values} |")
    return "\n".join(lines)


def experts_block(folder: Path) -> str:
    """Each expert, and the engine, against the mean of the other four; how far experts agree at all."""
    report = json.loads((folder / experts.FILE).read_text())
    shown = [
        ("phone", "phone_pcc"),
        ("AUC", "mdd_auc"),
        ("precision", "mdd_precision"),
        ("recall", "mdd_recall"),
        ("F1", "mdd_f1"),
    ]
    lines = ["| | " + " | ".join(name for name, _ in shown) + " |", "|---" * (len(shown) + 1) + "|"]
    for title, judges in (
        *((f"expert {at}", [figures]) for at, figures in enumerate(report["experts"], 1)),
        ("the experts, mean", report["experts"]),
        ("the pack without dev, against the same four and four, mean", report["engine"]),
        ("... flagging as many phones as each expert", report["engine_flagging_as_many"]),
    ):
        means = " | ".join(f"{np.mean([judge[key] for judge in judges]):.3f}" for _, key in shown)
        lines.append(f"| {title} | {means} |")
    left_out, agreement = report["left_out"], report["reliability"]
    lines.append("")
    lines.append(
        f"Of {report['phones']} phones, {report['wrong_phones']} of them wrong by all five together; "
        f"{left_out['phones']} more ({left_out['wrong_phones']} wrong) hold a mark that cannot be read. "
        f"Two experts' phone scores correlate at {agreement['two_experts']:.3f} in the mean; the means of two panels "
        f"of five would at {agreement['two_panels']:.3f}, and the true score with such a mean at "
        f"{agreement['truth_and_panel']:.3f} (Spearman-Brown)."
    )
    return "\n".join(lines)


def decoder_block(folder: Path) -> str:
    """Scores by a linear stack over the scorers', over them and what Whisper's decoder says of the text alone, and over
    them and what it says of the text and the recording."""
    report = json.loads((folder / "decoder.json").read_text())
    rows = {"without": "without", "text": "text alone", "with": "with"}
    titles = [
        f"{where}: {title}"
        for where in ("held out", "dev")
        for title in (*rows.values(), "gain (95 % interval)")
    ]
    lines = ["| | " + " | ".join(titles) + " |", "|---" * (len(titles) + 1) + "|"]
    for name, of in report.items():
        cells = []
        for where in ("held_out", "dev"):
            values = [of[row][where] for row in rows]
            cells += [f"{value['mean'] if where == 'dev' else value:.3f}" for value in values]
            gain = of["with"][f"{where}_gain"]
            cells.append(f"{gain['mean']:+.3f} ({gain['low']:+.3f} to {gain['high']:+.3f})")
        lines.append(f"| {name.replace('_', ', ')} | " + " | ".join(cells) + " |")
    return "\n".join(lines)


def diagnosis_block(folder: Path) -> str:
    figures = json.loads((folder / "diagnosis.json").read_text())
    rows = [
        ("errors injected / right phones", lambda f: f"{f['errors']} / {f['right_phones']}"),
        ("AUC", lambda f: f"{f['auc']:.3f}"),
        ("right place and kind", lambda f: f"{f['right_place_and_kind']:.1%}"),
        ("... of substitutions", lambda f: f"{f.get('right_place_and_kind_substitution', 0):.1%}"),
        ("... of deletions", lambda f: f"{f.get('right_place_and_kind_deletion', 0):.1%}"),
        ("... of insertions", lambda f: f"{f.get('right_place_and_kind_insertion', 0):.1%}"),
        ("right phone named, of all substitutions", lambda f: f"{f['right_phone_of_substitutions']:.1%}"),
        ("right phone named, of those found", lambda f: f"{f['right_phone_of_found_substitutions']:.1%}"),
        ("right phones flagged", lambda f: f"{f['false_alarms']:.2%}"),
    ]
    if all("wrong_words_scored_poor" in f for f in figures.values()):  # measured since pack 2026.11.6
        rows += [
            ("words with a phone wrong, scored below 60", lambda f: f"{f['wrong_words_scored_poor']:.1%}"),
            ("right words, scored below 60", lambda f: f"{f['right_words_scored_poor']:.2%}"),
        ]
    lines = ["| | " + " | ".join(figures) + " |", "|---" * (len(figures) + 1) + "|"]
    lines += [f"| {title} | " + " | ".join(show(f) for f in figures.values()) + " |" for title, show in rows]
    return "\n".join(lines)


def miscues_block(folder: Path) -> str:
    """Recordings whose text was not read as it stands; a column for each corpus."""
    figures = json.loads((folder / "miscues.json").read_text())
    rows = [
        ("read as it stands: recordings", "own", "recordings", "d"),
        ("... speech said to be added", "own", "additions_invented", ".1%"),
        ("... words said to be left out", "own", "read_words_doubted", ".2%"),
        ("one to three words more than the text: recordings", "added", "recordings", "d"),
        ("... found", "added", "additions_found", ".1%"),
        ("... something found where nothing was added", "added", "additions_invented", ".1%"),
        ("... taken for another text", "added", "text_mismatch", ".1%"),
        ("... good words of the text that become poor", "added", "good_words_spoilt", ".1%"),
        ("... more errors, of 100 words", "added", "errors_more_per_100_words", "+.1f"),
        ("one to three words twice: recordings", "repeated", "recordings", "d"),
        ("... found", "repeated", "additions_found", ".1%"),
        ("... exactly these words named", "repeated", "repetitions_named", ".1%"),
        ("... good words that become poor", "repeated", "good_words_spoilt", ".1%"),
        ("... more errors, of 100 words", "repeated", "errors_more_per_100_words", "+.1f"),
        ("one to three words left out: recordings", "omitted", "recordings", "d"),
        ("... words found to be left out", "omitted", "omitted_words_found", ".1%"),
        ("... taken for another text", "omitted", "text_mismatch", ".1%"),
        ("... words that were read, said to be left out", "omitted", "read_words_doubted", ".1%"),
        ("... good words that become poor", "omitted", "good_words_spoilt", ".1%"),
        ("... more errors, of 100 words", "omitted", "errors_more_per_100_words", "+.1f"),
    ]
    lines = ["| | " + " | ".join(figures) + " |", "|---" * (len(figures) + 1) + "|"]
    lines += [
        f"| {title} | " + " | ".join(format(of[kind][key], form) for of in figures.values()) + " |"
        for title, kind, key, form in rows
    ]
    return "\n".join(lines)


def pauses_block(folder: Path) -> str:
    """What the longest pause of a reading costs, and what natives' pauses would."""
    figures = json.loads((folder / "pauses.json").read_text())
    dev = figures["dev"]
    lines = [
        f"p(s) = 1 / (1 + exp(-({figures['intercept']:.3f} + {figures['slope']:.3f} ln s))): "
        f"a pause counts as noticed from {figures['noticed_from_s']:.3f} s on.",
        "",
        "| longest pause, no mark in the text | recordings of dev | experts: fluency below 8 | stated |",
        "|---|---|---|---|",
    ]
    lines += [
        f"| {name} | {band['recordings']} | {band['not_fluent']:.1%} | {band['stated']:.1%} |"
        for name, band in dev["by_longest_pause"].items()
    ]
    lines += [
        "",
        f"Over all {dev['recordings']}: AUC {dev['auc']:.3f}, "
        f"expected calibration error {dev['calibration_error']:.3f}, "
        f"rank correlation with fluency {dev['rank_correlation']:.3f}.",
        "",
        "| native readers | gaps between words | pauses at marks | other pauses | noticed | of the gaps |",
        "|---|---|---|---|---|---|",
    ]
    lines += [
        f"| {name} | {of['gaps']} | {of['pauses_at_marks']} | {of['pauses']} | {of['noticed']} "
        f"| {of['noticed_share']:.1%} |"
        for name, of in figures["natives"].items()
    ]
    return "\n".join(lines)


def fairness_block(folder: Path) -> str:
    report = json.loads((folder / "fairness.json").read_text())
    lines = [
        "| | phones | wrong | said to be | phone | word | utterance | AUC | right flagged | wrong found | mean error |",
        "|---|---|---|---|---|---|---|---|---|---|---|",
    ]
    held_out = {f"{name}, held out": f for name, f in report.get("held_out", {}).items()}
    for name, f in (report["groups"] | held_out).items():
        words = [f"{f[key]:.3f}" if key in f else "" for key in ("word_total_pcc", "utterance_total_pcc")]
        lines.append(
            f"| {name} | {f['phones']} | {f['wrong_phones'] / f['phones']:.2%} | {f['stated_wrong']:.2%} "
            f"| {f['phone_pcc']:.3f} | {words[0]} | {words[1]} "
            f"| {f['mdd_auc']:.3f} | {f['flagged_right']:.2%} | {f['found_wrong']:.1%} "
            f"| {f['mean_phone_error']:+.3f} |"
        )
    for name, f in report["word_length"].items():
        lines.append(f"| words of {name} | {f['phones']} | | | {f['phone_pcc']:.3f} | | | | | | |")
    return "\n".join(lines)


def plots_block(folder: Path) -> str:
    titles = {
        "scatter": "phone scores against the experts'",
        "roc": "ROC of mispronunciation detection",
        "precision_recall": "precision and recall",
        "reliability": "stated and observed probability of an error",
        "confusion": "phone heard against phone expected, and against phone spoken; synthetic sentences",
        "fairness": "agreement by group and condition",
    }
    there = [
        f"![{title}](figures/accuracy/{name}.svg)"
        for name, title in titles.items()
        if (folder / f"{name}.svg").exists()
    ]
    return "\n".join(there)


BLOCKS = {
    "shipped": (shipped_block, "scorer.json"),
    "held-out": (held_out_block, "scorer-fit-on-all.json"),
    "ablation": (ablation_block, "ablation"),
    "runs": (runs_block, "ablation"),
    "experts": (experts_block, experts.FILE),
    "decoder": (decoder_block, "decoder.json"),
    "diagnosis": (diagnosis_block, "diagnosis.json"),
    "miscues": (miscues_block, "miscues.json"),
    "pauses": (pauses_block, "pauses.json"),
    "fairness": (fairness_block, "fairness.json"),
    "plots": (plots_block, "."),
}


def fill(text: str, folder: Path) -> str:
    """The page with every block made anew whose data are there. A marker without its partner is an error."""
    for name, (make, needs) in BLOCKS.items():
        begin, end = f"<!-- report:{name} begin -->\n", f"<!-- report:{name} end -->"
        if begin not in text or not (folder / needs).exists():
            continue
        before, rest = text.split(begin, 1)
        if end not in rest:
            raise SystemExit(f"the page has `{begin.strip()}` but not `{end}`")
        text = before + begin + make(folder) + "\n" + end + rest.split(end, 1)[1]
    return text


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--run", type=Path, help="run folder to take results from; default: what was kept before"
    )
    parser.add_argument("--page", type=Path, default=Path("docs/accuracy.md"))
    parser.add_argument("--figures", type=Path, default=Path("docs/figures/accuracy"))
    parser.add_argument(
        "--check", action="store_true", help="change nothing; fail when the page is out of date"
    )


def run(args: argparse.Namespace) -> int:
    args.figures.mkdir(parents=True, exist_ok=True)
    if args.run:
        scorer = args.run / "scorer.json"
        heard_dev = scorer.exists() and json.loads(scorer.read_text()).get("fit_on") == "all"
        taken = {"diagnosis.json": "diagnosis.json"}
        if heard_dev:
            taken["scorer.json"] = "scorer-fit-on-all.json"
        else:
            taken |= {name: name for name in ("scorer.json", "fairness.json", experts.FILE, "decoder.json")}
        for name, kept_as in taken.items():
            if (args.run / name).exists():
                shutil.copy(args.run / name, args.figures / kept_as)
        if (args.run / "ablation").exists() and not heard_dev:
            shutil.copytree(args.run / "ablation", args.figures / "ablation", dirs_exist_ok=True)
        if (args.run / "dev-predictions.pt").exists() and not heard_dev:
            draw(args.run, args.figures)
        if (args.figures / "diagnosis.json").exists():
            draw_confusions(args.figures)
        if (args.figures / "fairness.json").exists():
            draw_fairness(args.figures)
    before = args.page.read_text()
    after = fill(before, args.figures)
    if args.check:
        if before != after:
            print(f"{args.page}: blocks are out of date; run: python -m higgins_train report")
        return int(before != after)
    args.page.write_text(after)
    return 0
