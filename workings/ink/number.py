"""A worked number: what it is, and how it came to be.

    work("+", work("*", W, x), b)     has a value, an op, operands and perhaps a name

Values stay exact (int, Fraction) as long as everything that goes in is exact; a float among the operands, or an exp,
log, tanh or sqrt, makes a float (float64).  A sum is one node, however many terms it has, and is added from left to
right: in floats that order is part of the value.
"""

from __future__ import annotations

import operator
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import reduce
from typing import Any, NamedTuple

import numpy as np

from workings.ink.terms import Hot, Terms

FARTHEST = 400  # powers of ten; a float ends at 308
Value = Any  # bool, int, Fraction or float


class Name(NamedTuple):
    """A cell's place in a named array, counted from 0; printers may count from 1."""

    array: str
    cell: tuple[int, ...] = ()

    def __str__(self) -> str:
        return f"{self.array}[{','.join(map(str, self.cell))}]" if self.cell else self.array


@dataclass(frozen=True, eq=False, slots=True)
class Number:
    """A value with its working: the operation and the operands that made it.

    >>> x = work("+", work("*", Number(2), Number(3)), Number(Fraction(1, 2)))
    >>> x.value, x.op, len(x.operands), x.exact
    (Fraction(13, 2), '+', 2, True)
    """

    value: Value
    op: str = "given"
    operands: Sequence[Number] = ()
    name: Name | None = None  # in another's working a named number is a leaf

    @property
    def exact(self) -> bool:
        return not isinstance(self.value, float)

    @property
    def chosen(self) -> Number:
        """What a max or a where took; of several largest, the first."""
        if self.op == "where":
            condition, yes, no = self.operands
            return yes if condition.value else no
        return self.operands[first_largest(*(x.value for x in self.operands))]


def given(x: Any) -> Value:
    """A value as it was handed in: "0.1" and "1/10" are one tenth, the float 0.1 is a float.

    Raises ValueError for a text such as "1e999999", which would fill the memory with digits.
    """
    if isinstance(x, str) and (found := re.search(r"[eE][+-]?([\d_]+)\s*$", x)):
        digits = found[1].replace("_", "").lstrip("0")
        if len(digits) > 3 or int(digits or 0) > FARTHEST:
            raise ValueError(f"{x[:40]!r} has an exponent beyond {FARTHEST}, farther than a float reaches")
    if isinstance(x, np.generic):
        x = x.item()
    return x if isinstance(x, bool | int | Fraction | float) else Fraction(x)


def work(op: str, *operands: Number) -> Number:
    """The number that `op` makes of its operands."""
    if op == "+" and len(operands) == 1:
        return operands[0]
    value = RULES[op](*[x.value for x in operands])
    return Number(value, op, _laid_flat(operands) if op == "+" else operands)


def long_sum(values: np.ndarray, term: Callable[[int], Number], hot: Hot) -> Number:
    """The sum of many floats, added from left to right at once; its terms are worked when somebody looks."""
    with np.errstate(all="ignore"):
        return Number(float(np.cumsum(values)[-1]), "+", Terms(values, term, hot))


def _laid_flat(terms: tuple[Number, ...]) -> Sequence[Number]:
    """A sum at the head of a sum joins it; further on it may, where all is exact and order is free."""
    head, *rest = terms or (Number(0),)
    if isinstance(head.operands, Terms) and not head.name:  # a sum of floats: the order is not free
        return head.operands.followed_by(rest)
    free = all(x.exact for x in terms)
    flat: list[Number] = []
    for i, x in enumerate(terms):
        flat += x.operands if x.op == "+" and not x.name and (i == 0 or free) else (x,)
    return tuple(flat)


def _rounded(f: Any) -> Callable[..., float]:
    """NumPy's own function, and its own inf and nan, on one number."""

    def rule(*values: Value) -> float:
        with np.errstate(all="ignore"):
            return float(f(*map(float, values)))

    return rule


def _exact(*values: Value) -> bool:
    return not any(isinstance(x, float) for x in values)


def _sum(*values: Value) -> Value:
    return reduce(operator.add, values, *([] if values else [0]))


def _divide(x: Value, y: Value) -> Value:
    if y == 0:
        return _rounded(np.divide)(x, y)
    return Fraction(x, y) if _exact(x, y) else x / y


def _power(x: Value, y: Value) -> Value:
    if _exact(x, y) and y == int(y) and (x or y >= 0):
        return x ** int(y) if y >= 0 else Fraction(x) ** int(y)
    return _rounded(np.power)(x, y)


def first_largest(*values: Value) -> int:
    """As NumPy: the first of equals wins, and a nan beats everything."""
    beats = lambda x, y: x > y or (x != x and y == y)
    return reduce(lambda best, i: i if beats(values[i], values[best]) else best, range(len(values)))


def _one_of(chosen: Value, *values: Value) -> Value:
    return chosen if _exact(*values) else float(chosen)


RULES: dict[str, Callable[..., Value]] = {
    "+": _sum,
    "-": operator.sub,
    "*": operator.mul,
    "/": _divide,
    "**": _power,
    "neg": operator.neg,
    "abs": abs,
    "exp": _rounded(np.exp),
    "log": _rounded(np.log),
    "log1p": _rounded(np.log1p),
    "tanh": _rounded(np.tanh),
    "sqrt": _rounded(np.sqrt),
    "max": lambda *values: _one_of(values[first_largest(*values)], *values),
    "argmax": first_largest,
    "where": lambda condition, yes, no: _one_of(yes if condition else no, yes, no),
    ">": operator.gt,
    ">=": operator.ge,
    "<": operator.lt,
    "<=": operator.le,
    "==": operator.eq,
    "!=": operator.ne,
}
