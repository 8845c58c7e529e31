"""Moodle: an exercise as questions for Moodle: one Cloze question with a field for every blank, or one for each cell.

moodle.cloze(exercise)        one question: the sheet with fields in it
moodle.numerical(exercise)    a question for each cell, with its rule and its working as feedback

Several exercises go into one file, as variants for Moodle's random questions.  Numbers have the tolerance that the
marker has: none where they end within the decimals asked for, else half a place.  Source: Moodle XML format, and
embedded answers (Cloze), docs.moodle.org.
"""

from __future__ import annotations

import xml.etree.ElementTree as ET
from collections.abc import Iterable, Sequence
from html import escape

from workings.exercises.exercise import Exercise
from workings.exercises.hints import rule
from workings.exercises.solution import Sight, Solution
from workings.exercises.tolerance import Tolerance
from workings.exercises.words import line, number
from workings.ink.number import Name
from workings.sheets.board import Board
from workings.sheets.formulas import named_leaves
from workings.sheets.sheet import Block, Sheet

MARK = " written by Workings "
CELL = "border: 1px solid #818b98; padding: 4px 8px; text-align: center"


def cloze(*exercises: Exercise) -> str:
    """The exercises as Cloze questions, one for each; raises ValueError where one asks for nothing.

    >>> from workings.exercises import load
    >>> "{1:NUMERICAL:=-1:0}" in cloze(load(2))
    True
    """
    return _quiz(_cloze(exercise) for exercise in _asking(exercises))


def numerical(*exercises: Exercise) -> str:
    """A question for every cell asked for; the sheet stands above each, and earlier cells are told."""
    return _quiz(question for exercise in _asking(exercises) for question in _numerical(exercise))


def _asking(exercises: Sequence[Exercise]) -> Sequence[Exercise]:
    if not exercises or any(not exercise.blanks for exercise in exercises):
        raise ValueError("give exercises with something to fill in")
    return exercises


def _quiz(questions: Iterable[ET.Element]) -> str:
    quiz = ET.Element("quiz")
    quiz.append(ET.Comment(MARK))
    quiz.extend(questions)
    ET.indent(quiz)
    return ET.tostring(quiz, encoding="unicode", xml_declaration=False).join(
        ['<?xml version="1.0" encoding="UTF-8"?>\n', "\n"]
    )


def _cloze(exercise: Exercise) -> ET.Element:
    solution = Solution(exercise)
    fields = {solution.called(name): _field(solution, name) for name in solution.asked}
    question = _question("cloze", exercise.heading)
    told = _text(exercise, fields)
    _put(question, "questiontext", told, html=True)
    _put(question, "generalfeedback", _key(solution), html=True)
    return question


def _numerical(exercise: Exercise) -> list[ET.Element]:
    solution = Solution(exercise)
    made = []
    for i, name in enumerate(solution.asked):
        cell = solution.called(name)
        before = {solution.called(n): escape(text_of(solution, n)[0]) for n in solution.asked[:i]}
        question = _question("numerical", f"{exercise.heading} {i + 1:03} {cell}")
        asked = f"<p><b>{escape(cell)} = ?</b></p>"
        _put(question, "questiontext", _text(exercise, before) + asked, html=True)
        working = escape(line(solution.key(name), solution.w.conventions.digits))
        hint = escape(rule(name, solution.working(name)))
        _put(question, "generalfeedback", f"<p>{hint}</p><p>{escape(cell)} = {working}</p>", html=True)
        ET.SubElement(question, "defaultgrade").text = "1"
        value, slack = text_of(solution, name)
        answer = ET.SubElement(question, "answer", fraction="100", format="moodle_auto_format")
        ET.SubElement(answer, "text").text = value
        ET.SubElement(answer, "tolerance").text = slack
        made.append(question)
    return made


def text_of(solution: Solution, name: Name) -> tuple[str, str]:
    """The right number with the decimals asked for, and how far an answer may lie from it, as Moodle writes them."""
    x = solution.key(name)
    near = Tolerance(solution, Sight(solution, {}))
    if near.exact(x):
        return f"{float(x.value):.12g}", "0"
    return f"{float(x.value):.{solution.places + 3}f}", f"{float(near.slack(x)):.6f}".rstrip("0")


def _field(solution: Solution, name: Name) -> str:
    """A field of one point."""
    value, slack = text_of(solution, name)
    return f"{{1:NUMERICAL:={value}:{slack}}}"


def _key(solution: Solution) -> str:
    digits = solution.w.conventions.digits
    rows = [f"{escape(solution.called(n))} = {escape(number(solution.key(n), digits))}" for n in solution.asked]
    return f"<p>{'<br>'.join(rows)}</p>"


def _question(kind: str, name: str) -> ET.Element:
    question = ET.Element("question", type=kind)
    _put(question, "name", name)
    return question


def _put(question: ET.Element, tag: str, text: str, html: bool = False) -> None:
    part = ET.SubElement(question, tag, {"format": "html"} if html else {})
    ET.SubElement(part, "text").text = text


def _text(exercise: Exercise, fields: dict[str, str]) -> str:
    """The sheet as HTML tables, with fields, or what is known, in the blanks."""
    sheet, hidden = _page(exercise)
    steps = "".join(f"<li><b>{escape(s.title)}:</b> {plain(s.what)}</li>" for s in sheet.steps)
    parts = [f"<p>{plain(exercise.lead)}</p>"]
    for band in sheet.bands:
        parts += [_table(block, fields, hidden) for block in band.across]
        parts += [f"<p><i>{plain(formula)}</i></p>" for formula in band.formulas]
    return "".join([*parts, f"<ol>{steps}</ol>"])


def _page(exercise: Exercise) -> tuple[Sheet, set[str]]:
    """The sheet, and the cells that would tell a blank; whole where the short one has not a cell for each blank."""
    solution, sheet = Solution(exercise), exercise.sheet()
    if {solution.called(name) for name in solution.asked} <= set(sheet.blanks):
        return sheet, set()
    board = Board(exercise.explain())
    told = set(solution.asked)
    for array in board.w:
        names = [n for n in board.grid(array).flat if n not in told]
        told |= {n for n in names if told & set(named_leaves(board.working(n)))}
    return exercise.sheet(whole=True), {solution.called(name) for name in told}


def _table(block: Block, fields: dict[str, str], hidden: set[str]) -> str:
    """A matrix."""
    rows = []
    for row in block.cells:
        told = [fields.get(c.name, "") if c.blank or c.name in hidden else escape(c.text) for c in row]
        rows.append("<tr>" + "".join(f'<td style="{CELL}">{text}</td>' for text in told) + "</tr>")
    return f"<p><b>{plain(block.title)}</b></p><table>{''.join(rows)}</table>"


def plain(text: str) -> str:
    """Text as HTML, in which nothing looks like a field of Cloze."""
    return escape(text).replace("{", "&#123;").replace("}", "&#125;")
