"""Bad input at the command line: one helpful sentence on standard error, exit code 2, and nothing lost."""

from __future__ import annotations

import errno
import gzip
import os
import shutil
import struct
from pathlib import Path

import numpy as np
import pytest
from typer.testing import CliRunner

from workings import Dense, Model
from workings.cli import app
from workings.cli.errors import careful, sentence

GOOD = "size,place,price\n" + "".join(f"{s},{p},{2 * s + 5}.5\n" for s in range(40, 70) for p in ("sea", "town"))


def invoke(*words):
    return CliRunner().invoke(app, [str(word) for word in words])


def refused(*words):
    """The one sentence of a command that refuses its input."""
    done = invoke(*words)
    assert done.exit_code == 2, (done.stdout, done.stderr, done.exception)
    assert "Traceback" not in done.stderr
    assert done.stderr.count("\n") <= 3, done.stderr
    return done.stderr


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    """Two models, of a table and of digits, made once."""
    folder = tmp_path_factory.mktemp("models")
    (folder / "good.csv").write_text(GOOD)
    for data, out in ((folder / "good.csv", "houses"), ("digits", "digits")):
        words = ["train", data, "--epochs", "2", "--out", folder / f"{out}.safetensors", "--quiet", "--no-report"]
        assert invoke(*words).exit_code == 0
    np.save(folder / "digits.npy", np.linspace(0, 1, 5 * 64).reshape(5, 64))
    np.save(folder / "turned.npy", np.linspace(0, 1, 5 * 64).reshape(64, 5))
    return folder


@pytest.fixture(autouse=True)
def here(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    return tmp_path


def idx(folder: Path, images: bytes) -> None:
    """An MNIST folder with these images, and ten labels."""
    labels = struct.pack(">HBBI", 0, 8, 1, 10) + bytes(range(10))
    for part in ("train", "t10k"):
        (folder / f"{part}-images-idx3-ubyte").write_bytes(images)
        (folder / f"{part}-labels-idx1-ubyte").write_bytes(labels)


IMAGES = struct.pack(">HBBIII", 0, 8, 3, 10, 28, 28) + bytes(7840)

# what is wrong: (the file's content, more words, what the sentence says)
TABLES = {
    "empty file": ("", [], "is empty"),
    "names only": ("a,b\n", [], "no rows"),
    "wrong column": (GOOD, ["--target", "prise"], "did you mean 'price'"),
    "wrong column number": (GOOD, ["--target", "7"], "3 columns, counted from 1"),
    "text in a number column": (GOOD.replace("45,sea", "4S,sea"), [], "'4S'"),
    "NaN": (GOOD.replace("45,sea", "nan,sea"), [], "not a finite number"),
    "infinity": (GOOD.replace("45,sea", "inf,sea"), [], "not a finite number"),
    "an empty target": (GOOD + "50,sea,\n", [], "line 62"),
    "one class only": ("a,b\n1,x\n2,x\n3,x\n", [], "one class only"),
    "one number only": ("a,b\n1,2.5\n2,2.5\n3,2.5\n", [], "nothing to tell apart"),
    "float labels": (GOOD, ["--task", "classification"], "not measurements"),
    "a regression of texts": (GOOD, ["--task", "regression", "--target", "place"], "needs numbers"),
    "a truncated line": (GOOD + "50,se", [], "line 62 has 2 cells"),
    "an open quote": (GOOD + '50,"sea,1\n', [], "double quote"),
    "not text": (GOOD + "50,s\0a,1\n", [], "NUL"),
    "a column of dates": ("day,b\n2024-01-01,1\n2024-01-02,2\n", [], "--drop 'day'"),
    "no names": ("1,2\n3,4\n", [], "--no-header"),
    "decimal commas": ("a;b\n1,5;2\n2,5;3\n", [], "--decimal ','"),
    "names only, all different": (
        "a,b\n" + "".join(f"n{i},{i}\n" for i in range(99)),
        [],
        "leave it out with --drop 'a'",
    ),
    "unknown activation": (GOOD, ["--activation", "relo"], "relu"),
    "unknown optimizer": (GOOD, ["--optimizer", "adan"], "adam"),
    "unknown loss": (GOOD, ["--loss", "mae"], "mse"),
    "unknown backend": (GOOD, ["--backend", "cuda"], "numpy"),
    "unknown task": (GOOD, ["--task", "clustering"], "classification or regression"),
    "hidden of words": (GOOD, ["--hidden", "big"], "16,16"),
    "hidden of zeros": (GOOD, ["--hidden", "16,0"], "16,16"),
    "hidden beyond all memory": (GOOD, ["--hidden", "1000000000"], "more than a machine can hold"),
    "a rate of 0": (GOOD, ["--rate", "0"], "positive number"),
    "no epochs": (GOOD, ["--epochs", "0"], "epochs"),
    "a batch of 0": (GOOD, ["--batch", "0"], "--batch"),
    "a negative penalty": (GOOD, ["--l2", "-1"], "l2"),
    "all dropped": (GOOD, ["--dropout", "1"], "--dropout"),
    "all held out": (GOOD, ["--test", "1"], "--test"),
    "all watched": (GOOD, ["--validation", "1"], "validation"),
    "no patience": (GOOD, ["--early-stopping", "0"], "--early-stopping"),
    "resume of nothing": (GOOD, ["--resume"], "--checkpoint"),
    "a kind that is none": (GOOD, ["--as", "size=colour"], "COLUMN=category"),
    "a kind of no column": (GOOD, ["--as", "sise=number"], "did you mean 'size'"),
    "a rate that diverges": (GOOD, ["--rate", "1e30", "--optimizer", "gradient-descent"], "--rate"),
}


@pytest.mark.parametrize("case", TABLES)
def test_a_bad_table_or_option(case, here):
    content, more, said = TABLES[case]
    (here / "bad.csv").write_text(content)
    assert said in refused("train", "bad.csv", "--epochs", "3", *more)
    assert sorted(p.name for p in here.iterdir()) == ["bad.csv"], "nothing is left behind"


def test_files_that_are_not_there_or_not_files(here):
    assert "does not exist" in refused("train", "no.csv")
    assert "folder" in refused("train", "deep/no.csv")
    assert "did you mean 'moons'" in refused("train", "moon")
    assert "did you mean 'digits'" in refused("data", "digit")
    assert "folder" in refused("train", here)
    assert "fetch what" in refused("data", "fetch", "minst")
    assert "did you mean 'mnist'" in refused("data", "fetch", "minst")
    assert "lacks" in refused("train", "mnist", "--folder", here)
    assert "--folder" in refused("train", "cats")
    (here / "book.xlsx").write_bytes(b"PK\x03\x04....")
    assert "damaged ZIP or Excel file" in refused("train", "book.xlsx")


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "it is empty"),
        (b"garbage", "byte 0 begins nothing that is known"),
        (b"\x08\x08\x12\x05workings", "is not an ONNX file, or it is damaged"),
        (b"\x08\x08\x12\x70workings", "at byte 4 something of 112 bytes begins, and 8 are left"),
        (b"<!DOCTYPE html>", "a page of the web"),
        (b"version https://git-lfs.github.com/spec/v1\n", "git lfs pull"),
        (b"PK\x03\x04", "a zip file"),
    ],
)
def test_a_broken_onnx_file_says_what_is_broken_and_what_to_do(content, said, here):
    (here / "net.onnx").write_bytes(content)
    (here / "rows.csv").write_text("a,b\n1,2\n")
    told = refused("predict", "net.onnx", "rows.csv")
    assert said in told
    assert "export it once more" in told or "it is" in told


def test_slips_of_order_and_brackets_are_told_as_such(here):
    (here / "rows.csv").write_text("a,b\n" + "".join(f"{i},{2 * i}\n" for i in range(20)))
    assert invoke("train", "rows.csv", "--epochs", "1", "--no-report", "--quiet").exit_code == 0
    assert "MODEL comes first, then DATA" in refused("predict", "rows.csv", "rows.safetensors")
    slip = refused("evaluate", "rows.safetensors", "rows.csv", "--target", "a")
    assert "'a' is a column that the model reads" in slip
    brackets = refused("explain", "rows.safetensors", "--data", "rows.csv", "--cell", "W1(1,1)")
    assert brackets.rstrip().endswith("W1[1,1]")
    assert "from a number up to a larger one" in refused("search", "rows.csv", "--depth", "3:1")


def test_damaged_numpy_and_idx_files(made, here):
    whole = (made / "digits.npy").read_bytes()
    (here / "cut.npy").write_bytes(whole[:-8])
    assert "cut short" in refused("train", "cut.npy")
    np.save("objects.npy", np.array([[{}]], object))
    assert "pickle" in refused("train", "objects.npy")
    np.save("infinite.npy", np.array([[1, np.inf], [2, 3]]))
    assert "infinite number in row 1, column 2" in refused("train", "infinite.npy")
    np.save("nan.npy", np.array([[1, 2], [2, np.nan]]))
    assert "is empty in row 2" in refused("train", "nan.npy")
    damage = {"declare": IMAGES[:-5], "magic": b"\1" + IMAGES[1:], "not": gzip.compress(IMAGES)[:-30]}
    for images in damage.values():
        idx(here, images)
        assert "train-images-idx3-ubyte" in refused("train", "mnist", "--folder", here)


@pytest.mark.parametrize("keep", [0, 4, 100, -1])
def test_a_truncated_model(made, here, keep):
    (here / "cut.safetensors").write_bytes((made / "houses.safetensors").read_bytes()[:keep])
    for verb in ("predict", "evaluate"):
        assert "cut.safetensors" in refused(verb, "cut.safetensors", made / "good.csv")
    assert "cut.safetensors" in refused("explain", "cut.safetensors", "--data", made / "good.csv")


def test_models_that_are_none(made, here):
    (here / "pickle.pt").write_bytes(b"\x80\x04.")
    assert "pickle" in refused("predict", "pickle.pt", "digits")
    assert "there is no" in refused("predict", "none.safetensors", "digits")
    assert "folder" in refused("predict", here, "digits")


def test_a_model_for_other_inputs(made, here):
    assert "the model reads 64 features" in refused("predict", made / "digits.safetensors", made / "turned.npy")
    (here / "less.csv").write_text("size\n50\n")
    assert "lacks 'place'" in refused("predict", made / "houses.safetensors", "less.csv")
    (here / "text.csv").write_text("a,b\nx,y\n")
    assert "numbers only" in refused("predict", made / "digits.safetensors", "text.csv")
    (here / "new.csv").write_text("size,place\n50,moon\n")
    assert "line 2 of 'new.csv' is 'moon', which never stood there" in refused(
        "predict", made / "houses.safetensors", "new.csv"
    )
    assert "64" in refused("predict", made / "digits.safetensors", "moons")


def test_rows_for_columns(here):
    table = np.column_stack([np.linspace(0, 1, 40), np.linspace(1, 0, 40) ** 2, np.arange(40) % 2])
    np.save("rows.npy", table)
    assert invoke("train", "rows.npy", "--epochs", "2", "--quiet").exit_code == 0
    np.save("turned.npy", table[:, :2].T.copy())
    said = refused("predict", "rows.safetensors", "turned.npy")
    assert "every row is one example" in said
    assert "X.T" in said


def test_labels_never_seen_and_more_classes_than_outputs(made, here):
    rows = np.column_stack([np.zeros((12, 64)), np.arange(12)])
    np.save("twelve.npy", rows)
    said = refused("evaluate", made / "digits.safetensors", "twelve.npy")
    assert "the label 10" in said
    assert "never seen in training" in said


def test_which_column_holds_the_answers(made, here):
    (here / "two.csv").write_text("size,place,price,rent\n50,sea,100.5,3\n")
    assert "--target" in refused("evaluate", made / "houses.safetensors", "two.csv")


def test_cells_and_rows_that_are_not_there(made):
    model = made / "digits.safetensors"
    assert "nearest" in refused("explain", model, "--data", "digits", "--cell", "dw1[1,1]")
    assert "there is no cell" in refused("explain", model, "--data", "digits", "--cell", "W1[17,1]")
    assert "such as" in refused("explain", model, "--data", "digits", "--cell", "W1[a]")
    assert "1 to 1,797" in refused("explain", model, "--data", "digits", "--row", "0")
    assert "1 to 1,797" in refused("predict", model, "digits", "--row", "1798")


# ─── nothing that was there is lost ───


@pytest.mark.parametrize("option", ["--out", "--report", "--checkpoint"])
def test_a_file_of_somebody_else_is_never_replaced(here, option):
    (here / "mine.txt").write_text("my thesis")
    said = refused("train", "xor", option, "mine.txt")
    assert "left as it is" in said
    assert option in said
    assert (here / "mine.txt").read_text() == "my thesis"


def test_what_workings_wrote_is_replaced(here):
    for epochs in ("1", "2"):
        words = ["train", "xor", "--out", "a.safetensors", "--report", "a.html", "--epochs", epochs, "--quiet"]
        assert invoke(*words).exit_code == 0
    assert len(Model.load("a.safetensors").history) == 2
    for _ in range(2):
        assert invoke("predict", "a.safetensors", "xor", "--out", "answers.csv").exit_code == 0
    (here / "other.csv").write_text("a,b\n1,2\n")
    assert "left as it is" in refused("predict", "a.safetensors", "xor", "--out", "other.csv")


@pytest.mark.parametrize("place", ["/proc/x.safetensors", "file/x.safetensors", "nowhere/x.safetensors", "."])
def test_an_unwritable_place_is_found_before_training(here, place, monkeypatch):
    (here / "file").write_text("")
    monkeypatch.setattr(Model, "fit", lambda *a, **k: pytest.fail("it trained first"))
    for option in ("--out", "--report", "--checkpoint"):
        assert refused("train", "xor", option, place).startswith("workings: '")
    assert "'" in refused("demo", "--out", place)


def test_a_full_disk_while_saving_keeps_the_old_model_and_the_new(here, monkeypatch):
    assert invoke("train", "xor", "--epochs", "1", "--quiet").exit_code == 0
    before = (here / "xor.safetensors").read_bytes()
    real = os.fsync

    def full(handle):
        if Path(f"/proc/self/fd/{handle}").readlink().is_relative_to(here):
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        real(handle)

    monkeypatch.setattr(os, "fsync", full)
    said = refused("train", "xor", "--epochs", "3", "--quiet")
    assert "the disk is full" in said
    assert (here / "xor.safetensors").read_bytes() == before
    assert [p.name for p in here.iterdir()] == ["xor.safetensors"], "no half file is left"
    aside = said.split("safe in '")[1].split("'")[0]
    assert len(Model.load(aside).history) == 3
    shutil.rmtree(Path(aside).parent)


# ─── what is told and what is not ───


def test_a_bug_of_ours_shows_where_it_is(monkeypatch):
    with pytest.raises(ZeroDivisionError), careful():
        1 / 0  # noqa: B018
    with pytest.raises(KeyError), careful():
        {}["x"]
    with pytest.raises(ValueError, match="shape"), careful():
        np.zeros(3).reshape(2, 2)


def test_debug_shows_everything(here):
    (here / "bad.csv").write_text("")
    for words, env in ((["--debug", "train", "bad.csv"], {}), (["train", "bad.csv"], {"WORKINGS_DEBUG": "1"})):
        done = CliRunner().invoke(app, words, env=env)
        assert isinstance(done.exception, ValueError)


def test_the_sentences_of_the_system():
    assert sentence(OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), "a")).startswith("'a': there is no space left")
    assert "as it was" in sentence(OSError(errno.ENOSPC, os.strerror(errno.ENOSPC)))
    assert "memory" in sentence(MemoryError())
    assert sentence(KeyError("there is no x")) == "there is no x"


def test_the_old_model_of_a_checkpoint_is_not_asked(here):
    words = ["train", "houses", "--checkpoint", "run.ck", "--epochs", "2", "--quiet"]
    assert invoke(*words).exit_code == 0
    assert "not a finished model" in refused("predict", "run.ck", "houses")
    Model([Dense(1)], inputs=1).save("plain.safetensors")
    assert invoke("predict", "plain.safetensors", "houses").exit_code in (0, 2)
