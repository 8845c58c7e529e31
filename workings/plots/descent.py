"""Gradient descent: the steps themselves, on a curve of one number and on a surface of two."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from workings.plots.style import (
    DASHES,
    INK,
    KINDS,
    MARKERS,
    NEGATIVE,
    PAPER,
    POSITIVE,
    SECOND,
    SMALL,
    drawn,
    figure,
    heights,
    number,
)

if TYPE_CHECKING:
    from matplotlib.figure import Figure

Curve = Callable[[Any], Any]


def bowl(w: Any) -> Any:
    """J(w) = w²: one valley, the slope is 2w."""
    return w**2


def valleys(w: Any) -> Any:
    """J(w) = w⁴/8 - w² + w/3 + 3: two valleys, the left one deeper."""
    return w**4 / 8 - w**2 + w / 3 + 3


def ellipse(v: Any, w: Any) -> Any:
    """J(v, w) = v²/2 + 4w²: a long valley, eight times as steep across as along."""
    return v**2 / 2 + 4 * w**2


def steps_down(slope: Curve, start: Any, rate: float, steps: int) -> np.ndarray:
    """w ← w - rate · slope(w), so many times: every place, the start first.

    >>> steps_down(lambda w: 2 * w, 1.0, 0.25, 2).tolist()
    [1.0, 0.5, 0.25]
    """
    places = [np.asarray(start, dtype=float)]
    for _ in range(steps):
        places.append(places[-1] - rate * np.asarray(slope(places[-1]), dtype=float))
    return np.array(places)


@drawn
def descent_on_curve(
    curve: Curve = bowl,
    starts: float | Sequence[float] = 2.0,
    rates: Sequence[float] = (0.1, 0.45, 0.95, 1.05),
    steps: int = 8,
    slope: Curve | None = None,
    window: tuple[float, float] | None = None,
) -> Figure:
    """Steps of gradient descent on a curve J(w), one panel for each rate.

    A step is rate times slope, so it shrinks where the curve flattens, if the rate is small.  A large one jumps over
    the valley, and a larger one climbs out of it.  Several `starts` may end in several valleys.
    `slope`: dJ/dw; by default measured by central differences.  `window`: the w that are drawn.

    >>> made = descent_on_curve(rates=(0.25,), steps=2)
    >>> made.axes[0].lines[1].get_xdata().round(6).tolist()
    [2.0, 1.0, 0.5]
    """
    starts = [float(s) for s in np.atleast_1d(starts)]
    slope = slope or (lambda w: (curve(w + 1e-5) - curve(w - 1e-5)) / 2e-5)
    rates = _rates(rates)
    low, high = window or (-1.25 * max(map(abs, starts)), 1.25 * max(map(abs, starts)))
    w = np.linspace(low, high, 301)
    columns = len(rates) if len(rates) <= 4 else 4
    lines = -(-len(rates) // columns)
    made = figure(
        max(2.9 * columns, 4.5),
        3.0 * lines + 1.1,
        "Gradient descent on a curve: w ← w − α · slope",
        f"{steps} steps from each start, α is the learning rate.",
    )
    panels = list(made.subplots(lines, columns, squeeze=False, sharey=True).flat)
    for ax, rate in zip(panels, rates, strict=False):
        ax.plot(w, curve(w), color=SECOND, lw=1.4)
        ends = []
        for i, start in enumerate(starts):
            places = steps_down(slope, start, rate, steps)
            ax.plot(
                places, curve(places), color=KINDS[(i + 1) % len(KINDS)], marker=MARKERS[(i + 1) % 10], lw=1, ms=5
            )
            ax.plot(places[:1], curve(places[:1]), "s", color=PAPER, mec=INK, ms=7, zorder=5)
            ends.append(places)
        ground, top = float(np.min(curve(w))), max(float(curve(start)) for start in starts)
        room = 0.1 * ((top - ground) or 1)
        ax.set(xlim=(low, high), ylim=(ground - room, top + 5 * room), xlabel="w")
        told = f": {_verdict(ends[0], curve)}" if len(ends) == 1 else ""
        ax.set_title(f"α = {number(rate)}{told}", fontsize=SMALL + 0.5)
    for ax in panels[::columns]:
        ax.set_ylabel("J(w)")
    for ax in panels[len(rates) :]:
        ax.remove()
    return made


@drawn
def descent_on_surface(
    surface: Callable[[Any, Any], Any] = ellipse,
    start: tuple[float, float] = (-4.0, 1.0),
    rates: Sequence[float] = (0.03, 0.15, 0.24),
    steps: int = 20,
    slope: Curve | None = None,
) -> Figure:
    """Steps of gradient descent on a surface J(v, w), seen from above, a path for each rate.

    `slope`: from the pair (v, w) to the pair of slopes; by default measured by central differences.

    >>> made = descent_on_surface(rates=(0.1,), steps=1)
    >>> made.axes[0].lines[0].get_xdata().round(6).tolist()
    [-4.0, -3.6]
    """
    slope = slope or (lambda p: _slopes(surface, p))
    rates = _rates(rates)
    paths = [steps_down(slope, start, rate, steps) for rate in rates]
    span = 1.2 * np.abs(np.asarray(start, dtype=float))
    span = np.where(span > 0, span, span.max() or 1)
    v, w = np.meshgrid(np.linspace(-span[0], span[0], 121), np.linspace(-span[1] * 1.3, span[1] * 1.3, 121))
    made = figure(
        7.2,
        4.6,
        "Gradient descent on a surface, from above",
        f"{steps} steps from the square, α is the learning rate. Dark is low.",
    )
    ax = made.subplots()
    ax.grid(False)
    J = surface(v, w)
    levels = J.min() + (J.max() - J.min()) * np.linspace(0, 1, 14) ** 2
    ax.contourf(v, w, J, levels=levels, cmap=heights())
    ax.contour(v, w, J, levels=levels[1:], colors=SECOND, linewidths=0.5)
    for i, (rate, path) in enumerate(zip(rates, paths, strict=True)):
        style: Any = {"color": (POSITIVE, NEGATIVE, INK, *KINDS[2:])[i % 10], "ls": DASHES[i % 6]}
        ax.plot(*path.T, marker=MARKERS[(i + 1) % 10], lw=1.3, ms=4, label=f"α = {number(rate)}", **style)
    ax.plot(*start, "s", color=PAPER, mec=INK, ms=8, zorder=5)
    ax.set(xlabel="v", ylabel="w", xlim=(-span[0], span[0]), ylim=(-span[1] * 1.3, span[1] * 1.3))
    ax.legend(loc="center left", bbox_to_anchor=(1.01, 0.5), frameon=False)
    return made


def _slopes(surface: Callable[[Any, Any], Any], p: np.ndarray) -> np.ndarray:
    v, w = p
    e = 1e-5
    dv = (surface(v + e, w) - surface(v - e, w)) / (2 * e)
    dw = (surface(v, w + e) - surface(v, w - e)) / (2 * e)
    return np.array([dv, dw])


def _rates(rates: Any) -> list[float]:
    rates = [float(rate) for rate in np.atleast_1d(rates)]
    if not rates or not all(rate > 0 for rate in rates):
        raise ValueError(f"rates are learning rates above 0, not {rates}")
    return rates


def _verdict(places: np.ndarray, curve: Curve) -> str:
    """What the steps did: led up, jumped over the valley, or shrank."""
    moves = np.diff(places)
    first, last = float(curve(places[0])), float(curve(places[-1]))
    if not np.isfinite(last) or last > first:
        return "climbs out"
    if (moves[:-1] * moves[1:] < 0).any():
        return "overshoots"
    return "steps shrink" if (np.diff(np.abs(moves)) <= 0).all() else "goes down"
