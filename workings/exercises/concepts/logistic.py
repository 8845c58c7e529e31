"""Logistic: sigmoid, loss and cost, loops and arrays.  Course notes, week 2."""

from __future__ import annotations

from fractions import Fraction
from time import perf_counter

import numpy as np

from workings import data
from workings.broadcasting import broadcast, rank1
from workings.exercises.concepts.question import Proof, Question
from workings.model import Model
from workings.specs import Dense


def a_line_leaves_0_to_1() -> Proof:
    x = np.array([[-3.0], [-2], [-1], [1], [2], [12]])
    y = np.array([0, 0, 0, 1, 1, 1])
    line = Model([Dense(1)], "mse", seed=0, dtype="float64")
    line.fit(x, y, epochs=2000, batch_size=6, learning_rate=0.01, progress=False)
    bent = Model([Dense(1, "sigmoid")], seed=0, dtype="float64")
    bent.fit(x, y, epochs=100, batch_size=6, learning_rate=0.1, progress=False)
    said = [model.outputs(x).ravel() for model in (line, bent)]
    lines = tuple(f"x = {v:g}: line {a:.2f}, sigmoid {b:.4f}" for v, a, b in zip(x.ravel(), *said, strict=True))
    figures = {"largest of the line": float(said[0].max()), "largest of the sigmoid": float(said[1].max())}
    figures |= {"smallest of the line": float(said[0].min()), "smallest of the sigmoid": float(said[1].min())}
    holds = said[0].max() > 1 and 0 < said[1].min() < said[1].max() < 1
    return Proof("the line tells a probability above 1, the sigmoid never", bool(holds), lines, figures)


def squared_error_is_flat() -> Proof:
    slopes: dict[str, float] = {}
    rounds: dict[str, int] = {}
    for loss in ("cross-entropy", "mse"):
        z, steps = -6.0, 0
        while z < 0 and steps < 100_000:  # gradient descent on z alone, rate 1
            at = Model(
                [Dense(1, "sigmoid")], loss, parameters={"W1": [[1.0]], "b1": [[z]]}, inputs=1, dtype="float64"
            )
            dz = float(at.explain([[0.0]], [1])["dZ1"].numbers.item())
            slopes.setdefault(loss, dz)
            z, steps = z - dz, steps + 1
        rounds[loss] = steps
    lines = (
        "z = -6 and the answer is 1: as wrong as can be",
        f"cross-entropy: dZ = A - Y = {slopes['cross-entropy']:.4f}; {rounds['cross-entropy']} steps to z = 0",
        f"squared error: dZ = 2 (A - Y) A (1 - A) = {slopes['mse']:.4f}; {rounds['mse']} steps to z = 0",
    )
    figures = {**{f"dZ, {k}": v for k, v in slopes.items()}, **{f"steps, {k}": float(v) for k, v in rounds.items()}}
    holds = abs(slopes["cross-entropy"]) > 100 * abs(slopes["mse"]) and rounds["mse"] > 5 * rounds["cross-entropy"]
    return Proof("where it is most wrong, squared error has almost no slope", holds, lines, figures)


def loss_and_cost() -> Proof:
    X, y = data.moons(4)
    w = Model([Dense(1, "sigmoid")], seed=0).explain(X, y)
    L, J = w["L"].numbers.ravel(), float(w["J"].numbers.item())
    lines = (f"losses of the four examples: {', '.join(f'{x:.4f}' for x in L)}", f"their mean, the cost: {J:.4f}")
    return Proof("J is the mean of the losses", bool(abs(L.mean() - J) < 1e-12), lines, {"J": J})


def loops_and_arrays() -> Proof:
    rng = np.random.default_rng(0)
    X, W, b = rng.standard_normal((64, 200)), rng.standard_normal((16, 64)), rng.standard_normal((16, 1))
    started = perf_counter()
    Z = [[sum(W[i, k] * X[k, j] for k in range(64)) + b[i, 0] for j in range(200)] for i in range(16)]
    loops = perf_counter() - started
    started = perf_counter()
    for _ in range(19):
        _ = W @ X + b
    whole = W @ X + b
    arrays = (perf_counter() - started) / 20
    apart = float(np.abs(np.array(Z) - whole).max())
    lines = (
        f"W (16, 64) times X (64, 200): {16 * 64 * 200:,} products one by one, or one call",
        f"here the call was {loops / max(arrays, 1e-9):,.0f} times as fast; largest difference {apart:.1e}",
    )
    figures = {"products": 16.0 * 64 * 200, "difference": apart}
    return Proof("both ways give the same numbers", apart < 1e-9, lines, figures)


def one_axis() -> Proof:
    a = np.arange(5.0)
    column = a.reshape(5, 1)
    told = rank1(a=a)
    lines = (
        f"a has the shape {a.shape}, a.T {a.T.shape}, and a @ a.T is one number, {a @ a.T:g}",
        f"a column is {column.shape}, its transpose {column.T.shape}, and their product {(column @ column.T).shape}",
        f"the library says: {told[0]}",
    )
    holds = a.T.shape == (5,) and np.ndim(a @ a.T) == 0 and (column @ column.T).shape == (5, 5) and bool(told)
    return Proof("an array with one axis has no transpose", holds, lines, {"a @ a.T": float(a @ a.T)})


def stretched() -> Proof:
    A, row = np.arange(12.0).reshape(3, 4), np.array([[10.0, 20, 30, 40]])
    made, copied = A + row, A + np.tile(row, (3, 1))
    told = broadcast((3, 4), (1, 4))
    lines = ("(3, 4) + (1, 4): the row is used again for each of the three rows", f"the result is {made.shape}")
    holds = bool((made == copied).all()) and told.shape == made.shape == (3, 4)
    return Proof("it is as if the row had been copied three times", holds, lines, {"last": float(made[-1, -1])})


QUESTIONS = (
    Question(
        "sigmoid",
        "To tell the probability of yes, why is w x + b put through a sigmoid, and not used as it is?",
        "w x + b can be any number; the sigmoid keeps it between 0 and 1, so that it can be read as a probability.",
        ("It keeps the result between 0 and 1", "It makes the result a whole number", "It makes the sum quicker"),
        run=a_line_leaves_0_to_1,
    ),
    Question(
        "loss",
        "What does cross-entropy have that squared error lacks, at a sigmoid?",
        "behind a sigmoid, squared error is flat where the answer is most wrong, and not convex; with cross-entropy "
        "the slope is A - Y, largest there.",
        (
            "A strong slope where the answer is most wrong",
            "It is never larger than 1",
            "It needs no target",
        ),
        run=squared_error_is_flat,
    ),
    Question(
        "loss and cost",
        "The losses of four examples are 0.2, 0.4, 0.9 and 0.5. What is the cost J?",
        "a loss is of one example; the cost is the mean of the losses: 2.0 / 4.",
        answer=Fraction(1, 2),
        run=loss_and_cost,
    ),
    Question(
        "vectorization",
        "Why are loops over examples written as one product of matrices?",
        "the numbers are the same; one call does them all in compiled code, many at a time, while a loop in Python "
        "takes each by itself.",
        (
            "The same numbers come out, many times as fast",
            "It rounds less",
            "It needs less data",
        ),
        run=loops_and_arrays,
    ),
    Question(
        "arrays with one axis",
        "a = np.arange(5.0). What is the shape of a.T?",
        "a has one axis only, so there is nothing to turn: a.T is a. Write columns as (5, 1) and rows as (1, 5).",
        answer=((5,),),
        run=one_axis,
    ),
    Question(
        "broadcasting",
        "A matrix of shape (3, 4) and a row of shape (1, 4) are added. What is the shape of the sum?",
        "the row is stretched over the three rows of the matrix, as if it had been copied.",
        answer=((3, 4),),
        run=stretched,
    ),
)
