"""Grid: where every cell of a sheet stands in a spreadsheet, and what its ranges are called."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field

from workings.ink.number import Name
from workings.ink.text import PLAIN
from workings.sheets.board import Board
from workings.sheets.formulas import Place
from workings.sheets.sheet import SLOTS, Block, Sheet

FIRST = Place(5, 1)  # of the first band's title
LIKE_A_CELL = re.compile(r"([A-Za-z]{1,3})(\d+)(.*)")


@dataclass
class Grid:
    """The places of a sheet's blocks (of their top left numbers) and cells; `aside` is the column for formulas."""

    blocks: list[tuple[Place, Block]] = field(default_factory=list)
    places: dict[Name, Place] = field(default_factory=dict)
    bands: list[int] = field(default_factory=list)
    aside: int = 0
    end: int = 0

    def called(self) -> dict[str, str]:
        """What the range of every array is called; one that stands transposed says so: W_1_T."""
        labels = {name: f"{name}.T" if block.transposed else name for _, block in self.blocks for name in block.names}
        names = range_names(labels.values())
        return {array: names[label] for array, label in labels.items()}


def grid_of(sheet: Sheet, board: Board) -> Grid:
    """Bands below one another, slots side by side, a column or row of air between."""
    made = Grid()
    base = board.w.conventions.base
    names = {}
    for _, _, block in sheet.blocks():
        for array in block.names:
            names |= {PLAIN.name(board.w.shown(n), base).text: n for n in board.grid(array).flat}
    left: dict[str, int] = {}
    column = FIRST.column
    for slot in SLOTS:
        if width := sheet.width(slot):
            left[slot] = column
            column += width + 1
    made.aside, row = column, FIRST.row
    for band in sheet.bands:
        heads = any(block.tops for block in band.slots.values())
        made.bands.append(row)
        column = FIRST.column
        for slot, block in band.slots.items():
            corner = Place(row + 1 + heads, column if band.loose else left[slot])
            column += block.width + 1
            made.blocks.append((corner, block))
            for i, line in enumerate(block.cells):
                for j, cell in enumerate(line):
                    if cell.name:
                        made.places[names[cell.name]] = Place(corner.row + i, corner.column + j)
        made.aside = max(made.aside, column if band.loose else 0)
        row += band.height + 2 + heads
    made.end = row
    return made


def range_names(arrays: Iterable[str]) -> dict[str, str]:
    """What each array's range is called: W1 and dW1 would be cells of a spreadsheet, so these are W_1 and dW_1.

    >>> range_names(["W1", "dW1", "X", "C", "W1_new", "a⟨3⟩", "A⟨3⟩"])
    {'W1': 'W_1', 'dW1': 'dW_1', 'X': 'X', 'C': 'C_', 'W1_new': 'W_1_new', 'a⟨3⟩': 'a_3_', 'A⟨3⟩': 'A_3__2'}
    """
    made: dict[str, str] = {}
    for array in arrays:
        name = re.sub(r"\W", "_", array, flags=re.ASCII)
        if found := LIKE_A_CELL.fullmatch(name):
            name = f"{found[1]}_{found[2]}{found[3]}"
        if name.upper() in ("C", "R", "TRUE", "FALSE") or not re.match(r"[A-Za-z_]", name):
            name = f"{name}_" if name[:1].isalpha() else f"_{name}"
        taken = {other.upper() for other in made.values()} | {"RATE"}
        name, stem, k = name[:200], name[:200], 2
        while name.upper() in taken:
            name, k = f"{stem}_{k}", k + 1
        made[array] = name
    return made
