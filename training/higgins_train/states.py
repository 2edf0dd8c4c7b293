"""Hidden states of a frozen encoder, computed once and kept on disk.

One float16 memory map [frames of all utterances, layers * dim] and an index. An interrupted run goes on
where it stopped.
"""

from __future__ import annotations

import hashlib
import json
from pathlib import Path

import numpy as np
import torch
from tqdm import tqdm

from .corpus import Utterance
from .encoders import load_encoder
from .files import whole
from .parallel import in_parallel


class StateCache:
    """Cached states of some layers, by utterance id."""

    def __init__(self, folder: Path):
        index = json.loads((folder / "index.json").read_text())
        self.layers: list[int] = index["layers"]
        self.dim: int = index["dim"]
        self._span = {key: (begin, end) for key, begin, end in index["utterances"]}
        width = len(self.layers) * self.dim
        self._map = np.memmap(folder / "states.f16", np.float16, "r").reshape(-1, width)

    def __contains__(self, utterance_id: str) -> bool:
        return utterance_id in self._span

    def num_frames(self, utterance_id: str) -> int:
        begin, end = self._span[utterance_id]
        return end - begin

    def get(self, utterance_id: str, layer: int) -> np.ndarray:
        """float16 [T, dim]."""
        begin, end = self._span[utterance_id]
        at = self.layers.index(layer) * self.dim
        return self._map[begin:end, at : at + self.dim]


class StateCaches:
    """Several caches as one; an utterance is looked for in each."""

    def __init__(self, caches: list[StateCache | StateCaches]):
        self._caches = caches
        self.layers: list[int] = caches[0].layers

    def _of(self, utterance_id: str) -> StateCache | StateCaches | None:
        return next((cache for cache in self._caches if utterance_id in cache), None)

    def __contains__(self, utterance_id: str) -> bool:
        return self._of(utterance_id) is not None

    def num_frames(self, utterance_id: str) -> int:
        return self._of(utterance_id).num_frames(utterance_id)

    def get(self, utterance_id: str, layer: int) -> np.ndarray:
        """float16 [T, dim]."""
        return self._of(utterance_id).get(utterance_id, layer)


def states_up_to(encoder: torch.nn.Module, samples: torch.Tensor, last: int) -> list[torch.Tensor]:
    """States of layers 0 ... last, [1, T, dim] each; layers above are not computed where the encoder allows it."""
    if last == encoder.num_layers or not encoder.splittable:
        return encoder(samples)
    hidden = encoder.stem(samples)
    return [hidden, *encoder.upper(hidden, 0, None, last)]


def cache_states(
    utterances: list[Utterance], init: Path, layers: list[int], root: Path, max_seconds: float = 16.0
) -> StateCache:
    """States of `layers` for every utterance of at most `max_seconds`, under root/<key of what made them>."""
    wanted = {
        "init": str(init),
        "layers": layers,
        "max_seconds": max_seconds,
        # The size stands for the sound: speech made anew under the same name must not find the states of the old.
        "audio": [[u.id, u.audio.stat().st_size] for u in utterances],
    }
    key = hashlib.sha256(json.dumps(wanted).encode()).hexdigest()[:12]
    folder = root / f"states-{key}"
    folder.mkdir(parents=True, exist_ok=True)
    index_path, data_path = folder / "index.json", folder / "states.f16"
    spans: list[tuple[str, int, int]] = []
    done: set[str] = set()
    if index_path.exists():
        index = json.loads(index_path.read_text())
        if index["complete"]:
            return StateCache(folder)
        spans = [tuple(span) for span in index["utterances"]]
        done = set(index["seen"])
    encoder = load_encoder(init).eval()
    width = len(layers) * encoder.dim
    frames = spans[-1][2] if spans else 0
    if data_path.exists():  # drop what was written after the last index
        with data_path.open("r+b") as data:
            data.truncate(frames * width * 2)

    def write_index(complete: bool) -> None:
        index = {
            "layers": layers,
            "dim": encoder.dim,
            "utterances": spans,
            "seen": sorted(done),
            "complete": complete,
        }
        with whole(index_path) as partial:
            partial.write_text(json.dumps(index))

    with data_path.open("ab") as data, torch.inference_mode():
        for count, utterance in enumerate(tqdm(utterances, desc="encoder states", unit="utt")):
            if utterance.id in done:
                continue
            done.add(utterance.id)
            samples = utterance.samples()
            if len(samples) <= max_seconds * 16000:
                states = states_up_to(encoder, torch.from_numpy(samples)[None], max(layers))
                block = torch.cat([states[layer][0] for layer in layers], dim=-1).half().numpy()
                data.write(block.tobytes())
                spans.append((utterance.id, frames, frames + len(block)))
                frames += len(block)
            if count % 200 == 199:
                data.flush()
                write_index(complete=False)
        data.flush()
        write_index(complete=True)
    return StateCache(folder)


def cache_parts(
    parts: list[tuple[list[Utterance], list[int]]], init: Path, root: Path, jobs: int = 1
) -> StateCaches:
    """Of each part its utterances' states of its layers, `jobs` parts at a time."""

    def cache(part: tuple[list[Utterance], list[int]]) -> StateCache:
        utterances, layers = part
        return cache_states(utterances, init, layers, root)

    in_parallel(cache, parts, jobs)
    return StateCaches([cache(part) for part in parts])


def cache_corpora(corpora: list[list[Utterance]], init: Path, root: Path, jobs: int = 1) -> StateCaches:
    """States of the layers from 2 up (of a small encoder: from the lowest that is read), corpus by corpus, so that one
    more corpus costs only its own."""
    depth = load_encoder(init).num_layers
    layers = list(range(min(2, max(1, depth // 3)), depth + 1))
    return cache_parts([(utterances, layers) for utterances in corpora], init, root, jobs)
