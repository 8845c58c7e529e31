"""Sketch: the line of a whole array without what says nothing: `/ 1`, `1 x`, `+ 0`, products with zeros."""

from __future__ import annotations

from typing import Any

from workings.ink.array import Array
from workings.ink.notation import fold


def sketch(working: Array) -> Array:
    """The same line for the eye.  It is only looked at: the cells of a sketch cannot be asked for."""
    return fold(working, lambda node: node, lambda node, parts: _said(node, parts), lambda node: node.operands)


def _said(node: Array, parts: list[Array]) -> Array:
    if node.op == "+":
        parts = [part for part in parts if not _is(part, 0)] or parts[:1]
    elif node.op == "*":
        parts = [part for part in parts if not _is(part, 1)] or parts[:1]
    elif node.op == "/" and _is(parts[1], 1):
        parts = parts[:1]
    elif node.op == "@" and any(part.name == "0" for part in parts):
        return next(part for part in parts if part.name == "0")
    if len(parts) == 1 and node.op in ("+", "*", "/"):
        if not node.name:
            return parts[0]
        return Array(node.shape, None, "is", tuple(parts), node.name)
    return Array(node.shape, None, node.op, tuple(parts), node.name)


def _is(x: Array, value: Any) -> bool:
    """Whether an operand is this very number, written in the code."""
    if x.name:
        return x.name == str(value) and x.name in ("0", "1")
    return not x.operands and not x.ndim and x.at(()).value == value
