"""Sheets: what stands where, what is marked, what is too large, and that no name is ever run."""

from __future__ import annotations

import json
from html.parser import HTMLParser
from itertools import pairwise

import numpy as np
import pytest
import typer
from typer.testing import CliRunner

import workings as wk
from workings import exercises
from workings.cli.errors import Verbs
from workings.cli.exercise import exercise as exercise_verb
from workings.cli.sheet import sheet as sheet_verb
from workings.explain import explain
from workings.layers import Dense, Recurrent, Relu, RnnCell, Softmax
from workings.losses import CategoricalCrossEntropy, SquaredError
from workings.network import chain
from workings.sheets import page, terminal_sheet, tex
from workings.sheets.export import to_html, to_latex, to_sheet, to_text
from workings.sheets.layout import layout
from workings.sheets.marks import mark
from workings.sheets.shown import shown

EVIL = '<script>alert(1)</script> #eval("1") \\input{x} $x$ & =1+1 \'quoted\' "double"'


def two_classes(units=3, n=2, m=2, outputs=2, conventions=None):
    network = chain(Dense(units), Relu(), Dense(outputs), Softmax())
    rng = np.random.default_rng(1)
    X, Y = rng.standard_normal((n, m)), np.eye(outputs)[:, rng.integers(0, outputs, m)]
    return explain(network, CategoricalCrossEntropy(), network.init(rng, (n,)), X, Y, conventions=conventions)


def titles(sheet):
    return [[band.slots[slot].title for slot in band.slots] for band in sheet.bands]


def test_a_product_stands_where_rows_meet_columns():
    sheet = layout(two_classes())
    assert titles(sheet) == [
        ["X"],
        ["W1 | b1", "dW1 | db1", "Z1", "dZ1", "mask1"],
        ["A1", "dA1"],
        ["W2 | b2", "dW2 | db2", "Z2", "dZ2"],
        ["E2"],
        ["A2", "Y"],
        ["L", "J"],
    ]
    for above, product in ((0, 1), (2, 3)):
        weights, wire = sheet.bands[product].slots["left"], sheet.bands[product].slots["middle"]
        source = sheet.bands[above].slots["middle"]
        assert (weights.height, weights.width) == (wire.height, source.height)  # the ones below meet the biases
        assert source.width == wire.width
        assert [cell.text for cell in source.cells[-1]] == ["1", "1"]


def test_the_short_way_stands_on_the_sheet():
    w = two_classes()
    sheet = layout(w)
    assert sheet.bands[3].slots["right"].formula == "dZ2 = A2 - Y"
    assert "dA2" not in {name for _, _, block in sheet.blocks() for name in block.names}
    assert sheet.cell("dZ2[1,1]").value == w["A2"][0, 0].value - w["Y"][0, 0].value


def test_forward_only():
    assert titles(layout(two_classes(), gradients=False))[1] == ["W1 | b1", "Z1"]


def test_every_number_on_the_sheet_is_the_explanations():
    w = two_classes()
    for cell in layout(w).cells():
        if not cell.name.startswith(("mask", "dZ2")):
            assert cell.value == w.cell(cell.name).found
            assert (cell.text, cell.rounded) == shown(cell.value, 4)


def test_any_network_is_laid_out_in_the_order_of_working():
    network = chain(Recurrent(RnnCell(2)))
    params = network.init(np.random.default_rng(0), (2, 3))
    w = explain(network, SquaredError("half"), params, np.ones((2, 3, 1)), np.zeros((2, 3, 1)))
    sheet = layout(w, whole=True)
    names = {name for _, _, block in sheet.blocks() for name in block.names}
    assert {"X", "Waa1", "Wax1", "H1", "dH1", "dWaa1", "Y", "L", "J"} <= names
    assert len({cell.name for cell in sheet.cells()}) == len(list(sheet.cells()))


def test_rows_of_weights_are_marked_like_their_products():
    sheet = layout(two_classes())
    for i in (1, 2, 3):
        k = sheet.cell(f"W1[{i},1]").row
        assert k == sheet.cell(f"Z1[{i},1]").row == sheet.cell(f"b1[{i},1]").row
        assert sheet.cell(f"Z1[{i},2]").column == sheet.cell("X[1,2]").column != sheet.cell("X[1,1]").column
    rows = {sheet.cell(f"W1[{i},1]").row for i in (1, 2, 3)}
    columns = {sheet.cell(f"X[1,{j}]").column for j in (1, 2)}
    assert len(rows | columns) == 5  # no row looks like a column


def test_marks_differ_in_colour_or_pattern_and_neighbours_in_both():
    looks = [mark(k) for k in range(64)]
    assert len({(x.ink, x.pattern) for x in looks}) == 64
    for a, b in pairwise(looks):
        assert a.ink != b.ink
        assert a.pattern != b.pattern or a.ink == looks[7].ink


def test_conventions_are_declared_and_followed():
    told = " ".join(layout(two_classes()).conventions)
    for part in ("counted from 1", "each column is one example", "categorical cross entropy", "divided by m", "at 0"):
        assert part in told
    from_zero = layout(two_classes(conventions=wk.Conventions(base=0, digits=2)), blanks=["dW1[0,0]"])
    assert from_zero.blanks == ["dW1[0,0]"]
    assert "counted from 0" in from_zero.conventions[0]
    assert all(len(cell.text.lstrip("-").replace(".", "").lstrip("0")) <= 2 for cell in from_zero.cells())


def test_a_sheet_is_plain_data():
    sheet = exercises.load(7).sheet(key=True)
    again = json.loads(json.dumps(sheet.to_json(), allow_nan=False))
    assert again["title"] == "Exercise 7: Backpropagation"
    cells = [c for band in again["bands"] for b in band["slots"].values() for row in b["cells"] for c in row]
    assert next(c for c in cells if c["name"] == "dZ3[1,1]")["value"] == "1/2"
    with pytest.raises(KeyError, match="no cell 'dQ1'"):
        sheet.cell("dQ1")


def test_a_blank_that_is_not_on_the_sheet_is_named():
    with pytest.raises(ValueError, match="dW1 is not on this sheet, so it cannot be left blank; there are X, W1, b1"):
        layout(two_classes(), blanks=["dW1"], gradients=False)
    assert layout(exercises.load(6).explain(), blanks=["Z1[1,1]"], compact=True, bias=False).blanks == ["A1[1,1]"]


def test_text_stands_as_on_paper():
    told = terminal_sheet.board_text(exercises.load(1).sheet(key=True))
    assert told == (
        "              B\n"
        "              [  1   5   2 ]\n"
        "              [  2   4   2 ]\n"
        "\n"
        "A             C\n"
        "[  1   1 ]    [  3   9   4 ]\n"
        "[ -1   1 ]    [  1  -1   0 ]\n"
        "  C = A B"
    )
    assert to_text(two_classes()).isascii()


# ─── too large ───


def test_too_large_is_said_in_a_sentence():
    wide = two_classes(units=3, n=200)
    with pytest.raises(ValueError, match=r"d?W1 \| d?b1 has 201 columns, and a page of LaTeX takes 20"):
        to_latex(wide)
    with pytest.raises(ValueError, match="letters wide, and a terminal shows about 100"):
        to_text(wide)
    with pytest.raises(ValueError, match=r"too large for paper: 3\d\d,\d+ numbers, \d+,\d+ of them in d?W1"):
        to_sheet(two_classes(units=200, n=784))


# ─── a page ───


class Read(HTMLParser):
    """What a page is made of."""

    VOID = ("meta", "input", "line", "circle", "br")

    def __init__(self):
        super().__init__()
        self.open, self.tags, self.attributes, self.text = [], [], [], []

    def handle_starttag(self, tag, attrs):
        self.tags.append(tag)
        self.attributes += attrs
        if tag not in self.VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag, attrs):
        self.tags.append(tag)
        self.attributes += attrs

    def handle_endtag(self, tag):
        assert self.open.pop() == tag

    def handle_data(self, data):
        self.text.append(data)


def read(told):
    found = Read()
    found.feed(told)
    assert not found.open
    return found


@pytest.mark.parametrize("n", exercises.EXERCISES)
@pytest.mark.parametrize("key", [False, True], ids=["worksheet", "key"])
def test_a_page_is_whole_self_contained_and_read_cell_by_cell(n, key):
    sheet = exercises.load(n).sheet(key=key)
    found = read(page.page(sheet))
    assert not {"script", "link", "img", "iframe"} & set(found.tags)
    names = {name for name, _ in found.attributes}
    assert not {"style", "src", "href"} & names
    assert not any(name.startswith("on") for name in names)
    assert found.tags.count("h1") == 1
    assert found.tags.count("caption") == found.tags.count("table") == len(list(sheet.blocks()))
    assert found.attributes.count(("scope", "row")) == sum(block.height for _, _, block in sheet.blocks())
    labels = [value for name, value in found.attributes if name == "aria-label"]
    assert [label for label in labels if "[" in label] == ([] if key else _drawn_order(sheet))


def _drawn_order(sheet):
    from workings.sheets.sheet import SLOTS

    told = []
    for band in sheet.bands:
        slots = band.slots if band.loose else sorted(band.slots, key=SLOTS.index)
        told += [c.name for slot in slots for row in band.slots[slot].cells for c in row if c.blank]
    return told


def test_a_page_is_light_and_dark():
    told = page.page(exercises.load(2).sheet())
    assert "prefers-color-scheme: dark" in told
    assert "forced-colors" in told
    assert "@media print" in told


def test_a_printed_page_keeps_rows_beside_columns():
    """The layout of a phone is for screens only; on A4 the matrices are made as small as they must be."""
    small, large = (page.page(exercises.load(n).sheet()) for n in (2, 7))
    assert "@media screen and (max-width: 760px)" in small
    assert "@media print { .board { zoom: 1.00 } }" in small
    assert 0.4 < float(large.split(".board { zoom: ")[1].split(" ")[0]) < 0.8
    assert "@page { size: A4 landscape;" in page.page(layout(two_classes(units=12, m=3)))


def test_no_text_is_ever_run():
    w = exercises.load(2).explain()
    sheet = layout(w, EVIL, EVIL, notes=[EVIL], titles={"Z1": EVIL})
    found = read(page.page(sheet))
    assert "script" not in found.tags
    assert "".join(found.text).count(EVIL.split("#")[0].strip()) >= 3
    told = tex.tex(sheet)
    assert "\\input{" not in told
    assert "\\textbackslash{}input\\{x\\}" in told


def test_html_and_latex_are_written_where_asked(tmp_path):
    w = exercises.load(4).explain()
    assert to_html(w, tmp_path / "a.html") == (tmp_path / "a.html").read_text(encoding="utf-8")
    assert to_latex(w, tmp_path / "a.tex") == (tmp_path / "a.tex").read_text(encoding="utf-8")
    assert r"{W}^{[2]} \mid {b}^{[2]} = \left[\begin{array}{rrrr|r}" in to_latex(w)


# ─── the command line ───

app = typer.Typer(cls=Verbs)
for verb in (exercise_verb, sheet_verb):
    app.command()(verb)
run = lambda *words: CliRunner().invoke(app, [str(word) for word in words])


def test_the_verb_exercise():
    assert "(1)(2) + (-1)(1) + (1)(3) + (-5) = -1\n" in run("exercise", 2, "--key").stdout
    assert run("exercise").stdout.splitlines()[6] == "7  Backpropagation"
    assert run("exercise", 7, "--step", 5).stdout.splitlines()[0].startswith("5. Layer 2, activations: dA2")
    assert run("exercise", 7, "--cell", "dW2[2,3]").stdout == "dW2[2,3] = (-1)(5) = -5\n"
    assert "[ __  __  __  |  __ ]" in run("exercise", 7).stdout
    assert "0.4955" in run("exercise", 7, "--exact", "--key").stdout
    assert json.loads(run("exercise", 3, "--json").stdout)["title"] == "Exercise 3: Four neurons"


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (["exercise", "9"], "there is no exercise '9'; there are 1 (Matrix multiplication)"),
        (["exercise", "7", "--step", "12"], "--step 12: exercise 7 has the steps 1 to 11"),
        (["exercise", "3", "--blank", "Q[1,1]"], "there is no array 'Q'"),
        (["exercise", "3", "--cell", "Z1[9,9]"], "there is no cell [9, 9]"),
        (["exercise", "3", "--exact"], "exercise 3 has no softmax"),
        (["exercise", "3", "--pdf", "nowhere/a.pdf"], "there is no folder 'nowhere'"),
        (["exercise", "3", "--xlsx", "a.txt"], "--xlsx writes a spreadsheet: name it .xlsx, not .txt"),
        (["exercise", "3", "--html", "a.pdf"], "--html writes a page: name it .html or .htm, not .pdf"),
        (["exercise", "3", "--pdf", "a"], "is .pdf, .svg or .png, not a name without an ending"),
        (["exercise", "3", "--cell", ""], "there is no array ''"),
        (["exercise", "3", "--blank", "J"], "there is no array 'J'"),
        (
            ["exercise", "6", "--blank", "b1"],
            "b1 is not on this sheet, so it cannot be left blank; there are X",
        ),
    ],
    ids=lambda words: " ".join(words) if isinstance(words, list) else "",
)
def test_what_is_wrong_is_said_in_a_sentence(words, told, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    done = run(*words)
    assert done.exit_code == 2
    assert told in done.stderr
    assert not list(tmp_path.iterdir())


def test_nothing_of_others_is_overwritten_and_ours_is(tmp_path):
    pytest.importorskip("typst", reason="typst is not installed: no paper")
    pytest.importorskip("xlsxwriter", reason="xlsxwriter is not installed: no spreadsheets")
    for option, name in (("--pdf", "a.pdf"), ("--xlsx", "a.xlsx"), ("--html", "a.html"), ("--tex", "a.tex")):
        path = tmp_path / name
        path.write_text("mine")
        done = run("exercise", 2, option, path)
        assert done.exit_code == 2
        assert "left as it is" in done.stderr
        assert path.read_text() == "mine"
        path.unlink()
        assert run("exercise", 2, option, path).exit_code == 0
        assert run("exercise", 2, "--key", option, path).exit_code == 0


def test_the_verb_sheet(tmp_path):
    rng = np.random.default_rng(0)
    rows = [f"{a:.2f},{b:.2f},{'yes' if a > b else 'no'}" for a, b in rng.random((30, 2))]
    (tmp_path / "table.csv").write_text("a,b,answer\n" + "\n".join(rows) + "\n")
    from workings.cli.train import train

    everything = typer.Typer(cls=Verbs)
    for each in (train, sheet_verb):
        everything.command()(each)
    model, data = tmp_path / "net.safetensors", tmp_path / "table.csv"
    words = ["train", data, "--target", "answer", "--hidden", "3", "--epochs", "1", "--out", model]
    done = CliRunner().invoke(everything, [str(word) for word in words])
    assert done.exit_code == 0, done.stderr
    words = [
        "sheet",
        model,
        "--data",
        data,
        "--target",
        "answer",
        "--row",
        2,
        "--rows",
        2,
        "--html",
        tmp_path / "s.html",
    ]
    done = CliRunner().invoke(everything, [str(word) for word in words])
    assert done.exit_code == 0, done.stderr
    assert "net, rows 2 to 3 of table.csv" in (tmp_path / "s.html").read_text(encoding="utf-8")
    told = CliRunner().invoke(everything, [str(word) for word in [*words[:-2], "--examples", "rows"]])
    assert "Z1 = X W1.T + b1.T" in told.stdout
    assert "each row is one example" in told.stdout
    refused = CliRunner().invoke(everything, [str(word) for word in [*words[:-2], "--examples", "diagonal"]])
    assert refused.exit_code == 2
    assert 'examples are "columns" or "rows", not \'diagonal\'' in refused.stderr
