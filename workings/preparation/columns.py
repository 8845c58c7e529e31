"""Columns: what was learned of one column, how it becomes features, and the working of one value."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import numpy as np

from workings.preparation.values import LARGEST, as_numbers, as_texts, is_numeric, kind_of, plain
from workings.preparation.values import gone as is_gone

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


def learn(name: str, values: Any, kind: str | None) -> NumberColumn | CategoryColumn:
    """What a column of the training part teaches."""
    if (kind or kind_of(name, values)) == "category":
        texts = as_texts(values)
        different = sorted({text for text in texts if text is not None})
        if len(different) > MANY and 2 * len(different) > len(texts):
            raise ValueError(
                f"column {name!r} has {len(different):,} different values in {len(texts):,} rows: these are names, "
                "from which nothing general can be learned; leave the column out"
            )
        if not different:
            raise ValueError(f"column {name!r} is missing on every training row: leave it out")
        return CategoryColumn(name, tuple(different), texts.count(None))

    x = as_numbers(name, values)
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


def scaled(given: list[tuple[NumberColumn | CategoryColumn, Any]]) -> dict[str, np.ndarray]:
    """`features` of all number columns that were complete in training, in one go; none where one is to be refused."""
    whole = [(c, x) for c, x in given if isinstance(c, NumberColumn) and not c.missing and is_numeric(x)]
    if not whole:
        return {}
    median, mean, spread = np.array([(c.median, c.mean, c.spread) for c, _ in whole]).T
    with np.errstate(all="ignore"):
        X = np.array([np.asarray(x) for _, x in whole], dtype=np.float64).T
        made = np.where(spread, (np.where(np.isnan(X), median, X) - mean) / spread, 0.0)
    if not (np.isfinite(made).all() and not np.isinf(X).any()):
        return {}
    return {c.name: made[:, i : i + 1] for i, (c, _) in enumerate(whole)}


def features(column: NumberColumn | CategoryColumn, values: Any, unseen: str) -> np.ndarray:
    """The features (m, k) that a column becomes."""
    if isinstance(column, NumberColumn):
        x = as_numbers(column.name, values)
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

    place: dict[str | None, int] = {value: i for i, value in enumerate(column.values)}
    if column.missing:
        place[None] = len(column.values)
    texts = as_texts(values)
    X = np.zeros((len(texts), len(column.names)))
    for row, text in enumerate(texts):
        if text in place:
            X[row, place[text]] = 1
        elif unseen == "error":
            known = ", ".join(map(repr, column.values[:10])) + ", ..." * (len(column.values) > 10)
            what = "is missing, as none was" if text is None else f"is {text!r}, which never stood there"
            raise ValueError(
                f"column {column.name!r}, row {row} (counted from 0) {what} in training; known: {known}. Correct it, "
                "or take it as none of these: Preparation.fit(…, unseen='ignore')"
            )
    return X


def working(column: NumberColumn | CategoryColumn, value: Any, after: dict[str, float]) -> list[str]:
    name = column.name
    if isinstance(column, CategoryColumn):
        ones = [feature for feature, number in after.items() if number]
        what = f"{name} is missing" if is_gone(value) else f"{name} is {plain(value)!r}"
        many = "feature of {} is 0" if len(after) == 2 else f"{len(after) - 1} features of {{}} are 0"
        others = f" and the other {many.format(name)}" if len(after) > 1 else ""
        if ones:
            return [f"{what}: {ones[0]} = 1{others}"]
        return [f"{what}, which training never had: all {len(after)} features of {name} are 0"]
    lines: list[str] = []
    x = float(as_numbers(name, [value])[0])
    if math.isnan(x):
        lines.append(f"{name} is missing: the median of the training part, {column.median!r}, stands for it")
        x = column.median
    if column.spread:
        numbers_in = f"({in_brackets(x)} - {in_brackets(column.mean)}) / {column.spread!r}"
        lines.append(f"{name} = (value - mean) / spread = {numbers_in} = {after[name]!r}")
    else:
        lines.append(f"{name} = 0.0, because it was {column.mean!r} on every training row")
    return lines + [f"{feature} = {after[feature]!r}" for feature in column.names[1:]]


def cell(column: NumberColumn | CategoryColumn, own: int, value: Any, after: float, where: str = "") -> str:
    """How one feature of a column, counted from 0 among its own, came from the value that stands in a row."""
    of, lost = f"column {column.name!r}" + (f" of {where}" if where else ""), bool(is_gone(value))
    if isinstance(column, CategoryColumn):
        is_so = f"{after!r}, because {of} is {'missing' if lost else repr(plain(value))}"
        mine = repr(column.values[own]) if own < len(column.values) else "missing"
        return is_so if after else f"{is_so}, not {mine}"
    if own:
        return f"{after!r}, because {of} is {'' if lost else 'not '}missing"
    x = column.median if lost else float(as_numbers(column.name, [value])[0])
    instead = f" (missing: the median {column.median!r} stands for it)" * lost
    if not column.spread:
        return f"0.0, because {of} was {column.mean!r} on every training row"
    numbers_in = f"({in_brackets(x)} - {in_brackets(column.mean)}) / {column.spread!r}"
    return f"(value - mean) / spread = {numbers_in} = {after!r}, {of}{instead}"


def in_brackets(x: float) -> str:
    return f"({x!r})" if x < 0 else repr(x)


def read_column(told: Any, i: int, rows: int) -> NumberColumn | CategoryColumn:
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
