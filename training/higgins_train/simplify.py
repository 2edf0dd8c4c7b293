"""The same graph with fewer nodes.

The exporter writes out how the shape of every intermediate tensor follows from its input's, and a runtime reads, checks
and rewrites all of that each time a pack is loaded. The graph is run on inputs of several lengths: what is the
same for all of them is made a constant, and a shape that differs in one place only gets -1 there.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
import onnx
from onnx import numpy_helper

MAX_CONSTANT_SIZE = 64
ROUNDING = 1e-5
Feed = dict[str, np.ndarray]


def _run(model: onnx.ModelProto, names: list[str], feeds: list[Feed]) -> list[Feed]:
    import onnxruntime

    options = onnxruntime.SessionOptions()
    options.graph_optimization_level = onnxruntime.GraphOptimizationLevel.ORT_DISABLE_ALL
    options.log_severity_level = 3
    session = onnxruntime.InferenceSession(
        model.SerializeToString(), options, providers=["CPUExecutionProvider"]
    )
    return [dict(zip(names, session.run(names, feed), strict=True)) for feed in feeds]


def _observe(model: onnx.ModelProto, feeds: list[Feed]) -> list[Feed]:
    """The inputs and every intermediate tensor of the runs."""
    open_model = onnx.ModelProto()
    open_model.CopyFrom(model)
    names = [name for node in model.graph.node for name in node.output if name]
    shown = {output.name for output in model.graph.output}
    open_model.graph.output.extend(onnx.ValueInfoProto(name=name) for name in names if name not in shown)
    return [feed | run for feed, run in zip(feeds, _run(open_model, names, feeds), strict=True)]


def _constant(values: list[np.ndarray]) -> np.ndarray | None:
    first = values[0]
    is_small = first.dtype == np.int64 and first.size <= MAX_CONSTANT_SIZE
    return first if is_small and all(np.array_equal(value, first) for value in values) else None


def _target(shapes: list[tuple[int, ...]]) -> np.ndarray | None:
    """What to reshape to; none when two places differ."""
    shape = np.array(shapes[0], np.int64)
    varies = np.any([np.array(other) != shape for other in shapes], axis=0)
    shape[varies] = -1
    return shape if varies.sum() <= 1 else None


def _prune(graph: onnx.GraphProto) -> None:
    """Removes what nothing reads any more."""
    while True:
        used = {name for node in graph.node for name in node.input} | {o.name for o in graph.output}
        dead = [node for node in graph.node if not used.intersection(node.output)]
        for node in dead:
            graph.node.remove(node)
        if not dead:
            break
    for tensor in [tensor for tensor in graph.initializer if tensor.name not in used]:
        graph.initializer.remove(tensor)


def _fold_shapes(graph: onnx.GraphProto, runs: list[Feed]) -> None:
    outputs = {output.name for output in graph.output}
    replaced: dict[str, str] = {}
    for node in [node for node in graph.node if node.op_type != "Constant" and len(node.output) == 1]:
        name = node.output[0]
        constant = _constant([run[name] for run in runs])
        reads = node.input[0] if node.input else ""
        if constant is not None and name not in outputs:
            graph.initializer.append(numpy_helper.from_array(constant, name))
            graph.node.remove(node)
        elif node.op_type == "Reshape":
            shapes = [run[name].shape for run in runs]
            is_same = all(reads in run and run[reads].shape == run[name].shape for run in runs)
            target = _target(shapes)
            if is_same and name not in outputs:
                replaced[name] = reads
                graph.node.remove(node)
            elif target is not None:
                node.input[1] = name + ".shape"
                graph.initializer.append(numpy_helper.from_array(target, node.input[1]))
        elif node.op_type == "Identity" and name not in outputs:
            replaced[name] = reads
            graph.node.remove(node)
    for node in graph.node:
        for index, name in enumerate(node.input):
            while name in replaced:
                name = replaced[name]
            node.input[index] = name


def _drop_zero_points(graph: onnx.GraphProto) -> None:
    """Zero is what a missing zero point of DequantizeLinear means; a runtime subtracts one that is there."""
    constants = {tensor.name: tensor for tensor in graph.initializer}
    constants |= {n.output[0]: n.attribute[0].t for n in graph.node if n.op_type == "Constant"}
    for node in graph.node:
        if node.op_type != "DequantizeLinear" or len(node.input) < 3 or node.input[2] not in constants:
            continue
        if not numpy_helper.to_array(constants[node.input[2]]).any():
            del node.input[2]


def simplify(path: Path, feeds: list[Feed]) -> None:
    """Rewrites the graph in place. feeds: inputs whose every dynamic length differs from feed to feed, three at least;
    the last one only checks the result. Raises ValueError when the outputs for it differ by more than rounding."""
    model = onnx.load(str(path))
    _fold_shapes(model.graph, _observe(model, feeds[:-1]))
    _drop_zero_points(model.graph)
    _prune(model.graph)
    del model.graph.value_info[:]
    onnx.checker.check_model(model)
    names = [output.name for output in model.graph.output]
    expected = _run(onnx.load(str(path)), names, feeds[-1:])[0]
    try:
        actual = _run(model, names, feeds[-1:])[0]
    except Exception as error:  # the runtime has exceptions of its own
        raise ValueError(f"{path}: simplified, it fails on inputs of other lengths: {error}") from error
    # The runtime joins other nodes of the simpler graph, and rounds elsewhere.
    different = [
        name
        for name in names
        if expected[name].shape != actual[name].shape
        or not np.allclose(expected[name], actual[name], rtol=ROUNDING, atol=ROUNDING)
    ]
    if different:
        raise ValueError(f"{path}: simplified, it gives other values of {', '.join(different)}")
    onnx.save(model, str(path))


def recordings(lengths: tuple[int, ...] = (20_000, 33_333, 50_001, 27_777)) -> list[Feed]:
    """Feeds of an acoustic graph: noise, samples [1, S]."""
    random = np.random.default_rng(0)
    return [{"samples": (0.1 * random.standard_normal((1, n))).astype(np.float32)} for n in lengths]


def prompts(model: onnx.ModelProto) -> list[Feed]:
    """Feeds of a scorer's graph, whose dynamic dimensions are called `phones` and `words`."""
    random = np.random.default_rng(0)
    feeds = []
    for phones, words in ((7, 3), (12, 5), (20, 9), (31, 8)):
        feed = {}
        for value in model.graph.input:
            dimensions = value.type.tensor_type.shape.dim
            shape = [d.dim_value or {"phones": phones, "words": words}[d.dim_param] for d in dimensions]
            is_float = value.type.tensor_type.elem_type == onnx.TensorProto.FLOAT
            feed[value.name] = (
                random.standard_normal(shape).astype(np.float32) if is_float else np.ones(shape, np.int64)
            )
        feeds.append(feed)
    return feeds
