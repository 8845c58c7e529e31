"""Problem: what every engine is given, the same to the bit: examples, labels, starting weights, an order."""

from __future__ import annotations

import copy
import os
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import numpy as np

from side_by_side.cases import EXAMPLES, Case, inputs

SEED = 0


@dataclass(frozen=True)
class Problem:
    """X (m, …) float32 and y (m,), rows; `params` as the library nests them; `order` as `Model.fit` will draw it."""

    case: Case
    X: np.ndarray
    y: np.ndarray
    params: dict[str, dict[str, np.ndarray]]
    order: np.ndarray

    @property
    def steps(self) -> int:
        """In an epoch."""
        return len(self.X) // self.case.batch

    def places(self, done: int, n: int) -> np.ndarray:
        """The rows of the next n batches after `done` of them, going round and round."""
        whole = self.order[: self.steps * self.case.batch].reshape(self.steps, -1)
        return whole[np.arange(done, done + n) % self.steps].reshape(-1)

    def flat(self, dtype: str = "float32") -> list[np.ndarray]:
        """Copies of the starting weights: W1, b1, W2, …"""
        return [np.array(W, dtype) for named in self.params.values() for W in named.values()]


@lru_cache(maxsize=2)
def pictures(n: int, noise: bool) -> np.ndarray:
    """(60000, n) float32 from 0 to 1: the digits of MNIST, where they are on this machine, or `noise`."""
    if n == 784 and not noise and (digits := mnist()) is not None:
        return np.divide(digits, 255, dtype=np.float32)
    return np.random.default_rng(SEED).random((EXAMPLES, n), np.float32)


def mnist() -> np.ndarray | None:
    """Its pixels (60000, 784), or None."""
    import workings as wk

    return wk.data.mnist("train")[0].reshape(EXAMPLES, -1) if "WORKINGS_DATA" in os.environ else None


def paper() -> float | None:
    """The share of MNIST's pixels that are 0."""
    digits = mnist()
    return None if digits is None else float((digits == 0).mean())


def problem(case: Case, m: int = EXAMPLES) -> Problem:
    """The first m examples, and what starts from them."""
    X = pictures(inputs(case), case.noise)[:m].reshape(m, *case.shape)
    rng = np.random.default_rng(SEED + 1)
    k = case.sizes[-1]
    y = rng.integers(0, max(k, 2), EXAMPLES)[:m] if case.loss == "cross-entropy" or k > 1 else rng.random(m)
    built = model(case)
    built.build(case.shape)
    return Problem(case, X, y, built.state.params, copy.deepcopy(built.rng).permutation(m))


def model(case: Case) -> Any:
    """As a user writes it."""
    import workings as wk

    return wk.Model(case.layers(), loss=case.loss, seed=SEED)


def targets(problem: Problem) -> np.ndarray:
    """y as the textbook has it: one row of numbers per example, classes one-hot."""
    k = problem.case.sizes[-1]
    return np.eye(k, dtype=np.float32)[problem.y] if k > 1 else problem.y.astype(np.float32)[:, None]
