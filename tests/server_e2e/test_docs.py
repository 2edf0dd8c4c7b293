"""docs/server.md: its tables are those of the program, and what it links to is there."""

from __future__ import annotations

import re
import subprocess
import sys

import pytest
from harness import BINARY, ROOT


def test_tables_are_up_to_date() -> None:
    command = [sys.executable, str(ROOT / "tools" / "server_page.py"), "--check", "--program", str(BINARY)]
    subprocess.run(command, check=True)


@pytest.mark.parametrize("page", ["docs/server.md", "SECURITY.md", "clients/README.md", "deploy/README.md"])
def test_links_lead_somewhere(page: str) -> None:
    file = ROOT / page
    for target in re.findall(r"\]\(([^)#]+)[^)]*\)", file.read_text()):
        assert "://" in target or (file.parent / target).exists(), target
