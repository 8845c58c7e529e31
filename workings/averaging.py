"""Averaging: from the loss L of every example to the cost J of the batch, and back to what each example asks.

    mean             J = Σ L / m              dA
    weighted mean    J = Σ s L / m            dA = s dA       s = m w / Σ w      (J is Σ w L / Σ w)

w (1, m) is a number, 0 or more, for each example; its share s has the mean 1.  An example of weight 3 counts as if
it stood there three times, and so does its wire: by the m rule m·∂J/∂A of an example is s times that of its L.
"""

from __future__ import annotations

from dataclasses import dataclass

from workings.contract import Array, Namespace


@dataclass(frozen=True)
class Mean:
    """Every example counts the same."""

    def forward(self, xp: Namespace, L: Array) -> Array:
        J = xp.sum(L) / L.shape[-1]
        return J

    def backward(self, xp: Namespace, dA: Array) -> Array:
        return dA


@dataclass(frozen=True)
class Weighted:
    """Each example counts by its share s (1, m) of the weights.

    >>> import numpy as np
    >>> L, w = np.array([[6.0, 2.0]]), np.array([[1.0, 3.0]])
    >>> s = Weighted().share(np, w)
    >>> s.tolist(), float(Weighted().forward(np, L, s))  # (1·6 + 3·2) / 4
    ([[0.5, 1.5]], 3.0)
    """

    def share(self, xp: Namespace, w: Array) -> Array:
        s = w * w.shape[-1] / xp.sum(w)
        return s

    def forward(self, xp: Namespace, L: Array, s: Array) -> Array:
        J = xp.sum(s * L) / L.shape[-1]
        return J

    def backward(self, xp: Namespace, dA: Array, s: Array) -> Array:
        dA = s * dA
        return dA


def shares(xp: Namespace, w: Array) -> Array:
    """The shares of a batch; where no example of it counts, all are 0, and nothing is learned from it."""
    none = xp.sum(w) == 0
    return xp.where(none, xp.zeros_like(w), Weighted().share(xp, xp.where(none, xp.ones_like(w), w)))
