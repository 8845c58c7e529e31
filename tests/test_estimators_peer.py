"""scikit-learn's own tests of its perceptrons, as installed, run on ours."""

from __future__ import annotations

import importlib.util
import sys

import pytest
import sklearn.neural_network

import workings as wk

PRIVATE = {  # a test that asks for internals which are no part of the behaviour → why
    "test_gradient": "calls _loss_grad_lbfgs with lists of their buffers; our gradients have tests/test_gradients.py",
}


def theirs():
    """Their module, loaded afresh with our classes in the place of theirs."""
    found = importlib.util.find_spec("sklearn.neural_network.tests.test_mlp")
    if found is None:
        pytest.skip("scikit-learn was installed without its tests", allow_module_level=True)
    name = "tests.theirs_mlp"
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(sklearn.neural_network, "MLPClassifier", wk.MLPClassifier)
        patch.setattr(sklearn.neural_network, "MLPRegressor", wk.MLPRegressor)
        spec = importlib.util.spec_from_file_location(name, found.origin)
        module = importlib.util.module_from_spec(spec)
        sys.modules[name] = module
        spec.loader.exec_module(module)
    return module


THEIRS = theirs()
TESTS = {name: test for name, test in vars(THEIRS).items() if name.startswith("test_")}
globals().update({name: test for name, test in TESTS.items() if name not in PRIVATE})


@pytest.fixture
def global_random_seed():
    """As their suite has it by default."""
    return 42


def test_only_what_is_private_is_left_out():
    assert set(PRIVATE) <= set(TESTS)
    assert len(TESTS) - len(PRIVATE) >= 40
    assert THEIRS.MLPClassifier is wk.MLPClassifier
    assert THEIRS.MLPRegressor is wk.MLPRegressor
