"""What every backend is given, and gives back.

A backend is a module with `name`, `pace` (how many times as fast as NumPy, very roughly: how long a slice of training
may be), `available()`, `supports(plan)` (None, or the reason why not) and

    run(plan, state, X, Y, order, batch_size, alpha, rng, weights=None) → state, tally

which takes the examples of `order`, batch by batch, one step each.  X (M, …) and Y (M, …) hold one example per row;
a batch is turned as it is gathered, so that inside the example is the last axis.  `weights` (M,) say how much each
example counts in its batch; their mean over all rows is 1, so that sums over an epoch are sums over examples.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from workings.contract import Shape, Tree
from workings.network import Network


@dataclass(frozen=True)
class Plan:
    """One training step, described: what is computed, what it costs, how it is mended.

    `network` ends where `loss` begins: at Z, if loss and last activation are one formula.  `shape` is the shape of
    one example.  `metric` reads the network's output.
    """

    network: Network
    loss: Any
    optimizer: Any
    metric: Any
    shape: Shape
    penalties: tuple[Any, ...] = ()
    dtype: str = "float32"
    seed: int = 0  # for backends that draw their own noise: by the seed and the number of the step


@dataclass(frozen=True)
class State:
    """All that changes: parameters, the memory of batch norm, and the optimizer's."""

    params: Tree
    memory: Tree
    optimizer: Tree


@dataclass(frozen=True)
class Tally:
    """Sums over the examples seen: of J with penalties for each of its batch, and of what the metric counts."""

    examples: int = 0
    loss: float = 0.0
    metric: float = 0.0
    steps: int = 0

    @property
    def mean(self) -> float:
        """The mean loss of an example."""
        return self.loss / self.examples

    def __add__(self, other: Tally) -> Tally:
        return Tally(
            self.examples + other.examples,
            self.loss + other.loss,
            self.metric + other.metric,
            self.steps + other.steps,
        )


class Diverged(ArithmeticError):
    """J is no longer a number: at which step of this run (from 0), what it was, and the state before that step.

    `before` is what the epochs before said, where the run had several.
    """

    def __init__(self, step: int, loss: float, state: State, before: Sequence[Tally] = ()):
        super().__init__(f"J is {loss} at step {step}")
        self.step, self.loss, self.state, self.before = step, loss, state, before


@dataclass(frozen=True)
class Until:
    """An end to training: more than `patience` epochs in a row whose mean loss is above `best` - `tol`.

    `best` is the least loss of those before, and `without` says how many such epochs there are already.

    >>> until = Until(best=1.0, tol=0.1, without=0, patience=1)
    >>> until.after(0.95).over, until.after(0.95).after(0.94).over
    (False, True)
    """

    best: float
    tol: float
    without: int
    patience: int

    @property
    def over(self) -> bool:
        return self.without > self.patience

    def after(self, loss: float) -> Until:
        """As it stands after one more epoch."""
        without = self.without + 1 if loss > self.best - self.tol else 0
        return replace(self, best=min(self.best, loss), without=without)
