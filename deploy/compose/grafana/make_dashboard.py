#!/usr/bin/env python3
"""Writes dashboards/higgins.json from the table below; a test compares the two.

usage: make_dashboard.py [--check]
"""

from __future__ import annotations

import json
import sys
from pathlib import Path

FILE = Path(__file__).parent / "dashboards" / "higgins.json"
SOURCE = {"type": "prometheus", "uid": "prometheus"}
ASSESS = 'route="/v1/assess"'


def quantile(q: float, metric: str, labels: str = "", by: str = "le") -> str:
    return f"histogram_quantile({q}, sum by ({by}) (rate({metric}_bucket{{{labels}}}[$__rate_interval])))"


# Title, unit, width of 24, queries as (expression, legend).
PANELS: list[tuple[str, str, int, list[tuple[str, str]]]] = [
    (
        "Requests by status",
        "reqps",
        8,
        [("sum by (status) (rate(higgins_requests_total[$__rate_interval]))", "{{status}}")],
    ),
    (
        "Assessments: from first byte to answer",
        "s",
        8,
        [(quantile(q, "higgins_request_seconds", ASSESS), f"p{round(q * 100)}") for q in (0.5, 0.95, 0.99)],
    ),
    (
        "Refused, by reason",
        "reqps",
        8,
        [("sum by (reason) (rate(higgins_rejections_total[$__rate_interval]))", "{{reason}}")],
    ),
    (
        "Where the time goes (p50 of each stage)",
        "s",
        12,
        [(quantile(0.5, "higgins_stage_seconds", by="le, stage"), "{{stage}}")],
    ),
    (
        "Queue and workers",
        "short",
        12,
        [
            ("sum by (priority) (higgins_queue_length)", "waiting: {{priority}}"),
            ("sum(higgins_workers_busy)", "busy workers"),
            ("sum(higgins_workers)", "workers"),
        ],
    ),
    (
        "Speech assessed, hours an hour",
        "short",
        6,
        [("sum(rate(higgins_audio_seconds_total[$__rate_interval]))", "hours")],
    ),
    (
        "A new request would wait",
        "s",
        6,
        [("max(higgins_queue_wait_seconds)", "wait")],
    ),
    (
        "Connections",
        "short",
        6,
        [
            ("sum(higgins_connections)", "open"),
            ("sum(higgins_websocket_sessions)", "WebSockets"),
        ],
    ),
    (
        "Batch items",
        "ops",
        6,
        [("sum by (result) (rate(higgins_job_items_total[$__rate_interval]))", "{{result}}")],
    ),
]


def dashboard() -> dict:
    panels, x, y = [], 0, 0
    for number, (title, unit, width, queries) in enumerate(PANELS, start=1):
        if x + width > 24:
            x, y = 0, y + 8
        panels.append(
            {
                "id": number,
                "type": "timeseries",
                "title": title,
                "datasource": SOURCE,
                "gridPos": {"x": x, "y": y, "w": width, "h": 8},
                "fieldConfig": {"defaults": {"unit": unit, "min": 0}, "overrides": []},
                "options": {"legend": {"displayMode": "list", "placement": "bottom"}},
                "targets": [
                    {
                        "refId": chr(ord("A") + i),
                        "datasource": SOURCE,
                        "expr": expression,
                        "legendFormat": legend,
                    }
                    for i, (expression, legend) in enumerate(queries)
                ],
            }
        )
        x += width
    return {
        "uid": "higgins",
        "title": "Higgins",
        "schemaVersion": 39,
        "version": 1,
        "editable": True,
        "refresh": "5s",
        "time": {"from": "now-30m", "to": "now"},
        "panels": panels,
    }


def main() -> None:
    text = json.dumps(dashboard(), indent=1) + "\n"
    if sys.argv[1:] == ["--check"]:
        if FILE.read_text() != text:
            sys.exit(f"{FILE} is out of date: run {Path(__file__).name}")
        return
    FILE.write_text(text)


if __name__ == "__main__":
    main()
