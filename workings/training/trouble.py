"""Trouble: what is said when training goes wrong, with the numbers and a cure to try."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from workings.backends.plan import Diverged, Plan, State


class DivergenceError(ArithmeticError):
    """J became NaN or infinite.  The message says at which step, with what rate and weights, and what to try."""


class TrainingWarning(UserWarning):
    """Training went through, but what came out is probably not what was wanted."""


def diagnosis(found: Diverged, plan: Plan, alpha: float, epoch: int, step: int, X: Any) -> DivergenceError:
    """The step at which J was lost, what the numbers were there, and what to try."""
    sizes = {
        plan.network.label(s, row): np.abs(W).max()
        for row, named in found.state.params.items()
        for s, W in named.items()
    }
    name, largest = max(sizes.items(), key=lambda pair: pair[1] if pair[1] == pair[1] else math.inf)
    widest = float(np.abs(X[:1000]).max()) if X.dtype != np.uint8 else 1.0
    if widest > 100:
        cure = f"the features go up to {widest:.3g}: scale them to about 1, and keep the rate"
    else:
        cure = f"the steps are too long: try learning_rate={round_down(alpha / 10)}"
    return DivergenceError(
        f"J became {found.loss} in epoch {epoch}, at step {step}: with the learning rate {alpha:g} the largest "
        f"parameter had grown to {largest:.3g} (in {name}).  {cure[0].upper()}{cure[1:]}.  "
        "The model keeps what it had before the last step that could be computed."
    )


def round_down(x: float) -> float:
    """To one significant digit: 0.0314 becomes 0.03."""
    digit = 10 ** math.floor(math.log10(x))
    return float(f"{math.floor(x / digit + 1e-9) * digit:.1g}")


def unhelpful(first: float, last: float) -> str | None:
    """A sentence if the loss rose instead of falling."""
    if last > 2 * first and last - first > 1e-6:
        return (
            f"the loss rose from {first:.4g} to {last:.4g}: the network got worse.  "
            "A smaller learning rate, or features scaled to about 1, is the first thing to try"
        )
    return None


def too_large(X: Any) -> str | None:
    """A sentence if the features are so large that sigmoids saturate and steps overshoot."""
    if X.dtype == np.uint8 or X.dtype.kind not in "iuf":
        return None
    some = X[:: max(1, len(X) // 1000)]
    if (largest := float(np.abs(some).max())) > 1e4:
        return (
            f"the features go up to {largest:.3g}; networks learn badly from such numbers: "
            "scale them first (subtract the mean, divide by the spread)"
        )
    return None


def finite(state: State) -> bool:
    """All parameters are numbers."""
    return all(np.isfinite(W).all() for named in state.params.values() for W in named.values())
