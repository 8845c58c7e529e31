"""Ink: a lazy array.

An array is a shape and a rule that gives the worked number at an index.  No
cell is worked before it is asked for, so one cell of a large network costs only
what that one cell is made of.  Arrays never change: there is no assignment, no
iteration and no truth value; build with `concat`, `stack` and `where` instead.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from fractions import Fraction
from math import prod
from types import EllipsisType
from typing import Any

import numpy as np

from workings.contract import Shape
from workings.ink.index import Index, Place, selected, stretched
from workings.ink.number import Name, Number, given, work


def _operator(op: str) -> tuple[Any, Any]:
    return (lambda x, y: each(op, x, y)), (lambda x, y: each(op, y, x))


@dataclass(frozen=True, eq=False)
class Array:
    shape: Shape
    rule: Callable[[Index], Number]
    op: str = "given"
    operands: tuple[Array, ...] = ()
    name: str = ""
    moved: bool = False  # a view: its cells are other arrays' cells in another place
    worked: dict[Index, Number] = field(default_factory=dict, repr=False)  # the cells asked for so far

    dtype = Number
    __array_ufunc__ = None  # NumPy steps back, and the operators below answer
    __iter__ = None  # only whole indices are understood, so a loop would silently find nothing

    def at(self, index: Index) -> Number:
        if (found := self.worked.get(index)) is None:
            found = self.worked[index] = self.rule(index)
        return found

    def cell(self, *index: int) -> Number:
        if len(index) != self.ndim or not all(-n <= i < n for i, n in zip(index, self.shape, strict=True)):
            raise IndexError(f"{self.name or 'the array'} has shape {self.shape}: no cell {list(index)}")
        return self.at(tuple(i % n for i, n in zip(index, self.shape, strict=True)))

    def named(self, name: str) -> Array:
        """The same cells under a name: leaves to others, open at the root."""

        def rule(index: Index) -> Number:
            x = self.at(index)
            x = Number(x.value, "is", (x,)) if x.name else x
            return replace(x, name=Name(name, index))

        return Array(self.shape, rule, self.op, self.operands, name)

    def values(self) -> np.ndarray:
        """Every cell, as plain Python values."""
        cells = [self.at(index).value for index in np.ndindex(*self.shape)]
        return np.fromiter(cells, object, prod(self.shape)).reshape(self.shape)

    @property
    def ndim(self) -> int:
        return len(self.shape)

    @property
    def T(self) -> Array:
        if self.ndim != 2:
            raise ValueError(f".T is for matrices; this has shape {self.shape}: use .mT or permute_dims")
        return self.mT

    @property
    def mT(self) -> Array:
        shape = (*self.shape[:-2], self.shape[-1], self.shape[-2])
        return view("T", self, shape, lambda i: (*i[:-2], i[-1], i[-2]))

    def __getitem__(self, key: Any) -> Array:
        match key:
            case (int(i), EllipsisType()) if self.op == "stack" and not self.name:
                return self.operands[i]  # a walk takes back what it stacked
        return view("[]", self, *selected(self.shape, key))

    def __matmul__(self, other: Any) -> Array:
        x, y = self, array(other)
        if min(x.ndim, y.ndim) < 2 or x.shape[-1] != y.shape[-2]:
            raise ValueError(f"{x.name or 'left'} {x.shape} @ {y.name or 'right'} {y.shape}: the left needs "
                             f"as many columns (last axis) as the right has rows (last but one)")  # fmt: skip
        lead = np.broadcast_shapes(x.shape[:-2], y.shape[:-2])

        def rule(index: Index) -> Number:
            *batch, i, j = index
            left, right = stretched(batch, x.shape[:-2]), stretched(batch, y.shape[:-2])
            terms = [work("*", x.at((*left, i, k)), y.at((*right, k, j))) for k in range(x.shape[-1])]
            return work("+", *terms)

        return Array((*lead, x.shape[-2], y.shape[-1]), rule, "@", (x, y))

    def __rmatmul__(self, other: Any) -> Array:
        return array(other) @ self

    def __neg__(self) -> Array:
        return each("neg", self)

    def __bool__(self) -> bool:
        raise TypeError("an array is neither true nor false: choose by cell, xp.where(condition, yes, no)")

    def __float__(self) -> float:
        return float(self.cell().value)

    __add__, __radd__ = _operator("+")
    __sub__, __rsub__ = _operator("-")
    __mul__, __rmul__ = _operator("*")
    __truediv__, __rtruediv__ = _operator("/")
    __pow__, __rpow__ = _operator("**")
    __gt__, __ge__ = _operator(">")[0], _operator(">=")[0]
    __lt__, __le__ = _operator("<")[0], _operator("<=")[0]
    __eq__, __ne__ = _operator("==")[0], _operator("!=")[0]  # type: ignore[assignment]
    __hash__ = object.__hash__


def array(x: Any, name: str = "") -> Array:
    """An array of givens.  A name makes every cell a leaf, and of an ink array keeps the value alone."""
    if isinstance(x, Array):
        return Array(x.shape, lambda i: Number(x.at(i).value, name=Name(name, i)), name=name) if name else x
    x = np.asarray(x, None if hasattr(x, "dtype") else object)  # a list keeps its ints and fractions
    label = (lambda i: Name(name, i)) if name else (lambda i: None)
    return Array(x.shape, lambda i: Number(given(x.item(i)), name=label(i)), name=name)


def each(op: str, *xs: Any) -> Array:
    """`op` cell by cell, with broadcasting.  A running sum stays one sum."""
    head, *rest = arrays = [array(as_written(x)) for x in xs]
    shape = np.broadcast_shapes(*(x.shape for x in arrays))
    if op == "+" and head.op == "+" and not head.name:
        arrays = [*head.operands, *rest]

    def rule(index: Index) -> Number:
        return work(op, *[x.at(index if x.shape == shape else stretched(index, x.shape)) for x in arrays])

    return Array(shape, rule, op, tuple(arrays))


def as_written(x: Any) -> Any:
    """A number in the code of a formula as it is written there: 0.5 is ½ and 1 / 3 is ⅓, exactly.

    Among floats that changes no bit; among whole numbers and fractions it keeps the working exact.
    """
    if not isinstance(x, float) or not math.isfinite(x) or (x == 0 and math.copysign(1, x) < 0):
        return x
    exact = Fraction(x).limit_denominator(1_000_000)
    return exact if float(exact) == x else x


def view(op: str, x: Array, shape: Shape, place: Place) -> Array:
    """x's cells, elsewhere."""
    return Array(shape, lambda index: x.at(place(index)), op, (x,), moved=True)
