"""The short forms of soak.py and drip.py; `make soak` runs the long ones. HIGGINS_SOAK_REQUESTS: how many."""

from __future__ import annotations

import os

import drip
import soak


def test_mixed_requests() -> None:
    num_requests = int(os.environ.get("HIGGINS_SOAK_REQUESTS", "300"))
    # So few requests cannot tell a leak from heaps that still grow to their size (50 MB at a time were seen): that
    # memory stays is asked by `make soak`, with soak.py's own limit.
    assert soak.soak(num_requests, num_clients=8, seed=1, max_growth_mb=150) == 0


def test_slow_connections() -> None:
    # A p99 of few requests on a busy machine is a matter of luck: here only that all are served and the connections
    # kept. drip.py itself asks for a p99 that less than doubles.
    assert drip.compare(num_connections=300, num_requests=20, max_ratio=20) == 0
