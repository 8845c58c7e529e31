"""Attention: each token (column) reads a weighted mix of all tokens (Vaswani et al. 2017).

    Q = Wq X   K = Wk X   V = Wv X        X (d, T), one example
    S = Kᵀ Q / √d_k                       S (T, T): column t scores for token t
    A = softmax(S)                        down each column
    Y = V A

    dV = dY Aᵀ               dA = Vᵀ dY
    dS = A · (dA - Σ dA · A) / √d_k       Σ down each column; the / √d_k of S is taken here
    dQ = K dS                dK = Q dSᵀ
    dX = Wqᵀ dQ + Wkᵀ dK + Wvᵀ dV
    dWq = Σ dQ Xᵀ / m        dWk = Σ dK Xᵀ / m        dWv = Σ dV Xᵀ / m        Σ over the examples

The example axis comes to the front inside, because `@` works on the last two axes.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

from workings.contract import Array, Named, Namespace, Shape
from workings.initializers import initial
from workings.layers.sizes import _Sized


@dataclass(frozen=True)
class Attention(_Sized):
    """One head: `d_k` numbers to compare tokens by, `d_v` to say."""

    d_k: int
    d_v: int
    initializer: str = "xavier"

    def init(self, rng, shape: Shape) -> Named:
        d, _ = shape
        sizes = {"Wq": self.d_k, "Wk": self.d_k, "Wv": self.d_v}
        return {name: initial(self.initializer, rng, (n, d)) for name, n in sizes.items()}

    def out_shape(self, shape: Shape) -> Shape:
        return (self.d_v, shape[1])

    def forward(self, xp: Namespace, X: Array, *, Wq: Array, Wk: Array, Wv: Array):
        X = xp.permute_dims(X, (2, 0, 1))
        Q, K, V = Wq @ X, Wk @ X, Wv @ X
        S = K.mT @ Q / math.sqrt(self.d_k)
        E = xp.exp(S - xp.max(S, axis=-2, keepdims=True))
        A = E / xp.sum(E, axis=-2, keepdims=True)
        Y = V @ A
        return xp.permute_dims(Y, (1, 2, 0)), {"X": X, "Q": Q, "K": K, "V": V, "A": A}

    def backward(self, xp: Namespace, dY: Array, *, Wq, Wk, Wv, X, Q, K, V, A):
        m = dY.shape[-1]
        dY = xp.permute_dims(dY, (2, 0, 1))
        dV = dY @ A.mT
        dA = V.mT @ dY
        dS = A * (dA - xp.sum(dA * A, axis=-2, keepdims=True)) / math.sqrt(self.d_k)
        dQ = K @ dS
        dK = Q @ dS.mT
        dX = Wq.T @ dQ + Wk.T @ dK + Wv.T @ dV
        dWq = xp.sum(dQ @ X.mT, axis=0) / m
        dWk = xp.sum(dK @ X.mT, axis=0) / m
        dWv = xp.sum(dV @ X.mT, axis=0) / m
        return xp.permute_dims(dX, (1, 2, 0)), {"Wq": dWq, "Wk": dWk, "Wv": dWv}
