"""Overfitting: what was learned by heart shows in the rows that were trained on, and not in others."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from workings.checkup.cures import redrawn
from workings.checkup.finding import Evidence, Finding, Tried, several
from workings.checkup.patient import Patient

TIMES = 2.5  # the training loss
APART = 0.1  # between the two accuracies
ERRORS = 3  # standard errors of the validation accuracy
WORSE = 1.5  # times the RMSE
RISEN = 1.1  # times the lowest validation loss: less is the chance of some hundred rows
PENALTIES, EPOCHS = (0.001, 0.01, 0.1), 50  # are tried


def overfitting(p: Patient) -> list[Finding] | str:
    """Validation rows that the model does much worse on than on those it learned from."""
    if p.held_out is None:
        return "" if p.validation is not None else "not looked at: no validation rows were given (validation=0.2)"
    p.model.labels = p.labels
    ours, theirs = p.model.evaluate(*p.sample), p.model.evaluate(*p.held_out)
    metric = next(name for name in ours if name != "loss")
    rows_aside = several(len(p.held_out[0]), "validation row")
    line = f"loss {ours['loss']:.4g} in training, {theirs['loss']:.4g} in {rows_aside}"
    history = p.model.history
    if "validation_loss" in history.columns and (row := history.best())["epoch"] < len(history):
        line += f"; the validation loss was lowest in epoch {row['epoch']} of {len(history)}"
        line += f" ({row['validation_loss']:.4g})"
    if theirs["loss"] <= TIMES * ours["loss"] or not _clear(metric, ours[metric], theirs[metric], len(p.held_out[0])):
        return line
    if not _turned(history):
        return f"{line}; the two are apart, but the validation loss has not turned up: more training did no harm yet"
    rows = (
        ("training rows", len(p.sample[0]), ours["loss"], ours[metric]),
        ("validation rows", len(p.held_out[0]), theirs["loss"], theirs[metric]),
    )
    params = sum(W.size for named in p.model.state.params.values() for W in named.values())
    strength, tried = _tried(p, theirs["loss"]) if p.trials else (PENALTIES[1], None)
    return [
        Finding(
            "overfitting",
            (),
            Evidence(line, ("", "rows", "loss", metric), rows),
            f"The model has {several(params, 'number')} to fit {several(p.m, 'row')}, and has learned things that "
            "hold for these rows only.  More rows, fewer units, a penalty on the weights or stopping earlier help.",
            f"model.fit(X, y, l2={strength}, early_stopping=5, validation=0.2)",
            attempt=lambda: tried,
        )
    ]


def _turned(history: Any) -> bool:
    """Whether the validation loss has left its lowest, as far as the history tells."""
    seen = history["validation_loss"] if "validation_loss" in history.columns else []
    return not len(seen) or not seen[-1] <= RISEN * min(seen)


def _clear(metric: str, ours: float, theirs: float, m: int) -> bool:
    """Whether the two differ by more than chance."""
    if metric != "accuracy":
        return theirs > WORSE * ours
    error = math.sqrt(max(theirs * (1 - theirs), 0.25 / m) / m)
    return ours - theirs > max(APART, ERRORS * error)


def _tried(p: Patient, before: float) -> tuple[float, Tried]:
    """The penalty that does best on training rows set aside, and what the validation rows say to it."""
    fresh = redrawn(p.model)
    fresh.labels = p.labels
    X, y = p.sample
    order = np.random.default_rng(p.model.seed).permutation(len(X))
    aside, rest = order[: len(X) // 5], order[len(X) // 5 :]
    inner = X[aside], y[aside]
    how: dict[str, Any] = {"epochs": EPOCHS, "early_stopping": 5, "validation": inner}
    cured = {strength: p.trained(fresh, X[rest], y[rest], l2=strength, **how) for strength in PENALTIES}
    costs = {strength: p.cost(model, *inner) for strength, model in cured.items()}
    best = min(costs, key=lambda strength: (math.isnan(costs[strength]), costs[strength]))
    rows = (
        ("as it is", None, before),
        ("with the cure", p.cost(fresh, *p.held_out), p.cost(cured[best], *p.held_out)),
    )
    told = f"from fresh weights, at most {EPOCHS} epochs on copies, {len(rest):,} rows, "
    told += f"learning rate {p.habits.rate:.4g}, l2 {' or '.join(map(str, PENALTIES))}"
    return best, Tried(told, "validation loss", rows, rows[1][2] < 0.95 * before)
