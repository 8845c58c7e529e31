"""Space: which settings a search may choose, and from where.

    Uniform, LogUniform, Whole     any number between; powers of ten alike
    a list                         one of its values

`momentum` is asked for only where the optimizer has one, and goes into it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from workings.optimizers import OPTIMIZERS
from workings.sweeps.space import OTHER, TRAINING, LogUniform, Uniform, Whole, _values, check_name, plain

SPACE: dict[str, Any] = {
    "learning_rate": LogUniform(1e-4, 1.0),
    "batch_size": [16, 32, 64, 128],
    "depth": Whole(1, 3),
    "width": [8, 16, 32, 64, 128],
    "activation": ["relu", "tanh", "sigmoid", "gelu"],
    "optimizer": ["adam", "momentum", "gradient-descent", "rmsprop"],
    "momentum": Uniform(0.5, 0.99),
    "l2": LogUniform(1e-6, 1e-1),
    "dropout": Uniform(0.0, 0.5),
}


def checked(space: Mapping[str, Any], shapes: list[str], fixed: Mapping[str, Any]) -> dict[str, Any]:
    """The space, its names known and its lists not empty; no momentum where no optimizer has one.

    Raises ValueError naming what is wrong.
    """
    if not space:
        raise ValueError("a search needs a space: settings with a range or a list of values")
    known = [*shapes, *TRAINING, "momentum", *OTHER]
    for name in space:
        check_name(name, known)
    if "hidden" in space and ("width" in space or "depth" in space):
        raise ValueError("hidden says the size of every hidden layer: search that, or width and depth, not both")
    space = {name: wanted if hasattr(wanted, "draw") else _values(name, wanted) for name, wanted in space.items()}
    if not any(map(has_momentum, space.get("optimizer", [fixed.get("optimizer")]))):
        space.pop("momentum", None)
    if not space:
        raise ValueError("momentum is searched, and no optimizer has one: add optimizer='momentum'")
    return space


def suggested(trial: Any, space: Mapping[str, Any], fixed: Mapping[str, Any]) -> dict[str, Any]:
    """The settings of one trial, as Optuna suggests them; `momentum` only where there is one."""
    chosen = {name: _one(trial, name, wanted) for name, wanted in space.items() if name != "momentum"}
    if "momentum" in space and has_momentum({**fixed, **chosen}.get("optimizer")):
        chosen["momentum"] = _one(trial, "momentum", space["momentum"])
    return chosen


def has_momentum(optimizer: Any) -> bool:
    """Whether an optimizer, or the one of this name, has a share mu of its old step.

    >>> has_momentum("momentum"), has_momentum("adam")
    (True, False)
    """
    return hasattr(OPTIMIZERS.get(optimizer, optimizer) if isinstance(optimizer, str) else optimizer, "mu")


def with_momentum(settings: dict[str, Any]) -> dict[str, Any]:
    """The settings as `Model.fit` takes them: the momentum inside the optimizer.

    >>> with_momentum({"optimizer": "momentum", "momentum": 0.8})
    {'optimizer': Momentum(mu=0.8, averaged=False)}
    """
    if "momentum" not in settings:
        return settings
    optimizer: Any = settings["optimizer"]
    optimizer = OPTIMIZERS[optimizer] if isinstance(optimizer, str) else optimizer
    rest = {name: value for name, value in settings.items() if name != "momentum"}
    return rest | {"optimizer": replace(optimizer, mu=settings["momentum"])}


def _one(trial: Any, name: str, wanted: Any) -> Any:
    match wanted:
        case LogUniform(low, high):
            return trial.suggest_float(name, low, high, log=True)
        case Uniform(low, high):
            return trial.suggest_float(name, low, high)
        case Whole(low, high):
            return trial.suggest_int(name, int(low), int(high))
    named = {str(plain(value)): value for value in wanted}  # what a storage can hold
    return named[trial.suggest_categorical(name, list(named))]
