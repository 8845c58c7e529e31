"""Wires: which arrays have one column for every example, and how their cells are counted on paper."""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence

from workings.contract import Shape
from workings.conventions import Conventions
from workings.explain.turn import turned, turned_back
from workings.ink.number import Name


class Places:
    """The places of cells as conventions show them: counted from `base`, with the example last or first."""

    def __init__(self, conventions: Conventions, parameters: Sequence[str], m: int, wires: Collection[str] = ()):
        self.conventions = conventions
        self.m = m
        self.labels = parameters
        self.wires = {*wires, *(f"d{wire}" for wire in wires)}
        self.parameters = {*parameters, *(f"d{label}" for label in parameters)}

    def is_wire(self, array: str, shape: Shape) -> bool:
        """Whether the last axis of an array counts the examples."""
        if not shape or shape[-1] != self.m or array in self.parameters:
            return False
        if array not in self.wires and len(shape) > 2 and shape[0] == self.m:
            return False  # attention brings the examples to the front: here the last axis counts tokens
        return not any(part in self.parameters for part in re.split(r"_|'", array))

    def shown(self, name: Name, shape: Shape) -> Name:
        """A name with its cell as it stands on paper, but still counted from 0."""
        rows = self.conventions.examples == "rows" and self.is_wire(name.array, shape)
        return Name(name.array, turned(name.cell)) if rows else name

    def read(self, array: str, shape: Shape, place: Sequence[int]) -> tuple[int, ...]:
        """The index of a cell from its place on paper."""
        index = tuple(i - self.conventions.base for i in place)
        rows = self.conventions.examples == "rows" and self.is_wire(array, shape)
        return turned_back(index) if rows and len(index) == len(shape) else index
