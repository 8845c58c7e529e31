"""Hand-ins: what a class hands back, honest, clumsy and hostile, and the report on it."""

from __future__ import annotations

import csv
import datetime
import io
import json
import re
import shutil
import subprocess
import zipfile
from html.parser import HTMLParser
from typing import Any
from urllib.parse import unquote

import openpyxl
import pytest
from typer.testing import CliRunner

from tests.classroom import fill, key, places
from workings.cli import app
from workings.exercises import generate, load
from workings.exercises.class_sets import class_set
from workings.exercises.hand_ins import mark_file, mark_folder

NAMES = ["Anna Larsen", "Ben Okoye", "Chloé <b>x</b>", "=cmd()", "Dan"]


def run(*words, code=0):
    done = CliRunner().invoke(app, [str(word) for word in words], catch_exceptions=False)
    assert done.exit_code == code, (done.stdout, done.stderr)
    return done


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    """A class set of spreadsheets, and where it lies."""
    folder = tmp_path_factory.mktemp("class")
    known = class_set("layer", NAMES, seed=7)
    known.write(folder, pdf=False, xlsx=True)
    return known, folder


@pytest.fixture(autouse=True)
def here(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "in").mkdir()
    return tmp_path


def hand_in(made, name, where, answers=None, **changed):
    """The filled spreadsheet of a student; without answers, all right but for what is changed."""
    known, folder = made
    student = next(s for s in known if s.name == name)
    exercise = known.exercise(student)
    return fill(folder / f"{student.file}.xlsx", where, exercise, {**(answers or key(exercise)), **changed})


# ------------------------------------------------------------------ one spreadsheet


@pytest.mark.parametrize("asked", [*(("seven", n) for n in range(1, 8)), ("backprop", 3), ("shapes", 3)], ids=str)
def test_a_filled_spreadsheet_says_what_it_is_and_is_marked(here, asked):
    exercise = load(asked[1]) if asked[0] == "seven" else generate(*asked)
    exercise.to_spreadsheet("blank.xlsx")
    right = key(exercise)
    fill(here / "blank.xlsx", here / "filled.xlsx", exercise, right)
    marking, told = mark_file("filled.xlsx")
    assert not told
    assert marking.title == exercise.heading
    assert marking.points == marking.total == len(right)
    empty, told = mark_file("blank.xlsx")
    assert not told
    assert empty.counts == {"blank": len(right)}


def test_exercises_for_some_skills_and_of_other_sizes_are_known_by_their_title(here):
    for exercise in (generate("two-layer-network", 7, ask=("backward",)), generate("layer", 7, sizes=(2, 4))):
        exercise.to_spreadsheet("blank.xlsx")
        fill(here / "blank.xlsx", here / "filled.xlsx", exercise, key(exercise))
        assert mark_file("filled.xlsx")[0].points == len(key(exercise))


def test_a_mistake_is_named_in_a_spreadsheet_too(here):
    exercise = load(3)
    exercise.to_spreadsheet("blank.xlsx")
    fill(here / "blank.xlsx", here / "filled.xlsx", exercise, {"Z1[1,1]": 4, "Z1[2,1]": 3, "A1[1,1]": "=2*2"})
    said = run("mark", "filled.xlsx").stdout
    assert "Z1[1,1]: 4 is not right: the bias was left out." in said
    assert "A1[1,1]" not in said, "openpyxl stores no results"


def test_what_spreadsheets_do_to_answers(here):
    """Thirds end in 16 digits, 0.1 + 0.2 is not 0.3, commas are text, and 3/4 became a date."""
    exercise = generate("softmax", 1)
    right = key(exercise)
    exercise.to_spreadsheet("blank.xlsx")
    cells = list(right)
    odd = {**right, cells[0]: right[cells[0]] + 1e-15, cells[1]: f"{right[cells[1]]:.3f}".replace(".", ",")}
    odd |= {cells[2]: datetime.date(2026, 4, 3), cells[3]: True, cells[4]: "#DIV/0!", cells[5]: "=1/3"}
    fill(here / "blank.xlsx", here / "filled.xlsx", exercise, odd)
    marking, told = mark_file("filled.xlsx")
    assert [marking[cell].verdict for cell in cells[:6]] == ["right", "right", *["unreadable"] * 3, "blank"]
    assert [line.split(" ")[:4] for line in told] == [
        [cells[2], "holds", "a", "date,"],
        [cells[5], "is", "a", "formula"],
    ]


def test_a_row_and_a_column_more_do_no_harm_and_changed_numbers_are_told(here):
    exercise = generate("layer", 3)
    exercise.to_spreadsheet("blank.xlsx")
    fill(here / "blank.xlsx", here / "filled.xlsx", exercise, key(exercise))
    book = openpyxl.load_workbook("filled.xlsx")
    sheet = book["Sheet"]
    sheet.insert_rows(5)  # openpyxl moves the cells; a spreadsheet program moves the names too
    for name, told in book.defined_names.items():
        told.attr_text = _down(told.attr_text)
        book.defined_names[name] = told
    book.save("moved.xlsx")
    marking, told = mark_file("moved.xlsx")
    assert (marking.points, told) == (marking.total, [])
    row, column = places(exercise)["Z1[1,1]"]
    assert sheet.cell(row + 1, column).value is not None
    book = openpyxl.load_workbook("filled.xlsx")
    given = book.defined_names["W_1"].attr_text.split("!")[1].split(":")[0].replace("$", "")
    book["Sheet"][given] = 99
    book.save("changed.xlsx")
    assert "given numbers were changed (W1[1,1])" in run("mark", "changed.xlsx").stderr


def _down(told):
    first, _, last = told.split("!")[1].partition(":")
    lower = lambda corner: f"${corner.split('$')[1]}${int(corner.split('$')[2]) + 1}"
    return f"Sheet!{lower(first)}:{lower(last)}"


@pytest.mark.skipif(shutil.which("soffice") is None, reason="needs LibreOffice")
@pytest.mark.slow
def test_what_libreoffice_saved_is_read(here):
    """Its own file: other styles, other names of parts, formulas with their results."""
    exercise = generate("layer", 3)
    exercise.to_spreadsheet("blank.xlsx")
    right = key(exercise)
    first, *rest = right
    fill(here / "blank.xlsx", here / "filled.xlsx", exercise, {**right, first: f"={right[first]:g}*2/2"})
    done = ["soffice", "--headless", f"-env:UserInstallation=file://{here}/profile", "--convert-to", "xlsx"]
    subprocess.run([*done, "--outdir", "saved", "filled.xlsx"], check=True, capture_output=True, timeout=120)
    marking, told = mark_file("saved/filled.xlsx")
    assert (marking.points, told) == (len(rest) + 1, [])


# ------------------------------------------------------------------ a class


def test_a_class_is_marked_and_reported(here, made):
    known, folder = made
    anna, ben = known.exercise(known.students[0]), known.exercise(known.students[1])
    hand_in(made, "Anna Larsen", "in/Anna-Larsen.xlsx", no_bias(anna))
    hand_in(made, "Ben Okoye", "in/answers(3).xlsx", no_bias(ben))
    sub = here / "in" / "Chloé bxb_77_assignsubmission_file_"
    sub.mkdir()
    hand_in(made, NAMES[2], sub / "x.xlsx")
    (here / "in/nobody.csv").write_text("Z1[1,1],3\n")
    said = run("mark", "in", "--class", folder / "class.json", "--report", "report", "--pdf").stdout
    assert "3 of 5 marked" in said
    assert "not handed in" in said
    assert "the bias was left out" in said
    told = json.loads((here / "report/report.json").read_text())
    by = {student["name"]: student for student in told["students"]}
    assert [by[name]["state"] for name in NAMES] == ["marked"] * 3 + ["not handed in"] * 2
    assert told["lost"] == ["nobody.csv"]
    (mistake,) = told["mistakes"]
    assert (mistake["what"], mistake["students"]) == ("bias forgotten", ["Anna Larsen", "Ben Okoye"])
    questions = {q["cell"]: q for q in told["questions"]}
    for cell, q in questions.items():
        verdicts = [
            m["verdict"] for s in by.values() if s["marking"] for m in s["marking"]["marks"] if m["cell"] == cell
        ]
        assert q["right"] == verdicts.count("right")
        assert q["follows"] == verdicts.count("follows")
        assert q["right"] + q["follows"] + q["wrong"] + q["blank"] == 3
    rows = list(csv.DictReader(io.StringIO((here / "report/marks.csv").read_text(encoding="utf-8-sig"))))
    assert [row["name"] for row in rows] == [*NAMES[:3], "'=cmd()", "Dan"]
    for row, name in zip(rows[:3], NAMES, strict=False):
        assert float(row["points"]) == by[name]["marking"]["points"]
        assert sum(float(row[cell]) for cell in questions) == pytest.approx(float(row["points"]))
    assert (here / "report/students/Anna-Larsen.pdf").read_bytes().startswith(b"%PDF")
    assert {p.name for p in here.iterdir()} == {"in", "report"}


def no_bias(exercise):
    """A layer worked without its bias, and carried on correctly."""
    W, X = exercise.givens["W1"], exercise.givens["X"]
    Z = [float(sum(w * x for w, x in zip(row, X[:, 0], strict=True))) for row in W]
    return {f"Z1[{i},1]": z for i, z in enumerate(Z, 1)} | {f"A1[{i},1]": max(z, 0.0) for i, z in enumerate(Z, 1)}


class Seen(HTMLParser):
    """The tags and links of a page."""

    def __init__(self):
        super().__init__()
        self.tags, self.links = set(), []

    def handle_starttag(self, tag, attrs):
        self.tags.add(tag)
        self.links += [value for name, value in attrs if name in ("href", "src")]


def test_pages_hold_names_and_answers_as_text_and_their_links_lead_somewhere(here, made):
    known, _ = made
    hand_in(made, NAMES[2], "in/x.xlsx", **{"Z1[1,1]": "<script>alert(1)</script>"})
    mark_folder("in", known).write("report")
    pages = [here / "report/index.html", *(here / "report/students").iterdir()]
    assert len(pages) == 6
    for path in pages:
        seen = Seen()
        seen.feed(path.read_text(encoding="utf-8"))
        assert not seen.tags & {"script", "b", "img", "iframe"}
        for link in seen.links:
            assert (path.parent / unquote(link)).exists()
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in (here / "report/students/Chloé-b-x-b.html").read_text()


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_reports_break_no_rule_of_axe(here, made, browser, scheme):
    from tests.studio_guests import axe, tab

    known, _ = made
    hand_in(made, NAMES[0], "in/x.xlsx", **{"Z1[1,1]": 99, "A1[1,1]": "seven"})
    mark_folder("in", known).write("report")
    page = tab(browser, color_scheme=scheme, bypass_csp=True)
    for path in ("index.html", "students/Anna-Larsen.html"):
        page.goto((here / "report" / path).as_uri())
        axe(page)
    page.context.close()


def test_the_sheet_of_a_neighbour_and_two_hand_ins_are_told_and_not_marked(here, made):
    known, _ = made
    hand_in(made, "Anna Larsen", "in/ben okoye.xlsx")
    hand_in(made, "Dan", "in/Dan.xlsx")
    hand_in(made, "Dan", "in/Dan 2.xlsx")
    report = mark_folder("in", known)
    assert report["Ben Okoye"].told == ("this is the sheet of Anna Larsen: ask both of them",)
    assert report["Dan"].told == ("there are 2 hand-ins: keep the one that counts",)
    assert not report.marked


def test_one_exercise_for_all_goes_by_the_names_of_files(here):
    (here / "in/anna.json").write_text('{"Z1[1,1]": "4"}')
    (here / "in/ben.csv").write_text("Z1[1,1],-1\n")
    (here / "in/cy.csv").write_text("Q[1,1],-1\n")
    load(7).to_spreadsheet("in/eve.xlsx")
    said = run("mark", "in", "--exercise", 3).stdout
    assert "2 of 4 marked" in said
    assert "there is no array 'Q'" in said
    assert "'Exercise 3: Four neurons' was asked for" in said
    assert "say what the class was asked" in run("mark", "in", code=2).stderr
    assert "are for a folder" in run("mark", "in/anna.json", "--exercise", 3, "--pdf", code=2).stderr
    (here / "empty").mkdir()
    assert "holds no hand-ins" in run("mark", "empty", "--exercise", 3, code=2).stderr


# ------------------------------------------------------------------ hostile


def bomb(path):
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as file:
        file.writestr("[Content_Types].xml", "<x/>")
        file.writestr("xl/worksheets/sheet1.xml", b"0" * 60_000_000)


def long_part(path):
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as file:
        file.writestr("[Content_Types].xml", "<x/>")
        file.writestr("xl/sharedStrings.xml", b" " * 5_000_000)


def entities(path):
    with zipfile.ZipFile(path, "w") as file:
        file.writestr("[Content_Types].xml", '<!DOCTYPE x [<!ENTITY a "aaaa">]><x>&a;</x>')


def other_book(path):
    book: Any = openpyxl.Workbook()
    book.active["A1"] = "hello"
    book.save(path)


def far_away(path):
    """A sheet that says it goes on to the last row and column there is."""
    book: Any = openpyxl.Workbook()
    book.active.title = "Sheet"
    book.active["B1"] = "Exercise 3: Four neurons"
    book.active["XFD1048576"] = 1
    book.save(path)


HOSTILE = {
    "not a zip": (lambda path: path.write_bytes(b"PK\x03\x04" + b"\0" * 100), "damaged ZIP"),
    "a zip bomb": (bomb, "declares"),
    "a long part": (long_part, "is the most"),
    "entities": (entities, "declares entities"),
    "another workbook": (other_book, "hand back the spreadsheet|was asked for"),
    "far away": (far_away, "was asked for"),
    "nothing": (lambda path: path.write_bytes(b""), "damaged ZIP"),
}


@pytest.mark.parametrize("what", HOSTILE)
def test_a_hostile_spreadsheet_is_a_sentence_for_one_and_nothing_for_the_others(here, made, what):
    known, _ = made
    make, said = HOSTILE[what]
    make(here / "in/Dan.xlsx")
    hand_in(made, "Anna Larsen", "in/Anna-Larsen.xlsx")
    report = mark_folder("in", known)
    assert report["Anna Larsen"].share == 1
    assert report["Dan"].marking is None
    assert re.search(said, report["Dan"].told[0])


def test_hostile_texts_are_sentences_too(here, made):
    known, _ = made
    texts = {
        "Anna-Larsen.csv": ("1," * 999_999 + "1", "columns|larger than"),
        "Ben-Okoye.json": ("[" * 100_000, "is not JSON"),
        "Dan.csv": ('"Z1[1,1]",' + "9" * 1_000_000, "field larger|too far|CSV"),
    }
    for name, (text, _) in texts.items():
        (here / "in" / name).write_text(text)
    hand_in(made, NAMES[2], "in/x.xlsx")
    report = mark_folder("in", known)
    assert report[NAMES[2]].share == 1
    for name, (_, said) in zip(("Anna Larsen", "Ben Okoye", "Dan"), texts.values(), strict=True):
        assert re.search(said, report[name].told[0])


def test_links_and_hidden_files_are_not_followed(here, made):
    known, folder = made
    (here / "secret.csv").write_text("Z1[1,1],3\n")
    (here / "in/Dan.csv").symlink_to(here / "secret.csv")
    (here / "in/loop").symlink_to(here)
    (here / "in/.Dan.csv").write_text("Z1[1,1],3\n")
    (here / "in/~$Dan.xlsx").write_bytes(b"lock")
    hand_in(made, "Anna Larsen", "in/Anna-Larsen.xlsx")
    report = mark_folder("in", known)
    assert report["Dan"].state == "not handed in"
    assert [each.student for each in report.marked] == ["Anna Larsen"]
    assert "holds files" in run("mark", "in", "--class", folder / "class.json", "--report", "in", code=2).stderr
