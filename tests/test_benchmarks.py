"""Benchmarks: each runs in a tiny form, its results are checked, a table comes out.  No time is asserted."""

from __future__ import annotations

import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path

import numpy as np
import pytest

import workings as wk
from workings.backends import native, numpy, xla

HOME = Path(__file__).parent.parent
sys.path.insert(0, str(HOME / "benchmarks"))

from side_by_side import cold, machine, page, reference, table  # noqa: E402
from side_by_side.cases import CASES, Case, steps_of  # noqa: E402
from side_by_side.problem import paper, pictures, problem  # noqa: E402
from side_by_side.turns import ENGINES, Pace, Room, Row  # noqa: E402
from side_by_side.worker import Engine, Failed, Worker, made  # noqa: E402

STEPS = 12
ENGINES_HERE = {
    "native": ("ours.Backend", "native", native.available()),
    "native all": ("ours.Backend", "native all", native.available()),
    "numpy": ("ours.Backend", "numpy", numpy.available()),
    "xla": ("ours.Backend", "xla", xla.available()),
    "Model.fit": ("ours.Fit", "auto", None),
    "PyTorch": ("peers.Eager", "1", None if find_spec("torch") else "PyTorch is not installed"),
    "JAX": ("compiled.Jax", "", xla.available()),
}
NAMES = [case.name for case in CASES]


@pytest.mark.parametrize("engine", ENGINES_HERE)
@pytest.mark.parametrize("case", CASES, ids=NAMES)
def test_fast_results_are_right(case, engine):
    """The same start and the same order give the weights of float64, whoever computes them."""
    kind, settings, missing = ENGINES_HERE[engine]
    if missing:
        pytest.skip(missing)
    steps = min(STEPS, 3 if case.operations > 1e8 else STEPS)
    asked = problem(case, steps * case.batch)
    want = reference.weights(asked, steps)
    try:
        runner = made(kind, settings, asked)
    except NotImplementedError as reason:
        pytest.skip(str(reason))
    runner.steps(steps)
    if (got := runner.weights()) is None:
        pytest.skip("PyTorch has the weights of an LSTM in another form")
    assert max(np.abs(a - b).max() for a, b in zip(want, asked.flat("float64"), strict=True)) > 1e-5
    for a, b in zip(got, want, strict=True):
        np.testing.assert_allclose(a, b, atol=1e-5)


@pytest.mark.parametrize("case", [case for case in CASES if case.kind == "dense"], ids=lambda case: case.name)
def test_the_textbook_and_the_library_agree(case):
    """Two calculations in float64 that share nothing."""
    asked = problem(case, 3 * case.batch)
    for a, b in zip(reference.dense(asked, 3), reference.by_library(asked, 3), strict=True):
        np.testing.assert_allclose(a, b, rtol=1e-9, atol=1e-12)


def test_noise_has_no_zeros_and_digits_have(monkeypatch):
    assert (pictures(784, True) > 0).mean() > 0.999
    if (zeros := paper()) is not None:
        assert (pictures(784, False) == 0).mean() == pytest.approx(zeros)
        assert zeros > 0.8
    monkeypatch.delenv("WORKINGS_DATA", raising=False)
    assert paper() is None
    assert "random numbers" in page.pictures()


def test_what_a_step_costs():
    """784-16-16-10, by hand: 2 operations per weight and example forward, for dW, and for dA but in layer 1."""
    first, others = 784 * 16, 16 * 16 + 16 * 10
    assert CASES[0].operations == 10 * (4 * first + 6 * others)
    assert steps_of(CASES[0], 1e12) == 6000
    assert steps_of(CASES[0], 0) == 2


TINY = Case((3, 2, 1), 4, "relu", "cross-entropy", must=2, goal=4)


def row(**times):
    return Row(TINY, times={name.replace("_", " "): us for name, us in times.items()})


def test_ratios_and_verdicts():
    found = row()
    found.times = {"native, 1 thread": 2.0, "numpy": 3.0, "PyTorch, 1 thread": 6.0, "PyTorch, all": 9.0, "Keras": 4.0}
    peak = machine.Peak(TINY.operations / 4e-6, 1e12, "")
    assert table.taken(found) == "native, 1 thread"
    assert table.ratio(found, table.TORCH) == 3
    assert table.ratio(found, table.PEERS) == 2
    assert table.ratio(found, table.RAW_JAX) is None
    assert table.share(found, peak) == pytest.approx(2)
    assert "| 3× | 2× (4×) | yes | 2× (Keras) |" in table.verdicts([found], peak)
    assert table.reached(1.9, 2, 4) == "**no**"
    assert table.reached(4.0, 2, 4) == "goal"
    assert table.reached(None, 2, 4) == "not measured"
    assert [table.figure(x) for x in (4.9871, 54268.0, 0.123456, None)] == ["4.99", "54 300", "0.123", "–"]


def test_a_row_from_start_to_end():
    """Processes, turns, checks; a missing library and an engine that fails are said, and the rest stands."""
    engines = [
        next(engine for engine in ENGINES if engine.label == "numpy"),
        Engine("absent", "peers.Eager", "1", "no_such_library"),
        Engine("broken", "ours.Backend", "no-such-backend"),
    ]
    with Room() as room:
        found = room.row(TINY, Pace(0.001, 2, 0.1, 1e5, 10.0), engines)
    assert set(found.times) == set(found.errors) == {"numpy"}
    assert found.errors["numpy"] < 1e-6 < found.moved
    assert "no_such_library is not here" in found.reasons["absent"]
    assert "there is no backend" in found.reasons["broken"]
    assert "no_such_library" in table.reasons([found])


def test_a_process_that_dies_or_is_late_is_said():
    worker = Worker(())
    with pytest.raises(Failed, match="no answer within"):
        worker.ask("load", "numpy", limit=0)
    worker = Worker(())
    worker.process.kill()
    worker.process.join()
    with pytest.raises(Failed, match="its process ended"):
        worker.ask("load", "numpy")
    worker.end()


def test_the_peak_of_this_machine():
    for found in (machine.peak(), machine._products()):
        assert 1e8 < found.one < 1e13
        assert found.all > 1e8
        assert found.how


def test_cold_starts():
    assert cold.imports(1)["numpy"] > 0
    assert cold.first_epoch(1)["workings"][4]
    X, y = cold.random_part()
    assert (X.shape, X.dtype, y.shape) == ((60_000, 784), np.uint8, (60_000,))


def test_the_command_writes_a_page(tmp_path):
    """From the command line to docs/speed.md, and only what was measured stands in it."""
    out = tmp_path / "docs" / "speed.md"
    words = ["--quick", "--steps-only", "--nets", "30-16-1", "--engines", "numpy", "--write", str(out)]
    command = [sys.executable, str(HOME / "benchmarks" / "receipts.py"), *words]
    done = subprocess.run(command, capture_output=True, text=True, cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    said = out.read_text(encoding="utf-8")
    assert said in done.stdout
    assert "--quick --nets 30-16-1 --engines numpy" in said
    assert "**Rough figures**" in said
    assert "$" not in said
    assert "LeNet" not in said
    assert [path.name for path in out.parent.iterdir()] == ["speed.md"]


def test_nothing_has_that_name():
    command = [sys.executable, str(HOME / "benchmarks" / "receipts.py"), "--nets", "no such network"]
    done = subprocess.run(command, capture_output=True, text=True)
    assert (done.returncode, done.stdout) == (2, "")
    assert "--help" in done.stderr


def test_the_page_names_what_is_not_installed(monkeypatch):
    monkeypatch.setattr(machine, "versions", lambda: {"Python": "3", "torch": None})
    asked = __import__("argparse").Namespace(quick=False, nets=[""], engines=[""], steps_only=False, write=None)
    found = {"imports": {"torch": None}, "first": {}, "whole": {"native": (2.5, 0.95, 0.94)}}
    said = page.written([], machine.Peak(1e11, 2e11, "a guess"), found, asked, None, 60.0)
    assert "not installed: torch" in said
    assert "torch missing" in said
    assert "2.5 s on native (95.00 % right at best, 94.00 % at the end)" in said


def test_the_kernel_alone():
    if reason := native.available():
        pytest.skip(reason)
    command = [sys.executable, str(HOME / "benchmarks" / "native.py"), "30-16-1"]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    assert all(name in done.stdout for name in native.instruction_sets())


def test_the_published_page_is_whole():
    """docs/speed.md has every network of the table, and says on what machine and how it was measured."""
    said = (HOME / "docs" / "speed.md").read_text(encoding="utf-8")
    assert all(name in said for name in NAMES)
    assert all(word in said for word in ("python benchmarks/receipts.py", "Processor:", "numpy", "GFLOP/s"))
    assert wk.__version__
