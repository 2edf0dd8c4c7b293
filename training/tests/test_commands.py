"""Every command can be asked what it does: its module and all that it imports are there."""

from __future__ import annotations

import argparse
import importlib

import pytest
from higgins_train.__main__ import COMMANDS


@pytest.mark.parametrize("name", COMMANDS)
def test_says_what_it_does(name: str, capsys: pytest.CaptureFixture[str]) -> None:
    module = importlib.import_module(f"higgins_train.{name}")
    assert module.__doc__
    parser = argparse.ArgumentParser(prog=name, description=module.__doc__)
    module.add_arguments(parser)
    with pytest.raises(SystemExit) as asked:
        parser.parse_args(["--help"])
    assert asked.value.code == 0
    assert f"usage: {name}" in capsys.readouterr().out
