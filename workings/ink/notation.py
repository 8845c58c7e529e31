"""Notation: how a working is written, and where its brackets stand.

One table of precedence serves every form on paper.  A notation says how each operation looks; `write` walks the
working from the leaves up, with a list instead of recursion, so that no sum is too long and no formula too deep.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

from workings.ink.number import Name


class Binds(NamedTuple):
    own: int  # how tightly it holds together
    left: int  # an operand that holds less tightly is put in brackets
    right: int


COMPARISONS = (">", ">=", "<", "<=", "==", "!=")
TABLE = {
    "where": Binds(0, 1, 1),
    **dict.fromkeys(COMPARISONS, Binds(1, 2, 2)),
    "+": Binds(2, 2, 3),
    "-": Binds(2, 2, 3),
    "*": Binds(3, 3, 4),
    "@": Binds(3, 3, 4),
    "/": Binds(3, 3, 4),
    "neg": Binds(4, 4, 4),
    "**": Binds(5, 6, 6),
}
TIGHT = 9  # a single number or name, or f(...)
MOVED = {"is", "[]", "permute_dims", "reshape", "expand_dims", "broadcast_to", "take"}  # said by their operand


class Written(NamedTuple):
    text: str
    tight: int = TIGHT


Leaf = Callable[[Any], Written]


class Notation:
    """Plain text in ASCII; the other notations change what they write differently."""

    minus = "-"
    signs = {op: f" {op} " for op in ("+", "-", "/", "@", *COMPARISONS)} | {"*": " x ", "**": "^"}

    def name(self, name: Name, base: int) -> Written:
        cell = ",".join(str(i + base) for i in name.cell)
        return Written(ascii_name(name.array) + (f"[{cell}]" if name.cell else ""))

    def number(self, text: str) -> Written:
        """A number that was already cut to its digits: 12, -0.5, 1/3, 1e-07, inf, True."""
        if "/" in text:
            return Written(text, TABLE["/"].own)
        return Written(text, TABLE["neg"].own if text[0] == "-" else TIGHT)

    def brackets(self, text: str) -> str:
        return f"({text})"

    def part(self, x: Written, tight: int, right: bool = False) -> str:
        return self.brackets(x.text) if x.tight < tight or (right and x.text.startswith(self.minus)) else x.text

    def join(self, op: str, parts: Sequence[Written], side_by_side: bool, chained: bool) -> Written:
        """One operation over operands that are written already.

        `side_by_side` writes products as (a)(b); `chained` says that the first operand is such a product itself.
        """
        if op in MOVED:
            return parts[0]
        if op == "T":
            return Written(self.transposed(self.part(parts[0], TIGHT)))
        if op in ("concat", "stack"):
            return Written(self.stacked([part.text for part in parts]))
        if op == "where":
            return Written(self.where(*(self.part(part, TABLE[op].left) for part in parts)), TABLE[op].own)
        if op == "neg":
            return Written(self.minus + self.part(parts[0], TABLE[op].right, right=True), TABLE[op].own)
        if op == "/":
            return self.over(*parts)
        if op == "**":
            return self.power(*parts)
        if op not in TABLE:
            function, _, axes = op.partition(" over ")
            told = [part.text for part in parts]
            return self.over_axes(function, told[0], axes) if axes else self.call(function, told)
        if op == "*" and side_by_side:
            told = [p.text if i == 0 and chained else self.brackets(p.text) for i, p in enumerate(parts)]
            return Written("".join(told), TABLE[op].own)
        head, *rest = parts
        told = [self.part(head, TABLE[op].left), *(self.part(part, TABLE[op].right, right=True) for part in rest)]
        return Written(self.signs[op].join(told), TABLE[op].own)

    def over(self, above: Written, below: Written) -> Written:
        binds = TABLE["/"]
        text = self.part(above, binds.left) + self.signs["/"] + self.part(below, binds.right, right=True)
        return Written(text, binds.own)

    def power(self, base: Written, exponent: Written) -> Written:
        binds = TABLE["**"]
        text = self.part(base, binds.left) + self.signs["**"] + self.part(exponent, binds.right, right=True)
        return Written(text, binds.own)

    def word(self, text: str) -> str:
        """A word among the symbols."""
        return text

    def transposed(self, text: str) -> str:
        return f"{text}.T"

    def stacked(self, parts: list[str]) -> str:
        return f"[{'; '.join(parts)}]"

    def where(self, condition: str, yes: str, no: str) -> str:
        return f"{yes} if {condition} else {no}"

    def rest(self, count: int, value: str | None) -> str:
        """The terms of a long sum that were collected, and what they add up to."""
        return f"({count} smaller)" if value is None else f"({count} smaller: {value})"

    def call(self, function: str, arguments: list[str]) -> Written:
        return Written(f"{function}({', '.join(arguments)})")

    def over_axes(self, function: str, inside: str, axes: str) -> Written:
        """A sum or a largest over something: the examples, the windows."""
        return Written(f"{function}({inside} over {axes})")


def ascii_name(name: str) -> str:
    """A name in plain text: a⟨3⟩ is a<3>, dX←S1.B is dX<-S1.B."""
    return name.replace("⟨", "<").replace("⟩", ">").replace("←", "<-")


def fold(
    x: Any, leaf: Callable[[Any], Any], join: Callable[[Any, list[Any]], Any], parts: Callable[[Any], Any]
) -> Any:
    """`join` of the folded parts of every node, from the leaves up; x is opened even where it has a name.

    Nodes without parts, and named nodes below x, go to `leaf`.
    """
    done: dict[int, Any] = {}
    todo: list[tuple[Any, Any]] = [(x, None)]
    while todo:
        node, below = todo.pop()
        if id(node) in done:
            continue
        if below is not None:
            done[id(node)] = join(node, [done[id(part)] for part in below])
        elif not node.operands or node.op == "rest" or (node.name and node is not x):
            done[id(node)] = leaf(node)
        else:
            below = parts(node)
            todo.append((node, below))
            todo += [(part, None) for part in below]
    return done[id(x)]


def write(x: Any, notation: Notation, leaf: Leaf, side_by_side: bool = False) -> Written:
    """x opened, even where it has a name; below it, what has a name is a leaf."""

    def join(node: Any, parts: list[Written]) -> Written:
        head = node.operands[0]
        chained = head.op == "*" and bool(head.operands) and not head.name
        return notation.join(node.op, parts, side_by_side, chained)

    return fold(x, leaf, join, lambda node: node.operands)
