"""Higgins: pronunciation assessment.

    assessor = higgins.Assessor("packs/en-us")
    report = assessor.assess("bear.wav", "We call it bear")

`scorer_input`, `gop`, `free_decode`, `choose_pronunciations` and `prosody` are the engine's own feature extraction,
which training calls so that training and serving cannot drift.
"""

from __future__ import annotations

from importlib import import_module

# Training needs no engine and the product no training: each module is loaded when a name of it is asked for.
_MODULE_OF = {
    "Assessor": "_core",
    "Error": "_core",
    "engine_version": "_core",
    "choose_pronunciations": "_training",
    "free_decode": "_training",
    "gop": "_training",
    "phone_names": "_training",
    "prosody": "_training",
    "scorer_input": "_training",
}

__all__ = sorted(_MODULE_OF)


def __getattr__(name: str) -> object:
    if name not in _MODULE_OF:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{_MODULE_OF[name]}"), name)


def __dir__() -> list[str]:
    return [*globals(), *__all__]
