"""Links: the same network as nodes and lines; a weight that is zero is no link."""

from __future__ import annotations

from workings.explain import Explanation
from workings.layers import Dense
from workings.sheets.sheet import Diagram, Link

WIDEST = 16  # nodes in one layer
MOST = 12  # layers


def diagram_of(w: Explanation) -> Diagram | None:
    """The nodes and links of a stack of dense layers; None where that would be no picture.

    The links into a node carry the mark of the row of weights they stand for.
    """
    dense = [row.name for row in w.problem.network.rows if isinstance(row.layer, Dense)]
    if not dense or any(len(row.reads) != 1 for row in w.problem.network.rows):
        return None
    weights = [w.problem.params[row]["W"] for row in dense]
    sizes = [weights[0].shape[1], *(W.shape[0] for W in weights)]
    chained = all(W.shape[1] == n for W, n in zip(weights, sizes, strict=False))
    if max(sizes) > WIDEST or len(sizes) > MOST or not chained:
        return None
    layers = tuple(tuple(str(i + w.conventions.base) for i in range(n)) for n in sizes)
    titles = ("X", *(w.book.label("W", row).replace("W", "layer ") for row in dense))
    links = [
        Link(l, j, i, W[i, j], i)
        for l, W in enumerate(weights)
        for i in range(W.shape[0])
        for j in range(W.shape[1])
        if W[i, j] != 0
    ]
    return Diagram(layers, titles, tuple(links))
