"""Remarks on exercise 7: the declared prediction beside the exact softmax, every number worked out here."""

from __future__ import annotations

from fractions import Fraction
from typing import Any, NamedTuple

import numpy as np

from workings.exercises.exercise import Exercise
from workings.explain.explanation import Updated
from workings.ink.rounding import cut

FIVE = 5  # decimals of a loss


class Compared(NamedTuple):
    """A step of gradient descent: the loss before and after it by the exact softmax, and what the slopes predict."""

    before: float
    after: float
    predicted: float

    @property
    def actual(self) -> float:
        return self.after - self.before


def compared(exercise: Exercise, exact: Exercise) -> Compared:
    """What one step does to the loss; after it, the prediction is always worked out by softmax."""
    w = exercise.explain()
    assert isinstance(w, Updated)
    after = exact.worked.problem.cost(w.step.params, exact.worked.book.xp)
    return Compared(float(w.step.before), float(after), float(w.step.predicted - w.step.before))


def on_both(given: Exercise, exact: Exercise) -> tuple[str, ...]:
    """The note on the declared prediction and the exact one, and on why steps must be small."""
    P = exact.worked["A3"].numbers.astype(float)
    p1, p3 = float(P[0, 0]), float(P[2, 0])
    return (
        f"The declared prediction {_row(np.array(given.loss.prediction, float))} is the softmax rounded: worked out "
        f"it is {_row(P)}, and an exact 0 is impossible.",
        f"From layer 2 down both give the same whole numbers, because 2 p1 + p3 ~ 2 x {p1:.4f} + {p3:.4f} ~ "
        f"{cut(2 * p1 + p3, 4).text} (and 2 (p2 - 1) + p3 ~ {cut(2 * (float(P[1, 0]) - 1) + p3, 4).text}), which is "
        "dA2.",
        f"The short way dZ3 = A3 - Y ~ {_row(P - exact.Y)} and the long way through softmax, "
        f"{_row(long_way(exact))}, are {'equal' if ways_agree(exact) else 'NOT equal'}.",
        *(_told(exercise, exact, name) for exercise, name in ((exact, "exact softmax"), (given, "given"))),
    )


def long_way(exact: Exercise) -> Any:
    """dZ3 as softmax passes it back: A3 (dA3 - sum dA3 A3)."""
    return exact.worked["dZ3"].numbers.astype(float)


def ways_agree(exact: Exercise) -> bool:
    """Whether the short way and the long way give the same dZ3, to the rounding of a float."""
    short = exact.worked["A3"].numbers.astype(float) - np.array(exact.Y, float)
    return bool(np.abs(short - long_way(exact)).max() < 1e-15)


def _told(exercise: Exercise, exact: Exercise, name: str) -> str:
    step = compared(exercise, exact)
    small = "; the step is far too long for the slope to hold" if name != "given" else ""
    return (
        f"Step 11 with rate {exercise.rate}, {name}: loss {step.before:.5f} -> {step.after:.5f}, predicted change "
        f"{step.predicted:.3f}, actual {step.actual:.3f}{small}."
    )


def _row(x: Any) -> str:
    return f"[{', '.join(cut(float(v), 4).text for v in np.asarray(x).flat)}]"


def same_below(given: Exercise, exact: Exercise) -> bool:
    """Whether every gradient from layer 2 down is the same, up to the rounding of the exact run."""
    names = ("dA2", "dZ2", "dW2", "db2", "dA1", "dZ1", "dW1", "db1")
    pairs = [(given.worked[n].numbers.astype(float), exact.worked[n].numbers.astype(float)) for n in names]
    whole = all(Fraction(v).denominator == 1 for n in names for v in given.worked[n].numbers.flat)
    return whole and all(np.allclose(a, b, rtol=0, atol=1e-12) for a, b in pairs)
