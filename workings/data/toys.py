"""Toys: small made-up data whose answer the eye can see, each as (X, y) with one example per row.

    flower(400)   moons(200)   circles(200)   spirals(300)   two columns, classes 0, 1, ...
    xor(n)        every row of n bits and its parity
    houses()      the six houses of the course notes

The same seed gives the same points. No noise gives the exact curves.
"""

from __future__ import annotations

import numpy as np

MOST_BITS = 20


def flower(m: int = 400, noise: float = 0.2, seed: int = 0, petals: int = 4) -> tuple[np.ndarray, np.ndarray]:
    """The planar flower of the deep-learning course: X (m, 2) float64, y (m,) int64, 0 or 1.

        r = 4 sin(petals * t)     x = (r sin t, r cos t)     t from 0 to 3.12 is class 0, to 6.24 class 1

    noise spreads the angle t and the radius r (a standard deviation, in radians and in units of length).
    No straight line parts the two classes. Rows are in random order; raises ValueError when m < 2.
    Source: A. Ng, Neural Networks and Deep Learning, week 3, "Planar data classification".

    >>> import numpy as np
    >>> from workings.data import flower
    >>> X, y = flower(400)
    >>> X.shape, np.bincount(y).tolist()
    ((400, 2), [200, 200])
    """
    _check(m, noise, least=2)
    rng = np.random.default_rng(seed)
    y = np.arange(m) * 2 // m
    first = np.flatnonzero(y == 0).size
    t = np.concatenate([np.linspace(0, 3.12, first), np.linspace(3.12, 6.24, m - first)])
    t = t + noise * rng.standard_normal(m)
    r = 4 * np.sin(petals * t) + noise * rng.standard_normal(m)
    return _shuffled(np.stack([r * np.sin(t), r * np.cos(t)], axis=1), y, rng)


def moons(m: int = 200, noise: float = 0.1, seed: int = 0) -> tuple[np.ndarray, np.ndarray]:
    """Two half moons, one hooked into the other: X (m, 2) float64, y (m,) int64, 0 or 1.

    noise is the standard deviation added to both coordinates. Raises ValueError when m < 2.
    Source: scikit-learn's make_moons.

    >>> from workings.data import moons
    >>> X, y = moons(6, noise=0)
    >>> X[y == 0].round(2).tolist()
    [[-1.0, 0.0], [0.0, 1.0], [1.0, 0.0]]
    """
    from sklearn.datasets import make_moons

    _check(m, noise, least=2)
    X, y = make_moons(m, noise=noise or None, random_state=seed)
    return np.asarray(X), np.asarray(y, dtype=np.int64)


def circles(m: int = 200, noise: float = 0.05, seed: int = 0, factor: float = 0.5) -> tuple[np.ndarray, np.ndarray]:
    """A circle of radius 1 (class 0) and a smaller one of radius `factor` (class 1): X (m, 2), y (m,).

    noise is the standard deviation added to both coordinates. Raises ValueError when m < 2 or when factor is
    not between 0 and 1. Source: scikit-learn's make_circles.

    >>> import numpy as np
    >>> from workings.data import circles
    >>> X, y = circles(8, noise=0)
    >>> np.hypot(*X.T)[np.argsort(y)].round(2).tolist()
    [1.0, 1.0, 1.0, 1.0, 0.5, 0.5, 0.5, 0.5]
    """
    from sklearn.datasets import make_circles

    _check(m, noise, least=2)
    if not 0 < factor < 1:
        raise ValueError(f"factor is the small radius, between 0 and 1, not {factor}")
    X, y = make_circles(m, noise=noise or None, random_state=seed, factor=factor)
    return np.asarray(X), np.asarray(y, dtype=np.int64)


def spirals(
    m: int = 300, noise: float = 0.05, seed: int = 0, arms: int = 2, turns: float = 1.0
) -> tuple[np.ndarray, np.ndarray]:
    """Spiral arms from the middle outwards, one class each: X (m, 2) float64, y (m,) int64 in 0..arms-1.

        r from 0.1 to 1     angle = 2 pi (turns * r + arm / arms)     x = (r cos, r sin)

    noise is the standard deviation added to both coordinates. Raises ValueError when m < arms or arms < 2.
    Source: after K. Lang, M. Witbrock, Learning to tell two spirals apart (1988).

    >>> import numpy as np
    >>> from workings.data import spirals
    >>> X, y = spirals(300, arms=3)
    >>> X.shape, np.bincount(y).tolist()
    ((300, 2), [100, 100, 100])
    """
    if arms < 2:
        raise ValueError(f"spirals need 2 arms or more, not {arms}")
    _check(m, noise, least=arms)
    rng = np.random.default_rng(seed)
    y = np.arange(m) * arms // m
    r = np.concatenate([np.linspace(0.1, 1, np.count_nonzero(y == arm)) for arm in range(arms)])
    angle = 2 * np.pi * (turns * r + y / arms)
    X = np.stack([r * np.cos(angle), r * np.sin(angle)], axis=1) + noise * rng.standard_normal((m, 2))
    return _shuffled(X, y, rng)


def xor(n: int = 2, repeats: int = 1, noise: float = 0.0, seed: int = 0) -> tuple[np.ndarray, np.ndarray]:
    """Every row of n bits and whether it holds an odd number of ones: X (2**n * repeats, n), y of as many.

    Rows count upwards in binary, the first column the largest bit; the whole table is repeated `repeats`
    times. noise is a standard deviation added to the bits, never to y. n from 1 to 20, else ValueError.
    Source: course notes, week 4, "Circuit theory": a deep tree of n - 1 gates against 2**(n - 1) units.

    >>> from workings.data import xor
    >>> X, y = xor(2)
    >>> X.tolist(), y.tolist()
    ([[0.0, 0.0], [0.0, 1.0], [1.0, 0.0], [1.0, 1.0]], [0, 1, 1, 0])
    """
    if not 1 <= n <= MOST_BITS:
        raise ValueError(f"xor takes 1 to {MOST_BITS} bits (2**{MOST_BITS} rows), not {n}")
    _check(repeats, noise, least=1, name="repeats")
    bits = np.arange(2**n)[:, None] >> np.arange(n)[::-1] & 1
    X = np.tile(bits, (repeats, 1)).astype(np.float64)
    y = np.tile(bits.sum(axis=1) % 2, repeats).astype(np.int64)
    if noise:
        X += noise * np.random.default_rng(seed).standard_normal(X.shape)
    return X, y


def houses() -> tuple[np.ndarray, np.ndarray]:
    """The six houses of the course notes: X (6, 1) sizes, y (6,) prices, both float64, no units in the notes.

    The notes draw the line price = max(0, 0.2 * size - 50) beside them. Five houses lie on it; the one of
    size 500 does not: the line says 50, the notes' point 0 (erratum E3). The point is given as the notes
    have it. Source: course notes, week 1, "Housing price prediction".

    >>> import numpy as np
    >>> from workings.data import houses
    >>> X, y = houses()
    >>> line = np.maximum(0, 0.2 * X[:, 0] - 50)
    >>> X[:, 0].tolist(), (y - line).tolist()
    ([200.0, 500.0, 700.0, 1000.0, 1200.0, 1500.0], [0.0, -50.0, 0.0, 0.0, 0.0, 0.0])
    """
    X = np.array([[200.0], [500.0], [700.0], [1000.0], [1200.0], [1500.0]])
    y = np.array([0.0, 0.0, 90.0, 150.0, 190.0, 250.0])
    return X, y


def _check(m: int, noise: float, least: int, name: str = "m") -> None:
    if isinstance(m, bool) or not isinstance(m, (int, np.integer)) or m < least:
        raise ValueError(f"{name} is a whole number of {least} or more, not {m!r}")
    if not (np.isfinite(noise) and noise >= 0):
        raise ValueError(f"noise is a standard deviation, 0 or more, not {noise!r}")


def _shuffled(X: np.ndarray, y: np.ndarray, rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
    order = rng.permutation(len(y))
    return X[order], y[order].astype(np.int64)
