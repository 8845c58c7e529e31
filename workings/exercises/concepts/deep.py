"""Deep: many layers, what they are for, and what is chosen instead of learned.  Course notes, week 4."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import numpy as np

from workings import data, parity
from workings.exercises.concepts.question import Proof, Question
from workings.model import Model
from workings.shapes import shapes
from workings.specs import Dense


def depth_saves_units() -> Proof:
    X, y = data.xor(8)
    deep, wide = parity.tree(8), parity.shallow(8)
    right = [float((np.round(model.outputs(X)).ravel() == y).mean()) for model in (deep, wide)]
    gates = sum(parity.gates(8))
    units = len(wide.parameters["W1"])
    lines = (
        f"a tree of {gates} gates, {len(parity.gates(8))} deep: {100 * right[0]:.0f} % of all {len(X)} rows right",
        f"one hidden layer, a unit for each odd row: {units} units, {100 * right[1]:.0f} % right",
    )
    figures = {"gates": float(gates), "units": float(units), "deep": right[0], "shallow": right[1]}
    return Proof("7 gates in depth do what one layer of such units does with 128", right == [1, 1], lines, figures)


def dimensions() -> Proof:
    sizes = (20, 15, 5, 1)
    model = Model([*(Dense(n, "relu") for n in sizes[:-1]), Dense(1, "sigmoid")], inputs=10)
    table = shapes(model, m=100)
    names = ("W2", "b3", "A1", "Z4")
    lines = tuple(f"{name} is {table[name].letters} = {table[name].shape}" for name in names)
    w = model.explain(np.zeros((100, 10)), np.arange(100) % 2)
    holds = tuple(w[name].numbers.shape for name in names) == DIMENSIONS
    return Proof("the arrays of a real pass have these shapes", holds, lines, {"L": float(table.L)})


def loop_over_layers() -> Proof:
    X, y = data.moons(100)
    model = Model(
        [Dense(4, "relu"), Dense(4, "relu"), Dense(3, "relu"), Dense(1, "sigmoid")], seed=0, dtype="float64"
    )
    whole = model.explain(X, y)["A4"].numbers
    single = np.hstack([model.explain(X[i : i + 1], y[i : i + 1])["A4"].numbers for i in range(len(X))])
    apart = float(np.abs(whole - single).max())
    formulas = [model.explain(X, y)[f"Z{l}"].formula for l in range(1, 5)]
    lines = (
        f"each layer reads the one before: {'; '.join(formulas)}",
        f"4 steps, each for all 100 examples, or 400 for one example at a time: largest difference {apart:.1g}",
    )
    holds = apart < 1e-12 and all(f"A{l - 1}" in formulas[l - 1] for l in range(2, 5))
    return Proof("examples do not wait for one another, layers do", holds, lines, {"difference": apart})


def composed() -> Proof:
    X, y = data.xor(2)
    grid = np.array([(a, b, c) for a in range(-4, 5) for b in range(-4, 5) for c in range(-9, 10)]) / 2
    best = max(float((((X @ w[:2] + w[2]) > 0) == y).mean()) for w in grid)
    w = parity.tree(2).explain(X, y)
    counts, both, said = w["A1"].numbers[0], w["A1"].numbers[1], w["Z2"].numbers[0]
    lines = (
        f"one of two, not both: of {len(grid):,} single units, the best is right for {best:.2f} of the four rows",
        f"first 'how many' {_plain(counts)} and 'both' {_plain(both)}, then how many - 2 x both = {_plain(said)}",
    )
    holds = best == 0.75 and [int(x) for x in said] == [int(x) for x in y]
    return Proof("simple features, put together, say what none of them can", holds, lines, {"best single": best})


def _plain(numbers: Any) -> list[int]:
    return [int(x) for x in numbers]


def learned_and_chosen() -> Proof:
    X, y = data.moons(200)
    rate, epochs = 0.3, 5
    model = Model([Dense(4, "tanh"), Dense(1, "sigmoid")], seed=0, inputs=2)
    before = {name: np.array(value) for name, value in model.parameters.items()}
    sizes = repr(model.summary().parameters)
    model.fit(X, y, epochs=epochs, learning_rate=rate, progress=False)
    moved = {name: float(np.abs(model.parameters[name] - value).max()) for name, value in before.items()}
    lines = (
        "moved by training: " + ", ".join(f"{name} by {by:.3f}" for name, by in moved.items()),
        f"as they were chosen: learning rate {rate}, {epochs} epochs, 2 layers, {sizes} parameters, tanh",
    )
    return Proof("training moves the parameters and nothing else", min(moved.values()) > 0, lines, moved)


def wrong_shape() -> Proof:
    table = shapes(Model([Dense(4, "relu"), Dense(3, "relu"), Dense(1, "sigmoid")], inputs=5))
    said = table.check({"W2": np.zeros((4, 3))})
    lines = (f"a network 5-4-3-1 with a W2 of (4, 3): {said[0] if said else ''}",)
    return Proof(
        "the rule names the fault", len(said) == 1 and "(3, 4)" in said[0], lines, {"found": float(len(said))}
    )


DIMENSIONS = ((15, 20), (5, 1), (20, 100), (1, 100))
QUESTIONS = (
    Question(
        "depth",
        "Whether a row of 8 bits has an odd number of ones: a deep network needs 7 gates. How many hidden units does "
        "one layer need, if each unit may recognize a single row?",
        "half of the 256 rows are odd, and each needs a unit: 2^7 = 128. Depth saves units here; units that add can "
        "do with 8 in one layer, so the saving hangs on what a unit may do.",
        answer=Fraction(128),
        run=depth_saves_units,
    ),
    Question(
        "shapes of a deep network",
        "Layers of 20, 15, 5 and 1 units read 10 inputs, 100 at once. What are the shapes of W2, b3, A1 and Z4?",
        "W[l] is (n[l], n[l-1]), b[l] is (n[l], 1), and Z[l] and A[l] are (n[l], m).",
        answer=DIMENSIONS,
        run=dimensions,
    ),
    Question(
        "the loop that stays",
        "Loops are to be avoided. Why may the one over layers stay?",
        "layer l reads what layer l - 1 has made; examples do not read one another, so they go through together.",
        (
            "A layer needs the one before it",
            "There are always fewer than ten layers",
            "Layers are compiled",
        ),
        run=loop_over_layers,
    ),
    Question(
        "features of features",
        "What does the second layer of a network work with?",
        "what the first layer has made of the input: edges become parts, parts faces; counts become 'one of two'.",
        ("Features that the first layer has made", "The input as it was", "The errors of the first layer"),
        run=composed,
    ),
    Question(
        "hyperparameters",
        "Which of these is a parameter, and no hyperparameter?",
        "training moves weights and biases; what is chosen before it - rate, epochs, layers, units, activation - is "
        "a hyperparameter.",
        ("A bias", "The learning rate", "The number of layers", "The size of a mini-batch"),
        run=learned_and_chosen,
    ),
    Question(
        "a wrong W",
        "The shapes of your W[l] are wrong. In a network 5-4-3-1, what must W2 be?",
        "W[l] is (n[l], n[l-1]): rows for the units of its own layer, columns for those of the layer before.",
        answer=((3, 4),),
        run=wrong_shape,
    ),
)
