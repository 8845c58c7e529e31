"""Native: the kernel for dense networks on the CPU, written in C++ (backends/kernel), float32, whole epochs at once.

What it computes is what the NumPy backend computes, dropout's random cells included; tests hold the two together.
Python's lock is free while it runs, so that several networks can be trained in several threads.
"""

from __future__ import annotations

import ctypes
from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

import numpy as np

from workings.backends.native import library, recognize
from workings.backends.native.library import LayerTask, Task
from workings.backends.numpy import gathered
from workings.backends.plan import Diverged, Plan, State, Tally, Until
from workings.contract import Array, Tree

name, pace = "native", 30

THREADS_FROM = 25e6  # floating-point operations per step; below, threads wait for each other longer than they work


def available() -> str | None:
    """None, or why the kernel cannot be used on this machine."""
    try:
        if not library.kernels():
            return "this processor is older than x86-64-v2 (SSE4.2)"
    except library.Unavailable as why:
        return str(why)
    return None


def supports(plan: Plan) -> str | None:
    """None, or what in this plan the kernel does not know."""
    try:
        recognize.described(plan)
    except recognize.Unsupported as why:
        return str(why)
    return None


def instruction_sets() -> list[str]:
    """Those that this machine can run, best first."""
    return list(library.kernels())


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
    *,
    instructions: str | None = None,
    threads: int | None = None,
) -> tuple[State, Tally]:
    """One step for every batch of `order`, as the NumPy backend would make them.

    X: float32, float64 or uint8, one example after the other (of anything else the rows needed are copied).
    Y: rows, or whole numbers (M,): the index of each example's class.  weights: (M,), or none.
    `instructions`: one of `instruction_sets()` instead of the best; `threads`: instead of what the work is worth.
    """
    if not len(order):
        return state, Tally()
    chain, _ = recognize.described(plan)
    ordered = np.ascontiguousarray(order, np.int32)
    X, Y, order = readable(X, Y, ordered, chain.rows[0].n_in, chain.rows[-1].n_out)
    if weights is not None and order is not ordered:
        weights = weights[ordered]
    given = (plan, state, X, Y, batch_size, rng, weights)
    training = Training(*given, instructions=instructions, threads=threads)
    (tally,) = training.go(order[None], [alpha])
    return training.state, tally


class Epochs:
    """Some epochs in one call, as often as wanted: what as many calls of `run` make."""

    def __init__(
        self, plan: Plan, state: State, X: Array, Y: Array, batch_size: int, rng: Any, weights: Array | None
    ):
        chain, _ = recognize.described(plan)
        X, Y, _ = readable(X, Y, np.arange(len(X), dtype=np.int32), chain.rows[0].n_in, chain.rows[-1].n_out)
        self._training = Training(plan, state, X, Y, batch_size, rng, weights)

    def __call__(self, orders: Array, alphas: Sequence[float], until: Until | None = None) -> list[Tally]:
        """What each epoch said, in the `orders` (E, m), at its own rate; of fewer epochs, if `until` says so."""
        task = self._training.task
        if until and self._shared:
            orders = orders[: until.patience - until.without + 1]
        elif until:
            set_fields(task, {**asdict(until), "patience": min(until.patience, LARGEST)})
        try:
            return self._training.go(np.ascontiguousarray(orders, np.int32), alphas)
        finally:
            task.patience = NEVER

    @property
    def _shared(self) -> bool:
        """Whether threads share the panels of a layer: then each has a part of the loss, and none sees an end."""
        task = self._training.task
        return task.threads > 1 and library.load().workings_slices(task) == 1

    @property
    def state(self) -> State:
        """As it is now, in arrays of its own."""
        now = self._training.state
        return State(
            copied(now.params),
            now.memory,
            {s: copied(x) if isinstance(x, dict) else x for s, x in now.optimizer.items()},
        )


class Training:
    """A plan, its data and its state as the kernel has them; the state changes in place, call after call."""

    def __init__(
        self,
        plan: Plan,
        state: State,
        X: np.ndarray,
        Y: np.ndarray,
        batch_size: int,
        rng: Any,
        weights: Array | None,
        *,
        instructions: str | None = None,
        threads: int | None = None,
    ):
        chain, fields = recognize.described(plan)
        if batch_size < 1:
            raise ValueError(f"a batch has at least one example, not {batch_size}")
        kernels = library.kernels()
        self.kernel = kernels[instructions] if instructions else next(iter(kernels.values()))
        memories = {symbol: copied(state.optimizer[symbol]) for symbol in plan.optimizer.remembers}
        self.state = State(copied(state.params), state.memory, {"t": state.optimizer["t"], **memories})
        self.task = task = Task(layers=layer_tasks(chain, self.state.params, [*memories.values()]))
        set_fields(task, fields)
        if weights is not None:
            weights = np.ascontiguousarray(weights, np.float32)
        self.data = X, Y, weights  # as long as the kernel reads them
        task.X, task.numbers, task.rows = address(X), NUMBERS[X.dtype], len(X)
        task.labels, task.Y = (address(Y), None) if Y.ndim == 1 else (None, address(Y))
        task.weights = None if weights is None else address(weights)
        task.batch_size, task.patience = min(batch_size, LARGEST), NEVER
        squares = task.metric == recognize.SQUARED_DISTANCE  # the kernel's are summed over the outputs, not averaged
        self.counted = chain.rows[-1].n_out if squares else 1
        task.threads = threads or threads_for(chain, task)
        self.rng = rng if chain.input_rate or any(row.rate for row in chain.rows) else None

    def go(self, orders: np.ndarray, alphas: Sequence[float]) -> list[Tally]:
        """Epochs of one step for every batch of their order, `orders` (E, m) of int32: what each of them said."""
        task, (E, m), rates = self.task, orders.shape, np.array(alphas, np.float32)
        scores, per_epoch = np.zeros((task.threads, E, 2)), -(-m // task.batch_size)
        task.alphas, task.t, task.epochs = address(rates), float(self.state.optimizer["t"]), address(scores)
        task.order, task.examples, task.per_epoch = address(orders), orders.size, m
        if self.rng is not None:
            task.random[:] = random_words(self.rng)
        outcome = library.load().workings_train(task, self.kernel)
        if outcome in REFUSED:
            kind, said = REFUSED[outcome]
            raise kind(said)
        if self.rng is not None:
            advance(self.rng, task.random)
        optimizer = {**self.state.optimizer, "t": self.state.optimizer["t"] + task.steps}
        self.state = State(self.state.params, self.state.memory, optimizer)
        sums = scores[: task.threads, : task.steps // per_epoch].sum(axis=0) / [1, self.counted]
        tallies = [Tally(m, loss, metric, per_epoch) for loss, metric in sums.tolist()]
        if outcome == library.DIVERGED:
            raise Diverged(task.steps, task.last_loss, self.state, tallies)
        return tallies


LARGEST = 2**31 - 1  # of 32 bits
NEVER = -1  # in place of patience
NUMBERS = {
    np.dtype(np.float32): library.FLOAT32,
    np.dtype(np.float64): library.FLOAT64,
    np.dtype(np.uint8): library.UINT8,
}
REFUSED = {
    library.NO_MEMORY: (MemoryError, "there is not enough memory for one batch of this network"),
    library.BAD_ORDER: (IndexError, "the order of the examples names one that is not among the rows of X"),
    library.BAD_LABEL: (IndexError, "a label is not among the outputs of the network"),
    library.WRONG_MACHINE: (RuntimeError, "this machine does not have these instructions"),
}


def layer_tasks(chain: recognize.Chain, params: Tree, memories: list[Tree]) -> Any:
    """The layers as the kernel wants them: sizes, options, and where their arrays stand."""
    layers = (LayerTask * len(chain.rows))()
    for layer, row in zip(layers, chain.rows, strict=True):
        layer.n_in, layer.n_out, layer.rate = row.n_in, row.n_out, row.rate
        set_fields(layer, recognize.activation(row))
        layer.W, layer.b = address(params[row.name]["W"]), address(params[row.name]["b"])
        for i, memory in enumerate(memories):
            layer.W_memory[i] = address(memory[row.name]["W"])
            layer.b_memory[i] = address(memory[row.name]["b"])
    return layers


def readable(X: Array, Y: Array, order: np.ndarray, n: int, k: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """X (m, n), Y (m, k) or labels (m,), and the order, as the kernel can read them: themselves, if it can.

    What it cannot read is copied, but only the rows that the order names.
    """
    X, Y, m = np.asarray(X), np.asarray(Y), len(X)
    labels = Y.ndim == 1 and Y.dtype.kind in "iu" and k > 1
    shape = (m,) if labels else (m, k)
    if Y.shape != shape:
        raise ValueError(f"Y has the shape {Y.shape}, and for X with {m} rows the network wants {shape}")
    if not (X.flags.c_contiguous and X.dtype in NUMBERS):
        X, Y = X[order], Y[order]
        X = np.ascontiguousarray(X, X.dtype if X.dtype in NUMBERS else np.float32)
        order = np.arange(len(order), dtype=np.int32)
    dtype = np.int32 if labels else np.float32
    if not (Y.flags.c_contiguous and Y.dtype == dtype):
        picked = np.empty(Y.shape, dtype)
        picked[order] = Y[order] if labels else gathered(Y, order, "float32").T
        Y = picked
    return X.reshape(len(X), n), Y, order


def copied(tree: Tree) -> dict[str, dict[str, np.ndarray]]:
    """A tree of new float32 arrays, for the kernel to change."""
    return {row: {s: np.array(W, np.float32, order="C") for s, W in named.items()} for row, named in tree.items()}


def address(array: np.ndarray) -> int:
    return array.__array_interface__["data"][0]  # a third of the time of array.ctypes.data


def set_fields(structure: ctypes.Structure, fields: dict[str, Any]) -> None:
    for field, value in fields.items():
        setattr(structure, field, value)


def threads_for(chain: recognize.Chain, task: Task) -> int:
    """1 for small steps, else as many as have work, of the processors that this process may use."""
    slices = library.load().workings_slices(task)
    if slices > 1:
        return min(slices, library.processors())
    first = chain.rows[0].n_in * chain.rows[0].n_out
    operations = (6 * chain.weights - 2 * first) * min(task.batch_size, task.rows)  # 2 for each product
    return 1 if operations < THREADS_FROM else library.processors()


def random_words(rng: Any) -> tuple[int, int, int, int]:
    """State and increment of NumPy's PCG64, in halves of 64 bits."""
    told = rng.bit_generator.state
    if told["bit_generator"] != "PCG64":
        kind = told["bit_generator"]
        raise ValueError(f"the kernel's dropout continues NumPy's PCG64, not {kind}: use np.random.default_rng(seed)")
    words = []
    for number in (told["state"]["state"], told["state"]["inc"]):
        words += [number >> 64, number & (1 << 64) - 1]
    return tuple(words)


def advance(rng: Any, words: Any) -> None:
    """Put the generator where the kernel left it."""
    told = rng.bit_generator.state
    told["state"]["state"] = (words[0] << 64) + words[1]
    rng.bit_generator.state = told
