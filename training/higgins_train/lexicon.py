"""Build the pronouncing dictionary of a pack (lexicon.bin) from CMUdict and this project's own word lists."""

from __future__ import annotations

import argparse
import re
import struct
import zlib
from pathlib import Path

import numpy as np

from .cmudict import Dictionary, check_phones, read_cmudict

MAGIC = b"HGLEX\x00\x00\x01"
DICTIONARY, WEAK_FORM, SPELLED = 0, 1, 2  # src/lexicon/dictionary.cc, kSources
BLOCK_WORDS = 32
DATA = Path(__file__).parent.parent / "data"

# Word -> (phones, source), the citation form first.
Lexicon = dict[str, list[tuple[tuple[str, ...], int]]]


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--cmudict", type=Path, required=True, help="cmudict.dict, with stress digits")
    parser.add_argument("--out", type=Path, default=Path("packs/en-us"), help="pack folder")
    parser.add_argument("--extra-words", type=Path, default=DATA / "extra_words.txt", help="own words")
    parser.add_argument("--weak-forms", type=Path, default=DATA / "weak_forms.txt", help="function words")


def run(args: argparse.Namespace) -> int:
    lexicon = build(read_cmudict(args.cmudict), args.extra_words, args.weak_forms)
    blob = serialise(lexicon)
    args.out.mkdir(parents=True, exist_ok=True)
    (args.out / "lexicon.bin").write_bytes(blob)
    variants = sum(len(variants) for variants in lexicon.values())
    print(f"{len(lexicon)} words, {variants} pronunciations, {len(blob)} bytes")
    return 0


def build(cmudict: Dictionary, extra_words: Path, weak_forms: Path) -> Lexicon:
    lexicon: Lexicon = {
        word: [(phones, DICTIONARY) for phones in variants]
        for word, variants in cmudict.items()
        if is_wanted(word)
    }
    extra = read_list(extra_words, ("add", "replace"))
    for word, _, kind in extra:
        if kind == "replace":
            lexicon[word] = []
    for word, phones, _ in extra:
        lexicon.setdefault(word, []).append((phones, DICTIONARY))
    apply_weak_forms(lexicon, read_list(weak_forms, ("strong", "weak")))
    for word, variants in lexicon.items():
        if re.fullmatch(r"[a-z]\.?", word) and word not in ("a", "i"):
            lexicon[word] = [(phones, SPELLED) for phones, _ in variants]
    return lexicon


def is_wanted(word: str) -> bool:
    """The engine looks up letters with apostrophes, and letter names as "a."; the rest it takes apart."""
    return re.fullmatch(r"'?[a-z]+('[a-z]+)*'?|[a-z]\.", word) is not None


def read_list(path: Path, kinds: tuple[str, ...]) -> list[tuple[str, tuple[str, ...], str]]:
    """(word, phones, kind) for lines "word kind PHONES", comments after #."""
    entries = []
    for number, line in enumerate(path.read_text("utf-8").splitlines(), 1):
        fields = line.split("#")[0].split()
        if not fields:
            continue
        if len(fields) < 3 or fields[1] not in kinds:
            raise ValueError(f'{path}:{number}: expected "word {"|".join(kinds)} PHONES"')
        entries.append((fields[0], check_phones(fields[2:], f"{path}:{number}"), fields[1]))
    return entries


def apply_weak_forms(lexicon: Lexicon, forms: list[tuple[str, tuple[str, ...], str]]) -> None:
    """Puts strong forms first and marks weak ones, which may stand in the dictionary unmarked."""
    for word, phones, kind in reversed(forms):
        others = [entry for entry in lexicon.get(word, []) if entry[0] != phones]
        if kind == "strong":
            lexicon[word] = [(phones, DICTIONARY), *others]
    strong = {(word, plain(phones)) for word, phones, kind in forms if kind == "strong"}
    for word, phones, kind in forms:
        if kind == "weak" and (word, plain(phones)) not in strong:
            # CMUdict often has the weak form with a stress mark, which the engine does not tell apart.
            others = [entry for entry in lexicon.get(word, []) if plain(entry[0]) != plain(phones)]
            lexicon[word] = [*others, (phones, WEAK_FORM)]
    for word, _, _ in forms:
        if lexicon[word][0][1] == WEAK_FORM:
            raise ValueError(f"{word}: every form is weak; add a strong one")


def plain(phones: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(phone.rstrip("012") for phone in phones)


def serialise(lexicon: Lexicon) -> bytes:
    """The file that src/lexicon/dictionary.cc reads; see its header for the layout."""
    words = sorted((word.encode(), variants) for word, variants in lexicon.items())
    symbols, coded = pair_phones([phones for _, variants in words for phones, _ in variants])
    next_codes = iter(coded)
    entries = bytearray()
    blocks: list[int] = []
    previous, since_start = b"", BLOCK_WORDS
    for word, variants in words:
        if since_start >= BLOCK_WORDS and len(word) < 15:
            blocks.append(len(entries))
            previous, since_start = b"", 0
        since_start += 1
        shared = min(common_prefix(previous, word), 15)
        rest = word[shared:]
        entries.append(shared << 4 | min(len(rest), 15))
        if len(rest) >= 15:
            entries.append(len(rest))
        entries += rest
        for number, (_, source) in enumerate(variants, 1):
            codes = next(next_codes)
            if len(codes) > 31:
                raise ValueError(f"{word.decode()}: too many phones for the format")
            entries += bytes([(number == len(variants)) << 7 | source << 5 | len(codes)]) + codes
        previous = word
    table = "".join(f"{symbol}\n" for symbol in symbols).encode()
    body = struct.pack("<II", len(lexicon), len(table)) + table
    body += struct.pack(f"<I{len(blocks)}I", len(blocks), *blocks)
    body += struct.pack("<I", len(entries)) + entries
    return MAGIC + struct.pack("<II", len(body), zlib.adler32(body)) + body


def common_prefix(left: bytes, right: bytes) -> int:
    size = 0
    while size < min(len(left), len(right)) and left[size] == right[size]:
        size += 1
    return size


def pair_phones(pronunciations: list[tuple[str, ...]]) -> tuple[list[str], list[bytes]]:
    """(symbols by code, pronunciations as codes): common neighbours share a code until all 256 are used."""
    symbols = sorted({phone for phones in pronunciations for phone in phones})
    code_of = {symbol: code for code, symbol in enumerate(symbols)}
    gap = 256  # parts the pronunciations, pairs with nothing
    stream = np.array([code for phones in pronunciations for code in (*(code_of[p] for p in phones), gap)])
    while len(symbols) < 256:
        left, right = stream[:-1], stream[1:]
        inside = (left != gap) & (right != gap)
        if not inside.any():  # every pronunciation is one code: a small dictionary
            break
        pair = int(np.bincount((left * 256 + right)[inside]).argmax())
        first, second = divmod(pair, 256)
        starts = np.flatnonzero((left == first) & (right == second))
        if first == second:  # of three in a row only two can join
            starts = starts[np.insert(np.diff(starts) > 1, 0, True)]
        stream[starts] = len(symbols)
        stream = np.delete(stream, starts + 1)
        symbols.append(f"{symbols[first]} {symbols[second]}")
    ends = np.flatnonzero(stream == gap)
    return symbols, [part[part != gap].astype(np.uint8).tobytes() for part in np.split(stream, ends)[:-1]]
