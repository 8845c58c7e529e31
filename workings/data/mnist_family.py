"""MNIST and Fashion-MNIST: 70,000 pictures of 28 x 28 pixels each, 784 numbers from 0 (black) to 255 (white).

Looked for in the folder given, in the folder that WORKINGS_DATA names, in the user's cache; else downloaded.
MNIST: Y. LeCun, C. Cortes, C. Burges (CC BY-SA 3.0). Fashion-MNIST: H. Xiao, K. Rasul, R. Vollgraf, Zalando
Research, 2017, arXiv:1708.07747 (MIT).
"""

from __future__ import annotations

import os
from os import PathLike
from pathlib import Path

import numpy as np

from workings.data.download import fetch
from workings.data.idx import read_idx

FASHION_CLASSES = (
    "T-shirt/top",
    "Trouser",
    "Pullover",
    "Dress",
    "Coat",
    "Sandal",
    "Shirt",
    "Sneaker",
    "Bag",
    "Ankle boot",
)
BOOT = FASHION_CLASSES.index("Ankle boot")

FILES = {
    "train": ("train-images-idx3-ubyte", "train-labels-idx1-ubyte"),
    "test": ("t10k-images-idx3-ubyte", "t10k-labels-idx1-ubyte"),
}


def mnist(part: str = "train", folder: str | PathLike[str] | None = None) -> tuple[np.ndarray, np.ndarray]:
    """MNIST's handwritten digits: X (m, 784) uint8 from 0 to 255, y (m,) int64 from 0 to 9.

    part    "train" (m = 60,000) or "test" (m = 10,000)
    folder  the folder of the IDX files (packed or not), or its parent; None looks in WORKINGS_DATA/mnist,
            then in the user's cache, and downloads what is missing

    Pixel (row, column) of a picture is feature 28 * row + column: see `pixel_at`.
    Raises FileNotFoundError when a given folder lacks the files, ConnectionError when they are nowhere and
    cannot be downloaded, ValueError when a file is damaged.
    Source: Y. LeCun, L. Bottou, Y. Bengio, P. Haffner, Proceedings of the IEEE 86 (1998).

    >>> from workings.data import mnist
    >>> X, y = mnist("test")
    >>> X.shape, y[:5].tolist()
    ((10000, 784), [7, 2, 1, 0, 4])
    """
    return _load("mnist", part, folder)


def fashion_mnist(part: str = "train", folder: str | PathLike[str] | None = None) -> tuple[np.ndarray, np.ndarray]:
    """Fashion-MNIST's pictures of clothes: X (m, 784) uint8, y (m,) int64 from 0 to 9 (`FASHION_CLASSES`).

    Arguments, places and errors as for `mnist`; the folder under WORKINGS_DATA is fashion_mnist.
    Source: H. Xiao, K. Rasul, R. Vollgraf, arXiv:1708.07747.

    >>> from workings.data import FASHION_CLASSES, fashion_mnist
    >>> X, y = fashion_mnist("test")
    >>> FASHION_CLASSES[y[0]], X.shape
    ('Ankle boot', (10000, 784))
    """
    return _load("fashion_mnist", part, folder)


def boots(
    part: str = "train",
    folder: str | PathLike[str] | None = None,
    balanced: bool = True,
    seed: int = 0,
) -> tuple[np.ndarray, np.ndarray]:
    """Boot or not boot, from Fashion-MNIST: X (m, 784) uint8, y (m,) int64, 1 for an ankle boot, else 0.

    A free stand-in for "cat or not cat". balanced=True keeps all boots and as many other pictures, drawn
    with the seed (m = 12,000 for training, 2,000 for test); False keeps every picture, one boot in ten.
    The rows keep the order of the file. Errors as for `mnist`.

    >>> from workings.data import boots
    >>> X, y = boots("test")
    >>> X.shape, int(y.sum())
    ((2000, 784), 1000)
    """
    X, clothes = fashion_mnist(part, folder)
    y = (clothes == BOOT).astype(np.int64)
    if not balanced:
        return X, y
    others = np.flatnonzero(y == 0)
    drawn = np.random.default_rng(seed).choice(others, size=int(y.sum()), replace=False)
    rows = np.sort(np.concatenate([np.flatnonzero(y), drawn]))
    return X[rows], y[rows]


def _load(dataset: str, part: str, folder: str | PathLike[str] | None) -> tuple[np.ndarray, np.ndarray]:
    if part not in FILES:
        raise ValueError(f"part is 'train' or 'test', not {part!r}")
    pictures, labels = _find(dataset, FILES[part], folder)
    X, y = read_idx(pictures), read_idx(labels)
    if X.dtype != np.uint8 or X.ndim != 3 or X.shape[1:] != (28, 28):
        raise ValueError(f"{str(pictures)!r} holds {X.dtype} {X.shape}, not uint8 pictures (m, 28, 28)")
    if y.dtype != np.uint8 or y.ndim != 1:
        raise ValueError(f"{str(labels)!r} holds {y.dtype} {y.shape}, not uint8 labels (m,)")
    if len(X) != len(y):
        raise ValueError(f"{str(pictures)!r} holds {len(X)} pictures, {str(labels)!r} {len(y)} labels: not a pair")
    if len(y) and y.max() > 9:
        row = int(np.argmax(y > 9))
        raise ValueError(f"{str(labels)!r}: label {row} (counted from 0) is {y[row]}, and they go from 0 to 9")
    return X.reshape(len(X), 784), y.astype(np.int64)


def _find(dataset: str, names: tuple[str, ...], folder: str | PathLike[str] | None) -> list[Path]:
    """Where the files are: the folder given, WORKINGS_DATA, the cache or a mirror, in this order."""
    if folder is not None:
        found = _in_folder(Path(folder), dataset, names)
        if found is None:
            raise FileNotFoundError(
                f"{str(folder)!r} lacks {' or '.join(names)} (each as it is or with .gz); "
                f"{dataset}() without a folder looks in WORKINGS_DATA and in the cache, or downloads them"
            )
        return found
    named = os.environ.get("WORKINGS_DATA")
    found = _in_folder(Path(named), dataset, names) if named else None
    return found or fetch(dataset, tuple(f"{name}.gz" for name in names))


def _in_folder(folder: Path, dataset: str, names: tuple[str, ...]) -> list[Path] | None:
    """The files in the folder or in its subfolder of the data set's name; None unless all are there."""
    for place in (folder / dataset, folder):
        found = [_variant(place, name) for name in names]
        if all(found):
            return [path for path in found if path]
    return None


def _variant(folder: Path, name: str) -> Path | None:
    """The file under one of the names it goes by: packed, plain, or with a dot, as some copies have it."""
    for spelling in (name, name.replace("-idx", ".idx")):
        for path in (folder / f"{spelling}.gz", folder / spelling):
            if path.is_file():
                return path
    return None
