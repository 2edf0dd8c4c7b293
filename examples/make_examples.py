#!/usr/bin/env python3
"""Makes the recordings of this folder again: examples/NAME.flac and what is known about it, examples/NAME.json.

usage: make_examples.py [--out DIR]

Needs Debian's `flite`, `sox` and `pocketsphinx-testdata`. Two kinds:
- `native`: a LibriVox reader (public domain), out of the Debian package.
- `synthetic`: a flite voice says a sentence right, or with errors that learners make. An error is put in by giving
  the word another pronunciation for this one run, so that rhythm and melody stay those of the sentence; flite then
  lists the phones that it said, with their times, and they must be the ones that were asked for.

A JSON file states: text, words[] with `expected` and `spoken` (ARPAbet), errors[] with `word_index`, `phone_index`
(into `expected`; of an insertion the phone it stands before), `expected`, `actual`, `type`, and for synthetic ones
`spoken_phones[]` with times.
"""

from __future__ import annotations

import argparse
import json
import re
import shutil
import subprocess
import tempfile
from pathlib import Path

LIBRIVOX = Path("/usr/share/pocketsphinx/test/data/librivox")
NATIVE = {
    "austen_young_man": ("0880", "He was not an ill-disposed young man,"),
    "austen_cold_hearted": (
        "0890",
        "unless to be rather cold hearted and rather selfish is to be ill-disposed.",
    ),
    "austen_amiable": ("0930", "he might even have been made amiable himself."),
}

# A sentence: the written word and its phones, as a list; what a learner says instead, by word.
SENTENCES: dict[str, tuple[str, list[tuple[str, str]], dict[str, str]]] = {
    "think": (
        "I think this is the very best weather for a long walk.",
        [
            ("I", "AY"),
            ("think", "TH IH NG K"),
            ("this", "DH IH S"),
            ("is", "IH Z"),
            ("the", "DH AH"),
            ("very", "V EH R IY"),
            ("best", "B EH S T"),
            ("weather", "W EH DH ER"),
            ("for", "F AO R"),
            ("a", "AH"),
            ("long", "L AO NG"),
            ("walk", "W AO K"),
        ],
        {"think": "T IH NG K", "very": "W EH R IY", "weather": "W EH Z ER", "walk": "W AO"},
    ),
    "school": (
        "She left her bright red coat at school last week.",
        [
            ("she", "SH IY"),
            ("left", "L EH F T"),
            ("her", "HH ER"),
            ("bright", "B R AY T"),
            ("red", "R EH D"),
            ("coat", "K OW T"),
            ("at", "AE T"),
            ("school", "S K UW L"),
            ("last", "L AE S T"),
            ("week", "W IY K"),
        ],
        {"red": "L EH D", "coat": "K AO T", "school": "EH S K UW L", "week": "V IY K"},
    ),
}
VOICES = {"slt": "US English, female", "rms": "US English, male"}


def align(expected: list[str], spoken: list[str]) -> list[tuple[str | None, str | None, int]]:
    """The edits with the fewest changes that turn `expected` into `spoken`: (expected, actual, index in expected)."""
    rows, columns = len(expected) + 1, len(spoken) + 1
    cost = [[max(i, j) if 0 in (i, j) else 0 for j in range(columns)] for i in range(rows)]
    for i in range(1, rows):
        for j in range(1, columns):
            change = expected[i - 1] != spoken[j - 1]
            cost[i][j] = min(cost[i - 1][j - 1] + change, cost[i - 1][j] + 1, cost[i][j - 1] + 1)
    edits: list[tuple[str | None, str | None, int]] = []
    i, j = len(expected), len(spoken)
    while i or j:
        if i and j and cost[i][j] == cost[i - 1][j - 1] + (expected[i - 1] != spoken[j - 1]):
            i, j = i - 1, j - 1
            if expected[i] != spoken[j]:
                edits.append((expected[i], spoken[j], i))
        elif i and cost[i][j] == cost[i - 1][j] + 1:
            i -= 1
            edits.append((expected[i], None, i))
        else:
            j -= 1
            edits.append((None, spoken[j], i))
    return edits[::-1]


def kind(expected: str | None, actual: str | None) -> str:
    if expected is None:
        return "insertion"
    return "deletion" if actual is None else "substitution"


def known_errors(words: list[dict]) -> list[dict]:
    return [
        {
            "word": word["word"],
            "word_index": word_index,
            "phone_index": phone_index,
            "expected": expected,
            "actual": actual,
            "type": kind(expected, actual),
        }
        for word_index, word in enumerate(words)
        for expected, actual, phone_index in align(word["expected"], word["spoken"])
    ]


def flite_phones(phones: str) -> str:
    """ARPAbet -> an entry of flite's lexicon: lower case, vowels with stress (one syllable each here, so stressed)."""
    vowels = {"AA", "AE", "AH", "AO", "AW", "AY", "EH", "ER", "EY", "IH", "IY", "OW", "OY", "UH", "UW"}
    names = phones.split()
    stressed = next(i for i in range(len(names)) if names[i] in vowels)
    if (
        names[0] == "EH" and sum(n in vowels for n in names) > 1
    ):  # the vowel put before "school" carries no stress
        stressed = next(i for i in range(1, len(names)) if names[i] in vowels)
    return " ".join(
        name.lower() + (str(int(i == stressed)) if name in vowels else "") for i, name in enumerate(names)
    )


def synthesise(text: str, voice: str, spoken: dict[str, str], wav: Path) -> list[dict]:
    """Says `text` with the pronunciations in `spoken`; the phones that were said, with times."""
    with tempfile.NamedTemporaryFile("w", suffix=".lex") as lexicon:
        lexicon.writelines(f'"{word}" 0 : {flite_phones(phones)}\n' for word, phones in spoken.items())
        lexicon.flush()
        addenda = ["-add_lex", lexicon.name] if spoken else []
        run = subprocess.run(
            ["flite", "-voice", voice, *addenda, "-psdur", "-t", text, "-o", wav],
            capture_output=True,
            text=True,
            check=True,
        )
    names = {"ax": "AH"}
    phones, start_ms = [], 0
    for name, seconds in re.findall(r"(\w+):([0-9.]+)", run.stdout):
        end_ms = round(float(seconds) * 1000)
        if name != "pau":
            phones.append({"phone": names.get(name, name.upper()), "start_ms": start_ms, "end_ms": end_ms})
        start_ms = end_ms
    return phones


def write(out: Path, name: str, wav: Path, about: dict) -> None:
    subprocess.run(["sox", "-D", wav, "-b", "16", "-C", "8", out / f"{name}.flac"], check=True)
    text = json.dumps({"audio": f"{name}.flac", **about}, indent=1, ensure_ascii=False)
    # One line a word, an error and a phone, not one a number.
    text = re.sub(r"\{\s+([^{}]*?)\s+\}", lambda m: "{" + re.sub(r"\s+", " ", m[1]) + "}", text)
    text = text.replace("[ ", "[").replace(" ]", "]")
    (out / f"{name}.json").write_text(text + "\n", encoding="utf-8")


def make_synthetic(out: Path, name: str, voice: str, with_errors: bool) -> None:
    text, sentence, said_instead = SENTENCES[name]
    spoken = said_instead if with_errors else {}
    words = [
        {"word": word, "expected": phones.split(), "spoken": spoken.get(word, phones).split()}
        for word, phones in sentence
    ]
    with tempfile.TemporaryDirectory() as folder:
        wav = Path(folder, "said.wav")
        phones = synthesise(text, voice, spoken, wav)
        said = [phone["phone"] for phone in phones]
        wanted = [phone for word in words for phone in word["spoken"]]
        if said != wanted:
            raise SystemExit(f"{name}: {voice} said {said}, not {wanted}")
        about = {
            "text": text,
            "kind": "errors" if with_errors else "correct",
            "source": f"Debian's flite 2.2, voice {voice} ({VOICES[voice]}), stated phones",
            "licence": "Apache-2.0 (made for this project with a freely licensed voice)",
            "words": words,
            "errors": known_errors(words),
            "spoken_phones": phones,
        }
        write(out, f"{name}_{voice}_{'errors' if with_errors else 'good'}", wav, about)


def make_native(out: Path, name: str, number: str, text: str) -> None:
    about = {
        "text": text,
        "kind": "correct",
        "source": "LibriVox recording of Jane Austen, Sense and Sensibility, chapter 1; Debian's pocketsphinx-testdata",
        "licence": "public domain",
        "errors": [],
    }
    write(out, name, LIBRIVOX / f"sense_and_sensibility_01_austen_64kb-{number}.wav", about)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--out", type=Path, default=Path(__file__).resolve().parent)
    out = parser.parse_args().out
    for tool in ("flite", "sox"):
        if not shutil.which(tool):
            raise SystemExit(f"make_examples: {tool} is not installed (tools/setup.sh test)")
    for name in SENTENCES:
        for voice in VOICES:
            for with_errors in (False, True):
                make_synthetic(out, name, voice, with_errors)
    if not LIBRIVOX.is_dir():
        raise SystemExit(f"make_examples: {LIBRIVOX} is missing (apt-get install pocketsphinx-testdata)")
    for name, (number, text) in NATIVE.items():
        make_native(out, name, number, text)


if __name__ == "__main__":
    main()
