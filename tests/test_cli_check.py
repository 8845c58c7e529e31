"""`workings check`: what it says of healthy and sick models, and of data that are not the model's."""

from __future__ import annotations

import csv

import numpy as np
import pytest

import workings as wk
from tests.test_cli import run, told


@pytest.fixture(autouse=True)
def here(tmp_path, monkeypatch):
    """A folder of our own to work in."""
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.fixture
def sick():
    """A saved model all of whose hidden units are the same."""
    X, y = wk.data.moons()
    model = wk.Model([wk.Dense(3, "tanh", "zeros"), wk.Dense(1, "sigmoid", "zeros")])
    model.fit(X, y, epochs=2, learning_rate=0.5, progress=False)
    model.save("sick.safetensors")
    return "sick.safetensors"


def test_a_sick_model_is_told_why(sick):
    said = run("check", sick, "moons").stdout
    assert "160 examples of moons, target 'class':" in said
    assert "1. symmetric units: Z1[1,:], Z1[2,:], Z1[3,:]" in said
    assert "Cure: model = wk.checkup.redrawn(model, ['Z1'])" in said
    assert "learning rate 0.5; it helped" in said
    found = told("check", sick, "moons", "--no-cures")
    assert [f["kind"] for f in found["findings"]] == ["symmetric units"]
    assert found["findings"][0]["tried"] is None


def test_a_healthy_regression_is_judged_as_it_was_trained(here):
    """Its target is far from 1, and the saved model answers in the target's own units."""
    rng = np.random.default_rng(0)
    with (here / "houses.csv").open("w", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(["size", "rooms", "price"])
        for _ in range(150):
            size, rooms = rng.uniform(40, 100), rng.integers(1, 6)
            writer.writerow([round(size, 1), rooms, round(2000 * size + 9000 * rooms + rng.normal(0, 4000))])
    run("train", "houses.csv", "--target", "price", "--quiet")
    said = run("check", "houses.safetensors", "houses.csv").stdout
    assert "in spreads of" in said
    assert "nothing found" in said
    assert "in 30 validation rows" in said


def test_how_it_was_trained_is_remembered_and_may_be_said_otherwise(here):
    run("train", "moons", "--optimizer", "adam", "--batch", "16", "--quiet")
    model = wk.Model.load("moons.safetensors")
    assert model.history.how == {"optimizer": "adam", "batch_size": 16, "dtype": "float32"}
    assert "nothing found" in run("check", "moons.safetensors", "moons").stdout
    assert "one step with 1e-05" in " ".join(
        run("check", "moons.safetensors", "moons", "--rate", "0.00001", "--test", "0").stdout.split()
    )


def test_data_of_another_shape_are_a_finding(sick):
    said = run("check", sick, "digits").stdout
    assert "data that cannot be read" in said
    assert "hand in X of the shape (m, 2)" in said


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (["nothing.safetensors", "moons"], "there is no such file"),
        (["sick.safetensors", "nothing"], "there is no data set and no file 'nothing'"),
        (["sick.safetensors", "moons", "--optimizer", "none"], "there is no optimizer 'none'"),
        (["sick.safetensors", "moons", "--rate", "-1"], "-1"),
        (["sick.safetensors", "moons", "--batch", "0"], "batch_size is a whole number from 1"),
        (["sick.safetensors", "moons", "--test", "7.5"], "7.5"),
    ],
)
def test_bad_words_end_in_a_sentence(sick, words, sentence):
    assert sentence in run("check", *words, code=2).stderr.replace("--batch is", "batch_size is")
