"""Fit: batches, epochs, what is watched, and that one seed gives one set of bits."""

from __future__ import annotations

import hashlib
import os
import subprocess
import sys
import warnings

import numpy as np
import pytest

import workings as wk
from tests.cases import FULL
from workings.schedules import Cosine, Exponential, Inverse, Step, WarmUp
from workings.training import fit as fitting

RNG = np.random.default_rng(3)
X = RNG.standard_normal((50, 4)).astype(np.float32)
Y = (X[:, 0] * X[:, 1] > 0).astype(int)
OPTIMIZERS = list(wk.optimizers.OPTIMIZERS)
QUIET = {"epochs": 4, "batch_size": 8, "progress": False}


def rich(seed=0, dtype="float32"):
    """A network with everything that has a memory or a random number."""
    layers = [wk.Dense(6, "relu"), wk.BatchNorm(), wk.Dropout(0.2), wk.Dense(2, "softmax")]
    return wk.Model(layers, seed=seed, dtype=dtype)


def bits(model):
    """All that was learned, as one word."""
    told = hashlib.sha256()
    for tree in (model.state.params, model.state.memory):
        for named in tree.values():
            for array in named.values():
                told.update(array.tobytes())
    return told.hexdigest()


def trained(seed=0, **more):
    model = rich(seed)
    model.fit(X, Y, **{"backend": "numpy", **QUIET, **more})
    return model


@pytest.mark.parametrize("optimizer", OPTIMIZERS)
def test_one_seed_one_set_of_bits(optimizer):
    assert bits(trained(optimizer=optimizer)) == bits(trained(optimizer=optimizer))
    assert bits(trained(optimizer=optimizer)) != bits(trained(seed=1, optimizer=optimizer))


PROGRAM = """
import sys
from tests.test_fit import *
backend = sys.argv[1]
model = wk.Model([wk.Dense(6, "relu"), wk.Dropout(0.2), wk.Dense(2, "softmax")])
model.fit(X, Y, optimizer="adam", validation=0.2, backend=backend, **QUIET)
print(bits(model))
"""
RUNS = [(backend, str(k)) for backend in wk.backends.BACKENDS for k in range(20)] if FULL else [
    ("numpy", "0"), ("numpy", "1"), ("numpy", "random"), ("auto", "2"), ("auto", "random"),
]  # fmt: skip


def test_also_in_fresh_processes_whatever_they_hash():
    """Goal G16; the full count is 20 processes for every backend: WORKINGS_FULL=1."""
    found = {}
    for backend, hashseed in RUNS:
        env = {**os.environ, "PYTHONHASHSEED": hashseed}
        command = [sys.executable, "-c", PROGRAM, backend]
        done = subprocess.run(command, env=env, capture_output=True, text=True, check=True)
        found.setdefault(backend, set()).add(done.stdout.strip())
    assert all(len(bits_) == 1 for bits_ in found.values()), found


@pytest.mark.parametrize("backend", [name for name in wk.backends.BACKENDS if name != "xla"])
@pytest.mark.parametrize("optimizer", ["gradient-descent", "adam"])
def test_slices_never_change_the_numbers(monkeypatch, optimizer, backend):
    """However often fit looks up from its work, the weights are the same, and the history but for rounding."""
    found, losses = set(), []
    for size in (0.0, 2e-4, 1e9):
        monkeypatch.setattr(fitting, "SLICE", size)
        model = wk.Model([wk.Dense(6, "relu"), wk.Dense(2, "softmax")])
        try:
            history = model.fit(X, Y, optimizer=optimizer, backend=backend, **QUIET)
        except ValueError as reason:
            pytest.skip(str(reason))
        found.add(bits(model))
        losses.append(history["loss"])
    assert len(found) == 1
    np.testing.assert_allclose(losses, losses[:1] * 3, rtol=1e-12)


class Watch:
    """A callback that may be left alone for some epochs, and notes when it was called."""

    def __init__(self, patience, end=None):
        self.patience, self.end, self.calls = patience, end, []

    def __call__(self, model, history):
        self.calls.append((int(history[-1]["epoch"]), bits(model)))
        return len(history) == self.end


WEIGHTS = RNG.uniform(0.5, 2, len(X))
TOGETHER = {
    **{name: {"optimizer": name} for name in OPTIMIZERS},
    "in order": {"shuffle": False},
    "batches of one": {"batch_size": 1},
    "one batch": {"batch_size": 50},
    "weights and penalties": {"sample_weight": WEIGHTS, "l1": 0.01, "l2": 0.02},
    "a schedule": {"learning_rate": Cosine(0.3, 40)},
    "a schedule that ends": {"learning_rate": lambda k: [0.3] * 25 if k > 20 else 0.3},
    "a loss that ends": {"learning_rate": lambda k: 0.3 if k < 20 else 1e30},
    "all of them wanted": {"validation": 0.2},
    "dropout": {"layers": [wk.Dropout(0.2), wk.Dense(6, "relu"), wk.Dense(2, "softmax")]},
    "numbers": {"layers": [wk.Dense(3, "tanh"), wk.Dense(2)], "y": X[:, :2]},
}


@pytest.mark.parametrize("case", TOGETHER)
def test_epochs_together_are_epochs_one_by_one(case):
    """Where nobody looks on, many epochs are one call of the kernel: with the same bits, rows and complaints."""
    more = {**QUIET, "epochs": 40, **TOGETHER[case]}
    layers, y = more.pop("layers", [wk.Dense(6, "relu"), wk.Dense(2, "softmax")]), more.pop("y", Y)
    found = []
    for callbacks in ((), Watch(1), Watch(7)):
        model, said = wk.Model(layers, seed=0), ""
        try:
            model.fit(X, y, callbacks=callbacks, **more)
        except (ValueError, wk.DivergenceError) as error:
            said = str(error)
        rows = [{k: v for k, v in row.items() if k != "seconds"} for row in model.history]
        found.append((said, bits(model), rows, model.rng.bit_generator.state))
    assert found[0] == found[1] == found[2]
    assert len(found[0][2]) == {"a schedule that ends": 21, "a loss that ends": 20}.get(case, 40)


def test_the_orders_of_epochs_together_take_little_memory(monkeypatch):
    if wk.backends.backend("native").available():
        pytest.skip("without the kernel every epoch is a call")
    monkeypatch.setattr(fitting, "ROWS", 2 * len(X) + 1)
    watch = Watch(100)
    wk.Model([wk.Dense(2, "softmax")], seed=0).fit(X, Y, callbacks=watch, **{**QUIET, "epochs": 5})
    assert [epoch for epoch, _ in watch.calls] == [2, 4, 5]


def test_a_patient_callback_is_called_now_and_then():
    if wk.backends.backend("native").available():
        pytest.skip("without the kernel every epoch is a call")
    each, some, few = Watch(1), Watch(7), Watch(100, end=7)
    for callbacks in ([each], [some], [few, Watch(7)]):
        model = wk.Model([wk.Dense(2, "softmax")], seed=0)
        model.fit(X, Y, callbacks=callbacks, **{**QUIET, "epochs": 16})
    assert [epoch for epoch, _ in each.calls] == [*range(1, 17)]
    assert some.calls == [each.calls[k - 1] for k in (7, 14, 16)]
    assert few.calls == [each.calls[6]]
    assert "callback after epoch 7" in model.history.stopped


def test_slices_do_not_depend_on_the_clock(monkeypatch):
    slow = trained(validation=0.2).history
    monkeypatch.setattr("time.perf_counter", lambda: 0.0)
    monkeypatch.setattr("time.monotonic", lambda: -1e9)
    monkeypatch.setattr("time.time", lambda: -1e9)
    fast = trained(validation=0.2).history
    for name in ("loss", "accuracy", "validation_loss", "validation_accuracy"):
        assert slow[name] == fast[name]


def test_one_step_of_gradient_descent_is_the_formula():
    """W ← W - α dW, on a batch of all rows, b and W, worked out by hand."""
    model = wk.Model([wk.Dense(1)], inputs=4, dtype="float64")
    W, b, y = model.parameters["W1"].copy(), model.parameters["b1"].copy(), X.astype(float) @ [1.0, 2, 3, 4]
    model.fit(X, y, epochs=1, batch_size=50, learning_rate=0.1, l2=0.5, progress=False)
    error = X.astype(float) @ W.T + b.T - y[:, None]
    np.testing.assert_allclose(model.parameters["W1"], W - 0.1 * (2 * error.T @ X / 50 + 0.5 * W), rtol=1e-12)
    np.testing.assert_allclose(model.parameters["b1"], b - 0.1 * 2 * error.mean(), rtol=1e-12)


def test_the_last_batch_is_smaller_and_counts_as_much():
    """J over an epoch is the mean over examples, not over batches: with rate → 0 it is what evaluate says."""
    model = wk.Model([wk.Dense(2, "softmax")], dtype="float64")
    history = model.fit(X[:11], Y[:11], epochs=1, batch_size=4, learning_rate=1e-12, progress=False)
    score = model.evaluate(X[:11], Y[:11])
    assert history["loss"][0] == pytest.approx(score["loss"], rel=1e-9)
    assert history["accuracy"][0] == pytest.approx(score["accuracy"])


def test_a_batch_larger_than_the_data_is_the_data():
    assert bits(trained(batch_size=50)) == bits(trained(batch_size=5000))
    assert wk.Model([wk.Dense(1)]).fit([[1.0]], [2.0], epochs=2, progress=False)[-1]["epoch"] == 2


def seen_order(**more):
    """The order in which one-hot rows are seen: with α = 1 and no averaging the last step's row is told apart."""
    found = []

    class Watch:
        def init(self, params):
            return {"t": 0.0}

        def update(self, xp, params, grads, state, alpha):
            found.append(int(np.argmax(np.abs(grads["Z1"]["W"]))))
            return params, state

    model = wk.Model([wk.Dense(1)], parameters={"W1": [[0.0] * 6], "b1": [0.0]})
    model.fit(np.eye(6), [1.0] * 5 + [2.0], epochs=3, batch_size=1, optimizer=Watch(), progress=False, **more)
    return found[:6], found[6:12], found[12:]


def test_shuffling():
    for epoch in seen_order(shuffle=False):
        assert epoch == [0, 1, 2, 3, 4, 5]
    epochs = seen_order()
    assert all(sorted(epoch) == [0, 1, 2, 3, 4, 5] for epoch in epochs)
    assert len({tuple(epoch) for epoch in epochs}) == 3


SCHEDULES = {
    "number": (0.5, [0.5, 0.5, 0.5]),
    "whole number": (1, [1, 1, 1]),
    "numpy": (np.float32(0.5), [0.5, 0.5, 0.5]),
    "step": (Step(1.0, every=2, factor=0.1), [1, 1, 0.1]),
    "exponential": (Exponential(1.0, 0.5), [1, 0.5, 0.25]),
    "inverse": (Inverse(1.0), [1, 1 / 2, 1 / 3]),
    "cosine": (Cosine(1.0, epochs=2), [1, 0.5, 0]),
    "warm-up": (WarmUp(Step(1.0, every=9), 2), [0.5, 1, 1]),
    "function": (lambda k: 1 / (k + 2), [1 / 2, 1 / 3, 1 / 4]),
}


@pytest.mark.parametrize(("rate", "want"), SCHEDULES.values(), ids=SCHEDULES)
def test_schedules(rate, want):
    model = wk.Model([wk.Dense(1)])
    history = model.fit(X / 10, X[:, 0], epochs=3, learning_rate=rate, progress=False)
    assert history["learning_rate"] == pytest.approx(want)


@pytest.mark.parametrize("optimizer", OPTIMIZERS)
def test_the_default_rate_suits_the_optimizer(optimizer):
    history = wk.Model([wk.Dense(1)]).fit(X, X[:, 0], epochs=1, optimizer=optimizer, progress=False)
    assert history["learning_rate"] == [wk.optimizers.DEFAULT_RATES.get(optimizer, 0.1)]


def test_validation_by_share_or_pair():
    model = rich()
    history = model.fit(X, Y, validation=0.2, **QUIET)
    assert history.columns[:5] == ["epoch", "loss", "accuracy", "validation_loss", "validation_accuracy"]
    model = rich()
    history = model.fit(X, Y, validation=(X[:9], Y[:9]), **QUIET)
    score = model.evaluate(X[:9], Y[:9])
    assert history[-1]["validation_loss"] == pytest.approx(score["loss"])
    assert history[-1]["validation_accuracy"] == pytest.approx(score["accuracy"])


def test_rows_set_aside_are_not_trained_on():
    """Ten rows that alone have the feature 3: whichever are set aside, fit cannot have seen them."""
    from workings.model.reading import set_aside

    rest, aside = set_aside(50, 0.2, seed=0)
    assert len(aside) == 10
    assert sorted([*rest, *aside]) == list(range(50))
    marked = X.copy()
    marked[aside] = 1e6  # would throw training off if it were seen
    whole, part = wk.Model([wk.Dense(2, "softmax")]), wk.Model([wk.Dense(2, "softmax")])
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", wk.TrainingWarning)
        whole.fit(marked, Y, validation=0.2, **QUIET)
    part.fit(X[rest], Y[rest], **QUIET)
    assert bits(whole) == bits(part)


def watched(losses, **more):
    """How early stopping goes about these validation losses; the parameters of every epoch."""
    states = []
    stopping = wk.EarlyStopping(**more)
    model = wk.Model([wk.Dense(1)])
    real = fitting.evaluate

    def scripted(plan, state, *data):
        states.append(state.params["Z1"]["W"].copy())
        tally = real(plan, state, *data)
        return type(tally)(tally.examples, losses[len(states) - 1] * tally.examples, tally.metric, 0)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(fitting, "evaluate", scripted)
        history = model.fit(
            X,
            X[:, 0],
            epochs=len(losses),
            validation=0.2,
            early_stopping=stopping,
            learning_rate=0.01,
            progress=False,
        )
    kept = next(k for k, W in enumerate(states, 1) if (model.parameters["W1"] == W).all())
    return len(history), kept, history.stopped


EARLY = {
    "stops and goes back": ([5, 4, 3, 3.5, 3.6, 1], {"patience": 2}, (5, 3)),
    "never stops": ([5, 4, 3, 2], {"patience": 2}, (4, 4)),
    "goes back at the end too": ([5, 3, 4], {"patience": 9}, (3, 2)),
    "does not go back": ([5, 4, 3, 3.5, 3.6, 1], {"patience": 2, "restore": False}, (5, 5)),
    "a little is nothing": ([5, 4.9, 4.8, 4.7], {"patience": 2, "least": 0.5}, (3, 1)),
    "nan is no improvement": ([5, 4, float("nan"), float("nan")], {"patience": 2}, (4, 2)),
    "nan at first": ([float("nan"), 4, 5, 5], {"patience": 2}, (4, 2)),
}


@pytest.mark.parametrize(("losses", "given", "want"), EARLY.values(), ids=EARLY)
@pytest.mark.filterwarnings("ignore::workings.TrainingWarning")
def test_early_stopping(losses, given, want):
    epochs, kept, stopped = watched(losses, **given)
    assert (epochs, kept) == want
    if epochs < len(losses):
        assert stopped.startswith(f"nothing better for {given['patience']} epochs")


def test_early_stopping_by_the_loss_or_the_accuracy():
    for monitor in (None, "loss", "accuracy"):
        history = rich().fit(X, Y, epochs=300, early_stopping=wk.EarlyStopping(3, monitor), progress=False)
        assert "nothing better for 3 epochs" in history.stopped
        assert len(history) < 300


def test_callbacks_see_the_model_and_may_stop_it():
    seen = []

    def look(model, history):
        seen.append((len(history), model.evaluate(X, Y)["loss"]))
        return len(history) == 3

    model = rich()
    history = model.fit(X, Y, callbacks=look, epochs=10, progress=False)
    assert [n for n, _ in seen] == [1, 2, 3]
    assert len({loss for _, loss in seen}) == 3
    assert history.stopped == "stopped by a callback after epoch 3"
    assert model.evaluate(X, Y)["loss"] == seen[-1][1]
    assert len(rich().fit(X, Y, callbacks=[lambda m, h: 1, lambda m, h: np.True_], epochs=5, progress=False)) == 1


def test_a_callback_that_fails_loses_nothing():
    model, kept = rich(), []

    def fail(model, history):
        kept.append(bits(model))
        if len(history) == 2:
            raise RuntimeError("the disk of the callback is full")

    with pytest.raises(RuntimeError, match="of the callback"):
        model.fit(X, Y, callbacks=[fail], **QUIET)
    assert bits(model) == kept[1]
    assert len(model.history) == 2
    model.fit(X, Y, **QUIET)


def test_fit_goes_on_from_where_it_was():
    model = rich()
    first = model.fit(X, Y, **QUIET)
    more = model.fit(X, Y, **QUIET)
    assert len(first) == len(more) == 4
    assert more["loss"][0] < first["loss"][0]


def test_history():
    history = trained(validation=0.2).history
    assert len(history) == 4
    assert [row["epoch"] for row in history] == history["epoch"] == [1, 2, 3, 4]
    assert history.best() == min(history, key=lambda row: row["validation_loss"])
    assert history.best("accuracy")["accuracy"] == max(history["accuracy"])
    assert str(history).count("\n") == 4
    assert history._repr_html_().count("<tr>") == 5
    with pytest.raises(KeyError, match="no 'f1'; it has epoch, loss, accuracy"):
        history["f1"]
    with pytest.raises(KeyError, match="no 'f1'"):
        history.best("f1")
    with pytest.raises(ValueError, match="no epoch has been trained"):
        wk.History().best()
    odd = wk.History([{"epoch": 1, "loss": float("nan")}], "why", "numpy")
    assert str(wk.History.from_json(odd.to_json())) == str(odd)


@pytest.mark.parametrize("optimizer", OPTIMIZERS)
@pytest.mark.parametrize("penalty", [{"l1": 0.1}, {"l2": 0.1}])
def test_penalties_shrink_the_weights(optimizer, penalty):
    def size(**more):
        model = wk.Model([wk.Dense(4, "tanh"), wk.Dense(2, "softmax")])
        model.fit(X, Y, epochs=60, optimizer=optimizer, learning_rate=0.01, progress=False, **more)
        return sum(np.abs(W).sum() for name, W in model.parameters.items() if name[0] == "W")

    assert size(**penalty) < 0.9 * size()


def test_training_in_a_thread_works():
    from threading import Thread

    model = rich()
    thread = Thread(target=lambda: model.fit(X, Y, **QUIET))
    thread.start()
    thread.join()
    assert bits(model) == bits(trained())
