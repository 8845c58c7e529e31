"""Task: classification or regression, told from the target, with the reason; and a target's own units."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from workings.cli.sources import Source

MOST_CLASSES = 20  # whole numbers with more different values are measurements
ROWS_A_CLASS = 5


@dataclass(frozen=True)
class Task:
    """What is learned: "classification" or "regression", why it was taken for that, and the classes."""

    kind: str
    why: str
    classes: tuple[Any, ...] = ()


def task(source: Source, wanted: str | None = None) -> Task:
    """What the target asks for, or what was wanted of it.  Raises ValueError where there is nothing to learn."""
    if source.y is None:
        raise ValueError(f"{source.name} has pictures but no folders: put those of each class into one of its name")
    y, target = np.asarray(source.y), source.target
    found = np.unique(y.astype(str) if y.dtype == object else y).tolist()
    if len(found) < 2:
        raise ValueError(
            f"{target!r} is {found[0]!r} in every row: with one class only, there is nothing to tell apart"
        )
    if wanted not in (None, "classification", "regression"):
        raise ValueError(f"--task is classification or regression, not {wanted!r}")
    numbers = y.dtype.kind in "biuf"
    whole = numbers and bool((y == np.floor(y)).all())
    if wanted == "regression" and not numbers:
        raise ValueError(f"{target!r} holds texts such as {found[0]!r}: a regression needs numbers")
    if wanted == "classification" and numbers and not whole:
        row = int(np.argmax(y != np.floor(y)))
        raise ValueError(
            f"{target!r} is {y[row]} in {source.where(row)}: classes are whole numbers or texts, not measurements; "
            "leave --task out, or take the column as it is with --task regression"
        )
    if wanted == "classification" and numbers and len(found) > max(MOST_CLASSES, len(y) / 2):
        raise ValueError(
            f"{target!r} has {len(found):,} classes in {len(y):,} rows: are these measurements?  Leave --task out"
        )
    if not wanted and not numbers and len(found) > max(MOST_CLASSES, len(y) / 2):
        raise ValueError(
            f"{target!r} holds {len(found):,} different texts in {len(y):,} rows: with nearly a class for every row "
            "nothing general can be learned; is this a name?  Say another --target, or --task classification if it "
            "is meant"
        )
    if wanted:
        return Task(wanted, "as asked", tuple(found) if wanted == "classification" else ())
    if not numbers:
        return Task("classification", f"{target!r} holds {len(found)} different texts", tuple(found))
    if whole and (len(found) == 2 or len(found) <= min(MOST_CLASSES, len(y) / ROWS_A_CLASS)):
        return Task("classification", f"{target!r} holds {len(found)} different whole numbers", tuple(found))
    kind = f"{len(found):,} different numbers" if whole else "numbers with decimals"
    return Task("regression", f"{target!r} holds {kind}")


@dataclass(frozen=True)
class Units:
    """A target's mean and spread: the network learns (y - mean) / spread, and answers in y's own units."""

    mean: float
    spread: float

    @classmethod
    def of(cls, y: Any) -> Units:
        """Those of the training part."""
        return cls(float(np.mean(y)), float(np.std(y)) or 1.0)

    def learn(self, y: Any) -> np.ndarray:
        """What the network is trained on."""
        return (np.asarray(y, float) - self.mean) / self.spread

    def give_back(self, model: Any) -> None:
        """Fold the units into the last layer, W ← spread W and b ← spread b + mean: the same answers, in y's."""
        self._refold(model, lambda W, b: (W * self.spread, b * self.spread + self.mean))

    def take_back(self, model: Any) -> None:
        """And the other way: a model that answers in y's units becomes one that answers in spreads from the mean."""
        self._refold(model, lambda W, b: (W / self.spread, (b - self.mean) / self.spread))

    @staticmethod
    def _refold(model: Any, fold: Callable[[Any, Any], tuple[Any, Any]]) -> None:
        row = model.network.output
        params = dict(model.state.params)
        scaled = dict(zip("Wb", fold(params[row]["W"], params[row]["b"]), strict=True))
        params[row] = {s: scaled[s].astype(x.dtype) for s, x in params[row].items()}
        model.state = replace(model.state, params=params)
        model.labels = replace(model.labels, unit=1.0)
