"""Concepts: every answer is marked, and every claim is borne out by its run."""

from __future__ import annotations

import json
from fractions import Fraction

import pytest
from typer.testing import CliRunner

from workings.cli import app
from workings.exercises.concepts import QUESTIONS, load


def run(*words, code=0, typed=None):
    done = CliRunner().invoke(app, [str(word) for word in words], input=typed, catch_exceptions=False)
    assert done.exit_code == code, (done.stdout, done.stderr)
    return done


# What each run must show, in figures: looked at here once more, apart from what the run itself concludes.
FIGURES = {
    1: lambda f: min(f.values()) > 0.85,
    2: lambda f: f == {"price at 100": 0, "price at 250": 0, "price at 300": 10, "price at 400": 30},
    3: lambda f: f["convolution"] < 1e-9 and f["dense"] > 1,
    4: lambda f: all(f[f"{what}, less"] < f[f"{what}, more"] for what in ("data", "computing", "method")),
    6: lambda f: f["largest of the line"] > 1 > f["largest of the sigmoid"] > f["smallest of the sigmoid"] > 0,
    7: lambda f: (
        f["dZ, cross-entropy"] == pytest.approx(-0.9975, abs=1e-4)
        and f["dZ, mse"] == pytest.approx(2 * -0.9975274 * 0.0024726 * 0.9975274, rel=1e-3)
        and f["steps, mse"] > 5 * f["steps, cross-entropy"]
    ),
    8: lambda f: f["J"] > 0,
    9: lambda f: f["products"] == 204_800 and f["difference"] < 1e-9,
    10: lambda f: f["a @ a.T"] == 30,
    11: lambda f: f["last"] == 51,
    12: lambda f: f["difference"] < 1e-12,
    13: lambda f: f["difference"] < 1e-5 and f["linear"] < 0.65 < 0.9 < f["tanh"],
    14: lambda f: f["zeros"] == 0 and f["small"] > 0.1 and f["right"] > 0.9,
    15: lambda f: f["parameters"] == 71,
    16: lambda f: f["linear"] < 0.1 < 0.5 < f["sigmoid"],
    17: lambda f: f == {"gates": 7, "units": 128, "deep": 1, "shallow": 1},
    18: lambda f: f["L"] == 4,
    19: lambda f: f["difference"] < 1e-12,
    20: lambda f: f["best single"] == 0.75,
    21: lambda f: set(f) == {"W1", "b1", "W2", "b2"} and min(f.values()) > 0,
    22: lambda f: f["found"] == 1,
    23: lambda f: f["slope, large"] < 0.1 * f["slope"] and f["loss, large"] > f["loss"],
    24: lambda f: f["small"] == 1 / 64 and f["large"] == 1.5**6,
    25: lambda f: f["steepness"] > 1e5 > 2 > f["steepness, scaled"] and f["scaled"] < 0.5 * f["as they are"],
    26: lambda f: f["parameters"] == 784 * 16 + 16 + 16 * 16 + 16 + 16 * 10 + 10,
}


def test_only_an_opinion_has_no_run():
    assert set(QUESTIONS) - set(FIGURES) == {5}
    assert QUESTIONS[5].prove() is None
    assert "opinion" in QUESTIONS[5].why


@pytest.mark.parametrize("number", FIGURES)
def test_the_run_proves_the_claim(number):
    proof = QUESTIONS[number].prove()
    assert proof is not None
    assert proof.holds, proof.lines
    assert FIGURES[number](proof.figures), proof.figures
    assert proof.lines


@pytest.mark.parametrize("number", QUESTIONS)
def test_every_answer_is_marked(number):
    question = QUESTIONS[number]
    assert question.mark(question.key).right
    wrong = set("abcdefgh"[: len(question.options)]) - {question.key}
    if question.options:
        assert question.mark(question.options[0]).right, "the words of the answer do as well"
        assert len(wrong) == len(question.options) - 1 >= 2
        assert len({*question.options}) == len(question.options)
    elif isinstance(question.answer, Fraction):
        wrong = {str(question.answer + 1), "-1"}
    else:
        wrong = {"(7, 7)", question.key[1:].replace("(", "", 1), question.key + " (1, 1)"} - {""}
        wrong = {said for said in wrong if "(" in said}
    assert wrong
    for said in wrong:
        marked = question.mark(said)
        assert not marked.right
        assert marked.said.startswith(f"the answer is {question.key}: ")
    with pytest.raises(ValueError, match=r"is none of|is not a number|is no shape"):
        question.mark("perhaps")


def test_the_letter_of_the_answer_gives_nothing_away():
    letters = [question.key for question in QUESTIONS.values() if question.options]
    assert len(set(letters)) >= 3


def test_the_command_line():
    assert "symmetry" in run("concepts").stdout
    said = run("concepts", 14, typed="perhaps\nb\n").stdout
    assert "All weights start at 0" in said
    assert "is none of the answers" in said
    assert "Right: " in said
    assert "differ by 0" in said
    assert "the answer is (3, 4)" in run("concepts", 11, "--answer", "(4, 3)").stdout
    assert "The answer is 128" in run("concepts", 17, typed="\n").stdout
    told = json.loads(run("concepts", 24, "--answer", "c", "--json").stdout)
    assert (told["right"], told["holds"], told["figures"]["large"]) == (True, True, 1.5**6)
    assert "key" not in json.loads(run("concepts", 24, "--json").stdout)
    assert len(json.loads(run("concepts", "--json").stdout)) == len(QUESTIONS)
    assert "matter of judgment" in run("concepts", 5, "--prove").stdout
    assert "go from 1 to" in run("concepts", 99, code=2).stderr
    assert "which question" in run("concepts", "--prove", code=2).stderr
    assert "is none of the answers" in run("concepts", 14, "--answer", "z", code=2).stderr
    with pytest.raises(ValueError, match="no question 0"):
        load(0)
