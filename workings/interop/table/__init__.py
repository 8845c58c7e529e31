"""The table: every layer of ours, and what it is in PyTorch, ONNX, Keras and NumPy.  A new layer is a new row."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from workings import layers
from workings.interop.table.activations import ACTIVATIONS
from workings.interop.table.images import IMAGES
from workings.interop.table.row import Part as Part
from workings.interop.table.row import Read as Read
from workings.interop.table.row import Row as Row
from workings.interop.table.row import Torch as Torch
from workings.interop.table.row import feature_axis as feature_axis
from workings.interop.table.row import in_rows as in_rows
from workings.interop.table.sequences import SEQUENCES
from workings.interop.table.tables import TABLES

ROWS: dict[type, Row] = {**ACTIVATIONS, **TABLES, **IMAGES, **SEQUENCES}


def positions(w: Any, p: Part, reads: list[str]) -> None:
    """A dense layer at every position is one product; the bias is added to it."""
    if not isinstance(p.layer.inner, layers.Dense):
        cell(p, "onnx")(w, inner(p), reads)
        return
    W, b = w.array(p.labels["W"], p.params["W"].T), w.array(p.labels["b"], p.params["b"][:, 0])
    w.node("Add", [w.node("MatMul", [*reads, W]), b], p.name)


def inner(p: Part) -> Part:
    """The row that stands at every position: elsewhere the layers of tables work on the last axis by themselves."""
    return replace(p, layer=p.layer.inner)


ROWS[layers.Positions] = Row(
    Torch((), lambda nn, p: of(inner(p), "torch").to(nn, inner(p)), lambda module: Read(None)),
    positions,
    lambda p, reads: of(inner(p), "keras")(inner(p), reads),
    lambda p, name, reads: of(inner(p), "numpy")(inner(p), name, reads),
)


def cell(p: Part, tool: str) -> Any:
    return of(inner(p), tool)


def of(p: Part, tool: str) -> Any:
    """What this row is in a tool.  Raises ValueError with the reason where it is nothing there."""
    kind = type(p.layer)
    found = getattr(ROWS[kind], tool) if kind in ROWS else "it is a layer of your own"
    if isinstance(found, str):
        raise ValueError(f"row {p.name!r}, {kind.__name__}, cannot be written for {SPOKEN[tool]}: {found}")
    return found


SPOKEN = {"torch": "PyTorch", "onnx": "ONNX", "keras": "Keras", "numpy": "NumPy"}
