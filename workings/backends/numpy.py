"""NumPy: the reference.  Nothing to install, and every line can be stepped through."""

from __future__ import annotations

import math
from contextlib import nullcontext
from functools import cache
from types import SimpleNamespace
from typing import Any

import numpy as np
from threadpoolctl import ThreadpoolController

from workings.backends.plan import Diverged, Plan, State, Tally
from workings.contract import Array, Tree
from workings.layers import Dense
from workings.losses import charged
from workings.network import Network
from workings.optimizers import OPTIMIZERS
from workings.penalties import cost, of_batch, steepen

name, pace = "numpy", 1

THREADS_FROM = 300e6  # floating-point operations per step; below, sharing the machine costs more than threads gain


def where(condition: Any, x: Any, y: Any) -> Array:
    """np.where, to the bit; of two float arrays by their bits: a jump at every cell is guessed wrong half the time.

    >>> where(np.array([True, False]), np.array([1.0, 2.0]), np.array([np.nan, -0.0])).tolist()
    [1.0, -0.0]
    """
    alike = np.shape(condition) == np.shape(x) == np.shape(y) and np.size(x)
    if not (alike and np.ndim(x) and x.dtype == y.dtype and x.dtype in WORDS and condition.dtype == bool):
        return np.where(condition, x, y)
    word = WORDS[x.dtype]
    ours, theirs = x.view(word), y.view(word)
    chosen = condition.astype(word)
    np.negative(chosen, out=chosen)  # all bits, or none
    if any(y.strides) or theirs.flat[0]:
        chosen &= ours ^ theirs
        chosen ^= theirs
    else:  # zeros_like
        chosen &= ours
    return chosen.view(x.dtype)


def zeros_like(x: Array) -> Array:
    """np.zeros_like, to be read only: one 0 that stands in every cell."""
    return np.ndarray(x.shape, x.dtype, np.zeros((), x.dtype), 0, (0,) * x.ndim)


def total(x: Array, *, axis: Any = None, dtype: Any = None, keepdims: bool = False) -> Array:
    """np.sum without the layers round it, which take longer than a short sum."""
    return np.add.reduce(x, axis=axis, dtype=dtype, keepdims=keepdims)


WORDS = {np.dtype(np.float32): np.int32, np.dtype(np.float64): np.int64}
OURS = {"where": where, "zeros_like": zeros_like, "sum": total}
quick = SimpleNamespace(**vars(np) | OURS)  # the namespace of this reading


def available() -> str | None:
    """NumPy is always there."""
    return None


def supports(plan: Plan) -> str | None:
    """And computes every formula."""
    return None


def run(
    plan: Plan,
    state: State,
    X: Array,
    Y: Array,
    order: Array,
    batch_size: int,
    alpha: float,
    rng: Any,
    weights: Array | None = None,
) -> tuple[State, Tally]:
    """One step for every batch of `order`."""
    loss, outputs = 0.0, []
    desk = Desk(plan, state)
    with quiet(), threads(work(state.params, batch_size)):
        for start in range(0, len(order), batch_size):
            batch = order[start : start + batch_size]
            A, target = gathered(X, batch, plan.dtype), gathered(Y, batch, plan.dtype)
            givens = plan.network.noise(rng, plan.shape, len(batch))
            w = None if weights is None else weights[batch][None].astype(plan.dtype, copy=False)
            J, output, grads, memory = slopes(plan, desk.params, desk.memory, A, target, givens, w)
            if not math.isfinite(J):
                raise Diverged(len(outputs), J, desk.state())
            desk.update(grads, alpha)
            desk.memory = memory
            loss += J * len(batch)
            outputs.append(output)
        said, wanted = np.concatenate(outputs, axis=-1), gathered(Y, order, plan.dtype)
        right = plan.metric.per_example(quick, said, wanted)
        hits = float(np.sum(right if weights is None else weights[order] * right))
    return desk.state(), Tally(len(order), loss, hits, len(outputs))


def slopes(
    plan: Plan, params: Tree, memory: Tree, X: Array, Y: Array, givens: Tree, w: Array | None = None
) -> tuple[float, Array, Tree, Tree]:
    """J of one batch, what the network said, the gradients, and what batch norm remembers of it.

    w (1, m) are the weights of the examples.
    """
    wires, caches = plan.network.forward(quick, params, X, givens)
    A = wires[plan.network.output]
    J, dA = charged(quick, plan.loss, A, Y, w)
    _, grads = plan.network.backward(quick, blind(plan.network, params), caches, dA)
    if plan.penalties:
        penalties = of_batch(plan.penalties, A.shape[-1] if w is None else float(np.sum(w)) or math.inf)
        grads = steepen(quick, penalties, params, grads)
        J = J + cost(quick, penalties, params)
    return float(J), A, grads, plan.network.remember(memory, caches) if memory else memory


def blind(network: Network, params: Tree) -> Tree:
    """Parameters for a way back that ends at the first dense layer: dX = Wᵀ dZ, which nobody asks for, of no column.

    dW and db do not read W, and so stay what they are.
    """
    readers = [row for row in network.rows if "X" in row.reads]
    if not all(type(row.layer) is Dense for row in readers):
        return params
    return params | {row.name: params[row.name] | {"W": params[row.name]["W"][:, :0]} for row in readers}


class Desk:
    """The state while it changes: all parameters in one row, so that the optimizer's formula is read once a step.

    What the optimizers of this library do to a parameter they do to each of its cells alone, so cells may stand in
    any shape.  An optimizer of the user's own gets the tree as it is.
    """

    def __init__(self, plan: Plan, state: State):
        self.optimizer, self.dtype = plan.optimizer, plan.dtype
        self.params, self.memory, self.kept = state.params, state.memory, state.optimizer
        self.shapes = [(r, s, W.shape, W.size) for r, named in state.params.items() for s, W in named.items()]
        self.in_a_row = type(plan.optimizer) in {type(known) for known in OPTIMIZERS.values()}
        if self.in_a_row:
            self.row = self.joined(state.params)
            self.kept = {k: self.joined(x) if isinstance(x, dict) else x for k, x in state.optimizer.items()}

    def update(self, grads: Tree, alpha: float) -> None:
        """One step downhill."""
        if self.in_a_row:
            self.row, self.kept = self.optimizer.update(quick, self.row, self.joined(grads), self.kept, alpha)
            self.params = self.parted(self.row)
        else:
            params, self.kept = self.optimizer.update(quick, self.params, grads, self.kept, alpha)
            self.params = cast(params, self.dtype)

    def state(self) -> State:
        """As the tree it came as."""
        kept = self.kept
        if self.in_a_row:
            kept = {k: self.parted(x) if np.ndim(x) else x for k, x in kept.items()}
        return State(self.params, self.memory, kept)

    def joined(self, tree: Tree) -> Array:
        """Every cell of a tree, in one row."""
        return np.concatenate([tree[r][s].reshape(-1) for r, s, _, _ in self.shapes], dtype=self.dtype)

    def parted(self, row: Array) -> Tree:
        """And back, as views."""
        tree: dict[str, dict[str, Array]] = {}
        start = 0
        for r, s, shape, size in self.shapes:
            tree.setdefault(r, {})[s] = row[start : start + size].reshape(shape)
            start += size
        return tree


def forward(network: Network, params: Tree, memory: Tree, X: Array, dtype: str) -> dict[str, Array]:
    """Every wire for the examples in the rows of X, with memory and without noise."""
    with quiet(), threads(work(params, len(X))):
        return dict(network.forward(quick, params, gathered(X, slice(None), dtype), memory)[0])


def gathered(X: Array, rows: Any, dtype: str) -> Array:
    """Some rows of X, turned: the example becomes the last axis.  uint8 is a pixel, 0…255 as 0…1."""
    picked = X[rows]
    if picked.dtype == np.uint8:
        picked = np.multiply(picked, np.asarray(1 / 255, dtype=dtype), dtype=dtype)
    elif picked.dtype.kind == "f":
        picked = picked.astype(dtype, copy=False)
    return picked.T if picked.ndim == 2 else np.moveaxis(picked, 0, -1)


def cast(params: Tree, dtype: str) -> Tree:
    """Every array of a tree in this type."""
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
    """One thread for all but the largest steps: on a machine that is shared, more are several times slower.

    How busy the machine is must not be asked: with another number of threads BLAS adds up in another order.
    """
    return _pools().limit(limits=1, user_api="blas") if operations < THREADS_FROM else nullcontext()
