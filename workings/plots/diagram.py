"""Network diagram: the units and links of the real network, its weights and biases, one example's activations."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from math import prod
from typing import TYPE_CHECKING, Any

import numpy as np

from workings.plots.nodes import Board
from workings.plots.style import PAPER, bare, below, counted, drawn, figure
from workings.plots.wiring import ONE_TO_ONE, Column, built, columns, connections

if TYPE_CHECKING:
    from matplotlib.figure import Figure

    from workings.model import Model


@drawn
def network_diagram(
    model: Model,
    X: Any = None,
    *,
    most: int = 10,
    highlight: str = "",
    names: Mapping[str, Sequence[str]] | None = None,
    title: str = "",
) -> Figure:
    """Units as circles, weights as lines: blue and solid adds, orange and dashed takes away, thicker is larger.

    `X`: one example; its activations fill the circles, from white (0) to black.  `most`: circles in a column, the
    rest of a wide layer is "⋮".  `highlight`: a unit such as "A1[2]", whose links alone are drawn strongly.
    `names`: words for the units of a wire, as {"X": ["size", "age"]}.  Weights of exactly 0 are not drawn.
    Branches and joins of a `Network` are drawn as they are wired; images and sequences are blocks.

    >>> from workings import Dense, Model
    >>> model = Model([Dense(4, "tanh"), Dense(1, "sigmoid")], inputs=3)
    >>> network_diagram(model).get_suptitle()
    'Network 3-4-1: 12 + 4 = 16 links, 21 parameters'
    """
    shape, placed = built(model), {c.wire: c for c in columns(model.network, model.shape or ())}
    values = _one(model, X) if X is not None else {}
    board = Board(placed.values(), most, bool(values), names or {})
    made = figure(board.width + 0.2, board.height + 1.0, title or _title(model, placed))
    bare(ax := made.subplots())
    ax.set(xlim=(0, board.width), ylim=(0, board.height), aspect="equal")
    picked = _unit(highlight, placed, model.conventions.base) if highlight else None
    zeros, links = 0, []
    for column in placed.values():
        for i, read in enumerate(column.reads):
            zeros += _link(board, ax, model, column, placed[read], i, picked, links)
    for column in placed.values():
        last = column.wire == model.network.output
        board.draw(ax, column, _biases(model, column), values.get(column.wire), last, _counts(model, column, shape))
    for heading in (text for text in ax.texts if text.get_fontweight() == "bold"):  # no link runs through its words
        heading.set(zorder=4, bbox={"boxstyle": "square,pad=0.15", "fc": PAPER, "ec": "none"})
    below(made, _caption(board, zeros, picked, links, highlight))
    return made


def _one(model: Model, X: Any) -> dict[str, np.ndarray]:
    X = np.asarray(X)
    X = X[None] if X.ndim == len(model.shape or ()) else X
    if len(X) != 1:
        raise ValueError(f"the diagram shows the activations of one example, not of {len(X)}: write X[:1]")
    return {name: A[0] for name, A in model.activations(X).items()}


def _title(model: Model, placed: Mapping[str, Column]) -> str:
    sizes = "-".join(str(c.units or "×".join(map(str, c.shape))) for c in placed.values())
    count = list(connections(model).values())
    total = sum(W.size for W in model.parameters.values())
    sum_ = " + ".join(f"{n:,}" for n in count) + (f" = {sum(count):,}" if len(count) > 1 else "")
    chain = all(c.reads in ((), (before,)) for before, c in zip(("", *placed), placed.values(), strict=False))
    said = f"Network {sizes}" if chain else f"Network of {len(model.network.rows)} rows"
    return f"{said}: {sum_ + ' links, ' if count else ''}{counted(total, 'parameter')}"


def _unit(wanted: str, placed: Mapping[str, Column], base: int) -> tuple[str, int]:
    wire, _, rest = wanted.partition("[")
    if wire not in placed or not rest.rstrip("]").isdigit():
        raise ValueError(f"highlight names a unit such as 'A1[2]', not {wanted!r}; columns are {', '.join(placed)}")
    i = int(rest.rstrip("]")) - base
    if not 0 <= i < placed[wire].units:
        raise ValueError(
            f"{wire} has {counted(placed[wire].units, 'unit')}, counted from {base}; there is no {wanted}"
        )
    return wire, i


def _link(
    board: Board, ax: Any, model: Model, to: Column, source: Column, place: int, picked: Any, links: list[Any]
) -> int:
    """Draw what leads from one column to another; how many of its weights are exactly 0."""
    near = to.depth - source.depth == 1 and source.units and to.units
    if to.kind == "Dense":
        W = np.asarray(model.state.params[to.rows[0].name]["W"], dtype=float)
        if near:
            chosen = None
            if picked:
                chosen = np.zeros(W.shape, dtype=bool)
                if picked[0] == to.wire:
                    chosen[picked[1]] = True
                    links.append(f"{int((W[picked[1]] != 0).sum())} in")
                if picked[0] == source.wire:
                    chosen[:, picked[1]] = True
                    links.append(f"{int((W[:, picked[1]] != 0).sum())} out")
            board.weights(ax, source, to, W, chosen)
        else:
            board.arrow(ax, source, to, f"{model.network.label('W', to.rows[0].name)}")
        return int((W == 0).sum())
    if near and (to.kind in ONE_TO_ONE or to.units == source.units):
        ahead = 0 if to.kind != "Concat" or place == 0 else to.units - source.units
        board.one_to_one(ax, source, to, ahead)
    else:
        board.arrow(ax, source, to)
    return 0


def _biases(model: Model, column: Column) -> np.ndarray | None:
    named = model.state.params.get(column.rows[0].name, {}) if column.rows else {}
    return np.asarray(named["b"], dtype=float)[:, 0] if column.kind == "Dense" and "b" in named else None


def _counts(model: Model, column: Column, shape: tuple[int, ...]) -> str:
    """The number of parameters, as arithmetic."""
    if not column.rows:
        return counted(column.units, "feature") if column.units else counted(prod(shape), "number")
    named = model.state.params.get(column.rows[0].name, {})
    size = sum(W.size for W in named.values())
    if column.kind == "Dense":
        n_out, n_in = named["W"].shape
        return f"{n_out} × ({n_in} + 1) = {size:,}\nparameters"
    return f"{counted(size, 'parameter')}" if size else "no parameters"


def _caption(board: Board, zeros: int, picked: Any, links: list[str], highlight: str) -> str:
    said = "Blue, solid: positive weight. Orange, dashed: negative. Thicker: larger, within its layer."
    if board.values:
        said += " Fill: activation, from white (0) to black (1, or the largest size in the column)."
    if not board.roomy:
        said += " No room for the biases here; most=6 shows them."
    if zeros:
        said += f" {counted(zeros, 'link')} of weight 0 {'is' if zeros == 1 else 'are'} not drawn."
    if picked:
        said += f" Unit {highlight}: {', '.join(links)}."
    return said
