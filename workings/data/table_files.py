"""Table files: CSV, NPY or Parquet into a `Table`; which of them a file is, its first bytes say."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from os import PathLike
from pathlib import Path
from typing import Literal

import numpy as np

from workings.data.columns import KINDS, NUMBER, Column, Kind, read_column
from workings.data.csv_files import Rows, read_rows
from workings.data.files import plain_file
from workings.data.npy_files import MAGIC as NPY
from workings.data.npy_files import read_matrix
from workings.data.tables import Table, build, check_names

OTHERS = {
    b"PK\x03\x04": "a ZIP file (a spreadsheet, or .npz): export it as CSV, or save one array with np.save",
    b"\x1f\x8b": "packed with gzip: unpack it first",
    b"\x89HDF": "an HDF5 file: read it with h5py or pandas and give the frame to Table.from_pandas",
    b"\xd0\xcf\x11\xe0": "an old Excel file: export it as CSV",
    b"%PDF": "a PDF: export the table as CSV",
}


def table(
    path: str | PathLike[str],
    target: str | int | Literal[False] | None = None,
    *,
    kinds: Mapping[str, Kind] | None = None,
    drop: Sequence[str] | str = (),
    missing: Sequence[str] = ("",),
    header: bool | None = None,
    delimiter: str | None = None,
    decimal: str = ".",
    encoding: str = "utf-8",
) -> Table:
    """Read a table from a CSV, NPY or Parquet file.

    path       the file
    target     the column to be learned: its name, or its number (from 0; -1 is the last). None takes the last
               column and says so in `notes`; False reads a table without a target
    kinds      {"zip": "category"} settles what a column is: "number" or "category"
    drop       names of columns to leave out
    missing    CSV cells that mean "not known", after spaces around them are gone: the empty one; also ("", "NA")
    header     CSV: is the first line the names of the columns? None: yes, unless that line is all numbers,
               which is refused; False: no, and the names are "column 0", "column 1", ...
    delimiter  CSV: "," ";" a tab or "|"; None finds it
    decimal    CSV: the decimal sign, "." or ","
    encoding   CSV: "utf-8" (a byte-order mark is fine), "latin-1", "cp1252", ...

    NPY holds an (m, columns) matrix of numbers, NaN for missing; its columns are named "column 0", ... Parquet
    needs the extra [data]. Returns a `Table`.
    Raises FileNotFoundError (or another OSError) when the file cannot be opened, and ValueError, with line,
    column and cure, for whatever is damaged or could be read in two ways.
    Source: RFC 4180 (CSV), NEP 1 (NPY), Apache Parquet.

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
        return build(read_frame(frame, drop, kinds), target, repr(str(path)), range(len(frame)), "row", ())
    if decimal not in (".", ","):
        raise ValueError(f"decimal is '.' or ',', not {decimal!r}")

    found = read_rows(place, delimiter, encoding)
    names, rows, lines = _header(found, header, drop, repr(str(path)))
    check_names([*drop, *(kinds or {})], names, repr(str(path)))
    if not rows:
        raise ValueError(f"{str(path)!r} has a line of column names and no rows below it: nothing to learn from")
    columns = {
        name: read_column(name, cells, lambda i: f"line {lines[i]}", (kinds or {}).get(name), tuple(missing), decimal)
        for name, cells in zip(names, zip(*rows, strict=True), strict=True)
        if name not in drop
    }
    notes = [] if found.delimiter == "," else [f"cells are parted by {found.delimiter!r}"]
    return build(columns, target, repr(str(path)), lines, "line", notes)


def _header(
    found: Rows, header: bool | None, drop: Sequence[str], source: str
) -> tuple[list[str], list[list[str]], list[int]]:
    """Names, rows and their lines: the first row is the names unless it is told, or seen, to be data."""
    if header is False:
        names = [f"column {i}" for i in range(len(found.first))]
        return names, [found.first, *found.rows], [found.first_line, *found.lines]
    names = [cell.strip() for cell in found.first]
    if header is None and all(NUMBER.fullmatch(name) for name in names):
        raise ValueError(
            f"{source}, line {found.first_line} is all numbers, where the names of the columns are expected: read "
            "with header=False if it is data, header=True if these are the names"
        )
    for i, name in enumerate(names):
        if not name:
            names[i] = name = f"column {i}"
            if name not in drop:
                raise ValueError(
                    f"{source}: column {i} (counted from 0) has no name. If it holds row numbers, as pandas writes "
                    f"them, leave it out with drop=({name!r},); else give it a name in line {found.first_line}"
                )
        if name in names[:i]:
            raise ValueError(
                f"{source}, line {found.first_line}: columns {names.index(name)} and {i} (counted from 0) are both "
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
