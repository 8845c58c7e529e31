"""Spreadsheet: the answers in a filled .xlsx that was handed back, read as numbers and never run.

The sheet says in its title which exercise it is.  Cells are found by the names of their ranges, so a row or a column
more does no harm, or else by their places.  A formula is the result that was stored with it.
"""

from __future__ import annotations

import datetime
import re
import warnings
import zipfile
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from workings.data.excel_files import check_parts
from workings.exercises import forms
from workings.exercises.exercise import Exercise
from workings.exercises.solution import Solution
from workings.ink.number import Name

MOST_BYTES, MOST_XML = 20_000_000, 4_000_000  # of all parts unpacked, and of one that is parsed
ROWS, COLUMNS = 500, 120  # that are looked at
RANGE = re.compile(r"'?Sheet'?!\$([A-Z]{1,2})\$(\d{1,4})(?::\$([A-Z]{1,2})\$(\d{1,4}))?")

Place = tuple[int, int]


@dataclass(frozen=True)
class Filled:
    """What stands in a spreadsheet: its title, numbers and texts by place, and named ranges by their corners."""

    path: Path
    title: str
    values: dict[Place, Any]
    ranges: dict[str, tuple[Place, Place]]


def opened(path: Any) -> Filled:
    """The spreadsheet at a path; raises ValueError with a sentence where it is damaged, too large or another's."""
    path = Path(path)
    if find_spec("openpyxl") is None:
        raise ImportError("a filled spreadsheet needs the package openpyxl: pip install 'workings[sheets]'")
    if path.stat().st_size > MOST_BYTES:
        raise ValueError(f"{path.name!r} is larger than {MOST_BYTES // 1_000_000} MB: no worksheet is")
    try:
        check_parts(path, MOST_BYTES)
    except ValueError as error:
        raise ValueError(str(error).replace(repr(str(path)), repr(path.name))) from None
    with zipfile.ZipFile(path) as parts:
        long = [p for p in parts.infolist() if p.file_size > MOST_XML and p.filename.endswith((".xml", ".rels"))]
    if long:
        told = f"its part {long[0].filename!r} would have {long[0].file_size:,} bytes, and {MOST_XML:,} is the most"
        raise ValueError(f"{path.name!r}: {told}")
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of styles and extensions, which are not read here
            return _read(path)
    except _Said as said:
        raise ValueError(str(said)) from None
    except Exception as error:  # openpyxl has no one error for damage
        raise ValueError(f"{path.name!r} is no readable spreadsheet: {error or type(error).__name__}"[:300]) from None


class _Said(Exception):
    """What is to be told as it is, among the errors of openpyxl."""


def _read(path: Path) -> Filled:
    values, ranges = _cells(path)
    at_top = (values.get((i, j)) for i in range(4) for j in range(4))
    title = next((value for value in at_top if isinstance(value, str) and value.strip()), "")
    return Filled(path, title, values, ranges)


def _cells(path: Path, results: bool = True) -> tuple[dict[Place, Any], dict[str, tuple[Place, Place]]]:
    """What is not empty, by place from (0, 0), and the named ranges; formulas as their `results`, or as text."""
    import openpyxl

    book = openpyxl.load_workbook(path, read_only=True, data_only=results, keep_links=False, keep_vba=False)
    try:
        if "Sheet" not in book.sheetnames:
            raise _Said(f"{path.name!r} has no page called 'Sheet': hand back the spreadsheet that was given out")
        sheet = book["Sheet"]
        sheet.reset_dimensions()
        rows = sheet.iter_rows(max_row=ROWS, max_col=COLUMNS, values_only=True)
        found = {(i, j): x for i, row in enumerate(rows) for j, x in enumerate(row) if x is not None and x != ""}
        names = {name: _corners(told.attr_text) for name, told in book.defined_names.items()}
    finally:
        book.close()
    return found, {name: corners for name, corners in names.items() if corners}


def _corners(told: str | None) -> tuple[Place, Place] | None:
    found = RANGE.fullmatch(told or "")
    if not found:
        return None
    first = int(found[2]) - 1, _column(found[1])
    return first, (int(found[4]) - 1, _column(found[3])) if found[3] else first


def _column(letters: str) -> int:
    number = 0
    for letter in letters:
        number = 26 * number + ord(letter) - 64
    return number - 1


def answers(filled: Filled, exercise: Exercise, solution: Solution | None = None) -> tuple[dict[str, str], list[str]]:
    """The answers by cell, and what is to be said of the sheet: given numbers that were changed, dates, formulas."""
    solution = solution or Solution(exercise)
    places = _places(filled, exercise)
    found: dict[str, str] = {}
    told: list[str] = []
    empty = _without_result(filled, [places[name] for name in solution.asked])
    for name in solution.asked:
        cell, place = solution.called(name), places[name]
        value = filled.values.get(place)
        if place in empty:
            told.append(f"{cell} is a formula whose result was never stored: save the file in a spreadsheet program")
        if isinstance(value, datetime.date | datetime.time):
            told.append(
                f"{cell} holds a date, {value}: the spreadsheet took a fraction for one; write 0.25 or =1/4, not 1/4"
            )
        if value is not None:
            found[cell] = text(value)
    changed = [name for name, place in places.items() if _changed(solution, name, filled.values.get(place))]
    if changed:
        called = ", ".join(solution.called(name) for name in changed[:5]) + ("…" if len(changed) > 5 else "")
        told.append(f"given numbers were changed ({called}); it is marked with those that were given out")
    return found, told


def _places(filled: Filled, exercise: Exercise) -> dict[Name, Place]:
    """Where each cell of the exercise stands in this file: its range may have been moved, as a whole."""
    grid = forms.grid(exercise)
    arrays: dict[str, list[Place]] = {}
    for name, place in grid.places.items():
        arrays.setdefault(name.array, []).append((place.row, place.column))
    moved: dict[str, Place] = {}
    for array, called in grid.called().items():
        first, last = min(arrays[array]), max(arrays[array])
        here = filled.ranges.get(called, (first, last))
        if (here[1][0] - here[0][0], here[1][1] - here[0][1]) != (last[0] - first[0], last[1] - first[1]):
            raise ValueError(
                f"{filled.path.name!r}: the range {called} has another size than on the sheet that was given out"
            )
        moved[array] = here[0][0] - first[0], here[0][1] - first[1]
    by = {name: moved[name.array] for name in grid.places}
    return {name: (p.row + by[name][0], p.column + by[name][1]) for name, p in grid.places.items()}


def _without_result(filled: Filled, places: list[Place]) -> set[Place]:
    """The places that hold a formula which no spreadsheet program has worked out yet."""
    empty = {place for place in places if place not in filled.values}
    if not empty:
        return set()
    formulas, _ = _cells(filled.path, results=False)
    return {place for place in empty if str(formulas.get(place, "")).startswith("=")}


def _changed(solution: Solution, name: Name, value: Any) -> bool:
    """Whether a given number is another one in the file."""
    if name in solution.asked or not solution.is_given(name):
        return False
    known = float(solution.key(name).value)
    known_text = isinstance(value, int | float) and not isinstance(value, bool)
    return not known_text or abs(float(value) - known) > 1e-9 * max(1.0, abs(known))


def text(value: Any) -> str:
    """What stands in a cell, as a learner would have written it; 12 digits leave out what floats add."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        return str(value)[:200]
    return f"{value + 0.0:.12g}" if abs(value) < 1e12 else f"{value:.6g}"
