"""Text: a working, written out on one line of plain ASCII.

    numbers(x)    (1)(2) + (-1)(1) + (1)(3) + (-5)
    symbols(x)    W1[1,1] x X[1,1] + W1[1,2] x X[2,1] + W1[1,3] x X[3,1] + b1[1,1]
    symbols(Z1)   W1 @ X + b1                       of a whole array

A decimal point marks a float; whole numbers and fractions are exact.  Unless digits are cut, the line evaluated
again is the value, to the last bit.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

from workings.ink.array import Array, Given
from workings.ink.notation import Notation, Written, write
from workings.ink.number import Name, Number

PLAIN = Notation()


def numbers(x: Number, digits: int | None = None, notation: Notation = PLAIN) -> str:
    """The working with the numbers put in; `digits` cuts floats for the eye."""
    return write(x, notation, lambda leaf: notation.number(plain(leaf, digits)), side_by_side=True).text


def symbols(x: Number | Array, base: int = 1, notation: Notation = PLAIN, digits: int = 4) -> str:
    """The working in names: of one cell, or of a whole array."""
    number = lambda leaf: notation.number(plain(leaf, digits))
    return write(x, notation, partial(called, notation=notation, base=base, number=number)).text


def called(x: Any, notation: Notation, base: int, number: Callable[[Number], Written]) -> Written:
    """A leaf by its name; a number without one stands for itself."""
    if x.name:
        return notation.name(x.name if isinstance(x.name, Name) else Name(x.name), base)
    if isinstance(x, Array):
        if not x.ndim:
            return called(x.cell(), notation, base, number)
        return Written(notation.word("given" if isinstance(x, Given) else "index"))
    return number(x)


def plain(x: Number, digits: int | None) -> str:
    if isinstance(x.value, float):
        return repr(x.value) if digits is None else f"{x.value + 0.0:.{digits}g}"
    return str(x.value)
