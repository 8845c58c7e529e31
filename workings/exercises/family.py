"""Family: what every mistake makes of every cell, found once for all exercises of one form.

Exercises of a family differ in their numbers only, so the workings that mistakes make of them have the same form.
They are put on a tape, a tape for every cell, and worked out for the numbers of each learner.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

import numpy as np

from workings.exercises.mistakes import MISTAKES, workings
from workings.exercises.solution import Solution
from workings.exercises.tape import Tape
from workings.ink.number import Name, Number

KEPT = 256  # families


class Way(NamedTuple):
    """A mistake, and one working that it makes of a cell."""

    what: str
    working: Number


class Ways:
    """All ways to go wrong in one cell, on a tape."""

    def __init__(self, solution: Solution, name: Name):
        cell = solution.cell(name)
        found = [Way(what, x) for what in MISTAKES for x in workings(cell, what)]
        self.ways = _distinct(found)
        self.tape = Tape([way.working for way in self.ways])
        # rounded on purpose: another rounding before it would look like a whole step
        self.steady = np.array([way.what == "early rounding" for way in self.ways], bool)

    def run(self, numbers: Mapping[Name, np.ndarray]) -> np.ndarray:
        """The number that each way gives: (ways, learners)."""
        return self.tape.run(numbers)


def _distinct(found: list[Way]) -> list[Way]:
    """Every working once for each mistake."""
    ends = Tape([way.working for way in found]).ends
    return [*{(way.what, end): way for way, end in reversed([*zip(found, ends, strict=True)])}.values()][::-1]


class Family:
    """The ways of every cell of a family, found when they are first wanted."""

    def __init__(self, solution: Solution):
        self.solution = solution
        self.found: dict[Name, Ways] = {}

    def __getitem__(self, name: Name) -> Ways:
        if name not in self.found:
            self.found[name] = Ways(self.solution, name)
        return self.found[name]


FAMILIES: dict[object, Family] = {}


def family(solution: Solution) -> Family:
    """The family of an exercise."""
    key = solution.family
    if key not in FAMILIES:
        if len(FAMILIES) >= KEPT:
            FAMILIES.pop(next(iter(FAMILIES)))
        FAMILIES[key] = Family(solution)
    return FAMILIES[key]
