"""Hints: a ladder for one cell: the rule, the formula, the numbers put in, one term worked out, the value.

Every rung is worked from the learner's own earlier numbers.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from workings.exercises.answers import read
from workings.exercises.exercise import Exercise
from workings.exercises.rewrite import leaves, letter
from workings.exercises.solution import Sight, Solution
from workings.exercises.words import line, number
from workings.ink.number import Name, Number
from workings.ink.text import numbers, symbols
from workings.sheets.tidy import tidy

RULES = {
    "Z": "a sum: a row of weights times a column of what comes in, number by number, and the bias",
    "C": "row times column: multiply number by number, then add",
    "L": "the loss of one example: compare its prediction with its target",
    "J": "the mean of the losses over all examples",
    "dZ": "what comes back to the sum: dA times the slope of the activation; at the output, prediction less target",
    "dA": "what comes back to an activation: everything it led to, weight times dZ, down a column of W, added",
    "dW": "the gradient of a weight: dZ of its node times what it read, the mean over the examples",
    "db": "the gradient of a bias: dZ of its node, the mean over the examples",
    "mask": "the slope of ReLU: 1 where Z is positive, 0 elsewhere",
    "z": "a sum: the input times its weight, the last state times its weight, and the bias",
    "a": "the state: tanh of the sum",
    "w": "a step down: the number itself, less the learning rate times its gradient",
    "dw": "the slope of the bowl: 2 a times the distance from its lowest point",
    "shape": "rows first, then columns: a row for each node, a column for each number it reads",
    "weights": "one weight for every pair of nodes in neighboring layers",
    "biases": "one bias for every node",
    "parameters": "weights and biases together",
    "total": "the parameters of all layers, added",
    "layers": "count the columns of nodes that have weights; the inputs have none",
}
BY_WORK = {
    "max": "ReLU: what is negative becomes 0, what is positive stays",
    "/": "the activation: put the sum into its formula",
    "tanh": "tanh of the sum",
}
RUNGS = ("rule", "formula", "numbers", "one term", "value")


def hint(exercise: Exercise, cell: str, rung: int = 1, answers: Mapping[str, Any] | None = None) -> str:
    """One rung of the ladder, from 1 (the rule) to 5 (the value); `answers` are the learner's numbers so far.

    Raises ValueError where the cell or the rung does not exist.

    >>> from workings.exercises import load
    >>> for rung in (1, 2, 3, 4): print(hint(load(3), "Z1[1,1]", rung))
    a sum: a row of weights times a column of what comes in, number by number, and the bias
    Z1[1,1] = W1[1,1] x X[1,1] + W1[1,2] x X[2,1] + W1[1,3] x X[3,1] + b1[1,1]
    Z1[1,1] = (1)(2) + (-1)(1) + (1)(3) + (-5) = ?
    the first term is (1)(2) = 2
    """
    return ladder(exercise, cell, answers)[_rung(rung) - 1]


def ladder(exercise: Exercise, cell: str, answers: Mapping[str, Any] | None = None) -> tuple[str, ...]:
    """All rungs of one cell."""
    solution = Solution(exercise)
    try:
        name = solution.place(cell)
    except (KeyError, IndexError) as error:
        raise ValueError(str(error.args[0])) from None
    if solution.is_given(name):
        raise ValueError(f"{cell} is given on the sheet")
    return rungs(solution, name, answers or {})


def rungs(solution: Solution, name: Name, answers: Mapping[str, Any]) -> tuple[str, ...]:
    """All rungs, for one who has the solution already."""
    digits, base = solution.w.conventions.digits, solution.w.conventions.base
    sight = Sight(solution, _numbers(solution, name, answers))
    called, working = solution.called(name), tidy(sight.retrace(name), 16)
    value = number(working, digits)
    copied = not working.operands or working.op == "is"
    return (
        rule(name, working),
        f"{called} = {symbols(working, base)}",
        f"{called} is copied from the number it is made of"
        if copied
        else f"{called} = {put_in(working, digits)} = ?",
        _one_term(working, digits),
        f"{called} = {value}",
    )


def put_in(x: Number, digits: int) -> str:
    """A working with its numbers put in, and not worked out."""
    if x.op in ("max", "where"):
        return numbers(x, digits)
    return line(x, digits).removesuffix(number(x, digits)).rstrip("=~ ")


def rule(name: Name, working: Number) -> str:
    """The rule behind a cell, in words."""
    if name.array.endswith("_new"):
        return RULES["w"]
    found = letter(name.array)
    if found in ("A", "P") or (found == "a" and working.op == "tanh"):
        return BY_WORK.get(working.op, RULES["a"])
    if found == "dA" and not any(letter(x.name.array) == "W" for x in leaves(working)):
        return "the slope of the loss at the prediction"
    if found[:1] == "d":
        return RULES.get(found, "what comes from above, times the slope of this step; where ways meet, add")
    return RULES.get(found, "one operation of the formula: put in the numbers that stand before it")


def _one_term(x: Number, digits: int) -> str:
    first = x.operands[0] if x.op == "+" and not x.operands[0].name and x.operands[0].operands else None
    inner = first or _innermost(x)
    if inner is None or inner is x:
        return "there is only one thing to do here: do it"
    where = "first term" if first else "inner part"
    return f"the {where} is {line(replace(inner, name=None), digits)}"


def _innermost(x: Number) -> Number | None:
    """The part of a working that can be worked out first."""
    for part in x.operands:
        if part.operands and not part.name and part.op not in (">", "neg"):
            return _innermost(part)
    return x if x.operands else None


def _numbers(solution: Solution, name: Name, answers: Mapping[str, Any]) -> dict[Name, Any]:
    found = {}
    for text, said in answers.items():
        try:
            place, value = solution.place(text), read(said).value
        except (ValueError, KeyError, IndexError):
            continue
        if place != name and not solution.is_given(place):
            found[place] = value
    return found


def _rung(rung: int) -> int:
    if rung not in range(1, len(RUNGS) + 1):
        raise ValueError(f"the ladder has the rungs 1 to {len(RUNGS)}: {', '.join(RUNGS)}; not {rung!r}")
    return rung
