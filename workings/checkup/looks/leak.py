"""Leaks: rows that stand among the training rows and the validation rows, and a feature that is the answer."""

from __future__ import annotations

from collections.abc import Sequence
from hashlib import blake2b
from typing import Any

import numpy as np

from workings.checkup.cures import redrawn
from workings.checkup.finding import Evidence, Finding, Tried, several
from workings.checkup.patient import Patient
from workings.checkup.trials import told

SHARED, AT_LEAST = 0.05, 3  # of the validation rows
WITHIN = 0.01  # of the training rows are each other's doubles: more, and doubles are the nature of these data
NEAR = 1e-3  # of the spread of a feature: a row so close is the same row
RARELY = 10  # times rarer than doubles: so rare is it that rows which were not copied agree in half of their cells
FEW = 10  # rows tell nothing
BLOCK = 4096  # rows at a time


def leak(p: Patient) -> list[Finding] | str:
    """Validation rows that were trained on, whole or nearly; features equal to the label."""
    found = _answers_among_features(p)
    told = "no feature is the answer"
    if p.held_out is not None and len(p.raw_X) >= FEW:
        own = keys(p.raw_X, p.raw_X)
        same = doubles(own, keys(p.held_out[0], p.raw_X))
        share = len(same) / len(p.held_out[0])
        few = 1 - len(set(own)) / len(own) < WITHIN
        if len(same) >= AT_LEAST and share > SHARED and (few or not by_chance(p.raw_X, own, len(same))):
            found.append(_shared(p, same, anywhere=not few))
        else:
            said = several(len(same), "validation row")
            told += f", and {said} of {len(p.held_out[0]):,} equal a training row"
            if share > SHARED:
                told += (
                    ", as training rows equal each other: if these are copies, take them out before you part the rows"
                )
    return found or told


def keys(X: np.ndarray, ruler: np.ndarray) -> list[bytes]:
    """A fingerprint of every row.  Numbers are taken in steps of a thousandth of the spread that their feature has in
    `ruler`, so that nearly equal rows have the same; bytes and whole numbers as they are.
    """
    exact = X.dtype.kind in "biu" and X.dtype == ruler.dtype
    some = ruler[:: max(1, len(ruler) // BLOCK)].reshape(-1, X[0].size).astype(float)
    middle, step = some.mean(axis=0), np.where(some.std(axis=0) > 0, some.std(axis=0), 1) * NEAR
    found: list[bytes] = []
    for start in range(0, len(X), BLOCK):
        block = np.asarray(X[start : start + BLOCK]).reshape(-1, X[0].size)
        if not exact:
            block = np.round((block.astype(float) - middle) / step).astype(np.int64)
        found += [blake2b(row.tobytes(), digest_size=16).digest() for row in np.ascontiguousarray(block)]
    return found


def by_chance(X: np.ndarray, own: Sequence[bytes], many: int) -> bool:
    """Whether so many doubles may be the nature of these rows, and no copies.

    Different rows agree in half of their cells far more often than in all of them.  Where they hardly do so in either
    half, rows that are equal throughout were copied.
    """
    cells = np.asarray(X).reshape(len(X), -1)[np.unique(np.array(own), return_index=True)[1]]
    order = np.random.default_rng(0).permutation(cells.shape[1])
    if len(order) < 2 or len(cells) < FEW:
        return True
    share = max(_agree(cells[:, half]) for half in (order[::2], order[1::2]))
    return share * len(X) * (len(X) - 1) / 2 > many / RARELY


def _agree(rows: np.ndarray) -> float:
    """The share of the pairs of rows that are equal.

    >>> _agree(np.array([[1], [1], [2]]))
    0.3333333333333333
    """
    counts = np.unique(rows, axis=0, return_counts=True)[1].astype(float)
    return float((counts * (counts - 1)).sum() / (len(rows) * (len(rows) - 1)))


def doubles(rows: Sequence[bytes], others: Sequence[bytes]) -> list[tuple[int, int]]:
    """Pairs (row, other) of equal rows, one for every other that has any.

    >>> doubles([b"a", b"b"], [b"b", b"c"])
    [(1, 0)]
    """
    place = {row: i for i, row in enumerate(rows)}
    return [(place[row], j) for j, row in enumerate(others) if row in place]


def _shared(p: Patient, same: list[tuple[int, int]], anywhere: bool) -> Finding:
    """Doubles across the two parts; `anywhere`: training rows have doubles too, so they were there before."""
    X, y = p.held_out
    base = p.model.conventions.base
    exact = sum(bool(np.array_equal(np.asarray(p.raw_X[i]), np.asarray(X[j]))) for i, j in same)
    rows = tuple((j + base, i + base, str(y[j]), str(p.raw_y[i])) for i, j in same[:6])
    code = (
        "seen = {row.tobytes() for row in np.asarray(X)}; "
        "keep = [row.tobytes() not in seen for row in np.asarray(X_val)]; X_val, y_val = X_val[keep], y_val[keep]"
    )
    if anywhere:
        code = "first = np.sort(np.unique(X, axis=0, return_index=True)[1]); X, y = X[first], y[first]"
    if anywhere and hasattr(p.X, "duplicated"):
        code = "keep = ~X.duplicated(); X, y = X[keep], y[keep]"
    return Finding(
        "leak",
        tuple(f"validation row {j + base}" for _, j in same[:20]),
        Evidence(
            f"{len(same):,} of {several(len(X), 'validation row')} are training rows too ({exact:,} to the last "
            "digit)",
            ("validation row", "training row", "its answer", "the answer there"),
            rows,
        ),
        "A row that was trained on says nothing about new rows: what looks like skill may be memory.  Take doubles "
        "out before the rows are parted.",
        code,
        attempt=lambda: _judged(p, same),
    )


def _judged(p: Patient, same: list[tuple[int, int]]) -> Tried:
    X, y = p.held_out
    p.model.labels = p.labels
    keep = np.ones(len(X), dtype=bool)
    keep[[j for _, j in same]] = False
    whole = p.cost(p.model, X, y)
    clean = p.cost(p.model, X[keep], y[keep]) if keep.any() else float("nan")
    rows = (("as it is", None, whole), ("with the cure", None, clean))
    return Tried(
        f"the same model on the {int(keep.sum()):,} validation rows that are new", "validation loss", rows, None
    )


def _answers_among_features(p: Patient) -> list[Finding]:
    A = np.asarray(p.A)
    if A.ndim != 2 or A.shape[1] < 2 or len(A) < FEW:
        return []
    target = p.Y[:, 0] if p.Y.shape[1] == 1 else np.argmax(p.Y, axis=1)
    equal = _equal if p.labels.kind == "numbers" else _tells
    if p.Y.shape[1] > 1 and p.labels.kind != "classes":
        return []
    leaking = [j for j in range(A.shape[1]) if equal(A[:, j].astype(float), target.astype(float))]
    of: dict[Any, list[int]] = {}  # features made of one column are one finding
    for j in leaking:
        of.setdefault(p.column(j) or j, []).append(j)
    if len(of) > len({p.column(j) or j for j in range(A.shape[1])}) // 2:
        return []
    return [_feature(p, features, A) for features in of.values()]


def _equal(x: np.ndarray, y: np.ndarray) -> bool:
    """A feature that is the target, in its own units or others: y = a x + b to the last digits."""
    if x.std() == 0 or y.std() == 0 or len(np.unique(y)) < FEW:
        return False
    return 1 - abs(float(np.corrcoef(x, y)[0, 1])) < 1e-10


def _tells(x: np.ndarray, y: np.ndarray) -> bool:
    """A feature with one value for every class, and another for every other."""
    values = np.unique(x)
    return len(values) == len(np.unique(y)) > 1 and all(len(np.unique(y[x == v])) == 1 for v in values)


def _feature(p: Patient, features: list[int], A: np.ndarray) -> Finding:
    j, base, column = features[0], p.model.conventions.base, p.column(features[0])
    name = f"feature {j + base}" + (f", of the column {column!r}," if column else "")
    code = f"X = np.delete(X, {j}, axis=1)"
    if column:
        frame = hasattr(p.X, "drop")
        code = f"X = X.drop(columns={column!r})" if frame else f"X = {{k: X[k] for k in X if k != {column!r}}}"
    rows = tuple((i + base, float(A[i, j]), str(p.sample[1][i])) for i in range(5))
    return Finding(
        "leak",
        tuple(p.cells("X", i) for i in features),
        Evidence(
            f"{name} tells the answer of every one of {several(len(A), 'row')}",
            ("row", p.cells("X", j), "y"),
            rows,
        ),
        "A feature that is the answer in another form will be missing, or made up, when new rows come; until then "
        "the network learns that one and nothing else.",
        code,
        attempt=lambda: _without(p, features),
    )


def _without(p: Patient, features: list[int]) -> Tried:
    X, y = p.sample
    fresh = redrawn(p.model)
    fresh.labels = p.labels
    blank = np.array(X, dtype=float)
    blank[:, features] = 0
    rows = (
        ("as it is", p.cost(fresh), p.cost(p.trained(fresh))),
        ("with the cure", p.cost(fresh, blank, y), p.cost(p.trained(fresh, blank, y), blank, y)),
    )
    return Tried("from fresh weights, the feature set to 0; " + told(p), "loss", rows, None)
