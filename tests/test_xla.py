"""XLA computes what NumPy computes, on every kind of network, and compiles once."""

from __future__ import annotations

import numpy as np
import pytest

import workings as wk
from workings.backends.plan import Plan, State
from workings.layers import Convolution
from workings.losses import SoftmaxCrossEntropy
from workings.metrics import Accuracy
from workings.model.reading import planned
from workings.network import chain
from workings.optimizers import GradientDescent

jax = pytest.importorskip("jax", reason="the xla backend needs JAX: pip install 'workings[xla]'")
xla = wk.backends.backend("xla")

IMAGES = np.random.default_rng(0).standard_normal((53, 6, 6))
WORDS = np.random.default_rng(0).integers(0, 7, (53, 5))
NETWORKS = {
    "dense": (IMAGES, [wk.Flatten(), wk.Dense(8, "gelu"), wk.Dense(3, "softmax")]),
    "convolution": (
        IMAGES,
        [
            wk.Convolution(3, 3, "relu", padding=1),
            wk.BatchNorm(),
            wk.MaxPool(2),
            wk.Flatten(),
            wk.Dense(3, "softmax"),
        ],
    ),
    "rnn": (IMAGES, [wk.RNN(4), wk.Dense(3, "softmax")]),
    "gru": (IMAGES, [wk.GRU(4), wk.Dense(3, "softmax")]),
    "lstm": (IMAGES, [wk.LSTM(4), wk.Dense(3, "softmax")]),
    "attention": (IMAGES, [wk.Attention(4), wk.Flatten(), wk.Dense(3, "softmax")]),
    "embedding": (WORDS, [wk.Embedding(7, 4), wk.Flatten(), wk.Dense(3, "softmax")]),
}


def trained(backend, X, layers, dtype, **how):
    y = np.arange(len(X)) % 3
    model = wk.Model(layers, seed=0, dtype=dtype)
    settings = {
        "epochs": 2,
        "batch_size": 10,
        "learning_rate": 0.01,
        "optimizer": "adam",
        "l2": 0.01,
        "progress": False,
    }
    history = model.fit(X, y, backend=backend, **{**settings, **how})
    return model, history


@pytest.mark.parametrize("name", NETWORKS)
@pytest.mark.parametrize(("dtype", "close"), [("float64", 1e-12), ("float32", 2e-5)])
def test_it_trains_as_numpy_does(name, dtype, close):
    (ours, said), (theirs, told) = (trained(b, *NETWORKS[name], dtype) for b in ("xla", "numpy"))
    for symbol, W in theirs.parameters.items():
        np.testing.assert_allclose(ours.parameters[symbol], W, atol=close, err_msg=symbol)
        assert ours.parameters[symbol].dtype == dtype
    np.testing.assert_allclose(said["loss"], told["loss"], rtol=1e-4)
    assert said["accuracy"] == pytest.approx(told["accuracy"])
    assert said.backend == "xla"


def test_dropout_is_the_same_however_the_epoch_is_cut(monkeypatch):
    layers = [wk.Flatten(), wk.Dense(8, "relu"), wk.Dropout(0.5), wk.Dense(3, "softmax")]
    whole, _ = trained("xla", IMAGES, layers, "float32")
    monkeypatch.setattr("workings.training.fit.SLICE", 0.0)
    cut, _ = trained("xla", IMAGES, layers, "float32")
    np.testing.assert_array_equal(whole.parameters["W1"], cut.parameters["W1"])
    dry, _ = trained("xla", IMAGES, [layers[0], layers[1], layers[3]], "float32")
    assert not np.allclose(whole.parameters["W1"], dry.parameters["W1"])


def test_a_stretch_longer_than_one_call(monkeypatch):
    monkeypatch.setattr(xla, "STRETCH", 2)
    cut, _ = trained("xla", *NETWORKS["dense"], "float64")
    theirs, _ = trained("numpy", *NETWORKS["dense"], "float64")
    np.testing.assert_allclose(cut.parameters["W1"], theirs.parameters["W1"], atol=1e-12)


def test_data_that_do_not_fit_are_fed_in_parts(monkeypatch):
    monkeypatch.setattr(xla, "ROOM", 0.0)
    fed, _ = trained("xla", *NETWORKS["lstm"], "float64")
    theirs, _ = trained("numpy", *NETWORKS["lstm"], "float64")
    np.testing.assert_allclose(fed.parameters["Wf1"], theirs.parameters["Wf1"], atol=1e-12)


def test_it_compiles_once_for_a_batch_size():
    """Neither the learning rate nor how many steps there are is compiled in."""
    xla._compiled.cache_clear()
    model = wk.Model([wk.Flatten(), wk.Dense(3, "softmax")], seed=0)
    y = np.arange(50) % 3
    for rate, m in ((0.1, 50), (0.2, 50), (wk.schedules.Exponential(0.1), 30)):
        model.fit(IMAGES[:m], y[:m], epochs=2, batch_size=10, learning_rate=rate, backend="xla", progress=False)
    assert xla._compiled.cache_info().currsize == 1
    plan = planned(model, model.labels, GradientDescent(), (), model.shape)
    loop = xla._compiled(plan, 10)
    assert loop._cache_size() == 2  # one for each number of rows that was kept on the device


def test_a_thousand_steps_compile_nothing_new():
    """G59: whatever the learning rate, and however long the stretches."""
    compiled = []
    jax.monitoring.register_event_duration_secs_listener(
        lambda event, seconds, **_: compiled.append(event) if "backend_compile" in event else None
    )
    model = wk.Model([wk.Flatten(), wk.Dense(4, "tanh"), wk.Dense(3, "softmax")], seed=0)
    model.build(IMAGES.shape[1:])
    plan = Plan(model.network.without_last(), SoftmaxCrossEntropy(), GradientDescent(), Accuracy(), IMAGES.shape[1:])
    X, Y = IMAGES.astype(np.float32), np.eye(3, dtype=np.float32)[np.arange(len(IMAGES)) % 3]
    state = State(model.state.params, {}, plan.optimizer.init(model.state.params))
    made = 0
    try:
        for k, steps in enumerate([2, 2, 3, 50, 250, 695]):
            if k == 1:
                assert compiled  # the ear hears
                compiled.clear()
            order = np.arange(steps * 10) % 50
            state, tally = xla.run(plan, state, X, Y, order, 10, 0.1 / (k + 1), None)
            made += tally.steps if k else 0
    finally:
        jax.monitoring.clear_event_listeners()
    assert made == 1000
    assert compiled == []


def test_divergence_names_the_step():
    model = wk.Model([wk.Flatten(), wk.Dense(4, "relu"), wk.Dense(1)], loss="mse", seed=0)
    far = pytest.warns(wk.TrainingWarning, match="learning rate 100")
    with far, pytest.raises(wk.DivergenceError, match=r"in epoch \d+, at step \d+.*learning_rate=") as caught:
        model.fit(IMAGES, IMAGES.sum((1, 2)), epochs=50, learning_rate=100.0, backend="xla", progress=False)
    assert "infinite" in str(caught.value) or "inf" in str(caught.value) or "nan" in str(caught.value)
    assert all(np.isfinite(W).all() for W in model.parameters.values())


@pytest.mark.parametrize("padding", [0, 1])
def test_what_replaces_a_layer_on_a_gpu_equals_it(padding):
    """Compared here on the CPU: the same formulas, another operation."""
    from jax import numpy as jnp

    net = chain(Convolution(3, 3, padding))
    (ours,) = (row.layer for row in xla.suited(net, "gpu").rows)
    assert type(ours) is xla.FusedConvolution
    assert xla.suited(net, "cpu") is net
    rng = np.random.default_rng(0)
    X, params = rng.standard_normal((2, 5, 4, 3)), Convolution(3, 3, padding).init(rng, (2, 5, 4))
    with xla.precision(jax, "float64"):
        params = {k: jnp.asarray(v + 0.1) for k, v in params.items()}
        Z, cache = Convolution(3, 3, padding).forward(jnp, jnp.asarray(X), **params)
        got, kept = ours.forward(jnp, jnp.asarray(X), **params)
        dZ = jnp.asarray(rng.standard_normal(Z.shape))
        dX, grads = Convolution(3, 3, padding).backward(jnp, dZ, **params, **cache)
        dX_got, grads_got = ours.backward(jnp, dZ, **params, **kept)
        np.testing.assert_allclose(got, Z, atol=1e-12)
        np.testing.assert_allclose(dX_got, dX, atol=1e-12)
        for symbol in grads:
            np.testing.assert_allclose(grads_got[symbol], grads[symbol], atol=1e-12)
