"""Derivation: how a working is laid out for the eye, whatever it is printed in.

The record keeps every term and every digit.  The display is for reading: `/ 1`, `+ 0` and `1 x` are left out, the
terms of a long sum are ordered by size with the smaller ones collected, numbers are cut to a few digits, and a line
with a cut number in it says so.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

from workings.explain.derivation import Derivation
from workings.explain.notes import notes
from workings.ink.notation import Notation, Written, write
from workings.ink.number import Name, Number
from workings.ink.rounding import Cut, cut, cut_constant
from workings.sheets.tidy import tidy

FIRST = 6  # cells of one array that are listed before the rest is counted
ARRAYS = 12  # and arrays, of a number that is used at every step of a long walk


class Line(NamedTuple):
    """One line below the name: what it says, and whether a number in it was cut."""

    text: str
    rounded: bool


class Listed(NamedTuple):
    """Cells of one array: the first ones as (name, value), and how many; without a name, arrays left out."""

    array: str
    first: list[tuple[str, Line]]
    many: int


class Page(NamedTuple):
    """A derivation in the words of one notation."""

    name: str
    lines: list[Line]
    because: str
    made_from: list[Listed]
    leads_to: list[Listed]
    notes: list[str]


def page(d: Derivation, notation: Notation, full: bool = False) -> Page:
    """The lines, the reason, the neighbours below and above, and the conventions."""
    below: dict[str, list[Name]] = {}
    for name in d.made_from:
        below.setdefault(name.array, []).append(name)
    made_from = [(array, names[:FIRST], len(names)) for array, names in below.items()]
    leads_to = [(reached.array, reached.first(FIRST), reached.count) for reached in d.leads_to]
    below_and_above = (_shortened(made_from, d, notation), _shortened(leads_to, d, notation))
    name, told = called(d.name, d, notation), lines(d, notation, full)
    return Page(name, told, d.because, below_and_above[0], below_and_above[1], notes(d))


def _shortened(each: list[tuple[str, list[Name], int]], d: Derivation, notation: Notation) -> list[Listed]:
    told = [_listed(*one, d, notation) for one in each[:ARRAYS]]
    return told + [Listed("", [], len(each) - ARRAYS)] * (len(each) > ARRAYS)


def called(name: Name, d: Derivation, notation: Notation) -> str:
    """A name as it is written."""
    return notation.name(d.whole.shown(name), d.conventions.base).text


def _listed(array: str, names: list[Name], count: int, d: Derivation, notation: Notation) -> Listed:
    values = d.whole.numbers[array]
    return Listed(array, [(called(n, d, notation), _line(values[n.cell], d, notation)) for n in names], count)


def _line(value: Any, d: Derivation, notation: Notation, full: bool = False) -> Line:
    value = value.item() if hasattr(value, "item") else value
    text, rounded = _cut(value, d, full)
    return Line(notation.number(text).text, rounded)


def lines(d: Derivation, notation: Notation, full: bool = False) -> list[Line]:
    """Symbols, numbers, result; `full` writes out every term, in order.  A line that says nothing new is left out."""
    shown = d.working if full else tidy(d.working, d.conventions.terms)
    value = _line(d.value, d, notation, full)
    if not d.working.operands:
        return [value]
    told = [_symbols(shown, d, notation, full), _numbers(shown, d, notation, full), value]
    return [line for i, line in enumerate(told) if line.text not in [earlier.text for earlier in told[:i]]]


def _cut(value: Any, d: Derivation, full: bool) -> Cut:
    made = cut(value, d.conventions.digits)
    return Cut(repr(value) if isinstance(value, float) else str(value), False) if full and made.rounded else made


def _symbols(x: Number, d: Derivation, notation: Notation, full: bool) -> Line:
    def say(node: Number, number: Callable[[Any], Written]) -> Written:
        return Written(called(node.name, d, notation)) if node.name else number(_constant(node.value, d, full))

    return _told(x, notation, say, side_by_side=False)


def _numbers(x: Number, d: Derivation, notation: Notation, full: bool) -> Line:
    def say(node: Number, number: Callable[[Any], Written]) -> Written:
        return number(_cut(node.value, d, full) if node.name else _constant(node.value, d, full))

    return _told(x, notation, say, side_by_side=True, digits=d.conventions.digits)


def _told(x: Number, notation: Notation, say: Any, side_by_side: bool, digits: int = 0) -> Line:
    rounded = False

    def number(made: Cut) -> Written:
        nonlocal rounded
        rounded |= made.rounded
        return notation.number(made.text)

    def leaf(node: Number) -> Written:
        if node.op == "rest":
            value = number(cut(node.value, digits)).text if digits else None
            return Written(notation.rest(len(node.operands), value))
        return say(node, number)

    return Line(write(x, notation, leaf, side_by_side).text, rounded)


def _constant(value: Any, d: Derivation, full: bool) -> Cut:
    made = cut_constant(value, d.conventions.digits, d.whole.exact)
    return _cut(value, d, full) if made.rounded else made


def plain_data(d: Derivation) -> dict[str, Any]:
    """The page of a derivation as plain data, in plain text and in LaTeX."""
    from workings.sheets.latex import latex
    from workings.sheets.text import PLAIN

    made = page(d, PLAIN)
    listed = lambda each: [
        {"array": x.array, "count": x.many, "first": [{"name": n, "value": v.text} for n, v in x.first]} for x in each
    ]
    return {
        "name": made.name,
        "array": d.name.array,
        "index": list(d.name.cell),
        "value": str(d.value) if d.exact else d.value,
        "exact": d.exact,
        "lines": [{"text": line.text, "rounded": line.rounded} for line in made.lines],
        "latex": latex(d),
        "because": made.because,
        "made_from": listed(made.made_from),
        "leads_to": listed(made.leads_to),
        "notes": made.notes,
    }
