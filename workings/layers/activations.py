"""Activations: A = g(Z) cell by cell (softmax: column by column), and dZ = dA · g′(Z).

identity     A = Z                      dZ = dA
sigmoid      A = 1 / (1 + e⁻ᶻ)          dZ = dA · A (1 - A)
tanh         A = tanh Z                 dZ = dA · (1 - A²)
ReLU         A = max(Z, 0)              dZ = dA where Z > 0, else 0      (ReLU′(0) = 0)
leaky ReLU   A = Z, or slope·Z below 0  dZ = dA where Z > 0, else slope·dA
GELU         A = Z σ(2U)                U = √(2/π) (Z + 0.044715 Z³)     (Hendrycks and Gimpel 2016)
softplus     A = log(1 + eᶻ)            dZ = dA · σ(Z)
exp          A = eᶻ                     dZ = dA · A
softmax      A = eᶻ / Σ eᶻ              dZ = A (dA - Σ dA A)
"""

from __future__ import annotations

import math
from dataclasses import dataclass

from workings.contract import Array, Named, Namespace, Shape


class _NoParameters:
    def init(self, rng, shape: Shape) -> Named:
        return {}

    def out_shape(self, shape: Shape) -> Shape:
        return shape


@dataclass(frozen=True)
class Identity(_NoParameters):
    """The linear output of a regression."""

    def forward(self, xp: Namespace, Z: Array):
        A = Z
        return A, {}

    def backward(self, xp: Namespace, dA: Array):
        dZ = dA
        return dZ, {}


@dataclass(frozen=True)
class Sigmoid(_NoParameters):
    """Squashes into 0..1; σ(0) = ½."""

    def forward(self, xp: Namespace, Z: Array):
        A = 1 / (1 + xp.exp(-Z))
        return A, {"A": A}

    def backward(self, xp: Namespace, dA: Array, *, A: Array):
        dZ = dA * A * (1 - A)
        return dZ, {}


@dataclass(frozen=True)
class Tanh(_NoParameters):
    """Squashes into -1..1; tanh 0 = 0."""

    def forward(self, xp: Namespace, Z: Array):
        A = xp.tanh(Z)
        return A, {"A": A}

    def backward(self, xp: Namespace, dA: Array, *, A: Array):
        dZ = dA * (1 - A * A)
        return dZ, {}


@dataclass(frozen=True)
class Relu(_NoParameters):
    """Lets the positive through and stops the rest; its slope at 0 is taken as 0."""

    def forward(self, xp: Namespace, Z: Array):
        A = xp.maximum(Z, xp.zeros_like(Z))
        return A, {"Z": Z}

    def backward(self, xp: Namespace, dA: Array, *, Z: Array):
        dZ = xp.where(Z > 0, dA, xp.zeros_like(dA))
        return dZ, {}


@dataclass(frozen=True)
class LeakyRelu(_NoParameters):
    """ReLU with a small slope below 0, so that no unit dies; at 0 the slope is the small one."""

    slope: float = 0.01

    def forward(self, xp: Namespace, Z: Array):
        A = xp.where(Z > 0, Z, self.slope * Z)
        return A, {"Z": Z}

    def backward(self, xp: Namespace, dA: Array, *, Z: Array):
        dZ = xp.where(Z > 0, dA, self.slope * dA)
        return dZ, {}


@dataclass(frozen=True)
class Gelu(_NoParameters):
    """Z weighed by a smooth gate: the tanh form, ½ Z (1 + tanh U), written with σ because ½ (1 + tanh U) = σ(2U)."""

    def forward(self, xp: Namespace, Z: Array):
        U = math.sqrt(2 / math.pi) * (Z + 0.044715 * Z**3)
        S = 1 / (1 + xp.exp(-2 * U))
        A = Z * S
        return A, {"Z": Z, "S": S}

    def backward(self, xp: Namespace, dA: Array, *, Z: Array, S: Array):
        dU = math.sqrt(2 / math.pi) * (1 + 3 * 0.044715 * Z**2)
        dZ = dA * (S + Z * 2 * S * (1 - S) * dU)
        return dZ, {}


@dataclass(frozen=True)
class Softplus(_NoParameters):
    """A smooth ReLU, written so that nothing overflows: max(Z, 0) + log(1 + e^-|Z|)."""

    def forward(self, xp: Namespace, Z: Array):
        A = xp.maximum(Z, xp.zeros_like(Z)) + xp.log1p(xp.exp(xp.where(Z > 0, -Z, Z)))
        return A, {"Z": Z}

    def backward(self, xp: Namespace, dA: Array, *, Z: Array):
        dZ = dA / (1 + xp.exp(-Z))
        return dZ, {}


@dataclass(frozen=True)
class Exp(_NoParameters):
    """Always positive: the rate of a Poisson regression."""

    def forward(self, xp: Namespace, Z: Array):
        A = xp.exp(Z)
        return A, {"A": A}

    def backward(self, xp: Namespace, dA: Array, *, A: Array):
        dZ = dA * A
        return dZ, {}


@dataclass(frozen=True)
class Softmax(_NoParameters):
    """Shares that add up to 1; taking the largest Z away first changes no share and prevents overflow."""

    def forward(self, xp: Namespace, Z: Array):
        E = xp.exp(Z - xp.max(Z, axis=0, keepdims=True))
        A = E / xp.sum(E, axis=0, keepdims=True)
        return A, {"A": A}

    def backward(self, xp: Namespace, dA: Array, *, A: Array):
        dZ = A * (dA - xp.sum(dA * A, axis=0, keepdims=True))
        return dZ, {}
