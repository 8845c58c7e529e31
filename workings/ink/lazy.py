"""Lazy: a shape, and a rule that gives the worked number at an index when that cell is asked for."""

from __future__ import annotations

from collections.abc import Callable
from math import prod
from typing import Any

import numpy as np

from workings.contract import Shape
from workings.ink.index import Index
from workings.ink.number import Number


class Lazy:
    """A shape, and a rule for the number at an index.

    `known` are the plain numbers, where they can be had without working any cell, and `kind` what they are:
    "f" all floats, "i" all whole numbers, "m" either; "" where they are not known.  `moved` marks a view: its cells
    are other arrays' cells in another place.
    """

    __slots__ = (
        *("_known", "_made", "_rule", "_worked"),
        *("axes", "key", "kind", "moved", "name", "op", "operands", "shape", "spread"),
    )

    def __init__(
        self,
        shape: Shape,
        rule: Callable[[Index], Number] | None = None,
        op: str = "given",
        operands: tuple[Any, ...] = (),
        name: str = "",
        *,
        moved: bool = False,
        kind: str = "",
        known: Callable[[], np.ndarray] | None = None,
        spread: Callable[..., np.ndarray] | None = None,
        axes: tuple[int, ...] = (),
    ):
        self.shape = shape
        self._rule = rule
        self.op = op
        self.operands = operands
        self.name = name
        self.moved = moved
        self.kind = kind
        self.key: tuple[Any, ...] | None = None  # of a view that was indexed
        self.axes = axes  # of the operand, that a reduction takes together
        self.spread = spread  # marks on the operands' cells → marks on the cells they are used in
        self._worked: dict[Index, Number] | None = None
        self._known = known
        self._made: np.ndarray | None = None

    @property
    def known(self) -> np.ndarray:
        """The plain numbers of an array that has a `kind`."""
        if self._made is None:
            assert self._known is not None
            self._made = self._known()
        return self._made

    @property
    def worked(self) -> dict[Index, Number]:
        """The cells asked for so far."""
        if self._worked is None:
            self._worked = {}
        return self._worked

    def rule(self, index: Index) -> Number:
        """The number at an index, worked anew."""
        assert self._rule is not None
        return self._rule(index)

    def at(self, index: Index) -> Number:
        worked = self.worked
        if (found := worked.get(index)) is None:
            found = worked[index] = self.rule(index)
        return found

    def cell(self, *index: int) -> Number:
        if len(index) != self.ndim or not all(-n <= i < n for i, n in zip(index, self.shape, strict=True)):
            raise IndexError(f"{self.name or 'the array'} has shape {self.shape}: no cell {list(index)}")
        return self.at(tuple(i % n for i, n in zip(index, self.shape, strict=True)))

    def values(self) -> np.ndarray:
        """Every cell, as plain Python values."""
        cells = [self.at(index).value for index in np.ndindex(*self.shape)]
        return np.fromiter(cells, object, prod(self.shape)).reshape(self.shape)

    @property
    def ndim(self) -> int:
        return len(self.shape)
