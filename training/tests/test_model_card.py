"""The card says of a pack only what was measured on speech that the pack never heard."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from higgins_train.model_card import write_card
from higgins_train.pack import fit_only_figures

DEV = {"phone_pcc": 0.734, "mdd_auc": 0.976, "native_flagged": 0.004, "synthetic_auc": 0.951}


def figures(fit_on: str) -> dict:
    spread = {key: {"mean": value, "spread": 0.0} for key, value in DEV.items()}
    return {
        "version": "1",
        "fit_on": fit_on,
        "splits": 3,
        "folds": 2,
        "seeds": 5,
        "members": 3,
        "scorer_parameters": 1000,
        "num_dev": 400,
        "num_native": 40,
        "num_synthetic_fit": 2000,
        "single": spread,
        "averaged": DEV,
        "f32": DEV,
        "int8": DEV,
        "held_out": {"phone_pcc": 0.712, "mdd_auc": 0.962, "learner_insertions_found": 0.364},
        "drift": {"phone_pcc": 0.0001},
        "max_drift": 0.005,
        "expected_calibration_error": 0.01,
        "learner_phone_error_rate": 0.25,
        "native_phone_error_rate": 0.1,
        "calibration": {"unsure_low": 0.1, "unsure_high": 0.7},
        "command": "make it",
    }


def card_of(folder: Path, of: dict) -> str:
    folder.mkdir()
    (folder / "figures.json").write_text(json.dumps(of))
    write_card(folder)
    return (folder / "README.md").read_text()


def test_dev_is_on_the_card_of_a_pack_that_never_heard_it(tmp_path: Path) -> None:
    card = card_of(tmp_path / "fit", figures("fit"))
    assert "| phone score, PCC | 0.734 | 0.000 | 0.734 | 0.734 | 0.734 |" in card
    assert "learners 25.0%" in card


def test_dev_is_not_on_the_card_of_a_pack_that_learned_from_it(tmp_path: Path) -> None:
    heard = figures("all") | {"int8": DEV | {"phone_pcc": 0.9, "native_flagged": 0.003}}
    card_of(tmp_path / "fit", figures("fit"))
    card = card_of(tmp_path / "all", heard | {"fit_only": fit_only_figures(tmp_path / "fit")})
    assert "| phone score, PCC | 0.712 | 0.734 |  |" in card
    assert "| share of native phones flagged at that threshold |  | 0.004 | 0.003 |" in card
    assert "| of those that half of the experts heard, at the threshold | 0.364 |  |  |" in card
    assert "0.900" not in card and "25.0%" not in card
    with pytest.raises(SystemExit, match="learned from the dev speakers"):
        fit_only_figures(tmp_path / "all")
