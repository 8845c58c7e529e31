"""Shapes: the dimensions of every array of a network, each with the rule it follows.

    W  (n[l], n[l-1])     b  (n[l], 1)     Z and A  (n[l], m)     dW, db, dZ, dA  as W, b, Z, A

Examples are columns, as in the formulas; `m` is how many.  A wrong array is named with the rule it breaks.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np

from workings.contract import Shape
from workings.layers import Dense

PARAMETERS = {"W": "one row per unit, one column per input", "b": "one number per unit"}


class Line(NamedTuple):
    """One array: its shape in numbers and in letters, and why it has it."""

    shape: Shape
    letters: str
    rule: str


@dataclass(frozen=True)
class Shapes(Mapping[str, Line]):
    """Names to lines, in the order of the forward pass, then every d-twin.  `L` counts the layers with parameters."""

    lines: Mapping[str, Line]
    L: int

    def __getitem__(self, name: str) -> Line:
        return self.lines["X" if name == "A0" else name]

    def __iter__(self) -> Iterator[str]:
        return iter(self.lines)

    def __len__(self) -> int:
        return len(self.lines)

    def check(self, arrays: Mapping[str, Any]) -> list[str]:
        """A sentence for every array whose shape is wrong: what it is, what it must be, and by which rule."""
        return [said for name, array in arrays.items() if (said := self._wrong(name, np.shape(array)))]

    def _wrong(self, name: str, found: Shape) -> str | None:
        if name not in self and name != "A0":
            return f"{name} is no array of this network; it has {', '.join(self)}"
        shape, letters, rule = self[name]
        if found == shape:
            return None
        hint = ""
        if len(found) == 1:
            hint = f"; it has one axis only: write {name}.reshape({', '.join(map(str, shape))})"
        elif found == shape[::-1]:
            hint = "; it is turned round: take its transpose"
        return f"{name} is {found}, but must be {letters} = {shape}: {rule}{hint}"

    def __str__(self) -> str:
        table = [(name, str(x.shape), x.letters, x.rule) for name, x in self.lines.items()]
        widths = [max(len(row[i]) for row in table) for i in range(3)]
        return "\n".join(
            "  ".join([*(cell.ljust(w) for cell, w in zip(row, widths, strict=False)), row[3]]) for row in table
        )


def shapes(model: Any, m: int = 1) -> Shapes:
    """The shapes of a model that knows its inputs, for m examples at once.

    >>> from workings.model import Model
    >>> from workings.specs import Dense
    >>> s = shapes(Model([Dense(5, "relu"), Dense(1, "sigmoid")], inputs=10), m=100)
    >>> s["W1"].shape, s["b1"].shape, s["Z2"].shape, s["dW2"].shape, s.L
    ((5, 10), (5, 1), (1, 100), (1, 5), 2)
    >>> s.check({"b1": np.zeros(5)})[0]
    'b1 is (5,), but must be (n[1], 1) = (5, 1): one number per unit; it has one axis only: write b1.reshape(5, 1)'
    """
    network, start = model.network, model.parameters
    sizes = network.shapes(model.shape)
    lines = {"X": Line((*sizes["X"], m), _wire("X", sizes["X"]), "one column per example")}
    for name, layer, reads in network.rows:
        for symbol in model.state.params.get(name, {}):
            label = network.label(symbol, name)
            letters, rule = "its own", f"as {type(layer).__name__} makes it"
            if isinstance(layer, Dense):
                letters = f"({_n(name)}, {_n(reads[0]) if symbol == 'W' else 1})"
                rule = PARAMETERS[symbol]
            lines[label] = Line(np.shape(start[label]), letters, rule)
        rule = "one row per unit, one column per example"
        lines[name] = Line((*sizes[name], m), _wire(name, sizes[name]), rule)
    twins = {f"d{name}": Line(x.shape, x.letters, f"as {name}") for name, x in reversed(lines.items())}
    return Shapes({**lines, **twins}, len(model.state.params))


def _n(wire: str) -> str:
    """The letter for the height of a wire: n[1] for Z1 and A1, n[0] for X."""
    number = re.search(r"[0-9]*$", wire)
    return "n[0]" if wire == "X" else f"n[{(number and number[0]) or wire}]"


def _wire(name: str, shape: Shape) -> str:
    return f"({_n(name)}, m)" if len(shape) == 1 else f"({', '.join(map(str, shape))}, m)"
