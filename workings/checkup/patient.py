"""Patient: what a check-up looks at: a copy of the model, the data as they came and as they are read, one pass."""

from __future__ import annotations

import warnings
from copy import deepcopy
from dataclasses import dataclass, field
from functools import cached_property
from math import ceil
from typing import Any, NamedTuple

import numpy as np

from workings.backends.numpy import gathered
from workings.contract import Tree
from workings.explain.passes import Problem
from workings.labels import Labels, rows
from workings.layers import Sigmoid, Softmax
from workings.network import Row

ROWS = 1000  # are looked at, drawn with the model's seed
STEPS = 200  # at least, and
EPOCHS = 5  # at least, when something is tried


@dataclass(frozen=True)
class Habits:
    """How the model is trained: what a trial trains with."""

    optimizer: Any
    rate: float
    batch_size: int = 32


class Pass(NamedTuple):
    """One forward and one backward, as training works them."""

    J: float
    wires: dict[str, np.ndarray]
    dwires: dict[str, np.ndarray]  # m·∂J/∂A
    grads: Tree


@dataclass
class Patient:
    """`X`, `y` and `validation` are as they were handed in; the model is a copy, and so is all that is tried."""

    model: Any
    X: Any
    y: Any
    validation: Any
    habits: Habits
    trials: bool = True  # whether anything may be trained, on copies
    refused: str = ""
    validation_refused: str = ""
    A: np.ndarray = field(init=False)  # examples as the network reads them, at most ROWS of them
    Y: np.ndarray = field(init=False)
    labels: Labels = field(init=False)
    held_out: Any = None  # validation rows as arrays
    m: int = 0  # all the rows there are

    def __post_init__(self):
        self.model = deepcopy(self.model)
        reader = self.model._reader
        try:
            A, Y, self.labels = reader.examples_and_targets(self.X, self.y, learning=True)
            self.model.build_for(A)
        except (ValueError, TypeError, IndexError) as error:
            self.refused = str(error)
            return
        self.raw_X, self.raw_y = as_array(reader.columns.read(self.X)), rows(self.y)
        self.preparation = self.model.preparation
        self.model.preparation = self.model.columns = None  # the copy reads what they made
        self.m, drawn = len(A), np.random.default_rng((self.model.seed, len(A))).permutation(len(A))
        self.some = np.sort(drawn[:ROWS])
        self.A, self.Y = np.asarray(A[self.some]), Y[self.some]
        self.sample = np.asarray(self.raw_X[self.some]), self.raw_y[self.some]
        self.held_out = self._read_validation(reader) if self.validation is not None else None

    def _read_validation(self, reader: Any) -> Any:
        try:
            X, y = self.validation
            reader.validation(self.A.shape[1:], self.labels, X, y)
            return as_array(reader.columns.read(X)), rows(y)
        except (ValueError, TypeError, IndexError) as error:
            self.validation_refused = str(error)
            return None

    # ─── names ───

    @property
    def rows(self) -> tuple[Row, ...]:
        return self.model.network.rows

    def cells(self, name: str, unit: int) -> str:
        """All cells of a unit of a wire or a parameter, as `explain` calls them: "A1[3,:]"."""
        said = self.model.conventions
        wire = name.removeprefix("d") in {row.name for row in self.rows} | {"X"}
        array = self.seen.wires[name.removeprefix("d")] if wire else self.by_label[name.removeprefix("d")]
        place = [str(unit + said.base), *[":"] * (array.ndim - 1)]
        if wire and said.examples == "rows":
            place = [place[-1], *place[:-1]] if array.ndim > 1 else place
        return f"{name}[{','.join(place)}]"

    def column(self, feature: int) -> str | None:
        """The column of the table that this feature was made of; None where X came as an array."""
        named = getattr(self.X, "columns", None)
        if hasattr(self.preparation, "columns") and (named is not None or isinstance(self.X, dict)):
            return [column.name for column in self.preparation.columns for _ in column.names][feature]
        return None if named is None else str(list(named)[feature])

    def label(self, symbol: str, row: str) -> str:
        """A parameter's name for users."""
        return self.model.network.label(symbol, row)

    @property
    def by_label(self) -> dict[str, np.ndarray]:
        return {self.label(s, r): W for r, named in self.model.state.params.items() for s, W in named.items()}

    # ─── numbers ───

    @cached_property
    def problem(self) -> Problem:
        """The batch that is looked at, in the model's own precision and as training sees it: without memory."""
        X = gathered(self.A, slice(None), self.model.dtype)
        Y = gathered(self.Y, slice(None), self.model.dtype)
        whole = Problem(self.model.network, self.model.loss, self.model.state.params, X, Y, {})
        return whole.trained or whole

    @cached_property
    def seen(self) -> Pass:
        """One pass over the batch."""
        return passed(self.problem, self.model.network)

    @property
    def loss(self) -> float:
        return self.seen.J

    @cached_property
    def finite(self) -> bool:
        """Whether every number of the pass is one."""
        arrays = [*self.seen.wires.values(), *self.seen.dwires.values()]
        arrays += [g for named in self.seen.grads.values() for g in named.values()]
        return bool(np.isfinite(self.seen.J)) and all(np.isfinite(A).all() for A in arrays)

    @cached_property
    def constant(self) -> float:
        """What the best constant answer costs: the share of each class, or the mean, whatever X is."""
        A = np.broadcast_to(self.Y.mean(axis=0, keepdims=True), self.Y.shape)
        with np.errstate(all="ignore"):
            return float(self.model.loss.forward(np, A.T.astype(float), self.Y.T.astype(float))[0])

    @property
    def still_to_learn(self) -> float:
        """The loss as a share of the best constant answer's: about 1 before anything is learned."""
        return self.loss / self.constant if self.constant > 0 else 0.0

    @property
    def classifies(self) -> bool:
        return self.labels.kind == "classes"

    @property
    def last(self) -> Any:
        return self.rows[-1].layer

    @property
    def ends_in_shares(self) -> bool:
        return isinstance(self.last, Sigmoid | Softmax)

    # ─── trials ───

    def trained(self, model: Any, X: Any = None, y: Any = None, rate: float | None = None, **how: Any) -> Any:
        """A copy of a model, trained for a short while as the user trains; None where it diverged."""
        X, y = self.sample if X is None else (X, y)
        model = deepcopy(model)
        habits = self.habits
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            try:
                said = model.fit(
                    X,
                    y,
                    how.pop("epochs", self.epochs(len(X))),
                    habits.batch_size,
                    habits.rate if rate is None else rate,
                    how.pop("optimizer", habits.optimizer),
                    progress=False,
                    **how,
                )
            except ArithmeticError:
                return None
        if said.stopped.startswith("stopped by Ctrl-C"):
            raise KeyboardInterrupt
        return model

    def epochs(self, m: int) -> int:
        """How long a trial is."""
        return max(EPOCHS, ceil(STEPS / ceil(m / min(m, self.habits.batch_size))))

    def cost(self, model: Any, X: Any = None, y: Any = None, what: str = "loss") -> float:
        """What `evaluate` says of a model; NaN of one that diverged."""
        X, y = self.sample if X is None else (X, y)
        return float("nan") if model is None else float(model.evaluate(X, y)[what])


def passed(problem: Problem, whole: Any = None) -> Pass:
    """One forward and backward; the wire of the last activation is added where it was left to the loss."""
    network, params = problem.network, problem.params
    with np.errstate(all="ignore"):
        wires, caches = network.forward(np, params, problem.X, problem.givens)
        J, cache = problem.loss.forward(np, wires[network.output], problem.Y)
        dwires, grads = network.backward(np, params, caches, problem.loss.backward(np, **cache))
        if whole is not None and len(whole.rows) > len(network.rows):
            last = whole.rows[-1]
            wires = {**wires, last.name: last.layer.forward(np, wires[network.output])[0]}
    return Pass(float(J), dict(wires), dict(dwires), grads)


def as_array(X: Any) -> np.ndarray:
    """A table, a sparse matrix or lists, as an array."""
    if hasattr(X, "toarray"):
        X = X.toarray()
    return X.to_numpy() if hasattr(X, "to_numpy") else X if isinstance(X, np.memmap) else np.asarray(X)
