"""Wires: what flows through a graph while it is read.

A tensor of the graph is one of these:

    an array      a constant
    `Wire`        a wire of ours; `axes` says which of our axes each axis of the tensor is ("m": the examples, "1": of
                  size one), so that a transpose moves names and no numbers
    `Curve`       a function of a wire, cell by cell, not yet recognised
    `Label`       what classifiers say besides their probabilities
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from math import prod
from typing import Any

import numpy as np

from workings import layers
from workings.contract import Shape
from workings.interop.table import Read
from workings.interop.table.activations import ACTIVATIONS, short

MOST_CURVES = 40  # operators that one activation may be spelled out in
ROWS = -(1 << 40)  # the number of examples, in shapes that a graph computes
GRID = np.concatenate([np.linspace(-9, 9, 145), [-30.0, 30.0]])
KNOWN = [kind() for kind in ACTIVATIONS if kind not in (layers.Softmax, layers.LeakyRelu)]


@dataclass(frozen=True)
class Wire:
    """Row `row` of ours (-1: X) with examples of this shape; `order`: the tensor's features are these of ours."""

    row: int
    shape: Shape
    axes: tuple[Any, ...]
    order: Any = None

    def sizes(self) -> list[int]:
        """The tensor's shape, with `ROWS` for the examples."""
        return [ROWS if axis == "m" else 1 if axis == "1" else self.shape[axis] for axis in self.axes]


@dataclass(frozen=True, eq=False)
class Curve:
    """f of every cell of a wire, of curves of that wire, and of numbers."""

    wire: Wire
    f: Callable[..., Any]
    reads: tuple[Any, ...]
    told: str

    def at(self, z: Any, leaf: Any = None) -> Any:
        """Its values where the wire is z; or where the curve `leaf` is, which nothing may go round."""
        known: dict[int, Any] = {}

        def value(x: Any) -> Any:
            if x is leaf or (leaf is None and isinstance(x, Wire)):
                return z
            if isinstance(x, Wire):
                raise LookupError(f"{self.told} goes round what comes before it")
            if not isinstance(x, Curve):
                return x
            if id(x) not in known:
                known[id(x)] = x.f(*map(value, x.reads))
            return known[id(x)]

        return value(self)

    def before(self) -> list[Curve]:
        """The curves it is made from, the nearest first."""
        found: list[Curve] = []
        for curve in [self]:
            found += [x for x in curve.reads if isinstance(x, Curve)]
        for curve in found:
            found += [x for x in curve.reads if isinstance(x, Curve) and x not in found][: MOST_CURVES - len(found)]
        return found


@dataclass(frozen=True)
class Label:
    """The class that a wire's largest number stands for."""

    wire: Any
    classes: tuple[Any, ...] | None = None


@dataclass(frozen=True)
class Filled:
    """An array of one number, of whatever size: the state that a recurrent layer starts from."""

    value: float


def usual(shape: Shape) -> tuple[Any, ...]:
    """(m, n), (m, T, n), (m, c, h, w), as axes."""
    return {1: ("m", 0), 2: ("m", 1, 0), 3: ("m", 0, 1, 2)}[len(shape)]


class Rows:
    """The rows of ours, as they are found."""

    def __init__(self) -> None:
        self.found: list[Read] = []
        self.reads: list[tuple[int, ...]] = []
        self.open: set[int] = set()  # rows without a bias yet
        self.scales: set[int] = set()  # rows that only scale, whose next step may still join them
        self.shape: Shape = ()
        self.fixed = False  # whether X is read in several places, and so in the arrangement that the file has
        self.classes: tuple[Any, ...] | None = None
        self.notes: list[str] = []
        self.bent: list[tuple[Curve, Wire]] = []  # curves that have been recognised

    def close(self, value: Any) -> None:
        """Several read this value: what comes after it for one of them may not be folded into its row."""
        wire = value.wire if isinstance(value, Curve) else value
        if isinstance(wire, Wire):
            self.open.discard(wire.row)
            self.scales.discard(wire.row)
            self.fixed = self.fixed or wire.row == -1

    def add(self, read: Read, *into: Wire, axes: tuple[Any, ...] | None = None) -> Wire:
        """One more row, which reads these wires."""
        into = tuple(self.in_order(wire) for wire in into)
        shape = read.layer.out_shape(*(wire.shape for wire in into))
        self.found.append(read)
        self.reads.append(tuple(wire.row for wire in into))
        return Wire(len(self.found) - 1, shape, axes or usual(shape))

    def in_order(self, wire: Wire) -> Wire:
        """The wire with its features in the tensor's order."""
        if wire.order is None:
            return wire
        return self.add(Read(layers.Select(tuple(map(int, wire.order)))), replace(wire, order=None))

    def arranged(self, wire: Any, axes: tuple[Any, ...], told: str) -> Wire:
        """The wire, whose axes must be these; X takes whatever arrangement the first layer reads it in."""
        wire = self.wire(wire)
        if wire.axes == axes:
            return wire
        ours = [axis for axis in wire.axes if axis != "m"]
        untouched = wire.row == -1 and not self.fixed and -1 not in {read for reads in self.reads for read in reads}
        if untouched and "1" not in ours and len(ours) == len(axes) - 1 and wire.axes.index("m") == axes.index("m"):
            wanted = [axis for axis in axes if axis != "m"]
            shape = dict(zip(wanted, (wire.shape[axis] for axis in ours), strict=True))
            self.shape = tuple(shape[i] for i in range(len(shape)))
            self.notes.append(
                f"the file reads X in another arrangement; the model reads examples of shape {self.shape}"
            )
            return Wire(-1, self.shape, axes)
        raise ValueError(f"{told} reads axes {axes} here, and is given {wire.axes}")

    def wire(self, value: Any) -> Wire:
        """The value as a wire: a curve becomes the activation it is."""
        if isinstance(value, Wire):
            return value
        if not isinstance(value, Curve):
            raise ValueError(f"{kind(value)} stands where a wire of the network is needed")
        made = next((wire for curve, wire in self.bent if curve is value), None) or self.recognised(value)
        self.bent.append((value, made))
        return made

    def recognised(self, value: Curve) -> Wire:
        """The activation that a curve is, told by its values; or an activation of another curve."""
        with np.errstate(all="ignore"):
            for leaf in (None, *value.before()):
                try:
                    found = shaped(lambda z, leaf=leaf: value.at(z, leaf))
                except LookupError:
                    continue
                if found is None:
                    continue
                wire = value.wire if leaf is None else self.wire(leaf)
                if isinstance(found, tuple):
                    return self.scale(wire, gamma=found[0], beta=found[1])
                return wire if isinstance(found, layers.Identity) else self.bend(found, wire)
        raise ValueError(f"{value.told} is a curve that no activation here has")

    def bend(self, layer: Any, wire: Wire) -> Wire:
        """An activation, which leaves axes and order as they are."""
        made = self.add(Read(layer), replace(wire, order=None))
        return replace(made, axes=wire.axes, order=wire.order)

    def scale(self, wire: Wire, **how: Any) -> Wire:
        """γ (Z - μ) / √var + β of every feature: a batch norm that was told what to remember."""
        wire = self.in_order(wire)
        n = wire.shape[0]
        if wire.row in self.scales and joins(self.found[wire.row], how):
            row = self.found[wire.row]
            held = {
                **row.params,
                **row.memory,
                **{name: np.broadcast_to(x, n).astype(float) for name, x in how.items()},
            }
            self.found[wire.row] = scaling(held)
            return wire
        start = {"gamma": np.ones(n), "beta": np.zeros(n), "mu": np.zeros(n), "var": np.ones(n)}
        held = {**start, **{name: np.broadcast_to(x, n).astype(float) for name, x in how.items()}}
        made = self.add(scaling(held), wire, axes=wire.axes)
        self.scales.add(made.row)
        return made

    def dense(self, wire: Any, W: np.ndarray, b: np.ndarray | None) -> Wire:
        """W (n_out, n_in) at the last axis of a table, or of every step of a sequence."""
        if len(W.shape) != 2 or not W.size:
            raise ValueError(f"the weights have the shape {W.shape}, not (units, features)")
        wire = self.wire(wire)
        wire = self.arranged(wire, usual(wire.shape), "a product with weights")
        if wire.shape[0] != W.shape[1]:
            raise ValueError(f"the weights read {W.shape[1]} features, and there are {wire.shape[0]}")
        if wire.order is not None:
            turned = np.empty_like(W)
            turned[:, wire.order] = W
            W, wire = turned, replace(wire, order=None)
        bias = np.zeros(len(W), W.dtype) if b is None else b
        layer: Any = layers.Dense(len(W))
        if len(wire.shape) == 3:
            raise ValueError("a product with the channels of an image is no layer here")
        layer = layers.Positions(layer) if len(wire.shape) == 2 else layer
        made = self.add(Read(layer, {"W": W, "b": bias.reshape(-1, 1)}), wire)
        if b is None:
            self.open.add(made.row)
        return made


def shaped(f: Callable[[Any], Any]) -> Any:
    """The activation with these values; slope and height of a straight line; None for any other curve."""
    y = f(GRID)
    for layer in KNOWN:
        if np.allclose(y, layer.forward(np, GRID)[0], rtol=1e-5, atol=2e-6):
            return layer
    low, zero, high = (float(f(np.float64(z))) for z in (-1, 0, 1))
    if np.allclose(y, np.where(GRID > 0, GRID, -low * GRID), rtol=1e-5, atol=1e-6):
        return layers.LeakyRelu(short(-low))
    line = np.allclose(y, zero + (high - zero) * GRID, rtol=1e-5, atol=1e-5 * abs(zero) + 1e-9)
    return (high - zero, zero) if line else None


def scaling(held: dict[str, np.ndarray]) -> Read:
    """A row that scales."""
    params = {name: held[name] for name in ("gamma", "beta")}
    return Read(layers.BatchNorm(eps=0.0), params, {name: held[name] for name in ("mu", "var")})


def joins(row: Read, how: dict[str, Any]) -> bool:
    """Whether the next step of scaling is still to come in γ (Z - μ) / √var + β."""
    steps = ["mu", "var", "gamma", "beta"]
    held, start = {**row.params, **row.memory}, {"mu": 0, "var": 1, "gamma": 1, "beta": 0}
    done = [i for i, name in enumerate(steps) if (held[name] != start[name]).any()]
    return min(map(steps.index, how)) > max(done, default=-1)


def kind(value: Any) -> str:
    """What a value is, for a sentence."""
    told = {Label: "a class", Filled: "a constant", np.ndarray: "a constant", type(None): "nothing"}
    return told.get(type(value), "a wire")


def product(sizes: Any) -> int:
    """All sizes but the number of examples, multiplied."""
    return prod(size for size in sizes if size != ROWS)
