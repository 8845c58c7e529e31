"""scikit-learn: fitted networks and linear models as models, with their classes, columns and scaling.

Estimators are read by what they have (`coefs_`, `intercepts_`, `coef_`, …), so those of this library are read too.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from workings import layers
from workings.interop.agreement import checked
from workings.interop.parts import assembled
from workings.interop.table import Read
from workings.interop.table.row import column, need
from workings.labels import Labels
from workings.model import Model
from workings.specs import activation

BENDS = {"identity": None, "logistic": "sigmoid"}  # scikit-learn's names; the others are as here
NUMBERS = (
    *("LinearRegression", "Ridge", "RidgeCV", "Lasso", "LassoCV", "ElasticNet", "ElasticNetCV", "Lars", "LassoLars"),
    *("LassoLarsCV", "LarsCV", "BayesianRidge", "ARDRegression", "HuberRegressor", "TheilSenRegressor", "LinearSVR"),
    *("SGDRegressor", "PassiveAggressiveRegressor", "MultiTaskLasso", "MultiTaskElasticNet", "TweedieRegressor"),
)
CLASSES = ("LogisticRegression", "LogisticRegressionCV", "SGDClassifier")


def from_sklearn(estimator: Any, *, loss: Any = None, check: Any = None) -> Model:
    """The network that a fitted estimator is, in float64.

    MLPClassifier and MLPRegressor (this library's too); LogisticRegression, SGDClassifier (log loss),
    LinearRegression, Ridge, Lasso and their kin, as networks of one layer; and a Pipeline of StandardScaler,
    MinMaxScaler, MaxAbsScaler or RobustScaler with one of these at its end.  The scaling becomes the first row of the
    network, a batch norm that was told what to remember, so that the number before and after can be explained.
    Classes and the names of columns come along; the state of the optimizer does not.
    `check`: rows X to ask both; the largest difference is printed.

    Raises ValueError for an estimator that is not fitted, and for one that is no such network, by its name.

    >>> from sklearn.linear_model import LinearRegression
    >>> model = from_sklearn(LinearRegression().fit([[0.0], [1.0]], [1.0, 3.0]))
    >>> model.predict([[2.0]]).round(6)
    array([5.])
    """
    steps = [step for _, step in getattr(estimator, "steps", [("", estimator)])]
    steps = [step for step in steps if step is not None and step != "passthrough"]
    if not steps:
        raise ValueError("this pipeline has no steps")
    scalers = [scaled(step) for step in steps[:-1]]
    found, labels = network(steps[-1])
    first = scalers[0].params["gamma"].size if scalers else found[0].params["W"].shape[1]
    model = assembled([*scalers, *found], (first,), dtype="float64", loss=loss)
    model.labels = labels
    names = getattr(steps[0], "feature_names_in_", None)
    model.columns = None if names is None else tuple(map(str, names))
    model.pixels = False  # scikit-learn reads bytes as numbers
    return checked(model, estimator, check)


def scaled(step: Any) -> Read:
    """γ (X - μ) / √var + β, from what a scaler learned."""
    kind = type(step).__name__
    if kind not in ("StandardScaler", "MinMaxScaler", "MaxAbsScaler", "RobustScaler"):
        raise ValueError(
            f"the step {kind} of this pipeline is no layer: prepare the table with it, and give from_sklearn the "
            "last step alone; or let workings.data.table prepare it, which can be explained"
        )
    fitted(step, "n_features_in_")
    n = step.n_features_in_
    held = {"gamma": np.ones(n), "beta": np.zeros(n), "mu": np.zeros(n), "var": np.ones(n)}
    need(not getattr(step, "clip", False), f"{kind} cuts off what lies outside (clip=True), and no layer here does")
    if kind == "StandardScaler":
        held |= {"mu": step.mean_} if step.with_mean else {}
        held |= {"var": step.scale_**2} if step.with_std else {}
    elif kind == "MinMaxScaler":
        held |= {"gamma": step.scale_, "beta": step.min_}
    elif kind == "MaxAbsScaler":
        held |= {"var": step.scale_**2}
    else:
        held |= {"mu": step.center_} if step.with_centering else {}
        held |= {"var": step.scale_**2} if step.with_scaling else {}
    params, memory = ({name: held[name] for name in names} for names in (("gamma", "beta"), ("mu", "var")))
    return Read(layers.BatchNorm(eps=0.0), params, memory)


def network(estimator: Any) -> tuple[list[Read], Labels]:
    """The rows of an estimator, and what its answers are called."""
    kind = type(estimator).__name__
    if hasattr(estimator, "hidden_layer_sizes"):
        return perceptron(estimator)
    if kind in CLASSES or kind in NUMBERS:
        return linear(estimator)
    known = "MLPClassifier, MLPRegressor, LogisticRegression, LinearRegression, Ridge, Lasso and their kin"
    raise ValueError(f"{kind} is no network of layers, so it cannot be explained as one; read are {known}")


def perceptron(estimator: Any) -> tuple[list[Read], Labels]:
    """Every layer has coefs_ (n_in, n_out) and intercepts_."""
    fitted(estimator, "coefs_")
    found = []
    bends = [estimator.activation] * (len(estimator.coefs_) - 1) + [estimator.out_activation_]
    for W, b, name in zip(estimator.coefs_, estimator.intercepts_, bends, strict=True):
        found.append(Read(layers.Dense(W.shape[1]), {"W": np.asarray(W).T, "b": column(b)}))
        bend = activation(BENDS.get(name, name)) if isinstance(name, str) else name
        found += [Read(bend)] if bend is not None else []
    outputs = len(estimator.coefs_[-1][0])
    if not hasattr(estimator, "classes_"):
        return found, numbers(estimator, outputs)
    several = outputs > 1 and isinstance(found[-1].layer, layers.Sigmoid)
    return found, named(np.asarray(estimator.classes_), outputs, several)


def linear(estimator: Any) -> tuple[list[Read], Labels]:
    """One layer."""
    kind = type(estimator).__name__
    fitted(estimator, "coef_")
    W = np.atleast_2d(
        np.asarray(estimator.coef_.toarray() if hasattr(estimator.coef_, "toarray") else estimator.coef_)
    )
    b = np.broadcast_to(np.asarray(estimator.intercept_, dtype=np.float64).reshape(-1), (len(W),))
    rows = [Read(layers.Dense(len(W)), {"W": W, "b": column(b)})]
    if kind in NUMBERS:
        link = kind != "TweedieRegressor" or (estimator.power <= 0 and estimator.link in ("auto", "identity"))
        need(link, f"{kind} answers with e to the power of what its layer says, and no layer here does")
        return rows, numbers(estimator, len(W))
    if kind == "SGDClassifier":
        need(
            estimator.loss == "log_loss", f'its loss {estimator.loss!r} gives no probabilities; loss="log_loss" does'
        )
        need(
            len(W) == 1,
            "with several classes it asks each by itself and shares out what they say: that is no softmax",
        )
    one_by_one = getattr(estimator, "multi_class", "auto") == "ovr" or getattr(estimator, "solver", "") == "liblinear"
    need(
        len(W) == 1 or not one_by_one, "it asks each class by itself and shares out what they say: that is no softmax"
    )
    rows.append(Read(layers.Sigmoid() if len(W) == 1 else layers.Softmax()))
    return rows, named(np.asarray(estimator.classes_), len(W), False)


def named(classes: np.ndarray, outputs: int, several: bool) -> Labels:
    """What the classes are called."""
    return Labels("several" if several else "classes", outputs, tuple(classes.tolist()), 2 if several else 1)


def numbers(estimator: Any, outputs: int) -> Labels:
    """A regression; one output is said as a list of numbers, unless it was learned as a table."""
    table = np.ndim(getattr(estimator, "coef_", [0])) == 2
    return Labels("numbers", outputs, (), 2 if outputs > 1 or table else 1)


def fitted(estimator: Any, name: str) -> None:
    if not hasattr(estimator, name):
        raise ValueError(f"this {type(estimator).__name__} is not fitted yet: call fit(X, y) first")
