"""Text: a derivation in plain ASCII, for terminals and files.  `~` stands before a line with a rounded number."""

from __future__ import annotations

from workings.explain.derivation import Derivation
from workings.ink.text import PLAIN
from workings.sheets.derivation import lines


def text(d: Derivation, full: bool = False) -> str:
    """Name = symbols = numbers = result, one below the other."""
    name = PLAIN.name(d.name, d.conventions.base).text
    told = [f"{'~' if line.rounded else '='} {line.text}" for line in lines(d, PLAIN, full)]
    return f"{name} " + f"\n{' ' * len(name)} ".join(told)
