"""Tidy: a working without what says nothing, and with the small terms of long sums collected."""

from __future__ import annotations

import math
from functools import partial
from typing import Any

import numpy as np

from workings.ink.notation import fold
from workings.ink.number import Number
from workings.ink.terms import Terms


def tidy(x: Number, terms: int) -> Number:
    """The working without what says nothing, and with the small terms of long sums collected."""
    return fold(x, lambda node: node, partial(_rebuilt, root=x), lambda node: _shown(node, terms, node is x))


def _shown(x: Number, terms: int, root: bool) -> tuple[Number, ...]:
    """The operands that are shown: of a long sum the largest, and the rest as one; of a choice what was chosen."""
    parts = x.operands
    if x.op == "where" and not root:
        return (x.chosen,)
    if x.op != "+" or len(parts) <= terms + 2:
        return tuple(parts)
    last = parts[-1] if parts[-1].name and parts[0].op == "*" else None  # the bias keeps its place
    sizes = np.abs(parts.all_values()) if isinstance(parts, Terms) else np.array([_size(x.value) for x in parts])
    sizes = np.where(np.isnan(sizes), np.inf, sizes)[: len(parts) - bool(last)]
    order = np.argsort(-sizes, kind="stable")
    others = sorted(order[terms:].tolist())
    rest = Number(added(parts, others), "rest", Terms(np.zeros(len(others)), lambda i: parts[others[i]]))
    return (*(parts[i] for i in order[:terms].tolist()), rest, *([last] if last else []))


def _size(value: Any) -> float:
    try:
        return abs(float(value))
    except OverflowError:
        return math.inf


def added(parts: Any, places: list[int]) -> Any:
    """The sum of the terms at these places, correctly rounded where they are floats."""
    values = parts.all_values()[places].tolist() if isinstance(parts, Terms) else [parts[i].value for i in places]
    if any(isinstance(v, float) for v in values):
        try:
            return math.fsum(values)
        except (OverflowError, ValueError):
            return float(sum(map(float, values)))
    return sum(values)


def _vanishes(x: Number) -> bool:
    """Whether a term is 0 because a 0 that stands in the formula multiplies it: the state before the first step."""
    if x.name or isinstance(x.value, bool) or x.value != 0:
        return False
    if x.op == "given":
        return True
    if x.op == "*":
        return any(map(_vanishes, x.operands))
    return (x.op == "/" and _vanishes(x.operands[0])) or (x.op == "+" and all(map(_vanishes, x.operands)))


def _rebuilt(x: Number, parts: list[Number], root: Number) -> Number:
    if x.op == "where" and x is not root:
        return parts[0]
    plain = lambda p, value: not p.name and not p.operands and not isinstance(p.value, bool) and p.value == value
    if x.op == "neg" and plain(parts[0], 0):
        return Number(x.value, "given", (), x.name) if x.name is None else Number(x.value, "is", (parts[0],), x.name)
    if x.op == "+":
        kept = [p for p in parts if not (plain(p, 0) or _vanishes(p))]
        parts = kept or parts[:1]
    elif x.op == "*":
        kept = [p for p in parts if not plain(p, 1)]
        parts = kept or parts[:1]
    elif x.op in ("/", "**") and plain(parts[1], 1):
        parts = parts[:1]
    if len(parts) == 1 and x.op in ("+", "*", "/", "**"):
        return parts[0] if not x.name else Number(x.value, "is", (parts[0],), x.name)
    return Number(x.value, x.op, tuple(parts), x.name)
