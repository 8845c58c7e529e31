"""Sketch: the line of a whole array as a teacher would write it.

What says nothing is left out: `/ 1`, `1 x`, `+ 0`, products with zeros.  The shifted copies of a convolution are
`patches(X)`, step 3 of a sequence is X⟨3⟩, and a sum says over what it goes where that is not the units.
"""

from __future__ import annotations

from functools import partial
from typing import Any

from workings.ink.array import Array
from workings.ink.notation import MOVED, fold


def sketch(working: Array, m: int = 0) -> Array:
    """The same line for the eye; m examples.  It is only looked at: the cells of a sketch cannot be asked for."""
    return fold(working, lambda node: node, partial(_said, m=m), lambda node: node.operands)


def _said(node: Array, parts: list[Array], m: int) -> Array:
    op = node.op
    if op == "[]" and (step := _step(node, parts[0])) is not None:
        return step
    copied = [_unpadded(part) for part in parts] if op == "+" else [part for part in parts if part.name != "0"]
    if op in ("concat", "stack", "+") and (whole := _one_source(copied)) is not None:
        inside = _unpadded(whole)
        parts = [whole if inside is whole else Array(whole.shape, None, "padded", (inside,))]
        op = "unpatches" if op == "+" else "patches"
    elif op == "+":
        parts = [part for part in parts if not (_is(part, 0) or _vanishes(part))] or parts[:1]
    elif op == "*":
        parts = [part for part in parts if not _is(part, 1)] or parts[:1]
    elif op == "/" and _is(parts[1], 1):
        parts = parts[:1]
    elif op == "@" and any(part.name == "0" for part in parts):
        return next(part for part in parts if part.name == "0")
    elif node.axes:
        op += _over(node, parts[0], m)
    if len(parts) == 1 and op in ("+", "*", "/"):
        if not node.name:
            return parts[0]
        op = "is"
    return Array(node.shape, None, op, tuple(parts), node.name)


def _is(x: Array, value: Any) -> bool:
    """Whether an operand is this very number, written in the code."""
    if x.name:
        return x.name == str(value) and x.name in ("0", "1")
    return not x.operands and not x.ndim and x.at(()).value == value


def _vanishes(x: Array) -> bool:
    """Whether an operand is a product with zeros."""
    return x.op == "*" and not x.name and any(_is(part, 0) or _vanishes(part) for part in x.operands)


def source(x: Array) -> Array:
    """The array whose cells these are, wherever they were moved."""
    while x.op in MOVED and not x.name and len(x.operands) == 1:
        x = x.operands[0]
    return x


def _step(node: Array, part: Array) -> Array | None:
    """One step of a sequence, under the name that a walk would give it."""
    found = source(part)
    if node.key is None or not isinstance(node.key[0], int) or found.ndim != 3 or not found.name:
        return None
    if len(node.shape) != 2 or "⟨" in found.name or node.name:
        return None
    return Array(node.shape, name=f"{found.name}⟨{node.key[0] + 1}⟩")


def _one_source(parts: list[Array]) -> Array | None:
    """The array that several parts are copies of, each from another place."""
    found = [part.operands[0] if part.op == "unpatches" else source(part) for part in parts]
    copies = len(parts) > 1 and all(part is not whole for part, whole in zip(parts, found, strict=True))
    return found[0] if copies and all(whole is found[0] for whole in found) else None


def _unpadded(x: Array) -> Array:
    """An array without the zeros set round it."""
    while x.op == "concat" and not x.name:
        inside = [part for part in x.operands if part.name != "0"]
        if len(inside) != 1 or len(inside) == len(x.operands):
            return x
        x = inside[0]
    return x


def _over(node: Array, part: Array, m: int) -> str:
    """Over what a reduction goes, where that is known and not only the units."""
    shape, axes = node.operands[0].shape, set(node.axes)
    if len(axes) == len(shape) or axes == {0} == {len(shape) - 1}:
        return ""
    whole = source(part)
    if whole.ndim == 4 and len(shape) == 5:
        return " over windows" if axes == {0} else ""
    if whole.ndim > 2 and len(shape) == 2 and axes == {1}:
        return " over positions and examples"
    if shape[-1] != m or (len(shape) > 2 and shape[0] == m):
        return ""
    last = len(shape) - 1
    words = ["units"] * (0 in axes) + ["positions"] * any(0 < a < last for a in axes) + ["examples"] * (last in axes)
    return "" if words == ["units"] else f" over {' and '.join(words)}"
