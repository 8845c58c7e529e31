"""Lessons: what the page Train can learn: the digits, MNIST, a table of the folder; with a part held out."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from workings.data import digits, mnist, split_rows, table
from workings.studio.folder import listed, readable

TABLES = ("csv", "xlsx", "parquet")
MANY = 20  # different numbers of a target: more are a quantity, fewer are classes
LARGEST = 50_000_000  # bytes of a table


@dataclass(frozen=True)
class Lesson:
    """Rows to learn from and rows held out; `classes` is None where a number is predicted."""

    name: str
    X: Any
    y: np.ndarray
    X_test: Any
    y_test: np.ndarray
    classes: list[Any] | None
    side: int | None = None  # of a square picture
    target: str = ""
    columns: tuple[str, ...] = ()
    spread: float = 1.0  # numbers to be predicted are learned as (y - mean) / spread
    mean: float = 0.0

    def rows(self, many: int) -> tuple[Any, np.ndarray]:
        """The first rows to learn from."""
        return taken(self.X, np.arange(min(many, len(self.y)))), self.y[:many]

    @property
    def says(self) -> str:
        """What it is, in words."""
        what = f"{len(self.classes)} classes" if self.classes is not None else self._measured
        return f"{len(self.y):,} rows to learn from, {len(self.y_test):,} held out; {what}"

    @property
    def _measured(self) -> str:
        scale = f"in standard deviations ({self.spread:.5g}) from its mean ({self.mean:.5g})"
        return f"predicts the number {self.target!r}; loss and error are {scale}"


def names(folder: Path) -> list[str]:
    """What there is to learn."""
    return ["digits", "mnist", *listed(folder, TABLES)]


def lesson(folder: Path, name: str, target: str = "", seed: int = 0) -> Lesson:
    """Read it.  Raises ValueError or OSError with the reason where it cannot be."""
    if name == "digits":
        X, y = digits()
        return _parted(name, X, y, seed, 8)
    if name == "mnist":
        (X, y), (X_test, y_test) = mnist("train"), mnist("test")
        return Lesson(name, X, y, X_test, y_test, list(range(10)), 28, "digit")
    path = readable(folder, name, TABLES)
    if path.stat().st_size > LARGEST:
        raise ValueError(f"{name} has {path.stat().st_size:,} bytes; train on tables so large from the command line")
    found = table(path, target or None)
    if found.target is None or found.y is None:
        raise ValueError(f"{name} has no column to be learned")
    return _parted(name, dict(found.features), np.asarray(found.y), seed, None, found.target, found.names)


def _parted(
    name: str,
    X: Any,
    y: np.ndarray,
    seed: int,
    side: int | None,
    target: str = "digit",
    columns: tuple[str, ...] = (),
) -> Lesson:
    kinds = np.unique(y)
    numbers = y.dtype.kind == "f" or (y.dtype.kind in "iu" and len(kinds) > MANY)
    classes = None if numbers else kinds.tolist()
    if classes is not None and len(classes) < 2:
        raise ValueError(f"every row of {target!r} says {classes[0]!r}: there is nothing to learn")
    train, _, test = split_rows(len(y), 0.2, seed=seed, labels=y if classes is not None else None)
    mean, spread = (float(y[train].mean()), float(y[train].std()) or 1.0) if classes is None else (0.0, 1.0)
    if classes is None:
        y = (y - mean) / spread
    parts = taken(X, train), y[train], taken(X, test), y[test]
    return Lesson(name, *parts, classes, side, target, columns, spread, mean)


def taken(X: Any, rows: np.ndarray) -> Any:
    """Some rows of an array, or of a table by columns."""
    return {name: values[rows] for name, values in X.items()} if isinstance(X, dict) else X[rows]
