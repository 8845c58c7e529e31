"""Paths, nudges, steps, the short way and the chain rule in one line: what the digits network's notes ask for."""

from fractions import Fraction

import numpy as np
import pytest

from tests.cases import LAYERS, OPTIMIZERS
from tests.evaluate import evaluate
from tests.test_explain_every import assert_all_true, whole_story
from tests.test_text import same
from workings.explain import explain
from workings.explain.because import because
from workings.explain.unfold import unfolded
from workings.ink.number import Name, Number, work
from workings.layers import (
    Attention,
    BatchNorm,
    Dense,
    GruCell,
    Last,
    LstmCell,
    Recurrent,
    Relu,
    RnnCell,
    Sigmoid,
    Softmax,
    Softplus,
)
from workings.losses import (
    BinaryCrossEntropy,
    CategoricalCrossEntropy,
    SigmoidCrossEntropy,
    SoftmaxCrossEntropy,
    SquaredError,
)
from workings.network import Network, chain
from workings.optimizers import Adam, AdamW, GradientDescent
from workings.penalties import L2

CHAIN = chain(Dense(1), Sigmoid(), Dense(1), Sigmoid())
ONE_EACH = {"Z1": {"W": [[0.5]], "b": [[0.1]]}, "A1": {}, "Z2": {"W": [[-1.5]], "b": [[0.2]]}, "A2": {}}
SOFTMAX = (Softmax(), CategoricalCrossEntropy())


def digits_network(m=4, end=SOFTMAX, **more):
    rng = np.random.default_rng(0)
    network = chain(Dense(5), Sigmoid(), Dense(3), end[0])
    params, X = network.init(rng, (6,)), rng.random((6, m))
    Y = np.eye(3)[:, rng.integers(0, 3, m)]
    return explain(network, end[1], params, X, Y, **more)


@pytest.mark.parametrize("name", LAYERS)
def test_the_paths_add_up_to_the_gradient_in_every_layer(name):
    w = whole_story(LAYERS[name](), exact=False)
    for label in w.places.labels:
        index = tuple(n // 2 for n in w[label].shape)
        paths = w.paths(label, *index, strongest=5)
        assert paths.total == pytest.approx(float(w[f"d{label}"].numbers[index]), rel=1e-9, abs=1e-13)
        assert paths.rest + sum(p.product for p in paths) == pytest.approx(float(paths.total), abs=1e-12)
        sizes = [abs(path.product) for path in paths]
        assert sizes == sorted(sizes, reverse=True)
        for path in paths:
            assert float(np.prod([float(s) for s in path.slopes])) == pytest.approx(float(path.product))
            assert (path.names[0], path.names[-1].array) == ((label, index), "J")


def test_every_path_is_listed_and_their_number_is_right():
    w = digits_network(m=2)
    paths = w.paths("W1", 2, 3, strongest=1000)
    assert len(paths.shown) == paths.count == len({path.names for path in paths})
    # of each example: 3 scores Z2, each in the exponent of its own share and of the sum below all: to A2 of the label
    ways = {path.names[3].cell for path in paths}
    assert ways == {(k, i) for k in range(3) for i in range(2)}
    assert sum(path.product for path in paths) == pytest.approx(float(w["dW1"].numbers[2, 3]), rel=1e-12)
    assert paths.rest == pytest.approx(0, abs=1e-15)
    told = str(w.paths("W1", 2, 3, strongest=1)).split("\n")
    assert told[0].startswith("W1[3,4] -> Z1[3,")
    assert told[-1].startswith(f"all {paths.count} together ~ ")
    one = w.paths("W1", 2, 3, example=1)
    assert all(name.cell[-1] == 1 for path in one for name in path.names[1:-1])


def test_exact_paths_add_up_exactly():
    network = chain(Dense(4), Relu(), Dense(2))
    params = {
        "Z1": {"W": [[1, -1, 1], [1, 1, 0], [0, 1, 1], [1, 0, 1]], "b": [[-5], [0], [1], [-2]]},
        "A1": {},
        "Z2": {"W": [[1, -1, 1, 0], [0, 1, -1, 1]], "b": [[0], [3]]},
    }
    w = explain(network, SquaredError("half"), params, [[2, 1, 0], [1, 1, 1], [3, 0, 1]], [[1, 0, 0], [0, 1, "1/2"]])
    for i, j in np.ndindex(4, 3):
        paths = w.paths("W1", i, j, strongest=100)
        assert paths.total == w["dW1"].numbers[i, j] == sum(path.product for path in paths)
        assert isinstance(paths.total, int | Fraction)


def test_paths_lead_forward():
    with pytest.raises(ValueError, match="dW1 is found on the way back"):
        digits_network().paths("dW1", 0, 0)
    with pytest.raises(IndexError, match=r"no cell \[9, 0\]"):
        digits_network().paths("W1", 9, 0)


def test_a_path_over_a_penalty_counts():
    w = digits_network(penalties=[L2(0.1)])
    paths = w.paths("W1", 1, 2, strongest=200)
    assert paths.total == pytest.approx(float(w["dW1"].numbers[1, 2]), rel=1e-12)
    assert any(name.array == "penalty_W1" for path in paths for name in path.names)


def test_a_nudge_does_what_the_gradient_predicts():
    w = digits_network()
    for name, index in [("W1", (2, 3)), ("b2", (1, 0)), ("X", (4, 1))]:
        nudge = w.nudge(name, index, 1e-5)
        assert nudge.actual == pytest.approx(nudge.predicted, rel=1e-3)
        assert nudge.central == pytest.approx(nudge.gradient, rel=1e-6)
        assert nudge.before == pytest.approx(float(w["J"]))
    assert "J at W1[3,4] + 0.01" in str(w.nudge("W1", (2, 3), 0.01))
    with pytest.raises(ValueError, match=r"A1 is worked out .* what can be nudged is given: W1, b1, W2, b2, X"):
        w.nudge("A1", (0, 0), 0.1)
    np.testing.assert_array_equal(w["W1"].numbers, digits_network()["W1"].numbers)  # nothing was moved for good


def test_an_exact_nudge_is_exact():
    w = explain(chain(Dense(1)), SquaredError("half"), {"Z1": {"W": [[2, 3]], "b": [[-5]]}}, [[1], [4]], [[8]])
    nudge = w.nudge("W1", (0, 1), Fraction(1, 10))
    assert (nudge.gradient, nudge.predicted, nudge.central) == (4, Fraction(2, 5), 4)
    assert nudge.actual == Fraction(2, 5) + Fraction(16, 200)  # half the slope of the slope, times the nudge squared


def test_the_average_of_the_nudges_is_the_gradient():
    w = digits_network(m=7)
    for name in ("W1", "b1", "W2", "b2"):
        nudges = w.nudges(name)
        assert len(nudges.of_examples) == 7
        np.testing.assert_allclose(nudges.average, nudges.gradient, rtol=1e-10, atol=1e-15)
    table = w.nudges("W1").table((0, 0), (2, 3))
    assert (len(table), len(table[0])) == (8, 2)
    assert table[-1][1] == pytest.approx(float(w["dW1"].numbers[2, 3]))
    with pytest.raises(ValueError, match="Z1 is not a parameter; there are W1, b1, W2, b2"):
        w.nudges("Z1")


def test_a_batch_that_is_normalised_has_no_single_nudges():
    network, rng = chain(Dense(3), BatchNorm()), np.random.default_rng(0)
    params, X, Y = network.init(rng, (2,)), rng.random((2, 4)), rng.random((3, 4))
    w = explain(network, SquaredError(), params, X, Y)
    with pytest.raises(ValueError, match="row N1 takes the mean of the whole batch"):
        w.nudges("W1")
    memory = {"N1": {"mu": np.full((3, 1), 0.1), "var": np.full((3, 1), 2.0)}}
    nudges = explain(network, SquaredError(), params, X, Y, givens=memory).nudges("W1")
    np.testing.assert_allclose(nudges.average, nudges.gradient, rtol=1e-12)


@pytest.mark.parametrize("name", OPTIMIZERS)
def test_a_step_predicts_and_tells_the_loss_after_it(name):
    u = digits_network().update(OPTIMIZERS[name], 1e-4)
    assert u.step.after - u.step.before == pytest.approx(u.step.predicted - u.step.before, rel=2e-2)
    assert str(u.step).startswith("J before the step ~ ")


def test_the_short_way_of_examples_with_weights_is_weighed():
    network, rng = chain(Dense(3), Softmax()), np.random.default_rng(0)
    params, X, Y = network.init(rng, (4,)), rng.random((4, 5)), np.eye(3)[:, rng.integers(0, 3, 5)]
    w = explain(network, CategoricalCrossEntropy(), params, X, Y, weights=[1.0, 2.0, 0.0, 1.0, 3.0])
    s, u = w.shortcut(), w.update(GradientDescent(), 0.1)
    np.testing.assert_allclose(s["dZ1_short"].numbers, w["dZ1"].numbers, rtol=1e-12, atol=1e-15)
    np.testing.assert_array_equal(u["dW1"].numbers, w.problem.gradients()["Z1"]["W"])
    np.testing.assert_allclose(u["dZ1_long"].numbers, u["dZ1"].numbers, rtol=1e-12, atol=1e-15)
    assert u["dZ1_each"].formula == "A1 - Y"
    assert_all_true(s)
    assert_all_true(u)


@pytest.mark.parametrize("scale", [1.0, 500.0], ids=["finite", "saturated"])
@pytest.mark.parametrize("end", [(Sigmoid(), BinaryCrossEntropy()), SOFTMAX], ids=["sigmoid", "softmax"])
def test_the_step_shown_is_the_step_that_trains(end, scale):
    network, rng = chain(Dense(3), Relu(), Dense(2), end[0]), np.random.default_rng(0)
    params = {row: {s: scale * W for s, W in named.items()} for row, named in network.init(rng, (4,)).items()}
    w = explain(network, end[1], params, rng.standard_normal((4, 5)), np.eye(2)[:, rng.integers(0, 2, 5)])
    u, grads = w.update(Adam(), 0.01), w.problem.gradients()
    moved, _ = Adam().update(np, params, grads, Adam().init(params), 0.01)
    for row in ("Z1", "Z2"):
        for symbol in "Wb":
            label = f"{symbol}{row[1]}"
            np.testing.assert_array_equal(u[f"d{label}"].numbers, grads[row][symbol])
            np.testing.assert_array_equal(u[f"{label}_new"].numbers, moved[row][symbol])
    assert (u["dZ2"].formula, u["dZ2_long"].formula) == ("A2 - Y", w["dZ2"].formula)
    names = [name for n in w for name in ([n + "_long", n] if n == "dZ2" else [n])]
    assert [*u][: len(names)] == names
    assert (u.step.before, u.step.after) == (w.problem.cost(params), w.problem.cost(u.step.params))
    assert np.isfinite(u.step.predicted)
    told = u.cell("dW2[1,1]").to_text()
    if scale == 1:
        np.testing.assert_allclose(u["dZ2_long"].numbers, u["dZ2"].numbers, rtol=1e-12, atol=1e-15)
        assert "the long way over dA2 is dZ2_long, at most " in told
        assert_all_true(u)
    else:
        assert not np.all(np.isfinite(u["dZ2_long"].numbers))
        assert "dZ2_long, which has lost its digits here." in told
    assert "dZ2_long" not in w


def test_the_lines_of_adam_have_names():
    u = digits_network().update(Adam(), 0.01)
    assert u["M_W1_new"].formula == "0.9 x M_W1 + 0.1 x dW1"
    assert u["W1_new"].formula == "W1 - 0.01 x M_hat_W1 / (sqrt(S_hat_W1) + 1e-8)"
    line = "W1_new[1,1] = W1[1,1] - 0.01 x M_hat_W1[1,1] / (sqrt(S_hat_W1[1,1]) + 1e-8)"
    assert str(u.cell("W1_new[1,1]")).startswith(line)
    again = digits_network().update(AdamW(decay=0.1), 0.01)
    assert again["W1'"].formula == "W1 - 0.001 x W1"
    assert again["W1_new"].formula.startswith("W1' - 0.01 x M_hat_W1")


def test_a_step_on_paper_is_exact():
    w = explain(chain(Dense(1)), SquaredError("half"), {"Z1": {"W": [[2, 3]], "b": [[-5]]}}, [[1], [4]], [[8]])
    u = w.update(GradientDescent(), Fraction(1, 10))
    assert str(u.cell("W1_new[1,2]")).split("\n")[1:] == ["            = 3 - (1/10)(4)", "            = 13/5"]
    assert (u.step.before, u.step.predicted, u.step.after) == (Fraction(1, 2), Fraction(-13, 10), Fraction(16, 50))
    assert w["W1"].numbers.tolist() == [[2, 3]]


@pytest.mark.parametrize(
    "end",
    [(Sigmoid(), BinaryCrossEntropy()), (Softmax(), CategoricalCrossEntropy())],
    ids=["sigmoid", "softmax"],
)
def test_the_short_way_is_the_long_way(end):
    w = digits_network(end=end)
    s = w.shortcut()
    assert s["dZ2_short"].formula == "A2 - Y"
    np.testing.assert_allclose(s["dZ2_short"].numbers, s["dZ2"].numbers, rtol=1e-12, atol=1e-15)
    assert_all_true(s)
    assert "dZ2_short" not in w
    fused = {BinaryCrossEntropy(): SigmoidCrossEntropy(), CategoricalCrossEntropy(): SoftmaxCrossEntropy()}[end[1]]
    assert [*digits_network(end=(end[0], fused))] == [*w]  # the face for paper is shown
    with pytest.raises(ValueError, match="no formula together"):
        digits_network(end=(Sigmoid(), SquaredError())).shortcut()


def test_the_logistic_backward_of_the_course():
    """Row 106: da = -y/a + (1-y)/(1-a); dz = da a (1-a) = a - y; dw_j = x_j dz; db = dz."""
    params = {"Z1": {"W": [[0.5, -1.0]], "b": [[0.25]]}, "A1": {}}
    for y in (0.0, 1.0):
        w = explain(chain(Dense(1), Sigmoid()), BinaryCrossEntropy(), params, [[1.0], [2.0]], [[y]]).shortcut()
        a, dz = float(w["A1"]), float(w["dZ1"])
        assert float(w["dA1"]) == pytest.approx(-y / a + (1 - y) / (1 - a), rel=1e-15)
        assert dz == pytest.approx(a - y, rel=1e-14)
        assert float(w["dZ1_short"]) == a - y
        np.testing.assert_allclose(w["dW1"].numbers, [[1.0 * dz, 2.0 * dz]], rtol=1e-15)
        assert w["dZ1"].formula == "dA1 x A1 x (1 - A1)"


def test_one_neuron_per_layer_and_the_chain_rule_in_one_line():
    """Rows 69 to 75: dC/dw = a(L-1) sigma'(z) 2(a - y), with sigma'(z) = a (1 - a)."""
    w = explain(CHAIN, SquaredError("sum"), ONE_EACH, [[0.8]], [[1.0]])
    assert w["L"].formula == "sum((A2 - Y)^2)"
    line = w.cell("dW2[1,1]").unfold()
    assert str(line).split("\n")[0] == ("dW2[1,1] = 2 x (A2[1,1] - Y[1,1]) x A2[1,1] x (1 - A2[1,1]) x A1[1,1]")
    assert same(evaluate(line.record), line.value)
    a1, a2 = float(w["A1"]), float(w["A2"])
    assert line.value == pytest.approx(2 * (a2 - 1) * a2 * (1 - a2) * a1, rel=1e-14)
    assert w.cell("db2[1,1]").unfold().value == pytest.approx(2 * (a2 - 1) * a2 * (1 - a2) * 1, rel=1e-14)
    (path,) = w.paths("W1", 0, 0)
    assert [name.array for name in path.names] == ["W1", "Z1", "A1", "Z2", "A2", "L", "J"]
    tree = w.cell("J").tree(4)
    assert tree["name"].array == "J"
    assert [part["name"].array for part in tree["made_from"][0]["made_from"]] == ["A2", "Y"]
    only = w.cell("dW2[1,1]").unfold("dZ2")
    assert str(only).startswith("dW2[1,1] = dA2[1,1] x A2[1,1] x (1 - A2[1,1]) x A1[1,1]")


def test_a_line_that_would_never_end_is_refused():
    rng = np.random.default_rng(0)
    network = chain(Dense(200), Sigmoid(), Dense(200), Sigmoid(), Dense(2))
    w = explain(network, SquaredError(), network.init(rng, (50,)), rng.random((50, 3)), rng.random((2, 3)))
    with pytest.raises(ValueError, match="more than 20,000 numbers"):
        w["Z3"][0, 0].unfold("Z1", "A1", "Z2", "A2")


def test_leads_to_is_the_other_side_of_made_from():
    w = digits_network(m=3)
    above = {}
    for name in w:
        for index in np.ndindex(w[name].shape):
            for leaf in w[name][index].made_from:
                above.setdefault(leaf, set()).add((name, index))
    for name in w:
        for index in np.ndindex(w[name].shape):
            found = {(cell.array, cell.cell) for reached in w[name][index].leads_to for cell in reached}
            assert found >= above.get((name, index), set())
            extra = found - above.get((name, index), set())
            assert not extra, f"{name}{index} does not lead to {extra}"


def test_choices_say_why():
    params = {"Z1": {"W": [[1, -1, 1], [1, 1, 0], [0, 0, 0]], "b": [[-5], [0], [0]]}}
    w = explain(chain(Dense(3), Relu()), SquaredError("half"), params, [[2], [1], [3]], [[0], [0], [0]])
    assert w["A1"][0, 0].because == "-1 -> 0 because -1 is negative"
    assert w["A1"][1, 0].because == "3 -> 3 because 3 is positive"
    assert w["A1"][2, 0].because == "0 -> 0 because 0 is not positive"
    assert w["dZ1"][0, 0].because == "0 and not dA1[1,1], because Z1[1,1] = -1 is not greater than 0"
    assert w["dZ1"][1, 0].because == "dA1[2,1] and not 0, because Z1[2,1] = 3 is greater than 0"
    assert w["Z1"][0, 0].because == ""


A, B, C = (Number(value, name=Name(name)) for name, value in (("a", 2), ("b", -3), ("c", 0)))
NO, ONE, QUOTIENT = Number(0), Number(1), work("/", A, B)


@pytest.mark.parametrize(
    ("x", "told"),
    [
        (work("max", B, NO), "-3 -> 0 because -3 is negative"),
        (work("max", A, NO), "2 -> 2 because 2 is positive"),
        (work("max", C, NO), "0 -> 0 because 0 is not positive"),
        (work("max", ONE, NO), "1 -> 1 because 1 is positive"),
        (work("max", A, C), "a = 2 is the largest of 2"),
        (work("max", B, C), "c = 0 is the largest of 2"),
        (work("max", A, ONE), "a = 2 is the largest of 2"),
        (work("max", B, A, NO), "a = 2 is the largest of 3"),
        (work("where", work(">", A, B), A, NO), "a and not 0, because a = 2 is greater than -3"),
        (work("where", work("<", A, B), A, C), "c and not a, because a = 2 is not less than -3"),
        (work("where", work(">=", C, NO), work("*", A, B), C), "the product and not c, because c = 0 is at least 0"),
        (
            work("where", work("==", A, B), ONE, work("/", A, B)),
            "the quotient and not 1, because a = 2 is not equal to -3",
        ),
        (work("where", work("!=", A, B), A, B), "a and not b, because a = 2 is different from -3"),
        (work("where", work("!=", A, A), A, B), "b and not a, because a = 2 is not different from 2"),
        (work("where", Number(True), A, B), ""),
        (work("+", A, B), ""),
    ],
)
def test_a_choice_has_its_reason(x, told):
    said = lambda part: str(part.value)
    assert because(x, said, lambda part: part.name.array if part.name else said(part)) == told


def test_a_line_has_at_most_20_000_numbers():
    least = unfolded({}, work("+", *[ONE] * 20_000), lambda name: False)
    assert (least.value, len(least.operands)) == (20_000, 20_000)
    with pytest.raises(ValueError, match="more than 20,000 numbers"):
        unfolded({}, work("+", *[ONE] * 20_001), lambda name: False)


def test_a_tree_goes_down_as_far_as_asked():
    cell = explain(CHAIN, SquaredError("sum"), ONE_EACH, [[0.8]], [[1.0]]).cell("J")
    depth = lambda tree: 1 + max(map(depth, tree["made_from"]), default=-1)
    assert [depth(cell.tree(n)) for n in (0, 1, 2, 4)] == [0, 1, 2, 4]
    assert depth(cell.tree()) == 3


def test_what_is_not_read_is_not_led_to():
    network, rng = chain(Recurrent(RnnCell(2)), Last(), Dense(1)), np.random.default_rng(0)
    w = explain(network, SquaredError(), network.init(rng, (1, 3)), rng.random((1, 3, 2)), rng.random((1, 2)))
    inner = w["A2"].name if "A2" in w else network.rows[1].name
    walk = network.rows[1].reads[0]
    assert [reached.array for reached in w[walk][0, 0, 0].leads_to] == []
    assert [reached.array for reached in w[walk][0, 2, 0].leads_to] == [inner]
    assert repr(w[walk][0, 2, 0].leads_to) == f"[Reached(array={inner!r}, count=1)]"


def test_a_table_of_nudges_has_five_parameters_at_most():
    w = digits_network()
    titles = str(w.nudges("W1")).split("\n")[0].split()
    assert titles == ["W1[1,1]", "W1[1,2]", "W1[1,3]", "W1[1,4]", "W1[1,5]"]
    assert "Conventions" not in repr(w.nudges("W1"))


def test_a_table_of_nudges_is_printed():
    w = explain(
        chain(Dense(1)), SquaredError("half"), {"Z1": {"W": [[2, 3]], "b": [[-5]]}}, [[1, 0], [4, 1]], [[8, 0]]
    )
    assert str(w.nudges("W1")).split("\n") == [
        "           W1[1,1]  W1[1,2]",
        "example 1        1        4",
        "example 2        0       -2",
        "  average      1/2        1",
        "      dW1      1/2        1",
    ]


def test_a_step_names_its_optimizer_on_the_page():
    u = digits_network().update(Adam(), 0.01)
    assert "The step is that of Adam(beta1=0.9" in u.cell("W1_new[1,1]").to_text()


def test_formulas_of_arrays_leave_out_what_says_nothing():
    w = whole_story(LAYERS["rnn"](), exact=False)
    assert w["z1⟨1⟩"].formula == "Wax1 @ X<1> + ba1"
    assert w["z1<2>"].formula == "Waa1 @ a1<1> + Wax1 @ X<2> + ba1"
    assert str(w.cell("z1<2>[1,1]")).startswith("z1<2>[1,1] = Waa1[1,1] x a1<1>[1,1]")


@pytest.mark.parametrize(
    ("layer", "formulas"),
    [
        (
            "convolution",
            {
                "Z1": "W1 @ patches(X) + b1",
                "dW1": "dZ1 @ patches(X).T / 3",
                "db1": "sum(dZ1 over positions and examples) / 3",
                "dX": "unpatches(W1.T @ dZ1)",
            },
        ),
        ("convolution, padded", {"Z1": "W1 @ patches(padded(X)) + b1", "dX": "unpatches(W1.T @ dZ1)"}),
        ("max pool", {"chosen1": "argmax(X over windows) == index", "dV1": "dZ1 if chosen1 else 0"}),
        ("dense", {"db1": "sum(dZ1 over examples) / 3"}),
        ("softmax", {"Z1": "E1 / sum(E1)"}),
        ("lstm", {"c1<1>": "i1<1> x g1<1>", "i1<2>": "1 / (1 + exp(-(Wi1 @ [a1<1>; X<2>] + bi1)))"}),
        ("batch norm", {"dbeta1": "sum(dZ1 over examples) / 3"}),
    ],
)
def test_formulas_of_arrays_are_those_a_teacher_writes(layer, formulas):
    w = whole_story(LAYERS[layer](), exact=False)
    assert {name: w[name].formula for name in formulas} == formulas


def test_the_state_before_the_first_step_is_not_in_the_line():
    w = whole_story(LAYERS["lstm"](), exact=False)
    assert str(w.cell("c1<1>[1,1]")).startswith("c1<1>[1,1] = i1<1>[1,1] x g1<1>[1,1]\n")
    assert " x 0" not in str(w.cell("dWf1[1,1]"))
    assert "(0)" in w.cell("dWf1[1,1]").record  # the record has every term


def test_an_optimizer_comes_by_name_and_a_rate_as_a_number():
    w = digits_network()
    assert w.update("adam", "1/10")["W1_new"].numbers.tolist() == w.update(Adam(), 0.1)["W1_new"].numbers.tolist()
    for wanted in ("adams", None, 3, Adam):
        with pytest.raises(
            ValueError, match=r"an optimizer is one of gradient-descent, .* or an object such as Adam\(\)"
        ):
            w.update(wanted, 0.1)
    for rate in ("x", None, 0, -1, float("nan"), float("inf"), True):
        with pytest.raises(ValueError, match="the learning rate is a number above 0"):
            w.update("adam", rate)


@pytest.mark.parametrize("cell", [RnnCell(3), GruCell(3), LstmCell(3)], ids=["rnn", "gru", "lstm"])
def test_a_walk_is_explained_on_jax_step_by_step(cell):
    jnp = pytest.importorskip("jax.numpy", reason="JAX is not installed: no explanation is made on it")
    network, rng = chain(Recurrent(cell), Last(), Dense(1), Sigmoid()), np.random.default_rng(0)
    params, X, Y = network.init(rng, (2, 4)), rng.standard_normal((2, 4, 3)), rng.integers(0, 2, (1, 3)) * 1.0
    plain = explain(network, BinaryCrossEntropy(), params, X, Y)
    w = explain(network, BinaryCrossEntropy(), params, X, Y, xp=jnp)
    assert [*w] == [*plain]
    for name in w:
        np.testing.assert_allclose(w[name].numbers, plain[name].numbers, rtol=1e-10, atol=1e-13, err_msg=name)
    assert_all_true(w, sample=5, rng=rng)
    label = w.places.labels[0]
    assert w.paths(label, 0, 0).total == pytest.approx(float(w[f"d{label}"].numbers[0, 0]), rel=1e-9)
    assert w.update("adam", 0.1).step.after == pytest.approx(plain.update("adam", 0.1).step.after)


def test_rows_that_nobody_reads_have_the_gradient_0_and_move_with_the_optimizer():
    network = Network({"Z1": (Dense(2), "X"), "A1": (Relu(), "Z1"), "Z2": (Dense(1), "X")})
    rng = np.random.default_rng(0)
    params, X, Y = network.init(rng, (3,)), rng.random((3, 4)), rng.random((1, 4))
    w = explain(network, SquaredError(), params, X, Y)
    assert not w["dW1"].numbers.any()
    assert "dZ1" not in w
    np.testing.assert_array_equal(w.update(GradientDescent(), 0.1)["W1_new"].numbers, params["Z1"]["W"])
    heavy = explain(network, SquaredError(), params, X, Y, penalties=[L2(0.5)])
    made = heavy.problem.gradients()
    for name, (row, symbol) in {"W1": ("Z1", "W"), "b1": ("Z1", "b"), "W2": ("Z2", "W")}.items():
        np.testing.assert_allclose(heavy[f"d{name}"].numbers, made[row][symbol], rtol=1e-14, atol=0)
    step = heavy.update(AdamW(), 0.1)
    moved, _ = AdamW().update(np, params, made, AdamW().init(params), 0.1)
    np.testing.assert_allclose(step["W1_new"].numbers, moved["Z1"]["W"], rtol=1e-12)
    assert_all_true(step)


def test_paths_of_one_example_through_attention_with_as_many_tokens_as_examples():
    network, rng = chain(Attention(2, 1)), np.random.default_rng(0)
    params, X, Y = network.init(rng, (2, 3)), rng.random((2, 3, 3)), rng.random((1, 3, 3))
    w = explain(network, SquaredError(), params, X, Y)
    label = w.places.labels[0]
    parts = [w.paths(label, 0, 1, example=i).total for i in range(3)]
    assert sum(parts) == pytest.approx(float(w[f"d{label}"].numbers[0, 1]), rel=1e-10)
    rows = w.written_as(examples="rows")
    inside = [name for name in w if w[name].shape == (3, 2, 3) and name not in rows.places.wires]
    assert inside
    assert not any(rows.places.is_wire(name, (3, 2, 3)) for name in inside)


def test_paths_outside_are_refused():
    w = digits_network(m=2)
    with pytest.raises(IndexError, match="there is no example 2; they are counted from 0 to 1"):
        w.paths("W1", 0, 0, example=2)
    with pytest.raises(ValueError, match="J is where paths end; start from one of X, Y, W1"):
        w.paths("J")
    with pytest.raises(ValueError, match="at least 1, not 0"):
        w.paths("W1", 0, 0, strongest=0)


@pytest.mark.parametrize("end", [Softplus(), None])
def test_paths_at_the_kink_are_the_gradient(end):
    network = chain(Dense(1), *([end] if end else []))
    loss = SquaredError() if end else SigmoidCrossEntropy()
    w = explain(network, loss, {"Z1": {"W": [[0.0]], "b": [[0.0]]}}, [[1.0]], [[1.0]])
    assert w.paths("W1", 0, 0).total == pytest.approx(float(w["dW1"]), rel=1e-15)
    assert float(w["dW1"]) != 0


def test_an_exact_model_takes_a_second_step_of_adam():
    exact = {"Z1": {"W": [[1]], "b": [[0]]}, "A1": {}, "Z2": {"W": [[2]], "b": [[1]]}, "A2": {}}
    first = explain(CHAIN, SquaredError("sum"), exact, [[1]], [[1]]).update(Adam(), 0.1)
    again = explain(CHAIN, SquaredError("sum"), first.step.params, [[1]], [[1]]).update(Adam(), 0.1, first.step.state)
    assert again["W1_new"].numbers.dtype == float
    assert_all_true(again)


def test_a_walk_of_one_step_with_a_penalty_is_explained():
    network, rng = chain(Recurrent(RnnCell(2))), np.random.default_rng(0)
    params, X, Y = network.init(rng, (2, 1)), rng.random((2, 1, 3)), rng.random((2, 1, 3))
    w = explain(network, SquaredError(), params, X, Y, penalties=[L2(0.1)])
    made = w.problem.gradients()
    for row, named in made.items():
        for symbol, d in named.items():
            np.testing.assert_allclose(w[f"d{w.book.label(symbol, row)}"].numbers, d, rtol=1e-12, atol=1e-15)


@pytest.mark.parametrize(("z", "J"), [(37.0, 37.0), (800.0, 800.0)])
def test_where_the_textbook_has_lost_its_digits_the_page_tells_what_training_works(z, J):
    network, params = chain(Dense(1), Sigmoid()), {"Z1": {"W": [[z]], "b": [[0.0]]}}
    w = explain(network, BinaryCrossEntropy(), params, [[1.0]], [[0.0]])
    assert not w.cell("J").agrees
    assert not w.cell("dW1[1,1]").agrees
    assert w.cell("Z1[1,1]").agrees
    assert not any(w.cell(f"{name}[1,1]").agrees for name in ("L", "dA1", "dZ1"))  # infinite, or no number at all
    near = explain(network, BinaryCrossEntropy(), {"Z1": {"W": [[30.0]], "b": [[0.0]]}}, [[1.0]], [[0.0]])
    assert all(near.cell(f"{name}[1,1]").agrees for name in ("L", "dA1", "dZ1", "dW1"))
    assert not near.cell("J").agrees  # 30.001, and training works 30
    told = f"Training works J and dZ1 = A1 - Y from Z1 in one formula: J = {J:.0f}"
    assert told in w.cell("J").to_text()
    assert told in " ".join(w.to_text().split())
    assert str(w.paths("W1", 0, 0)).endswith("lost digits here; training works dW1[1,1] = 1")
    nudge = w.nudge("W1", (0, 0), -1.0)
    assert (nudge.before, nudge.after, nudge.gradient) == (J, J - 1, 1)
    assert w.update(GradientDescent(), 0.1).step.before == J
    fine = explain(network, BinaryCrossEntropy(), {"Z1": {"W": [[2.0]], "b": [[0.0]]}}, [[1.0]], [[0.0]])
    assert fine.trained == {}
    assert "Training works" not in fine.cell("J").to_text()


def test_a_nudge_takes_a_number_in_every_form():
    w = digits_network()
    for size in (0.5, np.float32(0.5), "1/2", Fraction(1, 2)):
        assert w.nudge("W1", (2, 3), size).after == w.nudge("W1", 2, 3, 0.5).after
    assert w.nudge("b1", (2, 0), 1).name == w.nudge("b1", 2, 0, np.int64(1)).name
    for size in (0, 0.0, float("nan"), float("inf"), "x", None, True):
        with pytest.raises(ValueError, match="the size of a nudge"):
            w.nudge("W1", (2, 3), size)
    assert w.paths("W1", (2, 3)).total == w.paths("W1", 2, 3).total
    with pytest.raises(ValueError, match="a path from a target"):
        w.paths("Y", 0, 0)


def test_where_nothing_passes_the_reason_is_told():
    params = {"Z1": {"W": [[1, 2]], "b": [[0]]}}
    w = explain(chain(Dense(1)), SquaredError("half"), params, [[0], [3]], [[1]])
    assert str(w.paths("W1", 0, 0)) == "nothing passes: X[1,1] = 0; all 0 together = 0"


def test_examples_as_rows_are_rows_in_every_sentence():
    w = digits_network(m=3).written_as(examples="rows")
    assert "J at X[2,5]" in str(w.nudge("X", (4, 1), 0.1))
    assert str(w.paths("X", 4, 1)).startswith("X[2,5] -> Z1[2,")


def test_a_small_number_is_never_shown_as_0():
    params = {"Z1": {"W": [[1e-7], [-1e-9]], "b": [[0.0], [1 / 3]]}}
    w = explain(chain(Dense(2)), SquaredError(), params, [[1.0]], [[1.0], [1.0]])
    told = repr(w["W1"])
    assert "1e-7" in told
    assert "-1e-9" in told
    assert "(numbers are shown with 4 digits)" in repr(w["b1"])
    assert "digits)" not in told
    assert repr(digits_network()["J"]).split("\n")[1:] == ["1.12", "(numbers are shown with 4 digits)"]
    assert "<td>≈ 0.3333</td>" in w["b1"]._repr_html_()
    told = str(digits_network().written_as(base=0).nudges("W1")).split("\n")
    assert told[0].split()[0] == "W1[0,0]"
    assert told[1].startswith("example 0")
    assert "~ " in told[1]
