"""Sheets in rows: the same numbers as in columns, turned, in every printed form; and the conventions say which."""

from __future__ import annotations

import re

import numpy as np
import pytest

import workings as wk
from tests.sheet_cases import NETWORKS, network_of
from workings import exercises
from workings.sheets import page, paper
from workings.sheets.export import to_html, to_latex, to_sheet, to_text
from workings.sheets.layout import layout


def both(name):
    """The sheet of one pass in columns, and in rows."""
    w = network_of(name)
    return w, layout(w, whole=True), layout(w.written_as(examples="rows"), whole=True)


def blocks_of(sheet):
    return {block.names: block for _, _, block in sheet.blocks()}


@pytest.mark.parametrize("name", NETWORKS)
def test_every_block_is_there_once_with_the_same_numbers_turned(name):
    w, columns, rows = both(name)
    ours, theirs = blocks_of(rows), blocks_of(columns)
    assert sorted(ours) == sorted(theirs)
    for names, block in ours.items():
        numbers = np.array([[cell.value for cell in row] for row in block.cells], object)
        if block.transposed:
            old = [[cell.value for cell in row] for row in theirs[names].cells]
            assert numbers.T.tolist() == old, names
        for cell in (cell for row in block.cells for cell in row if cell.name and not cell.name.startswith("mask")):
            at = w.written_as(examples="rows").cell(cell.name)
            assert cell.value == (at.found if cell.name[:2] != "dZ" else cell.value), cell.name


@pytest.mark.parametrize("name", NETWORKS)
def test_each_row_of_a_wire_is_one_example(name):
    w, _, rows = both(name)
    for names, block in blocks_of(rows).items():
        shape = w.numbers[names[0]].shape if names[0] in w else ()
        if len(shape) > 1 and w.places.is_wire(names[0], shape):
            assert block.height == w.problem.X.shape[-1], names
            cells = [[cell.value for cell in row if cell.name] for row in block.cells]
            if names[0][:2] != "dZ":
                assert cells == np.moveaxis(w.numbers[names[0]], -1, 0).reshape(block.height, -1).tolist(), names


def test_a_product_stands_where_rows_meet_columns():
    sheet = layout(network_of("softmax").written_as(examples="rows"))
    above, product = sheet.bands[:2]
    assert list(above.slots) == ["middle", "right"]
    assert list(product.slots) == ["middle", "right", "left"]
    weights, Z, X = above.slots["middle"], product.slots["middle"], product.slots["left"]
    assert weights.title == "[W1 | b1].T"
    assert above.slots["right"].title == "[dW1 | db1].T"
    assert Z.formula == "Z1 = X W1.T + b1.T"
    assert above.slots["right"].formula == "dW1 | db1 = dZ1.T [X | 1] / 3"
    assert (X.height, weights.width) == (Z.height, Z.width)
    assert X.width == weights.height  # the ones meet the biases
    for i, line in enumerate(Z.cells):
        for j, cell in enumerate(line):
            met = sum(X.cells[i][k].value * weights.cells[k][j].value for k in range(X.width))
            assert cell.value == pytest.approx(met, rel=1e-12)
            assert cell.row == X.cells[i][0].row
            assert cell.column == weights.cells[0][j].column


def test_blanks_are_named_as_the_rows_count():
    w = exercises.load(5).explain().written_as(examples="rows")
    sheet = layout(w, blanks=["Z1[2,1]", "A2[1,2]"])
    assert sheet.blanks == ["Z1[2,1]", "A2[1,2]"]
    assert sheet.cell("Z1[2,1]").value == w.numbers["Z1"][0, 1] == -5  # unit 1 of example 2


def test_the_conventions_say_which():
    w = network_of("softmax")
    for examples, told in (
        ("columns", ("each column is one example", "down each column")),
        ("rows", ("each row is one example", "along each row")),
    ):
        sheet = layout(w.written_as(examples=examples))
        for words in told:
            assert words in " ".join(sheet.conventions)
        other = "each row" if examples == "columns" else "each column"
        for form in (to_text, to_html, to_latex):
            printed = " ".join(form(w.written_as(examples=examples)).split())
            assert told[0] in printed
            assert other not in printed


def test_text_in_rows_stands_as_in_pytorch():
    model = wk.Model(
        [wk.Dense(2, "relu"), wk.Dense(1)],
        parameters={"W1": [[1, -1], [2, 1]], "b1": [0, -1], "W2": [[1, -2]], "b2": [3]},
        conventions=wk.Conventions(examples="rows"),
    )
    w = model.explain([[2, 1], [0, 3]], [1, 2])
    assert to_text(w, gradients=False, diagram=False).splitlines()[2:14] == [
        "                  [W1 | b1].T",
        "                  [  1   2 ]",
        "                  [ -1   1 ]",
        "                  [ ------ ]",
        "                  [  0  -1 ]",
        "",
        "X                 Z1",
        "[  2   1   1 ]    [  1   4 ]",
        "[  0   3   1 ]    [ -3   2 ]",
        "  Z1 = X W1.T + b1.T",
        "",
        "                  [W2 | b2].T",
    ]


def test_latex_and_a_page_show_the_transpose():
    w = exercises.load(5).explain().written_as(examples="rows")
    assert r"\left[{W}^{[1]} \mid {b}^{[1]}\right]^{\top} = " in to_latex(w)
    assert r"\hline -5 & 0 & 1 & -2" in to_latex(w)
    told = to_html(w)
    assert "[W1 | b1]ᵀ" in told
    assert told.count('<th scope="row">x⁽') == 3
    assert 'class="under' in told


def test_paper_in_rows():
    pytest.importorskip("typst", reason="typst is not installed: no paper")
    sheet = to_sheet(exercises.load(7).explain().written_as(examples="rows"))
    assert paper.pdf(sheet).startswith(b"%PDF")
    placed = paper.data_of(sheet)["bands"][0]["slots"]["middle"]
    assert (placed["below"], placed["right_of"], placed["title"]) == (3, 0, "[W1 | b1]ᵀ")


def test_too_wide_in_rows_the_way_back_stands_below():
    w = network_of("wide").written_as(examples="rows")
    sheet = page.readable(layout(w))
    assert {c.name for c in sheet.cells()} == {c.name for c in layout(w).cells()}
    titles = [block.title for band in sheet.bands for block in band.slots.values()]
    assert titles.index("dZ3") > titles.index("A3")


def test_a_product_of_two_matrices_has_no_examples():
    w = exercises.load(1).explain().written_as(examples="rows")
    product = ("A", "B", "C")
    assert layout(w, product=product).bands == exercises.load(1).sheet(key=True, blanks=()).bands
    assert not re.search(r"\.T", to_text(w, product=product))


@pytest.mark.parametrize("name", NETWORKS)
def test_on_paper_every_kind_of_network_is_set_or_refused_in_a_sentence(name):
    pytest.importorskip("typst", reason="typst is not installed: no paper")
    w = network_of(name).written_as(examples="rows")
    if name in ("wide", "convolution"):
        with pytest.raises(paper.TooLarge, match=r"too large for paper: .* alone is \d+ x \d+ cells; take"):
            paper.pdf(to_sheet(w))
    else:
        assert paper.pdf(to_sheet(w)).startswith(b"%PDF")
