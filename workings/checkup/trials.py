"""Trials: a cure is tried on a copy, beside a copy that goes on as it is, for as many epochs on the same rows."""

from __future__ import annotations

import math
from typing import Any

from workings.checkup.cures import redrawn
from workings.checkup.finding import Tried
from workings.checkup.patient import Patient

BETTER = 0.95  # of the loss without the cure: less is a help


def compared(p: Patient, cured: Any, **how: Any) -> Tried:
    """The loss of the model as it is and with a cure, before and after training both for as long.

    `how` may give the cured one another `rate`.
    """
    plain = p.trained(p.model)
    better = p.trained(cured, **how)
    rows = (
        ("as it is", p.cost(p.model), p.cost(plain)),
        ("with the cure", p.cost(cured), p.cost(better)),
    )
    return Tried(told(p), "loss", rows, lower(rows[1][2], rows[0][2]))


def told(p: Patient, m: int | None = None) -> str:
    """How long, on what."""
    m = len(p.sample[0]) if m is None else m
    return f"{p.epochs(m)} epochs on copies, {m:,} rows, learning rate {p.habits.rate:.4g}"


def lower(cured: float, before: float) -> bool:
    """Whether a loss is clearly smaller than another, which may have been lost."""
    return math.isfinite(cured) and (not math.isfinite(before) or cured < BETTER * before)


def compared_on(p: Patient, X: Any, y: Any = None) -> Tried:
    """The loss of a fresh start on the rows as they are and on the rows with a cure, which need the same weights."""
    fresh = redrawn(p.model)
    fresh.labels = p.model.labels
    y = p.sample[1] if y is None else y
    rows = (
        ("as it is", p.cost(fresh), p.cost(p.trained(fresh))),
        ("with the cure", p.cost(fresh, X, y), p.cost(p.trained(fresh, X, y), X, y)),
    )
    return Tried("from fresh weights, " + told(p), "loss", rows, lower(rows[1][2], rows[0][2]))
