"""Numbers: what is drawn for an exercise: small, whole, never 0 where a 0 would hide a mistake."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from workings.contract import Shape


def signed(rng: Any, shape: Shape, largest: int, smallest: int = 1) -> np.ndarray:
    """Whole numbers from -largest to largest, none nearer to 0 than `smallest`."""
    return _lopsided(lambda: rng.integers(smallest, largest + 1, shape) * rng.choice([-1, 1], shape))


def positive(rng: Any, shape: Shape, largest: int, smallest: int = 1) -> np.ndarray:
    """Whole numbers from `smallest` to `largest`."""
    return _lopsided(lambda: rng.integers(smallest, largest + 1, shape))


def signed_apart(rng: Any, shape: tuple[int, int], largest: int) -> np.ndarray:
    """Positive and negative whole numbers, in a column none of the size of another: read for it by mistake, it would
    be a lost sign, or nothing."""
    sizes = lambda: np.array([rng.permutation(largest)[: shape[0]] + 1 for _ in range(shape[1])]).T
    return _lopsided(lambda: sizes() * rng.choice([-1, 1], shape))


def _lopsided(draw: Callable[[], np.ndarray]) -> np.ndarray:
    """A matrix in which no number has the size of the mirrored one: read there by mistake, it would not show."""
    x = draw()
    n = min(x.shape[:2])
    while (same := np.triu(np.abs(x[:n, :n].T) == np.abs(x[:n, :n]), 1) if x.ndim == 2 else np.zeros(1, bool)).any():
        x[:n, :n] = np.where(same, draw()[:n, :n], x[:n, :n])
    return x


def tenths(rng: Any, shape: Shape, largest: int, smallest: int = 1) -> np.ndarray:
    """Positive or negative tenths, as fractions."""
    from fractions import Fraction

    whole = signed(rng, shape, largest, smallest)
    return np.vectorize(lambda n: Fraction(int(n), 10), otypes=[object])(whole)


def one_hot(rng: Any, classes: int, m: int) -> np.ndarray:
    """A target for each of m examples."""
    chosen = rng.permutation(np.arange(max(classes, m)) % classes)[:m]
    return (np.arange(classes)[:, None] == chosen).astype(int)
