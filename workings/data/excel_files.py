"""Excel files: the cells of one sheet as they were last computed, read with suspicion.

An .xlsx file is a ZIP of XML parts. Before any of it is parsed, the sizes that the parts declare are added up, every
part is unpacked once (which checks its CRC), and one that declares entities, as XML bombs do, is refused. Macros,
links and pictures are never opened. Read by openpyxl. Source: ECMA-376 (Office Open XML).
"""

from __future__ import annotations

import re
import warnings
import zipfile
from pathlib import Path
from typing import Any

from workings.data.csv_files import Rows
from workings.data.files import listed, nearest

MAGIC = b"PK\x03\x04"
MOST_BYTES = 1 << 28  # of all parts, unpacked
MOST_PARTS = 10_000
MOST_CELLS = 20_000_000
PIECE = 1 << 20
MERGED = re.compile(rb'<(?:\w+:)?mergeCell\s[^<>]*?\bref="([A-Z]{1,3}[0-9]{1,7}:[A-Z]{1,3}[0-9]{1,7})"')
ENTITIES = [mark.encode(code) for mark in ("<!DOCTYPE", "<!ENTITY") for code in ("utf-8", "utf-16-le", "utf-16-be")]


def read_sheet(path: Path, sheet: str | None = None) -> tuple[Rows, list[str]]:
    """The rows of a sheet with something in them, each with its number in the sheet, and what was decided.

    Cells are text, numbers, truths, dates or None; a formula is its stored result. Raises ImportError without
    openpyxl, ValueError for a damaged file, one that would grow too large, an unknown sheet or one without rows,
    and for a formula whose result was never stored.
    """
    try:
        import openpyxl
    except ImportError as error:
        raise ImportError(
            f"{str(path)!r} is an Excel file, which needs openpyxl: pip install 'workings[sheets]'"
        ) from error
    check_parts(path)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of styles and extensions, which are not read here
            rows, notes = _read(openpyxl, path, sheet)
    except _Said as said:
        raise ValueError(str(said)) from None
    except Exception as error:  # openpyxl has no one error for damage
        why = str(error) or type(error).__name__
        raise ValueError(f"{str(path)!r} is no readable Excel file: {why}") from error
    if not rows:
        raise ValueError(f"{str(path)!r} has nothing in its sheet: a table has a row of names and then its rows")
    numbers, lists = zip(*rows, strict=True)
    return Rows(lists[0], list(lists[1:]), numbers[0], list(numbers[1:]), ","), notes


class _Said(Exception):
    """What is to be told as it is, among the errors of openpyxl."""


def check_parts(path: Path, most: int = MOST_BYTES) -> None:
    """Every part once, a piece at a time: its length, its CRC and that it declares no entities.

    Raises ValueError where the file is damaged, or its parts would have more than `most` bytes.
    """
    name = repr(str(path))
    try:
        with zipfile.ZipFile(path) as parts:
            every = parts.infolist()
            if any(part.filename.endswith(".npy") for part in every):
                raise _Said(f"{name} holds several NumPy arrays: write the table alone, with numpy.save, as .npy")
            if not any(part.filename == "[Content_Types].xml" for part in every):
                raise _Said(
                    f"{name} is a ZIP file and no workbook: save a spreadsheet as .xlsx or CSV, unpack anything else"
                )
            declared = sum(part.file_size for part in every)
            if declared > most or len(every) > MOST_PARTS:
                raise _Said(
                    f"{name} declares {len(every):,} parts of {declared:,} bytes; the most is {MOST_PARTS:,} parts "
                    f"and {most:,} bytes: export the sheet as CSV"
                )
            for part in every:
                _check_part(parts, part, name)
    except _Said as said:
        raise ValueError(str(said)) from None
    except Exception as error:  # BadZipFile, zlib.error, EOFError, RuntimeError (a password), ...
        raise ValueError(f"{name} is a damaged ZIP or Excel file: {error or type(error).__name__}") from error


def _check_part(parts: zipfile.ZipFile, part: zipfile.ZipInfo, name: str) -> None:
    if part.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
        raise _Said(f"{name}: its part {part.filename!r} is packed in a way that Excel does not use")
    with parts.open(part) as file:
        before = b""
        while piece := file.read(PIECE):
            if any(mark in before + piece for mark in ENTITIES):
                raise _Said(f"{name}: its part {part.filename!r} declares entities, which Excel never does: refused")
            before = piece[-32:]


def _read(openpyxl: Any, path: Path, wanted: str | None) -> tuple[list[tuple[int, list[Any]]], list[str]]:
    book = openpyxl.load_workbook(path, read_only=True, data_only=True, keep_links=False, keep_vba=False)
    try:
        names = [sheet.title for sheet in book.worksheets]
        if wanted is not None and wanted not in names:
            raise _Said(f"{str(path)!r} has no sheet {wanted!r}; {nearest(wanted, names)}")
        if not names:
            raise _Said(f"{str(path)!r} has no sheet with cells")
        shown = [sheet.title for sheet in book.worksheets if sheet.sheet_state == "visible"] or names
        name = wanted if wanted is not None else shown[0]
        rows = _cells(book[name], path)
        ranges = _merged(path, getattr(book[name], "_worksheet_path", ""))
    finally:
        book.close()
    notes = _filled(openpyxl, rows, ranges)
    if any(cell is None for _, row in rows for cell in row):
        _check_formulas(openpyxl, path, name, rows)
    others = [other for other in names if other != name]
    if not others or wanted is not None:
        return rows, notes
    return rows, [*notes, f"the sheet {name!r} was read, not {listed(others)}"]


def _cells(sheet: Any, path: Path) -> list[tuple[int, list[Any]]]:
    """The rows that hold something, as wide as the widest."""
    sheet.reset_dimensions()  # what a sheet says of its size may be wrong, and would be padded to
    rows: list[tuple[int, list[Any]]] = []
    wide = seen = 0
    for number, row in enumerate(sheet.iter_rows(values_only=True), 1):
        seen += len(row)
        if seen > MOST_CELLS:
            raise _Said(f"{str(path)!r} has more than {MOST_CELLS:,} cells up to row {number}: export it as CSV")
        cells = [None if isinstance(cell, str) and not cell.strip() else cell for cell in row]
        while cells and cells[-1] is None:
            cells.pop()
        if cells:
            rows.append((number, cells))
            wide = max(wide, len(cells))
    if wide * len(rows) > MOST_CELLS:
        raise _Said(f"{str(path)!r} has {len(rows):,} rows of up to {wide:,} cells, over {MOST_CELLS:,}: use CSV")
    return [(number, cells + [None] * (wide - len(cells))) for number, cells in rows]


def _merged(path: Path, part: str) -> list[str]:
    """The ranges whose cells are merged into one, such as C2:C5; only the first of them holds the value."""
    found, before = [], b""
    with zipfile.ZipFile(path) as parts:
        if part not in parts.namelist():
            return []
        with parts.open(part) as file:
            while piece := file.read(PIECE):
                whole = before + piece
                found += [match[1].decode() for match in MERGED.finditer(whole)]
                last = whole.rfind(b"<")
                before = whole[last:] if last >= 0 and b">" not in whole[last:] else b""
    return found


def _filled(openpyxl: Any, rows: list[tuple[int, list[Any]]], ranges: list[str]) -> list[str]:
    """Cells merged downwards within a column each get what is seen there; what was made of each range, in words."""
    held, down, beside = dict(rows), [], []
    last, width = (max(held), max(map(len, held.values()))) if held else (0, 0)
    for found in ranges:
        left, top, right, bottom = openpyxl.utils.range_boundaries(found)
        shown = held.get(top, [])[left - 1 : left]
        if left == right and shown and shown[0] is not None:
            down.append(found)
            for number in range(top + 1, min(bottom, last) + 1):
                if number in held:
                    held[number][left - 1] = shown[0]
        elif left <= width and top <= last:
            beside.append(found)
    notes = [f"the merged cells {listed(down)} are read as one value in every row of theirs"] * bool(down)
    lost = f"of the merged cells {listed(beside)} only the first holds a value, and the others are missing"
    return notes + [lost] * bool(beside)


def _check_formulas(openpyxl: Any, path: Path, name: str, rows: list[tuple[int, list[Any]]]) -> None:
    """An empty cell may be a formula that no spreadsheet program has worked out yet: then it is not missing."""
    empty = {number: [j for j, cell in enumerate(cells) if cell is None] for number, cells in rows}
    book = openpyxl.load_workbook(path, read_only=True, data_only=False, keep_links=False)
    try:
        sheet = book[name]
        sheet.reset_dimensions()
        for number, row in enumerate(sheet.iter_rows(values_only=True), 1):
            for j in empty.get(number, ()):
                formula = row[j] if j < len(row) else None
                if formula is not None and str(formula).strip():
                    cell = f"{openpyxl.utils.get_column_letter(j + 1)}{number}"
                    raise _Said(
                        f"{str(path)!r}, cell {cell} holds the formula {str(formula)[:60]}, and the file does not "
                        "store its result: open it in a spreadsheet program, save it there, and read it again"
                    )
    finally:
        book.close()
