"""Marks: the result of marking, as plain data."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import asdict, dataclass, replace
from fractions import Fraction
from typing import Any

GOOD = ("right", "follows")


@dataclass(frozen=True)
class Mark:
    """One cell: the verdict, what was written, its points of 1, a sentence, the right working, and theirs.

    `working` is right given the learner's own earlier numbers, `yours` what they did instead, a line for each of the
    `mistakes` that has one, and `key` the number on the key.
    """

    cell: str
    verdict: str
    written: str
    points: Fraction
    said: str
    working: str
    yours: tuple[str, ...] = ()
    mistakes: tuple[str, ...] = ()
    key: str = ""

    def __str__(self) -> str:
        lines = [f"{self.cell}: {self.said}"]
        lines += [f"    yours  {line}" for line in self.yours]
        if self.verdict not in ("right", "follows", "unreadable", "blank"):
            lines.append(f"    right  {self.working}")
        return "\n".join(lines)


@dataclass(frozen=True)
class Marking:
    """All cells of one hand-in, in the order of working."""

    title: str
    marks: tuple[Mark, ...]
    practice: str

    def __getitem__(self, cell: str) -> Mark:
        for each in self.marks:
            if each.cell == cell:
                return each
        raise KeyError(f"{cell} was not asked for; {', '.join(each.cell for each in self.marks[:5])} … were")

    def __iter__(self) -> Iterator[Mark]:
        return iter(self.marks)

    def __len__(self) -> int:
        return len(self.marks)

    @property
    def points(self) -> Fraction:
        return sum((each.points for each in self.marks), Fraction(0))

    @property
    def total(self) -> int:
        return len(self.marks)

    @property
    def first_wrong(self) -> Mark | None:
        """The first number that is not right, in the order of working."""
        return next((each for each in self.marks if each.verdict not in (*GOOD, "blank")), None)

    @property
    def counts(self) -> dict[str, int]:
        """How many cells have each verdict."""
        return dict(Counter(each.verdict for each in self.marks))

    @property
    def mistakes(self) -> dict[str, int]:
        """The mistakes that were named, and in how many cells."""
        named = Counter(what for each in self.marks if each.verdict == "named" for what in each.mistakes)
        return dict(named.most_common())

    def to_json(self) -> dict[str, Any]:
        """Plain data; points as numbers."""
        marks = [{**asdict(each), "points": float(each.points)} for each in self.marks]
        return {
            "title": self.title,
            "points": float(self.points),
            "total": self.total,
            "practice": self.practice,
            "mistakes": self.mistakes,
            "marks": marks,
        }

    def to_text(self, every: bool = False) -> str:
        """What a teacher would write under the sheet; `every` cell, or only those with something to say."""
        score = float(self.points)
        lines = [self.title, f"{score:g} of {self.total}", ""]
        quiet = () if every else ("right", "blank")
        told = [self._told(each) for each in self.marks if each.verdict not in quiet]
        lines += [*told, ""] if told else []
        if empty := self.counts.get("blank", 0):
            lines += [f"{empty} {'cell is' if empty == 1 else 'cells are'} still empty.", ""]
        return "\n".join([*lines, self.practice])

    def _told(self, each: Mark) -> str:
        """What is said of a cell; of a mistake that was explained before, only where."""
        if each.verdict != "named":
            return str(each)
        first = next(other for other in self.marks if other.verdict == "named" and other.mistakes == each.mistakes)
        if first is each:
            return str(each)
        return str(replace(each, said=f"{each.written} is not right, for the same reason as {first.cell}."))

    def __str__(self) -> str:
        return self.to_text()
