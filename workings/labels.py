"""Labels at the door: what a user calls the answers, and the numbers a network is trained on.

classes      labels of any kind, one per example      Y one-hot (m, k), or 0 and 1 (m, 1) for one output
several      a row of 0 and 1 for every example       Y (m, k)
numbers      what a regression predicts               Y (m, k); y's rank is kept
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np


@dataclass(frozen=True)
class Labels:
    """How answers are read and said: `kind` as above, the sorted `classes`, the number of `outputs`."""

    kind: str
    outputs: int
    classes: tuple[Any, ...] = ()
    rank: int = 1

    @classmethod
    def learned(cls, y: Any, outputs: int, classifies: bool, several: bool = False) -> Labels:
        """What the labels of a training set say about themselves.

        `classifies`: the network ends in probabilities; `several`: every output may be its own yes or no.
        Raises ValueError with the reason where they do not fit the network.
        """
        y = rows(y)
        if not classifies:
            return _of_numbers(y, outputs)
        if y.ndim == 2 and y.shape[1] > 1:
            return _of_rows(y, outputs, several)
        return cls("classes", outputs, _classes(_flat(y), outputs), 1)

    def encode(self, y: Any, dtype: str = "float64") -> np.ndarray:
        """One row of targets for every example, (m, outputs)."""
        y = rows(y)
        if self.kind == "numbers":
            _of_numbers(y, self.outputs)
            return y.reshape(len(y), self.outputs).astype(dtype)
        if y.ndim == 2 and y.shape[1] > 1:
            _of_rows(y, self.outputs, self.kind == "several")
            return y.astype(dtype)
        if self.kind == "several" and self.outputs > 1:
            raise ValueError(f"these labels are one per example; the model was trained on rows of {self.outputs}")
        place = self._places(_flat(y))
        if self.outputs == 1:
            return place.reshape(-1, 1).astype(dtype)
        return np.eye(self.outputs, dtype=dtype)[place]

    def decode(self, A: np.ndarray) -> np.ndarray:
        """From outputs (m, k) to labels: the class, the row of 0 and 1, or the numbers in y's rank."""
        if self.kind == "numbers":
            return A[:, 0] if self.rank == 1 else A
        if self.kind == "several":
            return (A > 0.5).astype(int)
        place = (A[:, 0] > 0.5).astype(int) if self.outputs == 1 else np.argmax(A, axis=1)
        return np.asarray(self.classes)[place]

    def probabilities(self, A: np.ndarray) -> np.ndarray:
        """(m, k), one column for every class; a single output becomes the two shares 1 - A and A."""
        return np.hstack([1 - A, A]) if self.kind == "classes" and self.outputs == 1 else A

    def _places(self, y: np.ndarray) -> np.ndarray:
        place = {label: i for i, label in enumerate(self.classes)}
        try:
            return np.array([place[label] for label in y.tolist()], dtype=np.intp)
        except (KeyError, TypeError):
            row, label = next((i, label) for i, label in enumerate(y.tolist()) if label not in place)
            raise ValueError(
                f"row {row} has the label {label!r}, which was never seen in training: "
                f"the classes are {said(self.classes)}"
            ) from None


def rows(y: Any) -> np.ndarray:
    """y as an array, one example per row; refused where it is none."""
    if hasattr(y, "to_numpy"):
        y = y.to_numpy()
    try:
        y = np.asarray(y)
    except ValueError as error:
        raise ValueError(f"y must be labels, one per example: {error}") from None
    if y.ndim == 0 or len(y) == 0:
        raise ValueError(f"y has no examples (its shape is {y.shape}): it needs one label per row of X")
    if y.dtype.kind in "cMmV":
        raise ValueError(f"labels of type {y.dtype} cannot be learned: use numbers or strings")
    if y.dtype == object and (places := [i for i, v in enumerate(y.ravel().tolist()) if v is None or v != v]):
        raise ValueError(f"y has no label in row {places[0]}: leave such rows out")
    if y.dtype.kind == "f" and not np.isfinite(y).all():
        bad = int(np.argmax(~np.isfinite(y.reshape(len(y), -1)).all(axis=1)))
        raise ValueError(f"y is {y[bad]} in row {bad}: leave out or mend such rows")
    return y


def _flat(y: np.ndarray) -> np.ndarray:
    """Labels of classes, one per example; whole numbers in place of 1.0, 2.0."""
    y = y.reshape(-1)
    if y.dtype.kind == "f":
        if (y != np.floor(y)).any():
            row = int(np.argmax(y != np.floor(y)))
            raise ValueError(
                f"row {row} has the label {y[row]}: a classifier takes classes (whole numbers or strings), not "
                'measurements; for a regression end the network without an activation and use loss="mse"'
            )
        y = y.astype(np.int64)
    if y.dtype == object and len({type(label) for label in y.tolist()}) > 1:
        kinds = sorted({type(label).__name__ for label in y.tolist()})
        raise ValueError(f"the labels mix {' and '.join(kinds)}: is '0' the same class as 0? make them one type")
    return y


def _classes(y: np.ndarray, outputs: int) -> tuple[Any, ...]:
    wanted = max(outputs, 2)
    found = tuple(np.unique(y).tolist())
    if y.dtype.kind in "iu" and found[0] >= 0 and found[-1] < wanted:
        return tuple(range(wanted))  # a small batch may lack some
    if y.dtype.kind == "b":
        found = (False, True)
    if len(found) == wanted:
        return found
    if len(found) > wanted:
        more = "one output tells two classes apart" if outputs == 1 else f"the network has {outputs} outputs"
        raise ValueError(
            f"y has {len(found)} classes ({said(found)}) but {more}: "
            f'end the network with Dense({len(found)}, "softmax")'
        )
    if len(found) == 1:
        raise ValueError(f"y has one class only, {found[0]!r}: there is nothing to tell apart")
    raise ValueError(
        f"y has {len(found)} classes ({said(found)}) but the network has {outputs} outputs: "
        f'end it with Dense({len(found)}, "softmax")'
    )


def _of_rows(y: np.ndarray, outputs: int, several: bool) -> Labels:
    if y.ndim != 2 or y.shape[1] != outputs:
        raise ValueError(f"y has the shape {y.shape}, but the network has {outputs} outputs")
    if y.dtype.kind not in "biuf" or not np.isin(y, (0, 1)).all():
        raise ValueError("rows of labels hold 0 and 1 only, one column for every class")
    if (y.sum(axis=1) == 1).all():
        return Labels("classes", outputs, tuple(range(outputs)), 2)
    if not several:
        row = int(np.argmax(y.sum(axis=1) != 1))
        raise ValueError(
            f"row {row} of y is {y[row].tolist()}: a softmax chooses one class, so a row has exactly one 1; "
            "for several at once end the network with sigmoid"
        )
    return Labels("several", outputs, tuple(range(outputs)), 2)


def _of_numbers(y: np.ndarray, outputs: int) -> Labels:
    if y.dtype.kind not in "biuf":
        raise ValueError(
            f"y holds {said(np.unique(y.astype(str)).tolist())}, not numbers: "
            "for classes end the network with softmax or sigmoid"
        )
    width = int(np.prod(y.shape[1:]))
    if width != outputs:
        raise ValueError(
            f"y has {width} numbers per example (shape {y.shape}), but the network has {outputs} outputs"
        )
    return Labels("numbers", outputs, (), y.ndim)


def said(classes: Any) -> str:
    """The first few, for a sentence."""
    told = [repr(c) for c in list(classes)[:6]]
    return ", ".join(told) + (", …" if len(classes) > 6 else "")
