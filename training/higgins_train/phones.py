"""The phone inventory: the 39 phones of the CMU dictionary. Label 0 is the CTC blank, labels 1-39 the phones."""

from __future__ import annotations

# fmt: off
PHONES: tuple[str, ...] = (
    "AA", "AE", "AH", "AO", "AW", "AY", "B", "CH", "D", "DH", "EH", "ER", "EY", "F", "G", "HH", "IH", "IY", "JH", "K",
    "L", "M", "N", "NG", "OW", "OY", "P", "R", "S", "SH", "T", "TH", "UH", "UW", "V", "W", "Y", "Z", "ZH",
)
# By manner, for figures and thresholds that need more than one phone's errors.
PHONE_CLASSES: dict[str, tuple[str, ...]] = {
    "vowels": ("IY", "IH", "EH", "AE", "AH", "ER", "AA", "AO", "UH", "UW"),
    "diphthongs": ("EY", "AY", "OY", "OW", "AW"),
    "stops": ("P", "B", "T", "D", "K", "G"),
    "affricates and fricatives": ("CH", "JH", "F", "V", "TH", "DH", "S", "Z", "SH", "ZH", "HH"),
    "sonorants": ("M", "N", "NG", "L", "R", "W", "Y"),
}
# fmt: on
BLANK = 0
NUM_LABELS = len(PHONES) + 1
LABEL_OF: dict[str, int] = {phone: index + 1 for index, phone in enumerate(PHONES)}


def label(phone: str) -> int:
    """Label of an ARPAbet phone, its stress digit ignored."""
    return LABEL_OF[phone.rstrip("012")]


def labels(phones: list[str]) -> list[int]:
    return [label(phone) for phone in phones]
