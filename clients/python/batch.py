#!/usr/bin/env python3
"""usage: batch.py MANIFEST.jsonl: sends the recordings of a manifest (as for `higgins batch`) as one job, and prints a
result a line when all are done. Standard library only."""

import json
import os
import sys
import time
import urllib.request
from pathlib import Path

from assess import KEY, URL, form


def ask(path, body=None, content_type=None):
    headers = {"Content-Type": content_type} if content_type else {}
    if KEY:
        headers["Authorization"] = f"Bearer {KEY}"
    with urllib.request.urlopen(urllib.request.Request(URL + path, body, headers)) as answer:
        return json.load(answer)


def main():
    manifest = Path(sys.argv[1])
    lines = [json.loads(line) for line in manifest.read_text().splitlines() if line.strip()]
    files = {}
    for number, line in enumerate(lines):
        files[f"audio{number}"] = (manifest.parent / line["audio"]).read_bytes()
        line["audio"] = f"audio{number}"
    body, content_type = form({"manifest": "\n".join(map(json.dumps, lines))}, files)
    job = ask("/v1/batch", body, content_type)
    while True:
        status = ask(job["status_url"])
        print(f"{status['done']} of {status['total']}", file=sys.stderr)
        if status["state"] == "done":
            break
        time.sleep(float(os.environ.get("HIGGINS_POLL_S", "2")))
    offset = 0
    while offset is not None:
        page = ask(f"{job['status_url']}?offset={offset}")
        for result in page["results"]:
            print(json.dumps(result))
        offset = page.get("next_offset")


if __name__ == "__main__":
    main()
