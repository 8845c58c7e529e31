"""Coverage, rows 1 to 35: the seven exercises with their exact numbers and lines."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
import pytest

from workings.exercises import EXERCISES, Sizes, load, multiply
from workings.exercises.bank.backpropagation import EXACT
from workings.exercises.bank.matrix_multiplication import rolled
from workings.exercises.bank.remarks import compared, same_below, ways_agree
from workings.exercises.bank.three_input_batch_relu import alone
from workings.exercises.product import check
from workings.sheets import page, paper, spreadsheet, terminal_sheet
from workings.sheets.wording import reading


def numbers(exercise, name):
    return exercise.explain()[name].numbers.tolist()


def column(exercise, name):
    return [row[0] for row in numbers(exercise, name)]


# ─── exercise 1 ───


def test_row_1_every_cell_of_the_product_opens():
    one = load(1)
    assert numbers(one, "C") == [[3, 9, 4], [1, -1, 0]]
    assert one.lines("C") == [
        "C[1,1] = (1)(1) + (1)(2) = 3",
        "C[1,2] = (1)(5) + (1)(4) = 9",
        "C[1,3] = (1)(2) + (1)(2) = 4",
        "C[2,1] = (-1)(1) + (1)(2) = 1",
        "C[2,2] = (-1)(5) + (1)(4) = -1",
        "C[2,3] = (-1)(2) + (1)(2) = 0",
    ]
    assert one.explain()["C"][1, 1].made_from[0].array == "A"


def test_row_2_the_dimension_rule():
    assert check((2, 2), (2, 3)) == (2, 3)
    assert "(2 x 2) (2 x 3) gives (2 x 3)" in load(1).tasks[0].what
    told = (
        "C = A B cannot be worked out: A (2, 2) has 2 columns (axis 1), but B (3, 1) has 3 rows (axis 0); each row "
        "of A meets a column of B, number by number, so these must be equal"
    )
    with pytest.raises(ValueError, match=r"axis 1.*axis 0") as caught:
        multiply([[1, 1], [-1, 1]], [[1], [2], [3]])
    assert str(caught.value) == told
    with pytest.raises(ValueError, match=r"A has the shape \(3,\): a matrix has rows and columns"):
        multiply([1, 2, 3], [[1], [2], [3]])


def test_row_3_resizing_one_drags_the_other_two():
    sizes = Sizes(2, 2, 3)
    assert (sizes.with_A(4, 5).A, sizes.with_A(4, 5).B, sizes.with_A(4, 5).C) == ((4, 5), (5, 3), (4, 3))
    assert (sizes.with_B(5, 1).A, sizes.with_B(5, 1).B, sizes.with_B(5, 1).C) == ((2, 5), (5, 1), (2, 1))
    assert (sizes.with_C(1, 6).A, sizes.with_C(1, 6).B, sizes.with_C(1, 6).C) == ((1, 2), (2, 6), (1, 6))
    again = rolled(sizes.with_A(4, 5), seed=3)
    A, B = (np.array(again.parameters[n]) for n in "AB")
    assert numbers(again, "C") == (A @ B).tolist()
    assert again.sheet().title == "Exercise 1: Matrix multiplication"
    with pytest.raises(ValueError, match="whole number from 1 to 12"):
        sizes.with_A(0, 3)


def test_row_4_the_same_product_as_nodes_and_links():
    diagram = load(1).sheet().diagram
    assert [len(layer) for layer in diagram.layers] == [2, 2]
    assert [(link.source, link.target, link.weight) for link in diagram.links] == [
        (0, 0, 1),
        (1, 0, 1),
        (0, 1, -1),
        (1, 1, 1),
    ]


# ─── exercises 2, 3 and 4 ───


def test_row_5_the_line_to_the_letter():
    (line,) = load(2).lines("Z1")
    assert line == "Z1[1,1] = (1)(2) + (-1)(1) + (1)(3) + (-5) = -1"


def test_row_6_the_relu_line():
    assert load(2).lines("A1") == ["A1[1,1]: -1 -> 0 because -1 is negative"]


def test_rows_7_and_8_four_neurons():
    three = load(3)
    assert (column(three, "Z1"), column(three, "A1")) == ([-1, 3, 5, 3], [0, 3, 5, 3])
    assert three.lines("Z1") == [
        "Z1[1,1] = (1)(2) + (-1)(1) + (1)(3) + (-5) = -1",
        "Z1[2,1] = (1)(2) + (1)(1) + (0)(3) + 0 = 3",
        "Z1[3,1] = (0)(2) + (1)(1) + (1)(3) + 1 = 5",
        "Z1[4,1] = (1)(2) + (0)(1) + (1)(3) + (-2) = 3",
    ]
    sheet = three.sheet()
    assert [block.title for _, _, block in sheet.blocks()] == ["X", "W1 | b1", "Z1", "A1"]  # x is there once
    _, W, Z, _ = [block for _, _, block in sheet.blocks()]
    assert W.height == Z.height == 4  # each row of weights beside its product


def test_rows_9_and_10_parameters_of_a_node_and_of_the_layer():
    assert load(3).counted[0] == "layer 1: 3 + 1 parameters in each node, 4 x (3 + 1) = 16 in all"


def test_row_11_relu_on_the_output_too():
    four = load(4)
    assert [column(four, n) for n in ("A1", "Z2", "A2")] == [[0, 3, 5, 3], [-2, 3], [0, 3]]


def test_row_12_weights_of_a_node_are_nodes_of_the_layer_before():
    four = load(4)
    assert four.counted[-1] == "weights of a node = nodes in the layer before: 3 in layer 1, 4 in layer 2"
    with pytest.raises(ValueError, match="every node of layer 2 needs 4 weights, one for each node of the layer"):
        four.with_parameters(W2=[[1, 1, 1], [0, 0, 1]])
    with pytest.raises(ValueError, match=r"b2 must have the shape \(2, 1\)"):
        four.with_parameters(b2=[[1], [2], [3]])
    assert column(four.with_parameters(b2=[[5], [1]]), "A2") == [3, 3]


def test_row_13_the_total():
    assert load(4).counted[2] == "all layers: 4 x (3 + 1) + 2 x (4 + 1) = 16 + 10 = 26"


# ─── exercise 5 ───


def test_row_14_a_batch_of_three():
    five = load(5)
    assert numbers(five, "Z1") == [[-1, -5, -5], [3, 2, 1], [5, 2, 3], [3, -1, -1]]
    assert numbers(five, "A2") == [[0, 0, 0], [3, 3, 4]]


def test_row_15_pairs_have_a_colour_and_a_pattern_of_their_own():
    from workings.sheets.marks import mark

    sheet = load(5).sheet()
    marks = []
    for i, j in ((1, 1), (2, 2), (3, 3)):
        k = sheet.cell(f"Z1[{i},{j}]").row
        marks.append(k)
        assert sheet.cell(f"Z1[{i},{j}]").column == k
        assert {sheet.cell(f"W1[{i},{c}]").row for c in (1, 2, 3)} == {k} == {sheet.cell(f"b1[{i},1]").row}
        assert {sheet.cell(f"X[{r},{j}]").column for r in (1, 2, 3)} == {k}
    marks += [sheet.cell(f"Z2[{i},{i}]").row for i in (1, 2)]
    looks = [mark(k) for k in marks]
    assert len({x.ink for x in looks}) == len({x.pattern for x in looks}) == len({x.dash for x in looks}) == 5


def test_row_16_any_cells_are_left_blank_and_the_key_fills_them():
    five = load(5)
    sheet, key = five.sheet(blanks=["A2", "Z1[4,2]"]), five.sheet(key=True, blanks=["A2", "Z1[4,2]"])
    assert sheet.blanks == ["Z1[4,2]", *(f"A2[{i},{j}]" for i in (1, 2) for j in (1, 2, 3))]
    told = [terminal_sheet.board_text(s) for s in (sheet, key)]
    assert (told[0].count("__"), told[1].count("__")) == (7, 0)
    with pytest.raises(KeyError, match="no array 'Q'"):
        five.sheet(blanks=["Q[1,1]"])
    with pytest.raises(IndexError, match=r"no cell \[9, 1\]"):
        five.sheet(blanks=["Z1[9,1]"])


def test_row_17_column_k_of_the_batch_is_the_single_run():
    five = load(5)
    for k in range(3):
        one = alone(five, k).explain()
        for name in ("Z1", "A1", "Z2", "A2"):
            assert (five.explain()[name].numbers[:, k : k + 1] == one[name].numbers).all()
    assert [note.split(": ")[1] for note in five.sheet(key=True).notes] == [
        f"the same as column {k} of the batch" for k in (1, 2, 3)
    ]


# ─── exercise 6 ───

LAYERS = [
    ([5, 4, 3, 7, 9], [3, 4, 5, 9, 7]),
    ([6, 1], [2, 7]),
    ([7, 5, 8], [9, 0, 16]),
    ([2, 3], [9, 16]),
    ([3, 2], [16, 9]),
    ([1, 5], [7, 25]),
    ([-4], [-18]),
]


def test_row_18_seven_layers():
    six = load(6)
    for l, (first, second) in enumerate(LAYERS, 1):
        found = np.array(numbers(six, f"A{l}" if l < 7 else "Z7"))
        assert (found[:, 0].tolist(), found[:, 1].tolist()) == (first, second)
    assert six.counted[-2].endswith("15 + 10 + 6 + 6 + 4 + 4 + 2 = 47")


def test_row_19_what_relu_stops_is_crossed_out_except_in_the_output_layer():
    sheet = load(6).sheet(key=True)
    assert [(cell.name, cell.struck, cell.text) for cell in sheet.cells() if cell.struck] == [("A3[2,2]", "-5", "0")]
    assert (sheet.cell("Z7[1,1]").text, sheet.cell("Z7[1,1]").struck) == ("-4", "")
    assert "-5>0" in terminal_sheet.board_text(sheet)
    assert "<s>−5</s>0" in page.page(sheet)


def test_row_20_links_without_the_zero_weights_in_the_weights_colours():
    sheet = load(6).sheet(key=True)
    weights = [cell for cell in sheet.cells() if cell.name.startswith("W")]
    assert len(sheet.diagram.links) == sum(cell.value != 0 for cell in weights)
    assert sheet.diagram.links  # and each looks like its weight
    for link in sheet.diagram.links:
        assert link.mark == sheet.cell(f"W{link.layer + 1}[{link.target + 1},{link.source + 1}]").row
    assert page.page(sheet).count("<line ") == len(sheet.diagram.links)
    assert page.page(load(6).sheet()).count("<line ") == 0  # the learner draws them


def test_row_21_one_blank_per_layer():
    six = load(6)
    assert six.sheet().blanks == [f"A{l}[{i},1]" for l, i in zip(range(1, 7), (5, 2, 3, 2, 2, 2), strict=True)] + [
        "Z7[1,1]"
    ]
    told = [six.lines(cell)[0].split(" = ", 1)[1] for cell in six.blanks]
    assert told == [
        "0 x 3 + 1 x 4 + 1 x 5 = 9",
        "0 x 5 + 0 x 4 + 1 x 3 + 1 x 7 + (-1) x 9 = 1",
        "1 x 6 + 2 x 1 = 8",
        "0 x 7 + (-1) x 5 + 1 x 8 = 3",
        "1 x 2 + 0 x 3 = 2",
        "1 x 3 + 1 x 2 = 5",
        "1 x 1 + (-1) x 5 = -4",
    ]


# ─── exercise 7 ───


def test_row_22_forward():
    seven = load(7)
    found = [column(seven, name) for name in ("Z1", "A1", "Z2", "A2", "Z3", "Y")]
    assert found == [[-1, 3, 5, 3], [0, 3, 5, 3], [2, 4], [2, 4], [3, 3, -1], [0, 1, 0]]
    assert seven.counted[3].endswith("16 + 10 + 9 = 35")


def test_row_23_the_glossary():
    assert reading("dW1") == "gradient of the loss with respect to the weights of layer 1"
    told = load(7).sheet().glossary
    for symbol in ("L", "dW1", "db2", "dA1", "dZ3"):
        assert told[symbol] == reading(symbol) != symbol
    assert 'title="gradient of the loss with respect to the weights of layer 1' in page.page(load(7).sheet())


def test_row_24_the_nudge_agrees_with_the_gradient():
    w = EXACT.worked
    for name, index in (("W3", (0, 1)), ("W1", (1, 2)), ("b2", (0, 0))):
        nudge = w.nudge(name, index, 1e-5)
        assert nudge.central == pytest.approx(nudge.gradient, abs=1e-6)


def test_row_25_gradient_cells_beside_forward_cells_and_eleven_steps():
    sheet = load(7).sheet()
    for band in sheet.bands:
        wire = band.slots.get("middle")
        if wire and wire.title in ("Z1", "A1", "Z2", "A2", "Z3"):
            beside = band.slots["right"]
            assert (beside.title, beside.height) == (f"d{wire.title}", wire.height - wire.ones)
            assert all(cell.blank for row in beside.cells for cell in row)
        if weights := band.slots.get("left"):
            assert band.slots["left_gradient"].title == " | ".join(f"d{name}" for name in weights.names)
    assert [step.number for step in sheet.steps] == list(range(1, 12))
    assert [step.title for step in sheet.steps] == [
        "Forward pass",
        "Backpropagation",
        "Layer 3, softmax",
        "Layer 3, weights and biases",
        "Layer 2, activations",
        "Layer 2, ReLU",
        "Layer 2, weights and biases",
        "Layer 1, activations",
        "Layer 1, ReLU",
        "Layer 1, weights and biases",
        "Gradient descent",
    ]
    assert not any(step.lines for step in sheet.steps)  # the lines are on the key


def test_row_26_step_3_and_both_ways():
    assert column(load(7), "dZ3") == [Fraction(1, 2), Fraction(-1, 2), 0]
    assert ways_agree(EXACT)
    w = EXACT.worked.shortcut()
    assert w["dZ3_short"].formula == "A3 - Y"
    assert w["dZ3"].formula == "A3 x (dA3 - sum(dA3 x A3))"
    long, short = (w[name].numbers.astype(float) for name in ("dZ3", "dZ3_short"))
    np.testing.assert_allclose(long, short, rtol=0, atol=1e-15)


def test_row_27_the_declared_prediction_and_the_exact_one():
    given, exact = load(7), load(7, exact=True)
    assert column(given, "A3") == [Fraction(1, 2), Fraction(1, 2), 0]
    assert np.round(np.array(column(exact, "A3"), float), 4).tolist() == [0.4955, 0.4955, 0.0091]
    assert same_below(given, exact)
    for asked in (given, exact):
        notes = asked.sheet(key=True).notes
        assert "an exact 0 is impossible" in notes[0]
        assert "2 p1 + p3 ~ 2 x 0.4955 + 0.0091 ~ 1" in notes[1]
        assert notes[2].endswith("are equal.")
    assert "cross-entropy of the declared prediction" in " ".join(given.sheet().conventions)
    p1, _, p3 = map(float, column(exact, "A3"))
    assert 2 * p1 + p3 == pytest.approx(1, abs=1e-15)


def test_row_28_step_4():
    seven = load(7)
    assert numbers(seven, "dW3") == [[1, 2], [-1, -2], [0, 0]]
    assert column(seven, "db3") == [Fraction(1, 2), Fraction(-1, 2), 0]
    assert seven.lines("dW3") == [
        "dW3 | db3, row 1 = 0.5 x [2, 4 | 1] = [1, 2 | 0.5]",
        "dW3 | db3, row 2 = -0.5 x [2, 4 | 1] = [-1, -2 | -0.5]",
        "dW3 | db3, row 3 = 0 x [2, 4 | 1] = [0, 0 | 0]",
    ]


def test_rows_29_and_30_steps_5_and_6():
    seven = load(7)
    assert column(seven, "dA2") == column(seven, "dZ2") == [1, -1]
    sheet = seven.sheet(key=True)
    assert [sheet.cell(f"mask2[{i},1]").text for i in (1, 2)] == ["1", "1"]
    assert [sheet.cell(f"mask1[{i},1]").text for i in (1, 2, 3, 4)] == ["0", "1", "1", "1"]
    assert sheet.steps[5].lines == (
        "dZ2[1,1] = (1)(1) = 1 because Z2 = 2 is positive",
        "dZ2[2,1] = (-1)(1) = -1 because Z2 = 4 is positive",
    )


def test_rows_31_32_and_33_steps_7_to_10():
    seven = load(7)
    assert numbers(seven, "dW2") == [[0, 3, 5, 3], [0, -3, -5, -3]]
    assert (column(seven, "db2"), column(seven, "dA1"), column(seven, "dZ1")) == (
        [1, -1],
        [1, -2, 2, -1],
        [0, -2, 2, -1],
    )
    assert numbers(seven, "dW1") == [[0, 0, 0], [-4, -2, -6], [4, 2, 6], [-2, -1, -3]]
    assert seven.explain()["dW1"].shape == seven.explain()["W1"].shape
    assert seven.lines("dW1")[1] == "dW1 | db1, row 2 = -2 x [2, 1, 3 | 1] = [-4, -2, -6 | -2]"
    assert seven.sheet(key=True).steps[8].lines[0] == "dZ1[1,1] = (1)(0) = 0 because Z1 = -1 is not positive"


def test_everything_but_the_loss_of_exercise_7_is_exact():
    w = load(7).explain()
    assert {name for name in w if any(isinstance(v, float) for v in w[name].numbers.flat)} == {"L", "J"}


def test_row_34_the_step():
    seven = load(7)
    assert numbers(seven, "W3_new")[0] == [Fraction(199, 100), Fraction(-1, 50)]
    step = compared(EXACT, EXACT)
    assert (round(step.before, 5), round(step.after, 5)) == (0.70226, 0.01087)
    assert (round(step.predicted, 3), round(step.actual, 3)) == (-2.335, -0.691)
    given = compared(seven, EXACT)
    assert (round(given.before, 5), round(given.after, 5)) == (0.69315, 0.01088)
    assert given.before == pytest.approx(np.log(2), abs=1e-15)
    notes = " ".join(seven.sheet(key=True).notes)
    assert "loss 0.70226 -> 0.01087, predicted change -2.335, actual -0.691" in notes
    assert "given: loss 0.69315 -> 0.01088" in notes


# ─── all of them ───


@pytest.mark.parametrize("n", EXERCISES)
def test_row_35_each_exercise_in_every_form(n, tmp_path):
    pytest.importorskip("typst", reason="typst is not installed: no paper")
    pytest.importorskip("xlsxwriter", reason="xlsxwriter is not installed: no spreadsheets")
    for key in (False, True):
        asked = load(n)
        sheet = asked.sheet(key=key)
        assert paper.pdf(sheet).startswith(b"%PDF")
        assert spreadsheet.write(asked.explain(), asked.sheet(key=key, whole=True), tmp_path / "x.xlsx").exists()
        assert page.page(sheet).count("<table>") == len(list(sheet.blocks()))
        assert terminal_sheet.sheet_text(sheet).isascii()


@pytest.mark.parametrize("n", EXERCISES)
def test_the_blanks_are_never_told_on_the_worksheet(n):
    sheet = load(n).sheet()
    assert sheet.blanks
    plain = sheet.to_json()
    cells = [c for band in plain["bands"] for b in band["slots"].values() for row in b["cells"] for c in row]
    assert all(c["text"] == c["value"] == c["struck"] == "" for c in cells if c["blank"])
    assert sum(c["blank"] for c in cells) == len(sheet.blanks)
    assert terminal_sheet.board_text(sheet).count("__") == len(sheet.blanks)
    assert page.page(sheet).count("<input ") == len(sheet.blanks)


def test_an_exercise_by_its_name_and_none_by_another():
    assert load("backpropagation").number == load(7).number == load("7").number
    with pytest.raises(ValueError, match=r"no exercise 8; there are 1 \(Matrix multiplication\)"):
        load(8)
    with pytest.raises(ValueError, match="exercise 3 has no softmax"):
        load(3, exact=True)
    with pytest.raises(ValueError, match="exercise 2 has no W9; it has W1, b1"):
        load(2).with_parameters(W9=[[1]])


@pytest.mark.parametrize("n", EXERCISES)
def test_every_exercise_writes_worksheet_and_key_in_every_form(n, tmp_path):
    asked = load(n)
    assert asked.to_text() != asked.to_text(key=True)
    for form, name in (("to_html", "a.html"), ("to_latex", "a.tex")):
        worksheet, key = (getattr(asked, form)(tmp_path / name, key=key) for key in (False, True))
        assert worksheet != key
        assert (tmp_path / name).read_text(encoding="utf-8") == key
    pytest.importorskip("typst", reason="typst is not installed: no paper")
    assert asked.to_pdf(tmp_path / "a.pdf", key=True).read_bytes().startswith(b"%PDF")
    pytest.importorskip("xlsxwriter", reason="xlsxwriter is not installed: no spreadsheets")
    assert asked.to_spreadsheet(tmp_path / "a.xlsx").read_bytes().startswith(b"PK")


def test_worksheets_of_one_page_stay_on_one():
    """Exercise 5 once had a second page with nothing but its conventions."""
    pytest.importorskip("typst", reason="typst is not installed: no paper")
    pages = {n: len(paper.pages(load(n).sheet())) for n in EXERCISES}
    assert pages == {1: 1, 2: 1, 3: 1, 4: 1, 5: 1, 6: 1, 7: 2}
    keys = {n: len(paper.pages(load(n).sheet(key=True))) for n in EXERCISES}
    assert keys == {1: 1, 2: 1, 3: 1, 4: 1, 5: 2, 6: 2, 7: 3}
