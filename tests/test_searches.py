"""Searches: the same seed the same trials, stopped or not; several processes at one journal; nothing lost."""

from __future__ import annotations

import signal
import subprocess
import sys
import time

import numpy as np
import pytest

import workings as wk
from workings.model.reading import set_aside
from workings.plots import search_history, search_importance, search_paths, to_svg
from workings.searches import SPACE, LogUniform, Uniform, Whole
from workings.searches.space import suggested, with_momentum

pytest.importorskip("optuna")

X, y = wk.data.moons(160)
LAYERS = [wk.Dense(8, "tanh"), wk.Dense(1, "sigmoid")]
QUICK = {"epochs": 6, "progress": False}


def told(found):
    """The table without what a clock says."""
    return [{k: v for k, v in row.items() if k != "seconds"} for row in found.table]


@pytest.fixture(scope="module")
def found():
    return wk.search(LAYERS, X, y, trials=14, **QUICK)


def test_every_setting_stays_in_its_range(found):
    assert found.varied == list(SPACE)
    for row in found.rows:
        for name, wanted in SPACE.items():
            value = row[name]
            if name == "momentum" and row["optimizer"] != "momentum":
                assert value is None
            elif isinstance(wanted, list):
                assert value in wanted
            else:
                assert wanted.low <= value <= wanted.high
                assert isinstance(value, int) == isinstance(wanted, Whole)


def test_the_best_is_the_best_and_its_model_has_its_score(found):
    best = found.best()
    assert best["validation_loss"] == min(row["score"] for row in found.rows if row["score"] is not None)
    _, aside = set_aside(len(X), 0.2, 0)
    assert found.model.evaluate(X[aside], y[aside])["loss"] == pytest.approx(best["validation_loss"], rel=1e-6)


def test_a_trial_is_the_fit_it_would_be_alone(found):
    best = found.best()
    rest, aside = set_aside(len(X), 0.2, 0)
    hidden = []
    for _ in range(best["depth"]):
        hidden += [wk.Dense(best["width"], best["activation"]), wk.Dropout(best["dropout"])]
    optimizer = with_momentum({k: best[k] for k in ("optimizer", "momentum") if best[k] is not None})["optimizer"]
    alone = wk.Model([*hidden, wk.Dense(1, "sigmoid")], seed=0)
    how = {name: best[name] for name in ("batch_size", "learning_rate", "l2")}
    alone.fit(X[rest], y[rest], epochs=6, optimizer=optimizer, validation=(X[aside], y[aside]), progress=False, **how)
    for name, W in alone.parameters.items():
        np.testing.assert_array_equal(W, found.model.parameters[name])


def test_pruning_gives_up_what_does_not_promise(found):
    pruned = [row for row in found.rows if row["status"] == "pruned"]
    assert pruned, "of 14 trials with rates over four powers of ten some are given up"
    assert all(row["epochs_done"] < 6 and row["score"] is None for row in pruned)
    whole = wk.search(LAYERS, X, y, trials=4, prune=False, **QUICK)
    assert {row["status"] for row in whole.rows} == {"done"}


def test_a_search_that_was_stopped_goes_on_to_the_same_trials(found, tmp_path):
    wk.search(LAYERS, X, y, trials=5, out=tmp_path / "s", **QUICK)
    again = wk.search(LAYERS, X, y, trials=14, out=tmp_path / "s", **QUICK)
    assert told(again) == told(found)
    for name, W in found.model.parameters.items():
        np.testing.assert_array_equal(W, again.model.parameters[name])
    assert told(wk.Search.open(tmp_path / "s")) == told(found)
    with pytest.raises(ValueError, match="holds a search of other data: going on would mix two"):
        wk.search(LAYERS, X[:100], y[:100], trials=14, out=tmp_path / "s", **QUICK)


def test_a_database_keeps_it_too(tmp_path):
    storage = f"sqlite:///{tmp_path / 's.db'}"
    few = wk.search(LAYERS, X, y, {"width": [2, 4]}, trials=2, storage=storage, learning_rate=0.1, **QUICK)
    more = wk.search(LAYERS, X, y, {"width": [2, 4]}, trials=4, storage=storage, learning_rate=0.1, **QUICK)
    assert told(more)[:2] == told(few)
    assert len(more) == 4


def test_folds_judge_by_their_mean():
    found = wk.search(LAYERS, X, y, {"width": [2, 4]}, trials=2, folds=4, learning_rate=0.1, **QUICK)
    for row in found.rows:
        assert len(row["folds"]) == 4
        assert row["score"] == pytest.approx(np.mean(row["folds"]))
    by = wk.search(LAYERS, X, y, {"width": [2, 4]}, trials=2, by="validation_accuracy", learning_rate=0.1, **QUICK)
    assert by.best()["validation_accuracy"] == max(row["validation_accuracy"] for row in by)


def test_trials_that_diverge_are_rows_that_say_so():
    layers = [wk.Dense(4, "relu"), wk.Dense(1)]
    found = wk.search(layers, X, X[:, 0], {"learning_rate": [1e9, 0.01]}, trials=6, **QUICK)
    lost = [row for row in found.rows if row["status"] == "diverged"]
    assert lost
    assert all("learning rate" in row["note"] or "J" in row["note"] for row in lost)
    assert found.best()["learning_rate"] == 0.01


PROGRAM = """
import sys, workings as wk
X, y = wk.data.moons(160)
layers = [wk.Dense(8, "tanh"), wk.Dense(1, "sigmoid")]
found = wk.search(layers, X, y, trials=int(sys.argv[2]), epochs=int(sys.argv[3]), out=sys.argv[1], progress=None,
                  backend="numpy")
print(len(found), found.stopped)
"""


def start(folder, trials, epochs):
    words = [sys.executable, "-c", PROGRAM, str(folder), str(trials), str(epochs)]
    pipe = subprocess.PIPE
    return subprocess.Popen(words, stdout=pipe, stderr=pipe, text=True)


@pytest.mark.slow
def test_two_processes_share_one_search(tmp_path):
    both = [start(tmp_path / "s", 12, 5) for _ in range(2)]
    said = [process.communicate(timeout=120) for process in both]
    assert [process.returncode for process in both] == [0, 0], said
    found = wk.Search.open(tmp_path / "s")
    assert len(found) in (12, 13), "the last two may have been begun together"
    assert len({row["run"] for row in found.rows}) == len(found)
    assert len({row["learning_rate"] for row in found.rows}) == len(found), "no trial was made twice"


@pytest.mark.slow
@pytest.mark.parametrize("how", ["SIGINT", "SIGKILL"])
def test_what_was_found_survives(tmp_path, how):
    process = start(tmp_path / "s", 500, 40)
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        if (tmp_path / "s" / "best.safetensors").exists():
            break
        time.sleep(0.05)
    process.send_signal(getattr(signal, how))
    out, _ = process.communicate(timeout=30)
    found = wk.Search.open(tmp_path / "s")
    assert len(found) >= 1
    assert found.model is not None
    if how == "SIGINT":
        assert process.returncode == 0
        assert "stopped by Ctrl-C after" in out
    done = len(found)
    again = wk.search(LAYERS, X, y, trials=done + 1, epochs=40, out=tmp_path / "s", progress=False, backend="numpy")
    assert len(again) == done + 1


@pytest.mark.parametrize(
    ("said", "how"),
    [
        ("no setting 'learning_rat' to vary; did you mean 'learning_rate'", {"space": {"learning_rat": [1]}}),
        ("needs a space", {"space": {}}),
        ("has no value to try", {"space": {"width": []}}),
        ("hidden says the size", {"space": {"hidden": [(4,)], "width": [4]}}),
        ("is searched and fixed at 4", {"space": {"width": [2, 4]}, "width": 4}),
        ("momentum is searched, and no optimizer has one", {"space": {"momentum": Uniform(0.1, 0.9)}}),
        ("trials is a whole number from 1", {"trials": 0}),
        ("folds is a whole number from 2", {"folds": 1}),
        ("200 folds of 160 examples", {"folds": 200}),
        ("validation is a share", {"validation": 2}),
        ("no 'f1' to judge by; there are validation_loss, validation_accuracy", {"by": "f1"}),
        ("say one of them", {"out": "a", "storage": "sqlite:///b.db"}),
        ("there is no optimizer 'adamm'", {"space": {"optimizer": ["adamm"]}}),
        ("X has 160 examples and y has 159", {"labels": y[1:]}),
    ],
)
def test_settings_that_no_trial_could_use(said, how, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    how = dict(how)
    labels = how.pop("labels", y)
    with pytest.raises(ValueError, match=said):
        wk.search(LAYERS, X, labels, **{"trials": 1, **QUICK, **how})
    assert not list(tmp_path.iterdir()), "nothing is left behind"


def test_places_that_hold_something_else(tmp_path):
    (tmp_path / "letter.txt").write_text("dear")
    with pytest.raises(FileExistsError, match="holds other files, and no search"):
        wk.search(LAYERS, X, y, trials=1, out=tmp_path, **QUICK)
    with pytest.raises(FileExistsError, match="is a file"):
        wk.search(LAYERS, X, y, trials=1, out=tmp_path / "letter.txt", **QUICK)
    with pytest.raises(FileNotFoundError, match="holds no search"):
        wk.Search.open(tmp_path)


def test_momentum_is_asked_for_only_where_there_is_one():
    class Trial:
        def suggest_float(self, name, low, high, log=False):
            return high

        def suggest_categorical(self, name, choices):
            return choices[0]

    space = {"momentum": Uniform(0.5, 0.9), "learning_rate": LogUniform(0.1, 1)}
    assert suggested(Trial(), space | {"optimizer": ["adam"]}, {}) == {"learning_rate": 1, "optimizer": "adam"}
    assert suggested(Trial(), space, {"optimizer": "nesterov"}) == {"learning_rate": 1, "momentum": 0.9}


def test_pictures_show_what_the_table_says(found):
    (history,) = search_history(found).axes
    scores = [row["score"] for row in found.rows if row["score"] is not None]
    assert history.lines[0].get_ydata().tolist() == np.minimum.accumulate(scores).tolist()
    (paths,) = search_paths(found).axes
    lines = [line for line in paths.lines if len(line.get_xdata()) == len(SPACE) + 1]
    assert len(lines) == len(found)
    assert max(line.get_linewidth() for line in lines) == lines[-1].get_linewidth()
    shares = found.importance()
    assert sum(shares.values()) == pytest.approx(1)
    (bars,) = search_importance(found).axes
    assert [bar.get_width() for bar in bars.patches] == list(shares.values())[::-1]
    assert all(to_svg(draw(found)).startswith("<svg") for draw in (search_history, search_paths, search_importance))
    few = wk.search(LAYERS, X, y, {"width": [2, 4]}, trials=1, **QUICK)
    with pytest.raises(ValueError, match="from four trials on, and 1 are done"):
        search_importance(few)
