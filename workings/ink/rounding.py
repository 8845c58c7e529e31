"""Rounding for the eye: correctly rounded, and known to be rounded.

A number counts as rounded when the text that was printed, read again, is another number.
"""

from __future__ import annotations

import math
from decimal import ROUND_HALF_EVEN, Context, Decimal
from fractions import Fraction
from typing import NamedTuple

WHOLE = 15  # whole numbers and fractions up to so many characters are written out


class Cut(NamedTuple):
    """A number cut for the eye: its text, and whether something was cut off."""

    text: str
    rounded: bool


def cut(value: int | float | Fraction, digits: int) -> Cut:
    """`value` to so many significant digits, correctly rounded (a tie goes to the even digit).

    >>> cut(0.1234567, 4), cut(0.5, 4), cut(12, 1)
    (Cut(text='0.1235', rounded=True), Cut(text='0.5', rounded=False), Cut(text='12', rounded=False))
    """
    if isinstance(value, bool):
        return Cut(str(value), False)
    context = Context(prec=digits, rounding=ROUND_HALF_EVEN, Emin=-9_999_999, Emax=9_999_999)
    if isinstance(value, float):
        if not math.isfinite(value):
            return Cut(str(value), False)
        short = context.create_decimal(Decimal(value))
        if digits <= short.adjusted() < WHOLE:  # whole digits stay
            short = Decimal(value).quantize(Decimal(1), ROUND_HALF_EVEN)
        text = _written(short)
        return Cut(text, float(text) != value)
    if abs(value.numerator) < 10**WHOLE and value.denominator < 10**6:
        return Cut(str(value), False)
    text = _written(context.divide(Decimal(value.numerator), Decimal(value.denominator)))
    return Cut(text, Fraction(text) != value)


def cut_constant(value: int | float | Fraction, digits: int, exact: bool) -> Cut:
    """A number from the code of a formula: among exact numbers 1/100, among floats 0.01.

    >>> cut_constant(Fraction(1, 100), 4, exact=True).text, cut_constant(Fraction(1, 100), 4, exact=False).text
    ('1/100', '0.01')
    """
    decimal = isinstance(value, Fraction) and not exact and Fraction(repr(float(value))) == value
    return cut(float(value) if decimal else value, digits)


def _written(x: Decimal) -> str:
    """0.0012, 12346, 1.2e-7: without zeros at the end, with an exponent only where the number is far from 1."""
    if x == 0:
        return "0"
    if -5 < x.adjusted() < WHOLE:
        text = f"{x:f}"
        return text.rstrip("0").rstrip(".") if "." in text else text
    digits, exponent = f"{x:e}".split("e")
    digits = digits.rstrip("0").rstrip(".") if "." in digits else digits
    return f"{digits}e{int(exponent):+d}"
