"""Ink: a lazy array.

An array is a shape and a rule that gives the worked number at an index.  No cell is worked before it is asked for, so
one cell of a large network costs only what that one cell is made of.  Arrays never change: there is no assignment,
no iteration and no truth value; build with `concat`, `stack` and `where` instead.

An array that holds givens, or givens in another place, also knows its plain numbers (`known`): a long sum over such
arrays is added at once, and its terms are worked when somebody looks at them.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from fractions import Fraction
from functools import lru_cache
from math import prod
from types import EllipsisType
from typing import Any

import numpy as np

from workings.contract import Shape
from workings.ink.index import Index, Place, selected, stretched
from workings.ink.number import Name, Number, given, long_sum, work

LONG = 16  # sums from here on are added at once


def _operator(op: str) -> tuple[Any, Any]:
    return (lambda x, y: each(op, x, y)), (lambda x, y: each(op, y, x))


class Array:
    """A shape, and a rule for the number at an index.

    `known` are the plain numbers, where they can be had without working any cell, and `kind` what they are:
    "f" all floats, "i" all whole numbers, "m" either; "" where they are not known.  `moved` marks a view: its cells
    are other arrays' cells in another place.
    """

    __slots__ = ("_known", "_made", "_worked", "kind", "moved", "name", "op", "operands", "rule", "shape", "spread")

    def __init__(
        self,
        shape: Shape,
        rule: Callable[[Index], Number],
        op: str = "given",
        operands: tuple[Array, ...] = (),
        name: str = "",
        *,
        moved: bool = False,
        kind: str = "",
        known: Callable[[], np.ndarray] | None = None,
        spread: Callable[..., np.ndarray] | None = None,
    ):
        self.shape = shape
        self.rule = rule
        self.op = op
        self.operands = operands
        self.name = name
        self.moved = moved
        self.kind = kind
        self.spread = spread  # marks on the operands' cells → marks on the cells they are used in
        self._worked: dict[Index, Number] | None = None
        self._known = known
        self._made: np.ndarray | None = None

    dtype = Number
    __array_ufunc__ = None  # NumPy steps back, and the operators below answer
    __iter__ = None  # only whole indices are understood, so a loop would silently find nothing

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

    def at(self, index: Index) -> Number:
        worked = self.worked
        if (found := worked.get(index)) is None:
            found = worked[index] = self.rule(index)
        return found

    def cell(self, *index: int) -> Number:
        if len(index) != self.ndim or not all(-n <= i < n for i, n in zip(index, self.shape, strict=True)):
            raise IndexError(f"{self.name or 'the array'} has shape {self.shape}: no cell {list(index)}")
        return self.at(tuple(i % n for i, n in zip(index, self.shape, strict=True)))

    def named(self, name: str) -> Array:
        """The same cells under a name: leaves to others, open at the root."""

        def rule(index: Index) -> Number:
            x = self.at(index)
            if x.name:
                return Number(x.value, "is", (x,), Name(name, index))
            return Number(x.value, x.op, x.operands, Name(name, index))

        if self.name:
            return Array(self.shape, rule, "is", (self,), name, spread=lambda marks: marks)
        return Array(self.shape, rule, self.op, self.operands, name, moved=self.moved, spread=self.spread)

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
        return view("T", self, shape, lambda i: (*i[:-2], i[-1], i[-2]), lambda x: np.swapaxes(x, -1, -2))

    def __getitem__(self, key: Any) -> Array:
        match key:
            case (int(i), EllipsisType()) if self.op == "stack" and not self.name:
                return self.operands[i]  # a walk takes back what it stacked
        return view("[]", self, *selected(self.shape, key), lambda x: x[key])

    def __matmul__(self, other: Any) -> Array:
        return matmul(self, array(other))

    def __rmatmul__(self, other: Any) -> Array:
        return matmul(array(other), self)

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
    __eq__, __ne__ = _operator("==")[0], _operator("!=")[0]  # type: ignore[assignment]  # cell by cell, as in NumPy
    __hash__ = object.__hash__


def array(x: Any, name: str = "") -> Array:
    """An array of givens.  A name makes every cell a leaf, and of an ink array keeps the value alone."""
    if isinstance(x, Array):
        return Array(x.shape, lambda i: Number(x.at(i).value, name=Name(name, i)), name=name) if name else x
    x = np.asarray(x, None if hasattr(x, "dtype") else object)  # a list keeps its ints and fractions
    called = (lambda i: Name(name, i)) if name else (lambda i: None)
    rule = lambda i: Number(given(x.item(i)), name=called(i))
    return Array(x.shape, rule, name=name, kind=_kind(x), known=lambda: x)


def _kind(x: np.ndarray) -> str:
    if x.dtype.kind == "f" and x.itemsize <= 8:
        return "f"
    small = x.dtype.kind in "iu" and (x.itemsize < 8 or not x.size or -(2**53) <= x.min() <= x.max() <= 2**53)
    return "i" if small else ""


def each(op: str, *xs: Any) -> Array:
    """`op` cell by cell, with broadcasting.  A running sum stays one sum."""
    arrays = tuple([x if isinstance(x, Array) else array(as_written(x)) for x in xs])
    shapes = [x.shape for x in arrays]
    shape = shapes[0] if shapes.count(shapes[0]) == len(shapes) else np.broadcast_shapes(*shapes)
    parts: list[Array] = []

    def rule(index: Index) -> Number:
        if not parts:
            parts.extend(_running(arrays) if op == "+" else arrays)
        return work(op, *[x.at(index if x.shape == shape else stretched(index, x.shape)) for x in parts])

    if op == "where" and arrays[1].kind and arrays[2].kind and _condition_known(arrays[0]):
        kinds = {arrays[1].kind, arrays[2].kind}
        kind = "f" if "f" in kinds else kinds.pop() if len(kinds) == 1 else "m"
        known = lambda: np.where(_condition(arrays[0]), arrays[1].known, arrays[2].known)
        return Array(shape, rule, op, arrays, kind=kind, known=known, spread=any_of)
    return Array(shape, rule, op, arrays, spread=any_of)


def _running(arrays: tuple[Array, ...]) -> list[Array]:
    """The terms of a + b + c + …, which Python built two by two."""
    tail: list[Array] = []
    head = arrays[0]
    tail += reversed(arrays[1:])
    while head.op == "+" and not head.name and not head.moved:
        tail += reversed(head.operands[1:])
        head = head.operands[0]
    return [head, *reversed(tail)]


COMPARED = {
    "==": np.equal,
    "!=": np.not_equal,
    ">": np.greater,
    ">=": np.greater_equal,
    "<": np.less,
    "<=": np.less_equal,
}


def _condition_known(x: Array) -> bool:
    return x.op in COMPARED and not x.name and all(part.kind for part in x.operands)


def _condition(x: Array) -> np.ndarray:
    return COMPARED[x.op](*(part.known for part in x.operands))


def matmul(x: Array, y: Array) -> Array:
    """x @ y: every cell is a sum of products, row times column."""
    if min(x.ndim, y.ndim) < 2 or x.shape[-1] != y.shape[-2]:
        raise ValueError(
            f"{x.name or 'left'} {x.shape} @ {y.name or 'right'} {y.shape}: the left needs "
            f"as many columns (last axis) as the right has rows (last but one)"
        )
    lead, n = np.broadcast_shapes(x.shape[:-2], y.shape[:-2]), x.shape[-1]
    at_once = n >= LONG and x.kind and y.kind and "f" in (x.kind, y.kind)

    def rule(index: Index) -> Number:
        *batch, i, j = index
        left, right = stretched(batch, x.shape[:-2]), stretched(batch, y.shape[:-2])
        term = lambda k: work("*", x.at((*left, i, k)), y.at((*right, k, j)))
        if at_once:
            row, column = x.known[(*left, i, slice(None))], y.known[(*right, slice(None), j)]
            hot = lambda marks: marks(x)[(*left, i, slice(None))] | marks(y)[(*right, slice(None), j)]
            with np.errstate(all="ignore"):
                return long_sum(row.astype(float) * column.astype(float), term, hot)
        return work("+", *[term(k) for k in range(n)])

    return Array((*lead, x.shape[-2], y.shape[-1]), rule, "@", (x, y), spread=row_or_column)


def any_of(*marks: np.ndarray) -> np.ndarray:
    """Where any operand's cell is marked, cell by cell."""
    return np.asarray(np.logical_or.reduce(np.broadcast_arrays(*marks)))


def row_or_column(rows: np.ndarray, columns: np.ndarray) -> Any:
    """Where the row of the left or the column of the right has a mark."""
    return np.logical_or(rows.any(axis=-1, keepdims=True), columns.any(axis=-2, keepdims=True))


@lru_cache(maxsize=1024, typed=True)
def _fraction(x: float) -> Any:
    exact = Fraction(x).limit_denominator(1_000_000)
    return exact if float(exact) == x else x


def as_written(x: Any) -> Any:
    """A number in the code of a formula as it is written there: 0.5 is ½ and 1 / 3 is ⅓, exactly.

    Among floats that changes no bit; among whole numbers and fractions it keeps the working exact.
    """
    if not isinstance(x, float) or not math.isfinite(x) or (x == 0 and math.copysign(1, x) < 0):
        return x
    return _fraction(x)


def view(op: str, x: Array, shape: Shape, place: Place, same: Callable[[np.ndarray], np.ndarray]) -> Array:
    """x's cells, elsewhere; `same` does to NumPy's array what `place` does to one index."""
    known = (lambda: same(x.known)) if x.kind else None
    return Array(shape, lambda i: x.at(place(i)), op, (x,), moved=True, kind=x.kind, known=known, spread=same)
