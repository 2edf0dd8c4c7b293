"""Train scorers: one seed, or several side by side."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import asdict, replace
from pathlib import Path

import numpy as np
import torch
from torch import nn
from tqdm import tqdm

from .files import whole
from .parallel import in_parallel, one_thread
from .phone_blending import PhoneBlender
from .scorer_evaluation import evaluate, predict
from .scorer_items import Item, batches_of, collate
from .scorer_loss import loss_of
from .scorer_model import ScorerConfig, ScorerModel
from .scorer_options import Recipe, ScorerOptions
from .scorer_pretraining import pretrain

MeanAndSpread = dict[str, dict[str, float]]  # figure -> {"mean", "spread"}


def fit_statistics(model: ScorerModel, items: list[Item]) -> None:
    for name, layer in (
        ("phone_features", model.features),
        ("phone_states", model.states),
        ("insertion_features", model.insertions),
        ("utterance_features", model.utterance_features),
        ("utterance_states", model.utterance_states),
    ):
        layer.fit(
            torch.from_numpy(np.concatenate([i.inputs[name] for i in items if i.scored]).astype(np.float32))
        )


def refuse_older_scorers(path: Path, saved: dict) -> None:
    for field, learned in (
        ("num_insertion_features", "judged insertions"),
        ("heard_width", "said what was heard"),
    ):
        if field not in saved["config"]:
            raise SystemExit(f"{path} was trained before scorers {learned}: move it away or delete it")


def finished_scorer(path: Path, model: ScorerModel, options: ScorerOptions) -> ScorerModel:
    saved = torch.load(path, weights_only=True)
    refuse_older_scorers(path, saved)
    if "taught_by" in saved:
        raise SystemExit(f"{path} is a student that `distill` left there: move it away or delete it")
    made_with = asdict(replace(ScorerOptions(), **saved["options"]))
    other = {key for key, value in asdict(options).items() if made_with[key] != value}
    other |= {key for key, value in asdict(model.config).items() if saved["config"].get(key, value) != value}
    if other:
        raise SystemExit(
            f"{path} was trained with another {', '.join(sorted(other))}: move it away or delete it"
        )
    model.load_state_dict(saved["state"])
    return model.eval()


@one_thread()
def train_scorer(
    items: list[Item], seed: int, options: ScorerOptions, path: Path, shape: dict | None = None
) -> ScorerModel:
    """One seed, into `path`; a finished one is loaded. Of the items, those of options.kinds are learned from, and those
    that carry a teacher from it too. `shape`: fields of ScorerConfig that differ from its defaults."""
    items = [item for item in items if item.kind in options.kinds]
    inputs = items[0].inputs
    config = ScorerConfig(
        inputs["phone_features"].shape[1],
        inputs["insertion_features"].shape[1],
        inputs["phone_states"].shape[1],
        inputs["utterance_features"].shape[1],
        inputs["utterance_states"].shape[1],
        **({"histogram_head": options.histogram_weight > 0.0} | (shape or {})),
    )
    torch.manual_seed(seed)
    model = ScorerModel(config)
    if path.exists():
        return finished_scorer(path, model, options)
    fit_statistics(model, items)
    generator = np.random.default_rng(seed)
    if options.pretraining_epochs > 0:
        hidden = [batches_of(items, options, generator) for _ in range(options.pretraining_epochs)]
        pretrain(model, hidden, options, path.stem)
    blend = PhoneBlender(items, options.blended_share) if options.blended_share > 0.0 else None
    decayed = [p for name, p in model.named_parameters() if p.ndim > 1 and "embedding" not in name]
    free = [p for name, p in model.named_parameters() if p.ndim <= 1 or "embedding" in name]
    optimizer = torch.optim.AdamW(
        [{"params": decayed, "weight_decay": options.weight_decay}, {"params": free, "weight_decay": 0.0}],
        lr=options.rate,
    )
    epochs = [batches_of(items, options, generator) for _ in range(options.epochs)]
    steps = sum(len(batches) for batches in epochs)
    scheduler = torch.optim.lr_scheduler.OneCycleLR(optimizer, options.rate, total_steps=steps)

    def running_mean(mean: torch.Tensor, current: torch.Tensor, num_seen: torch.Tensor) -> torch.Tensor:
        # Early steps forget faster, or short trainings would average in their random start.
        decay = min(options.weight_average, (1.0 + float(num_seen)) / (10.0 + float(num_seen)))
        return mean + (1.0 - decay) * (current - mean)

    heads = [list(head.parameters()) for head in (model.insertion_head, model.heard_head)]
    of_heads = {id(parameter) for head in heads for parameter in head}
    clipped_apart = [*heads, [p for p in model.parameters() if id(p) not in of_heads]]
    average = torch.optim.swa_utils.AveragedModel(model, avg_fn=running_mean)
    model.train()
    for part in tqdm(
        [part for batches in epochs for part in batches],
        desc=path.stem,
        unit="step",
        mininterval=5,
    ):
        if blend is not None:
            part = [blend(item, generator) for item in part]
        batch, labels = collate(part)
        loss = loss_of(model(batch), labels, batch, options)
        optimizer.zero_grad(set_to_none=True)
        loss.backward()
        # Apart, or the gradients of what was heard would scale those of the experts' scores.
        for of in clipped_apart:
            nn.utils.clip_grad_norm_(of, 1.0)
        optimizer.step()
        scheduler.step()
        average.update_parameters(model)
    if options.weight_average > 0.0:
        model.load_state_dict(average.module.state_dict())
    about = {"config": asdict(config), "options": asdict(options), "seed": seed}
    with whole(path) as partial:
        torch.save({"state": model.state_dict(), **about}, partial)
    return model.eval()


def train_seeds(
    name: str,
    train: list[Item],
    dev: list[Item],
    recipes: Sequence[Recipe],
    folder: Path,
    count: int,
    jobs: int = 1,
) -> tuple[list[ScorerModel], MeanAndSpread]:
    """Models 1 ... `count` and their figures on dev: mean and standard deviation over them. The recipes take turns; of
    two, models 1 and 2 have the first seed of each, 3 and 4 the second."""

    def train_number(number: int) -> ScorerModel:
        turn, at = divmod(number - 1, len(recipes))
        path = folder / f"{name}-seed{number}.pt"
        return train_scorer(train, turn + 1, recipes[at].options, path, recipes[at].shape)

    models, figures = [], []
    numbers = range(1, count + 1)
    in_parallel(train_number, [n for n in numbers if not (folder / f"{name}-seed{n}.pt").exists()], jobs)
    for number in numbers:
        models.append(train_number(number))
        figures.append(evaluate(predict(models[-1:], dev), dev))
        print(
            f"{name} {number}: " + "  ".join(f"{key} {value:.3f}" for key, value in figures[-1].items()),
            flush=True,
        )
    return models, mean_and_spread(figures)


def mean_and_spread(figures: list[dict[str, float]]) -> MeanAndSpread:
    """Of every figure that all of the seeds or members have."""
    return {
        key: {
            "mean": float(np.mean([f[key] for f in figures])),
            "spread": float(np.std([f[key] for f in figures])),
        }
        for key in figures[0]
        if all(key in of for of in figures)
    }


def scorers_of(run: Path) -> list[Path]:
    """A run's finished scorers in the order of their numbers."""
    found = {int(m[1]): p for p in run.glob("*.pt") if (m := re.fullmatch(r"scorer-seed(\d+)\.pt", p.name))}
    return [found[number] for number in sorted(found)]
