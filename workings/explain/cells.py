"""Cells: one named array of an explanation, whose every cell opens."""

from __future__ import annotations

import operator
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from workings.contract import Shape
from workings.explain.derivation import Derivation
from workings.explain.sketch import sketch
from workings.explain.turn import turned, turned_formula
from workings.ink.notation import Notation, ascii_name, write
from workings.ink.number import Name
from workings.ink.rounding import cut, cut_constant
from workings.ink.text import PLAIN, called

if TYPE_CHECKING:
    from workings.explain.explanation import Explanation


class Cells:
    """One array by name: `np.asarray(w["dW1"])` are its numbers, `w["dW1"][1, 0]` is how one cell was made."""

    def __init__(self, whole: Explanation, name: str):
        self.whole = whole
        self.name = name

    @property
    def shape(self) -> Shape:
        return self.numbers.shape

    @property
    def numbers(self) -> np.ndarray:
        """The plain numbers; object dtype where they are exact."""
        return self.whole.numbers[self.name]

    @property
    def formula(self) -> str:
        """How the whole array is made, in symbols; as the conventions have it, of columns or of rows."""
        return self.written()

    def written(self, notation: Notation = PLAIN) -> str:
        """The formula in a notation."""
        working = sketch(self.whole.book.workings[self.name], self.whole.problem.X.shape[-1])
        digits, exact = self.whole.conventions.digits, self.whole.exact
        number = lambda x: notation.number(cut_constant(x.value, digits, exact).text)
        leaf = lambda node: called(node, notation, 0, number)
        rows = self.whole.conventions.examples == "rows"
        told = turned_formula(working, self.whole.places.is_wire, notation, leaf) if rows else None
        return told or write(working, notation, leaf).text

    @property
    def _as_rows(self) -> bool:
        return self.whole.conventions.examples == "rows" and self.whole.places.is_wire(self.name, self.shape)

    @property
    def shown(self) -> np.ndarray:
        """The numbers as they stand on paper: one example per row where the conventions say so."""
        return np.moveaxis(self.numbers, -1, 0) if self._as_rows else self.numbers

    def __array__(self, dtype: Any = None, copy: bool | None = None) -> np.ndarray:
        return np.array(self.numbers, dtype=dtype) if copy or dtype else self.numbers

    def __float__(self) -> float:
        return float(self.numbers.item())

    def __getitem__(self, key: Any) -> Any:
        """One cell (a whole number for every axis, from 0) → Derivation; anything else → plain numbers."""
        key = key if isinstance(key, tuple) else (key,)
        if len(key) != len(self.shape) or not all(isinstance(k, int | np.integer) for k in key):
            return self.numbers[key]
        return Derivation.of(self.whole, *self.place(key))

    def place(self, index: Sequence[int]) -> Name:
        """The name of the cell at an index counted from 0; a negative one counts from the end."""
        index = tuple(map(operator.index, index))
        if len(index) != len(self.shape) or not all(-n <= i < n for i, n in zip(index, self.shape, strict=True)):
            raise IndexError(self._outside(list(index), 0, on_paper=False))
        return Name(self.name, tuple(i % n for i, n in zip(index, self.shape, strict=True)))

    def at(self, place: Sequence[int]) -> Derivation:
        """The cell at a place counted as the conventions count."""
        base = self.whole.conventions.base
        index = self.whole.places.read(self.name, self.shape, place)
        if len(index) != len(self.shape) or not all(0 <= i < n for i, n in zip(index, self.shape, strict=True)):
            raise IndexError(self._outside(list(place), base, on_paper=True))
        return Derivation.of(self.whole, self.name, index)

    def _outside(self, place: list[int], base: int, on_paper: bool) -> str:
        shape = turned(self.shape) if on_paper and self._as_rows else self.shape
        spans = ", ".join(f"{base} to {n - 1 + base}" for n in shape)
        counted = (
            f"its indices run from {spans}" if self.shape else f"it is one number, without an index: {self.name!r}"
        )
        return f"{self.name} has shape {self.shape}: there is no cell {place}; {counted}"

    def __repr__(self) -> str:
        digits = self.whole.conventions.digits
        rounded = False

        def told(x: Any) -> str:
            nonlocal rounded
            made = cut(x.item() if hasattr(x, "item") else x, digits)
            rounded |= made.rounded
            return made.text

        kinds: Any = {"all": told, "object": told}
        with np.printoptions(threshold=200, formatter=kinds):
            numbers = str(self.shown) if self.shape else told(self.shown.item())
        note = f"\n(numbers are shown with {digits} digits)" if rounded else ""
        return f"{ascii_name(self.name)} {self.shown.shape} = {self.formula}\n{numbers}{note}"

    def _repr_html_(self) -> str:
        from workings.sheets.html import array_page  # a door to the floor above

        return array_page(self)
