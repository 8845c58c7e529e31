"""Fit: epochs of batches, each batch one step, until enough is learned.

for each epoch:  shuffle;  for each batch:  forward, loss, backward, update
"""

from __future__ import annotations

import math
import time
import warnings
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from math import ceil
from typing import Any

import numpy as np

from workings.backends import epochs, patience
from workings.backends.numpy import gathered, quiet, threads, work
from workings.backends.plan import Diverged, Plan, State, Tally
from workings.layers import Dropout
from workings.training.checkpoint import Checkpoint, Run
from workings.training.early_stopping import EarlyStopping
from workings.training.interruption import Interruptions
from workings.training.progress import progress, running
from workings.training.trouble import TrainingWarning, afterwards, beforehand, diagnosis, finite

SLICE = 0.05  # seconds, as the backend is estimated to need, between two looks at the keyboard and the bar
AT_ONCE = 1000  # steps of one epoch
ROWS = 1 << 20  # of several epochs, whose orders are in memory together
CHUNK = 1024  # examples at a time when nothing is learned


@dataclass(frozen=True)
class Course:
    """What is asked of a training run."""

    plan: Plan
    backend: Any
    schedule: Callable[[int], float]
    epochs: int
    batch_size: int
    shuffle: bool | str = True  # or "blocks", for examples on the disk
    validation: tuple[Any, Any, Any] | None = None  # X, Y, and weights or None
    early_stopping: EarlyStopping | None = None
    checkpoint: Checkpoint | None = None
    progress: bool | None = None
    weights: np.ndarray | None = None  # of the examples, with mean 1
    rows: np.ndarray | None = None  # those of X to train on, in the order of the file; all of them if none
    patience: Callable[[], float] = lambda: math.inf  # for how many epochs `after_epoch` need not be called

    def examples(self, X: Any) -> int:
        """How many examples an epoch has."""
        return len(X) if self.rows is None else len(self.rows)


def train(
    course: Course,
    run: Run,
    X: np.ndarray,
    Y: np.ndarray,
    save: Callable[[Run], None],
    after_epoch: Callable[[Run], bool],
) -> Interruptions:
    """Train on the rows of X and Y, from where `run` stands; it holds what was learned, however this ends.

    `save` writes the checkpoint, `after_epoch` is called after each (or after some, where it is patient) and may stop
    training by returning True.
    Raises DivergenceError when J is no longer a number.
    """
    steps = ceil(course.examples(X) / course.batch_size)
    shown = progress(course.progress)
    for said in beforehand(course.plan, rate(course, run.epoch), X, Y):
        _warn(said)
    slice_ = slice_of(course, run.state.params)
    at_once, many = min(AT_ONCE, slice_), together(course, min(slice_ // steps, ROWS // course.examples(X)))
    with Interruptions() as interruption:
        shown.start(course.epochs, steps, run.epoch)
        try:
            while run.epoch < course.epochs and not run.history.stopped and not interruption:
                several = 1 if run.steps else int(max(1, min(many, course.epochs - run.epoch, course.patience())))
                if several > 1 and not _epochs(course, run, X, Y, several):
                    several = many = 1  # one of them goes wrong: one by one, to see which
                if several == 1:
                    _epoch(course, run, X, Y, steps, at_once, shown, interruption)
                if several > 1 or (not interruption and _close(course, run, interruption)):
                    if after_epoch(run):
                        run.history.stopped = run.history.stopped or f"stopped by a callback after epoch {run.epoch}"
                    shown.epoch(run.history[-1])
                    going_on = run.epoch < course.epochs and not run.history.stopped
                    if course.checkpoint and going_on and run.epoch % course.checkpoint.every == 0:
                        save(run)
            run.interrupted = bool(interruption) and run.epoch < course.epochs and not run.history.stopped
            run.done = not run.interrupted
            if course.checkpoint:
                save(run)
            if run.interrupted:
                run.history.stopped = _interrupted(course, run, steps, interruption)
        finally:
            shown.stop(run.history.stopped)
    if run.done:
        for said in afterwards(run.history):
            _warn(said)
    return interruption


def rate(course: Course, epoch: int) -> float:
    """The learning rate of an epoch, counted from 0.  Raises ValueError if the schedule gives none."""
    try:
        alpha = float(course.schedule(epoch))
    except (TypeError, ValueError, ArithmeticError) as error:
        raise ValueError(f"the learning-rate schedule fails for epoch {epoch + 1}: {error}") from error
    if not 0 <= alpha < math.inf:
        said = f"the learning-rate schedule gives {alpha} for epoch {epoch + 1}"
        raise ValueError(f"{said}; a rate is a positive number")
    return alpha


def rates(course: Course, epoch: int, many: int) -> list[float]:
    """Those of the next epochs, up to one for which the schedule gives none."""
    found = [rate(course, epoch)]
    with suppress(ValueError):
        found.extend(rate(course, epoch + k) for k in range(1, many))
    return found


def slice_of(course: Course, params: Any) -> int:
    """How many steps may be taken between two looks at the keyboard.

    It depends on the network and the backend only, never on the clock: sums are grouped the same way in every run,
    and a run that goes on from a checkpoint stops at the same places as one that was never broken.
    """
    seconds = patience(course.plan, params, course.batch_size, 1) / course.backend.pace
    return max(1, int(SLICE / seconds))


def together(course: Course, slice_: int) -> int:
    """How many epochs may be one call of the backend: as many as a slice has, if nothing is to be done after each."""
    busy = course.validation or course.early_stopping or course.checkpoint or course.rows is not None
    drawn = course.shuffle == "blocks" or any(isinstance(row.layer, Dropout) for row in course.plan.network.rows)
    return 1 if busy or drawn or not hasattr(course.backend, "Epochs") else max(1, slice_)


def _epochs(course: Course, run: Run, X: Any, Y: Any, many: int) -> bool:
    """So many epochs as one call, with the numbers of as many calls; False, and nothing, if one goes wrong."""
    began, before = time.perf_counter(), run.rng.bit_generator.state
    alphas = rates(course, run.epoch, many)
    orders = np.tile(np.arange(len(X)), (len(alphas), 1))
    if course.shuffle:
        orders = run.rng.permuted(orders, axis=1)  # what `permutation` draws, one after the other
    several = epochs(course.backend, course.plan, run.state, X, Y, course.batch_size, run.rng, course.weights)
    try:
        tallies = several(orders, alphas)
    except Diverged:
        tallies = []
    if not tallies or not finite(several.state):
        run.rng.bit_generator.state = before
        return False
    run.state, each = several.state, (time.perf_counter() - began) / len(alphas)
    for tally, alpha in zip(tallies, alphas, strict=True):
        run.history.rows.append(_row(course.plan, run.epoch, tally) | {"learning_rate": alpha, "seconds": each})
        run.next_epoch()
    return True


def _row(plan: Plan, epoch: int, tally: Tally) -> dict[str, float]:
    metric = plan.metric.finish(tally.metric / tally.examples)
    return {"epoch": epoch + 1, "loss": tally.mean, plan.metric.name: metric}


def _epoch(
    course: Course, run: Run, X: Any, Y: Any, steps: int, at_once: int, shown: Any, interruption: Interruptions
) -> None:
    """The steps of one epoch that are still to be done, a slice at a time."""
    alpha = rate(course, run.epoch)
    order = run.order(course.examples(X), course.shuffle)
    order = order if course.rows is None else course.rows[order]
    while run.steps < steps and not interruption:
        began = time.perf_counter()
        batches = order[run.steps * course.batch_size : (run.steps + at_once) * course.batch_size]
        noise = run.rng.bit_generator.state
        try:
            state, tally = course.backend.run(
                course.plan, run.state, X, Y, batches, course.batch_size, alpha, run.rng, course.weights
            )
        except Diverged as found:
            _step_by_step(course, run, X, Y, batches, alpha, noise)
            raise diagnosis(found.loss, run, course.plan, alpha, X) from None
        if not finite(state):
            _step_by_step(course, run, X, Y, batches, alpha, noise)
            raise diagnosis(math.inf, run, course.plan, alpha, X)
        run.state = state
        run.steps += tally.steps
        run.tally += tally
        run.seconds += time.perf_counter() - began
        shown.step(run.epoch, run.steps, running(run.tally, course.plan.metric))


def _step_by_step(course: Course, run: Run, X: Any, Y: Any, batches: np.ndarray, alpha: float, noise: Any) -> None:
    """Take the steps of a slice that went wrong again, one by one, up to the last after which all was finite."""
    run.rng.bit_generator.state = noise
    m = course.batch_size
    for start in range(0, len(batches), m):
        batch = batches[start : start + m]
        try:
            state, tally = course.backend.run(course.plan, run.state, X, Y, batch, m, alpha, run.rng, course.weights)
        except Diverged:
            return
        if not finite(state):
            return
        run.state, run.steps, run.tally = state, run.steps + 1, run.tally + tally


def _close(course: Course, run: Run, interruption: Interruptions) -> bool:
    """The epoch's row in the history, the best so far, and whether that is enough; False if interrupted meanwhile."""
    plan = course.plan
    row = _row(plan, run.epoch, run.tally)
    if course.validation:
        seen = evaluate(plan, run.state, *course.validation, interruption)
        if seen is None:
            return False
        row["validation_loss"] = seen.mean
        row[f"validation_{plan.metric.name}"] = plan.metric.finish(seen.metric / seen.examples)
    row |= {"learning_rate": rate(course, run.epoch), "seconds": run.seconds}
    run.history.rows.append(row)
    run.next_epoch()
    if stopping := course.early_stopping:
        best = stopping.best_epoch(run.history)
        if stopping.restore and best == run.epoch:
            run.best = run.state
        if stopping.enough(run.history):
            kept = ", whose parameters are kept" if run.best else ""
            run.history.stopped = f"nothing better for {stopping.patience} epochs: the best was epoch {best}{kept}"
            run.done = True
    return True


def evaluate(
    plan: Plan,
    state: State,
    X: np.ndarray,
    Y: np.ndarray,
    weights: np.ndarray | None = None,
    interruption: Any = None,
) -> Tally | None:
    """The sums of loss (without penalties) and metric over all rows, with memory and without noise.

    `weights` (M,) have the mean 1.  None if interrupted on the way.
    """
    total = Tally()
    with quiet(), threads(work(state.params, min(CHUNK, len(X)))):
        for start in range(0, len(X), CHUNK):
            if interruption:
                return None
            rows = slice(start, start + CHUNK)
            A, target = gathered(X, rows, plan.dtype), gathered(Y, rows, plan.dtype)
            wires, _ = plan.network.forward(np, state.params, A, state.memory)
            out = wires[plan.network.output]
            right = plan.metric.per_example(np, out, target)
            if weights is None:
                loss = float(plan.loss.forward(np, out, target)[0]) * target.shape[-1]
            else:
                L, _ = plan.loss.each(np, out, target)
                loss, right = float(np.sum(weights[rows] * L)), weights[rows] * right
            total += Tally(target.shape[-1], loss, float(np.sum(right)), 0)
    return total


def _interrupted(course: Course, run: Run, steps: int, interruption: Interruptions) -> str:
    within = f"in epoch {run.epoch + 1} after {run.steps} of {steps} steps"
    where = within if run.steps else f"after epoch {run.epoch}"
    kept = f"saved in {course.checkpoint.path}" if course.checkpoint else "kept"
    return f"stopped by {interruption.said} {where}; what was learned so far is {kept}"


def _warn(said: str) -> None:
    warnings.warn(said, TrainingWarning, stacklevel=6)  # the line that called Model.fit
