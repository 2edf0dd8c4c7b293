"""Train the phone recognisers of a run, and the mean of them that ships (splits.py, acoustic_training.py)."""

from __future__ import annotations

import argparse
import json
import os
from dataclasses import asdict
from pathlib import Path

from .acoustic_training import Trainer, TrainOptions, train_recogniser
from .augmentation import augmented_copies
from .corpus import Utterance, add_corpus_arguments, add_fit_on_argument, corpora_of, trained_on
from .encoders import load_encoder
from .parallel import in_parallel
from .splits import MEAN, add_split_arguments, draw_splits, mean_recogniser
from .states import StateCaches, cache_corpora, cache_parts


def add_arguments(parser: argparse.ArgumentParser) -> None:
    add_corpus_arguments(parser)
    parser.add_argument("--init", type=Path, required=True, help="Hugging Face encoder folder")
    parser.add_argument("--out", type=Path, required=True, help="run folder: cache, checkpoints, models")
    add_split_arguments(parser)
    parser.add_argument(
        "--jobs",
        type=int,
        default=os.cpu_count() or 1,
        help="recognisers trained at the same time, one thread each",
    )
    add_fit_on_argument(parser)
    parser.add_argument("--epochs", type=int, default=TrainOptions.epochs)
    parser.add_argument(
        "--frozen-layers",
        type=int,
        default=TrainOptions.frozen_layers,
        help="encoder layers kept as they are; their states are cached (Whisper only)",
    )
    parser.add_argument(
        "--copies", type=int, default=TrainOptions.copies, help="augmented copies of every recording"
    )
    parser.add_argument(
        "--bfloat16",
        action="store_true",
        help="products in bfloat16 while tuning: twice as fast where the CPU has AVX512-BF16, slower elsewhere",
    )
    parser.add_argument(
        "--score-weight",
        type=float,
        default=TrainOptions.score_weight,
        help="weight of the experts' scores beside CTC while the encoder is tuned; 0: CTC alone",
    )
    parser.add_argument("--seed", type=int, default=TrainOptions.seed)
    parser.add_argument("--limit", type=int, help="use only so many utterances (to try things out)")
    parser.add_argument("--only", help="train only this recogniser, e.g. split0-fold1")


def run(args: argparse.Namespace) -> None:
    corpora = [corpus[: args.limit] for corpus in corpora_of(args)]
    utterances = [u for corpus in corpora for u in corpus]
    encoder = load_encoder(args.init)
    splittable = getattr(encoder, "splittable", False)
    options = TrainOptions(
        epochs=args.epochs,
        seed=args.seed,
        frozen_layers=min(args.frozen_layers, encoder.num_layers // 2),  # a small encoder's lower half
        copies=args.copies,
        bfloat16=args.bfloat16,
        score_weight=args.score_weight,
    )
    fit = trained_on(utterances, args.fit_on)
    dev = [u for u in utterances if u.division == "dev"]
    cache, copies = None, {}
    if splittable and options.frozen_layers > 0:
        cache = cache_corpora(corpora, args.init, args.out, args.jobs)
        copies = augmented_copies(corpora, fit, args.copies)
        heard = [[c for u in corpus for c in copies.get(u.id, [])] for corpus in corpora]
        if parts := [(of, [options.frozen_layers]) for of in heard if of]:
            cache = StateCaches([cache, cache_parts(parts, args.init, args.out, args.jobs)])
        copies = {key: [copy for copy in of if copy.id in cache] for key, of in copies.items()}
    splits = draw_splits(fit, args.splits, args.folds)
    wanted = [name for name in splits.names if args.only in (None, name)]
    jobs = [(splits.heard_by(name, fit), args.out / name) for name in wanted]

    def train(job: tuple[list[Utterance], Path]) -> None:
        heard, out = job
        train_recogniser(heard, dev, args.init, cache, options, out, copies)

    in_parallel(train, jobs, args.jobs)
    if all((args.out / name / "model.pt").exists() for name in splits.names):
        average(args.out, splits.names, args.init, cache, dev, options)


def average(
    run: Path,
    names: list[str],
    init: Path,
    cache: StateCaches | None,
    dev: list[Utterance],
    options: TrainOptions,
) -> None:
    """The recogniser that ships, into RUN/mean: the mean of all weights, and its figures on dev."""
    out = run / MEAN
    if (out / "model.pt").exists() and json.loads((out / "options.json").read_text())["of"] == names:
        return
    model = mean_recogniser(run, names, init)
    out.mkdir(exist_ok=True)
    trainer = Trainer(model, cache, options, out)
    known = [u for u in dev if cache is None or u.id in cache]
    figures = {"stage": "mean", "of": names, **trainer.dev_figures(known, trainer.whole)}
    print(json.dumps(figures), flush=True)
    (out / "log.jsonl").write_text(json.dumps(figures) + "\n")
    (out / "model.pt").unlink(missing_ok=True)  # of other recognisers
    (out / "options.json").write_text(json.dumps(asdict(options) | {"of": names}, indent=1))
    model.save(out / "model.pt", str(init))
