"""Gradients of every formula at every size and layout (G8), and what they are at a kink (G10).

The everyday count is 20 Hypothesis cases a formula.  The full count of reliability.md, 200:

    WORKINGS_FULL=1 python -m pytest tests/test_gradients.py
"""

from __future__ import annotations

from functools import partial

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.cases import FULL, LAYERS, LOSSES, PENALTIES, draw, draw_loss, machine, numbers, slopes, there_and_back
from workings.layers import Embedding, LeakyRelu, MaxPool, Relu
from workings.losses import SquaredError
from workings.penalties import L1

CASES = 200 if FULL else 20
SIZE = st.integers(1, 3)


def every_other(x):
    """The same numbers with a gap after each, along every axis."""
    wide = np.full([2 * n for n in x.shape], 99, x.dtype)
    wide[tuple(slice(None, None, 2) for _ in x.shape)] = x
    return wide[tuple(slice(None, None, 2) for _ in x.shape)]


LAYOUTS = {
    "as it is": lambda x: x,
    "Fortran order": np.asfortranarray,
    "negative strides": lambda x: np.flip(np.flip(x).copy()),
    "not contiguous": every_other,
}
LAYOUT = st.sampled_from(list(LAYOUTS)).map(LAYOUTS.get)

close = partial(np.testing.assert_allclose, atol=1e-5, rtol=1e-3)  # of torch.autograd.gradcheck
slopes = partial(slopes, h=1e-6)


@pytest.mark.parametrize("name", LAYERS)
@settings(max_examples=CASES)
@given(a=SIZE, b=SIZE, c=SIZE, m=SIZE, seed=st.integers(0, 2**32 - 1), layout=LAYOUT)
def test_layers_at_every_size_and_layout(name, a, b, c, m, seed, layout):
    layer, params, givens, into, dout = draw(LAYERS[name](a, b, c), m, seed)
    plain = there_and_back(np, layer, params, givens, into, dout)
    params, givens = ({k: layout(v) for k, v in named.items()} for named in (params, givens))
    into, dout = list(map(layout, into)), layout(dout)

    def J():
        return np.sum(dout * layer.forward(np, *into, **params, **givens)[0]) / m

    got = there_and_back(np, layer, params, givens, into, dout)
    for k, value in plain.items():
        np.testing.assert_allclose(got[k], value, rtol=1e-12, atol=1e-12, err_msg=k)
    np.testing.assert_equal(there_and_back(np, layer, params, givens, into, dout), got)
    for i, A in enumerate(into):
        close(got[f"d{i}"], np.zeros(A.shape) if isinstance(layer, Embedding) else m * slopes(J, A))
    for k, W in params.items():
        close(got[f"d{k}"], slopes(J, W), err_msg=k)


@pytest.mark.parametrize("name", LOSSES)
@settings(max_examples=CASES)
@given(shape=st.lists(SIZE, min_size=2, max_size=3).map(tuple), seed=st.integers(0, 2**32 - 1), layout=LAYOUT)
def test_losses_at_every_size_and_layout(name, shape, seed, layout):
    loss, A, Y = draw_loss(LOSSES[name], shape, seed)
    A, Y = layout(A), layout(Y)
    J = lambda: loss.forward(np, A, Y)[0]
    dA = loss.backward(np, **loss.forward(np, A, Y)[1])
    np.testing.assert_array_equal(loss.backward(np, **loss.forward(np, A, Y)[1]), dA)
    close(dA, shape[-1] * slopes(J, A))


@pytest.mark.parametrize("name", PENALTIES)
@settings(max_examples=CASES)
@given(shape=st.tuples(SIZE, SIZE), seed=st.integers(0, 2**32 - 1), layout=LAYOUT)
def test_penalties_at_every_size_and_layout(name, shape, seed, layout):
    penalty, W = PENALTIES[name], layout(numbers(np.random.default_rng(seed), shape))
    close(penalty.backward(np, W), slopes(lambda: penalty.forward(np, W), W))


# ─── kinks: the slope that is stated, on every machine (ink reads the same lines) ───

KINKED = {  # layer, what it reads, what flows back when 6 flows in everywhere
    "relu at 0": (Relu(), [[-0.0, 0.0, 5e-324]], [[0, 0, 6]]),
    "leaky relu at 0": (LeakyRelu(0.5), [[-0.0, 0.0, 5e-324]], [[3, 3, 6]]),
    "max pool, all alike": (MaxPool(2), np.ones((1, 2, 2, 1)), np.array([6, 0, 0, 0]).reshape(1, 2, 2, 1)),
    "max pool, in reading order": (
        MaxPool(2),
        np.array([0, 7, 7, 1]).reshape(1, 2, 2, 1),
        np.array([0, 6, 0, 0]).reshape(1, 2, 2, 1),
    ),
    "max pool, below after above": (
        MaxPool(2),
        np.array([0, 1, 7, 7]).reshape(1, 2, 2, 1),
        np.array([0, 0, 6, 0]).reshape(1, 2, 2, 1),
    ),
    "max pool, zeros of both signs": (
        MaxPool(2),
        np.array([-0.0, 0.0, -0.0, 0.0]).reshape(1, 2, 2, 1),
        np.array([6, 0, 0, 0]).reshape(1, 2, 2, 1),
    ),
}


@pytest.mark.parametrize("name", ["numpy", "strict", "jax", "paper"])
@pytest.mark.parametrize(("layer", "at", "want"), KINKED.values(), ids=KINKED)
def test_the_slope_at_a_kink_is_the_stated_one(layer, at, want, name):
    if name == "jax" and np.any(np.asarray(at) == 5e-324):
        at = np.where(np.asarray(at) == 5e-324, 1e-300, at)  # XLA takes numbers too small to be normal for 0
    xp, at = machine(name), np.asarray(at, float)
    out, cache = layer.forward(xp, xp.asarray(at))
    dX, _ = layer.backward(xp, xp.asarray(np.full(out.shape, 6.0)), **cache)
    np.testing.assert_array_equal(np.asarray(dX).astype(float), want)


@pytest.mark.parametrize("name", ["numpy", "strict", "jax", "paper"])
def test_the_slope_of_l1_at_0_is_0(name):
    xp = machine(name)
    dW = L1(0.5).backward(xp, xp.asarray(np.array([[-0.0, 0.0, 1e-300, -1e-300]])))
    np.testing.assert_array_equal(np.asarray(dW).astype(float), [[0, 0, 0.5, -0.5]])


def test_squared_error_at_its_foot_is_flat():
    A = np.array([[0.0, 2.0]])
    assert not SquaredError().backward(np, A=A, Y=A).any()
