"""Compare: one array with the right one, and what is wrong with it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

import numpy as np

from workings.exercises.code.course import Function
from workings.exercises.code.faults import suspects
from workings.exercises.code.layouts import near
from workings.exercises.code.reference import Case, Plan


class Fault(NamedTuple):
    """The first array that is wrong, the fault by name, and a sentence; a cell of it, yours and the right one."""

    array: str
    name: str
    said: str
    cell: str = ""
    given: float | None = None
    right: float | None = None


def first(found: Mapping[str, Any], wanted: Mapping[str, Any], needed: Any) -> str:
    """The first array that is wrong, in the order in which they are worked out; "" where none is."""
    for name, right in wanted.items():
        if (name in found and not near(found[name], right)) or (name not in found and name in needed):
            return name
    return ""


def fault(
    f: Function, case: Case, plan: Plan, found: Mapping[str, Any], wanted: Mapping[str, Any], name: str
) -> Fault:
    """What is wrong with this array, and with the others if one fault explains them all."""
    if name not in found:
        return Fault(name, "missing", f"{name} is not in what it gives back")
    given, right = found[name], np.asarray(wanted[name], float)
    if not np.isfinite(np.asarray(given, float)).all():
        return Fault(name, "not finite", f"{name} holds nan or infinity", *_cell(name, given, right))
    told = _named(f, case, plan, found, wanted, name)
    if told is None and given.shape == right.shape and right.size > 1:
        told = _alone(case, given, right, name)
    if told is None and given.shape != right.shape:
        told = _shape(given, right, name)
    told = told or ("wrong", f"{name} differs from the right one in no simple way")
    return Fault(name, *told, *_cell(name, given, right))


def _named(
    f: Function, case: Case, plan: Plan, found: Mapping[str, Any], wanted: Mapping[str, Any], name: str
) -> tuple[str, str] | None:
    """A fault of the table that gives this array: one that gives all the others too, where there is one."""
    some = None
    for kind, said, made in suspects(f.name, case, plan):
        if name not in made or near(made[name], wanted[name]) or not near(found[name], made[name]):
            continue
        if all(near(found[other], x) for other, x in made.items() if other in found):
            return kind, said
        some = some or (kind, said)
    return some


def _alone(case: Case, given: Any, right: Any, name: str) -> tuple[str, str] | None:
    from workings.checkup.suspects import alone

    W = np.asarray(case.get(name.removeprefix("d"), np.zeros_like(right)))
    W = W if W.shape == right.shape else np.zeros_like(right)
    simple = alone(given.astype(float), right, np.ones(right.shape, bool), W, case["m"], case["k"])
    return (simple.fault, simple.said) if simple else None


def _shape(given: Any, right: Any, name: str) -> tuple[str, str]:
    """What a wrong shape tells."""
    is_, should = f"its shape is {given.shape}", f"{name} is {right.shape}"
    if given.size == right.size and given.ndim == 2 and given.T.shape == right.shape:
        what = "it is transposed" if near(given.T, right) else "it is transposed, and its numbers differ"
        return "transposed", f"{what}: {is_}, and {should}"
    if given.size == right.size:
        more = "" if near(given.reshape(right.shape), right) else "; its numbers differ too"
        return "rank 1", f"{is_}, and {should}: keepdims=True keeps the second axis{more}"
    if given.ndim == 0:
        return "wrong axis", f"it is one number, and {should}: say along which axis the sum runs"
    if right.ndim == 2 and given.ndim == 2 and 1 in right.shape and given.shape == (max(right.shape),) * 2:
        return "rank 1", f"{is_}, and {should}: a column and a row were broadcast against each other"
    if right.ndim == given.ndim == 2 and right.shape[1] == 1 == given.shape[0]:
        return "wrong axis", f"{is_}, and {should}: a row of it belongs to a unit, so the sum runs along axis 1"
    return "shape", f"{is_}, and {should}"


def _cell(name: str, given: Any, right: Any) -> tuple[str, float | None, float | None]:
    """The cell that is furthest off, counted from 1."""
    if given.shape != right.shape:
        return "", None, None
    apart = np.abs(np.asarray(given, float) - right)
    where = np.unravel_index(int(np.argmax(np.where(np.isnan(apart), np.inf, apart))), right.shape)
    cell = f"{name}[{','.join(str(int(i) + 1) for i in where)}]" if where else name
    return cell, float(given[where]), float(right[where])
