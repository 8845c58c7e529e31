"""Right programs by other routes, put together by chance from other ways to write each line; and near misses of them.

right(i) is a program; wrong(i) is (function, array, what was done, program): one line of a right one is slightly off.
"""

# ruff: noqa: E501  (a way to write a line is a row of the table)

from __future__ import annotations

import numpy as np

PRODUCTS = [
    "np.dot({a}, {b})",
    "{a} @ {b}",
    "np.matmul({a}, {b})",
    "np.einsum('ij,jk->ik', {a}, {b})",
    "np.tensordot({a}, {b}, 1)",
    "sum(np.outer({a}[:, t], {b}[t]) for t in range({a}.shape[1]))",
    "sum(np.outer({a}[:, t], {b}[t]) for t in reversed(range({a}.shape[1])))",
    "np.array([[sum({a}[i, t] * {b}[t, j] for t in range({a}.shape[1])) for j in range({b}.shape[1])] for i in range({a}.shape[0])])",
    "({b}.T @ {a}.T).T",
    "({a}[:, :, None] * {b}[None]).sum(axis=1)",
    "({a}.astype(np.float32) @ {b}.astype(np.float32))",
]
ARGUMENTS = ["A, W, b", "A_prev, W, b", "W, A_prev, b", "W, b, A_prev", "A_prev, weights, bias", "a_prev, w, b"]
BIASES = [
    "{z} + {b}",
    "{b} + {z}",
    "np.add({z}, {b})",
    "{z} + np.reshape({b}, (-1, 1))",
    "{z} + {b} @ np.ones((1, {z}.shape[1]))",
]
SIGMOIDS = [
    "1 / (1 + np.exp(-Z))",
    "np.exp(Z) / (1 + np.exp(Z))",
    "0.5 * (1 + np.tanh(Z / 2))",
    "np.where(Z > 0, 1 / (1 + np.exp(-np.abs(Z))), np.exp(-np.abs(Z)) / (1 + np.exp(-np.abs(Z))))",
    "np.array([[1 / (1 + math.exp(-z)) for z in row] for row in Z])",
    "[[1 / (1 + math.exp(-z)) for z in row] for row in Z]",
    "np.vectorize(lambda z: 1 / (1 + math.exp(-z)))(Z)",
    "np.reciprocal(1 + np.exp(-Z.astype(np.float32)))",
    "1 - 1 / (1 + np.exp(Z))",
]
RELUS = [
    "np.maximum(0, Z)",
    "Z * (Z > 0)",
    "np.where(Z > 0, Z, 0)",
    "(Z + np.abs(Z)) / 2",
    "np.clip(Z, 0, None)",
    "[[max(0.0, z) for z in row] for row in Z]",
    "np.array([[z if z > 0 else 0.0 for z in row] for row in Z], dtype=np.float32)",
    "np.fmax(Z, 0)",
]
COSTS = [
    "-np.sum(Y * np.log(AL) + (1 - Y) * np.log(1 - AL)) / m",
    "-np.mean(Y * np.log(AL) + (1 - Y) * np.log(1 - AL))",
    "-(Y @ np.log(AL).T + (1 - Y) @ np.log(1 - AL).T).item() / m",
    "-np.log(np.where(Y == 1, AL, 1 - AL)).sum() / m",
    "sum(-math.log(a if y else 1 - a) for a, y in zip(AL.ravel(), Y.ravel())) / m",
    "np.float32(np.mean(-Y * np.log(AL) - (1 - Y) * np.log1p(-AL)))",
    "[[-np.sum(Y * np.log(AL) + (1 - Y) * np.log(1 - AL)) / m]]",
]
MEANS = ["{x} / m", "(1 / m) * {x}", "np.divide({x}, m)", "{x} * (1.0 / m)"]
DB = [
    "np.sum(dZ, axis=1, keepdims=True) / m",
    "dZ.mean(axis=1, keepdims=True)",
    "dZ @ np.ones((m, 1)) / m",
    "np.array([[sum(row) / m] for row in dZ])",
    "[[sum(row) / m] for row in dZ]",
    "np.sum(dZ, axis=1).reshape(-1, 1) / m",
    "sum(dZ[:, [k]] for k in range(m)) / m",
    "np.add.reduce(dZ.astype(np.float32), axis=1)[:, None] / m",
]
COUNTS = ["A.shape[1]", "dZ.shape[1]", "len(dZ[0])", "A.T.shape[0]", "int(dZ.size / len(dZ))"]
STEPS = [
    "{{name: parameters[name] - {lr} * grads['d' + name] for name in parameters}}",
    "{{name: value + (-{lr}) * grads['d' + name] for name, value in parameters.items()}}",
    "dict((name, np.subtract(value, {lr} * grads['d' + name])) for name, value in parameters.items())",
    "{{name: (value - {lr} * grads['d' + name]).astype(np.float32) for name, value in parameters.items()}}",
    "{{name: [[w - {lr} * d for w, d in zip(ws, ds)] for ws, ds in zip(value, grads['d' + name])] for name, value in parameters.items()}}",
]
RATES = ["learning_rate", "lr", "alpha"]

PROGRAM = """
import math

import numpy as np


def linear_forward({arguments}):
    Z = {z}
    return {zb}


def sigmoid(Z):
    return {sigmoid}


def relu(Z):
    return {relu}


def compute_cost(AL, Y):
    m = Y.shape[1]
    return {cost}


def linear_backward(dZ, cache):
    A, W, b = cache
    m = {m}
    dW = {dW}
    db = {db}
    dA_prev = {dA}
    return dA_prev, dW, db


def update_parameters(parameters, grads, {lr}):
    return {step}
"""


def parts(i: int) -> dict[str, str]:
    """The lines of right program number i."""
    rng = np.random.default_rng([54, i])
    one = lambda choices: choices[rng.integers(len(choices))]
    arguments = one(ARGUMENTS)
    A, W, b = (next(n for n in arguments.split(", ") if n.lower()[0] in letters) for letters in ("a", "w", "b"))
    lr = one(RATES)
    return {
        "arguments": arguments,
        "z": one(PRODUCTS).format(a=W, b=A),
        "zb": one(BIASES).format(z="Z", b=b),
        "sigmoid": one(SIGMOIDS),
        "relu": one(RELUS),
        "cost": one(COSTS),
        "m": one(COUNTS),
        "dW": one(MEANS).format(x=f"({one(PRODUCTS).format(a='dZ', b='A.T')})"),
        "db": one(DB),
        "dA": one(PRODUCTS).format(a="W.T", b="dZ"),
        "lr": lr,
        "step": one(STEPS).format(lr=lr),
    }


def right(i: int) -> str:
    return PROGRAM.format(**parts(i))


MISSES = [  # the part, its function and array, and what becomes of the line
    ("zb", "linear_forward", "Z", "{x} * (1 + 2e-3)"),
    ("zb", "linear_forward", "Z", "-({x})"),
    ("zb", "linear_forward", "Z", "Z"),
    ("zb", "linear_forward", "Z", "({x}) + 1e-2"),
    ("zb", "linear_forward", "Z", "np.round({x}, 1)"),
    ("sigmoid", "sigmoid", "A", "1 / (1 + np.exp(Z))"),
    ("sigmoid", "sigmoid", "A", "np.array({x}) * 0.99"),
    ("sigmoid", "sigmoid", "A", "np.round({x}, 2)"),
    ("relu", "relu", "A", "np.maximum(0.1, Z)"),
    ("relu", "relu", "A", "np.where(Z > 0, Z, 0.01 * Z)"),
    ("relu", "relu", "A", "-np.minimum(0, Z)"),
    ("relu", "relu", "A", "np.abs(Z)"),
    ("cost", "compute_cost", "J", "-np.sum(Y * np.log(AL) + (1 - Y) * np.log(1 - AL)) / (m + 1)"),
    ("cost", "compute_cost", "J", "np.sum(Y * np.log(AL) + (1 - Y) * np.log(1 - AL)) / m"),
    ("cost", "compute_cost", "J", "-np.sum(Y * np.log10(AL) + (1 - Y) * np.log10(1 - AL)) / m"),
    ("cost", "compute_cost", "J", "-np.sum(Y * np.log(AL) + (1 - Y) * np.log(1 - AL)) / m + 1e-2"),
    ("dW", "linear_backward", "dW", "({x}) * m"),
    ("dW", "linear_backward", "dW", "-({x})"),
    ("dW", "linear_backward", "dW", "({x}).T"),
    ("dW", "linear_backward", "dW", "({x}) * m / (m + 1)"),
    ("db", "linear_backward", "db", "np.sum(dZ, axis=1, keepdims=True)"),
    ("db", "linear_backward", "db", "np.sum(dZ, axis=0, keepdims=True) / m"),
    ("db", "linear_backward", "db", "np.array({x}) + 1e-2"),
    ("dA", "linear_backward", "dA_prev", "({x}) / m"),
    ("dA", "linear_backward", "dA_prev", "-({x})"),
    ("dA", "linear_backward", "dA_prev", "({x}) * 1.01"),
    ("step", "update_parameters", "W1", "{{name: value + {lr} * grads['d' + name] for name, value in parameters.items()}}"),
    ("step", "update_parameters", "W1", "{{name: value - grads['d' + name] for name, value in parameters.items()}}"),
    ("step", "update_parameters", "W1", "{{name: value - 1.01 * {lr} * grads['d' + name] for name, value in parameters.items()}}"),
]  # fmt: skip


def wrong(i: int) -> tuple[str, str, str, str]:
    made = parts(1000 + i)
    part, function, array, change = MISSES[i % len(MISSES)]
    line = change.format(x=made[part], lr=made["lr"])
    return function, array, line, PROGRAM.format(**made | {part: line})
