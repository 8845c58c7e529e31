"""What was handed in: data that cannot be read, and shapes that NumPy would stretch without a word.

(m,) - (m, 1)  →  (m, m)          every prediction against every answer, and no error
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import Any, NamedTuple

import numpy as np

from workings.checkup.cures import classifying
from workings.checkup.finding import Evidence, Finding, Tried
from workings.checkup.looks.answers import names_for_rows
from workings.checkup.patient import Patient
from workings.checkup.trials import told


class Turn(NamedTuple):
    """A line of Python that might make the data readable, and the data after it."""

    code: str
    X: Any
    y: Any


def handed(p: Patient) -> list[Finding] | str:
    """Data that the model refuses, with the line that mends them; a column of answers that would be stretched."""
    if p.refused:
        return [_unread(p)]
    if p.validation_refused:
        return [_unread_validation(p)]
    stretched = _stretched(p)
    return [stretched] if stretched else f"X {shape(p.X)} and y {shape(p.y)} fit the network"


def shape(x: Any) -> str:
    """The shape of what was handed in; its length where it is no table."""
    try:
        return str(np.shape(x))
    except ValueError:
        return f"of {len(x)} rows that differ in length"


def _unread(p: Patient) -> Finding:
    kind, why = _told(p)
    turn = next((t for t in _turns(p.X, p.y) if not _refusal(p, t.X, t.y)), None)
    rows = [("X", shape(p.X), _dtype(p.X)), ("y", shape(p.y), _dtype(p.y))]
    if p.model.shape is not None:
        rows.append(("the network reads", str(("m", *p.model.shape)).replace("'", ""), p.model.dtype))
    cure, attempt = turn.code if turn else "", (lambda: _read(p, turn)) if turn else None
    if found := re.match(r"y has (\d+) classes .* but the network has", p.refused):
        k = int(found[1])
        kind, cure = "too few outputs", f"model = wk.checkup.classifying(model, {k})"
        attempt = lambda: _classified(p, k)
        why = f"A network that tells {k} classes apart has an output for each of them, and softmax."
    if kind == "float classes" and not cure:
        cure = "model = wk.Model([..., wk.Dense(1)])    # a regression: no activation at the end"
    if not cure and p.model.shape is not None:
        wanted = ", ".join(["m", *map(str, p.model.shape)])
        cure = f"# hand in X of the shape ({wanted}), and one answer for every row of it"
    return Finding(
        kind,
        ("y",) if re.match(r"(row \d+ (of y|has the label)|y |the labels|labels)", p.refused) else ("X",),
        Evidence(p.refused, ("array", "shape", "type"), tuple(rows)),
        why,
        cure,
        attempt=attempt,
    )


def _told(p: Patient) -> tuple[str, str]:
    """What kind of trouble this is, and why it is one."""
    y = _array(p.y)
    if y is not None and y.ndim == 3 and np.isin(y, (0, 1)).all():
        return "one-hot twice", (
            "Each answer is already a row of 0 and 1, and was turned into such rows again: every 0 and every 1 "
            "became a class of its own."
        )
    if names_for_rows(p.y):
        return "labels that name rows", (
            "Nearly every row has a label of its own: that is a name or a number of the row, not a class that "
            "several rows share, and nothing can be learned from one example of each."
        )
    if "measurements" in p.refused:
        return "float classes", (
            "A classifier has one output for each class; numbers with a fraction are measurements, of which there is "
            "no list.  Either they are meant as classes and were rounded badly, or this is a regression."
        )
    return "data that cannot be read", (
        "In Workings every row of X is one example and every column one feature, all of them numbers, and y has one "
        "answer for every row."
    )


def _turns(X: Any, y: Any) -> Iterator[Turn]:
    """What may have been meant, the likeliest first."""
    A, b = _array(X), _array(y)
    if A is None or b is None or not A.size or not b.size or A.ndim == 0 or b.ndim == 0:
        return
    if b.ndim == 3:
        yield Turn("y = np.asarray(y).argmax(axis=-1)", X, b.argmax(axis=-1))
        yield Turn("y = np.asarray(y).argmax(axis=-1).argmax(axis=-1)", X, b.argmax(axis=-1).argmax(axis=-1))
    for code, turned in _ys(b):
        yield Turn(code, X, turned)
    if A.ndim == 1:
        yield Turn("X = np.asarray(X).reshape(-1, 1)", A.reshape(-1, 1), y)
        yield Turn("X = np.asarray(X).reshape(1, -1)", A.reshape(1, -1), y)
    if A.ndim == 2:
        yield Turn("X = X.T", A.T, y)
        yield Turn("X, y = X.T, np.asarray(y).reshape(-1)", A.T, b.reshape(-1))
        yield Turn("X, y = X.T, y.T", A.T, b.T)
    if A.ndim > 2:
        yield Turn("X = X.reshape(len(X), -1)", A.reshape(len(A), -1), y)
    if A.dtype.kind == "f" and len(A) == len(b) and not np.isfinite(A).all():
        keep = np.isfinite(A.reshape(len(A), -1)).all(axis=1)
        if keep.any():
            code = "keep = np.isfinite(X.reshape(len(X), -1)).all(axis=1); X, y = X[keep], y[keep]"
            yield Turn(code, A[keep], b[keep])


def _ys(y: np.ndarray) -> Iterator[tuple[str, np.ndarray]]:
    if y.ndim == 2 and 1 in y.shape:
        yield "y = np.asarray(y).reshape(-1)", y.reshape(-1)
    if y.ndim == 2:
        yield "y = y.T", y.T
        yield "y = np.argmax(y, axis=1)", np.argmax(y, axis=1)
    if y.dtype.kind == "f" and np.isfinite(y).all() and np.abs(y - np.round(y)).max() < 1e-3:
        yield "y = np.round(y).astype(int)", np.round(y).astype(int)


def _refusal(p: Patient, X: Any, y: Any) -> str:
    try:
        p.model._reader.examples_and_targets(X, y, learning=True)
    except (ValueError, TypeError, IndexError) as error:
        return str(error)
    return ""


def _read(p: Patient, turn: Turn) -> Tried:
    rows = (("as it is", 0, 0), ("with the cure", 0, len(turn.X)))
    how = f"X {shape(turn.X)} and y {shape(turn.y)} were handed in again"
    return Tried(how, "rows read", rows, not _refusal(p, turn.X, turn.y))


def _classified(p: Patient, k: int) -> Tried | None:
    """The share of right answers of a network with k outputs, before and after a short training."""
    try:
        cured = Patient(classifying(p.model, k), p.X, p.y, None, p.habits)
    except ValueError:  # the network ends in no dense layer
        return None
    if cured.refused:
        return None
    cured.model.labels = cured.labels
    right = lambda model: cured.cost(model, what="accuracy")
    rows = (("with the cure", right(cured.model), right(cured.trained(cured.model))),)
    return Tried(told(cured), "share right", rows, rows[0][2] > rows[0][1])


def _unread_validation(p: Patient) -> Finding:
    return Finding(
        "data that cannot be read",
        ("validation",),
        Evidence(p.validation_refused),
        "The validation rows come through the same door as the training rows: as many features, in the same order, "
        "and no class that training lacks.",
        "model.checkup(X, y, validation=0.2)",
    )


def _stretched(p: Patient) -> Finding | None:
    """y (m, 1) beside predictions (m,): every line of one's own that compares them makes (m, m)."""
    y = _array(p.y)
    if y is None or y.ndim != 2 or y.shape[1] != 1 or len(y) < 2 or p.labels.rank != 1:
        return None
    some = min(5, len(y))
    sign = "==" if p.labels.kind != "numbers" else "-"
    compare: Callable[..., np.ndarray] = np.equal if sign == "==" else np.subtract
    p.model.labels = p.labels
    said = np.asarray(p.model.predict(p.sample[0][:some]))
    answers = p.sample[1][:some].astype(said.dtype) if said.dtype.kind == "U" else p.sample[1][:some]
    made, meant = compare(said, answers), compare(said, answers.reshape(-1))
    expression = f"model.predict(X[:{some}]) {sign} y[:{some}]"
    return Finding(
        "silently stretched shapes",
        ("y",),
        Evidence(
            f"y is {y.shape} and predictions are {(len(y),)}: {expression} is {made.shape}",
            ("expression", "shape", "mean"),
            (
                (expression, str(made.shape), float(np.mean(made))),
                (f"{expression.replace('y[', 'y.ravel()[')}", str(meant.shape), float(np.mean(meant))),
            ),
        ),
        "NumPy stretches (m,) against (m, 1) to a table of every prediction with every answer, without a word; its "
        "mean is no accuracy and no error.  The model reads both shapes; lines of one's own do not.",
        "y = np.asarray(y).ravel()",
        attempt=lambda: Tried(
            expression, "cells", (("as it is", None, made.size), ("with the cure", None, meant.size)), True
        ),
    )


def _array(x: Any) -> np.ndarray | None:
    try:
        A = np.asarray(x.to_numpy() if hasattr(x, "to_numpy") else x)
    except (ValueError, TypeError):
        return None
    return A if A.dtype.kind in "biufU" else None


def _dtype(x: Any) -> str:
    A = _array(x)
    return str(A.dtype) if A is not None else type(x).__name__
