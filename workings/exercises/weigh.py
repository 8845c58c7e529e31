"""Weigh: which explanation of a wrong number to believe.

A mistake that can be made in v ways in a cell counts 1/v where one of them fits.  What was done again in other cells
of the same letter counts more, and less where it could have been done again and was not.  One explanation is named
if it is clearly stronger than the next; a slip of the pen is an explanation too, and a lost sign a stronger one, the
more signs have gone wrong elsewhere.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from typing import NamedTuple

from workings.exercises.mistakes import MISTAKES
from workings.exercises.slips import WEIGHT
from workings.ink.number import Number

CLEAR = Fraction(3, 2)  # one explanation stands out when it is so many times as strong as the next
ONCE = Fraction(1, 2)  # what is left of a misunderstanding that came only once, where it could have come often
GONE = ("wrong input read", "element by element")  # another name of one term dropped, where a number is 0
FAINT = Fraction(1, 10)  # one that can be made in more ways says nothing, until it is made again


class Fit(NamedTuple):
    """A working that gives the number written, and how many of the ways to go wrong like this give it."""

    working: Number
    share: Fraction


@dataclass
class Look:
    """What is known of one cell: the explanations that fit a wrong number, and the mistakes that were not made."""

    skill: str
    fits: Mapping[str, Fit] = field(default_factory=dict)
    slips: Mapping[str, Fraction] = field(default_factory=dict)
    avoided: frozenset[str] = frozenset()
    zero: bool = False  # whether a number read is 0

    @property
    def sign(self) -> bool:
        """Whether a sign gone wrong explains it."""
        return "sign lost" in self.slips or "sign slip" in self.fits


def strengths(looks: Sequence[Look]) -> dict[str, Fraction]:
    """How strong each mistake is over all cells of one letter."""
    total = {}
    for what in {what for look in looks for what in look.fits}:
        shares = [look.fits[what].share for look in looks if what in look.fits]
        slip = MISTAKES[what].slip
        avoided = 0 if slip else sum(what in look.avoided for look in looks)
        repeated = (
            sum(shares) if slip else max(shares) + len(shares) - 1
        )  # who misunderstands does so in the same way
        again = repeated * Fraction(len(shares), len(shares) + avoided)
        once = max(shares) * max(ONCE, Fraction(1, 1 + avoided)) * MISTAKES[what].weight
        total[what] = again if len(shares) > 1 and again > once else once
    return total


def believed(look: Look, strong: Mapping[str, Fraction], signs: int = 0) -> list[str]:
    """The strongest explanation of a wrong number, and all that come near it.

    `signs`: in how many cells of other letters a sign has gone wrong, too.
    """
    told = {what: strong[what] for what, fit in look.fits.items() if max(fit.share, strong[what]) >= FAINT}
    told |= {what: share * WEIGHT[what] for what, share in look.slips.items()}
    if "sign lost" in told:
        told["sign lost"] *= 1 + signs  # who loses signs loses them anywhere
        told.pop("sign slip", None)  # of a sum with one term that counts, both say the same
    dropped = told.get("one term dropped", Fraction(0))
    if dropped and look.zero:  # what is read there in place of another number says the same
        told.pop("wrong input read", None)
    if told.get("element by element", 0) < dropped * CLEAR:  # the one product left may be that of the same place
        told.pop("element by element", None)
    best = max(told.values(), default=Fraction(0))
    return sorted((what for what in told if told[what] * CLEAR > best), key=lambda what: -told[what])


def done_elsewhere(told: list[str], elsewhere: Collection[str]) -> list[str]:
    """Where several explanations fit, the one misunderstanding among them that this learner shows in other cells."""
    again = [what for what in told if what in elsewhere and not MISTAKES[what].slip]
    return again if len(again) == 1 else told
