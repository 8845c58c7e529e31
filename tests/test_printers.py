"""What is printed: correctly rounded and marked, bracketed from one table, well formed in every notation."""

import io
import math
import re
import xml.etree.ElementTree as ET
from decimal import Decimal
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from rich.console import Console

from tests.cases import FULL, LAYERS
from tests.test_explain_every import whole_story
from workings.conventions import Conventions
from workings.explain import explain
from workings.ink import namespace as ink
from workings.ink.number import Name, Number, work
from workings.ink.rounding import cut, cut_constant
from workings.ink.text import numbers, symbols
from workings.layers import Dense, Last, Recurrent, Relu, RnnCell, Sigmoid, Softmax
from workings.losses import CategoricalCrossEntropy, SquaredError
from workings.network import Network, chain
from workings.sheets.latex import Latex, latex, symbol
from workings.sheets.mathml import MathML, letters, mathml
from workings.sheets.symbols import Parts, parted
from workings.sheets.terminal import Unicode
from workings.sheets.text import text
from workings.sheets.typst import Typst, typst
from workings.sheets.typst import symbol as typst_symbol


def assert_rounded(value: float, digits: int):
    """Against Python's own correctly rounded formatting."""
    text, rounded = cut(value, digits)
    if not math.isfinite(value):
        assert (text, rounded) == (str(value), False)
        return
    want = Decimal(f"{value:.{digits - 1}e}")
    if digits <= want.adjusted() < 15:
        want = Decimal(f"{value:.0f}")
    assert Decimal(text) == want, f"{value!r} to {digits} digits is {want}, not {text}"
    assert rounded == (float(text) != value), f"{value!r} printed as {text} must {'not ' * (not rounded)}be marked"


TIES = [0.5, 1.5, 2.5, 0.125, 0.375, 2.675, 1.005, 0.000125, 12345.5, 12346.5, -0.0, 5e-324, 2.2e-308, 1e300, -1e300]
TIES += [math.nan, math.inf, -math.inf, 999.95, 9999.5, 99995.0, 0.99995, 1e15, 1e16, 123456789012345.6]


@pytest.mark.parametrize("digits", [1, 2, 3, 4, 6, 17])
@pytest.mark.parametrize("value", TIES)
def test_ties_and_edges_are_correctly_rounded(value, digits):
    assert_rounded(value, digits)


@settings(max_examples=500)
@given(st.floats(), st.integers(1, 17))
def test_any_float_is_correctly_rounded(value, digits):
    assert_rounded(value, digits)


def test_one_hundred_thousand_numbers_are_correctly_rounded_and_marked():
    """G3; the everyday count is 5,000."""
    rng = np.random.default_rng(0)
    n = 100_000 if FULL else 5_000
    bits = rng.integers(0, 2**64, n // 2, dtype=np.uint64).view(np.float64)
    plain = rng.standard_normal(n // 2) * 10.0 ** rng.integers(-12, 13, n // 2)
    halves = np.round(plain[: n // 4], 3) + 0.5 * 10.0 ** -rng.integers(1, 6, n // 4)
    for value in [*bits.tolist(), *plain[n // 4 :].tolist(), *halves.tolist()]:
        assert_rounded(value, int(rng.integers(1, 18)))


@settings(max_examples=200)
@given(st.fractions(), st.integers(1, 17))
def test_a_fraction_is_written_out_or_cut_and_marked(value, digits):
    text, rounded = cut(value, digits)
    assert rounded == (Fraction(text) != value)
    if rounded:
        assert abs(Fraction(text) - value) <= abs(value) * Fraction(10) ** (1 - digits) / 2


@pytest.mark.parametrize(
    ("value", "text", "rounded"),
    [
        (Fraction(1, 999_999), "1/999999", False),
        (Fraction(1, 10**6), "1e-6", False),
        (Fraction(1, 3 * 10**6), "3.333e-7", True),
        (10**15 - 1, "999999999999999", False),
        (10**15, "1e+15", False),
        (-(10**15) - 1, "-1e+15", True),
        (0.00012345, "0.0001234", True),
        (0.00001, "1e-5", False),
        (0.000012345, "1.234e-5", True),
        (-0.00000125, "-1.25e-6", False),
        (123456789012345.6, "123456789012346", True),
        (1234567890123456.0, "1.235e+15", True),
        (12345.5, "12346", True),
        (12344.5, "12344", True),
        (9999.5, "10000", True),
        (-0.0, "0", False),
        (True, "True", False),
    ],
)
def test_where_a_number_is_written_out_cut_or_raised(value, text, rounded):
    assert cut(value, 4) == (text, rounded)


@pytest.mark.parametrize(
    ("value", "exact", "text"),
    [
        (Fraction(1, 100), True, "1/100"),
        (Fraction(1, 100), False, "0.01"),
        (Fraction(1, 3), False, "1/3"),
        (Fraction(1, 3), True, "1/3"),
        (2, False, "2"),
        (0.25, True, "0.25"),
    ],
)
def test_a_constant_is_a_decimal_only_among_floats(value, exact, text):
    assert cut_constant(value, 4, exact) == (text, False)


def test_a_rounded_number_marks_its_line():
    w = explain(chain(Dense(1)), SquaredError("half"), {"Z1": {"W": [[1 / 3]], "b": [[0.5]]}}, [[2.0]], [[1.0]])
    assert w.cell("Z1[1,1]").to_text(page=False).split("\n") == [
        "Z1[1,1] = W1[1,1] x X[1,1] + b1[1,1]",
        "        ~ (0.3333)(2) + 0.5",
        "        ~ 1.167",
    ]
    assert "&= {W}^{[1]}_{1,1}" in w.cell("Z1[1,1]").to_latex()
    assert r"&\approx (0.3333)(2) + 0.5 \\ &\approx 1.167" in w.cell("Z1[1,1]").to_latex()
    assert "<mo>≈</mo><mn>1.167</mn>" in w.cell("Z1[1,1]").to_mathml()
    assert "& approx 1.167" in w.cell("Z1[1,1]").to_typst()


def test_long_sums_are_ordered_by_size_and_the_rest_collected():
    W = np.array([[1.0, -30.0, 2.0, 20.0, -3.0, 4.0, 0.5, 0.25]])
    conventions = Conventions(terms=3)
    w = explain(
        chain(Dense(1)),
        SquaredError(),
        {"Z1": {"W": W, "b": [[0.0]]}},
        np.ones((8, 1)),
        [[0.0]],
        None,
        np,
        conventions,
    )
    d = w["Z1"][0, 0]
    assert str(d).split("\n")[1] == "        = (-30)(1) + (20)(1) + (4)(1) + (5 smaller: 0.75) + 0"
    assert "W1[1,2] x X[2,1] + W1[1,4] x X[4,1] + W1[1,6] x X[6,1] + (5 smaller) + b1[1,1]" in str(d)
    assert d.to_text(full=True, page=False).count(" x ") == 8
    assert d.record == "(1.0)(1.0) + (-30.0)(1.0) + (2.0)(1.0) + (20.0)(1.0) + (-3.0)(1.0) + (4.0)(1.0) + " + (
        "(0.5)(1.0) + (0.25)(1.0) + 0.0"
    )


ONE = Number(1)
Z = Number(-3, name=Name("Z1", (0, 1)))


@pytest.mark.parametrize(
    ("x", "latex", "typst", "unicode"),
    [
        (work("/", ONE, work("/", ONE, Z)), r"\frac{1}{\frac{1}{-3}}", "frac(1, frac(1, -3))", "1 / (1 / (−3))"),
        (work("-", ONE, work("-", ONE, Z)), "1 - (1 - (-3))", "1 - (1 - (-3))", "1 − (1 − (−3))"),
        (work("**", Z, Number(2)), "(-3)^{2}", "(-3)^(2)", "(−3)^2"),
        (work("*", work("+", ONE, Z), Z), "(1 + (-3))(-3)", "(1 + (-3))(-3)", "(1 + (−3))(−3)"),
        (work("exp", work("neg", Z)), "e^{-(-3)}", "e^(-(-3))", "exp(−(−3))"),
        (
            work("**", work("/", ONE, Z), Number(2)),
            r"\left(\frac{1}{-3}\right)^{2}",
            "(frac(1, -3))^(2)",
            "(1 / (−3))^2",
        ),
        (work("**", work("exp", ONE), Number(2)), "(e^{1})^{2}", "(e^(1))^(2)", "exp(1)^2"),
        (work("neg", work("**", Z, Number(2))), "-(-3)^{2}", "-(-3)^(2)", "−(−3)^2"),
        (work("max", Z, Number(0)), r"\max\left(-3, 0\right)", "max(-3, 0)", "max(−3, 0)"),
    ],
)
def test_brackets_are_the_same_in_every_notation(x, latex, typst, unicode):
    assert numbers(x, notation=Latex()) == latex
    assert numbers(x, notation=Typst()) == typst
    assert numbers(x, notation=Unicode()) == unicode
    ET.fromstring(f"<math>{numbers(x, notation=MathML())}</math>")


FORMS = {"latex": Latex(), "typst": Typst(), "mathml": MathML()}


@pytest.mark.parametrize(
    ("say", "latex", "typst", "mathml"),
    [
        (
            lambda n: n.rest(5, None),
            r"(\dots \text{5 smaller})",
            '(dots.h "5 smaller")',
            "<mrow><mo>(</mo><mo>…</mo><mtext>5 smaller</mtext><mo>)</mo></mrow>",
        ),
        (
            lambda n: n.rest(5, "2"),
            r"(\text{5 smaller}\colon 2)",
            '("5 smaller:" 2)',
            "<mrow><mo>(</mo><mtext>5 smaller:</mtext><mspace width='0.3em'/>2<mo>)</mo></mrow>",
        ),
        (lambda n: n.call("exp", ["z"]).text, "e^{z}", "e^(z)", "<msup><mi>e</mi><mrow>z</mrow></msup>"),
        (lambda n: n.call("sqrt", ["z"]).text, r"\sqrt{z}", "sqrt(z)", "<msqrt>z</msqrt>"),
        (
            lambda n: n.call("abs", ["z"]).text,
            r"\left|z\right|",
            "abs(z)",
            "<mrow><mo>|</mo>z<mo>|</mo></mrow>",
        ),
        (
            lambda n: n.call("max", ["y", "z"]).text,
            r"\max\left(y, z\right)",
            "max(y, z)",
            "<mi>max</mi><mrow><mo>(</mo>y<mo>,</mo>z<mo>)</mo></mrow>",
        ),
        (
            lambda n: n.call("erf", ["z"]).text,
            r"\operatorname{erf}\left(z\right)",
            'op("erf")(z)',
            "<mi>erf</mi><mrow><mo>(</mo>z<mo>)</mo></mrow>",
        ),
        (
            lambda n: n.over_axes("sum", "z", "rows").text,
            r"\sum_{\text{rows}}\left(z\right)",
            'sum_("rows")(z)',
            "<mrow><munder><mo>∑</mo><mtext>rows</mtext></munder><mrow><mo>(</mo>z<mo>)</mo></mrow></mrow>",
        ),
        (
            lambda n: n.over_axes("max", "z", "rows").text,
            r"\max_{\text{rows}}\left(z\right)",
            'max_("rows")(z)',
            "<mrow><munder><mi>max</mi><mtext>rows</mtext></munder><mrow><mo>(</mo>z<mo>)</mo></mrow></mrow>",
        ),
        (
            lambda n: n.over_axes("argmax", "z", "rows").text,
            r"\operatorname*{argmax}_{\text{rows}}\left(z\right)",
            'op("argmax", limits: #true)_("rows")(z)',
            "<mrow><munder><mi>argmax</mi><mtext>rows</mtext></munder><mrow><mo>(</mo>z<mo>)</mo></mrow></mrow>",
        ),
        (
            lambda n: n.stacked(["y", "z"]),
            r"\begin{bmatrix} y \\ z \end{bmatrix}",
            'mat(delim: "[", y; z)',
            "<mrow><mo>[</mo><mtable><mtr><mtd>y</mtd></mtr><mtr><mtd>z</mtd></mtr></mtable><mo>]</mo></mrow>",
        ),
        (lambda n: n.word("given"), r"\text{given}", '"given"', "<mtext>given</mtext>"),
        (lambda n: n.number("inf").text, r"\infty", "infinity", "<mn>∞</mn>"),
        (lambda n: n.number("-inf").text, r"-\infty", "-infinity", "<mo form='prefix'>−</mo><mn>∞</mn>"),
        (lambda n: n.number("nan").text, r"\text{nan}", '"nan"', "<mn>nan</mn>"),
        (lambda n: n.number("True").text, r"\text{True}", '"True"', "<mn>True</mn>"),
        (
            lambda n: n.number("-1/3").text,
            r"-\frac{1}{3}",
            "-frac(1, 3)",
            "<mo form='prefix'>−</mo><mfrac><mn>1</mn><mn>3</mn></mfrac>",
        ),
        (
            lambda n: n.number("2.5e-7").text,
            r"2.5 \times 10^{-7}",
            "2.5 times 10^(-7)",
            "<mn>2.5</mn><mo>×</mo><msup><mn>10</mn><mrow><mo form='prefix'>−</mo><mn>7</mn></mrow></msup>",
        ),
        (
            lambda n: n.number("-1e+16").text,
            r"-1 \times 10^{16}",
            "-1 times 10^(16)",
            "<mo form='prefix'>−</mo><mn>1</mn><mo>×</mo><msup><mn>10</mn><mrow><mn>16</mn></mrow></msup>",
        ),
        (lambda n: n.number("1e+16").tight, 3, 3, 3),
        (lambda n: n.number("-1e+16").tight, 4, 4, 4),
        (lambda n: n.number("-inf").tight, 4, 4, 4),
        (lambda n: n.number("inf").tight, 9, 9, 9),
        (lambda n: n.number("-1/3").tight, 4, 4, 4),
        (lambda n: n.number("12").tight, 9, 9, 9),
    ],
)
def test_every_form_looks_as_its_notation_has_it(say, latex, typst, mathml):
    assert {name: say(n) for name, n in FORMS.items()} == {"latex": latex, "typst": typst, "mathml": mathml}


def test_what_is_printed_is_the_short_page_unless_all_is_asked_for():
    W = np.array([[1.0, -30.0, 2.0, 20.0, -3.0, 4.0, 0.5, 1 / 3]])
    params = {"Z1": {"W": W, "b": [[0.0]]}}
    more = {"conventions": Conventions(terms=3)}
    w = explain(chain(Dense(1)), SquaredError(), params, np.ones((8, 1)), [[0.0]], **more)
    d = w["Z1"][0, 0]
    for printed, asked in ((text, d.to_text), (latex, d.to_latex), (mathml, d.to_mathml), (typst, d.to_typst)):
        short = printed(d)
        assert short == (asked(page=False) if printed is text else asked())
        assert "smaller" in short
        assert "smaller" not in asked(full=True)
    assert d.to_json()["latex"] == d.to_latex()
    assert "smaller" in d.to_json()["lines"][0]["text"]
    assert "X: X[1,1] = 1, X[2,1] = 1, X[3,1] = 1, X[4,1] = 1, X[5,1] = 1, X[6,1] = 1, and 2 more" in d.to_text()
    page = w["J"][()].to_text()
    assert "more" not in page.split("made from")[1].split("\n\n")[0]


@pytest.mark.parametrize(
    ("name", "told"),
    [
        ("W1", "{W}^{[1]}"),
        ("dW12", "{dW}^{[12]}"),
        ("dWaa2", "{dW_{aa}}^{[2]}"),
        ("Zhat1", r"{\hat{Z}}^{[1]}"),
        ("gamma1", r"{\gamma}^{[1]}"),
        ("a1⟨3⟩", r"{a}^{[1]\langle 3 \rangle}"),
        ("J", "J"),
        ("M_hat_W1", r"{\hat{M}_{W}}^{[1]}"),
        ("S_gamma2_new", r"{S_{\gamma,\text{new}}}^{[2]}"),
        ("W1_new", r"{W_{\text{new}}}^{[1]}"),
        ("dWaa2_data", r"{dW_{aa,\text{data}}}^{[2]}"),
        ("dc_prev1⟨3⟩", r"{dc_{\text{prev}}}^{[1]\langle 3 \rangle}"),
        ("tanh_c1⟨2⟩", r"{\text{tanh c}}^{[1]\langle 2 \rangle}"),
        ("var1", r"{\text{var}}^{[1]}"),
        ("penalty_W1'", r"{\text{penalty W}'}^{[1]}"),
        ("chosen1", r"\text{chosen1}"),
        ("dX←Z1.A", r"\text{dX from Z1.A}"),
    ],
)
def test_names_are_typeset(name, told):
    assert symbol(name) == told


@pytest.mark.parametrize(
    ("name", "cell", "told", "typst"),
    [
        ("W1", "2,3", "<msubsup><mi>W</mi><mn>2,3</mn><mtext>[1]</mtext></msubsup>", 'attach(W, t: "[1]")'),
        (
            "dW12",
            "",
            "<msup><mrow><mi>d</mi><mi>W</mi></mrow><mtext>[12]</mtext></msup>",
            'attach(d W, t: "[12]")',
        ),
        (
            "dWaa2",
            "1,1",
            "<msubsup><mrow><mi>d</mi><msub><mi>W</mi><mi>aa</mi></msub></mrow><mn>1,1</mn><mtext>[2]</mtext></msubsup>",
            'attach(d W_"aa", t: "[2]")',
        ),
        (
            "Zhat1",
            "",
            "<msup><mover><mi>Z</mi><mo>^</mo></mover><mtext>[1]</mtext></msup>",
            'attach(hat(Z), t: "[1]")',
        ),
        ("a1⟨3⟩", "2", "<msubsup><mi>a</mi><mn>2</mn><mtext>[1]⟨3⟩</mtext></msubsup>", 'attach(a, t: "[1]⟨3⟩")'),
        ("X", "4,1", "<msub><mi>X</mi><mn>4,1</mn></msub>", "X"),
        ("J", "", "<mi>J</mi>", "J"),
        ("W1'", "", "<msup><mrow><mi>W</mi><mo>′</mo></mrow><mtext>[1]</mtext></msup>", 'attach(W\', t: "[1]")'),
        (
            "M_hat_W1",
            "1",
            "<msubsup><msub><mover><mi>M</mi><mo>^</mo></mover><mi>W</mi></msub><mn>1</mn><mtext>[1]</mtext></msubsup>",
            'attach(hat(M)_"W", t: "[1]")',
        ),
        (
            "M_W1_new",
            "",
            "<msup><msub><mi>M</mi><mrow><mi>W</mi><mo>,</mo><mtext>new</mtext></mrow></msub><mtext>[1]</mtext></msup>",
            'attach(M_"W, new", t: "[1]")',
        ),
        (
            "tanh_c1⟨2⟩",
            "1",
            "<msubsup><mtext>tanh c</mtext><mn>1</mn><mtext>[1]⟨2⟩</mtext></msubsup>",
            'attach("tanh c", t: "[1]⟨2⟩")',
        ),
    ],
)
def test_names_are_drawn(name, cell, told, typst):
    assert letters(name, cell) == told
    assert typst_symbol(name) == typst


@pytest.mark.parametrize(
    ("name", "parts"),
    [
        ("kept1⟨2⟩", Parts("", "kept", "", "", "1", "", "2")),
        ("kept1", None),
        ("kept'", None),
        ("var", Parts("", "var", "", "", "", "", "")),
        ("Wab1", Parts("", "W", "ab", "", "1", "", "")),
        ("Wabc1", None),
        ("wa1", Parts("", "w", "a", "", "1", "", "")),
        ("wab1", None),
        ("what", None),
        ("What", Parts("", "W", "", "hat", "", "", "")),
        ("gamma1", Parts("", "γ", "", "", "1", "", "")),
        ("gammahat1", Parts("", "γ", "", "hat", "1", "", "")),
        ("dc_prev1⟨3⟩", Parts("d", "c", "", "", "1", "", "3", "prev")),
        ("1W", None),
    ],
)
def test_a_name_is_taken_apart_if_it_is_a_symbol(name, parts):
    assert parted(name) == parts


@pytest.mark.parametrize("name", LAYERS)
def test_every_page_of_every_layer_is_well_formed(name):
    w = whole_story(LAYERS[name](), exact=False)
    for array in w:
        d = w[array][tuple(n // 2 for n in w[array].shape)]
        ET.fromstring(d.to_html())
        ET.fromstring(d.to_mathml())
        ET.fromstring(w[array]._repr_html_())
        assert d.to_text().isascii(), d.to_text()
        assert repr(w[array]).isascii()
        told = d.to_latex()
        assert told.count("{") == told.count("}")
        assert told.count(r"\left") - told.count(r"\left|") == told.count(r"\right") - told.count(r"\right|")
        assert "script" not in d.to_html().lower()
        assert d.to_json()["lines"][-1]["text"]


def test_every_page_compiles_in_typst(tmp_path):
    typst = pytest.importorskip("typst")
    told = []
    for name in LAYERS:
        w = whole_story(LAYERS[name](), exact=name in ("dense", "relu", "attention"))
        told += [w[array][tuple(n // 2 for n in w[array].shape)].to_typst() for array in w]
    page = tmp_path / "pages.typ"
    page.write_text("#set page(width: 200cm, height: auto)\n" + "\n\n".join(told), encoding="utf-8")
    assert typst.compile(str(page)).startswith(b"%PDF")


def digits_network():
    rng = np.random.default_rng(0)
    network = chain(Dense(5), Sigmoid(), Dense(3), Softmax())
    params, X = network.init(rng, (6,)), rng.random((6, 4))
    return explain(network, CategoricalCrossEntropy(), params, X, np.eye(3)[:, [0, 1, 2, 1]])


def test_examples_may_be_rows():
    w = digits_network()
    rows = w.written_as(examples="rows")
    assert str(rows.cell("Z1[3,2]")).startswith("Z1[3,2] = W1[2,1] x X[3,1] + W1[2,2] x X[3,2]")
    assert rows.cell("Z1[3,2]").value == w.cell("Z1[2,3]").value
    assert rows.cell("dW1[2,1]").value == w.cell("dW1[2,1]").value
    formulas = {"Z1": "X @ W1.T + b1.T", "dW1": "dZ1.T @ X / 4", "dA1": "dZ2 @ W2", "A1": "1 / (1 + exp(-Z1))"}
    assert {name: rows[name].formula for name in formulas} == formulas
    assert {name: w[name].formula for name in ("Z1", "dW1", "dA1")} == {
        "Z1": "W1 @ X + b1",
        "dW1": "dZ1 @ X.T / 4",
        "dA1": "W2.T @ dZ2",
    }
    np.testing.assert_array_equal(rows["Z1"].shown, w["Z1"].numbers.T)
    with pytest.raises(IndexError, match="its indices run from 1 to 4, 1 to 5"):
        rows.cell("Z1[5,5]")
    for name in formulas:
        exact = {"X": rows["X"].shown, "exp": np.exp}
        known = {n: rows[n].shown for n in ("W1", "b1", "W2", "Z1", "dZ1", "dZ2")}
        np.testing.assert_allclose(eval(rows[name].formula, {**exact, **known}), rows[name].shown)


def test_conventions_are_told_on_every_page():
    w = digits_network()
    assert "Cells are counted from 1; examples are columns" in w.cell("J").to_text()
    told = w.written_as(base=0, examples="rows", digits=2).cell("A1[0,0]").to_text()
    assert "Cells are counted from 0; examples are rows" in told
    assert "cut to 2 digits" in told
    relu = explain(chain(Dense(1), Relu()), SquaredError("half"), {"Z1": {"W": [[1]], "b": [[0]]}}, [[2]], [[1]])
    page = relu.cell("A1[1,1]").to_text()
    assert "2 -> 2 because 2 is positive" in page
    assert "The slope of ReLU at 0 is taken as 0." in page
    assert "1/2 of the sum of the squares" in page
    assert "made from\n  Z1: Z1[1,1] = 2" in page
    assert "leads to\n  L: L[1,1] = 1/2\n  dA1: dA1[1,1] = 1" in page


def test_what_was_trained_in_float32_is_worked_in_float64_and_says_so():
    rng = np.random.default_rng(0)
    network = chain(Dense(3))
    narrow = lambda tree: {k: {s: x.astype(np.float32) for s, x in named.items()} for k, named in tree.items()}
    X, Y = rng.random((40, 4)).astype(np.float32), np.zeros((3, 4), np.float32)
    w = explain(network, SquaredError(), narrow(network.init(rng, (40,))), X, Y)
    told = w.cell("Z1[1,1]").to_text()
    assert "Worked in float64; the numbers given were float32." in told
    assert w["Z1"].numbers.dtype == np.float64


def test_a_terminal_gets_a_panel():
    console = Console(width=120, record=True, file=io.StringIO())
    console.print(digits_network().cell("dW1[2,1]"))
    told = console.export_text()
    assert "dZ1[2,1] · X[1,1]" in told
    assert "≈" in told


def test_a_page_stays_a_page_however_long_the_walk():
    network, rng = chain(Recurrent(RnnCell(2)), Last(), Dense(1)), np.random.default_rng(0)
    params = network.init(rng, (1, 60))
    w = explain(network, SquaredError(), params, rng.standard_normal((1, 60, 2)), np.ones((1, 2)))
    d = w.cell("Waa1[1,1]")
    more = f"and {len(d.leads_to) - 12} more arrays"
    assert len(d.leads_to) >= 60
    assert more in d.to_text()
    assert more in d.to_html()
    assert len(d.to_text()) < 4000
    w.paths("Waa1", 0, 0, strongest=2)
    ET.fromstring(d.to_html())


def test_a_row_may_be_called_what_it_likes():
    """Names come from users: nothing of them becomes markup."""
    wild = "<script>&\"$#\\'_^1"
    network = Network({wild: (Dense(1), "X"), "A1": (Sigmoid(), wild)})
    params = {wild: {"W": [[0.5]], "b": [[0.1]]}, "A1": {}}
    w = explain(network, SquaredError(), params, [[0.8]], [[1.0]])
    d = w["A1"][0, 0]
    ET.fromstring(d.to_html())
    ET.fromstring(w[wild]._repr_html_())
    assert "<script" not in d.to_html() + w[wild]._repr_html_() + w["A1"]._repr_html_()
    told = d.to_latex()
    assert told.count("{") - told.count(r"\{") == told.count("}") - told.count(r"\}")
    typst = pytest.importorskip("typst")
    assert typst.compile(d.to_typst().encode()).startswith(b"%PDF")


def test_at_a_kink_the_stated_slope_is_taken():
    params = {"Z1": {"W": [[1, 2], [3, -1]], "b": [[-3], [0]]}, "A1": {}}
    w = explain(chain(Dense(2), Relu()), SquaredError("half"), params, [[1], [1]], [[5], [7]])
    assert w["Z1"].numbers.ravel().tolist() == [0, 2]
    for i, j in np.ndindex(2, 2):
        assert w.paths("W1", i, j).total == w["dW1"].numbers[i, j]
    assert w.paths("W1", 0, 0).count == 0


@pytest.mark.parametrize("name", ["dense1", "decoder", "what", "encoder2"])
def test_a_word_is_typeset_as_a_word(name):
    assert symbol(name) == rf"\text{{{name}}}"


def test_no_symbol_has_two_subscripts():
    assert symbol("dWaa", "1,2") == "{dW_{aa}}_{1,2}"
    assert symbol("W1", "1,2") == "{W}^{[1]}_{1,2}"


def test_full_text_has_full_digits():
    w = explain(chain(Dense(1)), SquaredError(), {"Z1": {"W": [[0.123456789]], "b": [[0.0]]}}, [[1.0]], [[1.0]])
    assert "0.123456789" in w.cell("Z1[1,1]").to_text(full=True)
    assert "~" not in w.cell("Z1[1,1]").to_text(full=True, page=False)
    assert "~ (0.1235)(1) + 0" in str(w.cell("Z1[1,1]"))


def test_every_formula_of_every_layer_is_set_by_every_printer():
    """LaTeX refuses two superscripts on one symbol, Typst a word that it does not know."""
    typst, lines, latex = pytest.importorskip("typst"), [], []
    for name in LAYERS:
        w = whole_story(LAYERS[name](), exact=False).update("adam", 0.1)
        for array in w:
            lines.append(f"$ {typst_symbol(array)} = {w[array].written(Typst())} $")
            latex.append(f"{symbol(array)} = {w[array].written(Latex())}")
            ET.fromstring(f"<math>{w[array].written(MathML())}</math>")
    assert typst.compile("\n".join(lines).encode()).startswith(b"%PDF")
    twice = re.compile(r"\^(\{(?:[^{}]|\{(?:[^{}]|\{[^{}]*\})*\})*\})(_\{[^{}]*\})?\^")
    assert [line for line in latex if twice.search(line)] == []
    assert twice.search(r"{W}^{[1]}^{\mathsf T}")
    assert twice.search(r"{W}^{[1]}_{1,1}^{2}")


def test_a_symbol_that_has_a_superscript_takes_another_in_braces():
    W = Number(3, name=Name("W1", (0, 0)))
    assert symbols(work("**", W, Number(2)), notation=Latex()) == "{{W}^{[1]}_{1,1}}^{2}"
    assert symbols(ink.asarray([[1]], "W1").T, notation=Latex()) == r"{{W}^{[1]}}^{\mathsf T}"
    assert symbols(ink.asarray([[1]], "X").T, notation=Latex()) == r"X^{\mathsf T}"
