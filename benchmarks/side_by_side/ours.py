"""Ours: every backend on its own, and `Model.fit` end to end, as users call it."""

from __future__ import annotations

import os
from dataclasses import replace
from math import ceil
from typing import Any

import numpy as np

from side_by_side.cases import in_one_call
from side_by_side.problem import Problem, model


def planned(found: Any, problem: Problem, dtype: str = "float32") -> tuple[Any, np.ndarray, np.ndarray]:
    """The plan that `Model.fit` would make of this, and X and Y as it would hand them to the backend."""
    from workings.model import arguments
    from workings.model.reading import planned

    X, Y, labels = found._reader.examples_and_targets(problem.X, problem.y, learning=True)
    plan = planned(found, labels, arguments.optimizer(problem.case.optimizer), (), problem.case.shape)
    return replace(plan, dtype=dtype), X, Y


class Backend:
    """A backend's `run`: whole stretches of batches in one call.

    `settings`: the backend's name; "native" also as "native all", with every core.
    """

    def __init__(self, problem: Problem, settings: str):
        from workings.backends import backend, why_not
        from workings.backends.plan import State

        name, *rest = settings.split()
        self.problem, self.module, self.done = problem, backend(name), 0
        found = model(problem.case)
        found.build(problem.case.shape)
        self.plan, self.X, self.Y = planned(found, problem)
        if reason := why_not(self.module, self.plan):
            raise NotImplementedError(reason)
        self.options = {"threads": cores() if rest else 1} if name == "native" else {}
        self.state = State(problem.params, found.state.memory, self.plan.optimizer.init(problem.params))
        self.rng = np.random.default_rng(0)
        self.least = in_one_call(problem.case) if name == "xla" else 1

    def steps(self, n: int) -> None:
        """The next n batches."""
        p = self.problem
        order = p.places(self.done, n)
        arguments = (self.plan, self.state, self.X, self.Y, order, p.case.batch, p.case.alpha, self.rng)
        self.state, _ = self.module.run(*arguments, **self.options)
        self.done += n

    def weights(self) -> list[np.ndarray]:
        """W1, b1, W2, …"""
        return in_order(self.state.params, self.problem)


class Fit:
    """`Model.fit`, whole epochs: checking the data, shuffling, history and all."""

    def __init__(self, problem: Problem, settings: str):
        self.problem, self.backend = problem, settings
        self.model = model(problem.case)
        self.least = problem.steps

    def steps(self, n: int) -> None:
        """As many epochs as hold n batches."""
        p = self.problem
        self.model.fit(
            p.X,
            p.y,
            epochs=ceil(n / p.steps),
            batch_size=p.case.batch,
            learning_rate=p.case.alpha,
            optimizer=p.case.optimizer,
            progress=False,
            backend=self.backend,
        )

    def weights(self) -> list[np.ndarray]:
        """W1, b1, W2, …"""
        return in_order(self.model.state.params, self.problem)


def in_order(params: Any, problem: Problem) -> list[np.ndarray]:
    """The weights as the problem lists them; JAX sorts them by name."""
    return [params[row][symbol] for row, named in problem.params.items() for symbol in named]


def cores() -> int:
    """Those this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
