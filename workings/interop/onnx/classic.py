"""Operators of ai.onnx.ml, as skl2onnx writes them, and what stands behind the probabilities of a classifier."""

from __future__ import annotations

from typing import Any

import numpy as np

from workings import layers
from workings.interop.onnx.operators import Node, reads
from workings.interop.onnx.wires import Curve, Label, Wire
from workings.interop.table import Read
from workings.interop.table.row import need


@reads("Scaler")
def scaler(node: Node) -> Any:
    wire = node.rows.wire(node.inputs[0])
    offset, scale = (np.array(node.how.get(name, [start])) for name, start in (("offset", 0.0), ("scale", 1.0)))
    need(offset.size in (1, wire.shape[0]) and scale.size in (1, wire.shape[0]), "it has a number for every feature")
    return node.rows.scale(wire, mu=offset, gamma=scale)


@reads("LinearRegressor")
def linear_regressor(node: Node) -> Any:
    need(node.how.get("post_transform", b"NONE") == b"NONE", f"it ends in {node.how.get('post_transform')}")
    k = node.how.get("targets", 1)
    return weighted(node, k)


def weighted(node: Node, k: int) -> Wire:
    W = np.array(node.how["coefficients"], dtype=np.float32)
    need(0 < k <= W.size and W.size % k == 0, f"it has {W.size} weights for {k} outputs")
    b = np.array(node.how.get("intercepts") or [0.0] * k, dtype=np.float32)
    need(b.size == k, f"it has {b.size} biases for {k} outputs")
    return node.rows.dense(node.inputs[0], W.reshape(k, -1), b)


@reads("LinearClassifier")
def linear_classifier(node: Node) -> Any:
    """Probabilities; a yes or no whose two rows are each other's opposite is one sigmoid."""
    classes = told_classes(node)
    need(len(classes) > 1, "it names no classes")
    after = node.how.get("post_transform", b"NONE")
    need(after in (b"SOFTMAX", b"LOGISTIC"), f"it ends in {after.decode()}, which gives no probabilities")
    W = np.array(node.how["coefficients"], dtype=np.float32).reshape(len(classes), -1)
    b = np.array(node.how.get("intercepts") or [0.0] * len(W), dtype=np.float32)
    need(b.size == len(W), f"it has {b.size} biases for {len(W)} outputs")
    if after == b"LOGISTIC":
        need(len(W) == 2 and (W[0] == -W[1]).all() and b[0] == -b[1], "each of its classes is asked by itself")
        W, b = W[1:], b[1:]
    node.rows.classes = classes
    made = node.rows.dense(node.inputs[0], W, b)
    layer: Any = layers.Sigmoid() if after == b"LOGISTIC" else layers.Softmax()
    return node.rows.add(Read(layer), made)


def told_classes(node: Node) -> tuple[Any, ...]:
    """The classes that an attribute names."""
    for name in ("classlabels_ints", "classlabels_int64s", "classlabels_strings"):
        if node.how.get(name):
            return tuple(c.decode() if isinstance(c, bytes) else c for c in node.how[name])
    return ()


@reads("Normalizer")
def normalizer(node: Node) -> Any:
    """Shares that add up to 1 already."""
    wire = node.inputs[0]
    shares = isinstance(wire, Wire) and wire.row >= 0 and isinstance(node.rows.found[wire.row].layer, layers.Softmax)
    need(shares and node.how.get("norm", b"MAX") == b"L1", "it scales every example by itself")
    return wire


@reads("ZipMap")
def zip_map(node: Node) -> Any:
    node.rows.classes = told_classes(node) or node.rows.classes
    return node.inputs[0]


@reads("ArgMax")
def arg_max(node: Node) -> Any:
    need(isinstance(node.inputs[0], Wire | Curve), "it is asked of no wire")
    return Label(node.inputs[0])


@reads("ArrayFeatureExtractor")
def extract(node: Node) -> Any:
    data, index = node.inputs
    if isinstance(index, Label):
        return Label(index.wire, tuple(np.asarray(data).reshape(-1).tolist()))
    wire = node.rows.in_order(node.rows.wire(data))
    need(isinstance(index, np.ndarray) and wire.axes == ("m", 0), "its indices are computed from the data")
    return node.rows.add(Read(layers.Select(tuple(int(i) for i in index.reshape(-1)))), wire)
