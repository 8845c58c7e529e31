"""Embedding: a word's number chooses its column of W.

    E = W[:, X]            X (T, m) of whole numbers 0 … words - 1     W (n_out, words)     E (n_out, T, m)

    dW[:, k] = Σ dE over every place where X is k, / m

Written with one-hot columns it is a dense layer without a bias: E = W · onehot(X).  Whole numbers have no slope, so
nothing flows back to X: its gradient is 0.
"""

from __future__ import annotations

from dataclasses import dataclass

from workings.contract import Array, Named, Namespace, Shape
from workings.initializers import initial
from workings.layers.sizes import _Sized


@dataclass(frozen=True)
class Embedding(_Sized):
    """A column of `n_out` numbers for each of `words` words."""

    words: int
    n_out: int
    initializer: str = "normal"

    def init(self, rng, shape: Shape) -> Named:
        return {"W": initial(self.initializer, rng, (self.n_out, self.words))}

    def out_shape(self, shape: Shape) -> Shape:
        return (self.n_out, *shape)

    def forward(self, xp: Namespace, X: Array, *, W: Array):
        E = xp.reshape(W @ self.one_hot(xp, X, W), (self.n_out, *X.shape))
        return E, {"X": X}

    def backward(self, xp: Namespace, dE: Array, *, W: Array, X: Array):
        m = dE.shape[-1]
        dW = xp.reshape(dE, (self.n_out, -1)) @ self.one_hot(xp, X, W).T / m
        dX = xp.zeros_like(X)
        return dX, {"W": dW}

    def one_hot(self, xp: Namespace, X: Array, W: Array) -> Array:
        """(words, T·m): a 1 in the row of the word, else 0."""
        words = xp.reshape(xp.arange(self.words), (-1, 1))
        here = words == xp.reshape(X, (1, -1))
        one = xp.ones((1, 1), dtype=W.dtype)
        return xp.where(here, one, xp.zeros_like(one))
