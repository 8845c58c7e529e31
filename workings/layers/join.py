"""Joins: layers that read more than one wire.

Add      S = A + B            dA = dS, dB = dS
Concat   S = [A; B]           dA, dB = the upper and the lower part of dS
"""

from __future__ import annotations

from dataclasses import dataclass

from workings.contract import Array, Named, Namespace, Shape


@dataclass(frozen=True)
class Add:
    """The sum of two wires of one shape: a residual connection."""

    def init(self, rng, *shapes: Shape) -> Named:
        return {}

    def out_shape(self, a: Shape, b: Shape) -> Shape:
        if a != b:
            raise ValueError(f"Add takes two wires of one shape, not {a} and {b}")
        return a

    def forward(self, xp: Namespace, A: Array, B: Array):
        S = A + B
        return S, {}

    def backward(self, xp: Namespace, dS: Array):
        return (dS, dS), {}


@dataclass(frozen=True)
class Concat:
    """The features of A on top of the features of B."""

    def init(self, rng, *shapes: Shape) -> Named:
        return {}

    def out_shape(self, a: Shape, b: Shape) -> Shape:
        if a[1:] != b[1:]:
            raise ValueError(f"Concat stacks features: beyond axis 0 the shapes must agree, not {a} and {b}")
        return (a[0] + b[0], *a[1:])

    def forward(self, xp: Namespace, A: Array, B: Array):
        S = xp.concat([A, B], axis=0)
        return S, {"A": A}

    def backward(self, xp: Namespace, dS: Array, *, A: Array):
        n = A.shape[0]
        return (dS[:n, ...], dS[n:, ...]), {}
