"""Compiled peers: JAX written out by hand, and Keras 3 on JAX."""

from __future__ import annotations

import os
from typing import Any

import numpy as np

from side_by_side.cases import in_one_call, steps_of
from side_by_side.problem import Problem, targets


class Jax:
    """jax.grad of a plain function; many steps in one lax.scan, weights (out, in), whole numbers for labels.

    A convolution inside a scan is ten times slower on the CPU (jax #12868), so LeNet is one jitted step at a time.
    """

    def __init__(self, problem: Problem, settings: str):
        import jax

        case = self.case = problem.case
        self.problem, self.jax, self.done = problem, jax, 0
        self.least = 1 if case.kind == "lenet" else in_one_call(case)
        p = [jax.numpy.asarray(W) for W in problem.flat()]
        zeros = [jax.numpy.zeros_like(W) for W in p]
        self.state = (p, zeros, [0 * W for W in p], 0.0)
        self.X, self.y = jax.device_put(problem.X), jax.device_put(np.asarray(problem.y, self._labels(problem)))
        self.stretch = jax.jit(self._stretch, donate_argnums=0)

    def _labels(self, problem: Problem) -> Any:
        return np.int32 if problem.y.dtype.kind == "i" else np.float32

    def steps(self, n: int) -> None:
        """The next n batches."""
        batch = self.case.batch
        while n > 0:
            now = min(n, self.least)
            places = self.problem.places(self.done, now).astype(np.int32).reshape(now, batch)
            self.state = self.stretch(self.state, self.X, self.y, places)
            self.done, n = self.done + now, n - now
        self.jax.block_until_ready(self.state)

    def _stretch(self, state: Any, X: Any, y: Any, places: Any) -> Any:
        def step(state, batch):
            p, v, s, t = state
            grads = self.jax.grad(self._loss)(p, X[batch], y[batch])
            return self._updated(p, v, s, t + 1.0, grads), None

        return step(state, places[0])[0] if self.case.kind == "lenet" else self.jax.lax.scan(step, state, places)[0]

    def _updated(self, p: Any, v: Any, s: Any, t: Any, grads: Any) -> Any:
        alpha, jnp, tree = self.case.alpha, self.jax.numpy, self.jax.tree.map
        if self.case.optimizer != "adam":
            return tree(lambda w, g: w - alpha * g, p, grads), v, s, t
        v = tree(lambda v, g: 0.9 * v + 0.1 * g, v, grads)
        s = tree(lambda s, g: 0.999 * s + 0.001 * g * g, s, grads)
        right, root = 1 - 0.9**t, 1 - 0.999**t
        p = tree(lambda w, v, s: w - alpha * (v / right) / (jnp.sqrt(s / root) + 1e-8), p, v, s)
        return p, v, s, t

    def _loss(self, p: Any, X: Any, y: Any) -> Any:
        jnp, nn, case = self.jax.numpy, self.jax.nn, self.case
        Z = {"dense": self._dense, "lenet": self._lenet, "lstm": self._lstm}[case.kind](p, X)
        k = case.sizes[-1]
        if case.loss == "mse":
            Y = nn.one_hot(y, k) if k > 1 else y[:, None]
            return jnp.mean(((nn.sigmoid(Z) if case.ends_in == "sigmoid" else Z) - Y) ** 2)
        if k == 1:
            return jnp.mean(jnp.logaddexp(0, Z[:, 0]) - y * Z[:, 0])
        return -jnp.mean(jnp.sum(nn.log_softmax(Z) * nn.one_hot(y, k), axis=1))

    def _dense(self, p: Any, A: Any) -> Any:
        bend = self.jax.nn.sigmoid if self.case.activation == "sigmoid" else self.jax.nn.relu
        for W, b in zip(p[0:-2:2], p[1:-2:2], strict=True):
            A = bend(A @ W.T + b.T)
        return A @ p[-2].T + p[-1].T

    def _lenet(self, p: Any, A: Any) -> Any:
        lax, relu = self.jax.lax, self.jax.nn.relu
        for W, b, edge in ((p[0], p[1], 2), (p[2], p[3], 0)):
            kernel, around = W.reshape(len(W), 5, 5, -1), [(edge, edge)] * 2
            Z = lax.conv_general_dilated(A, kernel, (1, 1), around, dimension_numbers=("NCHW", "OHWI", "NCHW"))
            m, c, h, w = Z.shape
            A = relu(Z + b.reshape(1, c, 1, 1)).reshape(m, c, h // 2, 2, w // 2, 2).max((3, 5))
        return self._dense(p[4:], A.reshape(len(A), -1))

    def _lstm(self, p: Any, X: Any) -> Any:
        jnp, nn = self.jax.numpy, self.jax.nn
        W, b = jnp.concatenate(p[:4]), jnp.concatenate(p[4:8]).reshape(1, 1, -1)
        ready = jnp.moveaxis(X @ W[:, 128:].T + b, 1, 0)  # what the input says, of all steps at once

        def step(state, x):
            a, c = state
            f, i, g, o = jnp.split(x + a @ W[:, :128].T, 4, axis=1)
            c = nn.sigmoid(f) * c + nn.sigmoid(i) * jnp.tanh(g)
            return (nn.sigmoid(o) * jnp.tanh(c), c), None

        zero = jnp.zeros((len(X), 128))
        (a, _), _ = self.jax.lax.scan(step, (zero, zero), ready)
        return a @ p[8].T + p[9].T

    def weights(self) -> list[np.ndarray]:
        """W1, b1, W2, …"""
        return [np.asarray(W) for W in self.state[0]]


class Keras:
    """Keras 3 on JAX, `fit`; `settings` is its steps_per_execution."""

    def __init__(self, problem: Problem, settings: str):
        os.environ["KERAS_BACKEND"] = "jax"
        import keras

        case = problem.case
        self.problem, self.done = problem, 0
        keras.utils.set_random_seed(0)
        self.model: Any = keras.Sequential([keras.Input(self._shape()), *self._layers(keras)])
        several = case.sizes[-1] > 1
        cross = "sparse_categorical_crossentropy" if several else "binary_crossentropy"
        kind = keras.optimizers.Adam if case.optimizer == "adam" else keras.optimizers.SGD
        self.model.compile(
            optimizer=kind(case.alpha),
            loss="mse" if case.loss == "mse" else cross,
            steps_per_execution=int(settings),
        )

        self.X = problem.X.transpose(0, 2, 3, 1) if case.kind == "lenet" else problem.X
        self.y = targets(problem) if case.loss == "mse" or not several else problem.y
        self.least = steps_of(case, 2e9, 1000)  # a call of `fit` costs it some tens of milliseconds

    def _shape(self) -> tuple[int, ...]:
        shape = self.problem.case.shape
        return (*shape[1:], shape[0]) if self.problem.case.kind == "lenet" else shape

    def _layers(self, keras: Any) -> list[Any]:
        case, of = self.problem.case, keras.layers
        if case.kind == "lenet":
            first = [of.Conv2D(6, 5, padding="same", activation="relu"), of.MaxPooling2D(2)]
            then = [of.Conv2D(16, 5, activation="relu"), of.MaxPooling2D(2), of.Flatten()]
            return [*first, *then, *(of.Dense(n, "relu") for n in (120, 84)), of.Dense(10, "softmax")]
        if case.kind == "lstm":
            return [of.LSTM(128), of.Dense(10, "softmax")]
        return [*(of.Dense(n, case.activation) for n in case.sizes[1:-1]), of.Dense(case.sizes[-1], case.ends_in)]

    def steps(self, n: int) -> None:
        """One `fit` over the rows of n batches, shuffled."""
        p = self.problem
        while n > 0:
            now = min(n, p.steps)
            start = self.done % (p.steps - now + 1) * p.case.batch
            rows = slice(start, start + now * p.case.batch)
            self.model.fit(self.X[rows], self.y[rows], batch_size=p.case.batch, epochs=1, verbose=0)
            self.done, n = self.done + now, n - now
