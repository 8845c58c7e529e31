"""Tenths: a network of one's own as an exercise, its numbers rounded to one decimal so that paper is enough."""

from __future__ import annotations

from fractions import Fraction

import numpy as np

from workings.exercises.exercise import Exercise, Task
from workings.model import Model
from workings.studio.ground import Ground, Settings
from workings.studio.points import features

LARGEST = 6  # units in a layer, and features
DEEPEST = 3  # hidden layers


def of_playground(settings: Settings, k: int = 0) -> Exercise:
    """The first weights of a playground's network, and its k-th point.  Raises ValueError where it is too large."""
    _check([*settings.hidden], len(settings.features))
    ground = Ground(settings, [])
    point = ground.X[k % len(ground.X)] if len(ground.X) else np.array([2.0, -1.0])
    lead = "The first weights of a playground's network, before any training, and one of its points, to one decimal."
    return _exercise(ground.model, features(point[None], settings.features)[0], lead)


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
