"""Reference: what each function should give, by the layers of this library; examples are columns here.

A case is what a function is given, by name.  A plan says which activations and which loss a network is taken to have.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

import numpy as np

from workings import layers
from workings.contract import Layer

Case = Mapping[str, Any]
Arrays = dict[str, Any]

ACTIVATIONS: dict[str, Layer] = {
    "relu": layers.Relu(),
    "sigmoid": layers.Sigmoid(),
    "tanh": layers.Tanh(),
    "linear": layers.Identity(),
    "softmax": layers.Softmax(),
}


class Plan(NamedTuple):
    """The conventions of a whole network: between the layers, at the end, and its loss."""

    hidden: str = "relu"
    output: str = "sigmoid"
    loss: str = "cross-entropy"

    def __str__(self) -> str:
        return f"{self.hidden} inside, {self.output} at the end, {self.loss}"


PLANS = [
    Plan(hidden, output, loss)
    for output, loss in (
        ("sigmoid", "cross-entropy"),
        ("softmax", "cross-entropy"),
        ("linear", "half-squared-error"),
        ("linear", "squared-error"),
        ("sigmoid", "half-squared-error"),
        ("sigmoid", "squared-error"),
    )
    for hidden in ("relu", "tanh", "sigmoid")
]


def activated(name: str, Z: Any) -> Any:
    """A = g(Z)."""
    return ACTIVATIONS[name].forward(np, Z)[0]


def sloped(name: str, dA: Any, Z: Any) -> Any:
    """dZ = dA · g′(Z)."""
    _, cache = ACTIVATIONS[name].forward(np, Z)
    return ACTIVATIONS[name].backward(np, dA, **cache)[0]


def linear(A: Any, W: Any, b: Any) -> Any:
    """Z = W A + b."""
    return layers.Dense(len(W)).forward(np, A, W=W, b=b)[0]


def linear_back(dZ: Any, A: Any, W: Any, b: Any) -> Arrays:
    """dW = dZ Aᵀ / m, db = Σ dZ / m, dA_prev = Wᵀ dZ."""
    dA, grads = layers.Dense(len(W)).backward(np, dZ, W=W, b=b, A=A)
    return {"dW": grads["W"], "db": grads["b"], "dA_prev": dA}


def depth(parameters: Mapping[str, Any]) -> int:
    """How many layers have parameters."""
    return sum(name.startswith("W") for name in parameters)


def forward(X: Any, parameters: Mapping[str, Any], plan: Plan) -> Arrays:
    """Z1, A1, …, by layer; the last A is AL."""
    found, A, L = {}, X, depth(parameters)
    for layer in range(1, L + 1):
        Z = found[f"Z{layer}"] = linear(A, parameters[f"W{layer}"], parameters[f"b{layer}"])
        A = found[f"A{layer}"] = activated(plan.output if layer == L else plan.hidden, Z)
    return found | {"AL": A}


def cost(AL: Any, Y: Any, loss: str) -> float:
    """J, the mean over the examples."""
    if loss == "cross-entropy":
        L = -Y * np.log(AL) if len(Y) > 1 else -Y * np.log(AL) - (1 - Y) * np.log(1 - AL)
    else:
        L = (AL - Y) ** 2 * {"half-squared-error": 0.5, "squared-error": 1.0}[loss]
    return float(L.sum() / Y.shape[-1])


def backward(X: Any, Y: Any, parameters: Mapping[str, Any], plan: Plan) -> Arrays:
    """dW, db of each layer, as the way back meets them."""
    wires, L, found = forward(X, parameters, plan), depth(parameters), {}
    dZ = wires["AL"] - Y  # of cross-entropy with its own last activation, and of half the squared error
    if plan.loss != "cross-entropy":
        dA = dZ * (2 if plan.loss == "squared-error" else 1)
        dZ = sloped(plan.output, dA, wires[f"Z{L}"])
    for layer in range(L, 0, -1):
        A, W, b = wires.get(f"A{layer - 1}", X), parameters[f"W{layer}"], parameters[f"b{layer}"]
        one = linear_back(dZ, A, W, b)
        found |= {f"dW{layer}": one["dW"], f"db{layer}": one["db"]}
        if layer > 1:
            dZ = sloped(plan.hidden, one["dA_prev"], wires[f"Z{layer - 1}"])
    return found


def updated(parameters: Mapping[str, Any], grads: Mapping[str, Any], alpha: float) -> Arrays:
    """W - α dW."""
    return {name: W - alpha * grads[f"d{name}"] for name, W in parameters.items()}


def trained(X: Any, Y: Any, parameters: Arrays, alpha: float, steps: int, plan: Plan) -> Arrays:
    """The parameters after so many steps of gradient descent."""
    for _ in range(steps):
        parameters = updated(parameters, backward(X, Y, parameters, plan), alpha)
    return parameters
