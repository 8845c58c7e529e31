"""Inputs at the door: examples in rows, as everywhere in Python, and the shape that the first layer wants.

a table      (m, n)                      → (n,)         Dense first
an image     (m, h, w) or (m, c, h, w)   → (c, h, w)    Convolution, MaxPool or Flatten first
a sequence   (m, T, n)                   → (n, T)       Recurrent, Attention, Positions first
words        (m, T) whole numbers        → (T,)         Embedding first
"""

from __future__ import annotations

from typing import Any

import numpy as np

from workings.contract import Shape
from workings.network import Network

SEQUENCES = ("Recurrent", "Attention", "Positions", "Last")
IMAGES = ("Convolution", "MaxPool", "Flatten")


def first_kind(network: Network) -> str:
    """What the first layer reads: "table", "image", "sequence" or "words"."""
    name = type(network.rows[0].layer).__name__
    if name == "Embedding":
        return "words"
    return "sequence" if name in SEQUENCES else "image" if name in IMAGES else "table"


def examples(X: Any, kind: str, dtype: str = "float32", exact: bool = False) -> np.ndarray:
    """X with one example per row, checked, its axes as the network names them after the first.

    Numbers become `dtype`, but uint8 pixels stay as they are until they are used, and with `exact` whole numbers
    and fractions stay exact.  Raises ValueError for what is not a full table of finite numbers, with its place.
    """
    X = _array(X)
    if X.ndim == 1:
        raise ValueError(
            f"X has the shape {X.shape}, one axis only: write X.reshape(-1, 1) for one feature, "
            "X.reshape(1, -1) for one example"
        )
    if 0 in X.shape:
        raise ValueError(f"X has the shape {X.shape}: there is no example, or no feature, to learn from")
    if X.dtype.kind not in "biuf" and not exact:
        X = _numbers(X)
    if X.dtype.kind == "f":
        _finite(X)
    X = _turned(X, kind)
    if X.dtype == np.uint8 or exact:
        return X
    if kind == "words":
        return _words(X)
    cast = X.astype(dtype, copy=False)
    if X.dtype.kind == "f" and not np.isfinite(cast).all():
        raise ValueError(f"X has numbers up to {np.abs(X).max():.3g}, too large for {dtype}: scale the features")
    return cast


def check_shape(X: np.ndarray, shape: Shape) -> None:
    """Every example has the shape the model was made for; turned tables are recognised."""
    if X.shape[1:] == shape:
        return
    m = X.shape[0]
    if X.ndim == 2 and len(shape) == 1 and (m,) == shape:
        raise ValueError(
            f"X has the shape {X.shape}, but the model reads {shape[0]} features: "
            "here examples are rows and features are columns; did you mean X.T?"
        )
    raise ValueError(f"X has examples of shape {X.shape[1:]}, but the model was made for {shape}")


def check_lengths(X: np.ndarray, y: Any) -> None:
    """As many labels as examples."""
    if len(X) != len(y):
        turned = " (columns for rows? here every row is one example)" if len(y) in X.shape[1:] else ""
        raise ValueError(f"X has {len(X)} examples and y has {len(y)} labels: they must be as many{turned}")


def _array(X: Any) -> np.ndarray:
    if hasattr(X, "toarray"):  # a sparse matrix
        X = X.toarray()
    if hasattr(X, "to_numpy"):
        X = X.to_numpy()
    try:
        return np.asarray(X)
    except ValueError as error:
        raise ValueError(f"X is not a table: every row needs the same number of features ({error})") from None


def _numbers(X: np.ndarray) -> np.ndarray:
    if X.dtype.kind in "cMmV":
        raise ValueError(f"X holds {X.dtype} values; a network reads real numbers")
    try:
        return X.astype(np.float64)
    except (ValueError, TypeError):
        for place in np.ndindex(*X.shape):
            try:
                float(X[place])
            except (ValueError, TypeError):
                raise ValueError(
                    f"X holds {X[place]!r} in row {place[0]}, column {place[1]}, which is not a number: "
                    "turn text into numbers first (workings.data.table does, and remembers how)"
                ) from None
        raise


def _finite(X: np.ndarray) -> None:
    if not np.isfinite(X).all():
        place = tuple(int(i) for i in np.argwhere(~np.isfinite(X))[0])
        raise ValueError(
            f"X is {X[place]} in row {place[0]}, column {', '.join(map(str, place[1:]))}: "
            "a network cannot read it; leave the row out or put a number there"
        )


def _turned(X: np.ndarray, kind: str) -> np.ndarray:
    if kind == "image" and X.ndim == 3:
        return X[:, None, :, :]
    if kind == "sequence" and X.ndim == 3:
        return np.swapaxes(X, 1, 2)
    axes = {"table": (2,), "image": (4, 2), "sequence": (3,), "words": (2,)}[kind]
    if X.ndim not in axes:
        wanted = {
            "table": "(m, n); put Flatten() first, or X.reshape(len(X), -1)",
            "image": "(m, h, w) or (m, channels, h, w)",
            "sequence": "(m, steps, features)",
            "words": "(m, steps) of whole numbers",
        }[kind]
        raise ValueError(f"X has the shape {X.shape}; the first layer reads {wanted}")
    return X


def _words(X: np.ndarray) -> np.ndarray:
    if (X < 0).any() or (X != np.floor(X)).any():
        raise ValueError("an embedding reads words as whole numbers from 0")
    return X.astype(np.int64)
