from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
from conftest import record, write_tones
from higgins_train.corpus import read_corpus
from higgins_train.expert_marks import Mark, marks_of, views_of_word
from higgins_train.scorer_items import shares_of_views
from higgins_train.text_substitution import with_substitutions


@pytest.mark.parametrize(
    ("marked", "phones", "scores"),
    [
        ("W IY0", "W IY0", [2, 2]),
        ("K {AO0} (L)", "K AO0 L", [2, 1, 0]),
        ("(P R) IH1", "P R IH1", [0, 0, 2]),  # one mark over two phones
        ("B EH0 [ L ] R", "B EH0 R", [2, 2, 2]),
        ("B [(L)] R", "B R", [2, 2]),
        ("IH0 {TS}", "IH0 T S", [2, 1, 1]),
        ("Z (IR1) OW0", "Z IH1 R OW0", [2, 0, 0, 2]),
        ("ER0 R", "ER0 R", [2, 2]),
        ("S IY0 M", "S IY0 M Z", None),
        ("", "S", None),
    ],
)
def test_marks_are_laid_over_the_canonical_phones(marked: str, phones: str, scores: list | None) -> None:
    marks = marks_of(marked, phones.split())
    assert (marks and [mark.score for mark in marks]) == scores


@pytest.mark.parametrize(
    ("marked", "phones", "after"),
    [
        ("B EH0 [ L ] R", "B EH0 R", [0, 1, 0]),
        ("AE0 N D [ AX0 ]", "AE0 N D", [0, 0, 1]),
        ("[ EH0 ] S T [(AX0)]", "S T", [0, 1]),
        ("IH0 {TS} [ AX0 ]", "IH0 T S", [0, 0, 1]),
        ("W IY0", "W IY0", [0, 0]),
    ],
)
def test_what_was_inserted_follows_its_phone(marked: str, phones: str, after: list) -> None:
    marks = marks_of(marked, phones.split())
    assert marks is not None and [mark.inserted for mark in marks] == after


def test_experts_who_cannot_be_read_are_left_out() -> None:
    assert views_of_word(["W IY0", "(W) IY0", "IY0"], ["W", "IY0"]) == [
        [Mark(2.0), Mark(0.0)],
        [Mark(2.0), Mark(2.0)],
    ]
    assert views_of_word(["IY0"], ["W", "IY0"]) is None


def experts_of(entry: dict) -> dict:
    """Three experts: the second hears the first phone of each word as accented, the third as wrong and a sound after
    it."""
    words = []
    for word in entry["words"]:
        first, *rest = word["phones"]
        words.append(
            {"phones": [" ".join([mark, *rest]) for mark in (first, f"{{{first}}}", f"({first}) [ AX0 ]")]}
        )
    return {"words": words}


@pytest.mark.parametrize("public", [False, True])
def test_both_forms_of_the_corpus_give_the_views(public: bool, tmp_path: Path) -> None:
    entry = record(1, "0001", "fit")
    experts = experts_of(entry)
    if public:
        (tmp_path / "resource").mkdir()
        (tmp_path / "train").mkdir()
        (tmp_path / "resource" / "scores.json").write_text(json.dumps({entry["id"]: entry}))
        (tmp_path / "resource" / "scores-detail.json").write_text(json.dumps({entry["id"]: experts}))
        (tmp_path / "train" / "wav.scp").write_text(f"{entry['id']} {entry['audio']}\n")
        (tmp_path / "train" / "utt2spk").write_text(f"{entry['id']} 0001\n")
    else:
        (tmp_path / "labels.jsonl").write_text(json.dumps(entry | {"experts": experts}) + "\n")
    write_tones(tmp_path / entry["audio"], 1, 0.5)
    (utterance,) = read_corpus(tmp_path)
    assert utterance.words[0].phone_views == [[2.0, 1.0, 0.0], [2.0, 2.0, 2.0]]
    assert utterance.words[0].insertion_views == [pytest.approx(1 / 3), 0.0]
    shares = shares_of_views(utterance)
    np.testing.assert_allclose(shares[:2], [[2 / 3, 1 / 3], [1.0, 1.0]], atol=1e-6)
    # Beside another text nobody judged these phones.
    changed = with_substitutions(utterance, seed=1, rate=1.0)
    assert all(word.phone_views is None for word in changed.words)
