"""Train the letter-to-sound model on the dictionary's words, or measure it on the held-out ones."""

from __future__ import annotations

import argparse
import json
import re
import struct
import subprocess
import time
import zlib
from collections import Counter
from pathlib import Path

import numpy as np

from . import g2p_ngram
from .cmudict import VOWELS, Dictionary, held_out, read_cmudict
from .g2p_align import Alignment, align

MAGIC = b"HGG2P\x00\x00\x01"
FIRST_GRAPHONE = 2  # after BEGIN and END
MAX_GRAPHONES = 254
Graphone = tuple[str, tuple[str, ...]]


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--cmudict", type=Path, required=True, help="cmudict.dict, with stress digits")
    parser.add_argument("--out", type=Path, default=Path("packs/en-us"), help="pack folder")
    parser.add_argument("--order", type=int, default=8, help="longest n-gram")
    parser.add_argument("--max-ngrams", type=int, default=335_000, help="size of the pruned model")
    parser.add_argument("--evaluate", action="store_true", help="only measure the model that is in --out")
    parser.add_argument(
        "--say",
        type=Path,
        default=Path("build/release/src/higgins_lexicon_say"),
        help="the C++ tool that runs the engine's lexicon on words",
    )


def run(args: argparse.Namespace) -> int:
    dictionary = read_cmudict(args.cmudict)
    if not args.evaluate:
        train(dictionary, args.out / "g2p.bin", args.order, args.max_ngrams)
    if args.evaluate or args.say.exists():
        figures = evaluate(dictionary, args.out, args.say)
        (args.out / "g2p.json").write_text(json.dumps(figures, indent=2) + "\n")
        print(json.dumps(figures, indent=2))
    else:
        print(f"{args.say} is not built: run with --evaluate afterwards for the held-out figures")
    return 0


def sayable(word: str) -> bool:
    return re.fullmatch(r"[a-z][a-z']*", word) is not None


def train(dictionary: Dictionary, out: Path, order: int, max_ngrams: int) -> None:
    started = time.time()
    pairs = [
        (word, phones)
        for word, variants in dictionary.items()
        if sayable(word) and not held_out(word)
        for phones in variants
    ]
    print(f"aligning {len(pairs)} pronunciations")
    alignments = align([word for word, _ in pairs], [phones for _, phones in pairs])
    graphones, sequences = tokenise([word for word, _ in pairs], alignments)
    print(f"{len(graphones)} graphones, {len(sequences)} sequences; counting ({time.time() - started:.0f} s)")
    levels = g2p_ngram.count_levels(sequences, order)
    g2p_ngram.estimate(levels)
    total = sum(len(level.token) for level in levels)
    kept = g2p_ngram.prune(levels, max_ngrams)
    g2p_ngram.set_backoffs(levels)
    blob = serialise(graphones, levels)
    out.write_bytes(blob)
    print(f"{kept} of {total} n-grams kept; {out}: {len(blob)} bytes ({time.time() - started:.0f} s)")


def tokenise(words: list[str], alignments: list[Alignment | None]) -> tuple[list[Graphone], list[list[int]]]:
    """The commonest graphones, sorted by letter, and the pairs that need no other as token sequences."""
    counts: Counter[Graphone] = Counter()
    for word, alignment in zip(words, alignments, strict=True):
        if alignment is not None:
            counts.update(zip(word, alignment, strict=True))
    graphones = sorted(graphone for graphone, _ in counts.most_common(MAX_GRAPHONES))
    token_of = {graphone: index + FIRST_GRAPHONE for index, graphone in enumerate(graphones)}
    sequences = []
    for word, alignment in zip(words, alignments, strict=True):
        if alignment is None:
            continue
        tokens = [token_of.get(graphone) for graphone in zip(word, alignment, strict=True)]
        if None not in tokens:
            sequences.append(tokens)
    return graphones, sequences


def serialise(graphones: list[Graphone], levels: list[g2p_ngram.Level]) -> bytes:
    """The file that src/lexicon/g2p.cc reads; little-endian. See there for the layout."""
    table = "".join(f"{letter} {' '.join(phones)}\n" for letter, phones in graphones).encode()
    body = struct.pack("<III", len(levels), len(graphones), len(table)) + table
    renumbered = None  # kept node -> its place among the kept nodes of its level
    for k, level in enumerate(levels):
        keep = level.keep
        assert renumbered is None or np.all(renumbered[level.parent[keep]] >= 0)
        codes, centroids = g2p_ngram.quantise(np.log(np.maximum(level.probability[keep], 1e-12)))
        body += struct.pack("<I", int(keep.sum())) + centroids.tobytes()
        body += level.token[keep].astype(np.uint8).tobytes() + codes.tobytes()
        if k + 1 < len(levels):
            above = levels[k + 1]
            children = np.bincount(above.parent[above.keep], minlength=len(keep))[keep]
            assert children.max() <= 255
            inner = children > 0
            codes, centroids = g2p_ngram.quantise(np.log(level.backoff[keep][inner]))
            body += centroids.tobytes() + children.astype(np.uint8).tobytes() + codes.tobytes()
        renumbered = np.where(keep, np.cumsum(keep) - 1, -1)
    return MAGIC + struct.pack("<II", len(body), zlib.adler32(body)) + body


def edit_distance(left: tuple[str, ...], right: tuple[str, ...]) -> int:
    row = list(range(len(right) + 1))
    for i, a in enumerate(left, 1):
        previous, row[0] = row[0], i
        for j, b in enumerate(right, 1):
            previous, row[j] = row[j], min(previous + (a != b), row[j] + 1, row[j - 1] + 1)
    return row[-1]


def evaluate(dictionary: Dictionary, pack: Path, say: Path) -> dict[str, object]:
    """Errors of the engine's own G2P on the held-out words, against the dictionary's nearest variant."""
    words = sorted(word for word in dictionary if sayable(word) and held_out(word))
    output = subprocess.run(
        [str(say), "--g2p-only", str(pack / "lexicon.bin"), str(pack / "g2p.bin")],
        input="\n".join(words) + "\n",
        capture_output=True,
        text=True,
        check=True,
    ).stdout
    said = {}
    for line in output.splitlines():
        word, _, phones = line.split("\t")
        said.setdefault(word, tuple(phones.split()))
    figures = {"held_out_words": len(words), "split": "crc32 of the word's stem, modulo 20, is 0"}
    for name, strip in (("without_stress", True), ("with_stress", False)):
        word_errors = phone_errors = num_phones = 0
        for word in words:
            references = [_plain(phones) if strip else phones for phones in dictionary[word]]
            hypothesis = _plain(said[word]) if strip else said[word]
            distance, length = min((edit_distance(r, hypothesis), len(r)) for r in references)
            word_errors += distance > 0
            phone_errors += distance
            num_phones += length
        figures[name] = {
            "word_error_rate": round(word_errors / len(words), 4),
            "phone_error_rate": round(phone_errors / num_phones, 4),
        }
    figures["model_bytes"] = (pack / "g2p.bin").stat().st_size
    return figures


def _plain(phones: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(phone[:-1] if phone[:-1] in VOWELS else phone for phone in phones)
