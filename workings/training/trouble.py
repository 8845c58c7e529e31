"""Trouble: what is said when training goes wrong, with the numbers and a cure to try."""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import Any

import numpy as np

from workings.backends.plan import Plan, State
from workings.contract import Tree
from workings.training.checkpoint import Run
from workings.training.history import History

USUAL = {"Adam": 0.01, "AdamW": 0.01, "RMSprop": 0.01}  # rates to start from; the other optimizers: 0.3
BATCH_OF_ROWS = 1000  # are looked at for a judgement on the features


class DivergenceError(ArithmeticError):
    """J became NaN or infinite.  The message says at which step, with what rate and weights, and what to try."""


class TrainingWarning(UserWarning):
    """Training went through, but what came out is probably not what was wanted."""


def diagnosis(loss: float, run: Run, plan: Plan, alpha: float, X: Any) -> DivergenceError:
    """The step at which J was lost, what the numbers were before it, and what to try."""
    sizes = {
        plan.network.label(s, row): float(np.abs(W).max())
        for row, named in run.state.params.items()
        for s, W in named.items()
    }
    name, largest = max(sizes.items(), key=lambda pair: pair[1])
    if (widest := spread(X)) > 100:
        cure = f"The features go up to {widest:.3g}: scale them to about 1 first, then see what the rate does"
    elif alpha:
        cure = f"The steps are too long: try learning_rate={round_down(min(alpha / 10, usual(plan)))}"
    else:
        cure = "The starting parameters are too large already"
    return DivergenceError(
        f"J became {loss} in epoch {run.epoch + 1}, at step {run.steps + 1}: with the learning rate {alpha:g} the "
        f"largest parameter had grown to {largest:.3g} (in {name}).  {cure}.  "
        "The model keeps what it had before that step."
    )


def beforehand(plan: Plan, alpha: float, X: Any, Y: Any) -> Iterator[str]:
    """Sentences on what will probably go wrong."""
    if (largest := spread(X)) > 1e4:
        yield (
            f"the features go up to {largest:.3g}; networks learn badly from such numbers: "
            "scale them first (subtract the mean, divide by the spread)"
        )
    if alpha >= 100 * usual(plan):
        yield (
            f"the learning rate {alpha:g} is far larger than what usually trains a network; "
            f"start from {usual(plan):g}, and try ten times more and less"
        )
    if len(Y) > 1 and plan.metric.name != "accuracy" and (Y == Y[0]).all():
        told = ", ".join(f"{y:g}" for y in np.ravel(Y[0])[:3])
        yield f"every target is the same ({told}): there is nothing to learn from X"


def afterwards(history: History) -> Iterator[str]:
    """Sentences on what went wrong without ending in NaN."""
    if not len(history):
        return
    first, last = history[0]["loss"], history[-1]["loss"]
    if last > 2 * first and last - first > 1e-6:
        yield (
            f"the loss rose from {first:.4g} to {last:.4g}: the network got worse.  "
            "A smaller learning rate, or features scaled to about 1, is the first thing to try"
        )
    judged = history["validation_loss"] if "validation_loss" in history.columns else []
    if lost := [k for k, loss in enumerate(judged, 1) if not math.isfinite(loss)]:
        yield (
            f"the validation loss is no number from epoch {lost[0]} on: look for features much larger than those "
            "trained on, or lower the learning rate"
        )


def usual(plan: Plan) -> float:
    """A rate to start from with this optimizer; nobody means one a hundred times as large."""
    return USUAL.get(type(plan.optimizer).__name__, 0.3)


def spread(X: Any) -> float:
    """The largest of the features, of a thousand examples; pixels are 0 … 1 to the network."""
    if X.dtype.kind != "f":
        return 1.0
    return float(np.abs(X[:: max(1, len(X) // BATCH_OF_ROWS)]).max())


def round_down(x: float) -> float:
    """To one significant digit: 0.0314 becomes 0.03.

    >>> round_down(0.0314)
    0.03
    """
    digit = 10.0 ** math.floor(math.log10(x))
    return float(f"{math.floor(x / digit + 1e-9) * digit:.1g}")


def finite(state: State) -> bool:
    """All that the optimizer touched is made of numbers."""
    return all(_finite(tree) for tree in (state.params, state.memory, state.optimizer))


def _finite(tree: Tree) -> bool:
    if isinstance(tree, dict):
        return all(_finite(branch) for branch in tree.values())
    return bool(np.isfinite(tree).all())
