"""The faults of simulated learners, as arithmetic; nothing here knows the marker's table of mistakes."""

from __future__ import annotations

import math
import re
from fractions import Fraction
from itertools import pairwise
from typing import Any

import numpy as np

from tests.learner import (
    Cannot,
    Fault,
    Paper,
    activation,
    dw_terms,
    dz,
    float_like,
    inputs,
    prediction,
    sigmoid,
    slope,
    total,
    walk_terms,
    well,
    z_terms,
)

At = tuple[int, ...]


def only(condition: Any) -> None:
    if not condition:
        raise Cannot


def parts(array: str, *letters: str) -> int:
    """The layer of Z2, where the letter is one of these."""
    found = re.fullmatch(r"([a-zA-Z]+?)(\d)", array)
    only(found and found[1] in letters)
    assert found
    return int(found[2])


def terms_of(p: Paper, array: str, at: At) -> tuple[list[Any], Any]:
    """The products of a sum, and the bias that is added to them."""
    if p.kind == "matrix-product":
        return [p.v["A"][at[0], j] * p.v["B"][j, at[1]] for j in range(p.v["A"].shape[1])], 0
    if p.kind == "convolution" and array == "Z":
        k = len(p.v["K"])
        under = p.v["X"][at[0] : at[0] + k, at[1] : at[1] + k]
        return list((under * p.v["K"]).flat), p.v["b"][0, 0]
    if p.kind == "recurrent":
        only(array[0] == "z")
        *products, b = walk_terms(p, int(array[-2]), at[0])
        return products, b
    found = re.fullmatch(r"(Z|dA)(\d)", array)
    only(found)
    assert found
    l = int(found[2])
    if found[1] == "Z":
        return z_terms(p, l, *at), p.v[f"b{l}"][at[0], 0]
    only(l < p.depth)
    W, dZ = p.v[f"W{l + 1}"], p.v[f"dZ{l + 1}"]
    return [W[i, at[0]] * dZ[i, at[1]] for i in range(len(W))], 0


def bias_forgotten(p: Paper, array: str, at: At) -> Any:
    products, b = terms_of(p, array, at)
    only(b)
    return total(products)


def biases_not_counted(p: Paper, array: str, at: At) -> Any:
    only(array == "parameters")
    return p.v["weights"][at]


def bias_per_example(p: Paper, array: str, at: At) -> Any:
    parts(array, "Z")
    products, b = terms_of(p, array, at)
    only(p.m > 1)
    return total(products) + p.m * b


def relu_forgotten(p: Paper, array: str, at: At) -> Any:
    if p.kind == "convolution":
        only(array == "A")
        return p.v["Z"][at]
    l = parts(array, "A")
    only(activation(p, l) == "relu")
    return p.v[f"Z{l}"][at]


def relu_on_the_sum(p: Paper, array: str, at: At) -> Any:
    only(array[0] == "Z")
    return max(well(p, array, at), 0)


def minus_in_exponent(p: Paper, array: str, at: At) -> Any:
    l = parts(array, "A")
    only(activation(p, l) == "sigmoid")
    return 1 / (1 + math.exp(float(p.v[f"Z{l}"][at])))


def not_normalized(p: Paper, array: str, at: At) -> Any:
    l = parts(array, "A")
    only(activation(p, l) == "softmax")
    return math.exp(float(p.v[f"Z{l}"][at]))


def log10(p: Paper, array: str, at: At) -> Any:
    only(array == "L" and p.kind in ("softmax", "logistic-regression"))
    return well(p, array, at) / math.log(10)


def sum_for_mean(p: Paper, array: str, at: At) -> Any:
    only(array == "J")
    return total(p.v["L"].flat)


def one_term_dropped(p: Paper, array: str, at: At, which: int = 0) -> Any:
    products, b = terms_of(p, array, at)
    only(len(products) > (2 if array[0] == "d" or p.kind == "recurrent" else 1))  # else it has a name of its own
    which %= len(products)
    return total(products[:which] + products[which + 1 :]) + b


def sign_slip(p: Paper, array: str, at: At, which: int = 0) -> Any:
    products, b = terms_of(p, array, at)
    only(len(products) > 1)
    which %= len(products)
    return total(-x if i == which else x for i, x in enumerate(products)) + b


def wrong_neighbor(p: Paper, array: str, at: At, which: int = 0) -> Any:
    """w21 read for w12."""
    if p.kind == "matrix-product":
        A, B, i = p.v["A"], p.v["B"], at[0]
        pairs = [j for j in range(A.shape[1]) if j != i and i < A.shape[1] and j < A.shape[0]]
        only(pairs)
        j = pairs[which % len(pairs)]
        return well(p, array, at) + (A[j, i] - A[i, j]) * B[j, at[1]]
    l = parts(array, "Z")
    W, A, i = p.v[f"W{l}"], inputs(p, l), at[0]
    pairs = [j for j in range(W.shape[1]) if j != i and i < W.shape[1] and j < W.shape[0]]
    only(len(pairs) > 1)  # with one pair alone, the row is that of the transposed matrix
    j = pairs[which % len(pairs)]
    return well(p, array, at) + (W[j, i] - W[i, j]) * A[j, at[1]]


def wrong_input(p: Paper, array: str, at: At, which: int = 0) -> Any:
    """The input of the row beside its own, read by mistake."""
    if p.kind == "matrix-product":
        W, A = p.v["A"], p.v["B"]
    else:
        l = parts(array, "Z")
        only(l == 1)
        W, A = p.v["W1"], p.v["X"]
    n = W.shape[1]
    only(n > 1)
    j = which % n
    other = j + 1 if j + 1 < n else j - 1
    return well(p, array, at) + W[at[0], j] * (A[other, at[1]] - A[j, at[1]])


def element_by_element(p: Paper, array: str, at: At) -> Any:
    if p.kind == "matrix-product":
        return p.v["A"][at] * p.v["B"][at]
    l = parts(array, "Z")
    only(p.v[f"W{l}"].shape[1] > 1 and inputs(p, l).shape[1] > 1)
    return p.v[f"W{l}"][at] * inputs(p, l)[at] + p.v[f"b{l}"][at[0], 0]


def weights_transposed(p: Paper, array: str, at: At) -> Any:
    i, k = at
    if p.kind == "matrix-product":
        return total(p.v["A"][j, i] * p.v["B"][j, k] for j in range(p.v["A"].shape[1]))
    l = parts(array, "Z")
    W, A = p.v[f"W{l}"], inputs(p, l)
    return total(W[j, i] * A[j, k] for j in range(W.shape[1])) + p.v[f"b{l}"][i, 0]


def rows_for_columns(p: Paper, array: str, at: At) -> Any:
    """The batch read with rows and columns swapped."""
    i, k = at
    if p.kind == "matrix-product":
        return total(p.v["A"][i, j] * p.v["B"][k, j] for j in range(p.v["A"].shape[1]))
    only(parts(array, "Z") == 1)
    W, X = p.v["W1"], p.v["X"]
    return total(W[i, j] * X[k, j] for j in range(W.shape[1])) + p.v["b1"][i, 0]


def early_rounding(p: Paper, array: str, at: At) -> Any:
    """The numbers read are rounded to two decimals first."""
    only(p.kind in ("logistic-regression", "softmax", "neuron-chain", "recurrent"))
    rough = Paper(p.e, None)
    given = {*p.e.parameters, "X", "Y"}
    rough.v = {name: x if name in given else cut(x) for name, x in p.v.items()}
    return well(rough, array, at)


def cut(x: Any) -> Any:
    """Two decimals of every number that is there already."""
    return np.vectorize(lambda y: None if y is None else round(Fraction(y), 2), otypes=[object])(x)


# ---------------------------------------------------------------- backward


def turned_round(p: Paper, array: str, at: At) -> Any:
    if p.kind == "neuron-chain":
        only(parts(array, "dA") == p.depth)
    else:
        only(parts(array, "dZ") == p.depth)
    return -well(p, array, at)


def factor_2(p: Paper, array: str, at: At) -> Any:
    """A 2 too many before the difference; in the chain, where it belongs, it is left out."""
    if p.kind == "neuron-chain":
        only(parts(array, "dA") == p.depth)
        return well(p, array, at) / 2
    only(p.kind == "two-layer-network" and parts(array, "dZ") == p.depth)
    return 2 * well(p, array, at)


def not_divided(p: Paper, array: str, at: At) -> Any:
    parts(array, "dW", "db")
    only(p.m > 1)
    return well(p, array, at) * p.m


def divided_too_early(p: Paper, array: str, at: At) -> Any:
    parts(array, "dZ", "dA")
    only(p.m > 1)
    return well(p, array, at) / p.m


def examples_not_summed(p: Paper, array: str, at: At) -> Any:
    l = parts(array, "dW")
    only(p.m > 1)
    return dw_terms(p, l, *at)[0] / p.m


def bias_not_summed(p: Paper, array: str, at: At) -> Any:
    l = parts(array, "db")
    only(p.m > 1)
    return p.v[f"dZ{l}"][at[0], 0] / p.m


def slope_forgotten(p: Paper, array: str, at: At) -> Any:
    l = parts(array, "dZ")
    only(f"dA{l}" in p.v)
    return p.v[f"dA{l}"][at]


def slope_twice(p: Paper, array: str, at: At) -> Any:
    l = parts(array, "dZ")
    only(f"dA{l}" in p.v)
    return dz(p, l, *at) * slope(p, l, *at)


def slope_of_gradient(p: Paper, array: str, at: At) -> Any:
    """1 where dA is positive, instead of where Z is."""
    l = parts(array, "dZ")
    only(f"dA{l}" in p.v and activation(p, l) == "relu")
    d = p.v[f"dA{l}"][at]
    return d if d > 0 else Fraction(0)


def slope_of_a(p: Paper, array: str, at: At) -> Any:
    l = parts(array, "dZ")
    only(f"dA{l}" in p.v and activation(p, l) == "sigmoid")
    s = sigmoid(p.v[f"A{l}"][at])
    return float(p.v[f"dA{l}"][at]) * s * (1 - s)


def z_for_a(p: Paper, array: str, at: At) -> Any:
    l = parts(array, "dW", "Z")
    only(l > 1)
    Z = p.v[f"Z{l - 1}"]
    i, j = at
    if array[0] == "Z":
        W = p.v[f"W{l}"]
        return total(W[i, n] * Z[n, j] for n in range(W.shape[1])) + p.v[f"b{l}"][i, 0]
    return total(p.v[f"dZ{l}"][i, k] * Z[j, k] for k in range(p.m)) / p.m


def da_for_dz(p: Paper, array: str, at: At) -> Any:
    l = parts(array, "dW", "db")
    dA = p.v[f"dA{l}"]
    if array[:2] == "db":
        return total(dA[at[0]]) / p.m
    return total(dA[at[0], k] * inputs(p, l)[at[1], k] for k in range(p.m)) / p.m


def own_a(p: Paper, array: str, at: At) -> Any:
    l = parts(array, "dW")
    A = prediction(p) if l == p.depth else p.v[f"A{l}"]
    only(at[1] < len(A) and not (l == p.depth and p.kind == "two-layer-network"))
    return total(p.v[f"dZ{l}"][at[0], k] * A[at[1], k] for k in range(p.m)) / p.m


def w_not_transposed(p: Paper, array: str, at: At) -> Any:
    l = parts(array, "dA")
    only(l < p.depth)
    W, dZ = p.v[f"W{l + 1}"], p.v[f"dZ{l + 1}"]
    j, k = at
    return total(W[j, i] * dZ[i, k] for i in range(len(W)))


def one_path(p: Paper, array: str, at: At) -> Any:
    if p.kind == "computation-graph":
        g = lambda name: p.v[name][0, 0]
        match p.e.level, array:
            case 2, "dq":
                return g("du")
            case 3, "dp":
                return g("q") * g("du")
        raise Cannot
    only(array[:2] == "dA")
    products, _ = terms_of(p, array, at)
    only(len(products) > 1)
    return products[0]


def dw_transposed(p: Paper, array: str, at: At) -> Any:
    parts(array, "dW")
    return well(p, array, at[::-1])


def updated_weights(p: Paper, array: str, at: At) -> Any:
    l = parts(array, "dA")
    only(l < p.depth and p.rate is not None)
    W = p.v[f"W{l + 1}"] - p.rate * p.v[f"dW{l + 1}"]
    dZ = p.v[f"dZ{l + 1}"]
    return total(W[i, at[0]] * dZ[i, at[1]] for i in range(len(W)))


def _step(p: Paper, array: str, at: At) -> tuple[Any, Any, Any]:
    if p.kind == "gradient-descent":
        only(array[0] == "w")
        t = int(array[1]) - 1
        return p.v[f"w{t}"][at], p.v["alpha"][0, 0], p.v[f"dw{t}"][at]
    only(array.endswith("_new"))
    base = array.removesuffix("_new")
    return p.v[base][at], p.rate, p.v[f"d{base}"][at]


def added(p: Paper, array: str, at: At) -> Any:
    w, rate, d = _step(p, array, at)
    return w + rate * d


def rate_forgotten(p: Paper, array: str, at: At) -> Any:
    w, _, d = _step(p, array, at)
    return w - d


# ---------------------------------------------------------------- counting, pictures, sequences


def shape_turned(p: Paper, array: str, at: At) -> Any:
    only(p.kind == "shapes")
    return well(p, array, (at[0], 1 - at[1]))


def input_as_layer(p: Paper, array: str, at: At) -> Any:
    only(array == "layers")
    return well(p, array, at) + 1


def kernel_turned(p: Paper, array: str, at: At) -> Any:
    only(p.kind == "convolution" and array == "Z")
    k = len(p.v["K"])
    i, j = at
    return total((p.v["X"][i : i + k, j : j + k] * p.v["K"][::-1, ::-1]).flat) + p.v["b"][0, 0]


def state_forgotten(p: Paper, array: str, at: At) -> Any:
    only(p.kind == "recurrent" and array[0] == "z" and int(array[-2]) > 1)
    *_, x, b = walk_terms(p, int(array[-2]), at[0])
    return x + b


FAULTS: dict[str, Fault] = {
    "bias forgotten": bias_forgotten,
    "bias per example": bias_per_example,
    "ReLU forgotten": relu_forgotten,
    "ReLU on the sum": relu_on_the_sum,
    "minus in the exponent forgotten": minus_in_exponent,
    "softmax not normalized": not_normalized,
    "log10 for ln": log10,
    "sum for mean": sum_for_mean,
    "early rounding": early_rounding,
    "one term dropped": one_term_dropped,
    "sign slip": sign_slip,
    "wrong neighbor": wrong_neighbor,
    "wrong input read": wrong_input,
    "element by element": element_by_element,
    "weights transposed": weights_transposed,
    "inputs transposed": rows_for_columns,
    "difference turned round": turned_round,
    "factor 2": factor_2,
    "1/m forgotten": not_divided,
    "1/m too early": divided_too_early,
    "examples not summed": examples_not_summed,
    "bias gradient not summed": bias_not_summed,
    "slope forgotten": slope_forgotten,
    "slope twice": slope_twice,
    "slope at the wrong place": slope_of_gradient,
    "slope of a for slope of z": slope_of_a,
    "Z for A": z_for_a,
    "dA for dZ": da_for_dz,
    "own layer's A": own_a,
    "W not transposed": w_not_transposed,
    "one path only": one_path,
    "dW transposed": dw_transposed,
    "updated weights used": updated_weights,
    "added for subtracted": added,
    "rate forgotten": rate_forgotten,
    "biases forgotten": biases_not_counted,
    "shapes transposed": shape_turned,
    "input counted as layer": input_as_layer,
    "kernel turned round": kernel_turned,
    "state forgotten": state_forgotten,
}
ONCE_ONLY = {"one term dropped", "sign slip", "wrong neighbor", "wrong input read", "early rounding"}
PICKS = {"one term dropped", "sign slip", "wrong neighbor", "wrong input read"}  # these go wrong at one of the terms


# ---------------------------------------------------------------- slips, and what is in no table


def slip(x: Any, rng: Any) -> Any:
    """A number that was worked out well, and written down wrong: digits swapped, one digit off, a sign lost."""
    exact = not isinstance(x, float)
    text = (
        str(abs(int(x))) if exact and Fraction(x).denominator == 1 else f"{abs(float(x)):.3f}".rstrip("0").rstrip(".")
    )
    sign = -1 if x < 0 else 1
    spots = [i for i, c in enumerate(text) if c.isdigit()]
    pairs = [(i, j) for i, j in pairwise(spots) if text[i] != text[j]]
    kinds = ["digit", *(["swap"] if pairs else []), *(["sign"] if x < 0 else [])]
    kind = kinds[rng.integers(len(kinds))]
    letters = [*text]
    if kind == "sign":
        sign = 1
    elif kind == "swap":
        i, j = pairs[rng.integers(len(pairs))]
        letters[i], letters[j] = letters[j], letters[i]
    else:
        i = spots[rng.integers(len(spots))]
        letters[i] = rng.choice([d for d in "0123456789" if d != letters[i]])
    made = sign * Fraction("".join(letters))
    return made if exact else float(made)


def odd(p: Paper, array: str, at: At, right: Any, rng: Any) -> Any:
    """Something that is in no table of mistakes."""
    size = max(abs(float(right)), 3)
    whole = not isinstance(right, float)
    near = lambda x: Fraction(round(x)) if whole else float(x)
    ways = [
        lambda: right + near(rng.choice([-2, -1, 1, 2, 10, -10])) * (1 if whole else Fraction(1, 100)),
        lambda: near(size * rng.uniform(-1.5, 1.5)),
        lambda: near(size * rng.uniform(-1.5, 1.5)),
        lambda: right * 3,
        lambda: right**2 if abs(right) < 90 else right * 3,
    ]
    try:
        products, b = terms_of(p, array, at)
        ways += [
            lambda: total(products) + products[0] + b,  # a term counted twice
            lambda: total(products) / len(products) + b,  # the mean instead of the sum
            lambda: total(products) * (b or 2),
            lambda: total(products) + 4 * b,
            lambda: total(products) - total(products) / len(products) - b,
        ]
    except (Cannot, KeyError, IndexError, ValueError):
        pass
    return ways[rng.integers(len(ways))]()


__all__ = ["FAULTS", "ONCE_ONLY", "PICKS", "float_like", "odd", "slip", "terms_of"]
