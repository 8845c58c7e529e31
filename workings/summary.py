"""Summary: the rows of a model with their shapes, and its parameters counted as arithmetic.

Z1   Dense     X        (16,)   16 × (784 + 1) = 12,560
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from html import escape
from typing import Any


@dataclass(frozen=True)
class Line:
    """One row: its name, its layer, what it reads, the shape of one example, and its parameters."""

    name: str
    layer: str
    reads: str
    shape: str
    product: str
    count: int

    @property
    def counted(self) -> str:
        """16 × (784 + 1) = 12,560."""
        return f"{self.product} = {self.count:,}" if self.product else ""


@dataclass(frozen=True)
class Summary:
    """The table of a model; Python shows it as text, a notebook as a table."""

    lines: tuple[Line, ...]
    loss: str
    inputs: tuple[int, ...]

    @classmethod
    def of(cls, model: Any) -> Summary:
        """The summary of a model that knows its inputs."""
        shapes = model.network.shapes(model.shape)
        lines = []
        for name, layer, reads in model.network.rows:
            params = model.state.params.get(name, {})
            count = sum(W.size for W in params.values())
            told = ", ".join(reads)
            kind = type(getattr(layer, "cell", None) or getattr(layer, "inner", None) or layer).__name__
            lines.append(Line(name, kind, told, said(shapes[name]), arithmetic(params), count))
        return cls(tuple(lines), repr(model.loss), tuple(model.shape))

    @property
    def parameters(self) -> int:
        """How many numbers are learned."""
        return sum(line.count for line in self.lines)

    @property
    def total(self) -> str:
        """The whole sum: 4 × (3 + 1) + 2 × (4 + 1) = 16 + 10 = 26."""
        learned = [line for line in self.lines if line.count]
        if len(learned) < 2:
            return learned[0].counted if learned else "0"
        products = " + ".join(line.product for line in learned)
        counts = " + ".join(f"{line.count:,}" for line in learned)
        return " = ".join([*([products] if len(products) <= 60 else []), counts, f"{self.parameters:,}"])

    def __str__(self) -> str:
        table = [("row", "layer", "reads", "shape", "parameters"), ("X", "", "", said(self.inputs), "")]
        table += [(x.name, x.layer, x.reads, x.shape, x.counted) for x in self.lines]
        widths = [max(len(row[i]) for row in table) for i in range(5)]
        lines = ["  ".join(cell.ljust(w) for cell, w in zip(row, widths, strict=True)).rstrip() for row in table]
        return "\n".join([*lines, f"parameters: {self.total}", f"loss: {self.loss}"])

    __repr__ = __str__

    def _repr_html_(self) -> str:
        cells = [(x.name, x.layer, x.reads, x.shape, x.counted) for x in self.lines]
        rows = "".join("<tr>" + "".join(f"<td>{escape(cell)}</td>" for cell in row) + "</tr>" for row in cells)
        head = "".join(f"<th>{word}</th>" for word in ("row", "layer", "reads", "shape", "parameters"))
        return f"<table><tr>{head}</tr>{rows}</table><p>parameters: {self.total}; loss: {escape(self.loss)}</p>"


def arithmetic(params: Mapping[str, Any]) -> str:
    """How the parameters of one row are counted: units × (what feeds one + its bias), or a sum of tables.

    >>> import numpy as np
    >>> arithmetic({"W": np.zeros((4, 3)), "b": np.zeros((4, 1))})
    '4 × (3 + 1)'
    """
    if set(params) == {"W", "b"} and params["b"].shape == (params["W"].shape[0], 1):
        n_out, n_in = params["W"].shape
        return f"{n_out:,} × ({n_in:,} + 1)"
    return " + ".join(f"{s} {' × '.join(f'{n:,}' for n in W.shape if n > 1) or 1}" for s, W in params.items())


def said(shape: tuple[int, ...]) -> str:
    """(28, 28) as 28 × 28."""
    return " × ".join(f"{n:,}" for n in shape)
