"""A network is a table of wires, read from top to bottom.

    Network({
        "Z1": (Dense(4), "X"),
        "A1": (Relu(), "Z1"),
        "S1": (Add(), "A1", "X"),
        "Z2": (Dense(1), "S1"),
    })

A row may read only the rows above it.  So the table is already in forward order, a cycle cannot be written, and
backward is the table read upwards.  The last row is the output.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cache
from inspect import signature
from typing import Any, NamedTuple

from workings.contract import Array, Layer, Named, Namespace, Shape, Tree

NAME = r"[^/()\[\]{}]+"


class Row(NamedTuple):
    """One wire: its name, the layer that makes it, and the wires that layer reads."""

    name: str
    layer: Any
    reads: tuple[str, ...]


class Network:
    """Rows of (layer, names of the wires it reads), under the names of the wires they make.

    Raises ValueError where a row reads what does not stand above it, two rows share a name, or a name would be
    mistaken for something else in a formula or a path.
    """

    def __init__(self, table: Mapping[str, tuple[Any, ...]]):
        self.rows = tuple(Row(name, layer, tuple(reads)) for name, (layer, *reads) in table.items())
        if not self.rows:
            raise ValueError("a network needs at least one row, such as Network({'Z1': (Dense(1), 'X')})")
        above = {"X"}
        for row in self.rows:
            if missing := [read for read in row.reads if read not in above]:
                raise ValueError(f"row {row.name!r} reads {missing}, not among {sorted(above)} above it")
            if not isinstance(row.name, str) or not row.name.isprintable() or not re.fullmatch(NAME, row.name):
                raise ValueError(f"a row is called by a text such as 'Z1', without / and brackets, not {row.name!r}")
            if row.name in above or not row.reads:
                raise ValueError(f"row {row.name!r} needs a name of its own and at least one wire to read")
            above.add(row.name)

    def __repr__(self) -> str:
        rows = "".join(f"    {n!r}: ({layer}, {', '.join(map(repr, r))}),\n" for n, layer, r in self.rows)
        return f"Network({{\n{rows}}})"

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Network) and self.rows == other.rows

    def __hash__(self) -> int:
        return hash(self.rows)

    def label(self, symbol: str, row: str) -> str:
        """A parameter's name for users: W of row Z1 is W1.

        It is W_Z1 for a row without a number, beside a wire W1, and where another row would have a W1 too.
        """
        short = symbol + numbered(row)
        wires = [wire.name for wire in self.rows]
        others = [wire for wire in self.rows if wire.name != row and short in self._shorts(wire)]
        return f"{symbol}_{row}" if short == symbol or short in wires or others else short

    @staticmethod
    def _shorts(row: Row) -> set[str]:
        """The names that a row's parameters would have, were it alone."""
        return {symbol + numbered(row.name) for symbol in symbols(row.layer)}

    @property
    def output(self) -> str:
        """The name of the last wire."""
        return self.rows[-1].name

    def without_last(self) -> Network:
        """The same network up to the last row but one."""
        return Network({name: (layer, *reads) for name, layer, reads in self.rows[:-1]})

    def shapes(self, shape: Shape) -> dict[str, Shape]:
        """The shape of one example on every wire, X included."""
        shapes = {"X": shape}
        for name, layer, reads in self.rows:
            shapes[name] = self._in_row(name, layer, reads, shapes, layer.out_shape)
        return shapes

    def init(self, rng, shape: Shape) -> Tree:
        """Starting parameters for examples of this shape, of the rows that have any."""
        shapes = self.shapes(shape)
        made = {name: dict(layer.init(rng, *(shapes[r] for r in reads))) for name, layer, reads in self.rows}
        return {name: params for name, params in made.items() if params}

    def noise(self, rng, shape: Shape, m: int) -> Tree:
        """The random givens of one training batch of m examples, for the rows that take any."""
        noisy = [row for row in self.rows if hasattr(row.layer, "noise")]
        shapes = self.shapes(shape) if noisy else {}
        return {name: layer.noise(rng, (*shapes[reads[0]], m)) for name, layer, reads in noisy}

    def memory(self, shape: Shape) -> Tree:
        """What the rows that remember (batch norm) know before training."""
        shapes = self.shapes(shape)
        return {n: dict(layer.memory(shapes[r[0]])) for n, layer, r in self.rows if hasattr(layer, "memory")}

    def remember(self, memory: Tree, caches: Tree) -> Tree:
        """What they know after one more batch."""
        layers = {row.name: row.layer for row in self.rows}
        return {name: layers[name].remember(caches[name], **known) for name, known in memory.items()}

    def forward(self, xp: Namespace, params: Tree, X: Array, givens: Tree | None = None) -> tuple[Named, Tree]:
        """Every wire by name, and every row's cache.  `givens` are noise or memory, by row."""
        wires, caches, given = {"X": X}, {}, givens or {}
        for name, layer, reads in self.rows:
            into, own = [wires[read] for read in reads], params.get(name, {})
            try:
                wires[name], caches[name] = layer.forward(xp, *into, **own, **given.get(name, {}))
            except Exception as error:
                read = dict(zip(reads, into, strict=True))
                error.add_note(f"in row {name!r} = {layer} of {sizes(read)} with {sizes(own)}")
                raise
        return wires, caches

    def backward(self, xp: Namespace, params: Tree, caches: Tree, dA: Array) -> tuple[Named, Tree]:
        """From m·∂J/∂A of the last wire: that of every wire, and the gradients of the parameters."""
        dwires, grads = {self.output: dA}, {}
        for name, layer, reads in reversed(self.rows):
            own = params.get(name, {})
            if name not in dwires:  # nobody reads it
                grads[name] = {symbol: xp.zeros_like(W) for symbol, W in own.items()}
                continue
            back, grads[name] = layer.backward(xp, dwires[name], **own, **caches[name])
            for read, d in zip(reads, back if isinstance(back, tuple) else (back,), strict=True):
                dwires[read] = dwires[read] + d if read in dwires else d
        return dwires, {name: grads[name] for name in params}

    def _in_row(self, name: str, layer: Any, reads: tuple[str, ...], shapes: dict[str, Shape], ask: Any) -> Any:
        into = [shapes[read] for read in reads]
        try:
            return ask(*into)
        except Exception as error:
            told = ", ".join(f"{read} {shape}" for read, shape in zip(reads, into, strict=True))
            error.add_note(f"in row {name!r} = {layer} of {told}")
            raise


def numbered(name: str) -> str:
    """The digits that a name ends with.

    >>> numbered("Z12"), numbered("A1'")
    ('12', '')
    """
    return name[len(name.rstrip("0123456789")) :]


def symbols(layer: Any) -> set[str]:
    """What a layer's parameters (and givens) may be called: `forward` takes them by name.

    >>> from workings.layers import Dense, Positions
    >>> sorted(symbols(Positions(Dense(4))))
    ['W', 'b']
    """
    inner = getattr(layer, "inner", getattr(layer, "cell", None))
    forward = getattr(layer, "forward", None)
    found = set() if forward is None else _by_keyword(getattr(forward, "__func__", forward))
    return found if inner is None else found | symbols(inner)


@cache
def _by_keyword(forward: Any) -> set[str]:
    return {each.name for each in signature(forward).parameters.values() if each.kind is each.KEYWORD_ONLY}


def chain(*layers: Layer, names: tuple[str, ...] = ()) -> Network:
    """The plain stack: each layer reads the one before it.

    Rows are named by what they are and the layer they belong to: a dense layer and its activation are Z1 and A1.
    """
    names = names or tuple(row_names(layers))
    reads = ["X", *names[:-1]]
    return Network({name: (layer, read) for name, layer, read in zip(names, layers, reads, strict=True)})


LETTERS = {
    **dict.fromkeys(("Dense", "Convolution"), "Z"),
    **dict.fromkeys(("Identity", "Sigmoid", "Tanh", "Relu", "LeakyRelu", "Gelu", "Softplus", "Exp", "Softmax"), "A"),
    **dict.fromkeys(("Flatten", "Last", "Select"), "F"),
    "MaxPool": "P",
    "BatchNorm": "N",
    "Dropout": "D",
    "Recurrent": "H",
    "Add": "S",
    "Concat": "C",
    "Embedding": "E",
    "Attention": "Y",
}


def row_names(layers: tuple[Any, ...]) -> list[str]:
    """Z1, A1, Z2, … : a letter for the kind, and the number of the layer.

    A layer with weights opens the next number; what has none (or, like batch norm, only rescales) shares the
    number before it.
    """
    names: list[str] = []
    number = 0
    for layer in layers:
        kind = type(getattr(layer, "inner", layer)).__name__
        letter = LETTERS.get(kind, kind)
        number += letter in ("Z", "H", "E", "Y")
        name = f"{letter}{number}"
        while name in names:
            name += "'"
        names.append(name)
    return names


def sizes(arrays: Mapping[str, Array]) -> str:
    """Names and shapes, for a sentence."""
    return ", ".join(f"{name} {array.shape}" for name, array in arrays.items()) or "nothing"
