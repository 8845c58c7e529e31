"""Frames: a pandas DataFrame, or a Parquet file through pandas, as the columns of a table."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from workings.data.columns import Column, Kind

if TYPE_CHECKING:
    from pandas import DataFrame

MOST_BYTES = 1 << 32


def read_parquet(path: Path) -> DataFrame:
    """The frame in a Parquet file, if what it declares to hold is no more than 4 GiB.

    Raises ImportError when pandas or pyarrow is not installed, ValueError when the file is damaged.
    """
    try:
        import pandas
        import pyarrow.parquet as parquet
    except ImportError as error:
        raise ImportError(
            f"{str(path)!r} is a Parquet file, which needs pandas and pyarrow: pip install 'workings[data]'"
        ) from error
    try:
        declares = parquet.read_metadata(path)
        size = 8 * declares.num_rows * declares.num_columns
    except Exception as error:  # pyarrow has errors of its own for each kind of damage
        raise ValueError(f"{str(path)!r} is no readable Parquet file: {error}") from error
    if size > MOST_BYTES:
        raise ValueError(
            f"{str(path)!r} declares {declares.num_rows:,} rows of {declares.num_columns} columns, about {size:,} "
            f"bytes; the most is {MOST_BYTES:,}. Read a part of it with pandas and give that to Table.from_pandas"
        )
    try:
        return pandas.read_parquet(path)
    except Exception as error:
        raise ValueError(f"{str(path)!r} is no readable Parquet file: {error}") from error


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
    repeated = next((name for i, name in enumerate(names) if name in names[:i]), None)
    if repeated is not None:
        raise ValueError(f"two columns of the frame are named {repeated!r}; rename or drop one of them")
    wanted = kinds or {}
    return {
        name: _column(name, frame.iloc[:, i], wanted.get(name)) for i, name in enumerate(names) if name not in drop
    }


def _column(name: str, series: Any, kind: Kind | None) -> Column:
    import pandas as pd

    types = pd.api.types
    missing = series.isna().to_numpy(dtype=bool)
    if kind != "category" and (types.is_datetime64_any_dtype(series) or types.is_timedelta64_dtype(series)):
        raise ValueError(
            f"column {name!r} holds dates or times, and a network needs numbers: make columns such as year, month "
            f"or days since a day, or leave it out with drop=({name!r},)"
        )
    if types.is_complex_dtype(series):
        raise ValueError(f"column {name!r} holds complex numbers; give their parts as two columns")

    values = series.astype(object).to_numpy(dtype=object)
    there = [value for value, gone in zip(values, missing, strict=True) if not gone]
    numbers = sum(isinstance(value, (bool, int, float, np.bool_, np.integer, np.floating)) for value in there)
    if kind is None:
        kind = "number" if there and numbers == len(there) and not _is_category(series) else "category"
        if kind == "category" and 0 < numbers < len(there):
            row = next(i for i, value in enumerate(values) if not missing[i] and isinstance(value, str))
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
    whole = all(isinstance(value, (int, np.integer)) and abs(int(value)) < 2**63 for value in there)
    if whole and not missing.any():
        return Column("number", np.array([int(value) for value in values], dtype=np.int64))
    try:
        filled = [np.nan if gone else float(value) for value, gone in zip(values, missing, strict=True)]
    except OverflowError:
        filled = [np.inf]
    column = np.array(filled)
    if np.isinf(column).any():
        row = int(np.argmax(np.isinf(column)))
        raise ValueError(f"column {name!r}, row {row} (counted from 0): infinite or too large for a 64-bit number")
    return Column("number", column)


def _is_category(series: Any) -> bool:
    import pandas as pd

    return isinstance(series.dtype, pd.CategoricalDtype)
