"""Tables: exact cells, kinds that are said, and a sentence with line, column and cure for everything else."""

from __future__ import annotations

import os
import zipfile
from pathlib import Path

import numpy as np
import pytest

from workings.data import Table, table

HERE = os.environ.get("WORKINGS_DATA", "")
HOUSING = Path(HERE, "housing", "california_housing.csv")


@pytest.fixture
def write(tmp_path):
    def write(text, name="flats.csv"):
        path = tmp_path / name
        path.write_bytes(text if isinstance(text, bytes) else text.encode())
        return path

    return write


FLATS = "size,place,rent\n70,sea,900\n,town,850\n55.5,,700\n"


def test_numbers_categories_and_missing_cells(write):
    flats = table(write(FLATS), target="rent")
    assert flats.kinds == {"size": "number", "place": "category", "rent": "number"}
    assert flats.missing == {"size": (1,), "place": (2,)}
    np.testing.assert_array_equal(flats.columns["size"], [70, np.nan, 55.5])
    assert flats.columns["place"].tolist() == ["sea", "town", None]
    assert (flats.y.dtype, flats.y.tolist()) == (np.int64, [900, 850, 700])
    assert (flats.names, list(flats.features), len(flats)) == (("size", "place", "rent"), ["size", "place"], 3)
    assert flats.where(2).startswith("line 4 of ")
    assert flats.notes == ()
    part = flats.take([2, 0])
    assert part.columns["place"].tolist() == [None, "sea"]
    assert (part.where(0)[:6], part.missing) == ("line 4", {"place": (0,)})
    assert flats.records()[1] == (None, "town")
    text = str(flats)
    assert "size   number    55.5 to 70, 1 missing" in text
    assert "rent   number    700 to 900   <- target" in text


@pytest.mark.parametrize("target", ["rent", 2, -1, None])
def test_the_target_by_name_by_number_and_by_default(write, target):
    flats = table(write(FLATS), target)
    assert (flats.target, flats.y.tolist()) == ("rent", [900, 850, 700])
    said = "the target is the last column, 'rent', because none was named"
    assert (said in flats.notes) == (target is None)


def test_a_table_without_a_target(write):
    flats = table(write(FLATS), target=False)
    assert list(flats.features) == ["size", "place", "rent"]
    with pytest.raises(ValueError, match="without a target; name one: target='rent'"):
        _ = flats.y


@pytest.mark.parametrize(
    "text",
    [
        "\ufeff" + FLATS,
        FLATS.replace("\n", "\r\n"),
        FLATS.replace("\n", "\r"),
        FLATS.replace(",", ";"),
        FLATS.replace(",", "\t"),
        FLATS.replace(",", " , ").replace("\n", "\n\n"),
        FLATS.replace("sea", '"sea"').rstrip("\n"),
    ],
)
def test_the_same_table_however_it_was_saved(write, text):
    flats = table(write(text), "rent")
    assert flats.names == ("size", "place", "rent")
    assert flats.records() == [(70.0, "sea"), (None, "town"), (55.5, None)]
    assert flats.y.tolist() == [900, 850, 700]


def test_quoted_cells_hold_delimiters_quotes_and_line_ends(write):
    found = table(write('what,price\n"a, ""b""\nand c",1\nמחיר 🏠,2\n'))
    assert found.columns["what"].tolist() == ['a, "b"\nand c', "מחיר 🏠"]
    assert found.where(1).startswith("line 4 of")  # the quoted line end counts as a line


@pytest.mark.parametrize(
    ("cells", "values"),
    [
        (["1", "-2", "+3"], [1, -2, 3]),
        (["1e3", ".5", "7."], [1000.0, 0.5, 7.0]),
        (["123456789012345678", "1"], [123456789012345678, 1]),
        (["0", "0.5", "-0.25"], [0.0, 0.5, -0.25]),
        (["0.1", "0.30000000000000004", "5e-324"], [0.1, 0.30000000000000004, 5e-324]),
    ],
)
def test_numbers_are_read_to_the_last_bit(write, cells, values):
    found = table(write("n,y\n" + "".join(f"{cell},1\n" for cell in cells)))
    assert found.columns["n"].tolist() == values
    assert found.columns["n"].dtype == np.array(values).dtype


def test_codes_with_leading_zeros_stay_texts_and_it_is_said(write):
    path = write("zip,rent\n02139,9\n10001,8\n")
    found = table(path)
    assert found.columns["zip"].tolist() == ["02139", "10001"]
    assert "'02139' (line 2) begins with a zero" in found.notes[0]
    assert table(path, kinds={"zip": "number"}).columns["zip"].tolist() == [2139, 10001]
    assert table(write("zip,rent\n1,9\n"), kinds={"zip": "category"}).columns["zip"].tolist() == ["1"]


def test_options(write):
    path = write("id;a;when;b\n7;1,5;2024-01-31;NA\n8;-2,25;2024-02-01;4\n")
    found = table(path, "a", drop=("id", "when"), decimal=",", missing=("", "NA"))
    assert found.names == ("a", "b")
    assert found.y.tolist() == [1.5, -2.25]
    assert found.missing == {"b": (0,)}
    assert "cells are parted by ';'" in found.notes
    assert table(write("1,2\n3,4\n"), header=False).names == ("column 0", "column 1")
    assert table(write("1999,2000\n3,4\n"), header=True).names == ("1999", "2000")
    assert table(write("a,b\ncaf\xe9,1\n".encode("latin-1")), encoding="latin-1").columns["a"].tolist() == ["café"]
    assert table(write(FLATS.encode("utf-16")), encoding="utf-16").y.tolist() == [900, 850, 700]
    assert table(write("a:b\nx:1\n"), delimiter=":").y.tolist() == [1]
    assert table(write(",a,b\n0,5,1\n1,6,2\n"), drop="column 0").names == ("a", "b")


BAD = [
    (b"", {}, "is empty: a table has a line of column names"),
    (b"\n\n\r\n", {}, "is empty"),
    (b"a,b\n", {}, "no rows below it"),
    (b"a,b\n1,2\n3\n", {}, "line 3 has 1 cell, and line 1 has 2: is a cell missing"),
    (b"a,b\n1,2\n\n3,4,5\n", {}, "line 4 has 3 cells, and line 1 has 2: is there a ',' too many"),
    (b"a,b,a\n1,2,3\n", {}, "line 1: columns 0 and 2 .* are both named 'a'"),
    (b"a,,b\n1,2,3\n", {}, r"column 1 \(counted from 0\) has no name"),
    (b"1,2\n3,4\n", {}, "line 1 is all numbers, .* header=False"),
    (b"size,price\n1,2\n3,4\n", {"target": "prise"}, "no column 'prise'; did you mean 'price'"),
    (b"a,b\n1,2\n", {"target": "zzz"}, "no column 'zzz'; there are: 'a', 'b'"),
    (b"a,b\n1,2\n", {"target": 2}, "columns 0 to 1, and no column 2"),
    (b"a,b\n1,2\n", {"target": 1.0}, "name or number, or False"),
    (b"a,b\n1,2\n", {"drop": "c"}, "no column 'c'"),
    (b"a,b\n1,2\n", {"kinds": {"c": "number"}}, "no column 'c'"),
    (b"a,b\n1,2\n", {"kinds": {"a": "text"}}, "'number' or 'category', not 'text'"),
    (b"a,b\n1,2\n", {"drop": ("a", "b")}, "has no columns"),
    (b"a\n1\n2\n", {}, "one column only, 'a'"),
    (b"a,b\n1,2\n3,\n", {}, "target column 'b' is empty in line 3"),
    (b"a,b\n1,2\n12O,3\n4,5\n", {}, "column 'a' holds numbers, but line 3 says '12O'.*kinds={'a': 'category'}"),
    (b"a,b\n1,2\n2,2\n3,2\nx,3\ny,5\n", {}, r"line 5 says 'x' \(and 1 more such cells\)"),
    (b"a,b\n1,2\nNaN,3\n4,5\n", {}, r"line 3 says 'NaN', which is not a finite number.*missing=\('', 'NaN'\)"),
    (b"a,b\n1,2\n-inf,3\n4,5\n", {}, "line 3 says '-inf', which is not a finite number"),
    (b"a,b\n1,2\n1e999,3\n", {}, "column 'a', line 3: '1e999' is too large"),
    (b'a,b\n1.5,2\n"1,5",3\n4,5\n', {}, "line 3 says '1,5'.*decimal=','"),
    (b"a;b\n1,5;2\n2,5;3\n", {}, r"numbers with a comma \('1,5', line 2\).*decimal=','"),
    (b"a;b\n1.5;2\n2,5;3\n2,5;3\n", {"decimal": ","}, "line 2 says '1.5'"),
    (b"a,b\nx,2\n", {"kinds": {"a": "number"}}, "line 2 says 'x'"),
    (b"when,b\n2024-01-31,2\n2024-02-01,3\n", {}, r"'when' holds dates or times \('2024-01-31', line 2\).*drop="),
    (b"when,b\n31.1.2024 10:30,2\n,3\n", {}, "holds dates or times"),
    (b"when,b\n3 Jan 2024,2\n", {}, "holds dates or times"),
    (b"when,b\n10:30,2\n", {}, "holds dates or times"),
    (b"a,b\ncaf\xe9,2\n", {}, "line 2: byte 7 is e9, which is not utf-8 text.*encoding='latin-1'"),
    (b"\xef\xbb\xbfa,b\r\n1,2\r\n\xff,2\n", {}, "line 3: byte 13 is ff"),
    (b"a,b\n1,2\n3,\0\n", {}, "line 3: character 10 is a NUL"),
    (FLATS.encode("utf-16"), {}, "is UTF-16 text.*encoding='utf-16'"),
    (b'a,b\n1,"2\n3,4\n', {}, "line 2: this row cannot be read .*double quote"),
    (b'a,b\n1,2\n"x"y,4\n', {}, "line 3: this row cannot be read"),
    (b"a,b\n1," + b"9" * 200_000 + b"\n", {}, "line 2: this row cannot be read .field larger"),
    (b"a,b\n1," + b"9" * 400 + b"\n", {}, r"line 2: '9+'\.\.\. \(400 characters\) is too large"),
    (b"a,b\n1,2\n", {"encoding": "klingon"}, "no encoding named 'klingon'"),
    (b"a,b\n1,2\n", {"delimiter": "--"}, "a delimiter is one character"),
    (b"a,b\n1,2\n", {"decimal": "'"}, "decimal is '.' or ','"),
    (b"\x1f\x8b\x08" + bytes(20), {}, "packed with gzip"),
    (b"\x89HDF\r\n\x1a\n", {}, "an HDF5 file"),
]


@pytest.mark.parametrize(("text", "options", "says"), BAD)
def test_what_cannot_be_read_is_said(write, text, options, says):
    with pytest.raises(ValueError, match=says) as caught:
        table(write(text), **options)
    assert type(caught.value) is ValueError
    assert len(str(caught.value)) < 700


def test_files_that_are_not_there(write, tmp_path):
    write(FLATS)
    with pytest.raises(FileNotFoundError, match=r"there is 'flats\.csv'"):
        table(tmp_path / "flat.csv")
    with pytest.raises(IsADirectoryError, match="is a folder"):
        table(tmp_path)
    with zipfile.ZipFile(tmp_path / "t.npz", "w") as file:
        file.writestr("a.npy", b"x")
    with pytest.raises(ValueError, match="holds several NumPy arrays"):
        table(tmp_path / "t.npz")


@pytest.mark.parametrize("kind", ["u1", "i2", ">i4", "f2", ">f8", "f4", "?"])
@pytest.mark.parametrize("order", ["C", "F"])
def test_npy_by_number(tmp_path, kind, order):
    matrix = np.asarray(np.arange(6).reshape(3, 2) % 2, dtype=kind, order=order)
    np.save(tmp_path / "m.npy", matrix)
    found = table(tmp_path / "m.npy", target=0)
    assert (found.target, found.names) == ("column 0", ("column 0", "column 1"))
    assert found.columns["column 1"].tolist() == [1, 1, 1]
    assert found.y.dtype == (np.float64 if "f" in kind else np.int64)
    assert found.where(2).startswith("row 2 of")


def test_npy_missing_infinite_and_categories(tmp_path):
    path = tmp_path / "m.npy"
    np.save(path, np.array([[1.0, np.nan], [2.5, 3.0]]))
    assert table(path, 0).missing == {"column 1": (0,)}
    assert table(path, 0, kinds={"column 1": "category"}).columns["column 1"].tolist() == [None, "3"]
    np.save(path, np.array([[1.0, np.inf]]))
    with pytest.raises(ValueError, match="infinite number in row 0, column 1"):
        table(path)


@pytest.mark.parametrize(
    ("array", "says"),
    [
        (np.array([["a"]], dtype=object), "pickled Python objects, which are never opened"),
        (np.array([["a"]]), "not real numbers"),
        (np.array([[1j]]), "not real numbers"),
        (np.array([["2024-01-01"]], "M8[D]"), "not real numbers"),
        (np.zeros(3, [("a", int)]), "not real numbers"),
        (np.zeros(3), r"shape \(3,\).*reshape"),
        (np.zeros((2, 2, 2)), "two dimensions"),
        (np.zeros((0, 2)), "no rows"),
        (np.zeros((2, 0)), "no columns"),
    ],
)
def test_npy_that_is_no_table(tmp_path, array, says):
    np.save(tmp_path / "m.npy", array)
    with pytest.raises(ValueError, match=says):
        table(tmp_path / "m.npy")


def test_frames():
    pd = pytest.importorskip("pandas", reason="pandas is not installed: pip install 'workings[data]'")
    frame = pd.DataFrame(
        {
            "size": [70, None, 55.5],
            "floor": pd.array([1, None, 3], dtype="Int64"),
            "lift": [True, False, True],
            "place": pd.Categorical(["sea", None, "town"]),
            "kind": ["new", "old", None],
            "rent": [900, 850, 700],
        }
    )
    found = Table.from_pandas(frame)
    assert list(found.kinds.values()) == ["number", "number", "number", "category", "category", "number"]
    assert found.missing == {"size": (1,), "floor": (1,), "place": (1,), "kind": (2,)}
    assert found.records()[2] == (55.5, 3.0, 1, "town", None)
    assert found.y.tolist() == [900, 850, 700]
    assert "last column, 'rent'" in found.notes[0]
    assert Table.from_pandas(frame, "rent", kinds={"lift": "category"}).columns["lift"].tolist() == [
        "True",
        "False",
        "True",
    ]
    days = pd.to_datetime(["2024-01-31"] * 3)
    for bad, says in [
        (frame.assign(when=days), "'when' holds dates"),
        (frame.assign(mixed=[1, "two", 3]), "mixes numbers and texts: row 1 .* 'two'"),
        (frame.assign(z=[1j, 2, 3]), "complex"),
        (frame.assign(size=[1.0, np.inf, 2]), "'size', row 1 .* infinite"),
        (pd.concat([frame, frame], axis=1), "two columns of the frame are named 'size'"),
        (frame.iloc[:0], "no rows"),
        (frame.assign(rent=[1, None, 2]), "target column 'rent' is empty in row 1"),
    ]:
        with pytest.raises(ValueError, match=says):
            Table.from_pandas(bad, "rent")
    with pytest.raises(ValueError, match="did you mean 'rent'"):
        Table.from_pandas(frame, "rnt")


def test_parquet(tmp_path):
    pd = pytest.importorskip("pandas", reason="pandas is not installed: pip install 'workings[data]'")
    pytest.importorskip("pyarrow", reason="pyarrow is not installed: pip install 'workings[data]'")
    path = tmp_path / "flats.parquet"
    pd.DataFrame({"size": [70.0, None], "place": ["sea", "town"], "rent": [900, 850]}).to_parquet(path)
    found = table(path, "rent")
    assert (found.kinds["place"], found.missing, found.y.tolist()) == ("category", {"size": (1,)}, [900, 850])
    whole = path.read_bytes()
    for damaged in (whole[:-20], whole[:10], b"not parquet", whole[:200] + b"\0" * 40 + whole[240:]):
        path.write_bytes(damaged)
        with pytest.raises(ValueError, match="no readable Parquet file"):
            table(path)


@pytest.mark.skipif(not HERE or not HOUSING.is_file(), reason="WORKINGS_DATA names no folder with housing/")
def test_the_california_districts():
    found = table(HOUSING, target="median_house_value")
    assert (len(found), len(found.names)) == (20640, 10)
    assert {name: len(rows) for name, rows in found.missing.items()} == {"total_bedrooms": 207}
    assert found.kinds["ocean_proximity"] == "category"
    assert list(found.kinds.values()).count("number") == 9
    values, counts = np.unique(found.columns["ocean_proximity"].astype(str), return_counts=True)
    assert dict(zip(values.tolist(), counts.tolist(), strict=True)) == {
        "<1H OCEAN": 9136,
        "INLAND": 6551,
        "ISLAND": 5,
        "NEAR BAY": 2290,
        "NEAR OCEAN": 2658,
    }
    assert found.y.max() == 500001.0
    assert found.records()[0] == (-122.23, 37.88, 41.0, 880.0, 129.0, 322.0, 126.0, 8.3252, "NEAR BAY")
    assert found.where(20639).startswith("line 20641 of")
