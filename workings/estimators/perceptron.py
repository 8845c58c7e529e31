"""Perceptron: what classifier and regressor share: parameters, the way of a fit, and predictions."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable
from functools import cache
from itertools import pairwise
from numbers import Integral, Real
from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np
from sklearn.base import BaseEstimator
from sklearn.utils import check_random_state
from sklearn.utils._param_validation import (
    Interval,
    Options,
    StrOptions,
    make_constraint,
    validate_parameter_constraints,
)
from sklearn.utils.metaestimators import available_if
from sklearn.utils.validation import check_is_fitted

from workings.backends import BACKENDS
from workings.backends import numpy as reference
from workings.estimators import door, lbfgs, stochastic
from workings.estimators.network import ACTIVATIONS, LARGEST, Task, glorot, network_of, params_of
from workings.model.model import Model
from workings.model.weighing import weights_of_rows

if TYPE_CHECKING:
    from workings.checkup import Report

CHUNK = 4096  # examples at a time when nothing is learned
LOST = (
    "Solver produced non-finite parameter weights. "
    "The input data may contain large values and need to be preprocessed."
)


def goes_by_parts(model: Any) -> bool:
    """Whether there is a partial_fit."""
    if model.solver == "lbfgs":
        raise AttributeError("partial_fit is for the solvers sgd and adam: lbfgs reads all rows at every step")
    return True


@cache
def allowed(kind: type[Perceptron]) -> list[tuple[str, Callable[[Any], bool]]]:
    """The parameters of a class, each with whether a value of it may be: what scikit-learn looks up at every fit."""

    def meets(constraints: list[Any]) -> Callable[[Any], bool]:
        made = [*map(make_constraint, constraints)]
        return lambda value: any(one.is_satisfied_by(value) for one in made)

    known = kind._parameter_constraints
    return [(name, meets(known[name])) for name in kind._get_param_names() if name in known]


class Perceptron(BaseEstimator, ABC):
    """The part of both estimators that does not ask what is predicted."""

    def _keep(self, given: dict[str, Any]) -> None:
        """Every parameter of the constructor under its name, as scikit-learn reads them, untouched."""
        vars(self).update((name, value) for name, value in given.items() if name != "self")

    hidden_layer_sizes: Any
    activation: str
    solver: str
    alpha: float
    warm_start: bool
    random_state: Any
    dropout: float
    _optimizer: stochastic.Solver

    _parameter_constraints: ClassVar[dict[str, list[Any]]] = {
        "hidden_layer_sizes": ["array-like", Interval(Integral, 1, None, closed="left")],
        "activation": [StrOptions(set(ACTIVATIONS))],
        "solver": [StrOptions({"lbfgs", "sgd", "adam"})],
        "alpha": [Interval(Real, 0, None, closed="left")],
        "batch_size": [StrOptions({"auto"}), Interval(Integral, 1, None, closed="left")],
        "learning_rate": [StrOptions({"constant", "invscaling", "adaptive"})],
        "learning_rate_init": [Interval(Real, 0, None, closed="neither")],
        "power_t": [Interval(Real, 0, None, closed="left")],
        "max_iter": [Interval(Integral, 1, None, closed="left")],
        "shuffle": ["boolean"],
        "random_state": ["random_state"],
        "tol": [Interval(Real, 0, None, closed="left")],
        "verbose": ["verbose"],
        "warm_start": ["boolean"],
        "momentum": [Interval(Real, 0, 1, closed="both")],
        "nesterovs_momentum": ["boolean"],
        "early_stopping": ["boolean"],
        "validation_fraction": [Interval(Real, 0, 1, closed="left")],
        "beta_1": [Interval(Real, 0, 1, closed="left")],
        "beta_2": [Interval(Real, 0, 1, closed="left")],
        "epsilon": [Interval(Real, 0, None, closed="neither")],
        "n_iter_no_change": [Interval(Integral, 1, None, closed="left"), Options(Real, {np.inf})],
        "max_fun": [Interval(Integral, 1, None, closed="left")],
        "dropout": [Interval(Real, 0, 1, closed="left")],
        "backend": [StrOptions({"auto", *BACKENDS})],
        "progress": ["boolean"],
    }

    @property
    @abstractmethod
    def _task(self) -> Task:
        """The last activation, the loss and the metric, as the data have them."""

    @abstractmethod
    def _read(self, X: Any, y: Any, first: bool, incremental: bool) -> tuple[np.ndarray, np.ndarray]:
        """X (m, n) and the targets Y (m, k), checked; remembers what they say about themselves."""

    @abstractmethod
    def _score_of(self, Y: np.ndarray, A: np.ndarray, sample_weight: np.ndarray | None) -> float:
        """How good the outputs A (m, k) are for the targets Y (m, k)."""

    def _class_weights(self, Y: np.ndarray, incremental: bool) -> np.ndarray | None:
        """(m,) by the class of each row; a regression has none."""
        return None

    def fit(self, X: Any, y: Any, sample_weight: Any = None) -> Any:
        """Train on the rows of X (m, n) and y, and return self.

        `sample_weight` (m,) says how much each row counts.  Raises ValueError for data that cannot be learned from
        and for parameters out of their range; the estimator then is what it was before.
        """
        return self._careful(self._fit, X, y, sample_weight)

    def _careful(self, fit: Any, *data: Any) -> Any:
        """Fit, or stay as one was."""
        before = dict(vars(self))
        try:
            wrong = {name: given for name, meets in allowed(type(self)) if not meets(given := getattr(self, name))}
            validate_parameter_constraints(self._parameter_constraints, wrong, caller_name=type(self).__name__)
            fit(*data)
        except BaseException:
            vars(self).clear()
            vars(self).update(before)
            raise
        return self

    def _fit(self, X: Any, y: Any, sample_weight: Any = None, incremental: bool = False) -> None:
        first = not hasattr(self, "coefs_") or (not self.warm_start and not incremental)
        hidden = self._hidden()
        X, Y = self._read(X, y, first, incremental)
        weights, by_class = weights_of_rows(sample_weight, X.shape[0]), self._class_weights(Y, incremental)
        if by_class is not None:
            weights = by_class if weights is None else weights * by_class
        sizes = [X.shape[1], *hidden, Y.shape[1]]
        if (n := sum(a * b + b for a, b in pairwise(sizes))) > LARGEST:
            raise ValueError(f"hidden_layer_sizes={hidden!r} makes {n:,} parameters, too many to hold")
        self._random_state = check_random_state(self.random_state)
        self.n_outputs_ = Y.shape[1]
        if first:
            self._begin(sizes, X.dtype)
        elif [*map(len, self.coefs_), self.coefs_[-1].shape[1]] != sizes:
            raise ValueError(
                f"the network that was trained has the sizes {[*map(len, self.coefs_), self.coefs_[-1].shape[1]]}; "
                f"hidden_layer_sizes and the data ask for {sizes}: fit with warm_start=False"
            )
        if self.solver == "lbfgs":
            lbfgs.fit(self, X, Y, weights)
        else:
            stochastic.fit(self, X, Y, weights, incremental)
        if not all(np.isfinite(W).all() for W in (*self.coefs_, *self.intercepts_)):
            raise ValueError(LOST)

    def _hidden(self) -> list[int]:
        sizes = self.hidden_layer_sizes
        sizes = list(sizes) if isinstance(sizes, Iterable) else [sizes]
        if wrong := [n for n in sizes if isinstance(n, bool) or not isinstance(n, Integral) or n < 1]:
            said = "must be > 0" if all(isinstance(n, Real) for n in wrong) else "must be whole numbers"
            raise ValueError(f"hidden_layer_sizes {said}, got {sizes!r}")
        return [int(n) for n in sizes]

    def _begin(self, sizes: list[int], dtype: Any) -> None:
        """Everything as before the first epoch."""
        self.n_iter_ = self.t_ = 0
        self.n_layers_ = len(sizes)
        self.out_activation_ = self._task.name
        self.coefs_, self.intercepts_ = glorot(self._random_state, sizes, self.activation, dtype)
        if self.solver != "lbfgs":
            stochastic.begin(self)

    @available_if(goes_by_parts)
    def partial_fit(self, X: Any, y: Any, sample_weight: Any = None) -> Any:
        """Go through the rows once, from where the last call ended; only for the solvers sgd and adam."""
        return self._careful(self._fit, X, y, sample_weight, True)

    def _outputs(self, X: Any) -> np.ndarray:
        """What the last layer says, (m, k), in the type of the weights."""
        check_is_fitted(self)
        return self._forward(door.table(self, X))

    def _forward(self, X: Any) -> np.ndarray:
        params, dtype = params_of(self.coefs_, self.intercepts_), self.coefs_[0].dtype.name
        network = network_of(self.activation, [W.shape[1] for W in self.coefs_], last=self._task.activation)
        parts = []
        for start in range(0, X.shape[0], CHUNK):
            part = X[start : start + CHUNK]
            part = np.asarray(part.toarray() if hasattr(part, "toarray") else part, dtype)
            parts.append(reference.forward(network, params, {}, part, dtype)[network.output].T)
        return np.concatenate(parts)

    def explain(self, X: Any, y: Any = None, *, sample_weight: Any = None) -> Any:
        """Every array of one forward and (with y) one backward pass on these rows, each cell with its working.

        With y, J carries the penalty that a batch of these rows has: alpha / 2m Σ W².
        """
        check_is_fitted(self)
        m = door.table(self, X).shape[0]
        X = X.astype(np.int64) if getattr(X, "dtype", None) == np.uint8 else X  # bytes are numbers here
        weights = weights_of_rows(sample_weight, m)
        counts = m if weights is None else float(np.sum(weights))
        return self.to_model().explain(X, y, sample_weight=sample_weight, l2=float(self.alpha) / counts)

    def checkup(self, X: Any, y: Any, validation: Any = None, *, try_cures: bool = True) -> Report:
        """Why this network does not learn, or that nothing is wrong with it, on rows as it was fitted with.

        `Model.checkup` of `to_model()`, with this estimator's solver, rate and batch; a cure is one for that model.
        (lbfgs has no rate and no batch: there the cures are tried as `Model.fit` trains.)
        """
        check_is_fitted(self)
        m, how = door.table(self, X).shape[0], {}
        if self.solver != "lbfgs":
            solver = self._optimizer
            how = {"optimizer": solver.optimizer, "learning_rate": solver.learning_rate}
            how["batch_size"] = stochastic.batch_size(self, m)
        return self.to_model().checkup(X, y, validation, try_cures=try_cures, **how)

    def to_model(self) -> Model:
        """The same network as a `workings.Model`, to train further, look into, save and export."""
        check_is_fitted(self)
        task, sizes = self._task, [W.shape[1] for W in self.coefs_]
        network = network_of(self.activation, sizes, self.dropout, task.activation)
        given = {f"W{l}": W.T for l, W in enumerate(self.coefs_, 1)}
        given |= {f"b{l}": b[:, None] for l, b in enumerate(self.intercepts_, 1)}
        dtype = self.coefs_[0].dtype.name
        model = Model(network, task.textbook, inputs=len(self.coefs_[0]), parameters=given, dtype=dtype)
        model.labels = self._labels()
        if (names := getattr(self, "feature_names_in_", None)) is not None:
            model.columns = tuple(names)
        model.pixels = False  # bytes are numbers here
        return model

    @abstractmethod
    def _labels(self) -> Any:
        """What the answers are called, as a Model has it."""

    def __sklearn_tags__(self) -> Any:
        tags = super().__sklearn_tags__()
        tags.input_tags.sparse = True
        return tags
