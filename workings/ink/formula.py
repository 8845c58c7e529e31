"""Formula: the text of an expression, read into steps.  Only what is listed here is understood; nothing is run."""

from __future__ import annotations

import ast
import math
from typing import Any, NamedTuple

OPERATORS = {ast.Add: "+", ast.Sub: "-", ast.Mult: "*", ast.Div: "/", ast.Pow: "**"}
FUNCTIONS = {"exp": 1, "log": 1, "tanh": 1, "sqrt": 1, "abs": 1, "max": 2}
LONGEST = 2000  # characters
PLAIN = str.maketrans({"^": "**", "−": "-", "×": "*", "·": "*", "\n": ";"})


class Back(NamedTuple):
    """A step before, by its place."""

    step: int


class Step(NamedTuple):
    """One operation: the name it was given, if any, and its operands: numbers, names, or steps before."""

    name: str
    op: str
    parts: tuple[Any, ...]


def read(text: str) -> tuple[list[Step], tuple[str, ...]]:
    """The steps in the order of working, and the names that need a value, in the order of reading.

    >>> read("J = a + 2 * b")
    ([Step(name='', op='*', parts=(2, 'b')), Step(name='J', op='+', parts=('a', Back(step=0)))], ('a', 'b'))
    """
    if not isinstance(text, str) or not text.strip():
        raise ValueError("a formula is a text such as 'J = 3 * (a + b * c)'")
    if len(text) > LONGEST:
        raise ValueError(f"this formula has {len(text)} characters; up to {LONGEST} are read")
    lines = [line for line in text.translate(PLAIN).split(";") if line.strip()]
    steps: list[Step] = []
    wanted: dict[str, None] = {}
    made: dict[str, int] = {}
    for i, line in enumerate(lines):
        name, expression = _parted(line, last=i == len(lines) - 1)
        if name in made or name in wanted:
            raise ValueError(f"{name} already stands for something else: give {line.strip()!r} another name")
        end = _walk(expression, steps, wanted, made)
        if isinstance(end, Back) and not steps[end.step].name:
            steps[end.step] = steps[end.step]._replace(name=name)
        else:
            steps.append(Step(name, "is", (end,)))
            end = Back(len(steps) - 1)
        made[name] = end.step
    if not steps:
        raise ValueError("a formula is a text such as 'J = 3 * (a + b * c)'")
    return steps, tuple(wanted)


def _parted(line: str, last: bool) -> tuple[str, ast.expr]:
    name, equals, right = line.partition("=")
    if not equals:
        name, right = ("J" if last else ""), line
    name = name.strip()
    if not (name.isidentifier() and right.strip()):
        raise ValueError(f"{line.strip()!r}: a line is a name, = and an expression, such as 'J = a * b'")
    try:
        return name, ast.parse(right.strip(), mode="eval").body
    except (SyntaxError, RecursionError, MemoryError, ValueError) as error:
        where = (
            f" at {right.strip()[max(0, (error.offset or 1) - 1) :][:10]!r}" if isinstance(error, SyntaxError) else ""
        )
        told = right.strip() if len(right) < 60 else f"{right.strip()[:60]}..."
        raise ValueError(f"{told!r} cannot be read{where}: is a bracket or a sign missing, such as *?") from None


def _walk(root: ast.expr, steps: list[Step], wanted: dict[str, None], made: dict[str, int]) -> Any:
    """The steps of one expression, operands first, with a list instead of recursion."""
    done: dict[int, Any] = {}
    todo: list[tuple[ast.expr, bool]] = [(root, False)]
    while todo:
        node, seen = todo.pop()
        below = _operands(node)
        if not seen and below:
            todo.append((node, True))
            todo += [(part, False) for part in reversed(below)]
            continue
        done[id(node)] = _told(node, [done[id(part)] for part in below], steps, wanted, made)
    return done[id(root)]


def _operands(node: ast.expr) -> list[ast.expr]:
    match node:
        case ast.BinOp(left, op, right) if type(op) in OPERATORS:
            return [left, right]
        case ast.UnaryOp(ast.USub() | ast.UAdd(), operand):
            return [operand]
        case ast.Call(ast.Name(name), arguments, []):
            if name not in FUNCTIONS:
                raise ValueError(
                    f"{name} is not known here; there are {', '.join(FUNCTIONS)}. A product is {name} * (...)"
                )
            if len(arguments) != FUNCTIONS[name]:
                raise ValueError(f"{name} takes {FUNCTIONS[name]} number(s), not {len(arguments)}")
            return arguments
        case ast.Call(ast.Constant(value), _, _):
            raise ValueError(f"a product needs its sign: write {value} * (...)")
        case ast.Name() | ast.Constant():
            return []
    raise ValueError(
        f"{ast.unparse(node)[:40]!r} is not understood; write numbers, names, + - * / **, brackets and "
        f"{', '.join(FUNCTIONS)}"
    )


def _told(node: ast.expr, parts: list[Any], steps: list[Step], wanted: dict[str, None], made: dict[str, int]) -> Any:
    match node:
        case ast.Constant(value):
            if isinstance(value, bool) or not isinstance(value, int | float):
                raise ValueError(f"{value!r} is not a number")
            if isinstance(value, float) and math.isinf(value):
                raise ValueError("a number in this formula is too large")
            return value
        case ast.Name(name):
            if name in FUNCTIONS:
                raise ValueError(f"{name} is a function: write {name}(...)")
            if name in made:
                return Back(made[name])
            wanted[name] = None
            return name
        case ast.UnaryOp(op, _):
            if isinstance(op, ast.UAdd):
                return parts[0]
            if isinstance(parts[0], int | float):
                return -parts[0]
            steps.append(Step("", "neg", tuple(parts)))
        case ast.BinOp(_, op, _):
            steps.append(Step("", OPERATORS[type(op)], tuple(parts)))
        case ast.Call(ast.Name(name), _, _):
            steps.append(Step("", name, tuple(parts)))
    return Back(len(steps) - 1)
