"""Graph: an expression of one's own, worked forwards to its value and backwards to its derivatives.

    g = graph("J = 3 * (a + b * c)", a=5, b=3, c=2)

    forward    u = b x c = (3)(2) = 6        v = a + u = 5 + 6 = 11      J = 3 x v = (3)(11) = 33
    backward   dJ/dv = 3      dJ/da = dJ/dv = 3      dJ/db = dJ/du x c = (3)(2) = 6      dJ/dc = 9

The text is parsed, never evaluated as code: numbers, names, + - * / ** (or ^), brackets and a few functions.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from fractions import Fraction
from itertools import chain, count
from typing import Any

from workings.ink.formula import Back, Step, read
from workings.ink.number import Name, Number, given, work
from workings.ink.rounding import cut
from workings.ink.text import numbers, plain, symbols

LARGEST = 4096  # bits of an exact power


def graph(formula: str, **values: Any) -> Graph:
    """The formula's graph at these values; several lines are parted by `;` and the last one is the result.

    >>> g = graph("J = 3 * (a + b * c)", a=5, b=3, c=2)
    >>> g["u"].value, g["v"].value, g["J"].value
    (6, 11, 33)
    >>> g.slope("a"), g.slope("b"), g.slope("c")
    (3, 6, 9)
    >>> print(g)
    u = b x c = (3)(2) = 6
    v = a + u = 5 + 6 = 11
    J = 3 x v = (3)(11) = 33
    dJ/dJ = 1
    dJ/dv = 3
    dJ/du = dJ/dv = 3
    dJ/da = dJ/dv = 3
    dJ/db = dJ/du x c = (3)(2) = 6
    dJ/dc = dJ/du x b = (3)(3) = 9
    """
    steps, wanted = read(formula)
    if missing := [name for name in wanted if name not in values]:
        raise ValueError(f"{formula!r} needs a value for {', '.join(missing)}: graph(..., {missing[0]}=2)")
    if unknown := [name for name in values if name not in wanted]:
        raise ValueError(f"{unknown[0]} does not stand in {formula!r}; its names are {', '.join(wanted) or 'none'}")
    known: dict[str, Number] = {}
    for name in wanted:
        known[name] = Number(_number(name, values[name]), name=Name(name))
    return Graph(_worked(steps, known), list(wanted))


def _number(name: str, value: Any) -> Any:
    try:
        number = given(value)
    except (TypeError, ValueError, ZeroDivisionError):
        raise ValueError(f"{name} = {value!r} is not a number; write a whole number, 0.5 or '1/2'") from None
    if isinstance(number, float) and not math.isfinite(number):
        raise ValueError(f"{name} = {value!r} is not a number to work with")
    return int(number) if isinstance(number, bool) else number


def _worked(steps: list[Step], known: dict[str, Number]) -> dict[str, Number]:
    names = (name for name in chain("uvwz", (f"u{i}" for i in count(1))))
    taken = {*known, *(step.name for step in steps if step.name)}
    called: list[str] = []
    for step in steps:
        name = step.name or next(name for name in names if name not in taken)
        called.append(name)
        leaf = lambda x: Number(x) if not isinstance(x, str) else _leaf(known[x])
        parts = [_leaf(known[called[part.step]]) if isinstance(part, Back) else leaf(part) for part in step.parts]
        _refuse_giants(name, step.op, parts)
        made = parts[0] if step.op == "is" else work(step.op, *parts)
        if isinstance(made.value, float) and not math.isfinite(made.value):
            told = ", ".join(f"{symbols(part)} = {part.value}" for part in parts if part.name) or "these numbers"
            raise ValueError(f"{name} = {symbols(made)} has no value at {told}")
        operands = (made,) if step.op == "is" else made.operands
        known[name] = Number(made.value, step.op, operands, Name(name))
    return known


def _leaf(x: Number) -> Number:
    return Number(x.value, name=x.name)


def _refuse_giants(name: str, op: str, parts: list[Number]) -> None:
    if op != "**" or any(isinstance(part.value, float) for part in parts):
        return
    base, exponent = (Fraction(part.value) for part in parts)
    bits = max(base.numerator.bit_length(), base.denominator.bit_length()) * abs(exponent)
    if bits > LARGEST:
        raise ValueError(f"{name} = {parts[0].value}^{parts[1].value} is too large to write down exactly")


class Graph(Mapping[str, Number]):
    """Every number of an expression by name, and its derivatives: `g["u"].value`, `g.slope("a")`."""

    def __init__(self, known: dict[str, Number], given_names: list[str]):
        self.forward = known
        self.givens = given_names
        self.result = next(reversed(known))
        self.backward = _back(known, given_names, self.result)

    def __getitem__(self, name: str) -> Number:
        return self.backward[name] if name in self.backward else self.forward[name]

    def __iter__(self) -> Iterator[str]:
        yield from self.forward
        yield from self.backward

    def __len__(self) -> int:
        return len(self.forward) + len(self.backward)

    def slope(self, name: str) -> Any:
        """How the result moves with one number: dJ/da."""
        if name not in self.forward:
            raise KeyError(f"there is no {name!r} in this graph; there are {', '.join(self.forward)}")
        return self.backward[f"d{self.result}/d{name}"].value

    def lines(self) -> Iterator[str]:
        """The forward lines from left to right, then the backward lines from right to left."""
        for name, x in chain(self.forward.items(), self.backward.items()):
            if name in self.givens:
                continue
            value, rounded = cut(x.value, 6)
            told = {}
            if x.operands:
                told = {symbols(x): _rounded(x, 4, named=False), numbers(x, digits=6): _rounded(x, 6)}
            told = {text: was for text, was in told.items() if text != value} | {value: rounded}
            yield name + "".join(f" {'~' if was else '='} {text}" for text, was in told.items())

    def __str__(self) -> str:
        return "\n".join(self.lines())

    __repr__ = __str__


def _rounded(x: Number, digits: int, named: bool = True) -> bool:
    """Whether a number in the line of x is cut; `named` looks at those with a name too."""
    todo = [*x.operands]
    while todo:
        part = todo.pop()
        if part.operands and not part.name:
            todo += part.operands
        elif (named or not part.name) and Fraction(plain(part, digits)) != part.value:
            return True
    return False


def _back(known: dict[str, Number], givens: list[str], result: str) -> dict[str, Number]:
    """d result / d name for every name, from the result to the givens."""
    asked: dict[str, list[Number]] = {name: [] for name in known}
    found: dict[str, Number] = {}
    for name in [*reversed(list(known)[len(givens) :]), *givens]:
        x = known[name]
        called = f"d{result}/d{name}"
        if name == result:
            found[called] = Number(1, name=Name(called))
        else:
            total = work("+", *asked[name]) if asked[name] else Number(0)
            if total.name:
                found[called] = Number(total.value, "is", (total,), Name(called))
            else:
                found[called] = Number(total.value, total.op, total.operands, Name(called))
        slope = _leaf(found[called])
        for part, own in zip(x.operands, _local(x), strict=True):
            if part.name and own is not None:
                plain = own.value == 1 and not own.name and not own.operands
                onward = own if name == result else slope if plain else work("*", slope, own)
                asked[part.name.array].append(onward)
    return found


def _local(x: Number) -> list[Number | None]:
    """How x moves with each operand, as a working."""
    one, y = Number(1), _leaf(x)
    match x.op, x.operands:
        case "+", parts:
            return [one] * len(parts)
        case "is", _:
            return [one]
        case "-", _:
            return [one, Number(-1)]
        case "neg", _:
            return [Number(-1)]
        case "*", (a, b):
            return [b, a]
        case "/", (_, b):
            return [work("/", one, b), work("neg", work("/", y, b))]
        case "**", (a, n):
            lower = work("-", n, one) if n.name else Number(n.value - 1)
            below = work("*", n, a if lower.value == 1 and not n.name else work("**", a, lower))
            return [below, work("*", y, work("log", a)) if n.name else None]
        case "exp", _:
            return [y]
        case "log", (a,):
            return [work("/", one, a)]
        case "tanh", _:
            return [work("-", one, work("**", y, Number(2)))]
        case "sqrt", _:
            return [work("/", one, work("*", Number(2), y))]
        case "abs", (a,):
            return [Number((a.value > 0) - (a.value < 0))]
        case "max", parts:
            level = [p for p in parts if p.value == x.value and not p.name]  # a constant among equals wins
            chosen = (level or [x.chosen])[0]
            return [Number(int(part is chosen)) for part in parts]
    return [None] * len(x.operands)
