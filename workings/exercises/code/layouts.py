"""Layouts: the ways in which examples and weights may stand; what comes back is turned into columns by its name."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, NamedTuple

import numpy as np


class Layout(NamedTuple):
    """`rows`: examples in rows; `weights`: W is (n_prev, n); `flat`: b has one axis."""

    said: str
    rows: bool = False
    weights: bool = False
    flat: bool = False


COLUMNS = Layout("examples in columns")
LAYOUTS = [
    COLUMNS,
    Layout("examples in rows, W (n_prev, n), b (1, n)", True, True),
    Layout("examples in rows, W (n_prev, n), b (n,)", True, True, True),
    Layout("examples in rows, W (n, n_prev), b (1, n)", True),
    Layout("examples in rows, W (n, n_prev), b (n,)", True, False, True),
]


NEAR = {"float32": (2e-4, 1e-8), "float16": (2e-2, 1e-5)}  # of the largest number, and least of all


def near(given: Any, right: Any) -> bool:
    """Whether these are the same numbers, but for their last digits; nan is never right."""
    given, right = np.asarray(given), np.asarray(right, float)
    if given.shape != right.shape:
        return False
    share, least = NEAR.get(str(given.dtype), (1e-6, 1e-15))
    margin = share * float(np.abs(right).max(initial=0)) + least
    return bool((np.abs(given.astype(float) - right) <= margin).all())


def symbol(name: str) -> str:
    """W, b, or A for all that has an example in each column."""
    bare = re.sub(r"\d+$", "", name).removeprefix("d")
    return bare if bare in ("W", "b") else "A"


def turned(name: str, x: Any, layout: Layout) -> Any:
    """A value of a case in this layout."""
    if isinstance(x, tuple | list):
        names = ("A_prev", "W", "b") if len(x) == 3 else (name,) * len(x)
        return type(x)(turned(part_name, part, layout) for part_name, part in zip(names, x, strict=True))
    if isinstance(x, Mapping):
        return {key: turned(key, part, layout) for key, part in x.items()}
    if not layout.rows or not isinstance(x, np.ndarray):
        return x
    kind = symbol(name)
    if kind == "b":
        return x.ravel() if layout.flat else x.T
    return x.T if kind == "A" or layout.weights else x


def straight(name: str, x: Any, layout: Layout) -> Any:
    """An array that came back, in columns again."""
    if not layout.rows or not isinstance(x, np.ndarray):
        return x
    kind = symbol(name)
    if kind == "b" and x.ndim == 1:
        return x[:, None]
    if kind == "W" and not layout.weights:
        return x
    return x.T


def encoded(x: Any) -> Any:
    """As the worker reads it."""
    if isinstance(x, np.ndarray):
        return {"array": x.ravel().tolist(), "shape": list(x.shape)}
    if isinstance(x, tuple):
        return {"tuple": [encoded(part) for part in x]}
    if isinstance(x, list):
        return [encoded(part) for part in x]
    if isinstance(x, Mapping):
        return x if "of" in x else {"dict": {key: encoded(part) for key, part in x.items()}}
    return x


def decoded(told: Any, kind: str = "float64", depth: int = 0) -> Any:
    """A result of the worker's as plain data: arrays, tuples, dicts, text; None for all that is none of these."""
    if isinstance(told, str) or depth > 10:
        return told if isinstance(told, str) else None
    if not isinstance(told, dict):
        return None
    if "parts" in told and isinstance(told["parts"], list):
        return tuple(decoded(part, kind, depth + 1) for part in told["parts"])
    if "named" in told and isinstance(told["named"], dict):
        return {key: decoded(part, kind, depth + 1) for key, part in told["named"].items()}
    return _array(told, kind)


def _array(told: dict[str, Any], kind: str) -> Any:
    """Numbers and a shape that fit each other, or None."""
    values, shape = told.get("values"), told.get("shape")
    if not isinstance(values, list) or not isinstance(shape, list) or len(shape) > 6:
        return None
    if not all(type(v) in (int, float) for v in values) or not all(type(n) is int and n >= 0 for n in shape):
        return None
    try:
        return np.array([float(v) for v in values]).reshape(shape).astype(kind)
    except (ValueError, OverflowError):
        return None


def narrowest(told: Any) -> str:
    """The narrowest type of number in a result: what it was worked out in."""
    if isinstance(told, dict):
        if told.get("type") in NEAR:
            return str(told["type"])
        told = list(told.values())
    kinds = {narrowest(part) for part in told} if isinstance(told, list) else set()
    return next((kind for kind in ("float16", "float32") if kind in kinds), "float64")
