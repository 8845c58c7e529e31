"""Tables and pictures at the command line: what comes in goes out with the answer, and slips are told as such."""

from __future__ import annotations

import csv

import numpy as np
import pytest
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

import workings as wk
from tests.test_cli import here, run, told

__all__ = ["here"]  # the folder to work in, of tests/test_cli.py

FLATS = [("name", "size", "place", "sold", "rent")] + [
    (f"=flat {i}" if i % 2 else f"-{i}", 40 + i, ("sea", "town", "hill")[i % 3], ("no", "yes")[i % 2], 8.5 * i + 300)
    for i in range(60)
]


@pytest.fixture
def flats(here):
    with (here / "flats.csv").open("w", newline="") as file:
        csv.writer(file).writerows(FLATS)
    return here / "flats.csv"


@pytest.fixture
def digits(here):
    """Two hundred real digits as PNG files, a folder for each."""
    Image = pytest.importorskip("PIL.Image")
    X, y = wk.data.digits()
    for i, (x, digit) in enumerate(zip(X[:200], y[:200], strict=True)):
        place = here / "scans" / f"digit {digit}"
        place.mkdir(parents=True, exist_ok=True)
        Image.fromarray((x.reshape(8, 8) * 255).round().astype(np.uint8)).save(place / f"{i:03}.png")
    return here / "scans"


def train(data, target, *more):
    return told("train", data, "--target", target, "--epochs", "3", "--drop", "name", "--out", "m.safetensors", *more)


def test_formulas_are_not_run_by_spreadsheet_programs(flats):
    train(flats, "sold")
    run("predict", "m.safetensors", flats, "--out", "out.csv")
    with open("out.csv", newline="") as file:  # noqa: PTH123
        rows = list(csv.DictReader(file))
    assert [row["name"] for row in rows[:4]] == ["-0", "'=flat 1", "-2", "'=flat 3"]
    assert list(rows[0]) == [*FLATS[0], "predicted"]
    assert "30 cells begin like a formula" in run("predict", "m.safetensors", flats, "--out", "out.csv").stderr


def test_a_column_of_dates_that_the_model_does_not_read_goes_through_as_it_came(flats, here):
    train(flats, "rent")
    rows = [("seen", *FLATS[0]), *((f"2024-05-{1 + i % 28:02}", *row) for i, row in enumerate(FLATS[1:]))]
    with (here / "dated.csv").open("w", newline="") as file:
        csv.writer(file).writerows(rows)
    run("predict", "m.safetensors", "dated.csv", "--out", "out.csv")
    assert (here / "out.csv").read_text().splitlines()[1].startswith("2024-05-01,")
    assert told("evaluate", "m.safetensors", "dated.csv", "--target", "rent") == told(
        "evaluate", "m.safetensors", flats, "--target", "rent", "--drop", "name"
    )


def test_excel_in_excel_out(flats, here):
    openpyxl = pytest.importorskip("openpyxl")
    book = openpyxl.Workbook()
    for row in FLATS:
        book.active.append([row[0].replace("=", "~"), *row[1:]])
    book.save("flats.xlsx")
    figures = train("flats.xlsx", "rent")
    assert figures["task"] == "regression"
    run("predict", "m.safetensors", "flats.xlsx", "--out", "out.xlsx", "--row", "3")
    sheet = openpyxl.load_workbook("out.xlsx").active
    rows = list(sheet.iter_rows(values_only=True))
    assert rows[0] == (*FLATS[0], "predicted")
    assert rows[1][:5] == ("-2", 42, "hill", "no", 317)
    assert len(rows) == 2
    run("predict", "m.safetensors", "flats.xlsx", "--out", "out.xlsx")  # ours: replaced
    assert (
        "is not a table of predictions"
        in run("predict", "m.safetensors", flats, "--out", "flats.xlsx", code=2).stderr
    )
    run("predict", "m.safetensors", flats, "--out", "out.xlsx")
    names = [row[0] for row in openpyxl.load_workbook("out.xlsx").active.iter_rows(min_row=2, values_only=True)]
    assert names[1] == "=flat 1"
    assert openpyxl.load_workbook("out.xlsx").active["A3"].data_type == "s", "a text, and no formula"
    assert run("explain", "m.safetensors", "--data", "flats.xlsx", "--cell", "X[1,1]").stdout.count(
        "of sheet row 2 of"
    )


def test_parquet_in_parquet_out(flats, here):
    pandas, parquet = pytest.importorskip("pandas"), pytest.importorskip("pyarrow.parquet")
    frame = pandas.read_csv(flats).assign(day=pandas.Timestamp("2024-05-01"))
    frame.to_parquet("flats.parquet", index=False)
    train("flats.parquet", "sold", "--drop", "day")
    run("predict", "m.safetensors", "flats.parquet", "--drop", "day", "--out", "out.parquet", "--proba")
    found = parquet.read_table("out.parquet")
    assert found.column_names == [*FLATS[0], "day", "predicted", "probability of no", "probability of yes"]
    assert str(found.schema.field("day").type).startswith("timestamp")
    assert found["rent"].to_pylist() == [row[4] for row in FLATS[1:]]
    shares = np.array([found["probability of no"], found["probability of yes"]])
    np.testing.assert_allclose(shares.sum(axis=0), 1, rtol=1e-6)
    assert (
        "name ends in .csv, .xlsx, .parquet"
        in run("predict", "m.safetensors", "flats.parquet", "--out", "out.txt", code=2).stderr
    )


def test_a_target_by_its_number_counts_from_1_and_is_said(flats):
    said = run("train", flats, "--target", "4", "--drop", "name", "--epochs", "1").stderr
    assert "the target is column 3 of 4 (counted from 1)" not in said
    assert "the target is column 4 of 4 (counted from 1), 'rent'" in said
    said = run("train", flats, "--target", "-2", "--drop", "name", "--epochs", "1").stderr
    assert "the target is column 3 of 4 (counted from 1), 'sold'" in said
    for wrong in ("0", "9", "-6"):
        assert "5 columns, counted from 1" in run("train", flats, "--target", wrong, code=2).stderr


def test_a_target_of_names_is_questioned(flats):
    said = run("train", flats, "--target", "name", code=2).stderr
    assert "60 different texts in 60 rows" in said
    assert "--task classification" in said
    run("train", flats, "--target", "name", "--task", "classification", "--epochs", "1")


def test_lines_are_counted_as_an_editor_does(here):
    (here / "notes.csv").write_text('note,size,price\n"two\nlines",1,2\n"one",x1,3\n"a",2,3\n"b",3,4\n"c",4,4\n')
    said = run("data", "notes.csv").stdout
    assert "line 4 says 'x1'" in said


def test_unbalanced_classes_are_named(here):
    rows = [(i, "ill" if i % 20 == 0 else "well") for i in range(200)]
    (here / "ill.csv").write_text("size,state\n" + "".join(f"{a},{b}\n" for a, b in rows))
    said = " ".join(run("train", "ill.csv", "--epochs", "1").stderr.split())
    assert "95.0 % of the training rows are 'well'" in said
    assert "few training rows: 'ill' (8)" in said


def test_the_progress_of_a_regression_is_in_its_own_units(flats):
    said = run("train", flats, "--target", "rent", "--drop", "name", "--epochs", "1", "--validation", "0.2").stderr
    rmse = float(said.split("rmse ")[1].split()[0])
    assert 100 < rmse < 500, "rents spread by about 147 euros"


def test_a_folder_of_pictures_is_learned_saved_and_asked(digits, here):
    figures = told("train", digits, "--epochs", "60", "--hidden", "32")
    assert figures["accuracy"] > 0.8
    assert figures["classes"] == [f"digit {k}" for k in range(10)]
    assert told("evaluate", "scans.safetensors", digits)["accuracy"] > 0.9
    one = next((digits / "digit 3").iterdir())
    answers = run("predict", "scans.safetensors", one).stdout.splitlines()
    assert answers[0] == "file,predicted"
    assert answers[1].startswith(f"{one},digit ")
    several = told("predict", "scans.safetensors", digits / "digit 3", "--proba")["predictions"]
    assert all(
        set(row) == {"file", "predicted", *(f"probability of digit {k}" for k in range(10))} for row in several
    )
    way = run("explain", "scans.safetensors", "--data", one).stdout
    assert "1 2 3 4 5 6 7 8" in way, "the picture that was seen"
    cell = run("explain", "scans.safetensors", "--data", one, "--cell", "X[20,1]").stdout
    assert "pixel in row 3, column 4, counted from 1" in cell
    assert str(one) in cell
    shown = run("data", digits).stdout
    assert "digit 3 (2" in shown


def test_folders_named_train_and_test_are_the_parts(digits, here):
    (here / "parts").mkdir()
    digits.rename(here / "parts" / "train")
    for place in sorted((here / "parts" / "train").iterdir()):
        (here / "parts" / "test" / place.name).mkdir(parents=True)
        for file in sorted(place.iterdir())[:3]:
            file.rename(here / "parts" / "test" / place.name / file.name)
    figures = told("train", "parts", "--epochs", "2")
    assert (figures["held_out"], figures["trained_on"]) == (30, 170)


def test_slips_with_pictures(digits, here):
    (digits / "digit 0" / "bad.png").write_bytes(b"no")
    said = run("train", digits, code=2).stderr
    assert "bad.png" in said
    assert "--skip-damaged" in said
    done = run("train", digits, "--skip-damaged", "--epochs", "1", "--size", "6x6")
    assert "200 of 200 pictures were resized" in done.stderr
    assert "1 damaged pictures were left out" in done.stderr
    assert (
        "is a table, and this model reads image files, taken as 6 x 6"
        in run("predict", "scans.safetensors", "moons", code=2).stderr
    )
    assert "height x width" in run("train", digits, "--size", "big", code=2).stderr
    assert "put those of each class into one of its name" in run("train", digits / "digit 1", code=2).stderr
    run("train", "moons", "--epochs", "1")
    said = run("predict", "moons.safetensors", digits / "digit 1", code=2).stderr
    assert "pictures, and this model reads a table" in " ".join(said.split())


def test_search_finds_saves_and_goes_on(flats, here):
    pytest.importorskip("optuna")
    ask = ["search", flats, "--target", "rent", "--drop", "name", "--epochs", "4", "--width", "4,8", "--plots"]
    few = told(*ask, "--trials", "5")
    assert few["test"]["rmse"] > 0
    more = told(*ask, "--trials", "6")
    assert [row["learning_rate"] for row in more["trials"]][:5] == [row["learning_rate"] for row in few["trials"]]
    assert {"best.safetensors", "model.safetensors", "journal.log", "history.png", "paths.png"} <= {
        path.name for path in (here / "search-flats").iterdir()
    }
    assert told("evaluate", "search-flats/model.safetensors", flats, "--drop", "name")["rmse"] > 0
    assert "holds a search of" in run(*ask, "--trials", "6", "--seed", "1", code=2).stderr
    assert "write a range as LOW:HIGH" in run("search", flats, "--rate", "1:x", code=2).stderr


def test_very_many_remarks_are_counted(here):
    names = [f"c{i}" for i in range(300)]
    rows = "".join(",".join(["7"] * 299 + [str(r)]) + "\n" for r in range(30))
    (here / "same.csv").write_text(",".join(names) + "\n" + rows)
    said = run("train", "same.csv", "--epochs", "1", "--task", "regression").stderr
    assert "'c0' was 7.0 on every training row" in said
    assert "and 287 more such notes" in said
    assert said.count("on every training row") == 12


def test_a_network_from_elsewhere_reads_its_columns_by_name_or_refuses_a_table_of_another_width(here):
    """A pipeline fitted on a DataFrame knows its columns; through ONNX only how many there are."""
    pd = pytest.importorskip("pandas")
    rng = np.random.default_rng(0)
    table = pd.DataFrame({"small": rng.normal(size=60), "large": rng.normal(900, 50, 60)})
    y = np.where(table["large"] > 900, "yes", "no")
    pipeline = make_pipeline(StandardScaler(), LogisticRegression()).fit(table, y)
    model = wk.from_sklearn(pipeline)
    model.save("ours.safetensors")
    table.assign(answer=y).to_csv("table.csv", index=False)
    table.assign(answer=y)[["answer", "large", "small"]].to_csv("turned.csv", index=False)
    right = pipeline.score(table, y)
    for name in ("table.csv", "turned.csv"):
        assert told("evaluate", "ours.safetensors", name)["accuracy"] == pytest.approx(right)
    down = run("explain", "ours.safetensors", "--data", "turned.csv").stdout
    assert "large: how it was scaled" in down
    table.drop(columns="large").to_csv("lacking.csv", index=False)
    assert "lacks 'large'" in run("predict", "ours.safetensors", "lacking.csv", code=2).stderr
    wk.Model([wk.Dense(1, "sigmoid")], inputs=2).to_onnx("bare.onnx")
    assert "--drop NAME" in run("predict", "bare.onnx", "table.csv", code=2).stderr
    answered = run("predict", "bare.onnx", "table.csv", "--drop", "answer").stdout
    assert answered.startswith("small,large,answer,predicted")
