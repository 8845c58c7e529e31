"""L-BFGS: SciPy's quasi-Newton search over J of all rows and its gradient, both by the NumPy backend in float64."""

from __future__ import annotations

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
from workings.penalties import L2, cost, of_batch, steepen
from workings.scan import tree_map

CELLS = 1 << 18  # of one wire at a time: they stay in the cache


def fit(model: Any, X: Any, Y: np.ndarray, weights: np.ndarray | None) -> None:
    """Minimize J from the estimator's lists, and put there what was found."""
    dtype, task = model.coefs_[0].dtype, model._task
    X = np.ascontiguousarray(X.toarray() if hasattr(X, "toarray") else X, np.float64)
    Y = np.ascontiguousarray(Y, np.float64)
    network = network_of(model.activation, [W.shape[1] for W in model.coefs_])
    penalties = (L2(float(model.alpha), shared=True),) if model.alpha else ()
    plan = Plan(network, task.loss, GradientDescent(), task.metric, (X.shape[1],), penalties, "float64")
    params = params_of(model.coefs_, model.intercepts_, np.float64)
    desk = reference.Desk(plan, State(params, {}, {"t": 0.0}))
    step = max(256, CELLS // max(X.shape[1], *(W.shape[1] for W in model.coefs_)))

    def J(theta: Array) -> tuple[float, Array]:
        loss, grads = slopes(plan, desk.parted(theta), X, Y, weights, step)
        return loss, desk.joined(grads)

    with reference.quiet(), reference.threads(reference.work(params, X.shape[0])):
        options = {"maxfun": model.max_fun, "maxiter": model.max_iter, "gtol": model.tol}
        found = minimize(J, desk.row, method="L-BFGS-B", jac=True, options=options)
    model.n_iter_ = _check_optimize_result("lbfgs", found, model.max_iter)
    model.loss_ = float(found.fun)
    if model.verbose:
        print(f"L-BFGS: {model.n_iter_} iterations, loss = {model.loss_:.8f}")
    model.coefs_, model.intercepts_ = lists_of(desk.parted(found.x), dtype)


def slopes(plan: Plan, params: Any, X: Array, Y: Array, weights: Array | None, step: int) -> tuple[float, Any]:
    """J of all rows and its gradient, some rows at a time: both are means over the rows, and so over the parts."""
    total = len(X) if weights is None else float(np.sum(weights))
    bare, J, grads = replace(plan, penalties=()), 0.0, None
    for start in range(0, len(X), step):
        rows = slice(start, start + step)
        w = None if weights is None else weights[rows][None]
        counts = (len(X[rows]) if w is None else float(np.sum(w))) / total
        if not counts:
            continue
        part, _, own, _ = reference.slopes(bare, params, {}, X[rows].T, Y[rows].T, {}, w)
        J += counts * part
        if counts != 1:
            own = tree_map(lambda dW, c=counts: c * dW, own)
        grads = own if grads is None else tree_map(lambda a, b: a + b, grads, own)
    penalties = of_batch(plan.penalties, total)
    return float(J + cost(np, penalties, params)), steepen(np, penalties, params, grads)
