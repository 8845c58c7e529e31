"""Credit: what a verdict is worth, and what to practice next."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from fractions import Fraction
from typing import TYPE_CHECKING

from workings.exercises.mistakes import MISTAKES

if TYPE_CHECKING:
    from workings.exercises.marks import Mark

CREDIT = {
    "right": Fraction(1),
    "follows": Fraction(1),
    "rough": Fraction(1, 2),
    "slip": Fraction(1, 2),
    "idle": Fraction(0),
    "named": Fraction(0),
    "two fit": Fraction(0),
    "wrong": Fraction(0),
    "blank": Fraction(0),
    "unreadable": Fraction(0),
}


def practice(marks: Iterable[Mark]) -> str:
    """A sentence on what to practice: the mistake that was made most often, then the rest."""
    marks = [*marks]
    counts = Counter(what for each in marks for what in each.mistakes if each.verdict == "named")
    done = [each for each in marks if each.verdict not in ("blank", "unreadable")]
    if not done:
        return "Nothing was handed in yet: start with the first cell, and ask for a hint where you are stuck."
    if counts:
        told = [f"{MISTAKES[what].practice}{_often(n)}" for what, n in counts.most_common(3)]
        return f"To practice: {'; '.join(told)}."
    missed = [each for each in marks if each.verdict in ("wrong", "two fit", "idle")]
    if missed:
        return f"Go through {missed[0].cell} again, with the working beside it: the numbers after it hang on it."
    if any(each.verdict == "slip" for each in marks):
        return "The method is right throughout; read every number once more before it is written down."
    if any(each.verdict == "rough" for each in marks):
        return "The method is right throughout; keep all the decimals that are asked for."
    if len(done) < len(marks):
        return "What is there is right: go on with the cells that are still empty."
    return "All is right: try the next level, or another seed."


def _often(n: int) -> str:
    return f" (in {n} cells)" if n > 1 else ""
