"""Paths: every way from a number to the loss, with the slopes on it; their products add up to the gradient.

A step of a path leads from a named number to one that is made of it, and its slope says how the second moves with the
first.  Ways over a slope of 0 (a ReLU that is shut, a weight of 0) carry nothing and are not counted.
"""

from __future__ import annotations

import heapq
from collections.abc import Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from typing import TYPE_CHECKING, Any

import numpy as np

from workings.explain.reach import marked
from workings.ink.array import Array
from workings.ink.derivatives import slopes
from workings.ink.number import Name, Number
from workings.ink.rounding import cut
from workings.ink.terms import Terms
from workings.ink.text import PLAIN

if TYPE_CHECKING:
    from workings.explain.explanation import Explanation


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
    count: int
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
        base, digits = self.whole.conventions.base, self.whole.conventions.digits
        told = []
        for path in self.shown:
            factors = [cut(slope, digits) for slope in path.slopes]
            product = cut(path.product, digits)
            sign = "~" if product.rounded or any(f.rounded for f in factors) else "="
            told.append(" -> ".join(PLAIN.name(self.whole.shown(name), base).text for name in path.names))
            told.append(f"    {''.join(f'({f.text})' for f in factors)} {sign} {product.text}")
        if self.count > len(self.shown):
            rest = cut(self.rest, digits)
            many = cut(self.count - len(self.shown), digits).text
            told.append(f"{many} more {'~' if rest.rounded else '='} {rest.text}")
        total, many = cut(self.total, digits), cut(self.count, digits).text
        if not self.count:
            return self._nothing()
        return "\n".join([*told, f"all {many} together {'~' if total.rounded else '='} {total.text}"])


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


class _Onward:
    """From one number to the loss: the sum over all ways, their number, and the strongest."""

    __slots__ = ("best", "count", "total")

    def __init__(self) -> None:
        self.total: Any = 0
        self.count = 0
        self.best: list[Any] = []  # (size, order, product, slope, the next name, its place in the next one's list)


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
    if strongest < 1:
        raise ValueError(f"strongest is how many paths are listed, at least 1, not {strongest}")
    m = whole.numbers["X"].shape[-1]
    if example is not None and not 0 <= example < m:
        raise IndexError(f"there is no example {example}; they are counted from 0 to {m - 1}")
    wires = {"X", "L", *(row.name for row in whole.problem.network.rows)}
    marks = _reached(book.workings, forward, start, example, m, wires)
    onward: dict[Name, _Onward] = {}
    if "J" in marks:
        end = onward[Name("J", ())] = _Onward()
        end.total, end.count, end.best = 1, 1, [(1.0, 0, 1, 1, None, 0)]
    order = 0
    for name in reversed(forward):
        if name not in marks or name == start.array:
            continue
        masks: dict[int, np.ndarray] = {}
        for cell in np.argwhere(marks[name]).tolist():
            here = Name(name, tuple(cell))
            if here not in onward:
                continue
            for leaf, slope in _toward(book.workings[name].at(here.cell), marks, masks).items():
                order += 1
                _extend(onward.setdefault(leaf, _Onward()), onward[here], here, slope, strongest, order)
    found = onward.get(start, _Onward())
    shown = tuple(_walk(onward, start, k) for k in range(len(found.best)))
    return Paths(shown, found.count, found.total, whole, start)


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


def _toward(x: Number, marks: dict[str, np.ndarray], masks: dict[int, np.ndarray]) -> dict[Name, Any]:
    """The slopes of a number on the marked numbers it is made of."""

    def mask(array: Array) -> np.ndarray:
        if id(array) not in masks:
            made = marked(array, marks)
            masks[id(array)] = np.zeros(array.shape, bool) if made is None else made
        return masks[id(array)]

    def parts(node: Number) -> Sequence[Number]:
        return node.operands.touching(mask) if isinstance(node.operands, Terms) else node.operands

    wanted = lambda name: name.array in marks and marks[name.array][name.cell]
    return {name: slope for name, slope in slopes(x, parts).items() if wanted(name)}


def _extend(leaf: _Onward, here: _Onward, name: Name, slope: Any, strongest: int, order: int) -> None:
    leaf.total = leaf.total + slope * here.total
    leaf.count += here.count
    for k, (_, _, product, _, _, _) in enumerate(here.best):
        made = slope * product
        entry = (_size(made), -order * 1000 - k, made, slope, name, k)
        if len(leaf.best) < strongest:
            leaf.best.append(entry)
        else:
            weakest = min(leaf.best)
            if entry[:2] > weakest[:2]:
                leaf.best.remove(weakest)
                leaf.best.append(entry)
            else:
                break
    leaf.best = heapq.nlargest(strongest, leaf.best, key=lambda entry: entry[:2])


def _size(x: Any) -> float:
    size = abs(x) if isinstance(x, Fraction) else abs(float(x))
    return float("inf") if size != size else float(size)


def _walk(onward: dict[Name, _Onward], start: Name, k: int) -> Path:
    names, steps = [start], []
    product = onward[start].best[k][2]
    name: Name | None = start
    while name is not None and name.array != "J":
        _, _, _, slope, name, k = onward[name].best[k]
        if name is not None:
            names.append(name)
            steps.append(slope)
    return Path(tuple(names), tuple(steps), product)
