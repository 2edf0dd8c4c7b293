"""What can be taken from the scorer's recipe or added to it: the rows of the ablation, alone or joined with +."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace

import numpy as np

from .phone_columns import GOP_S, GOP_SA, GOP_SD, GOP_SDI, LOG_OCCUPANCY, LPP
from .phones import NUM_LABELS
from .scorer_items import Item

GOP_SF_VECTOR = [*range(NUM_LABELS), LPP, GOP_SD, LOG_OCCUPANCY]


def keep_columns(columns: list[int]) -> Callable[[Item], Item]:
    """Only these phone features; nothing else of the recording, but for what judges insertions."""

    def change(item: Item) -> Item:
        inputs = dict(item.inputs)
        inputs["phone_features"] = inputs["phone_features"][:, columns]
        for name in ("phone_states", "utterance_states", "utterance_features"):
            inputs[name] = np.zeros((len(inputs[name]), 1), np.float32)
        return replace(item, inputs=inputs)

    return change


def without_states(item: Item) -> Item:
    inputs = dict(item.inputs)
    for name in ("phone_states", "utterance_states"):
        inputs[name] = np.zeros((len(inputs[name]), 1), np.float32)
    return replace(item, inputs=inputs)


def without_features(item: Item) -> Item:
    inputs = dict(item.inputs)
    inputs["phone_features"] = np.zeros((len(inputs["phone_features"]), 1), np.float32)
    return replace(item, inputs=inputs)


@dataclass
class Variant:
    """One row: what it is, how it changes the items, and how training and network differ from the recipe."""

    about: str
    change: Callable[[Item], Item] = lambda item: item
    options: dict = field(default_factory=dict)
    shape: dict = field(default_factory=dict)
    teachers: bool = False
    unscored: bool = False
    leaking: bool = False
    augmented: bool = False


GOPT_SHAPE = {"width": 24, "heads": 1, "blocks": 3, "convolution": False, "dropout": 0.1}
VARIANTS = {
    "recipe": Variant("one scorer that learns from all recordings"),
    "distilled": Variant(
        "+ distilled from the mean of its seeds, learners' changed texts added",
        teachers=True,
        unscored=True,
    ),
    "distilled-same-data": Variant("distilled, no texts added", teachers=True),
    "last-weights": Variant("- running mean of the weights", options={"weight_average": 0.0}),
    "no-synthetic": Variant("- synthetic speech (scorer)", options={"kinds": ["learner", "native"]}),
    "no-native": Variant(
        "- native speech and its changed texts (scorer)", options={"kinds": ["learner", "synthetic"]}
    ),
    "learners-only": Variant("learners' recordings only (scorer)", options={"kinds": ["learner"]}),
    "no-states": Variant("- encoder states", change=without_states),
    "no-features": Variant(
        "- all GOP and prosodic features: states and phone identity only", change=without_features
    ),
    "no-convolution": Variant("- local convolution", shape={"convolution": False}),
    "three-blocks": Variant("three blocks instead of two", shape={"blocks": 3}),
    "wide": Variant("width 160 instead of 96", shape={"width": 160}),
    "no-detection-weight": Variant(
        "- weight of 3 on errors in the detection loss", options={"positive_weight": 1.0}
    ),
    "marked-natives": Variant("+ full marks for native utterances", options={"native_marks": True}),
    "augmented": Variant(
        "+ each learner's recording once more: speed, room, noise, codec (scorer)", augmented=True
    ),
    "leaking-features": Variant("features that leak: the recogniser had heard the speakers", leaking=True),
    "disagreement": Variant(
        "+ phones on which the experts disagree count less", options={"disagreement_weight": 3.0}
    ),
    "histogram": Variant(
        "+ ordinal histogram of the experts' scores as a second target", options={"histogram_weight": 0.5}
    ),
    "blended": Variant("+ blends of well and poorly said tokens of a phone", options={"blended_share": 0.3}),
    "pretrained": Variant("+ masked-phone pretraining, 4 epochs", options={"pretraining_epochs": 4}),
    "ordinal-contrast": Variant("+ ordinal-contrastive regulariser", options={"contrast_weight": 0.05}),
    "attentive-words": Variant(
        "words pooled by attention instead of the mean", shape={"attentive_words": True}
    ),
    "focal": Variant("+ focal weighting of the detection loss (gamma 2)", options={"focal_gamma": 2.0}),
    "correlation": Variant(
        "+ correlation of a batch's phone scores in the loss", options={"correlation_weight": 0.2}
    ),
    "gopt-gop-sf": Variant(
        "GOPT's size (width 24, 3 blocks of attention) on GOP-SF vector, learners only",
        change=keep_columns(GOP_SF_VECTOR),
        options={"kinds": ["learner"]},
        shape=GOPT_SHAPE,
    ),
    "gopt-gop-sa": Variant(
        "GOPT's size on scalar GOP-SA, learners only",
        change=keep_columns([GOP_SA]),
        options={"kinds": ["learner"]},
        shape=GOPT_SHAPE,
    ),
}
SCALARS = {
    "scalar-gop-sf-sd": ("GOP-SF, SD denominator", GOP_SD),
    "scalar-gop-sf-s": ("GOP-SF, S denominator", GOP_S),
    "scalar-gop-sf-sdi": ("GOP-SF, SDI denominator", GOP_SDI),
    "scalar-gop-sa": ("GOP-SA (Viterbi alignment)", GOP_SA),
}


def variant_of(name: str) -> Variant:
    """A row, or several joined: `histogram+focal` has the options and the shape of both. KeyError: no such row."""
    parts = [VARIANTS[part] for part in name.split("+")]
    if len(parts) == 1:
        return parts[0]

    def change(item: Item) -> Item:
        for part in parts:
            item = part.change(item)
        return item

    options = {key: value for part in parts for key, value in part.options.items()}
    if "kinds" in options:  # what one part leaves out, another does not bring back
        chosen = [part.options["kinds"] for part in parts if "kinds" in part.options]
        options["kinds"] = [kind for kind in chosen[0] if all(kind in kinds for kinds in chosen)]
    return Variant(
        " ".join(part.about for part in parts),
        change=change,
        options=options,
        shape={key: value for part in parts for key, value in part.shape.items()},
        teachers=any(part.teachers for part in parts),
        unscored=any(part.unscored for part in parts),
        leaking=any(part.leaking for part in parts),
        augmented=any(part.augmented for part in parts),
    )
