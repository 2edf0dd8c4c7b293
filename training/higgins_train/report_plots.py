"""The plots of docs/accuracy.md, as SVG: of a run's dev predictions, of the diagnosis and of the groups of speakers."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np

from .calibrate import sigmoid
from .corpus import MISPRONOUNCED_BELOW
from .phones import PHONE_CLASSES

# Phones by class, so that likely confusions stand beside each other.
BY_CLASS = [phone for members in PHONE_CLASSES.values() for phone in members]


def draw(run: Path, folder: Path) -> None:
    """Plots of the shipped scorer on dev, float features."""
    import matplotlib

    matplotlib.use("svg")
    matplotlib.rcParams["svg.hashsalt"] = "higgins"
    import matplotlib.pyplot as plt
    import torch

    predictions = torch.load(run / "dev-predictions.pt", weights_only=False)
    said, truth, logit = (np.asarray(predictions[key]) for key in ("phone", "truth", "logit"))
    wrong = truth < MISPRONOUNCED_BELOW

    def save(name: str, xlabel: str, ylabel: str) -> None:
        plt.xlabel(xlabel)
        plt.ylabel(ylabel)
        plt.tight_layout()
        plt.savefig(folder / f"{name}.svg", metadata={"Date": None})
        plt.close()

    counts, x_edges, y_edges = np.histogram2d(
        truth, np.clip(said, 0, 2), bins=[11, 20], range=[[-0.1, 2.1], [0, 2]]
    )
    plt.figure(figsize=(4.2, 3.4))
    plt.pcolormesh(x_edges, y_edges, np.log10(1 + counts).T, cmap="Blues")
    plt.colorbar(label="log10(1 + phones)")
    save("scatter", "experts' phone score", "predicted")

    order = np.argsort(-logit)
    hits, alarms = np.cumsum(wrong[order]), np.cumsum(~wrong[order])
    keep = np.unique(np.linspace(0, len(order) - 1, 400).astype(int))
    plt.figure(figsize=(4.2, 3.4))
    plt.plot((alarms / alarms[-1])[keep], (hits / hits[-1])[keep])
    save("roc", "right phones flagged", "wrong phones found")
    plt.figure(figsize=(4.2, 3.4))
    plt.plot((hits / hits[-1])[keep], (hits / (hits + alarms))[keep])
    save("precision_recall", "recall", "precision")

    probability = sigmoid(predictions["scale"] * logit + predictions["offset"])
    bins = np.minimum((probability * 10).astype(int), 9)
    there = [b for b in range(10) if (bins == b).sum() >= 10]
    plt.figure(figsize=(4.2, 3.4))
    plt.plot([0, 1], [0, 1], color="grey", linewidth=0.8)
    plt.plot(
        [probability[bins == b].mean() for b in there], [wrong[bins == b].mean() for b in there], marker="o"
    )
    save("reliability", "stated probability of an error", "observed share")


def confusion_matrix(diagnosis: dict, key: str) -> tuple[list[str], np.ndarray]:
    """(names, shares): row by row the share of each phone heard, summed over the sets; "-" (none) is last."""
    counts: dict[str, dict[str, int]] = {}
    for figures in diagnosis.values():
        for phone, heard in figures.get(key, {}).items():
            row = counts.setdefault(phone, {})
            for other, count in heard.items():
                row[other] = row.get(other, 0) + count
    there = {*counts, *(other for row in counts.values() for other in row)}
    names = [phone for phone in [*BY_CLASS, "-"] if phone in there]
    matrix = np.array([[counts.get(phone, {}).get(other, 0) for other in names] for phone in names], float)
    return names, matrix / np.maximum(1.0, matrix.sum(axis=1, keepdims=True))


def draw_confusions(folder: Path) -> None:
    """Heard against expected, and against what the synthesiser was told to say."""
    import matplotlib

    matplotlib.use("svg")
    matplotlib.rcParams["svg.hashsalt"] = "higgins"
    import matplotlib.pyplot as plt

    diagnosis = json.loads((folder / "diagnosis.json").read_text())
    if not any("heard_of_spoken" in figures for figures in diagnosis.values()):
        return  # measured before the counts were kept
    _, panels = plt.subplots(1, 2, figsize=(11.0, 5.6))
    for panel, what in zip(panels, ("expected", "spoken"), strict=True):
        names, shares = confusion_matrix(diagnosis, f"heard_of_{what}")
        # The square root shows a share of one in a hundred as a tenth of the scale.
        panel.imshow(np.sqrt(shares), cmap="Blues", vmin=0.0, vmax=1.0)
        panel.set_xticks(range(len(names)), names, fontsize=5, rotation=90)
        panel.set_yticks(range(len(names)), names, fontsize=5)
        panel.set_xlabel("heard")
        panel.set_ylabel(what)
    plt.tight_layout()
    plt.savefig(folder / "confusion.svg", metadata={"Date": None})
    plt.close()


def draw_fairness(folder: Path) -> None:
    import matplotlib

    matplotlib.use("svg")
    import matplotlib.pyplot as plt

    groups = json.loads((folder / "fairness.json").read_text())["groups"]
    plt.figure(figsize=(6.0, 4.4))
    place = np.arange(len(groups))
    for offset, (title, key) in enumerate(
        (("phone", "phone_pcc"), ("word", "word_total_pcc"), ("AUC", "mdd_auc"))
    ):
        plt.barh(place + 0.27 * (1 - offset), [g[key] for g in groups.values()], height=0.25, label=title)
    plt.yticks(place, list(groups))
    plt.gca().invert_yaxis()
    plt.legend(loc="lower left", fontsize=8)
    plt.tight_layout()
    plt.savefig(folder / "fairness.svg", metadata={"Date": None})
    plt.close()
