"""Files that are there whole or not at all: a later run takes what it finds for finished."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


@contextmanager
def whole(path: Path) -> Iterator[Path]:
    """Where to write what shall be at `path`: it is moved there at the end, unless something failed."""
    partial = path.with_name(path.name + ".partial")
    yield partial
    partial.replace(path)
