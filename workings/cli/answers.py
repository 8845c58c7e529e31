"""Answers: the rows as they came with what a model says of them, as CSV, Excel or Parquet.

A text that begins like a formula (= + - @) would be run by a spreadsheet program: in CSV it gets a ' before it, in
Excel it is written as text. Numbers are left alone.
"""

from __future__ import annotations

import csv
import io
import zipfile
from pathlib import Path
from typing import Any

from workings.data.columns import NUMBER

FORMULA = ("=", "+", "-", "@", "\t", "\r")
MARK = "Workings predictions"
SUFFIXES = (".csv", ".xlsx", ".parquet")

Columns = dict[str, list[Any]]


def written(table: Columns, suffix: str) -> tuple[bytes, str]:
    """The table as a file of this kind, and a remark on what was changed; anything but Excel and Parquet is CSV."""
    if suffix == ".xlsx":
        return _excel(table), ""
    if suffix == ".parquet":
        return _parquet(table), ""
    text, guarded = as_csv(table)
    if not guarded:
        return text.encode(), ""
    many = f"{guarded:,} cells begin" if guarded > 1 else "1 cell begins"
    return text.encode(), f"{many} like a formula and got a ' before it, so that no spreadsheet program runs it"


def as_csv(table: Columns) -> tuple[str, int]:
    """The table as CSV, and how many of its cells were guarded.

    >>> as_csv({"size": ["-3", "=1+1"], "predicted": [0.5, None]})
    ("size,predicted\\n-3,0.5\\n'=1+1,\\n", 1)
    """
    paper, guarded = io.StringIO(), 0
    writer = csv.writer(paper, lineterminator="\n")
    for row in [tuple(table), *zip(*table.values(), strict=True)]:
        cells = [cell(x) for x in row]
        safe = ["'" + text if _runs(x, text) else text for x, text in zip(row, cells, strict=True)]
        guarded += sum(a != b for a, b in zip(cells, safe, strict=True))
        writer.writerow(safe)
    return paper.getvalue(), guarded


def cell(x: Any) -> str:
    """A value as it would stand in a file; what is missing stands empty."""
    if x is None or x != x:
        return ""
    return repr(x) if isinstance(x, float) else str(x)


def ours(path: Path) -> bool:
    """Whether this is a table of predictions of ours."""
    with path.open("rb") as file:
        start = file.readline(1 << 16)
    if start.startswith(b"PK"):
        try:
            with zipfile.ZipFile(path) as parts:
                return MARK.encode() in parts.read("docProps/core.xml")
        except (zipfile.BadZipFile, KeyError, OSError):
            return False
    if start.startswith(b"PAR1"):
        import pyarrow.parquet as parquet

        try:
            return b"workings" in (parquet.read_schema(path).metadata or {})
        except OSError:
            return False
    return b"predicted" in start.strip().split(b",")


def _runs(x: Any, text: str) -> bool:
    return isinstance(x, str) and text.startswith(FORMULA) and not NUMBER.fullmatch(text.strip())


def _excel(table: Columns) -> bytes:
    try:
        import xlsxwriter
    except ImportError as error:
        raise ImportError("an Excel file needs xlsxwriter: pip install 'workings[sheets]'") from error
    paper = io.BytesIO()
    book = xlsxwriter.Workbook(paper, {"in_memory": True, "nan_inf_to_errors": True})
    book.set_properties({"comments": MARK})
    dates = book.add_format({"num_format": "yyyy-mm-dd hh:mm"})
    sheet = book.add_worksheet("predictions")
    for j, (name, values) in enumerate(table.items()):
        sheet.write_string(0, j, name)
        for i, x in enumerate(values, 1):
            if isinstance(x, bool):
                sheet.write_boolean(i, j, x)
            elif isinstance(x, int | float):
                sheet.write_blank(i, j, None) if x != x else sheet.write_number(i, j, x)
            elif hasattr(x, "isoformat"):
                sheet.write_datetime(i, j, x, dates)
            elif x is not None:
                sheet.write_string(i, j, str(x))
    book.close()
    return paper.getvalue()


def _parquet(table: Columns) -> bytes:
    try:
        import pyarrow
        import pyarrow.parquet as parquet
    except ImportError as error:
        raise ImportError("a Parquet file needs pyarrow: pip install 'workings[data]'") from error
    paper = io.BytesIO()
    made = pyarrow.table({name: _typed(values) for name, values in table.items()})
    told = {**(made.schema.metadata or {}), b"workings": MARK.encode()}
    parquet.write_table(made.replace_schema_metadata(told), paper, write_page_checksum=True)
    return paper.getvalue()


def _typed(values: Any) -> Any:
    """A column of one type: Arrow's own as they are, else what Arrow finds, else text."""
    import pyarrow

    if isinstance(values, pyarrow.Array | pyarrow.ChunkedArray):
        return values
    try:
        return pyarrow.array(values)
    except (pyarrow.ArrowInvalid, pyarrow.ArrowTypeError):
        return pyarrow.array([None if x is None else str(x) for x in values])
