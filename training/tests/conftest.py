"""Small stand-ins of the real corpora and checkpoints, made on the spot."""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path

import numpy as np
import pytest
import soundfile

ROOT = Path(__file__).resolve().parents[2]
# What the tests start leaves nothing in the cache of whoever runs them.
os.environ.setdefault("HIGGINS_CACHE", "off")
sys.path[:0] = [str(ROOT / "training"), str(ROOT / "build" / "python")]

WORDS = [("WE", ["W", "IY0"]), ("CALL", ["K", "AO0", "L"]), ("IT", ["IH0", "T"]), ("BEAR", ["B", "EH0", "R"])]


def record(number: int, speaker: str, division: str) -> dict:
    words = [
        {
            "text": text,
            "accuracy": 10 - number % 3,
            "stress": 10,
            "total": 10 - number % 3,
            "phones": phones,
            "phones-accuracy": [2.0 - 1.8 * (number % 4 == 0 and at == 0) for at in range(len(phones))],
        }
        for text, phones in WORDS
    ]
    return {
        "id": f"utt{number:03d}",
        "audio": f"audio/utt{number:03d}.flac",
        "speaker": speaker,
        "age": 9,
        "gender": "f",
        "text": " ".join(text for text, _ in WORDS),
        "accuracy": 6 + number % 4,
        "completeness": 10.0,
        "fluency": 5 + number % 5,
        "prosodic": 6,
        "total": 6 + number % 4,
        "words": words,
        "division": division,
    }


def write_tones(path: Path, seed: int, seconds: float = 1.5) -> None:
    """A rough vowel-like sound: harmonics that change pitch, with pauses; nobody's voice."""
    random = np.random.default_rng(seed)
    time = np.arange(int(seconds * 16000)) / 16000
    pitch = 120 + 40 * np.sin(2 * np.pi * random.uniform(0.5, 2.0) * time)
    phase = 2 * np.pi * np.cumsum(pitch) / 16000
    voice = sum(np.sin(k * phase) / k for k in range(1, 12)) * (np.sin(2 * np.pi * 4 * time) > -0.5)
    path.parent.mkdir(parents=True, exist_ok=True)
    soundfile.write(path, (0.1 * voice + 0.001 * random.standard_normal(len(time))).astype(np.float32), 16000)


@pytest.fixture(scope="session")
def corpus(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder as SpeechOcean762's: 8 speakers x 2 utterances, the last two speakers in dev."""
    folder = tmp_path_factory.mktemp("corpus")
    lines = []
    for number in range(16):
        speaker = f"{number // 2:04d}"
        lines.append(record(number, speaker, "dev" if number >= 12 else "fit"))
        write_tones(folder / lines[-1]["audio"], number)
    (folder / "labels.jsonl").write_text("\n".join(json.dumps(line) for line in lines) + "\n")
    return folder


def tiny_checkpoint(kind: str, folder: Path) -> Path:
    """A Hugging Face folder of the architecture with random weights and a few thousand parameters."""
    import torch
    import transformers

    torch.manual_seed(0)
    wave = {
        "hidden_size": 32,
        "num_hidden_layers": 3,
        "num_attention_heads": 2,
        "intermediate_size": 48,
        "conv_dim": (16, 16, 16, 16, 16, 16, 16),
        "num_conv_pos_embeddings": 16,
        "num_conv_pos_embedding_groups": 2,
    }
    if kind == "whisper":
        config = transformers.WhisperConfig(
            vocab_size=100,
            d_model=32,
            encoder_layers=3,
            decoder_layers=1,
            encoder_attention_heads=2,
            decoder_attention_heads=2,
            encoder_ffn_dim=48,
            decoder_ffn_dim=48,
            num_mel_bins=80,
            pad_token_id=0,
            bos_token_id=1,
            eos_token_id=2,
            decoder_start_token_id=1,
            begin_suppress_tokens=None,
        )
        model = transformers.WhisperModel(config)
    elif kind == "xls-r":
        model = transformers.Wav2Vec2Model(
            transformers.Wav2Vec2Config(
                **wave, feat_extract_norm="layer", do_stable_layer_norm=True, conv_bias=True
            )
        )
    elif kind == "wav2vec2":
        model = transformers.Wav2Vec2Model(transformers.Wav2Vec2Config(**wave))
    elif kind == "hubert":
        model = transformers.HubertModel(transformers.HubertConfig(**wave))
    elif kind == "wavlm":
        model = transformers.WavLMModel(
            transformers.WavLMConfig(**wave, num_buckets=32, max_bucket_distance=80)
        )
    elif kind == "data2vec-audio":
        wave = wave | {"num_conv_pos_embeddings": 2, "conv_pos_kernel_size": 5}
        model = transformers.Data2VecAudioModel(transformers.Data2VecAudioConfig(**wave))
    else:
        raise ValueError(kind)
    model.save_pretrained(folder)
    if kind == "whisper":
        write_tiny_tokenizer(folder / "tokenizer.json")
    return folder


def write_tiny_tokenizer(path: Path) -> None:
    """Whisper's kind of tokens: letters, a space before a word as part of its first token, and the marks."""
    from tokenizers import Tokenizer, decoders, models, pre_tokenizers

    marks = ["<|startoftranscript|>", "<|en|>", "<|transcribe|>", "<|notimestamps|>", "<|endoftext|>"]
    tokens = [*map(chr, range(ord("a"), ord("z") + 1)), *map(chr, range(ord("A"), ord("Z") + 1))]
    tokens += ["Ġ", ".", "'", "Ġt", "Ġi", "Ġit", *marks]
    merges = [("Ġ", "t"), ("Ġ", "i"), ("Ġi", "t")]
    tokenizer = Tokenizer(models.BPE({token: at for at, token in enumerate(tokens)}, merges))
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    tokenizer.decoder = decoders.ByteLevel()
    tokenizer.add_special_tokens(marks)
    tokenizer.save(str(path))
