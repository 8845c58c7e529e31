"""Notes: what holds for the numbers on a page: the conventions, the mathematics chosen, and which value is shown."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from workings.ink.rounding import cut
from workings.losses import SquaredError

if TYPE_CHECKING:
    from workings.explain.derivation import Derivation

FACTOR = {"mean": "1/n", "sum": "1", "half": "1/2"}


def notes(d: Derivation) -> list[str]:
    """The sentences for the page of one cell."""
    return [*conventions(d.whole), *shown(d)]


def conventions(whole: Any) -> list[str]:
    """What is declared once for all pages of an explanation."""
    c, problem = whole.conventions, whole.problem
    told = [
        f"Cells are counted from {c.base}; examples are {c.examples}; wires carry m dJ/dA, and only the gradients "
        f"of parameters are divided by m = {problem.X.shape[-1]}."
    ]
    if isinstance(problem.loss, SquaredError):
        told.append(f"The squared error of an example is {FACTOR[problem.loss.factor]} of the sum of the squares.")
    if any(type(row.layer).__name__ == "Relu" for row in problem.network.rows):
        told.append("The slope of ReLU at 0 is taken as 0.")
    told += [f"J includes {penalty}." for penalty in problem.penalties]
    told += saturated(whole)
    if (step := getattr(whole, "step", None)) is not None:
        told += short_and_long(whole)
        told.append(f"The step is that of {step.optimizer} at a learning rate of {step.alpha}.")
    return told


def short_and_long(whole: Any) -> list[str]:
    """How the gradient that trains goes back from the loss, and how far the textbook's long way lies from it."""
    last = whole.problem.network.rows[-1]
    name = next((name for name in whole.numbers if name.endswith("_long")), "")
    if not name:
        return []
    trained = name.removesuffix("_long")
    short, long = (np.asarray(whole.numbers[n], float) for n in (trained, name))
    with np.errstate(all="ignore"):
        apart = float(np.max(np.abs(short - long), initial=0))
    near = f"at most {cut(apart, 1).text} from it" if apart else "equal to it"
    told = near if apart < np.inf else "which has lost its digits here"
    return [f"{trained} = {last.name} - Y, as training works it; the long way over d{last.name} is {name}, {told}."]


def saturated(whole: Any) -> list[str]:
    """Where the textbook's J has lost its digits, what training works instead."""
    if not whole.trained:
        return []
    last, digits = whole.problem.network.rows[-1], whole.conventions.digits
    J, rounded = cut(whole.trained["J"].item(), digits)
    return [
        f"The textbook's J takes the log of a probability that has lost its digits. Training works J and "
        f"d{last.reads[0]} = {last.name} - Y from {last.reads[0]} in one formula: J {'~' if rounded else '='} {J}; "
        "see shortcut()."
    ]


def shown(d: Derivation) -> list[str]:
    """Where a cell of X came from, which value is shown, and how near the other readings are."""
    if d.name.array == "X" and d.whole.origins:
        return [d.whole.origins(*d.name.cell)]
    if d.whole.exact:
        return ["All numbers are exact until an exp, log, tanh or sqrt."] if d.exact else ["Worked in float64."]
    told = [f"Inexact numbers are cut to {d.conventions.digits} digits and marked."]
    if d.whole.problem.narrow:
        told.append(f"Worked in float64; the numbers given were {d.whole.problem.narrow}.")
    if float(d.value) != float(d.found) and d.value == d.value:
        bound = cut(d.bound, 1).text
        told.append(
            "The value shown is added from left to right; the pass adds in another order and may differ by up to "
            f"{bound}."
        )
    return told
