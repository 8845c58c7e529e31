"""Order: in which order the examples of an epoch come.

In memory they are mixed as a whole.  On the disk whole blocks are mixed, and then the rows within a window of several
blocks, so that what is read next lies near what was just read: fully random rows of a cold disk are 15 times slower.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

BLOCK = 1024  # rows
WINDOW = 16  # blocks


def mixed(rng: np.random.Generator, m: int, how: bool | str = True) -> np.ndarray:
    """The numbers from 0 to m - 1 in random order; with "blocks", so that neighbours stay near.

    >>> order = mixed(np.random.default_rng(0), 100_000, "blocks")
    >>> sorted(order.tolist()) == list(range(100_000)), len(set((order[: 16 * 1024] // 1024).tolist()))
    (True, 16)
    """
    if how != "blocks":
        return rng.permutation(m)
    blocks = rng.permutation(-(-m // BLOCK))
    order = np.empty(m, np.int64)
    done = 0
    for start in range(0, len(blocks), WINDOW):
        window = [np.arange(b * BLOCK, min((b + 1) * BLOCK, m)) for b in blocks[start : start + WINDOW].tolist()]
        rows = rng.permutation(np.concatenate(window))
        order[done : done + len(rows)] = rows
        done += len(rows)
    return order


@dataclass(frozen=True)
class Rows:
    """Some rows of examples on the disk, read when they are asked for.

    >>> some = Rows(np.arange(10.0).reshape(5, 2), np.array([1, 4]))
    >>> len(some), some[:1]
    (2, array([[2., 3.]]))
    """

    X: Any
    rows: np.ndarray

    def __len__(self) -> int:
        return len(self.rows)

    def __getitem__(self, some: Any) -> np.ndarray:
        return np.asarray(self.X[self.rows[some]])

    @property
    def shape(self) -> tuple[int, ...]:
        """As if they were in memory."""
        return (len(self.rows), *self.X.shape[1:])

    @property
    def dtype(self) -> np.dtype:
        """Of the numbers in the file."""
        return self.X.dtype
