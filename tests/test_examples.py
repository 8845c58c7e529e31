"""Every example runs in a process of its own, says nothing on the side, and prints what it should.

The numbers checked here are exact, or so far from any rounding that they hold on every machine.
"""

import os
import re
import subprocess
import sys
from functools import cache
from pathlib import Path

import pytest

FOLDER = Path(__file__).parent.parent / "examples"
EXAMPLES = sorted(path.stem for path in FOLDER.glob("*.py"))
WHERE = {**os.environ, "PYTHONPATH": str(FOLDER.parent), "PYTHONIOENCODING": "utf-8"}

PRINTS = {
    "activations": [
        "  0.0   0.5000 0.2500   0.0000 1.0000   0.0000 0.0000",
        "tanh     at 0.5: by formula 0.7864, by nudge 0.7861",
        "ReLU at 0 has two slopes, 0 from the left and 1 from the right",
    ],
    "backpropagation": ["loss 0.70226 -> 0.01087", "loss 0.69315 -> 0.01088", "= (-2)(2)\n"],
    "broadcasting": [
        "sum of each column: [[ 59.  252.  192.2  19. ]]",
        "(1, 4) is stretched 3 times along axis 0",
        "[ 2.   5.2 48.4 10.5]",
        "each column adds up to [100. 100. 100. 100.]",
        "a.reshape(5, 1) or a.reshape(1, 5)",
    ],
    "computation_graph": ["J = 3 x v = (3)(11) = 33", "dJ/db = dJ/du x c = (3)(2) = 6", "by the chain rule 9"],
    "convolution_and_lstm": ["[[3 3 0]\n [3 3 0]\n [3 3 0]]", "c1 = 0.9183", "a1 = 0.6387"],
    "cross_entropy": [
        "sure and right costs 0.0, sure and wrong 1000.0",
        "cross-entropy: smallest second derivative 0.0124",
        "started at -3.0, descent ends at w = -1.534 with J = 0.2576",
        "started at  1.0, descent ends at w = 0.063 with J = 0.2480",
    ],
    "deep_network_by_hand": ["L = 4 layers", "b3 is (5,), but must be (n[3], 1) = (5, 1)", "dW2 (15, 20)"],
    "digit_to_cost": ["12,560 + 272 + 170 = 13,002", "is feature 300 of 784", "takes 1,482 numbers", "<- the winner"],
    "four_neurons_relu": ["z1 = (1)(2) + (-1)(1) + (1)(3) + (-5) = -1, and after ReLU 0", "4 x (3 + 1) = 16"],
    "gradient_descent": [
        "from -2.0 to -1.30084, where the height is -3.51391",
        "from  0.3 to  1.13090, where the height is -1.07023",
        "rate  1.5:   1.0000  -2.0000   4.0000  -8.0000  16.0000 -32.0000",
        "no weight has moved",
    ],
    "hidden_layer_relu": ["4 x (3 + 1) + 2 x (4 + 1) = 16 + 10 = 26"],
    "house_prices": ["500                   50                   0   <- not on the line", "10 links", "15 links"],
    "linear_regression": ["exact   2.526168  -0.698085", "  300   2.526168  -0.698085"],
    "logistic_regression": ["step   1: J = 0.693147", "ratio: "],
    "matrix_multiplication": ["[[ 3  9  4]\n [ 1 -1  0]]", "C[1,2] = (1)(5) + (1)(4) = 9"],
    "multi_layer_perceptron_relu": ["weights: 47", "Layer 7: 1 x 1 + (-1) x 5 = -4"],
    "single_neuron_relu": ["(1)(2) + (-1)(1) + (1)(3) + (-5) = -1", "-1 -> 0 because -1 is negative"],
    "three_input_batch_relu": ["[[0 0 0]\n [3 3 4]]"],
    "where_to_start": ["tanh        zeros   50.0%  0\n", "Biases may start at zero"],
    "why_layers_must_bend": ["b' = W2 b1 + b2 = 5/6", "two layers say -223/6, one says -223/6"],
    "xor_of_n_bits": ["1 xor 1 = (1)(2) + (-2)(1) + 0 = 0", "1024 of 1024", "4 + 2 + 1 = 7 gates on 3 levels"],
}


@cache
def ran(name):
    """The example in a process of its own, where every warning is an error; once, whoever asks."""
    command = [sys.executable, "-W", "error", str(FOLDER / f"{name}.py")]
    return subprocess.run(
        command, capture_output=True, text=True, timeout=120, encoding="utf-8", env=WHERE, check=False
    )


def test_every_example_has_its_lines_here():
    assert set(EXAMPLES) == set(PRINTS)


@pytest.mark.parametrize("name", EXAMPLES)
def test_it_prints_what_it_should(name):
    run = ran(name)
    assert run.returncode == 0, run.stderr
    assert run.stderr == ""
    for line in PRINTS[name]:
        assert line in run.stdout


@pytest.mark.parametrize("name", EXAMPLES)
def test_it_is_a_page_to_read(name):
    page = (FOLDER / f"{name}.py").read_text(encoding="utf-8")
    assert page.startswith('"""')
    assert f"python examples/{name}.py" in page
    assert len(page.splitlines()) <= 90


def test_loops_and_arrays_take_the_same_steps():
    """Rows 107-110: equal to 1e-12, and the ratio is measured and printed."""
    said = ran("logistic_regression").stdout
    apart = [float(x) for x in re.findall(r"differ by (\S+)", said)]
    assert len(apart) == 3
    assert max(apart) < 1e-12
    ratio = re.search(r"ratio: (\d+)", said)
    assert ratio is not None
    assert int(ratio[1]) > 1


def test_the_computation_graph_takes_a_formula_of_ones_own():
    command = [sys.executable, str(FOLDER / "computation_graph.py"), "J = 3 * (a + b * c)", "a=5", "b=3", "c=2"]
    run = subprocess.run(command, capture_output=True, text=True, timeout=60, env=WHERE, check=True)
    assert "J = 3 x v = (3)(11) = 33" in run.stdout


def test_the_race_and_the_flower_come_out_as_told():
    losses = dict(re.findall(r"^(\w+) +loss \S+ -> (\d\.\d+)", ran("activations").stdout, re.M))
    assert float(losses["relu"]) < 0.6 < 2.2 < float(losses["sigmoid"])
    right = [float(x) for x in re.findall(r"right (\d+\.\d)%", ran("why_layers_must_bend").stdout)]
    assert max(right[:2]) < 60 < 88 < right[2]
    digits = re.search(r"unseen images (\S+) % are right", ran("digit_to_cost").stdout)
    assert digits is not None
    assert float(digits[1]) > 75
