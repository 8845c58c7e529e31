"""Summary: the rows of a model with their shapes, and its parameters counted as arithmetic.

Z1   Dense     X        (16,)   16 × (784 + 1) = 12,560
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Line:
    """One row: its name, its layer, what it reads, the shape of one example, and its parameters."""

    name: str
    layer: str
    reads: str
    shape: str
    counted: str
    count: int


@dataclass(frozen=True)
class Summary:
    """The table of a model; `str` gives it as text, a notebook as a table."""

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
            lines.append(Line(name, type(layer).__name__, told, said(shapes[name]), arithmetic(layer, params), count))
        return cls(tuple(lines), repr(model.loss), tuple(model.shape))

    @property
    def parameters(self) -> int:
        """How many numbers are learned."""
        return sum(line.count for line in self.lines)

    @property
    def total(self) -> str:
        """The whole sum: 12,560 + 272 + 170 = 13,002."""
        counts = [line.count for line in self.lines if line.count]
        parts = " + ".join(f"{n:,}" for n in counts)
        return f"{parts} = {self.parameters:,}" if len(counts) > 1 else f"{self.parameters:,}"

    def __str__(self) -> str:
        table = [("row", "layer", "reads", "shape", "parameters"), ("X", "", "", said(self.inputs), "")]
        table += [(x.name, x.layer, x.reads, x.shape, x.counted) for x in self.lines]
        widths = [max(len(row[i]) for row in table) for i in range(5)]
        lines = ["  ".join(cell.ljust(w) for cell, w in zip(row, widths, strict=True)).rstrip() for row in table]
        return "\n".join([*lines, f"parameters: {self.total}", f"loss: {self.loss}"])

    def _repr_html_(self) -> str:
        rows = "".join(
            f"<tr><td>{x.name}</td><td>{x.layer}</td><td>{x.reads}</td><td>{x.shape}</td><td>{x.counted}</td></tr>"
            for x in self.lines
        )
        head = "".join(f"<th>{word}</th>" for word in ("row", "layer", "reads", "shape", "parameters"))
        return f"<table><tr>{head}</tr>{rows}</table><p>parameters: {self.total}; loss: {self.loss}</p>"


def arithmetic(layer: Any, params: dict[str, Any]) -> str:
    """How the parameters of one row are counted."""
    if not params:
        return ""
    count = sum(W.size for W in params.values())
    if set(params) == {"W", "b"}:
        n_out, n_in = params["W"].shape
        return f"{n_out:,} × ({n_in:,} + 1) = {count:,}"
    parts = " + ".join(f"{s} {' × '.join(str(n) for n in W.shape if n > 1) or 1}" for s, W in params.items())
    return f"{parts} = {count:,}"


def said(shape: tuple[int, ...]) -> str:
    """(28, 28) as 28 × 28."""
    return " × ".join(f"{n:,}" for n in shape)
