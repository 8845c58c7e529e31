"""Layers of images elsewhere.

A kernel is a row of W here, its cells in the order (i, j, channel); (channel, i, j) in PyTorch and ONNX,
and (i, j, channel, kernel) in Keras.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from workings import layers
from workings.interop.table.row import Part, Read, Row, Torch, column, need


def kernels(p: Part) -> np.ndarray:
    """(n_out, c, k, k), as PyTorch and ONNX have them."""
    W, k = p.params["W"], p.layer.k
    return np.ascontiguousarray(W.reshape(len(W), k, k, -1).transpose(0, 3, 1, 2))


def flat_kernels(W: np.ndarray) -> np.ndarray:
    """And back: (n_out, k·k·c)."""
    return np.ascontiguousarray(W.transpose(0, 2, 3, 1)).reshape(len(W), -1)


def convolution(W: np.ndarray, b: np.ndarray | None, padding: int) -> Read:
    """The layer with these kernels (n_out, c, k, k)."""
    b = np.zeros(len(W), W.dtype) if b is None else b
    layer = layers.Convolution(len(W), W.shape[-1], padding)
    return Read(layer, {"W": flat_kernels(W), "b": column(b)})


def conv(nn: Any, p: Part) -> tuple[Any, dict[str, np.ndarray]]:
    made = nn.Conv2d(p.into[0][0], p.layer.n_out, p.layer.k, padding=p.layer.padding)
    return made, {"weight": kernels(p), "bias": p.params["b"][:, 0]}


def read_conv(module: Any) -> Read:
    k, padding = module.kernel_size, module.padding
    need(k[0] == k[1], f"kernels are square here, not {k[0]} by {k[1]}")
    need(module.stride == (1, 1), f"kernels move one cell at a time here, not {module.stride}")
    need(module.dilation == (1, 1) and module.groups == 1, "kernels here see neighbouring cells of all channels")
    if isinstance(padding, str):
        need(padding == "valid" or k[0] % 2, f"padding 'same' of a {k[0]} by {k[0]} kernel is not the same all round")
        padding = (0, 0) if padding == "valid" else (k[0] // 2,) * 2
    need(padding[0] == padding[1], f"the padding is the same all round here, not {padding}")
    need(module.padding_mode == "zeros" or padding == (0, 0), f"the padding is zeros here, not {module.padding_mode}")
    return convolution(module.weight, module.bias, padding[0])


def write_conv(w: Any, p: Part, reads: list[str]) -> None:
    W, b = w.array(p.labels["W"], kernels(p)), w.array(p.labels["b"], p.params["b"][:, 0])
    w.node("Conv", [*reads, W, b], p.name, kernel_shape=[p.layer.k] * 2, pads=[p.layer.padding] * 4)


def keras_conv(p: Part, reads: list[str]) -> tuple[str, list[np.ndarray]]:
    W, k, pad = p.params["W"], p.layer.k, p.layer.padding
    read = f"layers.ZeroPadding2D({pad})({reads[0]})" if pad else reads[0]
    made = W.reshape(len(W), k, k, -1).transpose(1, 2, 3, 0)
    return f"layers.Conv2D({len(W)}, {k}, name={p.name!r})({read})", [made, p.params["b"][:, 0]]


def numpy_conv(p: Part, name: str, reads: list[str]) -> tuple[list[str], dict[str, np.ndarray]]:
    W, b, k, pad = p.labels["W"], p.labels["b"], p.layer.k, p.layer.padding
    read = f"np.pad({reads[0]}, [(0, 0), (0, 0), ({pad}, {pad}), ({pad}, {pad})])" if pad else reads[0]
    lines = [
        f"P = np.lib.stride_tricks.sliding_window_view({read}, ({k}, {k}), axis=(2, 3))  # (m, c, h, w, {k}, {k})",
        f'{name} = np.einsum("mchwij,ocij->mohw", P, {W}, optimize=True) + {b}[:, None, None]',
    ]
    return lines, {W: kernels(p), b: p.params["b"][:, 0]}


def read_pool(module: Any) -> Read:
    def one(x: Any) -> int:
        sizes = set(x) if isinstance(x, tuple) else {x}
        need(len(sizes) == 1, f"windows are square here, not {x}")
        return int(sizes.pop())

    k = one(module.kernel_size)
    need(one(module.stride) == k, f"windows stand side by side here: stride {k}, not {module.stride}")
    need(one(module.padding) == 0 and one(module.dilation) == 1, "windows have no padding and no dilation here")
    need(not module.ceil_mode, "what is beyond the last whole window is left out here: ceil_mode=False")
    return Read(layers.MaxPool(k))


def numpy_pool(p: Part, name: str, reads: list[str]) -> tuple[list[str], dict[str, np.ndarray]]:
    (c, h, w), k, (X,) = p.out, p.layer.k, reads
    cut = f"{X}[:, :, :{h * k}, :{w * k}]"
    return [f"{name} = {cut}.reshape(len({X}), {c}, {h}, {k}, {w}, {k}).max(axis=(3, 5))"], {}


IMAGES: dict[type, Row] = {
    layers.Convolution: Row(Torch(("Conv2d",), conv, read_conv), write_conv, keras_conv, numpy_conv),
    layers.MaxPool: Row(
        Torch(("MaxPool2d",), lambda nn, p: (nn.MaxPool2d(p.layer.k), {}), read_pool),
        lambda w, p, r: w.node("MaxPool", r, p.name, kernel_shape=[p.layer.k] * 2, strides=[p.layer.k] * 2),
        lambda p, reads: (f"layers.MaxPooling2D({p.layer.k}, name={p.name!r})({reads[0]})", []),
        numpy_pool,
    ),
}
