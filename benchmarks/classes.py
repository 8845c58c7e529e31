"""Classes: how long it takes to hand out sheets to 30 students, and to mark the spreadsheets of 200.

python benchmarks/classes.py [--kind softmax] [--students 200]
"""

from __future__ import annotations

import argparse
import tempfile
import time
from pathlib import Path

import openpyxl

from workings.exercises.class_sets import ClassSet, class_set
from workings.exercises.hand_ins import mark_folder
from workings.exercises.solution import Solution
from workings.sheets.board import Board
from workings.sheets.grid import grid_of


def main() -> None:
    """Print wall and processor seconds of each part."""
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--kind", default="softmax")
    asked.add_argument("--students", type=int, default=200)
    kind, many = (told := asked.parse_args()).kind, told.students
    with tempfile.TemporaryDirectory() as folder:
        out, handed_in = Path(folder) / "out", Path(folder) / "in"
        names = [f"Student {i}" for i in range(many)]
        timed("variants, sheets and keys for 30", lambda: class_set(kind, names[:30], 7).write(out, key=True))
        known = class_set(kind, names, 7)
        known.write(out, pdf=False, xlsx=True)
        cells = fill(known, out, handed_in)
        report = timed(f"{many} spreadsheets of {cells} cells marked", lambda: mark_folder(handed_in, known))
        timed("the report written", lambda: report.write(Path(folder) / "report"))
        assert len(report.marked) == many


def fill(known: ClassSet, out: Path, handed_in: Path) -> int:
    """Fill in every blank: right, but for every seventh number."""
    handed_in.mkdir()
    for student in known:
        exercise = known.exercise(student)
        solution, grid = Solution(exercise), grid_of(exercise.sheet(whole=True), Board(exercise.explain()))
        book = openpyxl.load_workbook(out / f"{student.file}.xlsx")
        for i, name in enumerate(solution.asked):
            place = grid.places[name]
            value = round(float(solution.key(name).value), 3) + (i % 7 == 3)
            book["Sheet"].cell(place.row + 1, place.column + 1).value = value
        book.save(handed_in / f"{student.file}.xlsx")
    return len(solution.asked)


def timed(what, run):
    """The result, with its time printed."""
    wall, own = time.perf_counter(), time.process_time()
    made = run()
    print(f"{what}: {time.perf_counter() - wall:.1f} s, {time.process_time() - own:.1f} s of processor")
    return made


if __name__ == "__main__":
    main()
