"""Nudges: what a small change of one number does to the loss, and what every example asks for."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from fractions import Fraction
from typing import TYPE_CHECKING, Any

import numpy as np

from workings.conventions import Conventions
from workings.explain.passes import Problem
from workings.ink import namespace as ink
from workings.ink.array import Array
from workings.ink.number import Name, given
from workings.ink.rounding import cut
from workings.ink.text import PLAIN

if TYPE_CHECKING:
    from workings.explain.explanation import Explanation


@dataclass(frozen=True)
class Nudge:
    """What the gradient predicts for the loss, and what happens.

    `central` is the gradient as measured: (J(w + e) - J(w - e)) / 2e.
    """

    name: Name
    size: Any
    gradient: Any
    before: Any
    after: Any
    central: Any
    whole: Explanation = field(repr=False)

    @property
    def predicted(self) -> Any:
        """Gradient times nudge."""
        return self.gradient * self.size

    @property
    def actual(self) -> Any:
        """J after less J before."""
        return self.after - self.before

    def __str__(self) -> str:
        digits, base = self.whole.conventions.digits, self.whole.conventions.base
        name = PLAIN.name(self.whole.shown(self.name), base).text
        told = [
            (f"J at {name}", self.before),
            (f"J at {name} + {cut(self.size, digits).text}", self.after),
            ("change predicted, gradient x nudge", self.predicted),
            ("change that happened", self.actual),
            (f"gradient d{name}", self.gradient),
            ("gradient measured, (J(w + e) - J(w - e)) / 2e", self.central),
        ]
        width = max(len(what) for what, _ in told)
        shown = [(what, *cut(value, digits)) for what, value in told]
        return "\n".join(f"{what:<{width}} {'~' if rounded else '='} {text}" for what, text, rounded in shown)


def nudged(whole: Explanation, name: Name, size: Any) -> Nudge:
    """The nudge of one cell of X or of a parameter."""
    place = places(whole).get(name.array)
    if place is None:
        given = ", ".join(places(whole))
        raise ValueError(f"{name.array} is worked out from other numbers; what can be nudged is given: {given}")
    size = _size(size)
    if whole.exact is False and isinstance(size, Fraction):
        size = float(size)
    up, down = (_cost(whole, place, name.cell, step) for step in (size, -size))
    m = 1 if name.array != "X" else whole.numbers["X"].shape[-1]  # a wire carries m times its gradient
    own = f"d{name.array}"
    gradient = whole.trained.get(own, whole.numbers.get(own, np.zeros(whole.numbers[name.array].shape)))[name.cell]
    gradient = Fraction(gradient) / m if _exact(gradient) else gradient / m
    before = whole.problem.cost(whole.problem.params, whole.book.xp)
    both = 2 * size
    central = (Fraction(up - down) if _exact(up - down) and _exact(both) else up - down) / both
    return Nudge(name, size, gradient, before, up, central, whole)


def _size(size: Any) -> Any:
    try:
        found = given(size.item() if hasattr(size, "item") else size)
    except (TypeError, ValueError, ZeroDivisionError):
        raise ValueError(f"the size of a nudge is a number such as 0.1 or '1/10', not {size!r}") from None
    if isinstance(found, bool) or found == 0 or not math.isfinite(found):
        raise ValueError(f"the size of a nudge is a number other than 0 such as 0.1 or '1/10', not {size!r}")
    return found


def _exact(x: Any) -> bool:
    return isinstance(x, int | Fraction)


def places(whole: Explanation) -> dict[str, tuple[str, str]]:
    """Where every given array stands: W1 is W of row Z1."""
    rows = whole.problem.params.items()
    return {whole.book.label(s, row): (row, s) for row, named in rows for s in named} | {"X": ("", "X")}


def _cost(whole: Explanation, place: tuple[str, str], index: tuple[int, ...], step: Any) -> Any:
    problem, (row, symbol) = whole.problem, place
    if not row:
        return replace(problem, X=_moved(problem.X, index, step)).cost(problem.params, whole.book.xp)
    named = {**problem.params[row], symbol: _moved(problem.params[row][symbol], index, step)}
    return problem.cost({**problem.params, row: named}, whole.book.xp)


def _moved(x: np.ndarray, index: tuple[int, ...], step: Any) -> np.ndarray:
    moved = x.astype(object) if x.dtype == object or (x.dtype.kind in "iub" and _exact(step)) else x.astype(float)
    moved[index] = moved[index] + step
    return moved


@dataclass(frozen=True)
class Nudges:
    """What each example alone asks of a parameter: `of_examples` (m, …), whose average is the gradient.

    The nudge that lowers the loss is minus that; `average` and the gradient are equal, with no constant between.
    """

    name: str
    of_examples: np.ndarray
    gradient: np.ndarray
    conventions: Conventions = field(default_factory=Conventions, repr=False)

    @property
    def average(self) -> np.ndarray:
        """The mean over the examples."""
        total = sum(self.of_examples[1:], start=self.of_examples[0])
        m = len(self.of_examples)
        return np.asarray(total * Fraction(1, m) if self.of_examples.dtype == object else total / m)

    def __str__(self) -> str:
        """The first parameters, example by example, with the average and the gradient below."""
        cells = list(np.ndindex(self.gradient.shape))[:5]
        rows = [*self.of_examples, self.average, self.gradient]
        base, digits = self.conventions.base, self.conventions.digits
        titles = [*(f"example {i + base}" for i in range(len(self.of_examples))), "average", f"d{self.name}"]
        told = [["", *(f"{self.name}[{','.join(str(i + base) for i in cell)}]" for cell in cells)]]
        said = lambda x: "~ " * cut(x, digits).rounded + cut(x, digits).text
        told += [[t, *(said(_plain(row[c])) for c in cells)] for t, row in zip(titles, rows, strict=True)]
        wide = [max(len(line[i]) for line in told) for i in range(len(told[0]))]
        return "\n".join("  ".join(f"{text:>{n}}" for text, n in zip(line, wide, strict=True)) for line in told)

    def __iter__(self) -> Iterator[np.ndarray]:
        return iter(self.of_examples)

    def table(self, *cells: Sequence[int]) -> list[list[Any]]:
        """Examples by parameters, with the average as the last row."""
        rows = [*self.of_examples, self.average]
        return [[row[tuple(cell)] for cell in cells] for row in rows]


def _plain(x: Any) -> Any:
    return x.item() if hasattr(x, "item") else x


def nudges_of(whole: Explanation, name: str) -> Nudges:
    """Every example's own gradient of one parameter, by a pass over that example alone."""
    place = places(whole).get(name)
    if place is None or not place[0]:
        raise ValueError(f"{name} is not a parameter; there are {', '.join(n for n in places(whole) if n != 'X')}")
    problem = whole.problem
    mixing = [r.name for r in problem.network.rows if hasattr(r.layer, "memory") and r.name not in problem.givens]
    if mixing:
        raise ValueError(
            f"row {mixing[0]} takes the mean of the whole batch, so that no example has a gradient of its own; "
            "give its remembered mean and variance as givens"
        )
    row, symbol = place
    m = problem.X.shape[-1]
    shares = whole.numbers["s"][0] if problem.w is not None else [1] * m
    each = [shares[i] * _values(problem.example(i), row, symbol, whole.book.xp) for i in range(m)]
    return Nudges(name, np.stack(each), whole.numbers[f"d{name}"], whole.conventions)


def _values(problem: Problem, row: str, symbol: str, xp: Any) -> np.ndarray:
    made = problem.gradients(xp)[row][symbol]
    return made.values() if isinstance(made, Array) and xp is ink else np.asarray(made)
