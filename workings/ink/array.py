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
from functools import lru_cache, reduce
from types import EllipsisType
from typing import Any

import numpy as np

from workings.contract import Shape
from workings.ink.index import Index, Place, selected, stretched
from workings.ink.lazy import Lazy
from workings.ink.number import Name, Number, given, long_sum, work

LONG = 16  # sums from here on are added at once


def _operator(op: str) -> tuple[Any, Any]:
    return (lambda x, y: each(op, x, y)), (lambda x, y: each(op, y, x))


class Array(Lazy):
    """A lazy array with the operators of the array API."""

    __slots__ = ()

    dtype = Number
    __array_ufunc__ = None  # NumPy steps back, and the operators below answer
    __iter__ = None  # only whole indices are understood, so a loop would silently find nothing

    def named(self, name: str) -> Array:
        """The same cells under a name: leaves to others, open at the root."""
        return Named(self, name)

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
        made = view("[]", self, *selected(self.shape, key), lambda x: x[key])
        made.key = key if isinstance(key, tuple) else (key,)
        return made

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


class Given(Array):
    """Numbers that were handed in."""

    __slots__ = ("numbers",)

    def __init__(self, numbers: np.ndarray, name: str = ""):
        super().__init__(numbers.shape, name=name, kind=_kind(numbers))
        self.numbers = numbers

    @property
    def known(self) -> np.ndarray:
        return self.numbers

    def rule(self, index: Index) -> Number:
        return Number(given(self.numbers.item(index)), name=Name(self.name, index) if self.name else None)


class Named(Array):
    """Another array's cells under a name: leaves to others, open at the root."""

    __slots__ = ("found",)

    def __init__(self, found: Array, name: str):
        if found.name:
            super().__init__(found.shape, None, "is", (found,), name, spread=lambda marks: marks)
        else:
            op, operands = found.op, found.operands
            moved, spread, axes = found.moved, found.spread, found.axes
            super().__init__(found.shape, None, op, operands, name, moved=moved, spread=spread, axes=axes)
            self.key = found.key
        self.found = found

    def rule(self, index: Index) -> Number:
        x = self.found.at(index)
        if x.name:
            return Number(x.value, "is", (x,), Name(self.name, index))
        return Number(x.value, x.op, x.operands, Name(self.name, index))


def array(x: Any, name: str = "") -> Array:
    """An array of givens.  A name makes every cell a leaf, and of an ink array keeps the value alone."""
    if isinstance(x, Array):
        return Array(x.shape, lambda i: Number(x.at(i).value, name=Name(name, i)), name=name) if name else x
    return Given(np.asarray(x, None if hasattr(x, "dtype") else object), name)  # a list keeps its fractions


def _kind(x: np.ndarray) -> str:
    """NumPy rounds a whole number to a float as Python does, so both kinds may meet floats at once."""
    return {"f": "f", "i": "i", "u": "i"}.get(x.dtype.kind, "") if x.itemsize <= 8 else ""


class Each(Array):
    """One operation, cell by cell, with broadcasting."""

    __slots__ = ("parts",)

    def __init__(self, op: str, arrays: tuple[Array, ...], kind: str = ""):
        shapes = [x.shape for x in arrays]
        shape = shapes[0] if shapes.count(shapes[0]) == len(shapes) else np.broadcast_shapes(*shapes)
        super().__init__(shape, None, op, arrays, kind=kind, spread=any_of)
        self.parts: list[Array] | None = None  # the operands; those of a running sum all in one row

    @property
    def known(self) -> np.ndarray:
        made = self._made
        if made is None:
            condition, yes, no = self.operands
            made = self._made = np.where(_condition(condition), yes.known, no.known)
        return made

    def rule(self, index: Index) -> Number:
        if self.parts is None:
            self.parts = _running(self.operands) if self.op == "+" else list(self.operands)
        shape = self.shape
        return work(self.op, *[x.at(index if x.shape == shape else stretched(index, x.shape)) for x in self.parts])


def each(op: str, *xs: Any) -> Array:
    """`op` cell by cell, with broadcasting.  A running sum stays one sum."""
    arrays = tuple([x if isinstance(x, Array) else array(as_written(x)) for x in xs])
    if op == "where" and arrays[1].kind and arrays[2].kind and _condition_known(arrays[0]):
        kinds = {arrays[1].kind, arrays[2].kind}
        return Each(op, arrays, "f" if "f" in kinds else kinds.pop() if len(kinds) == 1 else "m")
    return Each(op, arrays)


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
    return Product(x, y)


class Product(Array):
    """A product of matrices."""

    __slots__ = ()

    def __init__(self, x: Array, y: Array):
        lead = np.broadcast_shapes(x.shape[:-2], y.shape[:-2]) if x.ndim + y.ndim > 4 else ()
        super().__init__((*lead, x.shape[-2], y.shape[-1]), None, "@", (x, y), spread=row_or_column)

    def rule(self, index: Index) -> Number:
        (x, y), (*batch, i, j) = self.operands, index
        left, right, n = stretched(batch, x.shape[:-2]), stretched(batch, y.shape[:-2]), x.shape[-1]
        term = lambda k: work("*", x.at((*left, i, k)), y.at((*right, k, j)))
        if n >= LONG and x.kind and y.kind and "f" in (x.kind, y.kind):
            row, column = x.known[(*left, i, slice(None))], y.known[(*right, slice(None), j)]
            hot = lambda marks: marks(x)[(*left, i, slice(None))] | marks(y)[(*right, slice(None), j)]
            with np.errstate(all="ignore"):
                return long_sum(row.astype(float) * column.astype(float), term, hot)
        return work("+", *[term(k) for k in range(n)])


def any_of(*marks: np.ndarray) -> np.ndarray:
    """Where any operand's cell is marked, cell by cell."""
    return np.asarray(reduce(np.logical_or, marks))


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
