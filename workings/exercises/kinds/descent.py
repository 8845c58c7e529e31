"""Descent: some steps of gradient descent on a bowl, in two coordinates."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from workings.contract import Array, Namespace
from workings.exercises.exercise import Exercise
from workings.exercises.generated import Generated, by_formulas, exercise
from workings.exercises.kinds.numbers import signed
from workings.explain import Explanation


@dataclass(frozen=True)
class Bowl:
    """J = a (w - c)^2 in each coordinate: dw = 2 a (w - c), w - alpha dw."""

    def step(self, xp: Namespace, *, w0: Array, a: Array, c: Array, alpha: Array):
        dw0 = 2 * a * (w0 - c)
        w1 = w0 - alpha * dw0
        dw1 = 2 * a * (w1 - c)
        w2 = w1 - alpha * dw1
        dw2 = 2 * a * (w2 - c)
        w3 = w2 - alpha * dw2
        return w3


def gradient_descent(rng: Any, level: int) -> Generated:
    """One, two or three steps; each number follows from the one before."""
    fills = [(f"dw{t}", f"w{t + 1}") for t in range(level)]
    # 1 - 2 a alpha is 1/2 or less far from 1, so that every w is a short decimal
    a = [[int(rng.choice([1, 2, 3]))], [int(rng.choice([1, 2, 3]))]]
    return exercise(
        "gradient-descent",
        "Steps of gradient descent",
        "J = a (w - c)^2 for each of two coordinates, so dw = 2 a (w - c).  A step takes w to w - alpha dw.",
        [
            (f"Step {t + 1}", f"dw{t} at w{t}, then w{t + 1} = w{t} - alpha dw{t}.", both)
            for t, both in enumerate(fills)
        ],
        level,
        {
            "w0": signed(rng, (2, 1), 30, 4),
            "a": a,
            "c": signed(rng, (2, 1), 20, 3),
            "alpha": [["1/10"]],
        },
        work=_worked,
    )


def _worked(asked: Exercise) -> Explanation:
    made = by_formulas(Bowl(), asked.parameters)
    done = {name for task in asked.tasks for name in task.fills}
    for name in [name for name in made.book.values if name not in done and name not in asked.parameters]:
        for part in (made.book.values, made.book.leaves, made.book.workings):
            del part[name]
    return made
