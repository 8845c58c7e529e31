"""Operators: what each operator of ONNX is here.  An operator without a function here is refused by its name.

Every function takes the node as `Node` and gives the value of its first output.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from workings import layers
from workings.interop.onnx import wires
from workings.interop.onnx.wires import ROWS, Curve, Filled, Label, Rows, Wire, product
from workings.interop.table import Read
from workings.interop.table.activations import short
from workings.interop.table.images import convolution
from workings.interop.table.row import need

MOST = 1 << 24  # numbers that a constant may have that is worked out here


@dataclass(frozen=True)
class Node:
    """One operation: its inputs as values, its attributes, and the rows found so far."""

    op: str
    name: str
    inputs: list[Any]
    how: dict[str, Any]
    rows: Rows
    outputs: int
    opset: int
    examples: int | None  # how many the file was made for, if it says

    def constant(self, i: int, what: str) -> np.ndarray:
        value = self.inputs[i] if i < len(self.inputs) else None
        need(isinstance(value, np.ndarray), f"its {what} is no constant")
        return value

    def maybe(self, i: int) -> Any:
        return self.inputs[i] if i < len(self.inputs) else None


OPERATORS: dict[str, Callable[[Node], Any]] = {}


def reads(*names: str) -> Callable[[Callable[[Node], Any]], Callable[[Node], Any]]:
    """Register a function for these operators."""

    def register(f: Callable[[Node], Any]) -> Callable[[Node], Any]:
        OPERATORS.update(dict.fromkeys(names, f))
        return f

    return register


# ─── cell by cell: constants are worked out, wires become curves ───


def sigmoid(z: Any) -> Any:
    return 1 / (1 + np.exp(-z))


def elu(z: Any, alpha: float) -> Any:
    return np.where(z > 0, z, alpha * np.expm1(np.minimum(z, 0)))


def erf(z: Any) -> Any:
    """Enough of it to be told from what it is not (Abramowitz and Stegun 7.1.26)."""
    t = 1 / (1 + 0.3275911 * np.abs(z))
    tail = t * (0.254829592 + t * (-0.284496736 + t * (1.421413741 + t * (-1.453152027 + t * 1.061405429))))
    return np.sign(z) * (1 - tail * np.exp(-(z**2)))


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
    "Div": lambda a, b: a // b if a.dtype.kind in "iu" and np.asarray(b).dtype.kind in "iu" else a / b,
    "Pow": lambda a, b: np.power(a, b).astype(np.result_type(a)),
    "Max": np.maximum,
    "Min": np.minimum,
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
    if isinstance(value, Wire) and node.op == "Add" and wire.row in rows.open and feature(wire, other) is not None:
        row = rows.found[wire.row]
        rows.found[wire.row] = row._replace(params={**row.params, "b": feature(wire, other).reshape(-1, 1)})
        rows.open.discard(wire.row)
        return wire
    if other.size == 1:
        return None
    wire = rows.wire(value)
    v = feature(wire, other)
    need(v is not None, f"it combines a wire {wire.sizes()} with an array {other.shape}, and not feature by feature")
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


# ─── layers with weights ───


@reads("Gemm")
def gemm(node: Node) -> Any:
    A, B, C = node.inputs[0], node.constant(1, "matrix B"), node.maybe(2)
    need(not node.how.get("transA", 0), "it turns its input over (transA)")
    need(B.ndim == 2 and (C is None or isinstance(C, np.ndarray)), "its weights and biases are no constants")
    W = B if node.how.get("transB", 0) else B.T
    W = scaled(W, node.how.get("alpha", 1.0))
    C = None if C is None else np.broadcast_to(scaled(C, node.how.get("beta", 1.0)).reshape(-1), (len(W),))
    return node.rows.dense(A, W, C)


def scaled(x: np.ndarray, by: float) -> np.ndarray:
    return x if by == 1 else (x * np.float64(by)).astype(x.dtype)


@reads("MatMul")
def matmul(node: Node) -> Any:
    W = node.constant(1, "second factor")
    need(W.ndim == 2, f"its second factor has the shape {W.shape}, not (features, units)")
    return node.rows.dense(node.inputs[0], W.T, None)


@reads("Conv")
def conv(node: Node) -> Any:
    W, b = node.constant(1, "kernel"), node.maybe(2)
    need(W.ndim == 4, f"its kernel has {W.ndim - 2} axes, and images have two")
    k, how = W.shape[-1], node.how
    need(W.shape[2] == k and how.get("kernel_shape", [k, k]) == [k, k], "kernels are square here")
    need(set(how.get("strides", [1])) == {1}, f"kernels move one cell at a time here, not {how.get('strides')}")
    need(
        set(how.get("dilations", [1])) == {1} and how.get("group", 1) == 1,
        "kernels here see neighbours, in all channels",
    )
    auto, pads = how.get("auto_pad", b"NOTSET"), set(how.get("pads", [0]))
    if auto in (b"SAME_UPPER", b"SAME_LOWER") and k % 2:
        pads = {k // 2}
    elif auto not in (b"NOTSET", b"VALID"):
        raise ValueError(f"padding {auto.decode()} of a kernel of {k} is not the same all round")
    need(len(pads) == 1, f"the padding is the same all round here, not {how.get('pads')}")
    wire = node.rows.in_order(node.rows.arranged(node.inputs[0], ("m", 0, 1, 2), "a convolution"))
    need(wire.shape[0] == W.shape[1], f"its kernels read {W.shape[1]} channels, and there are {wire.shape[0]}")
    made = node.rows.add(convolution(W, b, pads.pop()), wire)
    if b is None:
        node.rows.open.add(made.row)
    return made


@reads("MaxPool")
def max_pool(node: Node) -> Any:
    how, k = node.how, node.how.get("kernel_shape", [])
    need(node.outputs == 1, "the places of the largest are not kept here")
    need(len(k) == 2 and k[0] == k[1], f"windows are square here, not {k}")
    need(how.get("strides", [1, 1]) == k, f"windows stand side by side here, not {how.get('strides', [1, 1])} apart")
    need(set(how.get("pads", [0])) == {0} and set(how.get("dilations", [1])) == {1}, "windows have no padding here")
    valid = how.get("auto_pad", b"NOTSET") in (b"NOTSET", b"VALID")
    wire = node.rows.in_order(node.rows.arranged(node.inputs[0], ("m", 0, 1, 2), "max pooling"))
    whole = all(size % k[0] == 0 for size in wire.shape[1:])
    need(whole or (valid and not how.get("ceil_mode", 0)), "windows that stand out over the edge are left out here")
    return node.rows.add(Read(layers.MaxPool(k[0])), wire)


@reads("BatchNormalization")
def batch_norm(node: Node) -> Any:
    need(node.outputs == 1 and not node.how.get("training_mode", 0), "it is written for training, not for prediction")
    gamma, beta, mu, var = (node.constant(i, "scale, bias, mean or variance").reshape(-1) for i in range(1, 5))
    wire = node.rows.in_order(node.rows.wire(node.inputs[0]))
    need(wire.axes.index(0) == 1 if 0 in wire.axes else False, "the features are its second axis")
    need(gamma.size == wire.shape[0], f"it has numbers for {gamma.size} features, and there are {wire.shape[0]}")
    layer = layers.BatchNorm(short(node.how.get("epsilon", 1e-5)), short(node.how.get("momentum", 0.9)))
    return node.rows.add(Read(layer, {"gamma": gamma, "beta": beta}, {"mu": mu, "var": var}), wire, axes=wire.axes)


@reads("Softmax")
def softmax(node: Node) -> Any:
    wire = node.rows.in_order(node.rows.wire(node.inputs[0]))
    axis = node.how.get("axis", -1 if node.opset >= 13 else 1)
    axis = axis % len(wire.axes) if -len(wire.axes) <= axis < len(wire.axes) else -1
    flat = node.opset < 13 and axis != len(wire.axes) - 1
    need(axis >= 0 and wire.axes[axis] == 0 and not flat, "softmax is over the features here, not over another axis")
    return node.rows.add(Read(layers.Softmax()), wire, axes=wire.axes)


@reads("Dropout")
def dropout(node: Node) -> Any:
    training = node.maybe(2)
    need(
        training is None or (isinstance(training, np.ndarray) and not training.any()), "it drops out while predicting"
    )
    rate = node.maybe(1)
    rate = node.how.get("ratio", 0.5) if rate is None else float(np.asarray(rate).reshape(()))
    if isinstance(node.inputs[0], np.ndarray) or not 0 < rate < 1:
        return node.inputs[0]
    wire = node.rows.wire(node.inputs[0])
    return node.rows.bend(layers.Dropout(short(rate)), wire)


@reads("Gather")
def gather(node: Node) -> Any:
    data, index, axis = node.inputs[0], node.inputs[1], node.how.get("axis", 0)
    if isinstance(data, np.ndarray) and isinstance(index, np.ndarray):
        return small_take(data, index, axis)
    if isinstance(data, np.ndarray):
        need(axis == 0 and data.ndim == 2, "its table of words has one row for each")
        wire = node.rows.wire(index)
        need(wire.row == -1 and len(wire.axes) == 2 and wire.axes[0] == "m", "an embedding reads X, (m, T)")
        words = Wire(-1, wire.shape, wire.axes)
        made = node.rows.add(Read(layers.Embedding(*data.shape), {"W": np.ascontiguousarray(data.T)}), words)
        return made
    need(isinstance(index, np.ndarray), "its indices are computed from the data")
    wire = node.rows.in_order(node.rows.wire(data))
    axis %= len(wire.axes)
    return chosen(node, wire, axis, index)


def chosen(node: Node, wire: Wire, axis: int, index: np.ndarray) -> Any:
    """Some of the features, or the last step."""
    if wire.axes[axis] == "1" and index.size == 1:
        return replace(wire, axes=tuple(a for i, a in enumerate(wire.axes) if i != axis or index.ndim))
    if wire.axes[axis] == 0 and index.ndim == 1 and index.size:
        n = wire.shape[0]
        features = tuple(int(i) % n if -n <= i < n else n for i in index)
        need(max(features) < n, f"there is no feature {index.tolist()}: they go from 0 to {n - 1}")
        return node.rows.add(Read(layers.Select(features)), wire, axes=wire.axes)
    if len(wire.shape) == 2 and wire.axes[axis] == 1 and index.size == 1 and index.item() in (-1, wire.shape[1] - 1):
        left = tuple(a for i, a in enumerate(wire.axes) if i != axis)
        made = node.rows.add(Read(layers.Last()), wire, axes=left)
        return made if index.ndim == 0 else replace(made, axes=(*left[:axis], "1", *left[axis:]))
    raise ValueError("it takes apart what no layer here takes apart: only features, and the last step")


def small_take(data: np.ndarray, index: np.ndarray, axis: int) -> np.ndarray:
    need(index.size * (data.size // max(1, data.shape[axis])) <= MOST, "it makes a constant of too many numbers")
    return np.take(data, index, axis=axis)


@reads("Concat")
def concat(node: Node) -> Any:
    axis = node.how.get("axis", 0)
    if all(isinstance(x, np.ndarray) for x in node.inputs):
        return np.concatenate(node.inputs, axis=axis)
    if (pair := both_classes(node.inputs)) is not None:
        return pair
    found = [node.rows.in_order(node.rows.wire(x)) for x in node.inputs]
    axes = found[0].axes
    need(all(w.axes == axes for w in found) and axes[axis % len(axes)] == 0, "features stand beside one another here")
    made = found[0]
    for wire in found[1:]:
        made = node.rows.add(Read(layers.Concat()), made, wire, axes=axes)
    return made


def both_classes(values: list[Any]) -> Any:
    """1 - A beside A: what a single yes or no says of its two classes."""
    if len(values) != 2 or not all(isinstance(x, Wire | Curve) for x in values):
        return None
    curves = [x if isinstance(x, Curve) else Curve(x, lambda z: z, (x,), "") for x in values]
    if same(curves[0].wire) != same(curves[1].wire) or curves[0].wire.shape != (1,):
        return None
    with np.errstate(all="ignore"):
        no, yes = (curve.at(wires.GRID) for curve in curves)
    return values[1] if np.allclose(no + yes, 1, atol=1e-6) else None


# ─── the same numbers elsewhere ───


@reads("Identity", "Cast", "CastLike")
def as_it_is(node: Node) -> Any:
    value = node.inputs[0]
    if node.op == "Cast" and isinstance(value, np.ndarray):
        types = {1: "f4", 6: "i4", 7: "i8", 9: "?", 10: "f2", 11: "f8", 2: "u1", 3: "i1"}
        need(node.how.get("to") in types, f"it makes numbers of type {node.how.get('to')}")
        return value.astype(types[node.how["to"]])
    if node.op == "Cast" and isinstance(value, Wire | Curve) and node.how.get("to") not in (1, 10, 11, 16):
        raw = isinstance(value, Wire) and value.row == -1 and node.how.get("to") in (6, 7)
        need(raw, "it rounds a wire to whole numbers")
    return value


@reads("Transpose")
def transpose(node: Node) -> Any:
    value = node.inputs[0]
    turn = node.how.get("perm")
    if isinstance(value, np.ndarray):
        return np.transpose(value, turn)
    axes = (value if isinstance(value, Wire) else value.wire).axes
    turn = list(reversed(range(len(axes)))) if turn is None else turn
    need(sorted(turn) == list(range(len(axes))), f"its perm {turn} does not fit {len(axes)} axes")
    return with_axes(value, tuple(axes[i] for i in turn))


def with_axes(value: Any, axes: tuple[Any, ...]) -> Any:
    if isinstance(value, Curve):
        return replace(value, wire=replace(value.wire, axes=axes))
    return replace(value, axes=axes)


@reads("Shape")
def shape_of(node: Node) -> Any:
    value = node.inputs[0]
    if isinstance(value, np.ndarray):
        sizes = list(value.shape)
    else:
        sizes = (value if isinstance(value, Wire) else value.wire).sizes()
    return np.array(sizes[node.how.get("start", 0) : node.how.get("end")], dtype=np.int64)


@reads("ConstantOfShape")
def constant_of_shape(node: Node) -> Any:
    sizes, value = node.constant(0, "shape"), node.how.get("value", np.zeros(1, np.float32))
    if (sizes < 0).any() or product(sizes.tolist()) > MOST:
        return Filled(float(value.reshape(-1)[0]))
    return np.full(tuple(sizes.tolist()), value.reshape(-1)[0])


@reads("Expand")
def expand(node: Node) -> Any:
    value = node.constant(0, "input")
    need(value.size and (value == value.reshape(-1)[0]).all(), "it repeats an array")
    return Filled(float(value.reshape(-1)[0]))


@reads("Flatten")
def flatten(node: Node) -> Any:
    wire = node.rows.wire(node.inputs[0])
    need(node.how.get("axis", 1) % (len(wire.axes) + 1) == 1, "Flatten makes one column of the whole example here")
    return flat(node, wire)


def flat(node: Node, wire: Wire) -> Wire:
    """One column of the example; in another order than ours, the column says in which."""
    need(wire.axes[0] == "m", "the examples are its first axis")
    ours = [axis for axis in wire.axes[1:] if axis != "1"]
    if len(ours) == 1:
        return replace(wire, axes=("m", 0))
    wire = node.rows.in_order(wire)
    made = node.rows.add(Read(layers.Flatten()), wire, axes=("m", 0))
    order = np.arange(made.shape[0]).reshape(wire.shape).transpose(ours).reshape(-1)
    return made if (np.diff(order) == 1).all() else replace(made, order=order)


@reads("Reshape")
def reshape(node: Node) -> Any:
    value, target = node.inputs[0], [int(size) for size in node.constant(1, "shape").reshape(-1)]
    if isinstance(value, Label):
        return value
    if isinstance(value, np.ndarray):
        return np.reshape(value, [value.shape[i] if size == 0 else size for i, size in enumerate(target)])
    wire = value if isinstance(value, Wire) else value.wire
    sizes = wire.sizes()
    target = [sizes[i] if not size and not node.how.get("allowzero", 0) else size for i, size in enumerate(target)]
    target = resolved(target, sizes, node.examples)
    narrow = [axis for axis in wire.axes if axis != "1"]
    wide = [size for size in target if size != 1]
    if wide == [ROWS if axis == "m" else wire.shape[axis] for axis in narrow if axis == "m" or wire.shape[axis] != 1]:
        left = iter(axis for axis in narrow if axis == "m" or wire.shape[axis] != 1)
        axes = [next(left) if size != 1 else "1" for size in target]
        ones = [axis for axis in narrow if axis != "m" and wire.shape[axis] == 1]
        for axis in ones:  # a feature or step of size one keeps its name, at the place where there is room for it
            if "1" in axes:
                axes[len(axes) - 1 - axes[::-1].index("1")] = axis
        return with_axes(value, tuple(axes))
    need(len(target) == 2 and target[0] == ROWS and target[1] == product(sizes), f"it makes {target} of {sizes}")
    return flat(node, node.rows.wire(value))


def resolved(target: list[int], sizes: list[int], examples: int | None) -> list[int]:
    """The sizes that are meant, with `ROWS` where the examples stand and -1 worked out."""
    total = product(sizes)
    free = target.index(-1) if -1 in target else None
    rest = [size for i, size in enumerate(target) if i != free]
    if ROWS not in target:
        if free is not None and product(rest) == total:
            return [ROWS if i == free else size for i, size in enumerate(target)]
        place = next((i for i, size in enumerate(target) if size == examples), None)
        need(place is not None, f"it makes {target} of {sizes}")
        target = [ROWS if i == place else size for i, size in enumerate(target)]
    if free is not None:
        known = product(size for i, size in enumerate(target) if i != free)
        need(known > 0 and total % known == 0, f"it makes {target} of {sizes}")
        target[free] = total // known
    need(product(target) == total, f"it makes {target} of {sizes}")
    return target


@reads("Squeeze", "Unsqueeze")
def squeeze(node: Node) -> Any:
    value, given = node.inputs[0], node.how.get("axes", node.maybe(1))
    places = None if given is None else [int(i) for i in np.asarray(given).reshape(-1)]
    if isinstance(value, np.ndarray):
        if node.op == "Squeeze":
            return np.squeeze(value, None if places is None else tuple(places))
        return np.expand_dims(value, tuple(places or ()))
    if isinstance(value, Filled | Label):
        return value
    axes = list((value if isinstance(value, Wire) else value.wire).axes)
    if node.op == "Unsqueeze":
        for i in sorted(i % (len(axes) + len(places or ())) for i in places or ()):
            axes.insert(i, "1")
        return with_axes(value, tuple(axes))
    shape = (value if isinstance(value, Wire) else value.wire).shape
    ones = [i for i, axis in enumerate(axes) if axis == "1" or (axis != "m" and shape[axis] == 1)]
    drop = ones if places is None else [i % len(axes) for i in places]
    need(set(drop) <= set(ones), "it takes away an axis that has more than one number")
    return with_axes(value, tuple(axis for i, axis in enumerate(axes) if i not in drop))
