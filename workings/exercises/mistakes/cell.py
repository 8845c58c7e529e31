"""Cell: one cell of a sheet as a learner has it before them, and other places that they might read."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import NamedTuple

from workings.exercises.rewrite import Leaf, Rule, everywhere, leaf, leaves, letter, symbol
from workings.ink.number import Name, Number


class Cell(NamedTuple):
    """A cell, its working, and what came before it on the sheet: only that can have been used for it."""

    name: Name
    working: Number
    look: Callable[[Name], Number]  # the number at another place, or LookupError
    retrace: Callable[[Name], Number]  # the working of another place
    m: int  # examples

    def is_a(self, *letters: str) -> bool:
        """Whether the cell belongs to an array of these letters; "_new" is any parameter after a step."""
        if self.name.array.endswith("_new"):
            return "_new" in letters
        return letter(self.name.array) in letters

    def found(self, name: Name) -> Iterator[Number]:
        """The number at a place, where there is one."""
        try:
            yield self.look(name)
        except LookupError:
            return


Place = Callable[[Name], Name]


def instead(c: Cell, symbols: str, place: Place) -> Iterator[Number]:
    """Every leaf of these symbols read at another place."""
    return everywhere(c.working, leaf(symbols, lambda x: c.look(place(x.name))))


def turned(name: Name) -> Name:
    """The mirrored cell of a matrix."""
    if len(name.cell) != 2:
        raise LookupError(name)
    return Name(name.array, name.cell[::-1])


def layer(step: int) -> Place:
    """The same symbol some layers on; X is A0."""

    def place(name: Name) -> Name:
        array = "A0" if name.array == "X" else name.array
        array = re.sub(r"\d+$", lambda row: str(int(row[0]) + step), array)
        return Name("X" if array == "A0" else array, name.cell)

    return place


def before(c: Cell, wanted: str = "") -> Place:
    """The number in the same place from which this one was made: Z for A, dA for dZ."""

    def place(name: Name) -> Name:
        made_of = [y for y in leaves(c.retrace(name)) if y.name.cell == name.cell]
        for y in made_of:
            if not wanted or symbol(y) == wanted:
                return y.name
        raise LookupError(name)

    return place


def misread(c: Cell, symbols: str) -> Rule:
    """One input read one row off."""

    def rule(x: Leaf) -> Iterator[Number]:
        if symbol(x) not in symbols.split() or len(x.name.cell) != 2:
            return
        array, (i, j) = x.name
        for step in (-1, 1):
            yield from c.found(Name(array, (i + step, j)))

    return rule


def mirrored(c: Cell) -> Rule:
    """One weight read for the other of its pair: w12 for w21; in a row of two, that is the row transposed."""
    read = [x.name.array for x in leaves(c.working)]

    def rule(x: Leaf) -> Iterator[Number]:
        weights = x.name and (symbol(x)[:1] in ("W", "K") or x.name.array in ("A", "B"))
        if weights and read.count(x.name.array) > 2 and len(set(x.name.cell)) == len(x.name.cell) == 2:
            yield from c.found(turned(x.name))

    return rule
