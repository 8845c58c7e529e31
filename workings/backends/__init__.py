"""Backends: where the numbers are computed, and which one is taken.

    native    dense networks on the CPU: a compiled kernel, whole epochs in one call
    xla       every network, compiled by JAX for the CPU or a GPU
    numpy     every network, nothing to install: the reference

>>> choose("numpy").name
'numpy'
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from importlib import import_module
from math import prod
from typing import Any

from workings.backends.plan import Diverged, Plan, State, Tally, Until
from workings.contract import Array, Tree

BACKENDS = ("native", "xla", "numpy")  # in the order in which "auto" asks them
PATIENCE = 4.0  # seconds of NumPy from which starting and compiling JAX pays


def backend(name: str) -> Any:
    """The module of a backend by its name."""
    if name not in BACKENDS:
        raise ValueError(f"there is no backend {name!r}; there are {', '.join(BACKENDS)}, and auto")
    return import_module(f"workings.backends.{name}")


def choose(name: str = "auto", plan: Plan | None = None, seconds: float = 0.0) -> Any:
    """The backend to run a plan on: the one named, or for "auto" the first that can and is worth its start.

    `seconds` is about how long NumPy would take.  Raises ValueError for a name that is unknown, and where the backend
    named cannot run this plan, with the reason.
    """
    if name != "auto":
        chosen = backend(name)
        if reason := why_not(chosen, plan):
            raise ValueError(f"the {name} backend cannot run this: {reason}")
        return chosen
    worth = [each for each in BACKENDS if each != "xla" or seconds > PATIENCE]
    return next(each for each in map(backend, worth) if not why_not(each, plan))


def why_not(module: Any, plan: Plan | None) -> str | None:
    """None, or why this backend cannot run this plan (any plan, if none is given)."""
    return module.available() or (module.supports(plan) if plan else None)


class Epochs:
    """Some epochs with nothing between them, as often as wanted, on one set of data.

    Called with their `orders` (E, m) and a rate for each it gives what each of them said; `state` is the last one's.
    With `until` there may be fewer: it never goes on past that end.
    """

    def __init__(self, module: Any, plan: Plan, state: State, *data: Any):
        self.module, self.plan, self.state, (self.X, self.Y, self.batch_size, *self.more) = module, plan, state, data

    def __call__(self, orders: Array, alphas: Sequence[float], until: Until | None = None) -> list[Tally]:
        tallies: list[Tally] = []
        for order, alpha in zip(orders, alphas, strict=True):
            given = (self.plan, self.state, self.X, self.Y, order, self.batch_size, alpha, *self.more)
            try:
                self.state, tally = self.module.run(*given)
            except Diverged as error:
                error.before = tallies
                raise
            tallies.append(tally)
            until = until and until.after(tally.mean)
            if until and until.over:
                break
        return tallies


def epochs(module: Any, plan: Plan, state: State, X: Array, Y: Array, batch_size: int, rng: Any, weights: Any) -> Any:
    """`Epochs` on these data, by the backend's own way, where it has one."""
    kind = getattr(module, "Epochs", partial(Epochs, module))
    return kind(plan, state, X, Y, batch_size, rng, weights)


def patience(plan: Plan, params: Tree, batch_size: int, steps: int) -> float:
    """About how many seconds NumPy would take for so many steps: its overhead per row, and the arithmetic."""
    shapes = plan.network.shapes(plan.shape)
    cells = sum(W.size * prod(shapes[row][1:]) for row, named in params.items() for W in named.values())
    return steps * (10e-6 * len(shapes) + 6 * batch_size * cells / 10e9)
