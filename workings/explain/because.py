"""Because: why a choice fell as it did, in a sentence."""

from __future__ import annotations

from collections.abc import Callable

from workings.ink.number import Number

Say = Callable[[Number], str]
WORDS = {
    ">": "greater than",
    ">=": "at least",
    "<": "less than",
    "<=": "at most",
    "==": "equal to",
    "!=": "different from",
}


def because(x: Number, number: Say, name: Say) -> str:
    """The reason behind a max or a where at the head of a working; empty where nothing was chosen.

    `number` writes a value, `name` a number by its name.
    """
    if x.op == "max":
        return _largest(x, number, name)
    if x.op != "where":
        return ""
    condition, yes, no = x.operands
    taken, left = (yes, no) if condition.value else (no, yes)
    if condition.op not in WORDS:
        return ""
    left_side, right_side = condition.operands
    negation = "" if condition.value else "not "
    told = f"{name(left_side)} = {number(left_side)} is {negation}{WORDS[condition.op]} {number(right_side)}"
    return f"{_short(taken, name, number)} and not {_short(left, name, number)}, because {told}"


def _short(x: Number, name: Say, number: Say) -> str:
    if x.name:
        return name(x)
    return "the product" if x.op == "*" else "the quotient" if x.op == "/" else number(x)


def _largest(x: Number, number: Say, name: Say) -> str:
    parts, chosen = x.operands, x.chosen
    zero = len(parts) == 2 and not parts[1].name and parts[1].value == 0
    if not zero:
        return f"{name(chosen)} = {number(chosen)} is the largest of {len(parts)}"
    value = parts[0].value
    if value < 0:
        return f"{number(parts[0])} -> 0 because {number(parts[0])} is negative"
    if value == 0:
        return "0 -> 0 because 0 is not positive"
    return f"{number(parts[0])} -> {number(parts[0])} because {number(parts[0])} is positive"
