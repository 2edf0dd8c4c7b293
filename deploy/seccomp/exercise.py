"""Everything the server does, once: what record.py watches, and what must still work under the profile."""

from __future__ import annotations

import json
import signal
import socket
import sys
import tempfile
import threading
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "tests" / "server_e2e"))

import clips as recordings
from harness import Server, multipart, read_answers
from ws_frames import PING, PONG, Client, frame

# m4a is left out: it starts ffmpeg, which neither the image nor the profile has.
FORMATS = ["wav", "24.wav", "flac", "mp3", "ogg", "opus", "webm"]


def exercise(server: Server, num_rounds: int) -> None:
    """Raises AssertionError when an answer is not as it should be."""
    with tempfile.TemporaryDirectory() as name:
        clips = recordings.spoken(Path(name), 2, FORMATS)
        threads = [threading.Thread(target=_assess, args=(server, clips)) for _ in range(4)]
        for _ in range(num_rounds):
            _assess(server, clips)
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        for path in (
            "/v1/phones?text=bear",
            "/v1/packs",
            "/metrics",
            "/healthz",
            "/readyz",
            "/openapi.json",
            "/docs",
            "/",
        ):
            assert server.get(path).status in (200, 404), path
        _batch(server, clips)
    _hostile(server)
    client = Client(server.port, "/v1/stream")
    if client.status == 101:
        client.send(frame(PING, b"x"))
        assert client.read_until(PONG).payload == b"x"
    client.socket.close()
    server.process.send_signal(signal.SIGHUP)  # keys and packs again
    deadline = time.monotonic() + 180
    while time.monotonic() < deadline and server.metric_sum("higgins_reloads_total") < 1:
        time.sleep(0.1)
    assert server.metric_sum("higgins_reloads_total", "done") >= 1, "no reload"


def _assess(server: Server, clips: list[recordings.Clip]) -> None:
    for clip in clips:
        for _ in range(100):
            answer = server.assess(clip.data, clip.text)
            if answer.status not in (429, 503):
                break
            time.sleep(0.1)
        assert answer.status in (200, 422), answer.body


def _batch(server: Server, clips: list[recordings.Clip]) -> None:
    lines = [
        json.dumps({"id": str(i), "audio": f"a{i}", "text": clip.text}) for i, clip in enumerate(clips[:3])
    ]
    parts = {f"a{i}": (clip.name, clip.data) for i, clip in enumerate(clips[:3])}
    body, content_type = multipart({"manifest": "\n".join(lines), **parts})
    accepted = server.ask("POST", "/v1/batch", body, {"Content-Type": content_type})
    assert accepted.status == 202, accepted.body
    deadline = time.monotonic() + 120
    while time.monotonic() < deadline:
        if server.get(accepted.json()["status_url"]).json().get("state") == "done":
            return
        time.sleep(0.2)
    raise AssertionError("the job is not done")


def _hostile(server: Server) -> None:
    for request in (
        b"\x16\x03\x01",
        b"GET / HTTP/1.1\r\n\r\n",
        b"POST /v1/assess HTTP/1.1\r\nHost: a\r\nContent-Length: 9\r\n\r\nab",
    ):
        with server.connect() as connection:
            connection.sendall(request)
            connection.shutdown(socket.SHUT_WR)
            read_answers(connection, 5)
