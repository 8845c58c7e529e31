"""Travels: what of a model goes along besides its network, and what stays behind and is said to."""

from __future__ import annotations

import warnings
from typing import Any, NamedTuple

from workings.interop.parts import ExchangeWarning
from workings.model import Model


class Luggage(NamedTuple):
    """What every tool can take: the names of the classes and of the features."""

    classes: list[Any] | None
    features: list[str] | None


def said_of(model: Model, tool: str) -> Luggage:
    """The luggage; a preparation stays behind, with a warning."""
    if model.preparation is not None:
        warnings.warn(
            f"the preparation of the columns does not travel to {tool}: give it "
            "model.preparation.transform(table), the features in their order",
            ExchangeWarning,
            stacklevel=4,
        )
    classes = None
    if model.labels is not None and model.labels.kind == "classes":
        classes = list(model.labels.classes)
    names = model.preparation.names if model.preparation is not None else model.columns
    return Luggage(classes, list(names) if names else None)
