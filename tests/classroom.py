"""A classroom for the tests: spreadsheets filled in as students would, by openpyxl, which knows nothing of ours."""

from __future__ import annotations

from pathlib import Path

import openpyxl

from workings.exercises.solution import Solution
from workings.sheets.board import Board
from workings.sheets.grid import grid_of


def places(exercise) -> dict[str, tuple[int, int]]:
    """Where each cell asked for stands, counted from 1."""
    solution = Solution(exercise)
    grid = grid_of(exercise.sheet(whole=True), Board(exercise.explain()))
    return {
        solution.called(n): (grid.places[n].row + 1, grid.places[n].column + 1)
        for n in solution.asked
    }  # fmt: skip


def key(exercise) -> dict[str, float]:
    """The right numbers, with the decimals that are asked for."""
    solution = Solution(exercise)
    return {solution.called(n): round(float(solution.key(n).value), solution.places) for n in solution.asked}


def fill(blank: Path, filled: Path, exercise, answers: dict) -> Path:
    """The blank spreadsheet with these answers typed in."""
    book = openpyxl.load_workbook(blank)
    where = places(exercise)
    for cell, said in answers.items():
        book["Sheet"].cell(*where[cell]).value = said
    book.save(filled)
    return filled
