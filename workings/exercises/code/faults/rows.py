"""Rows: how faults are written down, and worked out where the shapes allow it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from workings.exercises.code.reference import Arrays

Suspect = tuple[str, str, Arrays]  # fault by name, what was done, the arrays that gives
Made = list[tuple[str, str, Callable[[], Any]]]


def tried(rows: Made) -> Iterator[Suspect]:
    """Those of the rows that the shapes allow."""
    for fault, said, made in rows:
        try:
            yield fault, said, made()
        except (ValueError, IndexError, KeyError):
            continue


def named(name: str, rows: Made) -> Iterator[Suspect]:
    """The same, each row the value of one array."""
    return tried([(fault, said, lambda made=made: {name: made()}) for fault, said, made in rows])
