"""Each expert against the others, and the engine against the same."""

from __future__ import annotations

import json
from argparse import Namespace
from pathlib import Path

import numpy as np
import pytest
import torch
from conftest import record
from higgins_train import experts
from higgins_train.corpus import read_corpus
from higgins_train.report import fill

MARKS = {
    "WE": ["W IY0"] * 5,
    "CALL": ["K AO0 L", "K {AO0} L", "K (AO0) L", "K (AO0) L", "K (AO0) L"],
    "IT": ["IH0 T", "IH0 T", "IH0", "IH0 T", "IH0 T"],  # one that has no T cannot be read
    "BEAR": ["B EH0 R"] * 4 + ["B EH0 [ L ] R"],
}


@pytest.fixture
def marked(tmp_path: Path) -> Path:
    """One utterance of dev with five experts' marks."""
    line = record(0, "0001", "dev")
    line["experts"] = {"words": [{"phones": MARKS[word["text"]]} for word in line["words"]]}
    (tmp_path / "labels.jsonl").write_text(json.dumps(line) + "\n")
    return tmp_path


def test_only_words_that_all_five_can_be_read_for_are_compared(marked: Path) -> None:
    views, known = experts.views_of(read_corpus(marked))
    assert known.tolist() == [True] * 5 + [False] * 2 + [True] * 3
    assert views.shape == (5, 8)
    assert views[:, 3].tolist() == [2, 1, 0, 0, 0]  # AO of "call"


def test_a_judge_is_compared_with_the_other_four() -> None:
    # All but the last agree, and the engine sides with them. Phone 1 is wrong to four (0) and right to one (2): with
    # that one among the other four their mean is .5, which does not count as wrong.
    views = np.array([[2, 0, 2, 2, 0, 2]] * 4 + [[0, 2, 2, 2, 0, 2]], float)
    score, probability = views[0], 1 - views[0] / 2
    result = experts.compare(views, score, probability, threshold=0.5)
    assert [judge["mdd_f1"] for judge in result["experts"]] == pytest.approx([2 / 3] * 4 + [1 / 2])
    assert result["engine"][4] == pytest.approx(
        {"phone_pcc": 1.0, "mdd_auc": 1.0, "mdd_precision": 1.0, "mdd_recall": 1.0, "mdd_f1": 1.0}
    )
    assert result["engine"][0]["mdd_f1"] == pytest.approx(2 / 3)
    # Each expert marks two phones, and two are what the engine flags then.
    assert [judge["mdd_f1"] for judge in result["engine_flagging_as_many"]] == pytest.approx(
        [2 / 3] * 4 + [1]
    )


def test_how_well_anybody_could_do_follows_from_how_far_experts_agree() -> None:
    random = np.random.default_rng(0)
    true = random.standard_normal(200_000)
    panels = true + random.standard_normal(
        (2, 5, len(true))
    )  # two panels of five, as noisy as the truth is varied
    said = experts.reliability(panels[0])
    means = panels.mean(axis=1)
    assert said["two_experts"] == pytest.approx(0.5, abs=0.01)
    assert said["two_panels"] == pytest.approx(np.corrcoef(means)[0, 1], abs=0.01)
    assert said["truth_and_panel"] == pytest.approx(np.corrcoef(true, means[0])[0, 1], abs=0.01)


def test_the_command_writes_what_the_page_shows(marked: Path, capsys: pytest.CaptureFixture[str]) -> None:
    truth = np.array(read_corpus(marked)[0].phone_scores)
    said = {"phone": truth, "truth": truth, "logit": 1.0 - truth, "scale": 1.0, "offset": 0.0}
    torch.save(said, marked / "dev-predictions.pt")
    (marked / "scorer.json").write_text("{}")
    points = {"detection_scale": 1.0, "detection_offset": 0.0, "detection_threshold": 0.5}
    (marked / "manifest.json").write_text(json.dumps({"calibration": points}))
    args = Namespace(corpus=marked, run=marked, pack=marked)
    experts.run(args)
    assert "expert 5" in capsys.readouterr().out
    page = fill("<!-- report:experts begin -->\n<!-- report:experts end -->\n", marked)
    assert page.count("| expert ") == 5 and "| the experts, mean |" in page and "Of 8 phones" in page

    torch.save(said | {"scale": 2.0}, marked / "dev-predictions.pt")
    with pytest.raises(SystemExit, match="not the pack"):
        experts.run(args)

    torch.save(said | {"truth": truth[::-1].copy()}, marked / "dev-predictions.pt")
    with pytest.raises(SystemExit, match="other recordings"):
        experts.run(args)
    (marked / "scorer.json").write_text('{"fit_on": "all"}')
    with pytest.raises(SystemExit, match="learned from dev"):
        experts.run(args)
