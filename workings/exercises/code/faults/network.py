"""Network: wrong passes through all layers, wrong predictions and a wrong cost."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import numpy as np

from workings.exercises.code import reference as r
from workings.exercises.code.faults.rows import Suspect
from workings.exercises.code.reference import Arrays, Case, Plan


def cost(c: Case, plan: Plan) -> Iterator[Suspect]:
    A, Y, m, log = c["AL"], c["Y"], c["m"], np.log
    rows = [
        (
            "missing term",
            "the part of the examples with Y = 0 is missing: (1 - Y) log(1 - A)",
            -(Y * log(A)).sum() / m,
        ),
        (
            "missing term",
            "the part of the examples with Y = 1 is missing: Y log A",
            -((1 - Y) * log(1 - A)).sum() / m,
        ),
        ("sign", "the two parts are subtracted from each other", -(Y * log(A) - (1 - Y) * log(1 - A)).sum() / m),
        ("missing term", "the logarithm is missing", -(Y * A + (1 - Y) * (1 - A)).sum() / m),
        ("swapped", "Y and 1 - Y changed places", -((1 - Y) * log(A) + Y * log(1 - A)).sum() / m),
        ("missing term", "(1 - Y) is missing before log(1 - A)", -(Y * log(A) + log(1 - A)).sum() / m),
        ("missing term", "Y is missing before log A", -(log(A) + (1 - Y) * log(1 - A)).sum() / m),
        ("missing term", "the square is missing", (A - Y).sum() / m),
        ("missing term", "the square is missing", np.abs(A - Y).sum() / m),
        ("missing term", "1 - A is missing inside the second logarithm", -(Y * log(A) + (1 - Y) * log(A)).sum() / m),
        ("factor", "it is the mean over examples and outputs; J is the sum over outputs", -(Y * log(A)).mean()),
    ]
    for fault, said, J in rows:
        yield fault, said, {"J": np.array(J)}
        if m > 1:
            yield fault, f"{said}; and it is not divided by m", {"J": np.array(J * m)}
    L = -Y * log(A) - (0 if len(Y) > 1 else (1 - Y) * log(1 - A))
    yield "missing term", "the losses of the examples are not added up", {"J": L}
    yield "missing term", "the losses of the examples are not added up", {"J": L / m}
    yield "wrong axis", "only the first example was taken", {"J": np.array(L[:, 0].sum())}


def forward(c: Case, plan: Plan) -> Iterator[Suspect]:
    X, p = c["X"], c["parameters"]
    yield from networks(X, p, plan)
    L = r.depth(p)
    for layer in range(1, L + 1):
        less = p | {f"b{layer}": 0 * p[f"b{layer}"]}
        yield "missing term", f"the bias b{layer} was left out", r.forward(X, less, plan)
    yield "missing term", "the biases were left out", r.forward(X, {k: v * (k[0] == "W") for k, v in p.items()}, plan)


def networks(X: Any, p: Arrays, plan: Plan) -> Iterator[Suspect]:
    """Wrong forward passes: an activation left out, or a layer."""
    L, right = r.depth(p), r.forward(X, p, plan)
    for layer in range(1, L + 1):
        kept = plan.output if layer == L else plan.hidden
        for other in ("linear", "sigmoid", "relu", "tanh", "softmax"):
            if other != kept:
                said = (
                    f"A{layer} = Z{layer}: {kept} was left out"
                    if other == "linear"
                    else f"A{layer} is {other} of Z{layer}, not {kept}"
                )
                yield (
                    ("missing term" if other == "linear" else "wrong function"),
                    said,
                    _with(X, p, plan, layer, other),
                )
    for layer in range(1, L):
        said = f"off by one layer: the output is A{layer}, and {L - layer} of {L} layers were not run"
        yield "wrong layer", said, {"AL": right[f"A{layer}"]}
        yield "wrong layer", said, {"AL": r.activated(plan.output, right[f"Z{layer}"])}
    yield "wrong layer", f"Z{L} was given back where A{L} belongs", {"AL": right[f"Z{L}"]}
    for skipped in range(1, L + 1):
        rest = [i for i in range(1, L + 1) if i != skipped]
        q = {f"{s}{i}": p[f"{s}{j}"] for i, j in enumerate(rest, 1) for s in "Wb"}
        try:
            made = r.forward(X, q, plan)
        except ValueError:
            continue
        yield "wrong layer", f"layer {skipped} was left out", {"AL": made["AL"]}


def _with(X: Any, p: Arrays, plan: Plan, at: int, other: str) -> Arrays:
    found, A, L = {}, X, r.depth(p)
    for i in range(1, L + 1):
        Z = found[f"Z{i}"] = r.linear(A, p[f"W{i}"], p[f"b{i}"])
        name = other if i == at else plan.output if i == L else plan.hidden
        A = found[f"A{i}"] = r.activated(name, Z)
    return found | {"AL": A}


def predict(c: Case, plan: Plan) -> Iterator[Suspect]:
    wires = r.forward(c["X"], c["parameters"], plan)
    AL, one = wires["AL"], len(wires["AL"]) == 1
    yield "missing term", "the probabilities were given back; AL > 0.5 makes them 0 or 1", {"predictions": AL}
    if one:
        yield "sign", "the comparison is the wrong way round", {"predictions": (AL < 0.5) * 1.0}
        yield (
            "wrong function",
            "AL was compared with 0, which a sigmoid never goes below",
            {"predictions": (AL > 0) * 1.0},
        )
        for cut in (0.3, 0.4, 0.6, 0.7, 0.9, 0.1, 1.0):
            yield "wrong function", f"AL was compared with {cut}, not with 0.5", {"predictions": (AL > cut) * 1.0}
    else:
        yield "wrong axis", "argmax ran along the examples", {"predictions": AL.argmax(axis=1)[None, :] * 1.0}


SLOPES: tuple[tuple[str, str, Callable[..., Any]], ...] = (  # of ReLU: dZ from dA, Z and A
    ("wrong slope", "A (1 - A), the slope of a sigmoid, was taken", lambda dA, Z, A: dA * A * (1 - A)),
    ("wrong slope", "1 - A^2, the slope of tanh, was taken", lambda dA, Z, A: dA * (1 - A**2)),
    ("wrong slope", "the mask is the wrong way round", lambda dA, Z, A: dA * (Z < 0)),
    ("wrong cache", "it was asked whether dA is positive; Z has to be", lambda dA, Z, A: dA * (dA > 0)),
    ("wrong slope", "A was taken for its slope", lambda dA, Z, A: dA * A),
    ("wrong slope", "Z was taken for its slope", lambda dA, Z, A: dA * Z),
)


def way_back(c: Case, plan: Plan) -> Iterator[Suspect]:
    """Wrong gradients of a whole network: the slope of another activation, the wires of another layer."""
    X, Y, p = c["X"], c["Y"], c["parameters"]
    wires, L = r.forward(X, p, plan), r.depth(p)
    for fault, said, slope in SLOPES if L > 2 and plan.hidden == "relu" else ():
        yield fault, said, _back(X, Y, p, plan, wires, dict.fromkeys(range(1, L), slope), {})
    if plan.loss == "cross-entropy" and plan.output == "sigmoid":
        said = f"dZ{L} = A{L} - Y holds the slope of the sigmoid already, and it was multiplied in once more"
        twice = lambda dA, Z, A: dA * (A * (1 - A)) ** 2
        yield "slope twice", said, _back(X, Y, p, plan, wires, {L: twice}, {})
    for at in range(1, L + 1):
        kept = plan.output if at == L else plan.hidden
        for other in ("relu", "sigmoid", "tanh", "linear"):
            if other == kept or kept == "softmax":
                continue
            left = "mask left out" if kept == "relu" or other == "relu" else "missing derivative"
            said = f"the slope of {other} was taken at A{at}; {kept} belongs there"
            if other == "linear":
                said = f"the slope of {kept} at A{at} is left out: dZ{at} was taken as dA{at}"
            yield left, said, _back(X, Y, p, plan, wires, {at: other}, {})
        for fault, said, slope in SLOPES if kept == "relu" else ():
            yield fault, f"{said} at A{at}", _back(X, Y, p, plan, wires, {at: slope}, {})
        for read in range(L + 1):
            A = wires[f"A{read}"] if read else X
            if read != at - 1 and A.shape == (wires[f"A{at - 1}"] if at > 1 else X).shape:
                said = f"dW{at} was worked out with A{read}; A{at - 1} belongs there"
                yield "wrong cache", said, _back(X, Y, p, plan, wires, {}, {at: A})


def _back(X: Any, Y: Any, p: Arrays, plan: Plan, wires: Arrays, slopes: Any, inputs: Any) -> Arrays:
    """The way back with other slopes, or other inputs, at some layers."""
    AL, L, found = wires["AL"], r.depth(p), {}
    with np.errstate(all="ignore"):
        dA = -Y / AL + (1 - Y) / (1 - AL)
    if plan.loss != "cross-entropy":
        dA = (AL - Y) * (2 if plan.loss == "squared-error" else 1)
    for i in range(L, 0, -1):
        name = slopes.get(i, plan.output if i == L else plan.hidden)
        if callable(name):
            dZ = name(dA, wires[f"Z{i}"], wires[f"A{i}"])
        else:
            dZ = AL - Y if i == L and name == "softmax" else r.sloped(name, dA, wires[f"Z{i}"])
        one = r.linear_back(dZ, inputs.get(i, wires[f"A{i - 1}"] if i > 1 else X), p[f"W{i}"], p[f"b{i}"])
        found |= {f"dW{i}": one["dW"], f"db{i}": one["db"]}
        dA = one["dA_prev"]
    return found
