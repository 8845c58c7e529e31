"""Unfold: a working with the numbers it is made of opened in their turn, as the chain rule has them in one line."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from workings.ink.array import Array
from workings.ink.notation import fold
from workings.ink.number import Name, Number, work

LARGEST = 20_000  # numbers in one line


def unfolded(workings: Mapping[str, Array], x: Number, opens: Callable[[Name], bool]) -> Number:
    """x with every number that `opens` put in place by its own working, and theirs, down to the others.

    Raises ValueError where that would take more than one line can hold.
    """
    place = {name: i for i, name in enumerate(workings)}
    needed: dict[Name, Number] = {}
    todo, count = [x], 0
    while todo:
        for leaf in leaves(todo.pop()):
            count += 1
            if count > LARGEST:
                raise ValueError(f"this line would have more than {LARGEST:,} numbers; open fewer arrays in it")
            if leaf.name and opens(leaf.name) and leaf.name not in needed:
                needed[leaf.name] = workings[leaf.name.array].at(leaf.name.cell)
                todo.append(needed[leaf.name])
    made: dict[Name, Number] = {}
    for name in sorted(needed, key=lambda name: place[name.array]):
        made[name] = _rewritten(needed[name], made)
    whole = _rewritten(x, made)
    return Number(whole.value, whole.op, whole.operands, x.name)


def _rewritten(x: Number, made: Mapping[Name, Number]) -> Number:
    if not x.operands:
        return x
    leaf = lambda node: made.get(node.name, node) if node.name else node
    join = lambda node, parts: parts[0] if node.op == "is" else work(node.op, *parts)
    return fold(x, leaf, join, lambda node: node.operands)


def leaves(x: Number) -> Any:
    """The numbers that a working is made of, as far down as the next names."""
    todo = list(reversed(x.operands))
    while todo:
        node = todo.pop()
        if node.name or not node.operands:
            yield node
        else:
            todo += reversed(node.operands)
