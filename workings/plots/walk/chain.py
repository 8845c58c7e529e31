"""Chain: one neuron in each layer, and the chain rule from its cost back to every weight."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from workings.plots.diagram import network_diagram
from workings.plots.style import (
    INK,
    NEGATIVE,
    PAPER,
    POSITIVE,
    SECOND,
    SMALL,
    bare,
    counted,
    drawn,
    figure,
    number,
)
from workings.plots.walk.seen import Seen

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

MOST = 40  # components of a gradient that are named


def one_neuron_in_each_layer(seen: Seen) -> Figure:
    """The chain, with its weights and the activations of its input."""
    return network_diagram(seen.chain, seen.link.numbers["X"][:, 0])


@drawn
def last_two_neurons(seen: Seen) -> Figure:
    """The last two neurons of the chain and the answer wanted: what is between them, by name and by number."""
    w, L = seen.link, len(seen.chain.network.rows) // 2
    values = {name: float(w.numbers[name].item()) for name in (f"A{L - 1}", f"W{L}", f"b{L}", f"Z{L}", f"A{L}", "Y")}
    before, weight, bias, z, a, y = values.values()
    made = figure(
        7.2, 3.0, f"The last two neurons: {number(before)} becomes {number(a)}, and should be {number(y)}",
        f"z = w a + b = {_factor(weight)} · {_factor(before)} + {_factor(bias)} = {number(z, 4)}",
    )  # fmt: skip
    ax = bare(made.subplots())
    ax.set(xlim=(-0.7, 6.2), ylim=(-0.9, 1.1), aspect="equal")
    places = {f"A{L - 1}": 0.0, f"A{L}": 3.2, "Y": 5.4}
    colour, style = (POSITIVE, "-") if weight > 0 else (NEGATIVE, (0, (4, 1.6)))
    ax.plot([0.45, 2.75], [0, 0], color=colour, ls=style, lw=2)
    ax.text(1.6, 0.12, f"w = {number(weight)}", ha="center", fontsize=SMALL, color=colour)
    for name, x in places.items():
        _node(ax, x, 0, number(values[name]), square=name == "Y")
    for x, said in ((0, f"$a^{{({L - 1})}}$"), (3.2, f"$a^{{({L})}}$"), (5.4, "$y$")):
        ax.text(x, 0.62, said, ha="center", fontsize=11)
    ax.text(3.2, -0.72, f"b = {number(bias)}", ha="center", fontsize=SMALL)
    return made


@drawn
def cost_of_one_answer(seen: Seen) -> Figure:
    """(a - y)² over every answer a, with the chain's own answer and the slope there, 2(a - y)."""
    w, L = seen.link, len(seen.chain.network.rows) // 2
    a, y, cost = (float(w.numbers[name].item()) for name in (f"A{L}", "Y", "J"))
    slope = float(w.numbers[f"dA{L}"].item())
    made = figure(
        6, 4, f"The cost of one answer: C = ({number(a)} − {number(y)})² = {number(cost)}",
        f"Dashed: the slope where the answer stands, 2(a − y) = {number(slope)}.",
    )  # fmt: skip
    ax = made.subplots()
    over = np.linspace(0, 1.2, 121)
    ax.plot(over, (over - y) ** 2, color=POSITIVE, lw=2)
    near = np.array([a - 0.25, a + 0.25])
    ax.plot(near, cost + slope * (near - a), color=NEGATIVE, ls=(0, (5, 2)), lw=1.8)[0].set_gid("slope")
    ax.plot([a], [cost], "o", color=INK, ms=8, mec=PAPER, zorder=5)[0].set_gid("cost")
    ax.plot([y], [0], "s", color=INK, ms=6)
    ax.set(xlabel="answer a", ylabel="cost", ylim=(-0.05, None))
    return made


@drawn
def tree_of_causes(seen: Seen) -> Figure:
    """What the cost is made of: w, b and the activation before make z, z makes a, and a and y the cost."""
    return _tree(seen, slopes=False)


@drawn
def chain_rule(seen: Seen) -> Figure:
    """The same tree with a slope on each line; their product along the way is the gradient of the weight."""
    return _tree(seen, slopes=True)


def _tree(seen: Seen, slopes: bool) -> Figure:
    w, L = seen.link, len(seen.chain.network.rows) // 2
    names = {"W": f"W{L}", "A": f"A{L - 1}", "b": f"b{L}", "Z": f"Z{L}", "a": f"A{L}", "Y": "Y", "C": "J"}
    values = {key: float(w.numbers[name].item()) for key, name in names.items()}
    up = {"z": values["A"], "a": _slope(w, f"dZ{L}", f"dA{L}"), "C": float(w.numbers[f"dA{L}"].item())}
    gradient = float(w.numbers[f"dW{L}"].item())
    if slopes:
        title = f"The chain rule: {' · '.join(_factor(s) for s in up.values())} = {number(gradient)}"
        bias = number(float(w.numbers[f"db{L}"].item()))
        caption = f"∂C/∂w = ∂z/∂w · ∂a/∂z · ∂C/∂a.  With the factor 1 for b: ∂C/∂b = {bias}."
    else:
        title, caption = "What the cost is made of", "A line goes from a number to what is made of it."
    made = figure(7.6, 3.6, title, caption)
    ax = bare(made.subplots())
    places = {"W": (0, 2), "A": (0, 1), "b": (0, 0), "Z": (2, 1), "a": (4, 1), "Y": (4, 0), "C": (6, 1)}
    ax.set(xlim=(-1, 7), ylim=(-0.6, 2.6))
    made_of = {"Z": ("W", "A", "b"), "a": ("Z",), "C": ("a", "Y")}
    factors = {
        ("W", "Z"): up["z"],
        ("A", "Z"): values["W"],
        ("b", "Z"): 1.0,
        ("Z", "a"): up["a"],
        ("a", "C"): up["C"],
    }
    for to, sources in made_of.items():
        for source in sources:
            way = slopes and (source, to) in (("W", "Z"), ("Z", "a"), ("a", "C"))
            _line(ax, places[source], places[to], factors.get((source, to)) if slopes else None, way)
    said = {"W": "w", "A": f"a^{{({L - 1})}}", "b": "b", "Z": "z", "a": f"a^{{({L})}}", "Y": "y", "C": "C"}
    for key, (x, y) in places.items():
        _node(ax, x, y, f"${said[key]}$\n{number(values[key])}", radius=0.42, square=key == "Y", gid=names[key])
    return made


@drawn
def gradient_vector(seen: Seen, most: int = MOST) -> Figure:
    """Every component of the gradient of the network, by size: the largest by name, all of them as one curve."""
    w = seen.some
    arrays = [f"d{name}" for name in seen.model.parameters]
    base = seen.model.conventions.base
    cells = [(name, index) for name in arrays for index in np.ndindex(w.numbers[name].shape)]
    values = np.array([float(w.numbers[name][index]) for name, index in cells])
    order = np.argsort(-np.abs(values))
    first = order[:most]
    made = figure(
        9, 6.4, f"The gradient is one vector of {counted(len(values), 'number')}",
        f"Above: the {len(first)} largest. Below: the size of each, from the largest to the least; the length of the "
        f"vector is {number(np.linalg.norm(values), 4)}.",
    )  # fmt: skip
    above, below = made.subplots(2, 1, height_ratios=(1.4, 1))
    for i, k in enumerate(first):
        v = values[k]
        bar = above.bar(
            i,
            v,
            color=POSITIVE if v >= 0 else PAPER,
            ec=POSITIVE if v >= 0 else NEGATIVE,
            hatch="" if v >= 0 else "////",
        )
        bar[0].set_gid("component")
    named = [f"{cells[k][0]}[{','.join(str(i + base) for i in cells[k][1])}]" for k in first]
    above.set_xticks(range(len(first)), named, rotation=90, fontsize=6.5)
    above.axhline(0, color=INK, lw=0.6)
    (line,) = below.plot(np.arange(1, len(values) + 1), np.abs(values[order]), color=INK, lw=1.6)
    line.set_gid("sizes")
    below.set(xlabel="components, by size", ylabel="size", yscale="log" if np.all(values) else "linear")
    return made


def _factor(x: float) -> str:
    """A number among others, in brackets where it is negative."""
    return f"({number(x, 4)})" if x < 0 else number(x, 4)


def _slope(w: Any, over: str, under: str) -> float:
    """g′(z): how much of the gradient of a comes through to z."""
    down = float(w.numbers[under].item())
    return float(w.numbers[over].item()) / down if down else 0.0


def _node(ax: Axes, x: float, y: float, said: str, radius: float = 0.44, square: bool = False, gid: str = "") -> None:
    from matplotlib.patches import Circle, Rectangle

    shape: Any = (
        Rectangle((x - radius, y - radius), 2 * radius, 2 * radius, fc=PAPER, ec=INK, lw=1.2, zorder=3)
        if square
        else Circle((x, y), radius, fc=PAPER, ec=INK, lw=1.2, zorder=3)
    )
    ax.add_patch(shape)
    ax.text(x, y, said, ha="center", va="center", fontsize=SMALL, zorder=4).set_gid(gid)


def _line(ax: Axes, start: tuple[float, float], end: tuple[float, float], factor: float | None, way: bool) -> None:
    ax.plot(*zip(start, end, strict=True), color=POSITIVE if way else SECOND, lw=2.4 if way else 1.2, zorder=1)
    if factor is not None:
        x, y = (0.45 * a + 0.55 * b for a, b in zip(start, end, strict=True))
        box = {"boxstyle": "round,pad=0.15", "fc": PAPER, "ec": "none"}
        ax.text(x, y, number(factor), ha="center", va="center", fontsize=SMALL, bbox=box, zorder=2).set_gid("slope")
