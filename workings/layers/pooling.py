"""MaxPool: the largest number of each k by k window.

    V = windows(X)      X (c, h, w, m)   V (k·k, c, h/k, w/k, m)
    A = max V           over axis 0

    dX = windowsᵀ(dA where V is the chosen one, else 0)

Of several largest the first is chosen, in reading order.  Rows and columns beyond the last whole window are left
out, and get no gradient.
"""

from __future__ import annotations

from dataclasses import dataclass

from workings.contract import Array, Named, Namespace, Shape
from workings.layers.sizes import _Sized


@dataclass(frozen=True)
class MaxPool(_Sized):
    """Windows of `k` by `k`, side by side."""

    k: int

    def init(self, rng, shape: Shape) -> Named:
        return {}

    def out_shape(self, shape: Shape) -> Shape:
        c, h, w = shape
        if min(h, w) < self.k:
            raise ValueError(f"a {self.k}×{self.k} window does not fit in an image of {h}×{w}")
        return (c, h // self.k, w // self.k)

    def forward(self, xp: Namespace, X: Array):
        V = windows(xp, X, self.k)
        A = xp.max(V, axis=0)
        return A, {"V": V, "X": X}

    def backward(self, xp: Namespace, dA: Array, *, V: Array, X: Array):
        which = xp.reshape(xp.arange(self.k**2), (-1, 1, 1, 1, 1))
        chosen = xp.argmax(V, axis=0, keepdims=True) == which
        dV = xp.where(chosen, xp.expand_dims(dA, axis=0), xp.zeros_like(V))
        dX = unwindows(xp, dV, self.k, X)
        return dX, {}


def windows(xp: Namespace, X: Array, k: int) -> Array:
    """(c, h, w, m) to (k·k, c, h/k, w/k, m): row r of every window, column s of every window."""
    c, h, w, m = X.shape
    X = X[:, : h // k * k, : w // k * k, :]
    X = xp.reshape(X, (c, h // k, k, w // k, k, m))
    return xp.reshape(xp.permute_dims(X, (2, 4, 0, 1, 3, 5)), (k * k, c, h // k, w // k, m))


def unwindows(xp: Namespace, P: Array, k: int, X: Array) -> Array:
    """The way back: every cell of X is in one window, or in none, and then 0."""
    _, c, h, w, m = P.shape
    P = xp.permute_dims(xp.reshape(P, (k, k, c, h, w, m)), (2, 3, 0, 4, 1, 5))
    inside = xp.reshape(P, (c, h * k, w * k, m))
    if inside.shape == X.shape:
        return inside
    inside = xp.concat([inside, xp.zeros_like(X[:, : h * k, w * k :, :])], axis=2)
    return xp.concat([inside, xp.zeros_like(X[:, h * k :, :, :])], axis=1)
