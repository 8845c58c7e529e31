"""Tenths: a network of one's own as an exercise, its numbers rounded to one decimal so that paper is enough."""

from __future__ import annotations

from fractions import Fraction
from typing import Annotated

import numpy as np
from msgspec import Meta

from workings.exercises.exercise import Exercise, Task
from workings.model import Model
from workings.studio.ground import Ground, Settings
from workings.studio.points import features

LARGEST = 6  # units in a layer, and features
DEEPEST = 3  # hidden layers
MOST = 1000  # of a weight on paper

Weights = dict[str, list[list[Annotated[float, Meta(ge=-MOST, le=MOST)]]]]


def of_playground(settings: Settings, k: int = 0, weights: Weights | None = None) -> Exercise:
    """A playground's network with its first weights, or with those given, and its k-th point.

    Raises ValueError where it is too large, and for weights of another network.
    """
    _check([*settings.hidden], len(settings.features))
    ground = Ground(settings, [])
    point = ground.X[k % len(ground.X)] if len(ground.X) else np.array([2.0, -1.0])
    lead = "The first weights of a playground's network, before any training, and one of its points, to one decimal."
    if weights:
        lead = "The weights of a playground's network, and one of its points, to one decimal."
        parameters = ground.model.parameters
        shapes = {name: [len(row) for row in W] for name, W in weights.items()}
        if shapes != {name: [W.shape[1]] * len(W) for name, W in parameters.items()}:
            raise ValueError("the weights in the link are not those of this network: open it from its playground")
        for name, W in weights.items():
            parameters[name][...] = W
    return _exercise(ground.model, features(point[None], settings.features)[0], lead)


def in_tenths(model: Model) -> Weights:
    """Its weights and biases to one decimal; nothing where one of them is too large, or no number.

    >>> from workings import Dense
    >>> in_tenths(Model([Dense(1)], parameters={"W1": [[0.26, -1]], "b1": [0]}))
    {'W1': [[0.3, -1.0]], 'b1': [[0.0]]}
    """
    arrays = {name: np.asarray(W, np.float64) for name, W in model.parameters.items()}
    if not all((np.abs(W) < MOST).all() for W in arrays.values()):
        return {}
    return {name: (np.round(10 * W) / 10 + 0.0).tolist() for name, W in arrays.items()}


def of_model(model: Model, name: str, k: int = 0) -> Exercise:
    """A saved model and an example drawn from the seed k.  Raises ValueError for one that no sheet holds."""
    rows = [row.name for row in model.network.rows]
    if model.shape is None or len(model.shape) != 1 or any(row[0] not in "ZA" for row in rows):
        raise ValueError(f"{name} has layers that no sheet holds; it can be a network of dense layers")
    wide = [len(W) for label, W in model.parameters.items() if label[0] == "W"]
    _check(wide[:-1], *model.shape, wide[-1])
    x = np.random.default_rng(k).integers(-20, 21, model.shape) / 10
    return _exercise(model, x, f"The weights of {name}, and an example drawn from a seed, to one decimal.")


def _check(hidden: list[int], *ends: int) -> None:
    if max([*hidden, *ends]) > LARGEST or len(hidden) > DEEPEST:
        raise ValueError(f"a sheet holds up to {DEEPEST} hidden layers, and up to {LARGEST} units and features each")


def _exercise(model: Model, x: np.ndarray, lead: str) -> Exercise:
    tenth = lambda value: Fraction(round(10 * float(value)), 10)
    forward = tuple(row.name for row in model.network.rows if row.name[0] in "ZA")
    return Exercise(
        number=0,
        name="network",
        title="a network of your own",
        lead=lead,
        tasks=(Task("Forward pass", "Work from X to the answer, layer by layer.", forward),),
        network=model.network,
        parameters={name: [[tenth(v) for v in row] for row in W] for name, W in model.parameters.items()},
        X=[[tenth(value)] for value in x],
        blanks=forward,
    )
