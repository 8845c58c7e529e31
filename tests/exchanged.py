"""Random networks for the tests of exchange: every layer that another tool has, with weights that are no start."""

from __future__ import annotations

import os

os.environ.setdefault("KERAS_BACKEND", "jax")

import numpy as np

import workings as wk
from tests.cases import numbers
from workings.interop.table import in_rows

BENDS = [None, "identity", "sigmoid", "tanh", "relu", "leaky-relu", "gelu", "softplus"]
ENDS = [None, "sigmoid", "softmax"]


def filled(model: wk.Model, seed: int) -> wk.Model:
    """The same network with numbers everywhere, biases and memory too."""
    rng = np.random.default_rng(seed)
    for held in (model.state.params, model.state.memory):
        for row in held.values():
            for symbol, W in row.items():
                made = rng.normal(0, 0.7, W.shape)
                row[symbol] = (abs(made) + 0.3 if symbol == "var" else made).astype(W.dtype)
    return model


def random_model(seed: int, dtype: str = "float32", kinds: str = "table image sequence") -> wk.Model:
    """A network drawn with this seed."""
    rng = np.random.default_rng(seed)
    pick = lambda several: several[rng.integers(len(several))]
    size = lambda most=7: int(rng.integers(1, most))
    kind = pick(kinds.replace("gru", "").split())
    layers: list = []
    if kind == "table":
        shape: tuple[int, ...] = (size(9),)
        layers = [wk.BatchNorm()] * int(rng.random() < 0.2)
    elif kind == "image":
        shape = (size(4), 6 + size(), 6 + size())
        layers = [wk.Convolution(size(4), size(4), pick(BENDS), padding=int(rng.integers(2)))]
        layers += (
            [wk.BatchNorm()] * int(rng.random() < 0.5) + [wk.MaxPool(2)] * int(rng.random() < 0.7) + [wk.Flatten()]
        )
    else:
        shape = (size(5), 1 + size())
        first = pick([wk.RNN, wk.LSTM, wk.GRU][: 3 if "gru" in kinds else 2])(size(5), every_step=True)
        layers = [first, *([wk.RNN(size())] if rng.random() < 0.5 else [wk.Flatten()])]
    for _ in range(int(rng.integers(0, 4))):
        layers.append(wk.Dense(size(12), pick(BENDS)))
        layers += [wk.BatchNorm()] * int(rng.random() < 0.2) + [wk.Dropout(0.25)] * int(rng.random() < 0.2)
    end = pick(ENDS)
    layers.append(wk.Dense(size() + (end == "softmax"), end))
    return filled(wk.Model(layers, inputs=shape, dtype=dtype, seed=seed), seed)


def rows_for(model: wk.Model, m: int = 5, seed: int = 0) -> np.ndarray:
    """Examples in rows, as `Model.outputs` reads them."""
    rng = np.random.default_rng(seed)
    shape = in_rows(model.shape or ())
    if any(isinstance(row.layer, wk.Embedding) for row in model.network.rows):
        return rng.integers(0, model.network.rows[0].layer.words, (m, *shape))
    return np.asarray(numbers(rng, (m, *shape)), dtype=model.dtype)


def same_numbers(a: wk.Model, b: wk.Model) -> None:
    """The parameters and memories of two models, bit by bit."""
    for ours, theirs in ((a.state.params, b.state.params), (a.state.memory, b.state.memory)):
        assert list(ours) == list(theirs)
        for row in ours:
            for symbol in ours[row]:
                np.testing.assert_array_equal(theirs[row][symbol], ours[row][symbol], err_msg=f"{row}/{symbol}")
                assert theirs[row][symbol].dtype == ours[row][symbol].dtype


def close(got: np.ndarray, want: np.ndarray, tolerance: float) -> None:
    """Every number within `tolerance` of the largest one (or of 1)."""
    assert got.shape == want.shape
    assert abs(got - want).max() <= tolerance * max(1.0, abs(want).max())
