"""Backends: how one is chosen, and that the reference does what its interface says."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

import workings as wk
from tests.test_fit import OPTIMIZERS
from workings.backends import BACKENDS, backend, choose
from workings.backends import numpy as reference
from workings.backends.plan import Diverged, Plan, State, Tally
from workings.losses import SquaredError
from workings.metrics import RootMeanSquare
from workings.optimizers import OPTIMIZERS as BY_NAME
from workings.penalties import L1, L2

RNG = np.random.default_rng(2)
X, Y = RNG.standard_normal((20, 3)), RNG.standard_normal((20, 2))


def plan(optimizer="gradient-descent", dtype="float64", **more):
    layers = [wk.Dense(4, "tanh"), wk.BatchNorm(), wk.Dropout(0.3), wk.Dense(2)]
    network = wk.Model(layers).network
    return Plan(network, SquaredError(), BY_NAME[optimizer], RootMeanSquare(), (3,), dtype=dtype, **more)


def state(plan):
    params = reference.cast(plan.network.init(np.random.default_rng(0), plan.shape), plan.dtype)
    return State(params, reference.cast(plan.network.memory(plan.shape), plan.dtype), plan.optimizer.init(params))


def run(plan, state, order=None, batch_size=6, alpha=0.05, seed=1):
    order = np.arange(20) if order is None else order
    return reference.run(plan, state, X, Y, order, batch_size, alpha, np.random.default_rng(seed))


def leaves(tree):
    for branch in tree.values():
        yield from leaves(branch) if isinstance(branch, dict) else [np.asarray(branch)]


def test_choosing():
    assert choose("numpy").name == "numpy"
    assert choose("auto", plan()).name in BACKENDS
    assert all(backend(name).name == name for name in BACKENDS if not backend(name).available())
    for name in ("abacus", "", "NUMPY"):
        with pytest.raises(ValueError, match="there is no backend"):
            choose(name)


@pytest.mark.parametrize("optimizer", OPTIMIZERS)
def test_a_run_is_its_steps(optimizer):
    """One call for three batches, or three calls of one: the same bits, and nothing given is changed."""
    plan_ = plan(optimizer)
    first = state(plan_)
    kept = [leaf.copy() for tree in (first.params, first.memory, first.optimizer) for leaf in leaves(tree)]
    together, tally = run(plan_, first, np.arange(18))
    rng, apart, total = np.random.default_rng(1), first, Tally()
    for k in range(3):
        apart, part = reference.run(plan_, apart, X, Y, np.arange(6 * k, 6 * k + 6), 6, 0.05, rng)
        total += part
    for one, other in ((together.params, apart.params), (together.memory, apart.memory)):
        for a, b in zip(leaves(one), leaves(other), strict=True):
            np.testing.assert_array_equal(a, b)
    for a, b in zip(leaves(together.optimizer), leaves(apart.optimizer), strict=True):
        np.testing.assert_array_equal(a, b)
    assert (tally.examples, tally.steps) == (total.examples, total.steps) == (18, 3)
    assert tally.loss == pytest.approx(total.loss, rel=1e-14)
    assert tally.metric == pytest.approx(total.metric, rel=1e-14)
    for before, leaf in zip(
        kept, (x for tree in (first.params, first.memory, first.optimizer) for x in leaves(tree)), strict=True
    ):
        np.testing.assert_array_equal(before, leaf)


@pytest.mark.parametrize("optimizer", OPTIMIZERS)
@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_the_row_is_the_tree(optimizer, dtype):
    """The optimizer's formula read over one row of all cells is what it is over every parameter."""
    plan_ = plan(optimizer, dtype, penalties=(L1(0.01), L2(0.1)))
    now, rng, want = state(plan_), np.random.default_rng(1), state(plan_)
    for k in range(4):
        batch = np.arange(5 * k, 5 * k + 5)
        A, T = (reference.gathered(Z, batch, dtype) for Z in (X, Y))
        noise = plan_.network.noise(rng, (3,), 5)
        _, _, grads, memory = reference.slopes(plan_, want.params, want.memory, A, T, noise)
        params, optimizer_ = plan_.optimizer.update(np, want.params, grads, want.optimizer, 0.05)
        want = State(params, memory, optimizer_)
    now, _ = run(plan_, now, batch_size=5)
    assert {leaf.dtype for leaf in leaves(now.params)} == {np.dtype(dtype)}
    for tree in ("params", "memory", "optimizer"):
        for a, b in zip(leaves(getattr(now, tree)), leaves(getattr(want, tree)), strict=True):
            np.testing.assert_array_equal(a, b)


def test_divergence_tells_the_step_and_the_state_before_it():
    plan_ = plan()
    bad = X.copy()
    bad[13] = 1e200
    with pytest.raises(Diverged) as caught:
        reference.run(plan_, state(plan_), bad, Y * 1e200, np.arange(20), 6, 1.0, np.random.default_rng(0))
    assert caught.value.step == 0
    assert not np.isfinite(caught.value.loss)
    for a, b in zip(leaves(caught.value.state.params), leaves(state(plan_).params), strict=True):
        np.testing.assert_array_equal(a, b)


def test_gathered():
    pixels = np.array([[0, 255], [51, 102], [1, 2]], dtype=np.uint8)
    got = reference.gathered(pixels, [1, 0], "float32")
    assert got.dtype == np.float32
    np.testing.assert_allclose(got, [[0.2, 0.0], [0.4, 1.0]], rtol=1e-6)
    assert reference.gathered(X.astype(np.float32), slice(3), "float32").base is not None  # a view
    words = np.arange(6).reshape(2, 3)
    assert reference.gathered(words, slice(None), "float32").dtype == words.dtype
    images = np.zeros((5, 1, 2, 3), np.float32)
    assert reference.gathered(images, slice(4), "float32").shape == (1, 2, 3, 4)


def test_small_steps_keep_to_one_thread():
    small, large = reference.threads(1000), reference.threads(10**9)
    with small, large:
        pass
    assert type(small) is not type(large)


JAXES = {  # what `import jax` finds, and what is said about it
    "none": (None, "JAX is not installed"),
    "empty": ("", "does not load (AttributeError: "),
    "without its library": ("import jaxlib_is_not_there", "does not load (ModuleNotFoundError: "),
    "library that does not link": ("raise ImportError('libjax.so: no such file\\nmore')", "libjax.so: no such file)"),
    "parts that do not fit": ("raise RuntimeError('jaxlib 0.9 is too new for jax 0.4')", "jaxlib 0.9 is too new"),
    "for another Python": ("print 'jax'", "does not load (SyntaxError: "),
    "old": ("__version__ = '0.3.25'", "JAX 0.3.25 is older than 0.4.32"),
}
WITHOUT = """
import sys
if sys.argv[1] == "none":
    sys.modules["jax"] = None
import numpy as np
import workings as wk
from workings import backends
why = backends.backend("xla").available()
print(why)
try:
    backends.choose("xla")
except ValueError as error:
    print(error)
model = wk.Model([wk.Dense(3, "tanh"), wk.BatchNorm(), wk.Dense(2, "softmax")])
X, y = np.random.default_rng(0).normal(size=(20, 4)), np.arange(20) % 2
print(model.fit(X, y, epochs=1, progress=False).backend, len(model.predict(X)))
"""


@pytest.mark.parametrize("name", JAXES)
def test_without_a_jax_that_works_numpy_does_and_one_line_says_why(name, tmp_path):
    """G60: no JAX, broken ones and an old one, each in a process of its own."""
    source, said = JAXES[name]
    if source is not None:
        (tmp_path / "jax.py").write_text(source, encoding="utf-8")
    home = str(Path(__file__).parents[1])
    done = subprocess.run(
        [sys.executable, "-c", WITHOUT, name],
        env=os.environ | {"PYTHONPATH": os.pathsep.join([str(tmp_path), home])},
        capture_output=True,
        text=True,
        check=True,
    )
    why, refused, trained = done.stdout.splitlines()
    assert said in why
    assert why.endswith("pip install -U 'workings[xla]'")
    assert refused == f"the xla backend cannot run this: {why}"
    assert trained == "numpy 20"
    assert not done.stderr


@pytest.mark.parametrize("dtype", ["float32", "float64", "int64", "float16"])
@pytest.mark.parametrize("shape", [(), (1, 1), (0, 3), (5, 7), (2, 3, 5)])
def test_numpys_own_namespace_chooses_to_the_bit_as_numpy_does(dtype, shape):
    rng = np.random.default_rng(0)
    x, y = (np.asfortranarray(rng.normal(size=shape).astype(dtype)) for _ in range(2))
    if dtype.startswith("float") and x.size:
        x.flat[0], y.flat[0], x.flat[-1], y.flat[-1] = np.nan, -0.0, -0.0, np.inf
    for mask in (rng.random(shape) > 0.5, np.ones(shape, bool), np.zeros(shape, bool)):
        zeros = reference.zeros_like(x)
        for a, b in [(x, y), (x, zeros), (zeros, y), (x, 0), (x, y.astype(float))]:
            want, got = np.where(mask, a, b), reference.where(mask, a, b)
            assert (got.dtype, got.shape, got.tobytes()) == (want.dtype, want.shape, want.tobytes())


@pytest.mark.parametrize("axis", [None, 0, (0, 1)])
@pytest.mark.parametrize("dtype", [bool, "int32", "float32", "float64"])
def test_numpys_own_namespace_sums_to_the_bit_as_numpy_does(dtype, axis):
    x = np.asarray(np.random.default_rng(0).normal(size=(5, 70, 3)) * 3).astype(dtype)
    want, got = np.sum(x, axis=axis, keepdims=True), reference.total(x, axis=axis, keepdims=True)
    assert (got.dtype, got.shape, got.tobytes()) == (want.dtype, want.shape, want.tobytes())
