"""Numbers: what is drawn for an exercise: small, whole, never 0 where a 0 would hide a mistake."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from fractions import Fraction
from typing import Any

import numpy as np

from workings.contract import Shape


def signed(rng: Any, shape: Shape, largest: int, smallest: int = 1) -> np.ndarray:
    """Whole numbers from -largest to largest, none nearer to 0 than `smallest`."""
    return _lopsided(lambda: rng.integers(smallest, largest + 1, shape) * rng.choice([-1, 1], shape))


def positive(rng: Any, shape: Shape, largest: int, smallest: int = 1) -> np.ndarray:
    """Whole numbers from `smallest` to `largest`."""
    return _lopsided(lambda: rng.integers(smallest, largest + 1, shape))


def signed_apart(rng: Any, shape: Sequence[int], largest: int, smallest: int = 1) -> np.ndarray:
    """Positive and negative whole numbers, in a column none of the size of another: read for it, it would look like a
    lost sign, or a lost product."""
    n, columns = shape
    many = max(n, largest - smallest + 1)
    draw = lambda: np.array([rng.permutation(many)[:n] + smallest for _ in range(columns)]).T
    x = draw()
    while _mirrored(x).any():
        x = draw()
    return x * rng.choice([-1, 1], shape)


def _lopsided(draw: Callable[[], np.ndarray]) -> np.ndarray:
    """A matrix in which no number has the size of the mirrored one: read there by mistake, it would not show."""
    x = draw()
    n = min(x.shape[:2])
    while x.ndim == 2 and (same := _mirrored(x)).any():
        x[:n, :n] = np.where(same, draw()[:n, :n], x[:n, :n])
    return x


def _mirrored(x: np.ndarray) -> np.ndarray:
    """Which numbers of the square part have the size of the one across the diagonal."""
    square = np.abs(x[: min(x.shape), : min(x.shape)])
    return np.triu(square.T == square, 1)


def tenths(rng: Any, shape: Shape, largest: int, smallest: int = 1) -> np.ndarray:
    """Positive or negative tenths, as fractions."""
    return tenths_of(signed(rng, shape, largest, smallest))


def tenths_of(whole: np.ndarray) -> np.ndarray:
    """Whole numbers as so many tenths."""
    return np.vectorize(lambda n: Fraction(int(n), 10), otypes=[object])(whole)


def one_hot(rng: Any, classes: int, m: int) -> np.ndarray:
    """A target for each of m examples."""
    chosen = rng.permutation(np.arange(max(classes, m)) % classes)[:m]
    return (np.arange(classes)[:, None] == chosen).astype(int)
