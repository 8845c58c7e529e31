"""How: each run's model and its arguments, the backend it takes, and how many can run at once."""

from __future__ import annotations

import sys
from dataclasses import dataclass, replace
from math import ceil
from typing import Any

import numpy as np

from workings import saving
from workings.backends import choose, patience
from workings.backends.numpy import work
from workings.labels import Labels
from workings.model import Model, arguments
from workings.model.reading import planned
from workings.sweeps import shaping
from workings.sweeps.pool import PROCESSES, THREADS, cores
from workings.sweeps.runs import Data, Job
from workings.sweeps.space import TRAINING, plain

LARGE = 30e6  # operations of one step from which a backend uses all cores itself
WORTH = 3.0  # seconds of NumPy from which starting other processes pays


@dataclass(frozen=True)
class Asked:
    """What holds for every run of a sweep."""

    layers: Any
    fixed: dict[str, Any]
    model: dict[str, Any]
    gradients: bool
    backend: str


@dataclass(frozen=True)
class Plans:
    """What was found out about the runs before any is made."""

    labels: Labels
    metric: str
    backends: list[str]
    networks: list[str]
    largest: float  # operations of the largest step
    seconds: float  # about how long NumPy would take for all

    def pool(self, data: Data, workers: int | None) -> tuple[str, int]:
        """The kind of pool, and how many runs at once."""
        if workers is not None:
            workers = arguments.whole("workers", workers)
        used = set(self.backends)
        if used == {"native"}:
            return THREADS, workers or (cores() if self.largest < LARGE else 1)
        if "xla" in used or isinstance(data.X, np.memmap) or sys.platform == "emscripten":
            return THREADS, workers if workers and "xla" not in used else 1
        if workers is None:
            workers = cores() if self.seconds > WORTH else 1
        return (PROCESSES, workers) if workers > 1 else (THREADS, 1)


def model(asked: Asked, point: dict[str, Any]) -> Model:
    """The model of one run."""
    settings = asked.fixed | point
    return shaping.model(asked.layers, settings, settings.get("seed", 0), **asked.model)


def job(asked: Asked, number: int, point: dict[str, Any], labels: Labels, backend: str) -> Job:
    """One run."""
    settings = asked.fixed | point
    made = model(asked, point)
    made.labels = made.labels or labels
    fit = {"epochs": 20} | {name: settings[name] for name in TRAINING if name in settings}
    examples = settings.get("examples")
    return Job(number, made, fit | {"backend": backend}, examples, asked.gradients)


def checked(asked: Asked, points: list[dict[str, Any]], data: Data, every: Any) -> Plans:
    """Try every run's settings without training.  Raises ValueError naming the run whose settings cannot be used."""
    found = Plans(Labels("numbers", 1), "", [], [], 0.0, 0.0)
    for number, point in enumerate(points):
        try:
            found = _with(found, asked, number, point, data, every)
        except ValueError as error:
            told = ", ".join(f"{name}={plain(value)!r}" for name, value in point.items())
            raise ValueError(f"in the run with {told}: {error}") from None
    return found


def _with(found: Plans, asked: Asked, number: int, point: dict[str, Any], data: Data, every: Any) -> Plans:
    """What one more run asks for."""
    made = model(asked, point)
    few = made._reader.examples(np.asarray(data.X[:2]))
    labels = made._reader.labels_of(every, few.shape[1:])
    labels.check_differ(every)
    if number and labels != found.labels:
        raise ValueError(f"its network has {labels.outputs} outputs, and the first run's has {found.labels.outputs}")
    fit = job(asked, number, point, labels, asked.backend).fit
    optimizer = arguments.optimizer(fit.get("optimizer", "gradient-descent"))
    arguments.rate(fit.get("learning_rate"), optimizer)
    stopping = arguments.stopping(fit.get("early_stopping"))
    epochs = arguments.whole("epochs", fit["epochs"])
    batch = arguments.whole("batch_size", fit.get("batch_size", 32))
    plan = planned(made, labels, optimizer, arguments.penalty(fit.get("l1", 0), fit.get("l2", 0)), few.shape[1:])
    if stopping:
        stopping.check(plan.metric.name, data.validation is not None)
    made.build_for(few)
    if not made.state.params:
        raise ValueError("this network has no parameters: there is nothing to train")
    m = (asked.fixed | point).get("examples") or len(data.X)
    batch = min(batch, m)
    seconds = patience(plan, made.state.params, batch, epochs * ceil(m / batch))
    chosen = choose(asked.backend, plan, seconds) if asked.backend == "auto" else choose(asked.backend, plan)
    told = f"{saving.describe_network(made.network)} {made.loss} {made.seed}"
    return replace(
        found,
        labels=labels,
        metric=plan.metric.name,
        backends=[*found.backends, chosen.name],
        networks=[*found.networks, told],
        largest=max(found.largest, work(made.state.params, batch)),
        seconds=found.seconds + seconds,
    )
