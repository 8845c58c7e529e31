"""Losses: what a prediction A costs against the target Y.  J is the mean of L over the examples.

    squared error               L = c Σ (A - Y)²                     dA = 2c (A - Y)        c = 1/n, 1 or ½
    binary cross-entropy        L = -Σ (Y log A + (1 - Y) log(1 - A))   dA = -Y/A + (1 - Y)/(1 - A)
    categorical cross-entropy   L = -Σ Y log A                       dA = -Y/A

The sums run over the outputs of one example; no gradient here is divided by m (the m rule).

Cross-entropy has two faces.  The textbook's, above, is for paper: it takes the log of a probability that may have
become 0.  The one trained with reads Z, before the activation: sigmoid or softmax and the loss in one formula, with
the famous dZ = A - Y and nothing to overflow.  A test holds the two equal.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from workings.contract import Array, Namespace
from workings.layers.activations import Sigmoid, Softmax


def per_example(xp: Namespace, cells: Array) -> Array:
    """The sum over the outputs of each example: L, one number for every column."""
    return xp.sum(cells, axis=tuple(range(cells.ndim - 1)), keepdims=True)


def y_log_a(xp: Namespace, Y: Array, A: Array) -> Array:
    """Y log A, and 0 where Y is 0: an outcome that did not happen costs nothing, whatever A is."""
    return xp.where(Y == 0, xp.zeros_like(A), Y * xp.log(A))


def y_over_a(xp: Namespace, Y: Array, A: Array) -> Array:
    """Y / A, and 0 where Y is 0."""
    return xp.where(Y == 0, xp.zeros_like(A), Y / A)


@dataclass(frozen=True)
class SquaredError:
    """c Σ (A - Y)²; `factor` says which c: "mean" 1/n (as PyTorch and Keras), "sum" 1 (the cost of one example
    as the sum of its squares), "half" ½ (Nielsen 2015).
    """

    factor: str = "mean"

    def __post_init__(self):
        if self.factor not in ("mean", "sum", "half"):
            raise ValueError(f'factor is "mean", "sum" or "half", not {self.factor!r}')

    def c(self, A: Array) -> float:
        n = 1
        for outputs in A.shape[:-1]:
            n *= outputs
        return {"mean": 1 / n, "sum": 1, "half": 1 / 2}[self.factor]

    def forward(self, xp: Namespace, A: Array, Y: Array):
        L = self.c(A) * per_example(xp, (A - Y) ** 2)
        J = xp.sum(L) / Y.shape[-1]
        return J, {"A": A, "Y": Y}

    def backward(self, xp: Namespace, *, A: Array, Y: Array):
        dA = 2 * self.c(A) * (A - Y)
        return dA


@dataclass(frozen=True)
class BinaryCrossEntropy:
    """One yes or no for every output, as printed in the textbook; 0 · log 0 counts as 0."""

    def forward(self, xp: Namespace, A: Array, Y: Array):
        L = -per_example(xp, y_log_a(xp, Y, A) + y_log_a(xp, 1 - Y, 1 - A))
        J = xp.sum(L) / Y.shape[-1]
        return J, {"A": A, "Y": Y}

    def backward(self, xp: Namespace, *, A: Array, Y: Array):
        dA = -y_over_a(xp, Y, A) + y_over_a(xp, 1 - Y, 1 - A)
        return dA


@dataclass(frozen=True)
class CategoricalCrossEntropy:
    """One class out of several: Y is one-hot, A the shares, as printed in the textbook."""

    def forward(self, xp: Namespace, A: Array, Y: Array):
        L = -per_example(xp, y_log_a(xp, Y, A))
        J = xp.sum(L) / Y.shape[-1]
        return J, {"A": A, "Y": Y}

    def backward(self, xp: Namespace, *, A: Array, Y: Array):
        dA = -y_over_a(xp, Y, A)
        return dA


@dataclass(frozen=True)
class SigmoidCrossEntropy:
    """Sigmoid and binary cross-entropy in one: L = Σ max(Z, 0) - Y Z + log(1 + e^-|Z|), dZ = A - Y."""

    def forward(self, xp: Namespace, Z: Array, Y: Array):
        A, _ = Sigmoid().forward(xp, Z)
        L = per_example(xp, xp.maximum(Z, xp.zeros_like(Z)) - Y * Z + xp.log1p(xp.exp(xp.where(Z > 0, -Z, Z))))
        J = xp.sum(L) / Y.shape[-1]
        return J, {"A": A, "Y": Y}

    def backward(self, xp: Namespace, *, A: Array, Y: Array):
        dZ = A - Y
        return dZ


@dataclass(frozen=True)
class SoftmaxCrossEntropy:
    """Softmax and categorical cross-entropy in one: L = log Σ e^S - Σ Y S with S = Z - max Z, dZ = A - Y.

    The largest e^S is 1; the others are added apart from it, so that a loss near 0 keeps its digits.
    """

    def forward(self, xp: Namespace, Z: Array, Y: Array):
        A, _ = Softmax().forward(xp, Z)
        S = Z - xp.max(Z, axis=0, keepdims=True)
        n = xp.reshape(xp.arange(Z.shape[0]), (-1, *(1 for _ in Z.shape[1:])))
        largest = n == xp.argmax(Z, axis=0, keepdims=True)
        others = xp.sum(xp.where(largest, xp.zeros_like(S), xp.exp(S)), axis=0, keepdims=True)
        L = per_example(xp, xp.log1p(others)) - per_example(xp, Y * S)
        J = xp.sum(L) / Y.shape[-1]
        return J, {"A": A, "Y": Y}

    def backward(self, xp: Namespace, *, A: Array, Y: Array):
        dZ = A - Y
        return dZ


FUSED: dict[tuple[Any, Any], Any] = {
    (Sigmoid(), BinaryCrossEntropy()): SigmoidCrossEntropy(),
    (Softmax(), CategoricalCrossEntropy()): SoftmaxCrossEntropy(),
}


def fused(activation: Any, loss: Any) -> Any | None:
    """The one formula for an activation and the loss that reads it, where there is one."""
    return FUSED.get((activation, loss))
