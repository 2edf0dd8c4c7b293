"""How a scorer is trained, and of what shape it is."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass
class ScorerOptions:
    # Kinds of recordings that are learned from.
    kinds: list[str] = field(default_factory=lambda: ["learner", "native", "synthetic"])
    epochs: int = 12
    batch: int = 25
    batch_phones: int = 800
    rate: float = 1e-3
    weight_decay: float = 0.05
    utterance_weight: float = 0.5
    detection_weight: float = 0.5
    positive_weight: float = 3.0
    insertion_weight: float = 0.5
    heard_weight: float = 1.0
    # Of a phone whose label follows from the text (native speech, changed text) beside one that experts scored.
    certain_weight: float = 0.4
    # Decay per step of the running mean of the weights that is kept; 0 keeps the last step's weights.
    weight_average: float = 0.995
    # Share of the loss that comes from the teachers' outputs instead of the labels, where there are teachers.
    teacher_share: float = 0.7

    # What follows was tried as rows of the ablation; 0 or False leaves it out.
    # What native speech deserves as a whole counts like the experts' scores of an utterance.
    native_marks: bool = False
    # A phone's score counts 1 / (1 + this * variance of the experts): where they disagree, their mean is uncertain.
    disagreement_weight: float = 0.0
    # Of the loss against the experts' shares of "at least accented" and "right" (an ordinal histogram).
    histogram_weight: float = 0.0
    # Exponent of 1 - p(truth) in the detection loss: what is judged rightly already counts less.
    focal_gamma: float = 0.0
    # Of 1 - Pearson correlation of a batch's phone scores.
    correlation_weight: float = 0.0
    # Of the ordinal-contrastive regulariser on the phones' representations.
    contrast_weight: float = 0.0
    # Share of the experts' recordings in which some well said phones are blended with poor ones of the same label.
    blended_share: float = 0.0
    # Epochs of masked-phone pretraining before the labels are shown, and the share of phones that it hides.
    pretraining_epochs: int = 0
    masked_share: float = 0.2


@dataclass
class Recipe:
    """How a scorer is trained, and the fields of ScorerConfig that differ from its defaults."""

    options: ScorerOptions
    shape: dict = field(default_factory=dict)
