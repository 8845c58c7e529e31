"""Forward: wrong Z and A of one layer."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import numpy as np

from workings.exercises.code import reference as r
from workings.exercises.code.faults.rows import Made, Suspect, named
from workings.exercises.code.reference import Case, Plan


def _linear(A: Any, W: Any, b: Any) -> Made:
    """Wrong Z."""
    return [
        ("missing term", "the bias b was left out", lambda: W @ A),
        ("sign", "the bias b was subtracted where it is added", lambda: W @ A - b),
        ("transposed", "W was transposed: W.T @ A_prev", lambda: W.T @ A + b),
        ("transposed", "the factors changed places: A_prev @ W", lambda: A @ W + b),
        ("transposed", "A_prev was transposed: W @ A_prev.T", lambda: W @ A.T + b),
        ("transposed", "both were transposed: A_prev.T @ W.T", lambda: A.T @ W.T + b),
        ("transposed", "A_prev.T @ W was worked out where W @ A_prev belongs", lambda: A.T @ W + b),
        ("transposed", "the bias b was transposed", lambda: W @ A + b.T),
        (
            "wrong product",
            "W * A_prev multiplies cell by cell; @ (np.dot) is the product of matrices",
            lambda: W * A + b,
        ),
        ("missing term", "W was left out", lambda: A + b),
        ("wrong axis", "b was summed to one number", lambda: W @ A + b.sum()),
        ("wrong bracket", "W @ (A_prev + b): the bias belongs after the product", lambda: W @ (A + b)),
    ]


def linear_forward(c: Case, _: Plan) -> Iterator[Suspect]:
    made = _linear(c["A_prev"], c["W"], c["b"])
    return named("Z", made)


def _activations(name: str, Z: Any) -> Made:
    """Wrong A."""
    e = np.exp
    rows: dict[str, Made] = {
        "sigmoid": [
            ("sign", "the minus in exp(-Z) is missing", lambda: 1 / (1 + e(Z))),
            ("sign", "1 - exp(-Z) stands where 1 + exp(-Z) belongs", lambda: 1 / (1 - e(-Z))),
            ("missing term", "the 1 + in the denominator is missing", lambda: 1 / e(-Z)),
            ("missing term", "1 / was left out", lambda: 1 + e(-Z)),
            ("missing term", "that is exp(-Z) alone", lambda: e(-Z)),
            ("missing derivative", "that is the slope A (1 - A), not A", lambda: e(-Z) / (1 + e(-Z)) ** 2),
            ("wrong bracket", "1 / 1 + exp(-Z) needs brackets: 1 / (1 + exp(-Z))", lambda: 1 + e(-Z)),
        ],
        "relu": [
            ("sign", "the smaller of Z and 0 was taken, not the larger", lambda: np.minimum(Z, 0)),
            ("wrong function", "that is the absolute value", lambda: np.abs(Z)),
            (
                "wrong function",
                "that is the mask Z > 0 (its slope), not Z where it is positive",
                lambda: (Z > 0) * 1.0,
            ),
            ("wrong function", "1 was taken for 0: max(1, Z)", lambda: np.maximum(1, Z)),
            ("wrong function", "that is a leaky ReLU", lambda: np.where(Z > 0, Z, 0.01 * Z)),
            (
                "wrong axis",
                "np.max gives one number; np.maximum works cell by cell",
                lambda: np.array(max(0, Z.max())),
            ),
        ],
        "tanh": [("missing derivative", "that is the slope 1 - A², not A", lambda: 1 - np.tanh(Z) ** 2)],
    }
    out = rows.get(name, [])
    others = [a for a in ("sigmoid", "relu", "tanh") if a != name]
    out += [("wrong function", f"that is {a}", lambda a=a: r.activated(a, Z)) for a in others]
    return [*out, ("missing term", f"the activation ({name}) was left out: A = Z", lambda: Z)]


def activation(name: str) -> Callable[[Case, Plan], Iterator[Suspect]]:
    return lambda c, _: named("A", _activations(name, c["Z"]))


def linear_activation_forward(c: Case, _: Plan) -> Iterator[Suspect]:
    act = c["activation"]
    rows = [(f, s, lambda g=g: r.activated(act, g())) for f, s, g in _linear(c["A_prev"], c["W"], c["b"])]
    rows += _activations(act, r.linear(c["A_prev"], c["W"], c["b"]))
    return named("A", rows)
