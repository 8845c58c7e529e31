"""Recurrent: walk a cell along the time axis of X (n, T, m), and walk back.

    state⟨t⟩ = cell(state⟨t-1⟩, x⟨t⟩)        A = what the cell says at every step, (n_a, T, m)

Going back, the gradient of a⟨t⟩ is what its own output asks (dA) plus what step t + 1 asks; parameter gradients
add up over the steps (back-propagation through time, Werbos 1990).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from workings.contract import Array, Named, Namespace, Shape
from workings.scan import scan, tree_map


@dataclass(frozen=True)
class Recurrent:
    """`cell` at every step, from a state of zeros."""

    cell: Any

    def init(self, rng, shape: Shape) -> Named:
        return self.cell.init(rng, shape[:1])

    def out_shape(self, shape: Shape) -> Shape:
        _, T = shape
        return (self.cell.state[0], T)

    def forward(self, xp: Namespace, X: Array, **params: Array):
        m = X.shape[-1]
        state = tuple(xp.zeros((n, m), dtype=X.dtype) for n in self.cell.state)

        def step(state, x):
            state, cache = self.cell.forward(xp, *state, x, **params)
            return state, (state[0], cache)

        _, (A, steps) = scan(xp, step, state, xp.permute_dims(X, (1, 0, 2)))
        return xp.permute_dims(A, (1, 0, 2)), {"steps": steps}

    def backward(self, xp: Namespace, dA: Array, *, steps: Named, **params: Array):
        m = dA.shape[-1]
        dstate = tuple(xp.zeros((n, m), dtype=dA.dtype) for n in self.cell.state)
        grads = tree_map(xp.zeros_like, params)

        def step(carry, now):
            (da, *rest), grads = carry
            da_t, cache = now
            (*dstate, dx), g = self.cell.backward(xp, da + da_t, *rest, **params, **cache)
            return (tuple(dstate), tree_map(lambda a, b: a + b, grads, g)), dx

        dA_first = xp.permute_dims(dA, (1, 0, 2))
        (_, grads), dX = scan(xp, step, (dstate, grads), (dA_first, steps), reverse=True)
        return xp.permute_dims(dX, (1, 0, 2)), grads
