"""Erratum E10: the script linked to exercise 7 has four faults; its numbers tell which."""

from __future__ import annotations

from itertools import combinations

import numpy as np
import pytest

from workings.exercises import found, load
from workings.exercises.faulty import FAULTS, faulty, told

SHOWN = ("dZ3", "dZ1", "dW1", "W1_new", "W3_new")
SETS = [faults for n in range(len(FAULTS) + 1) for faults in combinations(FAULTS, n)]


@pytest.mark.parametrize("exact", [False, True], ids=["declared", "exact"])
@pytest.mark.parametrize("faults", SETS, ids=lambda faults: " and ".join(faults) or "none")
def test_every_set_of_faults_is_found_by_its_numbers(faults, exact):
    seven = load(7, exact)
    made = faulty(seven, faults)
    assert found(seven, {name: made[name] for name in SHOWN}) == [faults]


def test_the_linked_script_is_found_by_its_numbers():
    """Worked out here by hand, not by the code under test: no softmax, no slope, dW1 transposed, no update."""
    x, a1, a2 = (np.array(v, float).reshape(-1, 1) for v in ([2, 1, 3], [0, 3, 5, 3], [2, 4]))
    W2, W3 = np.array([[1, -1, 1, 0], [0, 1, -1, 1]]), np.array([[2, 0], [0, 2], [1, 1]])
    dz3 = np.array([[3.0], [3], [-1]]) - [[0], [1], [0]]
    da2 = W3.T @ dz3
    da1 = W2.T @ da2
    numbers = {"dZ3": dz3, "dW3": dz3 @ a2.T, "dW2": da2 @ a1.T, "dZ1": da1, "dW1": x @ da1.T}
    numbers["W1_new"] = [[1, -1, 1], [1, 1, 0], [0, 1, 1], [1, 0, 1]]
    assert found(load(7), numbers) == [("no softmax", "no slope", "transposed", "no update")]
    for part in ("softmax was left out", "slope of ReLU was skipped", "dW1 stands transposed", "last step was left"):
        assert part in told(load(7), numbers)


def test_right_numbers_and_unknown_mistakes():
    w = load(7).explain()
    assert told(load(7), {"dW1": w["dW1"].numbers.astype(float)}) == "these numbers are right"
    assert told(load(7), {"dZ1": [[7], [7], [7], [7]]}) == "no set of the known faults explains these numbers"


def test_where_numbers_cannot_tell_nothing_is_claimed():
    """dZ3 alone does not show whether a slope was skipped further down: the fewest faults are named."""
    assert found(load(7), {"dZ3": [[3], [2], [-1]]}) == [("no softmax",)]
    with pytest.raises(ValueError, match="no array 'dQ'"):
        found(load(7), {"dQ": [[1]]})
