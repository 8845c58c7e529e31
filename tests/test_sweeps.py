"""Sweeps: each run is a single fit, however many run at once; kept as it ends, and gone on with after a kill."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

import numpy as np
import pytest
from threadpoolctl import threadpool_limits

import workings as wk
from workings import backends
from workings.backends import native
from workings.model.reading import set_aside
from workings.optimizers import Momentum
from workings.sweeps import LogUniform, Sweep, Uniform, Whole, learning_curves, pool, race, sweep
from workings.sweeps.space import settings
from workings.training import EarlyStopping

X, y = wk.data.digits()
X, y = X[:300].astype(np.float32), y[:300]
LAYERS = [wk.Dense(6, "relu"), wk.Dense(10, "softmax")]
GRID = {"learning_rate": [0.02, 0.3], "seed": range(3)}
QUICK = {"epochs": 2, "progress": False, "backend": "numpy"}
KERNEL = native.available() is None


@pytest.fixture(autouse=True)
def native_is_known(monkeypatch):
    if "native" not in backends.BACKENDS:
        monkeypatch.setattr(backends, "BACKENDS", ("native", *backends.BACKENDS))


def figures(found):
    """All that a sweep found but how long it took."""
    rows = json.loads(json.dumps(found.rows))
    for row in rows:
        del row["seconds"]
        for epoch in row["history"]["rows"]:
            del epoch["seconds"]
    return rows


def same(a, b):
    """Two models with the same bits."""
    return all(np.array_equal(a.parameters[name], b.parameters[name]) for name in a.parameters)


# ─── each run is a single fit ───


@pytest.mark.parametrize(
    "backend", ["numpy", pytest.param("native", marks=pytest.mark.skipif(not KERNEL, reason=""))]
)
def test_every_run_is_a_single_fit(backend):
    grid = {"hidden": [(6,), (5, 4)], "batch_size": [16], "optimizer": ["adam", Momentum(0.8)], "l2": [0, 0.01]}
    found = sweep(LAYERS, X, y, grid, validation=0.2, **{**QUICK, "backend": backend}, learning_rate=0.01, seed=3)
    rest, aside = set_aside(len(X), 0.2, 0)
    assert len(found) == 8
    best = None
    with threadpool_limits(1, user_api="blas"):
        for i, (hidden, o, l2) in enumerate(
            (h, o, x) for h in grid["hidden"] for o in grid["optimizer"] for x in (0, 0.01)
        ):
            model = wk.Model([*(wk.Dense(n, "relu") for n in hidden), wk.Dense(10, "softmax")], seed=3)
            model.fit(
                X[rest],
                y[rest],
                2,
                16,
                0.01,
                o,
                l2=l2,
                validation=(X[aside], y[aside]),
                progress=False,
                backend=backend,
            )
            told = [{k: v for k, v in row.items() if k != "seconds"} for row in found.history(i)]
            assert told == [{k: v for k, v in row.items() if k != "seconds"} for row in model.history]
            assert found[i]["validation_loss"] == model.history[-1]["validation_loss"]
            assert found[i]["backend"] == backend
            if best is None or model.history[-1]["validation_loss"] < best.history[-1]["validation_loss"]:
                best, number = model, i
    assert found.best()["run"] == number
    assert same(found.model, best)
    assert found.model.history["loss"] == best.history["loss"]
    assert (found.model.predict(X) == best.predict(X)).all()


@pytest.mark.skipif(not KERNEL, reason="the kernel is not built")
def test_threads_change_no_bit():
    one, four = (
        sweep(LAYERS, X, y, GRID | {"dropout": [0, 0.2]}, validation=0.2, workers=n, **{**QUICK, "backend": "native"})
        for n in (1, 4)
    )
    assert figures(one) == figures(four)
    assert same(one.model, four.model)


def test_processes_change_no_bit():
    one, two = (sweep(LAYERS, X, y, GRID, validation=0.2, workers=n, **QUICK) for n in (1, 2))
    assert figures(one) == figures(two)
    assert same(one.model, two.model)
    assert one.best() | {"seconds": 0} == two.best() | {"seconds": 0}


def test_a_function_may_make_the_layers_or_the_model():
    def layers(units, activation="tanh"):
        return [wk.Dense(units, activation), wk.Dense(10, "softmax")]

    def models(units, seed):
        return wk.Model(layers(units), seed=seed)

    a, b = (sweep(f, X, y, {"units": [3, 5]}, seed=4, **QUICK) for f in (layers, models))
    assert [row["loss"] for row in a] == [row["loss"] for row in b]
    assert a.model.parameters["W1"].shape == (a.best()["units"], 64)
    with pytest.raises(ValueError, match="let it take seed and pass it on"):
        sweep(lambda units: wk.Model(layers(units)), X, y, {"units": [3]}, seed=4, **QUICK)


def test_early_stopping_keeps_and_judges_the_best_epoch():
    stopping = EarlyStopping(2)
    told = {"validation": 0.3, "early_stopping": stopping, "learning_rate": 1.0, "epochs": 40}
    found = sweep(LAYERS, X, y, {"seed": [0, 1]}, **{**QUICK, **told})
    for row in found.rows:
        losses = [epoch["validation_loss"] for epoch in found.history(row["run"])]
        assert row["validation_loss"] == row["best_validation_loss"] == min(losses)
        assert row["epochs_done"] == len(losses) < 40


# ─── what diverges is a row ───


def test_a_run_that_diverges_is_a_row():
    layers = [wk.Dense(8, "relu"), wk.Dense(1)]
    found = sweep(layers, X, y.astype(float) + 0.5, {"learning_rate": [1e9, 0.001]}, **QUICK)
    lost, good = found[0], found[1]
    assert lost["status"] == "diverged"
    assert "J became" in lost["note"]
    assert good["status"] == "done"
    assert found.best()["run"] == 1
    assert "1 of them diverged" in str(found)
    assert found.against("learning_rate") == {0.001: [good["loss"]], 1e9: [None]}
    none = sweep(layers, X, y.astype(float) + 0.5, {"learning_rate": [1e9, 1e10]}, **QUICK)
    assert none.model is None
    with pytest.raises(ValueError, match="all 2 diverged"):
        none.best()


# ─── the folder ───


def test_a_sweep_is_kept_and_opened(tmp_path):
    found = sweep(LAYERS, X, y, GRID, validation=0.2, out=tmp_path / "runs", **QUICK)
    kept = Sweep.open(tmp_path / "runs")
    assert kept.rows == found.rows
    assert kept.best() == found.best()
    assert same(kept.model, found.model)
    assert str(kept) == str(found)
    assert not list((tmp_path / "runs").glob("*.part"))


def test_finished_runs_are_not_made_again(tmp_path, monkeypatch):
    whole = sweep(LAYERS, X, y, GRID, out=tmp_path / "a", **QUICK)
    lines = (tmp_path / "a" / "runs.jsonl").read_bytes().splitlines(keepends=True)
    for done in (0, 1, 3, 6):
        out = tmp_path / f"b{done}"
        out.mkdir()
        (out / "sweep.json").write_bytes((tmp_path / "a" / "sweep.json").read_bytes())
        (out / "runs.jsonl").write_bytes(b"".join(lines[:done]) + (lines[done][:50] if done < 6 else b""))
        if done:
            (out / "best.safetensors").write_bytes((tmp_path / "a" / "best.safetensors").read_bytes())
        made: list[int] = []

        def noted(job, *rest, made=made):
            made.append(job.number)
            return TRAIN(job, *rest)

        monkeypatch.setattr(pool, "train", noted)
        again = sweep(LAYERS, X, y, GRID, out=out, **QUICK)
        assert made == list(range(done, 6))
        assert figures(again) == figures(whole)
        assert same(again.model, whole.model)


TRAIN = pool.train
PROGRAM = """
import sys, time
from tests.test_sweeps import *
from workings.sweeps import pool
def slow(job, *rest):
    time.sleep(0.15)
    return TRAIN(job, *rest)
pool.train = slow
sweep(LAYERS, X, y, GRID, validation=0.2, out=sys.argv[1], **QUICK)
"""


@pytest.mark.parametrize("signum", [signal.SIGKILL, signal.SIGTERM, signal.SIGINT])
def test_a_sweep_that_was_killed_goes_on(tmp_path, signum):
    out = tmp_path / "runs"
    process = subprocess.Popen([sys.executable, "-c", PROGRAM, str(out)], stderr=subprocess.PIPE)
    lines = out / "runs.jsonl"
    until = time.monotonic() + 60
    while process.poll() is None and time.monotonic() < until:
        if lines.exists() and lines.read_bytes().count(b"\n") >= 2:
            process.send_signal(signum)
            break
        time.sleep(0.005)
    process.communicate(timeout=60)
    assert process.returncode == {signal.SIGKILL: -9, signal.SIGTERM: 143, signal.SIGINT: 0}[signum]
    done = [json.loads(line) for line in lines.read_bytes().splitlines()]
    assert 2 <= len(done) < 6
    partial = Sweep.open(out)
    assert len(partial) == len(done)
    assert f"{len(done)} of 6 runs" in str(partial)
    found = sweep(LAYERS, X, y, GRID, validation=0.2, out=out, **QUICK)
    whole = sweep(LAYERS, X, y, GRID, validation=0.2, **QUICK)
    assert figures(found) == figures(whole)
    assert [row["seconds"] for row in found.rows[: len(done)]] == [row["seconds"] for row in done]
    assert same(found.model, whole.model)


def test_ctrl_c_gives_back_what_is_there(monkeypatch):
    def train(job, data, stopped):
        if job.number == 2:
            os.kill(os.getpid(), signal.SIGINT)
        while job.number >= 2 and not stopped():  # however long it takes until the signal is heard
            time.sleep(0.01)
        return TRAIN(job, data, stopped)

    monkeypatch.setattr(pool, "train", train)
    found = sweep(LAYERS, X, y, GRID, **QUICK)
    assert 2 <= len(found) <= 3
    assert found.stopped == f"stopped by Ctrl-C after {len(found)} of 6 runs"
    assert found.model is not None
    assert threading.active_count() < 20


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"epochs": 3}, "settings for all"),
        ({"grid": {"learning_rate": [0.02, 0.4], "seed": range(3)}}, "grid"),
        ({"validation": 0.3}, "other data"),
        ({"y": y[::-1]}, "other data"),
        ({"layers": [wk.Dense(7, "relu"), wk.Dense(10, "softmax")]}, "networks"),
        ({"by": "accuracy"}, "by"),
    ],
    ids=lambda x: x if isinstance(x, str) else "",
)
def test_another_sweep_is_refused(tmp_path, changed, said):
    told = {"layers": LAYERS, "X": X, "y": y, "grid": GRID, "validation": 0.2, "out": tmp_path, **QUICK}
    sweep(**told)
    before = {p.name: p.read_bytes() for p in tmp_path.iterdir()}
    with pytest.raises(ValueError, match=f"holds a sweep of {said}"):
        sweep(**{**told, **changed})
    assert {p.name: p.read_bytes() for p in tmp_path.iterdir()} == before


def test_a_folder_of_others_is_left_alone(tmp_path):
    (tmp_path / "thesis.txt").write_text("mine")
    with pytest.raises(FileExistsError, match="holds other files"):
        sweep(LAYERS, X, y, GRID, out=tmp_path, **QUICK)
    with pytest.raises(FileExistsError, match="is a file"):
        sweep(LAYERS, X, y, GRID, out=tmp_path / "thesis.txt", **QUICK)
    with pytest.raises(FileNotFoundError, match="holds no sweep"):
        Sweep.open(tmp_path)
    assert [p.name for p in tmp_path.iterdir()] == ["thesis.txt"]


def test_a_damaged_line_is_named(tmp_path):
    sweep(LAYERS, X, y, GRID, out=tmp_path, **QUICK)
    lines = (tmp_path / "runs.jsonl").read_bytes().splitlines(keepends=True)
    (tmp_path / "runs.jsonl").write_bytes(lines[0] + b"{broken}\n" + lines[2])
    with pytest.raises(ValueError, match=r"runs.jsonl', line 2 is damaged"):
        sweep(LAYERS, X, y, GRID, out=tmp_path, **QUICK)


# ─── settings ───


def test_draws_are_the_same_for_one_seed_and_lie_in_their_ranges():
    draws = {
        "learning_rate": LogUniform(1e-4, 1),
        "l2": Uniform(0, 0.1),
        "width": Whole(2, 5),
        "activation": ["relu", "tanh"],
    }
    known = ["learning_rate", "l2", "width", "activation", "seed"]
    a, b, c = (settings({"seed": range(2)}, draws, 100, s, known) for s in (0, 0, 1))
    assert a == b != c
    assert len(a) == 200
    assert [p["seed"] for p in a[:4]] == [0, 1, 0, 1]
    assert a[0] | {"seed": 1} == a[1]
    assert {p["width"] for p in a} == {2, 3, 4, 5}
    assert {p["activation"] for p in a} == {"relu", "tanh"}
    rates = np.array([p["learning_rate"] for p in a])
    assert 1e-4 <= rates.min() < 1e-3
    assert 0.1 < rates.max() <= 1
    assert 0.3 < (rates < 1e-2).mean() < 0.7  # half of the powers of ten


BAD = [
    ({"grid": {"learning_rat": [1]}}, "did you mean 'learning_rate'"),
    ({"grid": {"learning_rate": [0.1, -1]}}, r"in the run with learning_rate=-1: the learning rate is a positive"),
    ({"grid": {"learning_rate": 0.1}}, r"a list of values to try, such as \[0.1\]"),
    ({"grid": {"learning_rate": []}}, "no value to try"),
    ({"grid": {"seed": [1, 1]}}, "value 1 twice"),
    ({"grid": {"seed": [-1]}}, "seed is a whole number from 0"),
    ({"grid": {"optimizer": ["adem"]}}, "there is no optimizer 'adem'"),
    ({"grid": {"activation": ["rolu"]}}, "there is no activation 'rolu'"),
    ({"grid": {"batch_size": [0]}}, "batch_size is a whole number from 1"),
    ({"grid": {"epochs": [2.5]}}, "epochs is a whole number"),
    ({"grid": {"width": [0]}}, "units is a whole number from 1"),
    ({"grid": {"depth": [-1]}}, "depth is how many"),
    ({"grid": {"dropout": [1.0]}}, "dropout is a share"),
    ({"grid": {"hidden": [(3,)], "width": [2]}}, "not both"),
    ({"grid": {"l2": [-1]}}, "strength of a penalty"),
    ({"grid": {"examples": [301]}}, "from 1 to 300"),
    ({"grid": {"early_stopping": [0]}}, "early_stopping is a whole number"),
    ({"grid": {"l2": LogUniform(0.1, 1)}}, "ranges go into draws"),
    ({"draws": {"l2": LogUniform(0.1, 1)}}, "runs=20"),
    ({"grid": {"seed": [1]}, "runs": 3}, "there are no draws"),
    ({"grid": {"seed": [1]}, "draws": {"seed": Whole(0, 9)}, "runs": 2}, "say it once"),
    ({"grid": {"epochs": [1]}}, "say it once"),
    ({"grid": {}}, "a sweep varies something"),
    ({"grid": {"seed": range(100_001)}}, "100,000 is the most"),
    ({"grid": {"seed": [1]}, "by": "accurac"}, "there is no 'accurac' to judge by"),
    ({"grid": {"seed": [1]}, "by": "validation_loss"}, "there is no 'validation_loss'"),
    ({"grid": {"seed": [1]}, "workers": 0}, "workers is a whole number"),
    ({"grid": {"seed": [1]}, "validation": 2.0}, "validation is a share"),
    ({"grid": {"seed": [1]}, "backend": "cuda"}, "there is no backend"),
    ({"grid": {"seed": [1]}, "y": y[:5]}, "they must be as many"),
    ({"grid": {"seed": [1]}, "X": np.full((300, 64), np.nan)}, "X is nan in row 0"),
    ({"grid": {"seed": [1]}, "y": np.zeros(300, int)}, "one class only"),
    ({"grid": {"width": [3]}, "layers": [wk.Flatten(), wk.BatchNorm(), wk.Dense(10, "softmax")]}, "give a function"),
]


@pytest.mark.parametrize(("asked", "said"), BAD, ids=[said[:30] for _, said in BAD])
def test_what_no_run_could_use_is_refused_before_anything_is_trained(asked, said, tmp_path, monkeypatch):
    monkeypatch.setattr(pool, "train", None)
    told = {"layers": LAYERS, "X": X, "y": y, "out": tmp_path / "runs", **QUICK}
    if "say it once" not in said:
        told.pop("epochs") if "epochs" in asked.get("grid", {}) else None
    with pytest.raises(ValueError, match=said):
        sweep(**{**told, **asked})
    assert not (tmp_path / "runs").exists()


@pytest.mark.parametrize(
    ("low", "high", "kind"),
    [(1, 1, Uniform), (0, 1, LogUniform), (1, np.nan, Uniform), (1.5, 3, Whole), (2, 1, Whole)],
)
def test_ranges_are_checked(low, high, kind):
    with pytest.raises(ValueError, match=r"from|above|whole"):
        kind(low, high)


def test_an_error_in_a_run_ends_the_sweep_and_says_where(monkeypatch):
    def train(job, *rest):
        if job.number == 1:
            raise RuntimeError("no luck")
        return TRAIN(job, *rest)

    monkeypatch.setattr(pool, "train", train)
    with pytest.raises(RuntimeError, match="no luck") as raised:
        sweep(LAYERS, X, y, GRID, **QUICK)
    assert raised.value.__notes__ == ["in run 1 of the sweep"]


# ─── the table ───


def test_the_table_as_csv_html_and_text(tmp_path):
    found = sweep(
        LAYERS, X, y, {"hidden": [(4, 3), ()], "l2": [0.1]}, validation=0.2, by="validation_accuracy", **QUICK
    )
    told = found.to_csv(tmp_path / "table.csv")
    assert Path(tmp_path / "table.csv").read_text() == told
    head, *lines = told.splitlines()
    assert head.split(",")[:3] == ["run", "hidden", "l2"]
    assert len(lines) == 2
    assert lines[0].startswith("0,4-3,0.1,")
    html = found._repr_html_()
    assert html.count("<tr>") == 3
    assert "4-3" in html
    assert found.best()["validation_accuracy"] == max(row["validation_accuracy"] for row in found)
    assert found.best("loss")["loss"] == min(row["loss"] for row in found)
    with pytest.raises(ValueError, match="the table has no 'f1' that"):
        found.best("f1")
    with pytest.raises(IndexError, match="counted from 0"):
        found[7]


# ─── studies ───


def test_more_data_help():
    found = learning_curves(X, y, [20, 200], {"logistic": (), "small": (8,)}, **{**QUICK, "epochs": 15})
    assert found.varied == ["network", "examples", "seed"]
    by = {(row["network"], row["examples"]): row["validation_accuracy"] for row in found}
    assert by["logistic", 200] > by["logistic", 20]
    assert found[0]["accuracy"] >= 0.5  # twenty examples are soon known by heart


def test_a_deep_sigmoid_begins_with_gradients_that_shrink():
    found = race(X, y, hidden=(16, 16, 16), **QUICK)
    sigmoid, relu = ([row["activation"] for row in found].index(name) for name in ("sigmoid", "relu"))
    start = found.gradients(sigmoid)[0]
    assert list(start) == ["W1", "W2", "W3", "W4"]
    assert start["W1"] < start["W2"] < start["W3"] < start["W4"]
    assert start["W1"] < found.gradients(relu)[0]["W1"] / 3
    assert len(found.gradients(relu)) == 3
    assert found[relu]["loss"] < found[sigmoid]["loss"]
