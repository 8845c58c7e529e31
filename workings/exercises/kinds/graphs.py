"""Graphs: a formula taken apart into single operations, worked forwards, and back by the chain rule."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, ClassVar

from workings.contract import Array, Namespace
from workings.exercises.exercise import Exercise
from workings.exercises.generated import Generated, by_formulas, exercise
from workings.exercises.kinds.numbers import signed
from workings.explain import Explanation


@dataclass(frozen=True)
class ThreeTimes:
    """f = 3 (p + q r)."""

    said: ClassVar[str] = "f = 3 (p + q r), in the steps u = q r, v = p + u, f = 3 v."
    steps: ClassVar[Any] = ("u", "v", "f"), ("dv", "du", "dp", "dq", "dr")

    def step(self, xp: Namespace, *, p: Array, q: Array, r: Array, df: Array):
        u = q * r
        v = p + u
        f = 3 * v
        dv = 3 * df
        du = 1 * dv
        dp = 1 * dv
        dq = r * du
        dr = q * du
        return f, (dp, dq, dr)


@dataclass(frozen=True)
class TwoWays:
    """f = (p + q) (q r): q is read twice, and both ways add up."""

    said: ClassVar[str] = (
        "f = (p + q) (q r), in the steps u = p + q, v = q r, f = u v.  q is read twice: both ways add up."
    )
    steps: ClassVar[Any] = ("u", "v", "f"), ("du", "dv", "dp", "dr", "dq")

    def step(self, xp: Namespace, *, p: Array, q: Array, r: Array, df: Array):
        u = p + q
        v = q * r
        f = u * v
        du = v * df
        dv = u * df
        dp = 1 * du
        dr = q * dv
        dq = 1 * du + r * dv
        return f, (dp, dq, dr)


@dataclass(frozen=True)
class Squares:
    """f = (p q - r)^2 + p r: p and r are read twice."""

    said: ClassVar[str] = (
        "f = e^2 + h, with u = p q, e = u - r and h = p r.  p and r are read twice: both ways add up."
    )
    steps: ClassVar[Any] = ("u", "e", "h", "f"), ("de", "dh", "du", "dq", "dp", "dr")

    def step(self, xp: Namespace, *, p: Array, q: Array, r: Array, df: Array):
        u = p * q
        e = u - r
        h = p * r
        f = e**2 + h
        de = 2 * e * df
        dh = 1 * df
        du = 1 * de
        dq = p * du
        dp = q * du + r * dh
        dr = p * dh - de
        return f, (dp, dq, dr)


GRAPHS = (ThreeTimes(), TwoWays(), Squares())


def computation_graph(rng: Any, level: int) -> Generated:
    """Forwards step by step, and back from df = 1 to every input."""
    graph = GRAPHS[level - 1]
    numbers = {name: signed(rng, (1, 1), 9 if level < 3 else 6, 2) for name in "pqr"}
    return exercise(
        "computation-graph",
        "A computation graph",
        f"{graph.said}  Work down to f; then back from df = 1: each step passes on what it got, times its own slope.",
        [
            ("Forwards", "One operation in each step.", graph.steps[0]),
            (
                "Backwards",
                "What comes from above, times the slope of the step; where ways meet, add.",
                graph.steps[1],
            ),
        ],
        level,
        numbers | {"df": [[1]]},
        work=_worked,
    )


def _worked(asked: Exercise) -> Explanation:
    return by_formulas(GRAPHS[getattr(asked, "level", 1) - 1], asked.parameters)
