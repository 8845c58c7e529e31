"""Course: the functions of a network from scratch, as courses name them; what each is given, and what it gives back.

A row of `FUNCTIONS` is one function: its names, what it is given on a random network, the arrays it works out, in
their order, and the line that is right for each of them.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from workings.exercises.code import reference as r
from workings.exercises.code.reference import PLANS, Arrays, Case, Plan

SYNONYMS = {
    "A_prev": "a a_prev aprev x inputs input a0",
    "W": "w weights weight",
    "b": "bias",
    "Z": "z x",
    "dZ": "dz grad",
    "dA": "da dout grad",
    "cache": "caches activation_cache linear_cache z memory",
    "activation": "act activation_function",
    "AL": "al a2 a a3 yhat y_hat output predictions probas",
    "Y": "y labels targets",
    "X": "x inputs data",
    "A": "a",
    "parameters": "params theta",
    "grads": "gradients",
    "learning_rate": "lr alpha rate eta",
    "layers_dims": "layer_dims dims layer_sizes sizes layers",
    "iterations": "num_iterations n_iterations iters epochs num_iter steps n_iter num_epochs",
    "n_x": "n_in",
    "n_h": "hidden",
    "n_y": "n_out",
}


@dataclass(frozen=True)
class Function:
    """One function of the course.

    `given` of a case, in the course's order (a name with ? only where a parameter has that name); `right` of a case
    and a plan; `rules` of each array: the right line.  `turns`: whether examples may stand in rows.  `own`: the
    function whose second result is its cache.  `network`: it works on a whole network, by a plan.
    """

    name: str
    also: tuple[str, ...]
    given: Callable[[Case], dict[str, Any]]
    right: Callable[[Case, Plan], Arrays]
    rules: Mapping[str, str]
    turns: bool = True
    own: str = ""
    network: bool = False
    plans: list[Plan] = field(default_factory=lambda: [Plan()])


def _pick(*names: str) -> Callable[[Case], dict[str, Any]]:
    """What is given: these of the case, by the same names."""
    return lambda c: {name: c[name.lstrip("?")] for name in names}


def _layer_cache(c: Case) -> tuple[Any, ...]:
    return c["A_prev"], c["W"], c["b"]


def network_cache(c: Case) -> list[Any]:
    """Of a forward pass, as the course keeps it: ((A_prev, W, b), Z) of each layer."""
    wires, p = r.forward(c["X"], c["parameters"], Plan()), c["parameters"]
    A = lambda layer: wires[f"A{layer}"] if layer else c["X"]
    return [((A(i - 1), p[f"W{i}"], p[f"b{i}"]), wires[f"Z{i}"]) for i in range(1, r.depth(p) + 1)]


def _predicted(c: Case, plan: Plan) -> Arrays:
    AL = r.forward(c["X"], c["parameters"], plan)["AL"]
    return {"predictions": AL.argmax(axis=0)[None, :] * 1.0 if len(AL) > 1 else (AL > 0.5) * 1.0}


def _activation(name: str) -> Function:
    rules = {
        "sigmoid": "A = 1 / (1 + np.exp(-Z))",
        "relu": "A = np.maximum(0, Z)",
        "tanh": "A = np.tanh(Z)",
    }
    right = lambda c, _: {"A": r.activated(name, c["Z"])}
    return Function(name, (), _pick("Z"), right, {"A": rules[name]}, turns=False)


def _back(name: str) -> Function:
    rule = {
        "sigmoid": "s = 1 / (1 + np.exp(-Z)); dZ = dA * s * (1 - s)",
        "relu": "dZ = dA * (Z > 0)",
        "tanh": "dZ = dA * (1 - np.tanh(Z) ** 2)",
    }[name]
    given = lambda c: {"dA": c["dA"], "cache": c["Z"], "?A": r.activated(name, c["Z"])}
    right = lambda c, _: {"dZ": r.sloped(name, c["dA"], c["Z"])}
    return Function(f"{name}_backward", (), given, right, {"dZ": rule}, turns=False, own=name)


LINEAR_BACK = {
    "dW": "dW = dZ @ A_prev.T / m",
    "db": "db = np.sum(dZ, axis=1, keepdims=True) / m",
    "dA_prev": "dA_prev = W.T @ dZ",
}
DZ = "dZ = dA * (Z > 0) for relu, dA * A * (1 - A) for sigmoid; then "
TABLE = [
    Function(
        "initialize_parameters",
        ("initialize_parameters_deep", "init_parameters", "init_params", "initialize"),
        _pick("layers_dims", "?n_x", "?n_h", "?n_y"),
        lambda c, _: {},
        {"W": "W = np.random.randn(n, n_prev) * 0.01", "b": "b = np.zeros((n, 1))"},
        turns=False,
    ),
    Function(
        "linear_forward",
        (),
        _pick("A_prev", "W", "b"),
        lambda c, _: {"Z": r.linear(*_layer_cache(c))},
        {"Z": "Z = W @ A_prev + b"},
    ),
    *map(_activation, ("sigmoid", "relu", "tanh")),
    Function(
        "linear_activation_forward",
        ("activation_forward",),
        _pick("A_prev", "W", "b", "activation"),
        lambda c, _: {"A": r.activated(c["activation"], r.linear(*_layer_cache(c)))},
        {"A": "Z = W @ A_prev + b; A = g(Z)"},
    ),
    Function(
        "forward_propagation",
        ("L_model_forward", "forward_prop", "forward", "model_forward"),
        _pick("X", "parameters"),
        lambda c, plan: r.forward(c["X"], c["parameters"], plan),
        {"Z": "Z = W @ A_prev + b", "A": "A = g(Z)", "AL": "AL = g(W @ A_prev + b) of the last layer"},
        network=True,
        plans=[p for p in PLANS if p.loss == "cross-entropy" or (p.output, p.loss) == ("linear", "squared-error")],
    ),
    Function(
        "compute_cost",
        ("compute_loss", "cost", "cost_function", "loss"),
        lambda c: {"AL": c["AL"], "Y": c["Y"], "?parameters": c["parameters"]},
        lambda c, plan: {"J": r.cost(c["AL"], c["Y"], plan.loss)},
        {"J": "J = -np.sum(Y * np.log(AL) + (1 - Y) * np.log(1 - AL)) / m"},
        network=True,
        plans=[Plan(loss=x) for x in ("cross-entropy", "half-squared-error", "squared-error")],
    ),
    *map(_back, ("sigmoid", "relu", "tanh")),
    Function(
        "linear_backward",
        (),
        lambda c: {"dZ": c["dZ"], "cache": _layer_cache(c), "?A_prev": c["A_prev"], "?W": c["W"], "?b": c["b"]},
        lambda c, _: r.linear_back(c["dZ"], *_layer_cache(c)),
        LINEAR_BACK,
        own="linear_forward",
    ),
    Function(
        "linear_activation_backward",
        ("activation_backward",),
        lambda c: {
            "dA": c["dA"],
            "cache": (_layer_cache(c), r.linear(*_layer_cache(c))),
            "activation": c["activation"],
        },
        lambda c, _: r.linear_back(r.sloped(c["activation"], c["dA"], r.linear(*_layer_cache(c))), *_layer_cache(c)),
        {name: DZ + rule for name, rule in LINEAR_BACK.items()},
        own="linear_activation_forward",
    ),
    Function(
        "backward_propagation",
        ("L_model_backward", "backward_prop", "backward", "model_backward", "backprop"),
        lambda c: {
            "?AL": r.forward(c["X"], c["parameters"], Plan())["AL"],
            "Y": c["Y"],
            "cache": network_cache(c),
            "?parameters": c["parameters"],
            "?X": c["X"],
        },
        lambda c, plan: r.backward(c["X"], c["Y"], c["parameters"], plan),
        {
            "dW": "dZ = dA * g'(Z), at the end dZ = AL - Y; dW = dZ @ A_prev.T / m",
            "db": "dZ = dA * g'(Z), at the end dZ = AL - Y; db = np.sum(dZ, axis=1, keepdims=True) / m",
        },
        own="forward_propagation",
        network=True,
        plans=PLANS,
    ),
    Function(
        "update_parameters",
        ("update_params", "update"),
        _pick("parameters", "grads", "learning_rate"),
        lambda c, _: r.updated(c["parameters"], c["grads"], c["learning_rate"]),
        {"W": "W = W - learning_rate * dW", "b": "b = b - learning_rate * db"},
        network=True,
    ),
    Function(
        "predict",
        (),
        _pick("X", "parameters", "?Y"),
        _predicted,
        {"predictions": "predictions = AL > 0.5 (of several outputs: the place of the largest)"},
        network=True,
        plans=[p for p in PLANS if p.loss == "cross-entropy"],
    ),
    Function(
        "train",
        ("model", "L_layer_model", "nn_model", "two_layer_model", "fit"),
        _pick("X", "Y", "?parameters", "layers_dims", "learning_rate", "iterations", "?n_h"),
        lambda c, plan: r.trained(c["X"], c["Y"], c["parameters"], c["learning_rate"], c["iterations"], plan),
        {
            "W": "each step: forward, backward with the weights as they are, then W = W - learning_rate * dW",
            "b": "each step: forward, backward with the weights as they are, then b = b - learning_rate * db",
        },
        network=True,
        plans=PLANS,
    ),
]
FUNCTIONS = {f.name: f for f in TABLE}
