"""A network as a table of wires: branches, names, labels, givens, and errors that name their row."""

from __future__ import annotations

from functools import partial

import numpy as np
import pytest

from tests.cases import machine, numbers, slopes
from workings.layers import (
    Add,
    Attention,
    BatchNorm,
    Concat,
    Convolution,
    Dense,
    Dropout,
    Embedding,
    Flatten,
    GruCell,
    Identity,
    Last,
    MaxPool,
    Positions,
    Recurrent,
    Relu,
    Sigmoid,
    Softmax,
    Tanh,
)
from workings.losses import SigmoidCrossEntropy
from workings.network import Network, chain, row_names, sizes
from workings.optimizers import Momentum
from workings.scan import tree_map

BRANCHING = Network({
    "Z1": (Dense(4), "X"),
    "A1": (Relu(), "Z1"),
    "S1": (Add(), "A1", "X"),
    "Z2": (Dense(1), "S1"),
})  # fmt: skip
LOSS, OPTIMIZER = SigmoidCrossEntropy(), Momentum(mu=0.9)


@pytest.fixture
def data():
    X = np.random.default_rng(0).standard_normal((4, 64))
    return X, (X.sum(axis=0, keepdims=True) > 0).astype(float)


@pytest.fixture
def params():
    return BRANCHING.init(np.random.default_rng(1), (4,))


def gradients(xp, network, params, X, Y):
    wires, caches = network.forward(xp, params, X)
    J, cache = LOSS.forward(xp, wires[network.output], Y)
    dwires, grads = network.backward(xp, params, caches, LOSS.backward(xp, **cache))
    return J, dwires, grads


def step(xp, params, state, X, Y):
    J, _, grads = gradients(xp, BRANCHING, params, X, Y)
    return *OPTIMIZER.update(xp, params, grads, state, 0.1), J


def same(got, want, atol):
    tree_map(lambda g, w: np.testing.assert_allclose(g, w, atol=atol, rtol=0), got, want)


# ─── there and back ───


def test_branches_add_up(params, data):
    """Every wire and every parameter, against central differences; m·∂J/∂A on the wires."""
    J, dwires, grads = gradients(np, BRANCHING, params, *data)
    again = lambda: gradients(np, BRANCHING, params, *data)[0]
    assert J == again()
    same(grads, tree_map(lambda W: slopes(again, W), params), atol=1e-8)
    np.testing.assert_allclose(dwires["X"], 64 * slopes(again, data[0]), atol=1e-6)
    assert list(dwires) == ["Z2", "S1", "A1", "X", "Z1"]
    assert {name: d.shape for name, d in dwires.items()} == {
        "X": (4, 64), "Z1": (4, 64), "A1": (4, 64), "S1": (4, 64), "Z2": (1, 64),
    }  # fmt: skip


def test_branches_add_up_as_jax_grad_has_it(params, data):
    jnp, jax = machine("jax"), pytest.importorskip("jax", reason="jax is not installed")
    X, Y = data
    J = lambda p: LOSS.forward(jnp, BRANCHING.forward(jnp, p, X)[0]["Z2"], Y)[0]
    same(gradients(np, BRANCHING, params, X, Y)[2], jax.grad(J)(params), atol=1e-12)


def test_numpy_and_compiled_jax_train_alike(params, data):
    jnp, jax = machine("jax"), pytest.importorskip("jax", reason="jax is not installed")
    theirs, state = params, OPTIMIZER.init(params)
    state_t, compiled = state, jax.jit(partial(step, jnp))
    for _ in range(50):
        params, state, J = step(np, params, state, *data)
        theirs, state_t, J_t = compiled(theirs, state_t, *data)
    assert J == pytest.approx(float(J_t), abs=1e-9)
    assert J < 0.2


def test_a_wire_read_twice_gets_both_gradients():
    """S = X + X, and Z = 3 S: ∂Z/∂X = 6."""
    network = Network({"S": (Add(), "X", "X"), "Z": (Dense(1), "S")})
    given = {"S": {}, "Z": {"W": np.array([[3.0]]), "b": np.array([[0.0]])}}
    wires, caches = network.forward(np, given, np.array([[2.0, 5.0]]))
    dwires, grads = network.backward(np, given, caches, np.array([[1.0, 1.0]]))
    assert wires["Z"].tolist() == [[12, 30]]
    assert dwires["X"].tolist() == [[6, 6]]
    assert grads["Z"]["W"].tolist() == [[(4 + 10) / 2]]


def test_a_wire_that_nobody_reads_asks_for_nothing():
    network = Network({"Z1": (Dense(2), "X"), "Z2": (Dense(1), "X")})
    given = network.init(np.random.default_rng(0), (3,))
    X = np.ones((3, 4))
    wires, caches = network.forward(np, given, X)
    dwires, grads = network.backward(np, given, caches, np.ones((1, 4)))
    assert list(wires) == ["X", "Z1", "Z2"]
    assert sorted(dwires) == ["X", "Z2"]
    np.testing.assert_array_equal(grads["Z1"]["W"], np.zeros((2, 3)), strict=True)
    np.testing.assert_array_equal(grads["Z1"]["b"], np.zeros((2, 1)), strict=True)
    assert grads["Z2"]["W"].any()
    assert list(grads) == ["Z1", "Z2"]


def test_parameters_and_gradients_are_left_alone(params, data):
    before = tree_map(np.copy, params)
    gradients(np, BRANCHING, params, *data)
    np.testing.assert_equal(params, before)


def test_shapes_and_starting_parameters(params):
    assert BRANCHING.shapes((4,)) == {"X": (4,), "Z1": (4,), "A1": (4,), "S1": (4,), "Z2": (1,)}
    assert list(params) == ["Z1", "Z2"]  # the rows that have any
    assert {s: W.shape for s, W in params["Z2"].items()} == {"W": (1, 4), "b": (1, 1)}
    same(params, BRANCHING.init(np.random.default_rng(1), (4,)), atol=0)


def test_a_layer_must_send_something_back_to_every_wire_it_reads():
    class Forgetful(Add):
        def backward(self, xp, dS):
            return dS, {}

    network = Network({"S": (Forgetful(), "X", "X")})
    _, caches = network.forward(np, {}, np.ones((2, 3)))
    with pytest.raises(ValueError, match="zip"):
        network.backward(np, {}, caches, np.ones((2, 3)))


# ─── givens: noise and memory ───

GIVEN = chain(Dense(3), BatchNorm(), Relu(), Dropout(0.5), Dense(1))


def test_noise_is_drawn_for_the_rows_that_take_it():
    assert BRANCHING.noise(np.random.default_rng(0), (4,), 5) == {}
    noise = GIVEN.noise(np.random.default_rng(0), (2,), 5)
    assert {row: {s: v.shape for s, v in given.items()} for row, given in noise.items()} == {"D1": {"R": (3, 5)}}


def test_memory_is_kept_by_the_rows_that_remember():
    X = numbers(np.random.default_rng(0), (2, 5))
    params, memory = GIVEN.init(np.random.default_rng(0), (2,)), GIVEN.memory((2,))
    assert {row: list(known) for row, known in memory.items()} == {"N1": ["mu", "var"]}
    wires, caches = GIVEN.forward(np, params, X)
    after = GIVEN.remember(memory, caches)
    np.testing.assert_allclose(after["N1"]["mu"], 0.1 * wires["Z1"].mean(axis=1, keepdims=True))
    np.testing.assert_allclose(after["N1"]["var"], 0.9 + 0.1 * wires["Z1"].var(axis=1, keepdims=True))
    assert BRANCHING.memory((4,)) == BRANCHING.remember({}, {}) == {}


def test_givens_reach_their_rows():
    """With noise some cells of D1 are 0 that were not; with memory the batch's own mean no longer counts."""
    X = numbers(np.random.default_rng(0), (2, 5))
    params = GIVEN.init(np.random.default_rng(0), (2,))
    plain, _ = GIVEN.forward(np, params, X)
    noisy, _ = GIVEN.forward(np, params, X, GIVEN.noise(np.random.default_rng(0), (2,), 5))
    known, _ = GIVEN.forward(np, params, X, GIVEN.memory((2,)))
    np.testing.assert_array_equal(plain["D1"], plain["A1"])
    assert ((noisy["D1"] == 0) & (plain["A1"] != 0)).any()
    np.testing.assert_allclose(known["N1"], known["Z1"] / np.sqrt(1 + 1e-5))


# ─── names ───

STACKS = {
    "plain": ((Dense(4), Relu(), Dense(1), Sigmoid()), "Z1 A1 Z2 A2"),
    "image": ((Convolution(2, 3), BatchNorm(), Relu(), MaxPool(2), Flatten(), Dense(3), Softmax()),
              "Z1 N1 A1 P1 F1 Z2 A2"),
    "words": ((Embedding(9, 4), Recurrent(GruCell(3)), Last(), Dropout(0.1), Dense(1)), "E1 H2 F2 D2 Z3"),
    "attention": ((Attention(2, 2), Positions(Dense(3)), Positions(Tanh()), Flatten()), "Y1 Z2 A2 F2"),
    "two of a kind": ((Dense(4), Relu(), Relu(), Relu()), "Z1 A1 A1' A1''"),
    "norm first": ((BatchNorm(), Flatten(), Dense(1)), "N0 F0 Z1"),
    "joins": ((Add(), Concat()), "S0 C0"),
}  # fmt: skip


@pytest.mark.parametrize(("stack", "want"), STACKS.values(), ids=STACKS)
def test_rows_are_named_by_kind_and_layer(stack, want):
    assert " ".join(row_names(stack)) == want


def test_a_stranger_is_named_by_its_class():
    class Mystery:
        pass

    assert row_names((Dense(1), Mystery())) == ["Z1", "Mystery1"]


def test_chain_reads_row_by_row():
    assert chain(Dense(4), Relu(), Dense(1)) == Network(
        {"Z1": (Dense(4), "X"), "A1": (Relu(), "Z1"), "Z2": (Dense(1), "A1")}
    )
    assert [row.name for row in chain(Dense(4), Relu(), names=("hidden", "out")).rows] == ["hidden", "out"]
    with pytest.raises(ValueError, match="zip"):
        chain(Dense(4), Relu(), names=("hidden",))


def test_parameters_are_labelled_for_users():
    network = Network({
        "Z1": (Dense(4), "X"),
        "Z12": (Dense(4), "Z1"),
        "A2b": (Relu(), "Z12"),
        "S": (Dense(4), "A2b"),
        "W3": (Dense(4), "S"),
        "Z3": (Dense(1), "W3"),
    })  # fmt: skip
    rows = {"Z1": "W1", "Z12": "W12", "A2b": "W_A2b", "S": "W_S", "Z3": "W_Z3"}
    assert {row: network.label("W", row) for row in rows} == rows
    assert (network.label("b", "W3"), network.label("b", "Z3")) == ("b_W3", "b_Z3")  # both would be b3
    assert network.label("Waa", "Z1") == "Waa1"


def test_no_two_parameters_share_a_label():
    network = Network({
        "conv1": (Convolution(2, 3), "X"),
        "flat1": (Flatten(), "conv1"),
        "dense1": (Positions(Dense(4)), "flat1"),
        "N1": (BatchNorm(), "dense1"),
        "H1": (Recurrent(GruCell(2)), "N1"),
        "Z2": (Dense(1), "H1"),
    })  # fmt: skip
    assert [network.label("W", row) for row in ("conv1", "dense1", "Z2")] == ["W_conv1", "W_dense1", "W2"]
    assert [network.label("gamma", "N1"), network.label("Wu", "H1")] == ["gamma1", "Wu1"]


def test_the_last_wire_is_the_output():
    assert BRANCHING.output == "Z2"
    shorter = BRANCHING.without_last()
    assert shorter.output == "S1"
    assert [row.name for row in shorter.rows] == ["Z1", "A1", "S1"]
    assert shorter.rows == BRANCHING.rows[:3]


def test_networks_are_equal_by_their_rows():
    assert chain(Dense(4), Relu()) == chain(Dense(4), Relu())
    assert chain(Dense(4), Relu()) != chain(Dense(4), Identity())
    assert chain(Dense(4)) != "Z1"
    assert hash(chain(Dense(4), Relu())) == hash(chain(Dense(4), Relu()))
    assert len({chain(Dense(4)), chain(Dense(4)), chain(Dense(3))}) == 2


def test_it_prints_as_it_is_written():
    want = """Network({
    'Z1': (Dense(n_out=4, initializer='he'), 'X'),
    'S1': (Add(), 'Z1', 'X'),
})"""
    network = Network({"Z1": (Dense(4), "X"), "S1": (Add(), "Z1", "X")})
    assert repr(network) == want
    assert eval(repr(network), {"Network": Network, "Dense": Dense, "Add": Add}) == network


# ─── errors name their row ───

REFUSED = {
    "not yet there": ({"A": (Relu(), "Z"), "Z": (Dense(2), "X")}, r"row 'A' reads \['Z'\], not among \['X'\] above"),
    "itself": ({"A": (Relu(), "A")}, r"row 'A' reads \['A'\]"),
    "the name of the input": ({"X": (Relu(), "X")}, "row 'X' needs a name of its own"),
    "reads nothing": ({"A": (Relu(),)}, "row 'A' needs a name of its own and at least one wire"),
    "no name": ({"": (Dense(1), "X")}, "called by a text such as 'Z1', without / and brackets, not ''"),
    "a number for a name": ({1: (Dense(1), "X")}, "called by a text .* not 1"),
    "a path for a name": ({"left/Z1": (Dense(1), "X")}, "without / and brackets, not 'left/Z1'"),
    "brackets in a name": ({"Z[1]": (Dense(1), "X")}, r"not 'Z\[1\]'"),
    "a new line in a name": ({"Z\n1": (Dense(1), "X")}, r"not 'Z\\n1'"),
    "empty": ({}, "at least one row, such as"),
}


@pytest.mark.parametrize(("table", "told"), REFUSED.values(), ids=REFUSED)
def test_a_table_that_makes_no_sense_is_refused(table, told):
    with pytest.raises(ValueError, match=told):
        Network(table)


def test_a_wrong_shape_names_its_row():
    network = chain(Dense(4), Relu(), Dense(1))
    params = network.init(np.random.default_rng(0), (4,))
    with pytest.raises(ValueError, match="matmul") as caught:
        network.forward(np, params, np.ones((3, 64)))
    want = "in row 'Z1' = Dense(n_out=4, initializer='he') of X (3, 64) with W (4, 4), b (4, 1)"
    assert caught.value.__notes__ == [want]


def test_a_shape_that_cannot_be_names_its_row():
    network = Network({"Z1": (Dense(3), "X"), "S1": (Add(), "Z1", "X")})
    with pytest.raises(ValueError, match="Add takes two wires of one shape") as caught:
        network.init(np.random.default_rng(0), (4,))
    assert caught.value.__notes__ == ["in row 'S1' = Add() of Z1 (3,), X (4,)"]


def test_sizes():
    assert sizes({"W": np.ones((2, 3)), "b": np.ones((2, 1))}) == "W (2, 3), b (2, 1)"
    assert sizes({}) == "nothing"
