"""Slopes: how much a function moves for a small nudge, and the tangent that goes with it.

slope ≈ (f(x + nudge) - f(x)) / nudge          tangent(t) = f(x) + slope (t - x)
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from workings.specs import activation


@dataclass(frozen=True)
class Slope:
    """A function at one point: where, how high, how steep."""

    x: Any
    value: Any
    slope: Any

    def tangent(self, t: Any) -> Any:
        """The straight line that touches the curve at x, read at t."""
        return self.value + self.slope * (t - self.x)


def nudged(f: Callable[[Any], Any], x: Any, nudge: Any = 0.001) -> Slope:
    """What a nudge of x does to f, as a ratio.  Fractions stay exact, so that the ratio can be read off.

    >>> from fractions import Fraction
    >>> float(nudged(lambda a: 3 * a, Fraction(2), Fraction("0.001")).slope)
    3.0
    >>> float(nudged(lambda a: a**2, Fraction(2), Fraction("0.001")).slope)
    4.001
    """
    return Slope(x, f(x), (f(x + nudge) - f(x)) / nudge)


def slope_of(name: Any, z: Any) -> Slope:
    """An activation (by name, or a layer) at z: its value and g′(z), by the library's own forward and backward.

    >>> slope_of("sigmoid", 0.0)
    Slope(x=0.0, value=0.5, slope=0.25)
    """
    layer = activation(name)
    Z = np.asarray(z, dtype=np.float64).reshape(1, -1)
    A, cache = layer.forward(np, Z)
    dZ, _ = layer.backward(np, np.ones_like(A), **cache)
    if np.ndim(z):
        return Slope(z, A.reshape(np.shape(z)), dZ.reshape(np.shape(z)))
    return Slope(float(z), float(A.item()), float(dZ.item()))
