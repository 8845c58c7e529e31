"""The array namespace of ink: what formulas may call on `xp`, and nothing more.

    layer.forward(xp, asarray(A, "A0"), W=asarray(W, "W1"), b=asarray(b, "b1"))

runs any formula on worked numbers.  Names and arguments are those of the Python
array API standard; only `asarray` takes one more, the name of the array.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import accumulate, product
from math import prod
from typing import Any

import numpy as np

from workings.contract import Shape
from workings.ink.array import Array, array, each, view
from workings.ink.index import Index, reshaped, stretched
from workings.ink.number import Number, work

asarray = array


def _each(op: str) -> Callable[..., Array]:
    return lambda *xs: each(op, *xs)


exp, log, log1p, tanh, sqrt, abs = (_each(op) for op in ("exp", "log", "log1p", "tanh", "sqrt", "abs"))
maximum, where = _each("max"), _each("where")  # both keep what was compared and say what was chosen


# Many cells to one


def sum(x: Array, *, axis: Any = None, keepdims: bool = False) -> Array:
    return _reduce("+", "sum", x, axis, keepdims)


def max(x: Array, *, axis: Any = None, keepdims: bool = False) -> Array:
    return _reduce("max", "max", x, axis, keepdims)


def argmax(x: Array, *, axis: Any = None, keepdims: bool = False) -> Array:
    return _reduce("argmax", "argmax", x, axis, keepdims)


def mean(x: Array, *, axis: Any = None, keepdims: bool = False) -> Array:
    total = sum(x, axis=axis, keepdims=keepdims)
    return total / (prod(x.shape) // (prod(total.shape) or 1))


def _reduce(op: str, called: str, x: Array, axis: Any, keepdims: bool) -> Array:
    axis = axis if isinstance(axis, tuple) else range(x.ndim) if axis is None else (axis,)
    axes = {a % x.ndim for a in axis}
    kept = [a for a in range(x.ndim) if a not in axes]
    shape = tuple(1 if a in axes else n for a, n in enumerate(x.shape) if keepdims or a not in axes)

    def rule(index: Index) -> Number:
        place = dict(zip(kept, (index[a] for a in kept) if keepdims else index, strict=True))
        spans = [(place[a],) if a in place else range(n) for a, n in enumerate(x.shape)]
        return work(op, *[x.at(i) for i in product(*spans)])

    return Array(shape, rule, called, (x,))


# The same cells elsewhere


def permute_dims(x: Array, axes: Sequence[int]) -> Array:
    back = np.argsort(axes).tolist()
    return view("permute_dims", x, tuple(x.shape[a] for a in axes), lambda i: tuple(i[a] for a in back))


def reshape(x: Array, shape: Shape) -> Array:
    return view("reshape", x, *reshaped(x.shape, shape))


def expand_dims(x: Array, *, axis: int) -> Array:
    a = axis % (x.ndim + 1)
    return view("expand_dims", x, (*x.shape[:a], 1, *x.shape[a:]), lambda i: (*i[:a], *i[a + 1 :]))


def broadcast_to(x: Array, shape: Shape) -> Array:
    return view("broadcast_to", x, np.broadcast_shapes(x.shape, shape), lambda i: stretched(i, x.shape))


def take(x: Array, indices: Any, *, axis: int) -> Array:
    """The indices are known numbers: which cell is read may not hang on a working."""
    a, chosen = axis % x.ndim, [int(i) for i in (indices.values() if isinstance(indices, Array) else indices)]
    shape = (*x.shape[:a], len(chosen), *x.shape[a + 1 :])
    return view("take", x, shape, lambda i: (*i[:a], chosen[i[a]], *i[a + 1 :]))


def concat(arrays: Sequence[Array], *, axis: int = 0) -> Array:
    a = axis % arrays[0].ndim
    ends = list(accumulate(x.shape[a] for x in arrays))
    owner = [(x, end - x.shape[a]) for x, end in zip(arrays, ends, strict=True) for _ in range(x.shape[a])]

    def rule(index: Index) -> Number:
        x, start = owner[index[a]]
        return x.at((*index[:a], index[a] - start, *index[a + 1 :]))

    shape = (*arrays[0].shape[:a], ends[-1], *arrays[0].shape[a + 1 :])
    return Array(shape, rule, "concat", tuple(arrays), moved=True)


def stack(arrays: Sequence[Array], *, axis: int = 0) -> Array:
    shape = (len(arrays), *arrays[0].shape)
    stacked = Array(shape, lambda i: arrays[i[0]].at(i[1:]), "stack", tuple(arrays), moved=True)
    order = list(range(1, len(shape)))
    order.insert(axis % len(shape), 0)
    return permute_dims(stacked, order) if axis else stacked


# New cells


def zeros(shape: Shape, *, dtype: Any = None) -> Array:
    return Array(shape, lambda _: Number(0), name="0")


def ones(shape: Shape, *, dtype: Any = None) -> Array:
    return Array(shape, lambda _: Number(1), name="1")


def zeros_like(x: Array) -> Array:
    return zeros(x.shape)


def arange(start: int, stop: int | None = None, step: int = 1, *, dtype: Any = None) -> Array:
    span = range(start) if stop is None else range(start, stop, step)
    return Array((len(span),), lambda i: Number(span[i[0]]))
