"""Corpora and recognisers of a run -> the items its scorer learns from and is measured on."""

from __future__ import annotations

import argparse
import json
from dataclasses import dataclass
from functools import cached_property
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

Inputs = dict[str, dict[str, np.ndarray]]


@dataclass
class Material:
    """The recordings of all corpora with words, and copies of people's recordings with changed texts."""

    ready: list[Utterance]
    changed: list[Utterance]
    fold_of: dict[str, int]  # of every recording that is trained on
    corpora: list[list[Utterance]]  # as they were read
    init: Path | None  # the encoder's folder
    run: Path | None  # where its states are kept

    @cached_property
    def cache(self) -> StateCaches:
        """States of the encoder, computed when they are first asked for: a pack's opinions need none."""
        return cache_corpora(self.corpora, self.init, self.run)

    def in_fold(self, pool: list[Utterance], fold: int) -> list[Utterance]:
        return [u for u in pool if self.fold_of.get(u.extra.get("of", u.id)) == fold]


def material_of(args: argparse.Namespace) -> Material:
    corpora = corpora_of(args)
    utterances = [u for corpus in corpora for u in corpus]
    # Native speech teaches the scorer what is right although no learner of the corpus says it so.
    stressed = stressed_pronunciations(read_cmudict(args.cmudict)) if args.native else {}
    ready = [with_words(u, stressed) if u.native else u for u in utterances]
    fit = [u for u in utterances if args.fit_on == "all" or u.division == "fit"]
    fold_of = {u.id: fold for u, fold in zip(fit, speaker_folds(fit, args.folds), strict=False)}
    changed = [with_substitutions(u, seed=1) for u in ready if not u.synthetic]
    return Material(ready, changed, fold_of, corpora, args.init, args.run)


def prepare_items(args: argparse.Namespace) -> tuple[list[Item], list[Item], list[Item]]:
    """(train, dev, unscored): features come from a recogniser that never saw the utterance's speaker. `unscored` are
    learners' recordings beside changed texts: nobody knows their scores, a teacher has an opinion."""
    of = material_of(args)
    inputs: Inputs = {}
    for fold in range(args.folds):
        posteriors = posteriors_of(args.run / f"fold{fold}", args.init, of.cache)
        for kind, pool in pools(of.ready, of.changed).items():
            path = args.run / f"features-fold{fold}{kind}.pt"
            inputs |= extract(of.in_fold(pool, fold), posteriors, path)
    unscored = [
        without_labels(make_item(u, inputs[u.id])) for u in of.changed if u.id in inputs and not u.native
    ]
    return items_of(of, inputs), dev_items_of(args, of), unscored


def items_of(of: Material, inputs: Inputs) -> list[Item]:
    # Copies of learners' recordings as certain errors were tried: on dev they cost agreement with the experts.
    return [
        make_item(u, inputs[u.id])
        for u in [*of.ready, *of.changed]
        if u.id in inputs and (u.native or u.scores or u.synthetic)
    ]


def dev_items_of(args: argparse.Namespace, of: Material) -> list[Item]:
    posteriors = posteriors_of(args.run / "full", args.init, of.cache)
    dev = [u for u in of.ready if u.division == "dev"]
    altered = [u for u in of.changed if u.division == "dev" and u.native]
    inputs: Inputs = {}
    for kind, pool in pools(dev, []).items():
        inputs |= extract(pool, posteriors, args.run / f"features-dev{kind}.pt")
    inputs |= extract(altered, posteriors, args.run / "features-dev-text.pt")
    return [
        make_item(u, inputs[u.id])
        for u in [*dev, *altered]
        if u.id in inputs and (u.native or u.scores or u.synthetic)
    ]


def leaking_items(args: argparse.Namespace) -> list[Item]:
    """As `train` of prepare_items, but the recogniser had heard the speakers: to show what that costs. Its features are
    extracted on the first call."""
    of = material_of(args)
    posteriors = posteriors_of(args.run / "full", args.init, of.cache)
    changed = [
        u for u in of.changed if u.native
    ]  # learners' changed texts are never trained on without a teacher
    inputs: Inputs = {}
    for kind, pool in pools(of.ready, changed).items():
        heard = [u for u in pool if u.extra.get("of", u.id) in of.fold_of]
        inputs |= extract(heard, posteriors, args.run / f"features-leak{kind}.pt")
    return items_of(of, inputs)


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
