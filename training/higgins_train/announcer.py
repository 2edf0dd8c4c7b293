"""A native speaker of another make than the corpora's: the announcer of a telephone exchange, to be measured on.

Debian's `asterisk-core-sounds-en` packages hold some 540 prompts that one speaker of American English recorded in a
studio (CC BY-SA 3.0, Digium), with their texts; 16 kHz, G.722. Nothing is trained on them. The folder written has
`labels.jsonl` + `audio/`, for `higgins eval --native`; with --higgins also the words and the phones that this binary
takes to be said, for `scorer --announcer` and `ablate --announcer`.
"""

from __future__ import annotations

import argparse
import gzip
import json
import re
import shutil
import subprocess
import tempfile
from pathlib import Path

from tqdm import tqdm

from .corpus import SAMPLE_RATE_HZ
from .engine_reports import engine_reports
from .files import whole

PACKAGES = ("asterisk-core-sounds-en", "asterisk-core-sounds-en-g722")
TEXTS = "usr/share/doc/asterisk-core-sounds-en/core-sounds-en.txt.gz"
SOUNDS = "usr/share/asterisk/sounds/en_US_f_Allison"
LONGEST_S = 30.0  # the menus that are longer are several prompts in one


def prompts_of(texts: str) -> dict[str, str]:
    """Name -> text, from lines `name: text`. Left out: comments, and what is no speech or says how to say it,
    which stands in brackets."""
    found = {}
    for line in texts.splitlines():
        name, colon, text = line.partition(":")
        is_speech = re.search("[A-Za-z0-9]", text) and not re.search(r"[\[(]", text)
        if colon and is_speech and not line.startswith(";"):
            found[name.strip()] = text.strip()
    return found


def unpacked(packages: Path | None, into: Path) -> Path:
    """The packages' files below `into`; without a folder of packages they are fetched first."""
    if packages is None:
        packages = into / "packages"
        packages.mkdir()
        subprocess.run(["apt-get", "-qq", "download", *PACKAGES], cwd=packages, check=True)
    for name in PACKAGES:
        files = sorted(packages.glob(f"{name}_*.deb"))
        if not files:
            raise SystemExit(f"{packages} has no {name}_*.deb: fetch it with `apt-get download {name}`")
        subprocess.run(["dpkg-deb", "-x", files[-1], into / "tree"], check=True)
    return into / "tree"


def decoded(sound: Path, into: Path) -> float:
    """16 kHz flac; returns its length in seconds."""
    options = ["-nostdin", "-v", "error", "-y", "-f", "g722"]
    command = ["ffmpeg", *options, "-i", sound, "-ar", SAMPLE_RATE_HZ, into]
    subprocess.run([str(part) for part in command], check=True)
    return 2.0 * sound.stat().st_size / SAMPLE_RATE_HZ  # G.722 at 64 kbit/s: a byte is two samples


def words_of(report: dict) -> list[dict]:
    """A report's words as labels have them; insertions are no canonical phones."""
    words = []
    for word in report["words"]:
        canonical = [p for p in word["phonemes"] if p["expected"] is not None]
        phones = [p["expected"] + ("" if p["stress"] is None else str(p["stress"])) for p in canonical]
        words.append({"text": word["word"], "phones": phones})
    return words


def with_phones(records: list[dict], higgins: Path, pack: Path, folder: Path) -> list[dict]:
    """The records with `words` and `phones`, of the pronunciations that the engine finds nearest. Left out: what it
    refuses (a prompt or two holds no speech)."""
    lines = [record | {"audio": str((folder / record["audio"]).resolve())} for record in records]
    reports = engine_reports(higgins, pack, lines, may_refuse=True)
    said = {name: words_of(report) for name, report in reports.items() if "words" in report}
    return [
        record | {"phones": [p for word in words for p in word["phones"]], "words": words}
        for record in records
        if (words := said.get(record["id"])) is not None
    ]


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--out", type=Path, required=True, help="folder to write")
    parser.add_argument(
        "--packages",
        type=Path,
        help=f"folder with {' and '.join(PACKAGES)} as .deb files (default: fetched with apt-get)",
    )
    parser.add_argument("--higgins", type=Path, help="the binary, e.g. build/release/higgins")
    parser.add_argument("--pack", type=Path, default=Path("packs/en-us"), help="with --higgins")


def run(args: argparse.Namespace) -> None:
    for program in ("dpkg-deb", "ffmpeg"):
        if not shutil.which(program):
            raise SystemExit(
                f"{program} is needed: install the Debian package {program.removesuffix('-deb')}"
            )
    (args.out / "audio").mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as folder:
        tree = unpacked(args.packages, Path(folder))
        texts = gzip.decompress((tree / TEXTS).read_bytes()).decode("utf-8", errors="replace")
        records: list[dict] = []
        seconds: dict[str, float] = {}
        for name, text in tqdm(prompts_of(texts).items(), desc="prompts", unit="prompt"):
            sound = tree / SOUNDS / f"{name}.g722"
            if not sound.exists():
                continue
            audio = f"audio/{name.replace('/', '-')}.flac"
            length = decoded(sound, args.out / audio)
            if length > LONGEST_S:
                (args.out / audio).unlink()
                continue
            seconds[name] = length
            records.append(
                {"id": name, "audio": audio, "speaker": "announcer", "division": "dev", "text": text}
            )
    if args.higgins:
        records = with_phones(records, args.higgins, args.pack, args.out)
    with whole(args.out / "labels.jsonl") as partial:
        partial.write_text("".join(json.dumps(record) + "\n" for record in records))
    minutes = sum(seconds[record["id"]] for record in records) / 60.0
    print(f"{len(records)} prompts, {minutes:.1f} minutes: {args.out / 'labels.jsonl'}")
