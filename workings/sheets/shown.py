"""Shown: a number as it stands on a sheet."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import numpy as np

from workings.ink.rounding import Cut, cut


def shown(value: Any, digits: int) -> Cut:
    """A number as on a sheet: a fraction that is a short decimal is written as one.

    >>> shown(Fraction(1, 2), 4).text, shown(Fraction(1, 3), 4).text, shown(Fraction(-17, 1), 4).text
    ('0.5', '1/3', '-17')
    """
    value = value.item() if isinstance(value, np.generic) else value
    if isinstance(value, Fraction):
        if value.denominator == 1:
            return cut(value.numerator, digits)
        decimal = cut(float(value), 6)
        if Fraction(decimal.text) == value and len(decimal.text) < 9:
            return Cut(decimal.text, False)
    return cut(value, digits)
