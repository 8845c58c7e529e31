"""Two simulated classes judge what is said of their mistakes: made apart from the marker, and by two hands.

Learners (tests/learner.py) make a mistake in a cell, pupils (tests/pupil.py) in a whole array.  The everyday count is
a sample; WORKINGS_FULL=1 takes 40 seeds of every kind, and holds the marker to its full goals.
"""

from __future__ import annotations

import ast
import os
from pathlib import Path

import pytest

from tests import pupil_faults, simulate, simulate_pupils
from tests.learner_faults import FAULTS
from tests.simulate import rates, tables, whole
from workings.exercises.kinds import KINDS
from workings.exercises.mistakes import MISTAKES

FULL = bool(os.environ.get("WORKINGS_FULL"))
CLASSES = {
    "learners": (simulate.class_of, ("layer", "backprop", "two-layer-network", "logistic-regression", "shapes")),
    "pupils": (simulate_pupils.class_of, ("batch", "two-layer-network", "neuron-chain", "recurrent")),
}


@pytest.fixture(scope="module", params=CLASSES)
def tally(request):
    class_of, sample = CLASSES[request.param]
    made = class_of(KINDS, range(40)) if FULL else class_of(sample, range(1))
    print(tables(made))
    return made


def share(counts, what, of="cells"):
    assert counts[of] >= 10
    return counts[what] / counts[of]


@pytest.mark.slow
def test_a_misunderstanding_is_named_wherever_it_was_made(tally):
    counts = whole(tally, "consistent")
    assert share(counts, "named") >= (0.97 if FULL else 0.93)
    assert share(counts, "misnamed") <= 0.01
    assert share(counts, "followed", "others") >= 0.97


@pytest.mark.slow
def test_a_mistake_made_once_is_named(tally):
    counts = whole(tally, "once")
    assert share(counts, "named") >= (0.9 if FULL else 0.85)
    assert share(counts, "misnamed") <= (0.03 if FULL else 0.06)
    assert share(counts, "followed", "others") >= 0.98


@pytest.mark.slow
@pytest.mark.skipif(not FULL, reason="one sheet says little of one mistake")
def test_every_mistake_is_named(tally):
    for how, named, misnamed in (("consistent", 0.97, 0.01), ("once", 0.9, 0.03)):
        for fault, counts in rates(tally, how, 1).items():
            if counts["cells"] >= 10:
                assert share(counts, "named") >= named, (how, fault)
                assert share(counts, "misnamed") <= misnamed, (how, fault)


@pytest.mark.slow
@pytest.mark.parametrize("what", ["slip of the pen", "not in the table"])
def test_what_is_no_mistake_of_the_table_is_not_called_one(tally, what):
    counts = whole(tally, "other", what)
    assert share(counts, "misnamed") <= (0.03 if FULL else 0.1)
    assert share(counts, "followed", "others") >= 0.98


@pytest.mark.slow
def test_two_at_once_are_both_located(tally):
    counts = whole(tally, "two")
    assert counts["learners"] >= 3
    assert counts["located"] >= 0.8 * counts["learners"]


def test_the_learners_know_nothing_of_the_marker():
    for name in ("learner.py", "learner_faults.py", "pupil.py", "pupil_faults.py"):
        tree = ast.parse((Path(__file__).parent / name).read_text(encoding="utf-8"))
        imported = {node.module for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)}
        imported |= {alias.name for node in ast.walk(tree) if isinstance(node, ast.Import) for alias in node.names}
        assert not any("workings" in (module or "") for module in imported), imported


def test_every_fault_of_the_learners_has_a_name_in_the_table():
    assert FAULTS.keys() | pupil_faults.FAULTS.keys() == MISTAKES.keys()
