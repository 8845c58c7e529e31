"""Object arrays: the judge of ink, and one more machine for every formula.

Exact numbers that remember their working, in NumPy object arrays: `W @ A + b`, broadcasting, slices and sums all come
down to the operators below.  Every cell is worked whether anyone asks or not, and NumPy decides which cells meet.
"""

from __future__ import annotations

import math
import operator
from collections.abc import Callable
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

import numpy as np


def _worked(op: str, f: Callable[[Any, Any], Any]) -> tuple[Any, Any]:
    """x op y and its reflection; the answer keeps (x, y) so the working can be written out."""

    def left(x: Num, y: Any) -> Num:
        y = num(y)
        return Num(f(x.value, y.value), op, (x, y), x.exact and y.exact)

    return left, lambda y, x: left(num(x), y)


def _compared(f: Callable[[Any, Any], bool]) -> Any:
    return lambda x, y: f(x.value, num(y).value)


@dataclass(frozen=True, eq=False, slots=True)
class Num:
    """A number, the operation that made it and what it was made of."""

    value: Fraction
    op: str = "given"
    args: tuple[Num, ...] = ()
    exact: bool = True  # False once a rounded exp, log, tanh or sqrt has entered

    __add__, __radd__ = _worked("+", operator.add)
    __sub__, __rsub__ = _worked("-", operator.sub)
    __mul__, __rmul__ = _worked("*", operator.mul)
    __truediv__, __rtruediv__ = _worked("/", operator.truediv)
    __pow__, __rpow__ = _worked("**", operator.pow)
    __lt__, __le__ = _compared(operator.lt), _compared(operator.le)
    __gt__, __ge__ = _compared(operator.gt), _compared(operator.ge)
    __eq__, __ne__ = _compared(operator.eq), _compared(operator.ne)

    def __neg__(self) -> Num:
        return Num(-self.value, "neg", (self,), self.exact)

    def __abs__(self) -> Num:
        return Num(abs(self.value), "abs", (self,), self.exact)

    def __float__(self) -> float:
        return float(self.value)

    def __hash__(self) -> int:
        return hash(self.value)


def num(x: Any) -> Num:
    """A given, read as it is written: num(0.1), num("0.1") and num("1/10") are all one tenth."""
    return x if isinstance(x, Num) else Num(Fraction(str(x)))


@dataclass(frozen=True)
class Paper:
    """The namespace: NumPy's own, but what makes new numbers makes exact ones, rounded to `places` after exp."""

    places: int = 2

    def __getattr__(self, name: str) -> Any:
        return getattr(np, name)

    def asarray(self, x: Any) -> Any:
        return np.frompyfunc(num, 1, 1)(np.asarray(x, dtype=object))

    def zeros(self, shape: tuple[int, ...], dtype: Any = None) -> Any:
        return self.asarray(np.zeros(shape, dtype=int))

    def zeros_like(self, x: Any) -> Any:
        return self.zeros(x.shape)

    def exp(self, x: Any) -> Any:
        return self._rounded("exp", math.exp, x)

    def log(self, x: Any) -> Any:
        return self._rounded("log", math.log, x)

    def log1p(self, x: Any) -> Any:
        return self._rounded("log1p", math.log1p, x)

    def tanh(self, x: Any) -> Any:
        return self._rounded("tanh", math.tanh, x)

    def sqrt(self, x: Any) -> Any:
        return self._rounded("sqrt", math.sqrt, x)

    def maximum(self, x: Any, y: Any) -> Any:
        def larger(a: Num, b: Num) -> Num:
            return Num(max(a.value, b.value), "max", (a, b), a.exact and b.exact)

        return np.frompyfunc(larger, 2, 1)(self.asarray(x), self.asarray(y))

    def _rounded(self, op: str, f: Callable[[float], float], x: Any) -> Any:
        def work(n: Num) -> Num:
            return Num(round(Fraction(f(float(n))), self.places), op, (n,), exact=False)

        return np.frompyfunc(work, 1, 1)(x)
