"""Gradients: every gradient against the slope of the loss, with a verdict that says what is wrong with it.

report = wk.checkup.gradients(model, X, y)                      the way back of the model's own layers
report = wk.checkup.gradients(model, X, y, {"dW1": …, …})       gradients that were worked out elsewhere
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import numpy as np

from workings.checkup.case import Case
from workings.checkup.differences import Slope, slopes
from workings.checkup.finding import listed
from workings.checkup.suspects import NEAR, alone, suspects, updated
from workings.checkup.verdicts import Verdict, Verdicts, together
from workings.penalties import L1, L2

NARROW = {"float16": 1e-2, "float32": 2e-4}  # what the last digits of narrower numbers allow


def gradients(
    model: Any,
    X: Any,
    y: Any,
    gradients: Mapping[str, Any] | None = None,
    *,
    l1: float = 0.0,
    l2: float = 0.0,
    most: int = 60,
    tolerance: float = 1e-7,
    seed: int = 0,
    truth: dict[str, dict[Any, Slope]] | None = None,
) -> Verdicts:
    """Every gradient of J on these rows against J's slope, found by nudging each parameter (in float64).

    `gradients`: your own, by name: {"dW1": (n_out, n_in), "db1": (n_out, 1), …}; without, those of the model's own
    way back, which is worth asking where a layer is your own.
    `l1`, `l2`: the penalties in J, as in `fit`.  `most`: at most so many cells of each array are nudged.
    `tolerance`: as a share of the array's largest slope; narrower types than float64 are allowed their last digits.
    `truth`: what `slopes_of` gave for the same model and rows, to check several sets against it.

    Where a cell stands on a kink (a ReLU at exactly 0), any number between the slopes of its two sides is right.
    A few rows are enough, and quicker.

    >>> from workings import Dense, Model
    >>> model = Model([Dense(3, "tanh"), Dense(1)], seed=1)
    >>> X, y = np.array([[1.0, 2.0], [3.0, -1.0], [0.0, 1.0]]), np.array([1.0, 0.0, 2.0])
    >>> check = gradients(model, X, y)
    >>> check.right, round(check["dW1"].difference, 6)
    (True, 0.0)
    >>> w = model.explain(X, y)
    >>> mine = {name: w[name].numbers for name in ("dW2", "db2", "dW1", "db1")}
    >>> print(gradients(model, X, y, mine | {"dW2": 3 * mine["dW2"]})["dW2"].said)
    it is m = 3 times too big: the division by m is missing
    """
    case = Case.of(model, X, y, penalties(l1, l2), None if gradients is not None else seed)
    own = case.back(case.problem.network)
    given = case.named(own) if gradients is None else case.read(gradients)
    truth = truth or slopes_of_case(case, most, seed)
    found = {f"d{name}": _judged(case, name, given.get(name), truth[name], tolerance) for name in case.order}
    found = _traced(case, found, given)
    return Verdicts(found, together(found), tolerance)


def slopes_of(model: Any, X: Any, y: Any, most: int = 60, seed: int = 0, l1: float = 0.0, l2: float = 0.0) -> Any:
    """The slopes of J at the cells of every parameter, for `gradients(…, truth=…)`."""
    return slopes_of_case(Case.of(model, X, y, penalties(l1, l2), None), most, seed)


def penalties(l1: float, l2: float) -> tuple[Any, ...]:
    """Those that are not 0."""
    return tuple(kind(strength) for kind, strength in ((L1, l1), (L2, l2)) if strength)


def slopes_of_case(case: Case, most: int, seed: int) -> dict[str, dict[Any, Slope]]:
    """The slopes at the cells of every parameter."""
    return {name: slopes(case.J, case.array(name), most, seed) for name in case.order}


def _judged(case: Case, name: str, given: np.ndarray | None, truth: dict[Any, Slope], tolerance: float) -> Verdict:
    """One array on its own."""
    W, called = case.array(name), f"d{name}"
    if given is None:
        return Verdict(called, "missing", "it was not handed in", float("nan"), cells=W.size)
    if given.shape != W.shape:
        turned = given.T.shape == W.shape
        hint = ": it is transposed" if turned else f": write .reshape{W.shape}" if given.size == W.size else ""
        fault = "transposed" if turned and given.ndim == 2 else "shape"
        said = f"its shape is {given.shape}, and {name} is {W.shape}{hint}"
        return Verdict(called, fault, said, float("nan"), cells=W.size)
    allowed = max(tolerance, NARROW.get(str(given.dtype), 0.0))
    given = given.astype(np.float64)
    largest = max((abs(s.value) for s in truth.values()), default=0.0)
    margin = allowed * largest + 1e-11 * max(1.0, abs(case.J()))
    apart = {cell: _apart(s, float(given[cell])) for cell, s in truth.items()}
    worst = max(apart, key=lambda cell: apart[cell])
    kinks = sum(s.sides is not None for s in truth.values())
    told: dict[str, Any] = {
        "difference": apart[worst] / largest if largest else apart[worst],
        "checked": len(truth),
        "cells": W.size,
        "kinks": kinks,
    }
    if all(s.allows(float(given[cell]), margin) for cell, s in truth.items()):
        return Verdict(called, "", "right", **told)
    known, slope = np.zeros(W.shape, bool), np.zeros(W.shape)
    for cell, s in truth.items():
        known[cell], slope[cell] = s.sides is None, s.value
    simple = alone(given, slope, known, W, case.problem.X.shape[-1], case.problem.Y.shape[0])
    base = case.base
    return Verdict(
        called,
        simple.fault if simple else "wrong",
        simple.said if simple else "it differs from the slope in no simple way",
        **told,
        cell=f"{called}[{','.join(str(i + base) for i in worst)}]",
        given=float(given[worst]),
        slope=truth[worst].value,
    )


def _apart(s: Slope, given: float) -> float:
    """How far a gradient lies outside what the slope allows."""
    low, high = s.sides or (s.value, s.value)
    found = max(low - given, given - high, 0.0)
    return found if found == found else float("inf")


def _traced(case: Case, found: dict[str, Verdict], given: dict[str, np.ndarray]) -> dict[str, Verdict]:
    """The same, where one wrong way back explains what no array alone could."""
    odd = [v.name[1:] for v in found.values() if v.fault == "wrong"]
    if not odd:
        return found
    told = [
        v.name[1:] for v in found.values() if v.fault in ("wrong", "")
    ]  # what a suspect has to explain, all of it
    network = case.problem.network
    for suspect in suspects(network, case.back, case.wires()):
        try:
            made = case.named(suspect.gradients())
        except Exception:
            continue
        if all(_near(made[name], given[name]) for name in told):
            return _with(found, odd, suspect.fault, suspect.said)
    first = odd[0]
    pick = lambda tree: case.named(tree)[first].astype(float).ravel()
    try:
        alpha = updated(network, case.back, pick, given[first].astype(float).ravel())
    except Exception:
        alpha = None
    if alpha:
        above = listed([n for n in case.order if n not in odd and case.labels[n][1].startswith("W")] or ["W"])
        said = f"it was worked out with weights ({above}) that a step of {alpha:.4g} had updated already"
        return _with(found, odd, "updated weights", said)
    return found


def _near(made: np.ndarray, given: np.ndarray) -> bool:
    size = float(np.abs(given).max())
    return bool(np.abs(made - given).max() <= NEAR * size) if size else not made.any()


def _with(found: dict[str, Verdict], names: list[str], fault: str, said: str) -> dict[str, Verdict]:
    changed = {f"d{name}" for name in names}
    return {name: replace(v, fault=fault, said=said) if name in changed else v for name, v in found.items()}
