"""Checkpoints: a training that was stopped goes on as if it had not been, to the bit (goal G32)."""

from __future__ import annotations

import itertools
import json
import signal
import subprocess
import sys

import numpy as np
import pytest

import workings as wk
from tests.cases import FULL
from tests.test_fit import OPTIMIZERS, bits
from workings.saving import read
from workings.schedules import Cosine
from workings.training import fit as fitting
from workings.training.checkpoint import Run, difference

RNG = np.random.default_rng(7)
X = RNG.standard_normal((60, 4)).astype(np.float32)
Y = np.array(["no", "yes"])[(X[:, 0] * X[:, 1] > 0).astype(int)]
STEPS, EPOCHS = 6, 9  # 48 rows are trained on, in batches of 8
POINTS = range(1, 51) if FULL else (1, 6, 7, 27, 48)


def model():
    """Everything that has a memory: batch norm, dropout, shuffling, early stopping's best, an optimizer's."""
    return wk.Model([wk.Dense(6, "relu"), wk.BatchNorm(), wk.Dropout(0.2), wk.Dense(2, "softmax")], seed=3)


def fit(made, path=None, epochs=EPOCHS, **more):
    given = {
        "batch_size": 8,
        "learning_rate": Cosine(0.05, 20),
        "optimizer": "adam",
        "validation": 0.2,
        "early_stopping": wk.EarlyStopping(6, least=0.001),
        "l2": 1e-3,
        "checkpoint": path,
        "progress": False,
        "backend": "numpy",
    }
    return made.fit(X, Y, epochs, **{**given, **more})


def told(made):
    """All that a run comes to: weights, memory, and what every epoch said (but for the seconds)."""
    rows = [{k: v for k, v in row.items() if k != "seconds"} for row in made.history]
    return bits(made), rows, made.history.stopped, made.predict(X).tolist()


@pytest.fixture
def one_step_at_a_time(monkeypatch):
    monkeypatch.setattr(fitting, "SLICE", 0.0)


def interrupted_at(step, made, path, monkeypatch, **more):
    """Train, with a Ctrl-C while this step (counted from 1) is done."""
    steps = itertools.count(1)
    real = wk.backends.backend("numpy").run

    def run(*given):
        if next(steps) == step:
            signal.raise_signal(signal.SIGINT)
        return real(*given)

    with monkeypatch.context() as patch:
        patch.setattr("workings.backends.numpy.run", run)
        return fit(made, path, **more)


@pytest.mark.parametrize("optimizer", OPTIMIZERS)
@pytest.mark.parametrize("step", POINTS)
def test_resume_is_never_having_stopped(optimizer, step, tmp_path, monkeypatch, one_step_at_a_time):
    unbroken, path = model(), tmp_path / "run.safetensors"
    fit(unbroken, optimizer=optimizer)
    broken = model()
    history = interrupted_at(step, broken, path, monkeypatch, optimizer=optimizer)
    assert "stopped by Ctrl-C" in history.stopped
    assert str(path) in history.stopped
    assert wk.Model.load(path).predict(X).tolist() == broken.predict(X).tolist()
    again = model()
    fit(again, path, optimizer=optimizer, resume=True)
    assert told(again) == told(unbroken)


WHERE = ["in a callback", "in the validation", "while saving", "while the order is drawn"]


@pytest.mark.parametrize("where", WHERE)
@pytest.mark.parametrize("epoch", range(1, 9) if FULL else (1, 4))
def test_wherever_the_signal_comes(where, epoch, tmp_path, monkeypatch):
    unbroken, path = model(), tmp_path / "run.safetensors"
    fit(unbroken)
    count = itertools.count(1)

    def ring(real):
        def call(*given):
            if next(count) == epoch:
                signal.raise_signal(signal.SIGINT)
            return real(*given)

        return call

    broken = model()
    with monkeypatch.context() as patch:
        if where == "in the validation":
            patch.setattr(fitting, "evaluate", ring(fitting.evaluate))
        if where == "while saving":
            patch.setattr("workings.saving.write", ring(wk.model.fitting.saving.write))
        if where == "while the order is drawn":
            patch.setattr(Run, "order", ring(Run.order))
        calls = ring(lambda model, history: None) if where == "in a callback" else ()
        history = fit(broken, path, callbacks=calls)
    assert "stopped by Ctrl-C" in history.stopped
    again = model()
    fit(again, path, resume=True)
    assert told(again) == told(unbroken)


def test_interrupted_again_and_again(tmp_path, monkeypatch, one_step_at_a_time):
    unbroken, path = model(), tmp_path / "run.safetensors"
    fit(unbroken)
    for _ in range(100):
        again = model()
        if "Ctrl-C" not in interrupted_at(5, again, path, monkeypatch, resume=True).stopped:
            break
    assert told(again) == told(unbroken)


def test_more_epochs_are_a_longer_run(tmp_path):
    """Three epochs, then six of the same run, with and without early stopping's way back to the best."""
    for early in (None, wk.EarlyStopping(6)):
        path = tmp_path / f"{early is None}.safetensors"
        unbroken, first, more = model(), model(), model()
        fit(unbroken, early_stopping=early)
        fit(first, path, epochs=3, early_stopping=early)
        fit(more, path, early_stopping=early, resume=True)
        assert told(more) == told(unbroken)
        done = model()
        fit(done, path, early_stopping=early, resume=True)  # nothing is left to do
        assert told(done) == told(unbroken)


def test_a_checkpoint_is_the_model_of_the_moment(tmp_path):
    """Early stopping ends with the best parameters, and so does the file."""
    path, made = tmp_path / "run.safetensors", model()
    fit(made, path, epochs=40, early_stopping=wk.EarlyStopping(2))
    assert "whose parameters are kept" in made.history.stopped
    assert bits(wk.Model.load(path)) == bits(made)
    assert made.evaluate(X, Y) == wk.Model.load(path).evaluate(X, Y)


def test_without_shuffling_and_with_little(tmp_path, monkeypatch, one_step_at_a_time):
    plain = {"validation": None, "early_stopping": None, "shuffle": False, "optimizer": "gradient-descent"}
    made = [wk.Model([wk.Dense(1, "sigmoid")]) for _ in range(3)]
    path = tmp_path / "run.safetensors"
    fit(made[0], **plain)
    interrupted_at(11, made[1], path, monkeypatch, **plain)
    fit(made[2], path, resume=True, **plain)
    assert told(made[2]) == told(made[0])


def test_a_checkpoint_every_so_many_epochs(tmp_path):
    seen, path = [], tmp_path / "run.safetensors"

    def look(model, history):
        seen.append(len(read(path)[1]["run"]["history"]["rows"]) if path.exists() else 0)

    fit(model(), wk.Checkpoint(path, every=3), epochs=8, callbacks=look)
    assert seen == [0, 0, 0, 3, 3, 3, 6, 6]
    assert len(read(path)[1]["run"]["history"]["rows"]) == 8


def test_a_fresh_process_goes_on(tmp_path, monkeypatch, one_step_at_a_time):
    unbroken, path = model(), tmp_path / "run.safetensors"
    fit(unbroken)
    interrupted_at(20, model(), path, monkeypatch)
    program = (
        "from tests.test_checkpoint import *; made = model(); "
        f"fit(made, {str(path)!r}, resume=True); print(json.dumps(told(made)))"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert json.loads(done.stdout) == json.loads(json.dumps(told(unbroken)))


def test_odd_names_come_back(tmp_path, monkeypatch, one_step_at_a_time):
    def branchy():
        table = {
            "left·Z1": (wk.layers.Dense(3), "X"),
            "N 1%": (wk.BatchNorm(), "left·Z1"),
            "Z2": (wk.layers.Dense(2), "N 1%"),
            "A2": (wk.layers.Softmax(), "Z2"),
        }
        return wk.Model(wk.Network(table))

    unbroken, again, path = branchy(), branchy(), tmp_path / "run.safetensors"
    fit(unbroken)
    interrupted_at(9, branchy(), path, monkeypatch)
    fit(again, path, resume=True)
    assert told(again) == told(unbroken)


OTHERWISE = {  # what is changed, what is said of it
    "optimizer": ({"optimizer": "momentum"}, r"with optimizer Adam\(.*beta1=0.9.*\), now it is Momentum\(mu=0.9"),
    "learning rate": ({"learning_rate": 0.5}, r"with learning rate Cosine\(.*, now it is 0\.5:"),
    "batch size": ({"batch_size": 9}, "with batch size 8, now it is 9:"),
    "penalties": ({"l2": 0.5}, r"with penalties L2\(\w+=0.001\), now it is L2\(\w+=0.5\):"),
    "no penalties": ({"l2": 0.0}, r"with penalties L2\(\w+=0.001\), now it is none:"),
    "early stopping": ({"early_stopping": None}, r"with early stopping EarlyStopping\(.*\), now it is None"),
    "shuffle": ({"shuffle": False}, "with shuffle True, now it is False"),
    "data": ({"validation": 0.4}, "with other rows of data:"),
    "validation data": ({"validation": (X[:5], Y[:5])}, "with other rows of data:"),
}


@pytest.mark.parametrize(("change", "said"), OTHERWISE.values(), ids=OTHERWISE)
def test_another_run_is_not_gone_on_with(change, said, tmp_path):
    path = tmp_path / "run.safetensors"
    fit(model(), path, epochs=2)
    content = path.read_bytes()
    with pytest.raises(ValueError, match=rf"was written {said}.* use the same settings, or another file"):
        fit(model(), path, resume=True, **change)
    assert path.read_bytes() == content


def test_other_networks_seeds_and_types_are_refused(tmp_path):
    path = tmp_path / "run.safetensors"
    fit(model(), path, epochs=2)
    layers = [wk.Dense(6, "relu"), wk.BatchNorm(), wk.Dropout(0.2), wk.Dense(2, "softmax")]
    norm = [layers[0], wk.BatchNorm(eps=0.1), *layers[2:]]
    for other, name in (
        (wk.Model([wk.Dense(2, "softmax")], seed=3), "for the network 6-2, now it is 2:"),
        (wk.Model(norm, seed=3), r"where it had N1 BatchNorm\(eps=1e-05.* A1, now it has N1 BatchNorm\(eps=0.1"),
        (wk.Model(layers[:2] + layers[3:], seed=3), r"had D1 Dropout\(rate=0.2\) reading N1, now it has Z2 Dense"),
        (wk.Model(layers, loss="mse", seed=3), r"with loss CategoricalCrossEntropy\(\), now it is SquaredError"),
        (wk.Model(layers, seed=4), "with (seed 3, now it is 4|other rows of data)"),
        (wk.Model(layers, seed=3, dtype="float64"), "with (dtype float32, now it is float64|other rows of data)"),
    ):
        with pytest.raises(ValueError, match=f"was written .*{name}"):
            fit(other, path, resume=True)
        assert other.labels is None


def test_validation_data_are_told_of_by_name():
    assert difference("validation data", "a1", "b2") == "with other validation data"
    assert difference("validation data", "a1", None) == "with validation data"
    assert difference("validation data", None, "b2") == "without validation data"


def test_a_model_is_no_checkpoint(tmp_path):
    made, path = model(), tmp_path / "m.safetensors"
    fit(made, epochs=1)
    made.save(path)
    with pytest.raises(ValueError, match="is a model, but not a checkpoint"):
        fit(model(), path, resume=True)


def test_a_function_as_schedule_can_be_resumed(tmp_path):
    path = tmp_path / "run.safetensors"
    unbroken, again = model(), model()
    fit(unbroken, learning_rate=lambda k: 0.1 / (k + 1))
    fit(model(), path, epochs=4, learning_rate=lambda k: 0.1 / (k + 1))
    fit(again, path, resume=True, learning_rate=lambda k: 0.1 / (k + 1))
    assert told(again) == told(unbroken)
    with pytest.raises(ValueError, match="learning rate"):
        fit(model(), path, resume=True, learning_rate=lambda k: 0.2 / (k + 1))


def test_a_place_that_cannot_be_written_is_refused_before_training(tmp_path):
    for path, said in ((tmp_path, "a folder"), (tmp_path / "nowhere" / "run", "no folder")):
        made = model()
        with pytest.raises(OSError, match=said):
            fit(made, path)
        assert made.shape is None


def test_a_checkpoint_that_fails_keeps_what_was_learned(tmp_path, monkeypatch):
    def full(*given):
        raise OSError(28, "No space left on device")

    made = model()
    monkeypatch.setattr("os.fsync", full)
    with pytest.raises(OSError, match="the disk is full: free some space"):
        fit(made, tmp_path / "run.safetensors", epochs=3)
    assert len(made.history) == 1
    assert list(tmp_path.iterdir()) == []


def test_another_thread_is_never_interrupted_but_resumes(tmp_path):
    from threading import Thread

    path, unbroken = tmp_path / "run.safetensors", model()
    fit(unbroken)
    for epochs in (4, 9):
        made = model()
        thread = Thread(target=lambda made=made, epochs=epochs: fit(made, path, epochs=epochs, resume=True))
        thread.start()
        thread.join()
    assert told(made) == told(unbroken)
