"""workings sweep: a table of runs, the best model saved, and every slip told in a sentence."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
import time

import numpy as np
import pytest
from typer.testing import CliRunner

from workings import Model
from workings.cli import app
from workings.cli.many import ending, span
from workings.cli.task import Task

QUICK = ("--epochs", 2, "--backend", "numpy")


def run(*words, code=0):
    done = CliRunner().invoke(app, ["sweep", *map(str, words)], catch_exceptions=False)
    assert done.exit_code == code, (done.stdout, done.stderr)
    return done


@pytest.fixture(autouse=True)
def here(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.fixture
def houses(here):
    lines = [
        f"{size},{place},{2 * size + 40 * (place == 'sea')}" for size in range(40, 90) for place in ("sea", "town")
    ]
    (here / "houses.csv").write_text("size,place,price\n" + "\n".join(lines) + "\n")
    return here / "houses.csv"


def test_a_sweep_of_digits(here):
    words = ("digits", "--rate", "0.001,0.01", "--hidden", "16;8,8", "--seeds", 2, *QUICK)
    told = json.loads(run(*words, "--json").stdout)
    assert len(told["runs"]) == 8
    assert {row["hidden"][0] for row in told["runs"]} == {16, 8}
    assert told["best"]["validation_loss"] == min(row["validation_loss"] for row in told["runs"])
    assert 0 < told["test"]["accuracy"] <= 1
    assert told["stopped"] is None
    assert Model.load(told["model"]).parameters["W1"].shape[1] == 64
    lines = (here / "sweep-digits" / "runs.jsonl").read_bytes()
    said = run(*words).stdout
    assert (here / "sweep-digits" / "runs.jsonl").read_bytes() == lines  # nothing is made twice
    assert "8 of 8 runs; the best is run" in said
    assert "that no run has seen, the best is right" in said
    assert run(*words, "--quiet").stdout == ""


def test_a_regression_answers_in_its_own_units(houses):
    words = (houses, "--target", "price", "--rate", "0.01:0.1", "--draws", 3, "--out", "runs/h", "--epochs", 150)
    told = json.loads(run(*words, "--hidden", "8", "--json").stdout)
    assert len(told["runs"]) == 3
    assert len({row["learning_rate"] for row in told["runs"]}) == 3
    assert told["test"]["rmse"] < 20
    done = CliRunner().invoke(app, ["predict", told["model"], str(houses), "--json"], catch_exceptions=False)
    assert done.exit_code == 0, done.stderr
    assert 80 < np.mean(Model.load(told["model"]).parameters["b2"]) < 200


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("--rate", "0.1,x"), "--rate '0.1,x': write numbers parted by commas"),
        (("--rate", "0.1:1"), "say how many with --draws 20"),
        (("--draws", "3"), "--draws needs a range"),
        (("--rate", "1:0.1", "--draws", "3"), "from a number up to a larger one"),
        (("--rate", "1:x", "--draws", "3"), "write a range as LOW:HIGH"),
        (("--rate", "-1", "--seeds", "2"), "the learning rate is a positive number"),
        (("--rate", "0.1,0.1"), "twice"),
        (("--hidden", "16;x"), "write the sizes of the hidden layers"),
        (("--batch", "1.5"), "--batch '1.5'"),
        (("--activation", "relu,rolu", "--seeds", "2"), "there is no activation 'rolu'"),
        (("--optimizer", "adem", "--seeds", "2"), "there is no optimizer 'adem'"),
        (("--dropout", "0,1"), "dropout is a share"),
        (("--validation", "2", "--seeds", "2"), "validation is a share"),
        (("--backend", "cuda", "--seeds", "2"), "there is no backend"),
        ((), "nothing is varied: give several values"),
    ],
    ids=lambda x: " ".join(x) if isinstance(x, tuple) else "",
)
def test_slips_are_told_in_a_sentence(here, words, said):
    done = run("moons", *words, code=2)
    assert said in " ".join(done.stderr.split()), done.stderr
    assert "Traceback" not in done.stderr
    assert list(here.iterdir()) == []


def test_another_sweep_in_the_folder_is_refused(here):
    run("moons", "--seeds", 2, "--out", "runs", *QUICK)
    before = {p.name: p.read_bytes() for p in (here / "runs").iterdir()}
    done = run("moons", "--seeds", 3, "--out", "runs", *QUICK, code=2)
    assert "would mix two sweeps" in " ".join(done.stderr.split())
    assert {p.name: p.read_bytes() for p in (here / "runs").iterdir()} == before
    (here / "mine.txt").write_text("x")
    assert "is a file" in run("moons", "--seeds", 2, "--out", "mine.txt", *QUICK, code=2).stderr


def test_ctrl_c_keeps_what_is_there_and_the_same_command_goes_on(here):
    words = ["sweep", "moons", "--seeds", "300", "--epochs", "20", "--backend", "numpy", "--workers", "1", "--json"]
    process = subprocess.Popen(
        [sys.executable, "-c", "from workings.cli import main; main()", *words],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )
    lines, until = here / "sweep-moons" / "runs.jsonl", time.monotonic() + 60
    while time.monotonic() < until and not (lines.exists() and lines.read_bytes().count(b"\n") > 2):
        time.sleep(0.01)
    process.send_signal(signal.SIGINT)
    out, err = process.communicate(timeout=60)
    assert process.returncode == 130, err
    told = json.loads(out)
    assert 2 < len(told["runs"]) < 300
    assert told["stopped"].startswith("stopped by Ctrl-C after")
    assert b"Traceback" not in err


def test_the_last_layer_suits_the_task():
    assert ending(Task("regression", "")).activation is None
    assert ending(Task("classification", "", (0, 1))).activation == "sigmoid"
    assert ending(Task("classification", "", (0, 1, 2))).units == 3
    assert type(span("--l2", "0:1")).__name__ == "Uniform"
