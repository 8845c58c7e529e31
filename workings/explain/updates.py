"""Updates: one step of an optimizer, line by line, and what it did to the loss."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np

from workings.contract import Tree
from workings.explain.ledger import Both, Ledger
from workings.explain.passes import both_ways, quietly
from workings.ink.number import given
from workings.ink.rounding import cut
from workings.optimizers import OPTIMIZERS
from workings.scan import tree_map

if TYPE_CHECKING:
    from workings.explain.explanation import Explanation


@dataclass(frozen=True)
class Step:
    """J before a step, what the slopes predict, and J after it; `params` and `state` to go on from."""

    optimizer: Any
    alpha: Any
    before: Any
    predicted: Any
    params: Tree = field(repr=False)
    state: Tree = field(repr=False)
    whole: Explanation = field(repr=False)

    @cached_property
    def after(self) -> Any:
        """J with the new parameters, by another forward pass."""
        return self.whole.problem.cost(self.params, self.whole.book.xp)

    def __str__(self) -> str:
        digits = self.whole.conventions.digits
        told = {"before the step": self.before, "predicted": self.predicted, "after the step": self.after}
        return "\n".join(
            f"J {what:<16}{'~' if rounded else '='} {text}"
            for what, (text, rounded) in ((what, cut(value, digits)) for what, value in told.items())
        )


def known_optimizer(wanted: Any) -> Any:
    """An optimizer, or the one of that name.

    >>> known_optimizer("adam")
    Adam(beta1=0.9, beta2=0.999, epsilon=1e-08, uncorrected=False)
    """
    if isinstance(wanted, str) and wanted in OPTIMIZERS:
        return OPTIMIZERS[wanted]
    if isinstance(wanted, str | type) or not all(hasattr(wanted, part) for part in ("init", "step", "remembers")):
        names = ", ".join(OPTIMIZERS)
        raise ValueError(f"an optimizer is one of {names}, or an object such as Adam(), not {wanted!r}")
    return wanted


def known_rate(alpha: Any) -> Any:
    """A learning rate: a number, or a text such as "1/10"."""
    try:
        rate = given(alpha)
    except (TypeError, ValueError, ZeroDivisionError):
        rate = None
    if rate is None or isinstance(rate, bool) or not 0 < rate < math.inf:
        raise ValueError(f"the learning rate is a number above 0, such as 0.1 or '1/10', not {alpha!r}")
    return rate


def stepped(whole: Explanation, optimizer: Any, alpha: Any, state: Tree | None) -> tuple[Ledger, Step]:
    """The ledger with every parameter's step entered: W1_new, and the lines that lead to it.

    The gradients are those that train: where the last activation and the loss have one formula, by that formula.

    A memory M of W1 is M_W1 before the step and M_W1_new after it; other lines are M_hat_W1.
    """
    problem, optimizer, alpha = whole.problem, known_optimizer(optimizer), known_rate(alpha)
    alpha = float(alpha) if isinstance(alpha, Fraction) and not whole.exact else alpha
    book = whole.book.copy() if problem.trained is None else both_ways(problem, whole.book.xp, as_trained=True)
    known = optimizer.init(problem.params) if state is None else state
    if not whole.exact:
        floats = lambda x: np.asarray(x, np.float64) if str(getattr(x, "dtype", "")) == "object" else x
        known = tree_map(floats, known)
    t = known["t"] + 1
    made: dict[str, dict[str, Any]] = {name: {} for name in problem.params}
    kept: dict[str, Any] = {symbol: {name: {} for name in problem.params} for symbol in optimizer.remembers}
    for name, symbols in problem.params.items():
        for symbol in symbols:
            label = book.label(symbol, name)
            if f"d{label}" not in book.values:
                made[name][symbol] = symbols[symbol]  # nobody reads it: it stays
                for memory in optimizer.remembers:
                    kept[memory][name][symbol] = known[memory][name][symbol]
                continue
            memory = {s: known[s][name][symbol] for s in optimizer.remembers}
            _one(book, optimizer, label, memory, alpha, t)
            made[name][symbol] = book.values[f"{label}_new"]
            for s in optimizer.remembers:
                kept[s][name][symbol] = book.values[f"{s}_{label}_new"]
    J = problem.cost(problem.params, whole.book.xp)
    predicted = J + sum(
        np.sum(book.values[f"d{label}"] * (book.values[f"{label}_new"] - book.values[label]))
        for label in (book.label(s, name) for name, symbols in problem.params.items() for s in symbols)
        if f"{label}_new" in book.values
    )
    return book, Step(optimizer, alpha, J, predicted, made, {"t": t, **kept}, whole)


def _one(book: Ledger, optimizer: Any, label: str, memory: Mapping[str, Any], alpha: Any, t: Any) -> None:
    for symbol, value in memory.items():
        book.enter(f"{symbol}_{label}", value)
    known = {symbol: book[f"{symbol}_{label}"] for symbol in memory}
    given = Both(*({symbol: both[side] for symbol, both in known.items()} for side in (0, 1)))

    def named(symbol: str) -> str:
        return f"{label}'" if symbol == "W" else f"{symbol}_{label}"

    def roles(made: Any) -> dict[str, Any]:
        W, after = made
        return {f"{label}_new": W} | {f"{symbol}_{label}_new": x for symbol, x in after.items()}

    with quietly():
        into = [book[label], book[f"d{label}"], Both(alpha, alpha), Both(t, t)]
        book.run(optimizer.step, into, given, roles=roles, label=named)
