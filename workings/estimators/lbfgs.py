"""L-BFGS: SciPy's quasi-Newton search over J of all rows and its gradient, both by the NumPy backend in X's type."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import numpy as np
from scipy.optimize import minimize
from sklearn.utils.optimize import _check_optimize_result

from workings.backends import numpy as reference
from workings.backends.plan import Plan, State
from workings.contract import Array
from workings.estimators.network import lists_of, network_of, params_of
from workings.optimizers import GradientDescent
from workings.penalties import L2

BYTES = 1 << 18  # of one wire at a time: larger arrays leave the cache, and the system hands their memory out anew


def fit(model: Any, X: Any, Y: np.ndarray, weights: np.ndarray | None) -> None:
    """Minimize J from the estimator's lists, and put there what was found."""
    dtype, task = model.coefs_[0].dtype, model._task
    X = np.ascontiguousarray(X.toarray() if hasattr(X, "toarray") else X, dtype)
    Y = np.ascontiguousarray(Y, dtype)
    network = network_of(model.activation, [W.shape[1] for W in model.coefs_])
    params = params_of(model.coefs_, model.intercepts_, dtype)
    bare = Plan(network, task.loss, GradientDescent(), task.metric, (X.shape[1],), (), dtype.name)
    desk = reference.Desk(bare, State(params, {}, {"t": 0.0}))
    most = BYTES // dtype.itemsize // max(W.shape[1] for W in model.coefs_)
    parts = [*rows_apart(X, Y, weights, max(256, most))]
    counts = parts[0][-1] * (len(X) if weights is None else float(np.sum(weights)))  # of the first part
    bearing = replace(bare, penalties=(L2(float(model.alpha) / counts),) if model.alpha else ())
    plans = [bearing, *(bare for _ in parts[1:])]

    def J(theta: Array) -> tuple[float, Array]:
        """A mean over the rows, and so over the parts, and so is its gradient; the first part bears the penalty."""
        params, loss, row = desk.parted(theta), 0.0, 0.0
        for plan, (X_part, Y_part, w, share) in zip(plans, parts, strict=True):
            own, _, grads, _ = reference.slopes(plan, params, {}, X_part.T, Y_part.T, {}, w)
            loss, row = loss + share * own, row + share * desk.joined(grads)
        return loss, row

    with reference.quiet(), reference.threads(reference.work(params, X.shape[0])):
        options = {"maxfun": model.max_fun, "maxiter": model.max_iter, "gtol": model.tol}
        found = minimize(J, desk.row, method="L-BFGS-B", jac=True, options=options)
    model.n_iter_ = _check_optimize_result("lbfgs", found, model.max_iter)
    model.loss_ = float(found.fun)
    if model.verbose:
        print(f"L-BFGS: {model.n_iter_} iterations, loss = {model.loss_:.8f}")
    model.coefs_, model.intercepts_ = lists_of(desk.parted(found.x), dtype)


def rows_apart(X: Array, Y: Array, weights: Array | None, most: int) -> Iterator[tuple[Array, Array, Any, Any]]:
    """Parts of at most so many rows, all about as long: X, Y, their weights (1, m), and their share in the whole."""
    for rows in np.array_split(np.arange(len(X)), -(-len(X) // most)):
        part = slice(rows[0], rows[-1] + 1)
        if weights is None:
            yield X[part], Y[part], None, len(rows) / len(X)
        elif counts := float(np.sum(weights[part])):
            yield X[part], Y[part], weights[part][None].astype(X.dtype), counts / float(np.sum(weights))
