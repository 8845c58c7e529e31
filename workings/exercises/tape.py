"""Tape: many workings over the same leaves, worked out at once for many learners, or many draws of numbers.

    tape = Tape(workings)
    tape.run({name: numbers, ...})       one row for every working, one column for every learner

What two workings share is worked out once.  Floats: a tape finds what fits, and ink says exactly whether it does.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from functools import reduce
from typing import Any

import numpy as np

from workings.explain.inside import VALUES
from workings.ink.number import Name, Number

RULES: dict[str, Callable[..., Any]] = {  # as explain has them, and what only a marker asks for
    **VALUES,
    "+": lambda *x: reduce(np.add, x) if x else np.zeros(1),
    "max": lambda *x: reduce(np.maximum, x),
    "round": lambda x, places: np.sign(x) * np.floor(np.abs(x) * 10 ** places[0] + 0.5 + 1e-9) / 10 ** places[0],
    "round down": lambda x, places: np.sign(x) * np.ceil(np.abs(x) * 10 ** places[0] - 0.5 - 1e-9) / 10 ** places[0],
    "is": lambda x: x,
}


class Tape:
    """Workings laid out as one list of steps, each from numbers that came before."""

    def __init__(self, workings: Iterable[Number]):
        self.steps: list[tuple[Any, Any]] = []  # a rule and the places it reads; or None and a leaf or a constant
        self.places: dict[Any, int] = {}
        self.ends = [self._place(x) for x in workings]

    @property
    def leaves(self) -> list[Name]:
        return [what for rule, what in self.steps if rule is None and isinstance(what, Name)]

    def run(self, numbers: Mapping[Name, np.ndarray]) -> np.ndarray:
        """The value of every working: (workings, learners)."""
        made: list[Any] = []
        with np.errstate(all="ignore"):
            for rule, what in self.steps:
                if rule is not None:
                    made.append(rule(*[made[i] for i in what]))
                else:
                    made.append(numbers[what] if isinstance(what, Name) else what)
        width = max((len(values) for values in numbers.values()), default=1)
        return np.array([np.broadcast_to(np.asarray(made[i], float), (width,)) for i in self.ends]).reshape(-1, width)

    def _place(self, x: Number) -> int:
        if x.name:
            return self._step(x.name, None, x.name)
        if not x.operands:
            return self._step(("constant", float(x.value)), None, np.array([float(x.value)]))
        parts = tuple(self._place(part) for part in x.operands)
        return self._step((x.op, parts), RULES[x.op], parts)

    def _step(self, key: Any, rule: Any, what: Any) -> int:
        if key not in self.places:
            self.places[key] = len(self.steps)
            self.steps.append((rule, what))
        return self.places[key]
