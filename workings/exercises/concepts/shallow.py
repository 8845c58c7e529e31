"""Shallow: one hidden layer, why it must bend, and why it must not start from zero.  Course notes, week 3."""

from __future__ import annotations

import numpy as np

from workings import data
from workings.collapse import collapse
from workings.exercises.concepts.question import Proof, Question
from workings.model import Model
from workings.shapes import shapes
from workings.specs import Dense


def brackets() -> Proof:
    X, y = data.moons(4)
    model = Model([Dense(3, "tanh"), Dense(1, "sigmoid")], seed=0, dtype="float64")
    together = model.explain(X, y)
    alone = model.explain(X[2:3], y[2:3])
    apart = float(np.abs(together["A1"].numbers[:, 2:3] - alone["A1"].numbers).max())
    lines = (
        f"A[1], all activations of layer 1: {together['A1'].numbers.shape}; A[2], of layer 2: "
        f"{together['A2'].numbers.shape}",
        f"column 3 of A[1] is a[1](3), example 3 sent through alone: largest difference {apart:.1g}",
    )
    return Proof("square brackets count layers, round ones examples", apart < 1e-12, lines, {"difference": apart})


def linear_layers() -> Proof:
    X, y = data.flower(400)
    made = {bends: Model([Dense(8, bends), Dense(8, bends), Dense(1, "sigmoid")], seed=0) for bends in (None, "tanh")}
    for model in made.values():
        model.fit(X, y, epochs=150, learning_rate=0.1, progress=False)
    scores = {bends: float(model.evaluate(X, y)["accuracy"]) for bends, model in made.items()}
    short = collapse(made[None])
    apart = float(np.abs(short.outputs(X) - made[None].outputs(X)).max())
    counts = made[None].summary().parameters, short.summary().parameters
    lines = (
        f"three linear layers, {counts[0]} parameters, are one with {counts[1]}: W' = W3 W2 W1 (outputs differ by at "
        f"most {apart:.1g})",
        f"on the flower they reach {100 * scores[None]:.0f} %; with tanh between them {100 * scores['tanh']:.0f} %",
    )
    figures = {"difference": apart, "linear": scores[None], "tanh": scores["tanh"]}
    holds = apart < 1e-5 and scores[None] < 0.65 < 0.9 < scores["tanh"]
    return Proof("linear layers one after another are one linear layer", holds, lines, figures)


def symmetry() -> Proof:
    X, y = data.flower(400)
    alike, scores = {}, {}
    for start in ("zeros", "small"):
        model = Model([Dense(4, "tanh", start), Dense(1, "sigmoid", start)], seed=0)
        model.fit(X, y, epochs=200, learning_rate=0.1, progress=False)
        alike[start] = float(np.ptp(model.parameters["W1"], axis=0).max())
        scores[start] = float(model.evaluate(X, y)["accuracy"])
    lines = tuple(
        f"from {start}: the four units' weights differ by {alike[start]:.3g}; {100 * scores[start]:.0f} % right"
        for start in alike
    )
    figures = {"zeros": alike["zeros"], "small": alike["small"], "right": scores["small"]}
    holds = alike["zeros"] == 0 and alike["small"] > 0.1 and scores["zeros"] < 0.65 < 0.9 < scores["small"]
    return Proof("units that start alike stay alike for ever", holds, lines, figures)


def four_shapes() -> Proof:
    table = shapes(Model([Dense(10, "relu"), Dense(1, "sigmoid")], inputs=5))
    lines = tuple(f"{name} {table[name].shape}: {table[name].rule}" for name in ("W1", "b1", "W2", "b2"))
    found = tuple(table[name].shape for name in ("W1", "b1", "W2", "b2"))
    counts = float(sum(np.prod(shape) for shape in found))
    return Proof("W has a row for each unit", found == FOUR, lines, {"parameters": counts})


def linear_output() -> Proof:
    x = np.linspace(-1, 1, 60).reshape(-1, 1)
    y = 3 * x[:, 0] ** 2 - 1
    errors = {}
    for last in ("linear", "sigmoid"):
        model = Model([Dense(12, "tanh"), Dense(1, None if last == "linear" else last)], "mse", seed=0)
        model.fit(x, y, epochs=300, learning_rate=0.1, progress=False)
        errors[last] = float(model.evaluate(x, y)["rmse"])
    lines = ("the targets go from -1 to 2", *(f"{last} output: off by {e:.3f}" for last, e in errors.items()))
    return Proof(
        "a target beyond 0 to 1 needs a linear output",
        errors["linear"] < 0.1 < 0.5 < errors["sigmoid"],
        lines,
        errors,
    )


FOUR = ((10, 5), (10, 1), (1, 10), (1, 1))
QUESTIONS = (
    Question(
        "notation",
        "What do the brackets in a[2](5) count?",
        "square brackets count layers, round ones examples: the activations of layer 2 for example 5.",
        ("Layer 2, example 5", "Example 2, layer 5", "Row 2, column 5"),
        run=brackets,
    ),
    Question(
        "linear layers",
        "A network has three layers without an activation between them, and a sigmoid at the end. What can it do "
        "that logistic regression cannot?",
        "W3 (W2 (W1 x + b1) + b2) + b3 is W' x + b': one linear layer, however many are stacked.",
        ("Nothing", "Draw two straight lines", "Learn curves, if it is wide enough"),
        run=linear_layers,
    ),
    Question(
        "symmetry",
        "All weights start at 0. What becomes of the four units of a hidden layer?",
        "alike units get alike gradients, and stay alike: four do the work of one. Random weights break the tie; "
        "biases may start at 0.",
        ("They stay alike for ever", "They drift apart by rounding", "Two of them die"),
        run=symmetry,
    ),
    Question(
        "shapes",
        "5 inputs, 10 hidden units, 1 output. What are the shapes of W1, b1, W2 and b2?",
        "W[l] is (n[l], n[l-1]) and b[l] is (n[l], 1): a row for each unit.",
        answer=FOUR,
        run=four_shapes,
    ),
    Question(
        "linear output",
        "Where is a layer without an activation right?",
        "at the output of a regression, whose targets may be any number; hidden layers must bend.",
        ("At the output of a regression", "In every second hidden layer", "At the output of a yes-or-no question"),
        run=linear_output,
    ),
)
