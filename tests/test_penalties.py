"""Penalties: their slopes, their known digits, and whom they spare."""

from __future__ import annotations

import copy

import numpy as np
import pytest

from tests.cases import PENALTIES, machine, numbers, slopes, tree
from workings.penalties import L1, L2, cost, penalized, steepen
from workings.scan import tree_map

W = [[1.0, -2.0], [0.0, 3.0]]
KNOWN = {  # penalty: λ = 1/2 of W above, what it costs and what it adds to the slope
    "l1": (L1(0.5), 0.5 * 6, [[0.5, -0.5], [0, 0.5]]),
    "l2": (L2(0.5), 0.25 * 14, [[0.5, -1], [0, 1.5]]),
}


@pytest.mark.parametrize(("penalty", "value", "slope"), KNOWN.values(), ids=KNOWN)
def test_known_digits(penalty, value, slope):
    assert penalty.forward(np, np.array(W)) == value
    np.testing.assert_array_equal(penalty.backward(np, np.array(W)), slope)


@pytest.mark.parametrize("penalty", PENALTIES.values(), ids=PENALTIES)
def test_backward_is_the_gradient_of_forward(penalty):
    W = numbers(np.random.default_rng(0), (3, 4))
    before = W.copy()
    dW = penalty.backward(np, W)
    np.testing.assert_array_equal(W, before)
    np.testing.assert_allclose(dW, slopes(lambda: penalty.forward(np, W), W), atol=1e-6, rtol=0)


@pytest.mark.parametrize("name", ["jax", "strict", "paper"])
@pytest.mark.parametrize("penalty", PENALTIES.values(), ids=PENALTIES)
def test_every_machine_gets_the_same_answer(penalty, name):
    xp, W = machine(name), numbers(np.random.default_rng(0), (3, 4))
    for ask in (penalty.forward, penalty.backward):
        got = np.asarray(ask(xp, xp.asarray(W))).astype(float)
        np.testing.assert_allclose(got, ask(np, W), atol=1e-9, rtol=0)


@pytest.mark.parametrize("penalty", PENALTIES.values(), ids=PENALTIES)
def test_it_compiles_with_jax(penalty):
    jnp, jax = machine("jax"), pytest.importorskip("jax", reason="jax is not installed")
    W = numbers(np.random.default_rng(0), (3, 4))
    J, dW = jax.jit(lambda W: (penalty.forward(jnp, W), penalty.backward(jnp, W)))(W)
    np.testing.assert_allclose(J, penalty.forward(np, W), atol=1e-9, rtol=0)
    np.testing.assert_allclose(dW, penalty.backward(np, W), atol=1e-9, rtol=0)


@pytest.mark.parametrize("penalty", PENALTIES.values(), ids=PENALTIES)
def test_float32_stays_float32(penalty):
    W = np.ones((2, 3), np.float32)
    assert penalty.forward(np, W).dtype == penalty.backward(np, W).dtype == np.float32


def test_weights_pay_and_the_rest_go_free():
    paying = ["W", "Wq", "Waa"]
    free = ["b", "bf", "ba", "gamma", "beta"]
    assert [s for s in paying + free if penalized(s)] == paying


def test_all_penalties_of_all_weights_add_up():
    params = {"Z1": {"W": np.array(W), "b": np.array([[9.0]])}, "Z2": {"W": np.array([[2.0]])}}
    assert cost(np, (), params) == 0
    assert cost(np, (L2(0.5),), params) == 0.25 * (14 + 4)
    assert cost(np, (L1(0.5), L2(0.5)), params) == 0.5 * (6 + 2) + 0.25 * (14 + 4)


def test_steepen_adds_their_slopes():
    params = tree()
    grads = tree_map(lambda W: 10 * W, params)
    before = copy.deepcopy((params, grads))
    assert steepen(np, (), params, grads) is grads
    got = steepen(np, (L1(0.3), L2(0.5)), params, grads)
    np.testing.assert_equal((params, grads), before)
    assert got.keys() == params.keys()
    for row in params:
        np.testing.assert_allclose(got[row]["W"], 10.5 * params[row]["W"] + 0.3 * np.sign(params[row]["W"]))
        np.testing.assert_array_equal(got[row]["b"], grads[row]["b"])
