"""Look: a function called one way on one case, and on all of them: what came back beside what is right."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, NamedTuple

import numpy as np

from workings.exercises.code.calls import Tried, Way
from workings.exercises.code.compare import first
from workings.exercises.code.course import SYNONYMS, Function
from workings.exercises.code.layouts import near
from workings.exercises.code.reference import Plan
from workings.exercises.code.results import arrays


class Look(NamedTuple):
    """A function called one way on one case: what it gave, what is right."""

    case: dict[str, Any]
    found: dict[str, Any] | None
    wanted: dict[str, Any]
    needed: tuple[str, ...]
    error: dict[str, Any] | None

    @property
    def first(self) -> str:
        """The first array that is wrong."""
        return first(self.found, self.wanted, self.needed) if self.found is not None else next(iter(self.wanted))

    @property
    def points(self) -> int:
        """3 for a right array, 1 for one of the right shape."""
        if self.found is None:
            return 0
        there = [(self.found[n], x) for n, x in self.wanted.items() if n in self.found]
        return sum(3 if near(given, x) else np.shape(given) == np.shape(x) for given, x in there)


@dataclass
class Seen:
    """A function called one way on all cases, and taken by one plan."""

    way: Way
    plan: Plan
    family: str
    looks: list[Look]
    notes: list[str] = field(default_factory=list)

    @property
    def right(self) -> bool:
        """Whether every array of every case is."""
        return bool(self.looks) and not any(look.first for look in self.looks)

    @property
    def points(self) -> int:
        """How much of it is right."""
        return sum(look.points for look in self.looks)


def looked(f: Function, tried: Tried, i: int, way: Way, plan: Plan, summed: bool = False) -> Look:
    """What came back beside what is right; `summed`: for the sum over the examples, a step is m times as long."""
    case: dict[str, Any] = tried.cases[f.name][i]
    answer = tried.answer(f.name, i, way)
    error = answer.get("error") if answer else {"kind": "", "said": ""}
    if f.name == "train" and not takes(tried, f, "parameters"):
        whole = tried.out(f.name, i, Way(way.layout, "start"))
        begun = arrays(f, whole, case["parameters"], way.layout) if whole is not None else {}
        if first(begun, {n: begun.get(n, 0) for n in case["parameters"]}, case["parameters"]) or any(
            begun[n].shape != x.shape for n, x in case["parameters"].items() if n in begun
        ):
            return Look(case, None, dict(case["parameters"]), tuple(case["parameters"]), error or {"kind": "start"})
        case = case | {"parameters": {n: begun[n] for n in case["parameters"]}}
    given = case | {"learning_rate": case["learning_rate"] * case["m"]} if summed else case
    with np.errstate(all="ignore"):
        wanted = f.right(given, plan)
    needed = ("AL",) if f.name == "forward_propagation" else tuple(wanted)
    out = tried.out(f.name, i, way)
    if not isinstance(error, dict):
        error = None
    return Look(case, None if out is None and error else arrays(f, out, wanted, way.layout), wanted, needed, error)


def takes(tried: Tried, f: Function, what: str) -> bool:
    takes = tried.ran.functions.get(tried.names[f.name], {}).get("takes", [])
    names = {what, *SYNONYMS[what].split()}
    return isinstance(takes, list) and any(isinstance(t, str) and t.lower() in names for t in takes)


def first_line(tried: Tried, name: str) -> int:
    """Where a function of the course begins in the file, from 1; 0 where that is not known."""
    return line_in(tried, tried.names.get(name, ""))


def line_in(tried: Tried, name: str) -> int:
    """The same, of a function by the learner's name."""
    line = tried.ran.functions.get(name, {}).get("line")
    return line if type(line) is int else 0
