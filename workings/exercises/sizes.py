"""Sizes: three matrices C = A B hang together; who resizes one of them drags the other two."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np


@dataclass(frozen=True)
class Sizes:
    """A is (rows, inner), B is (inner, columns), C is (rows, columns).

    >>> Sizes(2, 2, 3).with_A(4, 5)
    Sizes(rows=4, inner=5, columns=3)
    >>> Sizes(2, 2, 3).with_C(1, 6).B
    (2, 6)
    """

    rows: int
    inner: int
    columns: int

    def __post_init__(self):
        for name, n in vars(self).items():
            if isinstance(n, bool) or not isinstance(n, int) or not 1 <= n <= 12:
                raise ValueError(f"{name} is a whole number from 1 to 12, not {n!r}: more does not fit on paper")

    @property
    def A(self) -> tuple[int, int]:
        return self.rows, self.inner

    @property
    def B(self) -> tuple[int, int]:
        return self.inner, self.columns

    @property
    def C(self) -> tuple[int, int]:
        return self.rows, self.columns

    def with_A(self, rows: int, columns: int) -> Sizes:
        """A in this size: C takes its rows, B gets as many rows as A has columns."""
        return replace(self, rows=rows, inner=columns)

    def with_B(self, rows: int, columns: int) -> Sizes:
        """B in this size: C takes its columns, A gets as many columns as B has rows."""
        return replace(self, inner=rows, columns=columns)

    def with_C(self, rows: int, columns: int) -> Sizes:
        """C in this size: A takes its rows, B its columns."""
        return replace(self, rows=rows, columns=columns)

    def rolled(self, seed: int = 0, largest: int = 5) -> tuple[list[list[int]], list[list[int]]]:
        """A and B of these sizes with small whole numbers; the seed fixes them."""
        rng = np.random.default_rng(seed)
        roll = lambda shape: rng.integers(-largest, largest + 1, shape).tolist()
        return roll(self.A), roll(self.B)
