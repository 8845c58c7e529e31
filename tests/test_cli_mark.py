"""workings mark, practice and drawn exercises at the command line."""

from __future__ import annotations

import json

import pytest
from typer.testing import CliRunner

from tests.learner import works
from workings.cli import app
from workings.exercises import KINDS, generate


def run(*words, code=0, typed=None):
    done = CliRunner().invoke(app, [str(word) for word in words], input=typed, catch_exceptions=False)
    assert done.exit_code == code, (done.stdout, done.stderr)
    return done


@pytest.fixture(autouse=True)
def here(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    return tmp_path


WRITTEN = {
    "answers.json": '{"Z1[1,1]": "4", "Z1[2,1]": "3"}',
    "nested.json": '{"answers": {"Z1": [["4"], ["3"], [null], [null]]}}',
    "column.json": '{"Z1": [4, 3]}',
    "answers.csv": 'cell,answer\n"Z1[1,1]",4\n"Z1[2,1]",3\n',
    "bare.csv": "Z1[1,1],4\nZ1[2,1],3\n",
    "semicolons.csv": "\ufeffcell;answer\nZ1[1,1];4\nZ1[2,1];3,0\n",
}


@pytest.mark.parametrize("name", WRITTEN)
def test_answers_are_read_from_files(here, name):
    (here / name).write_text(WRITTEN[name], encoding="utf-8")
    said = run("mark", name, "--exercise", 3).stdout
    assert "Z1[1,1]: 4 is not right: the bias was left out." in said
    assert "right  (1)(2) + (-1)(1) + (1)(3) + (-5) = -1" in said
    assert "1 of 8" in said
    marks = {m["cell"]: m for m in json.loads(run("mark", name, "--exercise", 3, "--json").stdout)["marks"]}
    assert marks["Z1[2,1]"]["verdict"] == "right"
    assert marks["Z1[1,1]"]["mistakes"] == ["bias forgotten"]


REFUSED = {
    "a.txt": ("Z1[1,1],4", "is no answer file"),
    "b.json": ("{", "is not JSON"),
    "c.json": ("[1, 2]", "holds no answers by cell"),
    "d.json": ('{"Z1[1,1]": {"a": 1}}', "an answer is a number or a text"),
    "e.csv": ("Z1[1,1],4,5,6\n", "columns: write a cell and its answer"),
    "f.csv": ("Z1[1,1],4\nZ1[1,1],5\n", "two answers for Z1[1,1]"),
    "g.json": ('{"Q9[1,1]": "4"}', "there is no array 'Q9'"),
    "h.json": ('{"W1[1,1]": "4"}', "is given on the sheet"),
    "i.csv": ("x" * 2_000_001, "is larger than 2 MB"),
    "j.json": ("[" * 50_000, "is not JSON"),
    "k.csv": ("\n".join(f'"Z1[{i},1]",1' for i in range(100_001)), "more than 100,000 answers"),
}


@pytest.mark.parametrize("name", REFUSED)
def test_files_that_cannot_be_marked_end_in_a_sentence(here, name):
    text, said = REFUSED[name]
    (here / name).write_text(text, encoding="utf-8")
    assert said in run("mark", name, "--exercise", 3, code=2).stderr


def test_wrong_options_end_in_a_sentence(here):
    (here / "a.json").write_text("{}")
    assert "say what was answered" in run("mark", "a.json", code=2).stderr
    assert "have no --seed" in run("mark", "a.json", "--exercise", 7, "--seed", 3, code=2).stderr
    assert "there is no kind" in run("mark", "a.json", "--kind", "backporp", code=2).stderr
    assert "none" in run("exercise", 7, "--seed", 3, code=2).stderr
    assert "no such file" in run("mark", "gone.json", "--exercise", 7, code=2).stderr.lower()
    assert "Nothing was handed in yet" in run("mark", "a.json", "--exercise", 3).stdout


def test_a_drawn_exercise_is_printed_and_marked_by_its_seed(here):
    sheet = run("exercise", "layer", "--seed", 7).stdout
    assert "A layer of neurons (layer, level 1, seed 7)" in sheet
    assert sheet == run("exercise", "layer", "--seed", 7).stdout
    assert "__" in sheet
    assert "__" not in run("exercise", "layer", "--seed", 7, "--key").stdout
    answers = works(generate("layer", seed=7), {}).answers
    (here / "a.json").write_text(json.dumps(answers))
    assert "6 of 6" in run("mark", "a.json", "--kind", "layer", "--seed", 7, "--all").stdout
    run("exercise", "layer", "--seed", 7, "--html", "sheet.html", "--xlsx", "sheet.xlsx")


def test_practice_lists_its_kinds():
    said = run("practice").stdout
    assert all(kind in said for kind in KINDS)
    assert {row["kind"] for row in json.loads(run("practice", "--json").stdout)} == {*KINDS}


def test_practice_asks_cell_by_cell():
    right = works(generate("neuron", seed=3), {}).answers
    done = run("practice", "neuron", "--seed", 3, typed="?\n?\nfour\n99999\n" + "\n".join(right.values()) + "\n")
    assert "a row of weights times a column" in done.stdout
    assert "Z1[1,1] = W1[1,1] x X[1,1]" in done.stdout
    assert "'four' is not a number" in done.stdout
    assert "99999 is not right" in done.stdout
    assert "2 of 2" in done.stdout
    assert "2 hints were taken" in done.stdout


@pytest.mark.parametrize("typed", ["q\n", "", "1\n2\n"])
def test_practice_may_stop_anywhere(typed):
    assert "of 2" in run("practice", "neuron", "--seed", 3, typed=typed).stdout


def test_what_is_asked_and_the_sizes_may_be_said(here):
    words = ("two-layer-network", "--seed", 4, "--ask", "forward,loss", "--sizes", "2,3,1")
    said = run("exercise", *words, "--key").stdout
    assert "sizes 2,3,1, asks forward,loss" in said
    assert "dW2" not in said.split("1. Sums")[0]
    again = run("exercise", *words).stderr
    assert "--ask forward,loss --sizes 2,3,1 --key" in again
    assert "write whole numbers" in run("practice", "layer", "--sizes", "2,x", code=2).stderr
    assert "cannot ask for" in run("practice", "layer", "--ask", "backward", code=2).stderr
