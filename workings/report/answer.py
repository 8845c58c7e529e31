"""Answer: one answer of a network with its way down to what it saw, as plain data for every printer."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True)
class Term:
    """One product of a sum: the weight's and the input's name, their numbers, the product, and the input's index."""

    weight: str
    input: str
    w: float
    a: float
    value: float
    index: int


@dataclass(frozen=True)
class Sum:
    """A cell of Z: its largest terms, the others together, the bias and the total."""

    cell: str
    unit: int
    terms: tuple[Term, ...]
    count: int
    rest: float
    bias: tuple[str, float] | None
    total: float
    follows: Term
    reads: str  # the wire that is read: "X" at the bottom, or what a scaler made of it


@dataclass(frozen=True)
class Bend:
    """A cell of an activation: its derivation, line by line."""

    cell: str
    unit: int
    kind: str
    lines: tuple[str, ...]
    value: float


def lowest(steps: Sequence[Sum | Bend]) -> Sum:
    """The sum nearest to what came in; below it there may be a scaler."""
    return [step for step in steps if isinstance(step, Sum)][-1]


@dataclass(frozen=True)
class Share:
    """What one output says for its class."""

    label: Any
    z: float
    share: float


@dataclass(frozen=True)
class Answer:
    """One answer: what was said, what is right (None where unknown), the shares of all classes, and the way down.

    `picture` is what was looked at, rows of numbers from 0 to 1, or None for a table; `names` are the features'.
    `number` is the prediction of a regression.
    """

    said: Any
    right: Any
    shares: tuple[Share, ...]
    steps: tuple[Sum | Bend, ...]
    picture: tuple[tuple[float, ...], ...] | None = None
    names: tuple[str, ...] = ()
    prepared: tuple[str, ...] = ()
    where: str = ""
    number: bool = False
    seen: tuple[Term, ...] = field(default=())

    @property
    def share(self) -> float | None:
        """The share of the class that was said, from 0 to 1; None for a number."""
        return next((s.share for s in self.shares if s.label == self.said), None)

    def place(self, term: Term) -> str:
        """What an input is called: its row and column in the picture, or its column's name."""
        if self.picture:
            row, column = divmod(term.index, len(self.picture[0]))
            return f"row {row + 1}, column {column + 1}"
        return self.names[term.index] if term.index < len(self.names) else f"feature {term.index + 1}"
