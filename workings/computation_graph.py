"""Computation graph: a formula step by step, forwards to its value and backwards to its derivatives.

    u = b * c;  v = a + u;  J = 3 * v         a=5, b=3, c=2   →   u=6, v=11, J=33
    dJ/dv = 3,  dJ/du = dJ/dv · 1,  dJ/db = dJ/du · c, …      the chain rule, from right to left

Whole numbers and fractions stay exact.
"""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from math import log
from typing import Any

from workings.ink.number import RULES, given

Value = Any
OPS = {ast.Add: "+", ast.Sub: "-", ast.Mult: "*", ast.Div: "/", ast.Pow: "**", ast.USub: "neg"}
FUNCTIONS = ("exp", "log", "tanh", "sqrt", "max")
LONGEST, HIGHEST, LARGEST = 500, 64, 10**300  # characters of a formula, exponent of a power, exact whole number

# y = op(x…)  →  ∂y/∂x for every x, from y and the x
LOCAL: dict[str, Callable[..., tuple[Value, ...]]] = {
    "+": lambda y, *x: (1,) * len(x),
    "-": lambda y, a, b: (1, -1),
    "*": lambda y, a, b: (b, a),
    "/": lambda y, a, b: (RULES["/"](1, b), RULES["/"](-y, b)),
    "**": lambda y, a, n: (n * RULES["**"](a, n - 1), float(y) * log(a) if a > 0 else float("nan")),
    "neg": lambda y, a: (-1,),
    "exp": lambda y, a: (y,),
    "log": lambda y, a: (RULES["/"](1, a),),
    "tanh": lambda y, a: (1 - y * y,),
    "sqrt": lambda y, a: (1 / (2 * y) if y else float("inf"),),
    "max": lambda y, a, b: (1, 0) if a >= b else (0, 1),
}


@dataclass(frozen=True)
class Node:
    """One step: its name, how it is written, the operation, the nodes it reads, its value."""

    name: str
    written: str
    op: str
    reads: tuple[str, ...]
    value: Value


@dataclass(frozen=True)
class Graph(Mapping[str, Node]):
    """The nodes by name, in forward order; the last one is the output.  `slopes` are its derivatives."""

    nodes: Mapping[str, Node]
    slopes: Mapping[str, Value]
    backward: tuple[str, ...]

    def __getitem__(self, name: str) -> Node:
        return self.nodes[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self.nodes)

    def __len__(self) -> int:
        return len(self.nodes)

    def __str__(self) -> str:
        steps = (x for x in self.nodes.values() if x.reads)
        return "\n".join([*(f"{x.name} = {x.written} = {plain(x.value)}" for x in steps), *self.backward])


def graph(formula: str, **values: Value) -> Graph:
    """The computation graph of a formula for these values.

    Several steps are parted by ; or a new line, each `name = …`; what has no name of its own is called v1, v2, …,
    and the last J.  There are + - * / ** and exp, log, tanh, sqrt, max.  Raises ValueError for anything else.

    >>> g = graph("u = b * c; v = a + u; J = 3 * v", a=5, b=3, c=2)
    >>> [g[name].value for name in "uvJ"], [g.slopes[name] for name in "abc"]
    ([6, 11, 33], [3, 6, 9])
    >>> print(graph("3 * (a + b)", a=1, b=2))
    v1 = a + b = 3
    J = 3 * v1 = 9
    dJ/dv1 = dJ/dJ * 3 = 1 * 3 = 3
    dJ/da = dJ/dv1 * 1 = 3 * 1 = 3
    dJ/db = dJ/dv1 * 1 = 3 * 1 = 3
    """
    if len(formula) > LONGEST:
        raise ValueError(f"the formula has {len(formula):,} characters; {LONGEST:,} is the most that is read")
    build = _Build({name: Node(name, name, "given", (), given(x)) for name, x in values.items()})
    try:
        steps = ast.parse(formula.strip()).body
    except SyntaxError as error:
        raise ValueError(f"{formula!r} is not a formula: {error.msg}; write for example 3 * (a + b * c)") from None
    except (RecursionError, MemoryError):
        raise ValueError("the formula is nested too deeply to be read; write it in several steps") from None
    for step in steps:
        match step:
            case ast.Assign(targets=[ast.Name(name)], value=value):
                build.named(name, value)
            case ast.Expr(value=value) if step is steps[-1]:
                build.named("J", value)
            case _:
                raise ValueError(f"{ast.unparse(step)!r} is no step; write name = formula")
    if not steps:
        raise ValueError("there is no formula; write for example 3 * (a + b * c)")
    return Graph(build.nodes, *_backward(build.nodes, build.last))


class _Build:
    def __init__(self, nodes: dict[str, Node]):
        self.nodes, self.last, self.unnamed = nodes, "", 0

    def named(self, name: str, value: ast.expr) -> None:
        if name in self.nodes:
            raise ValueError(f"{name} has a value already; give this step a name of its own")
        made = self.step(value)
        op, reads, written = ("+", (made,), made) if isinstance(made, str) else made  # a bare name: v = u
        self._enter(name, op, reads, written)
        self.last = name

    def wire(self, value: ast.expr) -> str:
        """The name of the node that this part of a formula is."""
        made = self.step(value)
        if isinstance(made, str):
            return made
        self.unnamed += 1
        while f"v{self.unnamed}" in self.nodes:
            self.unnamed += 1
        return self._enter(f"v{self.unnamed}", *made)

    def step(self, value: ast.expr) -> Any:
        match value:
            case ast.Name(name) if name in self.nodes:
                return name
            case ast.Name(name):
                raise ValueError(f"{name} has no value; give it one: graph(…, {name}=1)")
            case ast.Constant(int() | float() as number) if not isinstance(number, bool):
                text = ast.unparse(value)
                self.nodes.setdefault(text, Node(text, text, "constant", (), number))
                return text
            case ast.BinOp(left, op, right) if type(op) in OPS:
                a, b = self.wire(left), self.wire(right)
                return OPS[type(op)], (a, b), f"{a} {OPS[type(op)]} {b}"
            case ast.UnaryOp(ast.USub(), operand):
                a = self.wire(operand)
                return "neg", (a,), f"-{a}"
            case ast.Call(ast.Name(op), args, keywords=[]) if op in FUNCTIONS and len(args) == 1 + (op == "max"):
                reads = tuple(self.wire(x) for x in args)
                return op, reads, f"{op}({', '.join(reads)})"
        raise ValueError(f"{ast.unparse(value)!r} cannot be read: there are + - * / ** and {', '.join(FUNCTIONS)}")

    def _enter(self, name: str, op: str, reads: tuple[str, ...], written: str) -> str:
        values = [self.nodes[read].value for read in reads]
        if op == "**" and abs(values[1]) > HIGHEST:
            raise ValueError(f"{written}: the exponent {said(values[1])} is beyond {HIGHEST}")
        value = RULES[op](*values)
        if not isinstance(value, float) and max(abs(value.numerator), value.denominator) > LARGEST:
            raise ValueError(f"{written} has more than 300 digits; write the numbers with a decimal point")
        self.nodes[name] = Node(name, written, op, reads, value)
        return name


def _backward(nodes: Mapping[str, Node], last: str) -> tuple[dict[str, Value], tuple[str, ...]]:
    """Every node's derivative: over all its readers, theirs times their local slope, added up."""
    slopes: dict[str, Value] = {last: 1}
    asked: dict[str, list[tuple[str, Value]]] = {}
    lines = []
    order = [x for x in nodes.values() if x.reads]
    for node in [*reversed(order), *(x for x in nodes.values() if x.op == "given")]:
        if node.name != last:
            parts = asked.get(node.name, [])
            slopes[node.name] = sum((slopes[reader] * local for reader, local in parts), start=0)
            letters = " + ".join(f"d{last}/d{reader} * {said(local)}" for reader, local in parts)
            numbers = " + ".join(f"{said(slopes[reader])} * {said(local)}" for reader, local in parts)
            middle = f"{letters} = {numbers} = " if parts else ""
            lines.append(f"d{last}/d{node.name} = {middle}{plain(slopes[node.name])}")
        if not node.reads:
            continue
        local = LOCAL[node.op](node.value, *(nodes[read].value for read in node.reads))
        for read, slope in zip(node.reads, local, strict=True):
            asked.setdefault(read, []).append((node.name, slope))
    return slopes, tuple(lines)


def plain(value: Value) -> str:
    """Exact as it is, a float to six digits."""
    return f"{value:.6g}" if isinstance(value, float) else str(value)


def said(value: Value) -> str:
    """A factor in a product: brackets round what is negative or a fraction."""
    text = plain(value)
    return f"({text})" if text[0] == "-" or "/" in text else text
