"""House prices: one neuron with ReLU draws a line that never goes below zero."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from workings.plots.style import INK, NEGATIVE, POSITIVE, SMALL, drawn, figure, number

if TYPE_CHECKING:
    from matplotlib.figure import Figure

    from workings.model import Model


def house_neuron() -> Model:
    """One neuron: price = max(0, 0.2 · size - 50), its two parameters given by hand.

    >>> house_neuron().outputs([[1000.0], [100.0]]).tolist()
    [[150.0], [0.0]]
    """
    from workings.model import Model
    from workings.specs import Dense

    given = {"W1": [["1/5"]], "b1": [[-50]]}
    return Model([Dense(1, "relu")], loss="mse", parameters=given, dtype="float64")


@drawn
def house_prices(model: Model | None = None) -> Figure:
    """The six houses of the course notes and the line of one neuron through them.

    `model`: any model of one feature and one output; by default the neuron with the notes' parameters.  The caption
    names every house the line misses.  Source: course notes, week 1 (sizes in square feet, prices in thousands of $).

    >>> line = house_prices().axes[0].lines[0]
    >>> line.get_ydata()[0], line.get_ydata()[-1]
    (np.float64(0.0), np.float64(350.0))
    """
    from workings.data import houses

    model = model or house_neuron()
    X, y = houses()
    sizes = np.linspace(0, 2000, 401)
    prices, at = model.outputs(sizes.reshape(-1, 1)), model.outputs(X)[:, 0]
    if prices.shape[1] != 1:
        raise ValueError(f"a price is one number, but the model predicts {prices.shape[1]}")
    missed = np.flatnonzero(np.abs(at - y) > 1e-3 * np.maximum(1, np.abs(y)))
    told = [f"at {number(X[i, 0])} the line gives {number(at[i])}, the point says {number(y[i])}" for i in missed[:3]]
    more = f" and {len(missed) - 3} more" if len(missed) > 3 else ""
    made = figure(
        6.6,
        4.6,
        f"House price from size: one neuron, {_formula(model)}" if _one_neuron(model) else "House price from size",
        f"The line misses {len(missed)} of {len(y)} houses: {'; '.join(told)}{more}."
        if len(missed)
        else f"The line passes through all {len(y)} houses.",
    )
    ax = made.subplots()
    ax.plot(sizes, prices[:, 0], color=POSITIVE, lw=2.4, label="predicted price", zorder=2)
    ax.plot(X[:, 0], y, "s", color=NEGATIVE, mec=INK, mew=0.6, ms=7, label="houses", zorder=3)
    ax.plot(X[missed, 0], y[missed], "o", mfc="none", mec=INK, ms=14, mew=1)
    for i in missed[:3]:
        ax.annotate(
            "",
            (X[i, 0], at[i]),
            (X[i, 0], y[i]),
            arrowprops={"arrowstyle": "-", "ls": ":", "color": INK},
        )
    ax.set(xlabel="size (square feet)", ylabel="price (thousands of $)", xlim=(0, 2000))
    ax.set_ylim(bottom=-0.05 * max(float(prices.max()), float(y.max())))
    ax.legend(loc="upper left", frameon=False, fontsize=SMALL)
    return made


def _one_neuron(model: Model) -> bool:
    kinds = [type(row.layer).__name__ for row in model.network.rows]
    return kinds == ["Dense", "Relu"] and sum(W.size for W in model.parameters.values()) == 2


def _formula(model: Model) -> str:
    w, b = (float(W.ravel()[0]) for W in model.parameters.values())
    return f"max(0, {number(w)} · size {'−' if b < 0 else '+'} {number(abs(b))})"
