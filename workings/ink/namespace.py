"""The array namespace of ink: what formulas may call on `xp`, and nothing more.

    layer.forward(xp, asarray(A, "A0"), W=asarray(W, "W1"), b=asarray(b, "b1"))

runs any formula on worked numbers.  Names and arguments are those of the Python
array API standard; only `asarray` takes one more, the name of the array.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Sequence
from itertools import accumulate, product
from math import prod
from typing import Any

import numpy as np

from workings.contract import Shape
from workings.ink.array import LONG, Array, array, each, view
from workings.ink.index import Index, reshaped, stretched
from workings.ink.number import Number, long_sum, work

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
    axes = tuple(sorted({a % x.ndim for a in axis}))
    kept = [a for a in range(x.ndim) if a not in axes]
    shape = tuple(1 if a in axes else n for a, n in enumerate(x.shape) if keepdims or a not in axes)
    at_once = op == "+" and x.kind == "f" and prod(x.shape[a] for a in axes) >= LONG

    def rule(index: Index) -> Number:
        place = dict(zip(kept, (index[a] for a in kept) if keepdims else index, strict=True))
        if at_once:
            key = tuple(place.get(a, slice(None)) for a in range(x.ndim))
            spans = [range(x.shape[a]) for a in axes]
            term = lambda k: x.at(_within(place, axes, spans, k))
            return long_sum(x.known[key].astype(float).ravel(), term, lambda marks: marks(x)[key].ravel())
        spans = [(place[a],) if a in place else range(n) for a, n in enumerate(x.shape)]
        return work(op, *[x.at(i) for i in product(*spans)])

    together = lambda marks: marks.any(axis=axes, keepdims=keepdims)
    return Array(shape, rule, called, (x,), spread=together, axes=axes)


def _within(place: dict[int, int], axes: tuple[int, ...], spans: list[range], k: int) -> Index:
    """The index of the k-th cell that is summed."""
    found = dict(place)
    for a, span in zip(reversed(axes), reversed(spans), strict=True):
        k, found[a] = divmod(k, len(span))
    return tuple([found[a] for a in sorted(found)])


# The same cells elsewhere


def permute_dims(x: Array, axes: Sequence[int]) -> Array:
    back = np.argsort(axes).tolist()
    place = lambda i: tuple(i[a] for a in back)
    return view("permute_dims", x, tuple(x.shape[a] for a in axes), place, lambda v: np.transpose(v, axes))


def reshape(x: Array, shape: Shape) -> Array:
    new, place = reshaped(x.shape, shape)
    return view("reshape", x, new, place, lambda v: v.reshape(new))


def expand_dims(x: Array, *, axis: int) -> Array:
    a = axis % (x.ndim + 1)
    place = lambda i: (*i[:a], *i[a + 1 :])
    shape = (*x.shape[:a], 1, *x.shape[a:])
    return view("expand_dims", x, shape, place, lambda v: v.reshape(shape))


def broadcast_to(x: Array, shape: Shape) -> Array:
    place = lambda i: stretched(i, x.shape)
    return view("broadcast_to", x, np.broadcast_shapes(x.shape, shape), place, lambda v: np.broadcast_to(v, shape))


def take(x: Array, indices: Any, *, axis: int) -> Array:
    """The indices are known numbers: which cell is read may not hang on a working."""
    a, chosen = axis % x.ndim, [int(i) for i in (indices.values() if isinstance(indices, Array) else indices)]
    shape = (*x.shape[:a], len(chosen), *x.shape[a + 1 :])
    place = lambda i: (*i[:a], chosen[i[a]], *i[a + 1 :])
    return view("take", x, shape, place, lambda v: np.take(v, chosen, axis=a))


def concat(arrays: Sequence[Array], *, axis: int = 0) -> Array:
    a = axis % arrays[0].ndim
    ends = list(accumulate(x.shape[a] for x in arrays))

    def rule(index: Index) -> Number:
        which = bisect_right(ends, index[a])
        x = arrays[which]
        return x.at((*index[:a], index[a] - ends[which] + x.shape[a], *index[a + 1 :]))

    shape = (*arrays[0].shape[:a], ends[-1], *arrays[0].shape[a + 1 :])
    return _gathered(shape, rule, "concat", arrays, lambda *xs: np.concatenate(xs, axis=a))


def stack(arrays: Sequence[Array], *, axis: int = 0) -> Array:
    shape = (len(arrays), *arrays[0].shape)
    stacked = _gathered(shape, lambda i: arrays[i[0]].at(i[1:]), "stack", arrays, lambda *xs: np.stack(xs))
    order = list(range(1, len(shape)))
    order.insert(axis % len(shape), 0)
    return permute_dims(stacked, order) if axis else stacked


def _gathered(shape: Shape, rule: Any, op: str, arrays: Sequence[Array], same: Callable[..., np.ndarray]) -> Array:
    kinds = {x.kind for x in arrays}
    kind = "" if "" in kinds else kinds.pop() if len(kinds) == 1 else "m"
    known = (lambda: same(*(x.known for x in arrays))) if kind else None
    return Array(shape, rule, op, tuple(arrays), moved=True, kind=kind, known=known, spread=same)


# New cells


def zeros(shape: Shape, *, dtype: Any = None) -> Array:
    return Array(shape, lambda _: Number(0), name="0", kind="i", known=lambda: np.zeros(shape, np.int8))


def ones(shape: Shape, *, dtype: Any = None) -> Array:
    return Array(shape, lambda _: Number(1), name="1", kind="i", known=lambda: np.ones(shape, np.int8))


def zeros_like(x: Array) -> Array:
    return zeros(x.shape)


def ones_like(x: Array) -> Array:
    return ones(x.shape)


def arange(start: int, stop: int | None = None, step: int = 1, *, dtype: Any = None) -> Array:
    span = range(start) if stop is None else range(start, stop, step)
    return Array((len(span),), lambda i: Number(span[i[0]]), kind="i", known=lambda: np.asarray(span))
