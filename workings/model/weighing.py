"""Weighing: how much each example counts, as a user says it: by the row (`sample_weight`) or by its class."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from workings.labels import Labels, said


def weights_of_rows(sample_weight: Any, m: int) -> np.ndarray | None:
    """(m,): a number, 0 or more, for each of m rows.  Raises ValueError with the place where it is none.

    >>> weights_of_rows([1, 2.5, 0], 3)
    array([1. , 2.5, 0. ])
    """
    if sample_weight is None:
        return None
    if hasattr(sample_weight, "to_numpy"):
        sample_weight = sample_weight.to_numpy()
    if isinstance(sample_weight, np.ma.MaskedArray) and np.ma.getmaskarray(sample_weight).any():
        raise ValueError("sample_weight is masked in places: leave such rows out, or write 0")
    try:
        w = np.asarray(sample_weight)
        w = w if w.dtype.kind in "biuf" else np.asarray(sample_weight, object)
        if w.dtype == object and any(isinstance(cell, str | bytes | complex) for cell in w.flat):
            raise ValueError("text and complex numbers are none")
        w = w.astype(np.float64)
    except Exception as error:  # whatever an __array__ of somebody's own raises
        raise ValueError(f"sample_weight is one number for each row of X: {error}") from None
    if w.shape != (m,):
        raise ValueError(f"sample_weight has the shape {w.shape}, and X has {m} rows: it needs one number for each")
    if (bad := ~(np.isfinite(w) & (w >= 0))).any():
        row = int(np.argmax(bad))
        raise ValueError(f"sample_weight is {w[row]} in row {row}: a weight is a number, 0 or more")
    if not w.any():
        raise ValueError("every weight is zero in sample_weight: there is nothing to learn from")
    return w


def weights_of_labels(class_weight: Any, labels: Labels, Y: np.ndarray) -> np.ndarray | None:
    """(m,): the weight of the class of each row of Y, as encoded by `labels`."""
    if class_weight is None:
        return None
    if labels.kind != "classes":
        what = "numbers" if labels.kind == "numbers" else "rows of several answers"
        raise ValueError(f"class_weight is for classes, and here y holds {what}: use sample_weight")
    place = Y[:, 0].astype(int) if labels.outputs == 1 else np.argmax(Y, axis=1)
    return weights_of_classes(class_weight, labels.classes, place)


def weights_of_classes(class_weight: Any, classes: tuple[Any, ...], place: np.ndarray) -> np.ndarray:
    """(m,): the weight of each row, whose class is `classes[place]`.

    `class_weight` is a weight for each label that shall not count 1, or "balanced": m / (k · rows of the class).
    """
    if isinstance(class_weight, str) and class_weight == "balanced":
        counts = np.bincount(place, minlength=len(classes))
        return (len(place) / ((counts > 0).sum() * np.maximum(counts, 1)))[place]
    if not isinstance(class_weight, Mapping):
        raise ValueError(f'class_weight is "balanced" or {{label: weight}}, not {class_weight!r}')
    if strange := [label for label in class_weight if label not in classes]:
        raise ValueError(f"class_weight names {strange[0]!r}; the classes are {said(classes)}")
    each = [class_weight.get(label, 1) for label in classes]
    for label, w in zip(classes, each, strict=True):
        if isinstance(w, bool) or not isinstance(w, int | float | np.number) or not 0 <= w < np.inf:
            raise ValueError(f"class_weight of {label!r} is {w!r}: a weight is a number, 0 or more")
    found = np.asarray(each, np.float64)[place]
    if not found.any():
        raise ValueError("class_weight is 0 for every row: there is nothing to learn from")
    return found


def with_mean_one(w: np.ndarray | None) -> np.ndarray | None:
    """Weights as the backends take them: scaled to the mean 1, of which only the proportions matter."""
    return None if w is None else w / np.max(w) / np.mean(w / np.max(w))
