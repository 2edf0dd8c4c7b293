"""A native speaker of another make than the corpora's: the announcer of a telephone exchange, to be measured on.

Debian's `asterisk-core-sounds-en` packages hold some 540 prompts that one speaker of American English recorded in a
studio (CC BY-SA 3.0, Digium), with their texts; 16 kHz, G.722. Nothing is trained on them. The folder written has
`labels.jsonl` + `audio/`, for `higgins eval --native`.
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
    command = [
        "ffmpeg",
        "-nostdin",
        "-v",
        "error",
        "-y",
        "-f",
        "g722",
        "-i",
        sound,
        "-ar",
        SAMPLE_RATE_HZ,
        into,
    ]
    subprocess.run([str(part) for part in command], check=True)
    return 2.0 * sound.stat().st_size / SAMPLE_RATE_HZ  # G.722 at 64 kbit/s: a byte is two samples


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--out", type=Path, required=True, help="folder to write")
    parser.add_argument(
        "--packages",
        type=Path,
        help=f"folder with {' and '.join(PACKAGES)} as .deb files (default: fetched with apt-get)",
    )


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
        records, seconds = [], 0.0
        for name, text in tqdm(prompts_of(texts).items(), desc="prompts", unit="prompt"):
            sound = tree / SOUNDS / f"{name}.g722"
            if not sound.exists():
                continue
            audio = f"audio/{name.replace('/', '-')}.flac"
            length = decoded(sound, args.out / audio)
            if length > LONGEST_S:
                (args.out / audio).unlink()
                continue
            seconds += length
            record = {"id": name, "audio": audio, "speaker": "announcer", "division": "dev", "text": text}
            records.append(json.dumps(record))
    with whole(args.out / "labels.jsonl") as partial:
        partial.write_text("\n".join(records) + "\n")
    print(f"{len(records)} prompts, {seconds / 60.0:.1f} minutes: {args.out / 'labels.jsonl'}")
