"""The gradient check: planted faults are found and named, right gradients are left alone, kinks are borne.

WORKINGS_FULL=1 pytest tests/test_checkup_gradients.py -s      60 faults in each of 5 networks, and 300 right ones
"""

from __future__ import annotations

from collections import Counter

import numpy as np
import pytest

import workings as wk
from tests.cases import FULL
from workings import layers
from workings.checkup.case import Case
from workings.checkup.differences import slope, slopes
from workings.checkup.suspects import OtherInput, PassThrough, SlopeOfZ, Untransposed, Updated, exchanged

M, FAULTS = 7, 60


def digits(n=M):
    X, y = wk.data.digits()
    return X[:n], y[:n]


def regression(n=M):
    rng = np.random.default_rng(3)
    X = rng.standard_normal((n, 6))
    return X, X @ rng.standard_normal((6, 2))


def square(n=M):
    rng = np.random.default_rng(4)
    return rng.standard_normal((n, 5)), rng.integers(2, size=n)


NETWORKS = {
    "sigmoid classifier": lambda: (
        wk.Model([wk.Dense(6, "sigmoid"), wk.Dense(6, "sigmoid"), wk.Dense(10, "softmax")], seed=1),
        *digits(),
    ),
    "tanh regression": lambda: (
        wk.Model([wk.Dense(6, "tanh"), wk.Dense(6, "tanh"), wk.Dense(2)], seed=2),
        *regression(),
    ),
    "ReLU regression": lambda: (
        wk.Model([wk.Dense(7, "relu"), wk.Dense(6, "relu"), wk.Dense(2)], seed=3),
        *regression(),
    ),
    "square sigmoid": lambda: (
        wk.Model([wk.Dense(5, "tanh"), wk.Dense(5, "sigmoid"), wk.Dense(1, "sigmoid")], seed=4),
        *square(),
    ),
    "mixed classifier": lambda: (
        wk.Model([wk.Dense(8, "softplus"), wk.Dense(5, "relu"), wk.Dense(10, "softmax")], seed=5),
        *digits(),
    ),
}


def right(model, X, y):
    """The gradients as they are, by name, in float64; parameters are moved off 0, where nothing can be planted."""
    w = model.explain(X, y)
    return {
        f"d{name}": np.array(w.trained.get(f"d{name}", w[f"d{name}"].numbers), float) for name in model.parameters
    }


@pytest.fixture(scope="module", params=NETWORKS)
def case(request):
    """A network, its rows, the slopes of its loss and its right gradients."""
    model, X, y = NETWORKS[request.param]()
    model.build(np.shape(X)[1:])
    rng = np.random.default_rng(9)
    params = {n: W + 0.1 * rng.standard_normal(W.shape) for n, W in model.parameters.items()}
    model = wk.Model(model.network, model.loss, parameters=params, dtype="float64")
    return model, X, y, wk.checkup.slopes_of(model, X, y, most=40), right(model, X, y)


# ─── 60 faults ───


def planted(model, X, y, good):
    """What the check should call a fault, the array to look at, and the gradients with the fault in them."""
    check = Case.of(model, X, y, (), None)
    network, wires = check.problem.network, check.wires()
    back = lambda made: {f"d{n}": g for n, g in check.named(check.back(made)).items()}
    names, rng = list(good), np.random.default_rng(0)
    faults = []
    for name in names:
        W, g = model.parameters[name[1:]], good[name]
        only = lambda x, name=name: good | {name: x}
        faults.append(("sign", name, only(-g)))
        faults.append(("factor", name, only(2 * g)))
        faults.append(("factor", name, only(g / 3)))
        faults.append(("no 1/m", name, only(M * g)))
        faults.append(("1/m twice", name, only(g / M)))
        faults.append(("penalty", name, only(g + 0.01 * W)))
        if min(g.shape) > 1 or g.shape[0] > 1:
            faults.append(("transposed", name, only(g.T)))
    for row in network.rows:
        layer = row.layer
        bends = [r.name for r in network.rows].index(row.name)
        read = next((f"d{n}" for n in names and reversed(names_before(network, check, bends))), None)
        if isinstance(layer, layers.Sigmoid | layers.Tanh | layers.Relu | layers.Softplus):
            faults.append(("mask left out", read, back(exchanged(network, row.name, PassThrough(layer)))))
        if isinstance(layer, layers.Sigmoid | layers.Tanh):
            faults.append(("wrong cache", read, back(exchanged(network, row.name, SlopeOfZ(layer)))))
        if isinstance(layer, layers.Dense):
            own = f"d{model.network.label('W', row.name)}"
            for other, A in wires.items():
                if other != row.reads[0] and A.shape == wires[row.reads[0]].shape:
                    faults.append(("wrong cache", own, back(exchanged(network, row.name, OtherInput(layer, A)))))
            if wires[row.reads[0]].shape == wires[row.name].shape and row.reads[0] != "X":
                faults.append(("transposed", read, back(exchanged(network, row.name, Untransposed(layer)))))
    for alpha in (0.001, 0.01, 0.1, 0.3, 0.5, 1.0):
        moved = {r.name: (Updated(r.layer, alpha), *r.reads) for r in network.rows}
        faults.append(("updated weights", names[0], back(wk.Network(moved))))
    more = np.linspace(0.5, 1.9, 200)
    for ratio in more[rng.permutation(len(more))]:
        if len(faults) >= FAULTS:
            break
        name = names[rng.integers(len(names))]
        faults.append(("factor", name, good | {name: ratio * good[name]}))
    return faults[:FAULTS]


def names_before(network, check, place):
    """The parameters below a row, whose gradients come through it."""
    rows = [r.name for r in network.rows]
    return [n for n, (row, _) in check.labels.items() if rows.index(row) < place]


def test_planted_faults_are_found_and_named(case):
    model, X, y, truth, good = case
    faults = planted(model, X, y, good)
    assert len(faults) == FAULTS
    some = faults if FULL else faults[::4]
    named = Counter()
    for fault, name, wrong in some:
        told = wk.checkup.gradients(model, X, y, wrong, truth=truth)
        assert not told.right, (fault, name)
        assert not told[name].right, (fault, name, str(told))
        named[told[name].fault == fault] += 1
    print(f"{len(some)} faults found, {named[True]} of them by their name")
    assert named[True] >= 0.9 * len(some)


def test_right_gradients_are_left_alone(case):
    """As often, with the last digits shaken as another order of adding up shakes them."""
    model, X, y, truth, good = case
    rng = np.random.default_rng(1)
    for _ in range(FAULTS if FULL else 10):
        shaken = {n: g * (1 + 1e-14 * rng.standard_normal(g.shape)) for n, g in good.items()}
        told = wk.checkup.gradients(model, X, y, shaken, truth=truth)
        assert told.right, str(told)
    narrow = {n: g.astype(np.float32) for n, g in good.items()}
    assert wk.checkup.gradients(model, X, y, narrow, truth=truth).right


# ─── what else can be wrong, and kinks ───


@pytest.mark.parametrize(
    ("name", "wrong", "fault", "said"),
    [
        ("db1", lambda g: g.ravel(), "shape", "write .reshape(4, 1)"),
        ("dW1", lambda g: g.T, "transposed", "it is transposed"),
        ("dW2", lambda g: 0 * g, "zero", "all of them are 0"),
        ("dW2", lambda g: g + np.linspace(0, 1, 4), "wrong", "in no simple way"),
        ("dW2", lambda g: g * np.nan, "wrong", "in no simple way"),
        ("db2", None, "missing", "it was not handed in"),
    ],
)
def test_each_verdict(name, wrong, fault, said):
    model = wk.Model([wk.Dense(4, "tanh"), wk.Dense(1)], seed=1)
    X, y = regression()
    mine = right(built(model, X), X, y[:, :1])
    mine[name] = wrong(mine[name]) if wrong else None
    mine = {n: g for n, g in mine.items() if g is not None}
    told = wk.checkup.gradients(model, X, y[:, :1], mine)
    assert told[name].fault == fault
    assert said in told[name].said
    assert [v.name for v in told.values() if not v.right] == [name]
    assert name in str(told)
    assert not told.to_json()["right"]


def built(model, X):
    model.build(np.shape(X)[1:])
    return model


def test_gradients_that_are_none_are_refused():
    model = wk.Model([wk.Dense(1)])
    with pytest.raises(ValueError, match=r"there is no gradient 'dW7'; there are dW1 and db1"):
        wk.checkup.gradients(model, [[1.0]], [1.0], {"dW7": [[1.0]]})
    with pytest.raises(ValueError, match="a gradient is a table of numbers"):
        wk.checkup.gradients(model, [[1.0]], [1.0], {"dW1": [["a"]]})
    with pytest.raises(ValueError, match="no gradient was handed in"):
        wk.checkup.gradients(model, [[1.0]], [1.0], {})


class Doubled(layers.Dense):
    """Somebody's own layer, whose way back forgot that the slope of a square is 2."""

    def backward(self, xp, dZ, *, W, b, A):
        dA, grads = super().backward(xp, dZ, W=W, b=b, A=A)
        return dA, {"W": 2 * grads["W"], "b": grads["b"]}


def test_a_layer_of_ones_own_is_found_out():
    model = wk.Model(
        wk.Network({"Z1": (Doubled(4), "X"), "A1": (layers.Tanh(), "Z1"), "Z2": (layers.Dense(1), "A1")}), seed=1
    )
    X, y = regression()
    told = wk.checkup.gradients(model, X, y[:, :1])
    assert [v.name for v in told.values() if not v.right] == ["dW1"]
    assert told["dW1"].said == "it is 2 times too big"


class Flat(layers.Sigmoid):
    def backward(self, xp, dA, *, A):
        return dA, {}


class SlopeAtZ(layers.Sigmoid):
    def forward(self, xp, Z):
        A, _ = super().forward(xp, Z)
        return A, {"A": Z}


class Turned(layers.Dense):
    def backward(self, xp, dZ, *, W, b, A):
        _, grads = super().backward(xp, dZ, W=W, b=b, A=A)
        return W @ dZ, grads


class Ahead(layers.Dense):
    def backward(self, xp, dZ, *, W, b, A):
        _, grads = super().backward(xp, dZ, W=W, b=b, A=A)
        return (W - 0.3 * grads["W"]).T @ dZ, grads


OWN = {  # the row that is wrong, the first array that shows it, and what the check calls it
    "mask left out": ("A1", Flat(), "dW1", "mask left out"),
    "slope of Z": ("A2", SlopeAtZ(), "dW2", "wrong cache"),
    "not transposed": ("Z2", Turned(6), "dW1", "transposed"),
    "updated": ("Z3", Ahead(10), "dW2", "wrong"),  # found and placed, but its own way back hides the name
}


@pytest.mark.parametrize("name", OWN)
def test_a_wrong_way_back_in_the_network_itself_is_placed(name):
    """The model's own layer is wrong, so its own way back is all that the suspects can start from."""
    row, wrong, array, fault = OWN[name]
    model, X, y = NETWORKS["sigmoid classifier"]()
    broken = wk.Model(exchanged(model.network, row, wrong), model.loss, seed=1)
    told = wk.checkup.gradients(broken, X, y)
    assert next(v.name for v in told.values() if not v.right) == array
    assert told[array].fault == fault, str(told)


MANY = {
    "convolution": (
        lambda: [wk.Convolution(2, 3, "relu"), wk.MaxPool(2), wk.Flatten(), wk.Dense(3, "softmax")],
        (6, 6),
    ),
    "rnn": (lambda: [wk.RNN(3), wk.Dense(3, "softmax")], (5, 2)),
    "gru": (lambda: [wk.GRU(3), wk.Dense(3, "softmax")], (5, 2)),
    "lstm": (lambda: [wk.LSTM(3), wk.Dense(3, "softmax")], (5, 2)),
    "batch norm, dropout": (
        lambda: [wk.Dense(5), wk.BatchNorm(), wk.layers.Relu(), wk.Dropout(0.3), wk.Dense(3, "softmax")],
        (4,),
    ),
}


@pytest.mark.parametrize("name", MANY)
def test_every_kind_of_layer_can_be_asked(name):
    specs, shape = MANY[name]
    rng = np.random.default_rng(0)
    X, y = rng.standard_normal((6, *shape)), np.array([0, 1, 2, 0, 1, 2])
    told = wk.checkup.gradients(wk.Model(specs(), seed=0), X, y, l2=0.1, most=20)
    assert told.right, str(told)


def test_a_kink_allows_what_lies_between_its_sides():
    w = np.array([[0.0, 1.0]])
    found = slopes(lambda: float(np.maximum(w, 0).sum()), w, most=10)
    assert found[0, 0].sides == pytest.approx((0, 1), abs=1e-6)
    assert found[0, 1].sides is None
    assert found[0, 0].allows(0.0, 1e-9)
    assert found[0, 0].allows(0.3, 1e-9)
    assert not found[0, 0].allows(-0.5, 1e-9)


def test_units_that_stand_on_the_kink_are_not_flagged():
    """Zero biases and rows of zeros put every ReLU at exactly 0."""
    model = wk.Model([wk.Dense(4, "relu"), wk.Dense(2)], seed=1)
    told = wk.checkup.gradients(model, np.zeros((3, 5)), np.ones((3, 2)))
    assert told.right, str(told)
    assert told["db1"].kinks == 4


def test_a_kink_nearby_is_stepped_round():
    w = np.array([[3e-3]])
    found = slope(lambda: float(np.maximum(w, 0).sum()), w, (0, 0), 3e-3)
    assert found.sides is None
    assert found.value == pytest.approx(1, abs=1e-9)
