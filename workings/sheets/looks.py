"""Looks: how a cell of a spreadsheet is dressed: tint, pattern and edge tell alike what belongs together.

A row's mark is an edge to the left of each of its cells, a column's mark an edge above, as on paper.  Edges remain in
a black and white print, and in a program that draws no patterns.
"""

from __future__ import annotations

from typing import Any

from workings.sheets.marks import mark
from workings.sheets.sheet import Block, Cell

# the numbers by which the format calls its fills and edges
FILLS = {"up": 14, "down": 13, "lines": 11, "bars": 12, "grid": 15, "cross": 16, "dots": 17, "solid": 1}
THIN, DOTTED, THICK, DOUBLE = 1, 4, 5, 6
EDGES = {"up": 5, "dots": 4, "lines": 8, "down": 6, "bars": 2, "grid": 10, "cross": 12, "solid": 13}
PALE = 0.35  # how much of the ink is in a pattern, so that numbers are read over it


def dress(cell: Cell, block: Block, i: int, j: int, given: bool) -> dict[str, Any]:
    """What a cell in row i and column j of its block looks like; what is `given` is grey if unmarked."""
    edges = {"left": THIN, "top": THIN}
    if j == block.width - 1:
        edges["right"] = THIN  # elsewhere it is the next cell's left edge
    if i == block.height - 1:
        edges["bottom"] = THIN
    if cell.row is not None:
        edges |= {"left": EDGES[mark(cell.row).pattern], "left_color": mark(cell.row).ink}
    if cell.column is not None:
        edges |= {"top": EDGES[mark(cell.column).pattern], "top_color": mark(cell.column).ink}
    if block.right_of and j == block.right_of:
        edges |= {"left": DOUBLE, "left_color": "#000000"}
    if block.below and i == block.below:
        edges |= {"top": DOUBLE, "top_color": "#000000"}
    return {"align": "center", **edges, **_fill(cell, given)}


def _fill(cell: Cell, given: bool) -> dict[str, Any]:
    k = cell.row if cell.row is not None else cell.column
    if cell.blank:
        return {"bold": True, "bg_color": "#ffffff", "right": THICK, "bottom": THICK}
    if k is None:
        return {"bg_color": "#eef1f4"} if given else {}
    ink, tint, _, pattern, _ = mark(k)
    if pattern == "solid":
        return {"bg_color": tint}
    return {"pattern": FILLS[pattern], "bg_color": tint, "fg_color": _between(tint, ink)}


def _between(tint: str, ink: str) -> str:
    pairs = zip(bytes.fromhex(tint[1:]), bytes.fromhex(ink[1:]), strict=True)
    return "#" + bytes(round(a + PALE * (b - a)) for a, b in pairs).hex()
