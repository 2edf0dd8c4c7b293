"""The life of a server: configuration, overload, reload, drain, TLS, jobs that survive kill -9."""

from __future__ import annotations

import http.client
import json
import shutil
import signal
import ssl
import subprocess
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from harness import BINARY, EXAMPLES, PACK, Answer, Server, example, multipart

NAME = "think_slt_good"


def wait_for(condition, timeout_s: float = 60) -> None:
    deadline = time.monotonic() + timeout_s
    while not condition():
        assert time.monotonic() < deadline, "it did not happen in time"
        time.sleep(0.02)


def many(server: Server, count: int, **fields: str) -> list[Answer]:
    audio, text = example(NAME)
    with ThreadPoolExecutor(count) as pool:
        return list(pool.map(lambda _: server.assess(audio, text, **fields), range(count)))


# -- configuration


def serve(*arguments: str) -> subprocess.CompletedProcess:
    return subprocess.run(
        [BINARY, "serve", *arguments], capture_output=True, text=True, check=False, timeout=60
    )


def test_check_config_says_what_is_wrong_and_what_to_do(tmp_path: Path) -> None:
    good = serve("--check-config", "--pack", str(PACK))
    assert (good.returncode, good.stderr) == (0, ""), good.stderr
    keys = tmp_path / "keys.json"
    keys.write_text('{"keys": [{"name": "a"}]}')
    bad = serve("--check-config", "--pack", str(tmp_path), "--host", "0.0.0.0", "--tls-key", "nowhere.pem")
    assert bad.returncode == 11
    for words in ("--keys FILE", "belong together", "nowhere.pem", "manifest.json"):
        assert words in bad.stderr, words
    assert "key 1: " in serve("--check-config", "--pack", str(PACK), "--keys", str(keys)).stderr


def test_refuses_to_start_with_one_line(tmp_path: Path) -> None:
    for arguments, code in [
        (["--host", "0.0.0.0"], 11),
        (["--port", "http"], 2),
        (["--frobnicate"], 2),
        (["--pack", str(tmp_path)], 18),
        (["--host", "not.an.address", "--allow-anonymous", "--pack", str(PACK)], 11),
    ]:
        run = serve(*arguments)
        assert run.returncode == code, (arguments, run.stderr)
        assert run.stderr.count("\n") == 1, run.stderr
    assert "Examples:" in serve("--help").stdout


def test_a_port_that_is_taken_is_said_so() -> None:
    with Server() as server:
        run = serve("--pack", str(PACK), "--port", str(server.port))
        assert run.returncode == 11
        assert "in use" in run.stderr


# -- overload


def test_too_many_requests_get_429_and_the_rest_their_report() -> None:
    with Server("--workers", "1", "--queue-length", "2") as server:
        many(server, 1)
        answers = many(server, 24)
        statuses = [answer.status for answer in answers]
        assert set(statuses) == {200, 429}
        assert len({answer.body for answer in answers if answer.status == 200}) == 1
        for answer in answers:
            if answer.status == 429:
                assert answer.problem == "queue-full"
                assert int(answer.headers["retry-after"]) >= 1
        assert server.metrics()['higgins_rejections_total{reason="queue-full"}'] == statuses.count(429)
        assert server.metrics()['higgins_queue_length{priority="live"}'] == 0


def test_a_request_that_waits_too_long_gets_503() -> None:
    with Server("--workers", "1", "--deadline-ms", "60", "--max-wait-ms", "0") as server:
        answers = many(server, 12)
        assert {answer.status for answer in answers} <= {200, 503}
        assert {answer.problem for answer in answers if answer.status == 503} == {"deadline-exceeded"}


# -- reload and drain


def test_a_reload_swaps_pack_and_keys_without_dropping_a_request(tmp_path: Path) -> None:
    pack = tmp_path / "pack"
    shutil.copytree(PACK, pack)
    with Server("--pack", str(pack), pack=None) as server:
        done = threading.Event()
        answers: list[Answer] = []

        def ask() -> None:
            audio, text = example(NAME)
            while not done.is_set():
                answers.append(server.assess(audio, text))

        asking = threading.Thread(target=ask)
        asking.start()
        manifest = json.loads((pack / "manifest.json").read_text())
        manifest["version"] = "2099.1.1"
        (pack / "new.json").write_text(json.dumps(manifest))
        (pack / "new.json").replace(pack / "manifest.json")
        server.process.send_signal(signal.SIGHUP)
        wait_for(lambda: server.get("/v1/packs").json()["packs"][0]["version"] == "2099.1.1")
        num_before = len(answers)
        wait_for(lambda: len(answers) > num_before + 2)
        done.set()
        asking.join()
        assert {answer.status for answer in answers} == {200}
        assert {answer.json()["pack_version"] for answer in answers} >= {"2099.1.1"}
        # A pack that is broken leaves the old one.
        (pack / "manifest.json").write_text("{")
        server.process.send_signal(signal.SIGHUP)
        wait_for(lambda: server.metrics().get('higgins_reloads_total{result="failed"}') == 1)
        assert server.get("/v1/packs").json()["packs"][0]["version"] == "2099.1.1"


def test_a_reload_takes_new_keys_and_forgets_old_ones(tmp_path: Path) -> None:
    file = tmp_path / "keys.json"

    def new_key(name: str) -> str:
        lines = serve("--new-key", name).stdout.splitlines()
        file.write_text(json.dumps({"keys": [json.loads(lines[1].partition(": ")[2])]}))
        return lines[0].split()[-1]

    old = new_key("old")
    with Server("--keys", str(file)) as server:
        assert server.get("/v1/packs", {"X-API-Key": old}).status == 200
        new = new_key("new")
        server.process.send_signal(signal.SIGHUP)
        wait_for(lambda: server.get("/v1/packs", {"X-API-Key": new}).status == 200)
        assert server.get("/v1/packs", {"X-API-Key": old}).status == 401


def test_several_packs_are_chosen_by_name(tmp_path: Path) -> None:
    other = tmp_path / "other"
    shutil.copytree(PACK, other)
    manifest = json.loads((other / "manifest.json").read_text())
    manifest |= {"name": "other", "version": "2099.1.1"}
    (other / "manifest.json").write_text(json.dumps(manifest))
    with Server("--pack", str(other)) as server:
        assert [pack["name"] for pack in server.get("/v1/packs").json()["packs"]] == ["en-us", "other"]
        audio, text = example(NAME)
        assert server.assess(audio, text, pack="other").json()["pack_version"] == "2099.1.1"
        assert server.assess(audio, text).json()["pack_version"] != "2099.1.1"


def test_sigterm_finishes_what_is_under_way(tmp_path: Path) -> None:
    # Long, so that the first is still being assessed when the last has come in: what has not been read at the signal is
    # refused, and rightly.
    long = tmp_path / "long.flac"
    subprocess.run(["sox", EXAMPLES / f"{NAME}.flac", long, "repeat", "11"], check=True)
    audio, text = long.read_bytes(), " ".join([example(NAME)[1]] * 12)
    patient = ("--max-wait-ms", "0", "--deadline-ms", "60000", "--drain-timeout-ms", "60000")
    with Server("--workers", "1", *patient) as server:
        idle = http.client.HTTPConnection("127.0.0.1", server.port)
        idle.request("GET", "/healthz")
        idle.getresponse().read()

        def one_runs_and_three_wait() -> bool:
            # In this order: whatever runs now is none of those that wait later.
            runs = server.metrics()["higgins_workers_busy"] == 1
            return runs and server.metrics()['higgins_queue_length{priority="live"}'] == 3

        with ThreadPoolExecutor(4) as pool:
            under_way = [pool.submit(server.assess, audio, text) for _ in range(4)]
            wait_for(one_runs_and_three_wait)
            started = time.monotonic()
            server.process.send_signal(signal.SIGTERM)
            assert [answer.result().status for answer in under_way] == [200] * 4
        assert server.process.wait(20) == 0
        assert time.monotonic() - started < 55  # not held up by the idle connection
        ended = json.loads(server.log().splitlines()[-1])
        assert (ended["event"], ended["connections_cut"]) == ("ended", 0)


def test_the_drain_timeout_cuts_who_does_not_end() -> None:
    with Server("--drain-timeout-ms", "300") as server, server.connect() as half:
        half.sendall(b"POST /v1/assess HTTP/1.1\r\nHost: a\r\nContent-Length: 100\r\n\r\n")
        wait_for(lambda: server.metrics()["higgins_connections"] >= 2)
        server.process.send_signal(signal.SIGTERM)
        assert server.process.wait(10) == 0
        assert json.loads(server.log().splitlines()[-1])["connections_cut"] == 1


# -- TLS


def test_tls(tmp_path: Path) -> None:
    certificate, key = tmp_path / "cert.pem", tmp_path / "key.pem"
    subprocess.run(
        ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "1", "-subj", "/CN=localhost",
         "-addext", "subjectAltName=DNS:localhost", "-keyout", key, "-out", certificate],
        check=True, capture_output=True,
    )  # fmt: skip
    flags = ["--tls-certificate", str(certificate), "--tls-key", str(key)]
    with Server(*flags, wait=False) as server:
        context = ssl.create_default_context(cafile=str(certificate))
        connection = http.client.HTTPSConnection("localhost", server.port, context=context, timeout=20)
        audio, text = example(NAME)
        body, kind = multipart({"audio": ("clip", audio), "text": text})
        for _ in range(2):  # the connection stays
            connection.request("POST", "/v1/assess", body, {"Content-Type": kind})
            response = connection.getresponse()
            assert response.status == 200
            report = json.loads(response.read())
            assert report["text"] == text
        connection.close()
        with pytest.raises((OSError, http.client.HTTPException)):
            server.get("/healthz")
        old = ssl.create_default_context(cafile=str(certificate))
        old.options |= ssl.OP_NO_TLSv1_2 | ssl.OP_NO_TLSv1_3
        with pytest.raises((ssl.SSLError, OSError)):
            http.client.HTTPSConnection("localhost", server.port, context=old, timeout=5).request(
                "GET", "/healthz"
            )


# -- jobs


def submit(server: Server, count: int, **fields: str) -> dict:
    audio, text = example(NAME)
    lines = [json.dumps({"id": f"i{i}", "text": text, "audio": "clip"}) for i in range(count)]
    body, kind = multipart({"manifest": "\n".join(lines), "clip": ("clip", audio), **fields})
    answer = server.ask("POST", "/v1/batch", body, {"Content-Type": kind})
    assert answer.status == 202, answer.body
    assert answer.headers["location"] == answer.json()["status_url"]
    return answer.json()


def status(server: Server, job: dict, query: str = "") -> dict:
    return server.get(job["status_url"] + query).json()


def test_without_a_data_dir_there_are_no_jobs() -> None:
    with Server() as server:
        body, kind = multipart({"manifest": "{}"})
        answer = server.ask("POST", "/v1/batch", body, {"Content-Type": kind})
        assert (answer.status, answer.problem) == (503, "jobs-disabled")
        assert server.get("/v1/jobs/x").problem == "jobs-disabled"


def test_a_job_gives_the_lines_of_higgins_batch(server: Server, tmp_path: Path) -> None:
    good, text = example(NAME)
    manifest = [
        {"id": "good", "text": text, "audio": "good"},
        {"text": text, "audio": "bad"},
        {"id": 3, "text": text, "audio": "good", "pronunciations": {"walk": "W AO1 K"}},
    ]
    recordings = {"good": good, "bad": b"nonsense" * 10}
    for name, data in recordings.items():
        (tmp_path / name).write_bytes(data)
    lines = "\n".join(json.dumps(line) for line in manifest)
    (tmp_path / "manifest.jsonl").write_text(lines)
    out = tmp_path / "results.jsonl"
    subprocess.run(
        [BINARY, "batch", tmp_path / "manifest.jsonl", "--out", out, "--detail", "word", "--pack", PACK],
        capture_output=True, check=False,
    )  # fmt: skip
    parts = {name: (name, data) for name, data in recordings.items()}
    body, kind = multipart({"manifest": lines, "detail_level": "word", **parts})
    job = server.ask("POST", "/v1/batch", body, {"Content-Type": kind}).json()
    wait_for(lambda: status(server, job)["state"] == "done")
    done = status(server, job)
    assert (done["total"], done["done"], done["failed"]) == (3, 3, 1)
    assert done["results"] == [json.loads(line) for line in out.read_text().splitlines()]
    page = status(server, job, "?offset=1&limit=1")
    assert (page["results"], page["next_offset"]) == (done["results"][1:2], 2)
    assert status(server, job, f"?offset={2**31 - 1}")["results"] == []
    beyond = server.get(f"/v1/jobs/{job['id']}?offset={2**31}")
    assert (beyond.status, beyond.problem) == (400, "invalid-argument")


@pytest.mark.parametrize(
    "manifest",
    ["", "nonsense", "{}", '{"text": "a", "audio": "missing"}', '{"text": 1, "audio": "clip"}',
     '{"text": "a", "audio": "clip", "pronunciations": []}'],
)  # fmt: skip
def test_a_manifest_that_is_wrong_is_refused_at_once(server: Server, manifest: str) -> None:
    body, kind = multipart({"manifest": manifest, "clip": ("clip", b"x")})
    answer = server.ask("POST", "/v1/batch", body, {"Content-Type": kind})
    assert (answer.status, answer.problem) == (400, "invalid-argument"), answer.body


def test_unknown_jobs_are_not_found(server: Server) -> None:
    assert server.get("/v1/jobs/0123").problem == "not-found"


def test_kill_9_loses_no_item_and_does_none_twice(tmp_path: Path) -> None:
    data = ["--data-dir", str(tmp_path / "data")]
    count = 24
    with Server(*data) as server:
        first = submit(server, count)
        second = submit(server, 3)
        wait_for(lambda: status(server, first)["done"] >= 5)
        server.kill()
    done: list[dict] = []
    for _ in range(2):  # killed once more on the way
        with Server(*data) as server:
            done_before = len(done)
            wait_for(lambda: status(server, first)["done"] >= min(count, done_before + 5))  # noqa: B023
            now = status(server, first)["results"]
            assert [line for line in done if line not in now] == []
            done = now
            server.kill()
    with Server(*data) as server:
        wait_for(lambda: status(server, second)["state"] == "done")
        final = status(server, first)
        assert (final["state"], final["done"], final["failed"]) == ("done", count, 0)
        assert [line["id"] for line in final["results"]] == [f"i{i}" for i in range(count)]
        processed = server.metric_sum("higgins_job_items_total")
        assert processed <= count + 3 - len(done)  # what was done before is not done again


def test_live_requests_go_before_jobs(tmp_path: Path) -> None:
    with Server("--workers", "1", "--data-dir", str(tmp_path)) as server:
        job = submit(server, 40)
        started = time.monotonic()
        assert many(server, 1)[0].status == 200
        assert time.monotonic() - started < 5
        assert status(server, job)["state"] != "done"
