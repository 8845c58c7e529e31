"""Frames: a pandas DataFrame, or whatever speaks Arrow, or a Parquet file, as the columns of a table."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from workings.data.columns import DATES, Column, Kind

if TYPE_CHECKING:
    from pandas import DataFrame

MOST_BYTES = 1 << 32


def read_parquet(path: Path) -> DataFrame:
    """The frame in a Parquet file, if what it declares to hold is no more than 4 GiB.

    Texts stay as they are packed, each different one once: a small file cannot grow into many long ones.
    Raises ImportError when pandas or pyarrow is not installed, ValueError when the file is damaged.
    """
    try:
        import pyarrow.parquet as parquet
        from pyarrow import types
    except ImportError as error:
        raise ImportError(
            f"{str(path)!r} is a Parquet file, which needs pandas and pyarrow: pip install 'workings[data]'"
        ) from error
    try:
        declares, schema = parquet.read_metadata(path), parquet.read_schema(path)
        size = 8 * declares.num_rows * declares.num_columns
    except Exception as error:  # pyarrow has errors of its own for each kind of damage
        raise ValueError(f"{str(path)!r} is no readable Parquet file: {error}") from error
    if size > MOST_BYTES:
        raise ValueError(
            f"{str(path)!r} declares {declares.num_rows:,} rows of {declares.num_columns} columns, about {size:,} "
            f"bytes; the most is {MOST_BYTES:,}. Read a part of it with pandas and give that to Table.from_frame"
        )
    for field in schema:
        if types.is_nested(field.type):
            raise ValueError(f"column {field.name!r} holds {field.type}, many values in a cell: give each its column")
    texts = [f.name for f in schema if types.is_string(f.type) or types.is_large_string(f.type)]
    try:
        return parquet.read_table(path, read_dictionary=texts, page_checksum_verification=True).to_pandas()
    except Exception as error:
        raise ValueError(f"{str(path)!r} is no readable Parquet file: {error}") from error


def is_parquet(path: Path) -> bool:
    """Whether a file begins as Parquet does."""
    with path.open("rb") as file:
        return file.read(4) == b"PAR1"


def parquet_columns(path: Path) -> dict[str, Any]:
    """The columns of a Parquet file by name, as Arrow has them: to be written again with others beside them."""
    import pyarrow.parquet as parquet

    found = parquet.read_table(path)
    return {name: found[name] for name in found.column_names}


def as_frame(frame: Any) -> DataFrame:
    """A pandas DataFrame as it is; a pyarrow or polars table, or another that speaks Arrow, as one.

    Raises ValueError for anything else, ImportError where pandas or pyarrow is missing.
    """
    if hasattr(frame, "iloc") and hasattr(frame, "columns"):
        return frame
    if not hasattr(frame, "__arrow_c_stream__"):
        raise ValueError(f"a {type(frame).__name__} is no table: give a DataFrame, an Arrow or polars table")
    try:
        import pyarrow
    except ImportError as error:
        raise ImportError("a table of Arrow needs pandas and pyarrow: pip install 'workings[data]'") from error
    return pyarrow.table(frame).to_pandas()


def read_frame(
    frame: DataFrame, drop: Sequence[str] = (), kinds: Mapping[str, Kind] | None = None
) -> dict[str, Column]:
    """The columns of a frame by name: numbers and truths as numbers, texts and pandas categories as categories.

    Raises ValueError for dates, complex numbers, a mixture of numbers and texts, infinity, names that repeat
    and column names of several levels.
    """
    if getattr(frame.columns, "nlevels", 1) > 1:
        raise ValueError("the frame's column names have several levels; join them into one name per column first")
    names = [str(name) for name in frame.columns]
    if len(set(names)) < len(names):
        repeated = next(name for i, name in enumerate(names) if name in names[:i])
        raise ValueError(f"two columns of the frame are named {repeated!r}; rename or drop one of them")
    wanted, left_out = kinds or {}, set(drop)
    return {
        name: _column(name, frame.iloc[:, i], wanted.get(name))
        for i, name in enumerate(names)
        if name not in left_out
    }


def _column(name: str, series: Any, kind: Kind | None) -> Column:
    if isinstance(series.dtype, np.dtype) and series.dtype.kind in "biuf" and kind != "category":
        return Column("number", _finite(name, series.to_numpy()))
    if _is_date(series.dtype) and kind != "category":
        raise ValueError(_dated(name))
    if getattr(series.dtype, "kind", "") == "c":
        raise ValueError(f"column {name!r} holds complex numbers; give their parts as two columns")

    values = series.astype(object).to_numpy(dtype=object)
    missing = series.isna().to_numpy(dtype=bool)
    there = [(row, value) for row, value in enumerate(values) if not missing[row]]
    for row, value in there:
        if isinstance(value, DATES) and kind != "category":
            raise ValueError(_dated(name))
        if not (isinstance(value, (str, *DATES)) or _is_number(value)):
            raise ValueError(
                f"column {name!r}, row {row} (counted from 0) is of type {type(value).__name__}, neither number nor "
                "text: give every value a column of its own, or leave the column out"
            )
    numbers = sum(_is_number(value) for _, value in there)
    if kind is None:
        categorical = hasattr(series.dtype, "categories")
        kind = "number" if there and numbers == len(there) and not categorical else "category"
        if kind == "category" and 0 < numbers < len(there):
            row = next(row for row, value in there if isinstance(value, str))
            raise ValueError(
                f"column {name!r} mixes numbers and texts: row {row} (counted from 0) says {values[row]!r}; "
                f"correct it, or take the column as categories with kinds={{{name!r}: 'category'}}"
            )
    if kind == "category":
        texts = np.empty(len(values), dtype=object)
        texts[:] = [None if gone else str(value) for value, gone in zip(values, missing, strict=True)]
        return Column("category", texts)
    if numbers < len(there):
        raise ValueError(f"column {name!r} was asked for as numbers, and it holds texts: leave kinds out for it")
    if not missing.any() and all(isinstance(value, (int, np.integer)) for _, value in there):
        values = np.array([int(value) for value in values], dtype=object)
        return Column("number", _finite(name, values.astype(np.int64 if _fits(values) else np.float64)))
    try:
        filled = np.array([np.nan if gone else float(value) for value, gone in zip(values, missing, strict=True)])
    except OverflowError:
        filled = np.array([np.inf])
    return Column("number", _finite(name, filled))


def _finite(name: str, values: np.ndarray) -> np.ndarray:
    """Numbers as int64 or float64, NaN where missing; infinity is refused with its row."""
    if values.dtype.kind in "bi" or (values.dtype.kind == "u" and values.dtype.itemsize < 8):
        return values.astype(np.int64)
    with np.errstate(over="ignore"):
        numbers = values.astype(np.int64 if values.dtype.kind == "u" and _fits(values) else np.float64)
    if np.isinf(numbers).any():
        row = int(np.argmax(np.isinf(numbers)))
        raise ValueError(f"column {name!r}, row {row} (counted from 0): infinite or too large for a 64-bit number")
    return numbers


def _fits(values: np.ndarray) -> bool:
    return not len(values) or (values.max() < 2**63 and values.min() >= -(2**63))


def _is_number(value: Any) -> bool:
    return isinstance(value, (bool, int, float, Decimal, np.bool_, np.integer, np.floating))


def _is_date(dtype: Any) -> bool:
    return getattr(dtype, "kind", "") in ("M", "m")


def _dated(name: str) -> str:
    return (
        f"column {name!r} holds dates or times, and a network needs numbers: make columns such as year, month "
        f"or days since a day, or leave it out with drop=({name!r},)"
    )
