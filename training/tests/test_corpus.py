import json
from pathlib import Path

import pytest
from conftest import record, write_tones
from higgins_train.corpus import read_corpus, speaker_folds


def test_scored_folder(corpus: Path) -> None:
    utterances = read_corpus(corpus)
    assert len(utterances) == 16
    first = utterances[0]
    assert first.phones == ["W", "IY0", "K", "AO0", "L", "IH0", "T", "B", "EH0", "R"]
    assert first.word_of_phone == [0, 0, 1, 1, 1, 2, 2, 3, 3, 3]
    assert first.phone_scores[0] == pytest.approx(0.2)
    assert first.scores["fluency"] == 5
    assert len(first.samples()) == 24000


def test_public_folder_reads_as_the_same_utterances(corpus: Path, tmp_path: Path) -> None:
    (tmp_path / "resource").mkdir()
    (tmp_path / "train").mkdir()
    scores, waves, speakers = {}, [], []
    for number in range(3):
        entry = record(number, f"{number:04d}", "fit")
        wave = f"WAVE/SPEAKER{number:04d}/{entry['id']}.WAV"
        write_tones(tmp_path / wave, number)
        waves.append(f"{entry['id']}\t{wave}")
        speakers.append(f"{entry['id']} {number:04d}")
        words = [dict(word, phones=" ".join(word["phones"])) for word in entry["words"]]
        scores[entry["id"]] = {
            k: v for k, v in entry.items() if k not in {"id", "audio", "speaker", "division"}
        } | {"words": words}
    (tmp_path / "resource" / "scores.json").write_text(json.dumps(scores))
    (tmp_path / "train" / "wav.scp").write_text("\n".join(waves))
    (tmp_path / "train" / "utt2spk").write_text("\n".join(speakers))
    public, folder = read_corpus(tmp_path), read_corpus(corpus)[:3]
    for ours, theirs in zip(public, folder, strict=True):
        assert ours.phones == theirs.phones
        assert ours.phone_scores == theirs.phone_scores
        assert ours.scores == theirs.scores


def test_a_folder_that_is_no_corpus_is_named(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError, match=r"labels\.jsonl"):
        read_corpus(tmp_path)


def test_folds_never_share_a_speaker(corpus: Path) -> None:
    utterances = read_corpus(corpus)
    folds = speaker_folds(utterances, 3)
    by_speaker: dict[str, set[int]] = {}
    for utterance, fold in zip(utterances, folds, strict=True):
        by_speaker.setdefault(utterance.speaker, set()).add(fold)
    assert all(len(found) == 1 for found in by_speaker.values())
    assert set(folds) == {0, 1, 2}
