"""Start: the traps at the beginning of training: scales, rates and large weights."""

from __future__ import annotations

import warnings
from fractions import Fraction

import numpy as np

from workings import data
from workings.exercises.concepts.question import Proof, Question
from workings.model import Model
from workings.specs import Dense


def saturated() -> Proof:
    X, y = data.digits()
    specs = [Dense(16, "sigmoid"), Dense(10, "softmax")]
    W1 = Model(specs, seed=0, inputs=64).parameters["W1"]
    slopes, losses = [], []
    for scale in (1, 100):
        model = Model(specs, seed=0, parameters={"W1": scale * W1})
        A1 = model.activations(X)["A1"]
        slopes.append(float((A1 * (1 - A1)).mean()))
        losses.append(float(model.fit(X, y, epochs=5, learning_rate=0.5, progress=False)[-1]["loss"]))
    lines = tuple(
        f"W1 times {scale}: mean slope of the hidden sigmoids {s:.4f}, loss after 5 epochs {loss:.3f}"
        for scale, s, loss in zip((1, 100), slopes, losses, strict=True)
    )
    figures = {"slope": slopes[0], "slope, large": slopes[1], "loss": losses[0], "loss, large": losses[1]}
    return Proof(
        "large weights end where sigmoids are flat",
        slopes[1] < 0.1 * slopes[0] and losses[1] > losses[0],
        lines,
        figures,
    )


def too_far() -> Proof:
    w, path = Fraction(1), []
    ends = {}
    for rate in (Fraction(1, 4), Fraction(5, 4)):
        w, path = Fraction(1), [Fraction(1)]
        for _ in range(6):
            w -= rate * 2 * w  # the slope of w²
            path.append(w)
        ends[float(rate)] = path
    lines = tuple(f"rate {rate:g}: w = {', '.join(f'{float(x):g}' for x in path)}" for rate, path in ends.items())
    small, large = (abs(float(path[-1])) for path in ends.values())
    return Proof(
        "each step overshoots by more than the last",
        small < 0.1 and large > 10,
        lines,
        {"small": small, "large": large},
    )


def scales() -> Proof:
    rng = np.random.default_rng(0)
    X = np.column_stack([rng.standard_normal(200), 1000 * rng.standard_normal(200)])
    y = (X[:, 0] + X[:, 1] / 1000 > 0).astype(int)
    scaled = (X - X.mean(axis=0)) / X.std(axis=0)
    losses = {}
    for what, inputs in (("as they are", X), ("scaled", scaled)):
        tried = []
        for power in range(-8, 1):
            model = Model([Dense(1, "sigmoid")], seed=0, dtype="float64")
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")  # of rates that are too large, which is what is looked for
                model.fit(inputs, y, epochs=100, batch_size=200, learning_rate=10.0**power, progress=False)
            tried.append(float(model.evaluate(inputs, y)["loss"]))
        losses[what] = min(tried)
    curves = [float(np.linalg.cond(inputs.T @ inputs)) for inputs in (X, scaled)]
    lines = (
        f"as they are: the bowl is {curves[0]:,.0f} times as steep one way as the other",
        f"scaled: {curves[1]:.1f} times",
        f"loss after 100 steps at the best of 9 rates: {losses['as they are']:.3f}, scaled {losses['scaled']:.3f}",
    )
    figures = {"steepness": curves[0], "steepness, scaled": curves[1], **losses}
    return Proof(
        "one rate suits all directions only when they are alike",
        losses["scaled"] < 0.3 * losses["as they are"],
        lines,
        figures,
    )


def counted() -> Proof:
    model = Model([Dense(16, "sigmoid"), Dense(16, "sigmoid"), Dense(10, "softmax")], inputs=784)
    parts = {name: int(np.size(value)) for name, value in model.parameters.items()}
    lines = (" + ".join(f"{n:,} ({name})" for name, n in parts.items()) + f" = {sum(parts.values()):,}",)
    holds = sum(parts.values()) == model.summary().parameters == 13_002
    return Proof("counted in the network itself", holds, lines, {"parameters": float(sum(parts.values()))})


QUESTIONS = (
    Question(
        "saturation",
        "The weights start a hundred times as large. What becomes of a layer of sigmoids?",
        "its sums are far from 0, where the sigmoid is flat: slopes near 0, so almost nothing is learned at first.",
        (
            "It hardly learns: its slopes are near 0",
            "It learns a hundred times as fast",
            "Its outputs become negative",
        ),
        run=saturated,
    ),
    Question(
        "learning rate",
        "J = w² is walked down from w = 1 by steps of 1.25 times the slope. Where does it end?",
        "w becomes w - 1.25 x 2w = -1.5 w: it jumps over the lowest point, farther each time.",
        ("Nowhere: it goes farther out with every step", "At w = 0", "It goes to and fro between 1 and -1"),
        run=too_far,
    ),
    Question(
        "scaling",
        "One input is about 1, the other about 1000. Why are they scaled first?",
        "the cost is a long narrow valley: a rate small enough for the steep side is far too small for the flat one.",
        (
            "So that one learning rate suits all weights",
            "So that weights become whole numbers",
            "So that the loss cannot be negative",
        ),
        run=scales,
    ),
    Question(
        "parameters",
        "A network 784-16-16-10 of dense layers: how many parameters?",
        "(784 + 1) x 16 + (16 + 1) x 16 + (16 + 1) x 10: weights and one bias for each unit.",
        answer=Fraction(13002),
        run=counted,
    ),
)
