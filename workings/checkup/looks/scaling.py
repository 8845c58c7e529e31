"""The scale of the features: networks start from weights made for numbers of about 1.

dW = dZ Aᵀ / m          a feature a thousand times as large has a gradient a thousand times as large
"""

from __future__ import annotations

import numpy as np

from workings.checkup.finding import Evidence, Finding, several
from workings.checkup.patient import Patient
from workings.checkup.trials import compared_on
from workings.inputs import first_kind

LARGE = 20.0  # typical size of a feature
APART = 1000.0  # largest against smallest
SOME = 3.0
TINY = 1e-4
PIXELS = 16  # features, at least, to be taken for a picture
COLUMN = "(X - X.mean(axis=0)) / (X.std(axis=0) + (X.std(axis=0) == 0))"


def scaling(p: Patient) -> list[Finding] | str:
    """Features that are far from 1, or far from each other; pixels that were not divided by 255."""
    if first_kind(p.model.network) == "words":
        return ""
    if p.A.dtype == np.uint8:
        return "pixels are bytes, read as shares of 255"
    size = sizes(p.A)
    moving = size[size > 0]
    if not len(moving):
        return ""
    if _pixels(p):
        return [_undivided(p)]
    largest, least = float(moving.max()), float(moving.min())
    if largest > LARGE or largest < TINY or (largest > SOME and largest > APART * least):
        return [_finding(p, size, largest, least)]
    return f"{several(len(size), 'feature')} of typical size {least:.2g} to {largest:.2g}"


def sizes(A: np.ndarray) -> np.ndarray:
    """The root of the mean square of every feature (of a picture: every channel)."""
    A = np.moveaxis(A.astype(float), 1, 0)
    return np.sqrt(np.mean(np.square(A.reshape(len(A), -1)), axis=1))


def standardized(p: Patient) -> tuple[np.ndarray, str]:
    """The rows looked at, every feature with mean 0 and spread 1, and the line that does it."""
    X = np.asarray(p.sample[0], dtype=float)
    if X.ndim == 2:
        return (X - X.mean(axis=0)) / (X.std(axis=0) + (X.std(axis=0) == 0)), f"X = {COLUMN}"
    return (X - X.mean()) / X.std(), "X = (X - X.mean()) / X.std()"


def _pixels(p: Patient) -> bool:
    A = p.A
    whole = bool((A == np.floor(A)).all()) and A.min() >= 0
    return whole and 100 < A.max() <= 255 and A[0].size >= PIXELS


def _undivided(p: Patient) -> Finding:
    return Finding(
        "scale of the features",
        ("X",),
        Evidence(
            f"X holds whole numbers from 0 to {p.A.max():g}, {several(p.A[0].size, 'number')} in a row: pixels, not "
            "divided by 255"
        ),
        "Weights start small enough for features of about 1; with features a hundred times as large every Z is a "
        "hundred times too far out, and so is every step.  (Bytes, uint8, are divided by themselves.)",
        "X = X / 255",
        attempt=lambda: compared_on(p, np.asarray(p.sample[0], dtype=float) / 255),
    )


def _finding(p: Patient, size: np.ndarray, largest: float, least: float) -> Finding:
    order = np.argsort(-size)
    shown = [*order[:3], *order[3:][-3:]]
    base = p.model.conventions.base
    A = np.moveaxis(p.A.astype(float), 1, 0).reshape(len(size), -1)
    rows = tuple(
        (p.cells("X", int(i)), float(A[i].mean()), float(A[i].std()), float(size[i])) for i in dict.fromkeys(shown)
    )
    X, code = standardized(p)
    spread = f", {largest / least:,.0f} times feature {int(np.argmin(np.where(size > 0, size, np.inf))) + base}'s"
    return Finding(
        "scale of the features",
        tuple(p.cells("X", int(i)) for i in np.flatnonzero((size > LARGE) | (size < TINY) | (size == largest))),
        Evidence(
            f"feature {int(order[0]) + base} has the typical size {largest:.3g}" + (spread if len(size) > 1 else ""),
            ("feature", "mean", "spread", "typical size"),
            rows,
        ),
        "dW = dZ A' / m: the gradient of a weight is as large as the feature it reads.  One learning rate is then "
        "too long for the large features or too short for the small; and Z is far out, where activations are flat."
        if largest >= TINY
        else "dW = dZ A' / m: with so small features every gradient is small, and the weights hardly move.",
        code,
        attempt=lambda: compared_on(p, X),
    )
