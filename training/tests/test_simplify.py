"""Simplified graphs: fewer nodes, the same numbers at lengths that were never shown."""

import warnings
from pathlib import Path

import numpy as np
import onnx
import onnxruntime
import pytest
import torch
from conftest import tiny_checkpoint
from higgins_train.acoustic_model import PhoneRecogniser
from higgins_train.encoders import load_encoder
from higgins_train.export import FLOAT_CONSTANTS, export_acoustic, sensitive_nodes, shrink_constants
from higgins_train.simplify import recordings, simplify
from onnx import TensorProto, helper, numpy_helper
from torch import nn


class Heads(nn.Module):
    """What the exporter makes many nodes of: reshapes by the input's own shape, a chunk, a table cut to length."""

    def __init__(self) -> None:
        super().__init__()
        self.linear = nn.Linear(1, 12)
        self.register_buffer("positions", torch.randn(2000, 12))

    def forward(self, samples: torch.Tensor) -> torch.Tensor:
        x = self.linear(samples[:, ::100, None])
        x = x + self.positions[: x.shape[1]]
        first, second, third = (part.reshape(*part.shape[:2], 2, 2) for part in x.chunk(3, dim=-1))
        mixed = (first * second - third).transpose(1, 2)
        return mixed.reshape(x.shape[0], 2, x.shape[1], 2).transpose(1, 2).reshape(*x.shape[:2], 4)


def export(path: Path) -> None:
    torch.manual_seed(0)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        torch.onnx.export(
            Heads().eval(),
            (torch.randn(1, 3000),),
            path,
            dynamo=False,
            opset_version=17,
            input_names=["samples"],
            output_names=["y"],
            dynamic_axes={"samples": {1: "samples"}, "y": {1: "frames"}},
        )


def outputs(path: Path, feed: dict[str, np.ndarray]) -> np.ndarray:
    return onnxruntime.InferenceSession(path, providers=["CPUExecutionProvider"]).run(None, feed)[0]


def test_gives_the_same_with_fewer_nodes(tmp_path: Path) -> None:
    path = tmp_path / "graph.onnx"
    export(path)
    unseen = recordings((1_234, 150_000))
    before = [outputs(path, feed) for feed in unseen]
    num_nodes = len(onnx.load(path).graph.node)
    simplify(path, recordings())
    graph = onnx.load(path).graph
    assert len(graph.node) < 0.6 * num_nodes
    # The table is still cut to the length that there is: the one shape that must be asked for.
    assert sum(node.op_type == "Shape" for node in graph.node) == 1
    for feed, expected in zip(unseen, before, strict=True):
        assert np.array_equal(outputs(path, feed), expected)


def test_refuses_when_lengths_were_too_few_to_tell(tmp_path: Path) -> None:
    path = tmp_path / "graph.onnx"
    export(path)
    original = path.read_bytes()
    with pytest.raises(ValueError, match="simplified"):
        simplify(path, recordings((4_000, 4_000, 9_000)))
    assert path.read_bytes() == original


def test_drops_only_zero_points_that_are_zero(tmp_path: Path) -> None:
    nodes, constants = [], []
    for name, zero in (("zero", 0), ("three", 3)):
        constants += [
            numpy_helper.from_array(np.array([[1, -5]], np.int8), name + ".weights"),
            numpy_helper.from_array(np.float32(0.5), name + ".scale"),
            numpy_helper.from_array(np.int8(zero), name + ".point"),
        ]
        parts = [name + part for part in (".weights", ".scale", ".point")]
        nodes.append(helper.make_node("DequantizeLinear", parts, [name], name=name))
    nodes.append(helper.make_node("Add", ["zero", "three"], ["sum"]))
    nodes.append(helper.make_node("Add", ["sum", "samples"], ["y"]))
    graph = helper.make_graph(
        nodes,
        "graph",
        [helper.make_tensor_value_info("samples", TensorProto.FLOAT, [1, "samples"])],
        [helper.make_tensor_value_info("y", TensorProto.FLOAT, [1, "samples"])],
        constants,
    )
    path = tmp_path / "graph.onnx"
    onnx.save(helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=8), path)
    feeds = [{"samples": np.full((1, 2), i, np.float32)} for i in range(3)]
    before = outputs(path, feeds[1])
    simplify(path, feeds)
    num_inputs = {node.name: len(node.input) for node in onnx.load(path).graph.node}
    assert (num_inputs["zero"], num_inputs["three"]) == (2, 3)
    assert np.array_equal(outputs(path, feeds[1]), before)


@pytest.mark.parametrize("kind", ["whisper", "wavlm"])
def test_an_acoustic_graph_hears_the_same(kind: str, tmp_path: Path) -> None:
    path = tmp_path / "acoustic.onnx"
    export_acoustic(PhoneRecogniser(load_encoder(tiny_checkpoint(kind, tmp_path / "init"))), path)
    unseen = recordings((61_234,))[0]
    before = outputs(path, unseen)
    num_nodes = len(onnx.load(path).graph.node)
    simplify(path, recordings())
    assert len(onnx.load(path).graph.node) < num_nodes
    assert np.array_equal(outputs(path, unseen), before)


def test_sensitive_products_stay_in_float_but_are_stored_small(tmp_path: Path) -> None:
    path = tmp_path / "acoustic.onnx"
    export_acoustic(PhoneRecogniser(load_encoder(tiny_checkpoint("whisper", tmp_path / "init"))), path)
    graph = onnx.load(path).graph
    products = {node.name for node in graph.node if node.op_type in {"Conv", "MatMul"}}
    assert products.intersection(sensitive_nodes(graph)) == {
        "/encoder/conv1/Conv",
        "/encoder/layers.1/fc2/MatMul",
    }
    front_end = {t.name: t.data_type for t in graph.initializer if "front_end" in t.name}
    unseen = recordings((61_234,))[0]
    before = outputs(path, unseen)
    shrink_constants(path, FLOAT_CONSTANTS)
    graph = onnx.load(path).graph
    stored = {tensor.name: tensor.data_type for tensor in graph.initializer}
    assert stored["encoder.conv1.weight.f16"] == TensorProto.FLOAT16
    assert front_end.items() <= stored.items()
    np.testing.assert_allclose(outputs(path, unseen), before, atol=2e-2)
