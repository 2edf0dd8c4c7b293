"""Corpora and recognisers of a run -> the items its scorer learns from and is measured on."""

from __future__ import annotations

import argparse
import json
from pathlib import Path

import numpy as np

from .acoustic_model import PhoneRecogniser
from .cmudict import read_cmudict
from .corpus import Utterance, corpora_of, speaker_folds
from .features import Posteriors, extract
from .scorer_items import Item, make_item, without_labels
from .states import StateCaches, cache_corpora
from .text_substitution import with_substitutions
from .word_boundaries import stressed_pronunciations, with_words


def prepare_items(args: argparse.Namespace) -> tuple[list[Item], list[Item], list[Item]]:
    """(train, dev, unscored): features come from a recogniser that never saw the utterance's speaker. `unscored` are
    learners' recordings beside changed texts: nobody knows their scores, a teacher has an opinion."""
    corpora = corpora_of(args)
    utterances = [u for corpus in corpora for u in corpus]
    cache = cache_corpora(corpora, args.init, args.run)
    # Native speech teaches the scorer what is right although no learner of the corpus says it so.
    stressed = stressed_pronunciations(read_cmudict(args.cmudict)) if args.native else {}
    ready = [with_words(u, stressed) if u.native else u for u in utterances]
    fit = [u for u in utterances if args.fit_on == "all" or u.division == "fit"]
    fold_of = {u.id: fold for u, fold in zip(fit, speaker_folds(fit, args.folds), strict=False)}
    changed = [with_substitutions(u, seed=1) for u in ready if not u.synthetic]
    inputs: dict[str, dict[str, np.ndarray]] = {}
    for fold in range(args.folds):
        posteriors = posteriors_of(args.run / f"fold{fold}", args.init, cache)
        for kind, pool in pools(ready, changed).items():
            held_out = [u for u in pool if fold_of.get(u.extra.get("of", u.id)) == fold]
            inputs |= extract(held_out, posteriors, args.run / f"features-fold{fold}{kind}.pt")
    posteriors = posteriors_of(args.run / "full", args.init, cache)
    dev = [u for u in [*ready, *changed] if u.division == "dev"]
    dev_inputs: dict[str, dict[str, np.ndarray]] = {}
    for kind, pool in pools(dev, []).items():
        untouched = [u for u in pool if "of" not in u.extra]
        dev_inputs |= extract(untouched, posteriors, args.run / f"features-dev{kind}.pt")
    dev_inputs |= extract(
        [u for u in dev if "of" in u.extra and u.native], posteriors, args.run / "features-dev-text.pt"
    )
    # Copies of learners' recordings as certain errors were tried: on dev they cost agreement with the experts.
    train = [
        make_item(u, inputs[u.id])
        for u in [*ready, *changed]
        if u.id in inputs and (u.native or u.scores or u.synthetic)
    ]
    dev_items = [
        make_item(u, dev_inputs[u.id])
        for u in dev
        if u.id in dev_inputs and (u.native or u.scores or u.synthetic)
    ]
    unscored = [
        without_labels(make_item(u, inputs[u.id])) for u in changed if u.id in inputs and not u.native
    ]
    return train, dev_items, unscored


def posteriors_of(folder: Path, init: Path, cache: StateCaches) -> Posteriors:
    frozen = json.loads((folder / "options.json").read_text())["frozen_layers"]
    return Posteriors(PhoneRecogniser.load(folder / "model.pt", init), cache, frozen)


def pools(utterances: list[Utterance], changed: list[Utterance]) -> dict[str, list[Utterance]]:
    """What goes into one file of features; synthetic speech apart, so that more of it costs only its own."""
    return {
        "": [u for u in utterances if not u.synthetic],
        "-synthetic": [u for u in utterances if u.synthetic],
        "-text": changed,
    }
