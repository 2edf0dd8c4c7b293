"""schemathesis against docs/openapi.json on the real server, with keys: what the file promises is what is answered.

HIGGINS_SCHEMA_EXAMPLES: test cases an operation (`make soak` takes more).
"""

from __future__ import annotations

import hashlib
import json
import os
import subprocess
import sys
from pathlib import Path

import clips as recordings
import pytest
from harness import ROOT, Server, multipart

EXAMPLES = os.environ.get("HIGGINS_SCHEMA_EXAMPLES", "8")
KEY = "a-key-of-this-test-only-0123456789"
# Whether bytes are a recording and a text has words to read, no schema says: valid by the file, and refused.
CONFIG = """
[auth.openapi.bearer]
bearer = "{key}"
[auth.openapi.header]
api_key = "{key}"
[[operations]]
include-name = "POST /v1/assess"
checks.positive_data_acceptance.expected-statuses = [200, 400, 413, 415, 422, 429, 503]
[[operations]]
include-name = "POST /v1/batch"
checks.positive_data_acceptance.expected-statuses = [202, 400, 413, 415, 429, 503]
[[operations]]
include-name = "GET /v1/phones"
checks.positive_data_acceptance.expected-statuses = [200, 400, 404, 414, 429, 503]
checks.negative_data_rejection.expected-statuses = [400, 401, 404, 405, 414, 429]
[[operations]]
include-path-regex = "^/speech/"
checks.positive_data_acceptance.expected-statuses = [200, 400, 413, 415, 422, 429, 503]
[[operations]]
include-name = "GET /v1/jobs/{{id}}"
parameters = {{ id = "{job}" }}
"""

HOOKS = """
import schemathesis
for media_type in ("audio/wav", "audio/ogg"):
    schemathesis.serializer.alias(media_type, "application/octet-stream")
"""


def test_the_file_and_the_server_agree(tmp_path: Path) -> None:
    scopes = ["assess", "phones", "batch", "stream", "metrics"]
    key = {"name": "schema", "sha256": hashlib.sha256(KEY.encode()).hexdigest(), "scopes": scopes}
    keys = tmp_path / "keys.json"
    keys.write_text(json.dumps({"keys": [key]}))
    data_dir = tmp_path / "data"
    data_dir.mkdir()
    clip = recordings.spoken(tmp_path, 1, ["flac"])[0]
    with Server("--data-dir", str(data_dir), "--keys", str(keys)) as server:
        manifest = json.dumps({"id": "a", "audio": "a", "text": clip.text})
        body, content_type = multipart({"manifest": manifest, "a": ("a.flac", clip.data)})
        accepted = server.ask("POST", "/v1/batch", body, {"Content-Type": content_type, "X-API-Key": KEY})
        assert accepted.status == 202
        config = tmp_path / "schemathesis.toml"
        config.write_text(CONFIG.format(key=KEY, job=accepted.json()["id"]))
        (tmp_path / "hooks_of_test.py").write_text(HOOKS)
        command = [str(Path(sys.executable).parent / "schemathesis"), "--config-file", str(config)]
        command += ["run", str(ROOT / "docs" / "openapi.json"), "--url", server.url]
        command += ["--max-examples", EXAMPLES, "--seed", "1", "--no-color", "--checks", "all"]
        # It takes a GET of a WebSocket (426), and a text too long for an address (414), for answers to a wrong
        # method: test_other_methods() asks for 405 instead.
        command += ["--exclude-checks", "unsupported_method"]
        environment = {**os.environ, "SCHEMATHESIS_HOOKS": "hooks_of_test", "PYTHONPATH": str(tmp_path)}
        finished = subprocess.run(
            command, cwd=tmp_path, env=environment, capture_output=True, text=True, check=False
        )
        assert server.alive(), server.log()[-2000:]
    said = "\n".join(line[:300] for line in (finished.stdout + finished.stderr).splitlines())
    print(said[-1500:])
    assert finished.returncode == 0, said


def test_the_served_file_is_the_one_in_docs() -> None:
    with Server() as server:
        served = server.get("/openapi.json")
        assert served.status == 200
        assert served.json() == json.loads((ROOT / "docs" / "openapi.json").read_text())
        assert server.get("/docs").status in (200, 404)  # 404: the page was not built


@pytest.mark.parametrize(
    "path", ["/v1/assess", "/v1/phones", "/v1/packs", "/v1/batch", "/healthz", "/metrics"]
)
@pytest.mark.parametrize("method", ["PUT", "PATCH", "DELETE", "TRACE"])
def test_other_methods(server: Server, method: str, path: str) -> None:
    answer = server.ask(method, path)
    assert (answer.status, answer.problem) == (405, "method-not-allowed")
    assert answer.headers["allow"]
