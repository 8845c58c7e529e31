"""Generated: an exercise with drawn numbers, and one that is worked from formulas instead of a network."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

import numpy as np

from workings.conventions import Conventions
from workings.exercises.exercise import Exercise, Task
from workings.explain import Explanation
from workings.explain.ledger import Ledger
from workings.explain.passes import Problem, quietly
from workings.explain.reach import sources
from workings.ink import namespace as ink
from workings.ink.number import given
from workings.layers import Identity
from workings.network import Network


def skill_of(array: str) -> str:
    """What an array trains."""
    if array.endswith("_new"):
        return "update"
    if array in ("L", "J"):
        return "loss"
    return "backward" if array[0] == "d" or array.startswith("mask") else "forward"


NO_NETWORK = Network({"sheet": (Identity(), "X")})


@dataclass(frozen=True)
class Generated(Exercise):
    """An exercise of a kind; kind, level and seed fix its numbers.  Endless decimals end after `places`."""

    kind: str = ""
    level: int = 1
    seed: int = 0
    places: int = 3
    asks: tuple[str, ...] = ()
    sizes: tuple[int, ...] = ()
    draw: int = 0  # which of the draws of its seed it is

    @property
    def heading(self) -> str:
        """The title of its sheet: with kind, level and seed, its key can be printed again."""
        told = [self.kind, f"level {self.level}", f"seed {self.seed}"]
        told += [f"sizes {','.join(map(str, self.sizes))}"] if self.sizes else []
        told += [f"asks {','.join(self.asks)}"] if self.asks else []
        return f"{self.title} ({', '.join(told)})"

    def only(self, ask: tuple[str, ...]) -> Generated:
        """The same, asking for these skills alone; without any, for all."""
        if not ask:
            return self
        tasks = tuple(task for task in self.tasks if not task.fills or skill_of(task.fills[0]) in ask)
        kept = tasks if any(task.fills for task in tasks) else self.tasks
        return replace(self, tasks=kept, blanks=tuple(n for task in kept for n in task.fills), asks=ask)

    @cached_property
    def left_out(self) -> tuple[str, ...]:  # type: ignore[override]  # found once
        """What is made from the blanks, and not asked for, would tell them."""
        w = self.explain()
        asked = {w[name.split("[")[0]].name for name in self.blanks if not name.startswith("mask")}
        told: dict[str, None] = dict.fromkeys(self.telling)
        for name, working in w.book.workings.items():
            if name not in asked and sources(working) & {*asked, *told}:
                told[name] = None
        masks = [f"mask{name[1:]}" for name in (*asked, *told) if name[0] == "Z"]  # which say where Z is positive
        return (*told, *(mask for mask in masks if mask not in self.blanks))

    @property
    def family(self) -> str:
        """What exercises of one form share."""
        return f"{self.kind} {self.level}"

    @property
    def form(self) -> tuple[Any, ...]:
        """What fixes where everything stands on its sheet."""
        return self.kind, self.level, self.sizes, self.blanks

    @property
    def givens(self) -> dict[str, np.ndarray]:
        """The numbers that are given, by their names on the sheet."""
        found = {name: np.array(value, object) for name, value in self.parameters.items()}
        if self.X is not None:
            found["X"] = np.array(self.X, object)
        if self.Y is not None:
            found["Y"] = np.array(self.Y, object)
        if (declared := getattr(self.loss, "prediction", None)) is not None:
            (row,) = [f"A{name[1:]}" for name in list(self.parameters)[-1:]]
            found[row] = np.array([[p] for p in declared], object)
        return found


def exercise(
    kind: str,
    title: str,
    lead: str,
    tasks: Sequence[tuple[str, str, Sequence[str]]],
    level: int,
    parameters: Mapping[str, Any],
    **more: Any,
) -> Generated:
    """A generated exercise; its blanks are what the tasks fill."""
    told = tuple(Task(said, what, tuple(fills)) for said, what, fills in tasks)
    blanks = tuple(name for task in told for name in task.fills)
    plain = {name: as_tuples(value) for name, value in parameters.items()}
    rest: dict[str, Any] = {"network": None, "X": None, **more}
    for name in ("X", "Y"):
        rest[name] = None if rest.get(name) is None else as_tuples(rest[name])
    return Generated(
        0, kind, title, lead, told, parameters=plain, blanks=blanks, kind=kind, level=level, **rest
    )  # fmt: skip


def as_tuples(x: Any) -> Any:
    """Rows of plain Python numbers."""
    x = x.tolist() if hasattr(x, "tolist") else x
    return tuple(map(as_tuples, x)) if isinstance(x, list | tuple) else x


def by_formulas(formulas: Any, givens: Mapping[str, Any]) -> Explanation:
    """The lines of `formulas.step(xp, **givens)`, each an array under the name it has there."""
    book = Ledger(ink, set())
    plain = np.vectorize(given, otypes=[object])
    entered = book.enter_givens({name: plain(np.array(x, object)) for name, x in givens.items()})
    with quietly():
        book.run(formulas.step, [], entered, roles=lambda made: {}, label=lambda symbol: symbol)
    nothing = np.zeros((1, 1), int)
    return Explanation(book, Problem(NO_NETWORK, None, {}, nothing, None, {}), Conventions())
