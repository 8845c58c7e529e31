"""The command line: each verb through the real application, on real data."""

from __future__ import annotations

import csv
import json
import subprocess
import sys

import numpy as np
import pytest
from typer.testing import CliRunner

from workings import Model
from workings.cli import app
from workings.cli.course import build, enough, learn
from workings.cli.known import KNOWN
from workings.cli.sources import features, load
from workings.cli.task import Units, task

VERBS = [
    "demo",
    "train",
    "predict",
    "evaluate",
    "check",
    "explain",
    "exercise",
    "practice",
    "mark",
    "concepts",
    "check-code",
    "sheet",
    "studio",
    "sweep",
    "search",
    "data",
    "backends",
]
HOUSES = [
    (size, place, round(2.0 * size + 40 * (place == "sea") + 10, 1))
    for size in range(40, 100)
    for place in ("sea", "town")
]


def run(*words, code=0):
    """What a command prints; its exit code is looked at."""
    done = CliRunner().invoke(app, [str(word) for word in words], catch_exceptions=False)
    assert done.exit_code == code, (done.stdout, done.stderr)
    return done


def told(*words):
    """The JSON of a command, which is all of its standard output."""
    return json.loads(run(*words, "--json").stdout)


@pytest.fixture(autouse=True)
def here(tmp_path, monkeypatch):
    """A folder of our own to work in."""
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.fixture
def houses(here):
    """A table with a category, a missing value and a target far from 1."""
    with (here / "houses.csv").open("w", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(["size", "place", "price"])
        writer.writerows([("" if i == 7 else size, place, price) for i, (size, place, price) in enumerate(HOUSES)])
    return here / "houses.csv"


@pytest.mark.parametrize("verb", VERBS)
def test_every_verb_has_help_with_an_example(verb):
    said = run(verb, "--help").stdout
    assert f"workings {verb}" in " ".join(said.split())
    assert "Example" in said
    assert "--json" in said or verb in ("sheet", "studio")


def test_help_is_quick_and_loads_nothing_heavy():
    script = (
        "import sys\nfrom typer.testing import CliRunner\nfrom workings.cli import app\n"
        "CliRunner().invoke(app, ['train', '--help'])\n"
        "print(*(m for m in ('numpy', 'sklearn', 'matplotlib', 'scipy') if m in sys.modules))"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert done.stdout.split() == []


def test_version_and_completion():
    assert run("--version").stdout.startswith("workings ")
    assert "--install-completion" in run("--help").stdout


def test_a_table_is_learned_saved_and_asked(houses, here):
    figures = told("train", houses, "--target", "price", "--hidden", "8", "--rate", "0.01", "--epochs", "200")
    assert figures["task"] == "regression"
    assert figures["rmse"] < 10, "in the target's own units: prices go from 90 to 250"
    assert (here / "houses.safetensors").exists()
    again = told("evaluate", "houses.safetensors", houses)
    assert again["target"] == "price"
    assert again["rmse"] < 15
    rows = list(csv.DictReader(run("predict", "houses.safetensors", houses).stdout.splitlines()))
    assert len(rows) == len(HOUSES)
    assert list(rows[0]) == ["size", "place", "price", "predicted"]
    assert rows[7]["size"] == "", "what was missing is missing"
    assert float(rows[0]["predicted"]) == pytest.approx(HOUSES[0][2], abs=25)
    run("predict", "houses.safetensors", houses, "--out", "answers.csv", "--row", 3)
    assert (here / "answers.csv").read_text().startswith("size,place,price,predicted\n41,sea,132.0,")


def test_the_preparation_is_fitted_on_the_training_part_only(houses):
    source = load(str(houses), "price")
    trained = build(source, task(source), [4])
    assert trained.model.preparation.rows == len(trained.train) == 96
    assert trained.model.preparation.columns[0].mean != np.nanmean(source.table.features["size"])


def test_a_target_far_from_one_is_learned_in_its_spread_and_answered_in_its_units(houses):
    source = load(str(houses), "price")
    trained = build(source, task(source), [4], seed=3)
    learn(trained, epochs=5, progress=False)
    again = build(source, task(source), [4], seed=3)
    X, y = again.inputs(again.train), again.train.y
    units = Units.of(y)
    again.model.fit(X, units.learn(y), epochs=5, progress=False)
    want = again.model.predict(X) * units.spread + units.mean
    np.testing.assert_allclose(trained.model.predict(X), want, rtol=1e-5)


def test_classes_of_text_with_probabilities(houses):
    told(
        "train",
        houses,
        "--target",
        "place",
        "--hidden",
        "8",
        "--epochs",
        "100",
        "--rate",
        "0.01",
        "--out",
        "place.safetensors",
    )
    said = told("predict", "place.safetensors", houses, "--proba", "--row", 2)
    (answer,) = said["predictions"]
    assert said["first"] == 2
    assert answer["predicted"] in ("sea", "town")
    assert answer["probability of sea"] + answer["probability of town"] == pytest.approx(1)


def test_an_npy_table_and_a_parquet_table(here):
    pandas = pytest.importorskip("pandas")
    pytest.importorskip("pyarrow")
    X, y = KNOWN["moons"].load("train", None, 0)
    np.save("moons.npy", np.column_stack([X, y]))
    pandas.DataFrame({"a": X[:, 0], "b": X[:, 1], "y": y}).to_parquet("moons.parquet")
    for file, target in (("moons.npy", "3"), ("moons.parquet", "y")):
        assert told("train", file, "--target", target, "--epochs", "20")["task"] == "classification"
        assert told("evaluate", "moons.safetensors", file)["accuracy"] > 0.7


@pytest.mark.parametrize("name", ["xor", "moons", "circles", "spirals", "flower", "houses"])
def test_the_toys_are_learned_with_what_is_given_by_default(name):
    figures = told("train", name)
    assert figures["accuracy"] > 0.85 if name != "houses" else figures["rmse"] < 25


def test_the_network_is_as_asked(here):
    asked = "--hidden 5,4 --activation tanh --optimizer momentum --rate 0.1 --epochs 3 --batch 20 --l2 0.001"
    more = "--dropout 0.1 --validation 0.25 --early-stopping 2 --seed 5 --backend numpy"
    figures = told("train", "moons", *asked.split(), *more.split())
    assert figures["network"] == "2-5-4-1"
    assert figures["backend"] == "numpy"
    assert figures["parameters"] == 5 * 3 + 4 * 6 + 5
    model = Model.load("moons.safetensors")
    assert [row.name for row in model.network.rows] == ["Z1", "A1", "D1", "Z2", "A2", "D2", "Z3", "A3"]
    assert "validation_loss" in model.history.columns
    assert run("explain", "moons.safetensors", "--data", "moons").stdout.count("hidden neuron") >= 2


def test_same_seed_same_model(here):
    first = told("train", "moons", "--epochs", "3", "--out", "a.safetensors")
    second = told("train", "moons", "--epochs", "3", "--out", "b.safetensors")
    assert first["loss"] == second["loss"]
    assert told("train", "moons", "--epochs", "3", "--seed", "1", "--out", "c.safetensors")["loss"] != first["loss"]


def test_quiet_says_nothing_and_json_says_one_line():
    quiet = run("train", "xor", "--epochs", "2", "--quiet")
    assert quiet.stdout == quiet.stderr == ""
    assert run("train", "xor", "--epochs", "2", "--json").stdout.count("\n") == 1


def test_a_training_in_parts_ends_at_the_same_numbers(here):
    train = ["train", "moons", "--checkpoint", "run.ck", "--optimizer", "adam", "--dropout", "0.2"]
    told(*train, "--epochs", "4", "--out", "part.safetensors")
    resumed = told(*train, "--epochs", "9", "--resume", "--out", "resumed.safetensors")
    whole = told("train", "moons", "--dropout", "0.2", "--epochs", "9", "--out", "whole.safetensors")
    assert resumed["loss"] == whole["loss"]
    assert resumed["epochs"] == 9
    for name, W in Model.load("whole.safetensors").parameters.items():
        np.testing.assert_array_equal(Model.load("resumed.safetensors").parameters[name], W)


def test_data_lists_and_looks(houses):
    listed = told("data")
    assert [row["name"] for row in listed] == list(KNOWN)
    assert "1,797" in run("data").stdout
    assert "@@" in run("data", "digits").stdout or "%%" in run("data", "digits").stdout
    assert told("data", "digits")["rows"] == 1797
    assert told("data", houses)["target"] == "price"
    assert "note" in run("data", houses).stdout


@pytest.mark.parametrize("name", [n for n, k in KNOWN.items() if not k.parts])
def test_the_list_tells_the_truth(name):
    X, y = KNOWN[name].load("train", None, 0)
    assert f"{len(y):,}" == KNOWN[name].rows
    assert X.shape[1] == eval(KNOWN[name].features.replace("x", "*"))


def test_fetch_copies_what_is_there(here, monkeypatch):
    (here / "cached").write_bytes(b"idx")
    monkeypatch.setattr("workings.data.download.fetch", lambda dataset, names, progress=False: [here / "cached"])
    (file,) = told("data", "fetch", "mnist", "--to", here / "mine")["files"]
    assert file == str(here / "mine" / "mnist" / "cached")
    assert (here / "mine" / "mnist" / "cached").read_bytes() == b"idx"


def test_backends_say_what_is_there():
    found = {row["name"]: row for row in told("backends")}
    assert found["numpy"] == {"name": "numpy", "available": True, "reason": None}


def test_any_cell_is_explained(here):
    run("train", "xor", "--hidden", "3", "--epochs", "2", "--quiet")
    said = run("explain", "xor.safetensors", "--data", "xor", "--row", 3, "--cell", "dW1[2,1]").stdout
    assert said.startswith("dW1[2,1] = dZ1[2,1] x X[1,1]")
    found = told("explain", "xor.safetensors", "--data", "xor", "--row", 3, "--cell", "dW1[2,1]")
    model = Model.load("xor.safetensors")
    w = model.explain([[1.0, 0.0]] if model.preparation is None else features(model, load("xor"))[2:3], [1])
    assert found["value"] == float(w["dW1"][1, 0])
    assert found["made_from"] == ["dZ1[2,1]", "X[1,1]"]
    assert told("explain", "xor.safetensors", "--data", "xor", "--array", "W1")["shape"] == [3, 2]
    way = told("explain", "xor.safetensors", "--data", "xor", "--row", 2)
    assert way["steps"][-1]["reads"] == "X"


def test_rows_without_answers_are_explained_too(houses, here):
    told("train", houses, "--target", "price", "--epochs", "2")
    (here / "new.csv").write_text("size,place\n50,sea\n")
    done = run("explain", "houses.safetensors", "--data", "new.csv")
    assert "The network says" in done.stdout
    assert "size = (value - mean) / spread" in done.stdout
    assert "not known" in done.stderr


def test_few_rows_get_more_epochs():
    assert enough(60_000, 32) == 20
    assert enough(160, 32) == 600
    assert enough(4, 32) == 1000
    assert enough(1, 1) == 1000


def rare(rows=60):
    """A table in which every fifth town stands once."""
    lines = ["town,size,price"]
    lines += [f"{'only' + str(i) if i % 5 == 0 else 'sea'},{i},{2 * i + 0.5}" for i in range(rows)]
    return "\n".join(lines) + "\n"


@pytest.mark.parametrize("unseen", ["error", "ignore"])
def test_towns_that_training_lacked_are_none_of_the_known(here, unseen):
    (here / "towns.csv").write_text(rare())
    done = run("train", "towns.csv", "--epochs", "2", "--unseen", unseen)
    assert "held-out rows have values of 'town' that training lacked; they count as none of" in done.stderr
    (here / "new.csv").write_text("town,size\nmoon,3\n")
    said = run("predict", "towns.safetensors", "new.csv", code=2 if unseen == "error" else 0)
    assert unseen == "ignore" or "--unseen ignore" in said.stderr


def test_a_column_of_names_is_remarked(here):
    (here / "names.csv").write_text("name,size,price\n" + "".join(f"n{i},{i},{i}.5\n" for i in range(30)))
    assert "an identifier?  Leave it out with --drop 'name'" in run("train", "names.csv", "--epochs", "1").stderr


def test_a_checkpoint_is_never_lost(here):
    words = ["train", "xor", "--checkpoint", "k.ck", "--epochs", "3"]
    assert "no checkpoint there yet: starting at epoch 1" in run(*words, "--resume").stderr
    before = (here / "k.ck").read_bytes()
    said = run(*words, code=2).stderr
    assert "'k.ck' holds 3 epochs: add --resume, or name another file, or move it away" in said
    assert "finished model" in run("train", "xor", "--checkpoint", "xor.safetensors", code=2).stderr
    assert (here / "k.ck").read_bytes() == before


def test_a_class_that_training_lacks_is_known_all_the_same(here):
    (here / "few.csv").write_text("a,y\n" + "".join(f"{i},{'odd' if i == 39 else 'abc'[i % 3]}\n" for i in range(40)))
    assert told("train", "few.csv", "--epochs", "1", "--test", "0.5")["classes"] == ["a", "b", "c", "odd"]
    (here / "many.csv").write_text("a,y\n" + "".join(f"{i},{i * 7 % 41}\n" for i in range(50)))
    said = run("train", "many.csv", "--task", "classification", code=2).stderr
    assert "classes in 50 rows: are these measurements?  Leave --task out" in said


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["--step", "1", "--pdf", "a.pdf"], "--pdf writes the whole exercise"),
        (["--cell", "Z1[1,1]", "--html", "a.html"], "--html writes the whole exercise"),
        (["--step", "1", "--cell", "Z1[1,1]"], "give one of them"),
    ],
)
def test_an_exercise_says_what_does_not_go_together(here, words, said):
    assert said in run("exercise", 2, *words, code=2).stderr
    assert "of which exercise" in run("exercise", *words, code=2).stderr
    assert not list(here.iterdir())


def test_an_exercise_in_json():
    assert told("exercise")[6] == {"number": 7, "title": "Backpropagation"}
    assert told("exercise", 7, "--cell", "dW2[2,3]") == {"cell": "dW2[2,3]", "lines": ["dW2[2,3] = (-1)(5) = -5"]}
    assert told("exercise", 7, "--step", 5)["lines"][0].startswith("5. Layer 2")


def test_a_sheet_reads_files_as_the_others_do(here):
    text = "id;a;b;y\n" + "".join(f"n{i};{i},5;{i % 3};{i % 2}\n" for i in range(30))
    (here / "t.csv").write_text(text)
    how = ["--drop", "id", "--decimal", ","]
    run("train", "t.csv", *how, "--hidden", "2", "--epochs", "1")
    assert "W1" in run("sheet", "t.safetensors", "--data", "t.csv", *how).stdout
    for words, said in ((["--rows", 0], "--rows 0"), (["--row", 29, "--rows", 5], "--rows 5 from --row 29 on")):
        assert said in run("sheet", "t.safetensors", "--data", "t.csv", *how, *words, code=2).stderr


@pytest.mark.parametrize("form", ["pdf", "svg", "png"])
def test_a_picture_of_somebody_else_is_never_replaced_by_a_sheet(here, form):
    pytest.importorskip("typst")
    (here / f"mine.{form}").write_text("my own")
    assert "left as it is" in run("exercise", 2, "--pdf", f"mine.{form}", code=2).stderr
    for _ in range(2):
        run("exercise", 2, "--pdf", f"ours.{form}")


def test_a_sheet_too_large_for_paper_is_still_a_spreadsheet(here):
    pytest.importorskip("xlsxwriter")
    run("train", "digits", "--hidden", "8", "--epochs", "1", "--no-report", "--quiet")
    words = ["sheet", "digits.safetensors", "--data", "digits", "--pdf", "a.pdf", "--xlsx", "a.xlsx"]
    said = run(*words, code=2).stderr
    assert (here / "a.xlsx").exists()
    assert "too large for paper" in said
    assert "--cell" in said
    assert "fewer examples" not in said
    assert "w[" not in said


def test_a_training_that_diverges_says_what_became_of_the_files(houses, here):
    words = ["train", houses, "--rate", "1e30", "--optimizer", "gradient-descent", "--epochs", "3"]
    said = run(*words, code=2).stderr
    assert "Nothing was saved" in said
    assert "is as it was" not in said
    run("train", houses, "--epochs", "1")
    before = (here / "houses.safetensors").read_bytes()
    assert "'houses.safetensors' is as it was" in run(*words, code=2).stderr
    assert (here / "houses.safetensors").read_bytes() == before


def test_figures_are_in_the_targets_own_units(here):
    (here / "dear.csv").write_text("size,price\n" + "".join(f"{i},{100_000 + 5000.5 * i}\n" for i in range(60)))
    done = run("train", "dear.csv", "--epochs", "1", "--report", "r.html", "--test", "0")
    assert "rmse is in the units of 'price'; the loss is of its spreads (1 = 86," in " ".join(done.stdout.split())
    assert "none held out, as asked" in done.stdout
    assert "after 1 epoch." in done.stdout
    assert "e+0" not in done.stdout
    page = (here / "r.html").read_text()
    assert "&lt; 0.1 s" in page
    assert "the mean is off by" in page
    assert "the sum of 1 product and" in page.lower()
    assert "replaced the model" in run("train", "dear.csv", "--epochs", "1").stdout
    assert "e+" not in run("evaluate", "dear.safetensors", "dear.csv").stdout.split("rmse")[1]


def test_auto_is_told_as_it_is():
    assert "takes the native kernel where it can run the network; else XLA" in run("backends").stdout


def test_the_rows_learned_from_are_told(houses):
    for target, share in (("price", "0.2"), ("place", "0.3"), ("price", "0")):
        run("train", houses, "--target", target, "--epochs", "1", "--test", share)
        many = round(120 * (1 - float(share)))
        assert f"learned from {many} of these rows" in run("evaluate", "houses.safetensors", houses).stdout
    other = houses.with_name("other.csv")
    other.write_text(houses.read_text().replace("\n41,", "\n47,"))
    assert "learned from" not in run("evaluate", "houses.safetensors", other).stdout


def test_data_says_of_every_column_what_is_in_the_way(here):
    (here / "bad.csv").write_text('day;size;price\n2024-01-01;"1,5";3\n2024-01-02;"2,5";\n')
    said = run("data", "bad.csv").stdout
    assert "day: holds dates" in said
    assert "size: holds numbers with a comma" in said
    assert "price: number, 1 missing" in said
    assert [c["kind"] for c in told("data", "bad.csv")["columns"]] == [None, None, "number"]
    assert "the target column 'price' is empty" in run("data", "bad.csv", "--drop", "day", "--decimal", ",").stdout
    for how in ([], ["--decimal", ","]):
        (here / "german.csv").write_text('a;price\n1;"1.234,5"\n2;"2.300,1"\n')
        said = run("train", "german.csv", *how, code=2).stderr
        assert "column 'price' holds numbers with a comma such as '1.234,5' (line 2)" in said
        assert "(1234,5), and read with --decimal ','" in said


def test_notes_speak_of_options(here):
    (here / "codes.csv").write_text("zip,y\n" + "".join(f"0{i}0,{i}.5\n" for i in range(9)))
    assert "--as 'zip=number'" in run("data", "codes.csv").stdout


def test_a_model_of_a_table_says_which_columns_it_wants(houses):
    run("train", houses, "--epochs", "1")
    said = run("predict", "houses.safetensors", "digits", code=2).stderr
    assert "'size'" in said
    assert "'place'" in said


def test_cells_and_arrays_are_taken_for_each_other(houses):
    run("train", houses, "--epochs", "1", "--hidden", "2")
    ask = ["explain", "houses.safetensors", "--data", houses]
    assert run(*ask, "--cell", "dW1").stdout == run(*ask, "--array", "dW1").stdout
    assert run(*ask, "--array", "W1[1,1]").stdout == run(*ask, "--cell", "W1[1,1]").stdout
    assert "W1[1,1] was learned" in run(*ask, "--cell", "W1[1,1]").stdout
    told = run(*ask, "--cell", "X[1,1]").stdout
    assert "X[1,1] = (value - mean) / spread = (40.0 - " in told
    assert "column 'size' of line 2 of" in told
    for words in (["--array", "W1", "--full"], ["--full"], ["--cell", "dW1", "--full"]):
        assert "--full is for one cell" in run(*ask, *words, code=2).stderr


def test_onnx_files_are_models(here):
    """`explain`, `predict` and `evaluate` take an ONNX file; its content says so, and not its name."""
    pytest.importorskip("onnx")
    model = Model.load(trained(here))
    (here / "named.safetensors").write_bytes(b"")
    for name in ("net.onnx", "named.safetensors"):
        model.to_onnx(name)
        np.testing.assert_allclose(
            told("evaluate", name, "digits")["accuracy"], told("evaluate", "m.safetensors", "digits")["accuracy"]
        )
        said = told("explain", name, "--data", "digits", "--cell", "Z1[2,1]")
        assert said["cell"] == "Z1[2,1]"
        assert said["value"] == pytest.approx(
            told("explain", "m.safetensors", "--data", "digits", "--cell", "Z1[2,1]")["value"]
        )
        assert (
            told("predict", name, "digits", "--row", "3")["predictions"]
            == (told("predict", "m.safetensors", "digits", "--row", "3")["predictions"])
        )
    (here / "bad.onnx").write_bytes((here / "net.onnx").read_bytes()[:-40])
    assert "bad.onnx" in run("explain", "bad.onnx", "--data", "digits", code=2).stderr


def trained(folder):
    """A small network of digits."""
    run("train", "digits", "--hidden", "4", "--epochs", "1", "--out", "m.safetensors")
    return folder / "m.safetensors"
