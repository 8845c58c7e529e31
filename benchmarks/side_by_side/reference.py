"""Reference: the weights after so many steps, in float64.

Dense networks are worked out here, in the textbook's lines and by nothing of the library; convolutions and recurrent
networks by the library's NumPy backend in float64, whose formulas its tests hold against finite differences.
"""

from __future__ import annotations

import numpy as np

from side_by_side.problem import Problem, model, targets


def weights(problem: Problem, steps: int) -> list[np.ndarray]:
    """W1, b1, W2, … after the first `steps` batches of the order."""
    return dense(problem, steps) if problem.case.kind == "dense" else by_library(problem, steps)


def dense(problem: Problem, steps: int) -> list[np.ndarray]:
    """Forward, backward, update; one example per column."""
    case, p = problem.case, problem.flat("float64")
    W, b, Y = p[0::2], p[1::2], targets(problem)
    memory = [(np.zeros_like(w), np.zeros_like(w)) for w in p]
    for t in range(1, steps + 1):
        batch = problem.places(t - 1, 1)
        A, Yt, m = [problem.X[batch].astype(float).T], Y[batch].astype(float).T, len(batch)
        for l in range(len(W)):
            Z = W[l] @ A[-1] + b[l]
            A.append(bent(Z, case.activation if l < len(W) - 1 else case.ends_in))
        dZ = A[-1] - Yt
        if case.loss == "mse":
            dZ = 2 * dZ / len(dZ) * slope(A[-1], case.ends_in)
        grads = []
        for l in reversed(range(len(W))):
            grads = [dZ @ A[l].T / m, dZ.sum(axis=1, keepdims=True) / m, *grads]
            if l:
                dZ = W[l].T @ dZ * slope(A[l], case.activation)
        for i, (w, g) in enumerate(zip(p, grads, strict=True)):
            if case.optimizer == "adam":
                v, s = memory[i]
                v[:], s[:] = 0.9 * v + 0.1 * g, 0.999 * s + 0.001 * g**2
                g = v / (1 - 0.9**t) / (np.sqrt(s / (1 - 0.999**t)) + 1e-8)
            w -= case.alpha * g
    return p


def bent(Z: np.ndarray, activation: str | None) -> np.ndarray:
    """A of Z."""
    if activation == "softmax":
        E = np.exp(Z - Z.max(axis=0))
        return E / E.sum(axis=0)
    return {"sigmoid": lambda: 1 / (1 + np.exp(-Z)), "relu": lambda: np.maximum(Z, 0), None: lambda: Z}[activation]()


def slope(A: np.ndarray, activation: str | None) -> np.ndarray | float:
    """∂A/∂Z, told by A."""
    return {"sigmoid": A * (1 - A), "relu": A > 0, None: 1.0}[activation]


def by_library(problem: Problem, steps: int) -> list[np.ndarray]:
    """What the NumPy backend says in float64."""
    from side_by_side.ours import planned
    from workings.backends import numpy as backend
    from workings.backends.plan import State

    found = model(problem.case)
    found.build(problem.case.shape)
    plan, X, Y = planned(found, problem, "float64")
    params = backend.cast(problem.params, "float64")
    state = State(params, backend.cast(found.state.memory, "float64"), plan.optimizer.init(params))
    case, rng = problem.case, np.random.default_rng(0)
    state, _ = backend.run(plan, state, X, Y, problem.places(0, steps), case.batch, case.alpha, rng)
    return [W for named in state.params.values() for W in named.values()]
