"""Flow: one step of training as blocks, forward above, backward below, between them what is kept.

Everything is read from the network itself: its rows, and the caches that its own forward pass returns.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from workings.backends.numpy import quiet
from workings.plots.style import INK, NEGATIVE, PAPER, POSITIVE, SECOND, SMALL, TINY, ZERO, bare, drawn, figure
from workings.plots.wiring import built, spoken

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

    from workings.model import Model

WIDE, BOX = 1.72, 1.1  # inches from block to block, and across one
TOP, MIDDLE, LOW, UPDATE = 3.5, 2.15, 0.85, -0.1
MOST = 12


@drawn
def forward_backward_flow(model: Model) -> Figure:
    """Forward (left to right), caches, loss, backward (right to left) and update, one block for each row.

    Every cache lists what it holds, by name and shape, with m examples; a row without a cache says so.
    After the course notes, week 4, whose own diagram is not valid.

    >>> from workings import Dense, Model
    >>> made = forward_backward_flow(Model([Dense(4, "tanh"), Dense(1, "sigmoid")], inputs=3))
    >>> [t.get_text() for t in made.axes[0].texts if t.get_gid() == "cache Z1"]
    ['cache\\nA = X (3, m)']
    """
    shape = built(model)
    rows, params = model.network.rows, model.state.params
    if len(rows) > MOST:
        raise ValueError(f"the flow of {len(rows)} rows is too long to read; {MOST} are the most")
    m = 97  # a prime, so that it is known again in every size it made
    with quiet():
        X = np.ones((*shape, m)) if model.network.rows[0].layer.__class__.__name__ != "Embedding" else None
        X = np.zeros((*shape, m), dtype=np.int64) if X is None else X
        givens = {**model.state.memory, **model.network.noise(np.random.default_rng(0), shape, m)}
        wires, caches = model.network.forward(np, params, X, givens)
        _, kept = model.loss.forward(np, wires[model.network.output], np.ones_like(wires[model.network.output]))
    made = figure(
        (len(rows) + 1) * WIDE + 1.4,
        5.6,
        "One step of training: forward, cache, backward, update",
        "Solid blue arrows: forward. Dashed orange arrows: backward; dZ1 stands for m · ∂J/∂Z1. Dotted: kept in the "
        "forward pass, used in the backward pass. α is the learning rate.",
    )
    ax = bare(made.subplots())
    ax.set(xlim=(-0.75, (len(rows) + 1) * WIDE + 0.65), ylim=(-0.5, 4.35))
    at = {"X": 0.0, **{row.name: (i + 1) * WIDE for i, row in enumerate(rows)}}
    ax.text(0, TOP, f"$X$\n{_size(wires['X'], m)}", ha="center", va="center", fontsize=11)
    for row in rows:
        x, own = at[row.name], params.get(row.name, {})
        names = {s: model.network.label(s, row.name) for s in own}
        held = "\n".join(f"{names[s]} {_size(W, 0)}" for s, W in own.items())
        slopes = ", ".join(f"d{n}" for n in names.values())
        told = "\n".join(f"{n} ← {n} − α d{n}" for n in names.values())
        if len(names) > 3:
            first, n = next(iter(names.values())), len(names)
            held, slopes = f"{n} parameters,\n{first} … {[*names.values()][-1]}", f"{n} gradients"
            told = f"{first} ← {first} − α d{first}\nand so for all {n}"
        _block(ax, x, TOP, row.name, spoken(row.layer), held)
        _cache(ax, x, row.name, caches[row.name], wires, m)
        _block(ax, x, LOW, row.name, "backward", slopes)
        for read in row.reads:
            _between(ax, at[read], x, f"{read}\n{_size(wires[read], m)}" if read != "X" else "", f"d{read}")
        if names:
            ax.text(x, UPDATE - 0.02, told, ha="center", va="top", fontsize=TINY, color=INK, gid="update")
            _arrow(ax, (x, LOW - 0.42), (x, UPDATE), NEGATIVE, "--")
    end, out = len(rows) * WIDE + WIDE, model.network.output
    _block(ax, end, TOP, "J", "loss", _words(type(model.loss).__name__))
    _cache(ax, end, "J", kept, wires, m)
    _block(ax, end, LOW, "J", "backward", "of the loss")
    _between(ax, at[out], end, f"{out}\n{_size(wires[out], m)}", f"d{out}")
    return made


def _size(array: Any, m: int) -> str:
    *sizes, last = array.shape
    end = str(last) if not m or last % m else "m" if last == m else f"{last // m}m"
    return f"({', '.join([*map(str, sizes), end])})"


def _words(name: str) -> str:
    """BinaryCrossEntropy → binary cross entropy, over two lines."""
    words = "".join(f" {letter.lower()}" if letter.isupper() else letter for letter in name).split()
    return " ".join(words[:1]) + "\n" + "-".join(words[1:]) if len(words) > 2 else " ".join(words)


def _block(ax: Axes, x: float, y: float, name: str, kind: str, held: str) -> None:
    from matplotlib.patches import FancyBboxPatch

    box = "round,pad=0,rounding_size=0.07"
    ax.add_patch(FancyBboxPatch((x - BOX / 2, y - 0.42), BOX, 0.84, boxstyle=box, fc=ZERO, ec=INK, lw=1.1, zorder=2))
    ax.text(x, y + 0.24, f"{name}", ha="center", va="center", fontsize=10, fontweight="bold", zorder=3)
    ax.text(x, y + 0.04, kind, ha="center", va="center", fontsize=TINY + 0.5, color=SECOND, zorder=3)
    ax.text(x, y - 0.21, held, ha="center", va="center", fontsize=TINY, zorder=3, linespacing=1.15)


def _cache(ax: Axes, x: float, name: str, cache: Any, wires: Any, m: int) -> None:
    """What is kept, each under the name of the wire it is, if it is one."""
    lines = []
    for symbol, array in cache.items():
        wire = next((w for w, A in wires.items() if A is array), "")
        same = f" = {wire}" if wire and wire != symbol else ""
        lines.append(f"{symbol}{same} {_size(array, m)}" if isinstance(array, np.ndarray) else symbol)
    said = "cache\n" + "\n".join([*lines[:3], *(["…"] if len(lines) > 3 else [])] or ["nothing"])
    box = {"boxstyle": "round,pad=0.35", "fc": PAPER, "ec": SECOND, "ls": ":", "lw": 1.1}
    ax.text(x, MIDDLE, said, ha="center", va="center", fontsize=TINY + 0.5, bbox=box, gid=f"cache {name}", zorder=3)
    if lines:
        _arrow(ax, (x, TOP - 0.42), (x, MIDDLE + 0.32), SECOND, ":")
        _arrow(ax, (x, MIDDLE - 0.32), (x, LOW + 0.42), SECOND, ":")


def _between(ax: Axes, start: float, end: float, wire: str, back: str) -> None:
    """The forward arrow with its wire, and the backward arrow below it; over what stands between, if anything."""
    near = end - start < 1.5 * WIDE
    left, right = start + (BOX / 2 if start else 0.32), end - BOX / 2
    middle = (left + right) / 2
    if near:
        _arrow(ax, (left, TOP), (right, TOP), POSITIVE, "-")
        ax.text(middle, TOP + 0.06, wire, ha="center", va="bottom", fontsize=TINY - (len(wire) > 12), linespacing=1.1)
        _arrow(ax, (right, LOW), (left, LOW), NEGATIVE, "--")
        ax.text(middle, LOW + 0.06, back, ha="center", va="bottom", fontsize=SMALL)
        return
    bend = f"arc3,rad={-0.9 / (end - start):.3f}"
    _arrow(ax, (start, TOP + 0.42), (end - 0.25, TOP + 0.42), POSITIVE, "-", bend)
    _arrow(ax, (end - 0.25, LOW + 0.42), (start, LOW + 0.42), NEGATIVE, "--", f"arc3,rad={0.9 / (end - start):.3f}")


def _arrow(ax: Axes, start: Any, end: Any, colour: str, dash: str, bend: str = "arc3") -> None:
    from matplotlib.patches import FancyArrowPatch

    style: Any = {"arrowstyle": "-|>", "mutation_scale": 11, "shrinkA": 1, "shrinkB": 1, "zorder": 1}
    ax.add_patch(FancyArrowPatch(start, end, connectionstyle=bend, color=colour, ls=dash, lw=1.4, **style))
