"""Layout: which matrix stands where.

A dense layer is laid out by hand: W to the left, what it reads above, the product where they cross.  Any other array
stands in the middle column, in the order of working.  Where the conventions have examples as rows, the sheet is
turned at the end (`rows.py`).
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from typing import Any

import numpy as np

from workings.explain import Explanation
from workings.ink.number import Name
from workings.ink.text import PLAIN
from workings.layers import Dense, Relu
from workings.sheets import wording
from workings.sheets.board import Board
from workings.sheets.links import diagram_of
from workings.sheets.pairs import Pairs
from workings.sheets.rows import as_rows
from workings.sheets.sheet import Band, Block, Cell, Sheet, Step
from workings.sheets.shown import shown

RAISED = str.maketrans("0123456789", "⁰¹²³⁴⁵⁶⁷⁸⁹")


def layout(
    w: Explanation,
    title: str = "A network by hand",
    lead: str = "",
    *,
    blanks: Iterable[str] = (),
    key: bool = False,
    compact: bool = False,
    bias: bool = True,
    gradients: bool = True,
    diagram: bool = True,
    whole: bool = False,
    links: bool = True,
    titles: Mapping[str, str] | None = None,
    product: tuple[str, str, str] | None = None,
    without: Iterable[str] = (),
    steps: Iterable[Step] = (),
    notes: Iterable[str] = (),
) -> Sheet:
    """The sheet of an explanation.

    `blanks`: cells ("dW1[2,1]") or whole arrays ("dW1") to be filled in; with `key` they are filled.  `compact`
    crosses out what ReLU stops in the cell itself (of examples as rows, sums and activations stand apart).
    `bias=False` leaves out biases that are all 0.  `whole` adds every array that another is made of (a spreadsheet
    needs them).  `titles` replace the formulas over blocks.  `links=False` leaves the links of the diagram to be
    drawn.  `product` ("A", "B", "C") is one that stands alone.  Arrays `without` which the
    sheet is to do are left out.
    """
    rows = w.conventions.examples == "rows" and not product
    w = w if rows else w.written_as(examples="columns")  # of A B = C, neither side is an example
    board = Board(w)
    drawn = _Drawn(board, compact and not rows, bias, gradients, titles or {}, _blanks(board, blanks))
    drawn.without = set(without)
    if product:
        drawn.products[product[2]] = ([product[0]], product[1])
    drawn.forward()
    if whole:
        drawn.others(drawn.board.needed(drawn.placed))
    marked = drawn.paired() if drawn.by_hand else tuple(drawn.bands)
    bands = as_rows(marked, drawn.by_hand, board.is_wire) if rows else marked
    _all_stand_there(board, drawn.blanks, marked)
    names = list(drawn.placed)
    return Sheet(
        title,
        lead,
        bands,
        tuple(steps),
        wording.counts(w.problem.network, w.problem.params, bias),
        wording.conventions(w),
        wording.glossary(name for name in w if name in names),
        tuple(notes),
        diagram_of(w, marked, [weights for (weights, *_), _ in drawn.products.values()]) if diagram else None,
        links,
        key,
    )


def _blanks(board: Board, wanted: Iterable[str]) -> set[Name]:
    found: set[Name] = set()
    for text in wanted:
        if "[" in text:
            found.add(board.w.cell(text).name)
        else:
            found |= set(board.grid(board.w[text].name).flat)
    return found


def _all_stand_there(board: Board, blanks: Collection[Name], bands: Iterable[Band]) -> None:
    """Raises ValueError for a blank that is on no block of the sheet."""
    blocks = [block for band in bands for block in band.slots.values()]
    there = {name for block in blocks for name in (*block.names, block.under)}
    lost = {name.array: None for name in blanks if name.array not in there}
    if lost:
        first = next(iter(lost))
        raise ValueError(
            f"{first} is not on this sheet, so it cannot be left blank; there are {', '.join(_listed(blocks))}"
        )


def _listed(blocks: Iterable[Block]) -> list[str]:
    return list(dict.fromkeys(name for block in blocks for name in block.names))


class _Drawn:
    """The bands drawn so far."""

    def __init__(
        self,
        board: Board,
        compact: bool,
        bias: bool,
        gradients: bool,
        titles: Mapping[str, str],
        blanks: Collection[Name],
    ):
        self.board, self.bias, self.titles, self.blanks = board, bias, titles, blanks
        self.gradients = gradients and any(f"d{name}" in board for name in board.w)
        self.compact = compact and not self.gradients
        self.without: set[str] = set()
        self.bands: list[Band] = []
        self.placed: dict[str, None] = {}
        self.by_hand: list[tuple[int, int]] = []  # the band of a product, and that of what it reads
        self.at: dict[str, int] = {}  # wire -> its band
        dense = [row for row in board.rows.values() if isinstance(row.layer, Dense)]
        self.fed = {row.reads[0] for row in dense if bias}  # wires with a 1 below
        self.products = {row.name: (board.parameters(row.name), row.reads[0]) for row in dense}  # what meets what

    # ------------------------------------------------------------------ bands

    def forward(self) -> None:
        """From X to J, with the gradient of each array beside it."""
        names = [name for name in self.board.w if name != "Y" and not self._is_gradient(name)]
        for name in names:
            if name not in self.placed and name not in self.without and not self._is_parameter(name):
                self.wire(name)
        new = {
            row: [f"{x}_new" for x in self.board.parameters(row) if self._has(f"{x}_new")] for row in self.board.rows
        }
        if after := {names[0]: self.block(names) for names in new.values() if names}:
            self.add(after, loose=True)

    def wire(self, name: str) -> None:
        """The band of one array: its weights to the left, its gradient to the right, the target beside the answer."""
        slots: dict[str, Block] = {}
        over = self._activated(name)
        shown = over or name
        if name in self.products:
            weights, above = self.products[name]
            labels = [x for x in weights if self.bias or not x.startswith("b")]
            slots["left"] = self.block(labels)
            back = [f"d{label}" for label in labels if self._has(f"d{label}")]
            if self.gradients and back:
                slots["left_gradient"] = self.block(back)
            self.by_hand.append((len(self.bands), self.at[above]))
        slots["middle"] = self.block([shown], under=name if over else "", ones=shown in self.fed)
        if self.gradients and self._has(f"d{shown}") and shown != "X" and f"d{shown}" != self.board.skipped:
            slots["right"] = self.block([f"d{shown}"])
            after = [r for r in self.board.rows.values() if isinstance(r.layer, Relu) and r.reads[0] == shown]
            few = self.board.w.numbers[shown].shape[-1] <= 2  # beyond that, the slope is seen from the sign of Z
            if after and few and self._has(mask := f"mask{after[0].name.lstrip('A')}"):
                slots["beside"] = self.block([mask])
        if "Y" in self.board and shown == self.board.answer and "beside" not in slots:
            slots["beside"] = self.block(["Y"])
        if shown == "L" and self._has("J"):
            self.add({"L": self.block(["L"]), "J": self.block(["J"])}, loose=True)
            return
        self.at[name] = self.at[shown] = len(self.bands)
        self.placed |= dict.fromkeys((name, shown))
        self.add(slots)

    def others(self, names: Iterable[str]) -> None:
        """A band for each of these."""
        for name in names:
            if name not in self.placed:
                self.add({"middle": self.block([name])})

    def add(self, slots: dict[str, Block], loose: bool = False) -> None:
        self.bands.append(Band(slots, loose))
        for block in slots.values():
            self.placed |= dict.fromkeys(block.names)

    def paired(self) -> tuple[Band, ...]:
        """The bands with rows and columns marked that meet."""
        pairs = Pairs(self.bands)
        for product, source in self.by_hand:
            pairs.mark(product, source)
        return pairs.marked()

    # ------------------------------------------------------------------ blocks

    def block(self, names: list[str], under: str = "", ones: bool = False) -> Block:
        """The cells of these arrays side by side; `under` is what is crossed out where ReLU stops it."""
        grids = [self.board.grid(name) for name in names]
        cells = [tuple(self.cell(name, under) for name in row) for row in np.concatenate(grids, axis=1)]
        if ones:
            cells.append(tuple(Cell("", 1, "1") for _ in cells[0]))
        title, told = " | ".join(names), self._formula(names, under)
        reading = "; ".join(wording.reading(name) for name in names)
        split = grids[0].shape[1] if len(names) > 1 else 0
        equation = f"{title} = {told}" if told else ""
        heads = self._heads(names[0])
        return Block(tuple(names), title, equation, reading, tuple(cells), split, heads, ones, under)

    def cell(self, name: Name, under: str) -> Cell:
        digits, base = self.board.w.conventions.digits, self.board.w.conventions.base
        value: Any = self.board.value(name)
        text, rounded = shown(value, digits)
        struck, blank = "", name in self.blanks
        if under:
            before = Name(under, name.cell)
            blank = blank or before in self.blanks
            was: Any = self.board.value(before)
            struck = shown(was, digits).text if was < 0 else ""
        return Cell(PLAIN.name(self.board.w.shown(name), base).text, value, text, rounded, struck, blank)

    def _formula(self, names: list[str], under: str) -> str:
        name = names[0]
        if told := self.titles.get(name):
            return told
        if under:
            return f"ReLU({wording.formula(self.board.w, under, self.bias)})"
        told = wording.formula(self.board.w, name, self.bias)
        return wording.side_by_side(told, names[1]) if len(names) == 2 else told

    def _heads(self, name: str) -> tuple[str, ...]:
        shape = self.board.w.numbers[name].shape
        base = self.board.w.conventions.base
        if name != "X" or len(shape) != 2 or shape[1] < 2:
            return ()
        return tuple(f"x⁽{str(k + base).translate(RAISED)}⁾" for k in range(shape[1]))

    def _activated(self, name: str) -> str:
        """The ReLU that is crossed out in the cells of this array itself."""
        if not self.compact:
            return ""
        found = [r.name for r in self.board.rows.values() if isinstance(r.layer, Relu) and r.reads == (name,)]
        return found[0] if found else ""

    def _has(self, name: str) -> bool:
        """Whether an array stands on this sheet, or may."""
        return name in self.board and name not in self.without

    def _is_gradient(self, name: str) -> bool:
        return (name[0] == "d" and name[1:] in self.board) or name.startswith(("mask", "dX")) or "_new" in name

    def _is_parameter(self, name: str) -> bool:
        return any(name in weights for weights, _ in self.products.values())
