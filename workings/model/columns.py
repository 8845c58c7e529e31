"""Columns: tables with names, as the arrays that a model reads.

A model with a preparation prepares the table itself; one without remembers what the columns of a DataFrame were
called when it was trained, and takes no others.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np


@dataclass(frozen=True)
class Columns:
    """What a model knows of the columns it reads: their `preparation`, or their `names`."""

    preparation: Any = None
    names: tuple[str, ...] | None = None

    def read(self, X: Any) -> Any:
        """X as it may come to the door; a table is prepared, and nothing of it is changed.

        Raises ValueError for a table that is not the one the model was trained on.
        """
        if self.preparation is None:
            self._check_names(names_of(X))
            return X
        if (table := by_name(X)) is not None:
            return self.preparation.transform(table)
        raw, ready = len(self.preparation.columns), len(self.preparation.names)
        if width(X) == raw != ready:
            raise ValueError(
                f"X has {raw} columns without names, and this model was trained on a table, of which it makes "
                f"{ready} features: give the DataFrame (or dict of columns), or model.preparation.transform(table)"
            )
        return X

    def _check_names(self, found: tuple[str, ...] | None) -> None:
        if self.names is None or found is None or found == self.names:
            return
        told = f"X has the columns {said(found)}, and the model was trained on {said(self.names)}"
        if sorted(found) == sorted(self.names):
            raise ValueError(f"{told}: the same in another order; put them in that one")
        missing = [name for name in self.names if name not in found]
        others = [name for name in found if name not in self.names]
        wrong = [f"{word} {said(names)}" for word, names in (("lacking", missing), ("new", others)) if names]
        raise ValueError(f"{told}: {', '.join(wrong) or 'some come twice'}")


def names_of(X: Any) -> tuple[str, ...] | None:
    """What the columns of a DataFrame are called; none where they are only numbered.

    >>> names_of([[1, 2]])
    """
    names = getattr(X, "columns", None)
    if names is None or isinstance(X, np.ndarray) or not hasattr(X, "to_numpy"):
        return None
    found = tuple(names)
    return found if all(isinstance(name, str) for name in found) else None


def by_name(X: Any) -> dict[str, Any] | None:
    """A dict of columns, a DataFrame or a `workings.data.Table` (all but its target) by name; else None."""
    features = getattr(X, "features", None)
    if isinstance(features, Mapping):
        return dict(features)
    if isinstance(X, Mapping):
        return dict(X)
    return None if names_of(X) is None else {name: X[name] for name in X.columns}


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
