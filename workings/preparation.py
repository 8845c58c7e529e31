"""Preparation: from columns as they come to the numbers a network takes, learned on the training part only.

    number     (value - mean) / spread            mean 0 and spread 1 on the training part
               a missing value becomes the median, and where training had any, a feature "... missing" says 1
    category   one feature for each value seen in training: 1 where it is that value, 0 elsewhere
               missing cells are a value of their own

Median, then mean and spread of the filled column (spread: the standard deviation, divided by m): so the training
features have mean 0 and spread 1, up to rounding. What was learned is frozen, plain data: transforming a test part
never changes it. Source: as scikit-learn's SimpleImputer, StandardScaler and OneHotEncoder do, kept by name.
"""

from __future__ import annotations

import math
import numbers
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from typing import Any, Literal

import numpy as np

FORMAT = 1
KINDS, UNSEEN = ("number", "category"), ("error", "ignore")
LARGEST = float(np.finfo(np.float64).max)
MANY = 50  # more categories than this, and most of them seen once, are names and not categories


@dataclass(frozen=True)
class NumberColumn:
    """What was learned of a column of numbers; a spread of 0 means that every training value was the mean."""

    name: str
    mean: float
    spread: float
    median: float
    missing: int  # how many training values were missing

    @property
    def names(self) -> tuple[str, ...]:
        """The features it becomes."""
        return (self.name, f"{self.name} missing") if self.missing else (self.name,)


@dataclass(frozen=True)
class CategoryColumn:
    """What was learned of a column of categories: the values seen in training, sorted, and how many missed."""

    name: str
    values: tuple[str, ...]
    missing: int

    @property
    def names(self) -> tuple[str, ...]:
        """The features it becomes."""
        return tuple(f"{self.name}={value}" for value in self.values) + (f"{self.name} missing",) * bool(self.missing)


@dataclass(frozen=True)
class Prepared:
    """One value before and after: its features by name, and the working line by line."""

    column: str
    before: Any
    after: dict[str, float]
    lines: tuple[str, ...]

    def __str__(self) -> str:
        return "\n".join(self.lines)


@dataclass(frozen=True)
class Preparation:
    """How columns become features; made by `Preparation.fit` on the training part, then only read.

    columns  one `NumberColumn` or `CategoryColumn` per column, in the order of the features
    rows     how many training rows it was fitted on
    unseen   what `transform` does with a category that training never had: "error", or "ignore" (all zeros)

    >>> from workings.preparation import Preparation
    >>> prepare = Preparation.fit({"size": [70.0, None, 90.0], "place": ["sea", "town", "sea"]})
    >>> prepare.names
    ('size', 'size missing', 'place=sea', 'place=town')
    >>> prepare.transform({"place": ["town"], "size": [80]})
    array([[0., 0., 0., 1.]])
    """

    columns: tuple[NumberColumn | CategoryColumn, ...]
    rows: int
    unseen: Literal["error", "ignore"] = "error"

    @classmethod
    def fit(
        cls,
        columns: Mapping[str, Any],
        kinds: Mapping[str, str] | None = None,
        unseen: Literal["error", "ignore"] = "error",
    ) -> Preparation:
        """Learn medians, means, spreads and categories from the columns of the training part.

        columns  name -> m values: numbers (None or NaN where missing) or texts (None or "" where missing)
        kinds    {"zip": "category"} takes a column of numbers as categories; the others are found
        unseen   see the class

        Raises ValueError, naming column and row, for mixtures of numbers and texts, infinity, lengths that differ,
        a column that is missing throughout, and categories that are really names (nearly all different).
        """
        if unseen not in UNSEEN:
            raise ValueError(f"unseen is 'error' or 'ignore', not {unseen!r}")
        rows, kinds = _rows(columns), kinds or {}
        if rows == 0:
            raise ValueError("there are no rows to learn means and categories from")
        for name, kind in kinds.items():
            if name not in columns or kind not in KINDS:
                says = f"kinds says {kind!r} of {name!r}, and it may say 'number' or 'category' of a column given"
                raise ValueError(says + _nearest(name, columns))
        learned = [_learn(name, columns[name], kinds.get(name)) for name in columns]
        preparation = cls(tuple(learned), rows, unseen)
        _check_different(preparation.names)
        return preparation

    @property
    def names(self) -> tuple[str, ...]:
        """The names of the features, one for each column of X: 'age', 'age missing', 'ocean=INLAND'."""
        return tuple(name for column in self.columns for name in column.names)

    def transform(self, columns: Mapping[str, Any]) -> np.ndarray:
        """The features of these columns: X (m, n) float64, n = len(names). Columns are found by name.

        A number missing here and never in training becomes the median, without a feature that says so.
        Raises ValueError for columns too few or too many, for values of the wrong kind and for unseen categories.
        """
        _rows(columns)
        known = [column.name for column in self.columns]
        for name in known:
            if name not in columns:
                raise ValueError(f"column {name!r}, known from training, is not given{_nearest(name, columns)}")
        for name in columns:
            if name not in known:
                raise ValueError(f"column {name!r} was not there in training: leave it out{_nearest(name, known)}")
        blocks = [_features(column, columns[column.name], self.unseen) for column in self.columns]
        return np.concatenate(blocks, axis=1)

    def explain(self, name: str, value: Any) -> Prepared:
        """One value of one column, before and after, with the numbers put in.

        The numbers have all their digits: redone, the working gives the very feature that `transform` gives.

        >>> from workings.preparation import Preparation
        >>> prepare = Preparation.fit({"size": [700, 800, 1200]})
        >>> print(prepare.explain("size", 1200))
        size = (value - mean) / spread = (1200.0 - 900.0) / 216.02468994692867 = 1.3887301496588271
        """
        column = next((column for column in self.columns if column.name == name), None)
        if column is None:
            raise ValueError(f"no column {name!r} was prepared{_nearest(name, [c.name for c in self.columns])}")
        after = dict(zip(column.names, _features(column, [value], self.unseen)[0].tolist(), strict=True))
        return Prepared(name, value, after, tuple(_working(column, value, after)))

    @property
    def notes(self) -> tuple[str, ...]:
        """What should be known of it, in sentences: constant columns, and how many values were missing."""
        notes = []
        for column in self.columns:
            name, stand_in = repr(column.name), "are a category"
            if isinstance(column, NumberColumn):
                stand_in = f"became the median {column.median!r}"
            if isinstance(column, NumberColumn) and column.spread == 0:
                notes.append(f"{name} was {column.mean!r} on every training row, says nothing, and is passed as 0")
            if column.missing:
                notes.append(f"{name}: {column.missing:,} of {self.rows:,} training values missed and {stand_in}")
        return tuple(notes)

    def to_json(self) -> dict[str, Any]:
        """Everything that was learned as dicts, lists, texts and numbers, for a model's file.

        >>> from workings.preparation import Preparation
        >>> prepare = Preparation.fit({"size": [1, 3]})
        >>> prepare.to_json()["columns"]
        [{'kind': 'number', 'name': 'size', 'mean': 2.0, 'spread': 1.0, 'median': 2.0, 'missing': 0}]
        >>> Preparation.from_json(prepare.to_json()) == prepare
        True
        """
        told = [
            {"kind": KINDS[isinstance(column, CategoryColumn)], **vars(column)}
            | ({"values": list(column.values)} if isinstance(column, CategoryColumn) else {})
            for column in self.columns
        ]
        return {"format": FORMAT, "rows": self.rows, "unseen": self.unseen, "columns": told}

    @classmethod
    def from_json(cls, told: Any) -> Preparation:
        """The preparation that `to_json` told of. Raises ValueError, naming the place, for anything else."""
        match told:
            case {"format": int(number), **_rest} if number != FORMAT:
                newer = f"format {number}" if 0 < number < 1000 else "an unknown format"
                raise ValueError(f"a preparation of {newer}, and this version reads {FORMAT}: update workings")
            case {
                "format": int(),
                "rows": int(rows),
                "unseen": str(unseen),
                "columns": [_, *_] as all_told,
                **more,
            } if not more and type(rows) is int and 0 < rows < 2**53 and unseen in UNSEEN:
                columns = tuple(_read(one, i, rows) for i, one in enumerate(all_told))
            case _:
                raise ValueError("a preparation is told by format, rows, unseen and columns, not so: it is damaged")
        _check_different([column.name for column in columns])
        preparation = cls(columns, rows, "ignore" if unseen == "ignore" else "error")
        _check_different(preparation.names)
        return preparation


def _learn(name: str, values: Any, kind: str | None) -> NumberColumn | CategoryColumn:
    """What a column of the training part teaches."""
    if (kind or _kind(name, values)) == "category":
        texts = _texts(values)
        different = sorted({text for text in texts if text is not None})
        if len(different) > MANY and 2 * len(different) > len(texts):
            raise ValueError(
                f"column {name!r} has {len(different):,} different values in {len(texts):,} rows: these are names, "
                "from which nothing general can be learned; leave the column out"
            )
        if not different:
            raise ValueError(f"column {name!r} is missing on every training row: leave it out")
        return CategoryColumn(name, tuple(different), texts.count(None))

    x = _numbers(name, values)
    gone = np.isnan(x)
    if gone.all():
        raise ValueError(f"column {name!r} is missing on every training row: leave it out")
    with np.errstate(over="ignore", invalid="ignore"):  # what overflows is refused below
        median = float(np.median(x[~gone]))
        filled = np.where(gone, median, x)
        mean, spread = float(filled.mean()), float(filled.std())
    if filled.min() == filled.max():
        return NumberColumn(name, float(filled[0]), 0.0, median, int(gone.sum()))
    if not (math.isfinite(mean) and math.isfinite(median) and 0 < spread < math.inf):
        raise ValueError(
            f"column {name!r} goes from {filled.min()!s} to {filled.max()!s}, beyond what 64-bit numbers can "
            "average: express it in another unit"
        )
    return NumberColumn(name, mean, spread, median, int(gone.sum()))


def _features(column: NumberColumn | CategoryColumn, values: Any, unseen: str) -> np.ndarray:
    """The features (m, k) that a column becomes."""
    if isinstance(column, NumberColumn):
        x = _numbers(column.name, values)
        gone = np.isnan(x)
        filled = np.where(gone, column.median, x)
        with np.errstate(over="ignore"):
            scaled = (filled - column.mean) / column.spread if column.spread else np.zeros(len(x))
        if not np.isfinite(scaled).all():
            row = int(np.argmin(np.isfinite(scaled)))
            raise ValueError(
                f"column {column.name!r}, row {row}: {x[row]!s} is too far from the mean {column.mean!r} to be scaled"
            )
        return np.stack([scaled, gone.astype(float)] if column.missing else [scaled], axis=1)

    place = {value: i for i, value in enumerate(column.values)}
    if column.missing:
        place[None] = len(column.values)  # type: ignore[index]
    texts = _texts(values)
    X = np.zeros((len(texts), len(column.names)))
    for row, text in enumerate(texts):
        if text in place:
            X[row, place[text]] = 1
        elif unseen == "error":
            known = ", ".join(map(repr, column.values[:10])) + ", ..." * (len(column.values) > 10)
            what = "is missing, as none was" if text is None else f"is {text!r}, which never stood there"
            raise ValueError(
                f"column {column.name!r}, row {row} (counted from 0) {what} in training; known: {known}. Correct it, "
                "or fit with unseen='ignore' to pass zeros"
            )
    return X


def _working(column: NumberColumn | CategoryColumn, value: Any, after: dict[str, float]) -> list[str]:
    name = column.name
    if isinstance(column, CategoryColumn):
        ones = [feature for feature, number in after.items() if number]
        what = f"{name} is missing" if _gone(value) else f"{name} is {_plain(value)!r}"
        others = f" and the other {len(after) - 1} features of {name} are 0" if len(after) > 1 else ""
        if ones:
            return [f"{what}: {ones[0]} = 1{others}"]
        return [f"{what}, which training never had: all {len(after)} features of {name} are 0"]
    lines: list[str] = []
    x = float(_numbers(name, [value])[0])
    if math.isnan(x):
        lines.append(f"{name} is missing: the median of the training part, {column.median!r}, stands for it")
        x = column.median
    if column.spread:
        numbers_in = f"({_in_brackets(x)} - {_in_brackets(column.mean)}) / {column.spread!r}"
        lines.append(f"{name} = (value - mean) / spread = {numbers_in} = {after[name]!r}")
    else:
        lines.append(f"{name} = 0.0, because it was {column.mean!r} on every training row")
    return lines + [f"{feature} = {after[feature]!r}" for feature in column.names[1:]]


def _in_brackets(x: float) -> str:
    return f"({x!r})" if x < 0 else repr(x)


def _rows(columns: Mapping[str, Any]) -> int:
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


def _kind(name: str, values: Any) -> str:
    """What the values of a column are; a mixture is refused."""
    if _is_numeric(values):
        return "number"
    first: dict[str, tuple[int, Any]] = {}
    for row, value in enumerate(values):
        if not (_gone(value) or _is_number(value) or isinstance(value, str)):
            raise ValueError(
                f"column {name!r}, row {row} (counted from 0) is {value!r}, a {type(value).__name__}, and neither "
                "number nor text: make it one (a date: year, month, days since a day), or leave the column out"
            )
        if not _gone(value):
            first.setdefault("number" if _is_number(value) else "category", (row, value))
    if len(first) > 1:
        rows = " and ".join(f"row {row} is {value!r}" for row, value in first.values())
        raise ValueError(f"column {name!r} mixes numbers and texts: {rows} (counted from 0)")
    return next(iter(first), "category")


def _numbers(name: str, values: Any) -> np.ndarray:
    """The values as float64 (m,), NaN where missing."""
    if _is_numeric(values):
        with np.errstate(over="ignore"):  # longdouble may exceed float64, and is then infinite
            x = np.asarray(values).astype(np.float64)
    else:
        x = np.full(len(values), math.nan)
        for row, value in enumerate(values):
            if not (_gone(value) or _is_number(value)):
                raise ValueError(f"column {name!r} holds numbers, but row {row} (counted from 0) is {value!r}")
            if not _gone(value):
                x[row] = value if -LARGEST <= value <= LARGEST else math.inf
    if np.isinf(x).any():
        row = int(np.argmax(np.isinf(x)))
        raise ValueError(
            f"column {name!r}, row {row} (counted from 0) is infinite; correct it, or give None for missing"
        )
    return x


def _texts(values: Any) -> list[str | None]:
    """The values as texts, None where missing; a whole number as it is written, 3 and 3.0 both '3'."""
    return [None if _gone(value) else _plain(value) for value in values]


def _is_numeric(values: Any) -> bool:
    """Is this an array (or a pandas column) of NumPy numbers?"""
    dtype = getattr(values, "dtype", None)
    return isinstance(dtype, np.dtype) and dtype.kind in "biuf"


def _plain(value: Any) -> str:
    if _is_number(value):
        return str(int(value)) if math.isfinite(value) and value == int(value) else repr(float(value))
    return str(value)


def _is_number(value: Any) -> bool:
    return isinstance(value, (numbers.Real, np.bool_))


def _gone(value: Any) -> bool:
    """None, NaN, pandas' NA and NaT, and the empty text are missing values."""
    if value is None or type(value).__name__ in ("NAType", "NaTType"):
        return True
    return value != value if isinstance(value, (float, np.floating)) else isinstance(value, str) and value == ""


def _nearest(name: str, names: Any) -> str:
    close = get_close_matches(str(name), [str(other) for other in names], n=3, cutoff=0.6)
    return (
        f"; did you mean {' or '.join(map(repr, close))}?" if close else f"; there are: {', '.join(map(repr, names))}"
    )


def _check_different(names: Sequence[str]) -> None:
    twice = next((name for i, name in enumerate(names) if name in names[:i]), None)
    if twice is not None:
        raise ValueError(f"two columns or features would both be named {twice!r}: rename a column")


def _read(told: Any, i: int, rows: int) -> NumberColumn | CategoryColumn:
    """One column as `to_json` told of it, every value one that `fit` could have given."""
    match told:
        case {
            "kind": "number",
            "name": str(name),
            "mean": mean,
            "spread": spread,
            "median": median,
            "missing": int(gone),
        }:
            numbers_are = [type(x) in (int, float) and -LARGEST <= x <= LARGEST for x in (mean, spread, median)]
            if len(told) == 6 and all(numbers_are) and spread >= 0 and 0 <= gone < rows and type(gone) is int:
                return NumberColumn(name, float(mean), float(spread), float(median), gone)
        case {"kind": "category", "name": str(name), "values": [*values], "missing": int(gone)}:
            texts = values and all(isinstance(value, str) and value for value in values)
            if (
                len(told) == 4
                and texts
                and len(set(values)) == len(values)
                and type(gone) is int
                and 0 <= gone < rows
            ):
                return CategoryColumn(name, tuple(values), gone)
    raise ValueError(f"column {i} of a preparation is not told as it is written: it is damaged")
