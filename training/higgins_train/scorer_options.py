"""How a scorer is trained."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass
class ScorerOptions:
    epochs: int = 12
    batch: int = 25
    batch_phones: int = 800
    rate: float = 1e-3
    weight_decay: float = 0.05
    utterance_weight: float = 0.5
    detection_weight: float = 0.5
    positive_weight: float = 3.0
    # Of a phone whose label follows from the text (native speech, changed text) beside one that experts scored.
    certain_weight: float = 0.4
    # Decay per step of the running mean of the weights that is kept; 0 keeps the last step's weights.
    weight_average: float = 0.995
    # Share of the loss that comes from the teachers' outputs instead of the labels, where there are teachers.
    teacher_share: float = 0.7
