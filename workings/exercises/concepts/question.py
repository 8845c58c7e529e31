"""Question: what is asked, the answer that counts as right, and the run that proves it."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Any, NamedTuple

from workings.exercises.answers import read

LETTERS = "abcdefgh"
Shapes = tuple[tuple[int, ...], ...]


class Proof(NamedTuple):
    """What a run has shown: a claim, whether it held, the lines to print, and the figures behind them."""

    claim: str
    holds: bool
    lines: tuple[str, ...]
    figures: Mapping[str, float]


class Answered(NamedTuple):
    """Whether an answer is right, and what is said to it."""

    right: bool
    said: str


@dataclass(frozen=True)
class Question:
    """One question: with `options`, the answer is the first of them as written here; else a number or shapes.

    `run` makes the proof; where there is none, it is a matter of judgment, and `why` says so.
    """

    topic: str
    asks: str
    why: str
    options: tuple[str, ...] = ()
    answer: Fraction | Shapes | None = None
    run: Callable[[], Proof] | None = None

    @property
    def shown(self) -> tuple[str, ...]:
        """The options in the order they are asked in, which is that of the alphabet: it gives nothing away."""
        return tuple(sorted(self.options))

    @property
    def key(self) -> str:
        """The right answer as one would write it."""
        if self.options:
            return LETTERS[self.shown.index(self.options[0])]
        if isinstance(self.answer, Fraction):
            return f"{float(self.answer):g}"
        return "  ".join(f"({', '.join(map(str, shape))}{',' * (len(shape) == 1)})" for shape in self.answer or ())

    def mark(self, said: str) -> Answered:
        """An answer, marked.  Raises ValueError where it cannot be read as one.

        >>> from workings.exercises.concepts import load
        >>> load(2).mark("0").right, load(15).mark("(10,5) (10,1) (1,10) (1,1)").right
        (True, True)
        """
        right = self._right(str(said).strip())
        return Answered(right, self.why if right else f"the answer is {self.key}: {self.why}")

    def _right(self, said: str) -> bool:
        if self.options:
            letters = LETTERS[: len(self.options)]
            known = {option.lower(): letter for option, letter in zip(self.shown, letters, strict=True)}
            letter = known.get(said.lower(), said.lower().strip("(). "))
            if letter not in letters or not letter:
                raise ValueError(f"{said[:40]!r} is none of the answers: write {', '.join(letters)}")
            return letter == self.key
        if isinstance(self.answer, Fraction):
            return abs(read(said).value - self.answer) <= Fraction(1, 1000)
        found = re.findall(r"\(([\d\s,]*)\)", said[:500])
        if not found:
            raise ValueError(
                f"{said[:40]!r} is no shape: write rows and columns in brackets, such as {self._example()}"
            )
        return tuple(tuple(int(n) for n in re.findall(r"\d+", part)) for part in found) == self.answer

    def _example(self) -> str:
        return "(2, 3)" if len(self.answer or ()) == 1 else "(2, 3) (2, 1)"  # type: ignore[arg-type]

    def prove(self) -> Proof | None:
        """The run that proves the answer; None where no run can."""
        return self.run() if self.run else None

    def to_json(self) -> dict[str, Any]:
        """The question as plain data, without its answer."""
        return {"topic": self.topic, "asks": self.asks, "options": list(self.shown), "proved": self.run is not None}
