"""Arrangement: operators that move numbers and change none; mostly they only rename the axes of a wire."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np

from workings import layers
from workings.interop.onnx.cellwise import same
from workings.interop.onnx.operators import MOST, Node, reads
from workings.interop.onnx.wires import GRID, ROWS, Curve, Filled, Label, Wire, product
from workings.interop.table import Read
from workings.interop.table.row import need


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
        no, yes = (curve.at(GRID) for curve in curves)
    return values[1] if np.allclose(no + yes, 1, atol=1e-6) else None


@reads("Identity", "Cast", "CastLike")
def as_it_is(node: Node) -> Any:
    value = node.inputs[0]
    if node.op == "Cast" and isinstance(value, np.ndarray):
        types = {1: "f4", 6: "i4", 7: "i8", 9: "?", 10: "f2", 11: "f8", 2: "u1", 3: "i1"}
        need(node.how.get("to") in types, f"it makes numbers of type {node.how.get('to')}")
        return value.astype(types[node.how["to"]])
    if node.op == "Cast" and isinstance(value, Wire | Curve) and node.how.get("to") not in (1, 11):
        raw = isinstance(value, Wire) and value.row == -1 and node.how.get("to") in (6, 7)
        need(raw, "it rounds a wire to another type of number")
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
