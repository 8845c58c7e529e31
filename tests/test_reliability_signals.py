"""Being asked to stop: Ctrl-C, SIGTERM, SIGHUP, a closed laptop, a closed terminal (goal G37).

The full counts: WORKINGS_FULL=1 python -m pytest tests/test_reliability_signals.py
"""

from __future__ import annotations

import os
import pty
import random
import signal
import subprocess
import sys
import time

import numpy as np
import pytest

import workings as wk
from tests.cases import FULL
from tests.test_fit import bits
from workings.training.interruption import Interruptions

TIMES = 20 if FULL else 1
SECONDS = 2.0 if FULL else 20.0  # from the signal to the end; a machine that is busy with other tests may need longer
PAUSE = 60.0 if os.environ.get("WORKINGS_PAUSE") else 0.5

PROGRAM = """
import sys, numpy as np, workings as wk
from tests.test_fit import bits
path, epochs, resume, kind = sys.argv[1], int(sys.argv[2]), sys.argv[3] == "resume", sys.argv[4]
rng = np.random.default_rng(0)
if kind == "table":
    X, y = rng.standard_normal((1000, 30)).astype(np.float32), rng.integers(0, 2, 1000)
    model = wk.Model([wk.Dense(40, "relu"), wk.Dropout(0.1), wk.Dense(2, "softmax")])
else:
    X, y = rng.random((600, 28, 28), dtype=np.float32), rng.integers(0, 2, 600)
    model = wk.Model([wk.Convolution(16, 5, "relu"), wk.MaxPool(2), wk.Flatten(), wk.Dense(2, "softmax")])
print("ready", flush=True)
model.fit(X, y, epochs=epochs, batch_size=64, optimizer="adam", validation=0.2, learning_rate=1e-4,
          checkpoint=wk.Checkpoint(path, every=1000), resume=resume, backend="numpy")
print("stopped:", model.history.stopped, flush=True)
print(bits(model), flush=True)
"""


def started(path, epochs=100_000, resume="", kind="table", **more):
    process = subprocess.Popen(
        [sys.executable, "-c", PROGRAM, str(path), str(epochs), resume, kind],
        stdout=subprocess.PIPE,
        text=True,
        **{"stderr": subprocess.PIPE, **more},
    )
    assert process.stdout
    assert process.stdout.readline() == "ready\n"
    return process


def stopped_by(process, *signals):
    """Send these, and wait for the end: how long it took, and what was said."""
    began = time.monotonic()
    for signum in signals:
        process.send_signal(signum)
    out, err = process.communicate(timeout=30)
    return time.monotonic() - began, out, err


ENDINGS = {
    "Ctrl-C": ([signal.SIGINT], 0, "stopped by Ctrl-C"),
    "SIGTERM": ([signal.SIGTERM], 128 + signal.SIGTERM, "stopped by SIGTERM"),
    "SIGHUP": ([signal.SIGHUP], 128 + signal.SIGHUP, "stopped by SIGHUP"),
    "SIGHUP, as from a closing terminal": ([signal.SIGHUP, signal.SIGCONT, signal.SIGHUP], 129, "stopped by SIGHUP"),
    "SIGTERM after Ctrl-C": ([signal.SIGINT, signal.SIGTERM], 128 + signal.SIGTERM, ""),
}


@pytest.mark.parametrize(("signals", "code", "said"), ENDINGS.values(), ids=ENDINGS)
def test_the_state_is_saved_and_the_process_ends(signals, code, said, tmp_path):
    rng = random.Random(str(signals))
    for k in range(TIMES):
        path = tmp_path / f"{k}.safetensors"
        process = started(path)
        time.sleep(0.1 + rng.random() * 0.3)
        took, out, err = stopped_by(process, *signals)
        assert took <= SECONDS
        assert process.returncode == code, err
        assert said in err
        assert f"saved in {path}" in err
        assert wk.Model.load(path).shape == (30,)
        if code == 0:
            assert bits(wk.Model.load(path)) in out


def test_a_slow_network_too(tmp_path):
    """Convolutions on the CPU: a slice is short all the same, and the validation is broken off."""
    rng = random.Random(4)
    for k in range(TIMES):
        process = started(tmp_path / str(k), kind="images")
        time.sleep(0.3 + rng.random())
        took, _, err = stopped_by(process, signal.SIGINT)
        assert took <= SECONDS
        assert process.returncode == 0, err
        wk.Model.load(tmp_path / str(k))


def test_a_killed_train_goes_on_to_the_same_numbers(tmp_path):
    """Interrupted (three times, if there is time), in processes of their own: the weights of a run that never was."""
    whole = started(tmp_path / "whole", epochs=100)
    want = whole.communicate(timeout=60)[0].splitlines()[-1]
    path = tmp_path / "broken"
    for signum in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP) if FULL else (signal.SIGTERM,):
        process = started(path, epochs=100, resume="resume")
        time.sleep(0.05)
        stopped_by(process, signum)
    last = started(path, epochs=100, resume="resume")
    assert last.communicate(timeout=60)[0].splitlines()[-1] == want


def test_a_closed_laptop(tmp_path):
    """SIGSTOP, a while, SIGCONT: training goes on as if nothing had been."""
    want = started(tmp_path / "whole", epochs=100).communicate(timeout=60)[0].splitlines()[-1]
    for k in range(TIMES if PAUSE < 1 else 1):
        process = started(tmp_path / str(k), epochs=100)
        time.sleep(0.05)
        process.send_signal(signal.SIGSTOP)
        time.sleep(PAUSE)
        process.send_signal(signal.SIGCONT)
        assert process.communicate(timeout=60)[0].splitlines()[-1] == want


def test_a_closed_terminal_loses_nothing(tmp_path):
    """The bar's terminal goes away, with or without a signal: writing to it fails, and the state is saved."""
    for signum in (signal.SIGHUP, None):
        path = tmp_path / str(signum)
        mine, theirs = pty.openpty()
        process = started(path, stderr=theirs, epochs=100_000 if signum else 100)
        os.close(theirs)
        time.sleep(0.3)
        os.close(mine)
        if signum:
            process.send_signal(signum)
        process.communicate(timeout=60)
        assert process.returncode == (129 if signum else 0)
        wk.Model.load(path)


def test_a_closed_pipe_loses_nothing(tmp_path):
    read, write = os.pipe()
    process = started(tmp_path / "m", stderr=write, epochs=100)
    os.close(write), os.close(read)
    process.communicate(timeout=60)
    assert process.returncode == 0
    wk.Model.load(tmp_path / "m")


def test_a_second_ctrl_c_means_now():
    """The first waits for the step at hand; the second ends it, and what was learned before it is kept."""
    X, y = np.random.default_rng(0).random((40, 3)), [0, 1] * 20
    model, states = wk.Model([wk.Dense(2, "softmax")]), []

    def look(made, history):
        states.append(bits(made))
        if len(history) == 2:
            signal.raise_signal(signal.SIGINT)
            signal.raise_signal(signal.SIGINT)

    with pytest.raises(KeyboardInterrupt):
        model.fit(X, y, epochs=9, callbacks=look, progress=False)
    assert bits(model) == states[1]
    assert len(model.history) == 2


def test_handlers_are_put_back():
    def mine(signum, frame):
        heard.append(signum)

    heard: list[int] = []
    before = {signum: signal.signal(signum, mine) for signum in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)}
    try:
        signal.signal(signal.SIGHUP, signal.SIG_IGN)  # as under nohup
        with Interruptions() as interruption:
            signal.raise_signal(signal.SIGHUP)
            assert not interruption
            signal.raise_signal(signal.SIGTERM)
            assert interruption.said == "SIGTERM"
            signal.raise_signal(signal.SIGTERM)
            signal.raise_signal(signal.SIGINT)
            assert interruption.said == "SIGTERM"
            signal.raise_signal(signal.SIGINT)
        assert heard == [signal.SIGINT]
        assert [signal.getsignal(s) for s in before] == [mine, mine, signal.SIG_IGN]
    finally:
        for signum, handler in before.items():
            signal.signal(signum, handler)


def test_sigterm_raises_the_exit_code_in_process():
    model = wk.Model([wk.Dense(2, "softmax")])

    def ring(made, history):
        signal.raise_signal(signal.SIGTERM)

    with pytest.raises(SystemExit) as caught:
        model.fit(np.eye(4), [0, 1, 0, 1], epochs=5, callbacks=ring, progress=False)
    assert caught.value.code == 128 + signal.SIGTERM
    assert model.history.stopped == "stopped by SIGTERM after epoch 1; what was learned so far is kept"
