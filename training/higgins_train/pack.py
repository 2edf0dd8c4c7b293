"""Make a pack: export, quantise, gate on score drift, calibrate, and write manifest and model card."""

from __future__ import annotations

import argparse
import hashlib
import json
import shutil
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch

from .acoustic_model import PhoneRecogniser
from .calibrate import calibration, expected_calibration_error, reported_insertions, sigmoid
from .cmudict import read_cmudict
from .corpus import Utterance, add_corpus_arguments, corpora_of
from .export import (
    FLOAT_CONSTANTS,
    calibration_audio,
    export_acoustic,
    export_scorer,
    load_scorer,
    quantise_acoustic,
    shrink_constants,
)
from .features import Posteriors, extract
from .held_out import HeldOut
from .model_card import write_card
from .phones import BLANK, PHONES
from .scorer_data import pools
from .scorer_evaluation import Outputs, detections, evaluate, insertion_threshold, predict
from .scorer_items import Item, make_item
from .scorer_model import INPUT_NAMES, LOGITS, OUTPUT_NAMES, ScorerGraph, ScorerModel
from .scorer_training import scorers_of
from .simplify import recordings, simplify
from .splits import MEAN
from .stacking import Stack, stacked
from .word_boundaries import stressed_pronunciations, with_words

FORMAT_VERSION = 1
MAX_PACK_BYTES = 30_000_000
# The share of any correlation that int8 may cost against f32, on dev.
MAX_DRIFT = 0.005
COMMAND = """python -m higgins_train all --corpus SO762 --native NATIVE --kokoro-js kokoro-js-1.2.1.tgz \\
    --cmudict cmudict.dict --init whisper-base --run runs/en-us --out packs/en-us --version VERSION --bfloat16"""
# Of scorer/padding.cc: the runtime compiles every length that it meets.
PHONE_STEP, WORD_STEP = 16, 8
ROLES = {
    "acoustic": "acoustic.onnx",
    "scorer": "scorer.onnx",
    "dictionary": "lexicon.bin",
    "g2p": "g2p.bin",
    "articulation": "articulation.json",
    "suggestions": "suggestions.json",
}


class OnnxRecogniser:
    """Posteriors of an exported graph, computed as the engine computes them."""

    def __init__(self, path: Path):
        import openvino

        core = openvino.Core()
        self._model = core.compile_model(core.read_model(path), "CPU", {"INFERENCE_PRECISION_HINT": "f32"})

    def __call__(self, utterance: Utterance) -> tuple[np.ndarray, np.ndarray]:
        log_posteriors, states = self._model([utterance.samples()[None]]).values()
        return log_posteriors[0], states[0]


def exported_scorer(path: Path) -> Callable[[dict[str, np.ndarray]], Outputs]:
    """A pack's scorer graph: inputs of one utterance -> outputs on 0-2, computed as the engine does: padded, by its
    runtime."""
    import openvino

    core = openvino.Core()
    model = core.compile_model(core.read_model(path), "CPU", {"INFERENCE_PRECISION_HINT": "f32"})
    # Packs of one prompt at a time ask for no validity, and must not be padded.
    asked = {name for wanted in model.inputs for name in wanted.names}
    pads = {"phone_valid", "word_valid"} <= asked
    # Packs until 2026.11.3 say nothing of insertions, those until 2026.11.4 not what was heard.
    place = {name: at for at, output in enumerate(model.outputs) for name in output.names}

    def score(inputs: dict[str, np.ndarray]) -> Outputs:
        members = inputs["word_of_phone"][None] == np.arange(inputs["word_of_phone"].max() + 1)[:, None]
        words, phones = members.shape
        more_words, more_phones = (-words % WORD_STEP, -phones % PHONE_STEP) if pads else (0, 0)
        feed = {
            name: inputs[name] if inputs[name].dtype == np.int64 else inputs[name].astype(np.float32)
            for name in INPUT_NAMES
            if name in inputs
        }
        feed = {
            name: of if name.startswith("utterance") else np.pad(of, [(0, more_phones), (0, 0)][: of.ndim])
            for name, of in feed.items()
        }
        pool = (members / members.sum(axis=1, keepdims=True)).astype(np.float32)
        feed |= {
            "word_pool": np.pad(pool, [(0, more_words), (0, more_phones)]),
            "phone_valid": np.pad(np.ones(phones, np.float32), (0, more_phones)),
            "word_valid": np.pad(np.ones(words, np.float32), (0, more_words)),
        }
        told = list(model({name: of for name, of in feed.items() if name in asked}).values())
        real = {"word_scores": words, "utterance_scores": None}
        return {
            name: told[place[name]][: real.get(name, phones)] * (1.0 if name in LOGITS else 2.0)
            for name in OUTPUT_NAMES
            if name in place
        }

    return score


# What people wrote, and no training makes.
WRITTEN = (ROLES["articulation"], ROLES["suggestions"], "LICENSE.cmudict.txt")
SHIPPED = Path(__file__).parents[2] / "packs" / "en-us"


def add_what_people_wrote(out: Path) -> None:
    """Copies the shipped pack's into a new pack's folder; what is there already stays."""
    for name in WRITTEN:
        if not (out / name).exists() and (SHIPPED / name).exists():
            shutil.copy(SHIPPED / name, out / name)


def sha256(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


def write_manifest(out: Path, version: str, state_dim: int, points: dict) -> None:
    files = {
        role: {"path": name, "sha256": sha256(out / name), "bytes": (out / name).stat().st_size}
        for role, name in ROLES.items()
        if (out / name).exists()
    }
    missing = sorted(set(ROLES) - set(files))
    if missing:
        print(f"warning: the pack lacks {', '.join(missing)}; the engine will refuse it until they are there")
    total = sum(file["bytes"] for file in files.values())
    if total > MAX_PACK_BYTES:
        raise SystemExit(f"the pack is {total} bytes; at most {MAX_PACK_BYTES} are allowed")
    manifest = {
        "format_version": FORMAT_VERSION,
        "name": "en-us",
        "language": "en-US",
        "version": version,
        "phone_set": ["<blank>", *PHONES],
        "blank": BLANK,
        "frame_shift_ms": 20.0,
        "sample_rate_hz": 16000,
        "state_dim": state_dim,
        "files": files,
        "calibration": points,
    }
    (out / "manifest.json").write_text(json.dumps(manifest, indent=1) + "\n")
    print(f"{out}: {total / 1e6:.1f} MB, version {version}")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--run", type=Path, required=True, help="run folder that `acoustic` and `scorer` filled"
    )
    add_corpus_arguments(parser)
    parser.add_argument("--cmudict", type=Path, help="the CMU dictionary's file; needed with --native")
    parser.add_argument("--init", type=Path, help="the encoder's folder, if it has moved")
    parser.add_argument("--out", type=Path, required=True, help="the pack's folder, e.g. packs/en-us")
    parser.add_argument(
        "--float-layers",
        type=int,
        nargs="*",
        default=[],
        help="encoder layers (0 is the first) kept in float32 when int8 moves the scores too much",
    )
    add_members_argument(parser)
    parser.add_argument("--version", required=True, help="version of the pack, e.g. 2026.11.1")
    parser.add_argument(
        "--fit-only",
        type=Path,
        metavar="PACK",
        help="with `scorer --fit-on all`: a pack that never heard dev; its figures go on the card",
    )
    parser.add_argument(
        "--limit", type=int, help="measure on so many dev utterances only (to try things out)"
    )


def add_members_argument(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--members", type=int, default=4, help="scorers whose mean ships: the first so many of the run"
    )


def run(args: argparse.Namespace) -> None:
    args.out.mkdir(parents=True, exist_ok=True)
    add_what_people_wrote(args.out)
    utterances = [u for corpus in corpora_of(args) for u in corpus]
    paths = scorers_of(args.run)[: args.members]
    if len(paths) < args.members:
        raise SystemExit(
            f"{args.run} holds {len(paths)} scorers, not {args.members}: run `scorer` with more --seeds"
        )
    members = [load_scorer(path) for path in paths]
    model = PhoneRecogniser.load(args.run / MEAN / "model.pt", args.init)
    int8_path = export_recogniser(args, model, utterances)
    stack = Stack.load(args.run)
    export_scorer(ScorerGraph(members, stack).eval(), args.out / ROLES["scorer"])

    report = json.loads((args.run / "scorer.json").read_text())
    held_out, heard_dev = HeldOut.load(args.run), report["fit_on"] == "all"
    by_float, by_int8 = heard_on_dev(args, model, members, stack, utterances, held_out if heard_dev else None)
    drift = {
        key: by_float.figures[key] - by_int8.figures[key] for key in by_int8.figures if key.endswith("_pcc")
    }
    print("f32 - int8: " + "  ".join(f"{key} {value:+.4f}" for key, value in drift.items()))
    points = operating_points(held_out, by_int8, report, args.version)
    save_predictions(by_int8, points, args.run / "dev-predictions.pt")
    logits, wrong = (
        (held_out.logit, held_out.wrong) if heard_dev else detections(by_int8.predictions, by_int8.items)
    )
    probability = sigmoid(points["detection_scale"] * logits + points["detection_offset"])
    last_epoch = json.loads((args.run / MEAN / "log.jsonl").read_text().splitlines()[-1])
    card = {
        "version": args.version,
        **{
            key: report[key]
            for key in ("fit_on", "splits", "folds", "seeds", "single", "teacher", "averaged", "held_out")
            if key in report
        },
        **({"fit_only": fit_only_figures(args.fit_only)} if args.fit_only else {}),
        "num_dev": sum(i.scored for i in by_int8.items),
        "num_native": sum(i.native for i in by_int8.items),
        "members": len(members),
        "scorer_parameters": sum(p.numel() for p in members[0].parameters()),
        "num_synthetic_fit": sum(u.synthetic and u.division == "fit" for u in utterances),
        "synthetic_phone_error_rate": last_epoch.get("synthetic_phone_error_rate", float("nan")),
        "f32": by_float.figures,
        "int8": by_int8.figures,
        "drift": drift,
        "max_drift": MAX_DRIFT,
        "expected_calibration_error": expected_calibration_error(probability, wrong),
        "learner_phone_error_rate": last_epoch["learner_phone_error_rate"],
        "native_phone_error_rate": last_epoch.get("native_phone_error_rate", float("nan")),
        "calibration": points,
        "command": command_of(args, report),
    }
    if "held_out" in card:
        card["held_out"] = card["held_out"] | reported_insertions(held_out, points)
    (args.out / "figures.json").write_text(json.dumps(card, indent=1) + "\n")
    write_card(args.out)
    write_manifest(args.out, args.version, model.state_dim, points)
    failed = [key for key, value in drift.items() if value > MAX_DRIFT]
    if failed:
        raise SystemExit(
            f"int8 costs more than {MAX_DRIFT} of {', '.join(failed)}: keep a layer in float (--float-layers), after "
            f"deleting {int8_path}"
        )


def command_of(args: argparse.Namespace, report: dict) -> str:
    """The one command that makes this pack again."""
    told = (
        f"{COMMAND} \\\n    --splits {report['splits']} --folds {report['folds']} --seeds {report['seeds']}"
    )
    epochs = report["recipes"][0]["options"]["epochs"]
    return f"{told} --members {args.members} --scorer-epochs {epochs} --fit-on {report['fit_on']}"


def fit_only_figures(pack: Path) -> dict:
    """Of a pack that never heard the dev speakers: its figures there, and what else it was made of."""
    card = json.loads((pack / "figures.json").read_text())
    if card["fit_on"] != "fit":
        raise SystemExit(f"--fit-only {pack}: that pack learned from the dev speakers too")
    return {key: card[key] for key in ("version", "int8", "num_synthetic_fit", "splits")}


def export_recogniser(args: argparse.Namespace, model: PhoneRecogniser, utterances: list[Utterance]) -> Path:
    """The int8 graph into the pack; gives where its first form is kept, since making it takes a minute or two."""
    work = args.run / "export"
    work.mkdir(exist_ok=True)
    int8_path, model_path = work / "acoustic.onnx", args.run / MEAN / "model.pt"
    if not int8_path.exists() or int8_path.stat().st_mtime < model_path.stat().st_mtime:
        export_acoustic(model, work / "acoustic.f32.onnx")
        quantise_acoustic(
            work / "acoustic.f32.onnx", int8_path, calibration_audio(utterances), args.float_layers
        )
        for stale in work.glob("features-*.pt"):
            stale.unlink()
    shutil.copy(int8_path, args.out / ROLES["acoustic"])
    shrink_constants(args.out / ROLES["acoustic"], FLOAT_CONSTANTS)
    simplify(args.out / ROLES["acoustic"], recordings())
    return int8_path


@dataclass
class Heard:
    """Dev as one form of the recogniser hears it and the shipped scorers judge it."""

    items: list[Item]
    predictions: list[Outputs]
    figures: dict[str, float]


def heard_on_dev(
    args: argparse.Namespace,
    model: PhoneRecogniser,
    members: list[ScorerModel],
    stack: Stack,
    utterances: list[Utterance],
    chosen_on: HeldOut | None,
) -> tuple[Heard, Heard]:
    """(recogniser and scorers in float, the two graphs of the pack). chosen_on: as of `evaluate`."""
    shipped = exported_scorer(args.out / ROLES["scorer"])

    def by_members(items: list[Item]) -> list[Outputs]:
        return stacked(stack, predict(members, items), items)

    def by_graph(items: list[Item]) -> list[Outputs]:
        return [shipped(item.inputs) for item in items]

    stressed = stressed_pronunciations(read_cmudict(args.cmudict)) if args.native else {}
    dev = [with_words(u, stressed) if u.native else u for u in utterances if u.division == "dev"]
    dev = dev[: args.limit]
    frozen = json.loads((args.run / MEAN / "options.json").read_text())["frozen_layers"]
    recognisers = [
        (Posteriors(model, None, frozen), args.run, by_members),
        (OnnxRecogniser(args.out / ROLES["acoustic"]), args.run / "export", by_graph),
    ]
    both = []
    for recogniser, folder, judge in recognisers:
        inputs: dict[str, dict[str, np.ndarray]] = {}
        for kind, pool in pools(dev, []).items():
            inputs |= extract(pool, recogniser, folder / f"features-dev{kind}.pt")
        items = [make_item(u, inputs[u.id]) for u in dev if u.id in inputs]
        predictions = judge(items)
        both.append(Heard(items, predictions, evaluate(predictions, items, chosen_on)))
    return both[0], both[1]


def operating_points(held_out: HeldOut, dev: Heard, report: dict, version: str) -> dict:
    """The manifest's `calibration`: chosen on speakers held out of what was trained on; how many insertions natives may
    have, on those of dev."""
    points = calibration(held_out, insertion_threshold(dev.predictions, dev.items), version)
    by_class = report.get("thresholds_by_class", {})
    if by_class.get("pays"):
        points["detection_threshold_by_class"] = {
            name: float(sigmoid(points["detection_scale"] * np.array(logit) + points["detection_offset"]))
            for name, logit in by_class["thresholds"].items()
            if name
        }
    return points


def save_predictions(heard: Heard, points: dict, path: Path) -> None:
    """What `report` draws."""
    logits, _ = detections(heard.predictions, heard.items)
    scored = [(p, i) for p, i in zip(heard.predictions, heard.items, strict=True) if i.scored]
    torch.save(
        {
            "phone": np.concatenate([p["phone_score"] for p, _ in scored]),
            "truth": np.concatenate([i.phone for _, i in scored]),
            "logit": logits,
            "scale": points["detection_scale"],
            "offset": points["detection_offset"],
        },
        path,
    )
