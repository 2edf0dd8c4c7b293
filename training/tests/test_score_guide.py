"""The experts' scores beside CTC: which frames, which labels, and that the encoder is reached."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import torch
from higgins_train.corpus import Utterance, Word
from higgins_train.phones import NUM_LABELS, labels
from higgins_train.score_guide import ScoreGuide, ScoreHead, scores_of

pytest.importorskip("higgins")
DIM, FRAMES = 8, 30


def utterance(name: str, scores: list[float] | None, **about) -> Utterance:
    words = [Word("tin", ["T", "IH1", "N"], scores)]
    return Utterance(name, Path("none"), "s", "fit", "tin", words, **about)


def clear_posteriors(phones: list[str]) -> np.ndarray:
    """Phone i is said in frames 5 + 8 i and 6 + 8 i."""
    logits = np.zeros((FRAMES, NUM_LABELS), np.float32)
    logits[:, 0] = 8.0
    for at, label in enumerate(labels(phones)):
        logits[5 + 8 * at : 7 + 8 * at, label] = 16.0
    return torch.log_softmax(torch.from_numpy(logits), -1).numpy()


def guide_of(*utterances: Utterance) -> ScoreGuide:
    torch.manual_seed(0)
    guide = ScoreGuide(ScoreHead(1, DIM, width=16, dropout=0.0))
    for u in utterances:
        guide.align(u, clear_posteriors(u.phones))
    return guide


def test_what_is_known_and_how_much_it_weighs() -> None:
    scored, weight = scores_of(utterance("a", [2.0, 0.2, 1.0]))
    assert scored.tolist() == pytest.approx([2.0, 0.2, 1.0]) and weight == 1.0
    right, certain = scores_of(utterance("b", None, native=True))
    assert right.tolist() == [2.0, 2.0, 2.0] and certain < 1.0
    assert scores_of(utterance("c", None)) is None


def test_the_head_learns_a_score_from_the_frames_of_its_phone_alone() -> None:
    """Only the frames of the second phone tell the recordings apart; its score must follow them, through the states."""
    good, poor = utterance("good", [2.0, 2.0, 2.0]), utterance("poor", [2.0, 0.0, 2.0])
    guide = guide_of(good, poor)
    states = torch.zeros(2, FRAMES, DIM)
    states[0, 13:15, 0], states[1, 13:15, 0] = 1.0, -1.0
    states = states + 0.01 * torch.randn(states.shape, generator=torch.Generator().manual_seed(1))
    states.requires_grad_()
    optimizer = torch.optim.Adam(guide.head.parameters(), lr=0.02)
    generator = np.random.default_rng(0)
    for _ in range(150):
        optimizer.zero_grad()
        loss = guide.loss([good, poor], [states], generator)
        loss.backward()
        optimizer.step()
    assert states.grad.abs().sum() > 0  # the encoder is tuned by it
    with torch.inference_mode():
        guide.head.eval()
        (said_good, _), (said_poor, truth) = guide.predictions([good, poor], [states.detach()])
    assert truth.tolist() == [2.0, 0.0, 2.0]
    assert said_good[1] > 1.3 and said_poor[1] < 0.7


def test_an_exchanged_label_is_a_certain_error_and_only_of_a_phone_said_well() -> None:
    u = utterance("a", [2.0, 1.0, 2.0])
    guide = guide_of(u)
    generator = np.random.default_rng(3)
    canonical = labels(u.phones)
    exchanged = 0
    for _ in range(300):
        _, phones, scores, weights = guide._collate([u], FRAMES, generator)
        for at in range(3):
            if int(phones[0, at]) != canonical[at]:
                exchanged += 1
                assert at != 1 and scores[0, at] == 0.0 and weights[0, at] < 1.0
    assert 20 < exchanged < 90
    _, phones, scores, _ = guide._collate([u], FRAMES, None)
    assert phones[0].tolist() == canonical and scores[0].tolist() == [2.0, 1.0, 2.0]


def test_an_utterance_that_cannot_be_aligned_teaches_ctc_only() -> None:
    u = utterance("short", [2.0, 2.0, 2.0])
    guide = ScoreGuide(ScoreHead(1, DIM, width=16))
    guide.align(u, clear_posteriors(u.phones)[:1])
    assert u not in guide
    loss = guide.loss([u], [torch.zeros(1, FRAMES, DIM)], np.random.default_rng(0))
    assert float(loss.detach()) == 0.0


def test_a_copy_played_slower_has_its_phones_later() -> None:
    u = utterance("a", [2.0, 0.0, 2.0])
    guide = guide_of(u)
    guide.stretch("a+heard1", "a", 2.0)
    copy = utterance("a+heard1", [2.0, 0.0, 2.0])
    pool, *_ = guide._collate([u], FRAMES, None)
    slower, _, scores, _ = guide._collate([copy], 2 * FRAMES, None)
    assert scores[0].tolist() == [2.0, 0.0, 2.0]
    for at in range(3):
        frames, later = torch.nonzero(pool[0, at])[:, 0], torch.nonzero(slower[0, at])[:, 0]
        assert int(later[0]) == 2 * int(frames[0]) and len(later) == 2 * len(frames)
