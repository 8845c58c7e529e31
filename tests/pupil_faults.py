"""The mistakes of the list, made in plain NumPy: for each, the wrong formula of an array.

Written apart from the marker, from the list alone.  A formula gets (step, paper, exercise, which) and gives the whole
wrong array, or raises Stuck where the mistake cannot be made.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from fractions import Fraction
from typing import Any

import numpy as np

from tests.pupil import RIGHT, Step, Stuck, columns, down, each, exp, over, read, relu, right, typed

SUMS = ("product", "sum", "plain sum", "state", "slide", "dW", "dA")
Formula = Callable[[Step, Mapping[str, np.ndarray], Any, int], Any]


def only_for(*forms: str) -> Callable[[Callable[..., Any]], Formula]:
    """A formula of these forms, of the arrays that the step reads."""

    def wrap(f: Callable[..., Any]) -> Formula:
        def formula(step: Step, paper: Mapping[str, np.ndarray], exercise: Any, which: int) -> Any:
            if step.form not in forms:
                raise Stuck
            return f(step, paper, exercise, which, *(paper[name] for name in step.reads))

        return formula

    return wrap


def instead(**forms: Callable[..., Any]) -> Formula:
    """Other formulas of the same arrays, by form (blanks written as _)."""

    def formula(step: Step, paper: Mapping[str, np.ndarray], exercise: Any, which: int) -> Any:
        form = step.form.replace(" ", "_")
        if form not in forms:
            raise Stuck
        return forms[form](*(paper[name] for name in step.reads))

    return formula


# ---------------------------------------------------------------- in a sum of products


def sides(step: Step, paper: Mapping[str, np.ndarray]) -> tuple[np.ndarray, np.ndarray, Any, int]:
    """Left and right matrix of a product, what is added, and what it is divided by."""
    args = [paper[name] for name in step.reads]
    match step.form:
        case "product":
            return args[0], args[1], 0, 1
        case "sum" | "plain sum":
            return args[0], args[1], args[2], 1
        case "state":
            Waa, a, Wax, x, ba = args
            return np.hstack([Waa, Wax]), np.vstack([a, x]), ba, 1
        case "dW":
            return args[0], args[1].T, 0, columns(args[0])
        case "dA":
            return args[0].T, args[1], 0, 1
        case "slide":
            X, K, b = args
            k, l = K.shape
            places = [(i, j) for i in range(X.shape[0] - k + 1) for j in range(X.shape[1] - l + 1)]
            return K.reshape(1, -1), np.array([X[i : i + k, j : j + l].ravel() for i, j in places]).T, b, 1
    raise Stuck


def summed(step: Step, paper: Mapping[str, np.ndarray], products: np.ndarray) -> np.ndarray:
    """Products (out, in, columns) added up as the right formula does."""
    _, _, extra, m = sides(step, paper)
    out = over(products.sum(axis=1) + extra, m)
    if step.form == "slide":
        X, K, _ = (paper[name] for name in step.reads)
        out = out.reshape(X.shape[0] - K.shape[0] + 1, -1)
    return out


def products_of(step: Step, paper: Mapping[str, np.ndarray]) -> np.ndarray:
    left, right_, _, _ = sides(step, paper)
    return left[:, :, None] * right_[None, :, :]


def dropped(step, paper, exercise, which):
    """One product left out; of two examples or two paths that leaves one, which are other mistakes of the list."""
    products = products_of(step, paper)
    many = products.shape[1]
    if many < (3 if step.form in ("dW", "dA") else 2):
        raise Stuck
    left_out = many - 1 if step.form == "state" else which % many
    return summed(step, paper, np.delete(products, left_out, axis=1))


def sign(step, paper, exercise, which):
    """One product of two signs is taken as positive: in each sum the first of them, or another."""
    if step.form not in SUMS:
        if step.form == "bowl":
            a, w, c = (paper[name] for name in step.reads)
            return each(abs)(2 * a * (w - c))
        raise Stuck
    products = products_of(step, paper)
    for i, k in np.ndindex(products.shape[0], products.shape[2]):
        if below := [t for t in range(products.shape[1]) if products[i, t, k] < 0]:
            t = below[which % len(below)]
            products[i, t, k] = -products[i, t, k]
    return summed(step, paper, products)


def neighbor(step, paper, exercise, which):
    """One weight is read at its mirrored place: w12 for w21; with two in a row that is the whole row transposed."""
    left, right_, _, _ = sides(step, paper)
    if step.form in ("dW", "slide", "state") or left.shape[1] < 3:
        raise Stuck
    products = products_of(step, paper)
    for i in range(left.shape[0]):
        there = [t for t in range(left.shape[1]) if t != i and t < left.shape[0] and i < left.shape[1]]
        if there:
            t = there[which % len(there)]
            products[i, t] = left[t, i] * right_[t]
    return summed(step, paper, products)


def misread(step, paper, exercise, which):
    """One input of the column is read from the line below it, the last from the line above."""
    left, right_, _, _ = sides(step, paper)
    if right_.shape[0] < 2 or step.form in ("dW", "dA", "slide", "state"):
        raise Stuck
    t = which % right_.shape[0]
    there = t + 1 if t + 1 < len(right_) else t - 1
    products = products_of(step, paper)
    products[:, t] = left[:, t, None] * right_[there][None]
    return summed(step, paper, products)


def element_wise(step, paper, exercise, which):
    left, right_, extra, m = sides(step, paper)
    if step.form == "slide" or step.form == "state":
        raise Stuck
    if step.form == "dW":
        dZ, A = (paper[name] for name in step.reads)
        if dZ.shape != A.shape or 1 in dZ.shape:
            raise Stuck
        return over(dZ * A, m)
    if left.shape == right_.shape and 1 not in left.shape:
        return over(left * right_ + extra, m)
    if left.shape[0] == left.shape[1] > 2 and right_.shape[1] == 1:
        return over(np.diag(left)[:, None] * right_ + extra, m)
    raise Stuck


def square(*arrays: np.ndarray) -> None:
    for x in arrays:
        if x.ndim != 2 or x.shape[0] != x.shape[1] or x.shape[0] < 2:
            raise Stuck


@only_for("product", "sum", "plain sum", "state")
def transposed_weights(step, paper, exercise, which, *args):
    square(args[0])
    return RIGHT[step.form](args[0].T, *args[1:])


@only_for("product", "sum")
def transposed_inputs(step, paper, exercise, which, *args):
    square(args[1])
    return RIGHT[step.form](args[0], args[1].T, *args[2:])


@only_for("product", "sum", "plain sum")
def transposed_result(step, paper, exercise, which, *args):
    made = RIGHT[step.form](*args)
    square(made)
    return made.T


@only_for("sum", "plain sum", "state", "slide")
def no_bias(step, paper, exercise, which, *args):
    return RIGHT[step.form](*args[:-1], args[-1] * 0)


@only_for("sum", "plain sum")
def bias_per_example(step, paper, exercise, which, W, A, b):
    if columns(A) < 2:
        raise Stuck
    return W @ A + b * columns(A)


def relu_on_output(step, paper, exercise, which):
    if step.form == "plain sum":
        return relu(right(step, paper, exercise.level))
    raise Stuck


# ---------------------------------------------------------------- functions and losses

tenth = each(lambda x: float(round(x, 1)) if isinstance(x, float) else x)


def too_soon(step, paper, exercise, which):
    """The numbers that a formula reads, or its powers of e, are cut to one decimal first."""
    if step.form == "sigmoid" and which % 2:
        (Z,) = (paper[name] for name in step.reads)
        return 1 / (1 + tenth(exp(-Z)))
    if step.form == "softmax":
        (Z,) = (paper[name] for name in step.reads)
        return down(tenth(exp(Z)))
    if not any(isinstance(x, float) for name in step.reads for x in paper[name].ravel()):
        raise Stuck
    return right(step, {name: tenth(value) for name, value in paper.items()}, exercise.level)


def log10(step, paper, exercise, which):
    if step.form in ("binary", "categorical"):
        return right(step, paper, exercise.level) / math.log(10)
    raise Stuck


# ---------------------------------------------------------------- back


@only_for("mask", "through relu")
def wrong_place(step, paper, exercise, which, *args):
    Z, l = args[-1], step.l
    for other in (l + 1, l - 1):
        if f"Z{other}" in paper and paper[f"Z{other}"].shape == Z.shape:
            return right(step._replace(reads=(*step.reads[:-1], f"Z{other}")), paper, exercise.level)
    raise Stuck


@only_for("through sigmoid", "through relu", "through mask")
def slope_forgotten(step, paper, exercise, which, dA, *rest):
    return dA


@only_for("through sigmoid")
def slope_twice(step, paper, exercise, which, dA, A):
    return dA * (A * (1 - A)) ** 2


@only_for("through sigmoid")
def slope_of_a(step, paper, exercise, which, dA, A):
    s = RIGHT["sigmoid"](A)
    return dA * s * (1 - s)


def z_for_a(step, paper, exercise, which):
    if step.form == "dW" and step.l > 1:
        return RIGHT["dW"](paper[step.reads[0]], paper[f"Z{step.l - 1}"])
    if step.form == "through sigmoid":
        Z = paper[f"Z{step.l}"]
        return paper[step.reads[0]] * Z * (1 - Z)
    raise Stuck


@only_for("dW")
def own_a(step, paper, exercise, which, dZ, A):
    own = paper.get(f"A{step.l}")
    if own is None or own.shape != A.shape:
        raise Stuck
    return RIGHT["dW"](dZ, own)


@only_for("dW", "sum", "plain sum")
def too_early(step, paper, exercise, which, *args):
    """The activations of the layer before the one that belongs here."""
    if step.l < 2:
        raise Stuck
    i = 1
    before = paper[read(step.l - 1)]
    if before.shape != args[i].shape:
        raise Stuck
    return RIGHT[step.form](*args[:i], before, *args[i + 1 :])


@only_for("dA")
def not_transposed(step, paper, exercise, which, W, dZ):
    square(W)
    return W @ dZ


def one_path(step, paper, exercise, which):
    """Of several ways back, one is taken."""
    if step.form == "dA":
        W, dZ = (paper[name] for name in step.reads)
        if len(W) < 2:
            raise Stuck
        j = which % len(W)
        return W[j : j + 1].T @ dZ[j : j + 1]
    ways = {
        (2, "dq"): [lambda p: p["du"], lambda p: p["r"] * p["dv"]],
        (3, "dp"): [lambda p: p["q"] * p["du"], lambda p: p["r"] * p["dh"]],
        (3, "dr"): [lambda p: p["p"] * p["dh"], lambda p: -p["de"]],
    }
    if step.form.startswith("graph") and (exercise.level, step.array) in ways:
        return ways[exercise.level, step.array][which % 2](paper)
    raise Stuck


@only_for("dA")
def updated(step, paper, exercise, which, W, dZ):
    l = step.l + 1
    if exercise.rate is None:
        raise Stuck
    return (W - paper["rate"][0, 0] * paper[f"dW{l}"]).T @ dZ


@only_for("dW")
def transposed_dW(step, paper, exercise, which, dZ, A):
    made = RIGHT["dW"](dZ, A)
    square(made)
    return made.T


@only_for("dW")
def one_example(step, paper, exercise, which, dZ, A):
    m = columns(dZ)
    if m < 2:
        raise Stuck
    k = which % m
    return over(dZ[:, k : k + 1] @ A[:, k : k + 1].T, m if which % 3 else 1)


@only_for("db")
def one_bias_gradient(step, paper, exercise, which, dZ):
    m = columns(dZ)
    if m < 2:
        raise Stuck
    k = which % m
    return over(dZ[:, k : k + 1], m if which % 3 else 1)


def several(f: Callable[..., Any]) -> Callable[..., Any]:
    def formula(dZ, *rest):
        if columns(dZ) < 2:
            raise Stuck
        return f(dZ, *rest)

    return formula


FAULTS: dict[str, Formula] = {
    "bias forgotten": no_bias,
    "bias per example": bias_per_example,
    "ReLU forgotten": instead(relu=lambda Z: Z),
    "ReLU on the sum": relu_on_output,
    "weights transposed": transposed_weights,
    "inputs transposed": transposed_inputs,
    "result transposed": transposed_result,
    "wrong neighbor": neighbor,
    "one term dropped": dropped,
    "sign slip": sign,
    "element by element": element_wise,
    "wrong input read": misread,
    "early rounding": too_soon,
    "softmax not normalized": instead(softmax=exp),
    "log10 for ln": log10,
    "sum for mean": instead(mean=several(lambda L: np.asarray(L.sum(), object))),
    "difference turned round": instead(difference=lambda A, Y: Y - A, twice_the_difference=lambda A, Y: 2 * (Y - A)),
    "factor 2": instead(
        half_square=lambda A, Y: ((A - Y) ** 2).sum(axis=0, keepdims=True),
        twice_the_difference=lambda A, Y: A - Y,
        bowl=lambda a, w, c: a * (w - c),
        graph_de=lambda e, df: e * df,
    ),
    "1/m forgotten": instead(
        dW=several(lambda dZ, A: dZ @ A.T), db=several(lambda dZ: dZ.sum(axis=1, keepdims=True))
    ),
    "examples not summed": one_example,
    "bias gradient not summed": one_bias_gradient,
    "slope forgotten": slope_forgotten,
    "slope twice": slope_twice,
    "slope at the wrong place": wrong_place,
    "slope of a for slope of z": slope_of_a,
    "Z for A": z_for_a,
    "own layer's A": own_a,
    "a layer too early": too_early,
    "W not transposed": not_transposed,
    "one path only": one_path,
    "dW transposed": transposed_dW,
    "updated weights used": updated,
    "added for subtracted": instead(step=lambda W, dW, rate: W + rate[0, 0] * dW),
    "rate forgotten": instead(step=lambda W, dW, rate: W - dW),
    "biases forgotten": instead(parameters=lambda w, b: w),
    "input counted as layer": instead(layers=lambda c: c),
    "shapes transposed": instead(
        shape_W=lambda n: RIGHT["shape W"](n)[:, ::-1],
        shape_b=lambda n: RIGHT["shape b"](n)[:, ::-1],
        shape_Z=lambda n, m: RIGHT["shape Z"](n, m)[:, ::-1],
    ),
}
# made in one number at a time; nobody does them everywhere
ONCE = ("wrong input read", "wrong neighbor")


# ---------------------------------------------------------------- what is in no table


def pen(x: Any, rng: Any) -> Any:
    """A slip of the pen: figures swapped, one misread or written twice, a sign or a point in the wrong place."""
    text = typed(x)
    while True:
        at = int(rng.integers(len(text)))
        made = [
            text[:at] + text[at + 1 : at + 2] + text[at : at + 1] + text[at + 2 :],
            text[:at] + str(rng.integers(10)) + text[at + 1 :],
            text[:at] + text[at : at + 1] * 2 + text[at + 1 :],
            text[1:] if text[0] == "-" else f"-{text}",
        ][rng.integers(4)]
        try:
            value = Fraction(made)
        except (ValueError, ZeroDivisionError):
            continue
        if value != Fraction(text):
            return float(value) if isinstance(x, float) else value


def miscalculated(step: Step, paper: Mapping[str, np.ndarray], at: tuple[int, ...], x: Any, rng: Any) -> Any:
    """A mistake of arithmetic: a product from the line next to it in the tables, a carry lost, a half forgotten."""
    choices = [x + 10 * int(rng.choice([-1, 1])), x + int(rng.choice([-3, -2, 2, 3])), x * 3, x / Fraction(4)]
    if isinstance(x, float):
        choices = [x + 0.1 * int(rng.choice([-1, 1])), x + 0.01 * int(rng.choice([-7, -4, 4, 7])), x * 3, x / 4]
    if step.form in SUMS and step.form != "slide":
        left, right_, _, m = sides(step, paper)
        t = int(rng.integers(left.shape[1]))
        over_by = right_[t, at[-1]] * int(rng.choice([-1, 1]))
        choices += 3 * [x + (over_by / m if isinstance(over_by, float) else over_by * Fraction(1, m))]
    return choices[rng.integers(len(choices))]
