"""Activations elsewhere: one name or line each."""

from __future__ import annotations

from typing import Any

import numpy as np

from workings import layers
from workings.interop.table.row import Part, Read, Row, Torch, need


def plain(layer: Any, torch: str, onnx: str, keras: str, numpy: str) -> Row:
    """An activation without numbers of its own, which every tool has by name; `numpy` is an expression of Z."""

    def write(w: Any, p: Part, reads: list[str]) -> None:
        w.node(onnx, reads, p.name)

    return Row(
        Torch((torch,), lambda nn, p: (getattr(nn, torch)(), {}), lambda module: Read(layer)),
        write,
        lambda p, reads: (f'layers.Activation("{keras}", name={p.name!r})({reads[0]})', []),
        lambda p, name, reads: ([f"{name} = {numpy.format(Z=reads[0])}"], {}),
    )


def slope(module: Any) -> Read:
    """The number that was meant, not its neighbour in float32."""
    return Read(layers.LeakyRelu(short(module.negative_slope)))


def short(x: float) -> float:
    """The shortest decimal that is the same float32, where x is one; else x.

    >>> short(0.009999999776482582), short(0.3)
    (0.01, 0.3)
    """
    return float(str(np.float32(x))) if float(np.float32(x)) == x else float(x)


def write_leaky(w: Any, p: Part, reads: list[str]) -> None:
    if w.dtype == "float32":  # the attribute is a float32
        w.node("LeakyRelu", reads, p.name, alpha=p.layer.slope)
        return
    low = w.node("Mul", [w.scalar(p.layer.slope), *reads])
    w.node("Where", [w.node("Greater", [*reads, w.scalar(0)]), *reads, low], p.name)


def write_gelu(w: Any, p: Part, reads: list[str]) -> None:
    if w.opset >= 20 and w.dtype == "float32":
        w.node("Gelu", reads, p.name, approximate="tanh")
        return
    (Z,) = reads
    cube = w.node("Mul", [w.scalar(0.044715), w.node("Mul", [Z, w.node("Mul", [Z, Z])])])
    twice_U = w.node("Mul", [w.scalar(2 * np.sqrt(2 / np.pi)), w.node("Add", [Z, cube])])
    w.node("Mul", [Z, w.node("Sigmoid", [twice_U])], p.name)


def write_softplus(w: Any, p: Part, reads: list[str]) -> None:
    if w.dtype == "float32":
        w.node("Softplus", reads, p.name)
        return
    small = w.node("Exp", [w.node("Neg", [w.node("Abs", reads)])])
    w.node("Add", [w.node("Relu", reads), w.node("Log", [w.node("Add", [w.scalar(1), small])])], p.name)


def read_gelu(module: Any) -> Read:
    need(module.approximate == "tanh", 'the GELU here is the tanh form: write nn.GELU(approximate="tanh")')
    return Read(layers.Gelu())


def read_softplus(module: Any) -> Read:
    need(module.beta == 1, f"softplus with beta {module.beta} is not the one here, which has 1")
    return Read(layers.Softplus())


def softmax(p: Part, name: str, reads: list[str]) -> tuple[list[str], dict[str, Any]]:
    (Z,), over = reads, f"axis={p.axis}, keepdims=True"
    return [f"E = np.exp({Z} - {Z}.max({over}))", f"{name} = E / E.sum({over})"], {}


def numpy_gelu(p: Part, name: str, reads: list[str]) -> tuple[list[str], dict[str, Any]]:
    (Z,) = reads
    return [f"U = {np.sqrt(2 / np.pi)!s} * ({Z} + 0.044715 * {Z}**3)", f"{name} = {Z} / (1 + np.exp(-2 * U))"], {}


ACTIVATIONS: dict[type, Row] = {
    layers.Identity: plain(layers.Identity(), "Identity", "Identity", "linear", "{Z}"),
    layers.Sigmoid: plain(layers.Sigmoid(), "Sigmoid", "Sigmoid", "sigmoid", "1 / (1 + np.exp(-{Z}))"),
    layers.Tanh: plain(layers.Tanh(), "Tanh", "Tanh", "tanh", "np.tanh({Z})"),
    layers.Relu: plain(layers.Relu(), "ReLU", "Relu", "relu", "np.maximum({Z}, 0)"),
    layers.LeakyRelu: Row(
        Torch(("LeakyReLU",), lambda nn, p: (nn.LeakyReLU(p.layer.slope), {}), slope),
        write_leaky,
        lambda p, reads: (f"layers.LeakyReLU({p.layer.slope!r}, name={p.name!r})({reads[0]})", []),
        lambda p, name, reads: (
            [f"{name} = np.where({reads[0]} > 0, {reads[0]}, {p.layer.slope!r} * {reads[0]})"],
            {},
        ),
    ),
    layers.Gelu: Row(
        Torch(("GELU",), lambda nn, p: (nn.GELU(approximate="tanh"), {}), read_gelu),
        write_gelu,
        lambda p, reads: (f"keras.ops.gelu({reads[0]}, approximate=True)", []),
        numpy_gelu,
    ),
    layers.Softplus: Row(
        Torch(("Softplus",), lambda nn, p: (nn.Softplus(), {}), read_softplus),
        write_softplus,
        lambda p, reads: (f'layers.Activation("softplus", name={p.name!r})({reads[0]})', []),
        lambda p, name, reads: ([f"{name} = np.logaddexp({reads[0]}, 0)"], {}),
    ),
    layers.Exp: Row(
        "PyTorch has no module for an exponential alone",
        lambda w, p, reads: w.node("Exp", reads, p.name),
        lambda p, reads: (f'layers.Activation("exponential", name={p.name!r})({reads[0]})', []),
        lambda p, name, reads: ([f"{name} = np.exp({reads[0]})"], {}),
    ),
    layers.Softmax: Row(
        Torch(("Softmax",), lambda nn, p: (nn.Softmax(dim=p.axis), {}), lambda module: Read(layers.Softmax())),
        lambda w, p, reads: w.node("Softmax", reads, p.name, axis=p.axis),
        lambda p, reads: (f"layers.Softmax(axis=-1, name={p.name!r})({reads[0]})", []),
        softmax,
    ),
}
