"""The command line adjusts every hyperparameter, and refuses in a sentence what cannot be."""

from __future__ import annotations

import json

import numpy as np
import pytest
from typer.testing import CliRunner

import workings as wk
from workings.cli import app, hyperparameters

WORDS = ["train", "moons", "--epochs", "3", "--hidden", "4", "--json", "--out", "m.safetensors", "--no-report"]
CHANGED = {
    "momentum": ["--optimizer", "momentum", "--momentum", "0.5"],
    "nesterov": ["--optimizer", "nesterov", "--momentum", "0.95"],
    "adamw": ["--optimizer", "adamw", "--decay", "0.5"],
    "batch": ["--batch", "7"],
    "l1": ["--l1", "0.1"],
    "l2": ["--l2", "0.1"],
    "dropout": ["--dropout", "0.5"],
    "step": ["--rate", "0.1", "--schedule", "step:1:0.5"],
    "exponential": ["--rate", "0.1", "--schedule", "exponential:0.7"],
    "inverse": ["--rate", "0.1", "--schedule", "inverse:2"],
    "cosine": ["--rate", "0.1", "--schedule", "cosine:3"],
    "warm-up": ["--rate", "0.1", "--warm-up", "2"],
    "initializer": ["--initializer", "small"],
    "activation": ["--activation", "gelu"],
    "class weight": ["--class-weight", "0=5"],
    "no shuffle": ["--no-shuffle"],
    "loss": ["--loss", "mse"],
}


@pytest.fixture(autouse=True)
def aside(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)


def trained(*more):
    found = CliRunner().invoke(app, [*WORDS, *more], catch_exceptions=False)
    assert found.exit_code == 0, found.output
    json.loads(found.stdout)
    return wk.Model.load("m.safetensors").parameters["W1"]


def test_every_option_is_heard():
    """Each changes what is learned, and none to the same as another."""
    found = {name: trained(*words).tobytes() for name, words in {"plain": [], **CHANGED}.items()}
    assert len(set(found.values())) == len(found)


def test_class_weights_are_those_of_the_library():
    np.testing.assert_array_equal(trained("--class-weight", "0=1", "--class-weight", "1=1.0"), trained())
    assert not np.array_equal(trained("--class-weight", "0=1", "--class-weight", "1=4"), trained())


REFUSED = {
    "--momentum is for --optimizer momentum or nesterov, not adam": ["--momentum", "0.9"],
    "mu of Momentum is a share": ["--optimizer", "momentum", "--momentum", "1.5"],
    "--decay is for --optimizer adamw": ["--decay", "0.1"],
    "--schedule 'fall': there are step": ["--schedule", "fall"],
    "write step:WHOLE:NUMBER": ["--schedule", "step:ten"],
    "write cosine:WHOLE": ["--schedule", "cosine:-3"],
    "write exponential:NUMBER": ["--schedule", "exponential"],
    "--warm-up is a number of epochs": ["--warm-up", "-1"],
    "there is no initializer 'big'": ["--initializer", "big"],
    "there is no class '7'; there are 0, 1": ["--class-weight", "7=2"],
    "write balanced, or LABEL=WEIGHT": ["--class-weight", "even"],
    "'much' is not a number": ["--class-weight", "1=much"],
    "class_weight of 1 is -2.0": ["--class-weight", "1=-2"],
}


@pytest.mark.parametrize(("said", "words"), REFUSED.items(), ids=REFUSED)
def test_refused(said, words, capsys, monkeypatch):
    import workings.cli

    monkeypatch.setattr("sys.argv", ["workings", *WORDS, *words])
    with pytest.raises(SystemExit) as ended:
        workings.cli.main()
    assert ended.value.code == 2
    told = " ".join(capsys.readouterr().err.split())
    assert said in told
    assert "Traceback" not in told


def test_a_regression_has_no_classes():
    with pytest.raises(ValueError, match="this is a regression"):
        hyperparameters.class_weight(["balanced"], None)
