"""Hugging Face speech encoders behind one face: raw 16 kHz samples in, the hidden states of every layer out.

`load_encoder(DIR)` reads a checkpoint folder (config.json + weights) of Whisper, wav2vec 2.0, XLS-R, HuBERT, WavLM or
data2vec-audio. An encoder is a stem (samples -> states of layer 0) and a list of layers, so that a trainer
can freeze the lower part, cache its output, and tune only the rest.
"""

from __future__ import annotations

from pathlib import Path

import torch
from torch import nn

from .frontend import LogMel


class WhisperEncoder(nn.Module):
    """Whisper's encoder without padding to 30 s: the position table is sliced to the frames there are."""

    frame_shift_ms = 20.0
    splittable = True

    def __init__(self, model: nn.Module):
        super().__init__()
        encoder = model.get_encoder() if hasattr(model, "get_encoder") else model.encoder
        self.dim: int = encoder.config.d_model
        self.front_end = LogMel(encoder.config.num_mel_bins)
        self.conv1, self.conv2 = encoder.conv1, encoder.conv2
        self.register_buffer("positions", encoder.embed_positions.weight.detach().clone())
        self.layers = encoder.layers
        self.layer_norm = encoder.layer_norm

    @property
    def num_layers(self) -> int:
        return len(self.layers)

    def stem(self, samples: torch.Tensor) -> torch.Tensor:
        """[B, S] -> states of layer 0, [B, T, dim]."""
        hidden = nn.functional.gelu(self.conv1(self.front_end(samples)))
        hidden = nn.functional.gelu(self.conv2(hidden)).transpose(1, 2)
        return hidden + self.positions[: hidden.shape[1]]

    def upper(
        self, hidden: torch.Tensor, first: int = 0, mask: torch.Tensor | None = None, last: int | None = None
    ) -> list[torch.Tensor]:
        """States [B, T, dim] of layer `first` -> states of layers first + 1 ... last (default: num_layers).

        mask: additive, [B, 1, 1, T], large negative on padded frames.
        """
        states = []
        for layer in self.layers[first:last]:
            hidden = layer(hidden, mask)
            hidden = hidden[0] if isinstance(hidden, tuple) else hidden
            states.append(hidden)
        # The last layer's residual stream is read through the encoder's own final norm, as Whisper's decoder reads it.
        if last in (None, self.num_layers):
            states[-1] = self.layer_norm(states[-1])
        return states

    def forward(self, samples: torch.Tensor) -> list[torch.Tensor]:
        hidden = self.stem(samples)
        return [hidden, *self.upper(hidden)]


class Wav2Vec2Encoder(nn.Module):
    """wav2vec 2.0 and its family (XLS-R, HuBERT, WavLM, data2vec-audio): raw samples, zero mean and unit variance."""

    frame_shift_ms = 20.0
    splittable = False

    def __init__(self, model: nn.Module):
        super().__init__()
        self.model = model
        self.dim: int = model.config.hidden_size
        self.num_layers: int = model.config.num_hidden_layers
        model.config.output_hidden_states = True
        # Time masking belongs to pre-training; its random spans would also keep the graph from being exported.
        model.config.mask_time_prob = 0.0
        model.config.mask_feature_prob = 0.0
        model.config.layerdrop = 0.0

    def forward(self, samples: torch.Tensor) -> list[torch.Tensor]:
        mean = samples.mean(dim=1, keepdim=True)
        deviation = torch.sqrt(((samples - mean) ** 2).mean(dim=1, keepdim=True) + 1e-7)
        output = self.model((samples - mean) / deviation, output_hidden_states=True, return_dict=True)
        return list(output.hidden_states)


def load_encoder(folder: Path | str) -> nn.Module:
    """Reads a Hugging Face checkpoint folder. Raises ValueError for an architecture that is not a speech encoder."""
    from transformers import AutoConfig, AutoModel

    folder = Path(folder)
    if not (folder / "config.json").exists():
        raise ValueError(f"{folder} is not a Hugging Face checkpoint folder: config.json is missing")
    config = AutoConfig.from_pretrained(folder)
    if config.model_type == "whisper":
        return WhisperEncoder(AutoModel.from_pretrained(folder, attn_implementation="sdpa"))
    if config.model_type in {"wav2vec2", "hubert", "wavlm", "data2vec-audio"}:
        return Wav2Vec2Encoder(AutoModel.from_pretrained(folder))
    raise ValueError(
        f"{folder}: architecture {config.model_type!r} is not read; expected whisper, wav2vec2, hubert, wavlm or "
        "data2vec-audio (XLS-R is a wav2vec2)"
    )
