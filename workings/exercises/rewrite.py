"""Rewrite: a working, worked again with something changed.

A rule is told one node of a working and says what might stand in its place.

    anywhere(x, rule)      the rule at one node, in every way it can be     a slip
    everywhere(x, rule)    the rule at each node where it can be, at once   a misunderstanding
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from fractions import Fraction
from math import ceil, floor
from typing import Any

from workings.ink.number import Number, work

Rule = Callable[[Number], Iterator[Number]]
Leaf = Any  # a Number that has a name


def again(x: Number, leaf: Callable[[Leaf], Number]) -> Number:
    """The same working over other leaves; x itself is opened, even where it has a name."""
    if not x.operands:
        return x
    parts = [leaf(part) if part.name else again(part, leaf) for part in x.operands]
    if x.op in ("round", "round down"):
        return rounded(parts[0], int(parts[1].value), x.op)
    return parts[0] if x.op == "is" else work(x.op, *parts)


def rounded(x: Number, places: int, op: str = "round") -> Number:
    """A number that was rounded on the way, which no formula here does, but learners do.

    A half goes up, as on paper, or with "round down" down: 0.55 is written for 0.5498 too.
    """
    size = abs(x.value) * 10**places
    whole = floor(size + Fraction(1, 2)) if op == "round" else ceil(size - Fraction(1, 2))
    value = Fraction(whole if x.value > 0 else -whole, 10**places)
    return Number(value if x.exact else float(value), op, (x, Number(places)))


def anywhere(x: Number, rule: Rule) -> Iterator[Number]:
    """Every working in which one node became another."""
    yield from rule(x)
    for i, part in enumerate(() if x.name else x.operands):
        for other in anywhere(part, rule):
            yield with_part(x, i, other)


def everywhere(x: Number, rule: Rule) -> Iterator[Number]:
    """The one working in which every node became another that can."""

    def swap(y: Number) -> Number:
        if (other := next(rule(y), None)) is not None:
            return other
        return y if y.name or not y.operands else work(y.op, *map(swap, y.operands))

    yield swap(x)


def with_part(x: Number, i: int, *others: Number) -> Number:
    """x with its operand i replaced, or left out."""
    return work(x.op, *x.operands[:i], *others, *x.operands[i + 1 :])


def leaves(x: Number) -> Iterator[Leaf]:
    """The named numbers of a working, each as often as it is read."""
    for part in (x,) if x.name else x.operands:
        yield from (part,) if part.name else leaves(part)


def letter(array: str) -> str:
    """W for W1, dZ for dZ2, w for w⟨3⟩; words stay as they are."""
    return re.sub(r"[_\d⟨].*", "", array)


def symbol(x: Number) -> str:
    """The letter of a named number; nothing for what has no name."""
    return letter(x.name.array) if x.name else ""


def bare(x: Number) -> bool:
    """A number of the formula itself: the 1 and the 0, the rate, and m."""
    return not x.name and not x.operands


# Rules for one kind of node


def node(op: str, change: Callable[..., Number | None]) -> Rule:
    """What becomes of an operation, from its operands."""

    def rule(x: Number) -> Iterator[Number]:
        if x.op == op and not x.name and (other := change(*x.operands)) is not None:
            yield other

    return rule


def leaf(symbols: str, change: Callable[[Leaf], Number]) -> Rule:
    """What becomes of the leaves of these symbols."""
    return lambda x: (change(x) for _ in (1,) if symbol(x) in symbols.split())


def missing(wanted: Callable[[Number], bool]) -> Rule:
    """A sum without one of its terms."""
    is_sum = lambda x: x.op == "+" and not x.name
    return lambda x: (with_part(x, i) for i, y in enumerate(x.operands) if is_sum(x) and wanted(y))


def negated(x: Number) -> Iterator[Number]:
    """A sum with the sign of one term turned."""
    for i, y in enumerate(x.operands if x.op == "+" and not x.name else ()):
        if not bare(y):
            yield with_part(x, i, work("neg", y))


def unshifted(x: Number) -> Iterator[Number]:
    """e^z for e^(z - the largest z), of which a softmax is made: on paper nothing overflows; the shares are equal."""
    if x.op == "exp" and x.operands[0].op == "-" and x.operands[0].operands[1].op == "max":
        yield work("exp", x.operands[0].operands[0])
