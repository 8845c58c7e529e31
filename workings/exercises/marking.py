"""Marking: what became of each cell that a learner was asked for, as a good teacher would tell it.

    right      the number of the key
    follows    right, given the learner's own earlier numbers
    idle       the same, but those earlier numbers left nothing to work out: no credit
    rough      right, but rounded further than was asked
    named      a mistake gives this number, and nothing else explains it nearly as well
    slip       a slip of the pen does, or a sum reckoned a little off
    two fit    several explanations do
    wrong      none does
    blank, unreadable

A cell is worked again from the learner's own numbers, first as it should be, then with each mistake.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from fractions import Fraction
from typing import Any

import numpy as np

from workings.exercises import slips, words
from workings.exercises.answers import Answer, read
from workings.exercises.credit import CREDIT, practice
from workings.exercises.exercise import Exercise
from workings.exercises.family import Family, Ways, family
from workings.exercises.marks import Mark, Marking
from workings.exercises.mistakes import MISTAKES
from workings.exercises.rewrite import leaves
from workings.exercises.solution import Sight, Solution, skill
from workings.exercises.tolerance import Tolerance
from workings.exercises.weigh import Fit, Look, believed, done_elsewhere, strengths
from workings.ink.number import Name, Number

LARGEST = 100_000  # cells in one hand-in
FAR = 1e15  # beyond that, nobody slips


def mark(exercise: Exercise, answers: Mapping[str, Any]) -> Marking:
    """Every cell asked for, with a verdict, a sentence and the right working beside it.

    `answers` go by cell as on the sheet; those that are missing are blank.  Cells that are worked but not asked for
    may be answered too.  Raises ValueError where a name is not a cell of this exercise.

    >>> from workings.exercises import load
    >>> marking = mark(load(3), {"Z1[1,1]": "4", "Z1[2,1]": "3", "A1[1,1]": "4"})
    >>> [marking[cell].verdict for cell in ("Z1[1,1]", "Z1[2,1]", "A1[1,1]", "A1[2,1]")]
    ['named', 'right', 'follows', 'blank']
    >>> print(marking["Z1[1,1]"])
    Z1[1,1]: 4 is not right: the bias was left out.
        yours  (1)(2) + (-1)(1) + (1)(3) = 4
        right  (1)(2) + (-1)(1) + (1)(3) + (-5) = -1
    """
    return Marker(exercise).mark(answers)


class Marker:
    """Marks many hand-ins of one exercise."""

    def __init__(self, exercise: Exercise):
        self.exercise = exercise
        self.solution = Solution(exercise)
        self.family = family(self.solution)

    def mark(self, answers: Mapping[str, Any]) -> Marking:
        """One hand-in; see `mark`."""
        if len(answers) > LARGEST:
            raise ValueError(f"{len(answers):,} answers are more than an exercise has cells")
        named = {self._place(text): str(said) for text, said in answers.items()}
        given = [self.solution.called(name) for name in named if self.solution.is_given(name)]
        if given:
            raise ValueError(f"{given[0]} is given on the sheet: there is nothing to work out in it")
        solution, kin = self.solution, self.family
        if extra := [solution.called(name) for name in named if name not in set(solution.asked)]:
            solution = Solution(self.exercise, extra)
            kin = family(solution)
        return _HandIn(solution, kin, named).marking()

    def _place(self, text: str) -> Name:
        try:
            return self.solution.place(str(text))
        except (KeyError, IndexError) as error:
            raise ValueError(str(error.args[0])) from None


class _HandIn:
    """One learner's numbers, and what is found out about them."""

    def __init__(self, solution: Solution, kin: Family, said: Mapping[Name, str]):
        self.solution, self.kin, self.said = solution, kin, said
        self.unread: dict[Name, str] = {}
        self.typed: dict[Name, Answer] = {}
        for name, text in said.items():
            try:
                if text.strip():
                    self.typed[name] = read(text)
            except ValueError as error:
                self.unread[name] = str(error)
        self.sight = Sight(solution, {name: answer.value for name, answer in self.typed.items()})
        self.tolerance = Tolerance(solution, self.sight)
        self.verdicts: dict[Name, str] = {}

    def marking(self) -> Marking:
        asked = self.solution.asked
        for name in asked:
            self.verdicts[name] = self._verdict(name)
        explained = self._explained([name for name in asked if self.verdicts[name] == "wrong"])
        marks = [self._mark(name, explained.get(name, ({}, []))) for name in asked]
        title = getattr(self.solution.exercise, "heading", self.solution.exercise.title)
        return Marking(title, tuple(marks), practice(marks))

    # ------------------------------------------------------------------ right, or not

    def _verdict(self, name: Name) -> str:
        if name not in self.typed:
            return "unreadable" if name in self.unread else "blank"
        own, key = self.sight.retrace(name), self.solution.key(name)
        return self.tolerance.verdict(name, self.typed[name], own, key, self._well_read(own, name))

    def _well_read(self, own: Number, name: Name) -> bool:
        """Whether every number that this one is made of is right."""
        read = {x.name for x in leaves(self.solution.working(name))}
        return all(self.verdicts.get(x, "right") in ("right", "rough", "blank", "unreadable") for x in read)

    # ------------------------------------------------------------------ why wrong

    def _explained(self, wrong: list[Name]) -> dict[Name, tuple[dict[str, Fit], list[str]]]:
        by_skill: dict[str, list[Name]] = defaultdict(list)
        for name in self.solution.asked:
            by_skill[skill(name)].append(name)
        found = {}
        looks = {
            letter: {name: look for name in by_skill[letter] if (look := self._look(name)) is not None}
            for letter in dict.fromkeys(skill(name) for name in wrong)
        }
        signs = {letter: sum(look.sign for look in here.values()) for letter, here in looks.items()}
        for letter, here in looks.items():
            strong, others = strengths([*here.values()]), sum(signs.values()) - signs[letter]
            found |= {name: (here[name].fits, believed(here[name], strong, others)) for name in wrong if name in here}
        elsewhere = {told[0] for _, told in found.values() if len(told) == 1 and told[0] in MISTAKES}
        return {name: (fits, done_elsewhere(told, elsewhere)) for name, (fits, told) in found.items()}

    def _look(self, name: Name) -> Look | None:
        if name not in self.typed:
            return None
        ways, own = self.kin[name], self.sight.retrace(name)
        if not ways.ways:
            return Look(skill(name))
        slack = self.tolerance.float_slack(name, own)
        values, slacks = self._run(ways, slack, self.tolerance.swaying(name, own))
        with np.errstate(invalid="ignore"):
            seen = np.isfinite(values) & ~(np.abs(values - float(own.value)) <= slack)
        shows = {ways.ways[i].what for i in np.flatnonzero(seen)}
        if self.verdicts[name] != "wrong":
            return Look(skill(name), avoided=frozenset(shows))
        written = float(self.typed[name].value)
        hit = seen & (np.abs(values - written) <= slacks)
        fits = {}
        for what in dict.fromkeys(ways.ways[i].what for i in np.flatnonzero(hit)):
            mine = [i for i, way in enumerate(ways.ways) if way.what == what]
            fitting = [i for i in mine if hit[i]]
            fits[what] = Fit(ways.ways[fitting[0]].working, Fraction(len(fitting), len(mine)))
        zero = any(self.sight.look(x.name).value == 0 for x in leaves(self.solution.working(name)))
        return Look(skill(name), fits, self._slips(name, own, written, slack), frozenset(shows - fits.keys()), zero)

    def _run(self, ways: Ways, slack: float, swaying: bool) -> tuple[np.ndarray, np.ndarray]:
        """The number that each way gives, and how far roundings on the way may have taken it from there."""
        numbers = {leaf: float(self.sight.look(leaf).value) for leaf in ways.tape.leaves}
        rounded = [leaf for leaf in numbers if swaying and self.tolerance.rounds(leaf)]
        columns = {leaf: np.full(1 + len(rounded), value) for leaf, value in numbers.items()}
        for i, leaf in enumerate(rounded, 1):
            columns[leaf][i] += float(self.tolerance.half)
        made = ways.run(columns)
        with np.errstate(invalid="ignore"):
            sways = np.abs(made[:, 1:] - made[:, :1]).sum(axis=1)
        apart = float(self.tolerance.half) + np.where(ways.steady | ~(sways < 1e30), 0.0, sways)
        return made[:, 0], np.maximum(slack, apart) if rounded else np.full(len(made), slack)

    def _slips(self, name: Name, own: Number, written: float, slack: float) -> dict[str, Fraction]:
        """The slips that lead from the right number to the one written, each with its share of all of its kind."""
        places = self.solution.places
        made: dict[str, set[float]] = defaultdict(set)
        for x in {float(x.value): x for x in (own, self.solution.key(name)) if abs(x.value) < FAR}.values():
            for kind, value in slips.slips(x, places):
                made[kind].add(value)
        fitting = {kind: sum(abs(value - written) <= slack for value in values) for kind, values in made.items()}
        return {kind: Fraction(n, len(made[kind])) for kind, n in fitting.items() if n}

    # ------------------------------------------------------------------ what is said

    def _mark(self, name: Name, explained: tuple[Mapping[str, Fit], list[str]]) -> Mark:
        fits, told = explained
        verdict = self.verdicts[name]
        told = [] if told == ["another digit"] else told
        if verdict == "wrong" and told:
            verdict = "two fit" if len(told) > 1 else "named" if told[0] in MISTAKES else "slip"
        called, digits = self.solution.called(name), self.solution.w.conventions.digits
        yours = [words.line(self.sight.over(fits[what].working), digits) for what in told if what in fits]
        return Mark(
            called,
            verdict,
            self.said.get(name, "").strip(),
            CREDIT[verdict],
            words.said(verdict, self.said.get(name, "").strip(), told, self.unread.get(name, "")),
            words.line(self.sight.retrace(name), digits),
            tuple(yours),
            tuple(told),
            words.number(self.solution.key(name), digits),
        )


def mark_all(exercise: Exercise, hand_ins: Iterable[Mapping[str, Any]]) -> list[Marking]:
    """Many hand-ins of one exercise."""
    marker = Marker(exercise)
    return [marker.mark(answers) for answers in hand_ins]
