"""The same pack behind FastAPI and onnxruntime: what one would build without Higgins' server. For bench/load.py.

Per request it does what the score needs, and less than Higgins: decode (soundfile), acoustic graph (onnxruntime),
lattice and features (the engine's own C++, through the binding `higgins`), scorer graph (onnxruntime), JSON of scores.
It leaves out the quality gate, the text (its phones are given at start), the choice of pronunciations, diagnosis and
tips. One process a core (uvicorn --workers), one thread each: with more threads, they compete for the same core.

Environment: HIGGINS_PACK (folder), HIGGINS_BASELINE_PROMPT (JSON file: text -> [[word, phones], ...]).
"""

from __future__ import annotations

import io
import json
import os
from pathlib import Path
from typing import Annotated

import higgins
import numpy as np
import onnxruntime
import soundfile
from fastapi import FastAPI, Form, HTTPException, UploadFile

SAMPLE_RATE_HZ = 16000
pack = Path(os.environ["HIGGINS_PACK"])
prompts: dict[str, list[tuple[str, str]]] = json.loads(
    Path(os.environ["HIGGINS_BASELINE_PROMPT"]).read_text()
)
app = FastAPI()


def session(name: str) -> onnxruntime.InferenceSession:
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 1
    options.inter_op_num_threads = 1
    options.execution_mode = onnxruntime.ExecutionMode.ORT_SEQUENTIAL
    options.graph_optimization_level = onnxruntime.GraphOptimizationLevel.ORT_ENABLE_ALL
    return onnxruntime.InferenceSession(pack / name, options, providers=["CPUExecutionProvider"])


acoustic = session("acoustic.onnx")
scorer = session("scorer.onnx")
SCORER_INPUTS = {
    one.name: np.int64 if one.type == "tensor(int64)" else np.float32 for one in scorer.get_inputs()
}


@app.get("/readyz")
async def ready() -> dict[str, str]:
    return {"status": "ready"}


# async, and computing in the event loop: with one request at a time a process nothing is gained by a thread pool.
@app.post("/v1/assess")
async def assess(audio: UploadFile, text: Annotated[str, Form()]) -> dict:
    if text not in prompts:
        raise HTTPException(400, "unknown text")
    try:
        samples, rate = soundfile.read(io.BytesIO(await audio.read()), dtype="float32", always_2d=True)
    except soundfile.SoundFileError as error:
        raise HTTPException(422, str(error)) from error
    if rate != SAMPLE_RATE_HZ:
        raise HTTPException(422, "16 kHz only")
    return score(np.ascontiguousarray(samples.mean(axis=1)), prompts[text])


def score(samples: np.ndarray, words: list[tuple[str, str]]) -> dict:
    log_posteriors, states = acoustic.run(["log_posteriors", "states"], {"samples": samples[None, :]})
    phones = [phone for _, said in words for phone in said.split()]
    word_of_phone = [i for i, (_, said) in enumerate(words) for _ in said.split()]
    made = higgins.scorer_input(log_posteriors[0], states[0], samples, phones, word_of_phone)
    # Nothing is padded here.
    made |= {"phone_valid": np.ones(len(phones)), "word_valid": np.ones(len(words))}
    inputs = {name: np.asarray(made[name], kind) for name, kind in SCORER_INPUTS.items()}
    phone_score, detection, word_scores, utterance = scorer.run(
        ["phone_score", "detection_logit", "word_scores", "utterance_scores"], inputs
    )
    error = 1 / (1 + np.exp(-detection))
    report = {
        "utterance": dict(
            zip(
                ("accuracy", "fluency", "prosody", "completeness", "total"),
                map(float, utterance),
                strict=False,
            )
        ),
        "words": [],
    }
    at = 0
    for i, (word, said) in enumerate(words):
        names = said.split()
        report["words"].append(
            {
                "word": word,
                "accuracy": float(word_scores[i][0]),
                "stress": float(word_scores[i][1]),
                "total": float(word_scores[i][2]),
                "phonemes": [
                    {
                        "phone": name,
                        "score": float(phone_score[at + k]),
                        "error_probability": float(error[at + k]),
                    }
                    for k, name in enumerate(names)
                ],
            }
        )
        at += len(names)
    return report
