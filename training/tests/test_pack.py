"""What a new pack's folder holds beside what training makes."""

from __future__ import annotations

from pathlib import Path

from higgins_train.pack import SHIPPED, WRITTEN, add_what_people_wrote


def test_a_new_pack_has_what_people_wrote_and_keeps_what_is_there(tmp_path: Path) -> None:
    (tmp_path / "suggestions.json").write_text("{}")
    add_what_people_wrote(tmp_path)
    assert {path.name for path in tmp_path.iterdir()} == set(WRITTEN)
    assert (tmp_path / "suggestions.json").read_text() == "{}"
    assert (tmp_path / "articulation.json").read_bytes() == (SHIPPED / "articulation.json").read_bytes()
