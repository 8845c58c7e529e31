"""Fit: how large a sheet is drawn, and what stands where, so that it fills an A4 page and no more pages than it must.

Lengths are in millimetres, and heights are estimates: they choose among sizes, and the page itself breaks where it is
full.
"""

from __future__ import annotations

from math import ceil
from typing import Any, NamedTuple

from workings.sheets.picture import size_of
from workings.sheets.sheet import SLOTS, Block, Sheet

PORTRAIT, LANDSCAPE = (178.0, 268.0), (265.0, 178.0)  # to draw on, across and down
GAP = 4.0  # between slots
LETTER = 1.25  # a letter of a formula beside a band, of 8 points
PIXEL = 0.26  # of the drawing
NARROW = 58.0  # steps do not stand in less
TWO = 110  # letters of the longest line in two columns
ROOM = 40.0  # that is left is squared, to work in


class Size(NamedTuple):
    """How large cells are: points of the letters, a letter's width, the height of a cell and its least width."""

    points: float
    letter: float
    tall: float
    least: float


LARGE = (Size(14, 2.7, 9.6, 11.5), Size(12, 2.35, 8.2, 10.0))  # to write in by hand
SIZES = (Size(10.5, 2.05, 6.8, 8.5), Size(8.5, 1.7, 5.6, 6.8), Size(7.0, 1.4, 4.8, 5.6), Size(6.0, 1.2, 4.2, 4.6))


class TooLarge(ValueError):
    """This does not fit on paper, and what to do instead."""


def fit(sheet: Sheet) -> dict[str, Any]:
    """Sizes for a page: the largest letters with which one upright page takes it all; else, if need be, more pages,
    the page across, smaller letters.

    Raises TooLarge with a sentence where no page is large enough.
    """
    for size in (*LARGE, *SIZES[:2]):
        if (found := _sized(sheet, size, PORTRAIT)) and found["high"] <= PORTRAIT[1]:
            return found | {"flipped": False}
    for size in SIZES:
        for page in (PORTRAIT, LANDSCAPE):
            if found := _sized(sheet, size, page):
                return found | {"flipped": page == LANDSCAPE}
    largest = max((block for _, _, block in sheet.blocks()), key=lambda b: max(b.width, 2 * b.height))
    raise TooLarge(
        f"this is too large for paper: {largest.title} alone is {largest.height} x {largest.width} cells; take a "
        f"smaller network or fewer examples, open single cells of it (w[{largest.names[0]!r}][0, 3]), or write a "
        "spreadsheet (w.to_spreadsheet('net.xlsx'))"
    )


def _sized(sheet: Sheet, size: Size, page: tuple[float, float]) -> dict[str, Any] | None:
    across, down = page
    slots = [_slot(sheet, name, size) for name in SLOTS if sheet.width(name)]
    loose = [wide(sheet, b, size) for band in sheet.bands if band.loose for b in band.slots.values()]
    taken = sum(slot["wide"] for slot in slots) + GAP * (len(slots) - 1)
    if max(taken, *loose, 0) > across or max(band.height for band in sheet.bands) * size.tall + 12 > down - 13:
        return None
    longest = max((len(f) for band in sheet.bands if not band.loose for f in band.formulas), default=0) * LETTER
    beside = across - taken - GAP >= min(longest, 33)
    told = min(longest, across - taken - GAP) if beside else 0
    room = across - taken - (told + GAP if beside else 0) - 2 * GAP
    bands = sum(_band_high(band, size, beside) for band in sheet.bands)
    drawing, steps = _drawing(sheet), _steps_high(sheet, across)
    aside, high = "", 24 + bands + _lists_high(sheet, across)
    if drawing and drawing[0] <= room and drawing[1] <= bands:
        aside = "drawing"
    elif sheet.steps and not sheet.key and room >= NARROW and _steps_high(sheet, room) + 20 <= bands:
        aside = "steps"
    high += drawing[1] if drawing and aside != "drawing" else 0
    high += steps + 5 + _lines("; ".join(sheet.conventions), across, 1.35) * 3.6 if aside != "steps" else 0
    return {
        "size": size.points, "tall": size.tall, "slots": slots, "gap": GAP, "beside": beside, "told": told,
        "told_size": max(6.8, 8 * told / longest) if told else 8,
        "aside": aside, "aside_wide": room, "high": high, "sized": size,
        "two": sheet.key and high > down and _longest(sheet) < TWO,
        "room": bool(sheet.steps) and not sheet.key and down - high > ROOM,
    }  # fmt: skip


def one(sheet: Sheet, block: Block, size: Size) -> float:
    """How wide a cell of this block is."""
    room = 5 if block.names[0].endswith("_new") else 3
    letters = max(cell.letters(sheet.key, room) for row in block.cells for cell in row)
    return max(size.least, (letters + 1.7) * size.letter)


def head(sheet: Sheet, block: Block) -> float:
    """How wide the title of a block is, with the number of its step."""
    return len(block.title) * 1.9 + (4.5 if sheet.step_of(block) else 0)


def wide(sheet: Sheet, block: Block, size: Size) -> float:
    """How wide a block is."""
    return max(one(sheet, block, size) * block.width + 1.5 * bool(block.right_of), head(sheet, block))


def _slot(sheet: Sheet, name: str, size: Size) -> dict[str, Any]:
    """A slot's width; in the middle all cells are equally wide, so that products meet."""
    blocks = [band.slots[name] for band in sheet.bands if name in band.slots]
    if name != "middle":
        return {"name": name, "wide": max(wide(sheet, block, size) for block in blocks), "cell": 0}
    cell = max(one(sheet, block, size) for block in blocks)
    titles = max(head(sheet, block) for block in blocks)
    return {"name": name, "wide": max(cell * sheet.width(name), titles), "cell": cell}


def _band_high(band: Any, size: Size, beside: bool) -> float:
    over = 4.0 * any(b.tops for b in band.slots.values()) + 1.3 * any(b.below for b in band.slots.values())
    return band.height * size.tall + over + 7.6 + (0 if beside and not band.loose else 4.0 * bool(band.formulas))


def _drawing(sheet: Sheet) -> tuple[float, float] | None:
    """How wide and how high the drawing is."""
    if sheet.diagram is None:
        return None
    across, down = size_of(sheet.diagram)
    scale = min(170.0, across * PIXEL) / across
    return across * scale, down * scale + 16


def _steps_high(sheet: Sheet, across: float) -> float:
    if not sheet.steps:
        return 0
    lines = sum(_lines(f"{step.title}: {step.what}", across - 6, 1.75) for step in sheet.steps)
    worked = sum(_lines(line, across - 6, 1.4) for step in sheet.steps for line in step.lines)
    return 9 + 4.1 * lines + 2.2 * len(sheet.steps) + 3.3 * worked


def _lists_high(sheet: Sheet, across: float) -> float:
    lists = (sheet.tally if sheet.key else (), sheet.notes)
    return sum(9 + sum(4.6 * _lines(line, across, 1.55) for line in told) for told in lists if told)


def _longest(sheet: Sheet) -> int:
    return max((len(line) for step in sheet.steps for line in step.lines), default=0)


def _lines(text: str, across: float, letter: float) -> int:
    return ceil(max(1, len(text)) * letter / max(across, 1))
