"""Parts: rows for training, for validation and for the last test, and a check that none is in two of them.

    train, validation, test = split(X, y, test=0.2, validation=0.1, seed=0)

Each row goes to exactly one part. What no splitter can see is one example that stands in the data twice: its
copies may land in different parts, and the test is then easier than the truth. `leaks` counts such rows.
"""

from __future__ import annotations

import math
from hashlib import blake2b
from typing import Any, NamedTuple

import numpy as np

from workings.data.tables import Table


class Part(NamedTuple):
    """The examples of one part: X, one per row, and y, as many labels or numbers.

    >>> import numpy as np
    >>> from workings.data import Part
    >>> X, y = Part(np.zeros((2, 3)), np.ones(2))
    """

    X: Any
    y: Any


class Parts(NamedTuple):
    """What `split` gives: three parts; validation is None when none was asked for.

    >>> import numpy as np
    >>> from workings.data import split
    >>> split(np.arange(10.0)[:, None], np.arange(10)).validation is None
    True
    """

    train: Part
    validation: Part | None
    test: Part


def split(
    X: Any,
    y: Any = None,
    test: float = 0.2,
    validation: float | None = None,
    seed: int = 0,
    stratify: Any = None,
) -> Parts:
    """Train, validation and test part of the data: each row in exactly one of them, the same for the same seed.

    X           one example per row: an array (m, ...), a list, a `Table` or a pandas DataFrame
    y           m labels or numbers; may be left out for a `Table`, which has its target
    test        a fraction of the rows (0.2) or a number of rows (200)
    validation  likewise; None for no validation part
    seed        fixes which rows go where
    stratify    True keeps the classes of y in each part as frequent as in the whole; or m labels to keep so

    Fit scalings and categories on the training part alone: `Preparation.fit(train.X.features)`.
    Raises ValueError when lengths differ or a part would be empty.

    >>> import numpy as np
    >>> from workings.data import split
    >>> X, y = np.arange(20.0).reshape(10, 2), np.arange(10)
    >>> train, validation, test = split(X, y, test=0.2, validation=0.1)
    >>> len(train.y), len(validation.y), len(test.y)
    (7, 1, 2)
    """
    if y is None:
        if not isinstance(X, Table):
            raise ValueError("split needs y: the labels or numbers to be learned, one for each row of X")
        y = X.y
    m = _length(X)
    if _length(y) != m:
        raise ValueError(f"X has {m} rows and y has {_length(y)}: each example needs one")
    labels = y if stratify is True else None if stratify is False else stratify
    rows = split_rows(m, test, validation, seed, labels)
    train, held, last = (Part(_take(X, part), _take(y, part)) for part in rows)
    return Parts(train, None if validation is None else held, last)


def split_rows(
    m: int, test: float = 0.2, validation: float | None = None, seed: int = 0, labels: Any = None
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """The row numbers of train, validation and test, each sorted; together they are 0..m-1, once each.

    labels, when given, are m labels whose frequencies each part keeps, up to one row (largest remainders).

    >>> from workings.data import split_rows
    >>> train, validation, test = split_rows(6, test=2, labels=list("aabbab"))
    >>> sorted([*train, *validation, *test]) == list(range(6))
    True
    """
    if m < 1:
        raise ValueError("there are no rows to split")
    sizes = {"test": _rows(m, test, "test"), "validation": _rows(m, validation or 0, "validation")}
    if sum(sizes.values()) >= m:
        raise ValueError(
            f"of {m} rows, test takes {sizes['test']} and validation {sizes['validation']}: "
            "nothing is left to train on; ask for less"
        )
    rng = np.random.default_rng(seed)
    order = rng.permutation(m)
    classes = np.zeros(m, int) if labels is None else _classes(labels, m)
    part = np.full(m, "train", dtype="U10")
    for name, size in sizes.items():
        left = order[part[order] == "train"]
        for which, count in enumerate(_shares(np.bincount(classes[left], minlength=classes.max() + 1), size)):
            part[left[classes[left] == which][:count]] = name
    train, held, last = (np.flatnonzero(part == name) for name in ("train", "validation", "test"))
    return train, held, last


def leaks(train: Any, test: Any) -> int:
    """How many rows of `test` stand, number for number, in `train` too: 0 is what you want.

    train, test   arrays (m, ...) with the same row shape, lists of rows, `Table`s or DataFrames
    Only exact copies count: a picture shifted by one pixel is a leak that this cannot see.
    Raises ValueError when the rows have different shapes.

    >>> from workings.data import leaks
    >>> leaks([[1, 2], [3, 4]], [[3, 4], [5, 6], [3, 4]])
    2
    """
    train_rows, test_rows = _rows_of(train), _rows_of(test)
    if isinstance(train_rows, np.ndarray) and isinstance(test_rows, np.ndarray):
        if len(train_rows) and len(test_rows) and train_rows.shape[1] != test_rows.shape[1]:
            raise ValueError(
                f"rows of train hold {train_rows.shape[1]} numbers, rows of test {test_rows.shape[1]}: "
                "they cannot be compared"
            )
        dtype = np.result_type(train_rows, test_rows)
        known = {_digest(row, dtype) for row in train_rows}
        return sum(_digest(row, dtype) in known for row in test_rows)
    as_text = {tuple(map(str, row)) for row in train_rows}
    return sum(tuple(map(str, row)) in as_text for row in test_rows)


def _length(data: Any) -> int:
    try:
        return len(data)
    except TypeError:
        raise ValueError(f"split takes rows: an array, a list or a table, not {type(data).__name__}") from None


def _take(data: Any, rows: np.ndarray) -> Any:
    if isinstance(data, Table):
        return data.take(rows)
    if hasattr(data, "iloc"):  # a DataFrame or a Series
        return data.iloc[rows]
    return data[rows] if isinstance(data, np.ndarray) else [data[row] for row in rows]


def _rows(m: int, wanted: float, name: str) -> int:
    """A fraction or a number of rows as a number of rows; a fraction above 0 gives at least one."""
    if isinstance(wanted, bool) or not isinstance(wanted, (int, float, np.integer, np.floating)):
        raise ValueError(f"{name} is a fraction (0.2) or a number of rows (200), not {wanted!r}")
    if isinstance(wanted, (int, np.integer)) and wanted >= 0:
        return int(wanted)
    if 0 <= wanted < 1:
        return max(1, round(m * wanted)) if wanted else 0
    raise ValueError(f"{name} is a fraction from 0 to 1 or a whole number of rows, not {wanted!r}")


def _classes(labels: Any, m: int) -> np.ndarray:
    """Labels as numbers 0, 1, ... in order of appearance; works for any labels that can be compared."""
    labels = list(labels)
    if len(labels) != m:
        raise ValueError(f"stratify has {len(labels)} labels for {m} rows")
    seen: dict[Any, int] = {}
    return np.array([seen.setdefault(label, len(seen)) for label in labels])


def _shares(counts: np.ndarray, size: int) -> np.ndarray:
    """`size` rows shared out in proportion to the counts: whole parts first, then the largest remainders."""
    exact = counts * size / max(1, counts.sum())
    shares = np.floor(exact).astype(int)
    shares[np.argsort(shares - exact, kind="stable")[: size - shares.sum()]] += 1
    return shares


def _rows_of(data: Any) -> Any:
    """The rows as a matrix of numbers, or as rows of values where there is text among them."""
    if isinstance(data, Table):
        return data.records()
    array = np.asarray(data)
    rows = array.reshape(len(array), math.prod(array.shape[1:]))
    return rows if rows.dtype.kind in "biuf" else rows.tolist()


def _digest(row: np.ndarray, dtype: np.dtype) -> bytes:
    """16 bytes that are equal when the rows are: 0.0 and -0.0 are one number, and so are all NaN."""
    row = row.astype(dtype)
    if dtype.kind == "f":
        row = np.where(np.isnan(row), np.nan, row + 0.0).astype(dtype)
    return blake2b(row.tobytes(), digest_size=16).digest()
