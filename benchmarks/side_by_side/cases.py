"""Cases: the networks of the table, what one step of each costs, and what was aimed at."""

from __future__ import annotations

from dataclasses import dataclass, replace
from math import prod
from typing import Any

EXAMPLES = 60_000


@dataclass(frozen=True)
class Case:
    """A network, the size of its batches, and how many times faster than PyTorch it is to be (`must`, `goal`).

    Networks of 784 inputs read the digits of MNIST, most of whose pixels are 0; or `noise`, none of whose are.
    """

    sizes: tuple[int, ...]
    batch: int
    activation: str
    loss: str
    optimizer: str = "gradient-descent"
    kind: str = "dense"
    must: float | None = None
    goal: float | None = None
    must_jax: float | None = None  # and than a scan of JAX written out by hand
    must_share: float | None = None  # of the processor's peak
    noise: bool = False

    @property
    def name(self) -> str:
        """As it stands in the table."""
        head = {"dense": "-".join(map(str, self.sizes)), "lenet": "LeNet-5", "lstm": "LSTM 28×28, 128 units"}
        said = {"mse": "squared error", "cross-entropy": "cross-entropy"}[self.loss]
        with_adam = ", Adam" if self.optimizer == "adam" else ""
        with_noise = ", noise" if self.noise else ""
        return f"{head[self.kind]}, batch {self.batch}, {self.activation}, {said}{with_adam}{with_noise}"

    @property
    def alpha(self) -> float:
        """The learning rate; small for ReLU, at whose kinks a rounding becomes another course of training."""
        if self.optimizer == "adam":
            return 0.001
        return min(0.05, 1.5 / self.sizes[0]) if self.activation == "relu" else 0.05

    @property
    def shape(self) -> tuple[int, ...]:
        """Of one example, as users hand it in."""
        return {"dense": (self.sizes[0],), "lenet": (1, 28, 28), "lstm": (28, 28)}[self.kind]

    @property
    def most_checked(self) -> int:
        """Steps after which weights are compared at the latest: Adam makes large steps of the smallest roundings."""
        return 400 if self.optimizer == "adam" else EXAMPLES // self.batch

    @property
    def ends_in(self) -> str | None:
        """The last activation."""
        k = self.sizes[-1]
        if self.loss == "mse":
            return "sigmoid" if self.activation == "sigmoid" else None
        return "softmax" if k > 1 else "sigmoid"

    @property
    def operations(self) -> int:
        """Floating-point operations of a step: forward, dW and dA, 2 each; there is no dA below the first layer."""
        products = [n_in * n_out * places for n_in, n_out, places in self._products()]
        return self.batch * (6 * sum(products) - 2 * products[0])

    def _products(self) -> list[tuple[int, int, int]]:
        """Of every matrix: its sizes, and at how many places of one example it is applied."""
        if self.kind == "lenet":
            return [(25, 6, 784), (150, 16, 100), (400, 120, 1), (120, 84, 1), (84, 10, 1)]
        if self.kind == "lstm":
            return [(28, 512, 28), (128, 512, 28), (128, 10, 1)]
        return [(a, b, 1) for a, b in zip(self.sizes, self.sizes[1:], strict=False)]

    def layers(self) -> list[Any]:
        """The network as a user of the library writes it."""
        import workings as wk

        if self.kind == "lenet":
            cnn = [
                wk.Convolution(6, 5, "relu", padding=2),
                wk.MaxPool(2),
                wk.Convolution(16, 5, "relu"),
                wk.MaxPool(2),
            ]
            return [*cnn, wk.Flatten(), wk.Dense(120, "relu"), wk.Dense(84, "relu"), wk.Dense(10, "softmax")]
        if self.kind == "lstm":
            return [wk.LSTM(128), wk.Dense(10, "softmax")]
        hidden = [wk.Dense(n, self.activation) for n in self.sizes[1:-1]]
        return [*hidden, wk.Dense(self.sizes[-1], self.ends_in)]


CASES = [
    Case((784, 16, 16, 10), 10, "sigmoid", "mse", must=25, goal=40, must_jax=2.5, must_share=0.35),
    Case((784, 16, 16, 10), 32, "relu", "cross-entropy"),
    Case((784, 30, 10), 10, "sigmoid", "mse", must=20, goal=25),
    Case((784, 128, 64, 10), 64, "relu", "cross-entropy", must=5, goal=7),
    Case((784, 1000, 1000, 10), 128, "relu", "cross-entropy", must=2.3, goal=2.8),
    Case((30, 16, 1), 16, "relu", "cross-entropy", must=80, goal=140),
    Case((8, 64, 64, 1), 32, "relu", "mse", "adam", must=30, goal=45),
    Case((784, 10), 64, "relu", "cross-entropy", kind="lenet"),
    Case((784, 10), 64, "tanh", "cross-entropy", kind="lstm"),
]

# the same, where there is no zero to leave out
NOISE = [replace(case, noise=True) for case in CASES if case.sizes[:2] in ((784, 16), (784, 30), (784, 128))]


def steps_of(case: Case, operations: float, most: int | None = None) -> int:
    """As many steps as so much arithmetic buys: at least 2, at most an epoch."""
    return max(2, min(int(operations / case.operations), most or EXAMPLES // case.batch))


def in_one_call(case: Case) -> int:
    """Steps in one call of what is compiled for whole stretches: some tens of milliseconds."""
    return steps_of(case, 3e9)


def inputs(case: Case) -> int:
    """Numbers in one example."""
    return prod(case.shape)
