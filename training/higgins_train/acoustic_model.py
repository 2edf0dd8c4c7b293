"""The phone recogniser: a speech encoder, a learned mix of its upper layers, and a memoryless CTC head.

The head has no recurrence on purpose: on a tuned encoder it loses nothing, and one bidirectional LSTM
would cost a third of the engine's time budget on a CPU.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass, field
from pathlib import Path

import torch
from torch import nn

from .encoders import load_encoder
from .files import whole
from .phones import NUM_LABELS


@dataclass
class AcousticConfig:
    """What defines a recogniser beside its weights."""

    mix_layers: list[int] = field(default_factory=lambda: [3, 4, 5, 6])  # read by the CTC head
    state_layers: list[int] = field(default_factory=lambda: [2, 4, 6])  # exported for the scorer
    head_dim: int = 256
    dropout: float = 0.1


class CtcHead(nn.Module):
    """Layer states [L, B, T, D] -> log posteriors [B, T, labels]."""

    def __init__(self, num_layers: int, dim: int, config: AcousticConfig):
        super().__init__()
        self.mix = nn.Parameter(torch.zeros(num_layers))
        self.norms = nn.ModuleList(nn.LayerNorm(dim) for _ in range(num_layers))
        self.project = nn.Linear(dim, config.head_dim)
        self.dropout = nn.Dropout(config.dropout)
        self.out = nn.Linear(config.head_dim, NUM_LABELS)

    def forward(self, states: list[torch.Tensor]) -> torch.Tensor:
        weights = torch.softmax(self.mix, dim=0)
        mixed = sum(
            weight * norm(state) for weight, norm, state in zip(weights, self.norms, states, strict=True)
        )
        hidden = self.dropout(nn.functional.gelu(self.project(self.dropout(mixed))))
        return torch.log_softmax(self.out(hidden), dim=-1)


class PhoneRecogniser(nn.Module):
    """Samples [B, S] -> (log posteriors [B, T, labels], states [B, T, len(state_layers) * dim])."""

    def __init__(self, encoder: nn.Module, config: AcousticConfig | None = None):
        super().__init__()
        config = config or AcousticConfig()
        # A smaller or larger encoder than Whisper-base reads its own upper half.
        depth = encoder.num_layers
        if max(config.mix_layers + config.state_layers) > depth or depth > 6:
            config.mix_layers = list(range(max(1, depth // 2), depth + 1))
            config.state_layers = sorted({max(1, depth // 3), max(1, 2 * depth // 3), depth})
        self.config = config
        self.encoder = encoder
        self.head = CtcHead(len(config.mix_layers), encoder.dim, config)

    @property
    def state_dim(self) -> int:
        return len(self.config.state_layers) * self.encoder.dim

    def from_states(self, states: dict[int, torch.Tensor]) -> tuple[torch.Tensor, torch.Tensor]:
        """states[layer]: [B, T, dim]."""
        log_posteriors = self.head([states[layer] for layer in self.config.mix_layers])
        return log_posteriors, torch.cat([states[layer] for layer in self.config.state_layers], dim=-1)

    def forward(self, samples: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
        return self.from_states(dict(enumerate(self.encoder(samples))))

    def save(self, path: Path, init: str) -> None:
        with whole(path) as partial:
            torch.save({"config": asdict(self.config), "init": init, "state": self.state_dict()}, partial)

    @classmethod
    def load(cls, path: Path, init: Path | str | None = None) -> PhoneRecogniser:
        """`init`: the encoder's checkpoint folder, if it has moved since the model was saved."""
        saved = torch.load(path, map_location="cpu", weights_only=True)
        model = cls(load_encoder(init or saved["init"]), AcousticConfig(**saved["config"]))
        model.load_state_dict(saved["state"])
        return model.eval()
