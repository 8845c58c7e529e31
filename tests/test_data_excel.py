"""Excel sheets: their cells as they were last computed, and nothing that a file could do to us."""

# ruff: noqa: PT017 (a flipped bit may pass or be refused, and both are right: pytest.raises does not fit)

from __future__ import annotations

import datetime
import io
import struct
import tracemalloc
import zipfile
import zlib

import numpy as np
import pytest

from workings.data import table

openpyxl = pytest.importorskip("openpyxl")

FLATS = [
    ["size", "place", "sea view", "zip", "rent"],
    [70, "sea", True, "01067", 900.5],
    [None, "town", False, "80331", 700],
    [55.25, "town", False, "01067", 650],
]


@pytest.fixture
def write(tmp_path):
    """Write rows into a sheet, change cells, and give the path."""

    def written(rows=FLATS, title="Flats", others=(), **cells):
        book = openpyxl.Workbook()
        sheet = book.active
        sheet.title = title
        for row in rows:
            sheet.append(row)
        for cell, value in cells.items():
            sheet[cell] = value
        for other in others:
            book.create_sheet(other).append(["something", "else"])
        book.save(tmp_path / "flats.xlsx")
        return tmp_path / "flats.xlsx"

    return written


def test_known_cells(write):
    flats = table(write(), target="rent")
    assert flats.kinds == {
        "size": "number",
        "place": "category",
        "sea view": "number",
        "zip": "category",
        "rent": "number",
    }
    np.testing.assert_array_equal(flats.columns["size"], [70, np.nan, 55.25])
    assert flats.columns["sea view"].tolist() == [1, 0, 0]
    assert flats.columns["zip"].tolist() == ["01067", "80331", "01067"]
    assert flats.y.tolist() == [900.5, 700, 650]
    assert flats.where(1).startswith("sheet row 3 of")
    assert flats.missing == {"size": (1,)}
    assert any("begins with a zero" in note for note in flats.notes)


def test_the_first_sheet_that_is_not_hidden_is_read_and_that_is_said(write):
    path = write(others=["Notes", "More"])
    assert "the sheet 'Flats' was read, not 'Notes', 'More'" in table(path).notes
    assert table(path, sheet="Notes", header=False, target=False).columns["column 0"].tolist() == ["something"]
    with pytest.raises(ValueError, match="no sheet 'Flat'; did you mean 'Flats'"):
        table(path, sheet="Flat")


def test_merged_cells_are_read_as_they_look_and_named(write):
    """Downwards the one value stands for each of its rows; across columns it would be in two features."""
    path = write()
    book = openpyxl.load_workbook(path)
    book.active.merge_cells("B3:B4")
    book.active.merge_cells("A4:B4")
    book.active.merge_cells("H1:J9")
    book.save(path)
    flats = table(path, target="rent")
    assert flats.columns["place"].tolist() == ["sea", "town", "town"]
    np.testing.assert_array_equal(flats.columns["size"], [70, np.nan, 55.25])
    down, beside = flats.notes[:2]
    assert "'B3:B4' are read as one value in every row" in down
    assert "'A4:B4' only the first holds a value" in beside
    assert not any("H1" in note for note in flats.notes)


def test_empty_rows_and_columns_around_the_table_do_not_count(write):
    spaced = [[], [None, *FLATS[0]], [None, *FLATS[1]], [], [None, *FLATS[2]], [None, *FLATS[3], None]]
    with pytest.raises(ValueError, match=r"column 0 .* has no name"):
        table(write(spaced))
    flats = table(write(spaced), drop="column 0")
    assert flats.places == (3, 5, 6)
    assert flats.names == tuple(FLATS[0])


@pytest.mark.parametrize(
    ("cells", "says"),
    [
        ({"A3": "12O"}, "column 'size' holds numbers, but sheet row 3 says '12O'"),
        ({"A3": "#DIV/0!"}, "sheet row 3 says '#DIV/0!'"),
        (
            {"A3": datetime.date(2024, 5, 1)},
            "'size' holds dates or times .'2024-05-01 00:00:00', sheet row 3.",
        ),
        ({"A3": "=A2*2"}, r"cell A3 holds the formula =A2\*2, and the file does not store its result"),
        ({"E3": None}, "target column 'rent' is empty in sheet row 3 of"),
        ({"B1": "size"}, "sheet row 1: columns 0 and 1 .counted from 0. are both named 'size'"),
        ({"B1": None}, "column 1 .counted from 0. has no name"),
    ],
)
def test_what_could_be_read_in_two_ways_is_refused_with_its_place(write, cells, says):
    with pytest.raises(ValueError, match=says):
        table(write(**cells))


def test_numbers_typed_as_text_are_numbers(write):
    assert table(write(A3="61.5")).columns["size"].tolist() == [70, 61.5, 55.25]
    assert table(write(A3="61,5", A4="7,5"), decimal=",").columns["size"].tolist() == [70, 61.5, 7.5]
    assert table(write(A3="n/a"), missing=("", "n/a")).missing == {"size": (1,)}


def test_results_of_formulas_are_read(tmp_path):
    xlsxwriter = pytest.importorskip("xlsxwriter")
    with xlsxwriter.Workbook(tmp_path / "f.xlsx") as book:
        sheet = book.add_worksheet()
        sheet.write_row(0, 0, ["a", "b"])
        for i in range(1, 4):
            sheet.write_number(i, 0, i)
            sheet.write_formula(i, 1, f"=A{i + 1}*2", None, 2 * i)
    assert table(tmp_path / "f.xlsx").y.tolist() == [2, 4, 6]


def test_other_files(tmp_path):
    (tmp_path / "old.xls").write_bytes(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600))
    with pytest.raises(ValueError, match=r"an old Excel file, or one with a password: save it as \.xlsx"):
        table(tmp_path / "old.xls")
    with zipfile.ZipFile(tmp_path / "a.zip", "w") as parts:
        parts.writestr("a.txt", "x")
    with pytest.raises(ValueError, match="is a ZIP file and no workbook"):
        table(tmp_path / "a.zip")
    (tmp_path / "no.xlsx").write_bytes(b"size,price\n1,2\n")
    with pytest.raises(ValueError, match="damaged ZIP or Excel file"):
        table(tmp_path / "no.xlsx")


def repacked(path, **parts):
    """The same workbook with parts replaced (a / is written __)."""
    with zipfile.ZipFile(path) as old:
        kept = {name: old.read(name) for name in old.namelist()}
    kept |= {name.replace("__", "/"): content for name, content in parts.items()}
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as new:
        for name, content in kept.items():
            new.writestr(name, content)
    return path


SHEET = "xl__worksheets__sheet1.xml"
XML = '<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main">{}</worksheet>'


def laughs(encoding):
    lines = "".join(f'<!ENTITY l{i} "{f"&l{i - 1};" * 10}">' for i in range(1, 10))
    declared = f'<?xml version="1.0" encoding="{encoding}"?><!DOCTYPE l [<!ENTITY l0 "ha">{lines}]>'
    return (declared + XML.format("<sheetData><row><c t='str'><v>&l9;</v></c></row></sheetData>")).encode(encoding)


BOMBS = {
    "a part of zeros": ({"xl__media__a.bin": bytes(300_000_000)}, "declares .* the most is"),
    "entities": ({SHEET: laughs("utf-8")}, "declares entities"),
    "entities in UTF-16": ({SHEET: laughs("utf-16")}, "declares entities"),
    "a far cell": (
        {SHEET: XML.format("<sheetData>" + '<row><c r="XFD1"><v>1</v></c></row>' * 3000 + "</sheetData>").encode()},
        "more than 20,000,000 cells",
    ),
}


@pytest.mark.parametrize("bomb", BOMBS)
def test_bombs_take_no_memory(write, bomb):
    parts, says = BOMBS[bomb]
    path = repacked(write(), **parts)
    assert path.stat().st_size < 1_000_000
    tracemalloc.start()
    with pytest.raises(ValueError, match=says):
        table(path)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 256e6


def test_a_declared_size_is_not_believed(write):
    """A sheet that says A1:XFD1048576 of itself, and a ZIP whose directory lies about a part."""
    told = XML.format('<dimension ref="A1:XFD1048576"/><sheetData>{}</sheetData>')
    rows = "".join(f'<row r="{i}"><c r="A{i}"><v>{i}</v></c><c r="B{i}"><v>{2 * i}</v></c></row>' for i in (1, 2, 9))
    path = repacked(write(), **{SHEET: told.format(rows).encode()})
    assert table(path, header=False).y.tolist() == [2, 4, 18]
    contents = bytearray(path.read_bytes())
    at = contents.rfind(b"PK\x01\x02")
    contents[at + 24 : at + 28] = struct.pack("<I", 10)  # a smaller size than is packed
    path.write_bytes(contents)
    with pytest.raises(ValueError, match="damaged ZIP or Excel file"):
        table(path)


def test_every_flipped_bit_of_the_cells_is_found(write):
    path = write()
    whole = path.read_bytes()
    rng = np.random.default_rng(0)
    same = table(path)
    for _ in range(60):
        contents = bytearray(whole)
        contents[rng.integers(0, len(contents))] ^= 1 << rng.integers(0, 8)
        path.write_bytes(contents)
        try:
            found = table(path)
        except ValueError as error:
            assert "flats.xlsx" in str(error) or "column" in str(error)
        else:  # a byte that no cell depends on
            for name, values in same.columns.items():
                np.testing.assert_array_equal(found.columns[name], values)


def test_a_workbook_in_memory_has_no_leftover(write):
    """The reader closes the file: it can be replaced at once, on every system."""
    path = write()
    table(path)
    path.write_bytes(io.BytesIO(zlib.compress(b"x")).getvalue())
    with pytest.raises(ValueError, match="damaged"):
        table(path)
