"""Backward: wrong dZ, dW, db and dA_prev of one layer."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np

from workings.exercises.code import reference as r
from workings.exercises.code.faults.rows import Suspect, tried
from workings.exercises.code.reference import Case, Plan

SLOPES = {"sigmoid": "A (1 - A)", "relu": "the mask Z > 0", "tanh": "1 - A²"}


def slopes(name: str, dA: Any, Z: Any) -> list[tuple[str, str, Any]]:
    """Wrong dZ, by the wrong slope."""
    A = r.activated(name, Z)
    left_out = "mask left out" if name == "relu" else "missing derivative"
    rows = [(left_out, f"{SLOPES[name]} is left out: dZ was taken as dA", dA)]
    table = {
        "sigmoid": [
            ("missing term", "the factor A is missing: dA * (1 - A)", dA * (1 - A)),
            ("missing term", "the factor (1 - A) is missing: dA * A", dA * A),
            ("missing term", "dA is missing: that is the slope alone", A * (1 - A)),
            ("wrong cache", "Z (1 - Z) was worked out: A belongs there, not Z", dA * Z * (1 - Z)),
            (
                "wrong cache",
                "the sigmoid was taken of A once more",
                dA * r.activated(name, A) * (1 - r.activated(name, A)),
            ),
            ("sign", "A (1 + A) stands where A (1 - A) belongs", dA * A * (1 + A)),
            ("wrong function", "1 - A² is the slope of tanh", dA * (1 - A**2)),
            ("mask left out", "that is the mask of relu", dA * (Z > 0)),
            ("missing term", "A itself was taken as dZ", A),
        ],
        "relu": [
            ("wrong cache", "the mask is taken from dA: Z belongs there", dA * (dA > 0)),
            ("sign", "the mask is the wrong way round: Z < 0", dA * (Z < 0)),
            ("missing term", "dA is missing: that is the mask alone", (Z > 0) * 1.0),
            ("missing term", "dA is missing: that is relu(Z)", np.maximum(Z, 0)),
            ("wrong function", "dA * relu(Z): the slope of relu is 1, not Z", dA * np.maximum(Z, 0)),
            ("wrong function", "dA * Z: the slope of relu is 1 where Z > 0, else 0", dA * Z),
            ("wrong function", "relu itself was taken of dA", np.maximum(dA, 0)),
            ("wrong function", "1 where Z is not positive; 0 belongs there", np.where(Z > 0, dA, 1)),
            ("wrong function", "that is the slope of the sigmoid", r.sloped("sigmoid", dA, Z)),
        ],
        "tanh": [
            ("missing term", "1 - A stands where 1 - A² belongs", dA * (1 - A)),
            ("missing term", "dA is missing: that is the slope alone", 1 - A**2),
            ("wrong cache", "1 - Z² was worked out: A belongs there, not Z", dA * (1 - Z**2)),
            ("wrong function", "A (1 - A) is the slope of the sigmoid", dA * A * (1 - A)),
        ],
    }
    return rows + table[name]


def _back(dZ: Any, A: Any, W: Any, b: Any, Z: Any, act: Any = None) -> Iterator[Suspect]:
    """Wrong dW, db, dA_prev of one layer."""
    m, right = dZ.shape[-1], r.linear_back(dZ, A, W, b)
    row = lambda name, fault, said, f: (fault, f"{said}", lambda: right | {name: f()})
    rows = [
        row("db", "wrong axis", "the sum runs over the units (axis=0); it runs over the examples (axis=1)", f)
        for f in (
            lambda: dZ.sum(axis=0, keepdims=True) / m,
            lambda: dZ.sum(axis=0) / m,
            lambda: dZ.mean(axis=0, keepdims=True),
            lambda: dZ.mean(axis=0),
        )
    ]
    rows += [
        row("db", "wrong axis", "all of dZ is summed to one number; sum along axis=1", f)
        for f in (
            lambda: np.array(dZ.sum() / m),
            lambda: np.array(dZ.sum()),
            lambda: np.array([[dZ.sum() / m]]),
            lambda: np.array([[dZ.sum()]]),
            lambda: np.array(dZ.mean()),
        )
    ]
    rows += [
        row("db", "missing term", "dZ was not summed over the examples", lambda: dZ),
        row("db", "missing term", "dZ was not summed over the examples", lambda: dZ / m),
        row("db", "missing term", "only the first example was taken", lambda: dZ[:, :1]),
        row("dW", "wrong product", "dZ * A_prev multiplies cell by cell", lambda: dZ * A / m),
        row("dW", "transposed", "A_prev was not transposed: dZ @ A_prev", lambda: dZ @ A / m),
        row("dW", "transposed", "dZ was transposed and A_prev not: dZ.T @ A_prev", lambda: dZ.T @ A / m),
        row("dW", "wrong cache", "W was taken where A_prev belongs", lambda: dZ @ W.T / m),
        row("dW", "wrong cache", "W was taken where A_prev belongs", lambda: dZ @ W / m),
        row("dW", "wrong cache", "Z was taken where A_prev belongs", lambda: dZ @ Z.T / m),
        row("dW", "wrong cache", "Z was taken where dZ belongs", lambda: Z @ A.T / m),
        row("dA_prev", "transposed", "W was not transposed: W @ dZ", lambda: W @ dZ),
        row("dA_prev", "transposed", "the factors changed places: dZ @ W", lambda: dZ @ W),
        row("dA_prev", "transposed", "dZ was transposed: W.T @ dZ.T", lambda: W.T @ dZ.T),
        row("dA_prev", "transposed", "dZ.T @ W was worked out where W.T @ dZ belongs", lambda: dZ.T @ W),
        row("dA_prev", "wrong product", "W.T * dZ multiplies cell by cell", lambda: W.T * dZ),
        row("dA_prev", "wrong cache", "A_prev was taken where W belongs", lambda: A.T @ dZ),
        row("dA_prev", "wrong cache", "A_prev was taken where W belongs", lambda: A @ dZ),
        row("dA_prev", "wrong cache", "Z was taken where dZ belongs", lambda: W.T @ Z),
        row("dA_prev", "wrong cache", "dW was taken where W belongs", lambda: right["dW"].T @ dZ),
        row("dA_prev", "missing term", "W.T was left out: dZ itself", lambda: dZ),
    ]
    yield from tried(rows)
    for alpha in (0.1, 0.01, 0.05, 0.5, 1.0, 0.001, 0.0075, 0.005, 0.3, 0.2):
        said = f"it was worked out with a W that a step of {alpha} had updated already"
        yield "updated weights", said, right | {"dA_prev": (W - alpha * right["dW"]).T @ dZ}


def linear_backward(c: Case, _: Plan) -> Iterator[Suspect]:
    return _back(c["dZ"], c["A_prev"], c["W"], c["b"], r.linear(c["A_prev"], c["W"], c["b"]))


def linear_activation_backward(c: Case, _: Plan) -> Iterator[Suspect]:
    A, W, b = c["A_prev"], c["W"], c["b"]
    Z = r.linear(A, W, b)
    for fault, said, dZ in slopes(c["activation"], c["dA"], Z):
        yield fault, said, r.linear_back(dZ, A, W, b)
    dZ = r.sloped(c["activation"], c["dA"], Z)
    yield from _back(dZ, A, W, b, Z)
    unmasked = r.linear_back(c["dA"], A, W, b)
    for name in unmasked:
        said = f"{name} was worked out with dA; dZ belongs there"
        yield "missing derivative", said, r.linear_back(dZ, A, W, b) | {name: unmasked[name]}
