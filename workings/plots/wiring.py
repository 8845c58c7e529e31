"""Wiring: the columns of a network diagram, found from the network's own table of wires.

A column is what the eye takes as one layer: the units of a dense row together with the activation that reads it.
Columns stand as far to the right as the longest way from X; what branches stands one above the other.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, replace
from math import prod
from typing import TYPE_CHECKING, Any

from workings.contract import Shape
from workings.layers import activations
from workings.network import Network, Row

if TYPE_CHECKING:
    from workings.model import Model

ONE_TO_ONE = ("Add", "Concat", "Dropout", "BatchNorm")


@dataclass(frozen=True)
class Column:
    """One column: the wire it shows, the rows merged in it, the wires it reads, how far right, and which lane."""

    wire: str
    rows: tuple[Row, ...]
    shape: Shape
    reads: tuple[str, ...] = ()
    depth: int = 0
    lane: float = 0.0

    @property
    def units(self) -> int:
        """How many circles stand for it; 0 where it is drawn as a block (images, sequences)."""
        return self.shape[0] if len(self.shape) == 1 else 0

    @property
    def kind(self) -> str:
        """The kind of layer that feeds it."""
        return type(self.rows[0].layer).__name__ if self.rows else "input"

    @property
    def activation(self) -> str:
        """The activation, in words; empty where there is none."""
        named = [spoken(row.layer) for row in self.rows if is_activation(row)]
        return named[-1] if named else ""

    @property
    def level(self) -> str:
        """The number l of the layer, as in a^[l]."""
        return "0" if self.wire == "X" else re.sub(r".*?(\d*)'*$", r"\1", self.wire)


def spoken(layer: Any) -> str:
    """What a layer is called: ReLU, sigmoid, dense.

    >>> spoken(activations.Relu()), spoken(activations.Sigmoid())
    ('ReLU', 'sigmoid')
    """
    name = type(getattr(layer, "inner", layer)).__name__
    known = {
        "Relu": "ReLU",
        "LeakyRelu": "leaky ReLU",
        "Gelu": "GELU",
        "MaxPool": "max pooling",
        "BatchNorm": "batch norm",
    }
    known |= {"RnnCell": "RNN", "GruCell": "GRU", "LstmCell": "LSTM"}
    return known.get(name, name.lower())


def is_activation(row: Row) -> bool:
    return isinstance(row.layer, _ACTIVATIONS)


_ACTIVATIONS = tuple(
    kind
    for kind in vars(activations).values()
    if isinstance(kind, type) and hasattr(kind, "forward") and kind.__module__ == activations.__name__
)


def columns(network: Network, shape: Shape) -> list[Column]:
    """The columns from left to right, X first, for examples of this shape."""
    shapes = network.shapes(shape)
    readers: dict[str, int] = {}
    for row in network.rows:
        for read in row.reads:
            readers[read] = readers.get(read, 0) + 1
    made = {"X": Column("X", (), shape)}
    home = {"X": "X"}  # the column that shows a wire
    for row in network.rows:
        under = made[home[row.reads[0]]]
        if is_activation(row) and under.wire == row.reads[0] != "X" and readers[row.reads[0]] == 1:
            del made[under.wire]
            made[row.name] = replace(under, wire=row.name, rows=(*under.rows, row))
            home |= {w: row.name for w, column in home.items() if column == under.wire} | {row.name: row.name}
        else:
            reads = tuple(home[read] for read in row.reads)
            depth = 1 + max(made[read].depth for read in reads)
            made[row.name] = Column(row.name, (row,), shapes[row.name], reads, depth)
            home[row.name] = row.name
    return _in_lanes(made.values())


def _in_lanes(made: Iterable[Column]) -> list[Column]:
    beside: dict[int, list[Column]] = {}
    for column in made:
        beside.setdefault(column.depth, []).append(column)
    return [
        replace(column, lane=(len(group) - 1) / 2 - i)
        for _, group in sorted(beside.items())
        for i, column in enumerate(group)
    ]


def connections(model: Model) -> dict[str, int]:
    """How many links each dense row has: every unit with every one of its inputs.

    >>> from workings import Dense, Model
    >>> connections(Model([Dense(4, "tanh"), Dense(1, "sigmoid")], inputs=3))
    {'Z1': 12, 'Z2': 4}
    """
    shape = built(model)
    shapes = model.network.shapes(shape)
    return {
        row.name: prod(shapes[row.name]) * prod(shapes[row.reads[0]])
        for row in model.network.rows
        if type(row.layer).__name__ == "Dense"
    }


def built(model: Model) -> Shape:
    """The shape of one example.  Raises ValueError while the model does not know it."""
    if model.shape is None:
        raise ValueError("the model does not know its inputs yet: give inputs=… or fit it to data first")
    return model.shape


def shown(n: int, most: int) -> list[int | None]:
    """The units drawn of a layer of n: all, or the first and the last with None for "…" between.

    >>> shown(3, 6), shown(9, 5)
    ([0, 1, 2], [0, 1, None, 7, 8])
    """
    if n <= most:
        return list(range(n))
    half = max((most - 1) // 2, 1)
    return [*range(half), None, *range(n - half, n)]
