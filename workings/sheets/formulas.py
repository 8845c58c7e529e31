"""Formulas: the working of a cell as a formula of a spreadsheet.

A sum of products whose factors stand in a row or a column is one MMULT or SUMPRODUCT; any other working is written
out.  A spreadsheet lets a minus sign bind tighter than a power, and so negative bases stand in brackets.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from fractions import Fraction
from typing import Any, NamedTuple

from workings.ink.notation import MOVED, fold
from workings.ink.number import Name, Number
from workings.ink.terms import Terms

LONG = 12  # terms of a sum from which a range is used where there is one
LONGEST = 8000  # letters of a formula; spreadsheets take 8,192
SIGNS = {"==": "=", "!=": "<>"}
FUNCTIONS = {"exp": "EXP", "log": "LN", "tanh": "TANH", "sqrt": "SQRT", "abs": "ABS", "max": "MAX"}
BINDS = {"=": 1, "+": 2, "*": 3, "^": 4, "leaf": 9}


class Place(NamedTuple):
    """A cell of the spreadsheet, counted from 0."""

    row: int
    column: int

    def __str__(self) -> str:
        letters, n = "", self.column + 1
        while n:
            n, k = divmod(n - 1, 26)
            letters = chr(65 + k) + letters
        return f"{letters}{self.row + 1}"


class Text(NamedTuple):
    text: str
    binds: int


def formula(x: Number, places: Mapping[Name, Place], constants: Mapping[int, str] | None = None) -> str:
    """The working of x as a formula, without the sign of equality in front.

    `constants` are operands, by their id, that have a cell of their own, such as the learning rate.
    Raises ValueError where the formula would be longer than a spreadsheet takes.
    """
    known = constants or {}
    leaf = lambda node: _leaf(node, places, known)
    told = fold(x, leaf, lambda node, parts: _join(node, parts, places), lambda node: _parts(node, places)).text
    if len(told) > LONGEST:
        raise ValueError(
            f"the formula of {x.name} would have {len(told):,} letters, and a spreadsheet takes 8,192: take fewer "
            "inputs or fewer examples"
        )
    return told


def named_leaves(x: Number) -> list[Name]:
    """The cells that a working reads."""
    found: dict[Name, None] = {}
    todo = [*x.operands]
    while todo:
        node = todo.pop()
        if node.name:
            found[node.name] = None
        else:
            todo += node.operands
    return list(found)


def _leaf(x: Number, places: Mapping[Name, Place], constants: Mapping[int, str]) -> Text:
    if x.name is not None and x.name in places:
        return Text(str(places[x.name]), BINDS["leaf"])
    if id(x) in constants:
        return Text(constants[id(x)], BINDS["leaf"])
    return literal(x.value)


def literal(value: Any) -> Text:
    """A number as a spreadsheet reads it."""
    if isinstance(value, bool):
        return Text("TRUE" if value else "FALSE", BINDS["leaf"])
    if isinstance(value, Fraction) and value.denominator != 1:
        return Text(f"({value.numerator}/{value.denominator})", BINDS["leaf"])
    if isinstance(value, float) and value - value != 0:
        return Text("NA()", BINDS["leaf"])
    told = repr(value) if isinstance(value, float) else str(value)
    return Text(f"({told})" if value < 0 else told, BINDS["leaf"])


def _parts(x: Number, places: Mapping[Name, Place]) -> Sequence[Number]:
    """What is still to be written: of a long sum only what its range does not cover."""
    if (found := _range(x, places)) is not None:
        return found[1]
    return x.operands


def _join(x: Number, parts: list[Text], places: Mapping[Name, Place]) -> Text:
    if (found := _range(x, places)) is not None:
        told = "+".join([found[0], *(_in(part, BINDS["+"] + 1) for part in parts)])
        return Text(told, BINDS["+"] if parts else BINDS["leaf"])
    op = x.op
    if op in MOVED:
        return parts[0]
    if op == "+":
        return Text("+".join(_in(part, BINDS["+"] + (i > 0)) for i, part in enumerate(parts)), BINDS["+"])
    if op == "-":
        return Text(f"{_in(parts[0], BINDS['+'])}-{_in(parts[1], BINDS['*'])}", BINDS["+"])
    if op == "*":
        return Text("*".join(_in(part, BINDS["*"] + (i > 0)) for i, part in enumerate(parts)), BINDS["*"])
    if op == "/":
        return Text(f"{_in(parts[0], BINDS['*'])}/{_in(parts[1], BINDS['^'])}", BINDS["*"])
    if op == "**":
        return Text(f"{_in(parts[0], BINDS['leaf'])}^{_in(parts[1], BINDS['leaf'])}", BINDS["^"])
    if op == "neg":
        return Text(f"(-{_in(parts[0], BINDS['leaf'])})", BINDS["leaf"])
    if op == "where":
        return _call("IF", parts)
    if op == "log1p":
        return Text(f"LN(1+{_in(parts[0], BINDS['*'])})", BINDS["leaf"])
    if op in FUNCTIONS:
        return _call(FUNCTIONS[op], parts)
    if op in ("<", "<=", ">", ">=", "==", "!="):
        sign = SIGNS.get(op, op)
        return Text(f"{_in(parts[0], BINDS['+'])}{sign}{_in(parts[1], BINDS['+'])}", BINDS["="])
    raise ValueError(f"a spreadsheet has no formula for {op!r}, of which {x.name or 'this network'} is made")


def _call(function: str, parts: list[Text]) -> Text:
    return Text(f"{function}({','.join(part.text for part in parts)})", BINDS["leaf"])


def _in(part: Text, least: int) -> str:
    return f"({part.text})" if part.binds < least else part.text


def _range(x: Number, places: Mapping[Name, Place]) -> tuple[str, Sequence[Number]] | None:
    """A long sum as a function of ranges, and the terms that are left: a bias, and what is not in line."""
    if x.op != "+" or len(x.operands) < LONG:
        return None
    terms = list(x.operands[: len(x.operands.values)] if isinstance(x.operands, Terms) else x.operands)
    rest = list(x.operands[len(terms) :])
    if not _factors(terms[-1], places) and not _alone(terms[-1], places):
        return None
    if _factors(terms[0], places) and _alone(terms[-1], places):
        rest.insert(0, terms.pop())  # the bias at the end
    for read, write in ((_factors, _of_products), (_alone, _of_cells)):
        found = [read(term, places) for term in terms]
        if all(found) and (told := write(found)):
            return told, rest
    return None


def _factors(x: Number, places: Mapping[Name, Place]) -> Any:
    if x.op != "*" or x.name or len(x.operands) != 2:
        return None
    left, right = (places.get(part.name) if part.name else None for part in x.operands)
    return (left, right) if left and right else None


def _alone(x: Number, places: Mapping[Name, Place]) -> Any:
    return places.get(x.name) if x.name else None


def _of_products(pairs: list[Any]) -> str:
    left, right = (line(list(side)) for side in zip(*pairs, strict=True))
    if not left or not right:
        return ""
    return f"SUMPRODUCT({left[0]},{right[0]})" if left[1] == right[1] else _crossed(left, right)


def _crossed(left: tuple[str, str], right: tuple[str, str]) -> str:
    row, column = (left, right) if left[1] == "row" else (right, left)
    return f"SUM(MMULT({row[0]},{column[0]}))"


def _of_cells(cells: list[Any]) -> str:
    found = line(cells)
    return f"SUM({found[0]})" if found else ""


def line(cells: list[Place]) -> tuple[str, str] | None:
    """Cells in a row or a column, one behind the other, as a range."""
    first, last = cells[0], cells[-1]
    if cells == [Place(first.row, first.column + k) for k in range(len(cells))]:
        return f"{first}:{last}", "row"
    if cells == [Place(first.row + k, first.column) for k in range(len(cells))]:
        return f"{first}:{last}", "column"
    return None
