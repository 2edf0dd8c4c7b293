"""What the scorers say, weighed anew by a stack."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch
from higgins_train.phone_columns import GOP_SD
from higgins_train.phones import NUM_LABELS
from higgins_train.scorer_evaluation import evaluate
from higgins_train.stacking import Stack, columns_of, fit_stack, rubric_scores, stacked
from test_scorer import NUM_FEATURES, made_up_items


def test_the_stack_finds_evidence_that_the_scorer_left_out(corpus: Path, tmp_path: Path) -> None:
    """The scorer says nothing of use; one GOP column and what was heard hold the truth between them."""
    random = np.random.default_rng(3)
    items, outputs = [], []
    for item in made_up_items(corpus):
        count = len(item.phone)
        features = item.inputs["phone_features"].copy()
        features[:, GOP_SD] = item.phone + random.normal(0.0, 0.2, count)
        heard = np.zeros((count, NUM_LABELS), np.float32)
        heard[np.arange(count), item.inputs["phone"]] = 4.0 * item.phone - 4.0
        items.append(replace(item, inputs=item.inputs | {"phone_features": features}))
        noise = random.standard_normal((2, count)).astype(np.float32)
        whole = {"word_scores": item.word, "utterance_scores": item.utterance}
        outputs.append({"phone_score": noise[0], "detection_logit": noise[1], "heard_logit": heard} | whole)
    stack = fit_stack(outputs, items)
    before, after = evaluate(outputs, items), evaluate(stacked(stack, outputs, items), items)
    assert before["phone_pcc"] < 0.3 and after["phone_pcc"] > 0.95
    assert before["mdd_auc"] < 0.7 and after["mdd_auc"] > 0.95
    stack.save(tmp_path)
    again = stacked(Stack.load(tmp_path), outputs, items)
    np.testing.assert_array_equal(again[0]["phone_score"], stacked(stack, outputs, items)[0]["phone_score"])


def test_the_stack_leaves_out_what_is_not_known(corpus: Path) -> None:
    items = made_up_items(corpus)
    outputs = [
        {
            "phone_score": i.phone,
            "detection_logit": -i.phone,
            "heard_logit": np.zeros((len(i.phone), NUM_LABELS), np.float32),
            "word_scores": i.word,
            "utterance_scores": i.utterance,
        }
        for i in items
    ]
    # An unknown score, whatever else is said of its phone, moves nothing.
    unknown = [
        replace(i, phone=i.phone * np.nan, word=i.word * np.nan, utterance=i.utterance * np.nan)
        for i in items
    ]
    nonsense = [{name: values + 5.0 for name, values in output.items()} for output in outputs]
    alone, beside = fit_stack(outputs, items), fit_stack([*outputs, *nonsense], [*items, *unknown])
    torch.testing.assert_close(beside.state_dict(), alone.state_dict())
    some = [replace(i, phone=np.where(np.arange(len(i.phone)) == 0, np.nan, i.phone)) for i in items]
    assert not torch.equal(fit_stack(outputs, some).columns.mean, alone.columns.mean)


def test_a_run_without_a_stack_or_with_an_older_one_is_refused(tmp_path: Path) -> None:
    with pytest.raises(SystemExit, match="run `scorer`"):
        Stack.load(tmp_path)
    older = Stack().state_dict() | {"weigh.weight": torch.zeros(2, 3)}
    torch.save(older, tmp_path / "stack.pt")
    with pytest.raises(SystemExit, match="weighs other columns"):
        Stack.load(tmp_path)


def test_odds_against_the_canonical_phone_survive_its_certainty() -> None:
    item = {
        "phone": torch.tensor([[1, 2]]),
        "phone_valid": torch.ones(1, 2),
        "phone_features": torch.zeros(1, 2, NUM_FEATURES),
        "word_pool": torch.full((1, 1, 2), 0.5),
    }
    heard = torch.zeros(1, 2, NUM_LABELS)
    heard[0, 0, 1], heard[0, 1, 3] = 13.0, 14.0
    said = {
        "phone_score": torch.zeros(1, 2),
        "detection_logit": torch.zeros(1, 2),
        "heard_logit": heard,
        "word_scores": torch.zeros(1, 1, 3),
        "utterance_scores": torch.zeros(1, 5),
    }
    canonical, against = columns_of(said, item)[0, :, 2:4].unbind(-1)
    right = np.log(39.0) - 13.0
    wrong = np.log(38.0 + np.exp(14.0))  # beyond what is told apart
    np.testing.assert_allclose(against, [right, 11.5], rtol=1e-5)
    assert wrong > 11.5
    np.testing.assert_allclose(canonical, 1.0 / (1.0 + np.exp([right, 11.5])), rtol=1e-4)


def test_the_stack_knows_what_the_word_and_the_whole_got(corpus: Path) -> None:
    """Experts who find a word poor find its phones poor: here a phone's score is that of its word."""
    items, outputs = [], []
    for item in made_up_items(corpus):
        of_word = item.word[item.inputs["word_of_phone"], 0]
        items.append(replace(item, phone=of_word))
        nothing = np.zeros(len(of_word), np.float32)
        heard = np.zeros((len(of_word), NUM_LABELS), np.float32)
        whole = {"word_scores": item.word, "utterance_scores": item.utterance}
        outputs.append({"phone_score": nothing, "detection_logit": nothing, "heard_logit": heard} | whole)
    weighed = stacked(fit_stack(outputs, items), outputs, items)
    said = np.concatenate([of["phone_score"] for of in weighed])
    np.testing.assert_allclose(said, np.concatenate([item.phone for item in items]), atol=0.1)


def test_the_stack_scores_a_word_by_its_worst_phone_where_experts_do(corpus: Path) -> None:
    random = np.random.default_rng(4)
    items, outputs = [], []
    for item in made_up_items(corpus):
        phone = random.uniform(0.0, 2.0, len(item.phone)).astype(np.float32)
        words = range(len(item.word))
        worst = np.array([phone[item.inputs["word_of_phone"] == w].min() for w in words], np.float32)
        items.append(replace(item, phone=phone, word=np.stack([worst, item.word[:, 1], worst], axis=1)))
        outputs.append(
            {
                "phone_score": phone,
                "detection_logit": 1.0 - phone,
                "heard_logit": np.zeros((len(phone), NUM_LABELS), np.float32),
                "word_scores": random.uniform(0.0, 2.0, item.word.shape).astype(np.float32),
                "utterance_scores": item.utterance,
            }
        )
    weighed = stacked(fit_stack(outputs, items), outputs, items)
    said, truth = (
        np.concatenate(part) for part in ([o["word_scores"] for o in weighed], [i.word for i in items])
    )
    assert np.corrcoef(said[:, 0], truth[:, 0])[0, 1] > 0.95
    assert np.corrcoef(said[:, 2], truth[:, 2])[0, 1] > 0.95
    given = np.concatenate([o["word_scores"] for o in outputs])
    np.testing.assert_array_equal(said[:, 1], given[:, 1])  # stress is as it was


def test_the_stack_knows_what_a_wrong_phone_costs_a_word(corpus: Path) -> None:
    item = made_up_items(corpus)[0]  # words of 2, 3, 2 and 3 phones
    phone = np.array([2, 2, 2, 0, 2, 2, 2, np.nan, 2, 2], np.float32)
    scores = rubric_scores(replace(item, phone=phone))
    np.testing.assert_array_equal(scores[:, 0], np.array([2, 0.6, 2, np.nan], np.float32))
    long = replace(
        item,
        inputs=item.inputs | {"word_of_phone": np.zeros(10, np.int64)},
        word=item.word[:1],
        phone=np.array([2, 2, 2, 0, 2, 2, 2, 2, 2, 2], np.float32),
    )
    assert rubric_scores(long).tolist() == [[1.0, 1.0]]
