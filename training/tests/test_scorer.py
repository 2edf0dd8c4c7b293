from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import onnxruntime
import pytest
import torch
from higgins_train.corpus import read_corpus
from higgins_train.expert_marks import RIGHT
from higgins_train.export import export_scorer, load_scorer
from higgins_train.metrics import area_under_roc, best_threshold, detection_at, pearson
from higgins_train.phone_columns import LPR
from higgins_train.phones import NUM_LABELS
from higgins_train.scorer_evaluation import evaluate, predict
from higgins_train.scorer_items import ANNOUNCER, UNKNOWN, Item, collate, make_item, without_labels
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
from higgins_train.stacking import GOP_COLUMNS, Stack, stacked
from higgins_train.teaching import opinions_of, taught
from higgins_train.text_substitution import with_substitutions

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


def test_native_speech_beside_its_own_text_deserves_full_marks_and_is_no_expert_s_score(corpus: Path) -> None:
    learner = read_corpus(corpus)[0]
    native = replace(learner, native=True, scores=None)
    own, changed = make_item(native, {}), make_item(with_substitutions(native, seed=1), {})
    assert (own.utterance == RIGHT).all() and np.isnan(changed.utterance).all()
    assert make_item(learner, {}).scored and not own.scored and not changed.scored


def test_an_announcer_is_measured_apart_from_the_natives_of_the_corpus(corpus: Path) -> None:
    learners = made_up_items(corpus)
    flawless = replace(learners[0], phone=np.full_like(learners[0].phone, RIGHT))
    natives = [replace(flawless, kind="native"), replace(flawless, kind=ANNOUNCER)]
    items = [*learners, *natives]
    said = predict([ScorerModel(ScorerConfig(NUM_FEATURES, 5, 8, 4, 8)).eval()], items)
    for output, item in zip(said, items, strict=True):
        output["detection_logit"] = np.where(item.phone < 0.5, 1.0, -1.0)
    said[-1]["detection_logit"][0] = 1.0
    figures = evaluate(said, items)
    assert figures["native_flagged_at_recall_60"] == 0.0
    assert figures["announcer_flagged_at_recall_60"] == pytest.approx(1.0 / len(flawless.phone))
    assert evaluate(said[:-1], items[:-1]).keys() & {"announcer_flagged", "announcer_total"} == set()


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


def test_scorers_of_before_are_refused(tmp_path: Path) -> None:
    torch.save({"config": {"num_insertion_features": 5}}, tmp_path / "scorer-seed1.pt")
    with pytest.raises(SystemExit, match="before scorers said what was heard"):
        load_scorer(tmp_path / "scorer-seed1.pt")


def test_what_teachers_heard_is_learned_where_they_said_it() -> None:
    logit = torch.zeros(1, 2, NUM_LABELS, requires_grad=True)
    teacher = torch.full((1, 2, NUM_LABELS), torch.nan)
    teacher[0, 0] = 0.0
    teacher[0, 0, 7] = 3.0
    heard_as_taught(logit, teacher).backward()
    assert logit.grad[0, 0].argmin() == 7 and not logit.grad[0, 1].any()
    assert heard_as_taught(logit, teacher * torch.nan) == 0.0


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
