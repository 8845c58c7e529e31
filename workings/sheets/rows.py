"""Rows: a sheet turned, with one example per row, as PyTorch has them.

                            W.T
    dA    A | 1             b.T
                            Z = A W.T + b.T      dZ

Every matrix of examples stands here with rows and columns changed, its marks too; of a product, what it reads stands
to the left, and its weights above.  This is the one place that knows.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace

from workings.sheets.sheet import Band, Block, Cell

MOVED = {"middle": "left", "right": "left_gradient"}  # of what is read


def as_rows(
    bands: Sequence[Band], products: Iterable[tuple[int, int]], is_wire: Callable[[str], bool]
) -> tuple[Band, ...]:
    """The bands of a sheet with columns, turned.

    `products` are pairs: the band of a product, and that of what it reads.  `is_wire` says which arrays have an
    example in each column; of all others, only weights that are met are turned.  What two products read stands
    beside the first of them, and what is itself a product stays where it was made.
    """
    reads = dict(products)
    free = {source for source in reads.values() if set(bands[source].slots) <= set(MOVED)}
    met = {bands[i].slots["left"].names[0] for i in reads}

    def turned(block: Block) -> Block:
        name = block.names[0]
        if is_wire(name):
            return _turned(block, block.title)
        if name.removeprefix("d").removesuffix("_new") not in met:
            return block
        return _turned(block, f"[{block.title}].T" if len(block.names) > 1 else f"{block.title}.T")

    made: list[Band] = []
    for i, band in enumerate(bands):
        if i in free:
            continue
        slots = {slot: turned(block) for slot, block in band.slots.items()}
        if i in reads:
            above = {"middle": slots.pop("left"), "right": slots.pop("left_gradient", None)}
            made.append(Band({slot: block for slot, block in above.items() if block}))
        if reads.get(i) in free and not any(reads.get(j) == reads[i] for j in range(i)):
            slots |= {MOVED[slot]: turned(block) for slot, block in bands[reads[i]].slots.items()}
        made.append(replace(band, slots=slots))
    return tuple(made)


def _turned(block: Block, title: str) -> Block:
    cells = tuple(tuple(map(_marked, column)) for column in zip(*block.cells, strict=True))
    return replace(block, title=title, cells=cells, turned=True)


def _marked(cell: Cell) -> Cell:
    return replace(cell, row=cell.column, column=cell.row)
