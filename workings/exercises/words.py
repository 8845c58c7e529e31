"""Words: what a teacher would write beside a number."""

from __future__ import annotations

from collections.abc import Sequence

from workings.exercises.mistakes import MISTAKES
from workings.exercises.slips import SAYS
from workings.ink.number import Number
from workings.sheets.lines import equation
from workings.sheets.shown import shown


def line(x: Number, digits: int) -> str:
    """A working with its numbers put in, and what it gives."""
    return equation("", x, digits).removeprefix(":").strip().removeprefix("= ").removeprefix("~ ")


def number(x: Number, digits: int) -> str:
    """A value as it stands on the key."""
    return shown(x.value, digits).text


def said(verdict: str, written: str, told: Sequence[str], unread: str) -> str:
    """The sentence for one cell."""
    match verdict:
        case "right":
            return f"{written} is right."
        case "follows":
            return f"{written} is right, worked from your own earlier numbers."
        case "idle":
            return f"{written} follows from your earlier numbers, but these left nothing to work out here."
        case "rough":
            return f"{written} is right as far as it goes, but rounded too far."
        case "named":
            return f"{written} is not right: {MISTAKES[told[0]].says}."
        case "slip":
            return f"{written} is close to the right number: {SAYS[told[0]]}, it seems."
        case "two fit":
            return f"{written} is not right; {_count(len(told))} explanations fit: {' or '.join(map(_why, told))}."
        case "wrong":
            return (
                f"{written} is not right, and no usual mistake leads there: compare with the working, term by term."
            )
        case "unreadable":
            return f"this could not be read: {unread}."
    return "still empty."


def _why(what: str) -> str:
    return MISTAKES[what].says if what in MISTAKES else SAYS[what]


def _count(n: int) -> str:
    return {2: "two", 3: "three", 4: "four"}.get(n, str(n))
