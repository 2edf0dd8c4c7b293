"""The same bytes give the same scores in every form: command line, POST /v1/assess, /v1/stream, both Azure forms."""

from __future__ import annotations

import base64
import json
import subprocess
from pathlib import Path

import pytest
from harness import BINARY, EXAMPLES, PACK, Server, example
from ws_frames import BINARY as BINARY_FRAME
from ws_frames import CLOSE, TEXT, Client, frame

REST = "/speech/recognition/conversation/cognitiveservices/v1"
NAMES = ["think_slt_good", "think_rms_errors", "austen_amiable"]
FORMS = {
    "wav": ["-c:a", "pcm_s16le", "-f", "wav"],
    "webm": ["-c:a", "libopus", "-b:a", "32k", "-f", "webm"],
    "ogg": ["-c:a", "libopus", "-b:a", "48k", "-f", "ogg"],
}


def encoded(name: str, form: str) -> bytes:
    source = EXAMPLES / f"{name}.flac"
    command = ["ffmpeg", "-v", "error", "-bitexact", "-i", str(source), *FORMS[form], "-"]
    return subprocess.run(command, check=True, stdin=subprocess.DEVNULL, capture_output=True).stdout


def on_the_command_line(audio: bytes, text: str, folder: Path) -> bytes:
    path = folder / "audio"
    path.write_bytes(audio)
    command = [str(BINARY), "assess", str(path), text, "--json", "--pack", str(PACK)]
    return subprocess.run(command, check=True, capture_output=True).stdout


def streamed(server: Server, audio: bytes, start: dict, piece: int) -> tuple[bytes, list[str]]:
    """The report's bytes, and the types of all events."""
    types = []
    with Client(server.port, "/v1/stream") as client:
        client.send(frame(TEXT, json.dumps(start).encode()))
        for at in range(0, len(audio), piece):
            client.send(frame(BINARY_FRAME, audio[at : at + piece]))
        client.send(frame(TEXT, b'{"type":"end"}'))
        while True:
            message = client.read_text()
            types.append(json.loads(message)["type"])
            if types[-1] == "report":
                head, tail = '{"type":"report","report":', "}"
                assert message.startswith(head)
                assert message.endswith(tail)
                assert client.read_until(CLOSE).close_code == 1000
                return message[len(head) : -len(tail)].encode(), types
            assert types[-1] != "error", message


def azure_rest(server: Server, audio: bytes, parameters: dict, content_type: str) -> dict:
    header = base64.b64encode(json.dumps(parameters).encode()).decode()
    answer = server.ask(
        "POST",
        f"{REST}?language=en-US&format=detailed",
        audio,
        {"Content-Type": content_type, "Pronunciation-Assessment": header},
    )
    assert answer.status == 200, answer.body
    return answer.json()


def azure_websocket(server: Server, audio: bytes, parameters: dict) -> dict:
    request_id = "0123456789ABCDEF0123456789ABCDEF"

    def text(path: str, body: dict) -> bytes:
        head = f"Path: {path}\r\nX-RequestId: {request_id}\r\nContent-Type: application/json\r\n\r\n"
        return frame(TEXT, (head + json.dumps(body)).encode())

    def sound(payload: bytes, content_type: str = "") -> bytes:
        head = f"Path: audio\r\nX-RequestId: {request_id}\r\n{content_type}".encode()
        return frame(BINARY_FRAME, len(head).to_bytes(2, "big") + head + payload)

    context = {
        "phraseDetection": {"enrichment": {"pronunciationAssessment": parameters}, "mode": "Conversation"},
        "phraseOutput": {"format": "Detailed"},
    }
    with Client(server.port, "/stt/speech/universal/v2?language=en-US") as client:
        client.send(text("speech.config", {"context": {}}), text("speech.context", context))
        client.send(sound(audio[:1000], "Content-Type: audio/x-wav\r\n"))
        for at in range(1000, len(audio), 3200):
            client.send(sound(audio[at : at + 3200]))
        client.send(sound(b""))
        phrase = None
        while True:
            head, _, body = client.read_text().partition("\r\n\r\n")
            assert request_id in head
            if "Path:speech.phrase" in head:
                phrase = json.loads(body)
            if "Path:turn.end" in head:
                assert phrase is not None
                return phrase


def hundredths(score: float) -> float:
    return int(score * 1000 + 0.5) / 10


def check_azure(phrase: dict, report: dict) -> None:
    assert phrase["RecognitionStatus"] == "Success"
    best = phrase["NBest"][0]
    for theirs, ours in (
        ("AccuracyScore", "accuracy"),
        ("FluencyScore", "fluency"),
        ("CompletenessScore", "completeness"),
        ("ProsodyScore", "prosody"),
    ):
        expected = pytest.approx(
            hundredths(report["utterance"][ours]), abs=0.11
        )  # the report has four decimals
        assert best[theirs] == expected
        assert best["PronunciationAssessment"][theirs] == expected
    assert [word["Word"] for word in best["Words"]] == [word["word"] for word in report["words"]]
    for word, ours in zip(best["Words"], report["words"], strict=True):
        assert word["AccuracyScore"] == pytest.approx(hundredths(ours["accuracy"]), abs=0.11)
        assert word["Offset"] == ours["start_ms"] * 10000
        phones = [phone for phone in ours["phonemes"] if phone["expected"] is not None]
        assert len(word["Phonemes"]) == len(phones)
        for phone, expected in zip(word["Phonemes"], phones, strict=True):
            assert phone["AccuracyScore"] == pytest.approx(hundredths(expected["score"]), abs=0.11)


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("name", NAMES)
def test_same_bytes_same_scores(server: Server, tmp_path: Path, name: str, form: str) -> None:
    audio = encoded(name, form)
    text = example(name)[1]
    expected = on_the_command_line(audio, text, tmp_path)
    answer = server.assess(audio, text)
    assert answer.status == 200
    assert answer.body == expected

    for piece in (777, 20000):
        report, types = streamed(server, audio, {"text": text, "audio": {"format": form}}, piece)
        assert report == expected.rstrip(b"\n")
        assert types[0] == "ready"
        assert "speech_started" in types
    if form == "wav":  # the samples alone
        start = {"text": text, "audio": {"format": "pcm_s16le", "sample_rate_hz": 16000, "channels": 1}}
        assert streamed(server, audio[audio.index(b"data") + 8 :], start, 3200)[0] == expected.rstrip(b"\n")

    parameters = {
        "ReferenceText": text,
        "GradingSystem": "HundredMark",
        "Dimension": "Comprehensive",
        "EnableProsodyAssessment": True,
    }
    report = json.loads(expected)
    check_azure(azure_rest(server, audio, parameters, f"audio/{form}"), report)
    check_azure(azure_websocket(server, audio, parameters), report)


def test_progress_comes_while_speaking(server: Server) -> None:
    audio = encoded("think_slt_good", "wav")
    text = example("think_slt_good")[1]
    words: list[int] = []
    with Client(server.port, "/v1/stream") as client:
        start = {"text": text, "audio": {"format": "wav"}, "progress_interval_ms": 300, "end_silence_ms": 400}
        client.send(frame(TEXT, json.dumps(start).encode()))
        client.socket.settimeout(0.1)
        messages: list[dict] = []
        for at in range(0, len(audio), 3200):
            client.send(frame(BINARY_FRAME, audio[at : at + 3200]))
            try:
                messages.append(json.loads(client.read_text()))
            except TimeoutError:
                continue
        client.socket.settimeout(20)
        client.send(frame(TEXT, b'{"type":"end"}'))
        while not messages or messages[-1]["type"] != "report":
            messages.append(json.loads(client.read_text()))
    words = [len(message["words"]) for message in messages if message["type"] == "progress"]
    assert words
    assert words == sorted(words)
    assert words[-1] <= len(messages[-1]["report"]["words"])


@pytest.mark.parametrize(
    ("frames", "code", "problem"),
    [
        ([(TEXT, b"{}")], 1007, "invalid-argument"),
        ([(TEXT, b'{"text":"hi","typo":1}')], 1007, "invalid-argument"),
        ([(TEXT, b'{"text":"hi","language":"tlh"}')], 1007, "invalid-argument"),
        ([(BINARY_FRAME, b"RIFF")], 1008, "bad-request"),
        ([(TEXT, b'{"text":"hi"}'), (TEXT, b"hello?")], 1008, "bad-request"),
        ([(TEXT, b'{"text":"hi"}'), (TEXT, b'{"type":"end"}')], 1007, "bad-audio"),
        (
            [
                (TEXT, b'{"text":"hi","audio":{"format":"pcm_s16le"},"max_duration_s":1}'),
                (BINARY_FRAME, bytes(40000)),
            ],
            1009,
            "audio-too-long",
        ),
        (
            [
                (TEXT, b'{"text":"hi","audio":{"format":"pcm_s16le"}}'),
                (BINARY_FRAME, bytes(40000)),
                (TEXT, b'{"type":"end"}'),
            ],
            1000,
            "no-speech",
        ),
    ],
)
def test_errors_end_the_stream_with_their_code(
    server: Server, frames: list[tuple[int, bytes]], code: int, problem: str
) -> None:
    with Client(server.port, "/v1/stream") as client:
        client.send(*(frame(opcode, payload) for opcode, payload in frames))
        while (message := json.loads(client.read_text()))["type"] != "error":
            assert message["type"] == "ready"
        assert message["problem"]["type"] == f"urn:higgins:problem:{problem}"
        closed = client.read_until(CLOSE)
        assert closed.close_code == code
        assert closed.payload[2:].decode() == problem


def test_initial_silence_can_end_the_stream(server: Server) -> None:
    with Client(server.port, "/v1/stream") as client:
        start = {
            "text": "hi",
            "audio": {"format": "pcm_s16le"},
            "initial_silence_ms": 500,
            "end_on_silence": True,
        }
        client.send(frame(TEXT, json.dumps(start).encode()), frame(BINARY_FRAME, bytes(32000)))
        types = [json.loads(client.read_text())["type"] for _ in range(3)]
        assert types == ["ready", "initial_silence", "error"]
