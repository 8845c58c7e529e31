"""Nodes: where the units of a diagram stand, in inches, and how units, links and blocks are drawn."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import numpy as np

from workings.plots.style import INK, LINE, NEGATIVE, PAPER, POSITIVE, SECOND, SMALL, TINY, fixed, ink, on, reach
from workings.plots.wiring import Column, shown, spoken

MOST_NUMBERS = 16  # weights between two columns that are written on their lines


class Board:
    """The places of all circles; `width` and `height` in inches.  Drawing is done by the methods."""

    def __init__(self, placed: Iterable[Column], most: int, values: bool, names: Mapping[str, Sequence[str]]):
        placed = list(placed)
        self.names, self.values = names, values
        self.slots = {c.wire: shown(c.units, most) if c.units else [0] for c in placed}
        depths = max(c.depth for c in placed) + 1
        tallest = max(sum(len(self.slots[c.wire]) for c in placed if c.depth == d) for d in range(depths))
        self.slot = 0.95 if tallest <= 5 else 0.74 if tallest <= 8 else 0.66 if values else 0.5
        self.roomy = self.slot > 0.7  # for a bias under every circle
        lane = 1.15 / self.slot  # room for what is written under one column and over the next
        heights = [sum(len(self.slots[c.wire]) + lane for c in placed if c.depth == d) - lane for d in range(depths)]
        self.radius = 0.27 if tallest <= 8 else 0.205
        tallest = max(heights)
        over = any(c.depth - p.depth > 1 for c in placed for r in c.reads for p in placed if p.wire == r)
        self.foot, self.head = 0.66 - (self.slot / 2 - self.radius), 0.72 - (self.slot / 2 - self.radius)
        self.gap = 2.35 if max(len(s) for s in self.slots.values()) > 2 else 2.0
        left = 0.75 + 0.085 * max((len(name) for name in names.get("X", ())), default=0)
        right = 0.95 + 0.085 * max((len(n) for w, ns in names.items() if w != "X" for n in ns), default=0)
        self.width = max(left + (depths - 1) * self.gap + right, 6.0)
        left += (self.width - left - right - (depths - 1) * self.gap) / 2
        self.foot += 0.3 if over else 0
        self.height = tallest * self.slot + self.foot + self.head
        middle = self.foot + tallest * self.slot / 2
        self.x = {c.wire: left + c.depth * self.gap for c in placed}
        self.at: dict[str, dict[int, float]] = {}
        self.dots: dict[str, float] = {}
        for d in range(depths):
            top = middle + heights[d] * self.slot / 2
            for c in sorted((c for c in placed if c.depth == d), key=lambda c: -c.lane):
                ys = [top - (k + 0.5) * self.slot for k in range(len(self.slots[c.wire]))]
                pairs = list(zip(self.slots[c.wire], ys, strict=True))
                self.at[c.wire] = {i: y for i, y in pairs if i is not None}
                self.dots.update((c.wire, y) for i, y in pairs if i is None)
                top = ys[-1] - (0.5 + lane) * self.slot

    # ------------------------------------------------------------------ links

    def weights(self, ax: Any, source: Column, to: Column, W: np.ndarray, chosen: np.ndarray | None) -> None:
        """A line for every weight that is not 0 between circles that are drawn."""
        from matplotlib.collections import LineCollection

        v = reach(W)
        pairs = [(j, i) for j in self.at[to.wire] for i in self.at[source.wire] if W[j, i] != 0]
        pairs.sort(key=lambda pair: (chosen is not None and chosen[pair], abs(W[pair])))
        lit = [chosen is None or bool(chosen[pair]) for pair in pairs]
        ends = [[self._spot(source, i), self._spot(to, j)] for j, i in pairs]
        lines = LineCollection(
            ends,
            colors=[
                (POSITIVE if W[p] > 0 else NEGATIVE) if on else "#e3e6ea" for p, on in zip(pairs, lit, strict=True)
            ],
            linestyles=["-" if W[pair] > 0 else (0, (4, 1.6)) for pair in pairs],
            linewidths=[0.5 + 2.3 * abs(W[pair]) / v if on else 0.6 for pair, on in zip(pairs, lit, strict=True)],
            zorder=1,
        )
        lines.set_gid(f"weights {to.rows[0].name}")
        ax.add_collection(lines)
        if len(self.at[to.wire]) * len(self.at[source.wire]) <= MOST_NUMBERS:
            placed: list[tuple[float, float]] = []
            for (j, i), strong in zip(pairs, lit, strict=True):
                if strong:
                    placed.append(_clear(self._spot(source, i), self._spot(to, j), placed))
                    self._weight(ax, *placed[-1], W[j, i], v)

    def _weight(self, ax: Any, x: float, y: float, w: float, v: float) -> None:
        ax.text(
            x,
            y,
            fixed(w, v),
            ha="center",
            va="center",
            fontsize=TINY,
            color=POSITIVE if w > 0 else NEGATIVE,
            bbox={"boxstyle": "round,pad=0.12", "fc": PAPER, "ec": "none", "alpha": 0.92},
            zorder=2,
        )

    def one_to_one(self, ax: Any, source: Column, to: Column, ahead: int) -> None:
        """Unit i feeds unit i + ahead, and no other."""
        for i in self.at[source.wire]:
            if i + ahead in self.at[to.wire]:
                (x0, y0), (x1, y1) = self._spot(source, i), self._spot(to, i + ahead)
                ax.plot([x0, x1], [y0, y1], color=LINE, lw=1.0, zorder=1)

    def arrow(self, ax: Any, source: Column, to: Column, label: str = "") -> None:
        """One arrow for a whole column: to a block, or under what stands between."""
        from matplotlib.patches import FancyArrowPatch
        from matplotlib.path import Path

        (x0, y0), (x1, y1) = self._side(source, 1), self._side(to, -1)
        way, low = [(x0, y0), (x1, y1)], (y0 + y1) / 2
        if to.depth - source.depth > 1:
            x0, x1, low = self.x[source.wire], self.x[to.wire], 0.1
            below = [min(self.at[c.wire].values()) - self.radius - 0.62 for c in (source, to)]
            way = [(x0, below[0]), (x0, low), (x1, low), (x1, below[1])]
        style: Any = {"arrowstyle": "-|>", "mutation_scale": 12, "color": SECOND, "lw": 1.4, "fill": True}
        ax.add_patch(FancyArrowPatch(path=Path(way), joinstyle="round", **style))
        if label:
            ax.text((x0 + x1) / 2, low + 0.05, label, ha="center", va="bottom", fontsize=SMALL)

    def _spot(self, column: Column, i: int) -> tuple[float, float]:
        return self.x[column.wire], self.at[column.wire][i]

    def _side(self, column: Column, way: int) -> tuple[float, float]:
        ys = list(self.at[column.wire].values())
        return self.x[column.wire] + way * (0.62 if not column.units else self.radius + 0.04), (ys[0] + ys[-1]) / 2

    # ------------------------------------------------------------------ columns

    def draw(self, ax: Any, column: Column, b: Any, values: Any, last: bool, counts: str) -> None:
        """The circles of a column (or its block), what stands above it and what below."""
        x, ys = self.x[column.wire], list(self.at[column.wire].values())
        if not column.units:
            self._block(ax, x, ys[0], column)
        darkest = reach(values) if values is not None and column.units else 1.0
        if values is not None and column.units and np.min(values) >= 0 and np.max(values) <= 1:
            darkest = 1.0
        for i, y in self.at[column.wire].items() if column.units else ():
            label = self._label(column, i, last)
            self._circle(ax, x, y, label, None if values is None else float(values[i]), darkest)
            self._words(ax, x, y, column, i, last, None if b is None else b[i], label if values is not None else "")
        if column.wire in self.dots:
            ax.text(x, self.dots[column.wire], "⋮", ha="center", va="center", fontsize=17, color=SECOND)
        top, foot = (
            max(ys) + self.radius + (0.24 if values is not None or self.names.get(column.wire) else 0.12),
            min(ys) - self.radius - 0.16,
        )
        foot -= 0.14 if b is not None and self.roomy else 0
        ax.text(x, top, self._heading(column, last), ha="center", va="bottom", fontsize=SMALL, fontweight="bold")
        ax.text(x, foot, counts, ha="center", va="top", fontsize=TINY, color=SECOND, linespacing=1.3)

    def _circle(self, ax: Any, x: float, y: float, label: str, value: float | None, darkest: float) -> None:
        from matplotlib.patches import Circle

        shade = 0.0 if value is None else abs(value) / darkest
        dash: Any = "-" if value is None or value >= 0 else (0, (2, 1.2))
        circle = Circle((x, y), self.radius, fc=ink()(shade), ec=INK, lw=1.1, ls=dash, zorder=3)
        circle.set_gid("unit")
        ax.add_patch(circle)
        said = label if value is None else fixed(value, darkest)
        big = 11 if self.radius > 0.25 else 8.5
        size = big if value is None else SMALL if self.radius > 0.25 else TINY - (len(said) > 4)
        ax.text(x, y, said, ha="center", va="center", fontsize=size, color=on(shade), zorder=4)

    def _words(
        self, ax: Any, x: float, y: float, column: Column, i: int, last: bool, b: float | None, label: str
    ) -> None:
        name = self.names.get(column.wire, ())
        said = name[i] if i < len(name) else label
        side = -1 if column.wire == "X" else 1 if last else 0
        if said and side:
            ha = "right" if side < 0 else "left"
            ax.text(x + side * (self.radius + 0.07), y, said, ha=ha, va="center", fontsize=SMALL + 0.5, zorder=4)
        elif said:
            paper = {"boxstyle": "round,pad=0.08", "fc": PAPER, "ec": "none", "alpha": 0.85}
            ax.text(x, y + self.radius + 0.1, said, ha="center", va="center", fontsize=SMALL, bbox=paper, zorder=4)
        if b is not None and self.roomy:
            paper = {"boxstyle": "round,pad=0.08", "fc": PAPER, "ec": "none", "alpha": 0.85}
            told = f"b = {fixed(b)}"
            ax.text(x, y - self.radius - 0.1, told, ha="center", va="center", fontsize=TINY, bbox=paper, zorder=4)

    def _block(self, ax: Any, x: float, y: float, column: Column) -> None:
        from matplotlib.patches import FancyBboxPatch

        box = "round,pad=0,rounding_size=0.06"
        ax.add_patch(FancyBboxPatch((x - 0.6, y - 0.3), 1.2, 0.6, boxstyle=box, fc=PAPER, ec=INK, lw=1.1, zorder=3))
        ax.text(x, y, " × ".join(map(str, column.shape)), ha="center", va="center", fontsize=SMALL, zorder=4)

    def _label(self, column: Column, i: int, last: bool) -> str:
        if column.wire == "X":
            return f"$x_{{{i + 1}}}$"
        if last and column.units == 1:
            return r"$\hat{y}$"
        letter = "z" if column.wire.startswith("Z") else column.wire[0].lower()
        return f"${letter}_{{{i + 1}}}^{{[{column.level}]}}$"

    def _heading(self, column: Column, last: bool) -> str:
        what = "Input layer" if column.wire == "X" else "Output layer" if last else "Hidden layer"
        if column.kind not in ("Dense", "input"):
            what = "Sum" if column.kind == "Add" else spoken(column.rows[0].layer).capitalize()
        sign = f"$A^{{[{column.level}]}}$" if column.wire[0] in "XA" else column.wire
        bends = f"\n{column.activation}" if column.activation else ""
        return f"{what} ({sign}){bends}"


def _clear(
    start: tuple[float, float], end: tuple[float, float], taken: list[tuple[float, float]]
) -> tuple[float, float]:
    """The place on a line that is farthest from the labels already there, in widths and heights of a label."""
    (x0, y0), (x1, y1) = start, end
    places = [(x0 + t * (x1 - x0), y0 + t * (y1 - y0)) for t in (0.4, 0.32, 0.48, 0.26, 0.56, 0.64, 0.72)]

    def room(place: tuple[float, float]) -> float:
        return min((max(abs(place[0] - x) / 0.42, abs(place[1] - y) / 0.17) for x, y in taken), default=2)

    return max(places, key=lambda place: min(room(place), 1.3))
