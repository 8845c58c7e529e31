"""Class sets: a variant for each name, its files, and names that would do harm."""

from __future__ import annotations

import csv
import importlib
import io
import json

import openpyxl
import pytest
from typer.testing import CliRunner

from tests.classroom import key
from workings.cli import app
from workings.exercises import KINDS, Marker, forms, roster
from workings.exercises.class_sets import class_set, from_json, load
from workings.exercises.generate import drawn_again
from workings.exercises.solution import Solution
from workings.explain.reach import sources
from workings.sheets.binder import bind
from workings.sheets.paper import pages

NAMES = ["Anna Larsen", "Ben Okoye", "Chloé <b>x</b>", '=HYPERLINK("x")', "../../Dan"]


def run(*words, code=0):
    done = CliRunner().invoke(app, [str(word) for word in words], catch_exceptions=False)
    assert done.exit_code == code, (done.stdout, done.stderr)
    return done


@pytest.fixture(autouse=True)
def here(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.mark.parametrize("kind", KINDS)
def test_everybody_has_another_variant_and_its_key_is_right(kind, monkeypatch):
    room = importlib.import_module("workings.exercises.generate")
    monkeypatch.setattr(room, "DRAWS", 24)  # any draws will do
    monkeypatch.setattr(room, "SEARCHED", 1)
    made = class_set(kind, NAMES[:2], seed=7)
    numbers = [repr(made.exercise(student).givens) for student in made]
    assert len(set(numbers)) == len({student.variant for student in made}) == 2
    exercise = made.exercise(made.students[0])
    marking = Marker(exercise).mark({cell: f"{x:g}" for cell, x in key(exercise).items()})
    assert marking.points == marking.total


def test_the_numbers_of_one_do_not_hang_on_the_others():
    one = class_set("layer", NAMES, seed=7)
    two = class_set("layer", [*NAMES[::-1], "Eve"], seed=7)
    assert {s.name: s.variant for s in one}.items() <= {s.name: s.variant for s in two}.items()
    other = class_set("layer", NAMES, seed=8)
    assert not {s.variant for s in one} & {s.variant for s in other}


def test_the_sheet_tells_the_variant_and_never_the_seed():
    made = class_set("layer", NAMES, seed=7)
    for student in made:
        told = json.dumps(made.exercise(student).sheet().to_json())
        assert student.variant in told
        assert str(student.seed) not in told
        assert made.exercise(student).sheet().owner == student.name, "and does not ask whose it is"


def test_a_set_is_written_read_again_and_stays_in_its_folder(here):
    made = class_set("layer", NAMES, seed=7, level=2)
    files = made.write("out", pdf=True, xlsx=True, key=True)
    assert all(path.resolve().is_relative_to(here / "out") for path in files)
    assert sorted(p for p in here.iterdir()) == [here / "out"]
    assert load("out") == made
    rows = list(csv.reader(io.StringIO((here / "out/class.csv").read_text(encoding="utf-8-sig"))))
    assert rows[0] == ["name", "variant", "file", "seed"]
    assert rows[4][0] == "'" + NAMES[3], "a name that would be a formula opens as text"
    assert [row[1] for row in rows[1:]] == [student.variant for student in made]
    for student in made:
        for path in (f"{student.file}.pdf", f"keys/{student.file}.pdf"):
            assert (here / "out" / path).read_bytes().startswith(b"%PDF")


def test_merged_is_one_file_with_a_page_or_more_for_each():
    made = class_set("layer", NAMES[:3], seed=7)
    files = made.write("out", key=True, merged=True)
    assert [path.name for path in files] == ["sheets.pdf", "keys.pdf", "class.json", "class.csv"]
    alone = [len(pages(made.exercise(student).sheet())) for student in made]
    bound = bind([made.exercise(student).sheet() for student in made], form="svg")
    assert len(bound) == sum(alone)
    assert files[0].read_bytes().startswith(b"%PDF")


DAMAGED = {
    "no list": [],
    "no students": {"class set": 1, "kind": "layer", "level": 1, "seed": 7, "ask": [], "sizes": [], "students": []},
    "an unknown kind": {"kind": "layerr"},
    "a seed of another": {"students": [{"name": "A", "variant": "AAAAA", "seed": 3, "draw": 1, "file": "A"}]},
    "words for numbers": {"level": "one"},
}


@pytest.mark.parametrize("what", DAMAGED)
def test_a_damaged_list_is_a_sentence(what):
    told = class_set("layer", ["A"], seed=7).to_json()
    damaged = told | DAMAGED[what] if isinstance(DAMAGED[what], dict) else DAMAGED[what]
    with pytest.raises(ValueError, match="no list of a class set"):
        from_json(damaged)


def test_file_names_in_a_list_are_not_believed():
    told = class_set("layer", ["A"], seed=7).to_json()
    told["students"][0]["file"] = "../../elsewhere"
    assert from_json(told).students[0].file == "A"


LISTS = {
    "name\nAnna\nBen\n": ("Anna", "Ben"),
    "Anna\n\n  Ben \n": ("Anna", "Ben"),
    "ID,Surname,First name\n1,Larsen,Anna\n": ("Anna Larsen",),
    "Vorname;Nachname\nAnna;Larsen\n": ("Anna Larsen",),
    '\ufeffFull name\n"Larsen, Anna"\n': ("Larsen, Anna",),
    "Anna\x00\u202eB\n": ("Anna B",),
}


@pytest.mark.parametrize("text", LISTS)
def test_names_are_read_from_lists(here, text):
    (here / "names.csv").write_text(text, encoding="utf-8")
    assert roster.read("names.csv") == LISTS[text]


REFUSED = {
    "name\n": "has no names",
    "Anna\nanna\n": "twice",
    "x" * 200: "letters",
    "A\n" * 600_000: "larger than 1 MB",
}


@pytest.mark.parametrize("text", REFUSED, ids=REFUSED.values())
def test_lists_that_are_none_end_in_a_sentence(here, text):
    (here / "names.csv").write_text(text)
    assert REFUSED[text] in run("sheet", "layer", "--class", "names.csv", "--pdf", "out", code=2).stderr
    assert not (here / "out").exists()


def test_too_few_different_exercises_are_a_sentence(monkeypatch):
    monkeypatch.setattr("workings.exercises.class_sets._seed", lambda seed, kind, level, name, salt: salt % 2)
    with pytest.raises(ValueError, match="has not 3 different exercises"):
        class_set("neuron", ["A", "B", "C"])


def test_the_command_line(here):
    (here / "names.csv").write_text("name\nAnna\nBen\n")
    words = ("sheet", "layer", "--class", "names.csv", "--seed", 7)
    assert "2 variants of A layer of neurons (layer, level 1)" in run(*words, "--xlsx", "out").stdout
    assert sorted(p.name for p in (here / "out").iterdir()) == ["Anna.xlsx", "Ben.xlsx", "class.csv", "class.json"]
    run(*words, "--xlsx", "out")  # ours: written again
    (here / "mine").mkdir()
    (here / "mine/diary.txt").write_text("dear")
    wrong = {
        ("--pdf", "mine"): "holds files that workings did not write",
        ("--pdf", "names.csv"): "is a file",
        ("--pdf", "out.pdf"): "is the name of a file",
        ("--pdf", "a", "--xlsx", "b"): "name two",
        (): "where shall the sheets go",
        ("--xlsx", "out", "--merged"): "is for paper",
        ("--pdf", "out", "--level", 4): "levels are 1, 2 and 3",
    }
    for more, said in wrong.items():
        assert said in run(*words, *more, code=2).stderr
    assert "belong to a class" in run("sheet", "layer", "--seed", 7, code=2).stderr
    assert "which rows?" in run("sheet", "net.safetensors", code=2).stderr
    assert (here / "mine/diary.txt").read_text() == "dear"


ASKED = [(kind, (skill,)) for kind, row in KINDS.items() for skill in row.skills.split(", ")]


@pytest.mark.parametrize(("kind", "ask"), ASKED, ids=lambda x: "".join(x))
def test_no_spreadsheet_holds_an_answer(kind, ask, tmp_path):
    """Neither the number of a blank, nor of what is made from it, nor the same by another way; nor does the paper."""
    exercise = drawn_again(kind, 1, 2, ask, (), 0)
    assert not any(name.endswith("_long") and name[:-5] in exercise.blanks for name in forms.standing(exercise))
    file = exercise.to_spreadsheet(tmp_path / "sheet.xlsx")
    sheet = openpyxl.load_workbook(file, data_only=True)["Sheet"]
    stored: dict[str, list] = {}
    for name, place in forms.grid(exercise).places.items():
        stored.setdefault(name.array, []).append(sheet.cell(place.row + 1, place.column + 1).value)
    for l in (l for l in "123" if f"Z{l}" in exercise.blanks and f"mask{l}" not in exercise.blanks):
        assert f"mask{l}" not in forms.standing(exercise), "it says where Z is positive"
        assert not any(stored.get(f"mask{l}", ()))
    solution, workings = Solution(exercise), exercise.explain().book.workings
    open_ = set(solution.arrays)
    for array, working in workings.items():
        if array in open_ or sources(working) & open_:
            open_.add(array)
            assert not any(stored.get(array, ())), array
    for array in solution.arrays:
        answers = [float(solution.key(name).value) for name in solution.asked if name.array == array]
        alike = [a for a, values in stored.items() if values == pytest.approx(answers) and a not in open_]
        assert len(answers) < 2 or not alike, (array, alike)
