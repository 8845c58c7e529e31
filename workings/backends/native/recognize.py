"""Which plans the kernel can run: a plain chain of dense layers, told in the kernel's words.

X → [flatten] → [dropout] → dense → [activation] → [dropout] → dense → … → dense → [activation]
"""

from __future__ import annotations

from dataclasses import dataclass
from math import prod
from typing import Any

from workings import losses, metrics, optimizers, penalties
from workings.backends.plan import Plan
from workings.layers import Dense, Dropout, Flatten, Gelu, Identity, LeakyRelu, Relu, Sigmoid, Softplus, Tanh

# in the order of the kernel's lists (kernel/task.hpp)
ACTIVATIONS = (Identity, Sigmoid, Tanh, Relu, LeakyRelu, Gelu, Softplus)
LOSSES = (losses.SquaredError, losses.SigmoidCrossEntropy, losses.SoftmaxCrossEntropy)
ARGMAX_RIGHT, SIDES_RIGHT, SQUARED_DISTANCE = 1, 2, 3
GRADIENT_DESCENT, MOMENTUM, NESTEROV, RMSPROP, ADAM = range(5)

LEAST_EPSILON = 1e-30  # of a float32: with 0, weights that have no gradient would become 0/0


@dataclass
class DenseRow:
    """A dense layer by its row's name, and what follows it."""

    name: str
    n_in: int
    n_out: int
    activation: Any = None
    rate: float = 0.0


@dataclass(frozen=True)
class Chain:
    """A network the kernel can train."""

    input_rate: float
    rows: list[DenseRow]

    @property
    def weights(self) -> int:
        """Multiplications for one example, forward."""
        return sum(row.n_in * row.n_out for row in self.rows)


class Unsupported(Exception):
    """What in a plan the kernel does not know."""


def chain(plan: Plan) -> Chain:
    """The dense layers of a plan.  Raises Unsupported with the reason."""
    n, input_rate, rows, above = None, 0.0, [], "X"
    if len(plan.shape) == 1:
        (n,) = plan.shape
    for name, layer, reads in plan.network.rows:
        if reads != (above,):
            raise Unsupported(f"row {name!r} reads {', '.join(reads)}, and the kernel only knows plain chains")
        above, kind, last = name, type(layer), rows[-1] if rows else None
        if kind is Flatten and not rows and not input_rate:
            n = prod(plan.shape)
        elif kind is Dropout and layer.rate == 0:
            pass
        elif n is None:
            raise Unsupported(f"one example has the shape {plan.shape}, and row {name!r} is no Flatten")
        elif kind is Dense:
            rows.append(DenseRow(name, n, layer.n_out))
            n = layer.n_out
        elif kind is Dropout and not last and not input_rate:
            input_rate = layer.rate
        elif kind is Dropout and last and not last.rate:
            last.rate = layer.rate
        elif kind in ACTIVATIONS and last and last.activation is None and not last.rate:
            last.activation = layer
        else:
            raise Unsupported(f"row {name!r}, {layer}, is not in the kernel, or not in this place")
    if not rows:
        raise Unsupported("there is no dense layer")
    if rows[-1].rate:
        raise Unsupported("dropout behind the last layer is not in the kernel")
    return Chain(input_rate, rows)


def activation(row: DenseRow) -> dict[str, Any]:
    """The fields of a layer's activation."""
    return {
        "activation": ACTIVATIONS.index(type(row.activation)) if row.activation else 0,
        "slope": getattr(row.activation, "slope", 0.0),
    }


def loss(plan: Plan, last: DenseRow) -> dict[str, Any]:
    """The fields of the loss."""
    kind = type(plan.loss)
    if kind not in LOSSES:
        raise Unsupported(f"the kernel has no {kind.__name__} after {last.activation or 'a dense layer'}")
    if kind is losses.SquaredError:
        n = last.n_out
        return {"loss": 0, "factor": {"mean": 1 / n, "sum": 1, "half": 1 / 2}[plan.loss.factor]}
    if type(last.activation) not in (Identity, type(None)):
        raise Unsupported(f"{kind.__name__} reads Z, and the network ends with {last.activation}")
    return {"loss": LOSSES.index(kind)}


def metric(plan: Plan, n_out: int) -> dict[str, Any]:
    """The fields of the metric."""
    if type(plan.metric) is metrics.RootMeanSquare:
        return {"metric": SQUARED_DISTANCE}
    if type(plan.metric) is not metrics.Accuracy:
        raise Unsupported(f"the kernel does not count {type(plan.metric).__name__}")
    sides = n_out == 1 or plan.metric.several
    return {"metric": SIDES_RIGHT if sides else ARGMAX_RIGHT, "threshold": plan.metric.threshold}


def penalty(plan: Plan) -> dict[str, Any]:
    """The fields of the penalties: the strengths of each kind add up."""
    if strange := [p for p in plan.penalties if type(p) not in (penalties.L1, penalties.L2)]:
        raise Unsupported(f"the kernel has no penalty {strange[0]}")
    fields = {"l1": 0.0, "l2": 0.0, "l1_shared": 0.0, "l2_shared": 0.0}
    for p in plan.penalties:
        fields[type(p).__name__.lower() + "_shared" * p.shared] += p.strength
    return fields


def optimizer(plan: Plan) -> dict[str, Any]:
    """The fields of the optimizer."""
    o = plan.optimizer
    if getattr(o, "epsilon", 1) < LEAST_EPSILON:
        raise Unsupported(f"the kernel needs an epsilon of at least {LEAST_EPSILON:g}, not {o.epsilon}")
    match type(o):
        case optimizers.GradientDescent:
            return {"optimizer": GRADIENT_DESCENT}
        case optimizers.Momentum:
            return {"optimizer": MOMENTUM, "beta1": o.mu, "share": 1 - o.mu if o.averaged else 1}
        case optimizers.Nesterov:
            return {"optimizer": NESTEROV, "beta1": o.mu}
        case optimizers.RMSprop:
            return {"optimizer": RMSPROP, "beta2": o.rho, "epsilon": o.epsilon}
        case optimizers.Adam:
            fields = {"beta1": o.beta1, "beta2": o.beta2, "epsilon": o.epsilon}
            return {"optimizer": ADAM, **fields, "uncorrected": o.uncorrected}
        case optimizers.AdamW:
            fields = {"beta1": o.beta1, "beta2": o.beta2, "epsilon": o.epsilon}
            return {"optimizer": ADAM, **fields, "decay": o.decay}
    raise Unsupported(f"the kernel has no optimizer {type(o).__name__}")


def described(plan: Plan) -> tuple[Chain, dict[str, Any]]:
    """The chain, and the fields of the task that do not change from run to run.  Raises Unsupported."""
    if plan.dtype != "float32":
        raise Unsupported(f"the kernel computes in float32, not in {plan.dtype}")
    found = chain(plan)
    last = found.rows[-1]
    fields = loss(plan, last) | metric(plan, last.n_out) | penalty(plan) | optimizer(plan)
    return found, fields | {"depth": len(found.rows), "input_rate": found.input_rate}
