#!/usr/bin/env python3
"""Writes the measured figures into the documents, so that none is typed by hand.

usage: readme_figures.py [--check] [FILE ...]     (default: README.md and docs/*.md)
       readme_figures.py --measure HIGGINS CORPUS NATIVE [--fit-only PACK] [--announcer FOLDER]

A block in a document is replaced by what docs/figures/ says:

    <!-- figures:dev begin -->
    ...
    <!-- figures:dev end -->

--check changes nothing and fails when a block differs. --measure runs the binary and writes docs/figures/ first:
`higgins eval` on the dev division and on native speech, both beside other texts too, `higgins bench`, and what
`higgins assess` prints. How a shipped pack that learned from the dev division agrees with its experts is never
measured: name a pack that did not (--fit-only), or what was measured before stays. --announcer: what
`python -m higgins_train announcer` wrote, native speech of another make.
"""

from __future__ import annotations

import argparse
import json
import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
SHIPPED = ROOT / "packs" / "en-us"
EXAMPLE = "think_slt_errors"
SOME_REFUSED = 3  # exit code of `higgins`

DEV_ROWS = [
    ("phone score (PCC)", "phone_pcc", 3),
    ("phone score (MSE, 0-2 scale)", "phone_mse", 3),
    ("word accuracy (PCC)", "word_accuracy_pcc", 3),
    ("word stress (PCC)", "word_stress_pcc", 3),
    ("word total (PCC)", "word_total_pcc", 3),
    ("utterance accuracy (PCC)", "utterance_accuracy_pcc", 3),
    ("utterance fluency (PCC)", "utterance_fluency_pcc", 3),
    ("utterance prosody (PCC)", "utterance_prosody_pcc", 3),
    ("utterance completeness (PCC)", "utterance_completeness_pcc", 3),
    ("utterance total (PCC)", "utterance_total_pcc", 3),
    ("finding mispronounced phones (AUC)", "mdd_auc", 3),
    ("finding mispronounced phones (F1 / precision / recall)", "mdd_f1 mdd_precision mdd_recall", 3),
    ("free phone decode (phone error rate)", "phone_error_rate", 3),
]


def _load(figures: Path, name: str) -> dict:
    return json.loads((figures / name).read_text(encoding="utf-8"))


def dev_block(figures: Path) -> str:
    """Agreement with the experts, from `higgins eval`."""
    dev = _load(figures, "so762_dev.json")
    lines = ["| on the dev division | |", "|---|---|"]
    for title, keys, digits in DEV_ROWS:
        lines.append(f"| {title} | {' / '.join(f'{dev[key]:.{digits}f}' for key in keys.split())} |")
    lines.append("")
    lines.append(
        f"{dev['num_utterances']} utterances, {dev['num_words']} words, {dev['num_phones']} phones, "
        f"{dev['num_failed']} failed; pack {dev['pack_version']}."
    )
    shipped = _load(SHIPPED, "figures.json")
    if shipped["fit_on"] == "all":
        same = dev["pack_version"] == shipped["version"]
        unheard = "its recipe without them" if same else f"the last pack that had not, {dev['pack_version']}"
        lines.append(
            f"The pack that is here, {shipped['version']}, learned from these speakers too, so that they can say "
            f"nothing about it: these are the figures of {unheard}. What can be known of the one that ships is on its "
            "[card](packs/en-us/README.md)."
        )
    return "\n".join(lines)


def native_block(figures: Path) -> str:
    """False alarms on natives, from `higgins eval --native`."""

    def flagged(native: dict) -> str:
        return f"{native['phones_flagged_share'] * 100:.2f} %"

    native, announcer = _load(figures, "native_dev.json"), _load(figures, "native_announcer.json")
    if native["pack_version"] != announcer["pack_version"]:
        raise SystemExit(
            "the announcer was measured with another pack than the natives: measure with --announcer"
        )
    num_prompts = announcer["num_utterances"] - announcer["num_failed"]
    return (
        f"On {native['num_utterances']} recordings of native speakers ({native['num_phones']} phones, the engine's own "
        f"lexicon), {flagged(native)} of the phones are flagged as errors; of an announcer whose like was not "
        f"in the training ({num_prompts} prompts, {announcer['num_phones']} phones), "
        f"{flagged(announcer)}. As a whole, they score {native['mean_utterance_total'] * 100:.0f} and "
        f"{announcer['mean_utterance_total'] * 100:.0f} of 100 in the mean."
    )


OTHER_TEXTS = {
    "learners": "other_texts_dev.json",
    "natives": "other_texts_native.json",
    "the announcer": "other_texts_announcer.json",
}


def other_texts_block(figures: Path) -> str:
    """Recordings beside a text that was not read, from `higgins eval --other-texts`."""
    lines = [
        "| recordings of | own text: taken for another | mean total | another text: noticed | mean total |",
        "|---|---|---|---|---|",
    ]
    for who, name in OTHER_TEXTS.items():
        measured = _load(figures, name)
        own, other = measured["own_text_mismatches"], measured["other_text_noticed_share"]
        lines.append(
            f"| {who} | {own} of {measured['num_utterances']} | {measured['own_text_mean_total'] * 100:.0f} | "
            f"{other * 100:.1f} % of {measured['num_other_texts']} | {measured['other_text_mean_total'] * 100:.0f} |"
        )
    return "\n".join(lines)


def bench_block(figures: Path) -> str:
    """Latency by stage, from `higgins bench`."""
    bench = _load(figures, "bench.json")
    subject = bench["subjects"][0]
    lines = [f"| {bench['audio_seconds']:.0f} s of audio, one thread | p50 ms | p95 ms |", "|---|---|---|"]
    for stage, values in subject["stages_ms"].items():
        lines.append(f"| {stage} | {values['p50']:.2f} | {values['p95']:.2f} |")
    for title, key in (
        ("cold start of the process to the first result", "cold_start_ms"),
        ("the same with no graph compiled before", "first_start_ms"),
    ):
        lines.append(f"| {title} | {subject[key]['p50']:.0f} | {subject[key]['p95']:.0f} |")
    lines.append("")
    lines.append(
        f"Peak memory {subject['peak_memory_mb']:.0f} MB. Measured on {bench.get('machine', 'this machine')}."
    )
    return "\n".join(lines)


def assess_block(figures: Path) -> str:
    text = (figures / "assess.txt").read_text(encoding="utf-8").rstrip()
    return f"```\n{text}\n```"


BLOCKS: dict[str, Callable[[Path], str]] = {
    "dev": dev_block,
    "native": native_block,
    "other-texts": other_texts_block,
    "bench": bench_block,
    "assess": assess_block,
}
_BLOCK = re.compile(r"(<!-- figures:([\w-]+) begin -->\n).*?(<!-- figures:\2 end -->)", re.DOTALL)


def fill(text: str, figures: Path) -> str:
    """`text` with every block written anew. A figure that was not measured yet is said to be so."""

    def replacement(match: re.Match[str]) -> str:
        if match[2] not in BLOCKS:
            raise ValueError(f"unknown block figures:{match[2]} (known: {', '.join(sorted(BLOCKS))})")
        try:
            body = BLOCKS[match[2]](figures)
        except FileNotFoundError:
            body = "*Not measured yet.*"
        return f"{match[1]}{body}\n{match[3]}"

    return _BLOCK.sub(replacement, text)


def _machine() -> str:
    for line in Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines():
        if line.startswith("model name"):
            return line.split(":", 1)[1].strip()
    return "an unnamed CPU"


def measure(
    higgins: Path, corpus: Path, native: Path, fit_only: Path | None, announcer: Path | None, figures: Path
) -> None:
    """Runs the binary and writes docs/figures/."""
    pack = fit_only or SHIPPED
    dev_is_unheard = _load(pack, "figures.json")["fit_on"] == "fit"
    if fit_only and not dev_is_unheard:
        raise SystemExit(f"--fit-only {fit_only}: that pack learned from the dev division")
    figures.mkdir(parents=True, exist_ok=True)

    def run(*arguments: object, may_refuse: bool = False) -> str:
        command = [str(higgins), *map(str, arguments)]
        print("measure:", *command[1:], file=sys.stderr)
        done = subprocess.run(command, cwd=ROOT, stdout=subprocess.PIPE, text=True)
        if not (may_refuse and done.returncode == SOME_REFUSED):
            done.check_returncode()
        return done.stdout

    if dev_is_unheard:
        run("eval", corpus, "--division", "dev", "--pack", pack, "--json", figures / "so762_dev.json")
    run("eval", "--native", native, "--division", "dev", "--json", figures / "native_dev.json")
    other_texts = {who: ("--other-texts", "--json", figures / name) for who, name in OTHER_TEXTS.items()}
    run("eval", corpus, "--division", "dev", *other_texts["learners"])
    run("eval", "--native", native, "--division", "dev", *other_texts["natives"])
    if announcer:
        run("eval", "--native", announcer, *other_texts["the announcer"], may_refuse=True)
        # A prompt or two is a signal without speech and refused as that (the sentence says how many were assessed).
        run("eval", "--native", announcer, "--json", figures / "native_announcer.json", may_refuse=True)
    run("bench", "--json", figures / "bench.json")
    bench = _load(figures, "bench.json")
    bench["machine"] = _machine()
    (figures / "bench.json").write_text(json.dumps(bench, indent=2) + "\n", encoding="utf-8")
    text = _load(ROOT / "examples", f"{EXAMPLE}.json")["text"]
    output = run("assess", f"examples/{EXAMPLE}.flac", text, "--color", "never")
    shown = f'$ build/release/higgins assess examples/{EXAMPLE}.flac "{text}"\n{output}'
    (figures / "assess.txt").write_text(shown, encoding="utf-8")


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--check", action="store_true", help="fail when a block differs; change nothing")
    parser.add_argument("--measure", nargs=3, type=Path, metavar=("HIGGINS", "CORPUS", "NATIVE"))
    parser.add_argument("--fit-only", type=Path, metavar="PACK", help="with --measure: measured on dev")
    parser.add_argument(
        "--announcer", type=Path, metavar="FOLDER", help="with --measure: natives of another make"
    )
    parser.add_argument("--figures", type=Path, default=ROOT / "docs" / "figures")
    parser.add_argument("file", nargs="*", type=Path)
    arguments = parser.parse_args()
    if arguments.measure:
        fit_only = arguments.fit_only and arguments.fit_only.absolute()
        announcer = arguments.announcer and arguments.announcer.absolute()
        paths = (path.absolute() for path in arguments.measure)
        measure(*paths, fit_only, announcer, arguments.figures.absolute())
    stale = []
    for file in arguments.file or [ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md"))]:
        before = file.read_text(encoding="utf-8")
        after = fill(before, arguments.figures)
        if after != before:
            stale.append(file)
            if not arguments.check:
                file.write_text(after, encoding="utf-8")
                print(f"wrote {file}")
    if arguments.check and stale:
        print(
            "figures differ: " + ", ".join(map(str, stale)) + " (run tools/readme_figures.py)",
            file=sys.stderr,
        )
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
