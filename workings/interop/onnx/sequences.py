"""Recurrent operators: RNN, GRU and LSTM over (T, m, n), from a state of zeros."""

from __future__ import annotations

from typing import Any

import numpy as np

from workings import layers
from workings.interop.onnx.operators import Node, reads
from workings.interop.onnx.wires import Filled, Wire
from workings.interop.table import Read
from workings.interop.table.row import need
from workings.interop.table.sequences import GATES, unstacked

CURVES = {"RNN": ["tanh"], "GRU": ["sigmoid", "tanh"], "LSTM": ["sigmoid", "tanh", "tanh"]}


@reads("RNN", "GRU", "LSTM")
def recurrent(node: Node) -> Any:
    """Y (T, 1, m, n), every step; where only the last is asked for, (1, m, n)."""
    kind, how = node.op, node.how
    W, R, B = node.constant(1, "weights W"), node.constant(2, "weights R"), node.maybe(3)
    need(W.ndim == R.ndim == 3 and len(W) == len(R) == 1, "it reads in two directions, and a layer here in one")
    need(how.get("direction", b"forward") == b"forward", "it reads backwards")
    curves = [curve.decode().lower() for curve in how.get("activations", [])]
    need(not curves or curves == CURVES[kind], f"its gates bend with {', '.join(curves)}")
    need("clip" not in how and not how.get("input_forget", 0), "it clips, or joins two gates in one")
    need(
        kind != "GRU" or not how.get("linear_before_reset", 0),
        "it resets the state after its product with the weights",
    )
    need(node.maybe(4) is None, "its sequences have different lengths")
    need(all(zero(node.maybe(i)) for i in (5, 6)), "it starts from a state that is not 0")
    need(node.maybe(7) is None, "its gates look at the memory (peepholes)")
    first = ("m", 1, 0) if how.get("layout", 0) else (1, "m", 0)
    wire = node.rows.in_order(node.rows.arranged(node.inputs[0], first, f"{kind} over a sequence"))
    n, gates = R.shape[2], {"RNN": 1, "GRU": 3, "LSTM": 4}[kind]
    need(W.shape[1:] == (gates * n, wire.shape[0]) and R.shape[1] == gates * n, "its weights do not fit its input")
    b = np.zeros(gates * n, W.dtype) if B is None else both(B, gates * n)
    made = node.rows.add(unstacked(kind, W[0], R[0], b, GATES.get(kind, {}).get("onnx", "")), wire)
    axes = ("m", 1, "1", 0) if how.get("layout", 0) else (1, "1", "m", 0)
    return Wire(made.row, made.shape, axes)


def both(B: np.ndarray, n: int) -> np.ndarray:
    """The two biases, added."""
    need(B.shape == (1, 2 * n), f"its biases have the shape {B.shape}, not (1, {2 * n})")
    return B[0, :n] + B[0, n:] if B[0, n:].any() else B[0, :n]


def zero(state: Any) -> bool:
    if isinstance(state, Filled):
        return state.value == 0
    return state is None or (isinstance(state, np.ndarray) and not state.any())


def last_step(node: Node, every: Wire) -> Wire:
    """The second output of a recurrent operator: what it says last, (1, m, n)."""
    made = node.rows.add(Read(layers.Last()), every)
    return Wire(made.row, made.shape, ("m", "1", 0) if node.how.get("layout", 0) else ("1", "m", 0))
