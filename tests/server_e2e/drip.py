#!/usr/bin/env python3
"""A thousand connections that send a byte now and then (slow-loris), in a process of their own, while an honest client
measures how long its requests take: its p99 must less than double.

usage: drip.py [--connections N] [--requests N]
"""

from __future__ import annotations

import argparse
import json
import multiprocessing
import socket
import sys
import time
from multiprocessing.synchronize import Event
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))

import clips as recordings
from harness import Server, multipart

# Half of them never finish their head, half never their body.
HEAD = b"POST /v1/assess HTTP/1.1\r\nHost: 127.0.0.1\r\nX: "
BODY = (
    b"POST /v1/assess HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: multipart/form-data; boundary=x\r\n"
    b'Content-Length: 1000000\r\n\r\n--x\r\nContent-Disposition: form-data; name="audio"\r\n\r\n'
)


def drip(port: int, count: int, opened: Event, stop: Event) -> None:
    """Keeps `count` slow connections: one that the server closes is opened again."""
    connections: dict[int, socket.socket] = {}

    def connect(number: int) -> None:
        connection = socket.create_connection(("127.0.0.1", port), timeout=10)
        connection.sendall(HEAD if number % 2 else BODY)
        connection.setblocking(False)
        connections[number] = connection

    for number in range(count):
        connect(number)
    opened.set()
    while not stop.is_set():
        for number in range(count):
            try:
                connections[number].send(b"a")
                if connections[number].recv(1024) == b"":
                    raise ConnectionResetError
            except BlockingIOError:
                pass
            except OSError:
                connections[number].close()
                try:
                    connect(number)
                except OSError:
                    time.sleep(0.01)
        stop.wait(0.5)
    for connection in connections.values():
        connection.close()


def latencies_ms(server: Server, count: int, body: bytes, content_type: str) -> list[float]:
    """Sorted; a refused or failed request raises."""
    times = []
    for _ in range(count):
        began = time.perf_counter()
        answer = server.ask("POST", "/v1/assess", body, {"Content-Type": content_type})
        times.append((time.perf_counter() - began) * 1e3)
        if answer.status != 200:
            raise RuntimeError(f"{answer.status} {answer.body[:200]!r}")
    return sorted(times)


def quantile(ordered: list[float], q: float) -> float:
    return ordered[min(len(ordered) - 1, int(q * len(ordered)))]


def compare(num_connections: int, num_requests: int, max_ratio: float = 2) -> int:
    with recordings.folder() as name, Server() as server:
        clip = next(clip for clip in recordings.spoken(Path(name), 2, ["wav"]) if clip.seconds >= 1)
        body, content_type = multipart({"audio": (clip.name, clip.data), "text": clip.text})
        latencies_ms(server, 5, body, content_type)
        alone = latencies_ms(server, num_requests, body, content_type)
        context = multiprocessing.get_context("spawn")
        opened, stop = context.Event(), context.Event()
        process = context.Process(target=drip, args=(server.port, num_connections, opened, stop), daemon=True)
        process.start()
        try:
            if not opened.wait(60):
                raise RuntimeError("the slow connections could not be opened")
            # Connected is not yet accepted: some still wait in the kernel's queue.
            deadline = time.monotonic() + 20
            while (open_files := server.num_files()) < num_connections and time.monotonic() < deadline:
                time.sleep(0.1)
            beside = latencies_ms(server, num_requests, body, content_type)
        finally:
            stop.set()
            process.join(20)
        figures = {
            "connections": num_connections,
            "open_files_of_the_server": open_files,
            "requests": num_requests,
            "alone_ms": {"p50": round(quantile(alone, 0.5), 1), "p99": round(quantile(alone, 0.99), 1)},
            "beside_ms": {"p50": round(quantile(beside, 0.5), 1), "p99": round(quantile(beside, 0.99), 1)},
            "p99_ratio": round(quantile(beside, 0.99) / quantile(alone, 0.99), 2),
        }
        print(json.dumps(figures, indent=1))
        return 0 if figures["p99_ratio"] < max_ratio and open_files >= num_connections * 0.9 else 1


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--connections", type=int, default=1000)
    parser.add_argument("--requests", type=int, default=200)
    options = parser.parse_args()
    sys.exit(compare(options.connections, options.requests))


if __name__ == "__main__":
    main()
