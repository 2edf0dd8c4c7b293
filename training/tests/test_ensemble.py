"""From random weights through recogniser, scorer, ensemble and distillation, with the engine's own features."""

from __future__ import annotations

import argparse
import json
import shutil
from pathlib import Path

import numpy as np
import pytest
import torch
from conftest import tiny_checkpoint
from higgins_train import ablate, acoustic, distill, ensemble, scorer
from higgins_train.acoustic_model import PhoneRecogniser
from higgins_train.export import load_scorer
from higgins_train.features import load_inputs
from higgins_train.pack import ROLES
from higgins_train.report import ablation_block
from higgins_train.splits import MEAN
from higgins_train.teaching import mean_of
from higgins_train.variants import VARIANTS
from test_recogniser import SHIPPED, tiny_pack


def outputs(value: float, phones: int) -> dict[str, np.ndarray]:
    return {"phone_score": np.full(phones, value), "utterance_scores": np.full(5, value)}


def test_teachers_count_the_same_where_all_have_an_opinion() -> None:
    mean = mean_of([{"a": outputs(1.0, 3), "b": outputs(1.0, 2)}, {"a": outputs(2.0, 3)}])
    assert list(mean) == ["a"]
    np.testing.assert_allclose(mean["a"]["phone_score"], [1.5, 1.5, 1.5])
    with pytest.raises(ValueError, match=r"a: .*\[3, 4\] phones"):
        mean_of([{"a": outputs(1.0, 3)}, {"a": outputs(1.0, 4)}])


def run_command(module, *said: object) -> None:
    parser = argparse.ArgumentParser()
    module.add_arguments(parser)
    module.run(parser.parse_args([str(word) for word in said]))


def measured_again_on_an_announcer(corpus: Path, folder: Path, run: Path, ablate_of: list[object]) -> None:
    """Finished rows get the figure that they lack, from the scorers that they have."""
    lines = []
    for record in map(json.loads, (corpus / "labels.jsonl").read_text().splitlines()[:3]):
        words = [{"text": word["text"], "phones": word["phones"]} for word in record["words"]]
        known = {name: record[name] for name in ("id", "speaker", "text")}
        audio = str((corpus / record["audio"]).resolve())
        phones = [phone for word in words for phone in word["phones"]]
        lines.append(
            json.dumps(known | {"audio": audio, "division": "dev", "phones": phones, "words": words})
        )
    folder.mkdir()
    (folder / "labels.jsonl").write_text("\n".join(lines))
    row, scorers = run / "ablation" / "distilled.json", sorted((run / "ablation-models").glob("*.pt"))
    before, made = json.loads(row.read_text()), [path.stat().st_mtime_ns for path in scorers]
    run_command(ablate, *ablate_of, "--run", run, "--rows", "distilled", "--announcer", folder)
    after = json.loads(row.read_text())
    assert {"announcer_flagged", "announcer_total"} <= after["figures"].keys() - before["figures"].keys()
    assert {key: after["figures"][key] for key in before["figures"]} == before["figures"]
    assert after["commit"] == before["commit"] and after["hours"] >= before["hours"]
    assert [path.stat().st_mtime_ns for path in scorers] == made


def test_two_runs_and_a_pack_become_one_scorer(corpus: Path, tmp_path: Path) -> None:
    pytest.importorskip("higgins")
    init, run = tiny_checkpoint("whisper", tmp_path / "init"), tmp_path / "run"
    of_run = ["--corpus", corpus, "--init", init, "--splits", 2]
    run_command(acoustic, *of_run, "--out", run, "--epochs", 1, "--copies", 0, "--frozen-layers", 1)
    of_run += ["--seeds", 1, "--jobs", 1, "--scorer-epochs", 2]
    run_command(scorer, *of_run, "--run", run)
    rows = ["scalar-gop-sa", "distilled", "histogram+attentive-words", "leaking-features", "augmented"]
    run_command(ablate, *of_run, "--run", run, "--rows", *rows)
    table = ablation_block(run)
    assert len(table.splitlines()) == 2 + len(rows) and VARIANTS["histogram"].about in table
    assert (run / "features-leak.pt").exists()
    measured_again_on_an_announcer(corpus, tmp_path / "announcer", run, ablate_of=of_run)
    originals, copies = (
        [of for path in run.glob(f"features-*{ending}.pt") for of in load_inputs(path).items()]
        for ending in ("fold[01]", "-augmented")
    )
    assert sorted(key for key, _ in copies) == sorted(f"{key}+heard1" for key, _ in originals)
    # Another sound, and not the states of the recording that it was made of.
    sound = dict(copies)
    assert all(
        np.abs(of["phone_states"] - sound[f"{key}+heard1"]["phone_states"]).max() > 0 for key, of in originals
    )
    other = shutil.copytree(run, tmp_path / "other")
    stack = torch.load(other / "stack.pt", weights_only=True)
    stack["weigh.bias"] += 1.0
    torch.save(stack, other / "stack.pt")
    members = [run, other]
    if (SHIPPED / ROLES["dictionary"]).exists():
        config = load_scorer(run / "scorer-seed1.pt").config
        names = ("num_features", "num_insertion_features", "num_utterance_features")
        sizes = {n: getattr(config, n) for n in names}
        members.append(tiny_pack(PhoneRecogniser.load(run / MEAN / "model.pt"), sizes, tmp_path / "pack"))
    run_command(ensemble, "--members", *members, "--corpus", corpus, "--out", tmp_path / "all")
    saved = torch.load(tmp_path / "all" / "opinions.pt", weights_only=False)
    assert set(saved["report"]["members"]) == {str(member) for member in members}
    assert len(saved["opinions"]) == 16 + 12  # every recording, and the fit ones beside another text

    # The second run says one point more of every phone, so two of them say half a point more than the first.
    single, both = [], []
    for out, chosen in ((single, [run]), (both, [run, other])):
        run_command(ensemble, "--members", *chosen, "--corpus", corpus, "--out", tmp_path / "some")
        out.append(torch.load(tmp_path / "some" / "opinions.pt", weights_only=False)["opinions"])
    for key, said in single[0].items():
        np.testing.assert_allclose(both[0][key]["phone_score"], said["phone_score"] + 0.5, atol=1e-5)

    before = (run / "scorer-seed1.pt").read_bytes()
    run_command(distill, "--opinions", tmp_path / "all" / "opinions.pt", *of_run, "--run", run)
    assert (run / "scorer-seed1.pt").read_bytes() != before
    report = json.loads((run / "scorer.json").read_text())
    assert report["averaged"] == saved["report"]["averaged"]
    assert report["single"].keys() == report["teacher"].keys()
    # A student is not taken for a scorer that learned from the experts alone.
    with pytest.raises(SystemExit, match="is a student"):
        run_command(scorer, *of_run, "--run", run)
