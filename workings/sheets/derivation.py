"""Derivation: how a working is laid out for the eye, whatever it is printed in.

The record keeps every term and every digit.  The display is for reading: `/ 1`, `+ 0` and `1 x` are left out, the
terms of a long sum are ordered by size with the smaller ones collected, numbers are cut to a few digits, and a line
with a cut number in it says so.
"""

from __future__ import annotations

import math
from fractions import Fraction
from functools import partial
from typing import Any, NamedTuple

import numpy as np

from workings.explain.derivation import Derivation
from workings.ink import namespace as ink
from workings.ink.notation import Notation, Written, fold, write
from workings.ink.number import Number
from workings.ink.rounding import Cut, cut
from workings.ink.terms import Terms
from workings.ink.text import called


class Line(NamedTuple):
    """One line below the name: what it says, and whether a number in it was cut."""

    text: str
    rounded: bool


def lines(d: Derivation, notation: Notation, full: bool = False) -> list[Line]:
    """Symbols, numbers, result; `full` writes out every term, in order."""
    shown = d.working if full else tidy(d.working, d.conventions.terms)
    value = _cut(d.working, d, notation)
    if not d.working.operands:
        return [value]
    told = [_symbols(shown, d, notation), _numbers(shown, d, notation), value]
    return [line for i, line in enumerate(told) if line.text not in [earlier.text for earlier in told[:i]]]


def _cut(x: Number, d: Derivation, notation: Notation) -> Line:
    text, rounded = cut(x.value, d.conventions.digits)
    return Line(notation.number(text).text, rounded)


def _symbols(x: Number, d: Derivation, notation: Notation) -> Line:
    rounded = False

    def leaf(node: Any) -> Written:
        nonlocal rounded
        if node.op == "rest":
            return Written(notation.rest(len(node.operands), None))
        if not node.name:
            text, was = _constant(node.value, d)
            rounded |= was
            return notation.number(text)
        return called(node, notation, d.conventions.base)

    return Line(write(x, notation, leaf).text, rounded)


def _numbers(x: Number, d: Derivation, notation: Notation) -> Line:
    rounded = False

    def leaf(node: Any) -> Written:
        nonlocal rounded
        text, was = _constant(node.value, d) if not node.name else cut(node.value, d.conventions.digits)
        rounded |= was
        if node.op == "rest":
            return Written(notation.rest(len(node.operands), notation.number(text).text))
        return notation.number(text)

    return Line(write(x, notation, leaf, side_by_side=True).text, rounded)


def _constant(value: Any, d: Derivation) -> Cut:
    """A number from the code of a formula: among floats 1/100 is written 0.01."""
    if isinstance(value, Fraction) and d.whole.book.xp is not ink and Fraction(repr(float(value))) == value:
        return cut(float(value), d.conventions.digits)
    return cut(value, d.conventions.digits)


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


def _rebuilt(x: Number, parts: list[Number], root: Number) -> Number:
    if x.op == "where" and x is not root:
        return parts[0]
    plain = lambda p, value: not p.name and not p.operands and not isinstance(p.value, bool) and p.value == value
    if x.op == "neg" and plain(parts[0], 0):
        return Number(x.value, "given", (), x.name) if x.name is None else Number(x.value, "is", (parts[0],), x.name)
    if x.op == "+":
        kept = [p for p in parts if not plain(p, 0)]
        parts = kept or parts[:1]
    elif x.op == "*":
        kept = [p for p in parts if not plain(p, 1)]
        parts = kept or parts[:1]
    elif x.op in ("/", "**") and plain(parts[1], 1):
        parts = parts[:1]
    if len(parts) == 1 and x.op in ("+", "*", "/", "**"):
        return parts[0] if not x.name else Number(x.value, "is", (parts[0],), x.name)
    return Number(x.value, x.op, tuple(parts), x.name)
