"""Searches: the best so far over the trials, every trial as a line through its settings, and what mattered."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import numpy as np

from workings.plots.style import (
    BAD,
    FAINT,
    INK,
    NEGATIVE,
    POSITIVE,
    SECOND,
    SMALL,
    TINY,
    drawn,
    figure,
    number,
    percent,
)

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

    from workings.searches import Search


@drawn
def search_history(search: Search) -> Figure:
    """Every trial's score in the order of the trials, a line through the best so far; given up early: crosses.

    >>> from workings.searches import Search
    >>> rows = [{"run": i, "l2": i, "loss": x, "status": "done", "score": x} for i, x in enumerate((2, 1, 3))]
    >>> search_history(Search(rows, ["l2"], "loss", 3)).axes[0].lines[0].get_ydata().tolist()
    [2, 1, 1]
    """
    done = [(row["run"], row["score"]) for row in search.rows if row["score"] is not None]
    if not done:
        raise ValueError("no trial is done: there is nothing to draw")
    made = figure(
        7.6,
        4.2,
        f"{_word(search.by).capitalize()} over the trials",
        f"A dot is a trial, the line the best so far; x at the top: given up early or diverged.  {search.said()}.",
    )
    ax = made.subplots()
    x, y = zip(*done, strict=True)
    best = np.maximum.accumulate(y) if "accuracy" in search.by else np.minimum.accumulate(y)
    ax.step(x, best, where="post", color=POSITIVE, lw=1.8, zorder=2)
    ax.plot(x, y, "o", color=SECOND, ms=4, mec=INK, mew=0.3, zorder=3)
    lost = [row["run"] for row in search.rows if row["score"] is None]
    ax.plot(lost, [0.98] * len(lost), "x", color=BAD, ms=6, transform=ax.get_xaxis_transform(), zorder=3)
    if min(y) > 0 and max(y) / min(y) >= 20:
        ax.set_yscale("log")
    ax.locator_params(axis="x", integer=True)
    ax.set(xlabel="trial", ylabel=_word(search.by))
    return made


@drawn
def search_paths(search: Search) -> Figure:
    """Parallel coordinates: each trial a line through its settings to its score, the best one thick.

    Trials given up early end in a cross; a setting that a trial does not have leaves a gap.

    >>> from workings.searches import Search
    >>> rows = [{"run": i, "l2": 10.0**-i, "loss": i, "status": "done", "score": i} for i in range(3)]
    >>> [t.get_text() for t in search_paths(Search(rows, ["l2"], "loss", 3)).axes[0].get_xticklabels()]
    ['l2', 'loss']
    """
    names = [name for name in search.varied if len({str(row.get(name)) for row in search.rows}) > 1]
    names = names or search.varied[:1]
    done = [row for row in search.rows if row["score"] is not None]
    if not done:
        raise ValueError("no trial is done: there is nothing to draw")
    made = figure(
        max(6.0, 1.35 * (len(names) + 1)),
        4.6,
        "Every trial through its settings",
        f"The best is thick, better ones are darker; x: given up early or diverged.  {search.said()}.",
    )
    ax = made.subplots()
    axes = [_Axis([row.get(name) for row in search.rows]) for name in names]
    scores = _Axis([row["score"] for row in done])
    better = sorted(done, key=lambda row: row["score"], reverse="accuracy" in search.by)
    place = {row["run"]: i / max(1, len(better) - 1) for i, row in enumerate(better)}
    for row in reversed([*better, *(r for r in search.rows if r["score"] is None)]):
        at = [axis.at(row.get(name)) for axis, name in zip(axes, names, strict=True)]
        leads, score = row["run"] == better[0]["run"], row["score"]
        at.append(math.nan if score is None else scores.at(score))
        shade = 0.12 if score is None else 0.9 - 0.65 * place[row["run"]]
        ax.plot(at, color=NEGATIVE if leads else POSITIVE, lw=2.6 if leads else 1.0, alpha=1 if leads else shade)
        if score is None:
            ax.plot([len(names) - 1], at[-2:-1], "x", color=BAD, ms=5)
    for k, axis in enumerate([*axes, scores]):
        _ruler(ax, k, axis)
    ax.set_xticks(range(len(names) + 1), [_word(name) for name in (*names, search.by)], fontsize=SMALL)
    ax.set(yticks=[], ylim=(-0.05, 1.05), xlim=(-0.35, len(names) + 0.55))
    ax.grid(False)
    ax.spines[["left", "bottom"]].set_visible(False)
    ax.tick_params(length=0)
    return made


@drawn
def search_importance(search: Search) -> Figure:
    """How much of the spread of the scores each setting explains alone: `Search.importance` as bars.

    Raises ValueError for fewer than four trials that are done.

    >>> from workings import Dense
    >>> from workings.searches import search
    >>> X, y = [[0, 0], [0, 1], [1, 0], [1, 1]] * 4, [0, 1, 1, 0] * 4
    >>> layers = [Dense(4, "tanh"), Dense(1, "sigmoid")]
    >>> found = search(layers, X, y, {"l2": [0.0, 0.1]}, trials=6, epochs=2, prune=False, progress=False)
    >>> len(search_importance(found).axes[0].patches)
    1
    """
    shares = search.importance()
    made = figure(
        6.4,
        0.42 * len(shares) + 1.7,
        "What mattered",
        f"Share of the spread of {_word(search.by)} that a setting explains alone (fANOVA).  {search.said()}.",
    )
    ax = made.subplots()
    names = list(shares)[::-1]
    bars = ax.barh(range(len(names)), [shares[name] for name in names], color=POSITIVE, height=0.6)
    ax.bar_label(bars, [percent(shares[name]) for name in names], padding=4, fontsize=SMALL, color=INK)
    ax.set_yticks(range(len(names)), [_word(name) for name in names])
    ax.set(xlim=(0, max(shares.values()) * 1.18 or 1), xticks=[])
    ax.grid(False)
    ax.spines[["left", "bottom"]].set_visible(False)
    ax.tick_params(length=0)
    return made


class _Axis:
    """One setting's scale from 0 to 1: powers of ten where it spans them, its values evenly where they are names."""

    def __init__(self, values: list[Any]):
        there = [_known(v) for v in values if v is not None]
        self.numbers = all(isinstance(v, int | float) and not isinstance(v, bool) for v in there)
        self.log = self.numbers and min(there) > 0 and max(there) / min(there) >= 20
        self.ends = (self._scale(min(there)), self._scale(max(there))) if self.numbers else (0.0, 1.0)
        self.names = [] if self.numbers else list(dict.fromkeys(there))

    def _scale(self, value: float) -> float:
        return math.log(value) if self.log else float(value)

    def at(self, value: Any) -> float:
        """Where a value stands; nowhere if there is none."""
        if value is None:
            return math.nan
        if not self.numbers:
            return self.names.index(_known(value)) / max(1, len(self.names) - 1)
        low, high = self.ends
        return 0.5 if high == low else (self._scale(value) - low) / (high - low)

    @property
    def marks(self) -> list[tuple[float, str]]:
        """The ends of numbers, every name."""
        if self.names:
            return [(self.at(name), str(name)) for name in self.names]
        back = [math.exp(end) if self.log else end for end in self.ends]
        return [(0.5, number(back[0]))] if back[0] == back[1] else [(0.0, number(back[0])), (1.0, number(back[1]))]


def _ruler(ax: Axes, k: int, axis: _Axis) -> None:
    ax.axvline(k, color=FAINT, lw=1, zorder=0)
    for y, told in axis.marks:
        box: Any = {"boxstyle": "round,pad=0.1", "fc": "white", "ec": "none", "alpha": 0.75}
        ax.text(k + 0.04, y, told, fontsize=TINY, color=INK, va="center", zorder=5, bbox=box)


def _known(value: Any) -> Any:
    return "-".join(map(str, value)) or "none" if isinstance(value, list) else value


def _word(name: str) -> str:
    return name.replace("_", " ")
