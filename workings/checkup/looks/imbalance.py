"""Imbalance: where nearly all rows are of one class, saying always that class is nearly always right.

accuracy of the constant answer = share of the largest class        balanced accuracy = mean of the classes' recalls
"""

from __future__ import annotations

import numpy as np

from workings.checkup.cures import redrawn
from workings.checkup.finding import Evidence, Finding, Tried
from workings.checkup.patient import Patient
from workings.checkup.trials import told

MAJORITY = 0.8  # of the rows
MISSED = 0.5  # of a rarer class that is recognized: less is too little


def imbalance(p: Patient) -> list[Finding] | str:
    """One class with most of the rows, and another that the model misses."""
    if not p.classifies:
        return ""
    place = places(p.Y)
    counts = np.bincount(place, minlength=max(2, p.Y.shape[1]))
    share = counts.max() / counts.sum()
    name = str(p.labels.classes[int(counts.argmax())])
    found = recalls(p, p.model, p.sample[0], place)
    line = f"the largest class, {name!r}, has {share:.1%} of the rows"
    if share < MAJORITY or len(found) < 2 or min(found.values()) >= MISSED:
        return line
    return [_finding(p, place, counts, float(share), name, found)]


def places(Y: np.ndarray) -> np.ndarray:
    """Which class each row of targets is."""
    return (Y[:, 0] > 0.5).astype(int) if Y.shape[1] == 1 else np.argmax(Y, axis=1)


def recalls(p: Patient, model: object, X: np.ndarray, place: np.ndarray) -> dict[int, float]:
    """Of every class that is there, the share of its rows that are recognized."""
    A = model.outputs(X)  # type: ignore[attr-defined]
    said = (A[:, 0] > 0.5).astype(int) if A.shape[1] == 1 else np.argmax(A, axis=1)
    return {int(c): float(np.mean(said[place == c] == c)) for c in np.unique(place)}


def _finding(
    p: Patient, place: np.ndarray, counts: np.ndarray, share: float, name: str, found: dict[int, float]
) -> Finding:
    right = sum(recall * counts[c] for c, recall in found.items()) / counts.sum()
    rows = tuple((str(p.labels.classes[c]), int(counts[c]), found[c]) for c in found)
    return Finding(
        "class imbalance",
        ("y",),
        Evidence(
            f"accuracy {right:.1%}; saying {name!r} to every row is right in {share:.1%}; the mean over the classes "
            f"is {np.mean(list(found.values())):.1%}",
            ("class", "rows", "recognized"),
            rows,
        ),
        "J is a mean over rows: a class with few rows hardly counts in it, and is not learned.  Judge such a model "
        "by the share recognized of each class, and let the rare rows count as much as the common ones.",
        'model.fit(X, y, class_weight="balanced")',
        attempt=lambda: _tried(p, place),
    )


def _tried(p: Patient, place: np.ndarray) -> Tried:
    X, _ = p.sample
    mean = lambda model: float("nan") if model is None else float(np.mean(list(recalls(p, model, X, place).values())))
    fresh = redrawn(p.model)
    fresh.labels = p.labels
    rows = (
        ("as it is", mean(fresh), mean(p.trained(fresh))),
        ("with the cure", mean(fresh), mean(p.trained(fresh, class_weight="balanced"))),
    )
    return Tried("from fresh weights, " + told(p), "mean share recognized", rows, rows[1][2] > rows[0][2] + 0.05)
