"""What a house costs: first one neuron, then a small network whose hidden units mean something.

python examples/house_prices.py
"""

import numpy as np

import workings as wk
from workings.layers import Concat, Dense, Relu
from workings.layers.select import Select

SIZE, BEDROOMS, ZIP, WEALTH = range(4)


def sparse():
    """Each hidden unit is linked only to the features that can tell it something: 7 links, then 3 to the price."""
    return wk.Network(
        {
            "family reads": (Select((SIZE, BEDROOMS)), "X"),
            "family sum": (Dense(1), "family reads"),
            "family": (Relu(), "family sum"),
            "walkability reads": (Select((SIZE, BEDROOMS, ZIP)), "X"),
            "walkability sum": (Dense(1), "walkability reads"),
            "walkability": (Relu(), "walkability sum"),
            "school reads": (Select((ZIP, WEALTH)), "X"),
            "school sum": (Dense(1), "school reads"),
            "school": (Relu(), "school sum"),
            "two": (Concat(), "family", "walkability"),
            "three": (Concat(), "two", "school"),
            "price": (Dense(1), "three"),
        }
    )


def one_neuron():
    """max(0, 0.2 · size - 50), with the numbers put in by hand."""
    return wk.Model([wk.Dense(1, "relu")], parameters={"W1": [["1/5"]], "b1": [-50]})


def invented_houses(m=300, seed=0):
    """Houses whose price really is made from family size, walkability and school quality."""
    X = np.random.default_rng(seed).random((m, 4))
    family = X[:, SIZE] + X[:, BEDROOMS]
    walkability = X[:, ZIP] - 0.5 * X[:, SIZE] + 0.5
    school = X[:, ZIP] + 2 * X[:, WEALTH]
    return X, 3 * family + 2 * walkability + 4 * school + 1


if __name__ == "__main__":
    X, y = wk.data.houses()
    w = one_neuron().explain(X.astype(int), y.astype(int))
    print("size  price by the neuron  price in the notes")
    for size, said, told in zip(X[:, 0], w["A1"].numbers[0], y, strict=True):
        print(f"{size:4.0f}  {float(said):19.0f}  {told:18.0f}{'   <- not on the line' if said != told else ''}")
    print(f"\nWhy a house of size 200 costs nothing:\n{w['A1'][0, 0]}\n{w['Z1'][0, 0]}\n")

    X, y = invented_houses()
    for told, network in (("few links", sparse()), ("all links", [wk.Dense(3, "relu"), wk.Dense(1)])):
        model = wk.Model(network, seed=1)
        model.fit(X, y, epochs=100, learning_rate=0.02, progress=False)
        links = sum(W.size for name, W in model.parameters.items() if name.startswith("W"))
        off = model.evaluate(X, y)["rmse"]
        print(
            f"{told}: {links} links, {model.summary().parameters} parameters, off by {off:.3f} (spread {y.std():.2f})"
        )
