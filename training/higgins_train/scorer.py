"""Train the scorer on out-of-fold features: several seeds, figures on dev, the epoch fixed beforehand."""

from __future__ import annotations

import argparse
import json
import multiprocessing
import os
import time
from dataclasses import asdict, dataclass, replace
from pathlib import Path

import numpy as np
import torch
from torch import nn
from tqdm import tqdm

from .acoustic_model import PhoneRecogniser
from .cmudict import read_cmudict
from .corpus import (
    MISPRONOUNCED_BELOW,
    Utterance,
    add_corpus_arguments,
    corpora_of,
    speaker_folds,
)
from .features import Posteriors, extract
from .metrics import area_under_roc, best_threshold, detection_at, pearson
from .scorer_model import ScorerConfig, ScorerModel
from .states import StateCaches, cache_corpora
from .text_substitution import with_substitutions
from .word_boundaries import stressed_pronunciations, with_words

UTTERANCE_SCORES = ["accuracy", "fluency", "prosody", "completeness", "total"]
WORD_SCORES = ["accuracy", "stress", "total"]


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


@dataclass
class Item:
    """One utterance: the engine's inputs and the experts' scores, all on 0-2. NaN: not scored."""

    inputs: dict[str, np.ndarray]
    phone: np.ndarray  # [N]
    word: np.ndarray  # [W, 3]
    utterance: np.ndarray  # [5]
    kind: str  # "learner", "native" or "synthetic"
    speaker: str
    teacher: dict[str, np.ndarray] | None = None  # the teachers' mean outputs, named as the model's

    @property
    def native(self) -> bool:
        return self.kind == "native"

    @property
    def scored(self) -> bool:
        return not np.isnan(self.utterance[0])


def make_item(utterance: Utterance, inputs: dict[str, np.ndarray]) -> Item:
    """Native phones are right unless the text was changed; only untouched learners' recordings have other scores."""
    phone = np.array(
        [s for w in utterance.words for s in w.phone_scores or [2.0] * len(w.phones)], np.float32
    )
    word = np.full((len(utterance.words), 3), np.nan, np.float32)
    whole = np.full(5, np.nan, np.float32)
    if utterance.scores is not None:
        word = np.array([[w.accuracy, w.stress, w.total] for w in utterance.words], np.float32) / 5.0
        whole = np.array([utterance.scores[name] for name in UTTERANCE_SCORES], np.float32) / 5.0
    return Item(inputs, phone, word, whole, utterance.kind, utterance.speaker)


def collate(items: list[Item]) -> tuple[dict[str, torch.Tensor], dict[str, torch.Tensor]]:
    """Pads to the longest; labels are NaN where padded."""
    phones, words = max(len(i.phone) for i in items), max(len(i.word) for i in items)
    size = len(items)

    def stack(name: str, dtype: torch.dtype) -> torch.Tensor:
        width = items[0].inputs[name].shape[1:]
        out = torch.zeros((size, phones, *width), dtype=dtype)
        for row, item in enumerate(items):
            out[row, : len(item.phone)] = torch.from_numpy(item.inputs[name])
        return out

    batch = {name: stack(name, torch.float32) for name in ("phone_features", "phone_states")}
    batch |= {name: stack(name, torch.long) for name in ("phone", "stress", "place")}
    for name in ("utterance_features", "utterance_states"):
        batch[name] = torch.from_numpy(np.concatenate([i.inputs[name] for i in items]).astype(np.float32))
    batch["phone_valid"] = torch.zeros(size, phones)
    batch["word_valid"] = torch.zeros(size, words)
    batch["word_pool"] = torch.zeros(size, words, phones)
    labels = {
        "phone": torch.full((size, phones), torch.nan),
        "word": torch.full((size, words, 3), torch.nan),
        "utterance": torch.from_numpy(np.stack([i.utterance for i in items])),
    }
    for row, item in enumerate(items):
        batch["phone_valid"][row, : len(item.phone)] = 1.0
        batch["word_valid"][row, : len(item.word)] = 1.0
        counts = np.bincount(item.inputs["word_of_phone"], minlength=len(item.word))
        for phone, word in enumerate(item.inputs["word_of_phone"]):
            batch["word_pool"][row, word, phone] = 1.0 / counts[word]
        labels["phone"][row, : len(item.phone)] = torch.from_numpy(item.phone)
        labels["word"][row, : len(item.word)] = torch.from_numpy(item.word)
    if any(item.teacher for item in items):
        taught = {
            "phone_score": torch.full((size, phones), torch.nan),
            "detection_logit": torch.full((size, phones), torch.nan),
            "word_scores": torch.full((size, words, 3), torch.nan),
            "utterance_scores": torch.full((size, 5), torch.nan),
        }
        for row, item in enumerate(items):
            for name, values in (item.teacher or {}).items():
                taught[name][row, : len(values)] = torch.from_numpy(values)
        labels |= taught
    return batch, labels


def batches_of(items: list[Item], options: ScorerOptions, generator: np.random.Generator) -> list[list[Item]]:
    """Batches of similar length, at most options.batch utterances and batch_phones padded phones, in random order."""
    noisy = sorted(((len(item.phone) * generator.uniform(0.7, 1.3), at) for at, item in enumerate(items)))
    batches: list[list[Item]] = [[]]
    for _, at in noisy:
        longest = max(len(item.phone) for item in [*batches[-1], items[at]])
        if batches[-1] and (
            len(batches[-1]) == options.batch or longest * (len(batches[-1]) + 1) > options.batch_phones
        ):
            batches.append([])
        batches[-1].append(items[at])
    return [batches[i] for i in generator.permutation(len(batches))]


def masked_mse(
    predicted: torch.Tensor, truth: torch.Tensor, weight: torch.Tensor | None = None
) -> torch.Tensor:
    """Mean over the known labels; `weight` scales single ones without making the others heavier."""
    known = ~torch.isnan(truth)
    if not known.any():
        return predicted.sum() * 0.0
    squared = (predicted - truth)[known] ** 2
    return (squared if weight is None else squared * weight[known]).mean()


def loss_of(
    output: dict[str, torch.Tensor], labels: dict[str, torch.Tensor], options: ScorerOptions
) -> torch.Tensor:
    hard = label_loss_of(output, labels, options)
    if "detection_logit" not in labels:
        return hard
    soft = teacher_loss_of(output, labels, options)
    return (1.0 - options.teacher_share) * hard + options.teacher_share * soft


def label_loss_of(
    output: dict[str, torch.Tensor], labels: dict[str, torch.Tensor], options: ScorerOptions
) -> torch.Tensor:
    """Against the experts' scores and what is certain; a batch of unscored recordings costs nothing."""
    known = ~torch.isnan(labels["phone"])
    scored = ~torch.isnan(labels["utterance"][:, :1])
    weight = torch.where(scored, 1.0, options.certain_weight).expand_as(labels["phone"])
    wrong = (labels["phone"][known] < MISPRONOUNCED_BELOW).float()
    detection = output["detection_logit"].sum() * 0.0
    if known.any():
        detection = nn.functional.binary_cross_entropy_with_logits(
            output["detection_logit"][known],
            wrong,
            weight=weight[known],
            pos_weight=torch.tensor(options.positive_weight),
        )
    return (
        masked_mse(output["phone_score"], labels["phone"], weight)
        + masked_mse(output["word_scores"], labels["word"])
        + options.utterance_weight * masked_mse(output["utterance_scores"], labels["utterance"])
        + options.detection_weight * detection
    )


def teacher_loss_of(
    output: dict[str, torch.Tensor], labels: dict[str, torch.Tensor], options: ScorerOptions
) -> torch.Tensor:
    """As loss_of, against the teachers' outputs: the same scales, a probability in the place of an error's mark."""
    taught = ~torch.isnan(labels["detection_logit"])
    probability = torch.sigmoid(labels["detection_logit"][taught])
    detection = nn.functional.binary_cross_entropy_with_logits(output["detection_logit"][taught], probability)
    return (
        masked_mse(output["phone_score"], labels["phone_score"])
        + masked_mse(output["word_scores"], labels["word_scores"])
        + options.utterance_weight * masked_mse(output["utterance_scores"], labels["utterance_scores"])
        + options.detection_weight * detection
    )


def fit_statistics(model: ScorerModel, items: list[Item]) -> None:
    for name, layer in (
        ("phone_features", model.features),
        ("phone_states", model.states),
        ("utterance_features", model.utterance_features),
        ("utterance_states", model.utterance_states),
    ):
        layer.fit(
            torch.from_numpy(np.concatenate([i.inputs[name] for i in items if i.scored]).astype(np.float32))
        )


def train_scorer(
    items: list[Item], seed: int, options: ScorerOptions, path: Path, shape: dict | None = None
) -> ScorerModel:
    """One seed, into `path`; a finished one is loaded. Items that carry a teacher are learned from it too. `shape`:
    fields of ScorerConfig that differ from its defaults."""
    inputs = items[0].inputs
    config = ScorerConfig(
        inputs["phone_features"].shape[1],
        inputs["phone_states"].shape[1],
        inputs["utterance_features"].shape[1],
        inputs["utterance_states"].shape[1],
        **(shape or {}),
    )
    torch.manual_seed(seed)
    model = ScorerModel(config)
    if path.exists():
        model.load_state_dict(torch.load(path, weights_only=True)["state"])
        return model.eval()
    fit_statistics(model, items)
    generator = np.random.default_rng(seed)
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

    average = torch.optim.swa_utils.AveragedModel(model, avg_fn=running_mean)
    model.train()
    for part in tqdm(
        [part for batches in epochs for part in batches],
        desc=path.stem,
        unit="step",
        mininterval=5,
    ):
        batch, labels = collate(part)
        loss = loss_of(model(batch), labels, options)
        optimizer.zero_grad(set_to_none=True)
        loss.backward()
        nn.utils.clip_grad_norm_(model.parameters(), 1.0)
        optimizer.step()
        scheduler.step()
        average.update_parameters(model)
    if options.weight_average > 0.0:
        model.load_state_dict(average.module.state_dict())
    torch.save(
        {"state": model.state_dict(), "config": asdict(config), "options": asdict(options), "seed": seed},
        path,
    )
    return model.eval()


@torch.inference_mode()
def predict(models: list[ScorerModel], items: list[Item]) -> list[dict[str, np.ndarray]]:
    """Mean outputs of the models, per utterance, on 0-2."""
    predictions = []
    for begin in range(0, len(items), 50):
        part = items[begin : begin + 50]
        batch, _ = collate(part)
        outputs = [model(batch) for model in models]
        mean = {name: (sum(o[name] for o in outputs) / len(outputs)).numpy() for name in outputs[0]}
        for row, item in enumerate(part):
            phones, words = len(item.phone), len(item.word)
            predictions.append(
                {
                    "phone_score": mean["phone_score"][row, :phones],
                    "detection_logit": mean["detection_logit"][row, :phones],
                    "word_scores": mean["word_scores"][row, :words],
                    "utterance_scores": mean["utterance_scores"][row],
                }
            )
    return predictions


def evaluate(predictions: list[dict[str, np.ndarray]], items: list[Item]) -> dict[str, float]:
    """Figures of scored items, named as `higgins eval` names them."""
    scored = [(p, i) for p, i in zip(predictions, items, strict=True) if i.scored]
    phone = np.clip(np.concatenate([p["phone_score"] for p, _ in scored]), 0, 2)
    truth = np.concatenate([i.phone for _, i in scored])
    logit = np.concatenate([p["detection_logit"] for p, _ in scored])
    wrong = truth < MISPRONOUNCED_BELOW
    threshold = best_threshold(logit, wrong)
    figures = {"phone_pcc": pearson(phone, truth), "phone_mse": float(((phone - truth) ** 2).mean())}
    word = np.concatenate([p["word_scores"] for p, _ in scored])
    word_truth = np.concatenate([i.word for _, i in scored])
    figures |= {f"word_{n}_pcc": pearson(word[:, k], word_truth[:, k]) for k, n in enumerate(WORD_SCORES)}
    whole = np.stack([p["utterance_scores"] for p, _ in scored])
    whole_truth = np.stack([i.utterance for _, i in scored])
    figures |= {
        f"utterance_{n}_pcc": pearson(whole[:, k], whole_truth[:, k]) for k, n in enumerate(UTTERANCE_SCORES)
    }
    figures["mdd_auc"] = area_under_roc(logit, wrong)
    figures |= {f"mdd_{k}": v for k, v in detection_at(logit, wrong, threshold).items()}
    at_60 = np.quantile(logit[wrong], 0.4)  # finds 60 % of the experts' errors
    native = [(p["detection_logit"], i.phone) for p, i in zip(predictions, items, strict=True) if i.native]
    untouched = [found for found, labels in native if labels.min() == 2.0]
    altered = [(found, labels) for found, labels in native if labels.min() < 2.0]
    if untouched:
        flagged = np.concatenate(untouched)
        figures["native_flagged"] = float((flagged >= threshold).mean())
        figures["native_flagged_at_recall_60"] = float((flagged >= at_60).mean())
    if altered:
        found = np.concatenate([f for f, _ in altered])
        claimed = np.concatenate([labels for _, labels in altered]) < MISPRONOUNCED_BELOW
        figures["native_changed_text_auc"] = area_under_roc(found, claimed)
        figures["native_changed_text_found"] = float((found[claimed] >= threshold).mean())
        figures["native_changed_text_false"] = float((found[~claimed] >= threshold).mean())
    spoken = [
        (p["detection_logit"], i.phone)
        for p, i in zip(predictions, items, strict=True)
        if i.kind == "synthetic"
    ]
    if spoken:
        found = np.concatenate([f for f, _ in spoken])
        injected = np.concatenate([labels for _, labels in spoken]) < MISPRONOUNCED_BELOW
        figures["synthetic_auc"] = area_under_roc(found, injected)
        figures["synthetic_found"] = float((found[injected] >= threshold).mean())
        figures["synthetic_false"] = float((found[~injected] >= threshold).mean())
    return figures


def prepare_items(args: argparse.Namespace) -> tuple[list[Item], list[Item], list[Item]]:
    """(train, dev, unscored): features come from a recogniser that never saw the utterance's speaker. `unscored` are
    learners' recordings beside changed texts: nobody knows their scores, a teacher has an opinion."""
    corpora = corpora_of(args)
    utterances = [u for corpus in corpora for u in corpus]
    cache = cache_corpora(corpora, args.init, args.run)
    # Native speech teaches the scorer what is right although no learner of the corpus says it so.
    stressed = stressed_pronunciations(read_cmudict(args.cmudict)) if args.native else {}
    ready = [with_words(u, stressed) if u.native else u for u in utterances]
    fit = [u for u in utterances if args.fit_on == "all" or u.division == "fit"]
    fold_of = {u.id: fold for u, fold in zip(fit, speaker_folds(fit, args.folds), strict=False)}
    changed = [with_substitutions(u, seed=1) for u in ready if not u.synthetic]
    inputs: dict[str, dict[str, np.ndarray]] = {}
    for fold in range(args.folds):
        posteriors = posteriors_of(args.run / f"fold{fold}", args.init, cache)
        for kind, pool in pools(ready, changed).items():
            held_out = [u for u in pool if fold_of.get(u.extra.get("of", u.id)) == fold]
            inputs |= extract(held_out, posteriors, args.run / f"features-fold{fold}{kind}.pt")
    posteriors = posteriors_of(args.run / "full", args.init, cache)
    dev = [u for u in [*ready, *changed] if u.division == "dev"]
    dev_inputs: dict[str, dict[str, np.ndarray]] = {}
    for kind, pool in pools(dev, []).items():
        untouched = [u for u in pool if "of" not in u.extra]
        dev_inputs |= extract(untouched, posteriors, args.run / f"features-dev{kind}.pt")
    dev_inputs |= extract(
        [u for u in dev if "of" in u.extra and u.native], posteriors, args.run / "features-dev-text.pt"
    )
    # Copies of learners' recordings as certain errors were tried: on dev they cost agreement with the experts.
    train = [
        make_item(u, inputs[u.id])
        for u in [*ready, *changed]
        if u.id in inputs and (u.native or u.scores or u.synthetic)
    ]
    dev_items = [
        make_item(u, dev_inputs[u.id])
        for u in dev
        if u.id in dev_inputs and (u.native or u.scores or u.synthetic)
    ]
    unscored = [
        without_labels(make_item(u, inputs[u.id])) for u in changed if u.id in inputs and not u.native
    ]
    return train, dev_items, unscored


def posteriors_of(folder: Path, init: Path, cache: StateCaches) -> Posteriors:
    frozen = json.loads((folder / "options.json").read_text())["frozen_layers"]
    return Posteriors(PhoneRecogniser.load(folder / "model.pt", init), cache, frozen)


def without_labels(item: Item) -> Item:
    return replace(item, phone=np.full_like(item.phone, np.nan))


def pools(utterances: list[Utterance], changed: list[Utterance]) -> dict[str, list[Utterance]]:
    """What goes into one file of features; synthetic speech apart, so that more of it costs only its own."""
    return {
        "": [u for u in utterances if not u.synthetic],
        "-synthetic": [u for u in utterances if u.synthetic],
        "-text": changed,
    }


def add_arguments(parser: argparse.ArgumentParser) -> None:
    add_corpus_arguments(parser)
    parser.add_argument("--cmudict", type=Path, help="the CMU dictionary's file; needed with --native")
    parser.add_argument("--init", type=Path, required=True, help="Hugging Face encoder folder")
    parser.add_argument("--run", type=Path, required=True, help="run folder that `acoustic` filled")
    parser.add_argument("--folds", type=int, default=2)
    parser.add_argument("--fit-on", choices=["fit", "all"], default="fit")
    parser.add_argument("--seeds", type=int, default=5)
    parser.add_argument(
        "--jobs", type=int, default=os.cpu_count() or 1, help="seeds trained at the same time"
    )
    parser.add_argument("--scorer-epochs", type=int, default=ScorerOptions.epochs)


def taught(items: list[Item], teachers: list[ScorerModel]) -> list[Item]:
    return [replace(i, teacher=p) for i, p in zip(items, predict(teachers, items), strict=True)]


def train_seeds(
    name: str,
    train: list[Item],
    dev: list[Item],
    options: ScorerOptions,
    folder: Path,
    seeds: int,
    shape: dict | None = None,
    jobs: int = 1,
) -> tuple[list[ScorerModel], dict[str, dict[str, float]]]:
    """Models of seeds 1 ... `seeds` and their figures on dev: mean and standard deviation over the seeds."""
    models, figures = [], []
    paths = {seed: folder / f"{name}-seed{seed}.pt" for seed in range(1, seeds + 1)}
    if jobs > 1:
        train_in_parallel(
            {seed: path for seed, path in paths.items() if not path.exists()}, train, options, shape, jobs
        )
    for seed, path in paths.items():
        began = time.time()
        models.append(train_scorer(train, seed, options, path, shape))
        figures.append(evaluate(predict(models[-1:], dev), dev))
        print(
            f"{name} seed {seed} ({time.time() - began:.0f} s): "
            + "  ".join(f"{key} {value:.3f}" for key, value in figures[-1].items()),
            flush=True,
        )
    return models, {
        key: {
            "mean": float(np.mean([f[key] for f in figures])),
            "spread": float(np.std([f[key] for f in figures])),
        }
        for key in figures[0]
    }


def train_in_parallel(
    paths: dict[int, Path], train: list[Item], options: ScorerOptions, shape: dict | None, jobs: int
) -> None:
    """Each seed in a process of its own with one thread: small products gain nothing from two."""
    torch.set_num_threads(1)  # before forking, so that no thread is lost on the way
    context = multiprocessing.get_context("fork")
    waiting = [
        context.Process(target=train_scorer, args=(train, seed, options, path, shape))
        for seed, path in paths.items()
    ]
    running: list = []
    while waiting or running:
        while waiting and len(running) < jobs:
            running.append(waiting.pop(0))
            running[-1].start()
        running[0].join()
        if running.pop(0).exitcode != 0:
            raise SystemExit("a scorer's training failed; what it printed stands above")


def detections(predictions: list[dict[str, np.ndarray]], items: list[Item]) -> tuple[np.ndarray, np.ndarray]:
    """(logits, wrong) of the phones that the experts scored."""
    scored = [(p, i) for p, i in zip(predictions, items, strict=True) if i.scored]
    logits = np.concatenate([p["detection_logit"] for p, _ in scored])
    return logits, np.concatenate([i.phone for _, i in scored]) < MISPRONOUNCED_BELOW


def threshold_inside_fit(items: list[Item], options: ScorerOptions, folder: Path, folds: int = 2) -> float:
    """The detection logit of the highest F1 on speakers that a scorer did not learn from, all of them of `items`."""
    speakers = sorted({i.speaker for i in items if i.scored})
    fold_of = {speaker: at % folds for at, speaker in enumerate(speakers)}
    logits, wrong = [], []
    for fold in range(folds):
        rest = [i for i in items if fold_of.get(i.speaker) != fold]
        held_out = [i for i in items if fold_of.get(i.speaker) == fold]
        model = train_scorer(rest, 1, options, folder / f"threshold-fold{fold}.pt")
        found, truth = detections(predict([model], held_out), held_out)
        logits.append(found)
        wrong.append(truth)
    return best_threshold(np.concatenate(logits), np.concatenate(wrong))


def run(args: argparse.Namespace) -> None:
    """Several teachers, then as many students of the teachers' mean; the first student is what ships."""
    train, dev, unscored = prepare_items(args)
    options = ScorerOptions(epochs=args.scorer_epochs)
    teachers, teacher_figures = train_seeds(
        "teacher", train, dev, options, args.run, args.seeds, jobs=args.jobs
    )
    lessons = taught([*train, *unscored], teachers)
    students, student_figures = train_seeds(
        "scorer", lessons, dev, options, args.run, args.seeds, jobs=args.jobs
    )
    threshold = threshold_inside_fit(train, options, args.run)
    at_threshold = [detection_at(*detections(predict([s], dev), dev), threshold) for s in students]
    report = {
        "seeds": args.seeds,
        "folds": args.folds,
        "fit_on": args.fit_on,
        "options": asdict(options),
        "single": student_figures,
        "teacher": teacher_figures,
        "averaged": evaluate(predict(teachers, dev), dev),
        "threshold_inside_fit": threshold,
        "at_threshold_inside_fit": {
            key: {"mean": float(np.mean(of)), "spread": float(np.std(of))}
            for key, of in ((key, [f[key] for f in at_threshold]) for key in at_threshold[0])
        },
    }
    (args.run / "scorer.json").write_text(json.dumps(report, indent=1))
    print(json.dumps(report["averaged"], indent=1))
