"""Metrics: how good predictions are, in numbers a person would use.

    right      1 for each example whose answer is right, else 0; their mean is the accuracy
    squares    the mean square of each example's errors; the root of their mean is the RMSE

An answer is the largest of several outputs, or for one yes-or-no output (or several) the side of the threshold.
"""

from __future__ import annotations

from dataclasses import dataclass

from workings.contract import Array, Namespace


@dataclass(frozen=True)
class Accuracy:
    """The share of right answers.

    `several` says that every output is a yes or no of its own, and that all must be right.  `threshold` is ½ for
    a probability A, 0 for the Z under a sigmoid.
    """

    several: bool = False
    threshold: float = 0.5
    name = "accuracy"
    higher_is_better = True

    def per_example(self, xp: Namespace, A: Array, Y: Array) -> Array:
        """1 where the answer is right, else 0: (m,).  NaN is no answer, and so never right."""
        lost = xp.any(xp.isnan(A), axis=tuple(range(A.ndim - 1)))
        if A.shape[0] == 1 or self.several:
            right = xp.all((A > self.threshold) == (Y > 0.5), axis=tuple(range(A.ndim - 1)))
        else:
            right = xp.all(xp.argmax(A, axis=0) == xp.argmax(Y, axis=0), axis=tuple(range(A.ndim - 2)))
        return xp.logical_and(right, xp.logical_not(lost))

    def finish(self, mean: float) -> float:
        return mean


@dataclass(frozen=True)
class RootMeanSquare:
    """The root of the mean squared error: how far off a prediction typically is, in the target's own units.

    `unit` is what a 1 of A and Y stands for: their spread, where they were divided by it.
    """

    unit: float = 1.0
    name = "rmse"
    higher_is_better = False

    def per_example(self, xp: Namespace, A: Array, Y: Array) -> Array:
        """The mean square over the outputs: (m,)."""
        return xp.mean((A - Y) ** 2, axis=tuple(range(A.ndim - 1)))

    def finish(self, mean: float) -> float:
        return self.unit * mean**0.5
