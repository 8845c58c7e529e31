"""Pool: many runs at once, on all cores, with the same bits as one after the other.

threads      where the native kernel trains: Python's lock is free while it works
processes    where NumPy trains: each with a Python of its own
one by one   where JAX trains, or a single step is large enough to use all cores, or all is done in a moment

Every run has one thread for its matrix products, so that neither the number of workers nor the order in which they
finish changes a bit.
"""

from __future__ import annotations

import contextlib
import os
import pickle
import queue
import subprocess
import sys
import threading
import warnings
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from threadpoolctl import threadpool_limits

from workings.sweeps.runs import Data, Job, Outcome, train
from workings.training import TrainingWarning
from workings.training.interruption import Interruptions

THREADS, PROCESSES = "threads", "processes"
ONE_THREAD = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "VECLIB_MAXIMUM_THREADS")
LOOK = 0.1  # seconds between two looks at the keyboard


def cores() -> int:
    """The processors that this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def train_all(
    jobs: Iterator[Job], data: Data, kind: str, workers: int, finished: Callable[[Outcome], None]
) -> Interruptions:
    """Train every job and hand each outcome to `finished`, in this thread, as it comes.

    Ctrl-C, SIGTERM or SIGHUP end the runs at hand, which have no outcome then; the others keep theirs.  An error in
    a run ends all and is raised here, with a note that says which run it was.
    """
    pool = _Pool(jobs, data, kind)
    threads = [threading.Thread(target=pool.work, name=f"sweep {i}", daemon=True) for i in range(workers)]
    with Interruptions() as interruption, warnings.catch_warnings(), threadpool_limits(1):
        warnings.simplefilter("ignore", TrainingWarning)  # what they say stands in the table
        for thread in threads:
            thread.start()
        try:
            while not interruption and not pool.error:
                if any(thread.is_alive() for thread in threads):
                    pool.take(finished, LOOK)
                else:
                    break
        finally:
            pool.end()
            for thread in threads:
                thread.join()
        pool.take_rest(finished)
    if pool.error:
        raise pool.error
    return interruption


class _Pool:
    """The jobs still to do, and the outcomes not yet taken."""

    def __init__(self, jobs: Iterator[Job], data: Data, kind: str):
        self.jobs, self.data, self.kind = jobs, data, kind
        self.outcomes: queue.SimpleQueue[Outcome] = queue.SimpleQueue()
        self.lock, self.stop = threading.Lock(), threading.Event()
        self.error: BaseException | None = None
        self.others: list[Worker] = []

    def work(self) -> None:
        """What every thread does: one job after the other."""
        other, job = None, None
        try:
            while not self.stop.is_set():
                with self.lock:
                    job = next(self.jobs, None)
                    if job is None:
                        break
                    if other is None and self.kind == PROCESSES:
                        other = Worker(self.data)
                        self.others.append(other)
                outcome = other.train(job) if other else train(job, self.data, self.stop.is_set)
                if outcome.status != "stopped":
                    self.outcomes.put(outcome)
        except BaseException as error:  # told in the thread that asked
            if not self.stop.is_set():
                error.add_note(f"in run {job.number} of the sweep" if job else "before a run of the sweep")
                self.error = error
        finally:
            if other:
                other.end()

    def take(self, finished: Callable[[Outcome], None], seconds: float) -> None:
        """Hand over the next outcome, if one comes in time."""
        try:
            outcome = self.outcomes.get(timeout=seconds)
        except queue.Empty:
            return
        finished(outcome)

    def take_rest(self, finished: Callable[[Outcome], None]) -> None:
        """And those that are there already."""
        while not self.outcomes.empty():
            finished(self.outcomes.get())

    def end(self) -> None:
        """No more jobs; what other processes are at is dropped unless all is done."""
        self.stop.set()
        for other in self.others:
            other.end()


class Worker:
    """A process that trains: `workings.sweeps.worker`, which hears jobs and answers outcomes."""

    def __init__(self, data: Data):
        one = dict.fromkeys(ONE_THREAD, "1")
        words = [sys.executable, "-m", "workings.sweeps.worker"]
        path = os.pathsep.join(place or str(Path.cwd()) for place in sys.path)
        environment = {**os.environ, **one, "PYTHONPATH": path}
        self.process = subprocess.Popen(words, stdin=subprocess.PIPE, stdout=subprocess.PIPE, env=environment)
        self._tell(data)

    def train(self, job: Job) -> Outcome:
        """One run; raises what went wrong there."""
        self._tell(job)
        try:
            answer = pickle.load(self.process.stdout)  # type: ignore[arg-type]  (our own process)
        except (EOFError, pickle.UnpicklingError):
            code = self.process.wait()
            raise RuntimeError(
                f"the process that trained it ended with code {code}: was it killed, or is memory short?  "
                "Try workers=1"
            ) from None
        if isinstance(answer, BaseException):
            raise answer
        return answer

    def end(self) -> None:
        """It holds nothing that is not here already."""
        self.process.kill()
        self.process.wait()
        for pipe in (self.process.stdin, self.process.stdout):
            with contextlib.suppress(OSError):
                pipe.close()  # type: ignore[union-attr]

    def _tell(self, what: Any) -> None:
        pickle.dump(what, self.process.stdin, protocol=5)  # type: ignore[arg-type]
        self.process.stdin.flush()  # type: ignore[union-attr]
