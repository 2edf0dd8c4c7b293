"""Whisper's log-mel front end as plain convolutions, so that it exports into the ONNX graph.

mel = log10(max(1e-10, M |STFT(x)|^2)); out = (max(mel, max(mel) - 8) + 4) / 4 (Radford et al. 2022). The STFT is a
convolution of stride 160 with the 400 cosines and sines of a Hann-windowed DFT.
"""

from __future__ import annotations

import math

import torch
from torch import nn

WINDOW_SAMPLES = 400
HOP_SAMPLES = 160


def _mel_filters(num_mels: int) -> torch.Tensor:
    """Slaney-scale, area-normalised triangular filters, [num_mels, WINDOW_SAMPLES // 2 + 1]."""
    from transformers.audio_utils import mel_filter_bank

    filters = mel_filter_bank(
        WINDOW_SAMPLES // 2 + 1, num_mels, 0.0, 8000.0, 16000, norm="slaney", mel_scale="slaney"
    )
    return torch.tensor(filters.T, dtype=torch.float32)


class LogMel(nn.Module):
    """Samples [B, S] -> [B, num_mels, S // 160]."""

    def __init__(self, num_mels: int = 80):
        super().__init__()
        bins = WINDOW_SAMPLES // 2 + 1
        time = torch.arange(WINDOW_SAMPLES, dtype=torch.float64)
        window = 0.5 - 0.5 * torch.cos(2 * math.pi * time / WINDOW_SAMPLES)
        phase = 2 * math.pi * torch.arange(bins, dtype=torch.float64)[:, None] * time[None] / WINDOW_SAMPLES
        self.register_buffer("cosines", (torch.cos(phase) * window)[:, None].float(), persistent=False)
        self.register_buffer("sines", (torch.sin(phase) * window)[:, None].float(), persistent=False)
        self.register_buffer("mel", _mel_filters(num_mels)[:, :, None], persistent=False)

    def forward(self, samples: torch.Tensor) -> torch.Tensor:
        padded = nn.functional.pad(
            samples[:, None], (WINDOW_SAMPLES // 2, WINDOW_SAMPLES // 2 - HOP_SAMPLES), "reflect"
        )
        real = nn.functional.conv1d(padded, self.cosines, stride=HOP_SAMPLES)
        imaginary = nn.functional.conv1d(padded, self.sines, stride=HOP_SAMPLES)
        mel = nn.functional.conv1d(real * real + imaginary * imaginary, self.mel)
        log_mel = torch.clamp(mel, min=1e-10).log10()
        log_mel = torch.maximum(log_mel, log_mel.amax(dim=(1, 2), keepdim=True) - 8.0)
        return (log_mel + 4.0) / 4.0
