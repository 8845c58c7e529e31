"""Expressions of one's own: worked forwards and backwards, parsed and never run."""

from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.evaluate import evaluate
from tests.test_text import same
from workings.ink import graph
from workings.ink.text import numbers


def test_the_graph_of_the_course():
    """Row 105."""
    g = graph("J = 3 * (a + b * c)", a=5, b=3, c=2)
    assert [g[name].value for name in "uvJ"] == [6, 11, 33]
    assert [g.slope(name) for name in "abc"] == [3, 6, 9]
    assert [g[f"dJ/d{name}"].value for name in "vua"] == [3, 3, 3]
    assert str(g).split("\n") == [
        "u = b x c = (3)(2) = 6",
        "v = a + u = 5 + 6 = 11",
        "J = 3 x v = (3)(11) = 33",
        "dJ/dJ = 1",
        "dJ/dv = 3",
        "dJ/du = dJ/dv = 3",
        "dJ/da = dJ/dv = 3",
        "dJ/db = dJ/du x c = (3)(2) = 6",
        "dJ/dc = dJ/du x b = (3)(3) = 9",
    ]


def test_lines_may_be_named():
    """Row 104: J <- v <- a."""
    g = graph("u = b * c; v = a + u; J = 3 * v", a=5, b=3, c=2)
    assert [*g.forward] == ["b", "c", "a", "u", "v", "J"]
    assert g.slope("a") == 3


def test_what_is_used_twice_adds_its_slopes():
    assert graph("J = a * a + a", a=5).slope("a") == 11
    assert graph("a", a=5).slope("a") == 1
    assert graph("J = +a - -a", a=5).slope("a") == 2
    assert graph("J = (a + b) / 3", a="1/2", b=1).slope("a") == Fraction(1, 3)


FORMULAS = [
    "a * b + b ** 2 - c / a",
    "exp(a) * log(b) + tanh(c) * sqrt(b)",
    "abs(c) * max(a, b) - -a",
    "1 / (1 + exp(-(a * b + c)))",
    "(a ** b) / (1 + c ^ 2)",
]


@settings(max_examples=60)
@given(st.sampled_from(FORMULAS), *[st.floats(0.3, 3)] * 3)
def test_slopes_are_those_of_nudges(formula, a, b, c):
    known = {name: value for name, value in zip("abc", (a, b + 0.01, -c), strict=True) if name in formula}
    g = graph(formula, **known)
    for x in g.values():
        if x.operands:
            assert same(evaluate(numbers(x)), x.value)
    for name, value in known.items():
        h = 1e-6
        up, down = (graph(formula, **{**known, name: value + step})["J"].value for step in (h, -h))
        if abs(known.get("a", 9) - known.get("b", 0)) > 1e-3:
            assert g.slope(name) == pytest.approx((up - down) / (2 * h), rel=1e-5, abs=1e-6)


@pytest.mark.parametrize(
    ("formula", "values", "told"),
    [
        ("J = 3 *", {}, "'3 \\*' cannot be read"),
        ("J = ", {}, "a line is a name, = and an expression"),
        ("J = (a", {"a": 1}, "is a bracket or a sign missing"),
        ("", {}, "a formula is a text"),
        (3, {}, "a formula is a text"),
        ("J = a.b", {"a": 1}, "'a.b' is not understood"),
        ("__import__('os').system('x')", {}, "is not understood|is not known"),
        ("[c for c in a]", {"a": 1}, "is not understood"),
        ("lambda: 1", {}, "is not understood"),
        ("a if b else c", {}, "is not understood"),
        ("a == b", {}, "cannot be read|a line is a name"),
        ("'a' * 3", {}, "'a' is not a number"),
        ("f(a)", {"a": 1}, "f is not known here; there are exp, log"),
        ("a(b + 1)", {"a": 1, "b": 1}, r"A product is a \* \(...\)"),
        ("3(a + 1)", {"a": 1}, r"a product needs its sign: write 3 \* \(...\)"),
        ("max(a)", {"a": 1}, r"max takes 2 number\(s\), not 1"),
        ("exp", {}, r"exp is a function: write exp\(...\)"),
        ("9 ** 9 ** 9", {}, "too large to write down exactly"),
        ("J = log(a)", {"a": 0}, r"J = log\(a\) has no value at a = 0"),
        ("J = a / b", {"a": 1, "b": 0}, "J = a / b has no value at a = 1, b = 0"),
        ("exp(1000)", {}, "has no value"),
        ("a + b", {"a": 1}, "needs a value for b"),
        ("a", {"a": 1, "q": 2}, "q does not stand in 'a'"),
        ("a", {"a": "x"}, "a = 'x' is not a number"),
        ("a", {"a": float("nan")}, "not a number to work with"),
        ("J = a; J = b", {"a": 1, "b": 2}, "J already stands for something else"),
        ("(" * 900 + "a" + ")" * 900, {"a": 1}, "cannot be read"),
        ("a" + "+a" * 2000, {"a": 1}, "up to 2000 are read"),
        ("1e999", {}, "too large"),
        ("2 a = b", {}, "a line is a name, = and an expression"),
    ],
)
def test_a_bad_formula_gets_a_sentence(formula, values, told):
    with pytest.raises(ValueError, match=told) as caught:
        graph(formula, **values)
    assert len(str(caught.value)) < 400


def test_a_long_formula_is_worked():
    g = graph("+".join(["a"] * 900), a=1)
    assert (g["J"].value, g.slope("a")) == (900, 900)


def test_a_constant_among_equals_wins():
    assert graph("J = max(z, 0)", z=0).slope("z") == 0
    assert graph("J = max(0, z)", z=0).slope("z") == 0
    assert graph("J = max(z, 0)", z=1).slope("z") == 1


def test_what_is_cut_stands_behind_a_mark():
    assert str(graph("J = a * 2", a=0.123456789)).split("\n")[0] == "J = a x 2 ~ (0.123457)(2) ~ 0.246914"
    assert str(graph("J = a * 3.14159265", a=1)).split("\n")[0] == "J ~ a x 3.142 ~ (1)(3.14159) ~ 3.14159"


def test_giant_exponents_are_refused_at_once():
    for text in ("1e9999999", "1E-9999999", "1e401", "2e0_000_500"):
        with pytest.raises(ValueError, match="is not a number"):
            graph("a", a=text)
    assert graph("J = a", a="1e-3")["a"].value == Fraction(1, 1000)


def test_an_exact_power_has_at_most_4096_bits():
    assert graph("J = a ** 4096", a=1)["J"].value == 1
    assert graph("J = a ** 2048", a=3)["J"].value == 3**2048
    for a, n in ((1, 4097), (3, 2049), ("1/3", 2049), (3, -2049)):
        with pytest.raises(ValueError, match="too large to write down exactly"):
            graph("J = a ** n", a=a, n=n)


@pytest.mark.parametrize(("a", "slope"), [("1/2", 1), (1, 1), (2, 1), (0, 0), ("-1/2", -1), (-1, -1), (-2, -1)])
def test_the_slope_of_a_size_is_its_sign(a, slope):
    assert graph("J = abs(a)", a=a).slope("a") == slope
