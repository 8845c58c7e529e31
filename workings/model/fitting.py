"""Fitting: from what a user asks of `Model.fit` to a course of training, and what is kept of it."""

from __future__ import annotations

import warnings
from collections.abc import Callable
from dataclasses import dataclass, replace
from math import ceil, inf
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from workings import saving
from workings.backends import choose, patience
from workings.backends.plan import State
from workings.labels import Labels
from workings.model import arguments
from workings.model.columns import Columns, by_name, names_of, unread
from workings.model.packing import pack, unpack
from workings.model.reading import planned, set_aside
from workings.model.weighing import weights_of_labels, weights_of_rows, with_mean_one
from workings.training import Checkpoint, Course, EarlyStopping, History, TrainingWarning, train
from workings.training.checkpoint import Run, remembered, resumable, settings
from workings.training.fit import rate as rate_of
from workings.training.interruption import Interrupted
from workings.training.order import Rows

if TYPE_CHECKING:
    from workings.model.model import Model


@dataclass(frozen=True)
class Asked:
    """The arguments of `Model.fit`, each checked by itself."""

    optimizer: Any
    penalties: tuple[Any, ...]
    epochs: int
    batch_size: int
    learning_rate: Any
    validation: Any
    shuffle: bool
    early_stopping: EarlyStopping | None
    checkpoint: Checkpoint | None
    resume: bool
    callbacks: tuple[Callable[..., Any], ...]
    progress: bool | None
    backend: str
    sample_weight: Any = None
    class_weight: Any = None


def fit(model: Model, X: Any, y: Any, asked: Asked) -> History:
    """Train the model as asked.  Until everything has been checked, it stays as it was."""
    rate = arguments.rate(asked.learning_rate, asked.optimizer)
    if asked.resume and not asked.checkpoint:
        raise ValueError("resume=True goes on from a checkpoint: say which, with checkpoint=…")
    if asked.checkpoint:
        saving.writable(asked.checkpoint)
    reader, columns = model._reader, names_of(X)
    preparation = learned(model, X, asked.validation)
    if preparation is not None:
        reader = replace(reader, columns=Columns(replace(preparation, unseen="ignore")))
    elif columns and model.preparation is None:
        reader = replace(
            reader, columns=Columns(None, model.columns or columns, model.pixels)
        )  # the validation data have the same
    X, Y, labels = reader.examples_and_targets(X, y, learning=True)
    if model.pixels is None:
        reader = replace(reader, columns=replace(reader.columns, pixels=X.dtype == np.uint8))
    w, by_class = weights_of_rows(asked.sample_weight, len(X)), weights_of_labels(asked.class_weight, labels, Y)
    if (w is not None or by_class is not None) and not hasattr(model.loss, "each"):
        raise ValueError(f"{type(model.loss).__name__} tells only the mean of a batch: for weights it needs `each`")
    weights = by_class if w is None else w if by_class is None else w * by_class
    held_out, rows = None, None
    if isinstance(asked.validation, tuple | list) and len(asked.validation) == 2:
        held_out = (*reader.validation(X.shape[1:], labels, *asked.validation), None)
    elif asked.validation is not None:
        rest, aside = set_aside(len(X), asked.validation, model.seed)
        own = None if w is None else with_mean_one(w[aside])  # a class counts for learning only
        if isinstance(X, np.memmap):  # stays on the disk
            rows, held_out = rest, (Rows(X, aside), Y[aside], own)
        else:
            X, Y, held_out = X[rest], Y[rest], (X[aside], Y[aside], own)
            weights = None if weights is None else weights[rest]
    plan = planned(model, labels, asked.optimizer, asked.penalties, X.shape[1:])
    if asked.early_stopping:
        asked.early_stopping.check(plan.metric.name, held_out is not None)
    batch_size = min(asked.batch_size, len(X) if rows is None else len(rows))
    course = Course(
        plan,
        choose(asked.backend, plan),
        rate,
        asked.epochs,
        batch_size,
        "blocks" if asked.shuffle and isinstance(X, np.memmap) else asked.shuffle,
        held_out,
        asked.early_stopping,
        asked.checkpoint,
        asked.progress,
        scaled(weights, rows),
        rows,
        lambda: min((getattr(call, "patience", 1) for call in asked.callbacks), default=inf),
    )
    rate_of(course, 0)
    model.build_for(X)
    if not model.state.params:
        raise ValueError("this network has no parameters: there is nothing to train")
    if model.exact:
        said = f"the parameters were exact; training goes on with them as {model.dtype}"
        warnings.warn(said, TrainingWarning, stacklevel=3)
    if model.preparation is None:
        model.preparation, model.columns = preparation, reader.columns.names
    model.pixels = reader.columns.pixels
    return _trained(model, course, X, Y, labels, asked)


def learned(model: Model, X: Any, validation: Any) -> Any:
    """The preparation of a table that the network cannot read as it is, learned from the rows it trains on; or None.

    A model that has one, or has been trained, keeps to what it knows.
    """
    if model.preparation is not None or model.shape is not None or not unread(X):
        return None
    from workings.preparation import Preparation

    table = by_name(X) or {}
    m = len(next(iter(table.values()), ()))
    if validation is None or isinstance(validation, tuple | list) or m < 2:
        return Preparation.fit(table)
    rows, _ = set_aside(m, validation, model.seed)
    return Preparation.fit({name: _rows(values, rows) for name, values in table.items()})


def _rows(values: Any, rows: np.ndarray) -> np.ndarray:
    values = values.to_numpy() if hasattr(values, "to_numpy") else values
    return (values if isinstance(values, np.ndarray) else np.asarray(values, dtype=object))[rows]


def scaled(weights: np.ndarray | None, rows: np.ndarray | None) -> np.ndarray | None:
    """The weights of all rows of X, with the mean 1 over those that are trained on."""
    if weights is None or rows is None:
        return with_mean_one(weights)
    found = np.zeros_like(weights)
    found[rows] = with_mean_one(weights[rows])
    return found


def _trained(model: Model, course: Course, X: np.ndarray, Y: np.ndarray, labels: Labels, asked: Asked) -> History:
    told = settings(course, model.network, model.loss, model.seed, X, Y) if course.checkpoint else {}
    found = None
    if asked.resume and course.checkpoint and Path(course.checkpoint).exists():
        found = resumable(course.checkpoint, told)
    if asked.backend == "auto":  # whichever the run began on, or the one that is worth its start
        steps = course.epochs * ceil(course.examples(X) / course.batch_size)
        seconds = patience(course.plan, model.state.params, course.batch_size, steps)
        chosen = choose(found[1]["run"]["history"]["backend"] if found else "auto", course.plan, seconds)
        course = replace(course, backend=chosen)
    model.labels, model.exact = labels, None
    if found:
        unpack(model, *found)
    begun = remembered(course.plan.optimizer.init(model.state.params), model.state.optimizer)
    state = State(model.state.params, model.state.memory, begun)
    how = {"optimizer": arguments.name_of(asked.optimizer), "batch_size": asked.batch_size, "dtype": model.dtype}
    run = Run(state, model.rng, History(backend=course.backend.name, how=how))
    if found:
        run.unpack(found[0], found[1]["run"])

    def keep(run: Run, optimizer: Any = None) -> None:
        model.state, model.history = State(run.answer.params, run.answer.memory, optimizer or {}), run.history

    def save(run: Run) -> None:
        keep(run)
        arrays, about = pack(model)
        more, way = run.pack()
        saving.write(course.checkpoint, arrays | more, {**about, "run": way, "settings": told})

    def after_epoch(run: Run) -> bool:
        keep(run, None if run.done else run.state.optimizer)  # who looks on may keep all that it takes to go on
        said = [call(model, run.history) for call in asked.callbacks]
        return any(isinstance(word, bool | np.bool_) and bool(word) for word in said)

    try:
        interruption = train(course, run, X, Y, save, after_epoch)
    finally:
        keep(run)
    if interruption and interruption.said != "Ctrl-C":
        raise Interrupted(interruption.signum)
    return model.history
