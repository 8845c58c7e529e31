"""Sweeps: what many runs say together: curves as small multiples, cost against each setting, data, and a race."""

from __future__ import annotations

import math
import textwrap
from typing import TYPE_CHECKING, Any

import numpy as np

from workings.plots.style import (
    BAD,
    DASHES,
    INK,
    KINDS,
    LINE,
    MARKERS,
    NEGATIVE,
    POSITIVE,
    SECOND,
    SMALL,
    TINY,
    counted,
    drawn,
    figure,
    number,
)

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

    from workings.sweeps import Sweep

MOST = 48  # curves on one page


@drawn
def sweep_curves(sweep: Sweep, name: str | None = None) -> Figure:
    """The curves of every run as small multiples, all on the same axes, the best run framed.

    `name`: which figure, by default the loss.  Training is solid and blue, validation dashed and orange.  Of more
    than 48 runs the best are shown.  Raises ValueError where no run has an epoch to show.

    >>> from workings.sweeps import Sweep
    >>> epochs = {"rows": [{"epoch": 1, "loss": 0.7}, {"epoch": 2, "loss": 0.4}], "stopped": "", "backend": "numpy"}
    >>> row = {"run": 0, "seed": 0, "loss": 0.4, "status": "done", "score": 0.4, "history": epochs}
    >>> [ax.get_title(loc="left") for ax in sweep_curves(Sweep([row], ["seed"], "loss", 1)).axes]
    ['run 0: seed 0']
    """
    name = (name or "loss").removeprefix("validation_")
    histories = {row["run"]: sweep.history(row["run"]) for row in sweep.rows}
    if not any(name in h.columns for h in histories.values()):
        raise ValueError(f"no run has an epoch with {name!r} to show")
    rows = _best_first(sweep)[:MOST] if len(sweep) > MOST else sweep.rows
    columns = min(6, math.ceil(math.sqrt(len(rows) * 1.4)))
    lines = math.ceil(len(rows) / columns)
    hidden = f"  The best {MOST} of {len(sweep)} runs are shown." if len(sweep) > MOST else ""
    made = figure(
        max(5.5, 1.9 * columns),
        (1.5 + 0.11 * len(sweep.varied)) * lines + 1.4,
        f"{counted(len(sweep), 'run')}: {name} over the epochs",
        f"Training solid and blue, validation dashed and orange; the best is framed.  {sweep.said()}.{hidden}",
    )
    grid = made.subplots(lines, columns, squeeze=False, sharex=True, sharey=True).ravel()
    leader = _best_first(sweep)[0]["run"]
    for ax, row in zip(grid, rows, strict=False):
        _small(ax, sweep, row, histories[row["run"]], name, row["run"] == leader)
    for ax in grid[len(rows) :]:
        ax.remove()
    low, high = _span(
        [v for r in rows for k in (name, f"validation_{name}") for v in _values(histories[r["run"]], k)]
    )
    grid[0].set_ylim(0 if name == "accuracy" else low, 1.02 if name == "accuracy" else high)
    return made


def _small(ax: Axes, sweep: Sweep, row: dict[str, Any], history: Any, name: str, best: bool) -> None:
    for column, colour, dash in ((name, POSITIVE, "-"), (f"validation_{name}", NEGATIVE, (0, (5, 2)))):
        values = _values(history, column)
        ax.plot(
            range(1, len(values) + 1), values, color=colour, ls=dash, lw=1.3, marker="." if len(values) == 1 else ""
        )
    told = ", ".join(f"{_word(setting)} {_value(row[setting])}" for setting in sweep.varied)
    ax.set_title(textwrap.fill(f"run {row['run']}: {told}", 28), fontsize=TINY, pad=3)
    ax.tick_params(labelsize=TINY)
    if row["status"] == "diverged":
        ax.text(0.5, 0.5, "diverged", transform=ax.transAxes, ha="center", color=BAD, fontsize=SMALL)
    if best and row["score"] is not None:
        for spine in ax.spines.values():
            spine.set(visible=True, color=INK, linewidth=1.6)


@drawn
def sweep_cost(sweep: Sweep, by: str | None = None) -> Figure:
    """The figure that judges against every setting that was varied: a dot for each run, a line through the means.

    Rates and penalties that span powers of ten are drawn so; runs that diverged stand as crosses at the top.

    >>> from workings.sweeps import Sweep
    >>> rows = [{"run": i, "l2": i, "loss": i + 1, "status": "done", "score": i + 1} for i in range(2)]
    >>> sweep_cost(Sweep(rows, ["l2"], "loss", 2)).axes[0].lines[0].get_ydata().tolist()
    [1.0, 2.0]
    """
    names = [name for name in sweep.varied if len(sweep.against(name)) > 1] or sweep.varied[:1]
    by = by or sweep.by
    made = figure(
        max(5.0, min(len(names), 3) * 3.4),
        3.1 * math.ceil(len(names) / 3) + 0.9,
        f"{_word(by).capitalize()} against the settings",
        f"A dot is a run, the line goes through the means over all other settings; x: diverged.  {sweep.said()}.",
    )
    columns = min(3, len(names))
    grid = made.subplots(math.ceil(len(names) / columns), columns, squeeze=False, sharey=True).ravel()
    for ax, name in zip(grid, names, strict=False):
        _cost(ax, sweep.against(name, by), name)
    for ax in grid[len(names) :]:
        ax.remove()
    grid[0].set_ylabel(_word(by))
    return made


def _cost(ax: Axes, found: dict[Any, list[float | None]], name: str) -> None:
    numeric = all(isinstance(x, int | float) and not isinstance(x, bool) for x in found)
    places = list(found) if numeric else list(range(len(found)))
    means = [
        float(np.mean(good)) if (good := [v for v in values if v is not None]) else math.nan
        for values in found.values()
    ]
    ax.plot(places, means, color=POSITIVE, lw=1.6, zorder=2)
    for place, values in zip(places, found.values(), strict=True):
        good = [v for v in values if v is not None]
        ax.plot([place] * len(good), good, "o", color=SECOND, ms=3.5, mec=INK, mew=0.3, alpha=0.8, zorder=3)
        if len(good) < len(values):
            ax.plot([place], [0.97], "x", color=BAD, ms=7, transform=ax.get_xaxis_transform(), zorder=4)
    if numeric and min(places) > 0 and max(places) / min(places) >= 20:
        ax.set_xscale("log")
    elif numeric and len(places) <= 12 and all(x == int(x) for x in places):
        ax.set_xticks(places)
    elif not numeric:
        ax.set_xticks(places, [_value(list(x) if isinstance(x, tuple) else x) for x in found])
    ax.set_xlabel(_word(name))


@drawn
def data_curves(sweep: Sweep, by: str | None = None) -> Figure:
    """What `workings.sweeps.learning_curves` measured: a line for each network over the amount of data.

    Lines are means over the seeds, and a band goes from the worst to the best of them.

    >>> from workings import data, sweeps
    >>> measured = sweeps.learning_curves(*data.moons(200), [20, 80], {"small": (4,)}, epochs=2, progress=False)
    >>> data_curves(measured).axes[0].get_xlabel()
    'training examples m'
    """
    if not {"network", "examples"} <= set(sweep.varied):
        raise ValueError("this draws what sweeps.learning_curves found: networks on growing amounts of data")
    accuracy = [name for name in sweep.columns if name.endswith("accuracy") and not name.startswith("best")]
    by = by or (
        f"validation_{'accuracy' if accuracy else 'loss'}" if "validation_loss" in sweep.columns else sweep.by
    )
    seeds = len({row["seed"] for row in sweep.rows})
    made = figure(
        7.6,
        4.7,
        "Performance against the amount of data, measured",
        f"{_word(by).capitalize()} on the same rows for all; {counted(seeds, 'seed')} each: mean, worst and best.  "
        f"{sweep.said()}.",
    )
    ax = made.subplots()
    for i, network in enumerate(dict.fromkeys(row["network"] for row in sweep.rows)):
        found: dict[int, list[float]] = {}
        for row in sweep.rows:
            if row["network"] == network and row["status"] == "done" and row.get(by) is not None:
                found.setdefault(row["examples"], []).append(row[by])
        m = sorted(found)
        style: Any = {"color": KINDS[i % len(KINDS)], "ls": DASHES[i % len(DASHES)]}
        ax.plot(m, [np.mean(found[k]) for k in m], marker=MARKERS[i % 10], ms=5, lw=1.7, label=network, **style)
        if seeds > 1:
            ax.fill_between(
                m, [min(found[k]) for k in m], [max(found[k]) for k in m], color=style["color"], alpha=0.12, lw=0
            )
    amounts = sorted({row["examples"] for row in sweep.rows})
    ax.set(xscale="log", xlabel="training examples m", ylabel=_word(by))
    ax.set_xticks(amounts, [f"{m:,}" for m in amounts], fontsize=SMALL)
    ax.minorticks_off()
    ax.legend(loc="center left", bbox_to_anchor=(1.01, 0.5), frameon=False, fontsize=SMALL)
    return made


@drawn
def activation_race(sweep: Sweep) -> Figure:
    """What `workings.sweeps.race` measured: the loss over the epochs, and each layer's gradient at the start.

    The bars are mean |dW| before the first step, on a scale of powers of ten: in a deep sigmoid network they shrink
    from the output towards the input.

    >>> from workings import data, sweeps
    >>> measured = sweeps.race(*data.moons(100), hidden=(4, 4), epochs=2, progress=False)
    >>> len(activation_race(measured).axes)
    2
    """
    rows = [row for row in sweep.rows if row.get("gradients")]
    if not rows or "activation" not in sweep.varied:
        raise ValueError("this draws what sweeps.race found: activations, with the gradients watched")
    kinds = list(dict.fromkeys(row["activation"] for row in rows))
    made = figure(
        9.4,
        4.2,
        f"A race: {' against '.join(kinds)}",
        f"Left: a line for each seed.  Right: mean |dW| of every layer before the first step.  {sweep.said()}.",
    )
    left, right = made.subplots(1, 2)
    layers = list(rows[0]["gradients"][0])
    for i, kind in enumerate(kinds):
        colour, mine = KINDS[i % len(KINDS)], [row for row in rows if row["activation"] == kind]
        for k, row in enumerate(mine):
            values = _values(sweep.history(row["run"]), "loss")
            left.plot(
                range(1, len(values) + 1), values, color=colour, ls=DASHES[i % 6], lw=1.6, label="" if k else kind
            )
        sizes = [np.mean([row["gradients"][0][layer] for row in mine]) for layer in layers]
        at = np.arange(len(layers)) + (i - (len(kinds) - 1) / 2) * 0.8 / len(kinds)
        hatch = ("", "//", "..", "xx")[i % 4]
        right.bar(at, sizes, 0.8 / len(kinds), color=colour, label=kind, hatch=hatch, edgecolor=LINE, lw=0.5)
    left.xaxis.get_major_locator().set_params(integer=True)
    left.set(xlabel="epoch", ylabel="loss", title="loss, mean over the examples", ylim=(0, None))
    left.legend(frameon=False, fontsize=SMALL)
    right.set_yscale("log")
    right.set_xticks(range(len(layers)), layers)
    right.set(xlabel="layer, input to output", ylabel="mean |dW|", title="gradients at the start")
    right.legend(frameon=False, fontsize=SMALL)
    return made


def _best_first(sweep: Sweep) -> list[dict[str, Any]]:
    sign, worst = (-1, math.inf) if "accuracy" in sweep.by else (1, math.inf)
    return sorted(sweep.rows, key=lambda row: worst if row["score"] is None else sign * row["score"])


def _values(history: Any, name: str) -> list[float]:
    return [x if math.isfinite(x) else np.nan for x in history[name]] if name in history.columns else []


def _span(values: list[float]) -> tuple[float, float]:
    """Limits that a run gone astray does not spoil for the others."""
    there = np.array([v for v in values if np.isfinite(v)])
    low, high = min(0.0, float(there.min())), float(np.quantile(there, 0.95)) * 1.1
    return low, high if high > low else low + 1


def _word(name: str) -> str:
    return name.replace("_", " ")


def _value(x: Any) -> str:
    if isinstance(x, list):
        return "-".join(map(str, x)) or "none"
    return number(x) if isinstance(x, float) else str(x)
