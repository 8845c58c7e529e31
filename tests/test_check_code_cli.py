"""`workings check-code`: exit codes, and what is said of a file that cannot be checked."""

from __future__ import annotations

import json

import pytest

from tests.test_cli import run

RELU = "import numpy as np\ndef relu(Z): return np.maximum(Z, 0)\n"


@pytest.fixture(autouse=True)
def here(tmp_path, monkeypatch):
    """A folder of our own to work in."""
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_exit_codes(here):
    (here / "mine.py").write_text(RELU)
    assert "1 of 1 functions right" in run("check-code", "mine.py").stdout
    (here / "mine.py").write_text(RELU.replace("maximum", "minimum"))
    said = run("check-code", "mine.py", code=1).stdout
    assert "the smaller of Z and 0 was taken, not the larger." in said
    told = json.loads(run("check-code", "mine.py", "--json", "--seed", "3", code=1).stdout)
    assert (told["right"], told["first_wrong"]["fault"]) == (False, "sign")


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["missing.py"], "there is no file 'missing.py'"),
        (["picture.py"], "is not a Python file"),
        (["mine.py", "--as", "relu"], "write NAME=YOURS"),
        (["mine.py", "--as", "rilu=relu"], "'rilu' is not a function that is checked"),
        (["mine.py", "--as", "relu=1 + 1"], "is not the name of a function"),
        (["none.py"], "it has no functions at all"),
    ],
)
def test_bad_input_is_told_in_a_sentence(here, words, said):
    (here / "mine.py").write_text(RELU)
    (here / "none.py").write_text("x = 1\n")
    (here / "picture.py").write_bytes(b"\x89PNG\xff\x00")
    done = run("check-code", *words, code=2)
    assert said in " ".join(done.stderr.split())
    assert "Traceback" not in done.stderr
