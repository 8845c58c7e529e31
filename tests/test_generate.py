"""Generated exercises: the key is right, the numbers fit on paper, and no draw is degenerate."""

from __future__ import annotations

import importlib
import os
from fractions import Fraction
from functools import lru_cache

import numpy as np
import pytest

from tests import pupil
from tests.learner import called, works
from workings.exercises import forms, generate, mark
from workings.exercises.generate import drawn_again
from workings.exercises.kinds import KINDS
from workings.exercises.solution import Solution
from workings.layers import Relu
from workings.sheets import page, paper, spreadsheet, tex
from workings.sheets.board import Board
from workings.sheets.grid import grid_of
from workings.sheets.shown import shown
from workings.sheets.terminal_sheet import sheet_text

room = importlib.import_module("workings.exercises.generate")
SEEDS = range(200) if os.environ.get("WORKINGS_FULL") else range(1)
CASES = [(kind, i % 3 + seed) for i, kind in enumerate(KINDS) for seed in SEEDS]  # the levels take turns
each_case = pytest.mark.parametrize(("kind", "seed"), CASES, ids=lambda x: str(x))


DRAWN: dict[tuple[str, int], int] = {}  # which draw was chosen


@lru_cache(maxsize=4)
def solved(kind, seed):
    """An exercise and its solution; the levels take turns."""
    level = 1 + seed % 3
    if (kind, seed) not in DRAWN:
        DRAWN[kind, seed] = generate(kind, seed=seed, level=level).draw
    exercise = drawn_again(kind, seed, level, (), (), DRAWN[kind, seed])
    return exercise, Solution(exercise)


def any_draw(kind, seed, level):
    """Its first draw, which nobody has chosen."""
    return drawn_again(kind, seed, level, (), (), 0)


@each_case
def test_the_key_is_right(kind, seed):
    """By plain Python that knows nothing of ink, cell by cell; and the marker finds nothing wrong with it."""
    exercise, solution = solved(kind, seed)
    done = works(exercise, {}, None, None)
    assert {solution.called(name) for name in solution.asked} == {*done.numbers}
    for name in solution.asked:
        x, y = solution.key(name), done.numbers[solution.called(name)]
        assert Fraction(y) == x.value if x.exact and not isinstance(y, float) else abs(float(y) - x.value) < 1e-12
    marking = mark(exercise, done.answers)
    assert marking.counts == {"right": len(solution.asked)}
    assert marking.points == marking.total


@each_case
def test_numbers_fit_on_paper(kind, seed):
    _, solution = solved(kind, seed)
    for name in solution.asked:
        x = solution.key(name)
        text = shown(x.value, 4)
        assert abs(x.value) < (10_000 if x.exact else 10)
        assert not x.exact or (not text.rounded and sum(c.isdigit() for c in text.text.lstrip("-0.")) <= 4)


@each_case
def test_nothing_is_degenerate(kind, seed):
    _, solution = solved(kind, seed)
    values = {name: float(solution.key(name).value) for name in solution.asked}
    for array in {name.array for name in values}:
        cells = [x for name, x in values.items() if name.array == array]
        if array[0] in "ZC":
            assert all(cells)
            assert len(set(cells)) == len(cells)
        if array[:2] in ("dW", "db", "dA"):
            assert any(cells)
    read = [row.reads[0] for row in solution.w.problem.network.rows if isinstance(row.layer, Relu)]
    sums = {array: np.ravel(solution.w.numbers[array]).astype(float) for array in read}
    assert all((Z > 0).any() for Z in sums.values() if len(Z) > 1)  # some live in every layer, and some are dead
    assert not any(len(Z) > 1 for Z in sums.values()) or any((Z < 0).any() for Z in sums.values())


@each_case
def test_mistakes_can_be_told_apart(kind, seed):
    """Of what the mistakes would write, little could be another mistake too (see hidden.py: what a mistake costs)."""
    exercise, solution = solved(kind, seed)
    hidden = room.Hidden(solution, room.family(solution), room.passes(solution, [exercise])).by_mistake
    assert np.mean([0, *(values[0] for values in hidden.values())]) <= 0.35


@pytest.mark.parametrize("kind", ["neuron", "softmax", "convolution"])
def test_a_seed_fixes_everything(kind):
    first = generate(kind, seed=5, level=2)
    again, other = generate.__wrapped__(kind, seed=5, level=2), generate(kind, seed=6, level=2)
    assert first is not again
    assert first.givens.keys() == again.givens.keys()
    assert all((first.givens[name] == again.givens[name]).all() for name in first.givens)
    assert any((first.givens[name] != other.givens[name]).any() for name in first.givens if name != "df")
    assert first.sheet(key=True).to_json() == again.sheet(key=True).to_json()
    assert f"({kind}, level 2, seed 5)" in first.sheet().title


@pytest.mark.parametrize("kind", KINDS)
def test_every_printer_prints_it(kind, tmp_path):
    exercise = any_draw(kind, 1, 1)
    sheet, key = exercise.sheet(), exercise.sheet(key=True)
    assert sheet.blanks == key.blanks
    assert {called(name.array, name.cell) for name in Solution(exercise).asked} >= {
        blank for blank in sheet.blanks if "<" not in blank
    }
    assert sheet_text(sheet).count("__") >= len(sheet.blanks)
    assert "__" not in sheet_text(key)
    assert "<html" in page.page(sheet)
    assert tex.tex(sheet)
    assert spreadsheet.write(exercise.explain(), exercise.sheet(whole=True), tmp_path / "sheet.xlsx").exists()


@pytest.mark.parametrize("kind", ["backprop", "recurrent", "computation-graph"])
def test_it_prints_on_paper(kind, tmp_path):
    (path,) = paper.write(any_draw(kind, 1, 1).sheet(), tmp_path / "sheet.pdf")
    assert path.read_bytes().startswith(b"%PDF")


@pytest.mark.parametrize("kind", KINDS)
def test_no_sheet_tells_its_answers(kind):
    """No array that is made from an asked one is printed without a blank."""
    exercise = any_draw(kind, 2, 3)
    w = exercise.explain()
    asked = {name.split("[")[0] for name in exercise.blanks}
    standing = {cell.name.split("[")[0] for cell in exercise.sheet().cells() if not cell.blank}
    for array in standing & {*w}:
        made_from = {leaf.array for leaf in w[array][(0,) * len(w[array].shape)].made_from}
        assert not made_from & asked, (array, made_from & asked)


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("backporp",), "there is no kind 'backporp'"),
        (("neuron", 0, 4), "levels are 1, 2 and 3"),
        (("neuron", -1), "a seed is a whole number from 0 on"),
        (("neuron", 1.5), "a seed is a whole number"),
        (("neuron", 1, 1, ("backward",)), "neuron cannot ask for 'backward'; it asks for forward"),
        (("softmax", 1, 1, (), (2, 3)), "softmax has no sizes of one's own"),
        (("layer", 1, 1, (), (2,)), "the sizes of layer are 2 whole numbers from 1 to 6"),
        (("layer", 1, 1, (), (2, 7)), "from 1 to 6"),
    ],
)
def test_what_is_refused(arguments, said):
    with pytest.raises(ValueError, match=said):
        generate(*arguments)


@pytest.mark.parametrize("kind", ["two-layer-network", "backprop"])
def test_chosen_numbers_hide_less_than_any(kind):
    """The draw that is kept hides a quarter of what the average does, and shows every mistake that can be seen."""
    rng = np.random.default_rng(0)
    drawn = [KINDS[kind].draw(rng, 1) for _ in range(40)]
    solution = Solution(drawn[0])
    kept = generate(kind, seed=0)
    every = room.Hidden(solution, room.family(solution), room.passes(solution, [*drawn, kept]))
    others, slips = every.by_others({}), every.by_slips()
    assert others[-1] + slips[-1] < 0.25 * (others[:-1] + slips[:-1]).mean()
    shows = np.any([every.look(name).shows for name in every.cells], axis=0)
    assert (shows[:, -1] == shows.any(axis=1)).all()


@pytest.mark.parametrize("ask", [("forward",), ("loss",), ("backward",), ("update",), ("backward", "update")])
@pytest.mark.parametrize("kind", ["two-layer-network", "logistic-regression"])
def test_only_some_skills_are_asked_for(kind, ask):
    exercise, every = (drawn_again(kind, 4, 1, asked, (), 0) for asked in (ask, ()))
    assert 0 < len(exercise.blanks) < len(every.blanks)
    assert exercise.sheet().blanks
    right = {
        room.Solution(exercise).called(n): str(room.Solution(exercise).key(n).value) for n in Solution(exercise).asked
    }
    assert mark(exercise, right).counts == {"right": len(right)}
    asked = {name.split("[")[0] for name in exercise.blanks}
    for cell in exercise.sheet().cells():
        array = cell.name.split("[")[0]
        made_from = (
            {leaf.array for leaf in exercise.explain().cell(cell.name).made_from}
            if array in exercise.explain()
            else set()
        )
        assert cell.blank or not made_from & asked


@pytest.mark.parametrize(
    ("kind", "sizes"),
    [("neuron", (5,)), ("layer", (2, 4)), ("batch", (2, 2, 3)), ("deep", (2, 3, 2)), ("backprop", (2, 3, 2))],
)
def test_sizes_of_ones_own(kind, sizes):
    exercise = generate(kind, seed=1, sizes=sizes)
    assert exercise.givens["W1"].shape == (sizes[1] if len(sizes) > 1 else 1, sizes[0])
    assert mark(exercise, works(exercise, {}).answers).counts.keys() == {"right"}
    assert f"sizes {','.join(map(str, sizes))}" in exercise.sheet().title


@pytest.mark.parametrize("level", [1, 2, 3])
def test_sheets_of_one_form_are_laid_out_alike(level):
    """So that a class's is laid out once (exercises.forms)."""
    for kind in KINDS:
        one, other = (drawn_again(kind, seed, level, (), (), draw) for seed, draw in ((1, 0), (2, 7)))
        assert one.form == other.form
        assert forms.standing(one) == {cell.name.split("[")[0] for cell in other.sheet().cells()}
        laid = grid_of(other.sheet(whole=True), Board(other.explain()))
        assert forms.grid(one).places == laid.places
        assert forms.grid(one).called() == laid.called()


@pytest.mark.parametrize("kind", KINDS)
def test_any_draw_has_the_right_key(kind):
    """Chosen or not, by plain NumPy of another hand (tests/pupil.py): 1,000 draws a kind in full."""
    for i in range(1000 if os.environ.get("WORKINGS_FULL") else 3):
        exercise = drawn_again(kind, i // 20, 1 + i % 3, (), (), i % 20)
        by_hand = pupil.worked(exercise, {}, None, None).numbers
        w = Board(exercise.explain()).w
        for cell, number in by_hand.items():
            assert float(w.cell(cell).value) == pytest.approx(float(number), rel=1e-9, abs=1e-12), (i, cell)
        assert {cell.split("[")[0] for cell in by_hand} == {*exercise.blanks}
