"""Page: a sheet as one self-contained HTML file, without scripts: light and dark, selectable, read cell by cell."""

from __future__ import annotations

from html import escape

from workings.sheets.apart import apart
from workings.sheets.page_style import style
from workings.sheets.paper import pretty
from workings.sheets.picture import svg
from workings.sheets.sheet import SLOTS, Band, Block, Cell, Sheet

MOST = 20_000  # cells
WIDEST = 1000  # pixels, about
UPRIGHT, ACROSS, TOLD = 700, 1030, 320  # pixels: an A4 page, the same across, and what formulas take


def page(sheet: Sheet) -> str:
    """The whole document."""
    sheet = readable(sheet)
    slots = [slot for slot in SLOTS if sheet.width(slot)]
    marks = {k for cell in sheet.cells() for k in (cell.row, cell.column) if k is not None}
    return "\n".join(
        [
            '<!doctype html>\n<html lang="en">\n<head>\n<meta charset="utf-8">',
            '<meta name="viewport" content="width=device-width, initial-scale=1">',
            '<meta name="generator" content="Workings">',
            f"<title>{escape(sheet.title)}{' (key)' if sheet.key else ''}</title>",
            f"<style>{style(len(slots), len(sheet.bands), marks, _wide(sheet), *_printed(sheet))}</style>",
            "</head>\n<body>\n<main>",
            fragment(sheet),
            "</main>\n</body>\n</html>\n",
        ]
    )


def fragment(sheet: Sheet) -> str:
    """What stands in the body.  Raises ValueError where the sheet is too large for a page."""
    count = sum(block.width * block.height for _, _, block in sheet.blocks())
    if count > MOST:
        raise ValueError(
            f"this page would have {count:,} cells, and {MOST:,} is what a browser shows with ease: take a "
            "smaller network or fewer examples, or open single cells (w['W1'][0, 3])"
        )
    sheet = readable(sheet)
    slots = [slot for slot in SLOTS if sheet.width(slot)]
    parts = [f"<h1>{escape(sheet.title)}{' <small>(key)</small>' if sheet.key else ''}</h1>"]
    parts.append(f"<p>{escape(sheet.lead)}</p>")
    parts.append('<div class="board" tabindex="0" role="region" aria-label="the matrices">')
    parts += [_band(sheet, band, i, slots) for i, band in enumerate(sheet.bands, 1)]
    parts.append("</div>")
    if sheet.diagram:
        links = sheet.key or sheet.links
        told = "Links look like the row of weights they stand for." if links else "Draw the links."
        parts += ["<h2>The same as nodes and links</h2>", svg(sheet.diagram, links, styled=True)]
        parts.append(f'<p class="small">{told} A weight of 0 is no link.</p>')
    if sheet.steps:
        parts += ["<h2>Steps</h2>", '<ol class="steps">']
        for step in sheet.steps:
            lines = f"<pre>{escape(chr(10).join(step.lines))}</pre>" if step.lines else ""
            parts.append(f"<li><b>{escape(step.title)}:</b> {escape(step.what)}{lines}</li>")
        parts.append("</ol>")
    if sheet.key:
        parts += _listed("Parameters", sheet.tally)
    parts += _listed("Notes", sheet.notes)
    if sheet.glossary:
        told = "".join(f"<dt>{escape(n)}</dt><dd>{escape(text)}</dd>" for n, text in sheet.glossary.items())
        parts += ["<h2>How the symbols are read</h2>", f"<dl>{told}</dl>"]
    return "\n".join(
        [*parts, *_listed("Conventions", tuple(line.replace("~", "≈") for line in sheet.conventions), "small")]
    )


def readable(sheet: Sheet) -> Sheet:
    """The sheet, with the way back below the way forward where both side by side would not fit on a screen."""
    return apart(sheet) if _across(sheet) > WIDEST and sheet.width("right") else sheet


def _across(sheet: Sheet) -> int:
    """How wide the matrices are together, in pixels, about."""
    column = lambda cells: 10 * max(cell.letters(sheet.key) for cell in cells) + 20
    wide = lambda block: sum(column(cells) for cells in zip(*block.cells, strict=True))
    slots = [[band.slots[slot] for band in sheet.bands if slot in band.slots] for slot in SLOTS]
    return sum(max(map(wide, blocks), default=0) for blocks in slots)


def _printed(sheet: Sheet) -> tuple[bool, float]:
    """Whether a printed page lies across, and how much smaller than on a screen the matrices are on it."""
    blanks = [c for band in sheet.bands for b in band.slots.values() for row in b.cells for c in row if c.blank]
    needed = _across(sheet) * (1.35 if blanks and not sheet.key else 1) + TOLD
    flipped = needed > 1.8 * UPRIGHT  # below, letters are large enough upright
    return flipped, min(1.0, (ACROSS if flipped else UPRIGHT) / needed)


def _wide(sheet: Sheet) -> int:
    """How wide a cell of the wires is: all alike, so that columns stand below columns."""
    cells = [c for band in sheet.bands if "middle" in band.slots for row in band.slots["middle"].cells for c in row]
    letters = max((cell.letters(sheet.key) for cell in cells), default=1)
    return max(75 if any(c.blank for c in cells) and not sheet.key else 36, 10 * letters + 24)


def _listed(title: str, lines: tuple[str, ...], look: str = "") -> list[str]:
    if not lines:
        return []
    items = "".join(f"<li>{escape(line)}</li>" for line in lines)
    return [f"<h2>{title}</h2>", f'<ul class="{look}">{items}</ul>' if look else f"<ul>{items}</ul>"]


def _band(sheet: Sheet, band: Band, i: int, slots: list[str]) -> str:
    told = "".join(f"<li>{escape(pretty(formula))}</li>" for formula in band.formulas)
    if band.loose:
        blocks = "".join(_block(sheet, block, "") for block in band.slots.values())
        return f'<div class="loose b{i}">{blocks}<ul class="told">{told}</ul></div>'
    order = sorted(band.slots, key=slots.index)
    blocks = "".join(_block(sheet, band.slots[s], f"{s} s{slots.index(s) + 1} b{i}") for s in order)
    return blocks + (f'<ul class="told s{len(slots) + 1} b{i}">{told}</ul>' if told else "")


def _block(sheet: Sheet, block: Block, place: str) -> str:
    step = sheet.step_of(block)
    title = escape(pretty(block.title)) + (f' <span class="step">step {step}</span>' if step else "")
    scrolls = f' tabindex="0" role="region" aria-label="{escape(pretty(block.title))}"' if block.width > 8 else ""
    columns = range(block.width)
    heads = block.tops or tuple(_head(block, "column", j, block.width) for j in columns)
    hidden = "" if block.tops else ' class="vh"'
    beside = "" if block.sides else ' class="vh"'
    top = f"<th{beside}></th>" + "".join(f'<th scope="col"{hidden}>{escape(h)}</th>' for h in heads)
    rows = []
    for i, row in enumerate(block.cells):
        head = block.sides[i] if i < len(block.sides) else _head(block, "row", i, block.height)
        cells = "".join(_cell(sheet, block, cell, i, j) for j, cell in enumerate(row))
        rows.append(f'<tr><th scope="row"{beside}>{escape(head)}</th>{cells}</tr>')
    return (
        f'<div class="block {place}"{scrolls}><table><caption title="{escape(block.reading)}">{title}</caption>'
        f"<thead><tr>{top}</tr></thead><tbody>{''.join(rows)}</tbody></table></div>"
    )


def _head(block: Block, line: str, i: int, count: int) -> str:
    """What a screen reader calls a row or a column; the last may be there for the bias."""
    return "bias" if block.ones and block.turned == (line == "column") and i == count - 1 else f"{line} {i + 1}"


def _cell(sheet: Sheet, block: Block, cell: Cell, i: int, j: int) -> str:
    looks = ["cut"] if block.right_of and j == block.right_of else []
    looks += ["under"] if block.below and i == block.below else []
    looks += ["one"] if not cell.name else []
    looks += ["blank"] if cell.blank else []
    looks += [f"r{cell.row}"] if cell.row is not None else []
    looks += [f"c{cell.column}"] if cell.column is not None else []
    tint = cell.row if cell.row is not None else cell.column
    looks += [f"f{tint}"] if tint is not None and (sheet.key or not cell.blank) else []
    name = escape(cell.name)
    about = f' title="{name}"' if name else ""
    look = f' class="{" ".join(looks)}"' if looks else ""
    if cell.blank and not sheet.key:
        return f'<td{look}{about}><input inputmode="decimal" autocomplete="off" aria-label="{name}"></td>'
    struck = f"<s>{escape(pretty(cell.struck))}</s>" if cell.struck else ""
    rough = '<span title="rounded">≈</span>' if cell.rounded else ""
    return f"<td{look}{about}>{struck}{rough}{escape(pretty(cell.text))}</td>"
