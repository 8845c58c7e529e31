"""Dense: every unit sees every feature.

    Z  = W A + b          W (n_out, n_in)   A (n_in, m)   b (n_out, 1)

    dW = dZ Aᵀ / m        db = Σ dZ / m     dA = Wᵀ dZ

Each column of A is one example, and so is each column of Z, dZ and dA.
"""

from __future__ import annotations

from dataclasses import dataclass

from workings.contract import Array, Named, Namespace, Shape
from workings.initializers import initial
from workings.layers.sizes import _Sized


@dataclass(frozen=True)
class Dense(_Sized):
    """`n_out` units, each with a weight for every feature and a bias."""

    n_out: int
    initializer: str = "he"

    def init(self, rng, shape: Shape) -> Named:
        (n_in,) = shape
        return {
            "W": initial(self.initializer, rng, (self.n_out, n_in)),
            "b": initial("zeros", rng, (self.n_out, 1)),
        }

    def out_shape(self, shape: Shape) -> Shape:
        return (self.n_out,)

    def forward(self, xp: Namespace, A: Array, *, W: Array, b: Array):
        Z = W @ A + b
        return Z, {"A": A}

    def backward(self, xp: Namespace, dZ: Array, *, W: Array, b: Array, A: Array):
        m = dZ.shape[-1]
        dW = dZ @ A.T / m
        db = xp.sum(dZ, axis=1, keepdims=True) / m
        dA = W.T @ dZ
        return dA, {"W": dW, "b": db}
