"""Solution: how every cell that an exercise asks for is worked, from numbers that stand on the sheet.

solution = Solution(exercise)
solution.working(name)                   the working of a cell: its leaves are given, asked for, or shown
Sight(solution, written).look(name)      a number as one learner has it: written, or worked from what was written
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import replace
from functools import cached_property
from typing import Any

import numpy as np

from workings.exercises import forms
from workings.exercises.exercise import Exercise
from workings.exercises.mistakes import Cell
from workings.exercises.rewrite import again, everywhere, leaves, letter, unshifted
from workings.explain.explanation import UnknownName
from workings.ink.notation import ascii_name
from workings.ink.number import Name, Number, Value, work
from workings.ink.text import PLAIN
from workings.sheets.board import Board, cells_of

PLACES = 3  # decimals that are asked of a number which never ends


class Solution:
    """The workings behind one exercise, and the cells asked for, in the order of working."""

    def __init__(self, exercise: Exercise, also: Iterable[str] = ()):
        self.exercise = exercise
        self.w = Board(exercise.explain()).w
        self.places: int = getattr(exercise, "places", PLACES)
        self._inlined: dict[Name, Number] = {}
        wanted = {name for text in (*exercise.blanks, *also) for name in self._cells(text)}
        self.order = {name: i for i, name in enumerate(self._arrays())}
        self.asked = sorted(wanted, key=lambda name: (self.order[name.array], name.cell))
        self.arrays = {name.array for name in self.asked}

    def _arrays(self) -> list[str]:
        """The arrays in the order of working; the slopes of ReLU follow their Z."""
        names = [name for name in self.w if not name.startswith("mask")]
        for mask in (name for name in self.w if name.startswith("mask")):
            names.insert(names.index(f"Z{mask[4:]}") + 1 if f"Z{mask[4:]}" in names else len(names), mask)
        return names

    def _cells(self, text: str) -> list[Name]:
        return [self.place(text)] if "[" in text else [*cells_of(self.w, self.w[text].name).flat]

    def place(self, text: str) -> Name:
        """The cell of this name on the sheet; raises KeyError or IndexError with a sentence."""
        return self.w.cell(text).name

    def called(self, name: Name) -> str:
        """How a cell is called on the sheet."""
        return PLAIN.name(name, self.w.conventions.base).text

    @cached_property
    def shown(self) -> set[str]:
        """The arrays that stand on the sheet."""
        standing = forms.standing(self.exercise)
        return {name for name in self.w if ascii_name(name) in standing} | self.arrays

    @cached_property
    def givens(self) -> dict[Name, Value]:
        """What is given, by its place."""
        found = {}
        for array in self.w:
            cells = self.w.book.workings[array]
            if array == "Y" or not cells.at((0,) * cells.ndim).operands:
                found |= {Name(array, i): cells.at(i).value for i in np.ndindex(*cells.shape)}
        return found

    def is_given(self, name: Name) -> bool:
        return not self.w.book.workings[name.array].cell(*name.cell).operands

    def key(self, name: Name) -> Number:
        """The right number, with its working."""
        return self.w.book.workings[name.array].cell(*name.cell)

    def working(self, name: Name) -> Number:
        """How a cell is worked on this sheet; what does not stand there is part of the line."""
        if name not in self._inlined:
            made = replace(self._with_mask(self.key(name)), name=None)
            inlined = again(made, lambda x: x if self.stands(x.name) else self.working(x.name))
            self._inlined[name] = next(everywhere(inlined, unshifted)) if inlined.op == "/" else inlined
        return self._inlined[name]

    def stands(self, name: Name) -> bool:
        """Whether a number can be read off the sheet."""
        return name.array in self.shown or self.is_given(name)

    def _with_mask(self, x: Number) -> Number:
        """Back through ReLU by the slopes, where these are asked for: dZ = dA · mask."""
        match x:
            case Number(op="where", operands=(Number(op=">", operands=(Number(name=Name() as z), _)), dA, zero)):
                mask = f"mask{z.array[1:]}"
                if mask in self.arrays and dA.name and not zero.name:
                    return work("*", dA, replace(self.key(Name(mask, z.cell)), name=Name(mask, z.cell)))
        return x

    @property
    def m(self) -> int:
        return self.w.problem.X.shape[-1]

    def cell(self, name: Name) -> Cell:
        """A cell as it stands before a learner: only what is printed or comes before it can have been used."""
        here = self.order[name.array]

        def found(other: Name) -> Number:
            if any(i < 0 for i in other.cell):
                raise LookupError(other)
            try:
                return self.key(other)
            except (KeyError, IndexError, UnknownName):
                raise LookupError(other) from None

        def look(other: Name) -> Number:
            x = found(other)
            printed = other.array in self.shown and other.array not in self.arrays
            if x.operands and self.order[other.array] >= here and not printed:
                raise LookupError(other)
            return Number(x.value, name=other) if self.stands(other) else self.working(other)

        def retrace(other: Name) -> Number:
            x = found(other)
            if not x.operands:
                return Number(x.value, name=other)
            working = self.working(other)
            for leaf in leaves(working):
                look(leaf.name)
            return working

        return Cell(name, self.working(name), look, retrace, self.m)

    @cached_property
    def family(self) -> tuple[Any, ...]:
        """What fixes the form of all workings; exercises of one family differ in their numbers only."""
        e = self.exercise
        shapes = tuple((name, x.shape) for name, x in self.w.numbers.items())
        layers = repr([(row.name, row.layer, row.reads) for row in self.w.problem.network.rows])
        loss = type(e.loss).__name__ if hasattr(e.loss, "prediction") else repr(e.loss)
        shown = tuple(sorted(self.shown))
        return (shapes, layers, loss, str(e.rate), shown, tuple(self.asked), getattr(e, "family", ""))


class Sight:
    """The pass as one learner sees it: what they wrote stands, and the rest is worked from it."""

    def __init__(self, solution: Solution, written: Mapping[Name, Value]):
        self.solution, self.written = solution, written
        self.worked: dict[Name, Number] = {}
        self.retraced: dict[Name, Number] = {}

    def look(self, name: Name) -> Number:
        """The number at a place."""
        if name in self.written:
            return Number(self.written[name], name=name)
        if name not in self.worked:
            if self.solution.is_given(name):
                self.worked[name] = Number(self.solution.key(name).value, name=name)
            else:
                self.worked[name] = Number(self.retrace(name).value, name=name)
        return self.worked[name]

    def retrace(self, name: Name) -> Number:
        """Its working, over this learner's numbers."""
        if name not in self.retraced:
            self.retraced[name] = self.over(self.solution.working(name))
        return self.retraced[name]

    def over(self, x: Number) -> Number:
        """Any working, over this learner's numbers."""
        return self.look(x.name) if x.name else again(x, lambda leaf: self.look(leaf.name))


def skill(name: Name) -> str:
    """Z of Z1 and Z2, and W of W2_new: what is misunderstood in one layer is so in the next."""
    return "new" if name.array.endswith("_new") else re.sub(r"⟨.*", "", letter(name.array))
