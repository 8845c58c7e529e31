"""Forms: what the sheets of one form have in common, whatever their numbers; laid out once for a whole class."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from workings.exercises.exercise import Exercise
from workings.sheets.board import Board
from workings.sheets.grid import Grid, grid_of

KEPT = 256  # forms
_KNOWN: dict[tuple[str, object], Any] = {}


def standing(exercise: Exercise) -> frozenset[str]:
    """The arrays that stand on its sheet, as they are called in ASCII."""
    return _once("standing", exercise, lambda: frozenset(c.name.split("[")[0] for c in exercise.sheet().cells()))


def grid(exercise: Exercise) -> Grid:
    """Where every cell of it stands in a spreadsheet."""
    return _once("grid", exercise, lambda: grid_of(exercise.sheet(whole=True), Board(exercise.explain())))


def _once(what: str, exercise: Exercise, made: Callable[[], Any]) -> Any:
    form = getattr(exercise, "form", None)
    if form is None:
        return made()
    if (what, form) not in _KNOWN:
        if len(_KNOWN) >= KEPT:
            _KNOWN.pop(next(iter(_KNOWN)))
        _KNOWN[what, form] = made()
    return _KNOWN[what, form]
