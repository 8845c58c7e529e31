"""Values: a column as it comes, as numbers or as texts; what it is, and what in it is missing."""

from __future__ import annotations

import math
import numbers
from collections.abc import Mapping, Sequence
from difflib import get_close_matches
from typing import Any

import numpy as np

MANY_NAMES = 1000
LARGEST = float(np.finfo(np.float64).max)


def count_rows(columns: Mapping[str, Any]) -> int:
    """How many rows the columns have, all the same."""
    if not hasattr(columns, "keys"):
        raise ValueError(f"columns go by name, {{'size': [70, 90]}}, and this is {type(columns).__name__}")
    lengths: dict[str, int] = {}
    for name in columns:
        values, ndim = columns[name], getattr(columns[name], "ndim", 1)
        if not isinstance(name, str):
            raise ValueError(f"names of columns are texts, and {name!r} is of type {type(name).__name__}")
        if isinstance(values, (str, bytes)) or not hasattr(values, "__len__"):
            raise ValueError(f"column {name!r} is {values!r}, and should be a list of values, one per row")
        if ndim != 1:
            raise ValueError(f"column {name!r} has the shape {values.shape}; a column is (m,): write values.ravel()")
        lengths[name] = len(values)
    if not lengths:
        raise ValueError("there are no columns to prepare")
    first = next(iter(lengths))
    for name, length in lengths.items():
        if length != lengths[first]:
            raise ValueError(f"column {first!r} has {lengths[first]} rows and column {name!r} has {length}")
    return lengths[first]


def kind_of(name: str, values: Any) -> str:
    """What the values of a column are; a mixture is refused."""
    if is_numeric(values):
        return "number"
    first: dict[str, tuple[int, Any]] = {}
    for row, value in enumerate(values):
        if not (gone(value) or is_number(value) or isinstance(value, str)):
            raise ValueError(
                f"column {name!r}, row {row} (counted from 0) is {value!r}, a {type(value).__name__}, and neither "
                "number nor text: make it one (a date: year, month, days since a day), or leave the column out"
            )
        if not gone(value):
            first.setdefault("number" if is_number(value) else "category", (row, value))
    if len(first) > 1:
        rows = " and ".join(f"row {row} is {value!r}" for row, value in first.values())
        raise ValueError(f"column {name!r} mixes numbers and texts: {rows} (counted from 0)")
    return next(iter(first), "category")


def as_numbers(name: str, values: Any) -> np.ndarray:
    """The values as float64 (m,), NaN where missing."""
    if is_numeric(values):
        with np.errstate(over="ignore"):  # longdouble may exceed float64, and is then infinite
            x = np.asarray(values).astype(np.float64)
    else:
        x = np.full(len(values), math.nan)
        for row, value in enumerate(values):
            if not (gone(value) or is_number(value)):
                raise ValueError(f"column {name!r} holds numbers, but row {row} (counted from 0) is {value!r}")
            if not gone(value):
                x[row] = value if -LARGEST <= value <= LARGEST else math.inf
    if np.isinf(x).any():
        row = int(np.argmax(np.isinf(x)))
        raise ValueError(
            f"column {name!r}, row {row} (counted from 0) is infinite; correct it, or give None for missing"
        )
    return x


def as_texts(values: Any) -> list[str | None]:
    """The values as texts, None where missing; a whole number as it is written, 3 and 3.0 both '3'."""
    return [None if gone(value) else plain(value) for value in values]


def is_numeric(values: Any) -> bool:
    """Is this an array (or a pandas column) of NumPy numbers?"""
    dtype = getattr(values, "dtype", None)
    return isinstance(dtype, np.dtype) and dtype.kind in "biuf"


def plain(value: Any) -> str:
    if is_number(value):
        return str(int(value)) if math.isfinite(value) and value == int(value) else repr(float(value))
    return str(value)


def is_number(value: Any) -> bool:
    return isinstance(value, (numbers.Real, np.bool_))


def gone(value: Any) -> bool:
    """None, NaN, pandas' NA and NaT, and the empty text are missing values."""
    if value is None or type(value).__name__ in ("NAType", "NaTType"):
        return True
    return value != value if isinstance(value, (float, np.floating)) else isinstance(value, str) and value == ""


def nearest(name: str, names: Any) -> str:
    among = [str(other) for other in names]
    if len(among) > MANY_NAMES:  # comparing takes long: only with those of about its length that begin alike
        among = [other for other in among if other[:1] == str(name)[:1] and abs(len(other) - len(str(name))) < 2]
    close = get_close_matches(str(name), among[:MANY_NAMES], n=3, cutoff=0.6)
    some = [repr(name) for name in names]
    others = f" and {len(some) - 8:,} more" if len(some) > 8 else ""
    return (
        f"; did you mean {' or '.join(map(repr, close))}?" if close else f"; there are: {', '.join(some[:8])}{others}"
    )


def check_different(names: Sequence[str]) -> None:
    if len(set(names)) < len(names):
        twice = next(name for i, name in enumerate(names) if name in names[:i])
        raise ValueError(f"two columns or features would both be named {twice!r}: rename a column")
