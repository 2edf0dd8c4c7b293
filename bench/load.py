#!/usr/bin/env python3
"""Open-loop load (Poisson arrivals) on `higgins serve`, and in the same run on the pack behind FastAPI + onnxruntime.

usage: load.py [--seconds N] [--json FILE] [--no-baseline] [--workers N]

For each server: saturation is what it completes while requests are always waiting (closed loop, 2 a worker); then
requests arrive at random, independently of the answers, at 70 % and at 200 % of that. A latency counts from the moment
the request *should* have been sent, so that a driver that falls behind does not hide what a user would have waited (wrk
and hey do). The driver is a process of its own, but on the same machine: what it and everybody else take from the cores
is printed. 5 s of speech, 16 kHz wav, one connection a request.

The baseline does less work a request than Higgins: see fastapi_baseline/app.py.
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import json
import os
import random
import resource
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Coroutine
from dataclasses import dataclass, field
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT / "tests" / "server_e2e"))

import clips as recordings  # noqa: E402
from harness import BINARY, PACK, Server, free_port, multipart  # noqa: E402

BASELINE = ROOT / "bench" / "fastapi_baseline"
BASELINE_PYTHON = ROOT / ".deps" / "fastapi_baseline" / "bin" / "python"
REQUEST_TIMEOUT_S = 60


@dataclass
class Phase:
    """What came of one phase. Latencies in ms, of the answers with status 200 unless said otherwise."""

    seconds: float = 0.0
    latencies_ms: list[float] = field(default_factory=list)
    refused_ms: list[float] = field(default_factory=list)
    statuses: Counter = field(default_factory=Counter)
    late_ms: float = 0.0  # the most the driver itself was behind its schedule
    without_retry_after: int = 0

    def figures(self) -> dict:
        ordered = sorted(self.latencies_ms)
        refused = sorted(self.refused_ms)
        return {
            "seconds": round(self.seconds, 1),
            "statuses": {str(k): v for k, v in sorted(self.statuses.items(), key=str)},
            "completed_per_s": round(self.statuses[200] / self.seconds, 2) if self.seconds else 0,
            "p50_ms": quantile(ordered, 0.5),
            "p95_ms": quantile(ordered, 0.95),
            "p99_ms": quantile(ordered, 0.99),
            "max_ms": quantile(ordered, 1),
            "refused_p50_ms": quantile(refused, 0.5),
            "refused_p99_ms": quantile(refused, 0.99),
            "refused_without_retry_after": self.without_retry_after,
            "driver_late_ms": round(self.late_ms, 1),
        }


def quantile(ordered: list[float], q: float) -> float | None:
    return round(ordered[min(len(ordered) - 1, int(q * len(ordered)))], 1) if ordered else None


class Driver:
    def __init__(self, port: int, request: bytes) -> None:
        self.port = port
        self.request = request

    async def _ask(self) -> tuple[int | str, bool]:
        """Status, and whether the answer had Retry-After. One connection; the answer is read to its end."""
        reader, writer = await asyncio.open_connection("127.0.0.1", self.port)
        try:
            writer.write(self.request)
            await writer.drain()
            head = await reader.readuntil(b"\r\n\r\n")
            lower = head.lower()
            length = int(lower.partition(b"content-length:")[2].split(b"\r\n", 1)[0])
            await reader.readexactly(length)
            return int(head[9:12]), b"\r\nretry-after:" in lower
        finally:
            writer.close()
            with contextlib.suppress(OSError):
                await writer.wait_closed()

    async def _one(self, phase: Phase, scheduled: float) -> None:
        try:
            status, told_when = await asyncio.wait_for(self._ask(), REQUEST_TIMEOUT_S)
        except (OSError, asyncio.IncompleteReadError, TimeoutError, ValueError) as error:
            phase.statuses[type(error).__name__] += 1
            return
        took_ms = (time.perf_counter() - scheduled) * 1e3
        phase.statuses[status] += 1
        if status == 200:
            phase.latencies_ms.append(took_ms)
        else:
            phase.refused_ms.append(took_ms)
            phase.without_retry_after += status in (429, 503) and not told_when

    async def closed_loop(self, clients: int, seconds: float) -> Phase:
        phase = Phase()
        began = time.perf_counter()
        end = began + seconds

        async def client() -> None:
            while time.perf_counter() < end:
                await self._one(phase, time.perf_counter())

        await asyncio.gather(*(client() for _ in range(clients)))
        phase.seconds = time.perf_counter() - began
        return phase

    async def open_loop(self, rate_per_s: float, seconds: float, seed: int) -> Phase:
        """Exponential gaps. The phase lasts until the last answer; the rate of completion counts all of it."""
        phase = Phase()
        random_ = random.Random(seed)
        tasks = []
        began = time.perf_counter()
        scheduled = began
        while True:
            scheduled += random_.expovariate(rate_per_s)
            if scheduled - began > seconds:
                break
            await asyncio.sleep(max(0.0, scheduled - time.perf_counter()))
            phase.late_ms = max(phase.late_ms, (time.perf_counter() - scheduled) * 1e3)
            tasks.append(asyncio.create_task(self._one(phase, scheduled)))
        await asyncio.gather(*tasks)
        phase.seconds = time.perf_counter() - began
        return phase


class Cores:
    """How many cores the server, the driver and everybody else on the machine used: a measurement beside other work is
    none, and this shows it."""

    def __init__(self, server_pid: int) -> None:
        self.server_pid = server_pid
        self.began, self.before = time.perf_counter(), self._seconds()

    def _seconds(self) -> tuple[float, float, float]:
        ticks = os.sysconf("SC_CLK_TCK")
        user, nice, system, _, _, irq, softirq = (
            int(word) for word in Path("/proc/stat").read_text().split("\n", 1)[0].split()[1:8]
        )
        server = 0
        for stat in Path("/proc").glob("[0-9]*/stat"):
            with contextlib.suppress(OSError):
                fields = stat.read_text().rpartition(")")[2].split()
                if self.server_pid in (int(stat.parent.name), int(fields[2])):  # it, or of its process group
                    server += int(fields[11]) + int(fields[12])
        driver = resource.getrusage(resource.RUSAGE_SELF)
        all_ = (user + nice + system + irq + softirq) / ticks
        return all_, server / ticks, driver.ru_utime + driver.ru_stime

    def used(self) -> dict[str, float]:
        took = time.perf_counter() - self.began
        everybody, server, driver = (
            (now - then) / took for now, then in zip(self._seconds(), self.before, strict=True)
        )
        others = max(0.0, everybody - server - driver)
        return {"server": round(server, 2), "driver": round(driver, 2), "others": round(others, 2)}


def measure(name: str, port: int, pid: int, request: bytes, workers: int, seconds: float) -> dict:
    driver = Driver(port, request)

    def run(phase: Coroutine[None, None, Phase]) -> dict:
        cores = Cores(pid)
        figures = asyncio.run(phase).figures()
        return {**figures, "cores": cores.used()}

    run(driver.closed_loop(workers, max(2.0, seconds / 5)))  # warm-up
    saturated = run(driver.closed_loop(2 * workers, seconds))
    rate = saturated["completed_per_s"]
    result = {"name": name, "saturation_per_s": rate, "saturated": saturated}
    if rate > 0:
        for share in (0.7, 2.0):
            figures = run(driver.open_loop(share * rate, seconds, seed=round(share * 100)))
            result[f"at_{round(share * 100)}_percent"] = {"offered_per_s": round(share * rate, 2), **figures}
    return result


def build_request(clip: recordings.Clip) -> bytes:
    body, content_type = multipart({"audio": (clip.name, clip.data), "text": clip.text})
    head = (
        f"POST /v1/assess HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n"
        f"Content-Type: {content_type}\r\nContent-Length: {len(body)}\r\n\r\n"
    )
    return head.encode() + body


class Baseline:
    """uvicorn with one process a core."""

    def __init__(self, clip: recordings.Clip, workers: int, folder: Path) -> None:
        self.port = free_port()
        prompt = folder / "prompt.json"
        prompt.write_text(json.dumps({clip.text: _phones(clip.text)}))
        module = os.environ.get(
            "HIGGINS_PYTHON_MODULE", str(ROOT / "build" / "python" / "bindings" / "python")
        )
        environment = {
            **os.environ,
            "HIGGINS_PACK": str(PACK),
            "HIGGINS_BASELINE_PROMPT": str(prompt),
            "PYTHONPATH": os.pathsep.join([str(BASELINE), module, str(Path(module).parents[1])]),
            "OMP_NUM_THREADS": "1",
        }
        command = [
            str(BASELINE_PYTHON),
            "-m",
            "uvicorn",
            "app:app",
            "--host",
            "127.0.0.1",
            "--port",
            str(self.port),
        ]
        command += ["--workers", str(workers), "--no-access-log", "--log-level", "warning"]
        self.process = subprocess.Popen(
            command, env=environment, stdin=subprocess.DEVNULL, start_new_session=True
        )

    def __enter__(self) -> Baseline:
        probe = b"GET /readyz HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n"
        deadline = time.monotonic() + 120
        while time.monotonic() < deadline and self.process.poll() is None:
            with contextlib.suppress(OSError):
                if asyncio.run(Driver(self.port, probe)._ask())[0] == 200:
                    time.sleep(5)  # the other processes load the pack too
                    return self
            time.sleep(0.2)
        self.__exit__()
        raise RuntimeError("the baseline did not start")

    def __exit__(self, *_: object) -> None:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self.process.pid, signal.SIGTERM)
        try:
            self.process.wait(20)
        except subprocess.TimeoutExpired:
            os.killpg(self.process.pid, signal.SIGKILL)
            self.process.wait()


def _phones(text: str) -> list[tuple[str, str]]:
    command = [str(BINARY), "phones", text, "--json", "--pack", str(PACK)]
    words = json.loads(subprocess.run(command, check=True, capture_output=True, text=True).stdout)["words"]
    return [(word["word"], word["variants"][0]["arpabet"]) for word in words]


def show(result: dict) -> None:
    print(
        f"{result['name']}: {result['saturation_per_s']} requests/s at saturation, cores {result['saturated']['cores']}"
    )
    for name in ("at_70_percent", "at_200_percent"):
        if name not in result:
            continue
        phase = result[name]
        print(
            f"  {name.replace('_', ' ')}: offered {phase['offered_per_s']}/s, completed {phase['completed_per_s']}/s,"
            f" p50 {phase['p50_ms']} ms, p99 {phase['p99_ms']} ms, statuses {phase['statuses']},"
            f" refused after p99 {phase['refused_p99_ms']} ms, cores {phase['cores']}",
            flush=True,
        )


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--seconds", type=float, default=20, help="length of each phase")
    parser.add_argument(
        "--workers", type=int, default=os.cpu_count(), help="one-thread workers of either server"
    )
    parser.add_argument("--json", type=Path, help="where the figures go")
    parser.add_argument("--no-baseline", action="store_true")
    options = parser.parse_args()
    with recordings.folder() as name:
        folder = Path(name)
        clip = recordings.five_seconds(folder)
        request = build_request(clip)
        results = []
        with Server("--workers", str(options.workers)) as server:
            results.append(
                measure(
                    "higgins serve",
                    server.port,
                    server.process.pid,
                    request,
                    options.workers,
                    options.seconds,
                )
            )
            show(results[-1])
        if not options.no_baseline:
            with Baseline(clip, options.workers, folder) as baseline:
                results.append(
                    measure(
                        "FastAPI + onnxruntime",
                        baseline.port,
                        baseline.process.pid,
                        request,
                        options.workers,
                        options.seconds,
                    )
                )
                show(results[-1])
            if not results[1]["saturation_per_s"]:
                raise SystemExit("the baseline answered nothing: see its log above")
            ratio = results[0]["saturation_per_s"] / results[1]["saturation_per_s"]
            print(f"higgins serve completes {ratio:.2f} times as many requests a second at saturation")
    if options.json:
        load = os.getloadavg()
        summary = {
            "cores": os.cpu_count(),
            "workers": options.workers,
            "load_average_after": load,
            "results": results,
        }
        options.json.write_text(json.dumps(summary, indent=1) + "\n")


if __name__ == "__main__":
    main()
