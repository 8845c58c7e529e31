"""Studies: sweeps with a question of their own: how much do more data help, and which activation learns faster."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from workings.labels import rows as answers
from workings.specs import Dense
from workings.sweeps.sweeping import sweep
from workings.sweeps.table import Sweep

NETWORKS: dict[str, tuple[int, ...]] = {
    "logistic regression": (),
    "small, 4": (4,),
    "medium, 32": (32,),
    "large, 256": (256,),
}


def learning_curves(
    X: Any,
    y: Any,
    examples: Sequence[int] | None = None,
    networks: Mapping[str, Sequence[int]] = NETWORKS,
    activation: str = "relu",
    seeds: int = 1,
    validation: Any = 0.2,
    **options: Any,
) -> Sweep:
    """How much more data help small and large networks: each trained on growing parts of the rows.

    `examples`: how many rows; fewer are always a part of more.  By default doublings from 50 on.
    `networks`: a name and the sizes of the hidden layers.  `options` go to `sweep` (out=…, epochs=…, progress=…); by
    default 30 epochs of Adam at 0.005.  The rows to judge by are the same for all.
    Source: A. Ng, Neural Networks and Deep Learning, week 1, measured instead of drawn.

    >>> X, y = np.arange(40.0).reshape(20, 2) / 40, np.arange(20) % 2
    >>> found = learning_curves(X, y, [4, 16], {"logistic": (), "small": (2,)}, epochs=2, progress=False)
    >>> [(row["network"], row["examples"]) for row in found]
    [('logistic', 4), ('logistic', 16), ('small', 4), ('small', 16)]
    """
    layers_of = _dense(y)

    def make(network: str) -> list[Any]:
        return layers_of(networks[network], activation)

    if examples is None:
        m = len(X) if isinstance(validation, tuple | list) else len(X) - round(len(X) * validation)
        examples = [*(50 * 2**k for k in range(32) if 50 * 2**k < m), m]
    grid = {"network": list(networks), "examples": list(examples), "seed": range(seeds)}
    told = {"epochs": 30, "optimizer": "adam", "learning_rate": 0.005} | options
    return sweep(make, X, y, grid, validation=validation, **told)


def race(
    X: Any,
    y: Any,
    activations: Sequence[str] = ("sigmoid", "relu"),
    hidden: Sequence[int] = (32, 32, 32, 32),
    seeds: int = 1,
    **options: Any,
) -> Sweep:
    """The same deep network with one activation and another: who is faster, and how large every layer's gradient is.

    `sweep.gradients(run)` has the mean |dW| of every layer at the start and after each epoch; a deep sigmoid network
    begins with gradients that shrink towards the input.  `options` go to `sweep`; by default 20 epochs at a rate of
    0.1.

    >>> X, y = np.arange(40.0).reshape(20, 2) / 40, np.arange(20) % 2
    >>> found = race(X, y, hidden=(4, 4), epochs=1, progress=False)
    >>> list(found.gradients(0)[0]), len(found.gradients(0))
    (['W1', 'W2', 'W3'], 2)
    """
    layers_of = _dense(y)

    def make(activation: str) -> list[Any]:
        return layers_of(hidden, activation)

    told = {"epochs": 20, "learning_rate": 0.1} | options
    return sweep(make, X, y, {"activation": list(activations), "seed": range(seeds)}, gradients=True, **told)


def _dense(y: Any) -> Any:
    """Makes dense layers that end as these answers ask: a sigmoid for two classes, a softmax for more, else Z."""
    y = answers(y)
    whole = y.dtype.kind != "f" or bool((y == np.floor(y)).all())
    if y.ndim == 2 and y.shape[1] > 1:
        last = Dense(y.shape[1], "softmax") if whole else Dense(y.shape[1])
    elif not whole:
        last = Dense(1)
    else:
        classes = len(np.unique(y))
        last = Dense(1, "sigmoid") if classes <= 2 else Dense(classes, "softmax")
    return lambda hidden, activation: [*(Dense(n, activation) for n in hidden), last]
