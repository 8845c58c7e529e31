"""Large: data that do not fit into memory, read from the disk batch by batch.

    X = large("pixels.npy")                                   a file of NumPy's, left where it is
    X, y = (d := converted("houses.csv", "price")).X, d.y     CSV or Parquet, written as such a file once

`Model.fit` takes such an X as it takes any other: its checks go through the file a block at a time, uint8 stays uint8
until the batch, and the rows are mixed in blocks, so that the disk is read nearly in order.
"""

from __future__ import annotations

import hashlib
import json
import math
import os
import secrets
import shutil
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

import numpy as np

from workings.data.conversion import Reading, convert
from workings.data.files import plain_file
from workings.data.npy_files import MAGIC, header
from workings.preparation import Preparation
from workings.saving.files import SUFFIX, _alive

FORMAT = 1
ABOUT = "about.json"


def large(path: Any) -> np.memmap:
    """The array in an .npy file, one example per row, left on the disk: for `Model.fit`, `predict`, `evaluate`.

    uint8 (pixels, 0…255) or floats.  Raises ValueError for another kind of file or of numbers.

    >>> import tempfile, pathlib
    >>> from workings import Dense, Model
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     file = pathlib.Path(folder, "X.npy")
    ...     np.save(file, np.arange(20, dtype=np.float32).reshape(10, 2) / 20)
    ...     X = large(file)
    ...     history = Model([Dense(1)]).fit(X, X[:, 0] * 2, epochs=3, progress=False)
    ...     del X
    >>> len(history)
    3
    """
    place = plain_file(path)
    with place.open("rb") as file:
        start = file.read(len(MAGIC))
    if start != MAGIC:
        raise ValueError(
            f"{str(path)!r} is no .npy file: np.save writes one; a CSV or Parquet file is made into one by "
            f"workings.data.converted({str(path)!r}, target)"
        )
    try:
        X = mapped(place)
    except (ValueError, EOFError, OSError, OverflowError) as error:
        raise ValueError(f"{str(path)!r} is cut short or damaged: {error}") from None
    if X.ndim < 2 or not X.size:
        raise ValueError(f"{str(path)!r} has the shape {X.shape}: it needs one example per row, (m, n) or more axes")
    if X.dtype != np.uint8 and X.dtype.kind != "f":
        raise ValueError(
            f"{str(path)!r} holds {X.dtype}: save pixels as uint8 and other numbers as float32, "
            "np.save(path, X.astype(np.float32))"
        )
    return X


def mapped(place: Path) -> np.memmap:
    """The array of an .npy file, left on the disk; nothing of the file is run as Python, and nothing unpickled."""
    with place.open("rb") as file:
        shape, fortran, dtype = header(file, place)
        if dtype.hasobject:
            raise ValueError("it holds pickled Python objects, which are never opened here")
        if min(shape, default=1) < 0 or file.tell() + math.prod(shape) * dtype.itemsize > place.stat().st_size:
            raise ValueError(f"it declares {shape} numbers, and has {place.stat().st_size:,} bytes")
        if not math.prod(shape):
            raise ValueError(f"its shape is {shape}: there is no number in it")
        return np.memmap(place, dtype, "r", file.tell(), shape, "F" if fortran else "C")


@dataclass(frozen=True, eq=False)
class Converted:
    """A table as files: X (m, n) float32, prepared, and y (m,), both left on the disk.

    preparation   what was learned of the columns: for `Model.preparation`, and for converting the test file
    notes         what was decided, in sentences
    folder        where the files lie

    >>> import tempfile, pathlib
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     _ = (file := pathlib.Path(folder, "flats.csv")).write_text("size,rent\\n70,900\\n90,850\\n")
    ...     converted(file, "rent", progress=False).preparation.names
    ('size',)
    """

    X: np.memmap
    y: np.ndarray | None
    preparation: Preparation
    notes: tuple[str, ...]
    folder: Path


def converted(
    path: Any,
    target: str | int | Literal[False] | None = None,
    *,
    preparation: Preparation | None = None,
    kinds: Mapping[str, Any] | None = None,
    drop: Sequence[str] | str = (),
    missing: Sequence[str] = ("",),
    header: bool | None = None,
    delimiter: str | None = None,
    decimal: str = ".",
    encoding: str = "utf-8",
    cache: Any = None,
    progress: bool | None = None,
) -> Converted:
    """A CSV or Parquet file of any length, prepared and written as .npy files once, and from then on only opened.

    Arguments are those of `table`; what kind a column is, its first rows say.  `preparation` prepares as another file
    was prepared (the test file as the training file); by default it is learned from all rows of this one.
    `cache`: the folder to write in; by default NAME.workings beside the file.  A file that changed (its size or
    time), or is read otherwise, is converted anew.  What is interrupted leaves nothing behind.

    No more than some chunk of rows, or one column, is in memory at a time.

    >>> import tempfile, pathlib
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     file = pathlib.Path(folder, "flats.csv")
    ...     _ = file.write_text("size,place,rent\\n70,sea,900\\n90,town,850\\n")
    ...     flats = converted(file, "rent", progress=False)
    ...     shown = flats.X.tolist(), flats.y.tolist(), flats.preparation.names
    ...     del flats
    >>> shown
    ([[-1.0, 1.0, 0.0], [1.0, 0.0, 1.0]], [900, 850], ('size', 'place=sea', 'place=town'))
    """
    place = plain_file(path).resolve()
    drop = (drop,) if isinstance(drop, str) else tuple(drop)
    reading = Reading(target, dict(kinds or {}), drop, tuple(missing), header, delimiter, decimal, encoding)
    told = {
        "format": FORMAT,
        "file": str(place),
        "size": place.stat().st_size,
        "time": place.stat().st_mtime_ns,
        "reading": {
            k: v if v is None or isinstance(v, bool | int | str | dict) else list(v) for k, v in vars(reading).items()
        },
        "preparation": preparation and preparation.to_json(),
    }
    key = hashlib.sha256(json.dumps(told, sort_keys=True).encode()).hexdigest()[:16]
    home = Path(cache) if cache is not None else place.with_name(place.name + ".workings")
    if (found := _opened(home / key)) is not None:
        return found
    home.mkdir(parents=True, exist_ok=True)
    _sweep(home)
    part = home / f"{key}.{os.getpid()}-{secrets.token_hex(4)}{SUFFIX}"
    part.mkdir()
    try:
        learned, notes = convert(place, reading, preparation, part, progress)
        about = {"settings": told, "preparation": learned.to_json(), "notes": notes}
        (part / ABOUT).write_text(json.dumps(about), encoding="utf-8")
        shutil.rmtree(home / key, ignore_errors=True)  # damaged, or it would have been opened
        with suppress(OSError):  # another process was as fast
            part.rename(home / key)
    finally:
        shutil.rmtree(part, ignore_errors=True)
    if (found := _opened(home / key)) is None:
        raise OSError(f"what was written to {str(home)!r} cannot be read again: is that disk sound?")
    return found


def _opened(folder: Path) -> Converted | None:
    """What was converted before, if it is whole."""
    try:
        about = json.loads((folder / ABOUT).read_text(encoding="utf-8"))
        X = mapped(folder / "X.npy")
        y = None
        if (folder / "y.npy").exists():
            y = mapped(folder / "y.npy")
        learned = Preparation.from_json(about["preparation"])
    except (OSError, ValueError, LookupError, EOFError):
        return None
    if X.shape[1] != len(learned.names) or (y is not None and len(y) != len(X)):
        return None
    return Converted(X, y, learned, tuple(about["notes"]), folder)


def _sweep(home: Path) -> None:
    """Remove what a conversion that was killed left."""
    for left in home.glob(f"*{SUFFIX}"):
        writer = left.name.split(".")[1].split("-")[0]
        if writer.isdigit() and not _alive(int(writer)):
            shutil.rmtree(left, ignore_errors=True)
