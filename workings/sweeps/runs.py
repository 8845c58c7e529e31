"""Runs: one model trained as a sweep asks, and what came of it.

A run is `Model.fit` with the run's own seed, and nothing else: trained alone, the same model has the same parameters,
bit for bit.  A run whose loss becomes NaN has an outcome too, which says so.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from workings.backends.numpy import gathered, quiet, slopes
from workings.backends.plan import State
from workings.model import Model
from workings.model.reading import planned
from workings.optimizers import GradientDescent
from workings.training import DivergenceError, History
from workings.training.trouble import afterwards

WATCHED = 256  # examples whose gradients are measured


@dataclass(frozen=True)
class Data:
    """What every run of a sweep learns from: rows of X and y, the rows to judge by, and the order for `examples`."""

    X: Any
    y: Any
    validation: tuple[Any, Any] | None
    mixed: np.ndarray | None = None

    def first(self, examples: int | None) -> tuple[Any, Any]:
        """All rows, or so many of them: fewer are always a part of more."""
        if examples is None or self.mixed is None:
            return self.X, self.y
        rows = np.sort(self.mixed[:examples])
        return self.X[rows], self.y[rows]


@dataclass(frozen=True)
class Job:
    """One run to be made: its number, the model, what `fit` is told, how many examples, what is watched."""

    number: int
    model: Model
    fit: dict[str, Any]
    examples: int | None = None
    gradients: bool = False


@dataclass
class Outcome:
    """What came of a run: "done", "diverged", or "stopped" before it was over."""

    number: int
    status: str
    note: str
    history: History
    state: State
    shape: Any
    seconds: float
    gradients: list[dict[str, float]] = field(default_factory=list)

    def give(self, model: Model) -> Model:
        """The model of this run, holding what was learned."""
        model.state, model.shape, model.history, model.exact = self.state, self.shape, self.history, None
        return model


def train(job: Job, data: Data, stopped: Callable[[], bool]) -> Outcome:
    """Train one model; `stopped` is asked after every epoch."""
    model, sizes = job.model, []
    X, y = data.first(job.examples)

    def after_epoch(model: Model, history: History) -> bool:
        if job.gradients:
            sizes.append(gradients(model, X, y))
        return stopped()

    status, note, began = "done", "", time.perf_counter()
    try:
        if job.gradients:
            model.build_for(model._reader.examples(X[:WATCHED]))
            sizes.append(gradients(model, X, y))
        model.fit(X, y, **job.fit, validation=data.validation, callbacks=after_epoch, progress=False)
        note = "  ".join(afterwards(model.history))
    except DivergenceError as error:
        status, note = "diverged", str(error)
    seconds = time.perf_counter() - began
    if status == "done" and len(model.history) < job.fit["epochs"] and stopped():
        status = "stopped"
    return Outcome(job.number, status, note, model.history, model.state, model.shape, seconds, sizes)


def gradients(model: Model, X: Any, y: Any) -> dict[str, float]:
    """The mean |dW| of every layer's weights, on the first examples: {"W1": …, "W2": …}.

    >>> from workings import Dense
    >>> gradients(Model([Dense(1)], parameters={"W1": [[2]], "b1": [0]}), [[1], [3]], [2, 6])
    {'W1': 0.0}
    """
    X, Y, labels = model._reader.examples_and_targets(X[:WATCHED], y[:WATCHED])
    plan = planned(model, labels, GradientDescent())
    A, target = gathered(X, slice(None), plan.dtype), gathered(Y, slice(None), plan.dtype)
    with quiet():
        _, _, grads, _ = slopes(plan, model.state.params, model.state.memory, A, target, {})
    return {
        model.network.label(symbol, row): float(np.mean(np.abs(dW)))
        for row, named in grads.items()
        for symbol, dW in named.items()
        if symbol.startswith("W")
    }
