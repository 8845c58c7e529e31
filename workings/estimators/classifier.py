"""Classifier: classes of any kind, one or several for each row."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

import numpy as np
from sklearn.base import ClassifierMixin
from sklearn.preprocessing import LabelBinarizer
from sklearn.utils import column_or_1d
from sklearn.utils._param_validation import StrOptions
from sklearn.utils.metaestimators import available_if
from sklearn.utils.multiclass import _check_partial_fit_first_call, type_of_target, unique_labels

from workings import losses, metrics
from workings.estimators import door
from workings.estimators.network import Task
from workings.estimators.perceptron import Perceptron, goes_by_parts
from workings.labels import Labels, check_alike
from workings.layers import Sigmoid, Softmax
from workings.model.weighing import weights_of_classes


def binarizer(y: np.ndarray) -> LabelBinarizer:
    """LabelBinarizer().fit(y), which asks five times what y is: of plain labels in one row that is plain to see."""
    known = np.unique(y) if y.ndim == 1 and y.dtype.kind in "biuU" else ()
    if not 0 < len(known) < len(y) / 2:
        return LabelBinarizer().fit(y)
    made = LabelBinarizer()
    made.classes_, made.sparse_input_ = known, False
    made.y_type_ = "binary" if len(known) < 3 else "multiclass"
    return made


class MLPClassifier(ClassifierMixin, Perceptron):
    """scikit-learn's multi-layer perceptron classifier, with the same parameters, defaults and fitted attributes.

    Beyond them: `activation` also "leaky-relu", "gelu", "softplus"; `class_weight` {label: weight} or "balanced";
    `dropout`, the share of each hidden layer left out; `backend` "auto", "native", "numpy" or "xla"; `progress`, a
    bar.  `alpha` adds alpha/2m Σ W² to J of a batch of m rows.  The kernel computes in float32; coefs_ have X's type.

    Fitted: coefs_, intercepts_, loss_, best_loss_, loss_curve_, validation_scores_, best_validation_score_, n_iter_,
    t_, n_layers_, n_outputs_, out_activation_, classes_, n_features_in_, feature_names_in_.

    >>> from sklearn.datasets import load_iris
    >>> X, y = load_iris(return_X_y=True)
    >>> MLPClassifier((16,), max_iter=1000, learning_rate_init=0.01, random_state=0).fit(X, y).score(X, y) > 0.95
    True
    """

    _parameter_constraints: ClassVar[dict[str, list[Any]]] = {
        **Perceptron._parameter_constraints,
        "class_weight": [StrOptions({"balanced"}), Mapping, None],
    }
    class_weight: Any

    def __init__(
        self,
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
        class_weight: Any = None,
        dropout: float = 0.0,
        backend: str = "auto",
        progress: bool = False,
    ):
        self._keep(locals())

    @property
    def _task(self) -> Task:
        if self._label_binarizer.y_type_ == "multiclass":
            whole, part, metric = losses.CategoricalCrossEntropy(), losses.SoftmaxCrossEntropy(), metrics.Accuracy()
            return Task("softmax", Softmax(), whole, part, metric)
        metric = metrics.Accuracy(self._several, 0.0)
        return Task("logistic", Sigmoid(), losses.BinaryCrossEntropy(), losses.SigmoidCrossEntropy(), metric)

    @property
    def _several(self) -> bool:
        return self._label_binarizer.y_type_.startswith("multilabel")

    def _read(self, X: Any, y: Any, first: bool, incremental: bool) -> tuple[np.ndarray, np.ndarray]:
        X, y = door.table(self, X, y, first, multi_output=True)
        with door.naming("y"):
            return X, self._encoded(y, incremental)

    def _encoded(self, y: np.ndarray, incremental: bool) -> np.ndarray:
        """(m, k) of yes and no; remembers the classes, or looks whether they are the same."""
        if y.ndim == 2 and y.shape[1] == 1:
            y = column_or_1d(y, warn=True)
        if not hasattr(self, "classes_") or (not self.warm_start and not incremental):
            self._label_binarizer = binarizer(y)
            self.classes_ = self._label_binarizer.classes_
            check_alike(self.classes_.tolist())
        else:
            self._check_known(y)
        return self._marks(y)

    def _marks(self, y: np.ndarray) -> np.ndarray:
        """(m, k): which of the classes each row has; of two the second one (LabelBinarizer, without asking again)."""
        if self._several or len(self.classes_) < 2:
            return self._label_binarizer.transform(y).astype(bool)
        return y[:, None] == (self.classes_ if len(self.classes_) > 2 else self.classes_[1:])

    def _check_known(self, y: np.ndarray) -> None:
        found = unique_labels(y)
        if self.warm_start and set(found) != set(self.classes_):
            raise ValueError(
                "warm_start can only be used where `y` has the same classes as in the previous call to fit."
                f" Previously got {self.classes_}, `y` has {found}"
            )
        if len(np.setdiff1d(found, self.classes_, assume_unique=True)):
            raise ValueError(f"`y` has {found}, of which some are not among the classes {self.classes_}")

    def _class_weights(self, Y: np.ndarray, incremental: bool) -> np.ndarray | None:
        if self.class_weight is None:
            return None
        if self._several:
            raise ValueError("class_weight is for one class per row, and here rows have several: use sample_weight")
        if incremental and isinstance(self.class_weight, str):
            raise ValueError('partial_fit sees a part of the rows, of which class_weight="balanced" says nothing')
        place = Y[:, 0].astype(int) if Y.shape[1] == 1 else np.argmax(Y, axis=1)
        return weights_of_classes(self.class_weight, tuple(self.classes_.tolist()), place)

    @available_if(goes_by_parts)
    def partial_fit(self, X: Any, y: Any, sample_weight: Any = None, classes: Any = None) -> Any:
        """Go through the rows once, from where the last call ended; only for the solvers sgd and adam.

        `classes` are all there will ever be; the first call needs them.
        """
        return self._careful(self._part, X, y, sample_weight, classes)

    def _part(self, X: Any, y: Any, sample_weight: Any, classes: Any) -> None:
        door.refuse_odd("y", y)
        with door.naming("y"):
            if _check_partial_fit_first_call(self, classes):
                several = type_of_target(y).startswith("multilabel")
                self._label_binarizer = LabelBinarizer().fit(y if several else classes)
        self._fit(X, y, sample_weight, incremental=True)

    def predict(self, X: Any) -> np.ndarray:
        """The class of each row of X, or for several answers per row (m, k) of 0 and 1."""
        return self._said(self._outputs(X))

    def _said(self, A: np.ndarray) -> np.ndarray:
        return np.asarray(self._label_binarizer.inverse_transform(A.ravel() if self.n_outputs_ == 1 else A))

    def predict_proba(self, X: Any) -> np.ndarray:
        """(m, k): for every row the probability of each class."""
        A = self._outputs(X)
        return np.hstack([1 - A, A]) if self.n_outputs_ == 1 else A

    def predict_log_proba(self, X: Any) -> np.ndarray:
        """Its logarithm."""
        with np.errstate(divide="ignore"):
            return np.log(self.predict_proba(X))

    def score(self, X: Any, y: Any, sample_weight: Any = None) -> float:
        """The share of right answers on the rows of X; with several answers per row, of rows that are all right."""
        door.refuse_odd("y", y)
        with door.naming("y or sample_weight"):
            return super().score(X, y, sample_weight)

    def _strata(self, Y: np.ndarray) -> Any:
        """By what the rows are divided evenly when some are set aside."""
        return Y if Y.shape[1] == 1 else None

    def _score_of(self, Y: np.ndarray, A: np.ndarray, sample_weight: np.ndarray | None) -> float:
        one = self.n_outputs_ == 1 or self._several
        right = ((A > 0.5) == Y).all(axis=1) if one else np.argmax(A, axis=1) == np.argmax(Y, axis=1)
        return float(np.average(right, weights=sample_weight))

    def _labels(self) -> Labels:
        k = self.n_outputs_
        if self._several:
            return Labels("several", k, tuple(range(k)), 2)
        return Labels("classes", k, tuple(self.classes_.tolist()), 1)

    def __sklearn_tags__(self) -> Any:
        tags = super().__sklearn_tags__()
        tags.classifier_tags.multi_label = True
        return tags
