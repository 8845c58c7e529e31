"""NumPy: the reference.  Nothing to install, and every line can be stepped through."""

from __future__ import annotations

from contextlib import nullcontext
from functools import cache
from math import isfinite
from typing import Any

import numpy as np
from threadpoolctl import ThreadpoolController

from workings.backends.plan import Diverged, Plan, State, Tally
from workings.contract import Array, Tree
from workings.network import Network
from workings.penalties import cost, steepen

name = "numpy"


def available() -> str | None:
    """NumPy is always there."""
    return None


def supports(plan: Plan) -> str | None:
    """And computes every formula."""
    return None


def run(
    plan: Plan, state: State, X: Array, Y: Array, order: Array, batch_size: int, alpha: float, rng: Any
) -> tuple[State, Tally]:
    """One step for every batch of `order`."""
    tally = Tally()
    with quiet(), threads(work(state.params, batch_size)):
        for start in range(0, len(order), batch_size):
            batch = order[start : start + batch_size]
            A, target = gathered(X, batch, plan.dtype), gathered(Y, batch, plan.dtype)
            givens = plan.network.noise(rng, plan.shape, len(batch))
            J, hits, grads, memory = slopes(plan, state, A, target, givens)
            if not isfinite(J):
                raise Diverged(tally.steps, J, state)
            params, memory_of_steps = plan.optimizer.update(np, state.params, grads, state.optimizer, alpha)
            state = State(cast(params, plan.dtype), memory, memory_of_steps)
            tally += Tally(len(batch), J * len(batch), hits, 1)
    return state, tally


def slopes(plan: Plan, state: State, X: Array, Y: Array, givens: Tree) -> tuple[float, float, Tree, Tree]:
    """J of one batch, the sum of its metric, the gradients, and what batch norm remembers of it."""
    wires, caches = plan.network.forward(np, state.params, X, givens)
    A = wires[plan.network.output]
    J, found = plan.loss.forward(np, A, Y)
    _, grads = plan.network.backward(np, state.params, caches, plan.loss.backward(np, **found))
    grads = steepen(np, plan.penalties, state.params, grads)
    J = float(J + cost(np, plan.penalties, state.params))
    hits = float(np.sum(plan.metric.per_example(np, A, Y)))
    return J, hits, grads, plan.network.remember(state.memory, caches)


def forward(network: Network, params: Tree, memory: Tree, X: Array, dtype: str) -> dict[str, Array]:
    """Every wire for the examples in the rows of X, with memory and without noise."""
    with quiet(), threads(work(params, len(X))):
        return dict(network.forward(np, params, gathered(X, slice(None), dtype), memory)[0])


def gathered(X: Array, rows: Any, dtype: str) -> Array:
    """Some rows of X, turned: the example becomes the last axis.  uint8 is a pixel, 0…255 as 0…1."""
    picked = X[rows]
    if picked.dtype == np.uint8:
        picked = np.multiply(picked, np.asarray(1 / 255, dtype=dtype), dtype=dtype)
    elif picked.dtype.kind == "f":
        picked = picked.astype(dtype, copy=False)
    return picked.T if picked.ndim == 2 else np.moveaxis(picked, 0, -1)


def cast(params: Tree, dtype: str) -> Tree:
    return {row: {s: np.asarray(W, dtype) for s, W in named.items()} for row, named in params.items()}


def quiet() -> np.errstate:
    """Overflow in a formula that has the right limit (e^1000 in a sigmoid) is no news; J is checked instead."""
    return np.errstate(all="ignore")


@cache
def _pools() -> ThreadpoolController:
    return ThreadpoolController()


def work(params: Tree, m: int) -> int:
    """About how many floating-point operations one step on m examples takes: three products per weight."""
    return 6 * m * sum(W.size for named in params.values() for W in named.values())


def threads(operations: int) -> Any:
    """One thread for small steps: that is faster, and does not collapse when the machine is shared."""
    return _pools().limit(limits=1, user_api="blas") if operations < 30e6 else nullcontext()
