"""Performance against the amount of data: as the course notes draw it, and as it is measured here."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from workings.plots.style import (
    BAD,
    DASHES,
    INK,
    KINDS,
    MARKERS,
    POSITIVE,
    SECOND,
    SMALL,
    drawn,
    figure,
    number,
)

if TYPE_CHECKING:
    from matplotlib.figure import Figure

# the notes' curves, rise · (1 - e^(-m / pace)) + 0.5
CURVES: dict[str, tuple[float, float]] = {
    "traditional algorithm": (0.6, 500),
    "small network": (0.5, 100),
    "medium network": (0.65, 200),
    "large network": (0.8, 300),
}
SIZES: dict[str, tuple[int, ...]] = {
    "logistic regression": (),
    "small, 4": (4,),
    "medium, 32": (32,),
    "large, 256": (256,),
}
COLOURS = (SECOND, KINDS[0], KINDS[2], POSITIVE)


@drawn
def performance_against_data() -> Figure:
    """The four curves of the course notes over m = 10 … 10,000, whole: three of them rise above 1.

    A share of right answers cannot be more than 1; the notes' picture hides it by ending its axis there (erratum E2).
    Source: course notes, week 1.

    >>> [float(line.get_ydata()[-1].round(2)) for line in performance_against_data().axes[0].lines[:4]]
    [1.1, 1.0, 1.15, 1.3]
    """
    m = np.logspace(1, 4, 200)
    ends = {name: rise * (1 - np.exp(-m / pace)) + 0.5 for name, (rise, pace) in CURVES.items()}
    over = [f"{name} {number(curve[-1])}" for name, curve in ends.items() if curve[-1] > 1 + 1e-9]
    made = figure(
        7.6,
        4.9,
        "Performance against the amount of data, as the notes draw it",
        f"A sketch, not measured: at m = {number(m[-1])} {len(over)} of the curves exceed 1 ({', '.join(over)}), "
        "which no share of right answers can. The notes' axis ends at 1 and hides it.",
    )
    ax = made.subplots()
    for i, (name, curve) in enumerate(ends.items()):
        ax.plot(m, curve, color=COLOURS[i], ls=DASHES[(1, 2, 3, 0)[i]], lw=1.9, label=name)
        ax.annotate(
            name,
            (m[-1], curve[-1]),
            (6, 0),
            textcoords="offset points",
            va="center",
            fontsize=SMALL,
            color=COLOURS[i],
        )
    ax.axhline(1, color=BAD, lw=1)
    ax.axhspan(1, 1.4, facecolor="none", edgecolor=BAD, alpha=0.18, hatch="//", lw=0)
    ax.text(11, 1.02, "impossible: more than all right", fontsize=SMALL, color=BAD)
    ax.set(xscale="log", xlim=(10, 1e4), ylim=(0.4, 1.4), xlabel="examples m", ylabel="performance (share right)")
    return made


@drawn
def performance_measured(
    X: Any = None,
    y: Any = None,
    amounts: Sequence[int] = (50, 100, 200, 400, 800, 1400),
    networks: Mapping[str, Sequence[int]] = SIZES,
    epochs: int = 30,
    seed: int = 0,
) -> Figure:
    """The same question answered: accuracy on held-out examples of networks trained on the first m others.

    X (m, n), y (m,) are mixed with `seed`; what is beyond the largest amount is held out.  By default the digits,
    and 1,400 of 1,797 at most.  `networks`: name → hidden units of each layer (none: logistic regression).

    >>> made = performance_measured(amounts=(50, 100), networks={"logistic": ()}, epochs=2)
    >>> made.axes[0].lines[0].get_xdata().tolist()
    [50, 100]
    """
    from workings.data import digits
    from workings.model import Model
    from workings.specs import Dense

    if X is None or y is None:
        X, y = digits()
    X, y = np.asarray(X), np.asarray(y)
    amounts = sorted(int(m) for m in amounts)
    if not amounts or amounts[0] < 2 or amounts[-1] >= len(X):
        raise ValueError(
            f"amounts are from 2 to {len(X) - 1}, so that some of {len(X)} examples are held out: {amounts}"
        )
    mixed = np.random.default_rng(seed).permutation(len(X))
    X, y = X[mixed], y[mixed]
    test = slice(amounts[-1], None)
    k = len(np.unique(y))
    found: dict[str, list[float]] = {}
    for name, hidden in networks.items():
        for m in amounts:
            model = Model([*(Dense(n, "relu") for n in hidden), Dense(k, "softmax")], seed=seed)
            model.fit(X[:m], y[:m], epochs=epochs, optimizer="adam", learning_rate=0.005, progress=False)
            found.setdefault(name, []).append(model.evaluate(X[test], y[test])["accuracy"])
    made = figure(
        7.6,
        4.7,
        "Performance against the amount of data, measured",
        f"Accuracy on {len(X) - amounts[-1]:,} examples not trained on; {epochs} epochs of Adam each, seed {seed}. "
        + "At the most data: "
        + ", ".join(f"{name} {shares[-1]:.3f}" for name, shares in found.items())
        + ".",
    )
    ax = made.subplots()
    for i, (name, shares) in enumerate(found.items()):
        style: Any = {"color": (COLOURS + KINDS)[i % 10], "ls": DASHES[(1, 2, 3, 0, 4, 5)[i % 6]]}
        ax.plot(amounts, shares, marker=MARKERS[i % 10], lw=1.7, ms=5, mec=INK, mew=0.4, label=name, **style)
    ax.set(xscale="log", xlabel="training examples m", ylabel="accuracy on held-out examples")
    ax.set_ylim(top=1)
    ax.set_xticks(amounts, [f"{m:,}" for m in amounts])
    ax.minorticks_off()
    ax.legend(loc="center left", bbox_to_anchor=(1.01, 0.5), frameon=False, fontsize=SMALL)
    return made
