"""Reading: what a user hands in, as the arrays the network reads, and the answers it was given, as targets.

Nothing here changes the model: data that are refused leave it as it was.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np

from workings import inputs as door
from workings import losses, metrics
from workings.backends.plan import Plan
from workings.contract import Shape
from workings.labels import Labels, check_lengths, rows
from workings.layers import Dense, Sigmoid, Softmax
from workings.model.columns import Columns
from workings.network import Network
from workings.parameters import exactly

if TYPE_CHECKING:
    from workings.model.model import Model


@dataclass(frozen=True)
class Reader:
    """What a model knows of its data: the network and its loss, and, once seen, the shape, labels and columns."""

    network: Network
    loss: Any
    dtype: str
    shape: Shape | None
    labels: Labels | None
    columns: Columns

    def examples(self, X: Any) -> np.ndarray:
        """X, checked against what the network reads."""
        X = door.examples(self._read(X), door.first_kind(self.network), self.dtype)
        self.must_fit(X)
        return X

    def examples_and_targets(self, X: Any, y: Any, learning: bool = False) -> tuple[np.ndarray, np.ndarray, Labels]:
        """X and Y as the network reads them, and what the labels are; `learning` refuses what cannot be learned."""
        X = door.examples(self._read(X), door.first_kind(self.network), self.dtype)
        check_lengths(X, y := rows(y))
        self.must_fit(X)
        labels = self.labels or self.labels_of(y, X.shape[1:])
        if learning and not self.labels:
            labels.check_differ(y)
        return X, labels.encode(y, self.dtype), labels

    def exactly(self, X: Any, y: Any, exact: bool) -> tuple[np.ndarray, np.ndarray | None, bool]:
        """X in rows and Y in columns for an explanation, and whether they could be kept `exact`; else float64."""
        X = self._read(X)
        if exact := exact and is_exact(X):
            X = exactly(X)
        X = door.examples(X, door.first_kind(self.network), "float64", exact=exact)
        self.must_fit(X)
        X = X / 255 if X.dtype == np.uint8 else X
        if y is None:
            return X, None, exact
        check_lengths(X, y)
        labels = self.labels or self.labels_of(y, X.shape[1:])
        if exact and labels.kind == "numbers" and (numbers := exactly(y)) is not None:
            return X, numbers.reshape(len(X), labels.outputs).T, exact
        return X, labels.encode(y, "int64" if exact and labels.kind != "numbers" else "float64").T, exact

    def _read(self, X: Any) -> Any:
        """X as its columns are read, its bytes pixels where that is sure."""
        X, pixels = self.columns.read(X), self.columns.pixels
        pictures = self.columns.preparation is not None and not hasattr(self.columns.preparation, "columns")
        door.check_pixels(X, door.first_kind(self.network), True if pictures else pixels)
        return X

    def must_fit(self, X: np.ndarray) -> None:
        """The shape is the one the model was made for; before that, one that its layers can read."""
        if self.shape is None:
            door.check_readable(X, self.network)
        else:
            door.check_shape(X, self.shape)
        door.check_words(X, self.network)

    def labels_of(self, y: Any, shape: Shape) -> Labels:
        """What these answers say about themselves, for this network."""
        last, outputs = self.network.rows[-1].layer, self.outputs(shape)
        measures = isinstance(self.loss, losses.SquaredError) and not whole_numbers(y)
        classifies = isinstance(last, Sigmoid | Softmax) and not measures
        return Labels.learned(y, outputs, classifies, several=isinstance(last, Sigmoid) and outputs > 1)

    def answers(self) -> Labels | None:
        """What the answers are called: as learned, else 0, 1, 2, … where the network chooses one of several."""
        last = self.network.rows[-1].layer
        if self.labels or not isinstance(last, Sigmoid | Softmax) or self.shape is None:
            return self.labels
        outputs = self.outputs(self.shape)
        several = isinstance(last, Sigmoid) and outputs > 1
        return None if several else Labels("classes", outputs, tuple(range(max(outputs, 2))))

    def outputs(self, shape: Shape) -> int:
        """How many numbers the network answers with."""
        (outputs, *positions) = self.network.shapes(shape)[self.network.output]
        if positions:
            raise ValueError("the network answers at every position; end it with Last() or Flatten() to train it")
        return outputs

    def validation(self, shape: Shape, labels: Labels, X: Any, y: Any) -> tuple[np.ndarray, np.ndarray]:
        """A pair to validate with."""
        try:
            X, Y, _ = replace(self, shape=shape, labels=labels).examples_and_targets(X, y)
        except ValueError as error:
            raise ValueError(f"in the validation data: {error}") from None
        return X, Y


def set_aside(m: int, share: Any, seed: int) -> tuple[np.ndarray, np.ndarray]:
    """The rows to train on and those to validate with, drawn with the seed."""
    if not isinstance(share, float | np.floating) or not 0 < share < 1:
        raise ValueError(f"validation is a share between 0 and 1, or a pair (X, y), not {share!r}")
    some = round(m * float(share))
    if not 0 < some < m:
        raise ValueError(f"{share} of {m} examples leaves none to train on, or none to validate with")
    mixed = np.random.default_rng((seed, m)).permutation(m)
    return np.sort(mixed[some:]), np.sort(mixed[:some])


def planned(model: Model, labels: Labels, optimizer: Any, penalties: Any = (), shape: Any = None) -> Plan:
    """One training step of a model, described; last activation and loss are one formula where there is one."""
    network, loss = model.network, model.loss
    together = losses.fused(network.rows[-1].layer, loss) if len(network.rows) > 1 else None
    if together:
        network, loss = network.without_last(), together
    metric: Any = metrics.RootMeanSquare(labels.unit)
    if labels.kind != "numbers":
        logit = isinstance(together, losses.SigmoidCrossEntropy)
        metric = metrics.Accuracy(labels.kind == "several", 0.0 if logit else 0.5)
    shape = shape or model.shape
    return Plan(network, loss, optimizer, metric, shape, penalties, model.dtype)


def inputs_of(network: Network, parameters: Mapping[str, Any]) -> int | None:
    """How many features the first weights given by hand read, if they say so."""
    first = network.rows[0]
    W = parameters.get(network.label("W", first.name))
    if W is None or not isinstance(first.layer, Dense):
        return None
    shape = np.asarray(W, dtype=object).shape
    if len(shape) != 2 or not shape[1]:
        raise ValueError(f"W of {first.name} is a table, one row for each unit, not of shape {shape}")
    return shape[1]


def whole_numbers(y: Any) -> bool:
    """Whether the answers may be classes: no number among them has a fraction."""
    y = rows(y)
    return y.dtype.kind != "f" or bool((y == np.floor(y)).all())


def is_exact(cells: Any) -> bool:
    """Whether there are whole numbers and fractions only; bytes are pixels, and read as shares of 255."""
    if isinstance(cells, np.ma.MaskedArray):
        return False
    cells = np.asarray(cells, None if hasattr(cells, "dtype") else object)
    if cells.dtype.kind in "iu":
        return cells.dtype != np.uint8
    return exactly(cells) is not None
