from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import onnxruntime
import pytest
import torch
from higgins_train.calibrate import calibration, expected_calibration_error, platt, unsure_band
from higgins_train.class_thresholds import HeldOut, compare
from higgins_train.corpus import read_corpus
from higgins_train.export import export_scorer, load_scorer
from higgins_train.metrics import area_under_roc, best_threshold, detection_at, pearson
from higgins_train.phone_columns import GOP_SD, LPR
from higgins_train.phones import LABEL_OF, NUM_LABELS
from higgins_train.scorer_evaluation import evaluate, predict
from higgins_train.scorer_items import UNKNOWN, Item, collate, make_item, without_labels
from higgins_train.scorer_loss import heard_as_taught, heard_loss, insertion_loss, label_loss_of
from higgins_train.scorer_model import (
    INPUT_NAMES,
    LOGITS,
    OUTPUT_NAMES,
    ScorerConfig,
    ScorerGraph,
    ScorerModel,
)
from higgins_train.scorer_options import ScorerOptions
from higgins_train.scorer_training import train_scorer
from higgins_train.stacking import GOP_COLUMNS, Stack, columns_of, fit_stack, rubric_scores, stacked
from higgins_train.teaching import opinions_of, taught

NUM_FEATURES = (
    max(GOP_COLUMNS) + 2
)  # what the engine computes, less the columns that nothing reads by their place


def made_up_items(corpus: Path) -> list[Item]:
    """Features that hold the labels: a scorer that learns must find them."""
    random = np.random.default_rng(0)
    items = []
    for utterance in read_corpus(corpus):
        truth = np.array(utterance.phone_scores, np.float32)
        count = len(truth)
        features = random.standard_normal((count, NUM_FEATURES)).astype(np.float32)
        features[:, -1] = truth
        whole = random.standard_normal((1, 4)).astype(np.float32)
        whole[0, 1] = utterance.scores["fluency"]
        inputs = {
            "phone_features": features,
            "phone_states": random.standard_normal((count, 8)).astype(np.float16),
            "insertion_features": random.standard_normal((count, 5)).astype(np.float32),
            "utterance_features": whole,
            "utterance_states": random.standard_normal((1, 8)).astype(np.float16),
            "phone": np.arange(1, count + 1),
            "stress": np.zeros(count, np.int64),
            "place": np.zeros(count, np.int64),
            "word_of_phone": np.array(utterance.word_of_phone),
        }
        items.append(make_item(utterance, inputs))
    return items


def test_learns_what_the_features_hold(corpus: Path, tmp_path: Path) -> None:
    items = made_up_items(corpus)
    model = train_scorer(items, 1, ScorerOptions(epochs=60, batch=4), tmp_path / "seed1.pt")
    figures = evaluate(predict([model], items), items)
    assert figures["phone_pcc"] > 0.9
    assert figures["mdd_auc"] > 0.95
    assert figures["utterance_fluency_pcc"] > 0.8


def test_learns_where_a_sound_was_inserted(corpus: Path, tmp_path: Path) -> None:
    """From speech of which that is known; of learners' it is not, and their scores are learned as well as before."""
    random = np.random.default_rng(1)
    items = []
    for item in made_up_items(corpus):
        inserted = (random.random(len(item.phone)) < 0.2).astype(np.float32)
        features = item.inputs["insertion_features"].copy()
        features[:, 0] = inserted
        inputs = item.inputs | {"insertion_features": features}
        items.append(replace(item, inputs=inputs))
        items.append(
            replace(
                item, inputs=inputs, kind="synthetic", insertion=inserted, utterance=item.utterance * np.nan
            )
        )
    natives = [
        replace(item, kind="native", insertion=0 * item.insertion, phone=0 * item.phone + 2)
        for item in items
        if item.kind == "synthetic" and not item.insertion.any()
    ]
    model = train_scorer(items, 1, ScorerOptions(epochs=60, batch=4), tmp_path / "seed1.pt")
    figures = evaluate(predict([model], [*items, *natives]), [*items, *natives])
    assert figures["synthetic_insertions_auc"] > 0.95
    assert figures["phone_pcc"] > 0.9


def test_insertions_leave_the_experts_scores_alone(corpus: Path) -> None:
    item = made_up_items(corpus)[0]
    inserted = replace(item, insertion=np.ones_like(item.insertion), kind="synthetic")
    model = ScorerModel(ScorerConfig(NUM_FEATURES, 5, 8, 4, 8))
    batch, labels = collate([inserted])
    insertion_loss(model(batch)["insertion_logit"], labels["insertion"]).backward()
    shaped = {
        name.split(".")[0] for name, p in model.named_parameters() if p.grad is not None and p.grad.any()
    }
    assert shaped == {"insertion_head"}


def said_otherwise(corpus: Path, random: np.random.Generator) -> list[Item]:
    """Synthetic speech: one phone in three is another. The ratios tell which, under noise."""
    items = []
    for item in made_up_items(corpus):
        canonical = item.inputs["phone"]
        places = np.arange(len(canonical))
        heard = np.where(
            random.random(len(canonical)) < 0.33, random.integers(0, NUM_LABELS, len(places)), canonical
        )
        features = item.inputs["phone_features"].copy()
        features[:, LPR] = random.normal(0.5, 0.3, (len(places), NUM_LABELS))
        features[places, heard] = -1.0
        features[places, canonical] = 0.0
        inputs = item.inputs | {"phone_features": features}
        items.append(
            replace(
                item,
                inputs=inputs,
                kind="synthetic",
                heard=heard,
                insertion=np.zeros(len(heard), np.float32),
                utterance=item.utterance * np.nan,
            )
        )
    return items


def test_learns_what_was_heard(corpus: Path, tmp_path: Path) -> None:
    items = said_otherwise(corpus, np.random.default_rng(2)) + made_up_items(corpus)
    model = train_scorer(items, 1, ScorerOptions(epochs=60, batch=4), tmp_path / "seed1.pt")
    figures = evaluate(predict([model], items), items)
    assert figures["synthetic_heard_named"] > 0.9
    assert figures["synthetic_heard_auc"] > 0.95
    assert figures["phone_pcc"] > 0.9


def test_what_was_heard_and_the_experts_scores_do_not_shape_each_other(corpus: Path) -> None:
    learner = made_up_items(corpus)[0]
    assert (learner.heard == UNKNOWN).all()  # the experts said that it was wrong, not what it was
    certain = replace(learner, kind="synthetic", heard=learner.inputs["phone"])

    def shaped_by(item: Item) -> set[str]:
        model = ScorerModel(ScorerConfig(NUM_FEATURES, 5, 8, 4, 8))
        batch, labels = collate([item])
        output = model(batch)
        loss = label_loss_of(output, labels, ScorerOptions()) if item is learner else 0.0
        (loss + heard_loss(output["heard_logit"], labels["heard"])).backward()
        return {
            name.split(".")[0] for name, p in model.named_parameters() if p.grad is not None and p.grad.any()
        }

    assert shaped_by(certain) == {"heard_head"}
    assert "heard_head" not in shaped_by(learner)


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


def test_scorers_of_before_are_refused(tmp_path: Path) -> None:
    torch.save({"config": {"num_insertion_features": 5}}, tmp_path / "scorer-seed1.pt")
    with pytest.raises(SystemExit, match="before scorers said what was heard"):
        load_scorer(tmp_path / "scorer-seed1.pt")


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


def test_what_teachers_heard_is_learned_where_they_said_it() -> None:
    logit = torch.zeros(1, 2, NUM_LABELS, requires_grad=True)
    teacher = torch.full((1, 2, NUM_LABELS), torch.nan)
    teacher[0, 0] = 0.0
    teacher[0, 0, 7] = 3.0
    heard_as_taught(logit, teacher).backward()
    assert logit.grad[0, 0].argmin() == 7 and not logit.grad[0, 1].any()
    assert heard_as_taught(logit, teacher * torch.nan) == 0.0


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


def test_padding_changes_nothing(corpus: Path, tmp_path: Path) -> None:
    items = made_up_items(corpus)
    model = train_scorer(items, 1, ScorerOptions(epochs=1, batch=4), tmp_path / "seed1.pt")
    short = items[0]
    cut = {
        name: value[:4] if len(value) == len(short.phone) else value for name, value in short.inputs.items()
    }
    short = replace(
        short,
        inputs=cut,
        phone=short.phone[:4],
        word=short.word[:2],
        insertion=short.insertion[:4],
        heard=short.heard[:4],
        views=None,
    )
    with torch.inference_mode():
        alone = model(collate([short])[0])
        padded = model(collate([short, items[1]])[0])
    torch.testing.assert_close(alone["phone_score"][0], padded["phone_score"][0, :4])
    for name in ("insertion_logit", "heard_logit"):
        torch.testing.assert_close(alone[name][0], padded[name][0, :4])
    torch.testing.assert_close(alone["word_scores"][0], padded["word_scores"][0, :2])
    torch.testing.assert_close(alone["utterance_scores"][0], padded["utterance_scores"][0])


@pytest.mark.parametrize("members", [1, 2])
def test_exported_graph_gives_the_mean_scores_on_0_to_1_padded_or_not(
    corpus: Path, tmp_path: Path, members: int
) -> None:
    items = made_up_items(corpus)
    options = ScorerOptions(epochs=1, batch=4)
    models = [train_scorer(items, seed, options, tmp_path / f"{seed}.pt") for seed in range(members)]
    stack = (
        Stack().eval()
    )  # of random weights: one fitted on untrained scorers would magnify what rounding did to them
    export_scorer(ScorerGraph(models, stack).eval(), tmp_path / "scorer.onnx")
    session = onnxruntime.InferenceSession(tmp_path / "scorer.onnx")
    expected = stacked(stack, predict(models, items[:1]), items[:1])[0]
    for part in (items[:1], items[:2]):  # the second time padded to the longer of two
        batch, _ = collate(part)
        feed = {
            name: (batch[name][:1] if name.startswith("utterance") else batch[name][0]).numpy()
            for name in INPUT_NAMES
        }
        got = dict(zip(OUTPUT_NAMES, session.run(OUTPUT_NAMES, feed), strict=True))
        for name in OUTPUT_NAMES:
            scale = 1.0 if name in LOGITS else 2.0
            # 8-bit weights move a score of 0-2 by far less than the experts differ.
            real = got[name][: len(expected[name])]
            np.testing.assert_allclose(real * scale, expected[name], atol=2e-2)


def test_a_student_learns_from_teachers_where_nobody_scored(corpus: Path, tmp_path: Path) -> None:
    items = made_up_items(corpus)
    options = ScorerOptions(epochs=60, batch=4, teacher_share=1.0)
    teacher = train_scorer(items, 1, options, tmp_path / "teacher.pt")
    unscored = [without_labels(item) for item in items]
    lessons = taught(unscored, opinions_of([teacher], unscored))
    student = train_scorer(lessons, 2, options, tmp_path / "student.pt")  # teacher_share 1: no label counts
    assert evaluate(predict([student], items), items)["phone_pcc"] > 0.85


def test_metrics_against_hand_computed_values() -> None:
    assert pearson(np.array([1.0, 2.0, 3.0]), np.array([2.0, 4.0, 6.0])) == pytest.approx(1.0)
    assert pearson(np.array([1.0, 1.0, 1.0]), np.array([2.0, 4.0, 6.0])) == 0.0
    scores, positive = np.array([0.1, 0.4, 0.35, 0.8]), np.array([False, False, True, True])
    assert area_under_roc(scores, positive) == pytest.approx(0.75)
    assert area_under_roc(np.zeros(4), positive) == pytest.approx(0.5)
    threshold = best_threshold(scores, positive)
    assert threshold == pytest.approx(0.35)
    assert detection_at(scores, positive, threshold) == pytest.approx(
        {"precision": 2 / 3, "recall": 1.0, "f1": 0.8}
    )


def test_calibration_recovers_the_odds_that_made_the_labels() -> None:
    random = np.random.default_rng(0)
    logits = random.normal(-3, 2, 20000)
    wrong = random.random(20000) < 1 / (1 + np.exp(-(0.7 * logits - 0.5)))
    scale, offset = platt(logits, wrong)
    assert (scale, offset) == pytest.approx((0.7, -0.5), abs=0.1)
    probability = 1 / (1 + np.exp(-(scale * logits + offset)))
    assert expected_calibration_error(probability, wrong) < 0.02
    points = calibration(logits, wrong, 1.5, "1")
    assert 0 < points["detection_threshold"] < 1
    assert points["insertion_threshold_nats"] == 1.5
    assert 0 <= points["unsure_low"] <= points["detection_threshold"] <= points["unsure_high"] <= 1
    # What the band promises, with these probabilities.
    probability = 1 / (1 + np.exp(-(points["detection_scale"] * logits + points["detection_offset"])))
    assert (probability[wrong] < points["unsure_low"]).mean() <= 0.2
    assert wrong[probability >= points["unsure_high"]].mean() >= 0.8
    assert wrong[probability >= points["unsure_high"] - 0.1].mean() < 0.8


def test_the_band_ends_at_certainty_where_flags_are_never_right_enough() -> None:
    random = np.random.default_rng(0)
    probability, wrong = random.random(2000), random.random(2000) < 0.3
    assert unsure_band(probability, wrong, 0.5)[1] == 1.0
    assert unsure_band(probability, np.zeros(2000, bool), 0.5) == (0.5, 1.0)


def held_out(shift: float) -> HeldOut:
    """20 speakers; the scorer's logits of vowels lie `shift` too high."""
    random = np.random.default_rng(0)
    phone = random.choice([LABEL_OF["IY"], LABEL_OF["S"]], 20000)
    wrong = random.random(20000) < 0.1
    logit = random.normal(0, 1, 20000) + 3.0 * wrong + shift * (phone == LABEL_OF["IY"])
    speaker = np.repeat([f"{n:02d}" for n in range(20)], 1000)
    return HeldOut(logit, wrong, phone, speaker, 2.0 - wrong, 2.0 - 2.0 * wrong)


def test_thresholds_by_class_are_kept_only_where_they_pay() -> None:
    apart = compare(held_out(shift=3.0))
    assert apart["pays"] and apart["f1_by_class"] > apart["f1_common"] + 0.05
    assert apart["thresholds"]["vowels"] - apart["thresholds"]["affricates and fricatives"] == pytest.approx(
        3.0, abs=0.6
    )
    alike = compare(held_out(shift=0.0))
    assert not alike["pays"] and alike["f1_by_class"] == pytest.approx(alike["f1_common"], abs=0.02)
