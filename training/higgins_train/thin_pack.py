"""Keep some of the scorers whose mean a pack ships: each one left out starts the engine sooner and takes less memory.

Packs up to 2026.11.1 hold the mean of several scorers in one graph. The others are cut out of it, both graphs are
simplified (simplify.py), and threshold and calibration are chosen again on dev; everything else is the old pack's.

  python -m higgins_train thin_pack --pack packs/en-us --keep 2 3 4 --corpus SO762 --native NATIVE \\
      --cmudict cmudict.dict --run runs/thin --out packs/en-us --version 2026.11.2
"""

from __future__ import annotations

import argparse
import json
import shutil
from pathlib import Path

import numpy as np
import onnx
from onnx import helper, numpy_helper

from .calibrate import calibration, expected_calibration_error, sigmoid
from .corpus import add_corpus_arguments
from .ensemble import pack_scorer
from .features import extract
from .model_card import write_card
from .pack import ROLES, OnnxRecogniser, write_manifest
from .scorer_data import material_of, pools
from .scorer_evaluation import detections, evaluate
from .scorer_items import Item, make_item
from .simplify import prompts, recordings, simplify

COMMAND = """python -m higgins_train thin_pack --pack OLD --keep {keep} --corpus SO762 --native NATIVE \\
    --cmudict cmudict.dict --run runs/thin --out packs/en-us --version VERSION"""


def sums_of_members(graph: onnx.GraphProto) -> dict[str, list[str]]:
    """By the tensor that is the sum of all members: the member's own tensors, in the members' order."""
    maker = {name: node for node in graph.node for name in node.output}

    def leaves(name: str) -> list[str]:
        node = maker.get(name)
        if node is None or node.op_type != "Add" or node.name.startswith("/models."):
            return [name] if name.startswith("/models.") else []  # a sum starts with the number 0
        return [leaf for part in node.input for leaf in leaves(part)]

    found = {}
    for output in graph.output:
        waiting = [output.name]
        while waiting:
            name = waiting.pop()
            node = maker.get(name)
            if node is None:
                continue
            if node.op_type == "Add":
                found[name] = leaves(name)
                break
            waiting += node.input
    return found


def in_order(graph: onnx.GraphProto, nodes: list[onnx.NodeProto]) -> list[onnx.NodeProto]:
    """The nodes that the outputs need, each after those that it reads."""
    maker = {name: node for node in nodes for name in node.output}
    ordered: list[onnx.NodeProto] = []
    seen: set[int] = set()
    waiting = [(maker[output.name], False) for output in graph.output]
    while waiting:
        node, is_read = waiting.pop()
        if is_read:
            ordered.append(node)
        elif id(node) not in seen:
            seen.add(id(node))
            waiting.append((node, True))
            waiting += [(maker[name], False) for name in node.input if name in maker]
    return ordered


def keep_members(path: Path, keep: list[int]) -> int:
    """Rewrites the scorer's graph as the mean of these members; gives how many there were."""
    model = onnx.load(str(path))
    graph = model.graph
    sums = sums_of_members(graph)
    counts = {len(members) for members in sums.values()}
    if len(sums) != len(graph.output) or len(counts) != 1 or max(counts) <= max(keep):
        raise SystemExit(
            f"{path}: expected the mean of more than {max(keep)} scorers, found {sorted(counts)}"
        )
    count = counts.pop()
    nodes = [node for node in graph.node if not sums.keys() & set(node.output)]
    for total, members in sums.items():
        # The graph divides by `count`; a sum of fewer is scaled up to it.
        graph.initializer.append(
            numpy_helper.from_array(np.array(count / len(keep), np.float32), total + "/scale")
        )
        partial = members[keep[0]]
        for at in keep[1:]:
            nodes.append(helper.make_node("Add", [partial, members[at]], [f"{total}/{at}"], f"{total}/{at}"))
            partial = f"{total}/{at}"
        nodes.append(helper.make_node("Mul", [partial, total + "/scale"], [total], total + "/mean"))
    kept = in_order(graph, nodes)
    read = {name for node in kept for name in node.input}
    initializers = [tensor for tensor in graph.initializer if tensor.name in read]
    for field, values in ((graph.node, kept), (graph.initializer, initializers), (graph.value_info, [])):
        del field[:]
        field.extend(values)
    onnx.checker.check_model(model)
    onnx.save(model, str(path))
    return count


def dev_items(args: argparse.Namespace) -> list[Item]:
    """What the pack's own recogniser makes of dev."""
    material = material_of(argparse.Namespace(**vars(args) | {"run": None}))
    recogniser = OnnxRecogniser(args.pack / ROLES["acoustic"])
    dev = [u for u in material.ready if u.division == "dev" and (u.native or u.scores or u.synthetic)]
    inputs: dict[str, dict[str, np.ndarray]] = {}
    for kind, pool in pools(dev, []).items():
        inputs |= extract(pool, recogniser, args.run / f"features-dev-heard{kind}.pt")
    return [make_item(u, inputs[u.id]) for u in dev if u.id in inputs]


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.formatter_class = argparse.RawDescriptionHelpFormatter
    parser.add_argument("--pack", type=Path, required=True, help="a pack whose scorer is a mean of several")
    parser.add_argument("--keep", type=int, nargs="+", required=True, help="which of them, from 0")
    add_corpus_arguments(parser)
    parser.add_argument("--cmudict", type=Path, help="the CMU dictionary's file; needed with --native")
    parser.add_argument("--run", type=Path, required=True, help="folder of dev features")
    parser.add_argument("--out", type=Path, required=True, help="the new pack's folder; may be the old one")
    parser.add_argument("--version", required=True, help="version of the new pack, e.g. 2026.11.2")
    parser.set_defaults(fit_on="fit", splits=1, folds=2, init=None)


def run(args: argparse.Namespace) -> None:
    args.run.mkdir(parents=True, exist_ok=True)
    old = json.loads((args.pack / "manifest.json").read_text())
    before = json.loads((args.pack / "figures.json").read_text())
    dev = dev_items(args)
    whole = pack_scorer(args.pack)
    opinions = [whole(item.inputs) for item in dev]
    if args.out.resolve() != args.pack.resolve():
        shutil.copytree(args.pack, args.out, dirs_exist_ok=True)
    count = keep_members(args.out / ROLES["scorer"], args.keep)
    simplify(args.out / ROLES["scorer"], prompts(onnx.load(str(args.out / ROLES["scorer"]))))
    simplify(args.out / ROLES["acoustic"], recordings())

    thin = pack_scorer(args.out)
    predictions = [thin(item.inputs) for item in dev]
    logits, wrong = detections(predictions, dev)
    evidence = np.concatenate([i.inputs["insertion_evidence"] for i in dev if i.native] or [np.zeros(1)])
    points = calibration(logits, wrong, evidence, args.version)
    probability = sigmoid(points["detection_scale"] * logits + points["detection_offset"])
    card = before | {
        "version": args.version,
        "thinned": {"from": old["version"], "members": count, "kept": args.keep},
        "num_dev": sum(i.scored for i in dev),
        "num_native": sum(i.native for i in dev),
        "averaged": evaluate(opinions, dev),
        "int8": evaluate(predictions, dev),
        "expected_calibration_error": expected_calibration_error(probability, wrong),
        "calibration": points,
        "command": COMMAND.format(keep=" ".join(map(str, args.keep))),
    }
    (args.out / "figures.json").write_text(json.dumps(card, indent=1) + "\n")
    write_card(args.out)
    write_manifest(args.out, args.version, old["state_dim"], points)
