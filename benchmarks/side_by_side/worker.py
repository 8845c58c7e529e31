"""Worker: a process with one library in it, so that nobody's threads or settings disturb another's.

The process that asks and the one that works say a word and its arguments to each other, in turns.
"""

from __future__ import annotations

import os
import time
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from importlib import import_module
from multiprocessing import get_context
from typing import Any

import numpy as np

from side_by_side.cases import Case

LIMIT = 120  # seconds that an answer may take; then the process is ended and its cells say so


@dataclass(frozen=True)
class Engine:
    """A column of the table: a class, its settings, the library it needs and what its process's environment says."""

    label: str
    kind: str  # module.Class
    settings: str = ""
    needs: str = ""  # the package
    environment: tuple[tuple[str, str], ...] = ()
    for_case: Callable[[Case], bool] = lambda case: True
    checked: bool = True  # its order of batches is ours, so that its weights can be compared

    @property
    def home(self) -> tuple[Any, ...]:
        """Engines of the same home share a process."""
        return self.needs, self.environment


class Failed(Exception):
    """Why there is no figure."""


class Worker:
    """The asking side."""

    def __init__(self, environment: tuple[tuple[str, str], ...]):
        here, there = get_context("spawn").Pipe()
        kept = dict(os.environ)
        os.environ.update(environment)
        try:
            self.process = get_context("spawn").Process(target=serve, args=(there,), daemon=True)
            self.process.start()
        finally:
            os.environ.clear()
            os.environ.update(kept)
        there.close()
        self.pipe = here

    def ask(self, word: str, *arguments: Any, limit: float = LIMIT) -> Any:
        """The answer.  Raises Failed with the reason."""
        try:
            self.pipe.send((word, arguments))
            if not self.pipe.poll(limit):
                self.end()
                raise Failed(f"no answer within {limit:.0f} s")
            good, answer = self.pipe.recv()
        except (EOFError, OSError):
            raise Failed(f"its process ended, with code {self.process.exitcode}") from None
        if not good:
            raise Failed(answer)
        return answer

    def end(self) -> None:
        """It holds nothing that is needed."""
        self.process.kill()
        self.process.join()
        self.pipe.close()


def serve(pipe: Any) -> None:
    """The working side: answer until nobody asks any more."""
    bench = Bench()
    while True:
        try:
            word, arguments = pipe.recv()
        except EOFError:
            return
        try:
            answer = True, getattr(bench, word)(*arguments)
        except NotImplementedError as reason:
            answer = False, str(reason)
        except Exception as error:
            answer = False, f"{type(error).__name__}: {error}".splitlines()[0]
        pipe.send(answer)


class Bench:
    """The engines of one process, for one network at a time."""

    def __init__(self):
        self.engines: dict[str, Any] = {}

    def load(self, needs: str) -> str:
        """Import the library; its version."""
        return import_module(needs).__version__ if needs else ""

    def make(self, label: str, kind: str, settings: str, case: Case, slice_: float) -> tuple[int, float]:
        """Build an engine and find how many steps fill a slice: that, and the seconds they take about."""
        engine = self.engines[label] = made(kind, settings, common(case))
        least = getattr(engine, "least", 1)
        engine.steps(least)  # compiles, allocates
        n, took = least, 0.0
        while True:
            self.time(label, n)  # some compile for every number of steps
            took = self.time(label, n)
            if took > slice_ / 2:
                return n, took
            n = max(n + least, min(8 * n, int(n * slice_ / max(took, 1e-6)))) // least * least

    def time(self, label: str, n: int) -> float:
        """Seconds for n steps."""
        start = time.perf_counter()
        self.engines[label].steps(n)
        return time.perf_counter() - start

    def weights(self, kind: str, settings: str, case: Case, steps: int) -> list[np.ndarray] | None:
        """The weights after so many steps from the start; None where the engine draws an order of its own."""
        from side_by_side.problem import problem

        engine = made(kind, settings, problem(case, steps * case.batch))
        engine.steps(steps)
        return engine.weights()

    def forget(self) -> None:
        """Make room for the next network."""
        self.engines.clear()


def made(kind: str, settings: str, problem: Any) -> Any:
    """An engine by the name of its class."""
    module, name = kind.split(".")
    return getattr(import_module(f"side_by_side.{module}"), name)(problem, settings)


@lru_cache(maxsize=1)
def common(case: Case) -> Any:
    """The problem that the engines of this process share."""
    from side_by_side.problem import problem

    return problem(case)
