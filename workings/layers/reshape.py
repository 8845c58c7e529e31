"""Reshape: the same numbers in another place.

Flatten   (c, h, w, m) → (c·h·w, m)      an image unrolled into a column, in the order c, h, w
Last      (n, T, m)    → (n, m)          the last step of a sequence
"""

from __future__ import annotations

from dataclasses import dataclass
from math import prod

from workings.contract import Array, Named, Namespace, Shape


@dataclass(frozen=True)
class Flatten:
    """Every example as one column."""

    def init(self, rng, shape: Shape) -> Named:
        return {}

    def out_shape(self, shape: Shape) -> Shape:
        return (prod(shape),)

    def forward(self, xp: Namespace, X: Array):
        A = xp.reshape(X, (prod(X.shape[:-1]), X.shape[-1]))
        return A, {"X": X}

    def backward(self, xp: Namespace, dA: Array, *, X: Array):
        dX = xp.reshape(dA, X.shape)
        return dX, {}


@dataclass(frozen=True)
class Last:
    """What stands at the last step; the steps before get no gradient from here."""

    def init(self, rng, shape: Shape) -> Named:
        return {}

    def out_shape(self, shape: Shape) -> Shape:
        n, _ = shape
        return (n,)

    def forward(self, xp: Namespace, X: Array):
        A = X[:, -1, :]
        return A, {"X": X}

    def backward(self, xp: Namespace, dA: Array, *, X: Array):
        before = xp.zeros_like(X[:, 1:, :])
        dX = xp.concat([before, xp.expand_dims(dA, axis=1)], axis=1)
        return dX, {}
