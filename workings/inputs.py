"""Inputs at the door: examples in rows, as everywhere in Python, and the shape that the first layer wants.

a table      (m, n)                      → (n,)         Dense first
an image     (m, h, w) or (m, c, h, w)   → (c, h, w)    Convolution, MaxPool or Flatten first
a sequence   (m, T, n)                   → (n, T)       Recurrent, Attention, Positions first
words        (m, T) whole numbers        → (T,)         Embedding first
"""

from __future__ import annotations

from math import isqrt
from typing import Any

import numpy as np

from workings.contract import Shape
from workings.layers import Embedding
from workings.network import Network

FEWEST_PIXELS, LIGHT, LOOKED_AT = 64, 128, 4096  # what is smaller, or dark throughout, is hardly a picture
BLOCK = 1 << 23  # bytes of a file that are looked through at once

KINDS = {
    **dict.fromkeys(("Recurrent", "Attention", "Positions", "Last"), "sequence"),
    **dict.fromkeys(("Convolution", "MaxPool", "Flatten"), "image"),
    "Embedding": "words",
    "Dense": "table",
}


def first_kind(network: Network) -> str:
    """What the network reads: "table", "image", "sequence" or "words", as the first layer says that cares.

    >>> from workings.layers import Dense, Flatten
    >>> from workings.network import chain
    >>> first_kind(chain(Flatten(), Dense(10)))
    'image'
    """
    kinds = (KINDS.get(type(row.layer).__name__) for row in network.rows)
    return next((kind for kind in kinds if kind), "table")


def examples(X: Any, kind: str, dtype: str = "float32", exact: bool = False) -> np.ndarray:
    """X with one example per row, checked, its axes as the network names them after the first.

    Numbers become `dtype`, but uint8 is pixels: it stays as it is until it is used, and 0 to 255 are read as 0 to 1.
    With `exact` whole numbers and fractions stay exact.  Raises ValueError for what is not a full table of finite
    numbers, with its place.
    """
    if isinstance(X, np.memmap):
        return _on_disk(X, kind, dtype)
    series = hasattr(X, "to_frame")
    X = _array(X)
    if X.ndim == 0 or X.size == 0:
        raise ValueError(f"X has the shape {X.shape}: there is no example, or no feature, to learn from")
    if X.ndim == 1:
        feature, example = ("to_frame()", "to_frame().T") if series else ("reshape(-1, 1)", "reshape(1, -1)")
        raise ValueError(
            f"X has the shape {X.shape}, one axis only: write X.{feature} for one feature, "
            f"X.{example} for one example"
        )
    if X.dtype.kind not in "biuf" and not exact:
        X = _numbers(X)
    if X.dtype.kind == "f":
        _finite(X)
    X = _turned(X, kind)
    if kind == "words":
        return _words(X)
    if X.dtype == np.uint8 or exact:
        return X
    with np.errstate(over="ignore"):
        cast = X.astype(dtype, copy=False)
    if cast is not X and not np.isfinite(cast).all():
        raise ValueError(f"X has numbers up to {np.abs(X).max():.3g}, too large for {dtype}: scale the features")
    return cast


def _on_disk(X: np.memmap, kind: str, dtype: str) -> np.ndarray:
    """Examples in a file: looked through a block at a time, and left where they are until a batch is read."""
    if X.ndim < 2 or X.size == 0 or X.dtype.kind not in "uf" or (X.dtype.kind == "u" and X.dtype != np.uint8):
        raise ValueError(
            f"X is a file of {X.dtype} of the shape {X.shape}; what is read from the disk has one example per row, "
            "as uint8 or floats: workings.data.large(path) writes such a file once, np.asarray(X) reads all of it"
        )
    turned = _turned(X, kind)
    if kind == "words":
        raise ValueError("words are not read from the disk: give np.asarray(X)")
    if X.dtype.kind == "f":
        largest = float(np.finfo(dtype).max)
        rows = max(1, BLOCK // max(1, X[:1].nbytes))
        for start in range(0, len(X), rows):
            block = np.asarray(X[start : start + rows])
            if not np.isfinite(block).all():
                _finite(block, start)
            if X.dtype.itemsize > np.dtype(dtype).itemsize and np.abs(block).max() > largest:
                raise ValueError(f"X has numbers up to {np.abs(block).max():.3g}, too large for {dtype}: scale them")
    return turned


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


def check_readable(X: np.ndarray, network: Network) -> None:
    """The layers can read examples of this shape."""
    try:
        network.shapes(X.shape[1:])
    except ValueError as error:
        where = " ".join(getattr(error, "__notes__", ()))
        said = f"X has examples of shape {X.shape[1:]}, which this network cannot read"
        raise ValueError(f"{said}: {error} {where}") from None


def check_pixels(X: Any, kind: str, pixels: bool | None) -> None:
    """Bytes are read as pixels, 0 to 255 as 0 to 1: only where that is sure, and then in every call.

    `pixels` says whether the model was trained on bytes; None, that it was not trained, and X is to tell: it is sure
    for the images of a convolution, for files, and for square pictures, unrolled, of which some pixel is light.
    """
    if kind == "words" or not isinstance(X, np.ndarray) or X.ndim < 2 or not X.size:
        return
    bytes_, write = X.dtype == np.uint8, "for numbers write X.astype(float), for pixels X / 255"
    if pixels is False and bytes_:
        raise ValueError(
            "X is uint8, which is read as pixels (0 to 255 become 0 to 1), and this model was trained on other "
            f"numbers: write what those were; {write}"
        )
    if isinstance(X, np.memmap):
        return
    if pixels and X.dtype.kind in "iuf" and not bytes_ and (most := X[:LOOKED_AT].max()) > 2:
        raise ValueError(
            f"X goes up to {most:g}, and this model was trained on pixels from 0 to 1 (uint8, divided by 255): give "
            "uint8 again, or X / 255"
        )
    if pixels is None and bytes_ and kind == "table" and X.ndim == 2 and (why := _no_picture(X)):
        raise ValueError(
            "X is uint8, which is read as pixels (0 to 255 become 0 to 1), and this may be no picture: "
            f"{why}; {write}"
        )


def _no_picture(X: np.ndarray) -> str:
    """Why a row of bytes (m, n) may be something else than a picture, unrolled; or nothing."""
    n, lightest = X.shape[1], int(X[:LOOKED_AT].max())
    if n < FEWEST_PIXELS:
        return f"{n} features are few for one"
    if not any(n % c == 0 and isqrt(n // c) ** 2 == n // c for c in (1, 3)):
        return f"{n} features are no square, grey or red, green and blue"
    return f"none is above {lightest}" if lightest < LIGHT else ""


def check_words(X: np.ndarray, network: Network) -> None:
    """Every word has its column in the embedding that reads X."""
    for name, layer, reads in network.rows:
        if isinstance(layer, Embedding) and reads == ("X",) and X.dtype.kind in "iu" and X.max() >= layer.words:
            raise ValueError(
                f"X has the word {X.max()}, but {name} knows {layer.words} words, 0 to {layer.words - 1}: "
                f"write Embedding({X.max() + 1}, …)"
            )


def _array(X: Any) -> np.ndarray:
    shape = getattr(X, "shape", None)
    try:
        if hasattr(X, "toarray"):  # a sparse matrix
            X = X.toarray()
        if hasattr(X, "to_numpy"):
            X = X.to_numpy()
        found = np.asarray(X)
    except Exception as error:  # whatever an __array__ of somebody's own raises
        if isinstance(X, list | tuple):
            why = f"X is not a table: every row needs the same number of features ({error})"
            raise ValueError(why) from None
        raise ValueError(f"X, a {type(X).__name__}, cannot be read as an array of numbers: {error}") from None
    if isinstance(shape, tuple) and tuple(shape) != found.shape:
        raise ValueError(f"X says its shape is {tuple(shape)}, and gives {found.shape} when it is read")
    if isinstance(X, np.ma.MaskedArray) and (masked := np.ma.getmaskarray(X)).any():
        row = int(np.argwhere(masked)[0][0])
        raise ValueError(f"X is masked in row {row}: leave the row out, or put a number there with X.filled(…)")
    return found


def _numbers(X: np.ndarray) -> np.ndarray:
    if X.dtype.kind in "cMmV":
        raise ValueError(f"X holds {X.dtype} values; a network reads real numbers, such as float32")
    try:
        return X.astype(np.float64)
    except (ValueError, TypeError, OverflowError):
        for place in np.ndindex(*X.shape):
            try:
                float(X[place])
            except (ValueError, TypeError, OverflowError):
                raise ValueError(
                    f"X holds {_told(X[place])} in row {place[0]}, column {place[1]}, which is not a number: "
                    "turn text into numbers first (workings.data.table does, and remembers how)"
                ) from None
        raise


def _told(cell: Any) -> str:
    """A cell for a sentence: not too much of it."""
    told = repr(cell.item() if isinstance(cell, np.generic) else cell)
    return told if len(told) <= 40 else told[:40] + "…"


def _finite(X: np.ndarray, before: int = 0) -> None:
    with np.errstate(all="ignore"):
        total = X.sum()  # one NaN or infinity makes the sum one: the quick look that nearly all data pass
    if not np.isfinite(total) and not np.isfinite(X).all():
        place = tuple(int(i) for i in np.argwhere(~np.isfinite(X))[0])
        raise ValueError(
            f"X is {X[place]} in row {before + place[0]}, column {', '.join(map(str, place[1:]))}: "
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
    if (odd := (X < 0) | (X != np.floor(X))).any():
        row, step = (int(i) for i in np.argwhere(odd)[0])
        raise ValueError(f"X is {X[row, step]} in row {row}, column {step}: words are whole numbers from 0")
    return X.astype(np.int64)
