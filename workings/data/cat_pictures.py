"""Cat pictures: a reader for your own copy of the course's, and drawn ones that everyone may have.

The course's pictures carry no licence, so this library holds no copy. `synthetic_cats` draws heads with ears
and without; `boots` is the same task on real photographs.
"""

from __future__ import annotations

from math import prod
from os import PathLike
from pathlib import Path
from typing import Any

import numpy as np

from workings.data.files import listed, plain_file
from workings.data.pixels import unroll

FILES = {"train": "train_catvnoncat.h5", "test": "test_catvnoncat.h5"}
MOST_BYTES = 1 << 26  # 5,461 pictures; HDF5 unpacks a piece beside what it copies from it


def cats(folder: str | PathLike[str], part: str = "train") -> tuple[np.ndarray, np.ndarray]:
    """The course's cat pictures from your own copy: X (m, 12288) uint8, y (m,) int64, 1 for a cat.

    folder  holds train_catvnoncat.h5 and test_catvnoncat.h5 (or give one of these files)
    part    "train" (209 pictures in the course) or "test" (50)

    A row is a picture of 64 x 64 x 3 unrolled pixel by pixel: X[0].reshape(64, 64, 3) gives it back.
    Needs h5py (pip install 'workings[data]'), else ImportError. Raises FileNotFoundError when the file is not
    there, ValueError when it is damaged or holds something else. Links and storage that lead out of the
    file are refused. Source: A. Ng, Neural Networks and Deep Learning, week 2.

    >>> from workings.data import cats
    >>> cats("my pictures")  # doctest: +ELLIPSIS
    Traceback (most recent call last):
    FileNotFoundError: 'my pictures/train_catvnoncat.h5' does not exist...
    """
    if part not in FILES:
        raise ValueError(f"part is 'train' or 'test', not {part!r}")
    path = Path(folder)
    path = plain_file(path if path.is_file() else path / FILES[part])
    try:
        import h5py
    except ImportError as error:
        raise ImportError(
            f"{str(path)!r} is an HDF5 file, which needs the package h5py: pip install 'workings[data]'"
        ) from error
    try:
        with h5py.File(path, "r") as file:
            pictures = _dataset(h5py, file, f"{part}_set_x", path)
            labels = _dataset(h5py, file, f"{part}_set_y", path)
    except ValueError:
        raise
    except Exception as error:  # HDF5 reports damage as OSError, RuntimeError, KeyError, ...
        raise ValueError(f"{str(path)!r} is no readable HDF5 file: {error}") from error
    if pictures.dtype != np.uint8 or pictures.shape[1:] != (64, 64, 3):
        raise ValueError(
            f"{str(path)!r}: {part}_set_x holds {pictures.dtype} {pictures.shape}, not uint8 (m, 64, 64, 3)"
        )
    if labels.size != len(pictures):
        raise ValueError(f"{str(path)!r}: {len(pictures)} pictures, {labels.size} labels: not a pair")
    if not np.isin(labels, (0, 1)).all():
        raise ValueError(f"{str(path)!r}: {part}_set_y holds labels other than 0 (no cat) and 1 (cat)")
    return unroll(pictures), labels.reshape(-1).astype(np.int64)


def synthetic_cats(m: int = 200, size: int = 64, noise: float = 0.1, seed: int = 0) -> tuple[np.ndarray, np.ndarray]:
    """Drawn RGB pictures, heads with two ears (y = 1) and heads without (y = 0).

    m      how many pictures, the classes in turn and then shuffled
    size   height and width in pixels, 8 or more
    noise  standard deviation added to each number, as a part of full brightness
    seed   fixes place, radius, colours and noise

    Returns X (m, 3 * size * size) uint8, unrolled pixel by pixel, and y (m,) int64. Colours say nothing about
    the class; only the ears do. A toy, and no substitute for photographs: `boots` is one.

    >>> from workings.data import synthetic_cats
    >>> X, y = synthetic_cats(10)
    >>> X.shape, X.dtype, int(y.sum())
    ((10, 12288), dtype('uint8'), 5)
    """
    if m < 1 or size < 8 or not (np.isfinite(noise) and noise >= 0):
        raise ValueError(f"synthetic_cats needs m >= 1, size >= 8 and noise >= 0, not {m}, {size}, {noise}")
    rng = np.random.default_rng(seed)
    y = rng.permutation(np.arange(m) % 2).astype(np.int64)
    images = np.stack([_drawn(rng, size, bool(ears)) for ears in y])
    images = images + noise * rng.standard_normal(images.shape)
    return unroll((255 * images.clip(0, 1)).round().astype(np.uint8)), y


def _drawn(rng: np.random.Generator, size: int, ears: bool) -> np.ndarray:
    """One picture (size, size, 3) in 0..1: a background, a round head, perhaps ears, two eyes."""
    rows, columns = np.mgrid[0:size, 0:size] / size
    radius = rng.uniform(0.22, 0.28)
    row, column = rng.uniform(0.52, 0.60), rng.uniform(0.44, 0.56)
    ground, fur = rng.uniform(0.0, 0.35, 3), rng.uniform(0.55, 1.0, 3)
    head = np.hypot(rows - row, columns - column) < radius
    if ears:
        for side in (-1, 1):
            middle = column + side * 0.65 * radius
            height = rows - (row - 1.5 * radius)  # 0 at the tip, growing downwards
            head |= (height > 0) & (rows < row) & (abs(columns - middle) < 0.35 * height)
    image = np.where(head[..., None], fur, ground)
    for side in (-1, 1):
        eye = np.hypot(rows - row + 0.2 * radius, columns - column - 0.4 * side * radius) < 0.15 * radius
        image[eye] = 0.05
    return image


def _dataset(h5py: Any, file: Any, name: str, path: Path) -> np.ndarray:
    """An array of the file, once it is known to be stored in it and to be no larger than it may."""
    if name not in file:
        raise ValueError(f"{str(path)!r} has no dataset {name!r}; it has {listed(file.keys())}")
    found: Any = file[name] if isinstance(file.get(name, getlink=True), h5py.HardLink) else None
    if type(found) is not h5py.Dataset or found.is_virtual or found.external:
        raise ValueError(f"{str(path)!r}: {name!r} is not a dataset stored in this file; links are not followed")
    if found.dtype.kind not in "iu":
        raise ValueError(f"{str(path)!r}: {name!r} holds {found.dtype}, not whole numbers")
    if found.nbytes > MOST_BYTES:
        raise ValueError(f"{str(path)!r}: {name!r} declares {found.nbytes:,} bytes; the most is {MOST_BYTES:,}")
    if found.nbytes > 1032 * found.id.get_storage_size():
        raise ValueError(
            f"{str(path)!r}: {name!r} declares {found.nbytes:,} bytes, and {found.id.get_storage_size():,} are stored"
        )
    if (chunk := prod(found.chunks or (1,)) * found.dtype.itemsize) > MOST_BYTES:
        raise ValueError(
            f"{str(path)!r}: {name!r} is packed in pieces of {chunk:,} bytes; the most is {MOST_BYTES:,}"
        )
    return found[()]
