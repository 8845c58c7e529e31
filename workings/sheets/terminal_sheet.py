"""Terminal sheet: the matrices of a sheet in plain ASCII, where they stand on paper.

A blank is `__`, a number that ReLU stopped is written `-5>0`, and a line stands between weights and biases.
"""

from __future__ import annotations

import textwrap

from workings.sheets.sheet import SLOTS, Band, Block, Cell, Sheet

WIDTH = 100
GAP = "    "


def sheet_text(sheet: Sheet, steps: bool = True) -> str:
    """The whole sheet as text.  Raises ValueError where it is wider than a terminal."""
    parts = [sheet.title, _folded(sheet.lead), board_text(sheet)]
    if steps and sheet.steps:
        parts.append("\n".join(step_text(sheet, i) for i in range(len(sheet.steps))))
    if sheet.tally and sheet.key:
        parts.append("\n".join(["Parameters", *("  " + line for line in sheet.tally)]))
    if sheet.notes:
        parts.append("\n".join(["Notes", *(_folded(f"- {note}", "  ") for note in sheet.notes)]))
    parts.append("\n".join(["Conventions", *(_folded(f"- {line}", "  ") for line in sheet.conventions)]))
    return "\n\n".join(part for part in parts if part)


def step_text(sheet: Sheet, i: int) -> str:
    """One step: what to do, and, on a key, its lines."""
    step = sheet.steps[i]
    lines = [_folded(f"{step.number}. {step.title}: {step.what}", "   "), *(f"     {line}" for line in step.lines)]
    return "\n".join(lines)


def board_text(sheet: Sheet) -> str:
    """The matrices alone."""
    drawn = _drawn(sheet)
    widths = {slot: max((len(x) for d in drawn for x in d.get(slot, [])), default=0) for slot in SLOTS}
    widths = {slot: wide for slot, wide in widths.items() if wide}
    across = sum(widths.values()) + len(GAP) * (len(widths) - 1)
    if across > 3 * WIDTH:
        raise ValueError(
            f"this sheet is {across} letters wide, and a terminal shows about {WIDTH}: open one cell of it, or write "
            "a spreadsheet"
        )
    return "\n\n".join(_band(band, lines, widths) for band, lines in zip(sheet.bands, drawn, strict=True))


def said(cell: Cell, key: bool) -> str:
    """What stands in a cell."""
    if cell.blank and not key:
        return "__"
    text = f"{cell.struck}>{cell.text}" if cell.struck else cell.text
    return f"~{text}" if cell.rounded else text


def _rows(sheet: Sheet, slot: str, block: Block) -> list[str]:
    """The lines of one block; in the middle all columns are equally wide, so that products meet."""
    shared = slot == "middle"
    blocks = [band.slots[slot] for band in sheet.bands if slot in band.slots] if shared else [block]
    wide = [2] * max(b.width for b in blocks)
    for other in blocks:
        for row in other.cells:
            for j, cell in enumerate(row):
                wide[j] = max(wide[j], len(said(cell, sheet.key)))
    made = []
    for row in block.cells:
        cells = [said(cell, sheet.key).rjust(wide[j] + 1) for j, cell in enumerate(row)]
        if block.right_of:
            cells.insert(block.right_of, " |")
        made.append("[" + " ".join(cells) + " ]")
    if block.below:
        made.insert(block.below, f"[ {'-' * (len(made[0]) - 4)} ]")
    return made


def _drawn(sheet: Sheet) -> list[dict[str, list[str]]]:
    return [{slot: [b.title, *_rows(sheet, slot, b)] for slot, b in band.slots.items()} for band in sheet.bands]


def _band(band: Band, drawn: dict[str, list[str]], widths: dict[str, int]) -> str:
    columns = []
    most = max(map(len, drawn.values()))
    if band.loose:
        widths = {slot: max(map(len, lines)) for slot, lines in drawn.items()}
    for slot, wide in widths.items():
        lines = drawn.get(slot, [])
        columns.append([line.ljust(wide) for line in [*lines, *[""] * (most - len(lines))]])
    lines = [GAP.join(parts).rstrip() for parts in zip(*columns, strict=True)]
    told = ""
    for formula in band.formulas:
        if told and len(told) + len(formula) > WIDTH - 5:
            lines.append(told)
            told = ""
        told += f"   {formula}" if told else f"  {formula}"
    return "\n".join([*lines, told] if told else lines)


def _folded(text: str, later: str = "", first: str = "") -> str:
    return textwrap.fill(text, WIDTH, initial_indent=first, subsequent_indent=later, break_long_words=False)
