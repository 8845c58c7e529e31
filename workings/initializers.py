"""Initializers: the numbers a network starts from, drawn with NumPy, so that every machine starts alike.

    he       N(0, 2 / n_in)             He et al. 2015: keeps the spread of A through ReLU
    xavier   N(0, 2 / (n_in + n_out))   Glorot and Bengio 2010: for sigmoid and tanh
    lecun    N(0, 1 / n_in)             LeCun et al. 1998
    small    N(0, 0.01²)                small random numbers, as first courses have it
    normal   N(0, 1)                    wide: saturates sigmoids, to be seen once
    zeros    0                          every unit alike for ever (and right for biases)
    ones     1

A weight matrix has one row per unit: shape[0] is n_out, and all that is left is what feeds one unit, n_in.
"""

from __future__ import annotations

from collections.abc import Callable
from math import prod
from typing import Any

import numpy as np

from workings.contract import Shape

Initializer = Callable[[np.random.Generator, Shape], np.ndarray]


def he(rng: np.random.Generator, shape: Shape) -> np.ndarray:
    """Normal with variance 2 / n_in.

    >>> he(np.random.default_rng(0), (2, 3)).round(2)
    array([[ 0.1 , -0.11,  0.52],
           [ 0.09, -0.44,  0.3 ]])
    """
    return rng.standard_normal(shape) * np.sqrt(2 / prod(shape[1:]))


def xavier(rng: np.random.Generator, shape: Shape) -> np.ndarray:
    """Normal with variance 2 / (n_in + n_out)."""
    return rng.standard_normal(shape) * np.sqrt(2 / (prod(shape[1:]) + shape[0]))


def lecun(rng: np.random.Generator, shape: Shape) -> np.ndarray:
    """Normal with variance 1 / n_in."""
    return rng.standard_normal(shape) * np.sqrt(1 / prod(shape[1:]))


def small(rng: np.random.Generator, shape: Shape) -> np.ndarray:
    """Normal with standard deviation 0.01."""
    return rng.standard_normal(shape) * 0.01


def normal(rng: np.random.Generator, shape: Shape) -> np.ndarray:
    """Normal with standard deviation 1."""
    return rng.standard_normal(shape)


def zeros(rng: np.random.Generator, shape: Shape) -> np.ndarray:
    """All 0: nothing is drawn."""
    return np.zeros(shape)


def ones(rng: np.random.Generator, shape: Shape) -> np.ndarray:
    """All 1: nothing is drawn."""
    return np.ones(shape)


INITIALIZERS: dict[str, Initializer] = {f.__name__: f for f in (he, xavier, lecun, small, normal, zeros, ones)}


def initial(name: str, rng: Any, shape: Shape) -> np.ndarray:
    """Starting numbers by the initializer's name."""
    try:
        return INITIALIZERS[name](rng, shape)
    except KeyError:
        known = ", ".join(INITIALIZERS)
        raise ValueError(f"there is no initializer {name!r}; there are {known}") from None
