"""Stochastic: the solvers sgd and adam: epochs on a backend, and scikit-learn's rules for when to stop.

Several epochs are one call of the backend, which ends earlier where the loss has not improved for too long.
"""

from __future__ import annotations

import math
import warnings
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from sklearn.exceptions import ConvergenceWarning
from sklearn.model_selection import train_test_split

from workings import backends, optimizers
from workings.backends.native.shuffling import shuffles
from workings.backends.plan import Diverged, Plan, State, Until
from workings.contract import Tree
from workings.estimators.network import lists_of, network_of, params_of
from workings.losses import SoftmaxCrossEntropy
from workings.model.weighing import with_mean_one
from workings.penalties import L2
from workings.scan import tree_map
from workings.training.fit import SLICE
from workings.training.interruption import Interrupted, Interruptions
from workings.training.progress import progress

SMALL = 0.025  # seconds: what NumPy does sooner is done in the precision of the data
PARTS = 100  # calls of partial_fit, as many as are taken for a training
ORDERS = 1 << 22  # rows in one call
LEAST_RATE = 1e-6


@dataclass
class Solver:
    """What a solver knows from epoch to epoch."""

    optimizer: Any
    learning_rate: float
    state: Tree

    @classmethod
    def of(cls, model: Any, params: Tree) -> Solver:
        """A solver that has not begun."""
        mu = float(model.momentum)
        optimizer: Any = optimizers.Adam(model.beta_1, model.beta_2, model.epsilon, uncorrected=True)
        if model.solver == "sgd":
            moving = optimizers.Nesterov if model.nesterovs_momentum else optimizers.Momentum
            optimizer = moving(mu) if mu else optimizers.GradientDescent()
        return cls(optimizer, float(model.learning_rate_init), optimizer.init(params))


def slowed(state: State, before: float, rate: float) -> State:
    """The state from which to go on at another rate; what is in motion keeps its speed αV."""
    if rate == before or "V" not in state.optimizer:
        return state
    V = tree_map(lambda V: V * (before / rate), state.optimizer["V"])
    return replace(state, optimizer={**state.optimizer, "V": V})


def batch_size(model: Any, m: int) -> int:
    """How many of m rows make a step."""
    return min(200 if model.batch_size == "auto" else model.batch_size, m)


def begin(model: Any) -> None:
    """The fitted attributes before the first epoch."""
    model.loss_curve_, model._no_improvement_count, model._best = [], 0, (model.coefs_, model.intercepts_)
    early = model.early_stopping
    model.validation_scores_ = [] if early else None
    model.best_validation_score_ = -np.inf if early else None
    model.best_loss_ = None if early else np.inf


def fit(model: Any, X: Any, Y: np.ndarray, weights: np.ndarray | None, incremental: bool) -> None:
    """Train the estimator's lists from where they are; one epoch if `incremental`."""
    if model.early_stopping and incremental:
        raise ValueError("partial_fit does not support early_stopping=True")
    model.loss_curve_ = [*model.loss_curve_]
    held_out = None
    if model.early_stopping:
        model.validation_scores_ = [*model.validation_scores_]
        X, Y, weights, held_out = set_aside(model, X, Y, weights)
    m = X.shape[0]
    size = batch_size(model, m)
    if model.batch_size != "auto" and model.batch_size > m:
        warnings.warn(f"batch_size={model.batch_size} is larger than the data: {m} is taken", stacklevel=5)
    plan, backend = chosen(model, X, weights, size, incremental)
    dtype = model.coefs_[0].dtype
    params = params_of(model.coefs_, model.intercepts_, plan.dtype)
    if not incremental or not hasattr(model, "_optimizer"):
        model._optimizer = Solver.of(model, params)
    solver = model._optimizer
    rng = np.random.default_rng(model._random_state.randint(2**31)) if model.dropout else None
    data = (readable(X, plan.dtype), wanted(Y, plan, backend), size, rng, with_mean_one(weights))
    course = backends.epochs(backend, plan, State(params, {}, solver.state), *data)
    at_once = max(1, int(4 * SLICE / backends.patience(plan, params, size, math.ceil(m / size))))
    orders, shown = np.arange(m, dtype=np.int32)[None], progress(None if model.progress else False)
    model.n_iter_, lost, rate = 0, None, solver.learning_rate
    with Interruptions() as interruption:
        shown.start(model.max_iter, 1, 0)
        try:
            while model.n_iter_ < model.max_iter and not interruption:
                if solver.learning_rate != rate:
                    course = backends.epochs(backend, plan, slowed(course.state, rate, solver.learning_rate), *data)
                    rate = solver.learning_rate
                start, drawn = orders[-1], model._random_state.get_state(legacy=False)
                orders = shuffled(model, start, 1 if incremental else planned(model, at_once, m))
                try:
                    end_of = None if model.early_stopping else until(model)
                    losses = [tally.mean for tally in course(orders, [rate] * len(orders), end_of)]
                except Diverged as error:
                    lost, losses = error, [*(tally.mean for tally in error.before), float(error.loss)]
                if len(losses) < len(orders):  # as if the others had never been drawn
                    model._random_state.set_state(drawn)
                    orders = shuffled(model, start, len(losses))
                over = False
                for loss in losses:
                    over = after_epoch(model, loss, m, course, held_out, dtype)
                    shown.epoch({"epoch": model.n_iter_, "loss": loss})
                if over or incremental or lost:
                    break
            else:
                if not interruption:
                    told = f"{model.max_iter} epochs (max_iter) are done, and the loss still falls: raise max_iter"
                    warnings.warn(told, ConvergenceWarning, stacklevel=5)
        finally:
            shown.stop("")
    state = slowed(course.state, rate, solver.learning_rate)
    solver.state = state.optimizer
    end(model, state, lost, dtype)
    if interruption:
        if interruption.said != "Ctrl-C":
            raise Interrupted(interruption.signum)
        warnings.warn("Training interrupted by user: what was learned so far is kept", stacklevel=5)


def end(model: Any, state: State, lost: Diverged | None, dtype: Any) -> None:
    """The lists as they are at the end: the best of them, where validation says which."""
    from workings.estimators.perceptron import LOST

    if lost and not (model.early_stopping and np.isfinite(model.best_validation_score_)):
        raise ValueError(
            f"{LOST} The loss became {lost.loss} in epoch {model.n_iter_}: scale the features to about 1, or lower "
            f"learning_rate_init={model.learning_rate_init}"
        )
    if lost:
        told = f"the loss became {lost.loss} in epoch {model.n_iter_}: the best network before that is kept"
        warnings.warn(told, ConvergenceWarning, stacklevel=6)
    model.coefs_, model.intercepts_ = model._best if model.early_stopping else lists_of(state.params, dtype)


def chosen(model: Any, X: Any, weights: np.ndarray | None, size: int, incremental: bool) -> tuple[Plan, Any]:
    """One step, described, and the backend that runs it.

    The kernel computes in float32.  What NumPy does in no time is done in the precision of the data.
    """
    task, sizes = model._task, [W.shape[1] for W in model.coefs_]
    network = network_of(model.activation, sizes, model.dropout)
    strength = float(model.alpha) / (1.0 if weights is None else float(np.mean(weights)))
    penalties = (L2(strength, shared=True),) if strength else ()
    params = params_of(model.coefs_, model.intercepts_)
    optimizer, own = Solver.of(model, {}).optimizer, model.coefs_[0].dtype.name
    plan = Plan(network, task.loss, optimizer, task.metric, (X.shape[1],), penalties, "float32")
    epochs = PARTS if incremental else model.max_iter
    seconds = backends.patience(plan, params, size, epochs * math.ceil(X.shape[0] / size))
    exact = replace(plan, dtype=own)
    if model.backend != "auto":
        plan = plan if model.backend == "native" else exact
        return plan, backends.choose(model.backend, plan)
    if seconds < SMALL and own != "float32":
        return exact, backends.backend("numpy")
    if not backends.why_not(backends.backend("native"), plan):
        return plan, backends.backend("native")
    return exact, backends.choose("auto", exact, seconds)


def wanted(Y: np.ndarray, plan: Plan, backend: Any) -> np.ndarray:
    """Y as the backend reads it: the kernel is quicker with the index of the one answer of each row."""
    if backend.name == "native" and isinstance(plan.loss, SoftmaxCrossEntropy):
        return np.argmax(Y, axis=1).astype(np.int32)
    return np.ascontiguousarray(Y, plan.dtype)


def readable(X: Any, dtype: str) -> np.ndarray:
    """X as the backends read it.  Raises ValueError for numbers that the type cannot hold."""
    from workings.estimators.perceptron import LOST

    X = X.toarray() if hasattr(X, "toarray") else X
    with np.errstate(over="ignore"):
        made = np.ascontiguousarray(X, dtype)
    if made.dtype != X.dtype and not np.isfinite(made).all():
        raise ValueError(f"{LOST} X has numbers up to {np.abs(X).max():.3g}, too large for {dtype}")
    return made


def set_aside(model: Any, X: Any, Y: np.ndarray, weights: np.ndarray | None) -> tuple[Any, ...]:
    """The rows to learn from, and (X, Y, weights) to judge by: drawn as scikit-learn draws them."""
    told = getattr(model, "_strata", lambda Y: None)(Y)
    parts = [X, Y] if weights is None else [X, Y, weights]
    how = {"random_state": model._random_state, "test_size": model.validation_fraction, "stratify": told}
    made: list[Any] = train_test_split(*parts, **how)
    if made[1].shape[0] < 2:
        raise ValueError(
            "The validation set is too small. Increase 'validation_fraction' or the size of your dataset."
        )
    return (*made[0::2], *([None] if weights is None else []), (*made[1::2], *([None] if weights is None else [])))


def shuffled(model: Any, order: np.ndarray, E: int) -> np.ndarray:
    """The orders of the next E epochs (E, m), each a shuffle of the one before."""
    return shuffles(model._random_state, order, E) if model.shuffle else np.tile(order, (E, 1))


def planned(model: Any, at_once: int, m: int) -> int:
    """For how many epochs nothing has to be decided here: as many as were made, for few shall be drawn in vain."""
    if model.early_stopping or (model.solver == "sgd" and model.learning_rate == "invscaling"):
        return 1
    sure = model.n_iter_no_change - model._no_improvement_count + 1
    return int(max(1, min(model.max_iter - model.n_iter_, max(sure, model.n_iter_), at_once, ORDERS // m)))


def until(model: Any) -> Until:
    """When the loss has not improved for too long."""
    patience = int(min(model.n_iter_no_change, model.max_iter))
    return Until(model.best_loss_, float(model.tol), model._no_improvement_count, patience)


def after_epoch(model: Any, loss: float, m: int, course: Any, held_out: Any, dtype: Any) -> bool:
    """The fitted attributes after one more epoch, and whether it was the last."""
    model.n_iter_ += 1
    model.t_ += m
    model.loss_ = loss
    model.loss_curve_.append(loss)
    if model.verbose:
        print(f"Iteration {model.n_iter_}, loss = {loss:.8f}")
    if held_out:
        better = judged(model, course.state.params, held_out, dtype)
    else:
        now = until(model).after(loss)
        better, model.best_loss_ = not now.without, now.best
    model._no_improvement_count = 0 if better else model._no_improvement_count + 1
    solver = model._optimizer
    if model.solver == "sgd" and model.learning_rate == "invscaling":
        solver.learning_rate = float(model.learning_rate_init) / (model.t_ + 1) ** model.power_t
    if model._no_improvement_count <= model.n_iter_no_change:
        return False
    if model.solver != "sgd" or model.learning_rate != "adaptive" or solver.learning_rate <= LEAST_RATE:
        if model.verbose:
            what = "Validation score" if held_out else "Training loss"
            print(f"{what} did not improve more than tol={model.tol} for {model.n_iter_no_change} epochs: stopping")
        return True
    solver.learning_rate /= 5
    model._no_improvement_count = 0
    return False


def judged(model: Any, params: Tree, held_out: Any, dtype: Any) -> bool:
    """Whether the score on the rows set aside is better than it was; the best lists are kept."""
    X, Y, weights = held_out
    model.coefs_, model.intercepts_ = lists_of(params, dtype)
    A = model._forward(X)
    score = model._score_of(Y, A, weights) if np.isfinite(A).all() and np.isfinite(model.loss_) else float("nan")
    model.validation_scores_.append(score)
    if model.verbose:
        print(f"Validation score: {score:f}")
    better = not score < model.best_validation_score_ + model.tol
    if score > model.best_validation_score_:
        model.best_validation_score_, model._best = score, (model.coefs_, model.intercepts_)
    return better
