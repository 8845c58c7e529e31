"""Slips: a number that was worked out well and then written down wrong, or reckoned wrong at the very end.

They are the rivals of the mistakes: who writes 17 for 71 has understood everything.  A single digit for another is a
rival too, but is never claimed: it may be anything.
"""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from typing import Any

from workings.ink.number import Number

SAYS = {
    "sign lost": "a sign lost on the way to the paper",
    "digits swapped": "two digits swapped",
    "one digit off": "one digit written wrong",
    "another digit": "another digit",
    "point moved": "the decimal point in the wrong place",
    "sum a little off": "the sum reckoned wrong",
    "product a little off": "one product reckoned wrong",
}
# How strong a slip is as an explanation beside a mistake that can be made in one way only.
WEIGHT = {
    "sign lost": Fraction(1, 4),
    "digits swapped": Fraction(1, 2),
    "one digit off": Fraction(1, 5),
    "another digit": Fraction(1, 5),
    "point moved": Fraction(1, 4),
    "sum a little off": Fraction(1, 5),
    "product a little off": Fraction(1, 8),
}


def slips(x: Number, places: int) -> Iterator[tuple[str, float]]:
    """What may stand on the paper instead of the value of a working: the kind of slip, and the number."""
    yield from written(digits_of(x.value, places), -1 if x.value < 0 else 1)
    if x.value < 0:
        yield "sign lost", -float(x.value)
    yield from reckoned(x)


def digits_of(value: Any, places: int) -> str:
    """The digits as they are written, without the sign: all of a short decimal, else so many places."""
    exact = not isinstance(value, float)
    text = f"{abs(float(value)):.{6 if exact else places}f}".rstrip("0").rstrip(".")
    return text if not exact or Fraction(text) == abs(value) else f"{abs(float(value)):.{places}f}"


def written(digits: str, sign: int) -> Iterator[tuple[str, float]]:
    """What the pen makes of a row of digits; of a single one it makes just any other, which says little."""
    kind = "one digit off" if len(digits.replace(".", "").strip("0")) > 1 else "another digit"
    for i, digit in enumerate(digits):
        if digit == ".":
            continue
        for other in "0123456789":
            if other != digit:
                yield kind, sign * float(digits[:i] + other + digits[i + 1 :])
        after = i + 1 + digits[i + 1 : i + 2].count(".")
        if after < len(digits) and digits[after] != digit:
            swapped = [*digits]
            swapped[i], swapped[after] = swapped[after], digit
            yield "digits swapped", sign * float("".join(swapped))
    if float(digits):
        yield "point moved", sign * float(digits) * 10
        yield "point moved", sign * float(digits) / 10


def reckoned(x: Number) -> Iterator[tuple[str, float]]:
    """A sum that is off by 1, 2 or 10, and a product from the row beside its own in the times table."""
    x = x.operands[0] if x.op == "/" and x.operands[1].value == 1 else x
    value = float(x.value)
    terms: Any = x.operands if x.op == "+" else (x,)
    if x.op in ("+", "-") and value == round(value):
        for off in (1, 2, 10):
            kind = "sum a little off" if abs(value) > off + 8 else "another digit"
            yield kind, value + off
            yield kind, value - off
    for term in terms:
        if term.op == "*" and len(term.operands) == 2:
            a, b = (float(y.value) for y in term.operands)
            if abs(a) > 1 and abs(b) > 1:
                for off in (a, -a, b, -b):
                    yield "product a little off", value + off
