"""The ways to the loss, found for whole arrays at once, are those found cell by cell with the slopes of ink."""

import heapq
from math import inf, prod

import numpy as np
import pytest

from tests.cases import LAYERS, LOSSES, draw_loss
from tests.test_explain_every import whole_story
from workings.explain import explain
from workings.explain.edges import Line
from workings.ink import namespace as ink
from workings.ink.derivatives import slopes
from workings.ink.number import Name
from workings.layers import Dense, Flatten, Identity, LstmCell, MaxPool, Recurrent, Relu, Sigmoid, Softmax
from workings.losses import BinaryCrossEntropy, CategoricalCrossEntropy, SquaredError
from workings.network import Network, chain


def cell_by_cell(w, start, strongest):
    """The sum over all ways from a cell to J, their number, and the sizes of the strongest, one cell at a time."""
    names = [*w][: [*w].index("J") + 1]
    onward = {Name("J"): (1, 1, [1.0])}
    for array in reversed(names[names.index(start.array) + 1 :]):
        for index in np.ndindex(w[array].shape):
            if (here := onward.get(Name(array, index))) is None:
                continue
            for leaf, slope in slopes(w.book.workings[array].at(index)).items():
                total, count, best = onward.get(leaf, (0, 0, []))
                size = abs(float(slope))
                best = heapq.nlargest(strongest, [*best, *(size * b for b in here[2])])
                onward[leaf] = (total + slope * here[0], count + here[1], best)
    return onward.get(start, (0, 0, []))


def assert_the_same(w, array, index, strongest=7):
    paths = w.paths(array, *index, strongest=strongest)
    total, count, best = cell_by_cell(w, Name(array, index), strongest)
    assert paths.count == count
    if w.exact and isinstance(paths.total, int):
        assert paths.total == total
    assert float(paths.total) == pytest.approx(float(total), rel=1e-9, abs=1e-13, nan_ok=True)
    assert [abs(float(p.product)) for p in paths] == pytest.approx(best, rel=1e-9, abs=1e-300, nan_ok=True)
    assert len({p.names for p in paths}) == len(paths.shown) == min(strongest, count)


@pytest.mark.parametrize("exact", [False, True], ids=["floats", "exact"])
@pytest.mark.parametrize("name", LAYERS)
def test_the_ways_through_every_layer_are_those_of_ink(name, exact):
    w = whole_story(LAYERS[name](), exact)
    rng = np.random.default_rng(1)
    for array in [*w.places.labels, "X"]:
        assert_the_same(w, array, tuple(int(rng.integers(n)) for n in w[array].shape))


@pytest.mark.parametrize("name", LOSSES)
def test_the_ways_through_every_loss_are_those_of_ink(name):
    loss, A, Y = draw_loss(LOSSES[name])
    w = explain(Network({"A1": (Identity(), "X")}), loss, {"A1": {}}, A, Y)
    for index in np.ndindex(A.shape):
        assert_the_same(w, "X", index)


def story(layers, shape, m, loss=None, scale=1.0, **more):
    network, rng = chain(*layers), np.random.default_rng(0)
    start = network.init(rng, shape)
    params = {row: {s: scale * W for s, W in named.items()} for row, named in start.items()}
    X = rng.standard_normal((*shape, m))
    (k,) = network.shapes(shape)[network.output]
    Y = np.eye(k)[:, rng.integers(0, k, m)]
    return explain(network, loss or SquaredError(), params, X, Y, **more)


DEEP = [Dense(5), Relu(), Dense(4), Sigmoid(), Dense(3), Softmax()]


@pytest.mark.parametrize(
    "w",
    [
        story(DEEP, (4,), 3, CategoricalCrossEntropy()),
        story(DEEP, (4,), 3, CategoricalCrossEntropy(), scale=0.0),  # all ways alike
        story(DEEP, (4,), 2, CategoricalCrossEntropy(), scale=300.0),  # saturated: slopes that are no numbers
        story([Recurrent(LstmCell(3)), Flatten(), Dense(1), Sigmoid()], (2, 4), 2, BinaryCrossEntropy()),
        story([MaxPool(2), Relu(), Flatten(), Dense(2)], (1, 4, 4), 2),
    ],
    ids=["deep", "level", "saturated", "walk", "pooling"],
)
def test_the_ways_through_whole_networks_are_those_of_ink(w):
    for array in [*w.places.labels, "X"]:
        assert_the_same(w, array, tuple(n - 1 for n in w[array].shape))


def test_equal_ways_are_listed_all_the_same():
    """Twelve steps of the same width and weight: 5^12 ways of one size are not all walked for the first ten."""
    layers = [Dense(5) for _ in range(12)]
    network = chain(*layers)
    params = {row.name: {"W": np.full((5, 5), 0.3), "b": np.zeros((5, 1))} for row in network.rows}
    w = explain(network, SquaredError(), params, np.ones((5, 1)), np.zeros((5, 1)))
    paths = w.paths("X", 0, 0, strongest=30)
    assert paths.count == 5**12
    assert isinstance(paths.count, int)
    assert str(paths).split("\n")[-1].startswith("all 244140625 together ")
    assert len({p.names for p in paths}) == 30
    assert paths.total == pytest.approx(float(w["dX"].numbers[0, 0]))
    assert sum(p.product for p in paths) + paths.rest == pytest.approx(paths.total)


def test_more_ways_than_any_number_are_said_so():
    network, rng = chain(*[Dense(100) for _ in range(160)]), np.random.default_rng(0)
    params = {row.name: {"W": rng.normal(0, 0.1, (100, 100)), "b": np.zeros((100, 1))} for row in network.rows}
    w = explain(network, SquaredError(), params, np.ones((100, 1)), np.zeros((100, 1)))
    paths = w.paths("X", 0, 0, strongest=2)
    assert paths.count == inf
    told = str(paths).split("\n")
    assert told[-1].startswith("more than 10^308 together ~ ")
    assert told[-2].startswith("the rest ~ ")
    assert told[0].count("->") == 12
    assert " -> (151 more) -> " in told[0]
    far = w.paths("W150", 0, 0, strongest=1)
    assert far.count == pytest.approx(1e20)
    assert str(far).split("\n")[-1].startswith("about 1e+20 together ~ ")


def test_blocks_of_edges_add_up_to_the_same(monkeypatch):
    want = story(DEEP, (4,), 3, CategoricalCrossEntropy()).paths("W1", 1, 2)
    monkeypatch.setattr("workings.explain.edges.AT_ONCE", 1)
    assert story(DEEP, (4,), 3, CategoricalCrossEntropy()).paths("W1", 1, 2).shown == want.shown


def line_of(array, **values):
    return Line(array.named("R"), values, exact=False)


def edges_of(line, marks):
    found = {}
    size = prod(line.working.shape)
    for block in line.edges(np.ones(size, bool), marks):
        for name, edges in block.items():
            for made, read, slope in zip(*edges, strict=True):
                assert (name, read, made) not in found
                found[name, int(read), int(made)] = float(slope)
    return found


def test_an_edge_is_the_sum_over_all_ways_inside_the_line():
    """R = Σ x·x + x[0] over a row: the slope on x is 2x, and 1 more on the first."""
    x = np.array([[2.0, -3.0, 0.0]])
    X = ink.asarray(x, "x")
    line = line_of(ink.sum(X * X, axis=1, keepdims=True) + X[:, :1], x=x)
    assert edges_of(line, {"x": np.ones((1, 3), bool)}) == {("x", 0, 0): 5.0, ("x", 1, 0): -6.0}
    assert edges_of(line, {"x": np.array([[False, True, False]])}) == {("x", 1, 0): -6.0}
    assert edges_of(line, {}) == {}


def test_a_product_with_stretched_axes_has_the_edges_of_its_rows_and_columns():
    x, y = np.arange(1.0, 7).reshape(1, 2, 3), np.arange(1.0, 13).reshape(2, 3, 2)
    line = line_of(ink.asarray(x, "x") @ ink.asarray(y, "y"), x=x, y=y)
    found = edges_of(line, {"x": np.ones(x.shape, bool), "y": np.ones(y.shape, bool)})
    want = {}
    for b, i, j in np.ndindex(2, 2, 2):
        made = int(np.ravel_multi_index((b, i, j), (2, 2, 2)))
        for k in range(3):
            want["x", i * 3 + k, made] = y[b, k, j]
            want["y", int(np.ravel_multi_index((b, k, j), y.shape)), made] = x[0, i, k]
    assert found == want


def test_a_block_holds_as_many_edges_as_it_may(monkeypatch):
    monkeypatch.setattr("workings.explain.edges.AT_ONCE", 12)
    x, y = np.ones((4, 3)), np.ones((3, 2))
    line = line_of(ink.asarray(x, "x") @ ink.asarray(y, "y"), x=x, y=y)
    blocks = [*line.edges(np.ones(8, bool), {"x": np.ones(x.shape, bool)})]
    assert [len(block["x"].made) for block in blocks] == [12, 12]  # 8 cells with 3 edges each


def test_a_comparison_has_no_edges():
    x = np.array([[2.0, -3.0]])
    line = line_of(ink.asarray(x, "x") > 0, x=x)
    assert edges_of(line, {"x": np.ones((1, 2), bool)}) == {}
    line = line_of(ink.argmax(ink.asarray(x, "x"), axis=1), x=x)
    assert edges_of(line, {"x": np.ones((1, 2), bool)}) == {}
