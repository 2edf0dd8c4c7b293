"""Members cut out of a mean: what is left is the mean of the others, to the bit that float32 allows."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import onnx
import onnxruntime
import pytest
import torch
from higgins_train.scorer_model import OUTPUT_NAMES
from higgins_train.thin_pack import keep_members
from torch import nn

WIDTH, COUNT = 6, 4


class Member(nn.Module):
    """Four outputs of one input, as a scorer has, with additions inside that must not be taken for the mean's."""

    def __init__(self) -> None:
        super().__init__()
        self.heads = nn.ModuleList(nn.Linear(WIDTH, WIDTH) for _ in OUTPUT_NAMES)

    def forward(self, x: torch.Tensor) -> list[torch.Tensor]:
        return [head(x) + x for head in self.heads]


class Mean(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        torch.manual_seed(1)
        self.models = nn.ModuleList(Member() for _ in range(COUNT))

    def forward(self, x: torch.Tensor) -> tuple[torch.Tensor, ...]:
        outputs = [model(x) for model in self.models]
        return tuple(sum(of[k] for of in outputs) / COUNT / 2.0 for k in range(len(OUTPUT_NAMES)))


@pytest.fixture
def graph(tmp_path: Path) -> tuple[Path, Mean, torch.Tensor]:
    model, x = Mean().eval(), torch.randn(3, WIDTH)
    path = tmp_path / "scorer.onnx"
    torch.onnx.export(
        model, (x,), path, dynamo=False, opset_version=17, input_names=["x"], output_names=OUTPUT_NAMES
    )
    return path, model, x


@pytest.mark.parametrize("keep", [[1], [0, 3], [3, 1, 2], [0, 1, 2, 3]])
def test_the_mean_of_those_that_are_kept(graph: tuple[Path, Mean, torch.Tensor], keep: list[int]) -> None:
    path, model, x = graph
    nodes_before = len(onnx.load(str(path)).graph.node)
    assert keep_members(path, keep) == COUNT
    session = onnxruntime.InferenceSession(path)
    found = session.run(OUTPUT_NAMES, {"x": x.numpy()})
    with torch.inference_mode():
        outputs = [model.models[at](x) for at in keep]
    for k, values in enumerate(found):
        expected = sum(of[k] for of in outputs) / len(keep) / 2.0
        np.testing.assert_allclose(values, expected.numpy(), rtol=1e-5, atol=1e-6)
    if len(keep) < COUNT - 1:
        assert len(onnx.load(str(path)).graph.node) < nodes_before


def test_a_graph_without_enough_members_is_refused(graph: tuple[Path, Mean, torch.Tensor]) -> None:
    path, *_ = graph
    before = path.read_bytes()
    with pytest.raises(SystemExit, match="mean of more than 4 scorers"):
        keep_members(path, [4])
    assert path.read_bytes() == before
