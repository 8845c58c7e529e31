"""Optimizers: against a loop of a few lines, against PyTorch, and in known digits."""

from __future__ import annotations

import copy
from dataclasses import fields

import numpy as np
import pytest

from tests.cases import OPTIMIZERS, machine, tree
from workings.optimizers import DEFAULT_RATES, Adam, AdamW, GradientDescent, Momentum, Nesterov, RMSprop
from workings.optimizers import OPTIMIZERS as BY_NAME
from workings.scan import tree_map

each = pytest.mark.parametrize("optimizer", OPTIMIZERS.values(), ids=OPTIMIZERS)
ALPHAS = [0.1, 0.05] * 10


def slopes_of(params, scale=1.0):
    """Some gradients that change from step to step: those of Σ W⁴/4 - W."""
    return tree_map(lambda W: scale * (W**3 - 1), params)


def walk(xp, optimizer, params, alphas):
    """Where the optimizer is after one step for every α."""
    params = tree_map(xp.asarray, params)
    state = optimizer.init(params)
    for alpha in alphas:
        params, state = optimizer.update(xp, params, slopes_of(params, 0.1), state, alpha)
    return params, state


def same(got, want, **within):
    tree_map(lambda g, w: np.testing.assert_allclose(np.asarray(g).astype(float), w, **within), got, want)


# ── known digits: W = 1, α = 1/10, dW = 4 and then 2 ───

KNOWN = {
    "gradient descent": (GradientDescent(), [1 - 0.4, 0.6 - 0.2]),
    "momentum": (Momentum(mu=0.5), [1 - 0.4, 0.6 - 0.1 * (0.5 * 4 + 2)]),
    "averaged": (Momentum(mu=0.75, averaged=True), [1 - 0.1 * 1, 0.9 - 0.1 * (0.75 * 1 + 0.25 * 2)]),
    # S = 4, then 3/4 · 4 + 1/4 · 4 = 4; M = 1, then 3/4 + 2/4; ε stands beside √S = 2
    "adam, second form": (
        Adam(beta1=0.75, beta2=0.75, epsilon=1, uncorrected=True),
        [
            1 - 0.1 * 4 * 0.25**0.5 / 3,
            1 - 0.1 * 4 * 0.25**0.5 / 3 - 0.1 * (1.25 / 0.4375) * 0.4375**0.5 / 3,
        ],
    ),
    "nesterov": (Nesterov(mu=0.5), [1 - 0.1 * (4 + 2), 0.4 - 0.1 * (2 + 0.5 * 4)]),
    # S = 4, then 3/4 · 4 + 1/4 · 4 = 4
    "rmsprop": (RMSprop(rho=0.75, epsilon=1), [1 - 0.4 / 3, 1 - 0.4 / 3 - 0.2 / 3]),
    # M = 2, 2;  M̂ = 4, 2 / (3/4);  S = 4, 4;  Ŝ = 16, 4 / (7/16)
    "adam": (Adam(0.5, 0.75, 1), [1 - 0.1 * 4 / 5, 0.92 - 0.1 * (8 / 3) / ((64 / 7) ** 0.5 + 1)]),
    "adamw": (
        AdamW(0.5, 0.5, 0.75, 1),
        [0.95 - 0.1 * 4 / 5, 0.87 * 0.95 - 0.1 * (8 / 3) / ((64 / 7) ** 0.5 + 1)],
    ),
}


@pytest.mark.parametrize(("optimizer", "want"), KNOWN.values(), ids=KNOWN)
def test_known_digits(optimizer, want):
    params, got = {"Z1": {"W": np.array([[1.0]])}}, []
    state = optimizer.init(params)
    for dW in (4.0, 2.0):
        params, state = optimizer.update(np, params, {"Z1": {"W": np.array([[dW]])}}, state, 0.1)
        got.append(params["Z1"]["W"].item())
    np.testing.assert_allclose(got, want, rtol=1e-15, atol=1e-15)
    assert state["t"] == 2


PUBLISHED = {  # the constants of the papers, as the keyword arguments default
    Momentum: {"mu": 0.9, "averaged": False},
    Nesterov: {"mu": 0.9},
    RMSprop: {"rho": 0.9, "epsilon": 1e-8},
    Adam: {"beta1": 0.9, "beta2": 0.999, "epsilon": 1e-8, "uncorrected": False},
    AdamW: {"decay": 0.01, "beta1": 0.9, "beta2": 0.999, "epsilon": 1e-8},
}


@pytest.mark.parametrize("kind", PUBLISHED, ids=lambda k: k.__name__)
def test_defaults_are_the_published_ones(kind):
    assert {f.name: f.default for f in fields(kind)} == PUBLISHED[kind]


def test_the_first_step_of_adam_is_alpha():
    """Kingma and Ba 2015, section 2.1: the size of a step is about α, whatever the scale of the slope."""
    params = {"Z1": {"W": np.array([[1.0, 1.0]])}}
    made, _ = Adam().update(np, params, {"Z1": {"W": np.array([[1e-3, -1e3]])}}, Adam().init(params), 0.001)
    np.testing.assert_allclose(made["Z1"]["W"], [[0.999, 1.001]], rtol=1e-7)


# ── against others ───


def loop(o, W):
    """All six in plain lines, written again from the papers: with scalars for every cell."""
    V = M = S = np.zeros_like(W)
    for t, alpha in enumerate(ALPHAS, start=1):
        g = 0.1 * (W * W * W - 1)
        if isinstance(o, GradientDescent):
            W = W - alpha * g
        elif isinstance(o, Momentum):
            V = o.mu * V + ((1 - o.mu) * g if o.averaged else g)
            W = W - alpha * V
        elif isinstance(o, Nesterov):
            V = o.mu * V - alpha * g / alpha
            W = W + alpha * (o.mu * V - g)
        elif isinstance(o, RMSprop):
            S = o.rho * S + (1 - o.rho) * g * g
            W = W - alpha / (S**0.5 + o.epsilon) * g
        else:
            W = W * (1 - alpha * getattr(o, "decay", 0))
            M = M + (1 - o.beta1) * (g - M)
            S = S + (1 - o.beta2) * (g * g - S)
            epsilon = o.epsilon / ((1 - o.beta2**t) ** 0.5 if getattr(o, "uncorrected", False) else 1)
            W = W - alpha * (M / (1 - o.beta1**t)) / ((S / (1 - o.beta2**t)) ** 0.5 + epsilon)
    return W


@each
def test_twenty_steps_by_the_loop(optimizer):
    got, state = walk(np, optimizer, tree(), ALPHAS)
    same(got, tree_map(lambda W: loop(optimizer, W), tree()), rtol=0, atol=1e-10)
    assert state["t"] == 20


def torch_twin(torch, o, W):
    lr, eps = ALPHAS[0], getattr(o, "epsilon", 0)
    if isinstance(o, RMSprop):
        return torch.optim.RMSprop([W], lr, alpha=o.rho, eps=eps)
    if isinstance(o, AdamW):
        return torch.optim.AdamW([W], lr, (o.beta1, o.beta2), eps, weight_decay=o.decay)
    if isinstance(o, Adam):
        return torch.optim.Adam([W], lr, (o.beta1, o.beta2), eps)
    return torch.optim.SGD([W], lr, momentum=getattr(o, "mu", 0), nesterov=isinstance(o, Nesterov))


NOT_IN_TORCH = ("averaged momentum", "adam, second form")


@pytest.mark.parametrize("name", [name for name in OPTIMIZERS if name not in NOT_IN_TORCH])
def test_twenty_steps_by_torch(name):
    """The averaged form is held to the plain one below, Adam's second form to scikit-learn in test_estimators.py."""
    torch = pytest.importorskip("torch", reason="torch is not installed: pip install torch to compare with it")
    optimizer, W = OPTIMIZERS[name], tree()["Z1"]["W"]
    theirs = torch.tensor(W.copy())
    peer = torch_twin(torch, optimizer, theirs)
    for alpha in ALPHAS:
        peer.param_groups[0]["lr"] = alpha
        theirs.grad = 0.1 * (theirs**3 - 1)
        peer.step()
    got, _ = walk(np, optimizer, {"Z1": {"W": W}}, ALPHAS)
    np.testing.assert_allclose(got["Z1"]["W"], theirs.numpy(), rtol=1e-10, atol=1e-10)


def test_averaged_momentum_is_the_plain_one_at_another_rate():
    """The same path at α / (1 - μ)."""
    mu, params = 0.8, tree()
    averaged, _ = walk(np, Momentum(mu, averaged=True), params, [0.1 / (1 - mu)] * 20)
    plain, _ = walk(np, Momentum(mu), params, [0.1] * 20)
    same(averaged, plain, rtol=1e-12)


@each
def test_a_bowl_is_walked_down(optimizer):
    """J = Σ (W - 1)² / 2, from random starts to the bottom."""
    params = tree()
    state = optimizer.init(params)
    for k in range(600):
        grads = tree_map(lambda W: W - 1, params)
        params, state = optimizer.update(np, params, grads, state, 0.1 * 0.99**k)
    bottom = 1 / (1 + optimizer.decay) if isinstance(optimizer, AdamW) else 1  # decay pulls towards 0
    same(params, tree_map(lambda W: 0 * W + bottom, params), atol=0.2 if isinstance(optimizer, AdamW) else 1e-2)


# ── the same questions ───


@pytest.mark.parametrize("name", ["jax", "strict", "paper"])
@each
def test_every_machine_gets_the_same_answer(optimizer, name):
    got, _ = walk(machine(name), optimizer, tree(), ALPHAS[:3])
    same(got, walk(np, optimizer, tree(), ALPHAS[:3])[0], atol=1e-9, rtol=0)


@pytest.mark.parametrize("dtype", [np.float64, np.float32], ids=["float64", "float32"])
@each
def test_a_new_rate_compiles_nothing_again(optimizer, dtype):
    """α is traced; a compiled step is compiled once, widens nothing and agrees with NumPy."""
    jnp, jax = machine("jax"), pytest.importorskip("jax", reason="jax is not installed")
    compiled = []

    @jax.jit
    def step(params, grads, state, alpha):
        compiled.append(1)
        return optimizer.update(jnp, params, grads, state, alpha)

    params = tree_map(lambda W: jnp.asarray(W, dtype=dtype), tree())
    state = optimizer.init(params)
    for alpha in ALPHAS:
        grads = tree_map(lambda W: dtype(0.1) * (W**3 - 1), params)
        params, state = step(params, grads, state, alpha)
    assert compiled == [1]
    tree_map(lambda W: np.testing.assert_equal(W.dtype, dtype), params)
    want, _ = walk(np, optimizer, tree(), ALPHAS)
    same(params, want, atol=1e-9 if dtype == np.float64 else 1e-4, rtol=0)


@each
def test_float32_stays_float32(optimizer):
    narrow = tree_map(lambda W: W.astype(np.float32), tree())
    params, state = walk(np, optimizer, narrow, ALPHAS[:3])
    memory = [state[symbol] for symbol in optimizer.remembers]
    for kept in (params, *memory):
        tree_map(lambda W: np.testing.assert_equal(W.dtype, np.dtype(np.float32)), kept)


@each
def test_givens_are_left_alone_and_it_repeats_to_the_bit(optimizer):
    params, state = walk(np, optimizer, tree(), ALPHAS[:2])
    grads = slopes_of(params)
    before = copy.deepcopy((params, grads, state))
    first = optimizer.update(np, params, grads, state, 0.1)
    np.testing.assert_equal((params, grads, state), before)
    np.testing.assert_equal(optimizer.update(np, params, grads, state, 0.1), first)


@each
def test_the_memory_starts_at_0(optimizer):
    state = optimizer.init(tree())
    assert list(state) == ["t", *optimizer.remembers]
    assert state["t"] == 0
    for symbol in optimizer.remembers:
        same(state[symbol], tree_map(np.zeros_like, tree()), atol=0)


def test_names():
    names = ["gradient-descent", "momentum", "nesterov", "rmsprop", "adam", "adamw"]
    kinds = [GradientDescent(), Momentum(), Nesterov(), RMSprop(), Adam(), AdamW()]
    assert dict(zip(names, kinds, strict=True)) == BY_NAME
    assert dict.fromkeys(["rmsprop", "adam", "adamw"], 0.001) == DEFAULT_RATES
