"""One server for all tests that only ask; a test that needs other settings, or ends it, starts its own."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent))

from harness import BINARY, PACK, Server


@pytest.fixture(scope="session")
def data_dir(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("data")


@pytest.fixture(scope="session")
def server(data_dir: Path) -> Iterator[Server]:
    if not BINARY.exists():
        pytest.exit(f"{BINARY} is missing: ninja -C build/release higgins_program", returncode=2)
    if not (PACK / "manifest.json").exists():
        pytest.exit(f"{PACK} has no manifest.json", returncode=2)
    with Server("--data-dir", str(data_dir)) as running:
        yield running


@pytest.fixture(autouse=True)
def _server_survives(request: pytest.FixtureRequest) -> Iterator[None]:
    """Whatever a test sent to the shared server: it lives on."""
    yield
    if "server" in request.fixturenames:
        shared: Server = request.getfixturevalue("server")
        assert shared.alive(), f"the server ended: {shared.log()[-2000:]}"
