"""Layers of plain tables elsewhere: dense, batch norm, dropout, flatten, select, and the joins."""

from __future__ import annotations

from typing import Any

import numpy as np

from workings import layers
from workings.interop.table.row import Part, Read, Row, Torch, column, need

# ─── dense: W is (n_out, n_in) in PyTorch too, and (n_in, n_out) in Keras ───


def linear(nn: Any, p: Part) -> tuple[Any, dict[str, np.ndarray]]:
    W, b = p.params["W"], p.params["b"]
    return nn.Linear(W.shape[1], W.shape[0]), {"weight": W, "bias": b[:, 0]}


def read_linear(module: Any) -> Read:
    W = module.weight
    b = np.zeros(len(W), W.dtype) if module.bias is None else module.bias
    return Read(layers.Dense(len(W), "xavier"), {"W": W, "b": column(b)})


def write_dense(w: Any, p: Part, reads: list[str]) -> None:
    W, b = w.array(p.labels["W"], p.params["W"]), w.array(p.labels["b"], p.params["b"][:, 0])
    w.node("Gemm", [*reads, W, b], p.name, transB=1)


def keras_dense(p: Part, reads: list[str]) -> tuple[str, list[np.ndarray]]:
    W, b = p.params["W"], p.params["b"]
    return f"layers.Dense({len(W)}, name={p.name!r})({reads[0]})", [W.T, b[:, 0]]


def numpy_dense(p: Part, name: str, reads: list[str]) -> tuple[list[str], dict[str, np.ndarray]]:
    W, b = p.labels["W"], p.labels["b"]
    return [f"{name} = {reads[0]} @ {W}.T + {b}"], {W: p.params["W"], b: p.params["b"][:, 0]}


# ─── batch norm, with what it remembers: prediction as everywhere ───

KNOWN = ("gamma", "beta", "mu", "var")


def numbers(p: Part) -> dict[str, np.ndarray]:
    return {name: array.reshape(-1) for name, array in {**p.params, **p.memory}.items()}


def norm(nn: Any, p: Part) -> tuple[Any, dict[str, np.ndarray]]:
    known, kind = numbers(p), nn.BatchNorm2d if len(p.into[0]) == 3 else nn.BatchNorm1d
    made = kind(p.into[0][0], eps=p.layer.eps, momentum=1 - p.layer.keep)
    names = ("weight", "bias", "running_mean", "running_var")
    return made, dict(zip(names, (known[name] for name in KNOWN), strict=True))


def read_norm(module: Any) -> Read:
    need(module.running_mean is not None, "batch norm here remembers a mean and a variance: track_running_stats=True")
    need(module.momentum is not None, "batch norm here keeps a share of what it knew: give it a momentum")
    mu = module.running_mean
    gamma = np.ones_like(mu) if module.weight is None else module.weight
    beta = np.zeros_like(mu) if module.bias is None else module.bias
    layer = layers.BatchNorm(module.eps, round(1 - module.momentum, 12))
    return Read(layer, {"gamma": gamma, "beta": beta}, {"mu": mu, "var": module.running_var})


def rounding(eps: float) -> float:
    """What ε loses as the float32 that an attribute of ONNX is; in float64 the variance makes up for it."""
    return eps - float(np.float32(eps))


def write_norm(w: Any, p: Part, reads: list[str]) -> None:
    known = numbers(p)
    known["var"] = known["var"] + rounding(p.layer.eps) if w.dtype == "float64" else known["var"]
    arrays = [w.array(f"{name} of {p.name}", known[name]) for name in KNOWN]
    told = {"epsilon": p.layer.eps, "momentum": p.layer.keep}
    if len(p.into[0]) != 2:
        w.node("BatchNormalization", [*reads, *arrays], p.name, **told)
        return
    features_first = w.node("Transpose", reads, perm=[0, 2, 1])
    normed = w.node("BatchNormalization", [features_first, *arrays], **told)
    w.node("Transpose", [normed], p.name, perm=[0, 2, 1])


def keras_norm(p: Part, reads: list[str]) -> tuple[str, list[np.ndarray]]:
    known, told = numbers(p), f"momentum={p.layer.keep!r}, epsilon={p.layer.eps!r}, name={p.name!r}"
    return f"layers.BatchNormalization({told})({reads[0]})", [known[name] for name in KNOWN]


def numpy_norm(p: Part, name: str, reads: list[str]) -> tuple[list[str], dict[str, np.ndarray]]:
    known, tail = numbers(p), (1, 1) if len(p.into[0]) == 3 else ()
    arrays = {f"{symbol}_{name}": known[symbol].reshape(-1, *tail) for symbol in KNOWN}
    gamma, beta, mu, var = arrays
    return [f"{name} = {gamma} * ({reads[0]} - {mu}) / np.sqrt({var} + {p.layer.eps!r}) + {beta}"], arrays


# ─── reshaping and choosing ───


def flatten(nn: Any, p: Part) -> tuple[Any, dict[str, np.ndarray]]:
    if len(p.into[0]) == 2:
        from workings.interop.modules import Turn

        return nn.Sequential(Turn(), nn.Flatten()), {}
    return nn.Flatten(), {}


def read_flatten(module: Any) -> Read:
    need((module.start_dim, module.end_dim) == (1, -1), "Flatten makes one column of the whole example here")
    return Read(layers.Flatten())


def write_flatten(w: Any, p: Part, reads: list[str]) -> None:
    turned = [w.node("Transpose", reads, perm=[0, 2, 1])] if len(p.into[0]) == 2 else reads
    w.node("Flatten", turned, p.name, axis=1)


def keras_flatten(p: Part, reads: list[str]) -> tuple[str, list[np.ndarray]]:
    turn = {2: "layers.Permute((2, 1))", 3: "layers.Permute((3, 1, 2))"}.get(len(p.into[0]))
    read = f"{turn}({reads[0]})" if turn else reads[0]
    return f"layers.Flatten(name={p.name!r})({read})", []


def numpy_flatten(p: Part, name: str, reads: list[str]) -> tuple[list[str], dict[str, np.ndarray]]:
    turned = ".swapaxes(1, 2)" if len(p.into[0]) == 2 else ""
    return [f"{name} = {reads[0]}{turned}.reshape(len({reads[0]}), -1)"], {}


def select(nn: Any, p: Part) -> tuple[Any, dict[str, np.ndarray]]:
    from workings.interop.modules import Select

    return Select(p.layer.features, p.axis), {}


def write_select(w: Any, p: Part, reads: list[str]) -> None:
    w.node("Gather", [*reads, w.array(f"features of {p.name}", np.array(p.layer.features))], p.name, axis=p.axis)


def numpy_select(p: Part, name: str, reads: list[str]) -> tuple[list[str], dict[str, np.ndarray]]:
    return [f"{name} = np.take({reads[0]}, {list(p.layer.features)}, axis={p.axis})"], {}


def dropout(w: Any, p: Part, reads: list[str]) -> None:
    w.node("Dropout", [*reads, w.array(f"rate of {p.name}", np.float32(p.layer.rate))], p.name)


def add(nn: Any, p: Part) -> tuple[Any, dict[str, np.ndarray]]:
    from workings.interop.modules import Add

    return Add(), {}


def concat(nn: Any, p: Part) -> tuple[Any, dict[str, np.ndarray]]:
    from workings.interop.modules import Concat

    return Concat(p.axis), {}


TABLES: dict[type, Row] = {
    layers.Dense: Row(Torch(("Linear",), linear, read_linear), write_dense, keras_dense, numpy_dense),
    layers.BatchNorm: Row(Torch(("BatchNorm1d", "BatchNorm2d"), norm, read_norm), write_norm, keras_norm, numpy_norm),
    layers.Dropout: Row(
        Torch(("Dropout",), lambda nn, p: (nn.Dropout(p.layer.rate), {}), lambda mod: Read(layers.Dropout(mod.p))),
        dropout,
        lambda p, reads: (f"layers.Dropout({p.layer.rate!r}, name={p.name!r})({reads[0]})", []),
        lambda p, name, reads: ([f"{name} = {reads[0]}  # dropout leaves nothing out when predicting"], {}),
    ),
    layers.Flatten: Row(Torch(("Flatten",), flatten, read_flatten), write_flatten, keras_flatten, numpy_flatten),
    layers.Select: Row(
        Torch(("Select",), select, lambda module: Read(layers.Select(tuple(module.features)))),
        write_select,
        lambda p, reads: (f"keras.ops.take({reads[0]}, {list(p.layer.features)}, axis=-1)", []),
        numpy_select,
    ),
    layers.Add: Row(
        Torch(("Add",), add, lambda module: Read(layers.Add())),
        lambda w, p, reads: w.node("Add", reads, p.name),
        lambda p, reads: (f"layers.Add(name={p.name!r})([{', '.join(reads)}])", []),
        lambda p, name, reads: ([f"{name} = {' + '.join(reads)}"], {}),
    ),
    layers.Concat: Row(
        Torch(("Concat",), concat, lambda module: Read(layers.Concat())),
        lambda w, p, reads: w.node("Concat", reads, p.name, axis=p.axis),
        lambda p, reads: (f"layers.Concatenate(axis=-1, name={p.name!r})([{', '.join(reads)}])", []),
        lambda p, name, reads: ([f"{name} = np.concatenate([{', '.join(reads)}], axis={p.axis})"], {}),
    ),
}
