"""Labels at the door: what a user calls the answers, and the numbers a network is trained on.

classes      labels of any kind, one per example      Y one-hot (m, k), or 0 and 1 (m, 1) for one output
several      a row of 0 and 1 for every example       Y (m, k), of a network that ends in several sigmoids
numbers      what a regression predicts               Y (m, k); y's rank is kept
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from fractions import Fraction
from numbers import Real
from typing import Any

import numpy as np


@dataclass(frozen=True)
class Labels:
    """How answers are read and said: `kind` as above, the sorted `classes`, the number of `outputs`, y's `rank`.

    `unit` is how much of what y measures a 1 of the network stands for, where y was scaled before it came here.

    >>> labels = Labels.learned(["cat", "dog", "cat"], outputs=1, classifies=True)
    >>> labels.encode(["dog", "cat"]).tolist()
    [[1.0], [0.0]]
    """

    kind: str
    outputs: int
    classes: tuple[Any, ...] = ()
    rank: int = 1
    unit: float = 1.0

    @classmethod
    def learned(cls, y: Any, outputs: int, classifies: bool, several: bool = False) -> Labels:
        """What the labels of a training set say about themselves.

        `classifies`: the network ends in probabilities; `several`: every output is its own yes or no.
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
            return _as(y.reshape(len(y), self.outputs), dtype)
        if y.ndim == 2 and y.shape[1] > 1:
            _of_rows(y, self.outputs, self.kind == "several")
            return y.astype(dtype)
        if self.kind == "several" and self.outputs > 1:
            raise ValueError(f"these labels are one per example; the model was trained on rows of {self.outputs}")
        place = self._places(_flat(y))
        if self.outputs == 1:
            return place.reshape(-1, 1).astype(dtype)
        return np.eye(self.outputs, dtype=dtype)[place]

    def check_differ(self, y: Any) -> None:
        """Refuse labels that are all the same: there is nothing to tell apart."""
        y = rows(y)
        if self.kind == "classes" and len(y) > 1 and y.size == len(y) and (y == y[0]).all():
            raise ValueError(f"y has one class only, {y.ravel()[0].item()!r}: there is nothing to tell apart")

    def decode(self, A: np.ndarray) -> np.ndarray:
        """From outputs (m, k) to labels: the class, the row of 0 and 1, or the numbers in y's rank.

        Raises ValueError for outputs that are NaN, which answer nothing.
        """
        if (lost := np.isnan(A).any(axis=tuple(range(1, A.ndim)))).any():
            raise ValueError(
                f"the network answers with NaN in row {int(np.argmax(lost))} ({int(lost.sum())} of {len(A)} rows): "
                "its numbers have overflowed on the way; look for features far larger than those it was trained on"
            )
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
        found, where = np.unique(y, return_inverse=True)
        try:
            return np.array([place[label] for label in found.tolist()], dtype=np.intp)[where]
        except KeyError:
            row, label = next((i, label) for i, label in enumerate(y.tolist()) if label not in place)
            raise ValueError(
                f"row {row} has the label {label!r}, which was never seen in training: "
                f"the classes are {said(self.classes)}"
            ) from None


def rows(y: Any) -> np.ndarray:
    """y as an array of numbers, yes and no, or texts, one example per row; refused where it is none."""
    if hasattr(y, "to_numpy"):
        y = y.to_numpy()
    if isinstance(y, np.ma.MaskedArray) and (masked := np.ma.getmaskarray(y)).any():
        raise ValueError(f"y is masked in row {int(np.argwhere(masked)[0][0])}: leave such rows out")
    if isinstance(y, list | tuple):
        _one_kind(y)
    try:
        y = np.asarray(y)
    except Exception as error:  # whatever an __array__ of somebody's own raises
        raise ValueError(f"y must be labels, one per example: {error}") from None
    if y.ndim == 0 and y.dtype.kind == "U":
        raise ValueError(
            f"y is the text {y.item()!r}: if a column is meant, give its values: y = table.pop({y.item()!r})"
        )
    if y.ndim == 0 or y.size == 0:
        raise ValueError(f"y has no examples (its shape is {y.shape}): it needs one label per row of X")
    if y.ndim > 2:
        raise ValueError(f"y has the shape {y.shape}: an answer is a label, a number, or a row of numbers")
    if y.dtype == object:
        _one_kind(y.ravel().tolist())
        y = _plain(y)
    if y.dtype.kind == "S":
        y = np.char.decode(y, "utf-8")
    if y.dtype.kind not in "biufU":
        raise ValueError(f"labels of type {y.dtype} cannot be learned: use numbers or strings")
    if y.dtype.kind == "f" and not np.isfinite(y).all():
        bad = int(np.argmax(~np.isfinite(y.reshape(len(y), -1)).all(axis=1)))
        raise ValueError(f"y is {y[bad]} in row {bad}: leave out or mend such rows")
    return y


def check_lengths(X: np.ndarray, y: Any) -> None:
    """As many labels as examples."""
    y = rows(y)
    if len(X) == len(y):
        return
    cure = ""
    if len(y) in X.shape[1:]:
        cure = "; here every row is one example, so did you mean X.T?"
    elif y.shape == (1, len(X)):
        cure = "; y is one row: write y.reshape(-1)"
    raise ValueError(f"X has {len(X)} examples and y has {len(y)} labels: they must be as many{cure}")


def _one_kind(labels: Iterable[Any]) -> None:
    """Labels are all there, and all text or all numbers: NumPy would make 0 and "0" the same class."""
    kinds: dict[str, int] = {}
    for row, label in enumerate(labels):
        if _missing(label):
            raise ValueError(f"y has no label in row {row}: leave such rows out")
        kinds.setdefault("text" if isinstance(label, str | bytes) else "numbers", row)
    if len(kinds) > 1:
        raise ValueError(
            f"the labels mix text (row {kinds['text']}) and numbers (row {kinds['numbers']}): "
            "is '0' the same class as 0?  Make them one type"
        )


def _missing(label: Any) -> bool:
    lost = type(label).__name__ in ("NoneType", "NAType", "NaTType")
    return lost or (isinstance(label, float | np.floating) and bool(np.isnan(label)))


def _plain(y: np.ndarray) -> np.ndarray:
    """An array of Python objects as one of the type they have."""
    cells = y.ravel().tolist()
    if all(isinstance(label, str | bytes) for label in cells):
        return np.array(cells).reshape(y.shape)
    if all(isinstance(label, Real | np.bool_) or type(label).__name__ == "Decimal" for label in cells):
        whole = all(label == int(label) for label in cells if not isinstance(label, float | np.floating))
        made = np.array([float(label) if isinstance(label, Fraction) else label for label in cells])
        made = made if made.dtype != object else made.astype(np.int64 if whole else np.float64)
        return made.reshape(y.shape)
    odd = next(label for label in cells if not isinstance(label, str | bytes | Real))
    raise ValueError(f"labels of type {type(odd).__name__} cannot be learned: use numbers or strings")


def _as(y: np.ndarray, dtype: str) -> np.ndarray:
    """The numbers in this type, which must be able to hold them."""
    with np.errstate(over="ignore"):
        made = y.astype(dtype)
    if not np.isfinite(made).all():
        raise ValueError(f"y has numbers up to {np.abs(y).max():.3g}, too large for {dtype}: scale them")
    return made


def _flat(y: np.ndarray) -> np.ndarray:
    """Labels of classes, one per example; whole numbers in place of 1.0, 2.0."""
    y = y.reshape(-1)
    if y.dtype.kind != "f":
        return y
    odd = (y != np.floor(y)) | (np.abs(y) > 2.0**53)
    if odd.any():
        row = int(np.argmax(odd))
        raise ValueError(
            f"row {row} has the label {y[row]}: a classifier takes classes (whole numbers or strings), not "
            'measurements; for a regression end the network without an activation and use loss="mse"'
        )
    return y.astype(np.int64)


def _classes(y: np.ndarray, outputs: int) -> tuple[Any, ...]:
    wanted = max(outputs, 2)
    found = tuple(np.unique(y).tolist())
    if y.dtype.kind in "iu" and found[0] >= 0 and found[-1] < wanted:
        return tuple(range(wanted))  # a small batch may lack some
    if y.dtype.kind == "b":
        found = (False, True)
    check_alike(found)
    if len(found) == wanted:
        return found
    if len(found) == 1:
        raise ValueError(f"y has one class only, {found[0]!r}: there is nothing to tell apart")
    has = "one output, which tells two classes apart" if outputs == 1 else f"{outputs} outputs"
    cure = f'end it with Dense({len(found)}, "softmax")'
    if len(found) > 50 and y.dtype.kind in "iu":
        cure += ', or, if these are measurements, without an activation and with loss="mse"'
    raise ValueError(f"y has {len(found)} classes ({said(found)}) but the network has {has}: {cure}")


def check_alike(classes: Iterable[Any]) -> None:
    """Refuse texts that differ in nothing but blanks: "0" and " 0" are one class, written in two ways.

    >>> check_alike(["cat", "dog"])
    """
    bare: dict[str, str] = {}
    for label in (label for label in classes if isinstance(label, str)):
        if (other := bare.setdefault(label.strip(), label)) != label:
            raise ValueError(
                f"y has the classes {other!r} and {label!r}, which differ in blanks only: strip them "
                "([label.strip() for label in y]), or give one another name"
            )


def _of_rows(y: np.ndarray, outputs: int, several: bool) -> Labels:
    if y.ndim != 2 or y.shape[1] != outputs:
        turned = "; here every row is one example, so did you mean y.T?" if y.shape[0] == outputs else ""
        number = f"{outputs} output" + "s" * (outputs > 1)
        raise ValueError(f"y has the shape {y.shape}, but the network has {number}{turned}")
    if y.dtype.kind not in "biuf" or not np.isin(y, (0, 1)).all():
        raise ValueError("rows of labels hold 0 and 1 only, one column for every class")
    if several:
        return Labels("several", outputs, tuple(range(outputs)), 2)
    if not (y.sum(axis=1) == 1).all():
        row = int(np.argmax(y.sum(axis=1) != 1))
        raise ValueError(
            f"row {row} of y is {y[row].tolist()}: here each example has one class, so a row has exactly one 1; "
            "for several at once end the network with sigmoid, and train it on such rows"
        )
    return Labels("classes", outputs, tuple(range(outputs)), 2)


def _of_numbers(y: np.ndarray, outputs: int) -> Labels:
    if y.dtype.kind not in "biuf":
        raise ValueError(
            f"y holds {said(np.unique(y.astype(str)).tolist())}, not numbers: "
            "for classes end the network with softmax or sigmoid"
        )
    width = int(np.prod(y.shape[1:]))
    if width != outputs:
        raise ValueError(
            f"y has {width} numbers per example (shape {y.shape}), but the network answers with {outputs}"
        )
    return Labels("numbers", outputs, (), y.ndim)


def said(classes: Any) -> str:
    """The first few, for a sentence."""
    told = [repr(c) for c in list(classes)[:6]]
    return ", ".join(told) + (", …" if len(classes) > 6 else "")
