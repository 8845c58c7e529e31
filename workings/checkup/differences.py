"""Differences: the slope of the loss at every parameter, by nudging it; with how well it is known, and kinks seen.

    D(h) = (J(w + h) - J(w - h)) / 2h          slope ≈ (4 D(h/2) - D(h)) / 3          (Richardson 1911)

Two errors pull in opposite ways: a long nudge meets the curve's bend, a short one loses digits of J.  Nudges from
long to short are tried until both are small.  Where J has a kink at w itself (a ReLU at 0), no nudge is short enough:
the slopes to the left and to the right differ, and every number between them is as good as another.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

NUDGES = (1e-2, 1e-3, 1e-4, 1e-5, 1e-6)
GOOD = 1e-9  # of the largest slope, or of J: an error so small is not improved on
EPS = float(np.finfo(np.float64).eps)


@dataclass(frozen=True)
class Slope:
    """∂J/∂w at one cell: its value, how far off it may be, and the slopes on both sides where J has a kink."""

    value: float
    error: float
    sides: tuple[float, float] | None = None

    def allows(self, given: float, tolerance: float) -> bool:
        """Whether a gradient may be this slope."""
        low, high = self.sides or (self.value, self.value)
        return low - tolerance - self.error <= given <= high + tolerance + self.error


def slopes(cost: Callable[[], float], A: np.ndarray, most: int, seed: int = 0) -> dict[tuple[int, ...], Slope]:
    """The slopes at the cells of an array (float64, changed and put back), or at `most` of them, drawn with a seed.

    >>> w = np.array([[3.0, -1.0]])
    >>> found = slopes(lambda: float((w**2).sum()), w, most=10)
    >>> {cell: round(slope.value, 9) for cell, slope in found.items()}
    {(0, 0): 6.0, (0, 1): -2.0}
    """
    cells = [tuple(map(int, cell)) for cell in np.ndindex(*A.shape)]
    if len(cells) > most:
        drawn = np.random.default_rng(seed).choice(len(cells), most, replace=False)
        cells = [cells[i] for i in sorted(drawn)]
    middle = cost()
    return {cell: slope(cost, A, cell, middle) for cell in cells}


def slope(cost: Callable[[], float], A: np.ndarray, cell: tuple[int, ...], middle: float) -> Slope:
    """The slope at one cell; `middle` is J as it is."""
    kept = float(A[cell])
    scale = max(1.0, abs(kept))

    def at(nudge: float) -> float:
        A[cell] = kept + nudge
        found = cost()
        A[cell] = kept
        return found

    best = Slope(float("nan"), float("inf"))
    for nudge in NUDGES:
        h = nudge * scale
        far, near = (at(h), at(-h)), (at(h / 2), at(-h / 2))
        noise = 4 * EPS * max(abs(middle), *map(abs, far)) / h
        wide, close = (far[0] - far[1]) / (2 * h), (near[0] - near[1]) / h
        bend_far, bend_near = far[0] - 2 * middle + far[1], near[0] - 2 * middle + near[1]
        rough = 8 * EPS * max(abs(middle), *map(abs, far))
        kink = abs(bend_near) > 0.35 * abs(bend_far) + rough or abs(bend_far) > 5 * abs(bend_near) + rough
        if kink:
            if nudge == NUDGES[-1] and not np.isfinite(best.error):
                sides = sorted(((middle - near[1]) / (h / 2), (near[0] - middle) / (h / 2)))
                best = Slope(close, 4 * noise, (sides[0], sides[1]))
            continue
        value = (4 * close - wide) / 3
        error = abs(value - close) / 4 + 4 * noise
        if error < best.error:
            best = Slope(float(value), float(error))
        if error <= GOOD * max(abs(value), abs(middle)):
            break
    return best
