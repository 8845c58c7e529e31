"""Wording: what a verdict looks like in a report, in a sign and a color that never stand alone."""

from __future__ import annotations

from collections.abc import Iterable

from workings.exercises.marks import Mark
from workings.exercises.reports.report import HandIn

SIGNS = {
    "right": "✓",
    "follows": "✓",
    "rough": "≈",
    "slip": "✗",
    "idle": "✗",
    "named": "✗",
    "two fit": "✗",
    "wrong": "✗",
    "blank": "–",
    "unreadable": "?",
}
TELLS = {verdict: "good" if sign == "✓" else "half" if sign in "≈?–" else "bad" for verdict, sign in SIGNS.items()}


def together(marks: Iterable[Mark], verdict: str) -> list[str]:
    """The cells with a verdict; a whole array under its name alone."""
    cells: dict[str, list[str]] = {}
    have: dict[str, list[str]] = {}
    for mark in marks:
        array = mark.cell.split("[")[0]
        cells.setdefault(array, []).append(mark.cell)
        if mark.verdict == verdict:
            have.setdefault(array, []).append(mark.cell)
    return [told for array, some in have.items() for told in ([array] if some == cells[array] else some)]


def points(each: HandIn) -> str:
    """12 of 20, or why there are none."""
    return f"{float(each.marking.points):g} of {each.marking.total}" if each.marking else each.state


def quiet(mark: Mark) -> bool:
    """Whether there is nothing to say of a cell."""
    return mark.verdict in ("right", "blank")
