"""Paper: a sheet as an A4 page, in PDF, SVG or PNG, drawn by Typst from plain data."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from workings.saving import write_whole
from workings.sheets.apart import apart
from workings.sheets.fit import PIXEL, fit, head, one, wide
from workings.sheets.fit import TooLarge as TooLarge
from workings.sheets.marks import mark
from workings.sheets.picture import size_of, svg
from workings.sheets.sheet import Sheet
from workings.sheets.template import TEMPLATE


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
        raise ValueError(f"a sheet on paper is .pdf, .svg or .png, not {ending(path)}")
    made = [pdf(sheet)] if form == "pdf" else pages(sheet, form)
    names = [path, *(path.with_stem(f"{path.stem}-{i}") for i in range(2, len(made) + 1))]
    for name, page in zip(names, made, strict=True):
        write_whole(name, page)
    return names


def ending(path: Path) -> str:
    """The ending of a name, in words."""
    return repr(path.suffix) if path.suffix else "a name without an ending"


def engine() -> Any:
    """Typst, which draws; its stubs tell the forms apart by literals, so it goes as Any."""
    try:
        import typst
    except ImportError:
        raise ImportError("paper needs the package typst: pip install 'workings[sheets]'") from None
    return typst


def _compiled(sheet: Sheet, form: str, **options: Any) -> Any:
    inputs = {"sheet": json.dumps(data_of(sheet))}
    return engine().compile(TEMPLATE.encode(), format=form, sys_inputs=inputs, ignore_system_fonts=True, **options)


def data_of(sheet: Sheet) -> dict[str, Any]:
    """What the template reads."""
    marks = [k for cell in sheet.cells() for k in (cell.row, cell.column) if k is not None]
    sheet, sizes = placed(sheet)
    size = sizes.pop("sized")
    data = sheet.to_json() | sizes
    common = next((slot["cell"] for slot in data["slots"] if slot["name"] == "middle"), 0)
    for band, plain in zip(sheet.bands, data["bands"], strict=True):
        plain["formulas"] = [pretty(formula) for formula in band.formulas]
        for name, block in band.slots.items():
            plain["slots"][name] |= {
                "cell": common if name == "middle" else one(sheet, block, size),
                "title": pretty(block.title),
                "step": sheet.step_of(block),
                "wide": wide(sheet, block, size),
                "head": head(sheet, block),
                "tops": list(block.tops),
                "sides": list(block.sides),
                "right_of": block.right_of,
                "below": block.below,
            }
        plain["order"] = list(band.slots)
    data["asked"] = bool(sheet.blanks)
    data["counts"] = list(sheet.tally)
    data["conventions"] = [line.replace("~", "≈") for line in sheet.conventions]
    data["marks"] = [mark(k)._asdict() for k in range(max(marks, default=-1) + 1)]
    return data | _picture(sheet)


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
    across, _ = size_of(sheet.diagram)
    drawn = svg(sheet.diagram, links)
    return {"picture": drawn, "picture_wide": min(170.0, across * PIXEL), "picture_told": told, "diagram": None}
