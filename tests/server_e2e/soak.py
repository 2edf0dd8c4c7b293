#!/usr/bin/env python3
"""Many mixed requests against the real server: every format, 0.5 to 10 s, a tenth of them malformed.

Every honest answer must be the report of `higgins batch` on the same recording, every malformed one must be refused,
and the server must neither end, nor grow, nor keep a file open.

usage: soak.py [--requests N] [--clients N] [--seed N] [--max-growth-mb N]
"""

from __future__ import annotations

import argparse
import collections
import http.client
import json
import random
import socket
import struct
import sys
import threading
import time
import urllib.parse
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))

import clips as recordings
from clips import Clip
from harness import Answer, Server, multipart, read_answers, split_answers

HEAD = b"POST /v1/assess HTTP/1.1\r\nHost: 127.0.0.1\r\n"
BUSY = {"queue-full", "rate-limited", "deadline-exceeded"}
MALFORMED_SHARE = 0.1
# error.code of the engine -> statuses of the API.
STATUSES = {
    "bad_audio": {422},
    "unsupported_audio": {415},
    "audio_too_long": {413},
    "audio_too_short": {422},
    "no_speech": {422},
    "invalid_argument": {400},
}


@dataclass
class Tally:
    lock: threading.Lock = field(default_factory=threading.Lock)
    kinds: collections.Counter = field(default_factory=collections.Counter)
    statuses: collections.Counter = field(default_factory=collections.Counter)
    failures: list[str] = field(default_factory=list)
    seconds_of_audio: float = 0.0
    busy: int = 0
    done: int = 0

    def note(self, kind: str, status: int | str, failure: str = "") -> None:
        with self.lock:
            self.kinds[kind] += 1
            self.statuses[status] += 1
            self.done += 1
            if failure:
                self.failures.append(f"{kind}: {failure}")


class Soaker:
    def __init__(self, server: Server, clips: list[Clip], seed: int) -> None:
        self.server = server
        self.clips = clips
        # A short clip is as much of a test as a long one, and ten times as cheap.
        self.weights = [1 / (0.3 + clip.seconds) for clip in clips]
        self.random = random.Random(seed)
        self.tally = Tally()
        self.phones: dict[str, bytes] = {}

    # -- honest

    def assess(self, random_: random.Random) -> None:
        clip = random_.choices(self.clips, self.weights)[0]
        body, content_type = multipart({"audio": (clip.name, clip.data), "text": clip.text})
        for _ in range(200):
            answer = self._send(random_, body, content_type)
            if answer.problem not in BUSY:
                break
            with self.tally.lock:
                self.tally.busy += 1
            time.sleep(0.2 + random_.random())
        with self.tally.lock:
            self.tally.seconds_of_audio += clip.seconds
        self.tally.note("assess", answer.status, self._wrong(clip, answer))

    def _send(self, random_: random.Random, body: bytes, content_type: str) -> Answer:
        connection = http.client.HTTPConnection("127.0.0.1", self.server.port, timeout=120)
        try:
            headers = {"Content-Type": content_type}
            if random_.random() < 0.3:  # in chunks of any size
                size = random_.choice([1000, 4096, 65536])
                pieces = (body[i : i + size] for i in range(0, len(body), size))
                connection.request("POST", "/v1/assess", pieces, headers, encode_chunked=True)
            else:
                connection.request("POST", "/v1/assess", body, headers)
            response = connection.getresponse()
            return Answer(response.status, response.getheaders(), response.read())
        finally:
            connection.close()

    def _wrong(self, clip: Clip, answer: Answer) -> str:
        """What is wrong with an answer; empty: nothing."""
        error = clip.expected.get("error")
        if error:
            right = answer.status in STATUSES.get(error["code"], set()) and answer.problem
            return "" if right else f"{clip.name}: {answer.status} {answer.body[:200]!r}, expected {error}"
        if answer.status != 200:
            return f"{clip.name}: {answer.status} {answer.body[:200]!r}"
        return (
            ""
            if answer.json() == clip.expected
            else f"{clip.name}: another report than `higgins batch` gives"
        )

    def ask_phones(self, random_: random.Random) -> None:
        text = random_.choice(self.clips).text
        answer = self.server.get(f"/v1/phones?text={urllib.parse.quote(text)}")
        with self.tally.lock:
            first = self.phones.setdefault(text, answer.body)
        wrong = "" if answer.status == 200 and answer.body == first else f"{answer.status} for {text!r}"
        self.tally.note("phones", answer.status, wrong)

    # -- malformed

    def malformed(self, random_: random.Random) -> None:
        kinds: list[Callable[[random.Random], tuple[int | str, str]]] = [
            self._damaged_audio,
            self._damaged_audio,
            self._broken_form,
            self._wrong_fields,
            self._raw_bytes,
            self._leaves_early,
        ]
        kind = random_.choice(kinds)
        status, wrong = kind(random_)
        self.tally.note(kind.__name__.strip("_"), status, wrong)

    @staticmethod
    def _refused(answer: Answer, *, or_answered: bool = False) -> tuple[int, str]:
        fine = (400 <= answer.status < 500 and answer.problem) or answer.problem in BUSY
        if or_answered and answer.status == 200:
            return 200, ""
        return answer.status, "" if fine else f"{answer.status} {answer.body[:200]!r}"

    def _damaged_audio(self, random_: random.Random) -> tuple[int, str]:
        answer = self.server.assess(recordings.damaged(self.clips, random_), "I think this is the very best")
        # Some damage leaves a recording: then there is a report, or no speech in it.
        return self._refused(answer, or_answered=True)

    def _broken_form(self, random_: random.Random) -> tuple[int, str]:
        clip = random_.choice(self.clips)
        body, content_type = multipart({"audio": ("a", clip.data[:2000]), "text": "bear"}, boundary="x" * 20)
        cut = random_.randrange(len(body) - 30)
        variants = [
            (body[:cut], content_type),
            (body, "multipart/form-data"),
            (body, "multipart/form-data; boundary=other"),
            (body, f"multipart/form-data; boundary={'y' * 100}"),
            (body, "application/json"),
            (body.replace(b"\r\n", b"\n"), content_type),
            (body.replace(b"form-data", b"form"), content_type),
            (body.replace(b'name="audio"', b'name="'), content_type),
            (body.replace(b"\r\n\r\n", b"\r\n" + b"X: y\r\n" * 1000 + b"\r\n"), content_type),
            (b"--" + b"x" * 20 + b"--\r\n", content_type),
            (b"", content_type),
        ]
        data, kind = random_.choice(variants)
        return self._refused(self.server.ask("POST", "/v1/assess", data, {"Content-Type": kind}))

    def _wrong_fields(self, random_: random.Random) -> tuple[int, str]:
        clip = random_.choice(self.clips)
        audio = ("a", clip.data)
        variants: list[dict] = [
            {"audio": audio},
            {"text": "bear"},
            {"audio": audio, "text": ""},
            {"audio": audio, "text": "1234567890" * 2000},
            {"audio": audio, "text": "bear", "language": "xx-XX"},
            {"audio": audio, "text": "bear", "detail_level": "everything"},
            {"audio": audio, "text": "bear", "strictness": "very"},
            {"audio": audio, "text": "bear", "strictness": "1e99"},
            {"audio": audio, "text": "bear", "pronunciation": "bear=B QQ R"},
            {"audio": audio, "text": "bear", "pronunciation": "bear"},
            {"audio": audio, "text": "bear", "format": "xml"},
        ]
        body, content_type = multipart(random_.choice(variants))
        return self._refused(self.server.ask("POST", "/v1/assess", body, {"Content-Type": content_type}))

    def _raw_bytes(self, random_: random.Random) -> tuple[int | str, str]:
        variants = [
            random_.randbytes(random_.randrange(1, 3000)),
            HEAD + b"Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
            HEAD + b"X: a\r\n b\r\n\r\n",
            b"GET / HTTP/1.1\nHost: a\n\n",
            HEAD + b"X: " + b"a" * 100_000 + b"\r\n\r\n",
            b"\x16\x03\x01" + random_.randbytes(300),
            HEAD + b"Content-Length: -1\r\n\r\n",
        ]
        with self.server.connect() as connection:
            try:
                connection.sendall(random_.choice(variants))
                connection.shutdown(socket.SHUT_WR)
            except OSError:
                pass
            received = read_answers(connection, 15)
        if not received:
            return "closed", ""
        status = split_answers(received)[0].status
        return status, "" if 400 <= status < 510 and status != 500 else f"{status} to raw bytes"

    def _leaves_early(self, random_: random.Random) -> tuple[str, str]:
        clip = random_.choice(self.clips)
        body, content_type = multipart({"audio": ("a", clip.data), "text": clip.text})
        whole = HEAD + f"Content-Type: {content_type}\r\nContent-Length: {len(body)}\r\n\r\n".encode() + body
        with self.server.connect() as connection:
            if random_.random() < 0.5:
                connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            connection.sendall(whole[: random_.randrange(len(whole) + 1)])
        return "left", ""

    # -- all

    def run(self, num_requests: int, num_clients: int) -> None:
        first = self.tally.done
        numbers = iter(range(num_requests))
        lock = threading.Lock()
        seeds = [self.random.random() for _ in range(num_clients)]

        def client(seed: float) -> None:
            random_ = random.Random(seed)
            while True:
                with lock:
                    if next(numbers, None) is None:
                        return
                try:
                    self._one(random_)
                except Exception as error:  # every surprise is a failure to report
                    self.tally.note("client", "none", f"{type(error).__name__}: {error}")
                    if not self.server.alive():
                        return

        threads = [threading.Thread(target=client, args=(seed,)) for seed in seeds]
        for thread in threads:
            thread.start()
        shown = time.monotonic()
        while any(thread.is_alive() for thread in threads):
            time.sleep(0.1)
            if time.monotonic() - shown > 30:
                shown = time.monotonic()
                print(
                    f"  {self.tally.done - first} of {num_requests}, {len(self.tally.failures)} wrong",
                    flush=True,
                )

    def _one(self, random_: random.Random) -> None:
        choice = random_.random()
        if choice < MALFORMED_SHARE:
            self.malformed(random_)
        elif choice < MALFORMED_SHARE + 0.1:
            self.ask_phones(random_)
        else:
            self.assess(random_)


def settled_rss(server: Server) -> int:
    """Resident bytes once what was in flight is over."""
    time.sleep(1)
    return server.rss_bytes()


def soak(num_requests: int, num_clients: int, seed: int, max_growth_mb: float) -> int:
    """The exit status: 0 when all is well. Prints what was found."""
    with recordings.folder() as name:
        folder = Path(name)
        clips = recordings.spoken(folder, every=1 if num_requests > 2000 else 7)
        recordings.expect(clips, folder)
        with Server("--queue-length", "256", "--max-wait-ms", "0", "--deadline-ms", "60000") as server:
            return _soak(Soaker(server, clips, seed), num_requests, num_clients, max_growth_mb)


def _soak(soaker: Soaker, num_requests: int, num_clients: int, max_growth_mb: float) -> int:
    server = soaker.server
    # Each worker's buffers grow to the longest clip once: that is no leak.
    warm_up = max(100, num_requests // 5)
    soaker.run(warm_up, num_clients)
    before, files_before = settled_rss(server), server.num_files()
    began = time.monotonic()
    soaker.run(num_requests - warm_up, num_clients)
    took_s = time.monotonic() - began
    alive = server.alive()
    growth_mb = (settled_rss(server) - before) / 1e6 if alive else float("nan")
    files = server.num_files() if alive else -1
    failures = list(soaker.tally.failures)
    if not alive:
        failures.append(f"the server ended: {server.log()[-1000:]}")
    elif growth_mb >= max_growth_mb:
        failures.append(f"memory grew by {growth_mb:.1f} MB")
    if files > files_before + 4:
        failures.append(f"{files} open files, {files_before} before")
    figures = {
        "requests": soaker.tally.done,
        "kinds": dict(soaker.tally.kinds),
        "statuses": {str(status): count for status, count in sorted(soaker.tally.statuses.items(), key=str)},
        "audio_seconds": round(soaker.tally.seconds_of_audio, 1),
        "distinct_recordings": len(soaker.clips),
        "told_to_wait": soaker.tally.busy,
        "per_s": round((num_requests - warm_up) / took_s, 1),
        "rss_mb": round(before / 1e6, 1),
        "growth_mb": round(growth_mb, 1),
        "open_files": [files_before, files],
        "wrong": len(failures),
    }
    print(json.dumps(figures, indent=1))
    for failure in failures[:20]:
        print(f"WRONG {failure}")
    return 1 if failures else 0


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--requests", type=int, default=1000)
    parser.add_argument("--clients", type=int, default=8)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--max-growth-mb", type=float, default=20)
    options = parser.parse_args()
    sys.exit(soak(options.requests, options.clients, options.seed, options.max_growth_mb))


if __name__ == "__main__":
    main()
