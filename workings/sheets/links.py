"""Links: the same network as nodes and lines; a weight that is zero is no link."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from workings.explain import Explanation
from workings.ink.number import Name
from workings.ink.text import PLAIN
from workings.sheets.sheet import Band, Diagram, Link

WIDEST = 16  # nodes in one layer
MOST = 12  # layers


def diagram_of(w: Explanation, bands: Iterable[Band], weights: Sequence[str]) -> Diagram | None:
    """The nodes and links of a stack of weights; None where that would be no picture.

    A link carries the mark of its weight on the sheet.
    """
    grids = [w.numbers[name] for name in weights]
    if not grids or any(len(row.reads) != 1 for row in w.problem.network.rows):
        return None
    sizes = [grids[0].shape[1], *(W.shape[0] for W in grids)]
    chained = all(W.shape[1] == n for W, n in zip(grids, sizes, strict=False))
    if max(sizes) > WIDEST or len(sizes) > MOST or not chained:
        return None
    base = w.conventions.base
    layers = tuple(tuple(str(i + base) for i in range(n)) for n in sizes)
    titles = ("rows of B", "rows of C") if weights[0] == "A" else ("X", *(n.replace("W", "layer ") for n in weights))
    shaded = [band.slots["left"] for band in bands if "left" in band.slots]
    marks = {cell.name: cell.row for block in shaded for row in block.cells for cell in row}
    links = [
        Link(l, j, i, W[i, j], marks.get(PLAIN.name(w.shown(Name(name, (i, j))), base).text))
        for l, (name, W) in enumerate(zip(weights, grids, strict=True))
        for i in range(W.shape[0])
        for j in range(W.shape[1])
        if W[i, j] != 0
    ]
    return Diagram(layers, titles, tuple(links))
