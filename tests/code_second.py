"""Thirty more faulty programs, by another hand than tests/code_faults.py: another right program, other lines wrong.

Written from the task alone: factor, transpose, axis, missing derivative, wrong cache, updated weights, off by one layer;
the causes stand here in the words of the checker.
"""

# ruff: noqa: E501  (a program is a row of the table)

from __future__ import annotations

from typing import NamedTuple

SECOND = """
import numpy as np


def sigmoid(z):
    a = 1.0 / (1.0 + np.exp(-z))
    return a


def relu(z):
    return z * (z > 0)


def linear_forward(A_prev, W, b):
    return W @ A_prev + b


def forward_propagation(X, parameters):
    depth = len(parameters) // 2
    store = {"A0": X}
    for k in range(1, depth + 1):
        W, b = parameters[f"W{k}"], parameters[f"b{k}"]
        z = linear_forward(store[f"A{k-1}"], W, b)
        store[f"Z{k}"] = z
        store[f"A{k}"] = sigmoid(z) if k == depth else relu(z)
        store[f"W{k}"] = W
    return store[f"A{depth}"], store


def compute_cost(AL, Y):
    losses = Y * np.log(AL) + (1 - Y) * np.log(1 - AL)
    return float(-losses.mean())


def backward_propagation(AL, Y, caches):
    depth = sum(name.startswith("Z") for name in caches)
    m = Y.shape[1]
    gradients = {}
    dz = AL - Y
    for k in range(depth, 0, -1):
        below = caches[f"A{k-1}"]
        gradients[f"dW{k}"] = dz @ below.T / m
        gradients[f"db{k}"] = dz.mean(axis=1, keepdims=True)
        if k > 1:
            da = caches[f"W{k}"].T @ dz
            dz = da * (caches[f"Z{k-1}"] > 0)
    return gradients


def update_parameters(parameters, grads, learning_rate):
    stepped = {}
    for name, value in parameters.items():
        stepped[name] = value - learning_rate * grads["d" + name]
    return stepped


def predict(X, parameters):
    probability, _ = forward_propagation(X, parameters)
    return (probability > 0.5).astype(float)


def train(X, Y, parameters, learning_rate=0.1, num_iterations=100):
    for _ in range(num_iterations):
        AL, caches = forward_propagation(X, parameters)
        grads = backward_propagation(AL, Y, caches)
        parameters = update_parameters(parameters, grads, learning_rate)
    return parameters
"""


class Wrong(NamedTuple):
    """`old` became `new`; the first wrong array is `array` of `function`, and `causes` are good names for it."""

    function: str
    array: str
    causes: tuple[str, ...]
    old: str
    new: str

    @property
    def source(self) -> str:
        assert SECOND.count(self.old) == 1, self.old
        return SECOND.replace(self.old, self.new)


BACK, STEP = "backward_propagation", "update_parameters"
FORWARD = "forward_propagation"
SECONDS = [
    # a factor
    Wrong(BACK, "dW2", ("no 1/m",), "dz @ below.T / m", "dz @ below.T"),
    Wrong(BACK, "dW2", ("factor",), "dz @ below.T / m", "2 * dz @ below.T / m"),
    Wrong(BACK, "dW2", ("factor", "1/m twice"), "dz @ below.T / m", "dz @ below.T / m / m"),
    Wrong(BACK, "dW2", ("factor",), "dz @ below.T / m", "dz @ below.T / (m - 1)"),
    Wrong(BACK, "db2", ("no 1/m",), "dz.mean(axis=1, keepdims=True)", "dz.sum(axis=1, keepdims=True)"),
    Wrong("compute_cost", "J", ("factor",), "-losses.mean()", "-2 * losses.mean()"),
    Wrong(STEP, "W1", ("factor",), "value - learning_rate *", "value - 2 * learning_rate *"),
    # a transpose
    Wrong(BACK, "dW2", ("transposed",), "dz @ below.T / m", "(dz @ below.T).T / m"),
    Wrong(BACK, "dW2", ("transposed",), "dz @ below.T / m", "below @ dz.T / m"),
    Wrong("linear_forward", "Z", ("transposed",), "W @ A_prev + b", "W.T @ A_prev + b"),
    Wrong(BACK, "da", ("shapes",), 'caches[f"W{k}"].T @ dz', 'caches[f"W{k}"] @ dz'),
    # an axis
    Wrong(BACK, "db2", ("wrong axis",), "dz.mean(axis=1, keepdims=True)", "dz.mean(axis=0, keepdims=True)"),
    Wrong(BACK, "db2", ("rank 1",), "dz.mean(axis=1, keepdims=True)", "dz.mean(axis=1)"),
    Wrong(BACK, "db1", ("wrong axis",), "dz.mean(axis=1, keepdims=True)", "dz.mean(keepdims=True)"),
    # a derivative
    Wrong(BACK, "dW1", ("mask left out",), 'da * (caches[f"Z{k-1}"] > 0)', "da"),
    Wrong(BACK, "dW1", ("wrong slope",), 'da * (caches[f"Z{k-1}"] > 0)', 'da * caches[f"A{k-1}"] * (1 - caches[f"A{k-1}"])'),
    Wrong(BACK, "dW1", ("wrong slope",), 'da * (caches[f"Z{k-1}"] > 0)', 'da * (caches[f"Z{k-1}"] < 0)'),
    Wrong(BACK, "dW1", ("wrong slope",), 'da * (caches[f"Z{k-1}"] > 0)', 'da * (caches[f"Z{k-1}"] > 0) * caches[f"A{k-1}"]'),
    Wrong(BACK, "dW2", ("slope twice",), "    dz = AL - Y", "    dz = (AL - Y) * AL * (1 - AL)"),
    # a cache
    Wrong(BACK, "dW2", ("wrong cache",), 'below = caches[f"A{k-1}"]', 'below = caches[f"Z{k-1}"] if k > 1 else caches["A0"]'),
    Wrong(FORWARD, "caches", ("wrong cache",), 'store[f"W{k}"] = W', 'store[f"W{k}"] = parameters["W1"]'),
    Wrong(BACK, "dW1", ("wrong cache",), '(caches[f"Z{k-1}"] > 0)', "(da > 0)"),
    # updated weights
    Wrong("train", "W2", ("factor", "updated weights"), "        grads = backward_propagation(AL, Y, caches)",
          "        grads = backward_propagation(AL, Y, caches)\n        parameters = update_parameters(parameters, grads, learning_rate)"),
    Wrong("train", "W1", ("updated weights",), "        grads = backward_propagation(AL, Y, caches)\n        parameters = update_parameters(parameters, grads, learning_rate)",
          "        m = Y.shape[1]\n        dz = AL - Y\n        parameters = dict(parameters)\n        for k in range(len(parameters) // 2, 0, -1):\n            old = dz\n            parameters[f'W{k}'] = parameters[f'W{k}'] - learning_rate * old @ caches[f'A{k-1}'].T / m\n            parameters[f'b{k}'] = parameters[f'b{k}'] - learning_rate * old.mean(axis=1, keepdims=True)\n            if k > 1:\n                dz = parameters[f'W{k}'].T @ old * (caches[f'Z{k-1}'] > 0)"),
    # one layer off
    Wrong(FORWARD, "A2", ("wrong function",), "if k == depth else", "if k == depth - 1 else"),
    Wrong(FORWARD, "A2", ("stopped",), "for k in range(1, depth + 1):\n        W, b", "for k in range(1, depth):\n        W, b"),
    Wrong(BACK, "dW1", ("missing",), "for k in range(depth, 0, -1):", "for k in range(depth, 1, -1):"),
    # a sign, a term
    Wrong(BACK, "dW2", ("sign",), "    dz = AL - Y", "    dz = Y - AL"),
    Wrong(STEP, "W1", ("sign",), "value - learning_rate", "value + learning_rate"),
    Wrong("compute_cost", "J", ("missing term",), " + (1 - Y) * np.log(1 - AL)", ""),
]  # fmt: skip
