"""Paths: every way from a number to the loss, with the slopes on it; their products add up to the gradient.

A step of a path leads from a named number to one that is made of it, and its slope says how the second moves with the
first.  Ways over a slope of 0 (a ReLU that is shut, a weight of 0) carry nothing and are not counted.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from typing import TYPE_CHECKING, Any

import numpy as np

from workings.explain.reach import marked
from workings.explain.ways import Ways, size
from workings.ink.array import Array
from workings.ink.derivatives import slopes
from workings.ink.number import Name, Number
from workings.ink.rounding import cut
from workings.ink.terms import Terms
from workings.ink.text import PLAIN

if TYPE_CHECKING:
    from workings.explain.explanation import Explanation

LONGEST = 16  # names in one line


@dataclass(frozen=True)
class Path:
    """The names on the way, the slope of every step, and their product."""

    names: tuple[Name, ...]
    slopes: tuple[Any, ...]
    product: Any


@dataclass(frozen=True)
class Paths:
    """The strongest paths from a number to the loss, how many there are, and what the others add."""

    shown: tuple[Path, ...]
    count: int | float  # beyond 2^53 a float
    total: Any
    whole: Explanation = field(repr=False)
    start: Name | None = None

    @property
    def rest(self) -> Any:
        """What the paths that are not shown add together."""
        return self.total - sum(path.product for path in self.shown)

    def __iter__(self):
        return iter(self.shown)

    def _nothing(self) -> str:
        """Why there is no path: every number that is made of this one has the slope 0 there, or none is."""
        if self.start is None:
            return "all 0 together = 0"
        workings, base = self.whole.book.workings, self.whole.conventions.base
        factors: dict[str, None] = {}
        for reached in self.whole.open(self.start).leads_to:
            for cell in reached:
                for part in leaves_beside(workings[cell.array].at(cell.cell), self.start):
                    factors[PLAIN.name(self.whole.shown(part), base).text] = None
        told = ", ".join(f"{name} = 0" for name in list(factors)[:3])
        more = f" and {len(factors) - 3} more" if len(factors) > 3 else ""
        why = f": {told}{more}" if factors else ""
        return f"nothing passes{why}; all 0 together = 0"

    def __str__(self) -> str:
        if not self.count:
            return "\n".join([self._nothing(), *self._trained()])
        base, digits = self.whole.conventions.base, self.whole.conventions.digits
        told = []
        for path in self.shown:
            names = [PLAIN.name(self.whole.shown(name), base).text for name in path.names]
            factors, product = [cut(slope, digits) for slope in path.slopes], cut(path.product, digits)
            sign = "~" if product.rounded or any(f.rounded for f in factors) else "="
            told.append(" -> ".join(_ends(names, "({} more)")))
            told.append(
                f"    {''.join(_ends([f'({f.text})' for f in factors], ' ({} more) '))} {sign} {product.text}"
            )
        many = isinstance(self.count, int)
        if self.count > len(self.shown):
            rest = cut(self.rest, digits)
            others = f"{cut(self.count - len(self.shown), digits).text} more" if many else "the rest"
            told.append(f"{others} {'~' if rest.rounded else '='} {rest.text}")
        total = cut(self.total, digits)
        everyone = "all" if many else "about" if self.count < math.inf else "more than"
        count = cut(self.count, digits).text if self.count < math.inf else "10^308"
        told.append(f"{everyone} {count} together {'~' if total.rounded else '='} {total.text}")
        return "\n".join([*told, *self._trained()])

    def _trained(self) -> list[str]:
        """What training works, where the slopes of the textbook's way have lost their digits."""
        name = f"d{self.start.array}" if self.start else ""
        if self.start is None or name not in self.whole.trained:
            return []
        cell = self.whole.shown(self.start)
        found = cut(self.whole.trained[name][self.start.cell].item(), self.whole.conventions.digits)
        called = PLAIN.name(Name(name, cell.cell), self.whole.conventions.base).text
        sign = "~" if found.rounded else "="
        return [f"the textbook's slopes have lost digits here; training works {called} {sign} {found.text}"]


def _ends(each: list[str], left_out: str) -> list[str]:
    """The first and the last of a long list, and how many stand between."""
    if len(each) <= LONGEST:
        return each
    kept = LONGEST // 2 - 2
    return [*each[:kept], left_out.format(len(each) - 2 * kept), *each[-kept:]]


def leaves_beside(x: Number, name: Name) -> list[Name]:
    """The named numbers that are 0 and stand as a factor beside this one."""
    found, todo = [], [*x.operands] if x.op != "*" else [x]
    while todo:
        node = todo.pop()
        if node.op == "*" and any(part.name == name for part in node.operands):
            found += [part.name for part in node.operands if part.name and part.name != name and part.value == 0]
        elif not node.name:
            todo += node.operands
    return found


def paths_to_loss(whole: Explanation, start: Name, strongest: int, example: int | None) -> Paths:
    """The strongest paths from one cell to J; `example` keeps to one column."""
    book = whole.book
    forward = list(book.workings)[: list(book.workings).index("J") + 1]
    if start.array not in forward:
        raise ValueError(f"{start.array} is found on the way back; paths lead forward, from {', '.join(forward)}")
    if start.array == "Y" and "CrossEntropy" in type(whole.problem.loss).__name__:
        raise ValueError(
            "a path from a target is not followed: 0 log A is left out where Y is 0; start from X or a weight"
        )
    if start.array == "J":
        raise ValueError(f"J is where paths end; start from one of {', '.join(forward[:-1])}")
    if strongest < 1:
        raise ValueError(f"strongest is how many paths are listed, at least 1, not {strongest}")
    m = whole.numbers["X"].shape[-1]
    if example is not None and not 0 <= example < m:
        raise IndexError(f"there is no example {example}; they are counted from 0 to {m - 1}")
    wires = {"X", "L", *(row.name for row in whole.problem.network.rows)}
    marks = _reached(book.workings, forward, start, example, m, wires)
    ways = Ways(whole, marks, start)
    shown = sorted((_path(whole, names) for names in ways.strongest(strongest)), key=lambda path: -size(path.product))
    return Paths(tuple(shown), ways.count, ways.total, whole, start)


def _path(whole: Explanation, names: list[Name]) -> Path:
    """A path with the slopes of its steps, each worked in ink."""
    steps = [_slope(whole, read, made) for read, made in pairwise(names)]
    product: Any = 1
    for slope in reversed(steps):
        product = slope * product
    return Path(tuple(names), tuple(steps), product)


def _slope(whole: Explanation, read: Name, made: Name) -> Any:
    """How one number moves with another that it is made of."""
    one = np.zeros(whole.numbers[read.array].shape, bool)
    one[read.cell] = True
    masks: dict[int, np.ndarray] = {}

    def mask(array: Array) -> np.ndarray:
        if id(array) not in masks:
            found = marked(array, {read.array: one})
            masks[id(array)] = np.zeros(array.shape, bool) if found is None else found
        return masks[id(array)]

    def parts(node: Number) -> Sequence[Number]:
        return node.operands.touching(mask) if isinstance(node.operands, Terms) else node.operands

    return slopes(whole.book.workings[made.array].at(made.cell), parts).get(read, 0)


def _reached(
    workings: Any, forward: list[str], start: Name, example: int | None, m: int, wires: set[str]
) -> dict[str, np.ndarray]:
    """The cells between the start and the loss, array by array."""
    one = np.zeros(workings[start.array].shape, bool)
    one[start.cell] = True
    marks = {start.array: one}
    for name in forward[forward.index(start.array) + 1 :]:
        if not workings[name].operands:
            continue
        made = marked(workings[name], marks)
        if made is None or not made.any():
            continue
        if example is not None and name in wires:
            made = made & (np.arange(m) == example)
        marks[name] = made
    return marks
