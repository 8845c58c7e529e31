"""The iteration cycle: idea, implement, experiment, change; with the log of the runs so far."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from workings.plots.style import INK, PAPER, SECOND, SMALL, ZERO, bare, drawn, figure, number

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

    from workings.training import History

STATIONS = (
    ("Idea", "a network, data, settings", (-1.0, 0.62)),
    ("Implement", "write it down", (1.0, 0.62)),
    ("Experiment", "train and measure", (1.0, -0.62)),
    ("Change", "what the numbers suggest", (-1.0, -0.62)),
)


@drawn
def iteration_cycle(runs: Mapping[str, History] | None = None) -> Figure:
    """The cycle of trying, with `runs` as a table beside it: what was changed → the history of its training.

    The best run by validation loss (by loss, if none was held out) is marked.  Source: course notes, week 1.

    >>> [t.get_text() for t in iteration_cycle().axes[0].texts][::2]
    ['Idea', 'Implement', 'Experiment', 'Change']
    """
    if runs is not None and not runs:
        raise ValueError("there are no runs to compare: leave runs out, or give {'what was changed': model.fit(…)}")
    made = figure(10.4 if runs else 5.6, 3.9, "The iteration cycle")
    if runs:
        left, right = made.subplots(1, 2, width_ratios=(1, 1.15))
        _table(bare(right), runs)
    else:
        left = made.subplots()
    _ring(bare(left))
    return made


def _ring(ax: Axes) -> None:
    from matplotlib.patches import FancyArrowPatch, FancyBboxPatch

    ax.set(xlim=(-1.75, 1.75), ylim=(-1.1, 1.1))
    for name, what, (x, y) in STATIONS:
        box = "round,pad=0,rounding_size=0.09"
        ax.add_patch(FancyBboxPatch((x - 0.66, y - 0.24), 1.32, 0.48, boxstyle=box, fc=ZERO, ec=INK, lw=1.2))
        ax.text(x, y + 0.06, name, ha="center", va="center", fontsize=11, fontweight="bold")
        ax.text(x, y - 0.12, what, ha="center", va="center", fontsize=SMALL - 0.5, color=SECOND)
    ways = [
        ((-0.34, 0.62), (0.34, 0.62)),
        ((1, 0.38), (1, -0.38)),
        ((0.34, -0.62), (-0.34, -0.62)),
        ((-1, -0.38), (-1, 0.38)),
    ]
    for start, end in ways:
        arrow = FancyArrowPatch(
            start, end, arrowstyle="-|>", mutation_scale=16, color=INK, lw=1.6, shrinkA=2, shrinkB=2
        )
        ax.add_patch(arrow)


def _table(ax: Axes, runs: Mapping[str, Any]) -> None:
    histories = {name: getattr(run, "history", run) for name, run in runs.items()}
    by = "validation_loss" if all("validation_loss" in h.columns for h in histories.values()) else "loss"
    best = {name: h.best(by) for name, h in histories.items()}
    first = min(best, key=lambda name: best[name][by])
    metrics = [c for c in next(iter(histories.values())).columns if c in ("validation_accuracy", "accuracy", "rmse")]
    metric = metrics[-1:]
    cells = [
        [f"{i}", name, number(row["epoch"]), number(row[by], 4), *(number(row[m], 4) for m in metric if m in row)]
        for i, (name, row) in enumerate(best.items(), 1)
    ]
    heads = ["run", "what was changed", "best epoch", by.replace("_", "\n"), *(m.replace("_", "\n") for m in metric)]
    widths = [0.08, 0.42, 0.16, 0.18, *(0.18 for _ in metric)]
    cells = [row + [""] * (len(heads) - len(row)) for row in cells]
    table = ax.table(
        cells, colLabels=heads, colWidths=widths, loc="upper center", cellLoc="right", edges="horizontal"
    )
    table.auto_set_font_size(False)
    table.set_fontsize(SMALL)
    for (i, j), cell in table.get_celld().items():
        cell.set_height(0.16 if i == 0 else 0.1)
        cell.set_edgecolor(SECOND)
        cell.set_linewidth(0.5)
        cell.set_facecolor(PAPER)
        if j == 1:
            cell.set_text_props(ha="left")
        if i and list(best)[i - 1] == first:
            cell.set_text_props(fontweight="bold")
    ax.set_title("The runs so far; the best in bold")
