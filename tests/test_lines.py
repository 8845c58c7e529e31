"""The lines of a sheet to the letter, and what its formulas and counts say in words."""

import pytest

from workings.explain import explain
from workings.layers import Dense, Relu
from workings.losses import SquaredError
from workings.network import chain
from workings.sheets.board import Board
from workings.sheets.lines import formula_line, lines_of
from workings.sheets.wording import counts, formula, nodes, reading, side_by_side

NETWORK = chain(Dense(2), Relu(), Dense(1))
PARAMS = {"Z1": {"W": [[1, -1], [2, 1]], "b": [[0], [1]]}, "A1": {}, "Z2": {"W": [[1, 3]], "b": [[0]]}}


def walked(rate="1/100", X=((2,), (1,)), Y=((3,),), optimizer="gradient-descent"):
    """An explanation with one step behind it."""
    x, y = ([list(row) for row in given] for given in (X, Y))
    return explain(NETWORK, SquaredError("half"), PARAMS, x, y).update(optimizer, rate)


@pytest.mark.parametrize(
    ("name", "lines"),
    [
        ("Z1", ["Z1[1,1] = (1)(2) + (-1)(1) + 0 = 1", "Z1[2,1] = (2)(2) + (1)(1) + 1 = 6"]),
        ("A1", ["A1[1,1]: 1 -> 1 because 1 is positive", "A1[2,1]: 6 -> 6 because 6 is positive"]),
        ("b2", ["b2[1,1] = 0"]),
        ("dA1", ["dA1[1,1] = (1)(16) = 16", "dA1[2,1] = (3)(16) = 48"]),
        ("db1", ["db1[1,1] = 16", "db1[2,1] = 48"]),
        ("dW2", ["dW2 | db2, row 1 = 16 x [1, 6 | 1] = [16, 96 | 16]"]),
        ("W2_new", ["W2_new, row 1 = [1, 3] - 0.01 x [16, 96] = [0.84, 2.04]"]),
        ("b1_new", ["b1_new[1,1] = 0 - (0.01)(16) = -0.16", "b1_new[2,1] = 1 - (0.01)(48) = 0.52"]),
        (
            "dZ1",
            [
                "dZ1[1,1] = (16)(1) = 16 because Z1 = 1 is positive",
                "dZ1[2,1] = (48)(1) = 48 because Z1 = 6 is positive",
            ],
        ),
    ],
)
def test_lines_to_the_letter(name, lines):
    assert lines_of(walked(), name) == lines


def test_a_bias_of_0_may_be_left_out_and_no_other():
    w = walked()
    assert lines_of(w, "Z1", bias=False) == ["Z1[1,1] = (1)(2) + (-1)(1) = 1", "Z1[2,1] = (2)(2) + (1)(1) + 1 = 6"]
    assert lines_of(w, "Z1", crosses=True)[0] == "Z1[1,1] = 1 x 2 + (-1) x 1 + 0 = 1"
    assert lines_of(w, "Z2", bias=False) == ["Z2[1,1] = (1)(1) + (3)(6) = 19"]
    assert (
        lines_of(w, "dX", bias=False)
        == lines_of(w, "dX")
        == [
            "dX[1,1] = (1)(16) + (2)(48) = 112",
            "dX[2,1] = (-1)(16) + (1)(48) = 32",
        ]
    )
    assert lines_of(w, "W1", bias=False)[1] == "W1[1,2] = -1"
    assert formula_line(w["Z1"][0, 0]) == "(1)(2) + (-1)(1) + 0 = 1"


def test_what_was_rounded_is_marked_where_it_stands():
    third = walked(0.01, X=((2.0,), (1 / 3,)), Y=((3.0,),))
    assert lines_of(third, "Z1") == [
        "Z1[1,1] ~ (1)(2) + (-1)(0.3333) + 0 ~ 1.667",
        "Z1[2,1] ~ (2)(2) + (1)(0.3333) + 1 ~ 5.333",
    ]
    assert lines_of(third, "dW1")[0] == "dW1 | db1, row 1 ~ 14.67 x [2, 0.3333 | 1] ~ [29.33, 4.889 | 14.67]"
    assert lines_of(third, "W1_new")[0] == "W1_new, row 1 ~ [1, -1] - 0.01 x [29.33, 4.889] ~ [0.7067, -1.049]"
    fine = walked(0.001, X=((2.5,), (1.0,)), Y=((3.0,),))  # only what comes out is cut
    assert lines_of(fine, "W1_new")[0].startswith("W1_new, row 1 = [1, -1] - 0.001 x [48.75, 19.5] ~ [0.951")
    halves = walked(1 / 3, X=((0.5,), (0.25,)), Y=((1.0,),))
    assert lines_of(halves, "dW2")[0].split(" x ")[0].endswith("row 1 = 6")


def test_another_optimizers_step_is_written_cell_by_cell():
    w = walked(optimizer="adam")
    assert lines_of(w, "W2_new")[0].startswith("W2_new[1,1] ")
    assert lines_of(walked(X=((2, 1), (1, 0)), Y=((3, 3),)), "dW2")[0].startswith("dW2[1,1] = ")


@pytest.mark.parametrize(
    ("name", "told", "without_bias"),
    [
        ("X", "", ""),
        ("Z1", "W1 X + b1", "W1 X"),
        ("A1", "ReLU(Z1)", "ReLU(Z1)"),
        ("L", "0.5 x sum((Z2 - Y)^2)", "0.5 x sum((Z2 - Y)^2)"),
        ("dW2", "dZ2 A1.T", "dZ2 A1.T"),
        ("dZ1", "dA1 where Z1 > 0, else 0", "dA1 where Z1 > 0, else 0"),
        ("W1_new", "W1 - 0.01 x dW1", "W1 - 0.01 x dW1"),
        ("b1_new", "b1 - 0.01 x db1", "b1 - 0.01 x db1"),
    ],
)
def test_formulas_in_words(name, told, without_bias):
    assert (formula(walked(), name), formula(walked(), name, bias=False)) == (told, without_bias)


def test_a_slope_is_a_mask_for_two_examples_at_most():
    several = lambda m: Board(walked(X=((2,) * m, (1,) * m), Y=((3,) * m,))).w
    told = {m: formula(several(m), "dZ1") for m in (1, 2, 3)}
    assert told == {1: "dA1 x mask1", 2: "dA1 x mask1", 3: "dA1 where Z1 > 0, else 0"}
    network = chain(Dense(3), Relu(), Dense(1))
    params = {"Z1": {"W": [[1], [2], [3]], "b": [[0], [0], [0]]}, "A1": {}, "Z2": {"W": [[1, 1, 1]], "b": [[0]]}}
    wide = Board(explain(network, SquaredError("half"), params, [[1]], [[1]])).w
    assert formula(wide, "dZ1") == "dA1 x mask1"
    assert formula(wide, "mask1") == "1 where Z1 > 0, else 0"


def test_a_rate_in_a_formula_has_four_digits():
    assert formula(walked("1/12345"), "W1_new") == "W1 - 1/12345 x dW1"
    assert formula(walked("1/3000000"), "W1_new") == "W1 - 3.333e-7 x dW1"


@pytest.mark.parametrize(
    ("name", "told"),
    [
        ("W2", "weights of layer 2"),
        ("dA12", "gradient of the loss with respect to the activations of layer 12"),
        ("b1_new", "biases of layer 1 after the step"),
        ("mask1", "slope of ReLU in layer 1: 1 where Z1 is positive, else 0"),
        ("E3", "powers of e of layer 3"),
        ("Q1", "Q1"),
        ("dense1", "dense1"),
        ("W", "W"),
    ],
)
def test_symbols_in_words(name, told):
    assert reading(name) == told


@pytest.mark.parametrize(
    ("told", "second", "both"),
    [
        ("dZ1 X.T", "db1", "dZ1 [X | 1].T"),
        ("dZ1 X.T / 4", "db1", "dZ1 [X | 1].T / 4"),
        ("dZ1.T X", "db1", "dZ1.T [X | 1]"),
        ("dZ1.T X / 4", "db1", "dZ1.T [X | 1] / 4"),
        ("W1 - 1/100 x dW1", "b1_new", "[W1 | b1] - 1/100 x [dW1 | db1]"),
        ("W1 X", "b1", "W1 X"),
    ],
)
def test_weights_beside_biases_have_one_formula(told, second, both):
    assert side_by_side(told, second) == both


def test_parameters_are_counted_as_arithmetic():
    problem = walked().problem
    assert nodes(NETWORK, problem.params) == [("Z1", 2, 2), ("Z2", 1, 2)]
    assert counts(NETWORK, problem.params) == (
        "layer 1: 2 + 1 parameters in each node, 2 x (2 + 1) = 6 in all",
        "layer 2: 2 + 1 parameters in each node, 1 x (2 + 1) = 3 in all",
        "all layers: 2 x (2 + 1) + 1 x (2 + 1) = 6 + 3 = 9",
        "weights of a node = nodes in the layer before: 2 in layer 1, 2 in layer 2",
    )
    assert counts(NETWORK, problem.params, bias=False)[:3] == (
        "layer 1: 2 parameters in each node, 2 x 2 = 4 in all",
        "layer 2: 2 parameters in each node, 1 x 2 = 2 in all",
        "all layers: 2 x 2 + 1 x 2 = 4 + 2 = 6",
    )
    one = {"Z1": problem.params["Z1"]}
    assert counts(chain(Dense(2)), one) == (
        "layer 1: 2 + 1 parameters in each node, 2 x (2 + 1) = 6 in all",
        "weights of a node = nodes in the layer before: 2 in layer 1",
    )
    assert counts(chain(Relu()), {}) == ()
