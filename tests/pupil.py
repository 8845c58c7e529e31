"""A pupil: every exercise worked in plain NumPy, a whole array at a time, with or without a fault.

Written apart from the marker and from tests/learner.py, by another hand: a fault is another formula for an array.
Exact numbers stay fractions; what came through exp or log is a float, of which three decimals are written down.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from fractions import Fraction
from typing import Any, NamedTuple

import numpy as np


class Step(NamedTuple):
    """One array to fill: how, and from which others.  `l` is its layer."""

    array: str
    form: str
    reads: tuple[str, ...]
    l: int = 0


class Stuck(Exception):
    """Here the fault cannot be made."""


def each(f: Callable[[Any], Any]) -> Callable[[Any], np.ndarray]:
    return np.vectorize(f, otypes=[object])


def columns(x: np.ndarray) -> int:
    return x.shape[-1]


exp, log, tanh = each(math.exp), each(lambda a: math.log(a)), each(math.tanh)
relu = each(lambda z: max(z, 0))
positive = each(lambda z: int(z > 0))
sigmoid = each(lambda z: 1 / (1 + math.exp(-z)))


def mean(x: np.ndarray) -> Any:
    total = x.sum()
    return np.array(total / Fraction(x.size) if not isinstance(total, float) else total / x.size, object)


def over(x: np.ndarray, m: int) -> np.ndarray:
    return x * Fraction(1, m) if not _float(x) else x / m


def _float(x: np.ndarray) -> bool:
    return any(isinstance(v, float) for v in x.ravel())


def down(E: np.ndarray) -> np.ndarray:
    return E / E.sum(axis=0, keepdims=True)


def slide(X: np.ndarray, K: np.ndarray, b: np.ndarray) -> np.ndarray:
    k, l = K.shape
    Z = np.empty((X.shape[0] - k + 1, X.shape[1] - l + 1), object)
    for i, j in np.ndindex(*Z.shape):
        Z[i, j] = (X[i : i + k, j : j + l] * K).sum() + b[0, 0]
    return Z


RIGHT: dict[str, Callable[..., Any]] = {
    "product": lambda A, B: A @ B,
    "sum": lambda W, A, b: W @ A + b,
    "plain sum": lambda W, A, b: W @ A + b,  # the output layer's, after which no ReLU comes
    "relu": relu,
    "sigmoid": sigmoid,
    "softmax": lambda Z: down(exp(Z)),
    "tanh": tanh,
    "binary": lambda A, Y: each(lambda a, y: -math.log(a if y else 1 - a))(A, Y),  # type: ignore[call-arg]
    "categorical": lambda A, Y: -(Y * log(A)).sum(axis=0, keepdims=True),
    "half square": lambda A, Y: ((A - Y) ** 2).sum(axis=0, keepdims=True) * Fraction(1, 2),
    "square": lambda A, Y: ((A - Y) ** 2).sum(axis=0, keepdims=True),
    "mean": mean,
    "difference": lambda A, Y: A - Y,
    "twice the difference": lambda A, Y: 2 * (A - Y),
    "through sigmoid": lambda dA, A: dA * A * (1 - A),
    "mask": positive,
    "through mask": lambda dA, mask: dA * mask,
    "through relu": lambda dA, Z: dA * positive(Z),
    "dW": lambda dZ, A: over(dZ @ A.T, columns(dZ)),
    "db": lambda dZ: over(dZ.sum(axis=1, keepdims=True), columns(dZ)),
    "dA": lambda W, dZ: W.T @ dZ,
    "step": lambda W, dW, rate: W - rate[0, 0] * dW,
    "bowl": lambda a, w, c: 2 * a * (w - c),
    "slide": slide,
    "state": lambda Waa, a, Wax, x, ba: Waa @ a + Wax @ x + ba,
    "layers": lambda c: c - 1,
    "weights": lambda n: n[1:] * n[:-1],
    "biases": lambda n: n[1:],
    "parameters": lambda w, b: w + b,
    "total": lambda p: p.sum(axis=0, keepdims=True),
    "shape W": lambda n: np.hstack([n[1:], n[:-1]]),
    "shape b": lambda n: np.hstack([n[1:], n[1:] * 0 + 1]),
    "shape Z": lambda n, m: np.hstack([n[1:], n[1:] * 0 + m]),
}
GRAPHS: dict[int, dict[str, tuple[tuple[str, ...], Callable[..., Any]]]] = {
    1: {
        "u": (("q", "r"), lambda q, r: q * r),
        "v": (("p", "u"), lambda p, u: p + u),
        "f": (("v",), lambda v: 3 * v),
        "dv": (("df",), lambda df: 3 * df),
        "du": (("dv",), lambda dv: dv),
        "dp": (("dv",), lambda dv: dv),
        "dq": (("r", "du"), lambda r, du: r * du),
        "dr": (("q", "du"), lambda q, du: q * du),
    },
    2: {
        "u": (("p", "q"), lambda p, q: p + q),
        "v": (("q", "r"), lambda q, r: q * r),
        "f": (("u", "v"), lambda u, v: u * v),
        "du": (("v", "df"), lambda v, df: v * df),
        "dv": (("u", "df"), lambda u, df: u * df),
        "dp": (("du",), lambda du: du),
        "dr": (("q", "dv"), lambda q, dv: q * dv),
        "dq": (("du", "r", "dv"), lambda du, r, dv: du + r * dv),
    },
    3: {
        "u": (("p", "q"), lambda p, q: p * q),
        "e": (("u", "r"), lambda u, r: u - r),
        "h": (("p", "r"), lambda p, r: p * r),
        "f": (("e", "h"), lambda e, h: e**2 + h),
        "de": (("e", "df"), lambda e, df: 2 * e * df),
        "dh": (("df",), lambda df: df),
        "du": (("de",), lambda de: de),
        "dq": (("p", "du"), lambda p, du: p * du),
        "dp": (("q", "du", "r", "dh"), lambda q, du, r, dh: q * du + r * dh),
        "dr": (("p", "dh", "de"), lambda p, dh, de: p * dh - de),
    },
}


def steps_of(exercise: Any) -> list[Step]:
    """The whole way of an exercise, whether all of it is asked or not."""
    kind, givens = exercise.kind, exercise.givens
    depth = sum(name[0] == "W" and name[1:].isdigit() for name in givens)
    if kind in ROUTES:
        return ROUTES[kind](exercise)
    if kind == "computation-graph":
        return [Step(name, f"graph {name}", reads) for name, (reads, _) in GRAPHS[exercise.level].items()]
    hidden = {"logistic-regression": "sigmoid", "softmax": "softmax", "neuron-chain": "sigmoid"}.get(kind, "relu")
    last = kind not in ("deep", "two-layer-network", "backprop")
    steps = []
    for l in range(1, depth + 1):
        plain = l == depth and not last
        steps.append(Step(f"Z{l}", "plain sum" if plain else "sum", (f"W{l}", read(l), f"b{l}"), l))
        if not plain:
            steps.append(Step(f"A{l}", hidden, (f"Z{l}",), l))
    if "Y" in givens:
        steps += _back(kind, depth, hidden, "step" if exercise.rate else "")
    return steps


def read(l: int) -> str:
    return f"A{l - 1}" if l > 1 else "X"


def _back(kind: str, depth: int, hidden: str, step: str) -> list[Step]:
    out = f"Z{depth}" if kind == "two-layer-network" else f"A{depth}"
    losses = {"logistic-regression": "binary", "softmax": "categorical", "two-layer-network": "half square"}
    loss = [Step("L", losses.get(kind, "square"), (out, "Y")), Step("J", "mean", ("L",))]
    steps = loss if kind != "backprop" else []
    if kind == "neuron-chain":
        steps.append(Step(f"dA{depth}", "twice the difference", (out, "Y"), depth))
        steps.append(Step(f"dZ{depth}", "through sigmoid", (f"dA{depth}", f"A{depth}"), depth))
    else:
        steps.append(Step(f"dZ{depth}", "difference", (out, "Y"), depth))
    for l in range(depth, 0, -1):
        steps += [Step(f"dW{l}", "dW", (f"dZ{l}", read(l)), l), Step(f"db{l}", "db", (f"dZ{l}",), l)]
        if l == 1:
            break
        k = l - 1
        steps.append(Step(f"dA{k}", "dA", (f"W{l}", f"dZ{l}"), k))
        if kind == "backprop":
            steps.append(Step(f"mask{k}", "mask", (f"Z{k}",), k))
            steps.append(Step(f"dZ{k}", "through mask", (f"dA{k}", f"mask{k}"), k))
        else:
            how, at = ("sigmoid", "A") if hidden == "sigmoid" else ("relu", "Z")
            steps.append(Step(f"dZ{k}", f"through {how}", (f"dA{k}", f"{at}{k}"), k))
    for l in range(depth, 0, -1) if step else ():
        steps += [Step(f"{c}{l}_new", "step", (f"{c}{l}", f"d{c}{l}", "rate"), l) for c in "Wb"]
    return steps


ROUTES: Mapping[str, Callable[[Any], list[Step]]] = {
    "matrix-product": lambda e: [Step("C", "product", ("A", "B"))],
    "convolution": lambda e: [Step("Z", "slide", ("X", "K", "b")), Step("A", "relu", ("Z",))],
    "recurrent": lambda e: [
        step
        for t in range(1, np.shape(e.X)[1] + 1)
        for step in (
            Step(f"z1<{t}>", "state", ("Waa1", f"a1<{t - 1}>", "Wax1", f"x<{t}>", "ba1"), t),
            Step(f"a1<{t}>", "tanh", (f"z1<{t}>",), t),
        )
    ],
    "gradient-descent": lambda e: [
        step
        for t in range(e.level)
        for step in (
            Step(f"dw{t}", "bowl", ("a", f"w{t}", "c"), t),
            Step(f"w{t + 1}", "step", (f"w{t}", f"dw{t}", "alpha"), t),
        )
    ],
    "parameter-counts": lambda e: [
        Step("layers", "layers", ("columns",)),
        Step("weights", "weights", ("nodes",)),
        Step("biases", "biases", ("nodes",)),
        Step("parameters", "parameters", ("weights", "biases")),
        Step("total", "total", ("parameters",)),
    ],
    "shapes": lambda e: [
        Step("shape_W", "shape W", ("nodes",)),
        Step("shape_b", "shape b", ("nodes",)),
        Step("shape_Z", "shape Z", ("nodes", "m")),
        Step("shape_dW", "shape W", ("nodes",)),
    ],
}


def givens_of(exercise: Any) -> dict[str, np.ndarray]:
    exact = each(lambda x: Fraction(x))
    paper = {name: exact(value) for name, value in exercise.givens.items()}
    if exercise.rate is not None:
        paper["rate"] = np.array([[Fraction(exercise.rate)]], object)
    if exercise.kind == "recurrent":
        X = paper.pop("X")
        paper |= {f"x<{t + 1}>": X[:, t] for t in range(X.shape[1])}
        paper["a1<0>"] = paper["ba1"] * 0
    return paper


def right(step: Step, paper: Mapping[str, np.ndarray], level: int) -> np.ndarray:
    formula = GRAPHS[level][step.array][1] if step.form.startswith("graph") else RIGHT[step.form]
    return np.asarray(formula(*(paper[name] for name in step.reads)), object)


class Sheet:
    """What a pupil hands in: {cell: number}, and which fault made which cell wrong."""

    def __init__(self, numbers: dict[str, Any], wrong: dict[str, str], paper: dict[str, np.ndarray]):
        self.numbers, self.wrong, self.paper = numbers, wrong, paper

    @property
    def answers(self) -> dict[str, str]:
        return {cell: typed(x) for cell, x in self.numbers.items()}


def worked(exercise: Any, formulas: Mapping[str, Any], only: Any, digits: int | None, which: int = 0) -> Sheet:
    """Fill in the sheet, with the wrong formula of every fault of `formulas` wherever it can be used.

    `only` (cell, fault) makes it in that cell alone.  With `digits`, rounded numbers are carried on.
    """
    steps = steps_of(exercise)
    paper = givens_of(exercise)
    numbers: dict[str, Any] = {}
    wrong: dict[str, str] = {}
    for step in steps:
        if step.array in paper:  # a declared prediction
            continue
        try:
            good = right(step, paper, exercise.level)
        except (ValueError, OverflowError, ZeroDivisionError):
            break  # no logarithm of a negative number: here a pupil stops
        made = good.copy()
        asked = step.array in exercise.blanks  # the rest is printed, and right
        for fault, formula in formulas.items() if asked else ():
            if (bad := attempt(formula, step, paper, exercise, which)) is None or bad.shape != good.shape:
                continue
            for at in np.ndindex(*good.shape):
                cell = called(step.array, at)
                if (only is None or only == cell) and cell not in wrong and apart(bad[at], good[at]):
                    made[at] = bad[at]
                    wrong[cell] = fault
        if digits is not None:
            made = each(lambda x: round(x, digits) if isinstance(x, float) else x)(made)
        paper[step.array] = made
        if asked:
            numbers |= {called(step.array, at): made[at] for at in np.ndindex(*made.shape)}
    return Sheet(numbers, {cell: fault for cell, fault in wrong.items() if cell in numbers}, paper)


def attempt(formula: Any, step: Step, paper: Mapping[str, np.ndarray], exercise: Any, which: int) -> Any:
    """What the wrong formula gives for this array, None where it is no mistake that could be made here."""
    try:
        return np.asarray(formula(step, paper, exercise, which), object)
    except (Stuck, KeyError, ValueError, IndexError, OverflowError, ZeroDivisionError):
        return None


def called(array: str, at: tuple[int, ...]) -> str:
    return f"{array}[{','.join(str(i + 1) for i in at)}]" if at else array


def apart(x: Any, y: Any) -> bool:
    """Whether two numbers differ by more than roundings on the way can explain."""
    if isinstance(x, float) or isinstance(y, float):
        return math.isfinite(x) and abs(float(x) - float(y)) > 0.0025
    return x != y


def typed(x: Any) -> str:
    """A number as it is written down."""
    if isinstance(x, float):
        return f"{x:.3f}"
    x = Fraction(x)
    return str(x) if x.denominator == 1 or (10**6) % x.denominator else f"{float(x):.6f}".rstrip("0")
