"""Corpora and recognisers of a run -> the items its scorer learns from and is measured on."""

from __future__ import annotations

import argparse
import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path

import numpy as np

from .augmentation import augmented_copies
from .cmudict import read_cmudict
from .corpus import Utterance, corpora_of, read_corpus, trained_on
from .features import Posteriors, extract, load_inputs
from .parallel import in_parallel
from .scorer_items import ANNOUNCER, Item, make_item, without_labels
from .splits import MEAN, Splits, draw_splits, mean_recogniser
from .states import StateCaches, cache_corpora
from .text_substitution import with_omissions, with_substitutions
from .word_boundaries import stressed_pronunciations, with_words

Inputs = dict[str, dict[str, np.ndarray]]


@dataclass
class Material:
    """The recordings of all corpora with words, and copies of people's recordings with changed texts."""

    ready: list[Utterance]
    changed: list[Utterance]
    splits: Splits  # of the recordings that are trained on
    corpora: list[list[Utterance]]  # as they were read
    init: Path | None  # the encoder's folder
    run: Path | None  # where its states are kept

    @cached_property
    def cache(self) -> StateCaches:
        """States of the encoder, computed when they are first asked for: a pack's opinions need none."""
        return cache_corpora(self.corpora, self.init, self.run)


def material_of(args: argparse.Namespace) -> Material:
    corpora = corpora_of(args)
    utterances = [u for corpus in corpora for u in corpus]
    # Native speech teaches the scorer what is right although no learner of the corpus says it so.
    stressed = stressed_pronunciations(read_cmudict(args.cmudict)) if args.native else {}
    ready = [with_words(u, stressed) if u.native else u for u in utterances]
    fit = trained_on(utterances, args.fit_on)
    changed = [with_substitutions(u, seed=1) for u in ready if not u.synthetic]
    changed += [with_omissions(u, seed=1) for u in ready if u.native]
    splits = draw_splits(fit, args.splits, args.folds)
    return Material(ready, changed, splits, corpora, args.init, args.run)


def prepare_items(args: argparse.Namespace) -> tuple[list[Item], list[Item], list[Item]]:
    """(train, dev, unscored): features come from recognisers that never heard the utterance's speaker. `unscored` are
    learners' recordings beside changed texts: nobody knows their scores, a teacher has an opinion."""
    of = material_of(args)
    inputs = strangers_inputs(args, of)
    unscored = [
        without_labels(make_item(u, inputs[u.id])) for u in of.changed if u.id in inputs and not u.native
    ]
    return items_of(of, inputs), dev_items_of(args, of), unscored


def strangers_inputs(
    args: argparse.Namespace,
    of: Material,
    whole: dict[str, list[Utterance]] | None = None,
    cached: bool = True,
) -> Inputs:
    """What the mean of the recognisers that never heard the speaker makes of every recording that is trained on; or of
    `whole`, recordings by the ending of their files. cached: not from their sound but from the encoder's states of the
    recordings that they are copies of."""
    parts = [
        (
            names,
            pool,
            args.run / f"features-{'-'.join(name.removeprefix('split') for name in names)}{kind}.pt",
        )
        for kind, recordings in (whole or pools(of.ready, of.changed)).items()
        for names, pool in of.splits.by_strangers(recordings).items()
    ]
    missing = [part for part in parts if not part[2].exists()]
    if missing:
        cache = of.cache if cached else None  # before the processes part ways

        def listen(part: tuple[tuple[str, ...], list[Utterance], Path]) -> None:
            names, pool, path = part
            extract(pool, posteriors_of(args.run, names, args.init, cache), path)

        in_parallel(listen, missing, args.jobs)
    inputs: Inputs = {}
    for _, _, path in parts:
        inputs |= load_inputs(path)
    return inputs


def items_of(of: Material, inputs: Inputs) -> list[Item]:
    # Copies of learners' recordings as certain errors were tried: on dev they cost agreement with the experts.
    return [
        make_item(u, inputs[u.id])
        for u in [*of.ready, *of.changed]
        if u.id in inputs and (u.native or u.scores or u.synthetic)
    ]


def dev_items_of(args: argparse.Namespace, of: Material) -> list[Item]:
    posteriors = posteriors_of(args.run, [MEAN], args.init, of.cache)
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
    posteriors = posteriors_of(args.run, [MEAN], args.init, of.cache)
    changed = [
        u for u in of.changed if u.native
    ]  # learners' changed texts are never trained on without a teacher
    inputs: Inputs = {}
    for kind, pool in pools(of.ready, changed).items():
        heard = [u for group in of.splits.by_strangers(pool).values() for u in group]
        inputs |= extract(heard, posteriors, args.run / f"features-leak{kind}.pt")
    return items_of(of, inputs)


def augmented_items(args: argparse.Namespace) -> list[Item]:
    """A copy of every learner's recording that is trained on, through another room, noise, codec or at another speed.
    Its phones' and words' scores stay; the utterance's, which speed alone would change, are not known. Features are
    extracted on the first call."""
    of = material_of(args)
    learners = [u for u in of.ready if u.kind == "learner" and u.id in of.splits.fold_of[0]]
    copies = [copy for made in augmented_copies(of.corpora, learners, 1).values() for copy in made]
    inputs = strangers_inputs(args, of, {"-augmented": copies}, cached=False)
    items = [make_item(u, inputs[u.id]) for u in copies if u.id in inputs]
    return [replace(item, utterance=np.full_like(item.utterance, np.nan)) for item in items]


def announcer_items(args: argparse.Namespace) -> list[Item]:
    """Native speech of another make than what is trained on, to be measured beside dev; none without --announcer."""
    if args.announcer is None:
        return []
    utterances = read_corpus(args.announcer)
    posteriors = posteriors_of(args.run, [MEAN], args.init, None)
    # Other labels (after a change of the lexicon, say) are other phones.
    labels = hashlib.sha256((args.announcer / "labels.jsonl").read_bytes()).hexdigest()[:8]
    inputs = extract(utterances, posteriors, args.run / f"features-announcer-{labels}.pt")
    made = [make_item(u, inputs[u.id]) for u in utterances if u.id in inputs]
    return [replace(item, kind=ANNOUNCER) for item in made]


def posteriors_of(
    run: Path, names: Sequence[str], init: Path | None, cache: StateCaches | None
) -> Posteriors:
    """Of the mean of a run's recognisers."""
    frozen = json.loads((run / names[0] / "options.json").read_text())["frozen_layers"]
    return Posteriors(mean_recogniser(run, names, init), cache, frozen)


def pools(utterances: list[Utterance], changed: list[Utterance]) -> dict[str, list[Utterance]]:
    """What goes into one file of features; synthetic speech apart, so that more of it costs only its own."""
    return {
        "": [u for u in utterances if not u.synthetic],
        "-synthetic": [u for u in utterances if u.synthetic],
        "-text": changed,
    }
