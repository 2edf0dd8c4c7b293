"""What Whisper's decoder thinks of the words that were read, and what that adds to the scores."""

from __future__ import annotations

import json
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest
import torch
from conftest import tiny_checkpoint
from higgins_train.corpus import read_corpus
from higgins_train.decoder import BEGIN, FILE, WordDecoder, as_written, compare, evidence_of, gain
from higgins_train.report import fill


def test_words_are_asked_for_as_people_write_them() -> None:
    assert as_written(["I", "THINK", "I'M", "IT"]) == ["I", "think", "I'm", "it"]
    assert as_written(["WE", "CALL", "IT"]) == ["We", "call", "it"]
    assert as_written([]) == []


def test_each_word_is_as_likely_as_its_tokens_one_after_the_other(corpus: Path, tmp_path: Path) -> None:
    """The text is given at once; told token by token, the decoder must say the same."""
    decoder = WordDecoder(tiny_checkpoint("whisper", tmp_path))
    utterance = read_corpus(corpus)[0]
    evidence = decoder(utterance)
    states = decoder.encoder(torch.from_numpy(utterance.samples())[None])[-1]
    so_far = [decoder.tokens.token_to_id(name) for name in BEGIN]
    for word, row in zip(["We", "call", "it", "bear"], evidence, strict=True):
        told, behind = [], []
        for token in decoder.ids(" " + word):
            hidden = decoder.decoder(input_ids=torch.tensor([so_far]), encoder_hidden_states=states)
            logs = torch.log_softmax(decoder.out(hidden.last_hidden_state)[0, -1], dim=-1)
            told.append(logs[token].item())
            behind.append((logs[token] - logs.max()).item())
            so_far.append(token)
        expected = [sum(told), np.mean(told), min(told), sum(behind), min(behind), len(told)]
        np.testing.assert_allclose(row, expected, atol=1e-4)
    assert evidence[2, 5] == 1 and evidence[1, 5] == 5  # "it" is one token; "call" a space and four letters


def test_a_first_merge_that_was_lost_is_put_back(tmp_path: Path) -> None:
    init = tiny_checkpoint("whisper", tmp_path)
    assert WordDecoder(init).ids(" to") == WordDecoder(init).ids(" t") + WordDecoder(init).ids("o")
    about = json.loads((init / "tokenizer.json").read_text())
    del about["model"]["merges"][0]
    (init / "tokenizer.json").write_text(json.dumps(about))
    assert len(WordDecoder(init).ids(" to")) == 2
    (init / "tokenizer.json").unlink()
    with pytest.raises(SystemExit, match=r"no tokenizer\.json"):
        WordDecoder(init)


def test_evidence_is_kept_part_by_part(corpus: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("higgins_train.decoder.PART", 3)
    init, run = tiny_checkpoint("whisper", tmp_path / "init"), tmp_path
    utterances = read_corpus(corpus)[:5]
    first = evidence_of(utterances, init, run, jobs=2)
    deaf = evidence_of(utterances, init, run, jobs=1, deaf=True)
    assert sorted(first) == [u.id for u in utterances]
    kept, lost = sorted(set(run.glob("decoder-*.pt")) - set(run.glob("decoder-*-deaf-*.pt")))
    lost.unlink()  # interrupted
    stamp = kept.stat().st_mtime_ns
    again = evidence_of(utterances, init, run, jobs=2)
    assert kept.stat().st_mtime_ns == stamp and lost.exists()
    # Without the recording, the same text is as likely whoever reads it.
    assert len({of.tobytes() for of in deaf.values()}) == 1 < len({of.tobytes() for of in first.values()})
    for key, of in first.items():
        np.testing.assert_array_equal(again[key], of)
    with pytest.raises(SystemExit, match="of other recordings"):
        evidence_of(read_corpus(corpus)[6:9], init, run, jobs=1)


def test_the_decoder_adds_what_the_scorer_does_not_know(tmp_path: Path) -> None:
    """Scores that are half the scorer's own and half what only the decoder hears; and a decoder that knows nothing."""
    random = np.random.default_rng(0)
    items, outputs, telling, mute = [], [], {}, {}
    for number in range(120):
        scorer, decoder = random.uniform(0, 2, (2, 6))
        name = f"utt{number}"
        telling[name] = np.repeat((2 * decoder - 4)[:, None], 6, axis=1).astype(np.float32)
        mute[name] = random.standard_normal((6, 6)).astype(np.float32)
        word = np.repeat(((scorer + decoder) / 2)[:, None], 3, axis=1)
        items.append(
            SimpleNamespace(id=name, speaker=f"s{number % 12}", word=word, utterance=np.full(5, word.mean()))
        )
        outputs.append(
            {
                "word_scores": np.repeat(scorer[:, None], 3, axis=1),
                "utterance_scores": np.full(5, scorer.mean()),
            }
        )
    learners, dev = (outputs[:80], items[:80]), ([outputs[80:]] * 2, items[80:])
    report = compare(learners, dev, {"without": None, "text": mute, "with": telling})
    of_word = report["word_total"]
    assert of_word["without"]["held_out"] == pytest.approx(np.sqrt(0.5), abs=0.05)
    assert of_word["with"]["held_out"] > 0.97 and of_word["with"]["dev"]["mean"] > 0.97
    assert of_word["with"]["dev"]["spread"] == 0.0
    assert of_word["text"]["held_out"] <= of_word["without"]["held_out"] + 0.01
    for part in ("held_out_gain", "dev_gain"):
        assert of_word["with"][part]["low"] > 0.2
        assert of_word["text"][part]["low"] < 0.01
    (tmp_path / FILE).write_text(json.dumps(report))
    page = fill("<!-- report:decoder begin -->\n<!-- report:decoder end -->\n", tmp_path)
    assert f"| word, total | {report['word_total']['without']['held_out']:.3f} |" in page


def test_a_gain_is_as_certain_as_there_are_speakers() -> None:
    """Of one speaker in four the better prediction is worse; with many speakers that is still a gain."""
    random = np.random.default_rng(1)
    widths = []
    for count in (8, 200):
        speaker = np.repeat(np.arange(count), 40)
        truth = random.standard_normal(len(speaker))
        noise = np.where(speaker % 4 == 0, 1.2, 0.2) * random.standard_normal(len(speaker))
        before, after = truth + random.standard_normal(len(speaker)), truth + noise
        result = gain([before], [after], truth, speaker)
        expected = np.corrcoef(after, truth)[0, 1] - np.corrcoef(before, truth)[0, 1]
        assert result["mean"] == pytest.approx(expected, abs=1e-9)
        assert result["low"] < result["mean"] < result["high"]
        widths.append(result["high"] - result["low"])
    assert widths[0] > 3 * widths[1] and result["low"] > 0.0
