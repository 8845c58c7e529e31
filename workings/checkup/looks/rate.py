"""The learning rate: what the gradient promises for a step, and what comes of it.

J(W - α dW)  ≈  J(W) - Σ dW · α dW          good while α is small; too long a step and the loss rises
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from workings.checkup.finding import Evidence, Finding, Tried
from workings.checkup.looks.learned import NOTHING
from workings.checkup.patient import Patient
from workings.checkup.trials import lower, told
from workings.training.trouble import round_down

MUCH_BETTER = 0.7  # of the loss that this rate comes to
RISEN = 1.1
SMALLER, LARGER = (0.1, 0.01, 0.001), (10, 100, 1000)


def rate(p: Patient) -> list[Finding] | str:
    """A rate with which nothing is learned, where another one learns."""
    if not p.finite:
        return ""
    alpha = p.habits.rate
    promised, had = one_step(p, alpha)
    line = f"one step with {alpha:.4g}: the gradient promises a drop of {promised:.2g}, and J {moves(had)}"
    if not p.trials:
        high = not had > -p.loss and p.loss - had > p.constant
        return [_finding(p, "high", [(alpha, promised, had, None)], alpha)] if high else line
    after = p.cost(p.trained(p.model))
    if math.isfinite(after) and after < NOTHING * p.constant:
        return line
    here = (alpha, promised, had, after)
    rises = not after <= RISEN * p.loss
    others = _others(p, SMALLER)
    if best := _better(others, after, rises):
        return [_finding(p, "high", [here, *others], best)]
    if rises:
        return line
    others = _others(p, LARGER)
    if best := _better(others, after, False):
        return [_finding(p, "low", [here, *others], best)]
    return line


def moves(drop: float, digits: int = 2) -> str:
    """What J does.

    >>> moves(0.5), moves(-0.25)
    ('drops by 0.5', 'rises by 0.25')
    """
    return f"{'rises' if drop < 0 else 'drops'} by {abs(drop):.{digits}g}"


def one_step(p: Patient, alpha: float) -> tuple[float, float]:
    """The drop of J that the gradient promises for one step on all the rows looked at, and the drop that comes."""
    wide, optimizer = p.problem.widened(), p.habits.optimizer  # short steps are lost in narrow numbers
    params, grads = wide.params, wide.gradients()
    with np.errstate(all="ignore"):
        moved, _ = optimizer.update(np, params, grads, optimizer.init(params), alpha)
        promised = sum(
            float(np.sum(g * (params[row][s] - moved[row][s])))
            for row, named in grads.items()
            for s, g in named.items()
        )
    return promised, wide.cost(params) - wide.cost(moved)


def _others(p: Patient, factors: tuple[float, ...]) -> list[tuple[Any, ...]]:
    """The same figures for other rates."""
    rates = [round_down(p.habits.rate * factor) for factor in factors]
    return [(alpha, *one_step(p, alpha), p.cost(p.trained(p.model, rate=alpha))) for alpha in rates]


def _better(others: list[tuple[Any, ...]], after: float, rises: bool) -> float | None:
    """The rate that came furthest, if that is much further."""
    kept = [row for row in others if math.isfinite(row[3])]
    if not kept:
        return None
    best = min(kept, key=lambda row: row[3])
    limit = 0.95 if rises else MUCH_BETTER
    return best[0] if not math.isfinite(after) or best[3] < limit * after else None


def _finding(p: Patient, word: str, rows: list[tuple[Any, ...]], best: float) -> Finding:
    alpha, promised, had, after = rows[0]
    high = word == "high"
    worse = had < 0
    said = f"with the learning rate {alpha:.4g} the gradient promises a drop of {promised:.3g} for one step; "
    said += f"J {moves(had, 3)}, from {p.loss:.4g} to {p.loss - had:.4g}"
    why = (
        "The gradient is the slope where the network stands.  So long a step leaves the ground on which that slope "
        "holds: it lands on the other side of the valley, as high or higher."
        if high and worse
        else f"One step on all rows still goes down; steps as long on {p.habits.batch_size} rows at a time jump "
        "about, and next to nothing is learned, while shorter steps learn."
        if high
        else "The steps go the right way and keep their promise, but they are so short that next to nothing is "
        "learned in the time given."
    )
    code = (
        f"model.fit(X, y, learning_rate={best:.4g})"
        if best != alpha
        else f"model.fit(X, y, learning_rate={alpha / 10:.4g})"
    )
    chosen = next((row for row in rows if row[0] == best and best != alpha), None)
    tried = None
    if chosen:
        figures = (("as it is", p.loss, after), ("with the cure", p.loss, chosen[3]))
        tried = lambda: Tried(
            told(p).replace(f"rate {alpha:.4g}", f"rates {alpha:.4g} and {best:.4g}"),
            "loss",
            figures,
            lower(chosen[3], after if after is not None else math.inf),
        )
    head = ("learning rate", "drop promised", "drop had", "loss after the trial")
    return Finding(
        f"learning rate too {word}",
        (),
        Evidence(said, head[: 3 if after is None else 4], tuple(row[: 3 if after is None else 4] for row in rows)),
        why,
        code,
        attempt=tried,
    )
