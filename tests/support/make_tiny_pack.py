"""Makes tests/data/tiny_pack: a whole pack in 118 kB, so that tests need no trained model.

Its acoustic graph understands an artificial language: phone k is a tone of 3000 + 100 k Hz, spoken by
tests/support/tiny_speech.h. Its scorer turns GOP-SF into scores by one logistic curve. Lexicon and G2P
know a few dozen words.

    .venv/bin/python tests/support/make_tiny_pack.py        # needs numpy, onnx and training/ on the path
"""

from __future__ import annotations

import hashlib
import json
import shutil
import string
import sys
from pathlib import Path

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "training"))
from higgins_train import g2p, lexicon  # noqa: E402
from higgins_train.phones import NUM_LABELS, PHONES  # noqa: E402

OUT = ROOT / "tests" / "data" / "tiny_pack"
FRAME = 320
STATE_DIM = 8
OPSET = 17
NUM_FEATURES = 3 * NUM_LABELS + 19  # PhoneColumns::size()
GOP_SD = NUM_LABELS + 1  # PhoneColumns::gop_sd()
FILES = {
    "acoustic": "acoustic.onnx",
    "scorer": "scorer.onnx",
    "dictionary": "lexicon.bin",
    "g2p": "g2p.bin",
    "articulation": "articulation.json",
    "suggestions": "suggestions.json",
}
WORDS = """
a AH0 / a EY1 / bear B EH1 R / bed B EH1 D / big B IH1 G / call K AO1 L / cat K AE1 T /
dog D AO1 G / fish F IH1 SH / good G UH1 D / green G R IY1 N / hello HH AH0 L OW1 / house HH AW1 S /
it IH1 T / judge JH AH1 JH / king K IH1 NG / man M AE1 N / measure M EH1 ZH ER0 / moon M UW1 N /
nine N AY1 N / one W AH1 N / red R EH1 D / see S IY1 / she SH IY1 / the DH AH0 / the DH IY0 /
this DH IH1 S / three TH R IY1 / two T UW1 / voice V OY1 S / we W IY1 / yes Y EH1 S / zoo Z UW1 /
chair CH EH1 R / table T EY1 B AH0 L / paper P EY1 P ER0 / father F AA1 DH ER0 / water W AO1 T ER0 /
jam JH AE1 M / jet JH EH1 T / quit K W IH1 T / queen K W IY1 N / box B AA1 K S / six S IH1 K S /
van V AE1 N / vet V EH1 T / zip Z IH1 P / you Y UW1 / cup K AH1 P / run R AH1 N / it's IH1 T S /
that's DH AE1 T S / pan P AE1 N
"""
LETTERS = """
EY1 / B IY1 / S IY1 / D IY1 / IY1 / EH1 F / JH IY1 / EY1 CH / AY1 / JH EY1 / K EY1 / EH1 L / EH1 M /
EH1 N / OW1 / P IY1 / K Y UW1 / AA1 R / EH1 S / T IY1 / Y UW1 / V IY1 / D AH1 B AH0 L Y UW0 /
EH1 K S / W AY1 / Z IY1
"""


def words() -> dict[str, list[tuple[str, ...]]]:
    out: dict[str, list[tuple[str, ...]]] = {}
    for entry in WORDS.split("/"):
        word, *phones = entry.split()
        out.setdefault(word, []).append(tuple(phones))
    return out


def constant(name: str, values: np.ndarray) -> onnx.TensorProto:
    return numpy_helper.from_array(values, name)


def save(graph: onnx.GraphProto, path: Path) -> None:
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", OPSET)], ir_version=8)
    onnx.checker.check_model(model)
    path.write_bytes(model.SerializeToString())


def make_acoustic(path: Path) -> None:
    """samples -> energy at each phone's tone, frame by frame -> log posteriors; the blank wins in silence."""
    time = np.arange(FRAME) / 16000.0
    window = np.hanning(FRAME)
    frequency = 3000.0 + 100.0 * np.arange(1, NUM_LABELS)[:, None]
    waves = np.concatenate([np.cos(2 * np.pi * frequency * time), np.sin(2 * np.pi * frequency * time)])
    kernel = (waves * window / FRAME).astype(np.float16)[:, None, :]  # [2 phones x 1 x FRAME]
    num_phones = NUM_LABELS - 1
    pair = np.concatenate([np.eye(num_phones), np.eye(num_phones)], axis=1).astype(np.float32)[:, :, None]
    mix = np.random.default_rng(0).normal(size=(NUM_LABELS, STATE_DIM)).astype(np.float32) / 10
    nodes = [
        helper.make_node("Unsqueeze", ["samples", "one"], ["signal"]),
        helper.make_node("Cast", ["kernel16"], ["kernel"], to=TensorProto.FLOAT),
        helper.make_node("Conv", ["signal", "kernel"], ["waves"], strides=[FRAME]),
        helper.make_node("Mul", ["waves", "waves"], ["squares"]),
        helper.make_node("Conv", ["squares", "pair"], ["energy"]),
        helper.make_node("Add", ["energy", "floor"], ["floored"]),
        helper.make_node("Log", ["floored"], ["log_energy"]),
        # The blank's channel: a constant that lies between silence and speech.
        helper.make_node("ReduceMax", ["log_energy"], ["loudest"], axes=[1], keepdims=1),
        helper.make_node("Mul", ["loudest", "zero"], ["nothing"]),
        helper.make_node("Add", ["nothing", "blank_level"], ["blank"]),
        helper.make_node("Concat", ["blank", "log_energy"], ["channels"], axis=1),
        helper.make_node("Transpose", ["channels"], ["frames"], perm=[0, 2, 1]),
        helper.make_node("LogSoftmax", ["frames"], ["log_posteriors"], axis=2),
        helper.make_node("MatMul", ["frames", "mix"], ["states"]),
    ]
    initializers = [
        constant("one", np.array([1], np.int64)),
        constant("kernel16", kernel),
        constant("pair", pair),
        constant("floor", np.array(1e-9, np.float32)),
        constant("zero", np.array(0, np.float32)),
        constant("blank_level", np.array(np.log(1e-6), np.float32)),
        constant("mix", mix),
    ]
    graph = helper.make_graph(
        nodes,
        "tiny_acoustic",
        [helper.make_tensor_value_info("samples", TensorProto.FLOAT, [1, "samples"])],
        [
            helper.make_tensor_value_info("log_posteriors", TensorProto.FLOAT, [1, "frames", NUM_LABELS]),
            helper.make_tensor_value_info("states", TensorProto.FLOAT, [1, "frames", STATE_DIM]),
        ],
        initializers,
    )
    save(graph, path)


def make_scorer(
    path: Path, *, standardises: bool = False, judges: bool = False, num_heard: int = NUM_LABELS
) -> None:
    """phone score = sigmoid(3 + 8 gop), words and utterance: means of it. With `standardises` the utterance's scores
    are instead its features, less zeros and times ones: the runtime leaves such steps out and gives the input the
    names of what they would have made. With `judges` it says of every phone how likely a sound follows (the first of
    its insertion features) and what was heard (the first `num_heard` of its other features)."""
    mean = [
        helper.make_node("ReduceMean", ["phone_score"], ["mean"], axes=[0], keepdims=1),
        helper.make_node("Concat", ["mean"] * 5, ["utterance_scores"], axis=0),
    ]
    standardised = [
        helper.make_node("Sub", ["utterance_features", "zeros"], ["centred"]),
        helper.make_node("Mul", ["centred", "ones"], ["standardised"]),
        helper.make_node("Clip", ["standardised", "least", "most"], ["clipped"]),
        helper.make_node("Squeeze", ["clipped", "rows"], ["utterance_scores"]),
    ]
    judgements = [
        helper.make_node("Slice", ["phone_features", "first", "labels"], ["heard_logit"]),
        helper.make_node("Slice", ["insertion_features", "first", "one"], ["of_first"]),
        helper.make_node("Squeeze", ["of_first", "one"], ["insertion_logit"]),
    ]
    nodes = [
        helper.make_node("Slice", ["phone_features", "from", "to"], ["gop"]),
        helper.make_node("Mul", ["gop", "slope"], ["sloped"]),
        helper.make_node("Add", ["sloped", "offset"], ["logit"]),
        helper.make_node("Sigmoid", ["logit"], ["score"]),  # [phones x 1]
        helper.make_node("Neg", ["logit"], ["wrong"]),
        helper.make_node("Squeeze", ["score", "one"], ["phone_score"]),
        helper.make_node("Squeeze", ["wrong", "one"], ["detection_logit"]),
        helper.make_node("MatMul", ["word_pool", "score"], ["word"]),
        helper.make_node("Concat", ["word", "word", "word"], ["word_scores"], axis=1),
        *(standardised if standardises else mean),
        *(judgements if judges else []),
    ]
    of_standardised = {
        "zeros": np.zeros(5, np.float32),
        "ones": np.ones(5, np.float32),
        "least": np.array(-6.0, np.float32),
        "most": np.array(6.0, np.float32),
        "rows": np.array([0], np.int64),
    }
    initializers = [
        *(constant(name, values) for name, values in of_standardised.items() if standardises),
        *([constant("first", np.array([0], np.int64))] if judges else []),
        *([constant("labels", np.array([num_heard], np.int64))] if judges else []),
        constant("from", np.array([GOP_SD], np.int64)),
        constant("to", np.array([GOP_SD + 1], np.int64)),
        constant("one", np.array([1], np.int64)),
        constant("slope", np.array(8, np.float32)),
        constant("offset", np.array(3, np.float32)),
    ]
    graph = helper.make_graph(
        nodes,
        "tiny_scorer",
        [
            helper.make_tensor_value_info("phone_features", TensorProto.FLOAT, ["phones", NUM_FEATURES]),
            helper.make_tensor_value_info("word_pool", TensorProto.FLOAT, ["words", "phones"]),
            *(
                [helper.make_tensor_value_info("utterance_features", TensorProto.FLOAT, [1, 5])]
                if standardises
                else []
            ),
            *(
                [
                    helper.make_tensor_value_info(
                        "insertion_features", TensorProto.FLOAT, ["phones", NUM_LABELS]
                    )
                ]
                if judges
                else []
            ),
        ],
        [
            helper.make_tensor_value_info("phone_score", TensorProto.FLOAT, ["phones"]),
            helper.make_tensor_value_info("detection_logit", TensorProto.FLOAT, ["phones"]),
            *(
                [
                    helper.make_tensor_value_info("insertion_logit", TensorProto.FLOAT, ["phones"]),
                    helper.make_tensor_value_info("heard_logit", TensorProto.FLOAT, ["phones", num_heard]),
                ]
                if judges
                else []
            ),
            helper.make_tensor_value_info("word_scores", TensorProto.FLOAT, ["words", 3]),
            helper.make_tensor_value_info("utterance_scores", TensorProto.FLOAT, [5]),
        ],
        initializers,
    )
    # The second axis, every element.
    for node in graph.node:
        if node.op_type == "Slice":
            node.input[3:] = ["one", "one"]
    save(graph, path)


def make_lexicon(out: Path) -> None:
    entries = {
        word: [(phones, lexicon.DICTIONARY) for phones in variants] for word, variants in words().items()
    }
    for letter, phones in zip(string.ascii_lowercase, LETTERS.split("/"), strict=True):
        entries[f"{letter}."] = [(tuple(phones.split()), lexicon.SPELLED)]
    (out / FILES["dictionary"]).write_bytes(lexicon.serialise(entries))
    g2p.train(words(), out / FILES["g2p"], order=2, max_ngrams=2000)


def write_manifest(out: Path) -> None:
    def describe(name: str) -> dict[str, object]:
        content = (out / name).read_bytes()
        return {"path": name, "sha256": hashlib.sha256(content).hexdigest(), "bytes": len(content)}

    manifest = {
        "format_version": 1,
        "name": "tiny",
        "language": "en-US",
        "version": "0.0.1",
        "phone_set": ["<blank>", *PHONES],
        "blank": 0,
        "frame_shift_ms": 20.0,
        "sample_rate_hz": 16000,
        "state_dim": STATE_DIM,
        "files": {role: describe(name) for role, name in FILES.items()},
        "calibration": {"version": "tiny-1", "detection_threshold": 0.5, "insertion_threshold_nats": 10.0},
    }
    (out / "manifest.json").write_text(json.dumps(manifest, indent=1) + "\n")


def main() -> None:
    OUT.mkdir(parents=True, exist_ok=True)
    make_acoustic(OUT / FILES["acoustic"])
    make_scorer(OUT / FILES["scorer"])
    make_scorer(OUT.parent / "standardising_scorer.onnx", standardises=True)
    make_scorer(OUT.parent / "judging_scorer.onnx", judges=True)
    make_scorer(OUT.parent / "narrow_scorer.onnx", judges=True, num_heard=NUM_LABELS - 1)
    make_lexicon(OUT)
    for role in ("articulation", "suggestions"):
        shutil.copy(ROOT / "packs" / "en-us" / FILES[role], OUT / FILES[role])
    write_manifest(OUT)
    print(f"{OUT}: {sum(file.stat().st_size for file in OUT.iterdir())} bytes")


if __name__ == "__main__":
    main()
