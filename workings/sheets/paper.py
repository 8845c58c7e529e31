"""Paper: a sheet as an A4 page, in PDF, SVG or PNG, drawn by Typst from plain data."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from workings.sheets.marks import mark
from workings.sheets.picture import ACROSS, svg
from workings.sheets.sheet import SLOTS, Sheet
from workings.sheets.template import TEMPLATE

PORTRAIT, LANDSCAPE = (178.0, 255.0), (265.0, 165.0)  # millimetres to draw on, across and down
SIZES = ((10.5, 2.05, 6.8, 8.5), (8.5, 1.7, 5.6, 6.8), (7.0, 1.4, 4.8, 5.6))  # points, mm a letter, tall, narrowest
GAP, ASIDE = 5.0, 46.0  # millimetres between slots; what formulas need to stand beside


class TooLarge(ValueError):
    """This does not fit on paper, and what to do instead."""


def fit(sheet: Sheet) -> dict[str, Any]:
    """Sizes for a page: upright if it can be, else across, the letters a little smaller where they must.

    Raises TooLarge with a sentence where no page is large enough.
    """
    for size, letter, tall, least in SIZES:
        for flipped, (across, down) in ((False, PORTRAIT), (True, LANDSCAPE)):
            slots = [_slot(sheet, name, letter, least) for name in SLOTS if sheet.width(name)]
            wide = sum(slot["wide"] for slot in slots) + GAP * (len(slots) - 1)
            high = max(band.height for band in sheet.bands) * tall + 12
            if wide <= across and high <= down:
                beside = across - wide >= ASIDE
                return {
                    "size": size,
                    "tall": tall,
                    "slots": slots,
                    "flipped": flipped,
                    "beside": beside,
                    "gap": GAP,
                }
    largest = max((block for _, _, block in sheet.blocks()), key=lambda b: max(b.width, 2 * b.height))
    raise TooLarge(
        f"this is too large for paper: {largest.title} alone is {largest.height} x {largest.width} cells; take fewer "
        "examples, open single cells of it (w['W1'][0, 3]), or write a spreadsheet (w.to_spreadsheet('net.xlsx'))"
    )


def pdf(sheet: Sheet) -> bytes:
    """The sheet as PDF."""
    return _compiled(sheet, "pdf")


def pages(sheet: Sheet, form: str = "svg", ppi: int = 144) -> list[bytes]:
    """The sheet page by page, as "svg" or "png"."""
    made = _compiled(sheet, form, ppi=ppi)
    return made if isinstance(made, list) else [made]


def write(sheet: Sheet, path: Any) -> list[Path]:
    """Write the sheet as .pdf, .svg or .png; of several SVG or PNG pages, the second is NAME-2.svg."""
    path = Path(path)
    form = path.suffix.lower().lstrip(".")
    if form not in ("pdf", "svg", "png"):
        raise ValueError(f"a sheet on paper is .pdf, .svg or .png, not {path.suffix or 'a name without an ending'!r}")
    made = [pdf(sheet)] if form == "pdf" else pages(sheet, form)
    names = [path, *(path.with_stem(f"{path.stem}-{i}") for i in range(2, len(made) + 1))]
    for name, page in zip(names, made, strict=True):
        name.write_bytes(page)
    return names


def _compiled(sheet: Sheet, form: str, **options: Any) -> Any:
    try:
        import typst
    except ImportError:
        raise ImportError("paper needs the package typst: pip install 'workings[sheets]'") from None
    data = json.dumps(_data(sheet))
    return typst.compile(
        TEMPLATE.encode(), format=form, sys_inputs={"sheet": data}, ignore_system_fonts=True, **options
    )


def _data(sheet: Sheet) -> dict[str, Any]:
    marks = [k for cell in sheet.cells() for k in (cell.row, cell.column) if k is not None]
    longest = max((len(line) for step in sheet.steps for line in step.lines), default=0)
    data = sheet.to_json() | fit(sheet)
    for band, plain in zip(sheet.bands, data["bands"], strict=True):
        plain["formulas"] = band.formulas
    data["marks"] = [mark(k)._asdict() for k in range(max(marks, default=-1) + 1)]
    data["two"] = longest < 62
    return data | _picture(sheet)


def _slot(sheet: Sheet, name: str, letter: float, least: float) -> dict[str, Any]:
    cells = [cell for band in sheet.bands if name in band.slots for row in band.slots[name].cells for cell in row]
    letters = max(len(c.text) + c.rounded + (len(c.struck) + 1 if c.struck else 0) for c in cells)
    one = max(least, letters * letter + 3.5)
    split = any(band.slots[name].split for band in sheet.bands if name in band.slots)
    titles = max(len(band.slots[name].title) for band in sheet.bands if name in band.slots)
    return {"name": name, "cell": one, "wide": max(one * sheet.width(name) + 1.5 * split, titles * 1.9)}


def _picture(sheet: Sheet) -> dict[str, Any]:
    if sheet.diagram is None:
        return {"picture": "", "picture_wide": 0, "picture_told": "", "diagram": None}
    links = sheet.key or not sheet.blanks
    told = "Links into a node look alike; a weight of 0 is no link." if links else "Draw the links; 0 is no link."
    wide = min(170.0, (ACROSS * (len(sheet.diagram.layers) - 1) + 70) * 0.26)
    return {"picture": svg(sheet.diagram, links), "picture_wide": wide, "picture_told": told, "diagram": None}


