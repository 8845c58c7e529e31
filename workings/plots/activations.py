"""Activation functions and their slopes, as the layers themselves compute them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from workings.plots.style import INK, NEGATIVE, PAPER, POSITIVE, SMALL, drawn, figure
from workings.slopes import slope_of
from workings.specs import ACTIVATIONS, activation

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure


@drawn
def activation_functions(*names: str, reach: float = 5.0, title: str = "") -> Figure:
    """Value (solid) and slope (dashed) of activations by name, over z from -reach to reach.

    Both come from the layer: the value from `forward`, the slope from `backward` with dA = 1.  Where the slope jumps,
    a dot shows which value is used.  Raises ValueError for a name there is not, and for softmax, which answers for a
    whole column at once.

    >>> axes = activation_functions("tanh", "relu").axes
    >>> [ax.get_title(loc="left") for ax in axes], axes[1].lines[2].get_ydata()[-1]
    (['tanh', 'relu'], np.float64(5.0))
    """
    names = names or ("sigmoid", "tanh", "relu")
    layers = [(name, activation(name)) for name in names]
    for name, layer in layers:
        if layer is None or type(layer).__name__ == "Softmax":
            cells = [n for n in ACTIVATIONS if n != "softmax"]
            raise ValueError(
                f"{name} has no curve of one z: an output of it depends on every input; there are {', '.join(cells)}"
            )
    columns = min(len(layers), 3)
    lines = -(-len(layers) // columns)
    made = figure(
        3.5 * columns + 0.3,
        3.1 * lines + 0.9,
        title or "Activation functions and their slopes",
        "Solid: the value a = g(z). Dashed: its slope g′(z).",
    )
    axes = list(made.subplots(lines, columns, squeeze=False).flat)
    for ax, (name, layer) in zip(axes, layers, strict=False):
        _panel(ax, name, layer, reach)
    for ax in axes[len(layers) :]:
        ax.remove()
    return made


def sigmoid_beside_relu() -> Figure:
    """The two side by side: the sigmoid's slope is 1/4 at most and dies away, that of ReLU is 1 for every z > 0.

    Redrawn after the course notes, week 1, with the slopes added.

    >>> [ax.get_title(loc="left") for ax in sigmoid_beside_relu().axes]
    ['sigmoid', 'relu']
    """
    slope = slope_of("sigmoid", [0.0, 5.0]).slope
    title = f"Sigmoid beside ReLU: a slope of {slope[0]:g} at most, {slope[1]:.4f} at z = 5, against 1"
    return activation_functions("sigmoid", "relu", title=title)


def _panel(ax: Axes, name: str, layer: Any, reach: float) -> None:
    z = np.linspace(-reach, reach, 401)
    with np.errstate(all="ignore"):
        curve = slope_of(layer, z)
    a, slope = curve.value, curve.slope
    left, at, right = slope_of(layer, [-1e-9, 0.0, 1e-9]).slope
    if jumps := abs(right - left) > 0.01:
        slope = np.where(z == 0, np.nan, slope)
    ax.axhline(0, color=INK, lw=0.6)
    ax.axvline(0, color=INK, lw=0.6)
    ax.plot(z, a, color=POSITIVE, lw=2, label="value")
    ax.plot(z, slope, color=NEGATIVE, lw=1.8, ls=(0, (5, 2)), label="slope")
    if jumps:
        ax.plot([0, 0], [left, right], "o", color=NEGATIVE, mfc=PAPER, ms=5, zorder=4)
        ax.plot([0], [at], "o", color=NEGATIVE, ms=5, zorder=5)
    low, high = min(a.min(), np.nanmin(slope)), max(a.max(), np.nanmax(slope))
    ax.set_ylim(low - 0.08 * (high - low), high + 0.08 * (high - low))
    ax.set_title(name)
    ax.set_xlabel("z")
    ax.set_ylabel("a,  slope")
    ax.legend(loc="upper left", frameon=False, fontsize=SMALL, handlelength=2.4)
