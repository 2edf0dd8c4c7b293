"""Columns of the engine's `phone_features`: PhoneColumns of src/scorer/features.h."""

from __future__ import annotations

from .phones import NUM_LABELS

# (log p(canonical) - log p(label)) / RATIO_SCALE, clipped to +-3; the blank's: without the phone.
LPR = slice(0, NUM_LABELS)
RATIO_SCALE = 10.0
LPP = NUM_LABELS  # mean log posterior
GOP_SD, GOP_S, GOP_SDI, LOG_OCCUPANCY, GOP_SA = (NUM_LABELS + offset for offset in range(1, 6))
