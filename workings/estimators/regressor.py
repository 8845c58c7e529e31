"""Regressor: one number or several for each row."""

from __future__ import annotations

from typing import Any, ClassVar

import numpy as np
from sklearn.base import RegressorMixin
from sklearn.metrics import r2_score
from sklearn.utils import column_or_1d
from sklearn.utils._param_validation import StrOptions

from workings import losses, metrics
from workings.estimators import door
from workings.estimators.network import Task
from workings.estimators.perceptron import Perceptron
from workings.labels import Labels
from workings.layers import Exp

SQUARED = losses.SquaredError("half")


class MLPRegressor(RegressorMixin, Perceptron):
    """scikit-learn's multi-layer perceptron regressor, with the same parameters, defaults and fitted attributes.

    `loss` is "squared_error", ½ Σ (A - Y)² over the outputs, or "poisson" for counts, with an exponential at the end.
    Beyond scikit-learn: `activation` also "leaky-relu", "gelu", "softplus"; `dropout`, the share of each hidden layer
    left out; `backend` "auto", "native", "numpy" or "xla"; `progress`, a bar.  `alpha` adds alpha/2m Σ W² to J of a
    batch of m rows.  The kernel computes in float32; coefs_ and predictions have X's type.

    Fitted: as MLPClassifier, without classes_.

    >>> X = np.linspace(-1, 1, 50).reshape(-1, 1)
    >>> how = {"activation": "tanh", "solver": "lbfgs", "max_iter": 5000, "tol": 1e-3, "random_state": 0}
    >>> model = MLPRegressor(hidden_layer_sizes=(16,), **how)
    >>> model.fit(X, X[:, 0] ** 2).score(X, X[:, 0] ** 2) > 0.99
    True
    """

    _parameter_constraints: ClassVar[dict[str, list[Any]]] = {
        **Perceptron._parameter_constraints,
        "loss": [StrOptions({"squared_error", "poisson"})],
    }
    loss: str

    def __init__(
        self,
        loss: str = "squared_error",
        hidden_layer_sizes: Any = (100,),
        activation: str = "relu",
        *,
        solver: str = "adam",
        alpha: float = 0.0001,
        batch_size: Any = "auto",
        learning_rate: str = "constant",
        learning_rate_init: float = 0.001,
        power_t: float = 0.5,
        max_iter: int = 200,
        shuffle: bool = True,
        random_state: Any = None,
        tol: float = 1e-4,
        verbose: bool = False,
        warm_start: bool = False,
        momentum: float = 0.9,
        nesterovs_momentum: bool = True,
        early_stopping: bool = False,
        validation_fraction: float = 0.1,
        beta_1: float = 0.9,
        beta_2: float = 0.999,
        epsilon: float = 1e-8,
        n_iter_no_change: float = 10,
        max_fun: int = 15000,
        dropout: float = 0.0,
        backend: str = "auto",
        progress: bool = False,
    ):
        self._keep(locals())

    @property
    def _task(self) -> Task:
        if self.loss == "poisson":
            return Task("exp", Exp(), losses.Poisson(), losses.ExpPoisson(), metrics.RootMeanSquare())
        return Task("identity", None, SQUARED, SQUARED, metrics.RootMeanSquare())

    def _read(self, X: Any, y: Any, first: bool, incremental: bool) -> tuple[np.ndarray, np.ndarray]:
        door.refuse_text(y)
        X, y = door.table(self, X, y, first, multi_output=True, y_numeric=True)
        if y.ndim == 2 and y.shape[1] == 1:
            y = column_or_1d(y, warn=True)
        if self.loss == "poisson" and (y < 0).any():
            raise ValueError(f"y has {y.min():g}, and loss='poisson' is for counts, 0 or more")
        return X, y.reshape(len(y), -1)

    def predict(self, X: Any) -> np.ndarray:
        """The number for each row of X (m,), or the numbers (m, k)."""
        A = self._outputs(X)
        return A.ravel() if A.shape[1] == 1 else A

    def score(self, X: Any, y: Any, sample_weight: Any = None) -> float:
        """R² on the rows of X: 1 is perfect, 0 no better than the mean of y."""
        door.refuse_odd("y", y)
        door.refuse_text(y)
        with door.naming("y or sample_weight"):
            return super().score(X, y, sample_weight)

    def _score_of(self, Y: np.ndarray, A: np.ndarray, sample_weight: np.ndarray | None) -> float:
        return float(r2_score(Y, A, sample_weight=sample_weight))

    def _labels(self) -> Labels:
        return Labels("numbers", self.n_outputs_, (), 1 if self.n_outputs_ == 1 else 2)
