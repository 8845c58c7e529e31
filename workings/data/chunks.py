"""Chunks: a CSV or Parquet file of any length, some rows at a time, each chunk as columns like those of `table`.

What kind a column is, the first chunk says; a text among the numbers of a later one is refused with its line.
"""

from __future__ import annotations

import csv
from collections.abc import Iterator
from dataclasses import dataclass
from io import TextIOWrapper
from pathlib import Path
from typing import Any

import numpy as np

from workings.data.columns import Column, read_column
from workings.data.csv_files import UTF16_BE, UTF16_LE, Rows, _delimiter, _ragged
from workings.data.frames import read_frame
from workings.data.table_files import OTHERS, _header

CELLS = 400_000  # of one chunk: some tens of megabytes as text


@dataclass(frozen=True)
class Reading:
    """How a file is read: the arguments of `table`."""

    target: Any = None
    kinds: Any = None
    drop: tuple[str, ...] = ()
    missing: tuple[str, ...] = ("",)
    header: bool | None = None
    delimiter: str | None = None
    decimal: str = "."
    encoding: str = "utf-8"


@dataclass(frozen=True)
class Chunk:
    """Some rows: the columns by name, how many rows, how many bytes of the file are read, and notes."""

    columns: dict[str, Column]
    rows: int
    done: int
    notes: list[str]


def chunks_of(path: Path, reading: Reading) -> Iterator[Chunk]:
    """The chunks of a file.  Raises ValueError with line and column for what cannot be read."""
    with path.open("rb") as file:
        start = file.read(8)
    for magic, what in OTHERS.items():
        if start.startswith(magic):
            raise ValueError(f"{str(path)!r} is {what}")
    if start.startswith(b"\x93NUMPY"):
        raise ValueError(f"{str(path)!r} is an .npy file already: workings.data.large({str(path)!r}) opens it")
    if start.startswith(b"PAR1"):
        yield from _parquet(path, reading)
    else:
        yield from _csv(path, reading)


def _csv(path: Path, reading: Reading) -> Iterator[Chunk]:
    utf8 = reading.encoding.lower().replace("_", "-") in ("utf-8", "utf8")
    with path.open("rb") as raw:
        head = raw.read(100_000)
    if utf8 and head[:2] in (UTF16_LE, UTF16_BE):
        raise ValueError(f"{str(path)!r} is UTF-16 text: save it as UTF-8, or read with encoding='utf-16'")
    encoding = "utf-8-sig" if utf8 else reading.encoding
    try:
        text = head.decode(encoding, "ignore")
    except LookupError as error:
        raise ValueError(f"there is no encoding named {encoding!r}; most files are 'utf-8'") from error
    delimiter = reading.delimiter or _delimiter(text)
    with path.open("rb") as raw, TextIOWrapper(raw, encoding, newline="") as file:
        names: list[str] = []
        kinds = dict(reading.kinds or {})
        for rows, lines in _rows(path, file, delimiter, reading.encoding):
            notes = []
            if not names:
                found = Rows(rows[0], rows[1:], lines[0], lines[1:], delimiter)
                names, rows, lines = _header(found, reading.header, reading.drop, repr(str(path)))
                if delimiter != ",":
                    notes.append(f"cells are parted by {delimiter!r}")
                if not rows:
                    continue
            cells = zip(names, zip(*rows, strict=True), strict=True)
            columns = {n: _column(n, c, lines, kinds, reading) for n, c in cells if n not in reading.drop}
            if not set(columns) <= set(kinds):
                notes += [column.remark for column in columns.values() if column.remark]
                notes.append(f"what kind a column is, its first {len(rows):,} rows have told")
                kinds |= {name: column.kind for name, column in columns.items()}
            yield Chunk(columns, len(rows), raw.tell(), notes)


def _rows(path: Path, file: Any, delimiter: str, encoding: str) -> Iterator[tuple[list[list[str]], list[int]]]:
    """Rows and the lines they begin on, so many at a time."""
    reader = csv.reader(file, delimiter=delimiter, strict=True)
    first, rows, lines, begin, first_line = None, [], [], 1, 1
    try:
        for row in reader:
            if row:
                if first is None:
                    first, first_line = row, begin
                if len(row) != len(first):
                    raise ValueError(_ragged(path, begin, row, first, first_line, delimiter))
                rows.append(row)
                lines.append(begin)
                if len(rows) * len(first) >= CELLS:
                    yield rows, lines
                    rows, lines = [], []
            begin = reader.line_num + 1
    except csv.Error as error:
        raise ValueError(
            f"{str(path)!r}, line {begin}: this row cannot be read ({error}); most often a double quote that does "
            "not close, or one inside a field that is not doubled"
        ) from error
    except UnicodeDecodeError as error:
        raise ValueError(
            f"{str(path)!r} holds {error.object[error.start : error.start + 1].hex()} after line {begin}, which is "
            f"not {encoding} text: save the file as UTF-8, or read with encoding='latin-1' (or 'cp1252')"
        ) from error
    if first is None:
        raise ValueError(f"{str(path)!r} is empty: a table has a line of column names and then a line per row")
    if rows:
        yield rows, lines


def _column(name: str, cells: Any, lines: list[int], kinds: dict[str, Any], reading: Reading) -> Column:
    """A column of this chunk; where all is plain numbers, as fast as NumPy reads them."""
    if kinds.get(name) == "number" and reading.decimal == ".":
        try:
            values = np.array(cells).astype(np.float64)
        except ValueError:
            values = None
        if values is not None and np.isfinite(values).all() and not any("_" in cell for cell in cells):
            whole = not any(set(cell) - set("0123456789+- ") for cell in cells) and np.abs(values).max() <= 2**53
            return Column("number", values.astype(np.int64) if whole else values)
    where = lambda i: f"line {lines[i]}"
    return read_column(name, cells, where, kinds.get(name), reading.missing, reading.decimal)


def _parquet(path: Path, reading: Reading) -> Iterator[Chunk]:
    try:
        import pandas
        import pyarrow.parquet as parquet
    except ImportError as error:
        raise ImportError(
            f"{str(path)!r} is a Parquet file, which needs pandas and pyarrow: pip install 'workings[data]'"
        ) from error
    del pandas
    size, kinds, done = path.stat().st_size, dict(reading.kinds or {}), 0
    try:
        file = parquet.ParquetFile(path)
        total, columns = file.metadata.num_rows, max(1, file.metadata.num_columns)
        batches = file.iter_batches(batch_size=max(1, CELLS // columns))
    except Exception as error:  # pyarrow has errors of its own for each kind of damage
        raise ValueError(f"{str(path)!r} is no readable Parquet file: {error}") from error
    with file:
        while True:
            try:
                batch = next(batches, None)
            except Exception as error:
                raise ValueError(f"{str(path)!r} is damaged after row {done:,}: {error}") from error
            if batch is None:
                return
            made = read_frame(batch.to_pandas(), reading.drop, kinds)
            notes = []
            if not done:
                kinds |= {name: column.kind for name, column in made.items()}
                notes.append(f"what kind a column is, its first {len(batch):,} rows have told")
            done += len(batch)
            yield Chunk(made, len(batch), size * done // max(total, 1), notes)
