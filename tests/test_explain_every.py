"""Every layer, loss, penalty and optimizer, every cell: the record evaluates to the value, and the pass agrees.

The everyday count looks at a sample of the cells of wide arrays; WORKINGS_FULL=1 at 100,000 numbers over 40 networks:

    WORKINGS_FULL=1 python -m pytest tests/test_explain_every.py -k full -s
"""

from dataclasses import dataclass
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.cases import FULL, LAYERS, LOSSES, OPTIMIZERS, PENALTIES, draw, draw_loss
from tests.evaluate import evaluate
from tests.test_text import same
from workings.explain import explain
from workings.ink.number import Name
from workings.layers import Dense, Identity, Sigmoid, Softmax
from workings.losses import BinaryCrossEntropy, CategoricalCrossEntropy, SquaredError
from workings.network import Network, chain


@dataclass(frozen=True)
class Weighted:
    """J = Σ Y·A / m: a stand-in that lets any gradient in."""

    def forward(self, xp, A, Y):
        J = xp.sum(Y * A) / Y.shape[-1]
        return J, {"Y": Y}

    def backward(self, xp, *, Y):
        dA = 1 * Y
        return dA


def assert_true(w, name, index):
    """One cell: the record is the value, the pass agrees, and what it is made from was found before."""
    d = w.open(Name(name, index))
    assert same(evaluate(d.record), d.value), f"{d.name}: {d.record[:300]} is not {d.value!r}"
    assert d.agrees, f"{d.name}: {d.value!r} and the pass has {d.found!r}, further apart than {d.bound!r}"
    return d


def assert_all_true(w, sample=None, rng=None):
    count, order = 0, {name: i for i, name in enumerate(w)}
    for name in w:
        cells = list(np.ndindex(w[name].shape))
        if sample and len(cells) > sample:
            cells = [cells[i] for i in rng.choice(len(cells), sample, replace=False)]
        for index in cells:
            d = assert_true(w, name, index)
            assert all(order[leaf.array] < order[name] for leaf in d.made_from)
            count += 1
    return count


hundredths = np.vectorize(lambda v: Fraction(round(float(v) * 100), 100), otypes=[object])


def whole_story(row, exact, m=3, seed=0):
    layer, params, givens, into, _ = draw(row, m, seed)
    convert = (lambda x: x if x.dtype.kind == "i" else hundredths(x)) if exact else np.asarray
    X = into[0]
    network = Network({"Z1": (layer, *["X"] * len(into))})
    Z, _ = network.forward(np, {"Z1": params}, X, {"Z1": givens})
    Y = np.random.default_rng(seed).integers(-3, 4, Z["Z1"].shape) / 4
    tree = lambda named: {"Z1": {k: convert(v) for k, v in named.items()}}
    return explain(network, Weighted(), tree(params), convert(X), convert(Y), givens=tree(givens))


@pytest.mark.parametrize("exact", [False, True], ids=["floats", "exact"])
@pytest.mark.parametrize("name", LAYERS)
def test_every_cell_of_every_layer(name, exact):
    w = whole_story(LAYERS[name](), exact)
    assert_all_true(w, sample=None if FULL else 8, rng=np.random.default_rng(0))
    if exact:  # on exact input the pass is exact where the layer is
        assert all(same(w.open(Name(n, i)).value, w.numbers[n][i]) for n in w for i in [(0,) * w.numbers[n].ndim])


@settings(max_examples=300 if FULL else 40)
@given(st.sampled_from([*LAYERS]), st.booleans(), st.integers(1, 4), st.integers(0, 10**6), st.data())
def test_any_cell_of_any_layer_of_any_size(name, exact, m, seed, data):
    sizes = [data.draw(st.integers(1, 4), label=size) for size in "abc"]
    w = whole_story(LAYERS[name](*sizes), exact, m, seed)
    for array in w:
        assert_true(w, array, tuple(data.draw(st.integers(0, n - 1)) for n in w[array].shape))


@pytest.mark.parametrize("name", LOSSES)
def test_every_cell_of_every_loss(name):
    loss, A, Y = draw_loss(LOSSES[name])
    network = Network({"A1": (Identity(), "X")})
    assert_all_true(explain(network, loss, {"A1": {}}, A, Y))


@pytest.mark.parametrize("penalty", PENALTIES)
def test_every_cell_with_a_penalty(penalty):
    network = chain(Dense(3), Sigmoid(), Dense(2), Softmax())
    rng = np.random.default_rng(0)
    params, X, Y = network.init(rng, (4,)), rng.standard_normal((4, 5)), np.eye(2)[:, rng.integers(0, 2, 5)]
    w = explain(network, CategoricalCrossEntropy(), params, X, Y, penalties=[PENALTIES[penalty]])
    assert_all_true(w)
    problem = w.problem
    np.testing.assert_allclose(float(w["J"]), problem.cost(params), rtol=1e-15)
    np.testing.assert_allclose(w["dW1"].numbers, problem.gradients()["Z1"]["W"], rtol=1e-15)


@pytest.mark.parametrize("name", OPTIMIZERS)
def test_every_cell_of_every_optimizer(name):
    optimizer, network, rng = OPTIMIZERS[name], chain(Dense(3), Sigmoid(), Dense(2)), np.random.default_rng(0)
    params, X, Y = network.init(rng, (4,)), rng.standard_normal((4, 5)), rng.standard_normal((2, 5))
    state = optimizer.init(params)
    for _ in range(2):
        w = explain(network, SquaredError(), params, X, Y)
        u = w.update(optimizer, 0.1, state)
        assert_all_true(u)
        params, state = optimizer.update(np, params, w.problem.gradients(), state, 0.1)
        for row, named in params.items():
            for symbol, W in named.items():
                np.testing.assert_array_equal(u.step.params[row][symbol], W)
                for memory in optimizer.remembers:
                    np.testing.assert_array_equal(u.step.state[memory][row][symbol], state[memory][row][symbol])
        assert u.step.after == w.problem.cost(params)
        params, state = u.step.params, u.step.state


def forty_networks():
    """Forty dense networks of different depth, width, activation and loss, with a step of every optimizer."""
    ends = [(Softmax(), CategoricalCrossEntropy()), (Sigmoid(), BinaryCrossEntropy()), (Identity(), SquaredError())]
    middles = [
        row(4).layer for name, row in LAYERS.items() if name in ("relu", "sigmoid", "tanh", "gelu", "softplus")
    ]
    optimizers = [*OPTIMIZERS.values()]
    for seed in range(40):
        rng = np.random.default_rng(seed)
        end, loss = ends[seed % 3]
        layers = []
        for _ in range(int(rng.integers(1, 4))):
            layers += [Dense(int(rng.integers(1, 40))), middles[rng.integers(len(middles))]]
        network = chain(*layers, Dense(int(rng.integers(2, 6))), end)
        n, m = int(rng.integers(1, 60)), int(rng.integers(1, 24))
        params, X = network.init(rng, (n,)), rng.standard_normal((n, m))
        k = network.shapes((n,))[network.output][0]
        Y = np.eye(k)[:, rng.integers(0, k, m)]
        yield explain(network, loss, params, X, Y).update(optimizers[seed % len(optimizers)], 0.1)


def test_numbers_of_forty_networks_full():
    """G1 and G2: 100,000 numbers replayed by the calculator, and the pass within its bound."""
    wanted, count, rng = (100_000 if FULL else 1200) // 40, 0, np.random.default_rng(1)
    for w in forty_networks():
        names = [*w]
        sizes = np.array([w.numbers[name].size for name in names], float)
        for name in rng.choice(names, wanted, p=np.sqrt(sizes) / np.sqrt(sizes).sum()):
            assert_true(w, name, tuple(int(rng.integers(n)) for n in w[name].shape))
            count += 1
    print(f"{count} numbers of 40 networks replayed: none differs")
    assert count >= (100_000 if FULL else 1200)


def test_the_parts_add_up_to_the_whole():
    """G7: the contributions of a neuron are its Z; the examples' dW are the batch's."""
    rng, neurons = np.random.default_rng(0), 0
    while neurons < (10_000 if FULL else 300):
        n, k, m = (int(rng.integers(1, 50)) for _ in range(3))
        network = chain(Dense(k), Identity())
        params, X = network.init(rng, (n,)), rng.standard_normal((n, m))
        w = explain(network, SquaredError(), params, X, rng.standard_normal((k, m)))
        nudges = w.nudges("W1")
        for i in range(k):
            d = w["Z1"][i, int(rng.integers(m))]
            parts = [term.value for term in d.working.operands]
            assert abs(np.sum(parts) - float(d.found)) <= d.bound
            j = int(rng.integers(n))
            cell = w["dW1"][i, j]
            above = cell.working.operands[0] if cell.working.op == "/" else cell.working
            parts = [term.value for term in above.operands] if above.op == "+" else [above.value]
            assert abs(np.sum(parts) / m - float(cell.found)) <= cell.bound
            # a pass over one example finds Z in another order too, and what dZ inherits from that comes on top
            inherited = sum(2 / k * w["Z1"][i, e].bound * abs(X[j, e]) for e in range(m)) / m
            assert abs(nudges.average[i, j] - float(cell.found)) <= 2 * (cell.bound + inherited)
            neurons += 1
