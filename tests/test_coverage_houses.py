"""Rows 79-81 of the coverage: the price of a house, by one neuron and by few links."""

import runpy
from pathlib import Path

import numpy as np
import pytest

import workings as wk

EXAMPLE = Path(__file__).parent.parent / "examples" / "house_prices.py"
SIZE, BEDROOMS, ZIP, WEALTH = range(4)
LINKS = {"family": (SIZE, BEDROOMS), "walkability": (SIZE, BEDROOMS, ZIP), "school": (ZIP, WEALTH)}


def sparse():
    """The network of the example, which is a page to read: each hidden unit reads only what it is linked to."""
    return runpy.run_path(str(EXAMPLE))["sparse"]()


def dense():
    return [wk.Dense(3, "relu"), wk.Dense(1)]


def test_row_79_one_relu_neuron_is_the_notes_line():
    X, y = wk.data.houses()
    neuron = wk.Model([wk.Dense(1, "relu")], parameters={"W1": [["1/5"]], "b1": [-50]})
    w = neuron.explain(X.astype(int), y.astype(int))
    assert w["A1"].numbers.ravel().tolist() == [0, 50, 90, 150, 190, 250]
    assert w["Z1"].numbers.ravel().tolist() == [-10, 50, 90, 150, 190, 250]  # at 200 the line would be below 0
    assert w["A1"][0, 1].exact
    sizes = np.linspace(0, 2000, 101).reshape(-1, 1)
    np.testing.assert_allclose(neuron.outputs(sizes), np.maximum(0, 0.2 * sizes - 50), atol=1e-4)
    assert neuron.outputs(sizes).min() == 0  # a price is never negative


def test_row_79_one_of_the_six_points_is_not_on_the_line():
    """E3: at 500 the line gives 50, the notes' point says 0."""
    X, y = wk.data.houses()
    off = {int(size): float(price - max(0, 0.2 * size - 50)) for size, price in zip(X[:, 0], y, strict=True)}
    assert off == {200: 0, 500: -50, 700: 0, 1000: 0, 1200: 0, 1500: 0}


def test_row_79_the_line_is_learned_from_the_points():
    X, y = wk.data.houses()
    on = X[:, 0] != 500
    model = wk.Model([wk.Dense(1, "relu")], parameters={"W1": [[1.0]], "b1": [0.0]}, dtype="float64")
    model.fit(X[on] / 1000, y[on] / 100, epochs=4000, batch_size=5, learning_rate=0.3, progress=False)
    slope, below = model.parameters["W1"].item() * 100 / 1000, model.parameters["b1"].item() * 100
    assert (slope, below) == pytest.approx((0.2, -50), abs=1e-3)


def test_row_80_few_links_then_price_by_hand():
    given = {
        "W_family sum": [[2, 1]],
        "b_family sum": [-1],
        "W_walkability sum": [[-1, 0, 3]],
        "b_walkability sum": [0],
        "W_school sum": [[1, 1]],
        "b_school sum": [0],
        "W_price": [[3, 2, 4]],
        "b_price": [10],
    }
    model = wk.Model(sparse(), inputs=4, parameters=given)
    assert model.exact is not None
    w = model.explain([[1, 3, 2, 5]], [100])
    # family 2·1 + 1·3 - 1 = 4, walkability -1 + 0·3 + 3·2 = 5, school 2 + 5 = 7, price 3·4 + 2·5 + 4·7 + 10 = 60
    assert [w[name].numbers.item() for name in ("family", "walkability", "school", "price")] == [4, 5, 7, 60]
    assert w["price"][0, 0].exact
    assert model.predict([[1, 3, 2, 5]]).item() == 60


def test_row_80_a_link_that_is_not_there_carries_nothing():
    model = wk.Model(sparse(), inputs=4, seed=0)
    X = np.random.default_rng(0).random((20, 4))
    seen = model.activations(X)
    for feature in range(4):
        moved = X.copy()
        moved[:, feature] += 1
        after = model.activations(moved)
        for name, links in LINKS.items():
            assert (after[f"{name} sum"] != seen[f"{name} sum"]).any() == (feature in links), (name, feature)


def test_row_80_the_sparse_network_learns_and_so_does_the_dense_one():
    rng = np.random.default_rng(0)
    X = rng.random((300, 4))
    family, walk, school = X[:, 0] + X[:, 1], X[:, 2] - 0.5 * X[:, 0] + 0.5, X[:, 2] + 2 * X[:, 3]
    y = 3 * family + 2 * walk + 4 * school + 1
    for layers in (sparse(), dense()):
        model = wk.Model(layers, seed=1)
        model.fit(X, y, epochs=100, learning_rate=0.02, progress=False)
        assert model.evaluate(X, y)["rmse"] < 0.05 * y.std(), layers


def test_row_80_gradients_come_back_through_every_link():
    model = wk.Model(sparse(), inputs=4, seed=0, dtype="float64")
    X, y = np.random.default_rng(0).random((6, 4)), np.ones(6)
    w = model.explain(X, y)
    for i in range(4):
        moved = [X + by * np.eye(4)[i] for by in (1e-6, -1e-6)]
        up, down = (float(model.explain(x, y)["J"]) for x in moved)
        assert w["dX"].numbers[i].sum() / 6 == pytest.approx((up - down) / 2e-6, abs=1e-7)


def test_row_81_connections_are_counted():
    few, all_of_them = wk.Model(sparse(), inputs=4), wk.Model(dense(), inputs=4)
    links = lambda model: sum(W.size for name, W in model.parameters.items() if name.startswith("W"))
    assert links(few) == (2 + 3 + 2) + 3 == 10
    assert links(all_of_them) == 4 * 3 + 3 * 1 == 15
    assert few.summary().parameters == 10 + 4  # a bias for each unit
    assert all_of_them.summary().total.endswith("15 + 4 = 19")
    assert [x.counted for x in all_of_them.summary().lines if x.count] == ["3 × (4 + 1) = 15", "1 × (3 + 1) = 4"]
