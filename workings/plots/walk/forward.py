"""Forward: from the pixels of one example to the answer, a picture for each thing that happens on the way."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from workings.plots.activations import activation_functions
from workings.plots.diagram import network_diagram
from workings.plots.digits import picture, pixels
from workings.plots.style import (
    INK,
    PAPER,
    SECOND,
    SMALL,
    TINY,
    drawn,
    figure,
    fixed,
    ink,
    number,
    on,
    reach,
    signed,
    unlabelled,
)
from workings.plots.walk.seen import Seen
from workings.plots.weights import weights_as_images
from workings.slopes import slope_of

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

MOST = 6  # rows and columns of a matrix that are written out


def pixels_as_inputs(seen: Seen) -> Figure:
    """The picture as numbers: every pixel is one input, 0 is paper and 1 is ink."""
    return pixels(seen.column("X"))


@drawn
def layer_by_layer(seen: Seen) -> Figure:
    """What every layer holds of the example, from its pixels to its answer."""
    values = [seen.column(name) for name in seen.layers]
    sizes = "-".join(str(len(v)) for v in values)
    made = figure(
        9, 4.4, f"One example in all {len(values)} layers of {sizes}", "White is 0, black is 1 or the most."
    )
    axes = made.subplots(1, len(values), width_ratios=[3, *[1] * (len(values) - 1)])
    for ax, name, v in zip(axes, seen.layers, values, strict=True):
        shade = picture(v) if name == "X" else v[:, None]
        image = unlabelled(ax).imshow(shade, cmap=ink(), vmin=0, vmax=max(1.0, reach(v)), aspect="equal")
        image.set_gid(name)
        ax.set_title("pixels" if name == "X" else f"{name}: {len(v)}", fontsize=SMALL)
        if name != "X" and len(v) <= 20:
            for i, a in enumerate(v):
                ax.text(0, i, fixed(a), ha="center", va="center", fontsize=TINY - 1, color=on(a / max(1.0, reach(v))))
    return made


@drawn
def parts_it_found(seen: Seen, most: int = 4) -> Figure:
    """Pixel times weight in the units of the first layer that answer most: the parts of the picture they react to."""
    W, x, a = (
        seen.one.numbers[seen.label("W", len(seen.sums))].astype(float),
        seen.column("X"),
        seen.column(seen.layers[1]),
    )
    units = np.argsort(-a)[:most]
    made = figure(
        2.2 * (len(units) + 1), 3.1, f"The parts that the first layer's {len(units)} most active units react to",
        "Each pixel times its weight: blue raises the unit, orange (a dash) lowers it; all and the bias make z.",
    )  # fmt: skip
    axes = made.subplots(1, len(units) + 1)
    unlabelled(axes[0]).imshow(picture(x), cmap=ink(), vmin=0, vmax=1)
    axes[0].set_title("the picture", fontsize=SMALL)
    v = reach(W[units] * x)
    for ax, j in zip(axes[1:], units, strict=True):
        _signed(ax, picture(W[j] * x), v, f"unit {j}")
        z = seen.column(seen.sums[0])[j]
        ax.set_title(f"unit {j + seen.model.conventions.base}: z = {number(z)}, a = {fixed(a[j])}", fontsize=SMALL)
    return made


def what_units_look_for(seen: Seen) -> Figure:
    """The weights of the first layer as pictures."""
    return weights_as_images(seen.model, seen.sums[0], seen.sides)


def links_of_one_unit(seen: Seen) -> Figure:
    """The network with the example in it, and the links of the most active unit of the first layer."""
    unit = f"{seen.layers[1]}[{seen.strongest + seen.model.conventions.base}]"
    most = 2 * (len(seen.column(seen.layers[1])) // 2) + 1
    return network_diagram(seen.model, seen.X[seen.example], most=max(8, min(most, 16)), highlight=unit)


@drawn
def weighted_sum(seen: Seen) -> Figure:
    """Pixels times weights, added, and the bias: how far one unit is moved, as three pictures and one line."""
    j, l = seen.strongest, len(seen.sums)
    w, b = seen.one.numbers[seen.label("W", l)][j].astype(float), float(seen.one.numbers[seen.label("b", l)][j, 0])
    x, z, a = seen.column("X"), seen.column(seen.sums[0])[j], seen.column(seen.layers[1])[j]
    added = float(np.sum(w * x))
    bias = f"{'+' if b >= 0 else '−'} {number(abs(b))}"
    made = figure(
        9, 3.7, f"A weighted sum of {len(x)} pixels",
        f"Added: {number(added, 4)}.  With the bias: {number(added, 4)} {bias} = {number(z, 4)}.  "
        f"After the activation: {number(a, 4)}.",
    )  # fmt: skip
    axes = made.subplots(1, 3)
    unlabelled(axes[0]).imshow(picture(x), cmap=ink(), vmin=0, vmax=1)
    for ax, numbers, name in ((axes[1], w, "weights"), (axes[2], w * x, "products")):
        _signed(ax, picture(numbers), reach(numbers), name)
    for ax, said in zip(axes, ("pixels", "× weights", "= products"), strict=True):
        ax.set_title(said, fontsize=SMALL)
    return made


@drawn
def matrix_form(seen: Seen) -> Figure:
    """a = g(W x + b) with the numbers of the first layer: its first and last rows and columns."""
    l = len(seen.sums)
    W, b = (seen.one.numbers[seen.label(s, l)].astype(float) for s in "Wb")
    made = figure(9.6, 3.6, f"The first layer in one line: {W.shape[0]} × {W.shape[1]} weights, all sums at once")
    parts = [("a", seen.column(seen.layers[1])[:, None]), ("W", W), ("x", seen.column("X")[:, None]), ("b", b)]
    widths = [1.2, MOST, 1.2, 1.2]
    axes = made.subplots(1, 4, width_ratios=widths)
    signs = ("= g (", "·", "+", ")")
    for ax, (name, M), sign in zip(axes, parts, signs, strict=True):
        _matrix(ax, name, M, sign)
    return made


@drawn
def sums_through_sigmoid(seen: Seen) -> Figure:
    """The sigmoid, with the sums of the first layer's units on it."""
    return _through(seen, "sigmoid")


@drawn
def sums_through_relu(seen: Seen) -> Figure:
    """The same sums through ReLU."""
    return _through(seen, "relu")


def _through(seen: Seen, name: str) -> Figure:
    z = seen.column(seen.sums[0])
    made = activation_functions(name, reach=max(5.0, 1.1 * reach(z)), title=f"{len(z)} sums through {name}")
    (dots,) = made.axes[0].plot(z, slope_of(name, z).value, "o", color=INK, ms=6, mec=PAPER, zorder=6)
    dots.set_gid("units")
    return made


def _signed(ax: Axes, values: np.ndarray, v: float, gid: str) -> None:
    """Numbers as tints, negative ones with a dash."""
    unlabelled(ax).imshow(values, cmap=signed(), vmin=-v, vmax=v, interpolation="nearest").set_gid(gid)
    rows, columns = np.nonzero(values < -0.15 * v)
    ax.scatter(columns, rows, s=(40 / max(values.shape)) ** 2, marker="_", c=PAPER, lw=0.9)


def _matrix(ax: Axes, name: str, M: np.ndarray, sign: str) -> None:
    """A matrix in brackets: the first and last rows and columns."""
    rows, columns = (_ends(n) for n in M.shape)
    ax.set(xlim=(-0.7, len(columns) - 0.3), ylim=(len(rows) - 0.4, -1.2))
    ax.set_axis_off()
    for i, r in enumerate(rows):
        for j, c in enumerate(columns):
            said = "⋯" if c is None else "⋮" if r is None else fixed(M[r, c])
            ax.text(j, i, said, ha="center", va="center", fontsize=SMALL).set_gid(
                "" if None in (r, c) else f"{name}[{r},{c}]"
            )
    for x, way in ((-0.55, 0.12), (len(columns) - 0.45, -0.12)):
        ax.plot([x + way, x, x, x + way], [-0.5, -0.5, len(rows) - 0.5, len(rows) - 0.5], color=INK, lw=1.2)
    ax.text(
        (len(columns) - 1) / 2,
        -0.9,
        f"{name} ({M.shape[0]} × {M.shape[1]})",
        ha="center",
        fontsize=SMALL,
        color=SECOND,
    )
    ax.annotate(sign, (1.0, 0.5), xycoords="axes fraction", fontsize=13, va="center", annotation_clip=False)


def _ends(n: int) -> list[int | None]:
    return list(range(n)) if n <= MOST else [*range(MOST - 2), None, n - 1]
