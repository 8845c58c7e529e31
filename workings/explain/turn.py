"""Turn: examples as columns, as on the board, or as rows, as in PyTorch.

What the ledger holds has the example on the last axis.  For rows every wire is shown with that axis first: Z1[2,1] is
the first unit of the second example, and Z1 = W1 @ A0 + b1 is written A0 @ W1.T + b1.T.  Parameters stay as they are.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

from workings.contract import Shape
from workings.ink.array import Array
from workings.ink.index import Index
from workings.ink.notation import MOVED, Notation, Written, fold

EVERYWHERE = {"sum", "max", "argmax", "concat", "stack"}  # many cells to one: said of the turned array as it stands


def turned(index: Index) -> Index:
    """An index with the example first."""
    return (*index[-1:], *index[:-1])


def turned_back(index: Index) -> Index:
    """And with the example last again."""
    return (*index[1:], *index[:1])


class _Both(NamedTuple):
    """What is said of an array, and of its transpose."""

    plain: Written
    turned: Written


def turned_formula(
    working: Array, is_wire: Callable[[str, Shape], bool], notation: Notation, leaf: Any
) -> str | None:
    """The line of a whole array with wires as rows; None where it is not one of matrices."""
    if not _all_matrices(working):
        return None

    def one(node: Array) -> _Both:
        said = leaf(node)
        if node.shape in ((), (1, 1)) or not node.name or node.name in ("0", "1"):
            return _Both(said, said)
        flipped = Written(notation.transposed(said.text))
        return _Both(flipped, said) if is_wire(node.name, node.shape) else _Both(said, flipped)

    def join(node: Array, parts: list[_Both]) -> _Both:
        said = lambda these: notation.join(node.op, these, side_by_side=False, chained=False)
        if node.op == "T":
            return _Both(parts[0].turned, parts[0].plain)
        if node.op == "@":
            return _Both(said([p.plain for p in parts]), said([p.turned for p in reversed(parts)]))
        if node.op.partition(" over ")[0] in EVERYWHERE:
            shorter = said([p.turned if len(p.turned.text) < len(p.plain.text) else p.plain for p in parts])
            return _Both(shorter, shorter)
        return _Both(said([p.plain for p in parts]), said([p.turned for p in parts]))

    found = fold(working, one, join, lambda node: node.operands)
    return (found.turned if is_wire(working.name, working.shape) else found.plain).text


def _all_matrices(working: Array) -> bool:
    seen, todo = set(), [working]
    while todo:
        node = todo.pop()
        if id(node) in seen:
            continue
        seen.add(id(node))
        if node.ndim not in (0, 2) or (node.op in MOVED - {"is"} and not node.name):
            return False
        if node is working or not node.name:
            todo += node.operands
    return True
