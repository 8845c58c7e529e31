"""Penalties: what large weights cost, added to J.  Biases, scales and shifts go free.

L2   J + λ/2 Σ W²       dW + λ W           (weight decay; the λ/2m of some courses is this with λ → λ/m)
L1   J + λ Σ |W|        dW + λ sign(W)     (sign 0 = 0; drives weights to exactly 0)

A `shared` penalty stands beside the sum of the losses of a batch, not their mean: each example bears its share, and
λ becomes λ/m (with weights, λ / Σ w).  That is the λ/2m of some courses, and scikit-learn's `alpha`.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from workings.contract import Array, Namespace, Tree


@dataclass(frozen=True)
class L2:
    """λ/2 Σ W²."""

    strength: float
    shared: bool = False

    def forward(self, xp: Namespace, W: Array) -> Array:
        return self.strength / 2 * xp.sum(W * W)

    def backward(self, xp: Namespace, W: Array) -> Array:
        return self.strength * W


@dataclass(frozen=True)
class L1:
    """λ Σ |W|."""

    strength: float
    shared: bool = False

    def forward(self, xp: Namespace, W: Array) -> Array:
        return self.strength * xp.sum(xp.abs(W))

    def backward(self, xp: Namespace, W: Array) -> Array:
        zeros = xp.zeros_like(W)
        return xp.where(W > 0, zeros + self.strength, xp.where(W < 0, zeros - self.strength, zeros))


def of_batch(penalties: tuple, total: Any) -> tuple:
    """The penalties of one batch, in which m examples (or weights that add up to `total`) bear the shared ones.

    >>> of_batch((L2(1.0), L2(2.0, shared=True)), 4)
    (L2(strength=1.0, shared=False), L2(strength=0.5, shared=False))
    """
    return tuple(type(p)(p.strength / total) if getattr(p, "shared", False) else p for p in penalties)


def penalized(symbol: str) -> bool:
    """Weights are penalized, and are what has a name that begins with W."""
    return symbol.startswith("W")


def cost(xp: Namespace, penalties: tuple, params: Tree) -> Array | float:
    """What all penalties of all weights add to J."""
    weights = [W for row in params.values() for symbol, W in row.items() if penalized(symbol)]
    return sum(penalty.forward(xp, W) for penalty in penalties for W in weights)


def steepen(xp: Namespace, penalties: tuple, params: Tree, grads: Tree) -> Tree:
    """The gradients with those of the penalties added."""
    if not penalties:
        return grads

    def added(symbol: str, W: Array, dW: Array) -> Array:
        for penalty in penalties if penalized(symbol) else ():
            dW = dW + penalty.backward(xp, W)
        return dW

    return {row: {s: added(s, params[row][s], dW) for s, dW in g.items()} for row, g in grads.items()}
