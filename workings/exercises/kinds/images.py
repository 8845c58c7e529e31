"""Images: a kernel that slides over a small picture."""

from __future__ import annotations

from dataclasses import dataclass
from functools import reduce
from operator import add
from typing import Any

from workings.contract import Array, Namespace
from workings.exercises.exercise import Exercise
from workings.exercises.generated import Generated, by_formulas, exercise
from workings.exercises.kinds.numbers import positive, signed
from workings.explain import Explanation


@dataclass(frozen=True)
class Slide:
    """Z[i,j] = sum of K times the part of X under it, plus b; then ReLU.  One channel of layers.Convolution."""

    def step(self, xp: Namespace, *, X: Array, K: Array, b: Array):
        (h, w), (k, _) = X.shape, K.shape
        rows, columns = h - k + 1, w - k + 1
        under = [X[i : i + rows, j : j + columns] * K[i : i + 1, j : j + 1] for i in range(k) for j in range(k)]
        Z = reduce(add, under) + b
        A = xp.maximum(Z, xp.zeros_like(Z))
        return Z, A


def convolution(rng: Any, level: int) -> Generated:
    """A kernel of 2 by 2 or 3 by 3 on a small picture, with ReLU."""
    size, k = [((3, 3), 2), ((3, 4), 2), ((4, 5), 3)][level - 1]
    return exercise(
        "convolution",
        "A convolution",
        f"The kernel K of {k} by {k} slides over X, one place at a time, and is not turned round.",
        [
            ("Sums", "Multiply K with the part of X under it, number by number; add, and add b.", ["Z"]),
            ("ReLU", "What is negative becomes 0; what is positive stays.", ["A"]),
        ],
        level,
        {"X": positive(rng, size, 12, 2), "K": signed(rng, (k, k), 7, 2), "b": signed(rng, (1, 1), 29, 11)},
        titles={"Z": "sum of K x the part of X under it, + b", "A": "ReLU(Z)"},
        work=_slid,
    )


def _slid(asked: Exercise) -> Explanation:
    return by_formulas(Slide(), asked.parameters)
