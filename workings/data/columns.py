"""Columns: deciding what the cells of one column are, numbers or categories, and saying so when it is neither.

A number is written with ASCII digits, one decimal point and perhaps an exponent: -12, 3.5, 6e-3. A column
whose cells are all numbers is a number column; whose cells are mostly not, a category column. Between them
lies a slip (`12O` for 120), and the reader asks instead of guessing.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Sequence
from datetime import date, datetime, time, timedelta
from typing import Any, Literal, NamedTuple

import numpy as np

Kind = Literal["number", "category"]
DATES = (date, datetime, time, timedelta)
KINDS = ("number", "category")

NUMBER = re.compile(r"[+-]?(\d+(\.\d*)?|\.\d+)([eE][+-]?\d+)?", re.ASCII)
WHOLE = re.compile(r"[+-]?\d{1,18}", re.ASCII)  # what surely fits into 64 bits
LEADING_ZERO = re.compile(r"[+-]?0\d+", re.ASCII)
WITH_COMMA = re.compile(r"[+-]?(\d+,\d+|\d{1,3}(,\d{3})+(\.\d*)?|\d{1,3}(\.\d{3})*,\d+)", re.ASCII)
NOT_FINITE = re.compile(r"[+-]?(nan|inf|infinity)", re.IGNORECASE | re.ASCII)
MONTH = r"(jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]*\.?"
CLOCK = r"\d{1,2}:\d{2}(:\d{2}([.,]\d+)?)?\s*([ap]m)?\s*(z|utc|[+-]\d{2}:?\d{2})?"
DAY = (
    r"(\d{4}[-/.]\d{1,2}[-/.]\d{1,2}|\d{1,2}[-/.]\d{1,2}[-/.](\d{4}|\d{2})"
    rf"|\d{{1,2}}[- ]{MONTH},?[- ](\d{{4}}|\d{{2}})|{MONTH} \d{{1,2}},? \d{{4}})"
)
DATE = re.compile(rf"({DAY}([T ]\s*{CLOCK})?|{CLOCK})", re.IGNORECASE | re.ASCII)


class Column(NamedTuple):
    """One column as read: its kind, its values, and a remark where a decision needs to be said.

    values of a number column are int64 when every cell is a whole number, else float64 with NaN for a missing
    cell; of a category column, an object array of str, with None for a missing cell.
    """

    kind: Kind
    values: np.ndarray
    remark: str = ""


def read_column(
    name: str,
    cells: Sequence[str],
    where: Callable[[int], str],
    kind: Kind | None = None,
    missing: Collection[str] = ("",),
    decimal: str = ".",
) -> Column:
    """The column that these cells of text make; spaces around a cell do not count.

    where(i) says where cell i stands, for the sentence; kind settles what would be decided from the cells.
    Raises ValueError for a text in a number column, for NaN and infinity written out, for numbers too large
    for float64, for dates, and for a comma where the decimal point is expected.

    >>> from workings.data.columns import read_column
    >>> read_column("age", ["31", "", "44.5"], "line {}".format).values
    array([31. ,  nan, 44.5])
    """
    cells = [cell.strip() for cell in cells]
    present = [i for i, cell in enumerate(cells) if cell not in missing]
    if not present:
        empty = np.full(len(cells), np.nan) if kind == "number" else _texts(cells, missing)
        return Column(kind or "category", empty, f"column {name!r} is empty on every row")
    point = {} if decimal == "." else {ord("."): "?", ord(decimal): "."}  # a dot that is no decimal sign: no number
    plain = [cell.translate(point) for cell in cells]
    odd = [i for i in present if not NUMBER.fullmatch(plain[i])]

    if kind == "number" or (kind is None and 2 * len(odd) < len(present)):
        zeros = [i for i in present if LEADING_ZERO.fullmatch(cells[i])]
        if kind is None and zeros and not odd:
            remark = (
                f"column {name!r} is taken as categories: {cells[zeros[0]]!r} ({where(zeros[0])}) begins with a "
                f"zero, as codes do and numbers do not; kinds={{{name!r}: 'number'}} takes it as numbers"
            )
            return Column("category", _texts(cells, missing), remark)
        if odd:
            raise ValueError(_not_a_number(name, cells[odd[0]], where(odd[0]), len(odd), kind, decimal))
        return Column("number", _numbers(name, plain, present, where))

    if kind is None:
        _refuse_dates_and_commas(name, cells, present, where)
    return Column("category", _texts(cells, missing))


def read_cells(
    name: str,
    cells: Sequence[Any],
    where: Callable[[int], str],
    kind: Kind | None = None,
    missing: Collection[str] = ("",),
    decimal: str = ".",
) -> Column:
    """The column of a spreadsheet's cells: None, numbers, truths, texts, dates; texts are read as `read_column` does.

    Raises ValueError for dates, and for whatever `read_column` refuses.

    >>> from workings.data.columns import read_cells
    >>> read_cells("age", [31, None, "44.5"], "sheet row {}".format).values
    array([31. ,  nan, 44.5])
    """
    dated = next((i for i, cell in enumerate(cells) if isinstance(cell, DATES)), None)
    if dated is not None and kind != "category":
        raise ValueError(said_of_dates(name, str(cells[dated]), where(dated)))
    return read_column(name, [_cell(cell, decimal) for cell in cells], where, kind, missing, decimal)


def _cell(cell: Any, decimal: str) -> str:
    """A cell as it would be typed."""
    if cell is None or isinstance(cell, str):
        return cell or ""
    if isinstance(cell, bool | int):
        return str(int(cell))
    if isinstance(cell, float):
        return (str(int(cell)) if cell == int(cell) and abs(cell) < 2**53 else repr(cell)).replace(".", decimal)
    return str(cell)


def said_of_dates(name: str, first: str, place: str) -> str:
    """Why dates are refused, and what to write instead."""
    return (
        f"column {name!r} holds dates or times ({first!r}, {place}), and a network needs numbers: write what "
        "matters as columns of their own (year, month, day of the week, days since a day), or leave the column "
        f"out with drop=({name!r},), or take it as categories with kinds={{{name!r}: 'category'}}"
    )


def missing_rows(column: Column) -> np.ndarray:
    """The rows, counted from 0, whose cell is missing.

    >>> import numpy as np
    >>> from workings.data.columns import Column, missing_rows
    >>> missing_rows(Column("number", np.array([1.0, np.nan])))
    array([1])
    """
    if column.kind == "number":
        return np.flatnonzero(np.isnan(column.values))
    return np.flatnonzero([value is None for value in column.values])


def _numbers(name: str, plain: list[str], present: list[int], where: Callable[[int], str]) -> np.ndarray:
    if len(present) == len(plain) and all(WHOLE.fullmatch(cell) for cell in plain):
        return np.array([int(cell) for cell in plain], dtype=np.int64)
    values = np.full(len(plain), np.nan)
    values[present] = [float(plain[i]) for i in present]
    too_large = np.flatnonzero(np.isinf(values))
    if too_large.size:
        i = int(too_large[0])
        raise ValueError(
            f"column {name!r}, {where(i)}: {_short(plain[i])} is too large for a number of 64 bits (about 1.8e308)"
        )
    return values


def _texts(cells: Sequence[str], missing: Collection[str]) -> np.ndarray:
    values = np.empty(len(cells), dtype=object)
    values[:] = [None if cell in missing else cell for cell in cells]
    return values


def _not_a_number(name: str, cell: str, place: str, many: int, kind: Kind | None, decimal: str) -> str:
    more = f" (and {many - 1} more such cells)" if many > 1 else ""
    says = f"column {name!r} holds numbers, but {place} says {_short(cell)}{more}"
    if NOT_FINITE.fullmatch(cell):
        return (
            f"{says}, which is not a finite number: leave the cell empty, or take it as missing with "
            f"missing=('', {cell!r})"
        )
    if decimal == "." and WITH_COMMA.fullmatch(cell):
        return f"{says}: write a decimal point, or read with decimal=',', and leave out separators of thousands"
    cure = f"correct it, take it as missing with missing=('', {_short(cell)})"
    return f"{says}: {cure}" + (
        f", or take the column as categories with kinds={{{name!r}: 'category'}}" * (not kind)
    )


def _refuse_dates_and_commas(name: str, cells: list[str], present: list[int], where: Callable[[int], str]) -> None:
    first, place = cells[present[0]], where(present[0])
    if all(DATE.fullmatch(cells[i]) for i in present):
        raise ValueError(said_of_dates(name, first, place))
    if all(WITH_COMMA.fullmatch(cells[i]) or NUMBER.fullmatch(cells[i]) for i in present):
        raise ValueError(
            f"column {name!r} holds numbers with a comma ({first!r}, {place}): if it is the decimal sign, read with "
            "decimal=','; separators of thousands must go; codes are kept with "
            f"kinds={{{name!r}: 'category'}}"
        )


def _short(text: str, most: int = 60) -> str:
    return repr(text) if len(text) <= most else f"{text[:most]!r}... ({len(text):,} characters)"
