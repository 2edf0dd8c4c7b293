from __future__ import annotations

import io
import json
import shutil
import tarfile
from pathlib import Path

import numpy as np
import pytest
from higgins_train.__main__ import main
from higgins_train.cmudict import VOWELS, check_phones
from higgins_train.corpus import read_corpus
from higgins_train.synthesis import (
    ERROR_RATE,
    kokoro_ipa,
    kokoro_voices,
    nonsense_word,
    right,
    sentence_with_errors,
    with_error,
)

CAT = right("cat", ["K", "AE1", "T"])


def kind_of(phone: str, spoken: list[str]) -> str:
    if not spoken:
        return "deletion"
    if spoken[0].rstrip("012") == phone.rstrip("012"):
        return "right" if len(spoken) == 1 else "insertion"
    return "substitution"


def test_an_error_changes_one_phone_in_one_of_three_ways() -> None:
    seen = set()
    for seed in range(200):
        changed = with_error(CAT, seed % 3, np.random.default_rng(seed))
        kinds = [kind_of(p, s) for p, s in zip(changed.phones, changed.spoken, strict=True)]
        assert changed.phones == CAT.phones
        assert sorted(kinds)[:2] != ["right", "right", "right"] and kinds.count("right") == 2
        at = next(i for i, kind in enumerate(kinds) if kind != "right")
        assert at == seed % 3
        if kinds[at] == "substitution":  # vowel for vowel, consonant for consonant
            assert (changed.spoken[at][0].rstrip("012") in VOWELS) == (at == 1)
        seen.add(kinds[at])
    assert seen == {"substitution", "deletion", "insertion"}


def test_no_vowel_is_put_beside_another() -> None:
    draws = right("draws", ["D", "R", "AO1", "Z"])
    places = {
        at
        for seed in range(400)
        for at, spoken in enumerate(with_error(draws, seed % 4, np.random.default_rng(seed)).spoken)
        if len(spoken) == 2
    }
    assert places == {0, 3}  # "d-uh-raws" and "drawz-uh"


def test_sentences_have_about_the_rate_of_errors() -> None:
    words = [CAT] * 10
    counts = []
    for seed in range(200):
        said = sentence_with_errors(words, np.random.default_rng(seed))
        counts.append(
            sum(kind_of(p, s) != "right" for w in said for p, s in zip(w.phones, w.spoken, strict=True))
        )
    assert min(counts) >= 1
    assert np.mean(counts) == pytest.approx(30 * ERROR_RATE, rel=0.15)


def test_nonsense_is_legal_arpabet_with_one_stress() -> None:
    for seed in range(300):
        word = nonsense_word(np.random.default_rng(seed))
        check_phones(word.phones, "nonsense")
        assert sum(phone.endswith("1") for phone in word.phones) == 1
        assert word.flat == word.phones


def test_ipa_has_reduced_vowels_and_stress_before_the_vowel() -> None:
    about = right("about", ["AH0", "B", "AW1", "T"])
    assert kokoro_ipa([about, CAT]) == "əbˈWt kˈæt."


def test_voices_come_from_both_packages_and_what_is_missing_is_said(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    japanese, american = np.random.default_rng(1).random((2, 3, 1, 256), np.float32)
    np.savez(tmp_path / "voices_ja.npz", jf_alpha=japanese)
    monkeypatch.setattr("higgins_train.synthesis.kokoro_data", lambda: (tmp_path, []))
    package = tmp_path / "kokoro-js.tgz"
    with tarfile.open(package, "w:gz") as archive:
        member = tarfile.TarInfo("package/voices/af_sky.bin")
        member.size = american.nbytes
        archive.addfile(member, io.BytesIO(american.tobytes()))

    styles = kokoro_voices(["jf_alpha", "af_sky"], package)
    assert (styles["jf_alpha"] == japanese[:, 0]).all() and (styles["af_sky"] == american[:, 0]).all()
    assert list(kokoro_voices(["jf_alpha"], None)) == ["jf_alpha"]
    with pytest.raises(SystemExit, match="npm pack kokoro-js"):
        kokoro_voices(["af_sky"], None)
    with pytest.raises(SystemExit, match="am_adam"):
        kokoro_voices(["am_adam"], package)
    with pytest.raises(SystemExit, match="no voice af_skye: expected one of jf_alpha af_alloy"):
        kokoro_voices(["af_skye"], None)
    package.write_bytes(b"no archive")
    with pytest.raises(SystemExit, match=str(package)):
        kokoro_voices(["af_sky"], package)


@pytest.mark.skipif(shutil.which("flite") is None, reason="flite is not installed")
def test_flite_says_what_the_labels_say_and_goes_on_after_an_interruption(
    corpus: Path, tmp_path: Path
) -> None:
    lexicon = tmp_path / "cmudict.dict"
    words = {word.lower() for u in read_corpus(corpus) for word in u.text.split()}
    lexicon.write_text("".join(f"{word} K AE1 T S IH0 NG\n" for word in sorted(words)))

    def synthesise(out: Path, count: int) -> None:
        arguments = ["synthesis", "--synthesiser", "flite", "--texts", str(corpus), "--cmudict", str(lexicon)]
        from unittest import mock

        argv = ["higgins_train", *arguments, "--count", str(count), "--out", str(out)]
        with mock.patch("sys.argv", argv):
            assert main() == 0

    synthesise(tmp_path / "whole", 6)
    synthesise(tmp_path / "parts", 2)
    synthesise(tmp_path / "parts", 6)
    whole, parts = ((tmp_path / name / "labels.jsonl").read_text() for name in ("whole", "parts"))
    assert whole == parts
    kinds = {json.loads(line)["kind"] for line in whole.splitlines()}
    assert len(kinds) >= 2
    for utterance in read_corpus(tmp_path / "whole"):
        assert utterance.kind == "synthetic"
        samples = utterance.samples()
        # 40-250 ms a phone: what was said is as long as what was asked for.
        assert 0.04 < len(samples) / 16000 / len(utterance.spoken_phones) < 0.25
        wrong = [score for score in utterance.phone_scores if score == 0.0]
        if utterance.extra["kind"] != "errors":
            assert not wrong and utterance.spoken_phones == utterance.phones
