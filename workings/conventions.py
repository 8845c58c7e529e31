"""Conventions: how numbers are shown, declared once and printed on every sheet and page.

Display only.  What is mathematics (the factor of a loss, the form of momentum) belongs to that loss or optimizer.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any


@dataclass(frozen=True)
class Conventions:
    """How arrays are written.

    `base` counts cells from 1, as on the board, or from 0, as in Python.  `examples` are "columns", as in the
    textbook, or "rows", as in PyTorch.  `digits` is how many significant digits of an inexact number are shown, and
    `terms` how many terms of a long sum are written out before the rest is collected.
    """

    base: int = 1
    examples: str = "columns"
    digits: int = 4
    terms: int = 8

    def __post_init__(self):
        if self.base not in (0, 1):
            raise ValueError(f"cells are counted from 0 or from 1, not from {self.base!r}")
        if self.examples not in ("columns", "rows"):
            raise ValueError(f'examples are "columns" or "rows", not {self.examples!r}')
        if isinstance(self.digits, bool) or not isinstance(self.digits, int) or not 1 <= self.digits <= 17:
            raise ValueError(f"digits is a whole number from 1 to 17, not {self.digits!r}")
        if isinstance(self.terms, bool) or not isinstance(self.terms, int) or self.terms < 1:
            raise ValueError(f"terms is a whole number from 1 on, not {self.terms!r}")

    def to_json(self) -> dict[str, Any]:
        """The fields as plain data."""
        return asdict(self)
