"""Results: the arrays in what a function gave back, by name, whatever it was packed in."""

from __future__ import annotations

import re
from collections.abc import Mapping
from itertools import permutations
from typing import Any

import numpy as np

from workings.exercises.code.course import Function
from workings.exercises.code.layouts import Layout, near, straight

ALSO = {"dA_prev": ("dA", "dA0", "dX"), "AL": ("A2", "yhat", "y_hat", "A"), "predictions": ("p", "y_pred")}


def arrays(function: Function, out: Any, wanted: Mapping[str, Any], layout: Layout) -> dict[str, Any]:
    """What came back, by the names of what is wanted, in columns."""
    if function.name in ("backward_propagation", "update_parameters", "train"):
        named = some(out, set(wanted)) or {}
    elif function.name == "forward_propagation":
        named = _forward(out, wanted)
    elif function.name.endswith("linear_backward") or function.name == "linear_activation_backward":
        named = _three(out, wanted, layout)
    else:
        named = _one(out, next(iter(wanted)))
    found = {name: straight(name, x, layout) for name, x in named.items() if isinstance(x, np.ndarray)}
    if "predictions" in found and found["predictions"].size == wanted["predictions"].size:
        found["predictions"] = found["predictions"].reshape(wanted["predictions"].shape)
    if "J" in found and found["J"].size == 1:
        found["J"] = found["J"].reshape(())
    return found


def _one(out: Any, name: str) -> dict[str, Any]:
    """The only array, or the first, or the one of that name."""
    if isinstance(out, tuple) and out:
        return _one(out[0], name)
    if isinstance(out, Mapping):
        return {name: next((out[key] for key in (name, *ALSO.get(name, ())) if key in out), None)}
    return {name: out}


def some(out: Any, wanted: set[str]) -> dict[str, Any] | None:
    """The first dict in it with any of these names."""
    if isinstance(out, Mapping):
        same = {name: out[key] for name in wanted for key in (name, name.removeprefix("d")) if key in out}
        return same or next((found for part in out.values() if (found := some(part, wanted))), None)
    if isinstance(out, tuple):
        return next((found for part in out if (found := some(part, wanted))), None)
    return None


def _forward(out: Any, wanted: Mapping[str, Any]) -> dict[str, Any]:
    """AL, and the Z and A of a cache that names them, or keeps ((A_prev, W, b), Z) of each layer."""
    found = _one(out, "AL")
    for part in out[1:] if isinstance(out, tuple) else (out,):
        if isinstance(part, Mapping):
            found |= {name: part[name] for name in wanted if name in part and name != "AL"}
        if isinstance(part, tuple):
            for layer, kept in enumerate(part, 1):
                if isinstance(kept, tuple) and len(kept) == 2 and f"Z{layer}" in wanted:
                    Z = wanted[f"Z{layer}"]
                    if isinstance(kept[1], np.ndarray) and kept[1].shape in (Z.shape, Z.T.shape):
                        found[f"Z{layer}"] = kept[1]
    return found


def _three(out: Any, wanted: Mapping[str, Any], layout: Layout) -> dict[str, Any]:
    """dA_prev, dW, db in the order in which most shapes and numbers fit; the course's where several do."""
    if isinstance(out, Mapping):
        known = {name: next((out[k] for k in (name, *ALSO.get(name, ())) if k in out), None) for name in wanted}
        return known
    if not isinstance(out, tuple):
        return {}
    orders = [order for order in permutations(("dA_prev", "dW", "db")) if len(out) >= 3]
    orders = sorted(orders, key=lambda order: order != ("dA_prev", "dW", "db")) or [("dW", "db")]

    def fits(order: tuple[str, ...]) -> tuple[int, int]:
        pairs = [(straight(name, x, layout), wanted[name]) for name, x in zip(order, out, strict=False)]
        shapes = [(x, right) for x, right in pairs if isinstance(x, np.ndarray) and x.shape == right.shape]
        return len(shapes), sum(near(x, right) for x, right in shapes)

    return dict(zip(max(orders, key=fits), out, strict=False))


def known(out: Any) -> list[Any]:
    """Every array inside, in order."""
    if isinstance(out, np.ndarray):
        return [out]
    parts = out.values() if isinstance(out, Mapping) else out if isinstance(out, tuple) else ()
    return [x for part in parts for x in known(part)]


def own_lines(source: str, first: int) -> list[tuple[int, str]]:
    """The lines of a function that begins in line `first` (from 1), with their numbers."""
    lines = source.splitlines()
    if not 1 <= first <= len(lines):
        return []
    start = first - 1
    while start < len(lines) and not re.match(r"\s*(async\s+)?def\s", lines[start]):
        start += 1  # past its decorators
    deep = len(lines[start]) - len(lines[start].lstrip()) if start < len(lines) else 0
    found = [(i + 1, lines[i]) for i in range(start, min(start + 1, len(lines)))]
    for i in range(start + 1, len(lines)):
        text = lines[i]
        if text.strip() and len(text) - len(text.lstrip()) <= deep and not text.lstrip().startswith((")", "#")):
            break
        found.append((i + 1, text))
    return found


def line_of(source: str, first: int, name: str) -> tuple[int, str] | None:
    """The last line in a function that gives this array its value: dW2 counts as dW too."""
    bare = re.sub(r"\d+$", "", name)
    for wanted in dict.fromkeys((name, bare)):
        pattern = re.compile(
            rf"(?<![\w.]){re.escape(wanted)}\s*(\[[^=]*\])?\s*[-+*/]?=(?!=)|['\"]{re.escape(wanted)}"
        )
        hits = [(i, text.strip()) for i, text in own_lines(source, first) if pattern.search(text)]
        if hits:
            return hits[-1]
    return None
