"""Slopes: how a worked number moves with the named numbers it is made of.

The chain rule, from the number down to its leaves: every operation hands on its own slope times what it was handed.
At a kink the stated slope is taken: a max of equals belongs to the constant among them, else to the first; |x| is
level at 0.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np

from workings.ink.number import RULES, Name, Number, Value

Functions = Mapping[str, Callable[..., Any]]
ONE: Functions = {**RULES, "sign": lambda a: (a > 0) - (a < 0)}  # of single numbers
MANY: Functions = {  # of whole arrays of floats
    "*": np.multiply,
    "/": np.divide,
    "**": np.power,
    "log": np.log,
    "sign": np.sign,
    "where": np.where,
}


def _of_power(f: Functions, y: Any, a: Any, n: Any) -> tuple[Any, ...]:
    return (f["*"](n, f["**"](a, n - 1)), f["where"](a > 0, f["*"](y, f["log"](a)), float("nan")))


# y = op(a, b)  →  ∂y/∂a, ∂y/∂b, with the functions of single numbers or of arrays
LOCAL: dict[str, Callable[..., tuple[Any, ...]]] = {
    "is": lambda f, y, a: (1,),
    "-": lambda f, y, a, b: (1, -1),
    "*": lambda f, y, a, b: (b, a),
    "/": lambda f, y, a, b: (f["/"](1, b), f["/"](-y, b)),
    "**": _of_power,
    "neg": lambda f, y, a: (-1,),
    "abs": lambda f, y, a: (f["sign"](a),),
    "exp": lambda f, y, a: (y,),
    "log": lambda f, y, a: (f["/"](1, a),),
    "log1p": lambda f, y, a: (f["/"](1, 1 + a),),
    "tanh": lambda f, y, a: (1 - y * y,),
    "sqrt": lambda f, y, a: (f["/"](1, 2 * y),),
}


def local(x: Number, parts: Sequence[Number]) -> Sequence[Value]:
    """How x moves with each of its operands, the others held still."""
    if x.op == "+":
        return [1] * len(parts)
    if x.op == "where":
        return [0, 1, 0] if parts[0].value else [0, 0, 1]
    if x.op == "max":
        chosen = x.chosen
        level = [p for p in parts if p.value == chosen.value and not p.name and not p.operands]
        return [int(p is (level or [chosen])[0]) for p in parts]
    if x.op not in LOCAL:
        return [0] * len(parts)  # a comparison or the place of the largest: level but for jumps
    return LOCAL[x.op](ONE, x.value, *(p.value for p in parts))


def slopes(x: Number, parts: Callable[[Number], Sequence[Number]] = lambda x: x.operands) -> dict[Name, Value]:
    """∂x/∂leaf for every named leaf of x's own line, where it is not 0; `parts` may leave operands out.

    >>> from workings.ink.number import work
    >>> w, a, b = (Number(v, name=Name(n)) for n, v in [("w", 3), ("a", 2), ("b", 5)])
    >>> {str(name): slope for name, slope in slopes(work("+", work("*", w, a), b)).items()}
    {'w': 2, 'a': 3, 'b': 1}
    """
    order = above_first(x, parts)
    handed: dict[int, Value] = defaultdict(int)
    handed[id(x)] = 1
    found: dict[Name, Value] = {}
    for node, below in order:
        slope = handed[id(node)]
        if node.name and node is not x:
            total = found.get(node.name, 0) + slope
            found[node.name] = total
            continue
        for part, own in zip(below, local(node, below), strict=True) if below else ():
            if isinstance(own, float) or own != 0:
                handed[id(part)] += RULES["*"](slope, own)
    return {name: slope for name, slope in found.items() if slope != 0}


def above_first(x: Any, parts: Callable[[Any], Sequence[Any]]) -> list[tuple[Any, Sequence[Any]]]:
    """Every number (or array) of x's line with its operands, each after all that read it."""
    order: list[tuple[Any, Sequence[Any]]] = []
    seen: set[int] = set()
    todo: list[tuple[Any, Sequence[Any] | None]] = [(x, None)]
    while todo:
        node, below = todo.pop()
        if below is not None:
            order.append((node, below))
        elif id(node) not in seen:
            seen.add(id(node))
            below = () if node.name and node is not x else tuple(parts(node))
            todo.append((node, below))
            todo += [(part, None) for part in below]
    return order[::-1]
