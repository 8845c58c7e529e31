"""scikit-learn's checks of an estimator, in configurations that nobody chose for us.

As it comes, and with sgd (with WORKINGS_FULL=1), none fails.  With lbfgs and with early stopping some do: they divide
a dozen rows of three classes into rows to learn from and rows to judge by, or call partial_fit, which has no early
stopping.  There scikit-learn's own estimators, in the same configuration, must fail the very same ones.
"""

from __future__ import annotations

import os
import warnings
from inspect import Parameter, signature
from unittest import SkipTest

import pytest
from sklearn import neural_network
from sklearn.exceptions import ConvergenceWarning
from sklearn.utils.class_weight import compute_sample_weight
from sklearn.utils.estimator_checks import parametrize_with_checks

import workings as wk

ESTIMATORS = (wk.MLPClassifier, wk.MLPRegressor)
FULL = bool(os.environ.get("WORKINGS_FULL"))
NONE_FAILS = [{}] + FULL * [{"solver": "sgd"}]
SOME_FAIL = {"solver": "lbfgs"}, {"early_stopping": True}


@pytest.fixture(autouse=True)
def unconverged():
    """scikit-learn's checks train shortly."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ConvergenceWarning)
        yield


def with_checks(*configurations):
    estimators = [estimator(**how) for how in configurations for estimator in ESTIMATORS]
    return parametrize_with_checks(estimators, expected_failed_checks=lambda estimator: {})


# scikit-learn checks its very own classes with easier parameters (its PER_ESTIMATOR_CHECK_PARAMS), but not these.
class MLPRegressor(neural_network.MLPRegressor):
    """Theirs."""


class MLPClassifier(neural_network.MLPClassifier):
    """Theirs, with class_weight handed on as weights of rows, for the check that asks for it."""

    def __init__(self, *, class_weight=None, **how):
        super().__init__(**how)
        self.class_weight = class_weight

    known = signature(neural_network.MLPClassifier.__init__)
    more = Parameter("class_weight", Parameter.KEYWORD_ONLY, default=None)
    __init__.__signature__ = known.replace(parameters=[*known.parameters.values(), more])

    def fit(self, X, y, sample_weight=None):
        if self.class_weight is not None:
            sample_weight = compute_sample_weight(self.class_weight, y)
        return super().fit(X, y, sample_weight)


@with_checks(*NONE_FAILS)
def test_scikit_learns_checks(estimator, check):
    check(estimator)


@pytest.mark.slow
@with_checks(*SOME_FAIL)
def test_what_fails_fails_in_theirs_too(estimator, check):
    try:
        check(estimator)
    except SkipTest:
        raise
    except Exception as ours:
        theirs = globals()[type(estimator).__name__]()
        theirs.set_params(
            **{name: value for name, value in estimator.get_params().items() if name in theirs.get_params()}
        )
        with pytest.raises(type(ours)):
            check(theirs)
        print(f"both fail: {estimator} {check.func.__name__}")
