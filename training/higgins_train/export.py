"""Export the acoustic model and the scorer to ONNX, the acoustic one also as int8.

int8 is made by NNCF's post-training quantisation with real recordings (QDQ form: OpenVINO and ONNX Runtime
both read it). The front end stays in float: a log of a power spectrum does not survive 8 bits.
"""

from __future__ import annotations

import argparse
import re
import warnings
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import onnx
import torch

from .acoustic_model import PhoneRecogniser
from .corpus import Utterance, read_corpus
from .files import whole
from .scorer_model import INPUT_NAMES, OUTPUT_NAMES, ScorerConfig, ScorerGraph, ScorerModel
from .scorer_training import refuse_older_scorers
from .simplify import prompts, simplify

OPSET = 17
# The large float32 constants that quantise_acoustic leaves: the position table, and the weights of sensitive_nodes (the
# exporter calls a matrix that is read transposed after its product). Not the front end's.
FLOAT_CONSTANTS = ("positions", "conv1.weight", "onnx::MatMul")


def export_acoustic(model: PhoneRecogniser, path: Path) -> None:
    """Graph: samples [1, S] -> log_posteriors [1, T, labels], states [1, T, state_dim]."""
    model = model.eval()
    with warnings.catch_warnings(), torch.inference_mode():
        warnings.simplefilter("ignore")
        torch.onnx.export(
            model,
            (torch.randn(1, 32000) * 0.1,),
            path,
            dynamo=False,
            opset_version=OPSET,
            input_names=["samples"],
            output_names=["log_posteriors", "states"],
            dynamic_axes={
                "samples": {1: "samples"},
                "log_posteriors": {1: "frames"},
                "states": {1: "frames"},
            },
        )
    onnx.checker.check_model(str(path))


def front_end_nodes(graph: onnx.GraphProto) -> list[str]:
    """Names of the nodes that make log-mel features of samples (named after the module they came from)."""
    return [node.name for node in graph.node if "front_end" in node.name]


def layer_nodes(graph: onnx.GraphProto, layers: list[int]) -> list[str]:
    """Names of the nodes of encoder layers (0 is the first)."""
    return [n.name for n in graph.node if any(f"/layers.{layer}/" in n.name for layer in layers)]


def sensitive_nodes(graph: onnx.GraphProto) -> list[str]:
    """Names of the products whose inputs do not survive 8 bits: the first convolution, which reads log-mels, and
    the feed-forward output of the last encoder layer but one. They keep float32 inputs; their weights: FLOAT_CONSTANTS.

    Measured on the pack 2026.11.1 with 24 recordings, one place in 8 bits and all others in float: the states moved by
    13 % (first convolution), 7 % (second), 5 % and 3 % (the last two feed-forward outputs), at most 4 % for any other
    kind of product in all layers together; of the posteriors' whole drift (0.0070 RMS) the fifth layer's feed-forward
    output alone made 0.0052. On pack 2026.11.3 keeping the second convolution and the last feed-forward output in float
    too cost 0.8 MB and 5 % of the time and no score followed the experts better for it."""
    layers = [int(found.group(1)) for n in graph.node if (found := re.search(r"/layers\.(\d+)/", n.name))]
    last_but_one = max(layers, default=0) - 1
    places = ["/conv1/", f"/layers.{last_but_one}/fc2/"]
    return [node.name for node in graph.node if any(place in node.name for place in places)]


def quantise_acoustic(
    float_path: Path, int8_path: Path, calibration: list[np.ndarray], float_layers: list[int] | None = None
) -> None:
    """calibration: recordings, float32 [S]. float_layers: encoder layers that compute in float32, 0 is the first."""
    import nncf

    model = onnx.load(str(float_path))
    ignored = front_end_nodes(model.graph) + sensitive_nodes(model.graph)
    ignored += layer_nodes(model.graph, float_layers or [])
    dataset = nncf.Dataset(calibration, lambda samples: {"samples": samples[None]})
    quantised = nncf.quantize(
        model,
        dataset,
        model_type=nncf.ModelType.TRANSFORMER,
        preset=nncf.QuantizationPreset.MIXED,
        subset_size=len(calibration),
        # 7-bit weights: without VNNI, AVX2 adds pairs of products in 16 bits and 8-bit weights would saturate there.
        advanced_parameters=nncf.AdvancedQuantizationParameters(overflow_fix=nncf.OverflowFix.ENABLE),
        # Not every node survives NNCF's own graph (casts, constants), so a name it lacks is no error.
        ignored_scope=nncf.IgnoredScope(names=ignored, validate=False),
    )
    with whole(int8_path) as partial:
        onnx.save(quantised, str(partial))


def calibration_audio(utterances: list[Utterance], count: int = 60, seed: int = 0) -> list[np.ndarray]:
    """Recordings of the fit division, 1-12 s, spread over speakers."""
    fit = [u for u in utterances if u.division == "fit"]
    order = np.random.default_rng(seed).permutation(len(fit))
    chosen: list[np.ndarray] = []
    for index in order:
        samples = fit[index].samples()
        if 16000 <= len(samples) <= 12 * 16000:
            chosen.append(samples)
        if len(chosen) == count:
            break
    return chosen


def load_scorer(path: Path) -> ScorerModel:
    saved = torch.load(path, weights_only=True)
    refuse_older_scorers(path, saved)
    model = ScorerModel(ScorerConfig(**saved["config"]))
    model.load_state_dict(saved["state"])
    return model.eval()


def _as_int8(name: str, values: np.ndarray, axis: int) -> tuple[list[onnx.TensorProto], onnx.NodeProto]:
    """Weights [2-D] as int8 with one scale for every index of `axis`, and the node that gives float32 back."""
    largest = np.abs(values).max(axis=1 - axis, keepdims=True)
    scale = np.maximum(largest, 1e-12) / 127.0
    tensors = [
        onnx.numpy_helper.from_array(np.round(values / scale).astype(np.int8), name + ".int8"),
        onnx.numpy_helper.from_array(scale.reshape(-1).astype(np.float32), name + ".scale"),
        onnx.numpy_helper.from_array(np.zeros(scale.size, np.int8), name + ".zero"),
    ]
    node = onnx.helper.make_node(
        "DequantizeLinear", [t.name for t in tensors], [name], axis=axis, name=name + ".dequantise"
    )
    return tensors, node


MOST_PEAKED = 8.0  # largest magnitude over root mean square; of normally distributed weights about 3


def _survives_int8(values: np.ndarray, axis: int) -> bool:
    """Whether one scale for each output leaves most outputs' weights told apart: not where each has one weight that
    dwarfs all others, as in a matrix that is nearly diagonal."""
    largest = np.abs(values).max(axis=1 - axis)
    root_mean_square = np.sqrt((values**2).mean(axis=1 - axis))
    return bool(np.median(largest / np.maximum(root_mean_square, 1e-12)) <= MOST_PEAKED)


def shrink_constants(path: Path, only: Sequence[str] = ("",)) -> None:
    """Stores large float32 constants (those whose name holds one of `only`) smaller: matrices that a product reads as
    int8 with a scale for each output where they survive that, others as float16. All arithmetic stays in float32."""
    model = onnx.load(str(path))
    axis_of = {}
    for node in model.graph.node:
        if node.op_type in {"MatMul", "Gemm"}:
            transposed = any(a.name == "transB" and a.i for a in node.attribute)
            axis_of[node.input[1]] = 0 if transposed else 1
    kept, nodes = [], []
    for tensor in model.graph.initializer:
        values = onnx.numpy_helper.to_array(tensor)
        if values.dtype != np.float32 or values.size < 4096 or not any(part in tensor.name for part in only):
            kept.append(tensor)
        elif values.ndim == 2 and tensor.name in axis_of and _survives_int8(values, axis_of[tensor.name]):
            tensors, node = _as_int8(tensor.name, values, axis_of[tensor.name])
            kept += tensors
            nodes.append(node)
        else:
            name = tensor.name + ".f16"
            kept.append(onnx.numpy_helper.from_array(values.astype(np.float16), name))
            nodes.append(
                onnx.helper.make_node(
                    "Cast", [name], [tensor.name], to=onnx.TensorProto.FLOAT, name=name + ".cast"
                )
            )
    del model.graph.initializer[:]
    model.graph.initializer.extend(kept)
    for node in reversed(nodes):
        model.graph.node.insert(0, node)
    onnx.checker.check_model(model)
    onnx.save(model, str(path))


def export_scorer(graph: ScorerGraph, path: Path) -> None:
    """Graph inputs and outputs as in scorer_model: [phones] and [words] are dynamic."""
    config = graph.models[0].config
    phones, words = 7, 3
    example = (
        torch.randn(phones, config.num_features),
        torch.randn(phones, config.state_dim),
        torch.randn(phones, config.num_insertion_features),
        torch.randn(1, config.num_utterance_features),
        torch.randn(1, config.utterance_state_dim),
        torch.ones(phones, dtype=torch.long),
        torch.zeros(phones, dtype=torch.long),
        torch.zeros(phones, dtype=torch.long),
        torch.full((words, phones), 1.0 / phones),
        torch.ones(phones),
        torch.ones(words),
    )
    per_phone = [
        "phone_features",
        "phone_states",
        "insertion_features",
        "phone",
        "stress",
        "place",
        "phone_valid",
        "phone_score",
        "detection_logit",
        "insertion_logit",
        "heard_logit",
    ]
    axes = {name: {0: "phones"} for name in per_phone}
    axes |= {"word_pool": {0: "words", 1: "phones"}, "word_valid": {0: "words"}}
    axes |= {"word_scores": {0: "words"}}
    with warnings.catch_warnings(), torch.inference_mode():
        warnings.simplefilter("ignore")
        torch.onnx.export(
            graph,
            example,
            path,
            dynamo=False,
            opset_version=OPSET,
            input_names=INPUT_NAMES,
            output_names=OUTPUT_NAMES,
            dynamic_axes=axes,
        )
    shrink_constants(path)
    simplify(path, prompts(onnx.load(str(path))))


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--model", type=Path, required=True, help="model.pt of a phone recogniser")
    parser.add_argument("--init", type=Path, help="the encoder's folder, if it has moved")
    parser.add_argument(
        "--corpus", type=Path, help="calibrate int8 with this corpus; without it only float is written"
    )
    parser.add_argument("--out", type=Path, required=True)


def run(args: argparse.Namespace) -> None:
    args.out.mkdir(parents=True, exist_ok=True)
    export_acoustic(PhoneRecogniser.load(args.model, args.init), args.out / "acoustic.f32.onnx")
    if args.corpus:
        quantise_acoustic(
            args.out / "acoustic.f32.onnx",
            args.out / "acoustic.onnx",
            calibration_audio(read_corpus(args.corpus)),
        )
