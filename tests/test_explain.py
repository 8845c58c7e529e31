"""Every array of a pass has a name, and every cell opens, down to X, Y and the parameters."""

import numpy as np
import pytest

import workings as wk
from tests.cases import LAYERS
from tests.test_explain_every import whole_story
from workings.conventions import Conventions
from workings.explain import explain
from workings.explain.ledger import Ledger, wires_of
from workings.ink import namespace as ink
from workings.layers import Dense, Relu, Sigmoid, Softmax
from workings.losses import CategoricalCrossEntropy, SoftmaxCrossEntropy, SquaredError
from workings.network import chain
from workings.optimizers import Adam

SEVEN = chain(Dense(4), Relu(), Dense(2), Relu(), Dense(1))
GIVEN = {
    "Z1": {"W": [[1, -1, 1], [1, 1, 0], [0, 1, 1], [1, 0, 1]], "b": [[-5], [0], [1], [-2]]},
    "A1": {},
    "Z2": {"W": [[1, -1, 1, 0], [0, 1, -1, 1]], "b": [[0], [3]]},
    "A2": {},
    "Z3": {"W": [[2, -1]], "b": [[1]]},
}


def test_a_cell_opens_step_by_step():
    w = explain(SEVEN, SquaredError("half"), GIVEN, [[2], [1], [3]], [["1/2"]])
    trail, d = [], w["dW1"][1, 0]
    while d.made_from:
        trail += str(d).split("\n")
        d = w.open(next((name for name in d.made_from if name.array[0] == "d"), d.made_from[0]))
    assert trail == [
        "dW1[2,1] = dZ1[2,1] x X[1,1]",
        "         = (-3/2)(2)",
        "         = -3",
        "dZ1[2,1] = dA1[2,1] if Z1[2,1] > 0 else 0",
        "         = -3/2 if 3 > 0 else 0",
        "         = -3/2",
        "dA1[2,1] = W2[1,2] x dZ2[1,1] + W2[2,2] x dZ2[2,1]",
        "         = (-1)(1) + (1)(-1/2)",
        "         = -3/2",
        "dZ2[1,1] = dA2[1,1] if Z2[1,1] > 0 else 0",
        "         = 1 if 2 > 0 else 0",
        "         = 1",
        "dA2[1,1] = W3[1,1] x dZ3[1,1]",
        "         = (2)(1/2)",
        "         = 1",
        "dZ3[1,1] = Z3[1,1] - Y[1,1]",
        "         = 1 - 1/2",
        "         = 1/2",
        "Z3[1,1] = W3[1,1] x A2[1,1] + W3[1,2] x A2[2,1] + b3[1,1]",
        "        = (2)(2) + (-1)(4) + 1",
        "        = 1",
    ]
    assert w["dW1"].formula == "dZ1 @ X.T"


def test_the_line_of_exercise_2_to_the_letter():
    one = chain(Dense(1), Relu())
    w = explain(one, SquaredError("half"), {"Z1": {"W": [[1, -1, 1]], "b": [[-5]]}}, [[2], [1], [3]], [[0]])
    assert f"{w['Z1'][0, 0].record} = {w['Z1'][0, 0].value}" == "(1)(2) + (-1)(1) + (1)(3) + (-5) = -1"


def a_digits_network(units=(5, 4, 3)):
    rng = np.random.default_rng(0)
    network = chain(Dense(units[0]), Sigmoid(), Dense(units[1]), Sigmoid(), Dense(units[2]), Softmax())
    params = network.init(rng, (6,))
    X, Y = rng.random((6, 4)), np.eye(units[2])[:, rng.integers(0, units[2], 4)]
    return network, params, X, Y


def test_the_names_are_the_textbooks():
    network, params, X, Y = a_digits_network()
    w = explain(network, SoftmaxCrossEntropy(), params, X, Y)
    forward = "X Y W1 b1 Z1 A1 W2 b2 Z2 A2 W3 b3 Z3 E3 A3 L J"
    assert " ".join(w) == forward + " dA3 dZ3 dW3 db3 dA2 dZ2 dW2 db2 dA1 dZ1 dW1 db1 dX"


def test_every_number_is_the_passes():
    network, params, X, Y = a_digits_network()
    w = explain(network, SoftmaxCrossEntropy(), params, X, Y)
    wires, caches = network.forward(np, params, X)
    loss = CategoricalCrossEntropy()
    J, cache = loss.forward(np, wires["A3"], Y)
    dwires, grads = network.backward(np, params, caches, loss.backward(np, **cache))
    np.testing.assert_allclose(float(w["J"]), J)
    for name, wire in wires.items():
        np.testing.assert_array_equal(w[name].numbers, wire)
        np.testing.assert_array_equal(w[f"d{name}"].numbers, dwires[name])
    for row in ("Z1", "Z2", "Z3"):
        for symbol in "Wb":
            np.testing.assert_array_equal(w[f"d{symbol}{row[1]}"].numbers, grads[row][symbol])


def test_cells_are_counted_from_0_in_python_and_as_declared_in_strings():
    network, params, X, Y = a_digits_network()
    w = explain(network, SoftmaxCrossEntropy(), params, X, Y)
    assert w["dW2"][3, 1].name == w.cell("dW2[4,2]").name == w["dW2"][-1, 1].name
    zero = explain(network, SoftmaxCrossEntropy(), params, X, Y, conventions=Conventions(base=0))
    assert str(zero.cell("dW2[3,1]")).startswith("dW2[3,1] = (dZ2[3,0] x A1[1,0]")
    assert float(w.cell("J")) == float(w["J"])


def test_what_is_not_there_is_answered_with_a_sentence():
    network, params, X, Y = a_digits_network()
    w = explain(network, SoftmaxCrossEntropy(), params, X, Y)
    with pytest.raises(KeyError, match="no array 'dW9' in this explanation; nearest: dW"):
        w["dW9"]
    with pytest.raises(IndexError, match=r"W1 has shape \(5, 6\): there is no cell \[9, 0\]; .* 0 to 4, 0 to 5"):
        w["W1"][9, 0]
    with pytest.raises(IndexError, match=r"no cell \[0, 1\]; its indices run from 1 to 5, 1 to 6"):
        w.cell("W1[0,1]")
    with pytest.raises(KeyError, match="is not a cell"):
        w.cell("W1[0")


def test_whole_targets_and_inputs_in_float_arrays_keep_the_paper_exact():
    w = explain(SEVEN, SquaredError("half"), GIVEN, np.array([[2.0], [1.0], [3.0]]), np.array([[1.0]]))
    assert w.exact
    assert all(w[name][i].exact for name in w for i in np.ndindex(w[name].shape))
    assert not explain(SEVEN, SquaredError("half"), GIVEN, np.array([[2.5], [1.0], [3.0]]), np.array([[1.0]])).exact


def test_exact_arithmetic_is_not_made_of_floats():
    with pytest.raises(ValueError, match=r"exact arithmetic was asked for \(xp=ink\), but .* such as .*0\.1"):
        explain(SEVEN, SquaredError("half"), GIVEN, [[0.1], [1], [3]], [[1]], xp=ink)


def test_an_explanation_lists_its_arrays():
    network, params, X, Y = a_digits_network()
    w = explain(network, SoftmaxCrossEntropy(), params, X, Y)
    assert repr(w).startswith("Explanation of X (6, 4), Y (3, 4), W1 (5, 6), b1 (5, 1), Z1 (5, 4)")
    assert (len(w), "dW2" in w, "A0" in w, "W9" in w) == (30, True, True, False)
    assert w["A0"].name == "X"
    assert repr(w["J"]).split("\n")[0] == "J () = sum(L) / 4"


def test_without_targets_only_the_forward_pass_is_there():
    w = wk.Model([wk.Dense(2, "relu"), wk.Dense(3, "softmax")], inputs=3).explain(np.ones((2, 3)))
    assert [*w] == ["X", "W1", "b1", "Z1", "A1", "W2", "b2", "Z2", "E2", "A2"]
    assert str(w["A2"][0, 0]).startswith("A2[1,1] = E2[1,1] / (E2[1,1] + E2[2,1] + E2[3,1])")
    asked = {
        "J": lambda: w["J"],
        "a gradient": lambda: w["dW1"],
        "paths": lambda: w.paths("W1", 0, 0),
        "nudge": lambda: w.nudge("W1", (0, 0), 0.1),
        "nudges": lambda: w.nudges("W1"),
        "the short way": lambda: w.shortcut(),
        "a step": lambda: w.update(wk.optimizers.Adam(), 0.1),
    }
    for name, ask in asked.items():
        with pytest.raises((ValueError, KeyError), match=r"write model\.explain\(X, y\)"):
            pytest.fail(f"{name}: {ask()}")


def test_penalties_are_part_of_the_loss_that_is_explained():
    model = wk.Model([wk.Dense(1)], parameters={"W1": [[3, 4]], "b1": [1]})
    w = model.explain([[1, 1]], [8], l2=2)
    assert float(w["J"][()]) == 25
    assert str(w["dW1"][0, 0]).splitlines()[0] == "dW1[1,1] = dW1_data[1,1] + dW1_penalty[1,1]"
    assert float(w["dW1"][0, 0]) == 6


def test_a_parameter_is_called_after_its_row_unless_that_is_taken():
    book = Ledger(np, {"X", "S1", "dS1"})
    told = {("W", "Z1"): "W1", ("W", "S"): "W_S", ("S", "N1"): "S_N1", ("mu", "N12"): "mu12", ("J", ""): "J"}
    assert {key: book.label(*key) for key in told} == told


def test_wires_are_what_a_formula_reads_and_gives():
    assert wires_of(Dense(1)) == {"A", "dA", "Z", "dZ"}
    assert wires_of(Adam()) == set()


def test_steps_are_counted_from_the_end_on_the_way_back():
    w = whole_story(LAYERS["lstm"](), exact=False)
    back = [name for name in w if name.startswith("dc1")]
    assert back == [f"dc1⟨{step}⟩" for step in range(len(back), 0, -1)]
    assert w["dzf1<2>"].formula == "dc1<2> x c1<1> x f1<2> x (1 - f1<2>)"


def test_what_only_moved_has_no_name_of_its_own():
    w = whole_story(LAYERS["convolution, padded"](), exact=False)
    assert " ".join(w) == "X Y W1 b1 Z1 J dZ1 dW1 db1 dX"
