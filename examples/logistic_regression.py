"""Logistic regression twice: with loops, as one would by hand, and with arrays, as one should by machine.

Both take the same step.  The arrays are only faster, and how much is measured below.

    python examples/logistic_regression.py
"""

from math import exp, log
from time import perf_counter

import numpy as np


def step_with_loops(X, Y, w, b):
    """The cost and its slopes, example by example and feature by feature."""
    n, m = X.shape
    J, dw, db = 0.0, [0.0] * n, 0.0
    for i in range(m):
        z = b
        for j in range(n):
            z += w[j, 0] * X[j, i]
        a = 1 / (1 + exp(-z))
        y = Y[0, i]
        J += -(y * log(a) + (1 - y) * log(1 - a))
        dz = a - y
        for j in range(n):
            dw[j] += X[j, i] * dz
        db += dz
    return J / m, np.reshape([slope / m for slope in dw], (n, 1)), db / m


def step_with_arrays(X, Y, w, b):
    """The same, in six lines and without a loop."""
    m = X.shape[1]
    Z = w.T @ X + b  # b is one number: it is stretched over all m columns
    A = 1 / (1 + np.exp(-Z))
    J = -np.sum(Y * np.log(A) + (1 - Y) * np.log(1 - A)) / m
    dZ = A - Y
    dw = X @ dZ.T / m
    db = np.sum(dZ) / m
    return J, dw, db


def cloud(n, m, seed=0):
    """m examples of n features in columns, and their labels in a row."""
    rng = np.random.default_rng(seed)
    X = rng.standard_normal((n, m))
    Y = (X.sum(axis=0, keepdims=True) + rng.standard_normal((1, m)) > 0).astype(float)
    return X, Y


def timed(n=100, m=2000):
    """Seconds for one step: with loops, and with arrays (the best of several, so that a busy machine says less)."""
    X, Y = cloud(n, m)
    best = []
    for step, times in ((step_with_loops, 3), (step_with_arrays, 30)):
        took = []
        for _ in range(times):
            began = perf_counter()
            step(X, Y, np.full((n, 1), 0.01), 0.0)
            took.append(perf_counter() - began)
        best.append(min(took))
    return best


if __name__ == "__main__":
    X, Y = cloud(n=2, m=100)
    w, b, alpha = np.zeros((2, 1)), 0.0, 0.5  # zeros are a fair start: the bowl has one bottom
    for count in range(1, 101):
        (J, dw, db), with_loops = step_with_arrays(X, Y, w, b), step_with_loops(X, Y, w, b)
        apart = max(np.abs(x - y).max() for x, y in zip((J, dw, db), with_loops, strict=True))
        assert apart < 1e-12, "loops and arrays must agree"
        w, b = w - alpha * dw, b - alpha * db
        if count in (1, 10, 100):
            print(f"step {count:3}: J = {J:.6f}, loops and arrays differ by {apart:.0e}")
    slow, fast = timed()
    print(
        f"one step on 2,000 examples of 100 features: {1000 * slow:.1f} ms with loops, {1000 * fast:.2f} with arrays"
    )
    print(f"ratio: {slow / fast:.0f} (the course says 100 to 300; it depends on the machine and the sizes)")
