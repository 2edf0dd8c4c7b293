from __future__ import annotations

import argparse
import json
from pathlib import Path

import pytest
from higgins_train.corpus import Utterance, Word
from higgins_train.diagnosis import heard_of, measure, truth_of
from higgins_train.report import fill, plots_block
from higgins_train.report import run as write_report
from higgins_train.report_plots import confusion_matrix, draw_confusions


def entry(expected: str | None, actual: str | None, error: str | None, probability: float = 0.0) -> dict:
    return {"expected": expected, "actual": actual, "error": error, "error_probability": probability}


CAT = Word("cat", ["K", "AE1", "T"], [2.0, 0.0, 2.0], spoken=[["K"], ["EH1"], ["T", "AH0"]])
SIT = Word("sit", ["S", "IH1", "T"], [2.0, 2.0, 0.0], spoken=[["S"], ["IH1"], []])
UTTERANCE = Utterance("u", Path("u.flac"), "s", "dev", "cat sit", [CAT, SIT], synthetic=True)


def report(cat: list[dict], sit: list[dict], accuracies: tuple[float, float] = (0.5, 0.5)) -> dict:
    words = zip((cat, sit), accuracies, strict=True)
    return {"u": {"words": [{"phonemes": phones, "accuracy": accuracy} for phones, accuracy in words]}}


def test_truth_names_kind_and_phone() -> None:
    assert truth_of(CAT) == [(None, None), ("substitution", "EH"), ("insertion", "AH")]
    assert truth_of(SIT) == [(None, None), (None, None), ("deletion", None)]


def test_a_perfect_report_is_perfect() -> None:
    perfect = report(
        [
            entry("K", "K", None),
            entry("AE", "EH", "substitution", 0.9),
            entry("T", "T", None),
            entry(None, "AH", "insertion"),
        ],
        [entry("S", "S", None), entry("IH", "IH", None), entry("T", None, "deletion", 0.8)],
    )
    figures = measure([UTTERANCE], perfect)
    assert figures["errors"] == 3 and figures["right_phones"] == 3
    assert figures["auc"] == figures["right_place_and_kind"] == figures["right_phone_of_substitutions"] == 1.0
    assert figures["false_alarms"] == 0.0
    assert figures["wrong_words_scored_poor"] == 1.0 and figures["right_words_scored_poor"] == 0.0
    assert figures["heard_of_expected"]["AE"] == {"EH": 1} and figures["heard_of_expected"]["T"] == {
        "T": 1,
        "-": 1,
    }
    assert figures["heard_of_spoken"]["EH"] == {"EH": 1} and figures["heard_of_spoken"]["-"] == {"-": 1}


def test_wrong_names_wrong_kinds_and_alarms_are_counted() -> None:
    poor = report(
        [entry("K", "G", "substitution", 0.7), entry("AE", "IH", "substitution", 0.6), entry("T", "T", None)],
        [entry("S", "S", None), entry("IH", "IH", None), entry("T", "D", "substitution", 0.5)],
    )
    figures = measure([UTTERANCE], poor)
    assert figures["right_place_and_kind"] == pytest.approx(1 / 3)  # the place of AE only
    assert figures["right_phone_of_substitutions"] == 0.0
    assert figures["false_alarms"] == pytest.approx(1 / 3)
    assert figures["heard_of_spoken"]["EH"] == {"IH": 1}  # EH was said for AE, IH was reported
    assert figures["heard_of_spoken"]["K"] == {"G": 1}
    # Right phones K .7, S 0, IH 0; wrong phones AE .6, T .5: 4 of 6 pairs are in order.
    assert figures["auc"] == pytest.approx(4 / 6)


def test_words_are_counted_by_what_was_said_of_them() -> None:
    right = [entry(p, p, None) for p in ("K", "AE", "T")]
    said = report(right, [entry(p, p, None) for p in ("S", "IH", "T")], (0.9, 0.3))
    figures = measure([UTTERANCE], said)
    assert figures["wrong_words_scored_poor"] == 0.5  # sit, of cat and sit
    as_written = Utterance("u", Path("u.flac"), "s", "dev", "cat sit", [Word("cat", CAT.phones), SIT])
    figures = measure([as_written], said)
    assert figures["wrong_words_scored_poor"] == 1.0 and figures["right_words_scored_poor"] == 0.0


def test_an_insertion_before_the_word_is_an_alarm_of_its_first_phone() -> None:
    _, heard = heard_of([entry(None, "AH", "insertion"), entry("S", "S", None), entry("IH", "IH", None)])
    assert heard == [("insertion", "AH"), (None, None)]


def test_confusions_are_shares_of_all_sets_and_drawn(tmp_path: Path) -> None:
    one = {"heard_of_spoken": {"S": {"S": 3, "TH": 1}, "-": {"S": 1}}, "heard_of_expected": {"S": {"S": 4}}}
    names, shares = confusion_matrix({"a": one, "b": {"heard_of_spoken": {"S": {"-": 4}}}}, "heard_of_spoken")
    assert names == ["TH", "S", "-"]
    assert shares.tolist() == [[0, 0, 0], [1 / 8, 3 / 8, 4 / 8], [0, 1, 0]]
    (tmp_path / "diagnosis.json").write_text(json.dumps({"a": one}))
    draw_confusions(tmp_path)
    assert "confusion.svg" in plots_block(tmp_path)
    drawn = (tmp_path / "confusion.svg").read_bytes()
    draw_confusions(tmp_path)
    assert (tmp_path / "confusion.svg").read_bytes() == drawn


def test_report_fills_its_blocks_and_nothing_else(tmp_path: Path) -> None:
    figures = measure(
        [UTTERANCE], report([entry(p, p, None) for p in ("K", "AE", "T")], [entry(p, p, None) for p in "SIT"])
    )
    (tmp_path / "diagnosis.json").write_text(json.dumps({"set": figures}))
    page = "before\n<!-- report:diagnosis begin -->\nold\n<!-- report:diagnosis end -->\nafter\n"
    filled = fill(page, tmp_path)
    assert filled.startswith("before\n") and filled.endswith("after\n") and "old" not in filled
    assert "| right phones flagged | 0.00% |" in filled
    assert fill(filled, tmp_path) == filled
    with pytest.raises(SystemExit, match="diagnosis end"):
        fill("<!-- report:diagnosis begin -->\n", tmp_path)


def test_a_run_that_heard_dev_changes_no_figure_of_dev(tmp_path: Path) -> None:
    run, figures, page = tmp_path / "run", tmp_path / "figures", tmp_path / "page.md"
    run.mkdir()
    figures.mkdir()
    (figures / "scorer.json").write_text('{"of": "the run that never heard dev"}')
    held_out = {"phone_pcc": 0.7511, "mdd_auc": 0.96, "native_flagged": 0.1}
    (run / "scorer.json").write_text(json.dumps({"fit_on": "all", "held_out": held_out}))
    (run / "fairness.json").write_text('{"of": "dev"}')
    (run / "dev-predictions.pt").write_text("would be drawn")
    page.write_text("<!-- report:held-out begin -->\n<!-- report:held-out end -->\n")
    write_report(argparse.Namespace(run=run, figures=figures, page=page, check=False))
    assert "never heard dev" in (figures / "scorer.json").read_text()
    assert sorted(path.name for path in figures.iterdir()) == ["scorer-fit-on-all.json", "scorer.json"]
    assert "| phone | AUC |" in page.read_text() and "0.751" in page.read_text()
