"""Fitted: all columns together, fitted once, then only read."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np

from workings.preparation.columns import (
    CategoryColumn,
    NumberColumn,
    cell,
    features,
    learn,
    read_column,
    scaled,
    working,
)
from workings.preparation.values import check_different, count_rows, nearest

FORMAT = 1
KINDS, UNSEEN = ("number", "category"), ("error", "ignore")


@dataclass(frozen=True)
class Prepared:
    """A value, or a row, before and after: its features by name, and the working line by line."""

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
        rows, kinds = count_rows(columns), kinds or {}
        if rows == 0:
            raise ValueError("there are no rows to learn means and categories from")
        for name, kind in kinds.items():
            if name not in columns or kind not in KINDS:
                says = f"kinds says {kind!r} of {name!r}, and it may say 'number' or 'category' of a column given"
                raise ValueError(says + nearest(name, columns))
        learned = [learn(name, columns[name], kinds.get(name)) for name in columns]
        preparation = cls(tuple(learned), rows, unseen)
        check_different(preparation.names)
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
        count_rows(columns)
        known = [column.name for column in self.columns]
        there = set(known)
        for name in known:
            if name not in columns:
                raise ValueError(f"column {name!r}, known from training, is not given{nearest(name, columns)}")
        for name in columns:
            if name not in there:
                raise ValueError(f"column {name!r} was not there in training: leave it out{nearest(name, known)}")
        at_once = scaled([(column, columns[column.name]) for column in self.columns])
        blocks = [
            at_once[column.name] if column.name in at_once else features(column, columns[column.name], self.unseen)
            for column in self.columns
        ]
        return np.concatenate(blocks, axis=1)

    def explain(self, what: str | Mapping[str, Any], value: Any = None) -> Prepared:
        """One value of one column, or a whole row by name, before and after, with the numbers put in.

        The numbers have all their digits: redone, the working gives the very feature that `transform` gives.

        >>> from workings.preparation import Preparation
        >>> prepare = Preparation.fit({"size": [700, 800, 1200], "place": ["sea", "town", "sea"]})
        >>> print(prepare.explain("size", 1200))
        size = (value - mean) / spread = (1200.0 - 900.0) / 216.02468994692867 = 1.3887301496588271
        >>> print(prepare.explain({"size": 1200, "place": "sea"}))
        X[1] = (value - mean) / spread = (1200.0 - 900.0) / 216.02468994692867 = 1.3887301496588271, column 'size'
        X[2] = 1.0, because column 'place' is 'sea'
        X[3] = 0.0, because column 'place' is 'sea', not 'town'
        """
        if to_dict := getattr(what, "to_dict", None):  # a row of a pandas frame
            what = to_dict()
        if isinstance(what, Mapping):
            lines = [line for i in range(len(self.names)) for line in self.explain_feature(i, what).lines]
            after = dict(zip(self.names, self.transform({n: [v] for n, v in what.items()})[0].tolist(), strict=True))
            return Prepared("", dict(what), after, tuple(lines))
        column = next((column for column in self.columns if column.name == what), None)
        if column is None:
            raise ValueError(f"no column {what!r} was prepared{nearest(what, [c.name for c in self.columns])}")
        after = dict(zip(column.names, features(column, [value], self.unseen)[0].tolist(), strict=True))
        return Prepared(what, value, after, tuple(working(column, value, after)))

    def explain_feature(self, feature: int, row: Mapping[str, Any], where: str = "", name: str = "") -> Prepared:
        """One feature, counted from 0, of a row by name: which column it is of, and how its value became it.

        `where` says which row this is, for the sentence, `name` what the feature is called: X[1] for the first.
        """
        if not 0 <= feature < len(self.names):
            raise IndexError(f"there are {len(self.names)} features, 0 to {len(self.names) - 1}, and no {feature}")
        own, i = feature, 0
        while own >= len(self.columns[i].names):
            own, i = own - len(self.columns[i].names), i + 1
        column = self.columns[i]
        if column.name not in row:
            raise ValueError(f"column {column.name!r} is not given{nearest(column.name, row)}")
        value = row[column.name]
        after = float(features(column, [value], self.unseen)[0, own])
        line = f"{name or f'X[{feature + 1}]'} = {cell(column, own, value, after, where)}"
        return Prepared(column.name, value, {self.names[feature]: after}, (line,))

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
                columns = tuple(read_column(one, i, rows) for i, one in enumerate(all_told))
            case _:
                raise ValueError("a preparation is told by format, rows, unseen and columns, not so: it is damaged")
        check_different([column.name for column in columns])
        preparation = cls(columns, rows, "ignore" if unseen == "ignore" else "error")
        check_different(preparation.names)
        return preparation
