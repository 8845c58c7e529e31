"""Signals, pipes and kills: what was learned is kept, and the exit code says how a process ended."""

from __future__ import annotations

import contextlib
import json
import os
import signal
import subprocess
import sys
import time

import numpy as np
import pytest

from workings import Model

LONG = ["train", "moons", "--hidden", "32,32", "--batch", "4", "--epochs", "100000", "--backend", "numpy"]
RUN = [sys.executable, "-c", "from workings.cli import main; main()"]


@pytest.fixture(autouse=True)
def here(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("PYTHONPATH", os.pathsep.join(p for p in sys.path if p))
    return tmp_path


@contextlib.contextmanager
def started(*words):
    """A training on its way: its first epoch has been reported."""
    with subprocess.Popen([*RUN, *words], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
        assert process.stderr is not None
        for line in process.stderr:
            if line.startswith("epoch "):
                yield process
                break
        else:
            raise AssertionError("it ended before it began")


@pytest.mark.parametrize(("which", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143), (signal.SIGHUP, 129)])
def test_a_signal_saves_what_was_learned(here, which, code):
    with started(*LONG) as process:
        began = time.monotonic()
        process.send_signal(which)
        _, err = process.communicate(timeout=60)
    assert process.returncode == code, err
    assert time.monotonic() - began < 30
    assert "the model is saved: moons.safetensors" in err
    assert "Traceback" not in err
    assert len(Model.load(here / "moons.safetensors").history) >= 1


def test_a_stopped_regression_answers_in_its_own_units(here):
    with started("train", "houses", "--rate", "0.01", "--epochs", "1000000", "--backend", "numpy") as process:
        process.send_signal(signal.SIGINT)
        process.communicate(timeout=60)
    assert process.returncode == 130
    assert Model.load(here / "houses.safetensors").predict([[0.0]]).item() > 20


def test_a_killed_training_resumes_to_the_same_numbers(here):
    train = ["train", "moons", "--optimizer", "adam", "--hidden", "4", "--dropout", "0.1", "--checkpoint", "run.ck"]
    with started(*train, "--epochs", "100000", "--every", "5", "--backend", "numpy") as process:
        while not (here / "run.ck").exists():
            time.sleep(0.01)
        process.kill()
    done = len(Model.load("run.ck").history)
    epochs = str(done + 20)
    resumed = subprocess.run(
        [*RUN, *train, "--epochs", epochs, "--resume", "--every", "5", "--json"],
        capture_output=True, text=True, check=True,
    )  # fmt: skip
    whole = subprocess.run(
        [*RUN, *train[:-2], "--epochs", epochs, "--out", "whole.safetensors", "--backend", "numpy", "--json"],
        capture_output=True, text=True, check=True,
    )  # fmt: skip
    assert json.loads(resumed.stdout)["loss"] == json.loads(whole.stdout)["loss"]
    again, once = Model.load("moons.safetensors").parameters, Model.load("whole.safetensors").parameters
    for name, W in once.items():
        np.testing.assert_array_equal(again[name], W)


def test_a_reader_that_has_seen_enough_is_no_error():
    with subprocess.Popen([*RUN, "data"], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        process.stdout.close()
        assert "Traceback" not in process.stderr.read()


def test_the_command_itself_refuses_with_a_sentence():
    done = subprocess.run([*RUN, "train", "nothing.csv"], capture_output=True, text=True, check=False)
    assert done.returncode == 2
    assert done.stdout == ""
    assert done.stderr.startswith("workings: 'nothing.csv' does not exist")
    assert done.stderr.count("\n") == 1


def test_an_unknown_verb_and_an_unknown_option_offer_the_nearest():
    for words, near in ((["trian"], "train"), (["train", "xor", "--epoch", "3"], "--epochs")):
        done = subprocess.run([*RUN, *words], capture_output=True, text=True, check=False)
        assert done.returncode == 2
        assert near in done.stderr
