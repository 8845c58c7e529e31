"""What goes wrong in training is said aloud, with the step (goal G18): 108 pathological runs, never a silent NaN."""

from __future__ import annotations

import itertools
import re
import warnings

import numpy as np
import pytest

import workings as wk
from tests.test_fit import OPTIMIZERS
from workings.training import fit as fitting

RNG = np.random.default_rng(0)
X = RNG.standard_normal((64, 5))
CLASSES, MEASURES = (X[:, 0] > 0).astype(int), X @ np.ones(5)
NETWORKS = {
    "relu": [wk.Dense(8, "relu"), wk.Dense(2, "softmax")],
    "sigmoid": [wk.Dense(8, "sigmoid"), wk.Dense(2, "softmax")],
    "one output": [wk.Dense(8, "tanh"), wk.Dense(1, "sigmoid")],
    "batch norm": [wk.Dense(8), wk.BatchNorm(), wk.Dense(2, "softmax")],
    "regression": [wk.Dense(8, "relu"), wk.Dense(1)],
    "line": [wk.Dense(1)],
}
CASES = {
    "rate 100": (X, CLASSES, MEASURES, {"learning_rate": 100.0}, "the learning rate 100 is far larger"),
    "inputs 1e8": (X * 1e8, CLASSES, MEASURES, {}, "the features go up to"),
    "constant targets": (X, np.ones(64, int), np.full(64, 3.0), {}, "every target is the same|one class only"),
}


@pytest.mark.parametrize("case", CASES)
@pytest.mark.parametrize(("network", "optimizer"), list(itertools.product(NETWORKS, OPTIMIZERS)))
def test_never_a_silent_nan(network, optimizer, case):
    given, classes, measures, more, said = CASES[case]
    y = measures if network in ("regression", "line") else classes
    model, heard = wk.Model(NETWORKS[network]), ""
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        try:
            model.fit(given, y, epochs=30, optimizer=optimizer, progress=False, **more)
        except (ValueError, wk.DivergenceError) as error:
            heard = str(error)
    assert (
        "one class only" in heard or not heard or re.search(r"J became (inf|nan) in epoch \d+, at step \d+:", heard)
    )
    assert {warning.category for warning in caught} <= {wk.TrainingWarning}
    assert re.search(said, heard + " ".join(str(warning.message) for warning in caught))
    if model.shape:
        assert all(np.isfinite(W).all() for W in model.parameters.values())
        assert heard or np.isfinite(model.outputs(X)).all()


@pytest.mark.filterwarnings("ignore::workings.TrainingWarning")
@pytest.mark.parametrize("size", [0.0, 1e9])
def test_the_model_holds_the_last_finite_parameters(size, monkeypatch):
    """Slices large or small: the step named is the first that could not be done, and those before it are kept."""
    monkeypatch.setattr(fitting, "SLICE", size)
    rate = {"learning_rate": 1e6, "batch_size": 8, "progress": False, "shuffle": False, "backend": "numpy"}
    model = wk.Model([wk.Dense(1)])
    with pytest.raises(wk.DivergenceError) as caught:
        model.fit(X, MEASURES, epochs=9, **rate)
    said = r"in epoch (\d+), at step (\d+): with the learning rate 1e\+06 .*try learning_rate=0.3"
    found = re.search(said, str(caught.value))
    assert found, str(caught.value)
    assert found[1] == "1"
    before = int(found[2]) - 1
    again = wk.Model([wk.Dense(1)])
    again.fit(X[: 8 * before], MEASURES[: 8 * before], epochs=1, **rate)  # exactly the steps before
    np.testing.assert_array_equal(model.parameters["W1"], again.parameters["W1"])
    assert len(model.history) == 0


@pytest.mark.filterwarnings("ignore::workings.TrainingWarning")
def test_parameters_that_overflow_while_j_is_finite():
    """The slope is steeper than float32 can say, but the loss before it was a number: found after the step."""
    model = wk.Model([wk.Dense(1)], parameters={"W1": [[1.0]], "b1": [0.0]})
    with pytest.raises(wk.DivergenceError, match="in epoch 1, at step 1"):
        model.fit([[1e18]], [0.0], epochs=1, batch_size=1, learning_rate=1e30, progress=False)
    assert model.parameters["W1"].tolist() == [[1.0]]


def test_after_divergence_one_trains_on():
    model = wk.Model([wk.Dense(1)])
    with pytest.raises(wk.DivergenceError, match="scale them"):
        model.fit(X * 1000, MEASURES, epochs=50, progress=False)
    fresh = wk.Model([wk.Dense(1)])
    fresh.fit(X, MEASURES, epochs=20, progress=False)
    assert fresh.evaluate(X, MEASURES)["rmse"] < 0.01


def test_a_loss_that_rises_is_said():
    model, rates = wk.Model([wk.Dense(1)]), [1e-3, 0.6, 0.6]
    with pytest.warns(wk.TrainingWarning, match=r"the loss rose from .* to .*smaller learning rate"):
        model.fit(X * 2, MEASURES, epochs=3, batch_size=64, learning_rate=lambda k: rates[k], progress=False)


def test_a_validation_loss_that_is_no_number_is_said():
    held_out = np.full((4, 5), 1e30), np.zeros(4)
    with pytest.warns(wk.TrainingWarning, match="the validation loss is no number from epoch 1 on"):
        history = wk.Model([wk.Dense(1)]).fit(X, MEASURES, epochs=2, validation=held_out, progress=False)
    assert not np.isfinite(history[0]["validation_loss"])


def test_the_warning_names_the_users_line():
    with pytest.warns(wk.TrainingWarning) as caught:
        wk.Model([wk.Dense(1)]).fit(X, np.ones(64), epochs=1, progress=False)
    assert caught[0].filename == __file__


def test_ordinary_training_is_quiet():
    """No warning (they are errors here) for ordinary rates, pixels and words."""
    for optimizer, rate in (("gradient-descent", 3.0), ("adam", 0.1), ("momentum", 0.1)):
        wk.Model(NETWORKS["sigmoid"]).fit(
            X, CLASSES, epochs=3, optimizer=optimizer, learning_rate=rate, progress=False
        )
    pixels = RNG.integers(0, 256, (20, 64), dtype=np.uint8)
    wk.Model(NETWORKS["sigmoid"]).fit(pixels, [0, 1] * 10, epochs=3, progress=False)
