"""Tolerance: when a number that was typed is the number that is meant.

A whole number, or a fraction that ends within the decimals asked for, must be met exactly.  Anything else may be
rounded to that many decimals, and what becomes of such roundings further on is allowed for.
"""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction

from workings.exercises.answers import Answer
from workings.exercises.rewrite import again, leaves
from workings.exercises.solution import Sight, Solution
from workings.ink.number import Name, Number

NEAR = 1e-9  # floats


class Tolerance:
    """How far an answer may lie from a number, for one learner's sheet."""

    def __init__(self, solution: Solution, sight: Sight):
        self.solution, self.sight = solution, sight
        self.half = Fraction(11, 20 * 10**solution.places)  # half a place, and what rounding twice adds to it
        self._sways: dict[Name, float] = {}

    def exact(self, x: Number) -> bool:
        """Whether a number ends within the decimals that are asked for."""
        return x.exact and (Fraction(x.value) * 10**self.solution.places).denominator == 1

    def slack(self, x: Number) -> Fraction:
        """How far an answer may lie from this number itself."""
        return Fraction(0) if self.exact(x) else self.half + Fraction(NEAR)

    def float_slack(self, name: Name, own: Number) -> float:
        """The same for what a mistake makes of the cell, which comes from a tape."""
        size = max(1.0, abs(float(own.value))) if _finite(own) else 1.0
        return NEAR * size + (float(self.half) + self.sway(name) if self.swaying(name, own) else 0.0)

    def swaying(self, name: Name, own: Number) -> bool:
        """Whether roundings on the way are allowed for in a cell."""
        return not (self.exact(own) and self.exact(self.solution.key(name)))

    def rounds(self, read: Name) -> bool:
        """Whether a number that was read had been rounded when it was written down."""
        return read in self.sight.written and not self.exact(self.solution.key(read))

    def verdict(self, name: Name, answer: Answer, own: Number, key: Number, well_read: bool) -> str:
        """right, follows, idle, rough or wrong."""
        value = answer.value
        if _apart(value, key) <= self.slack(key):
            return "right"
        allowed = self.slack(own) if self.exact(key) else self.half  # who rounds on the way rounds here too
        if _finite(own) and _apart(value, own) <= allowed + Fraction(self.sway(name)):
            if well_read:
                return "right"
            nothing_left = idle(own) and (own.value == 0 or not idle(self._by_key(name)))
            return "idle" if nothing_left else "follows"
        return "rough" if self._rough(answer, own) or self._rough(answer, key) else "wrong"

    def _rough(self, answer: Answer, x: Number) -> bool:
        if self.exact(x) or not _finite(x) or not x.value:
            return False
        decimals = answer.decimals or 0
        near = _apart(answer.value, x) <= Fraction(1, 2 * 10**decimals)
        return 0 < decimals < self.solution.places and near and answer.value != 0

    def sway(self, name: Name) -> float:
        """What becomes of the roundings of the numbers that went into a cell."""
        if name not in self._sways:
            self._sways[name] = self._swayed(name)
        return self._sways[name]

    def _swayed(self, name: Name) -> float:
        working = self.solution.working(name)
        value, total = float(self.sight.over(working).value), 0.0
        for read in {x.name for x in leaves(working)}:
            if self.rounds(read):
                total += abs(float(self._nudged(working, read).value) - value)
        return total if total < 1e30 else 0.0

    def _nudged(self, working: Number, read: Name) -> Number:
        more = lambda x: replace(x, value=x.value + self.half) if x.name == read else x
        return again(working, lambda leaf: more(self.sight.look(leaf.name)))

    def _by_key(self, name: Name) -> Number:
        keys = Sight(self.solution, {})
        return keys.over(self.solution.working(name))


def idle(x: Number) -> bool:
    """Nothing to work out: every term is 0 or was only copied, and every product has a factor 0."""
    return _effort(x) == 0


def _effort(x: Number) -> int:
    """How many operations of a working take more than a look."""
    if x.name or not x.operands:
        return 0
    parts = x.operands
    match x.op:
        case "+" | "-":
            return sum(map(_effort, parts)) + (sum(bool(y.value) for y in parts) > 1)
        case "*":
            return 0 if any(y.value == 0 for y in parts) else sum(map(_effort, parts)) + 1
        case "/" | "neg" | "**" | "is":
            return _effort(parts[0]) + (x.op != "is" and x.value != 0 and parts[-1].value != 1)
        case "max" | "where":
            return _effort(x.chosen) + any(y.value != 0 for y in parts if y.name)
    return 1


def _finite(x: Number) -> bool:
    return abs(float(x.value)) < 1e30


def _apart(value: Fraction, x: Number) -> Fraction:
    return abs(value - Fraction(x.value)) if _finite(x) else Fraction(10) ** 30
