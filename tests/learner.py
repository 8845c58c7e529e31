"""Learners made apart from the marker: they work exercises in plain Python and NumPy, and go wrong in known ways.

A learner works cell by cell from what stands on their own paper.  A fault is a way to work one cell; it is made
wherever it can be (a misunderstanding), or in one cell only, and everything after it is worked well from there.
Nothing here knows the marker's table of mistakes: the faults are written out as arithmetic.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable
from fractions import Fraction
from typing import Any

import numpy as np


class Cannot(Exception):
    """The fault cannot be made in this cell."""


class Paper:
    """The numbers of one learner by array, and the rules of the kind of exercise."""

    def __init__(self, exercise: Any, digits: int | None = None):
        self.e = exercise
        self.kind = exercise.kind
        self.v: dict[str, np.ndarray] = {}
        for name, value in exercise.parameters.items():
            self.v[name] = fractions(value)
        for name in ("X", "Y"):
            if getattr(exercise, name) is not None:
                self.v[name] = fractions(getattr(exercise, name))
        self.digits = digits  # decimals that are kept on the way; None keeps all
        self.rate = None if exercise.rate is None else Fraction(str(exercise.rate))
        self.depth = max((int(n[1:]) for n in exercise.parameters if re.fullmatch(r"W\d", n)), default=0)
        self.m = self.v["X"].shape[-1] if "X" in self.v and self.v["X"].ndim == 2 and self.depth else 1

    def wrote(self, x: Any) -> Any:
        return round(x, self.digits) if isinstance(x, float) and self.digits is not None else x


def fractions(x: Any) -> np.ndarray:
    return np.vectorize(lambda y: Fraction(str(y)) if not isinstance(y, Fraction) else y, otypes=[object])(
        np.array(x, object)
    )


def total(terms: Any) -> Any:
    found: Any = 0
    for term in terms:
        found = found + term
    return found


def sigmoid(z: Any) -> float:
    return 1 / (1 + math.exp(-float(z)))


# ---------------------------------------------------------------- networks, forward


def inputs(p: Paper, l: int) -> np.ndarray:
    return p.v["X"] if l == 1 else p.v[f"A{l - 1}"]


def z_terms(p: Paper, l: int, i: int, k: int) -> list[Any]:
    W, A = p.v[f"W{l}"], inputs(p, l)
    return [W[i, j] * A[j, k] for j in range(W.shape[1])]


def z(p: Paper, l: int, i: int, k: int) -> Any:
    return total(z_terms(p, l, i, k)) + p.v[f"b{l}"][i, 0]


def activation(p: Paper, l: int) -> str:
    last = l == p.depth
    if p.kind in ("logistic-regression", "neuron-chain"):
        return "sigmoid"
    if p.kind == "softmax":
        return "softmax"
    return "none" if last and p.kind in ("deep", "two-layer-network", "backprop") else "relu"


def a(p: Paper, l: int, i: int, k: int) -> Any:
    Z = p.v[f"Z{l}"]
    match activation(p, l):
        case "relu":
            return max(Z[i, k], Fraction(0))
        case "sigmoid":
            return sigmoid(Z[i, k])
        case "softmax":
            return math.exp(float(Z[i, k])) / sum(math.exp(float(Z[j, k])) for j in range(len(Z)))
    return Z[i, k]


def prediction(p: Paper) -> np.ndarray:
    if p.kind == "backprop":
        return np.array([[x] for x in p.e.loss.prediction], object)
    return p.v[f"Z{p.depth}"] if p.kind == "two-layer-network" else p.v[f"A{p.depth}"]


def loss(p: Paper, k: int) -> Any:
    P, Y = prediction(p), p.v["Y"]
    pairs = [(P[i, k], Y[i, k]) for i in range(len(Y))]
    match p.kind:
        case "two-layer-network":
            return total((q - y) ** 2 for q, y in pairs) / 2
        case "neuron-chain":
            return total((q - y) ** 2 for q, y in pairs)
        case "softmax":
            return -sum(math.log(float(q)) for q, y in pairs if y)
    return -sum(math.log(float(q if y else 1 - q)) for q, y in pairs)


# ---------------------------------------------------------------- networks, backward


def dz(p: Paper, l: int, i: int, k: int) -> Any:
    if l == p.depth and p.kind != "neuron-chain":
        return prediction(p)[i, k] - p.v["Y"][i, k]
    return p.v[f"dA{l}"][i, k] * slope(p, l, i, k)


def slope(p: Paper, l: int, i: int, k: int) -> Any:
    if activation(p, l) == "sigmoid":
        A = p.v[f"A{l}"][i, k]
        return A * (1 - A)
    if f"mask{l}" in p.v:
        return p.v[f"mask{l}"][i, k]
    return Fraction(int(p.v[f"Z{l}"][i, k] > 0))


def da(p: Paper, l: int, j: int, k: int) -> Any:
    if l == p.depth:
        return 2 * (p.v[f"A{l}"][j, k] - p.v["Y"][j, k])
    W, dZ = p.v[f"W{l + 1}"], p.v[f"dZ{l + 1}"]
    return total(W[i, j] * dZ[i, k] for i in range(len(W)))


def dw_terms(p: Paper, l: int, i: int, j: int) -> list[Any]:
    return [p.v[f"dZ{l}"][i, k] * inputs(p, l)[j, k] for k in range(p.m)]


# ---------------------------------------------------------------- every cell, worked well


def well(p: Paper, array: str, at: tuple[int, ...]) -> Any:
    """The number of a cell, from what stands on this paper."""
    if found := re.fullmatch(r"(dZ|dA|dW|db|Z|A|W|b|mask)(\d)(_new)?", array):
        return in_network(p, found[1], int(found[2]), bool(found[3]), at)
    if array in ("L", "J"):
        return loss(p, at[1]) if array == "L" else total(p.v["L"].flat) / p.m
    return OTHERS[p.kind](p, array, at)


def in_network(p: Paper, letter: str, l: int, new: bool, at: tuple[int, ...]) -> Any:
    i, k = at
    if new:
        return p.v[f"{letter}{l}"][at] - p.rate * p.v[f"d{letter}{l}"][at]
    match letter:
        case "Z":
            return z(p, l, i, k)
        case "A":
            return a(p, l, i, k)
        case "mask":
            return Fraction(int(p.v[f"Z{l}"][at] > 0))
        case "dZ":
            return dz(p, l, i, k)
        case "dA":
            return da(p, l, i, k)
        case "dW":
            return total(dw_terms(p, l, i, k)) / p.m
        case "db":
            return total(p.v[f"dZ{l}"][i]) / p.m
    raise KeyError(letter)


def product(p: Paper, array: str, at: tuple[int, ...]) -> Any:
    return total(p.v["A"][at[0], j] * p.v["B"][j, at[1]] for j in range(p.v["A"].shape[1]))


def graph(p: Paper, array: str, at: tuple[int, ...]) -> Any:
    n = {name: x[0, 0] for name, x in p.v.items()}
    g: Callable[..., Any] = lambda name: n.get(name)
    match p.e.level, array:
        case 1, _:
            rules = {
                "u": lambda: g("q") * g("r"),
                "v": lambda: g("p") + g("u"),
                "f": lambda: 3 * g("v"),
                "dv": lambda: 3,
                "du": lambda: g("dv"),
                "dp": lambda: g("dv"),
                "dq": lambda: g("du") * g("r"),
                "dr": lambda: g("du") * g("q"),
            }
        case 2, _:
            rules = {
                "u": lambda: g("p") + g("q"),
                "v": lambda: g("q") * g("r"),
                "f": lambda: g("u") * g("v"),
                "du": lambda: g("v"),
                "dv": lambda: g("u"),
                "dp": lambda: g("du"),
                "dr": lambda: g("q") * g("dv"),
                "dq": lambda: g("du") + g("r") * g("dv"),
            }
        case _:
            rules = {
                "u": lambda: g("p") * g("q"),
                "e": lambda: g("u") - g("r"),
                "h": lambda: g("p") * g("r"),
                "f": lambda: g("e") ** 2 + g("h"),
                "de": lambda: 2 * g("e"),
                "dh": lambda: 1,
                "du": lambda: g("de"),
                "dq": lambda: g("p") * g("du"),
                "dp": lambda: g("q") * g("du") + g("r") * g("dh"),
                "dr": lambda: g("p") * g("dh") - g("de"),
            }
    return Fraction(rules[array]())


def descent(p: Paper, array: str, at: tuple[int, ...]) -> Any:
    a, c, alpha = (p.v[name] for name in ("a", "c", "alpha"))
    t = int(array[-1])
    if array[0] == "d":
        return 2 * a[at] * (p.v[f"w{t}"][at] - c[at])
    return p.v[f"w{t - 1}"][at] - alpha[0, 0] * p.v[f"dw{t - 1}"][at]


def shape(p: Paper, array: str, at: tuple[int, ...]) -> Any:
    l, side = at
    n, before = p.v["nodes"][l + 1, 0], p.v["nodes"][l, 0]
    sides = {"shape_W": (n, before), "shape_dW": (n, before), "shape_b": (n, 1), "shape_Z": (n, p.v["m"][0, 0])}
    return Fraction(sides[array][side])


def count(p: Paper, array: str, at: tuple[int, ...]) -> Any:
    n, l = p.v["nodes"], at[0]
    match array:
        case "layers":
            return Fraction(len(n) - 1)
        case "weights":
            return n[l, 0] * n[l + 1, 0]
        case "biases":
            return n[l + 1, 0]
        case "parameters":
            return p.v["weights"][at] + p.v["biases"][at]
    return total(p.v["parameters"].flat)


def slide(p: Paper, array: str, at: tuple[int, ...]) -> Any:
    i, j = at
    if array == "A":
        return max(p.v["Z"][at], Fraction(0))
    k = len(p.v["K"])
    return total((p.v["X"][i : i + k, j : j + k] * p.v["K"]).flat) + p.v["b"][0, 0]


def walk(p: Paper, array: str, at: tuple[int, ...]) -> Any:
    letter, t = array[0], int(array[-2])
    if letter == "a":
        return math.tanh(p.v[f"z1<{t}>"][at])
    return total(walk_terms(p, t, at[0]))


def walk_terms(p: Paper, t: int, i: int) -> list[Any]:
    """The terms that come from the state, from the input, and the bias."""
    Waa, state = p.v["Waa1"], p.v.get(f"a1<{t - 1}>")
    back = [] if state is None else [Waa[i, j] * float_like(state[j, 0]) for j in range(len(Waa))]
    return [*map(float, back), float(p.v["Wax1"][i, 0] * p.v["X"][0, t - 1, 0]), float(p.v["ba1"][i, 0])]


def float_like(x: Any) -> Any:
    return Fraction(x) if isinstance(x, float) else x


OTHERS = {
    "matrix-product": product,
    "computation-graph": graph,
    "gradient-descent": descent,
    "shapes": shape,
    "parameter-counts": count,
    "convolution": slide,
    "recurrent": walk,
}


# ---------------------------------------------------------------- at work

Fault = Callable[[Paper, str, tuple[int, ...]], Any]  # the number that the fault makes of a cell; Cannot where none


def order(exercise: Any) -> list[str]:
    """The arrays in the order in which they are worked."""
    asked = list(dict.fromkeys(name.split("[")[0] for name in exercise.blanks))
    return sorted(asked, key=lambda name: (rank(name, exercise), asked.index(name)))


def rank(name: str, exercise: Any) -> float:
    """Forward from layer to layer, the loss, backward from layer to layer, the update."""
    if name.endswith("_new"):
        return 1000
    if found := re.fullmatch(r"(Z|mask|A)(\d)", name):
        return 10 * int(found[2]) + ("Z", "mask", "A").index(found[1])
    if name in ("L", "J"):
        return 500 + "LJ".index(name)
    if found := re.fullmatch(r"(dA|dZ|dW|db)(\d)", name):
        return 600 + 10 * (9 - int(found[2])) + ("dA", "dZ", "dW", "db").index(found[1])
    return 0


def shapes_of(p: Paper, array: str) -> tuple[int, ...]:
    base = array.removeprefix("d").removesuffix("_new")
    if re.fullmatch(r"[Wb]\d", base):
        return p.v[base].shape
    if found := re.fullmatch(r"(Z|A|mask)(\d)", base):
        return (len(p.v[f"W{found[2]}"]), p.m)
    if array in ("L", "J"):
        return (1, p.m) if array == "L" else ()
    match p.kind:
        case "matrix-product":
            return (len(p.v["A"]), p.v["B"].shape[1])
        case "gradient-descent":
            return (2, 1)
        case "shapes":
            return (len(p.v["nodes"]) - 1, 2)
        case "parameter-counts":
            return (1, 1) if array in ("layers", "total") else (len(p.v["nodes"]) - 1, 1)
        case "convolution":
            (h, w), k = p.v["X"].shape, len(p.v["K"])
            return (h - k + 1, w - k + 1)
        case "recurrent":
            return (len(p.v["Waa1"]), 1)
    return (1, 1)


def given_forward(p: Paper) -> None:
    """What the sheet prints, for those who are not asked for it."""
    asked = order(p.e)
    for l in range(1, p.depth + 1):
        for letter in "ZA":
            name = f"{letter}{l}"
            if not {name, f"Z{l}"} & {*asked} and not (letter == "A" and l == p.depth and p.kind == "backprop"):
                shape = (len(p.v[f"W{l}"]), p.m)
                p.v[name] = np.empty(shape, object)
                for at in np.ndindex(*shape):
                    p.v[name][at] = well(p, name, at)


class Done:
    """What a learner handed in, and where they went wrong: {cell: fault}."""

    def __init__(self, numbers: dict[str, Any], wrong: dict[str, str], paper: Paper):
        self.numbers, self.wrong, self.paper = numbers, wrong, paper

    @property
    def answers(self) -> dict[str, str]:
        return {cell: typed(x) for cell, x in self.numbers.items()}


def typed(x: Any) -> str:
    """As a learner would type it."""
    if isinstance(x, float):
        return f"{x:.3f}" if abs(x) < 1e6 else f"{x:.3e}"
    x = Fraction(x)
    short = f"{float(x):.6f}".rstrip("0").rstrip(".")
    return short if Fraction(short) == x else f"{x.numerator}/{x.denominator}"


def differ(x: Any, y: Any) -> bool:
    """Whether two numbers differ by more than roundings to three decimals on the way can explain."""
    if isinstance(x, float) or isinstance(y, float):
        return abs(float(x) - float(y)) > 0.0025
    return x != y


def called(array: str, at: tuple[int, ...]) -> str:
    return f"{array}[{','.join(str(i + 1) for i in at)}]" if at else array


def works(
    exercise: Any, faults: dict[str, Fault], where: dict[str, str] | None = None, digits: int | None = 3
) -> Done:
    """A learner with these faults: each wherever it can be made, or only in the cells of `where` {cell: fault}."""
    p, numbers, wrong = Paper(exercise, digits), {}, {}
    given_forward(p)
    for array in order(exercise):
        p.v[array] = np.empty(shapes_of(p, array), object)
        right = np.empty(shapes_of(p, array), object)
        for at in np.ndindex(*right.shape):
            try:
                right[at] = well(p, array, at)
            except (ValueError, TypeError, OverflowError, ZeroDivisionError):
                right[at] = None  # the logarithm of a number below 0: here nobody can go on
        for at in np.ndindex(*right.shape):
            cell = called(array, at)
            made = right[at]
            if made is None:
                continue
            for name, fault in faults.items():
                if where is not None and where.get(cell) != name:
                    continue
                try:
                    other = fault(p, array, at)
                except (Cannot, IndexError, KeyError, ValueError, OverflowError, ZeroDivisionError):
                    continue
                if differ(other, made):
                    made, wrong[cell] = other, name
                    break
            numbers[cell] = p.wrote(made)
        for at in np.ndindex(*right.shape):
            p.v[array][at] = numbers.get(called(array, at))
    return Done(numbers, wrong, p)
