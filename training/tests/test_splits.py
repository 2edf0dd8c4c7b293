"""Whoever learns from a recording's features must not have them from a recogniser that knows the speaker."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import torch
from conftest import tiny_checkpoint
from higgins_train.acoustic_model import PhoneRecogniser
from higgins_train.corpus import Utterance, trained_on
from higgins_train.encoders import load_encoder
from higgins_train.splits import draw_splits, mean_recogniser, splits_in


def recordings(kind: str, speakers: int, each: int) -> list[Utterance]:
    about = {"native": kind == "native", "synthetic": kind == "synthetic"}
    return [
        Utterance(f"{kind}{s}-{n}", Path("-"), f"{kind}{s}", "fit", "", [], **about)
        for s in range(speakers)
        for n in range(each)
    ]


def test_strangers_never_heard_the_speaker() -> None:
    fit = recordings("learner", 9, 4) + recordings("native", 5, 2)
    splits = draw_splits(fit, num_splits=3, num_folds=2)
    assert splits.names == [f"split{s}-fold{f}" for s in range(3) for f in range(2)]
    heard = {name: {u.speaker for u in splits.heard_by(name, fit)} for name in splits.names}
    seen = []
    for names, pool in splits.by_strangers(fit).items():
        assert len(names) == 3
        for utterance in pool:
            assert not any(utterance.speaker in heard[name] for name in names)
            seen.append(utterance.id)
    assert sorted(seen) == sorted(u.id for u in fit)
    assert heard["split0-fold0"] != heard["split1-fold0"]
    # Of a split, every speaker was heard by all recognisers but one.
    for split in range(3):
        of = [heard[f"split{split}-fold{fold}"] for fold in range(2)]
        assert not of[0] & of[1] and len(of[0] | of[1]) == 14


def test_copies_follow_their_recording_and_strangers_to_training_are_left_out() -> None:
    fit = recordings("learner", 6, 2)
    splits = draw_splits(fit, num_splits=2, num_folds=3)
    copies = [replace(u, id=u.id + "+text", extra={"of": u.id}) for u in fit]
    others = [replace(fit[0], id="dev-1", speaker="nobody")]
    of_originals, of_copies = splits.by_strangers(fit), splits.by_strangers(copies + others)
    assert {names: [u.id + "+text" for u in pool] for names, pool in of_originals.items()} == {
        names: [u.id for u in pool] for names, pool in of_copies.items()
    }


def test_more_synthetic_speech_leaves_the_learners_folds_alone() -> None:
    learners = recordings("learner", 7, 3)
    alone = draw_splits(learners, 2, 2)
    beside = draw_splits(learners + recordings("synthetic", 20, 1), 2, 2)
    for before, after in zip(alone.fold_of, beside.fold_of, strict=True):
        assert {key: after[key] for key in before} == before


def test_the_mean_of_two_recognisers(tmp_path: Path) -> None:
    init = tiny_checkpoint("whisper", tmp_path / "init")
    for seed, name in enumerate(("split0-fold0", "split0-fold1")):
        torch.manual_seed(seed)
        model = PhoneRecogniser(load_encoder(init))
        (tmp_path / name).mkdir()
        model.save(tmp_path / name / "model.pt", str(init))
    names = ["split0-fold0", "split0-fold1"]
    members = [PhoneRecogniser.load(tmp_path / name / "model.pt") for name in names]
    mean = mean_recogniser(tmp_path, names, None)
    for weight, *of in zip(mean.parameters(), *(m.parameters() for m in members), strict=True):
        torch.testing.assert_close(weight, (of[0] + of[1]) / 2.0)
    alone = mean_recogniser(tmp_path, names[:1], None)
    torch.testing.assert_close(alone.head.out.weight, members[0].head.out.weight)
    assert splits_in(tmp_path) == {"splits": 1, "folds": 2}


def test_a_pack_is_always_measured_on_speech_that_it_never_heard() -> None:
    fit = [u for kind in ("learner", "native", "synthetic") for u in recordings(kind, 2, 1)]
    dev = [replace(u, id=f"dev-{u.id}", division="dev") for u in fit]
    assert trained_on(fit + dev, "fit") == fit
    assert trained_on(fit + dev, "all") == [*fit, *(u for u in dev if u.kind == "learner")]
