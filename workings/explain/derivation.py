"""Derivation: how one cell was made, as plain data."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

import numpy as np

from workings.conventions import Conventions
from workings.explain.accuracy import bound
from workings.explain.because import because
from workings.explain.reach import Reached, led_to
from workings.explain.unfold import leaves, unfolded
from workings.ink.index import Index
from workings.ink.number import Name, Number
from workings.ink.rounding import cut
from workings.ink.text import PLAIN, numbers

if TYPE_CHECKING:
    from workings.explain.explanation import Explanation


@dataclass(frozen=True)
class Derivation:
    """One cell: its name, the working that made it, what it is made from and what it leads to."""

    name: Name
    working: Number
    conventions: Conventions
    found: Any  # the value of the pass; the working's own sum may differ in the last bits
    whole: Explanation = field(repr=False)

    @classmethod
    def of(cls, whole: Explanation, array: str, index: Index) -> Derivation:
        """The derivation of a cell of an explanation."""
        working = whole.book.workings[array].at(index)
        return cls(Name(array, index), working, whole.conventions, whole.numbers[array][index], whole)

    @property
    def value(self) -> Any:
        """The number: int or Fraction where it is exact, else a float."""
        return self.working.value

    @property
    def exact(self) -> bool:
        return self.working.exact

    @property
    def record(self) -> str:
        """Every term, in order, with full digits: evaluated again it is the value, to the last bit."""
        return numbers(self.working)

    @property
    def made_from(self) -> tuple[Name, ...]:
        """The named numbers that stand in this cell's working, each once, in order."""
        return tuple(dict.fromkeys(x.name for x in leaves(self.working) if x.name))

    @property
    def because(self) -> str:
        """Why a choice fell as it did: "-1 -> 0 because -1 is negative"; empty where nothing was chosen."""
        digits, base = self.conventions.digits, self.conventions.base
        called = lambda x: PLAIN.name(self.whole.shown(x.name), base).text if x.name else cut(x.value, digits).text
        return because(self.working, lambda x: cut(x.value, digits).text, called)

    def unfold(self, *arrays: str) -> Derivation:
        """The same cell with numbers of these arrays opened in its line; without names, every gradient on the way.

        w.cell("dW2[1,1]").unfold()      dW2[1,1] = 2 x (A2[1,1] - Y[1,1]) x A2[1,1] x (1 - A2[1,1]) x A1[1,1]
        """
        names = self.whole.book.workings
        wanted = {self.whole[name].name for name in arrays} or {name for name in names if name[0] == "d"}
        working = unfolded(names, self.working, lambda name: name.array in wanted)
        return replace(self, working=working)

    def tree(self, depth: int = 3) -> dict[str, Any]:
        """This number, its value and what it is made from, so many steps down, as plain data."""
        below = [self.whole.open(name).tree(depth - 1) for name in self.made_from] if depth > 0 else []
        return {"name": self.name, "value": self.value, "made_from": below}

    @property
    def leads_to(self) -> list[Reached]:
        """What is made directly from this cell, array by array."""
        return led_to(self.whole.book.workings, self.whole.readers, self.name)

    @property
    def bound(self) -> float:
        """How far the pass, which adds in another order, may lie from this working; 0 where all is exact."""
        return bound(self.working, isinstance(self.found, float | np.floating))

    @property
    def agrees(self) -> bool:
        """Whether the pass and the working tell the same number, to that bound, and training tells it too."""
        ours, theirs = self.value, self.found
        if self.name.array in self.whole.trained:
            trained = float(self.whole.trained[self.name.array][self.name.cell])
            return abs(float(ours) - trained) <= 1e-9 * abs(trained) + self.bound
        if self.whole.trained and not np.isfinite(float(theirs)):
            return False
        if self.exact and not isinstance(theirs, float | np.floating):
            return ours == theirs
        ours, theirs = float(ours), float(theirs)
        return ours == theirs or (ours != ours and theirs != theirs) or abs(ours - theirs) <= self.bound

    def __float__(self) -> float:
        return float(self.value)

    # Doors to the floor above, which prints.  `full` writes out every term, in order.

    def to_text(self, full: bool = False, page: bool = True) -> str:
        """Plain ASCII: the lines, and on a page also why, made from, leads to and the conventions."""
        from workings.sheets.text import text

        return text(self, full, whole_page=page)

    def to_latex(self, full: bool = False) -> str:
        """An `aligned` block for LaTeX."""
        from workings.sheets.latex import latex

        return latex(self, full)

    def to_mathml(self, full: bool = False) -> str:
        """A `<math>` element."""
        from workings.sheets.mathml import mathml

        return mathml(self, full)

    def to_html(self, full: bool = False) -> str:
        """A self-contained fragment of HTML."""
        from workings.sheets.html import html

        return html(self, full)

    def to_typst(self, full: bool = False) -> str:
        """Markup for Typst."""
        from workings.sheets.typst import typst

        return typst(self, full)

    def to_json(self) -> dict[str, Any]:
        """The page as plain data."""
        from workings.sheets.derivation import plain_data

        return plain_data(self)

    def __str__(self) -> str:
        return self.to_text(page=False)

    __repr__ = __str__

    def __rich__(self) -> Any:
        from workings.sheets.terminal import terminal

        return terminal(self)

    def _repr_html_(self) -> str:
        return self.to_html()

    def _repr_latex_(self) -> str:
        return f"$\\displaystyle {self.to_latex()}$"
