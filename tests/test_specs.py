"""Specs: the rows of the network that a user's words stand for, and the loss that suits them."""

from __future__ import annotations

import re

import numpy as np
import pytest

import workings as wk
from workings import layers, losses
from workings.specs import ACTIVATIONS, activation, expand, loss_for

ROWS = {
    "dense": ([wk.Dense(16, "sigmoid")], {"Z1": "Dense", "A1": "Sigmoid"}),
    "dense alone": ([wk.Dense(16)], {"Z1": "Dense"}),
    "two": ([wk.Dense(2, "relu"), wk.Dense(3)], {"Z1": "Dense", "A1": "Relu", "Z2": "Dense"}),
    "convolution": (
        [wk.Convolution(2, 3, "relu"), wk.MaxPool(2), wk.Flatten(), wk.Dense(1)],
        {"Z1": "Convolution", "A1": "Relu", "P1": "MaxPool", "F1": "Flatten", "Z2": "Dense"},
    ),
    "norm and dropout": (
        [wk.Dense(2), wk.BatchNorm(), wk.layers.Relu(), wk.Dropout(0.1)],
        {"Z1": "Dense", "N1": "BatchNorm", "A1": "Relu", "D1": "Dropout"},
    ),
    "lstm": ([wk.LSTM(2)], {"H1": "Recurrent", "F1": "Last"}),
    "lstm, every step": ([wk.LSTM(2, every_step=True)], {"H1": "Recurrent"}),
    "gru over words": (
        [wk.Embedding(9, 2), wk.GRU(2), wk.Dense(1)],
        {"E1": "Embedding", "H2": "Recurrent", "F2": "Last", "Z3": "Dense"},
    ),
    "rnn": ([wk.RNN(2)], {"H1": "Recurrent", "F1": "Last"}),
    "attention": ([wk.Attention(2)], {"Y1": "Attention"}),
    "one spec without a list": (wk.Dense(2), {"Z1": "Dense"}),
    "a generator": ((wk.Dense(2) for _ in range(2)), {"Z1": "Dense", "Z2": "Dense"}),
}


@pytest.mark.parametrize(("specs", "rows"), ROWS.values(), ids=ROWS)
def test_rows_and_their_names(specs, rows):
    assert {row.name: type(row.layer).__name__ for row in expand(specs).rows} == rows


@pytest.mark.parametrize("name", ACTIVATIONS)
def test_activations_by_name(name):
    assert activation(name) == activation(name.upper()) == activation(name.replace("-", "_"))
    assert activation(activation(name)) == activation(name)
    assert wk.Dense(2, name).layers()[1] == ACTIVATIONS[name]


STARTS = {
    **dict.fromkeys(("relu", "leaky-relu", "gelu", "softplus"), "he"),
    **dict.fromkeys((None, "identity", "sigmoid", "tanh", "softmax"), "xavier"),
}


@pytest.mark.parametrize(("name", "start"), STARTS.items(), ids=map(str, STARTS))
def test_where_weights_start(name, start):
    assert wk.Dense(2, name).layers()[0].initializer == start
    assert wk.Convolution(2, 3, name).layers()[0].initializer == start
    assert wk.Dense(2, name, initializer="small").layers()[0].initializer == "small"


def test_zeros_stay_alike():
    model = wk.Model([wk.Dense(3, "tanh", initializer="zeros"), wk.Dense(1)], inputs=2)
    assert not model.parameters["W1"].any()
    assert wk.Model([wk.Dense(3, initializer="normal")], inputs=1000).parameters["W1"].std() == pytest.approx(
        1, abs=0.1
    )


LOSSES = {
    "sigmoid": (wk.Dense(1, "sigmoid"), None, losses.BinaryCrossEntropy()),
    "softmax": (wk.Dense(3, "softmax"), None, losses.CategoricalCrossEntropy()),
    "nothing": (wk.Dense(3), None, losses.SquaredError("mean")),
    "tanh": (wk.Dense(3, "tanh"), None, losses.SquaredError("mean")),
    "sigmoid by name": (wk.Dense(3, "sigmoid"), "cross-entropy", losses.BinaryCrossEntropy()),
    "mse": (wk.Dense(3, "softmax"), "mse", losses.SquaredError("mean")),
    "sum": (wk.Dense(3), "squared-error", losses.SquaredError("sum")),
    "half": (wk.Dense(3), "Half_Squared error", losses.SquaredError("half")),
    "an object": (wk.Dense(3), losses.SquaredError("sum"), losses.SquaredError("sum")),
}


@pytest.mark.parametrize(("last", "asked", "want"), LOSSES.values(), ids=LOSSES)
def test_the_loss_that_suits(last, asked, want):
    assert loss_for(expand([last]), asked) == want


def test_layers_stand_for_themselves():
    network = expand([layers.Dense(2), layers.Relu()])
    assert network == wk.Network({"Z1": (layers.Dense(2), "X"), "A1": (layers.Relu(), "Z1")})
    assert np.array_equal(wk.Model(network, inputs=1).outputs([[0.0]]), [[0.0, 0.0]])


@pytest.mark.parametrize(
    ("write", "said"),
    [
        (lambda: layers.Dense(-1), "n_out of Dense is a whole number from 1, not -1"),
        (lambda: layers.Dense(2.5), "n_out of Dense is a whole number from 1, not 2.5"),
        (lambda: layers.Dense(True), "n_out of Dense is a whole number from 1, not True"),
        (lambda: layers.Dense(2, "hee"), "there is no initializer 'hee'; there are he, xavier"),
        (lambda: wk.MaxPool(0), "k of MaxPool is a whole number from 1, not 0"),
        (lambda: wk.Embedding(0, 3), "words of Embedding is a whole number from 1, not 0"),
        (lambda: wk.Embedding(3, "3"), "n_out of Embedding is a whole number from 1, not '3'"),
        (lambda: layers.Convolution(1, 0), "k of Convolution is a whole number from 1, not 0"),
        (lambda: layers.Convolution(1, 3, padding=-1), "padding is a whole number from 0, not -1"),
        (lambda: layers.Recurrent(layers.LstmCell(0)), "n_a of LstmCell is a whole number from 1, not 0"),
        (lambda: wk.Attention(3, 0), "compare is a whole number from 1, not 0"),
        (lambda: wk.Dense(0), "units is a whole number from 1, not 0"),
    ],
)
def test_sizes_are_refused_where_they_are_written(write, said):
    with pytest.raises(ValueError, match=re.escape(said)):
        write()


def test_sizes_may_be_numpys_whole_numbers():
    assert layers.Dense(np.int64(3)).out_shape((2,)) == (3,)
