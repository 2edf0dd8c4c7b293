"""kill -9 in the middle of many batch jobs: none that was accepted is lost, none done twice.

HIGGINS_NUM_JOBS: how many. The server is killed three times while jobs are
being sent. "Done twice" is counted: what the last server says it did must be just what its predecessors had not done.
"""

from __future__ import annotations

import json
import os
import random
import sqlite3
import threading
import time
from pathlib import Path

import clips as recordings
import pytest
from harness import Answer, Server, multipart

NUM_JOBS = int(os.environ.get("HIGGINS_NUM_JOBS", "1000"))
NUM_SENDERS = 4
NUM_KILLS = 3


class Sender:
    """Sends jobs of one recording each; remembers those that were accepted, also over the death of the server."""

    def __init__(self, clip: recordings.Clip) -> None:
        self.clip = clip
        self.accepted: dict[str, str] = {}  # job -> the item's id
        self.lock = threading.Lock()
        self.numbers = list(range(NUM_JOBS))
        self.surprises: list[str] = []

    def take(self) -> int | None:
        with self.lock:
            return self.numbers.pop() if self.numbers else None

    def send_one(self, server: Server, number: int) -> bool:
        """Whether the job is with the server, as far as this client knows."""
        item = f"item-{number}"
        manifest = json.dumps({"id": item, "audio": "a", "text": self.clip.text})
        body, content_type = multipart({"manifest": manifest, "a": (self.clip.name, self.clip.data)})
        try:
            answer: Answer = server.ask(
                "POST", "/v1/batch", body, {"Content-Type": content_type}, timeout_s=30
            )
        except Exception:  # killed: not accepted, so far as anybody was told
            return False
        if answer.status == 202:
            with self.lock:
                self.accepted[answer.json()["id"]] = item
            return True
        if answer.status not in (429, 503):
            self.surprises.append(f"{answer.status} {answer.body[:200]!r}")
        return False

    def run(self, server: Server, stop: threading.Event) -> None:
        def send() -> None:
            while not stop.is_set() and (number := self.take()) is not None:
                while not self.send_one(server, number):
                    if stop.wait(0.05):
                        with self.lock:
                            self.numbers.append(number)
                        return

        threads = [threading.Thread(target=send) for _ in range(NUM_SENDERS)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()


def pending_items(data_dir: Path) -> int:
    """Read while no server has the store open."""
    with sqlite3.connect(data_dir / "jobs.sqlite3") as store:
        assert store.execute("PRAGMA integrity_check").fetchone() == ("ok",)
        return store.execute("SELECT count(*) FROM item WHERE state = 0").fetchone()[0]


def done_now(server: Server) -> float:
    return server.metric_sum("higgins_job_items_total")


def test_killed_in_the_middle(tmp_path: Path) -> None:
    random_ = random.Random(1)
    # Jobs must come in faster than one worker does them, or the kills would prove little.
    clip = min(recordings.spoken(tmp_path, 8, ["flac"]), key=lambda of: abs(of.seconds - 2.0))
    recordings.expect([clip], tmp_path)
    sender = Sender(clip)
    data_dir = tmp_path / "data"
    data_dir.mkdir()

    def server() -> Server:
        return Server("--data-dir", str(data_dir), "--workers", "1")

    # Killed while jobs come in and are done, more than once.
    num_pending, left_behind = 0, []
    for kill in range(NUM_KILLS):
        running = server().start()
        stop = threading.Event()
        thread = threading.Thread(target=sender.run, args=(running, stop))
        thread.start()
        wanted = NUM_JOBS * (kill + 1) // (NUM_KILLS + 2)
        deadline = time.monotonic() + 240
        while len(sender.accepted) < wanted and time.monotonic() < deadline:
            time.sleep(0.01)
        time.sleep(random_.uniform(0.05, 0.5))
        running.kill()
        stop.set()
        thread.join()
        running.log_file.unlink()
        num_pending = pending_items(data_dir)
        left_behind.append(num_pending)
    assert not sender.surprises
    assert max(left_behind) > 0, "everything was done before every kill"

    with server() as running:
        waited = 0
        deadline = time.monotonic() + 600
        while waited < 2 and time.monotonic() < deadline:  # twice the same: nothing moves any more
            before = done_now(running)
            time.sleep(0.3)
            waited = waited + 1 if done_now(running) == before >= num_pending else 0
        done_by_the_last = done_now(running)
        assert done_by_the_last == num_pending, "an item was done again, or not at all"
        sender.run(running, threading.Event())  # the rest
        assert len(sender.accepted) == NUM_JOBS
        for job, item in sender.accepted.items():
            check(running, job, item, clip)
        print(f"{len(sender.accepted)} jobs accepted, {num_pending} left for the last server")
    with sqlite3.connect(data_dir / "jobs.sqlite3") as store:
        doubled = store.execute(
            "SELECT job_id FROM item GROUP BY job_id HAVING count(*) > 1 OR count(DISTINCT position) != count(*)"
        ).fetchall()
        assert not doubled


def check(server: Server, job: str, item: str, clip: recordings.Clip) -> None:
    deadline = time.monotonic() + 600
    while time.monotonic() < deadline:
        answer = server.get(f"/v1/jobs/{job}")
        if answer.status in (429, 503):
            time.sleep(0.2)
            continue
        assert answer.status == 200, f"{job} is lost: {answer.status}"
        status = answer.json()
        if status["state"] == "done":
            assert (status["total"], status["done"], status["failed"]) == (1, 1, 0)
            assert [result["id"] for result in status["results"]] == [item]
            report = {name: value for name, value in status["results"][0].items() if name != "id"}
            assert report == clip.expected
            return
        time.sleep(0.1)
    pytest.fail(f"{job} is not done")
