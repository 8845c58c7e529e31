"""Moodle: well-formed XML whose numbers, read back as Moodle reads them, are those of the marker.

`cloze_fields` reads embedded answers by the grammar that docs.moodle.org describes, and refuses what is not in it.
"""

from __future__ import annotations

import re
import xml.etree.ElementTree as ET
from typing import Any

import pytest
from typer.testing import CliRunner

from workings.cli import app
from workings.exercises import KINDS, Marker, generate, load, moodle

NUMBER = r"-?(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d+)?"
FIELD = re.compile(r"(\d*):(NUMERICAL|NUM|NM):(.*)", re.S)
ANSWER = re.compile(rf"(=|%(-?\d+(?:\.\d+)?)%)({NUMBER})(?::({NUMBER}))?(?:#(.*))?", re.S)
KNOWN = {
    "cloze": {"name", "questiontext", "generalfeedback"},
    "numerical": {"name", "questiontext", "generalfeedback", "defaultgrade", "answer"},
}
ALL = [*KINDS, *range(1, 8)]


def drawn(what):
    return load(what) if isinstance(what, int) else generate(what, 7)


def questions(text) -> list[Any]:
    quiz = ET.fromstring(text)
    assert quiz.tag == "quiz"
    return list(quiz)


def cloze_fields(text):
    """(weight, number, tolerance) of every {weight:NUMERICAL:=number:tolerance}; no brace stands elsewhere."""
    fields, at = [], 0
    while (start := re.compile(r"[{}]").search(text, at)) is not None:
        assert start[0] == "{", f"a brace is closed that was not opened: {text[start.start() - 40 : start.end()]!r}"
        end = re.compile(r"(?<!\\)\}").search(text, start.end())
        assert end, "a field is not closed"
        inside = text[start.end() : end.start()]
        assert "{" not in inside, inside
        field: Any = FIELD.fullmatch(inside)
        weight, _, told = field.groups()
        answers: list[Any] = [ANSWER.fullmatch(one) for one in re.split(r"(?<!\\)~", told)]
        assert all(answers), f"no numerical answer: {told!r}"
        (best,) = [a for a in answers if a[1] == "=" or float(a[2]) == 100]
        fields.append((int(weight or 1), best[3], best[4] or "0"))
        at = end.end()
    return fields


def test_the_reader_of_embedded_answers_is_strict():
    assert cloze_fields("a {1:NUMERICAL:=23.8:0.1#so~%50%20:1#near} b") == [(1, "23.8", "0.1")]
    assert cloze_fields("{:NM:=.5}{2:NUM:=-1e3:0}") == [(1, ".5", "0"), (2, "-1e3", "0")]
    for wrong in ("{1:NUMERICAL:=1:0", "}", "{1:NUMERICAL:1:0}", "{1:NUMERICAL:=1,5:0}", "{1:NUMERICAL:=x:0}", "{a}"):
        with pytest.raises((AssertionError, AttributeError, ValueError)):
            cloze_fields(wrong)


@pytest.mark.parametrize("what", ALL)
def test_the_numbers_of_a_cloze_question_earn_every_point(what):
    exercise = drawn(what)
    (question,) = questions(moodle.cloze(exercise))
    assert question.get("type") == "cloze"
    text = question.find("questiontext/text").text
    fields = cloze_fields(text)
    marker = Marker(exercise)
    assert len(fields) == len(marker.solution.asked)
    assert {part.tag for part in question} == KNOWN["cloze"]
    assert all(weight == 1 for weight, _, _ in fields)
    assert len(question.find("name/text").text) <= 255  # as long as Moodle keeps
    ET.fromstring(f"<div>{text.replace('<br>', '<br/>')}</div>")  # its HTML is well-formed too
    for slack in (-0.9, 0, 0.9):  # what Moodle lets pass, the marker does too
        pairs = zip(_order(exercise), fields, strict=True)
        said = {cell: f"{float(value) + slack * float(wide):.12g}" for cell, (_, value, wide) in pairs}
        marking = marker.mark(said)
        assert {mark.verdict for mark in marking} <= {"right"}, [str(m) for m in marking if m.verdict != "right"]


def _order(exercise):
    """The blanks in the order in which their tables stand; exercise 6 is short on paper, and whole here."""
    bands = exercise.sheet(whole=exercise.number == 6).bands
    return [c.name for band in bands for block in band.across for row in block.cells for c in row if c.blank]


@pytest.mark.parametrize("what", ["layer", "softmax", 3])
def test_a_question_for_each_cell_tells_what_came_before(what):
    exercise = drawn(what)
    marker = Marker(exercise)
    found = questions(moodle.numerical(exercise))
    assert len(found) == len(marker.solution.asked)
    said = {}
    for question, name in zip(found, marker.solution.asked, strict=True):
        cell = marker.solution.called(name)
        assert question.get("type") == "numerical"
        assert question.find("name/text").text.endswith(cell)
        assert f"<b>{cell} = ?</b>" in question.find("questiontext/text").text
        answer = question.find("answer")
        assert answer.get("fraction") == "100"
        said[cell] = answer.find("text").text
        assert float(answer.find("tolerance").text) in (0, pytest.approx(0.00055, abs=1e-5))
    assert marker.mark(said).points == len(said)


def test_what_would_tell_a_blank_is_left_empty():
    """Exercise 6 prints its sums and activations in one place; here they stand apart, and A1 would tell Z1."""
    text = questions(moodle.cloze(load(6)))[0].find("questiontext/text").text
    rows = text.partition("<b>A1</b>")[2].partition("</table>")[0].split("<tr>")[1:]
    assert len(rows) > 1
    asked = [name.cell[0] for name in Marker(load(6)).solution.asked if name.array == "Z1"]
    assert asked
    assert all('center"></td>' in rows[i] for i in asked)


def test_variants_go_into_one_file():
    exercises = [generate("layer", seed) for seed in range(5)]
    found = questions(moodle.cloze(*exercises))
    assert len({question.find("name/text").text for question in found}) == 5
    with pytest.raises(ValueError, match="something to fill in"):
        moodle.cloze()


def test_the_command_line(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    done = CliRunner().invoke(app, ["exercise", "layer", "--seed", "7", "--moodle", "quiz.xml"])
    assert done.exit_code == 0, done.stderr
    assert (tmp_path / "quiz.xml").read_text() == moodle.cloze(generate("layer", 7))
    done = CliRunner().invoke(app, ["exercise", "layer", "--seed", "7", "--moodle", "quiz.xml"])
    assert done.exit_code == 0, "our own file is written again"
    (tmp_path / "quiz.xml").write_text("<mine/>")
    done = CliRunner().invoke(app, ["exercise", "layer", "--seed", "7", "--moodle", "quiz.xml"])
    assert done.exit_code == 2
    assert (tmp_path / "quiz.xml").read_text() == "<mine/>"
