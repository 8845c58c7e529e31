"""Backward: what the example asks of the network, from the gaps of its answer to the average over many examples."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from workings.plots.directions import Path
from workings.plots.landscape import loss_surface
from workings.plots.style import (
    GOOD,
    INK,
    NEGATIVE,
    PAPER,
    POSITIVE,
    SECOND,
    SMALL,
    TINY,
    drawn,
    figure,
    fixed,
    number,
    on,
    reach,
    signed,
    unlabelled,
)
from workings.plots.walk.seen import Seen

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

STEPS = 15  # of descent
MOST = 24  # units, or parameters, in one picture


def downhill(seen: Seen) -> Figure:
    """The loss around an untrained copy, and its way down by gradient descent on these examples."""
    model = seen.fresh()
    path = Path(model)
    model.fit(
        seen.X, seen.y, epochs=STEPS, batch_size=len(seen.X), learning_rate=1.0, callbacks=[path], progress=False
    )
    return loss_surface(model, seen.X, seen.y, "path", path=path, steps=12)


@drawn
def answer_before_training(seen: Seen) -> Figure:
    """What an untrained copy answers, with an arrow for every output as long as its gap to the target."""
    A = seen.fresh().activations(seen.X[seen.example : seen.example + 1])[seen.layers[-1]][0].astype(float)
    Y = seen.column("Y")
    made = figure(
        7, max(0.34 * len(A) + 1.7, 3),
        f"Before training: output {_called(seen, seen.right)} should be 1, and is {fixed(A[seen.right])}",
        "An arrow goes from what an output says to what it should say.",
    )  # fmt: skip
    ax = made.subplots()
    bars = ax.barh(range(len(A)), A, color=PAPER, ec=SECOND, hatch="////", lw=0.8)
    for k, (a, y) in enumerate(zip(A, Y, strict=True)):
        colour, style = (POSITIVE, "-") if y > a else (NEGATIVE, (0, (4, 1.6)))
        look: Any = {"arrowstyle": "-|>", "color": colour, "lw": 1.6, "ls": style, "shrinkA": 0, "shrinkB": 0}
        ax.annotate("", (y, k), (a, k), arrowprops=look).set_gid(f"gap {k}")
        ax.text(1.04, k, f"{fixed(a)} → {number(y)}", va="center", fontsize=SMALL, color=GOOD if y else SECOND)
        bars[k].set_gid(f"output {k}")
    ax.set_yticks(range(len(A)), [_called(seen, k) for k in range(len(A))])
    ax.invert_yaxis()
    ax.set(xlim=(0, 1.3), xlabel="activation", ylabel="output")
    ax.set_xticks([0, 0.25, 0.5, 0.75, 1])
    ax.grid(axis="y", visible=False)
    return made


@drawn
def three_ways_up(seen: Seen) -> Figure:
    """How to raise the output that should be 1: by its bias, by its weights, by the activations it reads.

    Each is asked in proportion to how much it helps: a weight to the activation it sees, an activation to its weight.
    """
    k, before = seen.right, seen.layers[-2]
    a, W = seen.column(before), seen.one.numbers[seen.label("W")][k].astype(float)
    dW, db = (seen.one.numbers[f"d{seen.label(s)}"][k].astype(float) for s in "Wb")
    dA = W * seen.column(f"d{seen.sums[-1]}")[k]
    units = np.argsort(-np.abs(a))[:MOST]
    made = figure(
        9, 6.2,
        f"Three ways to raise output {_called(seen, k)}: its bias by {number(-db[0])}, its weights, what it reads",
        f"Units of {before} by their activation: the more active one is, the more its weight is asked to change. "
        "All bars are minus the gradient: what lowers the loss.",
    )  # fmt: skip
    axes = made.subplots(3, 1, sharex=True)
    rows = ((a, f"{before}: activation"), (-dW, "asked of its weight"), (-dA, "asked of the unit itself"))
    for ax, (values, said) in zip(axes, rows, strict=True):
        _bars(ax, values[units], said)
    axes[-1].set_xticks(range(len(units)), [str(j + seen.model.conventions.base) for j in units])
    axes[-1].set_xlabel("unit")
    return made


@drawn
def wishes_added(seen: Seen) -> Figure:
    """What every output asks of every unit of the layer before, and the sum: what that layer is asked to change."""
    W, dZ = seen.one.numbers[seen.label("W")].astype(float), seen.column(f"d{seen.sums[-1]}")
    each = -W * dZ[:, None]
    both = np.vstack([each, each.sum(axis=0)])[:, :MOST]
    made = figure(
        min(0.5 * both.shape[1] + 2.4, 12), 0.36 * len(both) + 1.9,
        f"What all {len(W)} outputs ask of {seen.layers[-2]}, added",
        "Blue asks for more, orange (−) for less. The sum is minus that layer's gradient; it goes back as these did.",
    )  # fmt: skip
    ax = unlabelled(made.subplots())
    v = reach(both)
    ax.imshow(both, cmap=signed(), vmin=-v, vmax=v, aspect="auto").set_gid("wishes")
    for (i, j), wish in np.ndenumerate(both):
        ax.text(j, i, fixed(wish, v), ha="center", va="center", fontsize=TINY, color=on(0.9 * abs(wish) / v))
    ax.axhline(len(W) - 0.5, color=INK, lw=1.6)
    base = seen.model.conventions.base
    ax.set_yticks(range(len(both)), [*(f"output {_called(seen, k)}" for k in range(len(W))), "sum"])
    ax.set_xticks(range(both.shape[1]), [str(j + base) for j in range(both.shape[1])])
    ax.set_xlabel(f"unit of {seen.layers[-2]}")
    ax.tick_params(length=0)
    return made


@drawn
def table_of_nudges(seen: Seen, most: int = 8) -> Figure:
    """What each example asks of some weights of the last layer, and the average: minus the gradient of the cost."""
    name = seen.label("W")
    nudges = seen.some.nudges(name)
    cells = [np.unravel_index(i, nudges.gradient.shape) for i in np.argsort(-np.abs(nudges.gradient.ravel()))[:most]]
    shown = [-np.array([float(x[cell]) for cell in cells]) for x in (*nudges.of_examples, nudges.average)]
    base, labels = seen.model.conventions.base, [str(y) for y in seen.y]
    made = figure(
        1.05 * len(cells) + 1.8, 0.36 * len(shown) + 1.6,
        f"What {len(labels)} examples ask of {name}, and the average",
        f"The average is −d{name}, minus the gradient of the cost, with no constant between.",
    )  # fmt: skip
    ax = made.subplots()
    ax.set_axis_off()
    table = ax.table(
        [[fixed(x, reach(shown)) for x in row] for row in shown],
        rowLabels=[*(f"a {label}" for label in labels), "average"],
        colLabels=[f"{name}[{','.join(str(i + base) for i in cell)}]" for cell in cells],
        loc="center",
        cellLoc="right",
    )
    for (i, j), cell in table.get_celld().items():
        cell.set(lw=0.4, ec=SECOND)
        if i == len(shown):
            cell.set_text_props(fontweight="bold")
        if i and j >= 0:
            cell.get_text().set_color(POSITIVE if shown[i - 1][j] > 0 else NEGATIVE)
    table.scale(1, 1.45)
    return made


def _called(seen: Seen, k: int) -> str:
    """What an output stands for."""
    return str(seen.model.classes_[k]) if seen.model.labels else str(k)


def _bars(ax: Axes, values: np.ndarray, said: str) -> None:
    for i, v in enumerate(values):
        ax.bar(
            i,
            v,
            color=POSITIVE if v >= 0 else PAPER,
            ec=POSITIVE if v >= 0 else NEGATIVE,
            hatch="" if v >= 0 else "////",
        )
    ax.axhline(0, color=INK, lw=0.6)
    ax.set_title(said, fontsize=SMALL)
