"""Sizes: whole numbers from 1, looked at where a layer is written, not only where it is used."""

from __future__ import annotations

from dataclasses import fields
from numbers import Integral
from typing import Any

from workings.initializers import INITIALIZERS

SIZES = ("n_out", "k", "words", "d_k", "d_v", "n_a")


def count(name: str, n: Any) -> int:
    """A number of units, at least 1.

    >>> count("units", 16)
    16
    """
    if isinstance(n, bool) or not isinstance(n, Integral) or n < 1:
        raise ValueError(f"{name} is a whole number from 1, not {n!r}")
    return int(n)


def checked(layer: Any) -> Any:
    """A layer whose sizes are whole numbers and whose initializer is known.

    >>> from workings.layers import MaxPool
    >>> MaxPool(0)
    Traceback (most recent call last):
    ValueError: k of MaxPool is a whole number from 1, not 0
    """
    for name in (field.name for field in fields(layer)):
        value = getattr(layer, name)
        if name in SIZES:
            count(f"{name} of {type(layer).__name__}", value)
        elif name == "padding" and (isinstance(value, bool) or not isinstance(value, Integral) or value < 0):
            raise ValueError(f"padding is a whole number from 0, not {value!r}")
        elif name == "initializer" and value not in INITIALIZERS:
            raise ValueError(f"there is no initializer {value!r}; there are {', '.join(INITIALIZERS)}")
    return layer


class _Sized:
    """What all layers with sizes do first."""

    def __post_init__(self) -> None:
        checked(self)
