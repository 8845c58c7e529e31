"""Turns: every engine a short slice of work, A B C A B C, so that a busy moment strikes all alike; then the check."""

from __future__ import annotations

from dataclasses import dataclass, field
from statistics import median
from typing import Any

import numpy as np

from side_by_side import reference
from side_by_side.cases import Case, steps_of
from side_by_side.machine import cores
from side_by_side.problem import problem
from side_by_side.worker import Engine, Failed, Worker

THREADED = 10e6  # operations per step below which all cores only get in each other's way
ALL = str(cores())
ONE_CORE = (("NPROC", "1"),)
ONE_THREAD = (("OMP_NUM_THREADS", "1"),)


def small(case: Case) -> bool:
    """Below, JAX does better on one core; the library's XLA backend decides the same way."""
    return case.operations < THREADED


def large(case: Case) -> bool:
    """From here on, all cores are tried as well."""
    return not small(case)


ENGINES = [
    Engine("native, 1 thread", "ours.Backend", "native"),
    Engine("native, all", "ours.Backend", "native all", for_case=large),
    Engine("Model.fit", "ours.Fit", "auto"),
    Engine("numpy", "ours.Backend", "numpy"),
    Engine("xla", "ours.Backend", "xla", "jax", ONE_CORE, small),
    Engine("xla", "ours.Backend", "xla", "jax", for_case=large),
    Engine("PyTorch, 1 thread", "peers.Eager", "1", "torch", ONE_THREAD),
    Engine("PyTorch, all", "peers.Eager", ALL, "torch"),
    Engine("DataLoader", "peers.Loader", "1", "torch", ONE_THREAD, small, checked=False),
    Engine("DataLoader", "peers.Loader", ALL, "torch", for_case=large, checked=False),
    Engine("scikit-learn", "peers.ScikitLearn", "", "sklearn", checked=False),
    Engine("JAX, 1 core", "compiled.Jax", "", "jax", ONE_CORE),
    Engine("JAX, all", "compiled.Jax", "", "jax"),
    Engine("Keras", "compiled.Keras", "1", "keras", (("KERAS_BACKEND", "jax"),), checked=False),
]


@dataclass(frozen=True)
class Pace:
    """How long is measured: seconds of a slice, turns, seconds for one engine; operations, seconds of a check."""

    slice_: float = 0.06
    turns: int = 9
    engine: float = 3.0
    check: float = 60e9
    checking: float = 10.0


QUICK = Pace(0.02, 3, 0.5, 2e9, 2.0)
FULL = Pace()


@dataclass
class Row:
    """What was found for one network: microseconds per step, distances from float64, reasons where there is none."""

    case: Case
    times: dict[str, float] = field(default_factory=dict)
    errors: dict[str, float] = field(default_factory=dict)
    reasons: dict[str, str] = field(default_factory=dict)
    checked_steps: int = 0
    moved: float = 0.0  # the largest change of a weight in those steps
    hurried: bool = False  # measured in few and short turns, for want of time


class Room:
    """The processes, started as they are needed and kept until the end."""

    def __init__(self):
        self.workers: dict[Any, Worker] = {}
        self.missing: dict[str, str] = {}

    def __enter__(self) -> Room:
        return self

    def __exit__(self, *_: Any) -> None:
        for worker in self.workers.values():
            worker.end()

    def worker(self, engine: Engine) -> Worker:
        """The process of this engine, its library loaded.  Raises Failed."""
        if engine.needs in self.missing:
            raise Failed(self.missing[engine.needs])
        worker = self.workers.get(engine.home)
        if worker is None or not worker.process.is_alive():
            worker = self.workers[engine.home] = Worker(engine.environment)
            try:
                worker.ask("load", engine.needs)
            except Failed as reason:
                self.missing[engine.needs] = f"{engine.needs} is not here: {reason}"
                raise Failed(self.missing[engine.needs]) from None
        return worker

    def row(self, case: Case, pace: Pace, engines: list[Engine]) -> Row:
        """One network: times in turns, then every engine's weights against float64."""
        row, lengths, spent = Row(case), {}, {}
        here = [engine for engine in engines if engine.for_case(case)]
        for engine in here:
            self._try(row, engine, lambda e: lengths.update({e.label: self._made(e, case, pace)}))
        here = [engine for engine in here if engine.label in lengths]
        found: dict[str, list[float]] = {engine.label: [] for engine in here}

        def turn(engine: Engine) -> None:
            n, about = lengths[engine.label]
            if len(found[engine.label]) >= 2 and spent.get(engine.label, 0) + about > pace.engine:
                return
            took = self.worker(engine).ask("time", engine.label, n)
            spent[engine.label] = spent.get(engine.label, 0) + took
            found[engine.label].append(took / n * 1e6)

        for _ in range(pace.turns):
            for engine in here:
                if engine.label not in row.reasons:
                    self._try(row, engine, turn)
        row.times = {label: median(times) for label, times in found.items() if times and label not in row.reasons}
        self._check(row, pace, here)
        for worker in self.workers.values():
            if worker.process.is_alive():
                worker.ask("forget")
        return row

    def _made(self, engine: Engine, case: Case, pace: Pace) -> tuple[int, float]:
        return self.worker(engine).ask("make", engine.label, engine.kind, engine.settings, case, pace.slice_)

    def _check(self, row: Row, pace: Pace, engines: list[Engine]) -> None:
        case = row.case
        steps = row.checked_steps = steps_of(case, pace.check, case.most_checked)
        little = problem(case, steps * case.batch)
        want, start = reference.weights(little, steps), little.flat("float64")
        row.moved = max(float(np.abs(a - b).max()) for a, b in zip(want, start, strict=True))

        def distance(engine: Engine) -> None:
            got = self.worker(engine).ask("weights", engine.kind, engine.settings, case, steps)
            if got is not None:
                apart = [float(np.abs(a - b).max()) for a, b in zip(got, want, strict=True)]
                row.errors[engine.label] = float(np.max(apart))  # NaN stays NaN

        for engine in engines:
            slow = row.times.get(engine.label, 0) * steps > pace.checking * 1e6
            if engine.checked and engine.label not in row.reasons and not slow:
                self._try(row, engine, distance)

    def _try(self, row: Row, engine: Engine, do: Any) -> None:
        try:
            do(engine)
        except Failed as reason:
            row.reasons[engine.label] = str(reason)
