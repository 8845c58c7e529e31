"""Positions: use a column layer at every position; (n, T, m) is read as (n, T·m)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from workings.contract import Array, Named, Namespace, Shape


@dataclass(frozen=True)
class Positions:
    """`inner`, the same one, at every position."""

    inner: Any

    def init(self, rng, shape: Shape) -> Named:
        return self.inner.init(rng, shape[:1])

    def out_shape(self, shape: Shape) -> Shape:
        return (*self.inner.out_shape(shape[:1]), *shape[1:])

    def forward(self, xp: Namespace, A: Array, **params: Array):
        Z, cache = self.inner.forward(xp, xp.reshape(A, (A.shape[0], -1)), **params)
        return xp.reshape(Z, (Z.shape[0], *A.shape[1:])), cache

    def backward(self, xp: Namespace, dZ: Array, **givens: Array):
        dA, grads = self.inner.backward(xp, xp.reshape(dZ, (dZ.shape[0], -1)), **givens)
        T = dA.shape[-1] // dZ.shape[-1]  # inner divided by T·m, but only m are examples
        return xp.reshape(dA, (dA.shape[0], *dZ.shape[1:])), {k: g * T for k, g in grads.items()}
