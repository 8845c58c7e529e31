"""Arguments: what a user writes for a number, an optimizer, a rate, checked, and refused in a sentence."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable
from dataclasses import fields, is_dataclass
from pathlib import Path
from typing import Any

import numpy as np

from workings import optimizers, penalties
from workings.contract import Shape
from workings.schedules import schedule
from workings.training import Checkpoint, EarlyStopping

SHARES = ("mu", "rho", "beta1", "beta2")  # what an optimizer keeps of its memory: 0 ≤ share < 1


def whole(name: str, n: Any, least: int = 1) -> int:
    """A whole number from `least` on.

    >>> whole("epochs", 20)
    20
    """
    if isinstance(n, bool | np.bool_) or not isinstance(n, int | np.integer) or n < least:
        raise ValueError(f"{name} is a whole number from {least}, not {n!r}")
    return int(n)


def number(name: str, x: Any, what: str = "a number, 0 or more") -> float:
    """A finite number that is not negative."""
    if isinstance(x, bool | np.bool_) or not isinstance(x, int | float | np.number) or not 0 <= x < math.inf:
        raise ValueError(f"{name} is {what}, not {x!r}")
    return float(x)


def optimizer(wanted: Any) -> Any:
    """An optimizer by its name, or as it is; its own numbers are checked too."""
    if isinstance(wanted, str):
        try:
            return optimizers.OPTIMIZERS[wanted.lower().replace("_", "-")]
        except KeyError:
            known = ", ".join(optimizers.OPTIMIZERS)
            raise ValueError(f"there is no optimizer {wanted!r}; there are {known}") from None
    if isinstance(wanted, type):
        raise ValueError(f"{wanted.__name__} is a class: write {wanted.__name__}(), with brackets")
    if not hasattr(wanted, "update") or not hasattr(wanted, "init"):
        raise ValueError(f'the optimizer is a name such as "adam" or an optimizer object, not {wanted!r}')
    for field in fields(wanted) if is_dataclass(wanted) else ():
        value = getattr(wanted, field.name)
        if isinstance(value, bool) or field.type not in ("float", float):
            continue
        told = f"{field.name} of {type(wanted).__name__}"
        number(told, value)
        if field.name in SHARES and value >= 1:
            raise ValueError(f"{told} is a share, 0 or more and below 1, not {value!r}")
    return wanted


def name_of(chosen: Any) -> str:
    """The name of an optimizer that has its usual numbers; else its class and numbers.

    >>> name_of(optimizers.Adam()), name_of(optimizers.Adam(beta1=0.5))[:15]
    ('adam', 'Adam(beta1=0.5,')
    """
    return next((name for name, known in optimizers.OPTIMIZERS.items() if known == chosen), repr(chosen))


def rate(wanted: Any, chosen: Any) -> Callable[[int], float]:
    """The learning rate as a schedule; by default what suits the optimizer."""
    if wanted is None:
        names = [name for name, known in optimizers.OPTIMIZERS.items() if type(known) is type(chosen)]
        wanted = optimizers.DEFAULT_RATES.get(names[0] if names else "", 0.1)
    if isinstance(wanted, type):
        raise ValueError(f"{wanted.__name__} is a class: write {wanted.__name__}(…), with its numbers")
    return schedule(wanted.item() if isinstance(wanted, np.generic) else wanted)


def penalty(l1: Any, l2: Any) -> tuple[Any, ...]:
    """The penalties that are not 0."""
    what = "the strength of a penalty, 0 or more"
    found = ((penalties.L1, number("l1", l1, what)), (penalties.L2, number("l2", l2, what)))
    return tuple(kind(strength) for kind, strength in found if strength)


def stopping(wanted: Any) -> EarlyStopping | None:
    """Early stopping: an object, a patience, or none."""
    if wanted is None or isinstance(wanted, EarlyStopping):
        return wanted
    return EarlyStopping(whole("early_stopping", wanted))


def checkpoint(wanted: Any) -> Checkpoint | None:
    """Where a run is kept: an object, a path, or none."""
    if wanted is None or isinstance(wanted, Checkpoint):
        return wanted
    if not isinstance(wanted, str | Path):
        raise ValueError(f"checkpoint is a path, or Checkpoint(path, every=5), not {wanted!r}")
    return Checkpoint(wanted)


def called(callbacks: Any) -> tuple[Callable[..., Any], ...]:
    """The callbacks; one alone is taken as a list of one."""
    if not callable(callbacks) and not isinstance(callbacks or (), Iterable):
        raise ValueError(f"callbacks are functions f(model, history), not {callbacks!r}")
    found = (callbacks,) if callable(callbacks) else tuple(callbacks or ())
    if wrong := [each for each in found if not callable(each)]:
        raise ValueError(f"a callback is a function f(model, history), not {wrong[0]!r}")
    return found


def precision(dtype: Any) -> str:
    """What is computed in, by name."""
    try:
        name = np.dtype(dtype).name
    except TypeError:
        name = ""
    if name not in ("float32", "float64"):
        raise ValueError(f'dtype is "float32" or "float64", not {dtype!r}')
    return name


def inputs(wanted: Any) -> Shape:
    """The shape of one example: a number of features, or several sizes."""
    several = tuple(wanted) if isinstance(wanted, Iterable) and not isinstance(wanted, str) else (wanted,)
    if not several:
        raise ValueError("inputs is a number of features, or the shape of one example such as (1, 28, 28), not empty")
    return tuple(whole("inputs", n) for n in several)
