"""Layers of sequences elsewhere.

Here every gate has one W over [state; x] and one b.  PyTorch, ONNX and Keras stack the gates, keep the weights of
state and input apart, and (all but Keras) have two biases, of which the second is 0 here.

    order of gates        PyTorch i f c o      ONNX i o f c      Keras i f c o      GRU: u r c everywhere
    GRU                   u here is 1 - z there: Wz = -Wu, since σ(-x) = 1 - σ(x)
"""

from __future__ import annotations

from typing import Any

import numpy as np

from workings import layers
from workings.contract import Named
from workings.interop.table.row import Part, Read, Row, Torch, column, need

GATES = {"LSTM": {"torch": "ifco", "onnx": "iofc", "keras": "ifco"}, "GRU": {"onnx": "urc", "keras": "urc"}}
CELLS = {layers.RnnCell: "RNN", layers.GruCell: "GRU", layers.LstmCell: "LSTM"}
MAKE = {"RNN": layers.RnnCell, "GRU": layers.GruCell, "LSTM": layers.LstmCell}
GRU_OF_TORCH = (
    "PyTorch's GRU resets the state after its product with the weights, the one here (and that of ONNX, and of Keras "
    "with reset_after=False) before: the two are different networks"
)


def stacked(kind: str, params: Named, n: int, order: str) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Weights of the input (gates·n, n_x), of the state (gates·n, n) and biases (gates·n,), gate under gate."""
    if kind == "RNN":
        return params["Wax"], params["Waa"], params["ba"][:, 0]
    sign = {"u": -1}
    W = np.concatenate([sign.get(g, 1) * params[f"W{g}"] for g in order])
    b = np.concatenate([sign.get(g, 1) * params[f"b{g}"] for g in order])
    return np.ascontiguousarray(W[:, n:]), np.ascontiguousarray(W[:, :n]), b[:, 0]


def unstacked(kind: str, W_x: np.ndarray, W_a: np.ndarray, b: np.ndarray, order: str) -> Read:
    """And back."""
    n = W_a.shape[1]
    layer = layers.Recurrent(MAKE[kind](n))
    if kind == "RNN":
        return Read(layer, {"Waa": W_a, "Wax": W_x, "ba": column(b)})
    W, params = np.concatenate([W_a, W_x], axis=1), {}
    for i, gate in enumerate(order):
        sign = -1 if gate == "u" else 1
        params[f"W{gate}"] = sign * W[i * n : (i + 1) * n]
        params[f"b{gate}"] = sign * column(b[i * n : (i + 1) * n])
    return Read(layer, params)


def walker(nn: Any, p: Part) -> tuple[Any, Named]:
    """A recurrent module of PyTorch that gives what it says at every step."""
    from workings.interop.modules import Walk

    kind, n = CELLS[type(p.layer.cell)], p.layer.cell.n_a
    need(kind != "GRU", GRU_OF_TORCH)
    W_x, W_a, b = stacked(kind, p.params, n, GATES.get(kind, {}).get("torch", ""))
    names = ("weight_ih_l0", "weight_hh_l0", "bias_ih_l0", "bias_hh_l0")
    state = zip(names, (W_x, W_a, b, np.zeros_like(b)), strict=True)
    made = Walk(getattr(nn, kind)(p.into[0][0], n, batch_first=True))
    return made, {f"walker.{name}": array for name, array in state}


def read_walker(module: Any) -> Read:
    """From the arrays and options of nn.RNN or nn.LSTM."""
    inner = getattr(module, "walker", module)
    kind = inner.mode.split("_")[0]
    need(kind != "GRU", GRU_OF_TORCH)
    need(inner.mode != "RNN_RELU", "an RNN bends with tanh here, not with ReLU")
    need(
        inner.num_layers == 1, f"a recurrent layer here is one layer, not {inner.num_layers}: give one after another"
    )
    need(not inner.bidirectional and not inner.proj_size, "a recurrent layer here reads forwards, without projection")
    need(inner.batch_first, "sequences are (m, T, n) here: batch_first=True")
    W_x, W_a = inner.weight_ih_l0, inner.weight_hh_l0
    b = inner.bias_ih_l0 + inner.bias_hh_l0 if inner.bias else np.zeros(len(W_x), W_x.dtype)
    return unstacked(kind, W_x, W_a, b, GATES.get(kind, {}).get("torch", ""))


def write_walk(w: Any, p: Part, reads: list[str]) -> None:
    """(m, T, n) to steps first, walk, and back."""
    kind, n = CELLS[type(p.layer.cell)], p.layer.cell.n_a
    W_x, W_a, b = stacked(kind, p.params, n, GATES.get(kind, {}).get("onnx", ""))
    arrays = {"W": W_x[None], "R": W_a[None], "B": np.concatenate([b, np.zeros_like(b)])[None]}
    names = [w.array(f"{name} of {p.name}", array) for name, array in arrays.items()]
    steps = w.node("Transpose", reads, perm=[1, 0, 2])
    walked = w.node(kind, [steps, *names], hidden_size=n)  # (T, 1, m, n)
    flat = w.node("Squeeze", [walked, w.array(f"one of {p.name}", np.array([1]))])
    w.node("Transpose", [flat], p.name, perm=[1, 0, 2])


def keras_walk(p: Part, reads: list[str]) -> tuple[str, list[np.ndarray]]:
    kind, n = CELLS[type(p.layer.cell)], p.layer.cell.n_a
    W_x, W_a, b = stacked(kind, p.params, n, GATES.get(kind, {}).get("keras", ""))
    name = {"RNN": "SimpleRNN"}.get(kind, kind)
    how = ", reset_after=False" if kind == "GRU" else ""
    return f"layers.{name}({n}, return_sequences=True{how}, name={p.name!r})({reads[0]})", [W_x.T, W_a.T, b]


STEPS = {  # what one time step says, with W and b by their names
    "RNN": ["a = np.tanh(a @ {Waa}.T + x @ {Wax}.T + {ba})"],
    "GRU": [
        "v = np.concatenate([a, x], axis=1)",
        "u, r = (1 / (1 + np.exp(-(v @ W.T + b))) for W, b in (({Wu}, {bu}), ({Wr}, {br})))",
        "g = np.tanh(np.concatenate([r * a, x], axis=1) @ {Wc}.T + {bc})",
        "a = u * g + (1 - u) * a",
    ],
    "LSTM": [
        "v = np.concatenate([a, x], axis=1)",
        "f, i, o = (1 / (1 + np.exp(-(v @ W.T + b))) for W, b in (({Wf}, {bf}), ({Wi}, {bi}), ({Wo}, {bo})))",
        "c = f * c + i * np.tanh(v @ {Wc}.T + {bc})",
        "a = o * np.tanh(c)",
    ],
}


def numpy_walk(p: Part, name: str, reads: list[str]) -> tuple[list[str], Named]:
    kind, n, (X,) = CELLS[type(p.layer.cell)], p.layer.cell.n_a, reads
    lines = [
        f"a = c = np.zeros((len({X}), {n}), {X}.dtype)",
        f"{name} = np.empty((*{X}.shape[:2], {n}), {X}.dtype)",
        f"for t in range({X}.shape[1]):",
        f"    x = {X}[:, t]",
        *(f"    {line.format(**p.labels)}" for line in STEPS[kind]),
        f"    {name}[:, t] = a",
    ]
    arrays = {p.labels[s]: A[:, 0] if s.startswith("b") else A for s, A in p.params.items()}
    return lines, arrays


def last(nn: Any, p: Part) -> tuple[Any, Named]:
    from workings.interop.modules import Last

    return Last(), {}


def write_last(w: Any, p: Part, reads: list[str]) -> None:
    w.node("Gather", [*reads, w.array(f"last of {p.name}", np.array(p.into[0][1] - 1))], p.name, axis=1)


def embedding(nn: Any, p: Part) -> tuple[Any, Named]:
    return nn.Embedding(p.layer.words, p.layer.n_out), {"weight": np.ascontiguousarray(p.params["W"].T)}


def read_embedding(module: Any) -> Read:
    need(module.max_norm is None, "an embedding here has no max_norm")
    W = module.weight
    return Read(layers.Embedding(*W.shape), {"W": np.ascontiguousarray(W.T)})


def write_attention(w: Any, p: Part, reads: list[str]) -> None:
    """(m, T, d): scores (m, T of the asking token, T of the answering one)."""
    names = {s: w.array(p.labels[s], np.ascontiguousarray(W.T)) for s, W in p.params.items()}
    Q, K, V = (w.node("MatMul", [*reads, names[s]]) for s in ("Wq", "Wk", "Wv"))
    root = w.array(f"root of {p.name}", np.full(p.layer.d_k, np.sqrt(p.layer.d_k), w.dtype))  # onnxruntime would take
    K = w.node("Transpose", [w.node("Div", [K, root])], perm=[0, 2, 1])  # a single number into the product as float32
    A = w.node("Softmax", [w.node("MatMul", [Q, K])], axis=2)
    w.node("MatMul", [A, V], p.name)


def numpy_attention(p: Part, name: str, reads: list[str]) -> tuple[list[str], Named]:
    (X,) = reads
    Q, K, V = (f"{X} @ {p.labels[s]}.T" for s in ("Wq", "Wk", "Wv"))
    lines = [
        f"S = ({Q}) @ ({K}).swapaxes(1, 2) / {np.sqrt(p.layer.d_k)!s}",
        "E = np.exp(S - S.max(axis=2, keepdims=True))",
        f"{name} = E / E.sum(axis=2, keepdims=True) @ ({V})",
    ]
    return lines, {p.labels[s]: W for s, W in p.params.items()}


SEQUENCES: dict[type, Row] = {
    layers.Recurrent: Row(
        Torch(("Walk", "RNN", "LSTM", "GRU"), walker, read_walker), write_walk, keras_walk, numpy_walk
    ),
    layers.Last: Row(
        Torch(("Last",), last, lambda module: Read(layers.Last())),
        write_last,
        lambda p, reads: (f"{reads[0]}[:, -1]", []),
        lambda p, name, reads: ([f"{name} = {reads[0]}[:, -1]"], {}),
    ),
    layers.Embedding: Row(
        Torch(("Embedding",), embedding, read_embedding),
        lambda w, p, r: w.node(
            "Gather", [w.array(p.labels["W"], np.ascontiguousarray(p.params["W"].T)), *r], p.name, axis=0
        ),
        lambda p, r: (
            f"layers.Embedding({p.layer.words}, {p.layer.n_out}, name={p.name!r})({r[0]})",
            [p.params["W"].T],
        ),
        lambda p, name, r: ([f"{name} = {p.labels['W']}.T[{r[0]}]"], {p.labels["W"]: p.params["W"]}),
    ),
    layers.Attention: Row(
        "PyTorch has no attention of one head without a projection behind it",
        write_attention,
        "Keras has no attention whose queries, keys and values are one matrix each and nothing behind them",
        numpy_attention,
    ),
}
