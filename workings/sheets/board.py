"""Board: an explanation made ready for a sheet: the short way at the output, and the slopes of ReLU written out."""

from __future__ import annotations

import re
from collections.abc import Iterable

import numpy as np

from workings.explain import Explanation
from workings.explain.reach import sources
from workings.ink import namespace as ink
from workings.ink.array import Array
from workings.ink.index import Index
from workings.ink.number import Name, Number
from workings.layers import Relu
from workings.losses import FUSED


class Board:
    """The arrays of an explanation that stand on a sheet, and how each is made.

    `short` is the gradient that is taken by the short way, dZ3 = A3 - Y, and `skipped` the one it makes unnecessary.
    """

    def __init__(self, w: Explanation):
        self.short, self.skipped = _short(w)
        self.plain = w
        self.w = _with_masks(w)
        if self.short:
            book, short = self.w.book, w.shortcut().book
            book.workings[self.short] = _renamed(short.workings[f"{self.short}_short"], self.short)
            book.values[self.short] = short.values[f"{self.short}_short"]
        self.rows = {row.name: row for row in w.problem.network.rows}
        wires = [name for name in w if name in self.rows or re.fullmatch(r"A\d+", name)]
        self.answer = wires[-1] if wires else ""  # what stands beside the target

    def __contains__(self, name: str) -> bool:
        return name in self.w.book.values

    def grid(self, name: str) -> np.ndarray:
        """The names of an array's cells in rows and columns."""
        return cells_of(self.w, name)

    def is_wire(self, name: str) -> bool:
        """Whether an array has an example in each column."""
        return self.w.places.is_wire(name, self.w.numbers[name].shape)

    def value(self, name: Name) -> object:
        return self.w.numbers[name.array][name.cell]

    def working(self, name: Name) -> Number:
        """How a cell is made."""
        return self.w.book.workings[name.array].at(name.cell)

    def parameters(self, row: str) -> list[str]:
        """The names of a row's parameters: W1, b1."""
        found = self.w.problem.params.get(row, {})
        return [self.w.book.label(symbol, row) for symbol in found]

    def needed(self, placed: Iterable[str]) -> list[str]:
        """The arrays that these are made of, and those in turn, in the order of working; `placed` left out."""
        done = set(placed)
        found, todo = set(done), list(done)
        while todo:
            for name in sources(self.w.book.workings[todo.pop()]):
                if name in self and name not in found:
                    found.add(name)
                    todo.append(name)
        return [name for name in self.w if name in found and name not in done]


def cells_of(w: Explanation, name: str) -> np.ndarray:
    """The names of an array's cells in rows and columns; what has more axes lies flat behind the first.

    Where examples are rows, what has more axes has a column for each example, ready to be turned.
    """
    shape = w.numbers[name].shape
    cells = np.empty(shape, object)
    for index in np.ndindex(*shape):
        cells[index] = Name(name, index)
    if len(shape) > 2 and w.conventions.examples == "rows" and w.places.is_wire(name, shape):
        return cells.reshape(-1, shape[-1])
    return cells.reshape(shape[0], -1) if len(shape) > 1 else cells.reshape(1, -1)


def _short(w: Explanation) -> tuple[str, str]:
    """The gradient for which activation and loss have one formula together, and the gradient between them."""
    if "J" not in w.numbers:
        return "", ""
    *_, last = w.problem.network.rows
    before = f"d{last.reads[0]}"
    if (last.layer, w.problem.loss) not in FUSED or before not in w.numbers:
        return "", ""
    return before, f"d{last.name}"


def _with_masks(w: Explanation) -> Explanation:
    """The explanation on a ledger of its own, with the slope of every ReLU that is gone back through."""
    more = Explanation(w.book.copy(), w.problem, w.conventions)
    for row in w.problem.network.rows:
        (number,) = re.findall(r"\d*$", row.name)[:1]
        if isinstance(row.layer, Relu) and f"d{row.reads[0]}" in w.numbers and f"mask{number}" not in w.numbers:
            Z = more.book.leaves[row.reads[0]]
            slope = ink.where(Z > ink.zeros_like(Z), ink.ones_like(Z), ink.zeros_like(Z))
            more.book.enter(f"mask{number}", slope.values(), slope)
    return more


def _renamed(x: Array, name: str) -> Array:
    def rule(index: Index) -> Number:
        cell = x.at(index)
        return Number(cell.value, cell.op, cell.operands, Name(name, index))

    return Array(x.shape, rule, x.op, x.operands, name, spread=x.spread)
