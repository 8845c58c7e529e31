"""Accuracy: how far two sums of the same terms in another order may lie apart.

A working adds from left to right.  NumPy, the kernel and XLA add in other orders, and may fuse a product with its
sum.  For a sum of n products the two differ by at most 4 n eps Σ|terms|; the other operations pass on what reaches
them and add a rounding of their own.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np

from workings.ink.notation import fold
from workings.ink.number import Number
from workings.ink.terms import Terms

EPS = float(np.finfo(float).eps)


class Spread(NamedTuple):
    """A value, and its error in units of eps."""

    value: float
    error: float


def bound(x: Number, in_floats: bool = False) -> float:
    """The most by which another order of the same sums may differ; 0 where all is exact.

    `in_floats` says that the other order is worked in floats, even where this working is exact.

    >>> from workings.ink.number import work
    >>> bound(work("+", Number(1), Number(2))), bound(work("+", Number(1.0), Number(2.0))) < 1e-14
    (0.0, True)
    """
    if x.exact and not in_floats:
        return 0.0
    leaf = lambda node: Spread(_float(node.value), 0.0)
    return 4 * EPS * fold(x, leaf, _join, _looked_at).error


def _looked_at(x: Number) -> Sequence[Number]:
    return () if isinstance(x.operands, Terms) else x.operands


def _float(value: Any) -> float:
    try:
        return float(value)
    except OverflowError:
        return math.inf if value > 0 else -math.inf


def _join(x: Number, parts: list[Spread]) -> Spread:
    value = _float(x.value)
    with np.errstate(all="ignore"):
        return Spread(value, float(_error(x, value, parts)))


def _error(x: Number, value: float, parts: list[Spread]) -> Any:
    size = abs(value)
    if isinstance(x.operands, Terms):
        return len(x.operands) * np.abs(x.operands.all_values()).sum()
    a, b = (*parts, Spread(0.0, 0.0))[:2]
    if x.op in ("+", "-"):
        return sum(p.error for p in parts) + (len(parts) - 1) * sum(abs(p.value) for p in parts)
    if x.op == "*":
        return abs(a.value) * b.error + abs(b.value) * a.error + size
    if x.op == "/":
        below = np.float64(abs(b.value))
        return a.error / below + size * b.error / below + size
    if x.op == "exp":
        return size * (a.error + 2)
    if x.op in ("log", "log1p"):
        inside = np.float64(abs(a.value + (x.op == "log1p")))
        return a.error / inside + 2 * size
    if x.op == "sqrt":
        return a.error / np.float64(2 * size) + size if a.error else size
    if x.op == "**":
        slope = abs(b.value) * np.float64(abs(a.value)) ** (b.value - 1) if a.error else 0.0
        return slope * a.error + 2 * size
    if x.op == "where":
        return parts[1 if x.operands[0].value else 2].error
    return max((p.error for p in parts), default=0.0) + (2 * size if x.op == "tanh" else 0.0)
