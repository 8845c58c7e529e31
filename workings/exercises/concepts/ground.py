"""Ground: what neural networks are for, and why now.  Course notes, week 1."""

from __future__ import annotations

from fractions import Fraction

import numpy as np

from workings import data
from workings.exercises.concepts.question import Proof, Question
from workings.layers import Convolution
from workings.model import Model
from workings.specs import Dense


def one_recipe() -> Proof:
    from sklearn.datasets import load_breast_cancer

    tables = {"digits (pictures)": data.digits(), "cell nuclei (a table)": load_breast_cancer(return_X_y=True)}
    tables["moons (points)"] = data.moons(400)
    figures, lines = {}, []
    for what, (X, y) in tables.items():
        X = (X - X.mean(axis=0)) / (X.std(axis=0) + 1e-9)
        last = (len(set(y.tolist())), "softmax") if len(set(y.tolist())) > 2 else (1, "sigmoid")
        model = Model([Dense(16, "relu"), Dense(*last)], seed=0)
        half = len(X) // 2
        model.fit(X[:half], y[:half], epochs=60, learning_rate=0.2, progress=False)
        figures[what] = float(model.evaluate(X[half:], y[half:])["accuracy"])
        lines.append(f"{what}: {100 * figures[what]:.0f} % of unseen examples right")
    claim = "one recipe, Dense(16) and an output, learns pictures, a table and points without a change"
    return Proof(claim, min(figures.values()) > 0.85, tuple(lines), figures)


def house() -> Proof:
    neuron = Model([Dense(1, "relu")], "mse", parameters={"W1": [["1/5"]], "b1": [[-50]]}, inputs=1)
    sizes = [100, 250, 300, 400]
    w = neuron.explain([[size] for size in sizes], [0] * len(sizes))
    Z, A = (w[name].numbers[0] for name in ("Z1", "A1"))
    rows = [*zip(sizes, Z, A, strict=True)]
    lines = [f"size {s}: 0.2 x {s} - 50 = {float(z):g}, ReLU makes it {float(a):g}" for s, z, a in rows]
    figures = {f"price at {s}": float(a) for s, _, a in rows}
    holds = [float(a) for a in A] == [max(0.0, 0.2 * s - 50) for s in sizes]
    return Proof("no price is negative, and above 0 the line is kept", holds, tuple(lines), figures)


def shifted() -> Proof:
    picture = np.asarray(data.digits()[0][0], float).reshape(1, 8, 8, 1)
    moved = np.roll(picture, 1, axis=2)
    moved[:, :, 0] = 0
    rng = np.random.default_rng(0)
    layer = Convolution(1, 3)
    params = layer.init(rng, (1, 8, 8))
    here, there = (layer.forward(np, X, **params)[0] for X in (picture, moved))
    apart = float(np.abs(here[:, :, :-1] - there[:, :, 1:])[:, :, 1:-1].max())
    W = rng.standard_normal((36, 64))
    before, after = (np.sort(W @ X.reshape(64, 1), axis=0) for X in (picture, moved))
    dense = float(np.abs(before - after).max())
    X, y = data.digits()
    order = rng.permutation(64)
    score = []
    for columns in (np.arange(64), order):
        model = Model([Dense(16, "relu"), Dense(10, "softmax")], seed=0)
        model.fit(X[:1200][:, columns], y[:1200], epochs=15, learning_rate=0.3, progress=False)
        score.append(float(model.evaluate(X[1200:][:, columns], y[1200:])["accuracy"]))
    lines = (
        f"a digit moved by one pixel: the convolution's map moves with it (largest difference {apart:.2g})",
        f"a dense layer's numbers all change, in whatever order (largest difference {dense:.3g})",
        f"to a dense network the order of the columns is nothing: {score[0]:.3f} right, shuffled {score[1]:.3f}",
    )
    figures = {"convolution": apart, "dense": dense, "in order": score[0], "shuffled": score[1]}
    holds = apart < 1e-9 < 1 < dense and abs(score[0] - score[1]) < 0.05
    return Proof("places matter to a convolution, and to a dense layer they do not", holds, lines, figures)


def drivers() -> Proof:
    X, y = data.digits()
    test = X[1200:], y[1200:]

    def score(m: int, epochs: int, bends: str, hidden: int = 1) -> float:
        model = Model([*(Dense(16, bends) for _ in range(hidden)), Dense(10, "softmax")], seed=0)
        model.fit(X[:m], y[:m], epochs=epochs, learning_rate=0.3, progress=False)
        return float(model.evaluate(*test)["accuracy"])

    pairs = {
        "data: 50 examples against 1200": (score(50, 20, "relu"), score(1200, 20, "relu")),
        "computing: 1 epoch against 20": (score(1200, 1, "relu"), score(1200, 20, "relu")),
        "method: 4 hidden layers of sigmoid against ReLU": (
            score(1200, 15, "sigmoid", 4),
            score(1200, 15, "relu", 4),
        ),
    }
    lines = tuple(f"{what}: {low:.3f} and {high:.3f} right" for what, (low, high) in pairs.items())
    figures = {
        f"{what.split(':')[0]}, {end}": pairs[what][i] for what in pairs for i, end in enumerate(("less", "more"))
    }
    return Proof("more of each alone makes it better", all(a + 0.02 < b for a, b in pairs.values()), lines, figures)


ENDS = ("less", "more")
QUESTIONS = (
    Question(
        "one method, many fields",
        "Electricity changed one trade after another, because the same thing drove all machines. In what sense is "
        "deep learning said to be like it?",
        "the method does not know the field: the same few lines learn from pictures, tables and points. That it will "
        "change every trade is a forecast; that it is one method is what a run can show.",
        (
            "The same method, unchanged, learns from very different data",
            "It needs as much current as a factory",
            "It has replaced all other statistics",
        ),
        run=one_recipe,
    ),
    Question(
        "a single neuron",
        "A neuron with ReLU tells a house's price from its size: 0.2 per square meter, bias -50. What does it say "
        "for 100 square meters?",
        "0.2 x 100 - 50 = -30, and ReLU makes what is negative 0: no house has a negative price.",
        answer=Fraction(0),
        run=house,
    ),
    Question(
        "structured and unstructured data",
        "Shuffle the columns of a table for good, and a dense network learns it as well as before. Shuffle the "
        "pixels of all pictures, and one kind of network loses what it builds on. Which?",
        "a convolution looks at neighbors, with the same weights everywhere; a dense layer gives each column weights "
        "of its own, wherever it stands.",
        ("A convolutional network", "A network with one neuron", "A dense network with ReLU"),
        run=shifted,
    ),
    Question(
        "why now",
        "Three things are said to have made deep learning work: more data, more computing, and a third. Which?",
        "better methods, such as ReLU for sigmoid, which let the same machine learn from the same data in less time.",
        ("Better algorithms", "Bigger screens", "Fewer layers"),
        run=drivers,
    ),
    Question(
        "advice",
        "An idea seems right to you after much reading, and everybody you ask says it is nonsense. What did Geoffrey "
        "Hinton advise?",
        "to trust the intuition and work on it: if intuitions are good, following them pays, and if they are bad, "
        "nothing does. This is an opinion: no run proves it.",
        ("Follow your intuition", "Drop it", "Wait until somebody else has tried"),
    ),
)
