"""Schedules: the learning rate α as a function of the epochs done, k = 0, 1, 2, …

    constant       α₀
    step           α₀ · factor^⌊k / every⌋
    exponential    α₀ · factor^k
    inverse        α₀ / (1 + decay · k)                           (Robbins and Monro 1951)
    cosine         end + ½ (α₀ - end) (1 + cos(π k / epochs))     (Loshchilov and Hutter 2017)
    warm-up        α₀ (k + 1) / epochs at first, then another schedule

A schedule is called with k and gives α:

>>> Step(0.1, every=10, factor=0.5)(25)
0.025
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Constant:
    """The same rate throughout."""

    start: float

    def __call__(self, k: int) -> float:
        return self.start


@dataclass(frozen=True)
class Step:
    """The rate falls by `factor` after every `every` epochs."""

    start: float
    every: int
    factor: float = 0.1

    def __call__(self, k: int) -> float:
        return self.start * self.factor ** (k // self.every)


@dataclass(frozen=True)
class Exponential:
    """The rate falls by `factor` after every epoch."""

    start: float
    factor: float = 0.95

    def __call__(self, k: int) -> float:
        return self.start * self.factor**k


@dataclass(frozen=True)
class Inverse:
    """The rate falls as 1 / (1 + decay · k): slowly, and never to 0."""

    start: float
    decay: float = 1.0

    def __call__(self, k: int) -> float:
        return self.start / (1 + self.decay * k)


@dataclass(frozen=True)
class Cosine:
    """The rate swings down from `start` to `end` in `epochs` epochs, and stays there."""

    start: float
    epochs: int
    end: float = 0.0

    def __call__(self, k: int) -> float:
        k = min(k, self.epochs)
        return self.end + (self.start - self.end) * (1 + math.cos(math.pi * k / self.epochs)) / 2


@dataclass(frozen=True)
class WarmUp:
    """The rate climbs to that of `then` in `epochs` equal steps; from there on `then` goes on, with its own k."""

    then: Any
    epochs: int = 1

    def __call__(self, k: int) -> float:
        return self.then(0) * (k + 1) / self.epochs if k < self.epochs else self.then(k - self.epochs)


def schedule(rate: Any) -> Any:
    """A schedule as it is; a number as a constant one.  A rate that is not a positive number is refused."""
    if callable(rate):
        return rate
    if isinstance(rate, bool) or not isinstance(rate, int | float) or not 0 < rate < math.inf:
        raise ValueError(f"the learning rate is a positive number or a schedule, not {rate!r}; try 0.1")
    return Constant(float(rate))
