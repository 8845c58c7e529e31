"""Cell by cell: constants are worked out, a bias finds its layer, scales find theirs, and the rest becomes curves."""

from __future__ import annotations

from collections.abc import Callable
from functools import reduce
from typing import Any

import numpy as np

from workings import layers
from workings.interop.onnx.operators import MOST, Node, reads
from workings.interop.onnx.wires import Curve, Filled, Label, Wire
from workings.interop.table import Read
from workings.interop.table.activations import short
from workings.interop.table.row import need


def sigmoid(z: Any) -> Any:
    return 1 / (1 + np.exp(-z))


def elu(z: Any, alpha: float) -> Any:
    return np.where(z > 0, z, alpha * np.expm1(np.minimum(z, 0)))


def erf(z: Any) -> Any:
    """Enough of it to be told from what it is not (Abramowitz and Stegun 7.1.26)."""
    t = 1 / (1 + 0.3275911 * np.abs(z))
    tail = t * (0.254829592 + t * (-0.284496736 + t * (1.421413741 + t * (-1.453152027 + t * 1.061405429))))
    return np.sign(z) * (1 - tail * np.exp(-(z**2)))


def divide(a: Any, b: Any) -> Any:
    """Whole numbers are divided towards 0."""
    if np.asarray(a).dtype.kind in "iu" and np.asarray(b).dtype.kind in "iu":
        return (abs(a) // abs(b) * np.sign(a) * np.sign(b)).astype(np.asarray(a).dtype)
    return a / b


CELLWISE: dict[str, Callable[..., Any]] = {
    "Sigmoid": sigmoid,
    "Tanh": np.tanh,
    "Relu": lambda z: np.maximum(z, 0),
    "Softplus": lambda z: np.logaddexp(z, 0),
    "Softsign": lambda z: z / (1 + np.abs(z)),
    "Erf": erf,
    "Exp": np.exp,
    "Log": np.log,
    "Sqrt": np.sqrt,
    "Neg": np.negative,
    "Abs": np.abs,
    "Sign": np.sign,
    "Reciprocal": lambda z: 1 / z,
    "Floor": np.floor,
    "Ceil": np.ceil,
    "Add": np.add,
    "Sub": np.subtract,
    "Mul": np.multiply,
    "Div": divide,
    "Pow": lambda a, b: np.power(a, b).astype(np.result_type(a)),
    "Max": lambda *x: reduce(np.maximum, x),
    "Min": lambda *x: reduce(np.minimum, x),
    "Greater": np.greater,
    "Less": np.less,
    "GreaterOrEqual": np.greater_equal,
    "LessOrEqual": np.less_equal,
    "Equal": np.equal,
    "Not": np.logical_not,
    "Where": np.where,
    "Sum": lambda *x: sum(x),
}


def with_attributes(node: Node) -> Callable[..., Any]:
    """The function of a node that has numbers of its own."""
    alpha = node.how.get("alpha")
    match node.op:
        case "LeakyRelu":
            slope = short(0.01 if alpha is None else alpha)
            return lambda z: np.where(z > 0, z, slope * z)
        case "Elu":
            return lambda z: elu(z, 1.0 if alpha is None else alpha)
        case "Gelu":
            layer = layers.Gelu()
            if node.how.get("approximate", b"none") == b"tanh":
                return lambda z: layer.forward(np, z)[0]
            return lambda z: z / 2 * (1 + erf(z / np.sqrt(2)))
        case "Swish":
            return lambda z: z * sigmoid((1.0 if alpha is None else alpha) * z)
        case "HardSigmoid":
            a, b = (0.2 if alpha is None else alpha), node.how.get("beta", 0.5)
            return lambda z: np.clip(a * z + b, 0, 1)
        case "ThresholdedRelu":
            return lambda z: np.where(z > (1.0 if alpha is None else alpha), z, 0)
    return CELLWISE[node.op]


@reads(*CELLWISE, "LeakyRelu", "Elu", "Gelu", "Swish", "HardSigmoid", "ThresholdedRelu")
def cellwise(node: Node) -> Any:
    values, f = [x for x in node.inputs if x is not None], with_attributes(node)
    moving = [x for x in values if isinstance(x, Wire | Curve)]
    need(not any(isinstance(x, Label | Filled) for x in values), "it reads a class, or a state that is no number")
    if not moving:
        with np.errstate(all="ignore"):
            return small(f, values)
    if len(moving) == 1 and len(values) == 2 and node.op in ("Add", "Sub", "Mul", "Div"):
        other = values[1] if moving[0] is values[0] else values[0]
        if (found := affine(node, moving[0], other, moving[0] is values[0])) is not None:
            return found
    bases = [x if isinstance(x, Wire) else x.wire for x in moving]
    constants = [x for x in values if isinstance(x, np.ndarray)]
    if node.op in ("Add", "Sum") and len(moving) == len(values) == 2 and bases[0].row != bases[1].row:
        a, b = map(node.rows.in_order, map(node.rows.wire, moving))
        need(a.axes == b.axes and a.shape == b.shape, "the two wires it adds have different shapes")
        return node.rows.add(Read(layers.Add()), a, b, axes=a.axes)
    if any(same(base) != same(bases[0]) for base in bases):
        raise ValueError("it combines several wires cell by cell, which no layer here does")
    need(all(x.size == 1 for x in constants), "it combines a wire with an array, cell by cell")
    fixed = [
        x.reshape(()).astype(np.float64) if isinstance(x, np.ndarray) and x.dtype.kind == "f" else x for x in values
    ]

    told = next((x.told + ", " for x in moving if isinstance(x, Curve)), "") + node.op
    return Curve(bases[0], f, tuple(fixed), told)


def same(wire: Wire) -> tuple[Any, ...]:
    return (wire.row, wire.axes, wire.order is None)


def small(f: Callable[..., Any], values: list[Any]) -> np.ndarray:
    """A constant worked out, if it is none that fills the memory."""
    shape = np.broadcast_shapes(*(x.shape for x in values))
    need(int(np.prod(shape, dtype=object)) <= MOST, "it makes a constant of too many numbers")
    return np.asarray(f(*values))


def affine(node: Node, value: Any, other: Any, first: bool) -> Any:
    """Adding a bias, or scaling every feature; None where it is only a number for every cell."""
    rows = node.rows
    if not isinstance(other, np.ndarray):
        return None
    wire = value if isinstance(value, Wire) else value.wire
    bias = feature(wire, other)
    if isinstance(value, Wire) and node.op == "Add" and wire.row in rows.open and bias is not None:
        row = rows.found[wire.row]
        rows.found[wire.row] = row._replace(params={**row.params, "b": bias.reshape(-1, 1)})
        rows.open.discard(wire.row)
        return wire
    if other.size == 1:
        return None
    wire = rows.wire(value)
    v = feature(wire, other)
    if v is None:
        raise ValueError(f"it combines a wire {wire.sizes()} with an array {other.shape}, and not feature by feature")
    if node.op == "Add":
        return rows.scale(wire, beta=v)
    if node.op == "Mul":
        return rows.scale(wire, gamma=v)
    if node.op == "Sub":
        return rows.scale(wire, mu=v) if first else rows.scale(wire, gamma=-1.0, beta=v)
    need(first and (v != 0).all(), "it divides by a wire, or by 0")
    return rows.scale(wire, var=v.astype(np.float64) ** 2) if (v > 0).all() else rows.scale(wire, gamma=1 / v)


def feature(wire: Wire, other: np.ndarray) -> np.ndarray | None:
    """An array that has one number for every feature, as these; None where it has not."""
    n = wire.shape[0]
    if 0 not in wire.axes or other.ndim > len(wire.axes) or other.size not in (1, n):
        return None
    sizes = (1,) * (len(wire.axes) - other.ndim) + other.shape
    if any(size != 1 and axis != 0 for size, axis in zip(sizes, wire.axes, strict=True)):
        return None
    return np.broadcast_to(other.reshape(-1), (n,))
