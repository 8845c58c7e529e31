"""Door: what is handed in, by scikit-learn's own checks, with the dates it lets through refused and errors named."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import numpy as np
from sklearn.utils.validation import validate_data


@contextmanager
def naming(name: str) -> Iterator[None]:
    """Errors that do not say what they are about say it."""
    try:
        yield
    except (TypeError, OverflowError) as error:
        if name in str(error).split() or isinstance(error, ValueError):
            raise
        raise TypeError(f"{name} cannot be read: {error}") from error


def refuse_dates(name: str, given: Any) -> None:
    """A date is no number, though NumPy would count its nanoseconds."""
    dtypes = [getattr(given, "dtype", None), *np.ravel(getattr(given, "dtypes", []))]
    if any(getattr(dtype, "kind", "") in "mM" and getattr(dtype, "kind", "") for dtype in dtypes):
        raise ValueError(f"{name} holds dates or spans of time: write them as numbers, such as days since the first")


def refuse_text(y: Any) -> None:
    """A text is no number, though NumPy would read "1" as one; nor is None, which it would read as NaN."""
    cells = y.to_numpy() if hasattr(y, "to_numpy") else y
    if isinstance(cells, list | tuple) or getattr(getattr(cells, "dtype", None), "kind", "") == "O":
        cells = np.asarray(cells, dtype=object)
        if strange := [v for v in cells.flat if v is None or isinstance(v, str | bytes)]:
            raise ValueError(f"y holds {strange[0]!r}, which is not a number")


def table(model: Any, X: Any, y: Any = None, first: bool = False, **more: Any) -> Any:
    """X (m, n), or X and y, as arrays of numbers, dense or in compressed rows; the model remembers the names."""
    refuse_dates("X", X)
    how = {"accept_sparse": ["csr", "csc"], "dtype": (np.float64, np.float32), "reset": first, **more}
    if "y_numeric" not in more and "multi_output" not in more:
        with naming("X"):
            return validate_data(model, X, **how)
    refuse_dates("y", y)
    with naming("X or y"):
        return validate_data(model, X, y, **how)
