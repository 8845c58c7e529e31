"""Reach: which cells a cell leads to.

Marks are set on cells and carried through the operations of a line by NumPy, the way the line carries numbers: a sum
is marked where a term is, a product of matrices where its row or column is, a view where the cell has moved to.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

import numpy as np

from workings.ink.array import Array, any_of
from workings.ink.notation import fold
from workings.ink.number import Name


@dataclass(frozen=True)
class Reached:
    """The cells of one array that a cell leads to, and how many they are."""

    array: str
    count: int
    marks: np.ndarray = field(repr=False)

    def first(self, n: int) -> list[Name]:
        """The first n of them, in index order."""
        flat = np.flatnonzero(self.marks)[:n]
        return [Name(self.array, tuple(int(i) for i in np.unravel_index(k, self.marks.shape))) for k in flat]

    def __iter__(self) -> Iterator[Name]:
        return iter(self.first(self.count))


def sources(working: Array) -> set[str]:
    """The names of the arrays that a line reads."""
    found: set[str] = set()
    seen, todo = set(), [*working.operands]
    while todo:
        node = todo.pop()
        if id(node) in seen:
            continue
        seen.add(id(node))
        if node.name:
            found.add(node.name)
        else:
            todo += node.operands
    return found


def consumers(workings: Mapping[str, Array]) -> dict[str, list[str]]:
    """For every array, the arrays whose lines read it."""
    found = defaultdict(list)
    for name, working in workings.items():
        for source in sources(working):
            found[source].append(name)
    return dict(found)


def marked(working: Array, marks: Mapping[str, np.ndarray]) -> np.ndarray | None:
    """The cells of a line that read a marked cell; None where there are none.  A leaf's marks are its own."""
    return marked_within(working, marks)[id(working)]


def marked_within(working: Array, marks: Mapping[str, np.ndarray]) -> dict[int, np.ndarray | None]:
    """The same of every array inside a line, by its id."""
    found: dict[int, np.ndarray | None] = {}

    def leaf(node: Array) -> np.ndarray | None:
        found[id(node)] = marks.get(node.name)
        return found[id(node)]

    def join(node: Array, parts: list[np.ndarray | None]) -> np.ndarray | None:
        live = [part for part in parts if part is not None]
        made = None
        if live and node.spread is any_of:
            made = any_of(*live)
        elif live and node.spread is not None:
            whole = zip(parts, node.operands, strict=True)
            made = node.spread(*[np.zeros(x.shape, bool) if part is None else part for part, x in whole])
        if made is not None and made.shape != node.shape:
            made = np.broadcast_to(made, node.shape)
        found[id(node)] = made
        return made

    fold(working, leaf, join, lambda node: node.operands)
    return found


def led_to(workings: Mapping[str, Array], readers: Mapping[str, list[str]], name: Name) -> list[Reached]:
    """The cells that are made directly from this one."""
    one = np.zeros(workings[name.array].shape, bool)
    one[name.cell] = True
    found = []
    for reader in readers.get(name.array, ()):
        marks = marked(workings[reader], {name.array: one})
        if marks is not None and marks.any():
            found.append(Reached(reader, int(marks.sum()), marks))
    return found
