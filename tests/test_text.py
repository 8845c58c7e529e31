"""Workings never lie: a printed record, evaluated again by a calculator of its own, is the value, to the last bit."""

from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.cases import FULL
from tests.evaluate import evaluate
from workings.ink import namespace as ink
from workings.ink.number import Name, Number, work
from workings.ink.text import numbers, symbols


def same(x, y):
    """Equal and of one kind; -0.0 is not 0.0, and nan is nan."""
    if isinstance(x, float) or isinstance(y, float):
        return isinstance(x, float) and isinstance(y, float) and repr(x) == repr(y)
    return x == y


def assert_true(x: Number):
    text = numbers(x)
    assert same(evaluate(text), x.value), f"{text[:300]} is not {x.value!r}"


exact = st.one_of(st.integers(-9, 9), st.fractions(-9, 9, max_denominator=12))
floats = st.one_of(st.floats(), st.floats(-9, 9))
leaves = st.one_of(exact, floats).map(Number) | exact.map(lambda v: Number(v, name=Name("x", (0, 1))))
OPS = [("-", 2), ("*", 2), ("*", 2), ("/", 2), ("neg", 1), ("abs", 1), ("max", 3), ("max", 2), ("argmax", 3)]
OPS += [("+", n) for n in (1, 2, 3, 4)] + [(f, 1) for f in ("exp", "log", "log1p", "tanh", "sqrt")]


def grown(inner):
    plain = st.sampled_from(OPS).flatmap(lambda o: st.tuples(*[inner] * o[1]).map(lambda xs: work(o[0], *xs)))
    powers = st.tuples(inner, st.integers(-2, 3)).map(lambda p: work("**", p[0], Number(p[1])))
    tests = st.tuples(st.sampled_from([">", ">=", "<", "<=", "==", "!="]), inner, inner).map(lambda t: work(*t))
    return plain | powers | st.tuples(tests, inner, inner).map(lambda t: work("where", *t))


@settings(max_examples=30_000 if FULL else 500)
@given(st.recursive(leaves, grown, max_leaves=25))
def test_any_working_evaluates_to_its_value(x):
    try:
        assert_true(x)
    except OverflowError:  # an exact integer beyond 1e308 met a float
        assert not x.exact


SIX, THREE = Number(6), Number(3)


@pytest.mark.parametrize(
    ("x", "text"),
    [
        (work("/", SIX, work("/", Number(1), THREE)), "6 / (1 / 3)"),
        (work("/", SIX, Number(Fraction(1, 3))), "6 / (1/3)"),
        (work("-", Number(1), work("-", Number(2), Number(-3))), "1 - (2 - (-3))"),
        (work("*", work("*", Number(2), Number(-3)), work("+", Number(1), Number(4))), "(2)(-3)(1 + 4)"),
        (work("**", Number(-2), Number(2)), "(-2)^2"),
        (work("neg", Number(-2)), "-(-2)"),
        (work("/", Number(1), work("exp", work("neg", Number(0.5)))), "1 / exp(-0.5)"),
        (work("where", work(">", Number(-1), Number(0)), Number(5), Number(0)), "5 if -1 > 0 else 0"),
        (work("+", work(">", Number(2), Number(1)), Number(3)), "(2 > 1) + 3"),
    ],
)
def test_brackets_come_from_one_table(x, text):
    assert numbers(x) == text


def test_a_whole_array_has_a_formula():
    W, X, b = (ink.asarray(np.ones(s), name) for s, name in [((2, 3), "W1"), ((3, 5), "X"), ((2, 1), "b1")])
    assert symbols(W @ X + b) == "W1 @ X + b1"
    assert symbols(1 / (1 + ink.exp(-(W @ X)))) == "1 / (1 + exp(-(W1 @ X)))"
    assert symbols(W * W * (1 - W)) == "W1 x W1 x (1 - W1)"
    assert symbols((W - 1) @ X.T.T) == "(W1 - 1) @ X.T.T"


def test_a_sum_of_100_000_terms_is_worked_and_printed():
    x = ink.sum(ink.asarray(np.full((1, 100_000), 0.1)), axis=1, keepdims=True).cell(0, 0)
    assert len(x.operands) == 100_000
    assert_true(x)
    one_by_one = sum([ink.asarray([[i]]) for i in range(1, 20_000)], ink.zeros((1, 1))).cell(0, 0)
    assert (len(one_by_one.operands), one_by_one.value) == (20_000, 20_000 * 19_999 // 2)
    assert_true(one_by_one)


def test_a_formula_as_deep_as_one_likes_is_written():
    x = Number(1)
    for _ in range(3_000):
        x = work("-", Number(2), x)
    assert numbers(x).startswith("2 - (2 - (2 - (")
    assert numbers(x).count("(") == 2_999
