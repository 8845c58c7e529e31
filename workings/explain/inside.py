"""Inside: the plain numbers of the arrays that a line makes on its way, as NumPy has them or exact."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import reduce
from math import prod
from typing import Any

import numpy as np

from workings.ink.array import Array
from workings.ink.number import RULES

VALUES: dict[str, Callable[..., Any]] = {
    "+": lambda *xs: reduce(np.add, xs),
    "-": np.subtract,
    "*": np.multiply,
    "/": np.divide,
    "**": np.power,
    "neg": np.negative,
    "abs": np.abs,
    "exp": np.exp,
    "log": np.log,
    "log1p": np.log1p,
    "tanh": np.tanh,
    "sqrt": np.sqrt,
    "max": np.maximum,
    "where": lambda condition, yes, no: np.where(np.asarray(condition, bool), yes, no),
    ">": np.greater,
    ">=": np.greater_equal,
    "<": np.less,
    "<=": np.less_equal,
    "==": np.equal,
    "!=": np.not_equal,
}


class Inside:
    """What stands inside the line of one array; `given` are the arrays that it reads."""

    def __init__(self, working: Array, given: Mapping[str, np.ndarray], exact: bool):
        self.working = working
        self.given = given
        self.exact = exact
        self.values: dict[int, np.ndarray] = {}
        self.tables: dict[int, Any] = {}

    def is_leaf(self, node: Array) -> bool:
        return bool(node.name) and node is not self.working

    def parts(self, node: Array) -> Sequence[Array]:
        return () if self.is_leaf(node) else node.operands

    def value(self, node: Array) -> np.ndarray:
        """The numbers of one array."""
        todo = [node]
        while todo:
            x = todo[-1]
            parts = self.parts(x)
            if id(x) in self.values:
                todo.pop()
            elif missing := [part for part in parts if id(part) not in self.values]:
                todo += missing
            else:
                made = self._made(x, [self.values[id(part)] for part in parts])
                self.values[id(x)] = np.asarray(made, object) if self.exact else made
        return self.values[id(node)]

    def _made(self, x: Array, parts: list[np.ndarray]) -> Any:
        if not parts:
            known = self.given.get(x.name)
            known = known if known is not None else x.known if x.kind else x.values()
            return known.astype(object if self.exact else float)
        if x.moved or x.op == "is":
            return x.spread(*parts) if x.spread else parts[0]
        if x.axes:
            cells = parts[0].ravel()[self.rows(x)]
            made = {"sum": cells.sum, "max": cells.max, "argmax": cells.argmax}[x.op]
            return made(axis=1).reshape(x.shape)
        return parts[0] @ parts[1] if x.op == "@" else self.worked(x.op, parts)

    def worked(self, op: str, values: Sequence[np.ndarray]) -> np.ndarray:
        """One operation, cell by cell."""
        return np.frompyfunc(RULES[op], len(values), 1)(*values) if self.exact else VALUES[op](*values)

    def rows(self, node: Array) -> np.ndarray:
        """The cells that every cell of a reduction takes together, by their place."""
        (part,) = node.operands
        ends = range(-len(node.axes), 0)
        cells = lambda: np.moveaxis(np.arange(prod(part.shape)).reshape(part.shape), node.axes, ends)
        return self.table(node, lambda: cells().reshape(prod(node.shape), -1))

    def constant(self, node: Array) -> np.ndarray:
        """Which cells are numbers written in the code, and not made or given."""
        if node.moved and node.spread and not node.name:
            return node.spread(*map(self.constant, node.operands))
        return np.full(node.shape, not node.operands and node.name in ("", "0", "1"))

    def table(self, node: Array, made: Callable[[], Any]) -> Any:
        """What was once made for an array of this line."""
        if id(node) not in self.tables:
            self.tables[id(node)] = made()
        return self.tables[id(node)]
