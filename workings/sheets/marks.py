"""Marks: colours that also have a pattern, so that a black and white print tells them apart.

Mark k is a number; 64 of them differ in colour or in pattern, and neighbours differ in both.
"""

from __future__ import annotations

from typing import NamedTuple

PATTERNS = ("up", "dots", "lines", "down", "bars", "grid", "cross", "solid")
COLOURS = (
    ("#005ab5", "#dbe8f5"),
    ("#b34e00", "#fae6d6"),
    ("#0a7d5a", "#d7efe7"),
    ("#8c4799", "#f0e0f3"),
    ("#7a5c00", "#f4ecd0"),
    ("#1f7f9f", "#d9eff6"),
    ("#b03060", "#f8dfe8"),
    ("#444c56", "#e4e7ea"),
)
DARK = ("#6cb4ff", "#ff9d57", "#4fd1a5", "#d79be4", "#e0c25a", "#6fcbe6", "#ff8db4", "#b6bec8")
DASHES = ("", "6 3", "1.5 2", "8 2 1.5 2", "3 2", "10 4", "5 2 1 2 1 2", "1 4")


class Mark(NamedTuple):
    """The ink, the tint, the ink on a dark page, the pattern of a strip and the dashes of a line."""

    ink: str
    tint: str
    dark: str
    pattern: str
    dash: str


def mark(k: int) -> Mark:
    """The look of mark k.

    >>> mark(0).pattern, mark(8).pattern, mark(0).ink == mark(8).ink
    ('up', 'dots', True)
    """
    ink, tint = COLOURS[k % 8]
    place = (k + k // 8) % 8
    return Mark(ink, tint, DARK[k % 8], PATTERNS[place], DASHES[place])
