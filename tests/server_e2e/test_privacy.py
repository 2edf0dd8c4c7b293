"""What the log and the figures hold: no text, no audio, no key, no query."""

from __future__ import annotations

import hashlib
import json
import time
from pathlib import Path

from harness import Server, example, multipart
from ws_frames import TEXT, Client, frame

KEY = "secret-key-of-the-test-0123456789abcdef"
SECRET_WORDS = ["amiable", "Zebrafish", KEY, "secret-key", "Bearer", "query-secret"]


def test_nothing_private_is_logged_or_counted(tmp_path: Path) -> None:
    keys = tmp_path / "keys.json"
    scopes = ["assess", "phones", "batch", "stream", "metrics"]
    entry = {"name": "somebody", "sha256": hashlib.sha256(KEY.encode()).hexdigest(), "scopes": scopes}
    keys.write_text(json.dumps({"keys": [entry]}))
    (tmp_path / "data").mkdir()
    bearer = {"Authorization": f"Bearer {KEY}"}
    audio, text = example("austen_amiable")
    assert "amiable" in text
    with Server("--keys", str(keys), "--data-dir", str(tmp_path / "data"), "--log-level", "debug") as server:
        assert server.assess(audio, text, bearer).status == 200
        assert server.assess(audio[:100], "Zebrafish", bearer).status in (415, 422)
        assert server.get("/v1/phones?text=Zebrafish", bearer).status == 200
        assert (
            server.get("/v1/phones?text=Zebrafish&x=query-secret", {"X-API-Key": "secret-key"}).status == 401
        )
        assert server.get("/nowhere/Zebrafish?query-secret", bearer).status == 404
        manifest = json.dumps({"id": "Zebrafish", "audio": "Zebrafish", "text": "Zebrafish"})
        body, content_type = multipart({"manifest": manifest, "Zebrafish": ("Zebrafish", audio)})
        assert server.ask("POST", "/v1/batch", body, {"Content-Type": content_type, **bearer}).status == 202
        with Client(server.port, f"/v1/stream?key={KEY}&x=query-secret") as client:
            assert client.status == 101
            client.send(frame(TEXT, json.dumps({"type": "start", "text": "Zebrafish"}).encode()))
            client.read_text()
        time.sleep(1)
        metrics = server.get("/metrics", bearer).body.decode()
        server.stop()
        log = server.log()
    assert '"route":"/v1/assess"' in log
    assert "somebody" in log
    for word in SECRET_WORDS:
        assert word.lower() not in log.lower(), f"{word} in the log"
        assert word.lower() not in metrics.lower(), f"{word} in the figures"


def test_private_answers_are_not_kept_by_caches(tmp_path: Path) -> None:
    audio, text = example("austen_amiable")
    with Server() as server:
        answer = server.assess(audio, text)
        assert answer.headers["cache-control"] == "no-store"
        assert answer.headers["x-content-type-options"] == "nosniff"
