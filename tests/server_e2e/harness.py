"""The real server as a child process, and raw sockets to talk to it. No test framework: soak and load use it too.

with Server("--queue-length", "8") as server:
    response = server.get("/healthz")
"""

from __future__ import annotations

import contextlib
import http.client
import json
import os
import re
import signal
import socket
import subprocess
import tempfile
import time
import uuid
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
BINARY = Path(
    os.environ.get("HIGGINS_BINARY")
    or os.environ.get("HIGGINS_PROGRAM")
    or ROOT / "build" / "release" / "higgins"
)
PACK = Path(os.environ.get("HIGGINS_PACK", ROOT / "packs" / "en-us"))
EXAMPLES = ROOT / "examples"
# What the tests start leaves nothing in the cache of whoever runs them.
os.environ.setdefault("HIGGINS_CACHE", "off")
READY_TIMEOUT_S = 180  # a busy machine: it is ready in 2 s on a quiet one


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


class Answer:
    """One HTTP answer, read whole."""

    def __init__(self, status: int, headers: Iterable[tuple[str, str]], body: bytes) -> None:
        self.status = status
        self.headers = {name.lower(): value for name, value in headers}
        self.body = body

    def json(self) -> dict:
        return json.loads(self.body)

    @property
    def problem(self) -> str:
        """NAME of urn:higgins:problem:NAME; empty when the body is no problem."""
        if not self.headers.get("content-type", "").startswith("application/problem+json"):
            return ""
        return self.json()["type"].removeprefix("urn:higgins:problem:")


class Server:
    """`higgins serve` on 127.0.0.1, at a port that the system gives it: one that was looked for beforehand may be taken
    before the server has it. Started once, by `with` or by start(); the log goes to a file, and says the port, so that
    a server whose log leaves out what is no warning cannot be started so."""

    def __init__(
        self,
        *arguments: str,
        pack: Path | None = PACK,
        wrap: Sequence[str] = (),
        environment: dict[str, str] | None = None,
        wait: bool = True,
    ) -> None:
        self.port = 0
        self.arguments = [str(argument) for argument in arguments]
        self.pack = pack
        self.wrap = [str(word) for word in wrap]
        self.environment = environment or {}
        self.wait = wait
        self.process: subprocess.Popen | None = None
        handle, name = tempfile.mkstemp(prefix="higgins-serve-", suffix=".log")
        os.close(handle)
        self.log_file = Path(name)

    def start(self) -> Server:
        command = [*self.wrap, str(BINARY), "serve", "--host", "127.0.0.1", "--port", "0"]
        if self.pack is not None:
            command += ["--pack", str(self.pack)]
        command += self.arguments
        environment = {**os.environ, **self.environment}
        with self.log_file.open("ab") as log:
            self.process = subprocess.Popen(
                command, stdin=subprocess.DEVNULL, stdout=log, stderr=log, env=environment
            )
        try:
            self._wait_until(self._read_port)
            if self.wait:
                self._wait_until(self._is_ready)
        except BaseException:
            self.kill()
            raise
        return self

    def _wait_until(self, reached: Callable[[], bool]) -> None:
        deadline = time.monotonic() + READY_TIMEOUT_S
        while time.monotonic() < deadline:
            if self.process.poll() is not None:
                raise RuntimeError(f"the server ended with {self.process.returncode}: {self.log()[-2000:]}")
            if reached():
                return
            time.sleep(0.05)
        raise RuntimeError(f"not ready after {READY_TIMEOUT_S} s: {self.log()[-2000:]}")

    def _read_port(self) -> bool:
        serving = re.search(r'"event":"serving","url":"[^"]*:(\d+)"', self.log())
        if serving:
            self.port = int(serving[1])
        return serving is not None

    def _is_ready(self) -> bool:
        with contextlib.suppress(OSError, http.client.HTTPException):
            return self.get("/readyz").status == 200
        return False

    def stop(self, timeout_s: float = 30) -> int:
        """SIGTERM; returns the exit status."""
        if self.process is None:
            return 0
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
        try:
            return self.process.wait(timeout_s)
        except subprocess.TimeoutExpired:
            self.kill()
            raise

    def kill(self) -> None:
        if self.process is not None and self.process.poll() is None:
            self.process.kill()
            self.process.wait()

    def alive(self) -> bool:
        return self.process is not None and self.process.poll() is None

    def log(self) -> str:
        return self.log_file.read_text(errors="replace")

    def __enter__(self) -> Server:
        return self.start()

    def __exit__(self, *_: object) -> None:
        try:
            if self.alive():
                self.stop()
        finally:
            self.kill()
            self.log_file.unlink(missing_ok=True)

    # -- asking

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def get(self, path: str, headers: dict[str, str] | None = None, timeout_s: float = 30) -> Answer:
        return self.ask("GET", path, headers=headers, timeout_s=timeout_s)

    def ask(
        self,
        method: str,
        path: str,
        body: bytes | None = None,
        headers: dict[str, str] | None = None,
        timeout_s: float = 60,
    ) -> Answer:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=timeout_s)
        try:
            connection.request(method, path, body=body, headers=headers or {})
            response = connection.getresponse()
            return Answer(response.status, response.getheaders(), response.read())
        finally:
            connection.close()

    def assess(
        self, audio: bytes, text: str, headers: dict[str, str] | None = None, **fields: str | list[str]
    ) -> Answer:
        body, content_type = multipart({"audio": ("clip", audio), "text": text, **fields})
        return self.ask("POST", "/v1/assess", body, {"Content-Type": content_type, **(headers or {})})

    def connect(self, timeout_s: float = 20) -> socket.socket:
        return socket.create_connection(("127.0.0.1", self.port), timeout=timeout_s)

    # -- looking

    def rss_bytes(self) -> int:
        for line in Path(f"/proc/{self.process.pid}/status").read_text().splitlines():
            if line.startswith("VmRSS:"):
                return int(line.split()[1]) * 1024
        raise RuntimeError("no VmRSS")

    def num_files(self) -> int:
        return len(os.listdir(f"/proc/{self.process.pid}/fd"))

    def metrics(self) -> dict[str, float]:
        """`name{labels}` -> value."""
        figures = {}
        for line in self.get("/metrics").body.decode().splitlines():
            if line and not line.startswith("#"):
                name, _, value = line.rpartition(" ")
                figures[name] = float(value)
        return figures

    def metric_sum(self, name: str, *needles: str) -> float:
        return sum(
            value
            for key, value in self.metrics().items()
            if key.partition("{")[0] == name and all(needle in key for needle in needles)
        )


def multipart(
    fields: dict[str, str | list[str] | tuple[str, bytes]], boundary: str | None = None
) -> tuple[bytes, str]:
    """A multipart/form-data body (RFC 7578) and its content type; a pair is a file: (name, bytes)."""
    boundary = boundary or f"higgins-{uuid.uuid4().hex}"
    parts: list[bytes] = []
    for name, value in fields.items():
        for one in value if isinstance(value, list) else [value]:
            head = f'--{boundary}\r\nContent-Disposition: form-data; name="{name}"'
            if isinstance(one, tuple):
                head += f'; filename="{one[0]}"\r\nContent-Type: application/octet-stream'
            data = one[1] if isinstance(one, tuple) else str(one).encode()
            parts.append(head.encode() + b"\r\n\r\n" + data + b"\r\n")
    return b"".join(parts) + f"--{boundary}--\r\n".encode(), f"multipart/form-data; boundary={boundary}"


def example(name: str) -> tuple[bytes, str]:
    """A recording of examples/ and its text."""
    text = json.loads((EXAMPLES / f"{name}.json").read_text())["text"]
    return (EXAMPLES / f"{name}.flac").read_bytes(), text


def read_answers(connection: socket.socket, timeout_s: float = 10) -> bytes:
    """Everything until the server closes, or nothing came for `timeout_s`."""
    connection.settimeout(timeout_s)
    received = b""
    try:
        while chunk := connection.recv(65536):
            received += chunk
    except (TimeoutError, ConnectionResetError):
        pass
    return received


def split_answers(received: bytes) -> list[Answer]:
    """The HTTP answers in a byte stream, by Content-Length. What cannot be read as such raises ValueError."""
    answers = []
    while received:
        head, separator, rest = received.partition(b"\r\n\r\n")
        if not separator:
            raise ValueError(f"no end of the head: {received[:200]!r}")
        lines = head.decode("latin-1").split("\r\n")
        version, status, *_ = lines[0].split(" ")
        if version not in ("HTTP/1.1", "HTTP/1.0"):
            raise ValueError(f"not a status line: {lines[0]!r}")
        headers = [(name, value.strip()) for name, _, value in (line.partition(":") for line in lines[1:])]
        length = int({n.lower(): v for n, v in headers}.get("content-length", "0"))
        if int(status) < 200 or int(status) == 204:
            length = 0
        if len(rest) < length:
            raise ValueError(f"a body of {len(rest)} bytes, {length} promised")
        answers.append(Answer(int(status), headers, rest[:length]))
        received = rest[length:]
    return answers
