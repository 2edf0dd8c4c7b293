"""Recordings for soak and load, made of examples/ with ffmpeg and sox: any format, 0.5 to 10 s; and what is none."""

from __future__ import annotations

import json
import random
import subprocess
import tempfile
from dataclasses import dataclass
from pathlib import Path

from harness import BINARY, EXAMPLES, PACK

# File name ending -> arguments of ffmpeg. Rates and channels vary too: the server takes all of them.
FORMATS: dict[str, list[str]] = {
    "wav": ["-c:a", "pcm_s16le"],
    "24.wav": ["-c:a", "pcm_s24le", "-ar", "44100", "-ac", "2"],
    "float.wav": ["-c:a", "pcm_f32le", "-ar", "48000"],
    "8k.wav": ["-c:a", "pcm_s16le", "-ar", "8000"],
    "flac": ["-c:a", "flac"],
    "mp3": ["-c:a", "libmp3lame", "-b:a", "96k", "-ar", "44100"],
    "ogg": ["-c:a", "libvorbis", "-q:a", "5", "-ar", "44100"],
    "opus": ["-c:a", "libopus", "-b:a", "48k"],
    "webm": ["-c:a", "libopus", "-b:a", "32k", "-f", "webm"],
    "m4a": ["-c:a", "aac", "-b:a", "96k", "-ar", "44100"],
}


@dataclass
class Clip:
    name: str
    data: bytes
    text: str
    seconds: float
    # The report, as `higgins batch` gives it; or the error, {"code": ..., "message": ...}.
    expected: dict | None = None


def _run(*command: str) -> None:
    subprocess.run(command, check=True, stdin=subprocess.DEVNULL, capture_output=True)


def _encode(source: Path, target: Path, arguments: list[str]) -> None:
    _run("ffmpeg", "-v", "error", "-y", "-bitexact", "-i", str(source), *arguments, str(target))


def spoken(
    folder: Path, num_lengths: int = 8, formats: list[str] | None = None, every: int = 1
) -> list[Clip]:
    """Recordings of different lengths, each in every format; with `every` 7, only each seventh of these (which still
    meets all lengths and formats). A long one is two examples behind each other, padded to 10 s; a short one the
    beginning of one, with as many words as fit."""
    sources: list[
        tuple[str, list[str], str, float]
    ] = []  # name, arguments of sox without the target, text, seconds
    names = sorted(path.stem for path in EXAMPLES.glob("*.flac"))
    about = {name: json.loads((EXAMPLES / f"{name}.json").read_text()) for name in names}
    for name in names:
        file = str(EXAMPLES / f"{name}.flac")
        sources.append((name, [file], about[name]["text"], _seconds(Path(file))))
        for seconds, words in ((0.5, 1), (1.0, 2), (1.5, 4)):
            text = " ".join(about[name]["text"].split()[:words])
            sources.append((f"{name}-{seconds}", [file, "trim 0.1", str(seconds)], text, seconds))
    for first, second in zip(names[::2], names[1::2], strict=False):
        files = [str(EXAMPLES / f"{first}.flac"), str(EXAMPLES / f"{second}.flac")]
        text = f"{about[first]['text']} {about[second]['text']}"
        sources.append((f"{first}+{second}", [*files, "pad 0 5 trim 0 10"], text, 10.0))
    # By length, then evenly: from the shortest to the longest.
    sources.sort(key=lambda source: source[3])
    step = max(1, len(sources) // num_lengths)
    chosen = (sources[::step] + sources[-1:])[: num_lengths + 1]
    wanted = [(source, ending) for source in chosen for ending in formats or list(FORMATS)][::every]
    clips = []
    for (name, arguments, text, seconds), ending in wanted:
        source, target = folder / f"{name}.source.wav", folder / f"{name}.{ending}"
        if not source.exists():
            files = [word for word in arguments if word.startswith("/")]
            effects = " ".join(arguments[len(files) :]).split()
            _run("sox", *files, "-b", "16", str(source), *effects)
        _encode(source, target, FORMATS[ending])
        clips.append(Clip(target.name, target.read_bytes(), text, seconds))
    return clips


def five_seconds(folder: Path) -> Clip:
    """What load is measured with: 5.0 s of speech, 16 kHz, 16-bit wav."""
    first, second = "austen_cold_hearted", "austen_young_man"
    target = folder / "five.wav"
    _run(
        "sox", str(EXAMPLES / f"{first}.flac"), str(EXAMPLES / f"{second}.flac"), "-b", "16", str(target),
        "pad", "0", "5", "trim", "0", "5.0",
    )  # fmt: skip
    text = json.loads((EXAMPLES / f"{first}.json").read_text())["text"]
    return Clip(target.name, target.read_bytes(), text, _seconds(target))


def _seconds(path: Path) -> float:
    out = subprocess.run(["soxi", "-D", str(path)], check=True, capture_output=True, text=True).stdout
    return float(out)


def expect(clips: list[Clip], folder: Path) -> None:
    """Fills in `expected`, from one run of `higgins batch` over all of them."""
    manifest, results = folder / "manifest.jsonl", folder / "results.jsonl"
    results.unlink(missing_ok=True)
    with manifest.open("w") as out:
        for i, clip in enumerate(clips):
            audio = folder / f"expect-{i}"
            audio.write_bytes(clip.data)
            out.write(json.dumps({"id": str(i), "audio": audio.name, "text": clip.text}) + "\n")
    command = [str(BINARY), "batch", str(manifest), "--out", str(results), "--pack", str(PACK)]
    finished = subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False)
    if finished.returncode not in (0, 3):
        raise RuntimeError(f"higgins batch: {finished.returncode} {finished.stderr}")
    for line in results.read_text().splitlines():
        report = json.loads(line)
        number = int(report.pop("id"))
        clips[number].expected = (report.get("error") and {"error": report["error"]}) or report


def damaged(clips: list[Clip], random_: random.Random) -> bytes:
    """Not a recording any more, or one that lies: cut, bytes changed, a header alone, text, nothing."""
    data = random_.choice(clips).data
    kind = random_.randrange(7)
    if kind == 0:
        return data[: random_.randrange(len(data))]
    if kind == 1:
        changed = bytearray(data)
        for _ in range(random_.randrange(1, 50)):
            changed[random_.randrange(min(len(changed), 400))] = random_.randrange(256)
        return bytes(changed)
    if kind == 2:
        return data[:44]
    if kind == 3:
        return b"This is not a recording. " * random_.randrange(1, 200)
    if kind == 4:
        return b""
    if kind == 5:
        return random_.randbytes(random_.randrange(1, 20_000))
    return b"RIFF\xff\xff\xff\xffWAVEfmt \x10\x00\x00\x00\x01\x00\xff\xff\xff\xff\xff\xff" + data[:2000]


def folder() -> tempfile.TemporaryDirectory:
    return tempfile.TemporaryDirectory(prefix="higgins-clips-")
