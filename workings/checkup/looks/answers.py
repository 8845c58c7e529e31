"""The answers: classes learned as if they were measurements, and names of rows learned as if they were classes."""

from __future__ import annotations

from typing import Any

import numpy as np

from workings.checkup.cures import classifying
from workings.checkup.finding import Evidence, Finding, Tried, several
from workings.checkup.patient import Patient
from workings.checkup.trials import told
from workings.layers import Dense

CLASSES, ROWS_A_CLASS = 10, 10  # at most, at least: more different numbers are taken for measurements
NAMES = 0.5  # of the rows have a label of their own
FEW = 20  # rows tell nothing about that


def answers(p: Patient) -> list[Finding] | str:
    """Labels 0, 1, 2 … under a squared error; nearly as many labels as rows."""
    if p.labels.kind == "numbers":
        k = classes_in(p.raw_y)
        if k and not p.ends_in_shares and p.Y.shape[1] == 1:
            return [_as_measurements(p, k)]
        return f"y holds measurements from {p.raw_y.min():.4g} to {p.raw_y.max():.4g}"
    if names_for_rows(p.raw_y):
        return [_names(p)]
    return f"y has {several(len(p.labels.classes), 'class').replace('classs', 'classes')} for {several(p.m, 'row')}"


def classes_in(y: np.ndarray) -> int:
    """How many classes these numbers look like: 0, 1, 2 … or 1, 2, 3 …, each often; 0 for measurements."""
    if y.dtype.kind not in "biuf" or (y != np.floor(y)).any():
        return 0
    found, counts = np.unique(y, return_counts=True)
    k = len(found)
    runs = found[0] in (0, 1) and (np.diff(found) == 1).all()
    return k if 2 <= k <= CLASSES and runs and counts.min() >= ROWS_A_CLASS else 0


def names_for_rows(y: Any) -> bool:
    """Whether nearly every row has a text of its own."""
    try:
        told = np.asarray(y.to_numpy() if hasattr(y, "to_numpy") else y)
    except (ValueError, TypeError):
        return False
    if told.dtype.kind not in "UO" or told.ndim != 1 or len(told) < FEW:
        return False
    texts = [x for x in told.tolist() if isinstance(x, str)]
    return len(texts) == len(told) and len(set(texts)) > NAMES * len(told)


def _as_measurements(p: Patient, k: int) -> Finding:
    found, counts = np.unique(p.raw_y, return_counts=True)
    rows = tuple((f"{c:g}", int(n)) for c, n in zip(found, counts, strict=True))
    code = f'model = wk.Model([..., wk.Dense({k}, "softmax")])'
    if isinstance(p.last, Dense):
        code = f"model = wk.checkup.classifying(model, {k})"
    return Finding(
        "classes as measurements",
        ("y",),
        Evidence(f"y holds {k} different whole numbers, from {found[0]:g} to {found[-1]:g}", ("y", "rows"), rows),
        "A squared error takes classes for a scale: as if class 3 were three times class 1, and a 2 said for a 3 "
        "half as wrong as a 1.  One output for each class and softmax know no such order.",
        code,
        attempt=(lambda: _tried(p, k)) if isinstance(p.last, Dense) else None,
    )


def _tried(p: Patient, k: int) -> Tried:
    X, y = p.sample
    better = p.trained(classifying(p.model, k))
    plain = p.trained(p.model)
    right = lambda model: (
        float("nan") if model is None else float(np.mean(np.rint(model.predict(X)).ravel() == y.ravel()))
    )
    rows = (
        ("as it is", right(_named(p)), right(plain)),
        ("with the cure", None, right(better)),
    )
    return Tried(told(p) + "; answers rounded to the nearest class", "share right", rows, rows[1][2] > rows[0][2])


def _named(p: Patient) -> Any:
    p.model.labels = p.labels
    return p.model


def _names(p: Patient) -> Finding:
    found, counts = np.unique(p.raw_y.astype(str), return_counts=True)
    rows = tuple((str(c), int(n)) for c, n in list(zip(found, counts, strict=True))[:5])
    return Finding(
        "labels that name rows",
        ("y",),
        Evidence(f"y has {len(found):,} different texts in {p.m:,} rows", ("label", "rows"), rows),
        "Nearly every row has a label of its own: that is a name or a number of the row, not a class that several "
        "rows share, and nothing can be learned from one example of each.",
        "workings train DATA --target COLUMN    # the column that holds the classes",
    )
