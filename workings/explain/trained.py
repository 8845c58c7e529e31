"""Trained: J and the gradients as training works them, where the textbook's J has lost its digits."""

from __future__ import annotations

import numpy as np

from workings.explain.ledger import Ledger
from workings.explain.passes import Problem
from workings.ink.array import Array


def as_trained(problem: Problem, book: Ledger) -> dict[str, np.ndarray]:
    """J and dW by the one formula of Z; empty where there is none, or where both tell the same."""
    if problem.trained is None or "J" not in book.values:
        return {}
    ours, theirs = float(book.values["J"]), float(problem.cost(problem.params, book.xp))
    if abs(ours - theirs) <= 1e-9 * abs(theirs) + 1e-12:
        return {}
    named = problem.gradients(book.xp)
    grads = {f"d{book.label(s, row)}": d for row, made in named.items() for s, d in made.items()}
    values = {name: d.values() if isinstance(d, Array) else np.asarray(d) for name, d in grads.items()}
    return {"J": np.asarray(theirs), **values}
