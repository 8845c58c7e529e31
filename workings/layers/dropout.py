"""Dropout: leave out a cell when its random number R is below `rate`, and make up for it in the others.

    A′  = A / (1 - rate)  where R ≥ rate, else 0
    dA  = dA′ / (1 - rate)  where R ≥ rate, else 0

R is a given like any other (Srivastava et al. 2014, "inverted"): training passes one, prediction passes none, so
there is no `training` flag, and a worksheet can print the R it used.
"""

from __future__ import annotations

from dataclasses import dataclass
from numbers import Real
from typing import Any

from workings.contract import Array, Named, Namespace, Shape


def is_number(x: Any) -> bool:
    """A real number, and no yes or no."""
    return isinstance(x, Real) and not isinstance(x, bool)


@dataclass(frozen=True)
class Dropout:
    """Each cell is left out with probability `rate`, 0 ≤ rate < 1."""

    rate: float

    def __post_init__(self):
        if not is_number(self.rate) or not 0 <= self.rate < 1:
            raise ValueError(f"Dropout leaves out a share of the cells: rate is in 0 ≤ rate < 1, not {self.rate!r}")

    def init(self, rng, shape: Shape) -> Named:
        return {}

    def noise(self, rng, shape: Shape) -> Named:
        return {"R": rng.random(shape)}

    def out_shape(self, shape: Shape) -> Shape:
        return shape

    def forward(self, xp: Namespace, A: Array, *, R: Array | None = None):
        if R is None:
            return A, {}
        A_kept = xp.where(R >= self.rate, A / (1 - self.rate), xp.zeros_like(A))
        return A_kept, {"R": R}

    def backward(self, xp: Namespace, dA_kept: Array, *, R: Array | None = None):
        if R is None:
            return dA_kept, {}
        dA = xp.where(R >= self.rate, dA_kept / (1 - self.rate), xp.zeros_like(dA_kept))
        return dA, {}
