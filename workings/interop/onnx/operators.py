"""Operators: what each operator of ONNX is here.  An operator without a function here is refused by its name.

The layers with weights are here; `cellwise`, `arrangement`, `sequences` and `classic` have the others.

Every function takes the node as `Node` and gives the value of its first output.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from workings import layers
from workings.interop.onnx.wires import Rows
from workings.interop.table import Read
from workings.interop.table.activations import short
from workings.interop.table.images import convolution
from workings.interop.table.row import need
from workings.interop.table.tables import rounding

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
        value: Any = self.inputs[i] if i < len(self.inputs) else None
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


@reads("Gemm")
def gemm(node: Node) -> Any:
    A, B, C = node.inputs[0], node.constant(1, "matrix B"), node.maybe(2)
    need(not node.how.get("transA", 0), "it turns its input over (transA)")
    need(B.ndim == 2 and (C is None or isinstance(C, np.ndarray)), "its weights and biases are no constants")
    if C is not None and C.ndim > 1 and C.shape[0] != 1:
        raise ValueError(f"its biases have the shape {C.shape}: one for each example")
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
    need(node.how.get("spatial", 1), "it has a mean and a variance for every cell, not for every feature")
    gamma, beta, mu, var = (node.constant(i, "scale, bias, mean or variance").reshape(-1) for i in range(1, 5))
    wire = node.rows.in_order(node.rows.wire(node.inputs[0]))
    need(wire.axes.index(0) == 1 if 0 in wire.axes else False, "the features are its second axis")
    need(gamma.size == wire.shape[0], f"it has numbers for {gamma.size} features, and there are {wire.shape[0]}")
    eps = short(node.how.get("epsilon", 1e-5))
    var = var - rounding(eps) if var.dtype == np.float64 else var
    layer = layers.BatchNorm(eps, short(node.how.get("momentum", 0.9)))
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
