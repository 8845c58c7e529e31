"""Hidden: in which draws of an exercise a mistake could not be seen, or not be told from another.

Every mistake is made in every cell of many draws at once, and weighed as the marker weighs it: once alone, and once
wherever it can be made.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from fractions import Fraction
from functools import cached_property
from itertools import groupby
from typing import NamedTuple

import numpy as np

from workings.exercises.family import Family
from workings.exercises.mistakes import MISTAKES
from workings.exercises.rewrite import leaves
from workings.exercises.slips import digits_of, written
from workings.exercises.solution import Solution, skill
from workings.exercises.weigh import CLEAR, FAINT, GONE, ONCE
from workings.ink.number import Name, Number

ALL = [*MISTAKES]
SLIP = np.array([each.slip for each in MISTAKES.values()])
WEIGHT = np.array([float(each.weight * (1 if each.slip else ONCE)) for each in MISTAKES.values()], np.float32)
DROPPED, SAME = ALL.index("one term dropped"), [ALL.index(what) for what in GONE]
UNSEEN = (6.0, 0.3)  # what a mistake costs that shows in no cell of a draw, or in one alone
THROUGHOUT = 3  # as much as a mistake that is not named once costs one that is not, though it was made throughout
VISIBLE = 5  # half places that a number with decimals is off, if its mistake is to be seen


class Look(NamedTuple):
    """One cell: its ways to go wrong by their mistake, which of them show in a draw, and what else they might be.

    seen (ways, draws); fits (ways, mistakes, draws), the share of the ways of each mistake that lead to the same
    number; shows (mistakes, draws), where a mistake would show at all; same, where the mistakes of SAME may be a term
    dropped by another name: where a number read is 0, or but two products are added.
    """

    whats: np.ndarray
    seen: np.ndarray
    fits: np.ndarray
    shows: np.ndarray
    same: np.ndarray


class Hidden:
    """How much of what mistakes would write does not say which mistake it was, for every draw."""

    def __init__(self, solution: Solution, kin: Family, numbers: Mapping[Name, np.ndarray]):
        self.solution, self.kin, self.numbers = solution, kin, numbers
        self.half = 10.0**-solution.places / 2
        self.draws = len(next(iter(numbers.values())))
        self.cells = [name for name in solution.asked if kin[name].ways]
        self.made = {name: kin[name].run(numbers) for name in self.cells}

    @cached_property
    def by_mistake(self) -> dict[str, np.ndarray]:
        """For each mistake and draw: the share of its cells in which it is not named when made there alone, the same
        when it is made throughout, and what it costs that it can hardly be seen."""
        alone, throughout = np.zeros((2, len(ALL), self.draws)), np.zeros((2, len(ALL), self.draws))
        most = np.zeros((len(ALL), self.draws))  # cells of one letter in which a mistake shows
        for _, names in groupby(sorted(self.cells, key=skill), skill):
            looks = [self.look(name) for name in names]
            for look in looks:
                alone += _alone(look)
            for what in {int(what) for look in looks for what in look.whats if not SLIP[what]}:
                throughout[:, what] += (made := _throughout(looks, what))
                most[what] = np.maximum(most[what], made[1])
        found = {}
        for i, what in enumerate(ALL):
            if alone[1, i].any():
                can_be_seen = most[i].max()  # in the best of these draws; of some, little is ever seen
                none, one = (most[i] == 0) & (can_be_seen > 0), (most[i] == 1) & (can_be_seen > 1)
                hidden = [part[0, i] / np.maximum(part[1, i], 1) for part in (alone, throughout)]
                found[what] = hidden[0] + THROUGHOUT * hidden[1] + UNSEEN[0] * none + UNSEEN[1] * one
        return found

    def by_others(self, least: Mapping[str, float]) -> np.ndarray:
        """All mistakes together, less what is hidden at least; one hidden badly counts more than several a little."""
        found = [np.maximum(values - least.get(what, 0), 0) for what, values in self.by_mistake.items()]
        return np.sqrt(np.mean(np.square(found), axis=0)) if found else np.zeros(self.draws)

    def by_slips(self) -> np.ndarray:
        """The share of slips, of the pen and in a product, over all cells, that would look like a mistake."""
        found = np.zeros(self.draws)
        for name in self.cells:
            ways = [way.what for way in self.kin[name].ways]
            told = np.array([ways.count(what) * FAINT <= 1 for what in ways])  # in more ways, it is never named
            values, exact = self.made[name][told], self.solution.key(name).exact
            factors = [y.name for x in _products(self.solution.working(name)) for y in x.operands if y.name]
            for draw in range(self.draws):
                right = float(self.numbers[name][draw])
                digits = digits_of(
                    Fraction(right).limit_denominator(10_000) if exact else right, self.solution.places
                )
                pen = [value for _, value in written(digits, -1 if right < 0 else 1)] + [-right]
                sums = [right + sign * self.numbers[y][draw] for y in factors for sign in (-1, 1)]
                mine = values[:, draw]
                mine = mine[np.isfinite(mine) & (np.abs(mine - right) > 1e-9)]
                for slips in (made for made in (pen, sums) if made):
                    near = np.abs(np.array(slips)[:, None] - mine[None]) <= self._slack(name)
                    found[draw] += near.any(axis=1).mean()
        return found / max(len(self.cells), 1)

    def _slack(self, name: Name) -> float:
        return 2.5 * self.half if not self.solution.key(name).exact else 1e-6

    def look(self, name: Name) -> Look:
        """What its ways to go wrong lead to in one cell."""
        values = self.made[name]
        whats = np.array([ALL.index(way.what) for way in self.kin[name].ways])
        apart = 1e-9 if self.solution.key(name).exact else VISIBLE * self.half
        with np.errstate(invalid="ignore"):
            seen = np.isfinite(values) & (np.abs(values - self.numbers[name]) > apart)
            close = (np.abs(values[:, None] - values[None]) <= self._slack(name)) & seen[None]
        fits = np.zeros((len(whats), len(ALL), self.draws), np.float32)
        shows = np.zeros((len(ALL), self.draws), bool)
        for what in set(whats):
            fits[:, what] = close[:, whats == what].mean(axis=1)
            shows[what] = seen[whats == what].any(axis=0)
        zero = np.any([self.numbers[y.name] == 0 for y in leaves(self.solution.working(name))], axis=0)
        two = len([*_products(self.solution.working(name))]) == 2
        return Look(whats, seen, fits, shows, np.array([zero, zero | two]))


def _products(x: Number) -> Iterator[Number]:
    """The products of a sum, and of a mean."""
    if x.op == "*":
        yield x
    elif x.op in ("+", "/"):
        for part in x.operands:
            yield from _products(part) if not part.name else ()


def _hidden(strong: np.ndarray, fits: np.ndarray, what: int, same: np.ndarray) -> np.ndarray:
    """1 where a mistake does not stand out among all that fit, 3 where another does: (mistakes, draws).  Where it is
    a term dropped by another name, no draw can tell."""
    told = np.where((fits > 0) & (np.maximum(fits, strong) >= float(FAINT)), strong, 0)
    if what == DROPPED:
        told[SAME] *= ~same
    mine, told[what] = told[what].copy(), 0
    best = told.max(axis=0)
    hidden = (best * float(CLEAR) > mine) + 2 * (mine * float(CLEAR) <= best) * (best > 0)
    return hidden * ~(same[SAME.index(what)] & (fits[DROPPED] > 0)) if what in SAME else hidden


def _alone(look: Look) -> np.ndarray:
    """(not named and seen, mistakes, draws): each way of a cell taken there alone, in parts of its mistake."""
    found = np.zeros((2, *look.shows.shape))
    for way, what in enumerate(look.whats):
        hidden = _hidden(look.fits[way] * WEIGHT[:, None], look.fits[way], what, look.same)
        found[0, what] += hidden * look.seen[way]
        found[1, what] += look.seen[way]
    found[0] /= np.maximum(found[1], 1)
    found[1] = found[1] > 0
    return found


def _throughout(looks: Sequence[Look], what: int) -> np.ndarray:
    """(not named and seen, draws): a mistake made in all cells of a letter, in each of its ways."""
    rows = [np.flatnonzero(look.whats == what) for look in looks]
    ways = max(map(len, rows))
    total = np.zeros((2, looks[0].shows.shape[1]))
    for k in range(ways):
        mine = [(look, own[min(k, len(own) - 1)]) for look, own in zip(looks, rows, strict=True) if len(own)]
        fits = np.array([look.fits[row] * look.seen[row] for look, row in mine])
        shows = np.array([look.shows for look, _ in mine])
        again = (fits > 0).sum(axis=0)
        avoided = (shows & ~(fits > 0)).sum(axis=0) * ~SLIP[:, None]
        strong = _strong(fits.max(axis=0), fits.sum(axis=0), again, avoided)
        for (look, row), fitting in zip(mine, fits, strict=True):
            total += look.seen[row] * _hidden(strong, fitting, what, look.same), look.seen[row]
    return total / ways


def _strong(best: np.ndarray, whole: np.ndarray, times: np.ndarray, avoided: np.ndarray) -> np.ndarray:
    """As weigh.strengths, for every mistake and draw."""
    repeated = np.where(SLIP[:, None], whole, best + times - 1) * times / np.maximum(times + avoided, 1)
    weight = np.array([float(each.weight) for each in MISTAKES.values()])[:, None]
    once = best * np.maximum(float(ONCE), 1 / (1 + avoided)) * weight
    return np.where((times > 1) & (repeated > once), repeated, once)
