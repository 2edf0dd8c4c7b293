"""Speakers who are judged by scorers that never learned from them."""

from __future__ import annotations

import itertools
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch
from higgins_train.corpus import read_corpus
from higgins_train.fairness import held_out_groups
from higgins_train.held_out import HeldOut, divide, judge_held_out, key_of
from higgins_train.metrics import area_under_roc
from higgins_train.scorer_evaluation import detections, evaluate, predict
from higgins_train.scorer_items import Item
from higgins_train.scorer_options import Recipe, ScorerOptions
from higgins_train.scorer_training import train_scorer
from test_scorer import NUM_FEATURES, made_up_items

RECIPES = [
    Recipe(ScorerOptions(epochs=40, batch=4), {}),
    Recipe(ScorerOptions(epochs=40, batch=4, correlation_weight=0.5), {}),
]


def of_voices_alone(items: list[Item]) -> list[Item]:
    """Features that say who speaks and nothing else; every other speaker says everything wrong. Whoever knows the
    speaker is never mistaken, whoever does not can only guess."""
    speakers = sorted({i.speaker for i in items})
    random = np.random.default_rng(5)
    voice = {speaker: random.standard_normal(NUM_FEATURES).astype(np.float32) for speaker in speakers}
    wrong = dict(zip(speakers, random.permutation(len(speakers)) % 2, strict=True))
    out = []
    for item in items:
        count = len(item.phone)
        inputs = item.inputs | {
            "phone_features": np.tile(voice[item.speaker], (count, 1)),
            "phone_states": np.zeros_like(item.inputs["phone_states"]),
        }
        out.append(
            replace(item, inputs=inputs, phone=np.full(count, 2.0 - 1.8 * wrong[item.speaker], np.float32))
        )
    return out


def with_insertions(items: list[Item]) -> list[Item]:
    """Three phones in ten are followed by one, which the features of insertions tell and nothing else."""
    random = np.random.default_rng(7)
    out = []
    for item in items:
        inserted = (random.random(len(item.phone)) < 0.3).astype(np.float32)
        features = item.inputs["insertion_features"].copy()
        features[:] = 4.0 * inserted[:, None]
        out.append(replace(item, inputs=item.inputs | {"insertion_features": features}, insertion=inserted))
    return out


def test_a_speaker_is_judged_by_strangers(corpus: Path, tmp_path: Path) -> None:
    items = of_voices_alone(made_up_items(corpus))
    known = train_scorer(items, 1, RECIPES[0].options, tmp_path / "known.pt", {})
    assert evaluate(predict([known], items), items)["mdd_auc"] > 0.95
    held_out, figures, _ = judge_held_out(items, RECIPES[:1], tmp_path, jobs=1)
    assert figures["mdd_auc"] < 0.8
    assert len(held_out.logit) == sum(len(i.phone) for i in items)


def test_what_is_true_of_everybody_is_found_in_strangers_too(corpus: Path, tmp_path: Path) -> None:
    items = with_insertions(made_up_items(corpus))
    held_out, figures, _ = judge_held_out(items, RECIPES, tmp_path, jobs=2)
    assert figures["mdd_auc"] > 0.9
    assert area_under_roc(held_out.insertion_logit, held_out.inserted > 0.5) > 0.9
    assert len(list(tmp_path.glob("held-out-*-fold*-recipe*.pt"))) == 3 * len(RECIPES)
    # Entry by entry the phone, its speaker and its label belong together.
    for item in items:
        of = held_out.of(held_out.speaker == item.speaker)
        same = [i for i in items if i.speaker == item.speaker]
        assert sorted(of.phone) == sorted(np.concatenate([i.inputs["phone"] for i in same]))
        assert of.wrong.sum() == sum((i.phone < 0.5).sum() for i in same)
        assert sorted(of.truth) == sorted(np.concatenate([i.phone for i in same]))
        np.testing.assert_array_equal(of.truth < 0.5, of.wrong)
        np.testing.assert_array_equal(
            np.sort(of.inserted), np.sort(np.concatenate([i.insertion for i in same]))
        )
    held_out.save(tmp_path)
    again = HeldOut.load(tmp_path)
    np.testing.assert_array_equal(again.logit, held_out.logit)
    np.testing.assert_array_equal(again.speaker, held_out.speaker)
    torch.save((held_out.logit, held_out.wrong), tmp_path / "held-out.pt")  # as older runs left it
    with pytest.raises(SystemExit, match="run `scorer` again"):
        HeldOut.load(tmp_path)


def test_groups_of_held_out_speakers(corpus: Path) -> None:
    """Children say everything right and are flagged, adults are judged as the experts do."""
    utterances = [replace(u, age=9 if u.speaker < "0003" else 30) for u in read_corpus(corpus)]
    speaker = np.concatenate([[u.speaker] * len(u.phones) for u in utterances])
    child = speaker < "0003"
    wrong = ~child & (np.arange(len(child)) % 3 == 0)
    truth = 2.0 - 2.0 * wrong
    logit, none = np.where(wrong, 2.0, -2.0) + 5.0 * child, np.zeros(len(child))
    held_out = HeldOut(logit, wrong, np.ones(len(child)), speaker, truth, truth, none, none)
    groups = held_out_groups(held_out, utterances)
    assert groups["everybody"]["phones"] == len(child)
    assert groups["children (to 12)"]["phones"] + groups["adults"]["phones"] == len(child)
    assert groups["adults"]["found_wrong"] == 1.0 and groups["adults"]["mdd_auc"] == 1.0
    assert groups["children (to 12)"]["wrong_phones"] == 0
    assert groups["children (to 12)"]["flagged_right"] == 1.0
    # More of the children's phones are said to be wrong than are, fewer of the adults'; of all together as many.
    assert groups["children (to 12)"]["stated_wrong"] > 0.2 > groups["adults"]["stated_wrong"]
    assert groups["everybody"]["stated_wrong"] == pytest.approx(wrong.mean(), abs=0.01)


def test_no_voice_is_on_both_sides(corpus: Path) -> None:
    learners = made_up_items(corpus)
    others = [
        replace(item, kind=kind, utterance=item.utterance * np.nan)
        for kind in ("native", "synthetic")
        for item in learners
    ]
    folds = divide([*learners, *others], 3)
    assert sum(len(fold) for fold in folds) == 3 * len(learners)
    for kind in ("learner", "native", "synthetic"):
        speakers = [{item.speaker for item in fold if item.kind == kind} for fold in folds]
        assert all(speakers) and not any(a & b for a, b in itertools.combinations(speakers, 2))


def test_scorers_that_left_out_others_are_not_taken_for_these(corpus: Path, tmp_path: Path) -> None:
    items = made_up_items(corpus)
    recipes = [Recipe(ScorerOptions(epochs=1, batch=4), {})]
    judge_held_out(items, recipes, tmp_path, jobs=1)
    judge_held_out(items[:-1], recipes, tmp_path, jobs=1)
    assert len(list(tmp_path.glob("held-out-*-fold*-recipe*.pt"))) == 6
    for score in (0.5, 1.5):  # the same recordings, other teachers
        lessons = [replace(i, teacher={"phone_score": np.full(len(i.phone), score)}) for i in items]
        assert key_of(lessons) not in {
            key_of(items),
            *(path.name.split("-")[2] for path in tmp_path.iterdir()),
        }
    assert key_of(lessons) == key_of(lessons[::-1])


def test_thresholds_may_be_chosen_elsewhere(corpus: Path, tmp_path: Path) -> None:
    items = made_up_items(corpus)
    said = predict([train_scorer(items, 1, RECIPES[0].options, tmp_path / "1.pt", {})], items)
    logits, wrong = detections(said, items)
    phones = np.arange(len(logits))
    names, score, none = phones.astype(str), 2.0 - wrong, np.zeros(len(logits))
    elsewhere = HeldOut(logits + 100.0, wrong, phones, names, score, score, none, none)
    own, strict = evaluate(said, items), evaluate(said, items, elsewhere)
    assert own["mdd_recall"] > 0.5 and strict["mdd_recall"] == 0.0
    assert strict["phone_pcc"] == pytest.approx(own["phone_pcc"])
