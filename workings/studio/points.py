"""Points: what the playground can learn: points in the plane, and the features that are made of their coordinates.

All lie within -6 and 6, so that one picture fits them all.
"""

from __future__ import annotations

import csv
from collections.abc import Callable
from math import isfinite, nan

import numpy as np

from workings.data import circles, flower, moons, spirals, xor

REACH = 6.0  # the picture goes from -6 to 6
COUNT = 300
LONGEST = 1000  # characters of a line of a table
Points = tuple[np.ndarray, np.ndarray]


def _blobs(m: int, noise: float, seed: int) -> Points:
    """Two clouds, which a straight line parts."""
    rng = np.random.default_rng(seed)
    y = np.arange(m) % 2
    middle = np.where(y[:, None] == 1, 2.0, -2.0)
    return middle + (0.6 + noise) * rng.standard_normal((m, 2)), y


def _plane(m: int, noise: float, seed: int) -> Points:
    """Numbers that grow evenly: (x1 + x2) / 6."""
    rng = np.random.default_rng(seed)
    X = rng.uniform(-REACH, REACH, (m, 2))
    return X, X.sum(axis=1) / REACH + noise * rng.standard_normal(m)


def _hills(m: int, noise: float, seed: int) -> Points:
    """Numbers with two hills and two hollows."""
    rng = np.random.default_rng(seed)
    X = rng.uniform(-REACH, REACH, (m, 2))
    hills = [(2.5, 2.5, 1), (-2.5, -2.5, 1), (2.5, -2.5, -1), (-2.5, 2.5, -1)]
    y = sum(s * np.exp(-((X[:, 0] - a) ** 2 + (X[:, 1] - b) ** 2) / 4) for a, b, s in hills)
    return X, y + noise * rng.standard_normal(m)


def _fitted(make: Callable[..., Points], around: float) -> Callable[[int, float, int], Points]:
    def made(m: int, noise: float, seed: int) -> Points:
        X, y = make(m, noise=noise * around, seed=seed)
        X = X - (X.max(axis=0) + X.min(axis=0)) / 2
        return X * (0.85 * REACH / np.abs(X).max()), y

    return made


def _xor(m: int, noise: float, seed: int) -> Points:
    """Four fields; what lies across the corner is of one class."""
    X, y = xor(2, repeats=-(-m // 4))
    rng = np.random.default_rng(seed)
    far = rng.uniform(0.5, 4.5, X.shape)
    return (2 * X - 1) * far + noise * rng.standard_normal(X.shape), y


CLASSES: dict[str, Callable[[int, float, int], Points]] = {
    "circles": _fitted(circles, 0.2),
    "moons": _fitted(moons, 0.3),
    "xor": _xor,
    "spirals": _fitted(spirals, 0.1),
    "flower": _fitted(flower, 0.4),
    "blobs": _blobs,
}
NUMBERS: dict[str, Callable[[int, float, int], Points]] = {"plane": _plane, "hills": _hills}

FEATURES: dict[str, Callable[[np.ndarray, np.ndarray], np.ndarray]] = {
    "x1": lambda a, b: a / REACH,
    "x2": lambda a, b: b / REACH,
    "x1²": lambda a, b: (a / REACH) ** 2,
    "x2²": lambda a, b: (b / REACH) ** 2,
    "x1·x2": lambda a, b: a * b / REACH**2,
    "sin x1": lambda a, b: np.sin(a),
    "sin x2": lambda a, b: np.sin(b),
}


def features(X: np.ndarray, names: list[str]) -> np.ndarray:
    """The columns that the network reads: coordinates are divided by 6 first, so that all are about 1.

    >>> features(np.array([[3.0, -6.0]]), ["x1", "x2", "x1·x2"]).tolist()
    [[0.5, -1.0, -0.5]]
    """
    return np.stack([FEATURES[name](X[:, 0], X[:, 1]) for name in names], axis=1).astype(np.float32)


def grid(side: int) -> np.ndarray:
    """The middles of side × side pixels, row by row from the top left, (side², 2)."""
    along = (np.arange(side) + 0.5) / side * 2 * REACH - REACH
    a, b = np.meshgrid(along, along[::-1])
    return np.stack([a.ravel(), b.ravel()], axis=1)


def points_of(text: str) -> list[tuple[float, float, int]]:
    """Points of a CSV file, moved and stretched into the picture.  Raises ValueError with the line.

    >>> points_of("x;y;label\\n1,5;2,5;no\\n2,5;3;yes\\n")
    [(-5.4, -5.4, 0), (5.4, 5.4, 1)]
    """
    rows, labels = [], []
    for i, line in enumerate(text.splitlines(), 1):
        if len(line) > LONGEST:
            raise ValueError(f"line {i} has {len(line):,} characters; a point is two numbers and a label: 1.5,-2,yes")
        between = next((sign for sign in ";\t" if sign in line), ",")
        cells = [cell.strip() for cell in next(csv.reader([line.replace("\0", "")], delimiter=between), [])]
        if not any(cells):
            continue
        if len(cells) < 3:
            raise ValueError(f"line {i} has {len(cells)} cells; a point is two numbers and a label: 1.5,-2,yes")
        try:
            x, y = (float(cell.replace(",", ".")) for cell in cells[:2])
        except ValueError:
            if i == 1:
                continue  # the names of the columns
            x = y = nan
        if not (isfinite(x) and isfinite(y)):
            raise ValueError(f"line {i}: {cells[0][:20]!r} and {cells[1][:20]!r} are not two numbers")
        rows.append([x, y])
        labels.append(cells[-1])
    if not rows:
        raise ValueError("there are no points in it; each line has two numbers and a label: 1.5,-2,yes")
    kinds = sorted(set(labels))
    X = np.array(rows)
    if len(kinds) != 2:
        raise ValueError(
            f"the last column has {len(kinds)} different labels; the playground shows two, such as 0 and 1"
        )
    if len(X) > 500:
        raise ValueError(f"{len(X)} points are too many to see; take 500 or fewer")
    X = X - (X.max(axis=0) + X.min(axis=0)) / 2
    X = X / np.maximum(np.abs(X).max(axis=0), 1e-12) * (0.9 * REACH)
    return [(float(a), float(b), kinds.index(label)) for (a, b), label in zip(X, labels, strict=True)]
