"""Door: what is handed in, by scikit-learn's own checks, with the dates it lets through refused and errors named."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import numpy as np
from sklearn.utils.validation import validate_data

from workings.model.columns import names_of

NAMED = re.compile(r"\b(X|y|[Ii]nput|array|container|samples?|features?|class(es)?|labels?|sample_weight|weights?)\b")


@contextmanager
def naming(name: str) -> Iterator[None]:
    """Errors that do not say what they are about say it; whatever an __array__ of somebody's own raises."""
    try:
        yield
    except Exception as error:
        if isinstance(error, ValueError | TypeError) and NAMED.search(str(error)):
            raise
        kind = ValueError if isinstance(error, ValueError) else TypeError
        raise kind(f"{name} cannot be read: {error}") from error


def refuse_odd(name: str, given: Any) -> None:
    """Dates and masked cells are no numbers, though NumPy would count nanoseconds, and look beneath the mask."""
    dtypes = [getattr(given, "dtype", None), *np.ravel(getattr(given, "dtypes", []))]
    if any(getattr(dtype, "kind", "-") in "mM" for dtype in dtypes):
        raise ValueError(f"{name} holds dates or spans of time: write them as numbers, such as days since the first")
    if isinstance(given, np.ma.MaskedArray) and (masked := np.ma.getmaskarray(given)).any():
        row = int(np.argwhere(masked)[0][0])
        raise ValueError(f"{name} is masked in row {row}: leave the row out, or put a number there with filled(…)")


def refuse_changing(name: str, given: Any, found: Any) -> None:
    """What was read has the shape that was announced."""
    shape = getattr(given, "shape", None)
    if isinstance(shape, tuple) and tuple(shape) != found.shape:
        raise ValueError(f"{name} says its shape is {tuple(shape)}, and gives {found.shape} when it is read")


def refuse_text(y: Any) -> None:
    """A text is no number, though NumPy would read "1" as one; nor is None, which it would read as NaN."""
    cells = y.to_numpy() if hasattr(y, "to_numpy") else y
    if isinstance(cells, list | tuple) or getattr(getattr(cells, "dtype", None), "kind", "-") in "OUS":
        cells = np.asarray(cells, dtype=object)
        if strange := [v for v in cells.flat if v is None or isinstance(v, str | bytes)]:
            raise ValueError(f"y holds {strange[0]!r}, which is not a number")


def table(model: Any, X: Any, y: Any = None, first: bool = False, **more: Any) -> Any:
    """X (m, n), or X and y, as arrays of numbers, dense or in compressed rows; the model remembers the names."""
    refuse_odd("X", X)
    names_of(X)  # no two the same
    how = {"accept_sparse": ["csr", "csc"], "dtype": (np.float64, np.float32), "reset": first, **more}
    if "y_numeric" not in more and "multi_output" not in more:
        with naming("X"):
            found = validate_data(model, X, **how)
        refuse_changing("X", X, found)
        return found
    refuse_odd("y", y)
    with naming("X or y"):
        found = validate_data(model, X, y, **how)
    refuse_changing("X", X, found[0])
    return found
