"""Pictures of sweeps: the numbers in them are those of the table."""

from __future__ import annotations

import numpy as np
import pytest

import workings as wk
from workings.plots import activation_race, data_curves, sweep_cost, sweep_curves, to_svg
from workings.sweeps import learning_curves, race

X, y = wk.data.digits()
X, y = X[:200], y[:200]
QUICK = {"epochs": 2, "progress": False, "backend": "numpy"}


@pytest.fixture(scope="module")
def found():
    layers = [wk.Dense(4, "relu"), wk.Dense(10, "softmax")]
    grid = {"learning_rate": [0.001, 0.1], "hidden": [(4,), (3, 3)], "seed": [0, 1]}
    return wk.sweep(layers, X, y, grid, validation=0.2, **QUICK)


def test_small_multiples_show_every_run(found):
    axes = sweep_curves(found).axes
    assert len(axes) == 8
    for ax, row in zip(axes, found.rows, strict=True):
        assert ax.lines[0].get_ydata().tolist() == found.history(row["run"])["loss"]
        assert ax.lines[1].get_ydata().tolist() == found.history(row["run"])["validation_loss"]
    framed = [ax.get_title(loc="left").split(":")[0] for ax in axes if ax.spines["left"].get_linewidth() > 1.5]
    assert framed == [f"run {found.best()['run']}"]
    assert to_svg(sweep_curves(found, "accuracy")).startswith("<svg")
    with pytest.raises(ValueError, match="no run has an epoch with 'f1'"):
        sweep_curves(found, "f1")


def test_cost_is_drawn_against_every_setting(found):
    axes = sweep_cost(found).axes
    assert [ax.get_xlabel() for ax in axes] == ["learning rate", "hidden", "seed"]
    assert axes[0].get_xscale() == "log"
    means = [np.mean([r["validation_loss"] for r in found if r["learning_rate"] == a]) for a in (0.001, 0.1)]
    assert np.allclose(axes[0].lines[0].get_ydata(), means)
    assert [t.get_text() for t in axes[1].get_xticklabels()] == ["4", "3-3"]


def test_diverged_runs_are_crosses():
    layers = [wk.Dense(8, "relu"), wk.Dense(1)]
    lost = wk.sweep(layers, X, y + 0.5, {"learning_rate": [0.001, 1e9]}, **QUICK)
    assert [line.get_marker() for line in sweep_cost(lost).axes[0].lines].count("x") == 1
    assert [t.get_text() for ax in sweep_curves(lost).axes for t in ax.texts] == ["diverged"]


def test_learning_curves_and_the_race_are_drawn(found):
    grown = learning_curves(X, y, [20, 100], {"logistic": (), "small": (4,)}, seeds=2, **QUICK)
    (ax,) = data_curves(grown).axes
    means = [
        np.mean([r["validation_accuracy"] for r in grown if (r["network"], r["examples"]) == ("small", m)])
        for m in (20, 100)
    ]
    assert np.allclose(ax.lines[1].get_ydata(), means)
    ran = race(X, y, hidden=(4, 4), **QUICK)
    left, right = activation_race(ran).axes
    assert left.lines[1].get_ydata().tolist() == ran.history(1)["loss"]
    heights = [bar.get_height() for bar in right.patches[:3]]
    assert np.allclose(heights, list(ran.gradients(0)[0].values()))
    for draw in (data_curves, activation_race):
        with pytest.raises(ValueError, match="this draws what"):
            draw(found)
