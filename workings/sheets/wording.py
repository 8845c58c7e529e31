"""Wording: what symbols, formulas, counts and conventions are called in words."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import fields
from fractions import Fraction
from typing import Any

from workings.conventions import Conventions
from workings.explain import Explanation
from workings.explain.notes import saturated
from workings.network import Network
from workings.sheets.shown import shown

ACTIVATIONS = {
    "Relu": "ReLU",
    "LeakyRelu": "leaky ReLU",
    "Sigmoid": "sigmoid",
    "Tanh": "tanh",
    "Softmax": "softmax",
    "Gelu": "GELU",
    "Softplus": "softplus",
    "Exp": "exp",
    "Identity": "identity",
}
THINGS = {
    "W": "weights",
    "b": "biases",
    "Z": "sums before the activation",
    "A": "activations",
    "E": "powers of e",
}
ALONE = {
    "X": "inputs",
    "Y": "targets",
    "L": "loss of each example",
    "J": "loss, the mean over the examples",
    "dX": "gradient of the loss with respect to the inputs",
}


def reading(name: str) -> str:
    """How a symbol is read.

    >>> reading("dW1")
    'gradient of the loss with respect to the weights of layer 1'
    >>> reading("Z2")
    'sums before the activation of layer 2'
    """
    if name in ALONE:
        return ALONE[name]
    if name.endswith("_new"):
        return f"{reading(name.removesuffix('_new'))} after the step"
    if found := re.fullmatch(r"mask(\d+)", name):
        return f"slope of ReLU in layer {found[1]}: 1 where Z{found[1]} is positive, else 0"
    found = re.fullmatch(r"(d?)([A-Z]|b)(\d+)", name)
    if not found or found[2] not in THINGS:
        return name
    d, letter, layer = found.groups()
    whole = f"{THINGS[letter]} of layer {layer}"
    return f"gradient of the loss with respect to the {whole}" if d else whole


def glossary(names: Iterable[str]) -> dict[str, str]:
    """The reading of every symbol that has one."""
    return {name: told for name in names if (told := reading(name)) != name}


def formula(w: Explanation, name: str, bias: bool = True) -> str:
    """How a whole array is made, in symbols, without what says nothing: "W1 X + b1", "dZ1 X.T".

    An activation is called by its name, "ReLU(Z1)"; the 0 that stands for 0 log 0 is left to the conventions.
    """
    rows = {row.name: row for row in w.problem.network.rows}
    if name in rows and (called := ACTIVATIONS.get(type(rows[name].layer).__name__)):
        return f"{called}({rows[name].reads[0]})"
    if found := re.fullmatch(r"mask(\d+)", name):
        return f"1 where Z{found[1]} > 0, else 0"
    told = w[name].formula
    told = re.sub(r" / 1$", "", told).replace(" @ ", " ")
    told = re.sub(r"0 if [^=()]+ == 0 else ", "", told)
    if found := re.fullmatch(r"(\w+) if Z(\d+) > 0 else 0", told):
        few = w.numbers[f"Z{found[2]}"].shape[-1] <= 2 and f"mask{found[2]}" in w
        told = f"{found[1]} x mask{found[2]}" if few else f"{found[1]} where Z{found[2]} > 0, else 0"
    told = re.sub(r"\b\d+/\d+\b", lambda x: shown(Fraction(x[0]), 4).text, told)
    if not bias:
        told = re.sub(r" \+ b\d+(\.T)?$", "", told)
    return "" if told in (name, "given") else told


def side_by_side(told: str, second: str) -> str:
    """The formula of W as that of W | b: "dZ1 [X | 1].T", "[W1 | b1] - 1/100 x [dW1 | db1]"."""
    if found := re.fullmatch(r"(\w+) (\w+)\.T( / \d+)?", told):
        return f"{found[1]} [{found[2]} | 1].T{found[3] or ''}"
    if found := re.fullmatch(r"(\w+)\.T (\w+)( / \d+)?", told):  # examples as rows
        return f"{found[1]}.T [{found[2]} | 1]{found[3] or ''}"
    own = second.removesuffix("_new")
    if found := re.fullmatch(r"(W\d+) - (\S+) x (dW\d+)", told):
        return f"[{found[1]} | {own}] - {found[2]} x [{found[3]} | d{own}]"
    return told


def nodes(network: Network, params: Mapping[str, Mapping[str, Any]]) -> list[tuple[str, int, int]]:
    """Every dense layer as (row, units, inputs)."""
    return [(row.name, *params[row.name]["W"].shape) for row in network.rows if "W" in params.get(row.name, {})]


def counts(network: Network, params: Mapping[str, Mapping[str, Any]], bias: bool = True) -> tuple[str, ...]:
    """The parameters counted as arithmetic: of one node, of each layer, of all, and how layers hang together.

    ("each node of layer 1: 3 + 1", "layer 1: 4 x (3 + 1) = 16", "all: 4 x (3 + 1) + 2 x (4 + 1) = 16 + 10 = 26")
    """
    layers = nodes(network, params)
    if not layers or any(set(params[row]) - {"W", "b"} or params[row]["W"].ndim != 2 for row, _, _ in layers):
        return ()
    one = lambda n: f"{n} + 1" if bias else f"{n}"
    terms = [f"{units} x ({n} + 1)" if bias else f"{units} x {n}" for _, units, n in layers]
    sums = [units * (n + bias) for _, units, n in layers]
    told = [
        f"layer {l}: {one(n)} parameters in each node, {term} = {total} in all"
        for l, ((_, _, n), term, total) in enumerate(zip(layers, terms, sums, strict=True), 1)
    ]
    if len(layers) > 1:
        told.append(f"all layers: {' + '.join(terms)} = {' + '.join(map(str, sums))} = {sum(sums)}")
    told.append("weights of a node = nodes in the layer before: " + ", ".join(_before(layers)))
    return tuple(told)


def _before(layers: list[tuple[str, int, int]]) -> list[str]:
    return [f"{n} in layer {l}" for l, (_, _, n) in enumerate(layers, 1)]


def conventions(w: Explanation) -> tuple[str, ...]:
    """What is declared once: counting, columns, the loss and its factor, 1/m, ReLU'(0), rounding."""
    c, told = w.conventions, []
    told.append(f"cells are counted from {c.base}; each {c.examples[:-1]} is one example")
    kinds = {type(row.layer).__name__ for row in w.problem.network.rows}
    if "J" in w:
        mean = "J is its mean over the m examples"
        mean = mean if w.problem.w is None else "J is the sum of s x L over the m examples, by m (weights w)"
        told.append(f"loss: {spoken(w.problem.loss)}; {mean}")
        told.append("gradients of W and b are divided by m, those of Z and A are not")
    if "Relu" in kinds:
        told.append("ReLU(z) = max(z, 0); its slope at 0 is taken as 0")
    if "Softmax" in kinds:
        told.append(f"softmax(z) = e^z / sum of e^z, {_along(c)}")
    told += [sentence.rstrip(".") for sentence in saturated(w)]
    told.append(
        f"whole numbers and fractions are exact; all else is shown with {c.digits} digits, ~ marks a rounding"
    )
    return tuple(told)


def _along(c: Conventions) -> str:
    """Where the numbers of one example stand."""
    return "down each column" if c.examples == "columns" else "along each row"


def spoken(loss: Any) -> str:
    """A loss by its name and its options."""
    if told := getattr(loss, "spoken", ""):
        return told
    words = re.sub(r"(?<=[a-z])(?=[A-Z])", " ", type(loss).__name__).lower()
    options = ", ".join(f"{f.name} {getattr(loss, f.name)}" for f in fields(loss))
    return f"{words} ({options})" if options else words
