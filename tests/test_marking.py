"""Marking: learners typed by hand on the seven exercises, fair tolerance, and what is refused."""

from __future__ import annotations

import json
from fractions import Fraction

import numpy as np
import pytest

from tests.learner import called, works
from workings.exercises import KINDS, Marker, generate, load, mark
from workings.exercises.credit import CREDIT
from workings.exercises.generate import drawn_again
from workings.exercises.hints import RUNGS, hint, ladder
from workings.exercises.mistakes import MISTAKES, workings
from workings.exercises.solution import Solution
from workings.exercises.weigh import Fit, Look, believed, done_elsewhere, strengths
from workings.ink.number import Name, Number

_ = None


def filled(exercise, **answers):
    """The key with some arrays written otherwise; None leaves the key's number."""
    solution = Solution(exercise, ("Z1", "A1") if exercise.network and exercise.number < 6 else ())
    said = {solution.called(name): str(solution.key(name).value) for name in solution.asked}
    for array, values in answers.items():
        said |= {called(array, at): str(x) for at, x in np.ndenumerate(np.array(values, object)) if x is not None}
    return said


def verdicts(marking):
    return {x.cell: x.mistakes[0] if x.verdict == "named" else x.verdict for x in marking if x.verdict != "right"}


@pytest.mark.parametrize("number", range(1, 8))
def test_the_key_is_right(number):
    exercise = load(number)
    marking = mark(exercise, filled(exercise))
    assert verdicts(marking) == {}
    assert marking.points == marking.total == len(marking)


TYPED = [
    (3, {"Z1": [[4], [_], [4], [5]]}, "bias forgotten"),
    (3, {"A1": [[-1], [_], [_], [_]]}, "ReLU forgotten"),
    (7, {"dZ3": [["-1/2"], ["1/2"], [_]]}, "difference turned round"),
    (7, {"dW2": [[2, 4, _, _], [-2, -4, _, _]]}, "own layer's A"),
    (7, {"dW2": [[-1, _, _, _], [1, _, _, _]]}, "Z for A"),
    (7, {"dZ1": [[1], [_], [_], [_]]}, "slope forgotten"),
    (7, {"dW1": [[2, 1, 3], [_, _, _], [_, _, _], [_, _, _]]}, "dA for dZ"),
    (7, {"b3_new": [["-0.995"], ["-5.005"], [_]]}, "added for subtracted"),
    (7, {"b3_new": [["-1.5"], ["-4.5"], [_]]}, "rate forgotten"),
    (1, {"C": [[1, 5, _], [-2, 4, _]]}, "element by element"),
]


@pytest.mark.parametrize(("number", "answers", "what"), TYPED, ids=[row[2] for row in TYPED])
def test_a_mistake_is_named(number, answers, what):
    exercise = load(number)
    (array,) = answers
    said = verdicts(mark(exercise, filled(exercise, **answers)))
    assert {v for cell, v in said.items() if cell.startswith(f"{array}[")} == {what}


def test_what_a_teacher_would_write():
    told = mark(load(3), {"Z1[1,1]": "4", "A1[1,1]": "4", "Z1[3,1]": "5,0", "Z1[4,1]": "?"}).to_text()
    assert told == (
        "Exercise 3: Four neurons\n"
        "2 of 8\n"
        "\n"
        "Z1[1,1]: 4 is not right: the bias was left out.\n"
        "    yours  (1)(2) + (-1)(1) + (1)(3) = 4\n"
        "    right  (1)(2) + (-1)(1) + (1)(3) + (-5) = -1\n"
        "Z1[4,1]: this could not be read: '?' is not a number: write 12, -0.5 or 2/3.\n"
        "A1[1,1]: 4 is right, worked from your own earlier numbers.\n"
        "\n"
        "4 cells are still empty.\n"
        "\n"
        "To practice: adding the bias to every sum."
    )


def test_what_follows_from_a_slip_is_right():
    """One wrong Z1, and all that comes of it worked out from there by those who know no marker."""
    exercise = generate("two-layer-network", seed=3)
    right = works(exercise, {}).numbers
    cell = next(cell for cell in right if cell.startswith("Z1") and right[cell] > 0)
    wrong = works(exercise, {"slip": lambda p, array, at: right[cell] + 7}, {cell: "slip"})
    marking = mark(exercise, wrong.answers)
    assert marking.first_wrong is marking[cell]
    others = [each for each in marking if each.cell != cell]
    assert {each.verdict for each in others} == {"right", "follows"}
    assert {each.cell[:2] for each in others if each.verdict == "follows"} >= {"A1", "Z2", "L[", "dW"}
    assert marking.points >= len(marking) - 1


@pytest.mark.parametrize("kind", ["backprop", "two-layer-network", "batch"])
def test_a_sheet_of_zeros_earns_little(kind):
    """Zeros follow from zeros; but nothing was worked out."""
    exercise = generate(kind, seed=1)
    keys = {x.cell for x in mark(exercise, dict.fromkeys(works(exercise, {}).numbers, "0")) if x.points}
    right = works(exercise, {}).numbers
    assert {cell for cell in keys if right[cell] != 0} == set()


def test_an_easy_early_number_earns_no_follow_through():
    exercise = generate("batch", seed=2)
    cells = [*works(exercise, {}).numbers]
    coasted = {cell: "0" for cell in cells if cell[0] in "ZA" and cell[1] == "1"}
    solution = Solution(exercise)
    b = {name: solution.w.numbers["b2"][name.cell[0], 0] for name in solution.asked if name.array == "Z2"}
    coasted |= {solution.called(name): str(x) for name, x in b.items()}
    marking = mark(exercise, coasted)
    assert {marking[solution.called(name)].verdict for name in b} <= {"idle", "right"}


# ---------------------------------------------------------------- which explanation is believed


def look(**shares):
    return Look("Z", {what.replace("_", " "): Fit(Number(0), Fraction(1, n)) for what, n in shares.items()})


def test_beside_a_zero_a_term_was_dropped_unless_it_is_a_habit():
    once = look(one_term_dropped=2, element_by_element=1, wrong_input_read=2)
    assert believed(once, strengths([once])) == ["one term dropped", "wrong input read"]
    once.zero = True
    assert believed(once, strengths([once])) == ["one term dropped"]
    again = [once, look(element_by_element=1)]
    assert believed(once, strengths(again)) == ["element by element"]


def test_signs_lost_in_several_cells_are_believed_more():
    """In a chain dW = dZ A; where A is near 1 and what went in near -1, the layer's own A is the same number."""
    habit = "own layer's A"
    one = Look("dW", {habit: Fit(Number(0), Fraction(1))}, {"sign lost": Fraction(1)})
    strong = strengths([one, Look("dW", avoided=frozenset({habit}))])
    assert believed(one, strong) == [habit]
    assert believed(one, strong, signs=2)[0] == "sign lost"
    assert (one.sign, look(sign_slip=2).sign, look(one_term_dropped=2).sign) == (True, True, False)


def test_what_is_done_elsewhere_is_believed_where_two_fit():
    assert done_elsewhere(["one term dropped", "bias forgotten"], {"bias forgotten"}) == ["bias forgotten"]
    for others in (
        {"sign slip"},
        {"bias forgotten", "Z for A"},
        set(),
    ):  # a slip is no habit; two say nothing
        told = ["sign slip", "Z for A", "bias forgotten"]
        assert done_elsewhere(told, others) == told


@pytest.mark.parametrize(("kind", "ways"), [("logistic-regression", 0), ("two-layer-network", 2)])
def test_number_by_number_must_have_the_shape_of_dW(kind, ways):
    solution = Solution(drawn_again(kind, 1, 1, (), (), 0))
    cell = solution.cell(Name("dW1", (0, 1)))
    assert len(workings(cell, "element by element")) == ways


# ---------------------------------------------------------------- fair tolerance


def as_typed(x):
    """A right number, as different learners write it."""
    x = Fraction(x)
    ways = [f"{x.numerator}/{x.denominator}", f" {x.numerator} / {x.denominator} "]
    short = f"{float(x):.6f}".rstrip("0").rstrip(".")
    if Fraction(short) == x:
        ways += [short, short.replace(".", ","), f"{short}.0" if "." not in short else f"{short}00", f"={short}"]
    return [*ways, *(way.replace("-", "−") for way in ways)]


def test_right_numbers_in_every_spelling_are_accepted():
    accepted = 0
    for seed in range(8):
        exercise = generate("two-layer-network", seed=seed)
        for cell, x in [*works(exercise, {}).numbers.items()][:8]:
            for text in as_typed(x):
                assert mark(exercise, {cell: text})[cell].verdict == "right", (cell, text)
                accepted += 1
    assert accepted >= 200


def test_floats_are_right_however_they_are_rounded():
    """Rounded on the way to 3 decimals, to 4, or at the end alone."""
    for kind in ("logistic-regression", "softmax", "neuron-chain", "recurrent"):
        for seed in range(4):
            exercise = generate(kind, seed=seed)
            for digits in (3, 4, None):
                assert mark(exercise, works(exercise, {}, None, digits).answers).counts.keys() == {"right"}


def near_misses(x):
    """Wrong, but near: the sign, one more, one ulp of a float, a factor 2, a rounding."""
    x = Fraction(x)
    yield from (-x, x + 1, x - 1, Fraction(np.nextafter(float(x), np.inf)), x * 2, x / 2, x + Fraction(1, 1000))


def test_near_misses_are_refused_and_the_first_wrong_number_named():
    refused = 0
    for seed in range(6):
        exercise = generate("batch", seed=seed)
        key = {cell: str(x) for cell, x in works(exercise, {}).numbers.items()}
        marker = Marker(exercise)
        for cell, x in key.items():
            for wrong in near_misses(x):
                said = f"{wrong.numerator}/{wrong.denominator}"
                if wrong == Fraction(x) or len(said) > 40:
                    continue
                marking = marker.mark(key | {cell: said})
                assert marking.first_wrong is not None
                assert marking.first_wrong.cell == cell
                refused += 1
    assert refused >= 200


# ---------------------------------------------------------------- the result, and what is refused


def test_the_result_is_plain_data():
    marking = mark(load(3), {"Z1[1,1]": "4"})
    told = json.loads(json.dumps(marking.to_json()))
    assert told["points"] == 0
    assert told["mistakes"] == {"bias forgotten": 1}
    assert told["marks"][0]["yours"] == ["(1)(2) + (-1)(1) + (1)(3) = 4"]
    assert marking.practice == "To practice: adding the bias to every sum."
    assert sum(marking.counts.values()) == len(marking) == marking.total
    assert {x.verdict for x in marking} <= CREDIT.keys()
    with pytest.raises(KeyError, match="was not asked for"):
        marking["Q[1,1]"]


@pytest.mark.parametrize(
    ("answers", "said"),
    [
        ({"Q1[1,1]": "4"}, "there is no array 'Q1'"),
        ({"Z1[9,1]": "4"}, "there is no cell"),
        ({"W1[1,1]": "4"}, "is given on the sheet"),
        ({"Z1[1,1": "4"}, "is not a cell"),
        ({"": "4"}, "is not a cell"),
    ],
)
def test_what_is_refused(answers, said):
    with pytest.raises(ValueError, match=said):
        mark(load(3), answers)


def test_any_worked_cell_may_be_answered():
    """Exercise 7 prints its forward pass; who works it all the same is marked too."""
    marking = mark(load(7), {"Z1[1,1]": "4"})
    assert marking["Z1[1,1]"].mistakes == ("bias forgotten",)


HUGE = ["999999999999", "-999999999999", "0.000000000001", "1e-12", "1e12", "1/999999999", "000", "-0"]


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("text", HUGE)
def test_absurd_numbers_are_marked_without_a_fuss(kind, text):
    exercise = generate(kind, seed=1)
    marking = mark(exercise, dict.fromkeys(works(exercise, {}).numbers, text))
    assert str(marking)


def test_the_ladder_of_hints():
    exercise = generate("neuron", seed=1)
    rungs = ladder(exercise, "Z1[1,1]")
    assert len(rungs) == len(RUNGS)
    value = rungs[-1].split("= ")[1]
    assert works(exercise, {}).answers["Z1[1,1]"] == value
    assert not any(rung.endswith(f"= {value}") for rung in rungs[:-1])
    assert hint(exercise, "A1[1,1]", 3, {"Z1[1,1]": "-3"}) == "A1[1,1] = max(-3, 0) = ?"
    for wrong in (0, 6):
        with pytest.raises(ValueError, match="rungs 1 to 5"):
            hint(exercise, "Z1[1,1]", wrong)


@pytest.mark.parametrize("kind", KINDS)
def test_hints_lead_to_the_value_and_do_not_tell_it_early(kind):
    exercise = generate(kind, seed=2)
    for cell in works(exercise, {}).numbers:
        *before, value = ladder(exercise, cell)
        assert len(before) == 4
        assert value not in before[2:]


def test_every_mistake_has_words():
    for what, mistake in MISTAKES.items():
        assert mistake.says
        assert mistake.practice
        assert not mistake.says.endswith("."), what
