"""Live spreadsheets: LibreOffice recalculates them, before and after a changed weight, and every cell is NumPy's."""

from __future__ import annotations

import math
import shutil
import subprocess
from fractions import Fraction
from functools import cache

import numpy as np
import pytest

from tests.sheet_cases import NETWORKS, network_of
from workings import exercises
from workings.explain import explain
from workings.ink import namespace as ink
from workings.ink.number import Name, Number, work
from workings.layers import Dense, Relu, Softmax
from workings.losses import CategoricalCrossEntropy
from workings.network import chain
from workings.optimizers import Adam, GradientDescent, Momentum, Nesterov
from workings.sheets import spreadsheet
from workings.sheets.board import Board
from workings.sheets.export import to_spreadsheet
from workings.sheets.formulas import Place, formula
from workings.sheets.grid import grid_of, range_names
from workings.sheets.layout import layout

openpyxl = pytest.importorskip("openpyxl", reason="openpyxl is not installed: spreadsheets cannot be read back")
pytest.importorskip("xlsxwriter", reason="xlsxwriter is not installed: spreadsheets cannot be written")
SOFFICE = shutil.which("soffice") or shutil.which("libreoffice")
needs_office = pytest.mark.skipif(SOFFICE is None, reason="LibreOffice is not installed: nothing is recalculated")


def pass_of(name, nudge=0.0):
    """The same with one step of an optimizer behind it."""
    w = network_of(name, nudge)
    return w.update(Adam(), 0.01) if name == "sigmoid" else w.update(GradientDescent(), 0.05)


def exercise_of(n, nudge=0):
    """The same for an exercise; "exact" is the seventh with the softmax worked out."""
    asked = exercises.load(7, exact=True) if n == "exact" else exercises.load(n)
    name = "A" if n == 1 else "W1"
    moved = [list(row) for row in asked.parameters[name]]
    moved[0][0] += nudge
    return asked.with_parameters(**{name: moved}).explain()


CASES = {name: lambda nudge, name=name: pass_of(name, nudge / 8) for name in NETWORKS}
CASES |= {f"exercise {n}": lambda nudge, n=n: exercise_of(n, nudge) for n in (1, 2, 3, 4, 5, 6, 7, "exact")}
CASES |= {f"{name} in rows": lambda nudge, made=CASES[name]: made(nudge).written_as(examples="rows")
          for name in ("softmax", "wide", "convolution", "exercise 7")}  # fmt: skip


@cache
def sheet_and_grid(name, nudge):
    w = CASES[name](nudge)
    product = ("A", "B", "C") if name == "exercise 1" else None
    sheet = layout(w, "A sheet", whole=True, product=product)
    return w, sheet, grid_of(sheet, Board(w))


def first_weight(name):
    """Where the weight that is changed stands, and what it becomes."""
    moved, _, grid = sheet_and_grid(name, 3)
    array = "A" if name == "exercise 1" else next(n for n in moved if n[0] == "W")
    place = next(p for n, p in grid.places.items() if n.array == array and set(n.cell) == {0})
    return place, float(moved.numbers[array].flat[0])


def expressions(count=400, seed=3):
    """Random workings of unnamed numbers, whose values a float can hold."""
    rng = np.random.default_rng(seed)

    def tree(depth):
        if depth == 0 or rng.random() < 0.15:
            n = int(rng.integers(-4, 5))
            return Number([n, Fraction(n, 3), n / 8][rng.integers(3)])
        op = rng.choice(
            ["+", "-", "*", "/", "**", "neg", "abs", "max", "where", "log1p", "exp", "tanh", "sqrt", "log"]
        )
        one = lambda: tree(depth - 1)
        if op == "**":
            return work(op, one(), Number(int(rng.integers(0, 4))))
        if op == "where":
            return work(op, work(rng.choice(["<", "<=", ">", ">=", "==", "!="]), one(), one()), one(), one())
        many = {"+": rng.integers(2, 5), "max": 2, "-": 2, "*": 2, "/": 2}.get(op, 1)
        return work(op, *[one() for _ in range(many)])

    made = []
    while len(made) < count:
        x = tree(4)
        values, todo = [], [x]
        while todo:
            node = todo.pop()
            values.append(float(node.value))
            todo += node.operands
        if x.operands and all(v - v == 0 and abs(v) < 1e6 for v in values):
            made.append(x)
    return made


@pytest.fixture(scope="module")
def recalculated(tmp_path_factory):
    """Every case twice, as written and with one weight changed, recalculated in one go."""
    folder = tmp_path_factory.mktemp("sheets")
    bare, out = folder / "bare", folder / "out"
    bare.mkdir()
    for name in CASES:
        w, sheet, _ = sheet_and_grid(name, 0)
        path = spreadsheet.write(w, sheet, folder / f"{name}.xlsx")
        for nudge in (0, 3):
            book = openpyxl.load_workbook(path)  # saved again, it holds formulas only: no number of ours is left
            if nudge:
                place, value = first_weight(name)
                book["Sheet"][str(place)] = value
            book.save(bare / f"{name}-{nudge}.xlsx")
    book = openpyxl.Workbook()
    book.active.title = "Sheet"
    for i, x in enumerate(expressions(), 1):
        book.active.cell(i, 1, "=" + formula(x, {}))
    book.save(bare / "expressions.xlsx")
    profile = f"-env:UserInstallation=file://{folder}/profile"
    files = [str(f) for f in sorted(bare.iterdir())]
    subprocess.run(
        [SOFFICE, profile, "--headless", "--convert-to", "xlsx:Calc MS Excel 2007 XML", "--outdir", str(out), *files],
        check=True,
        capture_output=True,
        timeout=240,
    )
    return {f.stem: openpyxl.load_workbook(f, data_only=True)["Sheet"] for f in out.iterdir()}


@needs_office
@pytest.mark.parametrize("nudge", [0, 3], ids=["as written", "a weight changed"])
@pytest.mark.parametrize("name", CASES)
def test_every_cell_is_numpys(recalculated, name, nudge):
    w, _, grid = sheet_and_grid(name, nudge)
    page, board = recalculated[f"{name}-{nudge}"], Board(w)
    assert len(grid.places) == sum(board.w.numbers[a].size for a in {n.array for n in grid.places})
    for cell, place in grid.places.items():
        found, wanted = page[str(place)].value, float(board.value(cell))
        assert found == pytest.approx(wanted, rel=1e-12, abs=1e-12), f"{cell} in {place}"


@needs_office
def test_random_workings_are_the_same_as_formulas(recalculated):
    """Brackets, signs and powers: a spreadsheet reads -2^2 as 4, where a working means -4."""
    page = recalculated["expressions"]
    for i, x in enumerate(expressions(), 1):
        assert page.cell(i, 1).value == pytest.approx(float(x.value), rel=1e-12, abs=1e-12), formula(x, {})


@needs_office
def test_the_weight_changed_something(recalculated):
    for name in CASES:
        before, after = recalculated[f"{name}-0"], recalculated[f"{name}-3"]
        _, _, grid = sheet_and_grid(name, 0)
        assert sum(before[str(p)].value != after[str(p)].value for p in grid.places.values()) > 1, name


@pytest.mark.parametrize("name", CASES)
def test_what_is_not_given_is_a_formula(name, tmp_path):
    w, sheet, grid = sheet_and_grid(name, 0)
    page = openpyxl.load_workbook(spreadsheet.write(w, sheet, tmp_path / "net.xlsx"))["Sheet"]
    board = Board(w)
    for cell, place in grid.places.items():
        made = bool(board.working(cell).operands)
        assert str(page[str(place)].value).startswith("=") == made, cell


A, B, C = (Number(2, name=Name("x", (0, i))) for i in range(3))
OF_X = {Name("x", (0, i)): Place(0, i) for i in range(30)} | {Name("y", (i, 0)): Place(i, 27) for i in range(30)}


@pytest.mark.parametrize(
    ("x", "told"),
    [
        (work("-", A, work("+", B, C)), "A1-(B1+C1)"),
        (work("-", work("+", A, B), C), "A1+B1-C1"),
        (work("-", A, work("*", B, C)), "A1-B1*C1"),
        (work("*", A, work("+", B, C)), "A1*(B1+C1)"),
        (work("*", work("+", A, B), C), "(A1+B1)*C1"),
        (work("*", work("*", A, B), C), "A1*B1*C1"),
        (work("/", A, work("*", B, C)), "A1/(B1*C1)"),
        (work("/", work("*", A, B), C), "A1*B1/C1"),
        (work("/", A, work("**", B, C)), "A1/B1^C1"),
        (work("**", work("/", A, B), Number(2)), "(A1/B1)^2"),
        (work("**", A, work("**", B, C)), "A1^(B1^C1)"),
        (work("**", Number(-2), A), "(-2)^A1"),
        (work("neg", A), "(-A1)"),
        (Number(2, "is", (A,)), "A1"),
        (work("neg", work("*", A, B)), "(-(A1*B1))"),
        (work("where", work("==", A, B), A, work("+", B, C)), "IF(A1=B1,A1,B1+C1)"),
        (work("where", work("!=", work("+", A, B), C), A, C), "IF(A1+B1<>C1,A1,C1)"),
        (work("+", work(">", A, B), C), "(A1>B1)+C1"),
        (work("log1p", work("+", A, B)), "LN(1+(A1+B1))"),
        (work("log1p", work("*", A, B)), "LN(1+A1*B1)"),
        (work("max", A, Number(0)), "MAX(A1,0)"),
        (work("exp", work("neg", A)), "EXP((-A1))"),
        (work("*", Number(Fraction(1, 3)), A), "(1/3)*A1"),
        (work("*", Number(Fraction(3)), A), "3*A1"),
        (work("*", Number(-0.5), A), "(-0.5)*A1"),
        (work("*", Number(math.inf), A), "NA()*A1"),
        (work("*", Number(math.nan), A), "NA()*A1"),
        (work("where", Number(True), A, Number(False)), "IF(TRUE,A1,FALSE)"),
    ],
)
def test_a_working_as_a_formula(x, told):
    assert formula(x, OF_X) == told


def test_from_twelve_terms_on_a_sum_is_a_range():
    x, y = ink.asarray(np.ones((1, 30)), "x"), ink.asarray(np.ones((30, 1)), "y")
    b, other = Number(0.5, name=Name("x", (0, 29))), Number(0.5)
    row, column = x[:, :12], y[:12, :]
    products = (x[:, 2:14] @ y[1:13, :]).cell(0, 0)
    assert formula(products, OF_X) == "SUM(MMULT(C1:N1,AB2:AB13))"
    assert formula((column.T @ x[:, :12].T).cell(0, 0), OF_X) == "SUM(MMULT(A1:L1,AB1:AB12))"
    assert formula((row @ x[:, 12:24].T).cell(0, 0), OF_X) == "SUMPRODUCT(A1:L1,M1:X1)"
    assert formula((x[:, :11] @ y[:11, :]).cell(0, 0), OF_X).count("*") == 11
    assert formula(ink.sum(row, axis=1, keepdims=True).cell(0, 0), OF_X) == "SUM(A1:L1)"
    assert formula(ink.sum(column, axis=0, keepdims=True).cell(0, 0), OF_X) == "SUM(AB1:AB12)"
    assert formula(work("+", *products.operands, b), OF_X) == "SUM(MMULT(C1:N1,AB2:AB13))+AD1"
    assert formula(work("+", *products.operands[:-1], other), OF_X).count("*") == 11
    apart = [work("*", p, p) for p in ink.sum(x[:, ::2], axis=1, keepdims=True).cell(0, 0).operands]
    assert formula(work("+", *apart), OF_X).startswith("A1*A1+C1*C1+")
    longer = (x @ y + (x[:, :1] - x[:, 1:2])).cell(0, 0)
    assert formula(longer, OF_X) == "SUM(MMULT(A1:AD1,AB1:AB30))+(A1-B1)"
    assert formula(work("*", products, b), OF_X) == "SUM(MMULT(C1:N1,AB2:AB13))*AD1"


def test_columns_are_lettered_as_in_a_spreadsheet():
    columns = {0: "A", 25: "Z", 26: "AA", 51: "AZ", 52: "BA", 701: "ZZ", 702: "AAA"}
    assert {n: str(Place(8, n)) for n in columns} == {n: f"{letters}9" for n, letters in columns.items()}


def test_long_sums_are_ranges(tmp_path):
    w, sheet, grid = sheet_and_grid("wide", 0)
    page = openpyxl.load_workbook(spreadsheet.write(w, sheet, tmp_path / "net.xlsx"))["Sheet"]
    told = {cell.array: page[str(place)].value for cell, place in grid.places.items()}
    assert told["Z1"].startswith("=SUM(MMULT(")
    assert told["dA1"].startswith("=SUMPRODUCT(")
    assert told["dW1"].startswith("=SUMPRODUCT(")
    assert told["db1"].startswith("=SUM(")
    assert told["W1_new"].count("rate") == 1


@pytest.mark.parametrize(("optimizer", "alpha"), [(Momentum(0.9), 0.9), (Nesterov(0.9), 0.9), (Momentum(0.5), 1.0)])
def test_a_constant_that_equals_the_rate_is_not_the_rate(optimizer, alpha, tmp_path):
    w = network_of("squares").update(optimizer, alpha)
    sheet = layout(w, whole=True)
    page = openpyxl.load_workbook(spreadsheet.write(w, sheet, tmp_path / "net.xlsx"))["Sheet"]
    told = {cell.array: page[str(place)].value for cell, place in grid_of(sheet, Board(w)).places.items()}
    assert "rate" not in told["V_W1_new"]
    assert told["W1_new"].count("rate") == 1
    shown = [cell.value for row in page for cell in row if "×" in str(cell.value)]
    assert not any("rate × V_W1 +" in text or "+ rate" in text for text in shown)


def test_the_cached_values_are_the_numbers(tmp_path):
    """A viewer that recalculates nothing shows the right numbers too."""
    w, sheet, grid = sheet_and_grid("exercise 7", 0)
    page = openpyxl.load_workbook(spreadsheet.write(w, sheet, tmp_path / "net.xlsx"), data_only=True)["Sheet"]
    board = Board(w)
    assert all(page[str(p)].value == pytest.approx(float(board.value(n))) for n, p in grid.places.items())


def test_every_array_is_a_named_range(tmp_path):
    w, sheet, grid = sheet_and_grid("exercise 7", 0)
    book = openpyxl.load_workbook(spreadsheet.write(w, sheet, tmp_path / "net.xlsx"))
    names = set(book.defined_names)
    assert {"W_1", "b_1", "Z_1", "A_1", "dW_1", "db_1", "dZ_3", "W_1_new", "X", "Y", "L", "J", "rate"} <= names
    assert names - {"rate"} == set(range_names({n.array for n in grid.places}).values())
    W, b = book.defined_names["W_1"].attr_text, book.defined_names["b_1"].attr_text
    page = book["Sheet"]
    assert [[c.value for c in row] for row in page[W.split("!")[1]]] == [[1, -1, 1], [1, 1, 0], [0, 1, 1], [1, 0, 1]]
    assert [row[0].value for row in page[b.split("!")[1]]] == [-5, 0, 1, -2]


@needs_office
def test_what_is_made_of_a_blank_is_empty_until_it_is_filled(tmp_path):
    """Never 0 for what is not computed yet; a learner's own number is carried on."""
    asked = exercises.load(4)
    sheet = asked.sheet(whole=True, blanks=["A1", "Z2[1,1]"])
    path = spreadsheet.write(asked.explain(), sheet, tmp_path / "empty.xlsx")
    grid = grid_of(sheet, Board(asked.explain()))
    places = {f"{n.array}[{n.cell[0] + 1},{n.cell[1] + 1}]": str(p) for n, p in grid.places.items()}
    assert openpyxl.load_workbook(path)["Sheet"][places["A1[1,1]"]].value is None
    most = {"A1[1,1]": 0, "A1[4,1]": 3, "A1[3,1]": 7, "Z2[1,1]": 9}  # 7 is the learner's own
    states = {"open": {}, "most": most, "all": {**most, "A1[2,1]": 3}}
    for name, filled in states.items():
        book = openpyxl.load_workbook(path)
        for cell, value in filled.items():
            book["Sheet"][places[cell]] = value
        book.save(tmp_path / f"{name}.xlsx")
    files = [str(tmp_path / f"{name}.xlsx") for name in states]
    profile = f"-env:UserInstallation=file://{tmp_path}/profile"
    command = [SOFFICE, profile, "--headless", "--convert-to", "xlsx:Calc MS Excel 2007 XML", "--outdir"]
    subprocess.run([*command, str(tmp_path / "out"), *files], check=True, capture_output=True, timeout=240)
    found = {}
    for name in states:
        page = openpyxl.load_workbook(tmp_path / "out" / f"{name}.xlsx", data_only=True)["Sheet"]
        found[name] = [page[places[cell]].value for cell in ("Z1[1,1]", "Z2[2,1]", "A2[2,1]", "A2[1,1]")]
    assert [[x if x != "" else None for x in told] for told in found.values()] == [
        [-1, None, None, None],  # Z1 is made of given numbers only
        [-1, None, None, 9],  # one of four is still missing
        [-1, 5, 5, 9],  # 7 - 3 + 1, carried on
    ]


def test_no_text_becomes_a_formula(tmp_path):
    evil = '=HYPERLINK("http://example.invalid","x")'
    w = exercise_of(2)
    sheet = layout(w, evil, evil, notes=["=1+1", "@SUM(A1)", "+1", "-1"], titles={"Z1": evil}, whole=True)
    path = spreadsheet.write(w, sheet, tmp_path / "evil.xlsx")
    for page in openpyxl.load_workbook(path):
        for row in page.iter_rows():
            for cell in row:
                if cell.data_type == "f":
                    assert "HYPERLINK" not in cell.value
                    assert cell.value != "=1+1"
    assert openpyxl.load_workbook(path)["Sheet"]["B1"].value == evil
    assert openpyxl.load_workbook(path)["Sheet"]["B1"].data_type == "s"


def test_names_that_are_no_names_for_ranges():
    odd = ["C", "R", "=cmd", "x y", "1", "A1", "a1", "XFD1048576", "dX←S1.B", "rate"]
    made = range_names(odd)
    assert len({name.upper() for name in made.values()}) == len(odd)
    for name in made.values():
        assert name.replace("_", "a").isalnum()
        assert not name[0].isdigit()
        assert name.upper() not in ("C", "R", "A1", "XFD1048576", "RATE")


def test_too_large_for_a_spreadsheet(tmp_path):
    network = chain(Dense(100), Relu(), Dense(10), Softmax())
    w = explain(network, CategoricalCrossEntropy(), network.init(np.random.default_rng(0), (784,)), np.ones((784, 1)),
                np.eye(10)[:, :1])  # fmt: skip
    with pytest.raises(ValueError, match=r"spreadsheet of 160,\d+ cells, 78,400 of them in W1; up to 20,000"):
        to_spreadsheet(w, tmp_path / "net.xlsx")
    assert not (tmp_path / "net.xlsx").exists()


def test_just_below_the_limit_it_is_written(tmp_path):
    network = chain(Dense(60), Relu(), Dense(2), Softmax())
    params = network.init(np.random.default_rng(0), (150,))
    w = explain(network, CategoricalCrossEntropy(), params, np.ones((150, 1)), np.eye(2)[:, :1])
    assert sum(w.numbers[n].size for n in w) > 18_000
    path = to_spreadsheet(w, tmp_path / "net.xlsx")
    assert path.stat().st_size > 10_000


def test_another_ending_is_refused(tmp_path):
    with pytest.raises(ValueError, match=r"a spreadsheet is \.xlsx, not '\.xls'"):
        to_spreadsheet(exercise_of(2), tmp_path / "net.xls")


def test_rows_and_columns_that_meet_have_one_edge_and_pattern_beside_their_tint(tmp_path):
    """So a black and white print tells pairs apart: exercise 5, three blanks, each with its row and its column."""
    asked = exercises.load(5)
    page = openpyxl.load_workbook(asked.to_spreadsheet(tmp_path / "a.xlsx"))["Sheet"]
    grid = grid_of(asked.sheet(whole=True), Board(asked.explain()))
    at = {f"{n.array}[{n.cell[0] + 1},{n.cell[1] + 1}]": page[str(p)] for n, p in grid.places.items()}
    seen = set()
    for k in (1, 2, 3):
        row, column, blank = at[f"W1[{k},1]"], at[f"X[1,{k}]"], at[f"Z1[{k},{k}]"]
        edge = row.border.left.style
        assert edge == at[f"W1[{k},2]"].border.left.style == column.border.top.style
        assert edge == blank.border.left.style == blank.border.top.style != "thin"
        assert row.fill.patternType == column.fill.patternType != "solid"
        assert blank.value is None
        seen.add((edge, row.fill.patternType))
    assert len(seen) == 3
    assert at["W1[4,1]"].border.left.style == "thin"  # no blank in its row
    assert at["b1[4,1]"].border.left.style == "double"  # the line between weights and biases


def test_no_two_marks_side_by_side_have_the_same_edge():
    from workings.sheets.looks import EDGES, FILLS
    from workings.sheets.marks import PATTERNS

    assert set(EDGES) == set(FILLS) == set(PATTERNS)
    assert len(set(EDGES.values())) == len(set(FILLS.values())) == len(PATTERNS)


def test_an_interrupted_write_leaves_the_old_file(tmp_path, monkeypatch):
    """Every form goes through the house's own writing: the old file or the new one, never half of it."""
    from workings.saving import files

    asked = exercises.load(2)
    forms = {"a.xlsx": asked.to_spreadsheet, "a.html": asked.to_html, "a.tex": asked.to_latex, "a.pdf": asked.to_pdf}
    for name, write in forms.items():
        write(tmp_path / name)
    before = {name: (tmp_path / name).read_bytes() for name in forms}

    def full(*_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(files, "_write_beside", full)
    for name, write in forms.items():
        with pytest.raises(OSError, match="disk"):
            write(tmp_path / name, key=True)
    assert {name: (tmp_path / name).read_bytes() for name in forms} == before
    assert sorted(p.name for p in tmp_path.iterdir()) == sorted(forms)
