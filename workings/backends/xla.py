"""XLA: the same layers, compiled by JAX; every kind of network, on the CPU or a GPU.

A whole stretch of batches is one compiled loop: gather, forward, backward, update, with the data on the device.  It
is compiled once for a plan and a batch size; how long the stretch is, and the learning rate, are only numbers to it.

Dropout's masks are drawn by JAX, from the plan's seed and the step's number: not NumPy's digits, but the same at
every run, however the epoch was cut.
"""

from __future__ import annotations

import os
import re
import sys
import weakref
from dataclasses import dataclass
from functools import cache, lru_cache, partial
from importlib import import_module
from importlib.util import find_spec
from math import isfinite
from typing import Any

import numpy as np

from workings.backends.numpy import work
from workings.backends.plan import Diverged, Plan, State, Tally
from workings.contract import Array, Named, Namespace, Shape, Tree
from workings.layers import Convolution
from workings.losses import charged
from workings.network import Network
from workings.penalties import cost, of_batch, steepen

name, pace = "xla", 4

LEAST = (0, 4, 32)  # of JAX
CURE = "pip install -U 'workings[xla]'"

STRETCH = 1024  # batches in one call of the compiled loop
ROOM = 0.5  # the share of a device's memory that the data may take
SMALL = 10e6  # operations per step below which one thread is faster


def available() -> str | None:
    """None, or why not: JAX is not there, too old, or does not load."""
    if not find_spec("jax"):
        return f"JAX is not installed: {CURE}"
    return _amiss()[0]


@cache
def _amiss() -> tuple[str | None, bool]:
    """What is wrong with the JAX that is installed, and whether somebody else had imported it before."""
    theirs = "jax" in sys.modules
    try:
        jax = import_module("jax")
        found = tuple(int(digits) for digits in re.findall(r"\d+", jax.__version__)[:3])
    except Exception as error:  # whatever a damaged installation raises
        said = (str(error).splitlines() or [""])[0]
        return f"JAX is installed, but it does not load ({type(error).__name__}: {said}): {CURE}", theirs
    if found < LEAST:
        return f"JAX {jax.__version__} is older than {'.'.join(map(str, LEAST))}: {CURE}", theirs
    return None, theirs


def supports(plan: Plan) -> str | None:
    """Every plan."""
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
    jax = _jax(work(state.params, batch_size))
    tally = Tally()
    with precision(jax, plan.dtype):
        arrays = jax.device_put((state.params, state.memory, {**state.optimizer, "t": float(state.optimizer["t"])}))
        for start in range(0, len(order), STRETCH * batch_size):
            part = order[start : start + STRETCH * batch_size]
            whole = len(part) // batch_size
            for rows, size in ((part[: whole * batch_size], batch_size), (part[whole * batch_size :], None)):
                if len(rows):
                    arrays, seen = _stretch(jax, plan, arrays, X, (Y, weights), rows, size or len(rows), alpha)
                    if not isfinite(seen.loss):
                        raise Diverged(tally.steps + seen.steps, seen.loss, _state(arrays))
                    tally += seen
    return _state(arrays), tally


def _stretch(jax: Any, plan: Plan, arrays: Any, X: Array, wanted: Any, rows: Array, size: int, alpha: float) -> Any:
    """Whole batches of one size, in one compiled loop; `wanted` are Y and the weights, or None."""
    steps, room = len(rows) // size, (STRETCH if len(rows) > size else 1) * size
    x, on_device = _on_device(jax, X)
    if on_device:
        wanted = tuple(part if part is None else _on_device(jax, part)[0] for part in wanted)
        places = np.zeros(room, np.int32)
        places[: len(rows)] = rows
    else:  # the rows that are needed, in the order in which they are
        x, wanted = _filled(X, rows, room), tuple(p if p is None else _filled(p, rows, room) for p in wanted)
        places = np.arange(room, dtype=np.int32)
    given = (x, wanted, places, np.int32(steps), np.asarray(alpha, plan.dtype))
    made, (done, loss, hits, last) = _compiled(plan, size)(arrays, *given)
    if not isfinite(float(loss)):  # once more, with an eye on every step
        made, (done, loss, hits, last) = _compiled(plan, size, careful=True)(arrays, *given)
    return made, Tally(
        int(done) * size, float(loss) if isfinite(float(last)) else float(last), float(hits), int(done)
    )


@lru_cache(maxsize=64)
def _compiled(plan: Plan, size: int, careful: bool = False) -> Any:
    """The loop over batches, as one function that XLA compiles at its first call.

    A `careful` loop ends with the state before the first step whose J is no longer a number.
    """
    import jax
    from jax import lax
    from jax import numpy as jnp

    network = suited(plan.network, jax.default_backend())
    started = jax.random.key(plan.seed)

    def one(i, arrays, x, wanted, places, alpha):
        params, memory, known = arrays
        y, weights = wanted
        batch = lax.dynamic_slice(places, (i * size,), (size,))
        A, target = (jnp.moveaxis(_cells(jnp, part[batch], plan.dtype), 0, -1) for part in (x, y))
        givens = _noise(jax, network, plan, jax.random.fold_in(started, known["t"].astype(jnp.int32)), size)
        wires, caches = network.forward(jnp, params, A, givens)
        out = wires[network.output]
        w = None if weights is None else weights[batch][None].astype(plan.dtype)
        J, dA = charged(jnp, plan.loss, out, target, w)
        _, grads = network.backward(jnp, params, caches, dA)
        total = size if w is None else jnp.sum(w)
        penalties = of_batch(plan.penalties, jnp.where(total > 0, total, jnp.inf))
        grads = steepen(jnp, penalties, params, grads)
        J = J + cost(jnp, penalties, params)
        right = plan.metric.per_example(jnp, out, target)
        hits = jnp.sum(right if w is None else w[0] * right)
        params, known = plan.optimizer.update(jnp, params, grads, known, alpha)
        return (params, network.remember(memory, caches), known), J, hits

    def loop(arrays, x, wanted, places, steps, alpha):
        def go_on(carry):
            i, _, _, _, last = carry
            return (i < steps) & jnp.isfinite(last) if careful else i < steps

        def step(carry):
            i, arrays, loss, hits, _ = carry
            made, J, right = one(i, arrays, x, wanted, places, alpha)
            if not careful:
                return i + 1, made, loss + J * size, hits + right, J
            good = jnp.isfinite(J)
            arrays = jax.tree.map(lambda new, old: jnp.where(good, new, old), made, arrays)
            return i + good, arrays, loss + jnp.where(good, J * size, 0), hits + jnp.where(good, right, 0), J

        zero = jnp.zeros((), plan.dtype)
        i, arrays, loss, hits, last = lax.while_loop(go_on, step, (jnp.int32(0), arrays, zero, zero, zero))
        return arrays, (i, loss, hits, last)

    return jax.jit(loop)


def _noise(jax: Any, network: Network, plan: Plan, key: Any, m: int) -> Tree:
    """Random givens, drawn by JAX as `Network.noise` draws them with NumPy."""
    return network.noise(_Draw(jax, key, plan.dtype), plan.shape, m)


class _Draw:
    """What a layer asks of a generator, answered by JAX; every draw has a key of its own."""

    def __init__(self, jax: Any, key: Any, dtype: str):
        self.jax, self.key, self.dtype = jax, key, dtype

    def random(self, shape: tuple[int, ...]) -> Array:
        self.key, now = self.jax.random.split(self.key)
        return self.jax.random.uniform(now, shape, self.dtype)


def _cells(jnp: Any, cells: Array, dtype: str) -> Array:
    """Pixels 0…255 as 0…1, floats in the plan's precision, words as they are."""
    if cells.dtype == np.uint8:
        return cells.astype(dtype) * np.asarray(1 / 255, dtype)
    return cells.astype(dtype) if cells.dtype.kind == "f" else cells


# ---------------------------------------------------------------------- machine-specific replacements


@dataclass(frozen=True)
class FusedConvolution:
    """The same convolution by XLA's own operation, which a GPU does several times faster than patches."""

    n_out: int
    k: int
    padding: int = 0
    initializer: str = "he"

    def out_shape(self, shape: Shape) -> Shape:
        return Convolution(**vars(self)).out_shape(shape)

    def forward(self, xp: Namespace, X: Array, *, W: Array, b: Array) -> tuple[Array, Named]:
        Z = self._slide(X, W) + b[:, :, None, None]
        return Z, {"X": X}

    def backward(self, xp: Namespace, dY: Array, *, W: Array, b: Array, X: Array) -> tuple[Array, Named]:
        from jax import vjp

        m = dY.shape[-1]
        dX, dW = vjp(self._slide, X, W)[1](dY)
        db = xp.sum(dY, axis=(1, 2, 3))[:, None]
        return dX, {"W": dW / m, "b": db / m}

    def _slide(self, X: Array, W: Array) -> Array:
        from jax import lax
        from jax import numpy as jnp

        kernel = jnp.reshape(W, (self.n_out, self.k, self.k, X.shape[0]))
        edge = [(self.padding, self.padding)] * 2
        return lax.conv_general_dilated(X, kernel, (1, 1), edge, dimension_numbers=("CHWN", "OHWI", "CHWN"))


REPLACED_ON_GPU: dict[type, type] = {Convolution: FusedConvolution}


def suited(network: Network, device: str) -> Network:
    """The network with the layers that this device has better operations for replaced."""
    if device == "cpu":
        return network

    def layer(found: Any) -> Any:
        kind = REPLACED_ON_GPU.get(type(found))
        return kind(**vars(found)) if kind else found

    return Network({row: (layer(found), *reads) for row, found, reads in network.rows})


# ---------------------------------------------------------------------- the device


def _jax(operations: float) -> Any:
    """JAX, with one thread if nobody else has started it yet and the steps are small."""
    _, theirs = _amiss()
    if not theirs and operations < SMALL:
        os.environ.setdefault("NPROC", "1")  # read at JAX's first computation
    return import_module("jax")


def precision(jax: Any, dtype: str) -> Any:
    """Within it, JAX computes in this dtype: float64 is its extra, and never given silently."""
    import jax.experimental

    home: Any = jax if hasattr(jax, "enable_x64") else jax.experimental
    return home.enable_x64(dtype == "float64")


_kept: dict[int, tuple[Any, Any]] = {}


def _on_device(jax: Any, X: Array) -> tuple[Any, bool]:
    """X on the device, put there once; or X itself and False, if it would not fit."""
    if X.nbytes > ROOM * _memory(jax):
        return X, False
    if (found := _kept.get(id(X))) is None:
        forget = partial(_kept.pop, id(X), None)
        kept = weakref.ref(X, lambda _: forget()) if isinstance(X, np.ndarray) else X
        found = _kept[id(X)] = (kept, jax.device_put(np.ascontiguousarray(X)))
    return found[1], True


def _memory(jax: Any) -> float:
    """Bytes that the device has."""
    told = jax.devices()[0].memory_stats() or {}
    if "bytes_limit" in told:
        return told["bytes_limit"]
    return os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") if hasattr(os, "sysconf") else 8e9


def _filled(X: Array, rows: Array, room: int) -> np.ndarray:
    """These rows, and zeros up to `room`, so that the shape compiled for stays the same."""
    part = np.zeros((room, *X.shape[1:]), X.dtype)
    part[: len(rows)] = X[rows]
    return part


def _state(arrays: Any) -> State:
    params, memory, known = ({k: _numpy(v) for k, v in tree.items()} for tree in arrays)
    return State(params, memory, known | {"t": float(known["t"])})


def _numpy(tree: Any) -> Any:
    return {k: _numpy(v) for k, v in tree.items()} if isinstance(tree, dict) else np.asarray(tree)
