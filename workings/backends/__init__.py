"""Backends: where the numbers are computed, and which one is taken.

>>> choose("numpy").name
'numpy'
"""

from __future__ import annotations

from importlib import import_module
from typing import Any

from workings.backends.plan import Plan

BACKENDS = ("numpy",)  # in the order in which "auto" asks them


def backend(name: str) -> Any:
    """The module of a backend by its name."""
    if name not in BACKENDS:
        raise ValueError(f"there is no backend {name!r}; there are {', '.join(BACKENDS)}, and auto")
    return import_module(f"workings.backends.{name}")


def choose(name: str = "auto", plan: Plan | None = None) -> Any:
    """The backend to run a plan on: the one named, or for "auto" the first that can.

    Raises ValueError for a name that is unknown, and where the backend named cannot run this plan, with the reason.
    """
    if name != "auto":
        chosen = backend(name)
        if reason := chosen.available() or (plan and chosen.supports(plan)):
            raise ValueError(f"the {name} backend cannot run this: {reason}")
        return chosen
    for each in map(backend, BACKENDS):
        if not (each.available() or (plan and each.supports(plan))):
            return each
    raise AssertionError("the numpy backend runs everything")
