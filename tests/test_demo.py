"""The demo: real digits, real sums, and a report that opens by itself."""

from __future__ import annotations

import json
import re

import numpy as np
import pytest
from typer.testing import CliRunner

from workings.cli import app


@pytest.fixture(autouse=True)
def here(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    return tmp_path


def demo(*words):
    done = CliRunner().invoke(app, ["demo", *map(str, words)], catch_exceptions=False)
    assert done.exit_code == 0, done.stderr
    return done.stdout


@pytest.fixture(scope="module")
def said():
    """What the demo prints, run once."""
    return demo("--no-report")


def test_it_knows_digits_it_has_not_seen_and_writes_its_report(here):
    told = json.loads(demo("--json"))
    assert told["accuracy"] >= 0.95
    assert told["right"] == round(told["accuracy"] * told["held_out"])
    assert told["held_out"] + told["trained_on"] == 1797
    assert told["network"] == "64-16-16-10"
    assert told["parameters"] == 16 * 65 + 16 * 17 + 10 * 17
    page = (here / "workings-demo.html").read_text(encoding="utf-8")
    assert f"{100 * told['accuracy']:.1f} %" in page
    assert page.count("<img ") == 5


def test_the_same_seed_gives_the_same_demo(said, here):
    assert demo("--no-report").rsplit("\n", 2)[0] == said.rsplit("\n", 2)[0]
    assert not list(here.iterdir())


def test_the_sums_it_prints_add_up(said):
    assert max(map(len, said.splitlines())) <= 80
    assert said.isascii()
    sums = re.findall(r"the sum of (\d+) products and a bias\n(.*?)  -+\n  (\S+) +~ +(\S+)", said, re.S)
    assert [int(n) for n, *_ in sums] == [16, 16, 64]
    for _, lines, _, total in sums:
        parts = [float(line.split()[-1]) for line in lines.splitlines()]
        assert len(parts) == 8, "six products, the rest of them, the bias"
        assert sum(parts) == pytest.approx(float(total), abs=0.02)
        for w, a, product in re.findall(r"(-?[\d.e-]+) +x +(-?[\d.e-]+) += +(-?[\d.e-]+)", lines):
            assert float(w) * float(a) == pytest.approx(float(product), rel=2e-3, abs=1e-4)
    assert [cell.split("[")[0] for _, _, cell, _ in sums] == ["Z3", "Z2", "Z1"]


def test_the_pixels_it_names_are_those_of_the_picture(said):
    rows = re.findall(r"^   (\d) (.*)$", said.split("The network says")[0], re.M)
    picture = np.array([[" .:-=+*#%@".index(line.ljust(16)[2 * k]) for k in range(8)] for _, line in rows])
    named = re.findall(r"X\[(\d+),1\] +row (\d), column (\d) +-?[\d.e-]+ +x +([\d.]+)", said)
    assert len(named) == 6
    for feature, row, column, value in named:
        assert int(feature) == 8 * (int(row) - 1) + int(column)
        assert picture[int(row) - 1, int(column) - 1] == round(9 * float(value))


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(10))
def test_every_seed_is_good_enough(seed):
    assert json.loads(demo("--json", "--no-report", "--seed", seed))["accuracy"] >= 0.95
