"""Calls: what each of the learner's functions is called with, and what the worker answered."""

from __future__ import annotations

import re
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import numpy as np

from workings.exercises.code import cases
from workings.exercises.code.course import FUNCTIONS, SYNONYMS, TABLE, Function
from workings.exercises.code.layouts import COLUMNS, LAYOUTS, Layout, decoded, encoded, narrowest, turned
from workings.exercises.code.process import Limits, Ran, run

RUNS = 4  # a file that stops its process is started again without the function that did


@dataclass(frozen=True)
class Way:
    """How a function was called: the layout, and with what.

    ours: a cache of ours; own: of the file's own way there, whose call is `there`; start: no steps at all.
    """

    layout: Layout
    form: str = "ours"


@dataclass
class Tried:
    """A learner's file after all its functions were called."""

    source: str
    names: dict[str, str]  # the course's name → the learner's
    cases: dict[str, list[dict[str, Any]]]
    at: dict[tuple[str, int, Way], int]
    ran: Ran
    ended: dict[str, str] = field(default_factory=dict)  # the function it was in → which limit, or how it ended

    def answer(self, name: str, case: int, way: Way) -> dict[str, Any] | None:
        """What the worker answered, if anything."""
        found = self.at.get((name, case, way))
        return None if found is None else self.ran.answers.get(found)

    def out(self, name: str, case: int, way: Way) -> Any:
        """What the function gave back, as plain data; None where it gave nothing."""
        answer = self.answer(name, case, way)
        return decoded(answer["out"], self.kind) if answer and "out" in answer else None

    @cached_property
    def kind(self) -> str:
        """The type of number that the file works with: the narrowest that came back."""
        return narrowest([answer.get("out") for answer in self.ran.answers.values()])


def names(source: str, given: Mapping[str, str]) -> dict[str, str]:
    """The functions of the course that stand in this text, and what they are called there.

    `given`: names of the learner's own choice.
    """
    found = dict(given)
    for f in TABLE:
        for name in (f.name, *f.also):
            stands = rf"^[ \t]*(def\s+{name}\b|{name}\s*=[^=]|(from|import)\b.*\b{name}\b)"
            if f.name not in found and name not in given.values() and re.search(stands, source, re.M):
                found[f.name] = name
    return {f.name: found[f.name] for f in TABLE if f.name in found}


def tried(source: str, file: str, called: Mapping[str, str], seed: int | None, limits: Limits) -> Tried:
    """Calls every function on random layers and networks."""
    rng = np.random.default_rng(seed)
    whole = lambda f: f.network or f.name == "initialize_parameters"
    # each function has cases of its own: what the way back is given would be the answers of the way there
    drawn = {name: cases.networks(rng) if whole(FUNCTIONS[name]) else cases.layers(rng) for name in called}
    calls: list[list[Any]] = []
    at: dict[tuple[str, int, Way], int] = {}
    for name in called:
        for i, case in enumerate(drawn[name]):
            for way, whose, given in _ways(FUNCTIONS[name], case, called, len(calls)):
                at[name, i, way] = len(calls)
                calls.append([called[whose], given])
    job = {
        "calls": calls,
        "seed": int(rng.integers(2**31)),
        "synonyms": {name: words.split() for name, words in SYNONYMS.items()},
    }
    made = Tried(source, dict(called), drawn, at, Ran())
    _run(made, file, job, limits)
    return made


def _run(made: Tried, file: str, job: dict[str, Any], limits: Limits) -> None:
    """Runs the calls; where one ends the process, the calls of other functions go on in another."""
    end = time.monotonic() + limits.wall
    todo = list(range(len(job["calls"])))
    whose = {index: FUNCTIONS[name].own if way.form == "there" else name for (name, _, way), index in made.at.items()}
    for _ in range(RUNS):
        left = end - time.monotonic()
        ran = run(made.source, file, job, todo, Limits(**{**vars(limits), "wall": max(left, 0.1)}))
        ran.answers = made.ran.answers | ran.answers
        ran.functions = made.ran.functions or ran.functions
        ran.printed = (made.ran.printed + ran.printed)[: limits.printed]
        made.ran = ran
        if ran.done:
            return
        name = whose.get(ran.at, "")
        made.ended[name] = ran.why or "exit 0"
        todo = [i for i in todo if i > ran.at and whose[i] != name]
        if not name or not todo or end - time.monotonic() < 1:
            break
    for i in todo:
        made.ended.setdefault(whose[i], "not reached")


def _ways(f: Function, case: dict[str, Any], called: Mapping[str, str], count: int) -> Iterator[tuple[Way, str, Any]]:
    """Every way of calling a function on a case: the way, the function that is called, and what it is given.

    `count`: how many calls there are already.
    """
    told = lambda given: {name: encoded(x) for name, x in given.items()}
    for layout in LAYOUTS if f.turns else [COLUMNS]:
        turn = lambda given, layout=layout: {name: turned(name.lstrip("?"), x, layout) for name, x in given.items()}
        given = turn(f.given(case))
        yield Way(layout), f.name, told(given)
        count += 1
        if f.own in called:
            yield Way(layout, "there"), f.own, told(turn(FUNCTIONS[f.own].given(case)))
            yield Way(layout, "own"), f.name, told(given | {"cache": {"of": count, "part": 1}})
            count += 2
        if f.name == "train":
            yield Way(layout, "start"), f.name, told(given | {"iterations": 0})
            count += 1
