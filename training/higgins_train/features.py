"""Scorer inputs for every utterance, made by the engine's own C++ code through the Python binding."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import torch
from tqdm import tqdm

from .acoustic_model import PhoneRecogniser
from .corpus import Utterance
from .files import whole
from .states import StateCache

MATRIX_FIELDS = [
    "phone_features",
    "phone_states",
    "insertion_features",
    "utterance_features",
    "utterance_states",
]
INDEX_FIELDS = ["phone", "stress", "place", "word_of_phone"]


class Posteriors:
    """Runs a recogniser on utterances, from cached lower states where there are any."""

    def __init__(self, model: PhoneRecogniser, cache: StateCache | None, frozen_layers: int):
        self.model, self.cache, self.frozen_layers = model.eval(), cache, frozen_layers

    @torch.inference_mode()
    def __call__(self, utterance: Utterance) -> tuple[np.ndarray, np.ndarray]:
        """(log posteriors [T, labels], states [T, state_dim]), float32."""
        # A copy with changed text has the speech, and so the states, of the utterance it was made of.
        key = utterance.extra.get("of", utterance.id)
        if self.cache is None or key not in self.cache:
            log_posteriors, states = self.model(torch.from_numpy(utterance.samples())[None])
        else:
            first = self.frozen_layers
            by_layer = {
                layer: torch.from_numpy(np.array(self.cache.get(key, layer), np.float32))[None]
                for layer in self.cache.layers
                if layer <= first
            }
            for at, state in enumerate(self.model.encoder.upper(by_layer[first], first)):
                by_layer[first + 1 + at] = state
            log_posteriors, states = self.model.from_states(by_layer)
        return log_posteriors[0].numpy(), states[0].numpy()


def scorer_inputs(
    utterance: Utterance, log_posteriors: np.ndarray, states: np.ndarray
) -> dict[str, np.ndarray]:
    """Of one utterance. ValueError where the engine refuses it (too short for its text)."""
    import higgins  # the binding; only this step needs it built

    made = higgins.scorer_input(
        log_posteriors, states, utterance.samples(), utterance.phones, utterance.word_of_phone
    )
    kept = {name: np.asarray(made[name], np.float32) for name in MATRIX_FIELDS}
    kept["phone_states"] = kept["phone_states"].astype(np.float16)
    kept["utterance_states"] = kept["utterance_states"].astype(np.float16)
    kept |= {name: np.asarray(made[name], np.int64) for name in INDEX_FIELDS}
    return kept


def load_inputs(path: Path) -> dict[str, dict[str, np.ndarray]]:
    """What `extract` kept."""
    inputs = torch.load(path, weights_only=False)
    if any("insertion_features" not in of for of in inputs.values()):
        raise SystemExit(f"{path} was made before scorers judged insertions: delete the run's features-*.pt")
    return inputs


def extract(
    utterances: list[Utterance],
    posteriors: Callable[[Utterance], tuple[np.ndarray, np.ndarray]],
    path: Path,
) -> dict[str, dict[str, np.ndarray]]:
    """Scorer inputs by utterance id, kept in `path`. Utterances the engine refuses (too short) are left
    out and named."""
    if not utterances:
        return {}
    if path.exists():
        return load_inputs(path)
    inputs, refused = {}, []
    for utterance in tqdm(utterances, desc=f"features {path.stem}", unit="utt", mininterval=5):
        log_posteriors, states = posteriors(utterance)
        try:
            inputs[utterance.id] = scorer_inputs(utterance, log_posteriors, states)
        except ValueError as error:
            refused.append(f"{utterance.id}: {error}")
    if refused:
        print(f"{len(refused)} refused, e.g. {refused[0]}")
    with whole(path) as partial:
        torch.save(inputs, partial)
    return inputs
