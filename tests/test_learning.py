"""Learning: networks learn what can be learned, and nothing else (goals G20, G21)."""

from __future__ import annotations

import os
import subprocess
import sys
import tracemalloc
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from sklearn.datasets import load_breast_cancer, load_diabetes
from sklearn.linear_model import LogisticRegression

import workings as wk
from workings.layers import Positions
from workings.optimizers import Nesterov

DATA = Path(os.environ.get("WORKINGS_DATA", "nowhere")) / "mnist"
needs_mnist = pytest.mark.skipif(not DATA.is_dir(), reason="WORKINGS_DATA names no folder with mnist/ in it")
RNG = np.random.default_rng(11)
TEN = np.arange(10) % 3
IMAGES, SEQUENCES, WORDS = RNG.random((10, 6, 6)), RNG.standard_normal((10, 5, 3)), RNG.integers(0, 12, (10, 5))
TABLE = RNG.standard_normal((10, 4))
LAST = wk.Dense(3, "softmax")

LEARNERS = {  # the examples, the layers before the last
    "dense": (TABLE, [wk.Dense(16, "relu")]),
    **{
        name: (TABLE, [wk.Dense(16, name)])
        for name in ("sigmoid", "tanh", "leaky-relu", "gelu", "softplus", "identity")
    },
    "convolution": (IMAGES, [wk.Convolution(6, 3, "relu"), wk.Flatten()]),
    "convolution and pool": (IMAGES, [wk.Convolution(8, 3, "relu", padding=1), wk.MaxPool(2), wk.Flatten()]),
    "RNN": (SEQUENCES, [wk.RNN(16)]),
    "GRU": (SEQUENCES, [wk.GRU(16)]),
    "LSTM": (SEQUENCES, [wk.LSTM(16)]),
    "every step": (SEQUENCES, [wk.LSTM(8, every_step=True), wk.Flatten()]),
    "attention": (SEQUENCES, [wk.Attention(8), wk.Flatten()]),
    "positions": (SEQUENCES, [Positions(wk.layers.Dense(8)), wk.layers.Relu(), wk.Flatten()]),
    "embedding": (WORDS, [wk.Embedding(12, 8), wk.Flatten()]),
    "embedding and GRU": (WORDS, [wk.Embedding(12, 8), wk.GRU(8)]),
    "batch norm": (TABLE, [wk.Dense(16), wk.BatchNorm(), wk.layers.Relu()]),
    "dropout": (TABLE, [wk.Dense(64, "relu"), wk.Dropout(0.05)]),
}


def joined():
    table = {
        "Z1": (wk.layers.Dense(4), "X"),
        "S1": (wk.Add(), "Z1", "X"),
        "A1": (wk.layers.Tanh(), "S1"),
        "C1": (wk.Concat(), "A1", "X"),
        "Z2": (wk.layers.Dense(3), "C1"),
        "A2": (wk.layers.Softmax(), "Z2"),
    }
    return wk.Network(table)


LEARNERS["joins"] = (TABLE, joined())


@pytest.mark.parametrize("dtype", ["float32", "float64"])
@pytest.mark.parametrize(("X", "layers"), LEARNERS.values(), ids=LEARNERS)
def test_ten_examples_are_learned_by_heart(X, layers, dtype):
    model = wk.Model(layers if isinstance(layers, wk.Network) else [*layers, LAST], dtype=dtype)
    done: dict[str, Any] = {"callbacks": lambda model, history: history[-1]["loss"] < 5e-4}
    given: dict[str, Any] = {
        "epochs": 3000,
        "batch_size": 10,
        "optimizer": "adam",
        "learning_rate": 0.03,
        "backend": "numpy",
    }
    model.fit(X, TEN, progress=False, **given, **done)
    assert model.evaluate(X, TEN)["loss"] < 1e-3
    assert model.predict(X).tolist() == TEN.tolist()


@pytest.mark.parametrize("optimizer", wk.optimizers.OPTIMIZERS)
@pytest.mark.parametrize("loss", ["cross-entropy", "mse", "squared-error", "half-squared-error"])
def test_every_optimizer_and_loss_learns_xor(optimizer, loss):
    X, y = np.array([[0, 0], [0, 1], [1, 0], [1, 1]] * 8, float), [0, 1, 1, 0] * 8
    rate = 0.03 if optimizer in wk.optimizers.DEFAULT_RATES else 0.3
    model = wk.Model([wk.Dense(16, "tanh"), wk.Dense(1, "sigmoid")], loss=loss)
    done: dict[str, Any] = {"callbacks": lambda model, history: model.evaluate(X, y)["accuracy"] == 1}
    model.fit(X, y, epochs=400, batch_size=8, optimizer=optimizer, learning_rate=rate, progress=False, **done)
    assert model.evaluate(X, y)["accuracy"] == 1


def test_linear_regression_is_the_closed_form():
    """A network without activation reaches the least squares of the normal equations, to 1e-6."""
    X, y = load_diabetes(return_X_y=True)
    X, y = (X - X.mean(0)) / X.std(0), (y - y.mean()) / y.std()
    want = np.linalg.lstsq(np.column_stack([X, np.ones(len(X))]), y, rcond=None)[0]
    model = wk.Model([wk.Dense(1)], dtype="float64")
    model.fit(X, y, 1500, len(X), learning_rate=0.05, optimizer=Nesterov(0.97), progress=False)
    np.testing.assert_allclose(model.parameters["W1"][0], want[:-1], atol=1e-6)
    np.testing.assert_allclose(model.parameters["b1"][0], want[-1:], atol=1e-6)


def test_logistic_regression_is_scikit_learns():
    """One sigmoid under cross-entropy reaches the unpenalised optimum, to 1e-4.

    Two features of the breast-cancer table: with all thirty the classes can be parted, and there is no optimum.
    """
    X, y = load_breast_cancer(return_X_y=True)
    X = X[:, [0, 1, 8]]
    X = (X - X.mean(0)) / X.std(0)
    peer = LogisticRegression(C=np.inf, tol=1e-12, max_iter=10_000).fit(X, y)
    model = wk.Model([wk.Dense(1, "sigmoid")], dtype="float64")
    model.fit(X, y, 1000, len(X), learning_rate=0.3, optimizer=Nesterov(0.95), progress=False)
    np.testing.assert_allclose(model.parameters["W1"], peer.coef_, atol=1e-4)
    np.testing.assert_allclose(model.parameters["b1"].ravel(), peer.intercept_, atol=1e-4)
    np.testing.assert_allclose(model.predict_proba(X), peer.predict_proba(X), atol=1e-4)


def test_softmax_regression_is_scikit_learns():
    """Its weights are not unique (a constant may be added to every class), but its probabilities are."""
    X = RNG.standard_normal((300, 3))
    y = np.argmax(X @ RNG.standard_normal((3, 3)) + RNG.gumbel(size=(300, 3)), axis=1)
    peer = LogisticRegression(C=np.inf, tol=1e-12, max_iter=10_000).fit(X, y)
    model = wk.Model([wk.Dense(3, "softmax")], dtype="float64")
    model.fit(X, y, 600, 300, learning_rate=0.5, optimizer=Nesterov(0.9), progress=False)
    np.testing.assert_allclose(model.predict_proba(X), peer.predict_proba(X), atol=1e-4)


FITS = """
import gc
from pathlib import Path

import numpy as np

import workings as wk

X, y = np.random.default_rng(0).standard_normal((400, 50)), [0, 1] * 200


def fits(times):
    for _ in range(times):
        model = wk.Model([wk.Dense(50, "relu"), wk.BatchNorm(), wk.Dropout(0.1), wk.Dense(2, "softmax")])
        model.fit(X, y, epochs=1, optimizer="adam", validation=0.2, early_stopping=3, progress=False)
    gc.collect()
    return int(Path("/proc/self/statm").read_text().split()[1]) * 4096, len(gc.get_objects())


before, after = fits(100), fits(500)
print(after[0] - before[0], after[1] - before[1])
"""


@pytest.mark.skipif(not Path("/proc/self/statm").exists(), reason="memory is counted where there is /proc")
def test_five_hundred_fits_take_no_more_memory_than_one():
    """In a process of their own: what other tests still hold or let go is not counted."""
    run = subprocess.run([sys.executable, "-c", FITS], capture_output=True, text=True, timeout=120, check=True)
    memory, objects = map(int, run.stdout.split())
    assert memory < 4e6  # one fit holds 0.4 MB of parameters, gradients and data
    assert objects < 200


def test_an_epoch_leaves_no_more_than_its_row_in_the_history():
    X, y = RNG.standard_normal((40, 5)), [0, 1] * 20
    sizes = []
    model = wk.Model([wk.Dense(8, "relu"), wk.Dense(2, "softmax")])
    tracemalloc.start()
    try:
        model.fit(X, y, 200, progress=False, callbacks=lambda *_: sizes.append(tracemalloc.get_traced_memory()[0]))
    finally:
        tracemalloc.stop()
    assert (sizes[-1] - sizes[50]) / 150 < 1500


@needs_mnist
def test_shuffled_labels_teach_nothing():
    """Held-out accuracy on MNIST after training on shuffled labels is chance, ± 3 standard errors.

    Images of one digit are answered alike, rightly or wrongly, so one run scatters far more than 10,000 coins: the
    error is that of the mean of six shuffles.
    """
    from benchmarks.mnist import mnist

    (X, y), (X_test, y_test) = mnist()
    held_out, by_heart = [], []
    for seed in range(6):
        wrong = np.random.default_rng(seed).permutation(y[:1500])
        model = wk.Model([wk.Dense(40, "relu"), wk.Dense(10, "softmax")], seed=seed)
        model.fit(X[:1500], wrong, epochs=12, optimizer="adam", backend="numpy", learning_rate=0.003, progress=False)
        by_heart.append(model.evaluate(X[:1500], wrong)["accuracy"])
        held_out.append(model.evaluate(X_test, y_test)["accuracy"])
    error = np.std(held_out, ddof=1) / np.sqrt(6)
    assert min(by_heart) > 0.25  # they were learned, by heart
    assert error < 0.02
    assert abs(np.mean(held_out) - 0.1) <= 3 * error


@needs_mnist
@pytest.mark.slow
@pytest.mark.parametrize("seed", range(3))
@pytest.mark.parametrize("name", ["nielsen", "cross-entropy", "two-hidden", "wide"])
def test_mnist_reaches_its_mark(name, seed):
    """The best test accuracy over the run; it is stopped as soon as that is reached (benchmarks/mnist.py runs on)."""
    from benchmarks.mnist import TRIALS, mnist, run

    trial = TRIALS[name]
    history, _ = run(trial, seed, mnist(), stop_at=trial.mark)
    assert max(history["validation_accuracy"]) >= trial.mark
    assert len(history) <= trial.epochs
