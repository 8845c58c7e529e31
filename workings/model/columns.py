"""Columns: tables with names, as the arrays that a model reads.

A model with a preparation prepares the table itself; one without remembers what the columns of a DataFrame were
called when it was trained, and takes no others.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np


@dataclass(frozen=True)
class Columns:
    """What a model knows of what it reads: the columns' `preparation`, or their `names`; whether it is `pixels`."""

    preparation: Any = None
    names: tuple[str, ...] | None = None
    pixels: bool | None = None

    def read(self, X: Any) -> Any:
        """X as it may come to the door; a table is prepared, and nothing of it is changed.

        Raises ValueError for a table that is not the one the model was trained on.
        """
        if self.preparation is None:
            self._check_names(found := names_of(X))
            return as_numbers(X) if found else X
        if not hasattr(self.preparation, "columns"):  # of pictures: files are read, arrays of pixels are as they are
            return self.preparation.transform(files) if (files := files_of(X)) else X
        if (table := by_name(X)) is not None:
            return self.preparation.transform(table)
        raw, ready = len(self.preparation.columns), len(self.preparation.names)
        if width(X) == raw != ready:
            raise ValueError(
                f"X has {raw} columns without names, and this model was trained on a table, of which it makes "
                f"{ready} features: give the DataFrame (or dict of columns), or model.preparation.transform(table)"
            )
        return X

    def origins(self, X: Any) -> Callable[[int, int], str] | None:
        """How a feature of an example, both counted from 0, came from the table X; None for arrays."""
        table = by_name(X) if hasattr(self.preparation, "explain_feature") else None
        if table is None:
            return None
        lists = {name: values.tolist() if hasattr(values, "tolist") else values for name, values in table.items()}

        def origin(feature: int, example: int) -> str:
            row, name = {n: values[example] for n, values in lists.items()}, f"X[{feature + 1},{example + 1}]"
            return self.preparation.explain_feature(feature, row, f"row {example + 1}", name).lines[0]

        return origin

    def _check_names(self, found: tuple[str, ...] | None) -> None:
        if self.names is None or found is None or found == self.names:
            return
        told = f"X has the columns {said(found)}, and the model was trained on {said(self.names)}"
        if sorted(found) == sorted(self.names):
            raise ValueError(f"{told}: the same in another order; put them in that one")
        missing = [name for name in self.names if name not in found]
        others = [name for name in found if name not in self.names]
        wrong = [f"{word} {said(names)}" for word, names in (("lacking", missing), ("new", others)) if names]
        raise ValueError(f"{told}: {', '.join(wrong)}")


def names_of(X: Any) -> tuple[str, ...] | None:
    """What the columns of a DataFrame (pandas, Arrow or polars) are called; none where they are only numbered.

    >>> names_of([[1, 2]])
    """
    names = getattr(X, "column_names", None) or getattr(X, "columns", None)
    if names is None or isinstance(X, np.ndarray) or not (hasattr(X, "to_numpy") or hasattr(X, "column_names")):
        return None
    found = tuple(names)
    if not all(isinstance(name, str) for name in found):
        return None
    if len(set(found)) < len(found):
        twice = next(name for i, name in enumerate(found) if name in found[:i])
        raise ValueError(f"two columns of X are called {twice!r}: rename one, for columns are told by their names")
    return found


def as_numbers(X: Any) -> Any:
    """A table with names is no picture: its bytes are numbers, not shares of 255."""
    if hasattr(X, "dtypes"):
        types = list(X.dtypes)
        return X.astype("int64") if types and all(kind == np.uint8 for kind in types) else X
    return X


def by_name(X: Any) -> dict[str, Any] | None:
    """A dict of columns, a DataFrame or a `workings.data.Table` (all but its target) by name; else None."""
    features = getattr(X, "features", None)
    if isinstance(features, Mapping):
        return dict(features)
    if isinstance(X, Mapping):
        return dict(X)
    names = names_of(X)
    return None if names is None else {name: _column(X[name]) for name in names}


def _column(values: Any) -> Any:
    """A column of Arrow's as a list, with None for what is missing; pandas' as it is."""
    if hasattr(values, "to_pylist"):
        return values.to_pylist()
    return values.to_list() if hasattr(values, "to_arrow") else values


def unread(X: Any) -> bool:
    """Whether this is a table that a network cannot read as it is: of other things than numbers, or with gaps.

    >>> unread({"size": [70, 90]}), unread([[70], [90]])
    (True, False)
    """
    if isinstance(X, Mapping) or isinstance(getattr(X, "features", None), Mapping):
        return True
    return any(_odd(values) for values in (by_name(X) or {}).values())


def _odd(values: Any) -> bool:
    dtype = getattr(values, "dtype", None)
    if isinstance(dtype, np.dtype) and dtype.kind in "biu":
        return False
    numbers = np.asarray(values)
    return numbers.dtype.kind not in "biuf" or (numbers.dtype.kind == "f" and bool(np.isnan(numbers).any()))


def files_of(X: Any) -> list[Any]:
    """The files that somebody names, one or several; none for anything else."""
    several = X if isinstance(X, list | tuple) else [X]
    return list(several) if all(isinstance(file, str | Path) for file in several) else []


def width(X: Any) -> int | None:
    """How many numbers each row has, if X is a table."""
    try:
        shape = np.shape(X)
    except ValueError:  # rows of different lengths: the door says where
        return None
    return shape[1] if len(shape) == 2 else None


def said(names: tuple[str, ...] | list[str]) -> str:
    """The first few, for a sentence."""
    return ", ".join(map(repr, names[:6])) + (", …" if len(names) > 6 else "")
