"""Landscape: the loss of a model along one direction through its parameters, or over two."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from workings.plots.directions import Path, cell, flat, loss_at, principal, random
from workings.plots.style import (
    INK,
    NEGATIVE,
    PAPER,
    POSITIVE,
    SECOND,
    SMALL,
    below,
    counted,
    drawn,
    figure,
    heights,
    number,
    percent,
)

if TYPE_CHECKING:
    from matplotlib.figure import Figure

    from workings.model import Model


@drawn
def loss_surface(
    model: Model,
    X: Any,
    y: Any,
    along: tuple[str, str] | str = "random",
    *,
    span: float | None = None,
    steps: int = 31,
    path: Path | None = None,
    seed: int = 0,
) -> Figure:
    """The mean loss over two directions from where the model stands (the cross).

    `along`: two parameters by their cells, as ("W1[1,1]", "b1[1]"); "random" for two random directions drawn with
    `seed`; "path" for the two that the recorded `path` of training mostly follows.  `span`: how far to each side
    (by default 2 for cells, 1 for random directions, as far as the path goes with one); `steps` on each side.
    A path is drawn as its shadow on the plane.

    >>> from workings import Dense, Model
    >>> model = Model([Dense(1)], parameters={"W1": [[1]], "b1": [0]}, loss="mse")
    >>> made = loss_surface(model, [[0.0], [1.0]], [0.0, 1.0], ("W1[1,1]", "b1[1]"), steps=5)
    >>> made.axes[0].get_xlabel()
    'W1[1,1]'
    """
    centre, loss = flat(model), loss_at(model, X, y)
    points = np.array(path.points) if path and path.points else np.empty((0, centre.size))
    if points.shape[1:] != centre.shape:
        raise ValueError(f"the path has {points.shape[1]} parameters, but the model has {centre.size}")
    (u, v), labels, origin, caption = _plane(model, along, seed, points, centre)
    walked = np.stack([(points - centre) @ u / (u @ u), (points - centre) @ v / (v @ v)], axis=1)
    wide = span or (1.0 if along == "random" else 2.0)
    s = _axis(walked[:, 0], wide, steps, span)
    t = _axis(walked[:, 1], wide, steps, span)
    J = np.array([[loss(centre + a * u + b * v) for a in s] for b in t])
    J = np.where(np.isfinite(J), J, np.nan)
    made = figure(6.8, 5.4, f"The loss over two directions: {number(loss(centre))} at the cross")
    ax = made.subplots()
    ax.grid(False)
    levels = _levels(J)
    filled = ax.contourf(s + origin[0], t + origin[1], J, levels=levels, cmap=heights(), extend="max")
    lines = ax.contour(s + origin[0], t + origin[1], J, levels=levels[1:], colors=SECOND, linewidths=0.6)
    ax.clabel(lines, fontsize=7, fmt=number)
    if len(walked):
        ax.plot(*(walked + origin).T, "o-", color=NEGATIVE, lw=1.4, ms=3.5, mec=PAPER, mew=0.4, label="path")
        ax.plot(*(walked[0] + origin), "s", color=NEGATIVE, ms=7, mec=INK)
        caption += f" The path of training, {counted(len(points), 'point')}, starts at the square."
    ax.plot(*origin, "X", color=INK, ms=10, mec=PAPER)
    ax.set(xlabel=labels[0], ylabel=labels[1], xlim=_ends(s + origin[0]), ylim=_ends(t + origin[1]))
    bar = made.colorbar(filled, ax=ax, label="loss, mean over the examples", ticks=levels[::2])
    bar.ax.set_yticklabels([number(level) for level in levels[::2]])
    below(made, caption)
    return made


@drawn
def loss_curve(
    model: Model, X: Any, y: Any, along: str = "W1[1,1]", *, span: float = 2.0, steps: int = 81, seed: int = 0
) -> Figure:
    """The mean loss along one parameter, or one random direction, with the tangent where the model stands.

    The slope is measured: a nudge of 0.001 to each side (in float32 the loss has about 7 digits; use a model with
    dtype="float64" for more).

    >>> from workings import Dense, Model
    >>> model = Model([Dense(1)], parameters={"W1": [[3]], "b1": [0]}, loss="mse", dtype="float64")
    >>> loss_curve(model, [[1.0]], [1.0], "W1[1,1]").get_suptitle()
    'The loss along W1[1,1]: 4 at the dot, slope 4'
    """
    centre, loss = flat(model), loss_at(model, X, y)
    u = random(model, np.random.default_rng(seed)) if along == "random" else cell(model, along)
    origin = 0.0 if along == "random" else float(centre @ u)
    s = np.linspace(-span, span, steps)
    J = np.array([loss(centre + a * u) for a in s])
    here, nudge = loss(centre), 1e-3
    slope = (loss(centre + nudge * u) - loss(centre - nudge * u)) / (2 * nudge)
    name = "a random direction" if along == "random" else along
    made = figure(6.2, 4.2, f"The loss along {name}: {number(here)} at the dot, slope {number(slope)}")
    ax = made.subplots()
    ax.plot(s + origin, J, color=POSITIVE, lw=2, label="loss")
    width = span * 0.4
    ax.plot(
        [origin - width, origin + width],
        [here - slope * width, here + slope * width],
        color=NEGATIVE,
        ls=(0, (5, 2)),
        lw=1.6,
        label="tangent",
    )
    ax.plot([origin], [here], "o", color=INK, ms=7, zorder=5)
    ax.set(xlabel=name, ylabel="loss, mean over the examples")
    ax.legend(frameon=False, fontsize=SMALL)
    return made


def _plane(model: Model, along: Any, seed: int, points: np.ndarray, centre: np.ndarray) -> Any:
    if isinstance(along, str) and along == "path":
        u, v, share = principal(points, centre)
        said = f"The two directions hold {percent(share)} of the path."
        return (u, v), ("first direction of the path", "second direction of the path"), np.zeros(2), said
    if isinstance(along, str) and along == "random":
        rng = np.random.default_rng(seed)
        said = f"Two random directions (seed {seed}): 1 moves every unit by the size of its own weights."
        pair = (random(model, rng), random(model, rng))
        return pair, ("first random direction", "second random direction"), np.zeros(2), said
    if isinstance(along, str) or len(along) != 2 or along[0] == along[1]:
        raise ValueError(f"along is two different cells, ('W1[1,1]', 'b1[1]'), \"random\" or \"path\", not {along!r}")
    pair = tuple(cell(model, name) for name in along)
    return pair, tuple(along), np.array([centre @ d for d in pair]), "All other parameters stay as they are."


def _axis(walked: np.ndarray, wide: float, steps: int, span: float | None) -> np.ndarray:
    if len(walked) and span is None:
        low, high = min(walked.min(), 0), max(walked.max(), 0)
        room = 0.2 * ((high - low) or wide)
        return np.linspace(low - room, high + room, steps)
    return np.linspace(-wide, wide, steps)


def _levels(J: np.ndarray) -> np.ndarray:
    """Twelve heights, closer together in the valley."""
    low, high = float(np.nanmin(J)), float(np.nanpercentile(J, 98))
    if not high > low:
        high = low + (abs(low) or 1)
    return low + (high - low) * np.linspace(0, 1, 13) ** 2


def _ends(values: np.ndarray) -> tuple[float, float]:
    return float(values[0]), float(values[-1])
