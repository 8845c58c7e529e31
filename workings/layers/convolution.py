"""Convolution: a dense layer that slides.

    P = patches(X)          X (c, h, w, m)   P (k·k·c, h'·w'·m)     h' = h + 2·padding - k + 1, w' likewise
    Z = W P + b             W (n_out, k·k·c)  b (n_out, 1)

    dW = dZ Pᵀ / m          db = Σ dZ / m    dX = patchesᵀ(Wᵀ dZ)

Every position of every example is one column of P, so these are the dense formulas again; only m stays the number
of examples.  (As everywhere in deep learning the kernel is not turned round: strictly, a cross-correlation.)
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import reduce
from operator import add

from workings.contract import Array, Named, Namespace, Shape
from workings.initializers import initial
from workings.layers.sizes import _Sized


@dataclass(frozen=True)
class Convolution(_Sized):
    """`n_out` kernels of `k` by `k`, moved one cell at a time over an image with `padding` zeros round it."""

    n_out: int
    k: int
    padding: int = 0
    initializer: str = "he"

    def init(self, rng, shape: Shape) -> Named:
        n_in = shape[0] * self.k**2
        return {
            "W": initial(self.initializer, rng, (self.n_out, n_in)),
            "b": initial("zeros", rng, (self.n_out, 1)),
        }

    def out_shape(self, shape: Shape) -> Shape:
        _, h, w = shape
        h, w = (n + 2 * self.padding - self.k + 1 for n in (h, w))
        if min(h, w) < 1:
            raise ValueError(f"a {self.k}×{self.k} kernel does not fit in an image of shape {shape}")
        return (self.n_out, h, w)

    def forward(self, xp: Namespace, X: Array, *, W: Array, b: Array):
        P = patches(xp, X, self.k, self.padding)
        Z = W @ P + b
        _, h, w = self.out_shape(X.shape[:-1])
        return xp.reshape(Z, (self.n_out, h, w, X.shape[-1])), {"P": P, "X": X}

    def backward(self, xp: Namespace, dZ: Array, *, W: Array, b: Array, P: Array, X: Array):
        m = dZ.shape[-1]
        dZ_flat = xp.reshape(dZ, (self.n_out, -1))
        dW = dZ_flat @ P.T / m
        db = xp.sum(dZ_flat, axis=1, keepdims=True) / m
        dX = unpatches(xp, W.T @ dZ_flat, self.k, self.padding, X.shape)
        return dX, {"W": dW, "b": db}


def patches(xp: Namespace, X: Array, k: int, padding: int = 0) -> Array:
    """(c, h, w, m) to (k·k·c, h'·w'·m): the k·k shifted copies of X, stacked."""
    X = pad(xp, X, padding, padding, padding, padding)
    c, h, w, _ = X.shape
    shifts = [X[:, i : h - k + 1 + i, j : w - k + 1 + j, :] for i in range(k) for j in range(k)]
    return xp.reshape(xp.concat(shifts, axis=0), (k * k * c, -1))


def unpatches(xp: Namespace, dP: Array, k: int, padding: int, shape: Shape) -> Array:
    """The transpose of `patches`: put every shifted copy back and add them up."""
    c, h, w, m = shape
    h, w = h + 2 * padding, w + 2 * padding
    shifts = xp.reshape(dP, (k * k, c, h - k + 1, w - k + 1, m))
    placed = [pad(xp, shifts[i * k + j, ...], i, k - 1 - i, j, k - 1 - j) for i in range(k) for j in range(k)]
    return reduce(add, placed)[:, padding : h - padding, padding : w - padding, :]


def pad(xp: Namespace, X: Array, top: int, bottom: int, left: int, right: int) -> Array:
    """X (c, h, w, m) with rows and columns of zeros round it."""
    c, h, w, m = X.shape
    if top or bottom:
        X = xp.concat([_zeros(xp, X, c, top, w, m), X, _zeros(xp, X, c, bottom, w, m)], axis=1)
        h = h + top + bottom
    if left or right:
        X = xp.concat([_zeros(xp, X, c, h, left, m), X, _zeros(xp, X, c, h, right, m)], axis=2)
    return X


def _zeros(xp: Namespace, X: Array, *shape: int) -> Array:
    return xp.zeros(shape, dtype=X.dtype)
