"""Paper: a sheet as an A4 page, in PDF, SVG or PNG, drawn by Typst from plain data."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from workings.sheets.apart import apart
from workings.sheets.marks import mark
from workings.sheets.picture import ACROSS, svg
from workings.sheets.sheet import SLOTS, Block, Sheet
from workings.sheets.template import TEMPLATE

PORTRAIT, LANDSCAPE = (178.0, 255.0), (265.0, 165.0)  # millimetres to draw on, across and down
SIZES = (  # points, mm a letter, tall, narrowest
    (10.5, 2.05, 6.8, 8.5),
    (8.5, 1.7, 5.6, 6.8),
    (7.0, 1.4, 4.8, 5.6),
    (6.0, 1.2, 4.2, 4.6),
)
GAP, ASIDE = 4.0, 37.0  # millimetres between slots; what formulas need to stand beside


class TooLarge(ValueError):
    """This does not fit on paper, and what to do instead."""


def fit(sheet: Sheet) -> dict[str, Any]:
    """Sizes for a page: upright if it can be, else across, the letters a little smaller where they must.

    Raises TooLarge with a sentence where no page is large enough.
    """
    for size, letter, tall, least in SIZES:
        for flipped, (across, down) in ((False, PORTRAIT), (True, LANDSCAPE)):
            slots = [_slot(sheet, name, letter, least) for name in SLOTS if sheet.width(name)]
            loose = [
                _wide(b, sheet.key, letter, least) for band in sheet.bands if band.loose for b in band.slots.values()
            ]
            wide = sum(slot["wide"] for slot in slots) + GAP * (len(slots) - 1)
            high = max(band.height for band in sheet.bands) * tall + 12
            if max(wide, *loose, 0) <= across and high <= down:
                sizes = {"size": size, "tall": tall, "letter": letter, "least": least}
                return sizes | {"slots": slots, "flipped": flipped, "beside": across - wide >= ASIDE, "gap": GAP}
    largest = max((block for _, _, block in sheet.blocks()), key=lambda b: max(b.width, 2 * b.height))
    raise TooLarge(
        f"this is too large for paper: {largest.title} alone is {largest.height} x {largest.width} cells; take fewer "
        "examples, open single cells of it (w['W1'][0, 3]), or write a spreadsheet (w.to_spreadsheet('net.xlsx'))"
    )


def placed(sheet: Sheet) -> tuple[Sheet, dict[str, Any]]:
    """The sheet and its sizes; where gradients beside the numbers are too wide, the way back stands below."""
    try:
        return sheet, fit(sheet)
    except TooLarge:
        below = apart(sheet)
        return below, fit(below)


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
    inputs = {"sheet": json.dumps(_data(sheet))}
    made: Any = typst.compile  # its stubs tell the forms apart by literals
    return made(TEMPLATE.encode(), format=form, sys_inputs=inputs, ignore_system_fonts=True, **options)


def _data(sheet: Sheet) -> dict[str, Any]:
    marks = [k for cell in sheet.cells() for k in (cell.row, cell.column) if k is not None]
    longest = max((len(line) for step in sheet.steps for line in step.lines), default=0)
    sheet, sizes = placed(sheet)
    data = sheet.to_json() | sizes
    common = next((slot["cell"] for slot in data["slots"] if slot["name"] == "wire"), 0)
    for band, plain in zip(sheet.bands, data["bands"], strict=True):
        plain["formulas"] = [pretty(formula) for formula in band.formulas]
        for name, block in band.slots.items():
            one = common if name == "wire" else _one(block, sheet.key, data["letter"], data["least"])
            plain["slots"][name]["cell"] = one
            plain["slots"][name]["step"] = sheet.step_of(block)
            plain["slots"][name]["wide"] = _wide(block, sheet.key, data["letter"], data["least"])
        plain["order"] = list(band.slots)
    data["counts"] = list(sheet.tally)
    data["conventions"] = [line.replace("~", "≈") for line in sheet.conventions]
    data["marks"] = [mark(k)._asdict() for k in range(max(marks, default=-1) + 1)]
    data["two"] = longest < 110
    return data | _picture(sheet)


def _one(block: Block, key: bool, letter: float, least: float) -> float:
    """How wide a cell of this block is."""
    room = 5 if block.names[0].endswith("_new") else 3
    letters = max(cell.letters(key, room) for row in block.cells for cell in row)
    return max(least, letters * letter + 1.7 * letter)


def _wide(block: Block, key: bool, letter: float, least: float) -> float:
    return max(_one(block, key, letter, least) * block.width + 1.5 * bool(block.split), len(block.title) * 1.9)


def _slot(sheet: Sheet, name: str, letter: float, least: float) -> dict[str, Any]:
    """A slot's width; in the column of the wires all cells are equally wide, so that products meet."""
    blocks = [band.slots[name] for band in sheet.bands if name in band.slots]
    if name != "wire":
        return {"name": name, "wide": max(_wide(block, sheet.key, letter, least) for block in blocks), "cell": 0}
    one = max(_one(block, sheet.key, letter, least) for block in blocks)
    titles = max(len(block.title) for block in blocks) * 1.9
    return {"name": name, "wide": max(one * sheet.width(name), titles), "cell": one}


def pretty(text: str) -> str:
    """A formula in true signs: × for x, − for -, a raised T."""
    return text.replace(".T", "ᵀ").replace(" x ", " × ").replace("-", "−")


def _picture(sheet: Sheet) -> dict[str, Any]:
    if sheet.diagram is None:
        return {"picture": "", "picture_wide": 0, "picture_told": "", "diagram": None}
    links = sheet.key or sheet.links
    told = (
        "Links look like the row of weights they stand for; a weight of 0 is no link."
        if links
        else "Draw the links; 0 is no link."
    )
    wide = min(170.0, (ACROSS * (len(sheet.diagram.layers) - 1) + 70) * 0.26)
    return {"picture": svg(sheet.diagram, links), "picture_wide": wide, "picture_told": told, "diagram": None}
