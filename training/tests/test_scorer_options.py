"""What can be added to the scorer's recipe: each does what its name says and trains."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch
from higgins_train.ordinal_contrast import ordinal_contrast
from higgins_train.phone_blending import PhoneBlender
from higgins_train.scorer_items import Item, batches_of, collate
from higgins_train.scorer_loss import detection_loss, label_loss_of, phone_weights, variance_of_views
from higgins_train.scorer_model import ScorerConfig, ScorerModel
from higgins_train.scorer_options import ScorerOptions
from higgins_train.scorer_pretraining import pretrain
from higgins_train.scorer_training import fit_statistics, train_scorer
from higgins_train.variants import VARIANTS, variant_of
from test_scorer import NUM_FEATURES, made_up_items

NEW = ["disagreement", "histogram", "blended", "pretrained", "ordinal-contrast", "attentive-words", "focal"]


def with_views(items: list[Item]) -> list[Item]:
    """One expert of two heard every fourth phone as wrong."""
    out = []
    for item in items:
        views = np.ones((len(item.phone), 2), np.float32)
        views[::4] = 0.5
        out.append(replace(item, views=views))
    return out


@pytest.mark.parametrize("name", [*NEW, "correlation"])
def test_every_new_row_trains(name: str, corpus: Path, tmp_path: Path) -> None:
    items = with_views(made_up_items(corpus))[:6]
    for item in items:  # every phone may blend with every other
        item.inputs["phone"] = np.ones_like(item.inputs["phone"])
    variant = VARIANTS[name]
    options = replace(ScorerOptions(epochs=1, batch=4), **variant.options)
    if options.pretraining_epochs:
        options = replace(options, pretraining_epochs=1)
    if options.blended_share:
        options = replace(options, blended_share=1.0)
    plain = train_scorer(items, 1, ScorerOptions(epochs=1, batch=4), tmp_path / "plain.pt")
    model = train_scorer(items, 1, options, tmp_path / "new.pt", variant.shape)
    batch, _ = collate(items)
    with torch.inference_mode():
        output = model(batch)
        assert all(torch.isfinite(values).all() for values in output.values())
        assert not torch.equal(output["phone_score"], plain(batch)["phone_score"])
    again = train_scorer(items, 1, options, tmp_path / "new.pt", variant.shape)  # loaded: heads and all
    torch.testing.assert_close(again(batch)["phone_score"], output["phone_score"])


def test_variance_and_weight_follow_the_experts(corpus: Path) -> None:
    # Shares of (>= 1, >= 2): all right; one of two wrong; one of two accented; not known.
    views = torch.tensor([[1.0, 1.0], [0.5, 0.5], [1.0, 0.5], [torch.nan, torch.nan]])
    torch.testing.assert_close(variance_of_views(views), torch.tensor([0.0, 1.0, 0.25, 0.0]))
    _, labels = collate(with_views(made_up_items(corpus))[:1])
    weight = phone_weights(labels, ScorerOptions(disagreement_weight=3.0))
    torch.testing.assert_close(weight[0, :5], torch.tensor([0.25, 1.0, 1.0, 1.0, 0.25]))
    assert (phone_weights(labels, ScorerOptions()) == 1.0).all()


def test_focal_loss_forgets_what_is_judged_rightly() -> None:
    logit, wrong, weight = torch.tensor([-4.0, 4.0]), torch.tensor([0.0, 0.0]), torch.ones(2)
    plain = [detection_loss(logit[i : i + 1], wrong[:1], weight[:1], ScorerOptions()) for i in (0, 1)]
    focal = [
        detection_loss(logit[i : i + 1], wrong[:1], weight[:1], ScorerOptions(focal_gamma=2.0))
        for i in (0, 1)
    ]
    assert focal[0] < plain[0] * 1e-3 and focal[1] > plain[1] * 0.9


def test_contrast_prefers_the_order_of_scores_and_phones_apart() -> None:
    angle = torch.tensor([0.0, 0.3, 0.9, 2.5])
    states = torch.stack([angle.cos(), angle.sin()], dim=1)
    phones, scores = torch.tensor([3, 3, 3, 5]), torch.tensor([2.0, 1.6, 0.4, 2.0])
    in_order = ordinal_contrast(states, phones, scores)
    assert in_order < ordinal_contrast(states, phones, scores[[0, 2, 1, 3]])
    assert in_order < ordinal_contrast(states, phones[[0, 3, 2, 1]], scores)
    assert ordinal_contrast(states[[0, 3]], phones[[0, 3]], scores[[0, 3]]) == 0.0  # no two of one phone


def test_blends_lie_between_two_tokens_of_one_phone(corpus: Path) -> None:
    items = [replace(item, inputs=dict(item.inputs)) for item in made_up_items(corpus)]
    for item in items:
        item.inputs["phone"] = np.ones_like(item.inputs["phone"])  # every phone may blend with every other
    item = next(i for i in items if i.phone.min() >= 1.8)
    blend = PhoneBlender(items, share=1.0)
    random = np.random.default_rng(1)
    blended = next(b for b in (blend(item, random) for _ in range(50)) if b is not item)
    changed = np.flatnonzero((blended.inputs["phone_features"] != item.inputs["phone_features"]).any(axis=1))
    assert 0 < len(changed) < len(item.phone)
    # The features hold the score in the last column: a blend's must be the blend of the scores.
    np.testing.assert_allclose(blended.inputs["phone_features"][:, -1], blended.phone, atol=1e-5)
    assert (blended.phone[changed] < 2.0).all() and (blended.phone >= 0.2 - 1e-6).all()
    assert np.isnan(blended.utterance).all()
    words = set(item.inputs["word_of_phone"][changed])
    assert {int(w) for w in np.flatnonzero(np.isnan(blended.word[:, 0]))} == words
    assert (item.phone == 2.0).all()  # the original is as it was


def test_pretraining_learns_to_guess_hidden_phones(corpus: Path) -> None:
    items = made_up_items(corpus)
    options = ScorerOptions(batch=8, rate=3e-3)
    random = np.random.default_rng(0)
    losses = []
    for epochs in (1, 25):
        torch.manual_seed(0)
        model = ScorerModel(ScorerConfig(NUM_FEATURES, 5, 8, 4, 8, dropout=0.0, state_dropout=0.0))
        fit_statistics(model, items)
        batches = [batches_of(items, options, random) for _ in range(epochs)]
        losses.append(pretrain(model, batches, options, "test"))
    assert (
        losses[1] < 0.7 * losses[0]
    )  # every recording has the same ten phones: neighbours tell which is missing


def test_attention_ignores_other_words(corpus: Path) -> None:
    torch.manual_seed(0)
    model = ScorerModel(ScorerConfig(NUM_FEATURES, 5, 8, 4, 8, attentive_words=True)).eval()
    pool = torch.tensor([[[0.5, 0.5, 0.0], [0.0, 0.0, 1.0]]])
    x = torch.randn(1, 3, 96)
    words = model.pooled_words(x, pool)
    torch.testing.assert_close(words[0, 1], x[0, 2])
    share = torch.softmax(model.phone_attention(x)[0, :2, 0], dim=0)
    torch.testing.assert_close(words[0, 0], share @ x[0, :2])


def test_rows_can_be_joined() -> None:
    both = variant_of("histogram+attentive-words+learners-only")
    assert both.options == VARIANTS["histogram"].options | {"kinds": ["learner"]}
    assert both.shape == {"attentive_words": True}
    assert variant_of("no-native+no-synthetic").options == {"kinds": ["learner"]}
    with pytest.raises(KeyError, match="nonsense"):
        variant_of("histogram+nonsense")


def test_a_scorer_learns_from_the_kinds_that_are_named(corpus: Path, tmp_path: Path) -> None:
    learners = made_up_items(corpus)[:6]
    natives = [replace(i, kind="native", utterance=i.utterance * np.nan, phone=0 * i.phone) for i in learners]
    options = ScorerOptions(epochs=1, batch=4)
    alone = train_scorer(learners, 1, options, tmp_path / "alone.pt").state_dict()
    among = [*learners, *natives]
    chosen = train_scorer(among, 1, replace(options, kinds=["learner"]), tmp_path / "chosen.pt").state_dict()
    everybody = train_scorer(among, 1, options, tmp_path / "everybody.pt").state_dict()
    assert all(torch.equal(alone[name], chosen[name]) for name in alone)
    assert not all(torch.equal(alone[name], everybody[name]) for name in alone)


def test_marks_of_natives_count_only_when_asked(corpus: Path) -> None:
    learners = made_up_items(corpus)[:2]
    items = [learners[0], replace(learners[1], kind="native")]
    batch, labels = collate(items)
    output = {
        name: value.detach()
        for name, value in ScorerModel(ScorerConfig(NUM_FEATURES, 5, 8, 4, 8)).eval()(batch).items()
    }
    further = dict(output, utterance_scores=output["utterance_scores"] + torch.tensor([[0.0], [5.0]]))
    for marks in (False, True):
        options = ScorerOptions(native_marks=marks)
        changed = label_loss_of(further, labels, options) != label_loss_of(output, labels, options)
        assert bool(changed) == marks


def test_a_scorer_of_other_options_is_not_taken_for_finished(corpus: Path, tmp_path: Path) -> None:
    items = made_up_items(corpus)[:4]
    options = ScorerOptions(epochs=1, batch=4)
    train_scorer(items, 1, options, tmp_path / "1.pt")
    with pytest.raises(SystemExit, match=r"1\.pt was trained with another focal_gamma"):
        train_scorer(items, 1, replace(options, focal_gamma=2.0), tmp_path / "1.pt")
    with pytest.raises(SystemExit, match="another attentive_words"):
        train_scorer(items, 1, options, tmp_path / "1.pt", {"attentive_words": True})
