"""Shaping: the network that a run's settings ask for.

From a list of layers, `hidden`, `width`, `depth`, `activation` and `dropout` change the hidden dense layers; the last
layer stays.  A function makes the layers (or the whole model) itself, from the settings that it names.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterable
from typing import Any

from workings.layers import Dropout, Flatten
from workings.model import Model
from workings.network import Network
from workings.specs import Dense
from workings.sweeps.space import NETWORK


def understood(wanted: Any) -> list[str]:
    """The settings that shape this network: those of a list, or those that a function names.

    >>> understood(lambda width, beta=2: [])
    ['width', 'beta']
    """
    if not _makes(wanted):
        return [] if isinstance(wanted, Network) else list(NETWORK)
    named = inspect.signature(wanted).parameters.values()
    return [p.name for p in named if p.kind not in (p.VAR_POSITIONAL, p.VAR_KEYWORD)]


def model(wanted: Any, settings: dict[str, Any], seed: int, **options: Any) -> Model:
    """The model of one run, its weights not drawn yet.  Raises ValueError where the settings do not fit."""
    if not _makes(wanted):
        return Model(shaped(wanted, settings), seed=seed, **options)
    named = understood(wanted)
    made = wanted(**{name: value for name, value in (settings | {"seed": seed}).items() if name in named})
    if not isinstance(made, Model):
        return Model(made, seed=seed, **options)
    if made.seed != seed:
        raise ValueError(
            f"the function made a model with seed {made.seed}, and this run has seed {seed}: let it take seed and "
            "pass it on, Model(…, seed=seed), or let it return the layers only"
        )
    if len(made.history):
        raise ValueError("the function gave a model that is trained already: let it make a new one for every run")
    return made


def shaped(layers: Any, settings: dict[str, Any]) -> Any:
    """The layers with what the settings change in them.

    >>> from workings import Dense
    >>> shaped([Dense(16, "relu"), Dense(10, "softmax")], {"width": 4, "depth": 2, "activation": "tanh"})[:2]
    [Dense(units=4, activation='tanh', initializer=None), Dense(units=4, activation='tanh', initializer=None)]
    """
    asked = {name: settings[name] for name in NETWORK if name in settings}
    if not asked or isinstance(layers, Network):
        return layers
    layers = list(layers) if isinstance(layers, Iterable) else [layers]
    first, hidden, last = _parts(layers, next(iter(asked)))
    if "hidden" in asked and ("width" in asked or "depth" in asked):
        raise ValueError("hidden says the size of every hidden layer: vary that, or width and depth, not both")
    like = hidden[0] if hidden else Dense(16, "relu")
    sizes = [layer.units for layer in hidden]
    if "hidden" in asked:
        sizes = _sizes(asked["hidden"])
    if "depth" in asked:
        depth = asked["depth"]
        if isinstance(depth, bool) or not isinstance(depth, int) or depth < 0:
            raise ValueError(f"depth is how many hidden layers there are, 0 or more, not {depth!r}")
        sizes = [like.units] * depth
    if "width" in asked:
        sizes = [asked["width"]] * len(sizes)
    rate = asked.get("dropout", next((layer.rate for layer in layers if isinstance(layer, Dropout)), 0.0))
    if isinstance(rate, bool) or not isinstance(rate, int | float) or not 0 <= rate < 1:
        raise ValueError(f"dropout is a share of the neurons, 0 or more and below 1, not {rate!r}")
    made: list[Any] = list(first)
    for n in sizes:
        made.append(Dense(n, asked.get("activation", like.activation), like.initializer))
        made += [Dropout(rate)] if rate else []
    return [*made, last]


def _makes(wanted: Any) -> bool:
    return isinstance(wanted, Callable) and not isinstance(wanted, Network)


def _parts(layers: list[Any], name: str) -> tuple[list[Any], list[Dense], Dense]:
    """Flatten, the hidden layers and the last one of a plain dense network."""
    first = [layer for layer in layers[:1] if isinstance(layer, Flatten)]
    rest = [layer for layer in layers[len(first) :] if not isinstance(layer, Dropout)]
    if strange := [layer for layer in rest if not isinstance(layer, Dense)]:
        raise ValueError(
            f"{name} can be varied in a list of Dense layers, and here is {strange[0]!r}: give a function that makes "
            f"the layers, such as lambda {name}: [Dense({name}), …]"
        )
    if not rest:
        raise ValueError('a network needs at least one layer, for example [Dense(10, "softmax")]')
    return first, rest[:-1], rest[-1]


def _sizes(wanted: Any) -> list[Any]:
    if isinstance(wanted, str) or not isinstance(wanted, Iterable):
        return [wanted]
    return list(wanted)
