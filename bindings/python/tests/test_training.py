"""The training binding: the arrays that the scorer is trained on."""

from __future__ import annotations

import threading

import numpy as np
import pytest

higgins = pytest.importorskip("higgins")

Evidence = dict[str, np.ndarray]

PHONES = ["HH", "AH0", "L", "OW1", "W", "ER1", "L", "D"]
WORDS = [0, 0, 0, 0, 1, 1, 1, 1]
NUM_FRAMES, NUM_LABELS, STATE_DIM = 100, 40, 12


def label(phone: str) -> int:
    return higgins.phone_names().index(phone.rstrip("012"))


def log_softmax(logits: np.ndarray) -> np.ndarray:
    shifted = logits - logits.max(axis=1, keepdims=True)
    return (shifted - np.log(np.exp(shifted).sum(axis=1, keepdims=True))).astype(np.float32)


@pytest.fixture
def evidence() -> Evidence:
    """Two seconds in which every phone is said clearly at frame 8 + 11 i, with a voice of 200 Hz."""
    random = np.random.default_rng(1)
    logits = random.normal(0.0, 0.5, (NUM_FRAMES, NUM_LABELS))
    logits[:, 0] += 6.0
    for index, phone in enumerate(PHONES):
        logits[8 + 11 * index : 10 + 11 * index, label(phone)] += 14.0
    time = np.arange(NUM_FRAMES * 320) / 16000.0
    samples = sum(np.sin(2 * np.pi * 200.0 * k * time) / k for k in range(1, 10)) * 0.1
    return {
        "log_posteriors": log_softmax(logits),
        "states": random.normal(size=(NUM_FRAMES, STATE_DIM)).astype(np.float32),
        "samples": samples.astype(np.float32),
    }


def scorer_input(evidence: Evidence, **changes: object) -> dict:
    return higgins.scorer_input(**{**evidence, "phones": PHONES, "words": WORDS, **changes})


def test_scorer_input_has_the_graphs_inputs(evidence: Evidence) -> None:
    result = scorer_input(evidence)
    shapes = {name: value.shape for name, value in result.items() if isinstance(value, np.ndarray)}
    num_phones = len(PHONES)
    assert shapes["phone_features"] == (num_phones, 3 * NUM_LABELS + 19)
    assert shapes["phone_states"] == (num_phones, 2 * STATE_DIM)
    assert shapes["insertion_features"] == (num_phones, NUM_LABELS)
    assert shapes["utterance_features"] == (1, 23)
    assert shapes["utterance_states"] == (1, 2 * STATE_DIM)
    assert shapes["word_pool"] == (2, num_phones)
    for name in ("phone", "stress", "place", "word_of_phone", "segment_begin", "segment_end"):
        assert result[name].dtype == np.int64 and shapes[name] == (num_phones,)
    for name in ("phone_features", "phone_states", "utterance_features", "utterance_states", "word_pool"):
        assert result[name].dtype == np.float32 and np.isfinite(result[name]).all()


def test_phones_are_mapped_by_name(evidence: Evidence) -> None:
    result = scorer_input(evidence)
    assert result["phone"].tolist() == [label(phone) for phone in PHONES]
    assert result["stress"].tolist() == [0, 1, 0, 2, 0, 1, 0, 0]  # "world" is a monosyllable: no contrast
    assert result["place"].tolist() == [0, 1, 1, 2, 0, 1, 1, 2]
    assert result["word_of_phone"].tolist() == WORDS


def test_clear_speech_is_found_where_it_was_said(evidence: Evidence) -> None:
    result = scorer_input(evidence)
    assert result["viterbi_begin"].tolist() == [8 + 11 * i for i in range(len(PHONES))]
    assert result["viterbi_end"].tolist() == [10 + 11 * i for i in range(len(PHONES))]
    assert (result["gop_sd"] > -0.1).all()
    assert (np.abs(result["occupancy_frames"] - 2.0) < 0.1).all()
    assert higgins.free_decode(evidence["log_posteriors"]) == [phone.rstrip("012") for phone in PHONES]


def test_the_state_columns_are_the_mean_over_the_segment(evidence: Evidence) -> None:
    result = scorer_input(evidence)
    for i, (begin, end) in enumerate(zip(result["segment_begin"], result["segment_end"], strict=True)):
        expected = evidence["states"][begin:end].mean(axis=0)
        np.testing.assert_allclose(result["phone_states"][i, :STATE_DIM], expected, atol=1e-5)
    states = evidence["states"]
    expected = np.concatenate([states.mean(axis=0), states.std(axis=0)])
    np.testing.assert_allclose(result["utterance_states"][0], expected, atol=1e-5)


def test_a_wrong_phone_is_seen(evidence: Evidence) -> None:
    right = higgins.gop(evidence["log_posteriors"], PHONES)
    wrong = higgins.gop(evidence["log_posteriors"], [*PHONES[:4], "V", *PHONES[5:]])
    assert wrong["gop_sd"][4] < -5.0 < -0.1 < right["gop_sd"][4]
    assert wrong["substitution_ratio"][4].argmin() == label("W")
    assert wrong["log_likelihood"] < right["log_likelihood"]
    np.testing.assert_allclose(right["occupancy"].sum(axis=1), right["occupancy_frames"], rtol=1e-4)


def test_the_likelihood_is_pytorchs(evidence: Evidence) -> None:
    torch = pytest.importorskip("torch")
    loss = torch.nn.functional.ctc_loss(
        torch.from_numpy(evidence["log_posteriors"]).double()[:, None],
        torch.tensor([[label(phone) for phone in PHONES]]),
        torch.tensor([NUM_FRAMES]),
        torch.tensor([len(PHONES)]),
        reduction="sum",
    )
    log_likelihood = higgins.gop(evidence["log_posteriors"], PHONES)["log_likelihood"]
    assert log_likelihood == pytest.approx(-loss.item(), abs=1e-6)


def test_the_pronunciation_that_was_said_is_chosen(evidence: Evidence) -> None:
    words = [["HH EH1 L OW0", "HH AH0 L OW1"], ["W ER1 L D", "W AO1 R D"]]
    assert higgins.choose_pronunciations(evidence["log_posteriors"], words) == [1, 0]


def test_prosody_of_a_tone(evidence: Evidence) -> None:
    tracks = higgins.prosody(evidence["samples"], NUM_FRAMES)
    np.testing.assert_allclose(tracks["f0_hz"][3:-3], 200.0, rtol=0.01)
    level = 10 * np.log10(np.mean(evidence["samples"][: 20 * 320] ** 2))
    assert tracks["energy_db"][:20].mean() == pytest.approx(level, abs=0.2)


def test_arrays_outlive_their_dictionary_and_are_the_callers(evidence: Evidence) -> None:
    features = scorer_input(evidence)["phone_features"]
    copy = features.copy()
    del evidence
    np.testing.assert_array_equal(features, copy)
    features[0, 0] = 7.0
    assert features[0, 0] == 7.0


def test_read_only_and_strided_arrays_are_accepted(evidence: Evidence) -> None:
    expected = scorer_input(evidence)["phone_features"]
    strided = np.asfortranarray(evidence["log_posteriors"])
    frozen = evidence["states"].copy()
    frozen.flags.writeable = False
    result = scorer_input(evidence, log_posteriors=strided, states=frozen)
    np.testing.assert_array_equal(result["phone_features"], expected)


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"phones": [], "words": []}, "no"),
        ({"phones": ["XX", *PHONES[1:]]}, 'unknown phone "XX"'),
        ({"phones": ["HH1", *PHONES[1:]]}, "only vowels"),
        ({"words": [1, 0, 0, 0, 1, 1, 1, 1]}, "word index"),
        ({"words": []}, "word indices of the phones: expected 8, got 0"),
        ({"words": WORDS[1:]}, "word indices of the phones: expected 8, got 7"),
        ({"log_posteriors": np.zeros((NUM_FRAMES, 39), np.float32)}, "expected 40 columns, got 39"),
        ({"states": np.zeros((NUM_FRAMES - 1, STATE_DIM), np.float32)}, "expected 100, got 99"),
        ({"states": np.full((NUM_FRAMES, STATE_DIM), np.nan, np.float32)}, "states are not finite"),
        ({"samples": np.full(32000, np.inf, np.float32)}, "samples: not all are finite"),
        ({"frame_shift_ms": 0.0}, "frame_shift_ms"),
    ],
)
def test_what_does_not_fit_is_a_value_error(evidence: Evidence, changes: dict, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        scorer_input(evidence, **changes)


def test_too_few_frames_is_a_value_error(evidence: Evidence) -> None:
    with pytest.raises(ValueError):
        higgins.gop(evidence["log_posteriors"][:5], PHONES)


def test_threads_get_the_same_answer(evidence: Evidence) -> None:
    expected = scorer_input(evidence)
    results: list[dict] = []

    def work() -> None:
        for _ in range(10):
            results.append(scorer_input(evidence))

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(results) == 40
    for result in results:
        np.testing.assert_array_equal(result["phone_features"], expected["phone_features"])
