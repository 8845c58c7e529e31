"""Losses as curves: cross-entropy for either answer, and why it is taken rather than the squared error."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from workings import layers, losses
from workings.plots.style import DASHES, INK, NEGATIVE, PAPER, POSITIVE, SECOND, SMALL, drawn, figure, number, percent

if TYPE_CHECKING:
    from matplotlib.figure import Figure


@drawn
def cross_entropy_curves() -> Figure:
    """What a prediction a costs if the answer is 1, and if it is 0, as `BinaryCrossEntropy` computes it.

    L = -log a for y = 1 and -log(1 - a) for y = 0: nothing for a sure right answer, without limit for a sure wrong
    one.  Where both meet, at a = 1/2, it is log 2.

    >>> [line.get_label() for line in cross_entropy_curves().axes[0].lines[:2]]
    ['y = 1: L = −log a', 'y = 0: L = −log(1 − a)']
    """
    a = np.linspace(0, 1, 501)[1:-1]
    half = float(_cost(losses.BinaryCrossEntropy(), np.array([[0.5]]), np.array([[1.0]])))
    made = figure(
        6.2,
        4.4,
        "Cross-entropy: what a prediction costs",
        f"A sure right answer costs nothing, a sure wrong one has no limit: "
        f"a = 0.002 for y = 1 costs {number(-np.log(0.002))}."
        f" At a = ½ either way {number(half, 4)} = log 2.",
    )
    ax = made.subplots()
    for y, colour, dash, said in ((1, POSITIVE, "-", "−log a"), (0, NEGATIVE, DASHES[1], "−log(1 − a)")):
        L = [_cost(losses.BinaryCrossEntropy(), np.array([[x]]), np.array([[float(y)]])) for x in a]
        ax.plot(a, L, color=colour, ls=dash, lw=2, label=f"y = {y}: L = {said}")
    ax.plot([0.5], [half], "o", color=INK, ms=6)
    ax.annotate("log 2", (0.5, half), (0, 9), textcoords="offset points", ha="center", fontsize=SMALL)
    ax.set(xlim=(0, 1), ylim=(0, 6.3), xlabel="prediction a", ylabel="loss L of one example")
    ax.legend(loc="upper center", frameon=False)
    return made


@drawn
def squared_error_against_cross_entropy(
    x: Sequence[float] = (-4.0, 0.5, 0.5), y: Sequence[int] = (1, 1, 1), reach: float = 6.0
) -> Figure:
    """Both costs J(w) of one neuron a = σ(w x) over its weight, and where each bends downwards.

    A convex curve bends upwards everywhere, so that gradient descent from any start ends in the one lowest place.
    Bending is measured: the second differences of J on 2,001 places.  The stretches where it is negative are drawn
    thin, lowest places of a valley as dots.  Source of the question: course notes, week 2.

    >>> measured_bends([4.0, 1.0, 0.0, 1.0, 4.0])
    (0.0, 1)
    """
    xs, ys = np.asarray(x, dtype=float), np.asarray(y, dtype=float)
    if xs.shape != ys.shape or xs.ndim != 1 or not np.isin(ys, (0, 1)).all():
        raise ValueError(f"x and y are as many numbers, y of 0 and 1, not {list(x)} and {list(y)}")
    w = np.linspace(-reach, reach, 2001)
    A, _ = layers.Sigmoid().forward(np, np.outer(xs, w))
    made = figure(9.2, 4.3, "Squared error against cross-entropy: one neuron, one weight", _told(xs, ys))
    for ax, loss, name in zip(
        made.subplots(1, 2),
        (losses.SquaredError("sum"), losses.BinaryCrossEntropy()),
        ("squared error", "cross-entropy"),
        strict=True,
    ):
        with np.errstate(all="ignore"):
            J = np.array([_cost(loss, A[:, [k]].T, ys.reshape(1, -1)) for k in range(w.size)])
        share, _ = measured_bends(J)
        down = np.concatenate([[False], np.diff(J, 2) < -_noise(J), [False]])
        ax.plot(w, np.where(down, np.nan, J), color=POSITIVE, lw=2.4, label="bends upwards")
        ax.plot(w, np.where(down, J, np.nan), color=NEGATIVE, lw=1.4, ls=DASHES[1], label="bends downwards")
        lowest = 1 + np.flatnonzero((np.diff(J)[:-1] < 0) & (np.diff(J)[1:] > 0))
        ax.plot(w[lowest], J[lowest], "o", color=PAPER, mec=INK, ms=7, zorder=5)
        convex = (
            "convex: bends upwards everywhere" if share == 0 else f"not convex: bends downwards on {percent(share)}"
        )
        astray = _astray(J)
        leads = f"misses the lowest place from {percent(astray)}" if astray else "leads to the lowest place from all"
        ax.set_title(f"{name}, {convex};\ndownhill {leads} of the starts")
        ax.set(xlabel="w", ylabel="J(w)", xlim=(-reach, reach))
        ax.set_ylim(bottom=0)
        ax.legend(frameon=False, fontsize=SMALL, labelcolor=SECOND)
    return made


def measured_bends(J: Any) -> tuple[float, int]:
    """Of a curve at evenly spaced places: the share of it that bends downwards, and how many valleys it has."""
    J = np.asarray(J, dtype=float)
    slope = np.diff(J)
    valleys = int(np.sum((slope[:-1] < 0) & (slope[1:] > 0)))
    return float(np.mean(np.diff(J, 2) < -_noise(J))), valleys


def _astray(J: np.ndarray) -> float:
    """The share of places from which the way down does not lead to the lowest."""
    low = int(np.argmin(J))
    falls = np.diff(J) < 0
    right = np.flatnonzero(falls[low:])
    left = np.flatnonzero(~falls[:low][::-1])
    reached = (right[0] if right.size else J.size - 1 - low) + (left[0] if left.size else low) + 1
    return float(1 - reached / J.size)


def _noise(J: np.ndarray) -> float:
    """What rounding alone can make of a second difference."""
    return 8 * np.finfo(float).eps * float(np.abs(J).max())


def _cost(loss: Any, A: np.ndarray, Y: np.ndarray) -> float:
    return float(loss.forward(np, A, Y)[0])


def _told(x: np.ndarray, y: np.ndarray) -> str:
    pairs = ", ".join(f"({number(a)}, {number(b)})" for a, b in zip(x[:6], y[:6], strict=True))
    return f"Prediction a = σ(w x), examples (x, y): {pairs}{', …' if len(x) > 6 else ''}. J is the mean over them."
