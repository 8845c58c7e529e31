"""The native kernel computes what NumPy computes in float64: same start, same order, same cells dropped."""

from __future__ import annotations

import os
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from threadpoolctl import threadpool_limits

from workings import losses, metrics, optimizers, penalties
from workings.backends import native
from workings.backends import numpy as reference
from workings.backends.native import library
from workings.backends.native.shuffling import shuffles
from workings.backends.plan import Diverged, Plan, State, Tally
from workings.layers import (
    Add,
    BatchNorm,
    Dense,
    Dropout,
    Flatten,
    Gelu,
    Identity,
    LeakyRelu,
    Relu,
    Sigmoid,
    Softmax,
    Softplus,
    Tanh,
)
from workings.network import Network, chain

pytestmark = pytest.mark.skipif(native.available() is not None, reason=str(native.available()))

ACTIVATIONS = {
    "identity": Identity(),
    "sigmoid": Sigmoid(),
    "tanh": Tanh(),
    "relu": Relu(),
    "leaky": LeakyRelu(0.1),
    "gelu": Gelu(),
    "softplus": Softplus(),
}
OPTIMIZERS = {
    "descent": (optimizers.GradientDescent(), 0.03),
    "momentum": (optimizers.Momentum(0.8), 0.01),
    "averaged": (optimizers.Momentum(0.8, averaged=True), 0.03),
    "nesterov": (optimizers.Nesterov(0.8), 0.01),
    "rmsprop": (optimizers.RMSprop(0.9, 1e-3), 0.003),
    "adam": (optimizers.Adam(0.9, 0.99, 1e-3), 0.01),
    "adam, second form": (optimizers.Adam(0.9, 0.99, 1e-3, uncorrected=True), 0.01),
    "adamw": (optimizers.AdamW(0.1, 0.9, 0.99, 1e-3), 0.01),
}
LOSSES = {
    "mse": losses.SquaredError("mean"),
    "sum": losses.SquaredError("sum"),
    "half": losses.SquaredError("half"),
    "sigmoid": losses.SigmoidCrossEntropy(),
    "softmax": losses.SoftmaxCrossEntropy(),
}
AGREEMENT = 2e-5  # of the largest weights, which are about 1


def everywhere():
    """Every instruction set of this machine, with one thread and with two."""
    return [(instructions, threads) for instructions in native.instruction_sets() for threads in (1, 2)]


def dense(sizes, hidden, output=(), input_rate=0.0, rate=0.0):
    """A chain of dense layers with activations and dropout."""
    layers = [Dropout(input_rate)] if input_rate else []
    for n in sizes[1:-1]:
        layers += [Dense(n), hidden] + ([Dropout(rate)] if rate else [])
    return chain(*layers, Dense(sizes[-1]), *output)


def plan_for(network, loss, sizes, optimizer=None, penalty=(), metric=None):
    metric = metric or (metrics.RootMeanSquare() if loss in ("mse", "sum", "half") else metrics.Accuracy())
    optimizer = optimizer or optimizers.GradientDescent()
    return Plan(network, LOSSES[loss], optimizer, metric, (sizes[0],), tuple(penalty))


def started(plan, rng):
    params = {
        row: {s: rng.normal(0, 0.7 / W.shape[1] ** 0.5, W.shape).astype(np.float32) for s, W in named.items()}
        for row, named in plan.network.init(rng, plan.shape).items()
    }
    return State(params, {}, plan.optimizer.init(params))


def examples(rng, m, sizes, loss):
    X = rng.normal(size=(m, sizes[0])).astype(np.float32)
    k = sizes[-1]
    Y = np.eye(k)[rng.integers(0, k, m)] if loss == "softmax" else rng.integers(0, 2, (m, k))
    return X, Y.astype(np.float32)


def as_float64(tree):
    return {k: as_float64(v) if isinstance(v, dict) else np.asarray(v, np.float64) for k, v in tree.items()}


def by_numpy(plan, state, X, Y, order, batch, alpha, seed):
    wide = State(as_float64(state.params), {}, as_float64(state.optimizer))
    X = X if X.dtype == np.uint8 else X.astype(np.float64)
    rng = np.random.default_rng(seed)
    return reference.run(replace(plan, dtype="float64"), wide, X, Y.astype(np.float64), order, batch, alpha, rng)


def leaves(tree):
    for value in tree.values():
        if isinstance(value, dict):
            yield from leaves(value)
        else:
            yield np.asarray(value)


def assert_same(got, want, tolerance=AGREEMENT):
    (state, tally), (state64, tally64) = got, want
    for W, W64 in zip(leaves(state.params), leaves(state64.params), strict=True):
        np.testing.assert_allclose(W, W64, rtol=tolerance, atol=tolerance)
    for M, M64 in zip(leaves(state.optimizer), leaves(state64.optimizer), strict=True):
        np.testing.assert_allclose(M, M64, rtol=tolerance, atol=tolerance * max(1, np.abs(M64).max()))
    assert (tally.examples, tally.steps) == (tally64.examples, tally64.steps)
    assert tally.loss == pytest.approx(tally64.loss, rel=tolerance, abs=tolerance)
    assert tally.metric == pytest.approx(tally64.metric, rel=tolerance, abs=tolerance)


def check(plan, sizes, loss, alpha=0.1, m=50, batch=8, machines=None, seed=0, zeros=0.0):
    """The same short epoch by the kernel, everywhere, and by NumPy in float64."""
    rng = np.random.default_rng(seed)
    state = started(plan, rng)
    X, Y = examples(rng, m, sizes, loss)
    X[rng.random(X.shape) < zeros] = 0
    order = rng.permutation(m)
    want = by_numpy(plan, state, X, Y, order, batch, alpha, seed)
    for instructions, threads in machines or everywhere():
        generator = np.random.default_rng(seed)
        got = native.run(
            plan, state, X, Y, order, batch, alpha, generator, instructions=instructions, threads=threads
        )
        assert_same(got, want)


@pytest.mark.parametrize("optimizer", OPTIMIZERS)
@pytest.mark.parametrize("loss", LOSSES)
@pytest.mark.parametrize("activation", ACTIVATIONS)
def test_every_activation_loss_and_optimizer(activation, loss, optimizer):
    sizes = (21, 18, 35, 5)
    squared = loss in ("mse", "sum", "half")
    network = dense(sizes, ACTIVATIONS[activation], (ACTIVATIONS[activation],) if squared else ())
    chosen, alpha = OPTIMIZERS[optimizer]
    check(plan_for(network, loss, sizes, chosen), sizes, loss, alpha)


@pytest.mark.parametrize(
    ("sizes", "m", "batch"),
    [
        ((1, 1), 1, 1),
        ((1, 1, 1), 5, 2),
        ((784, 16, 16, 10), 60, 10),
        ((784, 30, 10), 64, 32),
        ((30, 16, 1), 100, 16),
        ((8, 64, 64, 1), 100, 32),
        ((100, 50, 70, 33), 111, 37),
        ((784, 128, 64, 10), 128, 64),
        ((10000, 3, 2), 20, 7),
        ((3, 10000, 2), 6, 4),
        ((5, 4, 3, 2, 3, 4, 5, 6, 7, 2), 30, 9),
        ((16, 32, 48, 17), 70, 70),
        ((40, 300, 200, 150), 300, 257),
    ],
    ids=lambda x: "-".join(map(str, x)) if isinstance(x, tuple) else str(x),
)
def test_every_size(sizes, m, batch):
    loss = "softmax" if sizes[-1] > 1 else "sigmoid"
    check(plan_for(dense(sizes, Tanh()), loss, sizes), sizes, loss, 0.01, m, batch)


@settings(max_examples=200, deadline=None)
@given(
    sizes=st.lists(st.integers(1, 70), min_size=2, max_size=5),
    m=st.integers(1, 60),
    batch=st.integers(1, 60),
    hidden=st.sampled_from(sorted(ACTIVATIONS)),
    loss=st.sampled_from(sorted(LOSSES)),
    optimizer=st.sampled_from(sorted(OPTIMIZERS)),
    rate=st.sampled_from([0.0, 0.3]),
    machine=st.sampled_from(everywhere() if native.available() is None else [("", 1)]),
    zeros=st.sampled_from([0.0, 0.9]),
    seed=st.integers(0, 1000),
)
def test_random_networks(sizes, m, batch, hidden, loss, optimizer, rate, machine, zeros, seed):
    chosen, alpha = OPTIMIZERS[optimizer]
    plan = plan_for(dense(sizes, ACTIVATIONS[hidden], rate=rate), loss, sizes, chosen)
    check(plan, sizes, loss, alpha / 10, m, batch, [machine], seed, zeros)


@pytest.mark.parametrize(
    "penalty", [[penalties.L2(0.1)], [penalties.L1(0.01)], [penalties.L2(0.1), penalties.L1(0.01)]]
)
@pytest.mark.parametrize("optimizer", OPTIMIZERS)
def test_penalties(penalty, optimizer):
    sizes = (20, 40, 17, 3)
    chosen, alpha = OPTIMIZERS[optimizer]
    check(plan_for(dense(sizes, Tanh()), "softmax", sizes, chosen, penalty), sizes, "softmax", alpha)


@pytest.mark.parametrize("penalty", [[], [penalties.L2(0.1), penalties.L1(0.01)]], ids=["", "penalties"])
@pytest.mark.parametrize("optimizer", OPTIMIZERS)
@pytest.mark.parametrize(
    ("sizes", "m", "batch"),
    [
        ((50, 20, 3), 50, 8),
        ((37, 5, 3), 50, 8),
        ((100, 70, 3), 50, 8),
        ((700, 400, 3), 300, 131),  # sorted by inputs
        ((500, 200, 3), 300, 257),  # in slices, each sorted
    ],
    ids=str,
)
def test_data_that_are_mostly_zeros(sizes, m, batch, optimizer, penalty):
    chosen, alpha = OPTIMIZERS[optimizer]
    plan = plan_for(dense(sizes, Tanh()), "softmax", sizes, chosen, penalty)
    check(plan, sizes, "softmax", alpha, m, batch, zeros=0.8)


@pytest.mark.parametrize("zeros", [0.5, 0.66, 0.67, 0.99, 1.0])
def test_however_many_zeros(zeros):
    sizes = (70, 20, 3)
    check(plan_for(dense(sizes, Relu(), input_rate=0.0), "softmax", sizes), sizes, "softmax", zeros=zeros)


def test_zeros_and_dropout_on_the_inputs():
    sizes = (70, 20, 3)
    check(plan_for(dense(sizes, Relu(), input_rate=0.3), "softmax", sizes), sizes, "softmax", zeros=0.9)


def test_dropout_leaves_out_the_cells_that_numpy_leaves_out():
    sizes = (20, 40, 17, 3)
    check(plan_for(dense(sizes, Sigmoid(), input_rate=0.2, rate=0.5), "softmax", sizes), sizes, "softmax")


def test_after_dropout_the_generator_stands_where_numpy_would_have_left_it():
    sizes = (5, 7, 2)
    plan = plan_for(dense(sizes, Relu(), rate=0.5), "softmax", sizes)
    rng = np.random.default_rng(1)
    state, (X, Y) = started(plan, rng), examples(rng, 10, sizes, "softmax")
    ours, numpys = np.random.default_rng(2), np.random.default_rng(2)
    native.run(plan, state, X, Y, np.arange(10), 3, 0.1, ours)
    reference.run(plan, state, X, Y, np.arange(10), 3, 0.1, numpys)
    assert ours.random() == numpys.random()


def test_another_generator_is_refused_with_a_cure():
    sizes = (5, 7, 2)
    plan = plan_for(dense(sizes, Relu(), rate=0.5), "softmax", sizes)
    rng = np.random.default_rng(1)
    state, (X, Y) = started(plan, rng), examples(rng, 10, sizes, "softmax")
    with pytest.raises(ValueError, match="default_rng"):
        native.run(plan, state, X, Y, np.arange(10), 3, 0.1, np.random.Generator(np.random.MT19937(0)))


@pytest.mark.parametrize(("loss", "k", "metric"), [
    ("softmax", 10, metrics.Accuracy()),
    ("mse", 10, metrics.Accuracy()),
    ("mse", 1, metrics.Accuracy()),
    ("sigmoid", 1, metrics.Accuracy(threshold=0)),
    ("sigmoid", 20, metrics.Accuracy(several=True, threshold=0)),
    ("half", 20, metrics.RootMeanSquare()),
])  # fmt: skip
def test_the_metric_is_counted_as_numpy_counts_it(loss, k, metric):
    sizes = (12, 9, k)
    check(plan_for(dense(sizes, Sigmoid()), loss, sizes, metric=metric), sizes, loss, 0.05, 300, 7)


def test_of_equal_outputs_the_first_wins():
    sizes = (4, 20)
    plan = plan_for(dense(sizes, Relu()), "softmax", sizes)
    state = started(plan, np.random.default_rng(0))
    for named in state.params.values():
        named.update({s: np.zeros_like(W) for s, W in named.items()})
    X, Y = np.ones((20, 4), np.float32), np.eye(20, dtype=np.float32)
    for instructions, threads in everywhere():
        _, tally = native.run(
            plan, state, X, Y, np.arange(20), 20, 0.1, None, instructions=instructions, threads=threads
        )
        assert tally.metric == 1
        assert tally.loss == pytest.approx(20 * np.log(20), rel=1e-6)


def test_labels_are_the_rows_of_y():
    for loss, k in (("softmax", 10), ("half", 37)):
        sizes = (12, 9, k)
        plan = plan_for(dense(sizes, Relu()), loss, sizes, metric=metrics.Accuracy())
        rng = np.random.default_rng(0)
        state, X, y = started(plan, rng), rng.normal(size=(40, 12)), rng.integers(0, k, 40)
        for instructions in native.instruction_sets():
            by_label, by_row = (
                native.run(plan, state, X, Y, np.arange(40), 8, 0.1, None, instructions=instructions)
                for Y in (y, np.eye(k, dtype=np.float32)[y])
            )
            assert by_label[1].metric == by_row[1].metric
            assert by_label[1].loss == pytest.approx(by_row[1].loss)
            for a, b in zip(leaves(by_label[0].params), leaves(by_row[0].params), strict=True):
                np.testing.assert_allclose(a, b, rtol=1e-6, atol=1e-6)


@pytest.mark.parametrize("zeros", [0, 0.8])
def test_pixels_are_numbers_from_0_to_1(zeros):
    sizes = (50, 9, 3)
    plan = plan_for(dense(sizes, Relu()), "softmax", sizes)
    rng = np.random.default_rng(0)
    state = started(plan, rng)
    pixels, Y = rng.integers(0, 256, (40, 50), np.uint8), np.eye(3, dtype=np.float32)[rng.integers(0, 3, 40)]
    pixels[rng.random(pixels.shape) < zeros] = 0
    for instructions in native.instruction_sets():
        runs = [
            native.run(plan, state, X, Y, np.arange(40), 8, 0.1, None, instructions=instructions)[0]
            for X in (pixels, pixels * np.float32(1 / 255), pixels * np.float32(1 / 255).astype(np.float64))
        ]
        for one, *others in zip(*(leaves(run.params) for run in runs), strict=True):
            for other in others:
                np.testing.assert_array_equal(one, other)


def test_data_in_any_layout_and_type():
    sizes = (10, 9, 3)
    plan = plan_for(dense(sizes, Relu()), "softmax", sizes)
    rng = np.random.default_rng(0)
    state, order = started(plan, rng), rng.permutation(40)[:30]
    X, y = rng.integers(0, 5, (40, 10)).astype(np.float32), rng.integers(0, 3, 40)
    Y = np.eye(3, dtype=np.float32)[y]
    want = native.run(plan, state, X, Y, order, 8, 0.1, None)
    for data in (np.asfortranarray(X), np.repeat(X, 2, axis=1)[:, ::2], X.astype(int), X.astype(np.float16)):
        for targets in (Y, Y.astype(np.float64), Y.astype(int), np.asfortranarray(Y)):
            assert native.run(plan, state, data, targets, order, 8, 0.1, None)[1] == want[1]
    got = native.run(plan, state, np.asfortranarray(X), y, order, 8, 0.1, None)
    assert got[1].loss == pytest.approx(want[1].loss)


def test_images_may_be_flattened_first():
    plan = Plan(
        chain(Flatten(), Dense(4), Relu(), Dense(3)),
        LOSSES["softmax"],
        optimizers.GradientDescent(),
        metrics.Accuracy(),
        (1, 5, 6),
    )
    rng = np.random.default_rng(0)
    state = started(plan, rng)
    X, Y = rng.random((20, 1, 5, 6), np.float32), np.eye(3, dtype=np.float32)[rng.integers(0, 3, 20)]
    want = by_numpy(plan, state, X, Y, np.arange(20), 4, 0.1, 0)
    assert_same(native.run(plan, state, X, Y, np.arange(20), 4, 0.1, None), want)


def test_slices_of_an_epoch_are_the_epoch():
    sizes = (12, 9, 4)
    chosen, alpha = OPTIMIZERS["adam"]
    plan = plan_for(dense(sizes, Relu(), rate=0.3), "softmax", sizes, chosen)
    rng = np.random.default_rng(0)
    state, (X, Y) = started(plan, rng), examples(rng, 50, sizes, "softmax")
    whole, tally = native.run(plan, state, X, Y, np.arange(50), 8, alpha, np.random.default_rng(1))
    rng, parts = np.random.default_rng(1), Tally()
    for order in (np.arange(24), np.arange(24, 32), np.arange(32, 50), np.arange(0)):
        state, part = native.run(plan, state, X, Y, order, 8, alpha, rng)
        parts += part
    for a, b in zip(leaves(whole.params), leaves(state.params), strict=True):
        np.testing.assert_allclose(a, b, rtol=1e-6, atol=1e-7)
    assert state.optimizer["t"] == whole.optimizer["t"] == 7
    assert parts.loss == pytest.approx(tally.loss)


def test_more_threads_than_there_is_work_for():
    sizes = (20, 40, 17, 3)
    for threads in (3, 7, 16):
        machines = [(instructions, threads) for instructions in native.instruction_sets()]
        check(plan_for(dense(sizes, Tanh(), rate=0.2), "softmax", sizes), sizes, "softmax", machines=machines)


SLICED = {  # batches that are cut into 2, 4 and 8 slices; what is left of an epoch may be fewer than they are
    "two slices": ({"sizes": (9, 20, 3)}, 6401, 160),
    "four, a penalty": ({"sizes": (9, 33, 3), "penalties": (penalties.L2(0.1), penalties.L1(0.01))}, 8203, 256),
    "eight": ({"sizes": (5, 7, 3), "optimizer": optimizers.Adam()}, 20_001, 512),
    "mostly zeros": ({"sizes": (40, 17, 3), "optimizer": optimizers.Momentum(0.9)}, 6402, 160),
}


@pytest.mark.parametrize("case", SLICED)
def test_slices_give_the_same_bits_with_any_number_of_threads(case):
    """Also while threads come and go: the kernel tries both, again and again, and keeps to what is faster."""
    options, m, batch = SLICED[case]
    plan = sliced_plan(**options)
    rng = np.random.default_rng(0)
    state, (X, Y) = started(plan, rng), examples(rng, m, options["sizes"], "softmax")
    X = X * (rng.random(X.shape) < 0.1) if case == "mostly zeros" else X
    weights = rng.uniform(0, 2, m)
    run = lambda threads: native.run(plan, state, X, Y, np.arange(m), batch, 0.01, None, weights, threads=threads)
    (one, told), *others = (run(threads) for threads in (1, 2, 2, 3, 8))
    reference64 = reference.run(plan, state, X, Y, np.arange(m), batch, 0.01, None, weights)
    assert_same((one, told), reference64, 2e-4)
    for other, also in others:
        assert also == told
        for W, same in zip(leaves(one.params), leaves(other.params), strict=True):
            np.testing.assert_array_equal(W, same)


def sliced_plan(sizes, optimizer=None, penalties=()):
    plan = plan_for(dense(sizes, Relu()), "softmax", sizes, optimizer or optimizers.GradientDescent())
    return replace(plan, penalties=penalties)


FORKS = """
import os
from tests.test_native import *
plan, m = sliced_plan(sizes := (9, 20, 3)), 6400
rng = np.random.default_rng(0)
state, (X, Y) = started(plan, rng), examples(rng, m, sizes, "softmax")
loss = lambda: native.run(plan, state, X, Y, np.arange(m), 128, 0.01, None, threads=2)[1].loss
told = loss()
if (child := os.fork()) == 0:
    os._exit(0 if loss() == told else 1)
os._exit(os.waitpid(child, 0)[1])
"""


@pytest.mark.skipif(not hasattr(os, "fork"), reason="this system has no fork")
def test_a_forked_process_does_without_its_parents_threads():
    """In a process of its own, for libraries that other tests have loaded warn of forking."""
    subprocess.run([sys.executable, "-c", FORKS], check=True, timeout=120)


def test_several_networks_at_once_do_not_meet():
    sizes = (30, 40, 20, 5)
    plan = plan_for(dense(sizes, Tanh(), rate=0.2), "softmax", sizes, optimizers.Adam())
    rng = np.random.default_rng(0)
    state, (X, Y) = started(plan, rng), examples(rng, 300, sizes, "softmax")

    def alone(seed):
        return native.run(plan, state, X, Y, np.tile(np.arange(300), 20), 8, 0.01, np.random.default_rng(seed))

    with ThreadPoolExecutor(4) as pool:
        together = list(pool.map(alone, range(12)))
    for seed, (got, tally) in enumerate(together):
        want, alone_tally = alone(seed)
        assert tally == alone_tally
        for a, b in zip(leaves(got.params), leaves(want.params), strict=True):
            np.testing.assert_array_equal(a, b)


def test_what_is_given_is_left_alone():
    sizes = (6, 5, 2)
    plan = plan_for(dense(sizes, Relu()), "softmax", sizes, optimizers.Adam())
    rng = np.random.default_rng(0)
    state, (X, Y) = started(plan, rng), examples(rng, 10, sizes, "softmax")
    before = [np.copy(a) for a in (*leaves(state.params), *leaves(state.optimizer), X, Y)]
    native.run(plan, state, X, Y, np.arange(10), 3, 0.1, None)
    for a, b in zip(before, (*leaves(state.params), *leaves(state.optimizer), X, Y), strict=True):
        np.testing.assert_array_equal(a, b)


@pytest.mark.parametrize("spoiled", [np.nan, np.inf])
@pytest.mark.parametrize("hidden", ACTIVATIONS)
def test_divergence_is_told_with_the_state_before_it(hidden, spoiled):
    sizes = (6, 20, 3)
    plan = plan_for(dense(sizes, ACTIVATIONS[hidden]), "sum", sizes)
    rng = np.random.default_rng(0)
    state, (X, Y) = started(plan, rng), examples(rng, 40, sizes, "softmax")
    Y[17] = spoiled
    with pytest.raises(Diverged) as want:
        by_numpy(plan, state, X, Y, np.arange(40), 4, 0.001, 0)
    for instructions, threads in everywhere():
        with pytest.raises(Diverged) as got:
            native.run(plan, state, X, Y, np.arange(40), 4, 0.001, None, instructions=instructions, threads=threads)
        assert got.value.step == want.value.step == 4
        assert not np.isfinite(got.value.loss)
        assert got.value.state.optimizer["t"] == 4
        for W, W64 in zip(leaves(got.value.state.params), leaves(want.value.state.params), strict=True):
            np.testing.assert_allclose(W, W64, rtol=AGREEMENT, atol=AGREEMENT)


@pytest.mark.parametrize("zeros", [0, 0.9])
@pytest.mark.parametrize("loss", LOSSES)
@pytest.mark.parametrize("hidden", ACTIVATIONS)
def test_nan_among_the_data_is_never_swallowed(hidden, loss, zeros):
    sizes = (6, 20, 3)
    plan = plan_for(dense(sizes, ACTIVATIONS[hidden]), loss, sizes)
    rng = np.random.default_rng(0)
    state, (X, Y) = started(plan, rng), examples(rng, 12, sizes, loss)
    X[rng.random(X.shape) < zeros] = 0
    X[5, 2] = np.nan
    for instructions in native.instruction_sets():
        with pytest.raises(Diverged):
            native.run(plan, state, X, Y, np.arange(12), 4, 0.001, None, instructions=instructions)


def test_extreme_inputs_have_the_right_limits():
    for loss in ("sigmoid", "softmax"):
        sizes = (3, 4)
        plan = plan_for(dense(sizes, Relu()), loss, sizes)
        rng = np.random.default_rng(0)
        state, (X, Y) = started(plan, rng), examples(rng, 12, sizes, loss)
        want = by_numpy(plan, state, 1000 * X, Y, np.arange(12), 4, 1e-9, 0)
        for instructions in native.instruction_sets():
            assert_same(
                native.run(plan, state, 1000 * X, Y, np.arange(12), 4, 1e-9, None, instructions=instructions), want
            )


def test_wrong_indices_are_refused_and_nothing_is_trained():
    sizes = (6, 5, 3)
    plan = plan_for(dense(sizes, Relu()), "softmax", sizes)
    rng = np.random.default_rng(0)
    state, (X, Y) = started(plan, rng), examples(rng, 10, sizes, "softmax")
    for order in ([0, 10], [-1, 0]):
        with pytest.raises(IndexError, match="order"):
            native.run(plan, state, X, Y, np.array(order), 2, 0.1, None)
    with pytest.raises(IndexError, match="label"):
        native.run(plan, state, X, np.full(10, 3), np.arange(10), 2, 0.1, None)
    with pytest.raises(ValueError, match="Y has the shape"):
        native.run(plan, state, X, Y[:, :2], np.arange(10), 2, 0.1, None)
    with pytest.raises(ValueError, match="batch"):
        native.run(plan, state, X, Y, np.arange(10), 0, 0.1, None)


class Strange:
    """Neither a metric nor an optimizer that the kernel knows."""

    epsilon = 1


def test_what_the_kernel_does_not_know_is_refused_with_a_reason():
    sizes = (6, 5, 3)
    good = plan_for(dense(sizes, Relu()), "softmax", sizes)
    assert native.supports(good) is None
    branch = Network({"Z1": (Dense(6), "X"), "S1": (Add(), "Z1", "X"), "Z2": (Dense(3), "S1")})
    refused = {
        "float64": replace(good, dtype="float64"),
        "plain chains": replace(good, network=branch),
        "no Flatten": replace(good, shape=(2, 3)),
        "BatchNorm": replace(good, network=chain(Dense(4), BatchNorm(), Dense(3))),
        "Softmax": replace(good, network=chain(Dense(3), Softmax()), loss=losses.SquaredError()),
        "not in this place": replace(good, network=chain(Dense(4), Dropout(0.5), Relu(), Dense(3))),
        "behind the last": replace(good, network=chain(Dense(3), Dropout(0.5))),
        "no dense layer": replace(good, network=chain(Flatten())),
        "reads Z": replace(good, network=chain(Dense(3), Tanh())),
        "CategoricalCrossEntropy": replace(good, loss=losses.CategoricalCrossEntropy()),
        "epsilon": replace(good, optimizer=optimizers.Adam(epsilon=0)),
        "does not count": replace(good, metric=Strange()),
        "no penalty": replace(good, penalties=(Strange(),)),
        "no optimizer": replace(good, optimizer=Strange()),
    }
    for reason, plan in refused.items():
        assert reason in (native.supports(plan) or "")


def test_large_steps_take_all_processors_and_small_ones_take_one(monkeypatch):
    wide, small, m = (784, 1000, 1000, 10), (20, 16, 10), 400

    def threads(sizes, batch):
        plan = plan_for(dense(sizes, Relu()), "softmax", sizes)
        X, Y = np.zeros((m, sizes[0]), np.float32), np.zeros(m, np.int32)
        return native.Training(plan, started(plan, np.random.default_rng(0)), X, Y, batch, None, None).task.threads

    most = library.processors()
    assert threads(wide, 128) == most  # by panels
    assert threads(small, 10) == 1
    assert threads(small, 128) == min(most, 2)  # by examples
    assert threads(small, 10**12) == min(most, 8)
    with threadpool_limits(1):
        assert library.processors() == threads(wide, 128) == threads(small, 128) == 1
    assert library.processors() == most
    monkeypatch.setenv("OMP_NUM_THREADS", "1")
    assert library.processors() == 1


@pytest.mark.parametrize("kind", [np.random.MT19937, np.random.PCG64])
@pytest.mark.parametrize("m", [0, 1, 2, 3, 64, 65, 1797])
def test_orders_are_those_of_numpys_own_shuffle(kind, m):
    """Also where the generator stands within its words; and it stands afterwards where NumPy leaves it."""
    theirs, ours = np.random.RandomState(kind(m)), np.random.RandomState(kind(m))
    assert theirs.randint(1000, size=600).tolist() == ours.randint(1000, size=600).tolist()
    order, start = np.arange(m), np.arange(m)
    for row in shuffles(ours, start, 5):
        theirs.shuffle(order)
        np.testing.assert_array_equal(row, order)
    np.testing.assert_array_equal(start, np.arange(m))
    assert theirs.normal() == ours.normal()
