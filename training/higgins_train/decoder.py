"""What Whisper's decoder, which is too large for a pack, would add to the scores of words and utterances.

It is made to say the text that was read, and how likely it finds each token, given the recording and the text so far,
is evidence about the token's word. Linear stacks over what a run's scorers say are compared: without that evidence,
with what the decoder thinks of the text alone, and with what it thinks of it given the recording. All are fitted on
learners whom neither the scorers nor their stack had learned from (held_out.py); they are measured there, speakers in
turn left out, and on dev, by each of the run's scorers. A gain has the 95 % interval of a bootstrap over speakers.

The encoder is the checkpoint's own: a pack's upper layers are tuned, and no decoder was tuned with them.
"""

from __future__ import annotations

import argparse
import hashlib
import json
from collections.abc import Callable, Sequence
from dataclasses import asdict
from pathlib import Path

import numpy as np
import torch
from torch import nn
from tqdm import tqdm

from . import scorer
from .corpus import SAMPLE_RATE_HZ, Utterance, read_corpus
from .encoders import WhisperEncoder
from .export import load_scorer
from .files import whole
from .held_out import judged_by_strangers, said_held_out
from .metrics import pearson
from .parallel import in_parallel, one_thread
from .scorer_data import prepare_items
from .scorer_evaluation import Outputs, predict
from .scorer_items import UTTERANCE_SCORES, WORD_SCORES, Item
from .scorer_training import mean_and_spread, scorers_of
from .stacking import Stack, stacked

FILE = "decoder.json"  # of a run
BEGIN = ["<|startoftranscript|>", "<|en|>", "<|transcribe|>", "<|notimestamps|>"]
LEAST_NATS = -20.0
PART = 200  # utterances that are kept together: what an interruption loses
SPEAKER_FOLDS = 5
RIDGE = 30.0  # of squared weights of standardised columns, beside a sum over words or utterances


class WordDecoder:
    """Whisper with its decoder, and its tokens."""

    def __init__(self, init: Path):
        from tokenizers import Tokenizer
        from transformers import AutoModelForSpeechSeq2Seq

        if not (init / "tokenizer.json").exists():
            raise SystemExit(f"{init} has no tokenizer.json: the decoder is asked for words")
        complete = AutoModelForSpeechSeq2Seq.from_pretrained(init).eval()
        self.encoder = WhisperEncoder(complete.model)
        self.decoder: nn.Module = complete.model.decoder
        self.out: nn.Module = complete.proj_out
        about = json.loads((init / "tokenizer.json").read_text())
        # Some converters take the first line of the merges for a header. Without it " to" would be two tokens.
        merges = about["model"]["merges"]
        if "Ġt" in about["model"]["vocab"] and not any(pair in merges for pair in ("Ġ t", ["Ġ", "t"])):
            merges.insert(0, "Ġ t" if not merges or isinstance(merges[0], str) else ["Ġ", "t"])
        self.tokens = Tokenizer.from_str(json.dumps(about))

    def ids(self, text: str) -> list[int]:
        return self.tokens.encode(text, add_special_tokens=False).ids

    @torch.inference_mode()
    def __call__(self, utterance: Utterance, deaf: bool = False) -> np.ndarray:
        """float32 [W, 6]: of each word's tokens, in nats, the log-probabilities summed, in the mean and the least; how
        far they stay behind the likeliest token's, summed and at most; their number. deaf: it hears a second of
        silence in the place of the recording."""
        words = [self.ids(" " + word) for word in as_written([word.text for word in utterance.words])]
        said = [token for of in words for token in of]
        begin = [self.tokens.token_to_id(name) for name in BEGIN]
        samples = np.zeros(SAMPLE_RATE_HZ, np.float32) if deaf else utterance.samples()
        states = self.encoder(torch.from_numpy(samples)[None])[-1]
        asked = torch.tensor([[*begin, *said[:-1]]])
        hidden = self.decoder(input_ids=asked, encoder_hidden_states=states).last_hidden_state
        logs = torch.log_softmax(self.out(hidden)[0, len(begin) - 1 :], dim=-1)
        of_said = logs[torch.arange(len(said)), torch.tensor(said)].numpy()
        behind = of_said - logs.max(dim=-1).values.numpy()
        rows, at = [], 0
        for of in words:
            own, lag = of_said[at : at + len(of)], behind[at : at + len(of)]
            rows.append([own.sum(), own.mean(), own.min(), lag.sum(), lag.min(), len(of)])
            at += len(of)
        return np.array(rows, np.float32)


def as_written(words: Sequence[str]) -> list[str]:
    """A corpus writes capitals only; Whisper has learned from people's sentences."""
    lower = [word.lower() for word in words]
    lower = ["I" + word[1:] if word == "i" or word.startswith("i'") else word for word in lower]
    return [lower[0].capitalize(), *lower[1:]] if lower else []


def evidence_of(
    utterances: list[Utterance], init: Path, run: Path, jobs: int, deaf: bool = False
) -> dict[str, np.ndarray]:
    """Of WordDecoder, by utterance id; kept in the run, part by part."""
    ordered = sorted(utterances, key=lambda utterance: utterance.id)
    name = f"decoder-{hashlib.sha256(str(init).encode()).hexdigest()[:8]}{'-deaf' if deaf else ''}"
    parts = [
        (ordered[at : at + PART], run / f"{name}-{at // PART}.pt") for at in range(0, len(ordered), PART)
    ]

    @one_thread()
    def listen(part: tuple[list[Utterance], Path]) -> None:
        decoder = WordDecoder(init)
        of = {u.id: decoder(u, deaf) for u in tqdm(part[0], desc=part[1].stem, unit="utt", mininterval=5)}
        with whole(part[1]) as partial:
            torch.save(of, partial)

    in_parallel(listen, [part for part in parts if not part[1].exists()], jobs)
    evidence: dict[str, np.ndarray] = {}
    for _, path in parts:
        evidence |= torch.load(path, weights_only=False)
    if missing := [u.id for u in utterances if u.id not in evidence]:
        raise SystemExit(f"{run}/{name}-*.pt are of other recordings ({missing[0]} is missing): delete them")
    return evidence


def word_columns(output: Outputs, evidence: np.ndarray | None) -> np.ndarray:
    """[W, columns]: scores of the word and of the utterance, and products; with evidence, that and its products."""
    word = output["word_scores"]
    whole_scores = np.repeat(output["utterance_scores"][None], len(word), axis=0)
    total, overall = word[:, 2:], whole_scores[:, :1]
    columns = [word, whole_scores, total * overall, total**2]
    if evidence is not None:
        nats = evidence.clip(min=LEAST_NATS)
        mean, behind = nats[:, 1:2], nats[:, 3:4]
        columns += [nats, np.repeat(mean.mean(keepdims=True), len(word), axis=0)]
        columns += [np.exp(mean), np.exp(nats[:, 4:5]), behind * total, behind * overall, mean * total]
    return np.concatenate(columns, axis=1)


def utterance_columns(output: Outputs, evidence: np.ndarray | None) -> np.ndarray:
    """[1, columns]: scores of the utterance, its words' total in the mean and at its least; with evidence, that."""
    total = output["word_scores"][:, 2]
    columns = [*output["utterance_scores"], total.mean(), total.min()]
    if evidence is not None:
        nats = evidence.clip(min=LEAST_NATS)
        mean = nats[:, 1]
        columns += [mean.mean(), nats[:, 0].mean(), nats[:, 0].min(), nats[:, 3].mean()]
        columns += [(nats[:, 4] < -1.0).mean(), np.exp(mean).mean(), len(nats)]
    return np.array([columns], np.float32)


class LeastSquares:
    """x [rows, columns] -> y [rows, outputs], with a ridge on standardised columns."""

    def __init__(self, x: np.ndarray, y: np.ndarray):
        self.mean, self.deviation = x.mean(axis=0), x.std(axis=0) + 1e-6
        standard = self._standard(x)
        ridge = RIDGE * np.diag([1.0] * x.shape[1] + [0.0])
        self.weights = np.linalg.solve(standard.T @ standard + ridge, standard.T @ y)

    def _standard(self, x: np.ndarray) -> np.ndarray:
        scaled = ((x.astype(np.float64) - self.mean) / self.deviation).clip(-6.0, 6.0)
        return np.concatenate([scaled, np.ones((len(x), 1))], axis=1)

    def __call__(self, x: np.ndarray) -> np.ndarray:
        return self._standard(x) @ self.weights


def left_out(x: np.ndarray, y: np.ndarray, speaker: np.ndarray) -> np.ndarray:
    """What is fitted on other speakers gives for each row."""
    predicted = np.zeros_like(y)
    for fold in range(SPEAKER_FOLDS):
        of_fold = np.isin(speaker, np.unique(speaker)[fold::SPEAKER_FOLDS])
        if of_fold.any():
            predicted[of_fold] = LeastSquares(x[~of_fold], y[~of_fold])(x[of_fold])
    return predicted


# Of the words or of the whole: the scores' names, what is weighed, and the experts' scores of an item, [rows, scores].
LEVELS = {
    "word": (WORD_SCORES, word_columns, lambda item: item.word),
    "utterance": (UTTERANCE_SCORES, utterance_columns, lambda item: item.utterance[None]),
}


def compare(
    learners: tuple[list[Outputs], list[Item]],
    dev: tuple[list[list[Outputs]], list[Item]],
    evidence: dict[str, dict[str, np.ndarray] | None],
) -> dict:
    """learners: of held-out speakers. dev: what each scorer says. evidence: by the name of its row, None for no
    evidence. PCCs by score and row: `held_out`, and `dev` as mean and spread over the scorers."""
    outputs, items = learners
    of_dev, dev_items = dev
    report: dict[str, dict] = {}
    for level, (names, columns, labels) in LEVELS.items():
        truth, dev_truth = (np.concatenate([labels(i) for i in of]) for of in (items, dev_items))
        speaker = np.concatenate([[i.speaker] * len(labels(i)) for i in items])
        predicted: dict[str, tuple[list[np.ndarray], list[np.ndarray]]] = {}
        for title, known in evidence.items():
            x = table(columns, outputs, items, known)
            strangers, fitted = left_out(x, truth, speaker), LeastSquares(x, truth)
            on_dev = [fitted(table(columns, of, dev_items, known)) for of in of_dev]
            for k, name in enumerate(names):
                by_scorer = [{"pcc": pearson(of[:, k], dev_truth[:, k])} for of in on_dev]
                report.setdefault(f"{level}_{name}", {})[title] = {
                    "held_out": pearson(strangers[:, k], truth[:, k]),
                    "dev": mean_and_spread(by_scorer)["pcc"],
                }
            predicted[title] = ([strangers], on_dev)
        dev_speaker = np.concatenate([[i.speaker] * len(labels(i)) for i in dev_items])
        for title in set(evidence) - {"without"}:
            for part, (at, whose, scores) in {
                "held_out_gain": (0, speaker, truth),
                "dev_gain": (1, dev_speaker, dev_truth),
            }.items():
                for k, name in enumerate(names):
                    before, after = ([of[:, k] for of in predicted[row][at]] for row in ("without", title))
                    report[f"{level}_{name}"][title][part] = gain(before, after, scores[:, k], whose)
    return report


RESAMPLES = 2000


def gain(
    before: list[np.ndarray], after: list[np.ndarray], truth: np.ndarray, speaker: np.ndarray
) -> dict[str, float]:
    """By how much the PCC grows, in the mean over the predictions [N], with its 95 % interval over speakers."""
    names, of = np.unique(speaker, return_inverse=True)
    drawn = np.random.default_rng(0).multinomial(len(names), np.full(len(names), 1 / len(names)), RESAMPLES)
    drawn = np.concatenate(
        [np.ones((1, len(names)), drawn.dtype), drawn]
    )  # everybody once, then the resamples

    def correlations(predicted: np.ndarray) -> np.ndarray:
        """Of everybody and of each resample, from sums by speaker."""
        a, b = predicted - predicted.mean(), truth - truth.mean()
        sums = [np.bincount(of, weights) for weights in (np.ones_like(a), a, b, a * a, b * b, a * b)]
        count, sum_a, sum_b, sum_aa, sum_bb, sum_ab = (drawn @ by_speaker for by_speaker in sums)
        covariance = sum_ab - sum_a * sum_b / count
        return covariance / np.sqrt((sum_aa - sum_a**2 / count) * (sum_bb - sum_b**2 / count))

    gains = np.mean([correlations(a) - correlations(b) for b, a in zip(before, after, strict=True)], axis=0)
    low, high = np.quantile(gains[1:], [0.025, 0.975])
    return {"mean": float(gains[0]), "low": float(low), "high": float(high)}


def table(
    columns: Callable[[Outputs, np.ndarray | None], np.ndarray],
    outputs: list[Outputs],
    items: list[Item],
    evidence: dict[str, np.ndarray] | None,
) -> np.ndarray:
    """The columns of all items, one below the other."""
    pairs = zip(outputs, items, strict=True)
    return np.concatenate([columns(o, None if evidence is None else evidence[i.id]) for o, i in pairs])


def add_arguments(parser: argparse.ArgumentParser) -> None:
    scorer.add_arguments(parser)


def run(args: argparse.Namespace) -> None:
    if not (args.run / "scorer.json").exists():
        raise SystemExit(f"{args.run} lacks scorer.json: run `scorer` first, with the same corpora")
    made = json.loads((args.run / "scorer.json").read_text())
    if made.get("fit_on") == "all":
        raise SystemExit(f"{args.run} learned from dev: its agreement with dev's experts says nothing")
    recipes = scorer.recipes_of(args)
    if "teacher" in made or made["recipes"] != [asdict(recipe) for recipe in recipes]:
        raise SystemExit(
            f"{args.run} holds scorers of another recipe, or students: say --with as `scorer` was told"
        )
    train, dev, _ = prepare_items(args)
    learners, outputs = judged_by_strangers(said_held_out(train, recipes, args.run, args.jobs))
    stack = Stack.load(args.run)
    dev = [item for item in dev if item.scored]
    of_dev = [stacked(stack, predict([load_scorer(path)], dev), dev) for path in scorers_of(args.run)]
    wanted = {item.id for item in [*learners, *dev]}
    utterances = [u for u in read_corpus(args.corpus) if u.id in wanted]
    evidence = {
        "without": None,
        "text": evidence_of(utterances, args.init, args.run, args.jobs, deaf=True),
        "with": evidence_of(utterances, args.init, args.run, args.jobs),
    }
    report = compare((outputs, learners), (of_dev, dev), evidence)
    (args.run / FILE).write_text(json.dumps(report, indent=1) + "\n")
    for name, of in report.items():
        for title, figures in of.items():
            print(
                f"{name:24s} {title:8s} held out {figures['held_out']:.4f}   dev {figures['dev']['mean']:.4f}"
            )
