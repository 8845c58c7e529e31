"""Any setting goes round: get, set, clone, pickle, joblib, a pipeline; 1,000 random ones with WORKINGS_FULL=1."""

from __future__ import annotations

import os
import pickle
import warnings

import joblib
import numpy as np
import pytest
from sklearn.base import clone
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

import workings as wk

MANY = 1000 if os.environ.get("WORKINGS_FULL") else 60
RNG = np.random.default_rng(7)
X = RNG.standard_normal((40, 3))
TARGETS = {wk.MLPClassifier: np.where(X[:, 0] > 0, "up", "down"), wk.MLPRegressor: X[:, 0] ** 2}
WEIGHTS = RNG.random(40) + 0.1
CHOICES = {
    "hidden_layer_sizes": [3, (4,), (3, 2), [2, 2], np.array([3, 3])],
    "activation": ["identity", "logistic", "tanh", "relu", "leaky-relu", "gelu", "softplus", "sigmoid"],
    "solver": ["sgd", "adam", "lbfgs"],
    "alpha": [0, 1e-4, 2.5, np.float32(0.5)],
    "batch_size": ["auto", 1, 7, np.int64(16)],
    "learning_rate": ["constant", "invscaling", "adaptive"],
    "learning_rate_init": [1e-3, 0.05],
    "power_t": [0.0, 0.5, 2],
    "max_iter": [1, 3],
    "shuffle": [True, False],
    "random_state": [0, 3, np.random.RandomState(5)],
    "tol": [0.0, 1e-4, 1e3],
    "warm_start": [True, False],
    "momentum": [0, 0.5, 1.0],
    "nesterovs_momentum": [True, False],
    "early_stopping": [True, False],
    "validation_fraction": [0.1, 0.3],
    "beta_1": [0.0, 0.9],
    "beta_2": [0.0, 0.999],
    "epsilon": [1e-8, 1e-2],
    "n_iter_no_change": [1, 10, np.inf],
    "max_fun": [3, 15000],
    "dropout": [0.0, 0.4],
    "backend": ["auto", "numpy"],
    "progress": [False],
}


def drawn(rng):
    """One estimator with every parameter drawn."""
    kind = [*TARGETS][rng.integers(2)]
    how = {name: choices[rng.integers(len(choices))] for name, choices in CHOICES.items()}
    if kind is wk.MLPClassifier:
        how["class_weight"] = [None, "balanced", {"up": 2.0}][rng.integers(3)]
    else:
        how["loss"] = ["squared_error", "poisson"][rng.integers(2)]
    return kind(**how)


def same(one, other):
    assert type(one) is type(other)
    a, b = one.get_params(), other.get_params()
    assert a.keys() == b.keys()
    for name, value in a.items():
        if isinstance(value, np.random.RandomState):
            assert str(value.get_state()) == str(b[name].get_state())
        else:
            assert type(value) is type(b[name]), name
            np.testing.assert_equal(b[name], value)


@pytest.mark.parametrize("part", range(4))
def test_settings_go_round(part, tmp_path):
    diverged = 0
    for seed in range(part, MANY, 4):
        rng = np.random.default_rng(seed)
        ours = drawn(rng)
        same(clone(ours), ours)
        same(pickle.loads(pickle.dumps(ours)), ours)
        same(type(ours)().set_params(**ours.get_params()), ours)
        y, w = TARGETS[type(ours)], WEIGHTS if seed % 2 else None
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            twin = clone(ours)
            said = [fit(each, X, y, w) for each in (ours, twin)]
        assert said[0] == said[1]
        diverged += bool(said[0])
        if said[0]:
            continue
        want = ours.predict(X)
        np.testing.assert_array_equal(twin.predict(X), want, err_msg=f"seed {seed}")
        joblib.dump(ours, tmp_path / "it")
        for again in (pickle.loads(pickle.dumps(ours)), joblib.load(tmp_path / "it")):
            np.testing.assert_array_equal(again.predict(X), want)
            same(again, ours)
    assert diverged <= 0.02 * MANY


def fit(estimator, X, y, w):
    """Nothing, or what a setting that diverges is told."""
    try:
        estimator.fit(X, y, sample_weight=w)
    except ValueError as error:
        if "non-finite parameter weights" not in str(error):
            raise
        return str(error)
    return ""


def test_inside_a_pipeline():
    made = make_pipeline(StandardScaler(), wk.MLPClassifier((3,), max_iter=2)).set_params(mlpclassifier__alpha=3.0)
    assert clone(made).get_params()["mlpclassifier__alpha"] == 3.0
