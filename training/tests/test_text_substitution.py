from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from higgins_train.cmudict import VOWELS
from higgins_train.corpus import read_corpus
from higgins_train.phones import labels
from higgins_train.scorer_items import UNKNOWN, make_item
from higgins_train.text_substitution import PARTNERS, with_omissions, with_substitutions


def test_vowels_for_vowels_consonants_for_consonants() -> None:
    for phone, partners in PARTNERS.items():
        assert all((partner in VOWELS) == (phone in VOWELS) and partner != phone for partner in partners)


def test_every_change_is_a_known_error_and_nothing_else_is(corpus: Path) -> None:
    changed = kept = added = 0
    for utterance in read_corpus(corpus):
        assert all(word.spoken is None for word in with_substitutions(utterance, seed=1, rate=0.3).words)
        copy = with_substitutions(replace(utterance, native=True), seed=1, rate=0.3)
        assert copy.scores is None and copy.extra["of"] == utterance.id != copy.id
        for before, after in zip(utterance.words, copy.words, strict=True):
            assert (
                len(after.phones) == len(after.phone_scores) in (len(before.phones), len(before.phones) + 1)
            )
            assert after.spoken[: len(before.phones)] == [[phone] for phone in before.phones]
            for at, (phone, score) in enumerate(zip(after.phones, after.phone_scores, strict=True)):
                if at == len(before.phones):
                    assert after.spoken[at] == []
                    assert score == 0.0
                    added += 1
                elif phone != before.phones[at]:
                    assert score == 0.0 and before.phone_scores[at] >= 1.8
                    changed += 1
                else:
                    assert score == before.phone_scores[at]
                    kept += 1
    assert changed > 20 and added > 3 and kept > 50


def test_the_same_seed_changes_the_same_phones(corpus: Path) -> None:
    utterance = read_corpus(corpus)[1]
    assert with_substitutions(utterance, 1).phones == with_substitutions(utterance, 1).phones
    assert any(with_substitutions(utterance, seed).phones != utterance.phones for seed in range(2, 8))


def test_of_native_speech_it_is_known_what_was_heard_of_learners_not(corpus: Path) -> None:
    for utterance in read_corpus(corpus):
        copy = with_substitutions(replace(utterance, native=True), seed=1, rate=0.3)
        item = make_item(copy, {})
        wrong = item.heard != np.array(labels(copy.phones))
        assert wrong.tolist() == (item.phone == 0.0).tolist()
        assert (item.insertion == 0.0).all()
        learner = make_item(with_substitutions(utterance, seed=1, rate=0.3), {})
        assert (learner.heard == UNKNOWN).all() and np.isnan(learner.insertion).all()


def test_words_and_the_whole_have_no_scores_any_more(corpus: Path) -> None:
    item = make_item(with_substitutions(read_corpus(corpus)[0], 1), {})
    assert not item.scored


def test_what_the_text_leaves_out_is_a_known_insertion_and_nothing_else_is_known(corpus: Path) -> None:
    left_out = 0
    for utterance in read_corpus(corpus):
        native = replace(utterance, native=True)
        copy = with_omissions(native, seed=1, rate=0.3)
        assert copy.scores is None and copy.extra["of"] == utterance.id != copy.id
        assert copy.spoken_phones == utterance.phones
        item = make_item(copy, {})
        assert np.isnan(item.phone).all() and not item.scored
        slots = [slot for word in copy.words for slot in word.spoken]
        assert [slot[0] for slot in slots] == copy.phones
        assert item.insertion.tolist() == [len(slot) - 1 for slot in slots]
        left_out += int(item.insertion.sum())
    assert left_out > 20


def test_insertions_are_known_of_natives_and_of_learners_from_the_experts(corpus: Path) -> None:
    utterance = replace(read_corpus(corpus)[0])
    word = utterance.words[0]
    utterance.words = [replace(word, insertion_views=[0.4] * len(word.phones)), *utterance.words[1:]]
    heard = make_item(utterance, {}).insertion
    assert heard[: len(word.phones)] == pytest.approx(0.4)
    assert np.isnan(heard[len(word.phones) :]).all()
    assert np.isnan(make_item(with_substitutions(utterance, 1), {}).insertion).all()
    assert not make_item(replace(utterance, native=True), {}).insertion.any()
