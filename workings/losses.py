"""Losses: what a prediction A costs against the target Y.  `each` gives L, one for every example; J is its mean.

    squared error               L = c Σ (A - Y)²                     dA = 2c (A - Y)        c = 1/n, 1 or ½
    binary cross-entropy        L = -Σ (Y log A + (1 - Y) log(1 - A))   dA = -Y/A + (1 - Y)/(1 - A)
    categorical cross-entropy   L = -Σ Y log A                       dA = -Y/A
    Poisson                     L = Σ A - Y - Y log(A/Y)             dA = 1 - Y/A

The sums run over the outputs of one example; no gradient here is divided by m (the m rule).

Cross-entropy has two faces.  The textbook's, above, is for paper: it takes the log of a probability that may have
become 0.  The one trained with reads Z, before the activation: sigmoid or softmax and the loss in one formula, with
the famous dZ = A - Y and nothing to overflow.  A test holds the two equal.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import dataclass
from typing import Any

from workings.averaging import Mean, Weighted, shares
from workings.contract import Array, Named, Namespace
from workings.layers.activations import Exp, Sigmoid, Softmax


def per_example(xp: Namespace, cells: Array) -> Array:
    """The sum over the outputs of each example: L, one number for every column."""
    return xp.sum(cells, axis=tuple(range(cells.ndim - 1)), keepdims=True)


def y_log_a(xp: Namespace, Y: Array, A: Array) -> Array:
    """Y log A, and 0 where Y is 0: an outcome that did not happen costs nothing, whatever A is."""
    return xp.where(Y == 0, xp.zeros_like(A), Y * xp.log(A))


def y_log_y(xp: Namespace, Y: Array) -> Array:
    """Y log Y, and 0 where Y is 0."""
    return Y * xp.log(xp.where(Y == 0, xp.ones_like(Y), Y))


def y_over_a(xp: Namespace, Y: Array, A: Array) -> Array:
    """Y / A, and 0 where Y is 0."""
    return xp.where(Y == 0, xp.zeros_like(A), Y / A)


class OfEveryExample(ABC):
    """A loss that tells what each example costs: each(xp, A, Y) → L, cache.  Its J is their mean."""

    @abstractmethod
    def each(self, xp: Namespace, A: Array, Y: Array, /) -> tuple[Array, Named]: ...

    def forward(self, xp: Namespace, A: Array, Y: Array) -> tuple[Array, Named]:
        L, cache = self.each(xp, A, Y)
        return Mean().forward(xp, L), cache


@dataclass(frozen=True)
class SquaredError(OfEveryExample):
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

    def each(self, xp: Namespace, A: Array, Y: Array):
        L = self.c(A) * per_example(xp, (A - Y) ** 2)
        return L, {"A": A, "Y": Y}

    def backward(self, xp: Namespace, *, A: Array, Y: Array):
        dA = 2 * self.c(A) * (A - Y)
        return dA


@dataclass(frozen=True)
class BinaryCrossEntropy(OfEveryExample):
    """One yes or no for every output, as printed in the textbook; 0 · log 0 counts as 0."""

    def each(self, xp: Namespace, A: Array, Y: Array):
        L = -per_example(xp, y_log_a(xp, Y, A) + y_log_a(xp, 1 - Y, 1 - A))
        return L, {"A": A, "Y": Y}

    def backward(self, xp: Namespace, *, A: Array, Y: Array):
        dA = -y_over_a(xp, Y, A) + y_over_a(xp, 1 - Y, 1 - A)
        return dA


@dataclass(frozen=True)
class CategoricalCrossEntropy(OfEveryExample):
    """One class out of several: Y is one-hot, A the shares, as printed in the textbook."""

    def each(self, xp: Namespace, A: Array, Y: Array):
        L = -per_example(xp, y_log_a(xp, Y, A))
        return L, {"A": A, "Y": Y}

    def backward(self, xp: Namespace, *, A: Array, Y: Array):
        dA = -y_over_a(xp, Y, A)
        return dA


@dataclass(frozen=True)
class Poisson(OfEveryExample):
    """How unlikely a count Y is where A is expected: half the Poisson deviance, 0 for A = Y."""

    def each(self, xp: Namespace, A: Array, Y: Array):
        L = per_example(xp, A - Y - (y_log_a(xp, Y, A) - y_log_y(xp, Y)))
        return L, {"A": A, "Y": Y}

    def backward(self, xp: Namespace, *, A: Array, Y: Array):
        dA = 1 - y_over_a(xp, Y, A)
        return dA


@dataclass(frozen=True)
class ExpPoisson(OfEveryExample):
    """The exponential and Poisson's loss in one: L = Σ e^Z - Y - Y (Z - log Y), dZ = A - Y."""

    def each(self, xp: Namespace, Z: Array, Y: Array):
        A, _ = Exp().forward(xp, Z)
        L = per_example(xp, A - Y - (Y * Z - y_log_y(xp, Y)))
        return L, {"A": A, "Y": Y}

    def backward(self, xp: Namespace, *, A: Array, Y: Array):
        dZ = A - Y
        return dZ


@dataclass(frozen=True)
class SigmoidCrossEntropy(OfEveryExample):
    """Sigmoid and binary cross-entropy in one: L = Σ max(Z, 0) - Y Z + log(1 + e^-|Z|), dZ = A - Y."""

    def each(self, xp: Namespace, Z: Array, Y: Array):
        A, _ = Sigmoid().forward(xp, Z)
        L = per_example(xp, xp.maximum(Z, xp.zeros_like(Z)) - Y * Z + xp.log1p(xp.exp(xp.where(Z > 0, -Z, Z))))
        return L, {"A": A, "Y": Y}

    def backward(self, xp: Namespace, *, A: Array, Y: Array):
        dZ = A - Y
        return dZ


@dataclass(frozen=True)
class SoftmaxCrossEntropy(OfEveryExample):
    """Softmax and categorical cross-entropy in one: L = log Σ e^S - Σ Y S with S = Z - max Z, dZ = A - Y.

    The largest e^S is 1; the others are added apart from it, so that a loss near 0 keeps its digits.
    """

    def each(self, xp: Namespace, Z: Array, Y: Array):
        A, _ = Softmax().forward(xp, Z)
        S = Z - xp.max(Z, axis=0, keepdims=True)
        n = xp.reshape(xp.arange(Z.shape[0]), (-1, *(1 for _ in Z.shape[1:])))
        largest = n == xp.argmax(Z, axis=0, keepdims=True)
        others = xp.sum(xp.where(largest, xp.zeros_like(S), xp.exp(S)), axis=0, keepdims=True)
        L = per_example(xp, xp.log1p(others)) - per_example(xp, Y * S)
        return L, {"A": A, "Y": Y}

    def backward(self, xp: Namespace, *, A: Array, Y: Array):
        dZ = A - Y
        return dZ


def charged(xp: Namespace, loss: Any, A: Array, Y: Array, w: Array | None = None) -> tuple[Array, Array]:
    """J of a batch and dA, with weights w (1, m) where there are any."""
    if w is None:
        J, cache = loss.forward(xp, A, Y)
        return J, loss.backward(xp, **cache)
    L, cache = loss.each(xp, A, Y)
    s = shares(xp, w)
    return Weighted().forward(xp, L, s), Weighted().backward(xp, loss.backward(xp, **cache), s)


def cost_of(xp: Namespace, loss: Any, A: Array, Y: Array, w: Array | None = None) -> Array:
    """J of a batch alone."""
    return loss.forward(xp, A, Y)[0] if w is None else charged(xp, loss, A, Y, w)[0]


FUSED: dict[tuple[Any, Any], Any] = {
    (Sigmoid(), BinaryCrossEntropy()): SigmoidCrossEntropy(),
    (Exp(), Poisson()): ExpPoisson(),
    (Softmax(), CategoricalCrossEntropy()): SoftmaxCrossEntropy(),
}


def fused(activation: Any, loss: Any) -> Any | None:
    """The one formula for an activation and the loss that reads it, where there is one."""
    return FUSED.get((activation, loss))
