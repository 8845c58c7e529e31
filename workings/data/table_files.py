"""Table files: CSV, Excel, Parquet or NPY into a `Table`; which of them a file is, its first bytes say."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from os import PathLike
from pathlib import Path
from typing import Any, Literal

import numpy as np

from workings.data.columns import KINDS, NUMBER, Column, Kind, read_cells, read_column
from workings.data.csv_files import Rows, read_rows
from workings.data.excel_files import MAGIC as ZIP
from workings.data.excel_files import read_sheet
from workings.data.files import plain_file
from workings.data.npy_files import MAGIC as NPY
from workings.data.npy_files import read_matrix
from workings.data.tables import Table, Unit, build, check_names

OTHERS = {
    b"\x1f\x8b": "packed with gzip: unpack it first",
    b"\x89HDF": "an HDF5 file: read it with h5py or pandas and give the frame to Table.from_frame",
    b"\xd0\xcf\x11\xe0": "an old Excel file, or one with a password: save it as .xlsx without one, or as CSV",
    b"%PDF": "a PDF: export the table as CSV",
    **dict.fromkeys(
        (b"\x80\x02", b"\x80\x03", b"\x80\x04", b"\x80\x05"),
        "a pickle, which is never loaded: whoever wrote it can save the table as CSV or Parquet",
    ),
}


def table(
    path: str | PathLike[str],
    target: str | int | Literal[False] | None = None,
    *,
    kinds: Mapping[str, Kind] | None = None,
    drop: Sequence[str] | str = (),
    only: Sequence[str] | None = None,
    missing: Sequence[str] = ("",),
    header: bool | None = None,
    delimiter: str | None = None,
    decimal: str = ".",
    encoding: str = "utf-8",
    sheet: str | None = None,
) -> Table:
    """Read a table from a CSV, Excel (.xlsx), Parquet or NPY file.

    path       the file
    target     the column to be learned: its name, or its number (from 0; -1 is the last). None takes the last
               column and says so in `notes`; False reads a table without a target
    kinds      {"zip": "category"} settles what a column is: "number" or "category"
    drop       names of columns to leave out
    only       names of the columns that matter: of all others the cells stay texts, dates too, and nothing is asked
    missing    CSV and Excel cells that mean "not known", spaces around them gone: the empty one; also ("", "NA")
    header     CSV, Excel: is the first line the names of the columns? None: yes, unless that line is all numbers,
               which is refused; False: no, and the names are "column 0", "column 1", ...
    delimiter  CSV: "," ";" a tab or "|"; None finds it
    decimal    CSV: the decimal sign, "." or ","
    encoding   CSV: "utf-8" (a byte-order mark is fine), "latin-1", "cp1252", ...
    sheet      Excel: the sheet's name; None takes the first that is not hidden, and says so where there are others

    NPY holds an (m, columns) matrix of numbers, NaN for missing; its columns are named "column 0", ... Parquet
    needs the extra [data], Excel [sheets]. Of Excel formulas the stored results are read. Returns a `Table`.
    Raises FileNotFoundError (or another OSError) when the file cannot be opened, and ValueError, with line,
    column and cure, for whatever is damaged or could be read in two ways.
    Source: RFC 4180 (CSV), ECMA-376 (Excel), NEP 1 (NPY), Apache Parquet.

    >>> from workings.data import table
    >>> import tempfile, pathlib
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     file = pathlib.Path(folder, "flats.csv")
    ...     _ = file.write_text("rooms;place;rent\\n2;sea;900\\n3;town;850\\n")
    ...     flats = table(file)
    >>> flats.names, flats.y.tolist(), flats.notes[-1]
    (('rooms', 'place', 'rent'), [900, 850], "the target is the last column, 'rent', because none was named")
    """
    place = plain_file(path)
    drop = (drop,) if isinstance(drop, str) else tuple(drop)
    for name, kind in (kinds or {}).items():
        if kind not in KINDS:
            raise ValueError(f"kinds: {name!r} is 'number' or 'category', not {kind!r}")
    with place.open("rb") as file:
        start = file.read(8)
    for magic, what in OTHERS.items():
        if start.startswith(magic):
            raise ValueError(f"{str(path)!r} is {what}")
    if start.startswith(NPY) or place.suffix.lower() == ".npy":
        return _from_npy(place, target, drop, kinds or {})
    if start.startswith(b"PAR1") or place.suffix.lower() in (".parquet", ".pq"):
        from workings.data.frames import read_frame, read_parquet

        frame = read_parquet(place)
        check_names([*drop, *(kinds or {})], [str(name) for name in frame.columns], repr(str(path)))
        told = _kinds([str(name) for name in frame.columns], only, kinds)
        return build(read_frame(frame, drop, told), target, repr(str(path)), range(len(frame)), "row", ())
    if decimal not in (".", ","):
        raise ValueError(f"decimal is '.' or ',', not {decimal!r}")
    if start.startswith(ZIP) or place.suffix.lower() in (".xlsx", ".xlsm"):
        found, notes = read_sheet(place, sheet)
        unit: Unit = "sheet row"
    else:
        found, unit = read_rows(place, delimiter, encoding), "line"
        notes = [] if found.delimiter == "," else [f"cells are parted by {found.delimiter!r}"]
    names, rows, lines = _header(found, header, drop, repr(str(path)), unit)
    check_names([*drop, *(kinds or {})], names, repr(str(path)))
    if not rows:
        raise ValueError(f"{str(path)!r} has a {unit} of column names and no rows below it: nothing to learn from")
    read = read_column if unit == "line" else read_cells
    told = _kinds(names, only, kinds)
    columns = {
        name: read(name, cells, lambda i: f"{unit} {lines[i]}", told.get(name), tuple(missing), decimal)
        for name, cells in zip(names, zip(*rows, strict=True), strict=True)
        if name not in drop
    }
    return build(columns, target, repr(str(path)), lines, unit, notes)


def _kinds(names: Sequence[str], only: Sequence[str] | None, kinds: Mapping[str, Kind] | None) -> dict[str, Kind]:
    """What is settled of the columns: the others are texts where `only` some matter."""
    read = set(names if only is None else only)
    passed: dict[str, Kind] = {name: "category" for name in names if name not in read}
    return {**passed, **(kinds or {})}


def _header(
    found: Rows, header: bool | None, drop: Sequence[str], source: str, unit: Unit = "line"
) -> tuple[list[str], list[list[Any]], list[int]]:
    """Names, rows and their lines: the first row is the names unless it is told, or seen, to be data."""
    if header is False:
        names = [f"column {i}" for i in range(len(found.first))]
        return names, [found.first, *found.rows], [found.first_line, *found.lines]
    names = ["" if cell is None else str(cell).strip() for cell in found.first]
    if header is None and all(NUMBER.fullmatch(name) for name in names):
        raise ValueError(
            f"{source}, {unit} {found.first_line} is all numbers, where the names of the columns are expected: read "
            "with header=False if it is data, header=True if these are the names"
        )
    first: dict[str, int] = {}
    for i, name in enumerate(names):
        if not name:
            names[i] = name = f"column {i}"
            if name not in drop:
                raise ValueError(
                    f"{source}: column {i} (counted from 0) has no name. If it holds row numbers, as pandas writes "
                    f"them, leave it out with drop=({name!r},); else give it a name in {unit} {found.first_line}"
                )
        if first.setdefault(name, i) != i:
            raise ValueError(
                f"{source}, {unit} {found.first_line}: columns {first[name]} and {i} (counted from 0) are both "
                f"named {name!r}; rename one of them"
            )
    return names, found.rows, found.lines


def _from_npy(
    path: Path, target: str | int | Literal[False] | None, drop: Sequence[str], kinds: Mapping[str, Kind]
) -> Table:
    matrix = read_matrix(path)
    names = [f"column {i}" for i in range(matrix.shape[1])]
    check_names([*drop, *kinds], names, repr(str(path)))
    infinite = np.argwhere(np.isinf(matrix))
    if len(infinite):
        row, column = infinite[0].tolist()
        raise ValueError(f"{str(path)!r} holds an infinite number in row {row}, column {column} (counted from 0)")
    columns: dict[str, Column] = {}
    for name, values in zip(names, matrix.T, strict=True):
        if kinds.get(name) == "category":
            texts = np.empty(len(values), dtype=object)
            texts[:] = [None if value != value else _plain(value) for value in values.tolist()]
            columns[name] = Column("category", texts)
        elif name not in drop:
            columns[name] = Column("number", values.astype(np.int64) if values.dtype.kind == "b" else values.copy())
    columns = {name: column for name, column in columns.items() if name not in drop}
    return build(columns, target, repr(str(path)), range(len(matrix)), "row", ())


def _plain(value: float) -> str:
    """A number as text, whole ones without a decimal point: 3.0 is '3'."""
    return str(int(value)) if value == int(value) else repr(value)
