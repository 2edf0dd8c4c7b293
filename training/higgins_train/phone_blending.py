"""Blends of a well said and a poor token of the same phone, in feature space (in the line of SpeechBlender).

Poor phones are one in ten; a blend has features between the two and the score between theirs. What the experts said of
its word and of the whole recording no longer holds and is left out.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from .scorer_items import Item

GOOD_FROM = 1.8  # of 2
POOR_BELOW = 1.0
PHONE_RATE = 0.15  # of the well said phones of a chosen recording
BLENDED = ("phone_features", "phone_states")


class PhoneBlender:
    """Knows the poor phones of all recordings that experts scored."""

    def __init__(self, items: list[Item], share: float):
        """share: of the recordings that are blended, 0-1."""
        self._share = share
        self._poor: dict[int, list[tuple[Item, int]]] = {}
        for item in items:
            if item.scored:
                for at in np.flatnonzero(item.phone < POOR_BELOW):
                    self._poor.setdefault(int(item.inputs["phone"][at]), []).append((item, int(at)))

    def __call__(self, item: Item, random: np.random.Generator) -> Item:
        """The item, or a blended copy of it."""
        if not item.scored or random.random() >= self._share:
            return item
        good = np.flatnonzero((item.phone >= GOOD_FROM) & (random.random(len(item.phone)) < PHONE_RATE))
        places = [at for at in good if int(item.inputs["phone"][at]) in self._poor]
        if not places:
            return item
        phone, word = item.phone.copy(), item.word.copy()
        views = None if item.views is None else item.views.copy()
        inputs = item.inputs | {name: item.inputs[name].copy() for name in BLENDED}
        for at in places:
            poor = self._poor[int(inputs["phone"][at])]
            other, there = poor[int(random.integers(len(poor)))]
            share = random.random()  # of the poor one
            for name in BLENDED:
                inputs[name][at] = (1.0 - share) * inputs[name][at] + share * other.inputs[name][there]
            phone[at] = (1.0 - share) * phone[at] + share * other.phone[there]
            word[inputs["word_of_phone"][at]] = np.nan
            if views is not None:
                views[at] = np.nan
        whole = np.full_like(item.utterance, np.nan)
        return replace(
            item, inputs=inputs, phone=phone, word=word, utterance=whole, teacher=None, views=views
        )
