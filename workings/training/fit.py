"""Fit: epochs of batches, each batch one step, until enough is learned.

for each epoch:  shuffle;  for each batch:  forward, loss, backward, update
"""

from __future__ import annotations

import time
import warnings
from collections.abc import Callable
from dataclasses import dataclass
from math import ceil
from typing import Any

import numpy as np

from workings.backends.numpy import gathered, quiet
from workings.backends.plan import Diverged, Plan, State, Tally
from workings.training.checkpoint import Checkpoint, Run
from workings.training.early_stopping import EarlyStopping
from workings.training.interruption import Interruptions
from workings.training.progress import progress, running
from workings.training.trouble import diagnosis, finite, too_large, unhelpful

SLICE = 0.1  # seconds between two looks at the clock, the keyboard and the bar
CHUNK = 4096  # examples at a time when nothing is learned


@dataclass(frozen=True)
class Course:
    """What is asked of a training run."""

    plan: Plan
    backend: Any
    schedule: Callable[[int], float]
    epochs: int
    batch_size: int
    shuffle: bool = True
    validation: tuple[np.ndarray, np.ndarray] | None = None
    early_stopping: EarlyStopping | None = None
    checkpoint: Checkpoint | None = None
    progress: bool | None = None


def train(
    course: Course,
    run: Run,
    X: np.ndarray,
    Y: np.ndarray,
    save: Callable[[Run], None],
    after_epoch: Callable[[Run], bool],
) -> Interruptions:
    """Train on the rows of X and Y, from where `run` stands; it holds what was learned, however this ends.

    `save` writes the checkpoint, `after_epoch` is called after each and may stop training by returning True.
    Raises DivergenceError when J is no longer a number.
    """
    steps = ceil(len(X) / course.batch_size)
    shown = progress(course.progress)
    if said := too_large(X):
        _warn(said)
    with Interruptions() as interruption:
        shown.start(course.epochs, steps, run.epoch)
        try:
            while run.epoch < course.epochs and not run.history.stopped:
                _epoch(course, run, X, Y, steps, shown, interruption)
                if interruption:
                    run.interrupted = True
                    where = f"in epoch {run.epoch + 1} after {run.steps} of {steps} steps"
                    run.history.stopped = f"stopped by {interruption.said} {where}; what was learned so far is kept"
                    break
                _close(course, run, after_epoch)
                shown.epoch(run.history[-1])
                if course.checkpoint and run.epoch % course.checkpoint.every == 0:
                    save(run)
            if course.checkpoint:
                save(run)
        finally:
            shown.stop(run.history.stopped)
    if not interruption:
        _last_words(course, run)
    return interruption


def _epoch(course: Course, run: Run, X: Any, Y: Any, steps: int, shown: Any, interruption: Interruptions) -> None:
    """The steps of one epoch that are still to be done, in slices of about a tenth of a second."""
    alpha = course.schedule(run.epoch)
    order = run.order(len(X), course.shuffle)
    at_once = 16
    while run.steps < steps and not interruption:
        began = time.perf_counter()
        part = order[run.steps * course.batch_size : (run.steps + at_once) * course.batch_size]
        try:
            run.state, tally = course.backend.run(
                course.plan, run.state, X, Y, part, course.batch_size, alpha, run.rng
            )
        except Diverged as found:
            run.state = found.state
            step = run.steps + found.step + 1
            raise diagnosis(found, course.plan, alpha, run.epoch + 1, step, X) from None
        run.steps += tally.steps
        run.tally += tally
        took = time.perf_counter() - began
        run.seconds += took
        at_once = max(1, min(4 * at_once, round(tally.steps * SLICE / max(took, 1e-6))))
        shown.step(run.epoch, run.steps, running(run.tally, course.plan.metric))


def _close(course: Course, run: Run, after_epoch: Callable[[Run], bool]) -> None:
    """The epoch's row in the history, the best so far, and whether to go on."""
    plan, tally = course.plan, run.tally
    row = {
        "epoch": run.epoch + 1,
        "loss": tally.loss / tally.examples,
        plan.metric.name: plan.metric.finish(tally.metric / tally.examples),
    }
    if course.validation:
        seen = evaluate(plan, run.state, *course.validation)
        row["validation_loss"] = seen.loss / seen.examples
        row[f"validation_{plan.metric.name}"] = plan.metric.finish(seen.metric / seen.examples)
    row |= {"learning_rate": course.schedule(run.epoch), "seconds": run.seconds}
    run.history.rows.append(row)
    run.epoch, run.steps, run.tally, run.seconds = run.epoch + 1, 0, Tally(), 0.0
    if stopping := course.early_stopping:
        if stopping.restore and stopping.best_epoch(run.history) == run.epoch:
            run.best = run.state
        if stopping.enough(run.history):
            best = stopping.best_epoch(run.history)
            kept = ", whose parameters are kept" if run.best else ""
            run.history.stopped = f"nothing better for {stopping.patience} epochs: the best was epoch {best}{kept}"
            run.state = State(run.best.params, run.best.memory, run.state.optimizer) if run.best else run.state
    if after_epoch(run):
        run.history.stopped = run.history.stopped or f"stopped by a callback after epoch {run.epoch}"


def evaluate(plan: Plan, state: State, X: np.ndarray, Y: np.ndarray) -> Tally:
    """The sums of loss (without penalties) and metric over all rows, with memory and without noise."""
    total = Tally()
    for start in range(0, len(X), CHUNK):
        rows = slice(start, start + CHUNK)
        A, target = gathered(X, rows, plan.dtype), gathered(Y, rows, plan.dtype)
        with quiet():
            wires, _ = plan.network.forward(np, state.params, A, state.memory)
            out = wires[plan.network.output]
            J, _ = plan.loss.forward(np, out, target)
            hits = float(np.sum(plan.metric.per_example(np, out, target)))
        m = target.shape[-1]
        total += Tally(m, float(J) * m, hits, 0)
    return total


def _last_words(course: Course, run: Run) -> None:
    """Never a silent failure: the final parameters are numbers, and the loss did not rise."""
    if not finite(run.state):
        _warn("some parameters are no longer numbers after the last step: lower the learning rate and train again")
    elif run.history.rows and (said := unhelpful(run.history[0]["loss"], run.history[-1]["loss"])):
        _warn(said)


def _warn(said: str) -> None:
    from workings.training.trouble import TrainingWarning

    warnings.warn(said, TrainingWarning, stacklevel=4)
