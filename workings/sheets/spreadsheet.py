"""Spreadsheet: a sheet with real formulas, forwards and backwards: change a weight, and everything follows.

Given numbers are numbers, all others formulas of the cells they are made of.  Where a blank is not filled in yet,
what is made of it stays empty: never 0.
"""

from __future__ import annotations

from fractions import Fraction
from io import BytesIO
from pathlib import Path
from typing import Any

from workings.explain import Explanation
from workings.explain.explanation import Updated
from workings.ink.number import Name, Number
from workings.ink.text import PLAIN
from workings.saving import write_whole
from workings.sheets.board import Board
from workings.sheets.formulas import Place, formula, line, named_leaves
from workings.sheets.grid import Grid, grid_of
from workings.sheets.looks import DOTTED, dress
from workings.sheets.paper import pretty
from workings.sheets.sheet import Block, Cell, Sheet
from workings.sheets.shown import shown

MOST = 20_000  # cells
RATE = Place(2, 2)


class TooLarge(ValueError):
    """More cells than a spreadsheet stays quick with."""


def check_size(w: Explanation) -> None:
    """Raises TooLarge with a sentence where the arrays of w have more cells than a spreadsheet takes."""
    sizes = {name: w.numbers[name].size for name in w if name != "dX"}
    if (total := sum(sizes.values())) > MOST:
        largest = max(sizes, key=lambda name: sizes[name])
        raise TooLarge(
            f"this would be a spreadsheet of {total:,} cells, {sizes[largest]:,} of them in {largest}; up to "
            f"{MOST:,} are written: take a smaller network or fewer examples, or open single cells "
            f"(w[{largest!r}][0, 3])"
        )


def write(w: Explanation, sheet: Sheet, path: Any) -> Path:
    """Write a sheet (laid out with `whole=True`) as .xlsx."""
    path = Path(path)
    if path.suffix.lower() != ".xlsx":
        raise ValueError(
            f"a spreadsheet is .xlsx, not {repr(path.suffix) if path.suffix else 'a name without an ending'}"
        )
    try:
        import xlsxwriter
    except ImportError:
        raise ImportError("a spreadsheet needs the package xlsxwriter: pip install 'workings[sheets]'") from None
    board = Board(w)
    grid = grid_of(sheet, board)
    file = BytesIO()
    made = _Book(xlsxwriter.Workbook(file, OPTIONS), board, sheet, grid)
    made.titles()
    for corner, block in grid.blocks:
        made.block(corner, block)
    made.names()
    made.notes()
    made.book.close()
    write_whole(path, file.getvalue())
    return path


OPTIONS = {"strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}


class _Book:
    """A workbook being written."""

    def __init__(self, book: Any, board: Board, sheet: Sheet, grid: Grid):
        self.book, self.board, self.sheet, self.grid = book, board, sheet, grid
        book.set_properties({"title": sheet.title, "author": "Workings"})
        self.page = book.add_worksheet("Sheet")
        self.page.hide_gridlines(2)
        self.page.set_paper(9)
        self.page.set_landscape()
        self.page.fit_to_pages(1, 0)
        self.page.set_column(0, 0, 5 if any(block.sides for _, block in grid.blocks) else 2)
        self.page.set_column(1, grid.aside - 1, 8)
        self.page.set_column(grid.aside, grid.aside, 44)
        self.looks: dict[tuple[Any, ...], Any] = {}
        base = board.w.conventions.base
        self.known = {PLAIN.name(board.w.shown(name), base).text: name for name in grid.places}
        self.open: set[Name] = set()  # blanks, and what cannot be worked out before they are filled
        if not sheet.key:
            blank = {cell.name for cell in sheet.cells() if cell.blank}
            self.open = {name for text, name in self.known.items() if text in blank}
        self._spread()
        self.constants: dict[Any, str] = {}
        if (rate := _rate(board.plain)) is not None:
            self.constants = {rate: "rate"}

    def _spread(self) -> None:
        """Whatever is made of a blank is open too, in the order of working."""
        order = {name: i for i, name in enumerate(self.board.w)}
        for name in sorted(self.grid.places, key=lambda n: order[n.array]) if self.open else ():
            if name not in self.open and any(leaf in self.open for leaf in named_leaves(self.board.working(name))):
                self.open.add(name)

    # ------------------------------------------------------------------ parts

    def titles(self) -> None:
        bold, plain = self.look(bold=True, font_size=14), self.look()
        self.page.write_string(0, 1, self.sheet.title, bold)
        self.page.write_string(1, 1, self.sheet.lead, plain)
        for rate in self.constants:
            self.page.write_string(RATE.row, 1, "rate", plain)
            self.page.write_number(RATE.row, RATE.column, float(rate), self.look(border=1, bg_color="#f7f7f7"))
            self.book.define_name("rate", f"=Sheet!{_fixed(RATE)}")
        told = "Shaded numbers are given: change one, and the formulas follow."
        told += (
            "  Framed cells are for you; write a fraction as =1/4."
            if self.sheet.blanks and not self.sheet.key
            else ""
        )
        self.page.write_string(3, 1, told, self.look(font_color="#57606a", italic=True))

    def block(self, corner: Place, block: Block) -> None:
        """A title, headings, and the cells."""
        step = self.sheet.step_of(block)
        title = f"{pretty(block.title)}   (step {step})" if step else pretty(block.title)
        self.page.write_string(corner.row - 1 - bool(block.tops), corner.column, title, self.look(bold=True))
        for j, head in enumerate(block.tops):
            self.page.write_string(corner.row - 1, corner.column + j, head, self.look(align="center"))
        for i, head in enumerate(block.sides):
            self.page.write_string(corner.row + i, corner.column - 1, head, self.look(align="right"))
        for i, row in enumerate(block.cells):
            for j, cell in enumerate(row):
                self.cell(Place(corner.row + i, corner.column + j), cell, i, j, block)

    def cell(self, place: Place, cell: Cell, i: int, j: int, block: Block) -> None:
        name = self.known.get(cell.name)
        if name is None:  # the 1 under x
            self.page.write_number(*place, 1, self.look(align="center", font_color="#57606a", border=DOTTED))
            return
        x = self.board.working(name)
        look = self.look(**dress(cell, block, i, j, not x.operands))
        if cell.blank and not self.sheet.key:
            self.page.write_blank(*place, None, look)
        elif not x.operands:
            self.number(place, x.value, look)
        else:
            self.page.write_formula(*place, "=" + self.told(name, x), look, self.cached(name, x))

    def number(self, place: Place, value: Any, look: Any) -> None:
        if isinstance(value, Fraction) and value.denominator != 1 and Fraction(repr(float(value))) != value:
            self.page.write_formula(*place, f"={value.numerator}/{value.denominator}", look, float(value))
        elif float(value) - float(value) != 0:
            self.page.write_formula(*place, "=NA()", look, "#N/A")
        else:
            self.page.write_number(*place, float(value), look)

    def told(self, name: Name, x: Number) -> str:
        """The formula; empty text for as long as a number it needs is not there."""
        text = formula(x, self.grid.places, self.rate_of(x) if name.array.endswith("_new") else {})
        needed = [self.grid.places[n] for n in named_leaves(x) if n in self.open] if name in self.open else []
        if not needed:
            return text
        span = line(sorted(needed))
        counted = span[0] if span else ",".join(map(str, needed))
        return f'IF(COUNT({counted})<{len(needed)},"",{text})'

    def rate_of(self, x: Number) -> dict[int, str]:
        """The learning rate among the operands of a step; another constant may equal it and is none."""
        found = _factor(x)
        return {} if found is None or found.value not in self.constants else {id(found): "rate"}

    def cached(self, name: Name, x: Number) -> Any:
        """What stands in the cell before anything is recalculated."""
        if name in self.open:
            return ""
        value = float(x.value)
        return value if value - value == 0 else "#NUM!"

    def names(self) -> None:
        """Every array as a named range."""
        arrays: dict[str, list[Place]] = {}
        for name, place in self.grid.places.items():
            arrays.setdefault(name.array, []).append(place)
        for array, called in self.grid.called().items():
            first, last = min(arrays[array]), max(arrays[array])
            self.book.define_name(called, f"=Sheet!{_fixed(first)}:{_fixed(last)}")

    def notes(self) -> None:
        """Formulas beside their bands; steps, symbols, names and conventions on a page of their own."""
        grey = self.look(font_color="#57606a", text_wrap=True, valign="top")
        for row, band in zip(self.grid.bands, self.sheet.bands, strict=True):
            for k, told in enumerate(band.formulas[: band.height + 1]):
                for rate, called in self.constants.items():
                    told = told.replace(f" - {shown(rate, 4).text} x ", f" - {called} x ")
                self.page.write_string(row + k, self.grid.aside, pretty(told), grey)
        about = self.book.add_worksheet("Notes")
        about.set_column(0, 0, 38)
        about.set_column(1, 1, 110)
        rows: list[tuple[str, str]] = [(f"Step {s.number}: {s.title}", s.what) for s in self.sheet.steps]
        rows += [("", "")] + [("", line) for step in self.sheet.steps for line in step.lines]
        rows += [("Note", note) for note in self.sheet.notes] + [("Parameters", c) for c in self.sheet.tally]
        rows += [("Convention", c) for c in self.sheet.conventions]
        rows += [
            ("Named range", f"{own} is {array}: {self.reading(array)}") for array, own in self.grid.called().items()
        ]
        for i, (head, text) in enumerate(rows):
            about.write_string(i, 0, head, self.look(bold=True, valign="top"))
            about.write_string(i, 1, text, self.look(text_wrap=True))
        about.set_paper(9)
        about.fit_to_pages(1, 0)

    def reading(self, array: str) -> str:
        return self.sheet.glossary.get(array, array)

    def look(self, **asked: Any) -> Any:
        """A format; the same one for the same wishes."""
        key = tuple(sorted(asked.items()))
        if key not in self.looks:
            self.looks[key] = self.book.add_format(asked)
        return self.looks[key]


def _rate(w: Explanation) -> Any:
    """The learning rate of a plain step of gradient descent, which has a cell of its own."""
    if not isinstance(w, Updated):
        return None
    for name in w:
        if name.endswith("_new"):
            x = w.book.workings[name].at((0,) * w.numbers[name].ndim)
            if (factor := _factor(x)) is not None:
                return factor.value
    return None


def _factor(x: Number) -> Number | None:
    """The factor before what is taken away, where it has no name: 0.1 of W - 0.1 x dW."""
    if x.op != "-" or x.operands[1].op != "*" or x.operands[1].operands[0].name:
        return None
    return x.operands[1].operands[0]


def _fixed(place: Place) -> str:
    column = str(Place(0, place.column))[:-1]
    return f"${column}${place.row + 1}"
