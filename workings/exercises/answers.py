"""Answers: what a learner typed, read as a number.

    12   -0.5   0,5   2/3   1 1/2   −7   1.5e-3      read exactly, as fractions
    1e999   nan   2**9   1,234.5                     refused, with the reason

Nothing is evaluated: the text is matched against these forms and no others, and its length is limited.
"""

from __future__ import annotations

import re
from fractions import Fraction
from typing import NamedTuple

LONGEST = 40  # letters
FARTHEST = 12  # powers of ten
WHOLE, DECIMAL = r"[0-9]+", r"(?:[0-9]+[.,]?[0-9]*|[.,][0-9]+)"
FORM = re.compile(
    rf"(?P<sign>[+-]?) ?(?:(?P<whole>{WHOLE}) +(?P<part>{WHOLE}) ?/ ?(?P<parts>{WHOLE})"
    rf"|(?P<above>{DECIMAL}) ?/ ?(?P<below>{DECIMAL})"
    rf"|(?P<number>{DECIMAL})(?:[eE](?P<power>[+-]?{WHOLE}))?)"
)
ALIKE = str.maketrans({"−": "-", "–": "-", "\u00a0": " ", "\u202f": " ", "⁄": "/", "∕": "/"})


class Answer(NamedTuple):
    """A number, and how many decimals were written; None for whole numbers and fractions, which are exact."""

    value: Fraction
    decimals: int | None = None


def read(text: str) -> Answer:
    """The number that was typed; raises ValueError with a sentence where it is none.

    >>> read("-0,5"), read("2/3").value, read("1 1/2").value
    (Answer(value=Fraction(-1, 2), decimals=1), Fraction(2, 3), Fraction(3, 2))
    """
    text = str(text)
    if len(text) > LONGEST:
        raise ValueError(f"an answer is one number, not {len(text)} letters")
    plain = re.sub(r"\s+", " ", text.translate(ALIKE)).strip().removeprefix("=").strip()
    found = FORM.fullmatch(plain)
    if not found:
        raise ValueError(f"{text!r} is not a number: write 12, -0.5 or 2/3")
    sign = -1 if found["sign"] == "-" else 1
    if found["number"]:
        return _decimal(found["number"], found["power"] or "0", sign)
    if found["whole"]:
        above, below = Fraction(found["part"]), Fraction(found["parts"])
    else:
        above, below = _fraction(found["above"]), _fraction(found["below"])
    if below == 0:
        raise ValueError(f"{text!r}: nothing can be divided by 0")
    return Answer(_near(sign * (Fraction(found["whole"] or 0) + above / below)))


def _decimal(number: str, power: str, sign: int) -> Answer:
    if len(power.lstrip("+-0")) > 2 or abs(int(power)) > FARTHEST:
        raise ValueError(f"{number}e{power} is too far from 1: no answer here is")
    behind = len(re.split("[.,]", number)[1]) if re.search("[.,]", number) else 0
    decimals = max(behind - int(power), 0) or None
    return Answer(_near(sign * _fraction(number) * Fraction(10) ** int(power)), decimals)


def _near(value: Fraction) -> Fraction:
    if abs(value) > 10**FARTHEST:
        raise ValueError("that is too far from 1: no answer here is")
    return value


def _fraction(number: str) -> Fraction:
    return Fraction(number.replace(",", "."))
