"""The API on the real binary: the same bytes as the command line, every format, every refusal, keys, CORS, metrics."""

from __future__ import annotations

import json
import re
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
from clips import FORMATS, _encode
from harness import BINARY, EXAMPLES, PACK, Server, example, multipart

NAME = "think_slt_errors"


def command(*arguments: str) -> bytes:
    return subprocess.run(
        [BINARY, *arguments],
        check=True,
        capture_output=True,
        env={"HIGGINS_PACK": str(PACK), "PATH": "/usr/bin:/bin"},
    ).stdout


# -- the same bytes


@pytest.mark.parametrize(
    ("fields", "flags"),
    [
        ({}, ["--json"]),
        ({"language": "en-us"}, ["--json"]),
        ({"detail_level": "word"}, ["--json", "--detail", "word"]),
        ({"detail_level": "sentence"}, ["--json", "--detail", "sentence"]),
        ({"strictness": "2.5"}, ["--json", "--strictness", "2.5"]),
        ({"format": "textgrid"}, ["--textgrid"]),
        ({"format": "ctm"}, ["--ctm"]),
        ({"format": "csv"}, ["--csv"]),
        (
            {"pronunciation": ["very=W EH1 R IY0", "walk=W AO1 K"]},
            ["--json", "--pronunciation", "very=W EH1 R IY0", "--pronunciation", "walk=W AO1 K"],
        ),
    ],
)
def test_assess_answers_what_the_command_line_prints(server: Server, fields: dict, flags: list[str]) -> None:
    audio, text = example(NAME)
    answer = server.assess(audio, text, **fields)
    assert answer.status == 200, answer.body
    assert answer.body == command("assess", str(EXAMPLES / f"{NAME}.flac"), text, *flags)


@pytest.mark.parametrize("ending", sorted(FORMATS))
def test_every_format_gives_the_bytes_of_the_command_line(
    server: Server, tmp_path: Path, ending: str
) -> None:
    target = tmp_path / f"clip.{ending}"
    _encode(EXAMPLES / f"{NAME}.flac", target, FORMATS[ending])
    _, text = example(NAME)
    answer = server.assess(target.read_bytes(), text)
    assert answer.status == 200, answer.body
    assert answer.body == command("assess", str(target), text, "--json")


def test_phones_answers_what_the_command_line_prints(server: Server) -> None:
    answer = server.get("/v1/phones?text=Dr.+Smith+paid+%243.50&pronunciation=smith%3DS+M+IH1+TH")
    flags = ["--pronunciation", "smith=S M IH1 TH", "--json"]
    assert answer.body == command("phones", "Dr. Smith paid $3.50", *flags)


def test_packs(server: Server) -> None:
    manifest = json.loads((PACK / "manifest.json").read_text())
    (pack,) = server.get("/v1/packs").json()["packs"]
    assert (pack["name"], pack["language"], pack["version"]) == (
        manifest["name"],
        manifest["language"],
        manifest["version"],
    )


# -- refusals


@pytest.mark.parametrize(
    ("fields", "status", "problem"),
    [
        ({"audio": ("a", b"")}, 422, "bad-audio"),
        ({"audio": ("a", b"This is not a recording. " * 50)}, 422, "bad-audio"),
        ({"audio": "flac"}, 400, "invalid-argument"),
        ({"text": None}, 400, "invalid-argument"),
        ({"text": ""}, 400, "invalid-argument"),
        ({"text": ["a", "b"]}, 400, "invalid-argument"),
        ({"language": "xx-XX"}, 400, "invalid-argument"),
        ({"pack": "nothing"}, 400, "invalid-argument"),
        ({"detail_level": "letters"}, 400, "invalid-argument"),
        ({"strictness": "9"}, 400, "invalid-argument"),
        ({"strictness": "nan"}, 400, "invalid-argument"),
        ({"format": "xml"}, 400, "invalid-argument"),
        ({"pronunciation": "walk"}, 400, "invalid-argument"),
        ({"pronunciation": "walk=QQ"}, 400, "invalid-argument"),
        ({"max_duration_s": "1"}, 413, "audio-too-long"),
        ({"max_duration_s": "1000"}, 400, "invalid-argument"),
        ({"colour": "red"}, 400, "invalid-argument"),
        (
            {"text": "This is a very long text that nobody reads aloud in three seconds. " * 8},
            422,
            "audio-too-short",
        ),
    ],
)
def test_what_cannot_be_assessed_is_refused(server: Server, fields: dict, status: int, problem: str) -> None:
    audio, text = example(NAME)
    all_fields = {"audio": ("clip", audio), "text": text, **fields}
    if all_fields["audio"] == "flac":
        del all_fields["audio"]
    body, kind = multipart({name: value for name, value in all_fields.items() if value is not None})
    answer = server.ask("POST", "/v1/assess", body, {"Content-Type": kind, "X-Request-Id": "my-id.1"})
    assert (answer.status, answer.problem) == (status, problem), answer.body
    details = answer.json()
    assert details["status"] == status
    assert details["request_id"] == answer.headers["x-request-id"] == "my-id.1"
    assert details["detail"] and "\n" not in details["detail"]


def test_silence_has_no_speech(server: Server, tmp_path: Path) -> None:
    silence = tmp_path / "silence.wav"
    subprocess.run(["sox", "-n", "-r", "16000", "-b", "16", silence, "trim", "0", "3"], check=True)
    answer = server.assess(silence.read_bytes(), "We call it bear")
    assert (answer.status, answer.problem) == (422, "no-speech")


def test_addresses_methods_and_types(server: Server) -> None:
    assert server.get("/nothing").problem == "not-found"
    answer = server.get("/v1/assess")
    assert (answer.status, answer.problem, answer.headers["allow"]) == (405, "method-not-allowed", "POST")
    answer = server.ask("POST", "/v1/assess", b"x", {"Content-Type": "audio/wav"})
    assert (answer.status, answer.problem) == (415, "unsupported-media-type")
    assert server.ask("OPTIONS", "/v1/phones").headers["allow"] == "GET, HEAD"
    answer = server.ask("HEAD", "/healthz")
    assert (answer.status, answer.body) == (200, b"")
    assert server.get("/v1/phones").problem == "invalid-argument"
    assert server.get("/v1/phones?text=a&colour=red").problem == "invalid-argument"


def test_describes_itself(server: Server) -> None:
    root = Path(__file__).resolve().parents[2]
    assert server.get("/openapi.json").body == (root / "docs" / "openapi.json").read_bytes()
    answer = server.get("/docs")
    assert answer.status == 200 and answer.headers["content-type"].startswith("text/html")
    assert server.get("/docs", {"If-None-Match": answer.headers["etag"]}).status == 304


def test_web_root(tmp_path: Path) -> None:
    (tmp_path / "index.html").write_text("<p>page")
    (tmp_path / "fonts").mkdir()
    (tmp_path / "fonts" / "a.woff2").write_bytes(b"\0\1")
    with Server("--web-root", str(tmp_path)) as running:
        assert running.get("/").body == b"<p>page"
        assert running.get("/fonts/a.woff2").headers["content-type"] == "font/woff2"
        assert running.get("/../etc/passwd").status == 400
        assert running.get("/fonts").status == 404


# -- metrics and log


def test_metrics_and_log_tell_what_happened_but_not_what_was_said(server: Server) -> None:
    audio, text = example(NAME)
    before = server.metrics()
    assert server.assess(audio, text).status == 200
    assert server.assess(b"nonsense" * 9, text).status == 422
    after = server.metrics()

    def grown(name: str) -> float:
        return after.get(name, 0) - before.get(name, 0)

    assert grown('higgins_requests_total{method="POST",route="/v1/assess",status="200"}') == 1
    assert grown('higgins_rejections_total{reason="bad-audio"}') == 1
    assert 2 < grown("higgins_audio_seconds_total") < 5
    for stage in ("queue", "decode", "acoustic", "lattice", "scorer"):
        assert grown(f'higgins_stage_seconds_count{{stage="{stage}"}}') >= 1, stage
    lines = [json.loads(line) for line in server.log().splitlines()]
    assert any(line["event"] == "request" and line["route"] == "/v1/assess" for line in lines)
    for word in ("weather", "bear"):
        assert word not in server.log()


# -- keys


@pytest.fixture(scope="module")
def guarded(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Server, dict[str, str]]]:
    """A server with three keys: all, phones only, and one that is slow."""
    keys, entries = {}, []
    for name in ("all", "phones", "slow"):
        out = subprocess.run(
            [BINARY, "serve", "--new-key", name], check=True, capture_output=True, text=True
        ).stdout
        keys[name] = re.search(r"hk_\S+", out)[0]
        entries.append(json.loads(out[out.index("{") :]))
    entries[0] |= {"scopes": ["assess", "phones", "batch", "stream", "metrics"], "rate_per_s": 0}
    entries[1] |= {"scopes": ["phones"]}
    entries[2] |= {"rate_per_s": 0.5, "burst": 2}
    file = tmp_path_factory.mktemp("keys") / "keys.json"
    file.write_text(json.dumps({"keys": entries}))
    with Server("--keys", str(file), "--cors-origin", "https://app.test", wait=True) as running:
        yield running, keys


def test_keys_are_asked_for(guarded: tuple[Server, dict[str, str]]) -> None:
    server, keys = guarded
    answer = server.get("/v1/packs")
    assert (answer.status, answer.problem) == (401, "unauthorised")
    assert answer.headers["www-authenticate"].startswith("Bearer")
    assert server.get("/v1/packs", {"X-API-Key": "hk_wrong"}).status == 401
    assert server.get("/v1/packs", {"X-API-Key": keys["all"]}).status == 200
    assert server.get("/v1/packs", {"Authorization": f"bearer {keys['all']}"}).status == 200
    assert server.get("/v1/packs", {"Ocp-Apim-Subscription-Key": keys["all"]}).status == 200
    assert server.get(f"/v1/packs?key={keys['all']}").status == 401
    for path in ("/healthz", "/readyz", "/openapi.json", "/docs"):
        assert server.get(path).status == 200, path


def test_scopes_are_kept(guarded: tuple[Server, dict[str, str]]) -> None:
    server, keys = guarded
    audio, text = example(NAME)
    answer = server.assess(audio, text, {"X-API-Key": keys["phones"]})
    assert (answer.status, answer.problem) == (403, "forbidden")
    assert server.assess(audio, text, {"X-API-Key": keys["all"]}).status == 200
    assert server.get("/metrics", {"X-API-Key": keys["slow"]}).status == 403
    assert server.get("/metrics", {"X-API-Key": keys["all"]}).status == 200
    for key in keys.values():
        assert key not in server.log()


def test_rates_are_kept(guarded: tuple[Server, dict[str, str]]) -> None:
    server, keys = guarded
    answers = [server.get("/v1/packs", {"X-API-Key": keys["slow"]}) for _ in range(3)]
    assert [answer.status for answer in answers] == [200, 200, 429]
    assert answers[2].problem == "rate-limited"
    assert int(answers[2].headers["retry-after"]) in (1, 2)


def test_pages_of_other_origins_are_refused_unless_listed(guarded: tuple[Server, dict[str, str]]) -> None:
    server, keys = guarded
    key = {"X-API-Key": keys["all"]}
    answer = server.get("/v1/packs", {**key, "Origin": "https://app.test"})
    assert (answer.status, answer.headers["access-control-allow-origin"]) == (200, "https://app.test")
    answer = server.get("/v1/packs", {**key, "Origin": "https://evil.test"})
    assert (answer.status, answer.problem) == (403, "forbidden")
    assert "access-control-allow-origin" not in answer.headers
    preflight = {"Origin": "https://app.test", "Access-Control-Request-Method": "POST"}
    answer = server.ask("OPTIONS", "/v1/assess", headers=preflight)
    assert (answer.status, answer.headers["access-control-allow-methods"]) == (204, "POST")
    assert "X-API-Key" in answer.headers["access-control-allow-headers"]
    preflight["Origin"] = "https://evil.test"
    assert server.ask("OPTIONS", "/v1/assess", headers=preflight).status == 403
