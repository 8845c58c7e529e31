"""Progress: a bar in a terminal, one line in a notebook, plain lines in a pipe, silence where asked for."""

from __future__ import annotations

import contextlib
import io
import os
import pty
import re
import subprocess
import sys
import threading

import numpy as np
import pytest

import workings as wk
from workings.backends.plan import Tally
from workings.metrics import Accuracy
from workings.training import progress as room

X, Y = np.random.default_rng(0).random((40, 3)), [0, 1] * 20
PROGRAM = """
import numpy as np, workings as wk
X, Y = np.random.default_rng(0).random((40, 3)), [0, 1] * 20
model = wk.Model([wk.Dense(2, "softmax")])
model.fit(X, Y, epochs=30, validation=0.2, early_stopping=%s, progress=%s)
"""


def in_a_pipe(early=None, wanted=None):
    program = PROGRAM % (early, wanted)
    return subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)


def test_plain_lines_in_a_pipe():
    done = in_a_pipe()
    assert done.stdout == ""
    first, *_, last = done.stderr.splitlines()
    said = r"epoch {}/30  loss [\d.]+  accuracy [\d.]+ %  validation loss [\d.]+  validation accuracy [\d.]+ %"
    assert re.match(said.format(1), first)
    assert re.fullmatch(said.format(30), last)
    assert len(done.stderr.splitlines()) <= 5


def test_why_it_stopped_is_said():
    assert "the best was epoch" in in_a_pipe("wk.EarlyStopping(1, least=10.0)").stderr.splitlines()[-1]


def test_silence():
    done = in_a_pipe(wanted=False)
    assert (done.stdout, done.stderr) == ("", "")


def in_a_terminal(columns):
    """What a program writes to a terminal so wide, with its escape sequences."""
    mine, theirs = pty.openpty()
    env = {**os.environ, "COLUMNS": str(columns), "TERM": "xterm-256color"}
    process = subprocess.Popen([sys.executable, "-c", PROGRAM % (None, None)], stderr=theirs, env=env)
    os.close(theirs)
    seen = bytearray()

    def read():
        with contextlib.suppress(OSError):
            while part := os.read(mine, 4096):
                seen.extend(part)

    reader = threading.Thread(target=read)
    reader.start()
    assert process.wait(60) == 0
    reader.join(10)
    os.close(mine)
    return seen.decode()


@pytest.mark.parametrize("columns", [40, 120])
def test_a_bar_in_a_terminal(columns):
    seen = in_a_terminal(columns)
    plain = re.sub(r"\x1b\[[0-9;?]*[A-Za-z]", "", seen)
    assert "30/30" in plain
    assert "━" in plain
    assert columns == 40 or re.search(r"loss [\d.]+  accuracy [\d.]+ %", plain)
    assert seen.endswith("\x1b[?25h") or "\x1b[?25h" in seen  # the cursor is back


class FakeDisplay:
    def __init__(self):
        self.said = []

    def update(self, data, raw):
        assert raw
        self.said.append(data["text/plain"])


def test_one_line_that_renews_itself_in_a_notebook(monkeypatch, capsys):
    shown = FakeDisplay()

    class Shell:
        pass

    Shell.__name__ = "ZMQInteractiveShell"
    modules = {
        "IPython": type(sys)("IPython"),
        "IPython.display": type(sys)("IPython.display"),
        "IPython.core.getipython": type(sys)("IPython.core.getipython"),
    }
    modules["IPython.display"].display = lambda data, raw, display_id: shown  # type: ignore[attr-defined]
    modules["IPython.core.getipython"].get_ipython = Shell  # type: ignore[attr-defined]
    for name, module in modules.items():
        monkeypatch.setitem(sys.modules, name, module)
    wk.Model([wk.Dense(2, "softmax")]).fit(X, Y, epochs=30, callbacks=lambda model, h: len(h) == 20)
    assert shown.said[0].startswith("epoch 1/30")
    assert shown.said[-1] == "stopped by a callback after epoch 20"
    assert capsys.readouterr() == ("", "")


def test_python_outside_a_notebook_is_none(monkeypatch):
    monkeypatch.delitem(sys.modules, "IPython", raising=False)
    assert not room.in_notebook()
    monkeypatch.setitem(sys.modules, "IPython", type(sys)("IPython"))
    core = type(sys)("IPython.core.getipython")
    core.get_ipython = lambda: None  # type: ignore[attr-defined]
    monkeypatch.setitem(sys.modules, "IPython.core.getipython", core)
    assert not room.in_notebook()


def test_a_stream_that_is_gone_does_not_end_training(monkeypatch):
    for stream in (io.StringIO(), None):
        if stream:
            stream.close()
        monkeypatch.setattr(sys, "stderr", stream)
        history = wk.Model([wk.Dense(2, "softmax")]).fit(X, Y, epochs=3)
        assert len(history) == 3


def test_time_left_is_said_when_it_is_worth_it(monkeypatch, capsys):
    now = iter([0.0, *(30.0 * k for k in range(1, 9))])
    monkeypatch.setattr(room.time, "monotonic", lambda: next(now))
    lines = room.Lines()
    lines.start(epochs=4, steps=10, done=0)
    for k in (1, 2):
        lines.epoch({"epoch": k, "loss": 0.25})
    lines.stop("the end")
    assert capsys.readouterr().err.splitlines() == [
        "epoch 1/4  loss 0.25  1:30 left",
        "epoch 2/4  loss 0.25  1:00 left",
        "the end",
    ]


def test_words_and_figures():
    assert room.clock(65) == "1:05"
    assert room.clock(3725) == "1:02:05"
    row = {"epoch": 1, "loss": 0.123456, "accuracy": 0.5, "validation_rmse": 1e-9, "learning_rate": 1, "seconds": 2}
    assert room.figures(row) == "loss 0.1235  accuracy 50.0 %  validation rmse 1e-09"
    assert room.running(Tally(), Accuracy()) == ""
    assert room.running(Tally(4, 2.0, 3.0, 1), Accuracy()) == "loss 0.5  accuracy 75.0 %"
