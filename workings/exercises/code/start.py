"""Start: the parameters that a network begins with: their shapes, biases of 0, and weights that differ."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

import numpy as np

from workings.exercises.code.compare import Fault
from workings.exercises.code.course import FUNCTIONS
from workings.exercises.code.layouts import COLUMNS, Layout
from workings.exercises.code.results import own_lines, some

if TYPE_CHECKING:
    from workings.exercises.code.calls import Tried


def started(tried: Tried, votes: Counter[Layout]) -> tuple[Fault, str] | None:
    """What is wrong with them, and in which case."""
    from workings.exercises.code.calls import Way
    from workings.exercises.code.look import Look
    from workings.exercises.code.stopped import stopped

    f, name = FUNCTIONS["initialize_parameters"], "initialize_parameters"
    line = tried.ran.functions.get(tried.names[name], {}).get("line")
    text = "\n".join(t for _, t in own_lines(tried.source, line if type(line) is int else 0))
    layout = votes.most_common(1)[0][0] if votes else COLUMNS
    for i, case in enumerate(tried.cases[name]):
        if case["deep"] and "W2" in text:
            continue
        answer = tried.answer(name, i, Way(COLUMNS))
        out = tried.out(name, i, Way(COLUMNS))
        wanted = case["parameters"]
        if out is None:
            error = answer.get("error") if answer else None
            return stopped(f, tried, Look(case, None, {"W1": 0}, ("W1",), error)), case["case"]
        found = some(out, set(wanted)) or {}
        for key, right in wanted.items():
            if fault := _one(key, found.get(key), right, layout):
                return fault, case["case"]
    return None


def _one(key: str, x: object, right: np.ndarray, layout: Layout) -> Fault | None:
    """What is wrong with one of them."""
    if not isinstance(x, np.ndarray):
        return Fault(key, "missing", f"{key} is not in what it gives back")
    turned = layout.rows and (key[0] == "b" or layout.weights)
    shape = right.T.shape if turned else right.shape
    if x.shape != shape and not (layout.rows and x.shape == (right.size,)):
        fault = "transposed" if x.shape == shape[::-1] else "rank 1" if x.shape == (right.size,) else "shape"
        said = "it is transposed: " if fault == "transposed" else ""
        return Fault(key, fault, f"{said}its shape is {x.shape}, and {key} is {shape}")
    if not np.isfinite(x).all():
        return Fault(key, "not finite", f"{key} holds nan or infinity")
    units = x.T if turned else x
    if key[0] == "W" and len(units) > 1 and np.ptp(units, axis=0).max() == 0:
        what = "all weights are 0" if not x.any() else "all units have the same weights"
        return Fault(key, "symmetry", f"{what}: the units of a layer would stay alike for ever; draw them at random")
    if key[0] == "W" and np.abs(x).max() > 10:
        return Fault(key, "too large", f"weights up to {np.abs(x).max():.3g} saturate every unit; draw them small")
    return None
