"""Pairs: which row of weights meets which column, in matching marks.

Where cells are blank, each blank with its row and its column is a pair with a mark of its own.  Where that cannot be
(two blanks in one row), and where nothing is blank, every row of weights shares a mark with its row of the product.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from workings.sheets.sheet import Band, Block, Cell

Change = Callable[[int, int, Cell], Cell]


class Pairs:
    """Bands whose products are marked one after the other."""

    def __init__(self, bands: list[Band]):
        self.bands = list(bands)
        self.count = 0

    def marked(self) -> tuple[Band, ...]:
        return tuple(self.bands)

    def mark(self, product: int, source: int) -> None:
        """Mark the product in one band with its weights beside it and the columns of its source above."""
        wire = self.bands[product].slots["middle"]
        missing = [(i, j) for i, row in enumerate(wire.cells) for j, cell in enumerate(row) if cell.blank]
        rows, columns = {i for i, _ in missing}, {j for _, j in missing}
        height = wire.height - wire.ones
        if missing and len(rows) == len(columns) == len(missing):
            marks = {place: self.count + k for k, place in enumerate(missing)}
            self.count += len(missing)
            of_row, of_column = {i: k for (i, _), k in marks.items()}, {j: k for (_, j), k in marks.items()}
            crossing = {place: (k, k) for place, k in marks.items()}
        else:
            of_row = {i: i for i in range(height)}
            of_column = {j: height + j for j in range(wire.width)} if wire.width > 1 else {}
            crossing = {(i, j): (i, of_column.get(j)) for i in range(height) for j in range(wire.width)}
        self._change(product, "left", lambda i, j, cell: replace(cell, row=of_row.get(i, cell.row)))
        self._change(source, "middle", lambda i, j, cell: replace(cell, column=of_column.get(j, cell.column)))
        self._change(product, "middle", lambda i, j, cell: _crossed(cell, crossing.get((i, j))))

    def _change(self, band: int, slot: str, change: Change) -> None:
        old: Block = self.bands[band].slots[slot]
        cells = tuple(tuple(change(i, j, cell) for j, cell in enumerate(row)) for i, row in enumerate(old.cells))
        slots = {**self.bands[band].slots, slot: replace(old, cells=cells)}
        self.bands[band] = replace(self.bands[band], slots=slots)


def _crossed(cell: Cell, marks: tuple[int, int | None] | None) -> Cell:
    return cell if marks is None else replace(cell, row=marks[0], column=marks[1])
