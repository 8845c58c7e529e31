"""NumPy and XLA agree, formula by formula and over training (G57), in the precision that was asked for (G58).

The everyday count is a sample.  All of reliability.md, 200 cases a formula and 50 networks for 100 steps:

    WORKINGS_FULL=1 python -m pytest tests/test_xla_parity.py
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

import workings as wk
from tests.cases import FULL, LAYERS, LOSSES, OPTIMIZERS, PENALTIES, draw, draw_loss, numbers, there_and_back, tree
from workings import backends
from workings.backends.plan import Plan, State
from workings.layers import Embedding
from workings.losses import SoftmaxCrossEntropy, SquaredError
from workings.metrics import Accuracy, RootMeanSquare

jax = pytest.importorskip("jax", reason="the xla backend needs JAX: pip install 'workings[xla]'")
from jax import numpy as jnp  # noqa: E402

xla, reference = backends.backend("xla"), backends.backend("numpy")

CASES, NETWORKS = (200, 50) if FULL else (1, 2)
PRECISIONS = {"float64": (1e-12, 1e-9), "float32": (1e-5, 1e-3)}  # of a formula; after 100 steps
each_precision = pytest.mark.parametrize("dtype", PRECISIONS)


def cast(found, dtype):
    """Floats of a tree in this precision; whole numbers stay."""
    if isinstance(found, dict):
        return {name: cast(part, dtype) for name, part in found.items()}
    found = np.asarray(found)
    return found.astype(dtype) if found.dtype.kind == "f" else found


def agree(got, want, dtype, close):
    """Relative to the largest cell of each array; in that precision and no other."""
    for name, value in want.items():
        if isinstance(value, dict):
            agree(got[name], value, dtype, close)
        elif value is not None:
            value, ours = np.asarray(value), np.asarray(got[name])
            assert ours.dtype in (dtype, value.dtype), name
            np.testing.assert_allclose(
                ours, value, rtol=close, atol=close * max(1, np.abs(value).max()), err_msg=name
            )


def sizes(seed):
    """Of one case: three sizes, and how many examples; ten cases share them, because XLA compiles for each."""
    return np.random.default_rng((seed // 10, 1)).integers(1, 4, 4)


@each_precision
@pytest.mark.parametrize("name", LAYERS)
def test_layers(name, dtype):
    for seed in range(CASES):
        if seed and seed % 10 == 0:
            jax.clear_caches()  # of the sizes before: thousands of compiled programs are more than a process may map
        a, b, c, m = (int(n) for n in sizes(seed))
        layer, params, givens, into, dout = draw(LAYERS[name](a, b, c), m, seed)
        params, givens, dout = cast(params, dtype), cast(givens, dtype), cast(dout, dtype)
        into = [cast(x, dtype) for x in into]
        want = there_and_back(np, layer, params, givens, into, dout)
        with xla.precision(jax, dtype):
            got = there_and_back(jnp, layer, params, givens, into, dout)
            got = {name: np.asarray(value) for name, value in got.items()}
        if isinstance(layer, Embedding):
            want.pop("d0"), got.pop("d0")  # nothing flows back into words
        agree(got, want, dtype, PRECISIONS[dtype][0])


@each_precision
@pytest.mark.parametrize("name", LOSSES)
def test_losses(name, dtype):
    for seed in range(CASES):
        a, _, _, m = (int(n) for n in sizes(seed))
        loss, A, Y = draw_loss(LOSSES[name], (a, m), seed)
        A, Y = cast(A, dtype), cast(Y, dtype)
        J, found = loss.forward(np, A, Y)
        with xla.precision(jax, dtype):
            ours, kept = loss.forward(jnp, jnp.asarray(A), jnp.asarray(Y))
            got = {"J": np.asarray(ours), "dA": np.asarray(loss.backward(jnp, **kept))}
        agree(got, {"J": J, "dA": loss.backward(np, **found)}, dtype, PRECISIONS[dtype][0])


@each_precision
@pytest.mark.parametrize("name", [*OPTIMIZERS, *PENALTIES])
def test_optimizers_and_penalties(name, dtype):
    params = cast(tree(), dtype)
    for seed in range(CASES):
        rng = np.random.default_rng(seed)
        grads = {row: {s: cast(numbers(rng, W.shape), dtype) for s, W in own.items()} for row, own in params.items()}
        with xla.precision(jax, dtype):
            ours = jax.tree.map(jnp.asarray, (params, grads))
            if name in PENALTIES:
                W = grads["Z1"]["W"]
                got = {"dW": np.asarray(PENALTIES[name].backward(jnp, ours[1]["Z1"]["W"]))}
                want = {"dW": PENALTIES[name].backward(np, W)}
            else:
                optimizer = OPTIMIZERS[name]
                want, _ = optimizer.update(np, params, grads, optimizer.init(params), 0.1)
                known = jax.tree.map(jnp.asarray, optimizer.init(params))
                got, _ = optimizer.update(jnp, *ours, known, jnp.asarray(0.1, dtype))
                got = jax.tree.map(np.asarray, got)
        agree(got, want, dtype, PRECISIONS[dtype][0])


def network(seed):
    """A network drawn by the seed, and 40 examples for it."""
    rng = np.random.default_rng(seed)
    bend = str(rng.choice(["sigmoid", "tanh", "gelu", "softplus", "relu"]))
    n, k = int(rng.integers(2, 6)), int(rng.integers(2, 5))
    bodies = {
        "dense": ((6,), [wk.Dense(n, bend)]),
        "deep": ((6,), [wk.Dense(n, bend), wk.BatchNorm(), wk.Dense(n, "tanh")]),
        "convolution": ((1, 6, 6), [wk.Convolution(2, 3, bend), wk.MaxPool(2), wk.Flatten()]),
        "rnn": ((3, 4), [wk.RNN(n)]),
        "gru": ((3, 4), [wk.GRU(n)]),
        "lstm": ((3, 4), [wk.LSTM(n)]),
        "attention": ((3, 4), [wk.Attention(n), wk.Flatten()]),
    }
    shape, body = bodies[list(bodies)[seed % len(bodies)]]
    classifies = bool(rng.integers(2))
    rows = wk.Model([*body, wk.Dense(k)]).network
    loss, metric = (SoftmaxCrossEntropy(), Accuracy()) if classifies else (SquaredError(), RootMeanSquare())
    optimizer = list(OPTIMIZERS.values())[int(rng.integers(len(OPTIMIZERS)))]
    plan = Plan(rows, loss, optimizer, metric, shape, dtype="float64")
    Y = np.eye(k)[rng.integers(k, size=40)] if classifies else rng.standard_normal((40, k))
    return plan, rng.standard_normal((40, *shape)), Y


@each_precision
@pytest.mark.parametrize("seed", range(NETWORKS))
def test_networks_over_a_hundred_steps(seed, dtype):
    plan, X, Y = network(seed)
    plan, X, Y = replace(plan, dtype=dtype), X.astype(dtype), Y.astype(dtype)
    params = cast(plan.network.init(np.random.default_rng(seed), plan.shape), dtype)
    start = State(params, cast(plan.network.memory(plan.shape), dtype), plan.optimizer.init(params))
    order = np.tile(np.arange(40), 25)
    (ours, said), (theirs, told) = (
        machine.run(plan, start, X, Y, order, 10, 0.01, np.random.default_rng(0)) for machine in (xla, reference)
    )
    assert said.steps == told.steps == 100
    agree(ours.params, theirs.params, dtype, PRECISIONS[dtype][1])
    agree(ours.memory, theirs.memory, dtype, PRECISIONS[dtype][1])
    assert said.loss == pytest.approx(told.loss, rel=PRECISIONS[dtype][1])


@each_precision
@pytest.mark.parametrize("seed", range(7))
def test_the_compiled_loop_knows_no_other_precision(seed, dtype):
    """What XLA is handed of a network of every kind: not one number of the other precision is in it."""
    plan, X, Y = network(seed)
    plan = replace(plan, dtype=dtype)
    params = cast(plan.network.init(np.random.default_rng(0), plan.shape), dtype)
    arrays = (params, cast(plan.network.memory(plan.shape), dtype), plan.optimizer.init(params) | {"t": 0.0})
    with xla.precision(jax, dtype):
        given = (
            X.astype(dtype),
            (Y.astype(dtype), None),
            np.zeros(20, np.int32),
            np.int32(2),
            np.asarray(0.1, dtype),
        )
        text = xla._compiled(plan, 10).lower(jax.device_put(arrays), *given).as_text()
    wanted, other = ("f64", "f32") if dtype == "float64" else ("f32", "f64")
    assert f"x{wanted}>" in text
    assert f"x{other}>" not in text
