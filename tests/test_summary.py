"""Summary: shapes, and parameters counted as arithmetic (rows 9, 10, 12, 13 and 44 of the coverage)."""

from __future__ import annotations

import pytest

import workings as wk
from workings.layers import Positions


def summary(layers, inputs):
    return wk.Model(layers, inputs=inputs).summary()


def test_row_44_a_network_for_digits():
    table = summary([wk.Dense(16, "sigmoid"), wk.Dense(16, "sigmoid"), wk.Dense(10, "softmax")], 784)
    counted = [line.counted for line in table.lines if line.count]
    assert counted == ["16 × (784 + 1) = 12,560", "16 × (16 + 1) = 272", "10 × (16 + 1) = 170"]
    assert table.parameters == 13_002
    assert table.total.endswith("12,560 + 272 + 170 = 13,002")
    assert "16 × (784 + 1) = 12,560" in str(table)


def test_rows_9_10_12_and_13_the_small_net():
    """Four nodes read three, two read four: 3 + 1 a node, 4 × (3 + 1) a layer, 26 in all."""
    table = summary([wk.Dense(4, "relu"), wk.Dense(2, "relu")], 3)
    assert str(table).splitlines() == [
        "row  layer  reads  shape  parameters",
        "X                  3",
        "Z1   Dense  X      4      4 × (3 + 1) = 16",
        "A1   Relu   Z1     4",
        "Z2   Dense  A1     2      2 × (4 + 1) = 10",
        "A2   Relu   Z2     2",
        "parameters: 4 × (3 + 1) + 2 × (4 + 1) = 16 + 10 = 26",
        "loss: SquaredError(factor='mean')",
    ]


COUNTS = {
    "one row": ([wk.Dense(2)], 3, "2 × (3 + 1) = 8", "2 × (3 + 1) = 8"),
    "convolution": ([wk.Convolution(6, 5), wk.Flatten(), wk.Dense(1)], (3, 8, 8), "6 × (75 + 1) = 456", "553"),
    "batch norm": ([wk.BatchNorm()], 4, "gamma 4 + beta 4 = 8", "gamma 4 + beta 4 = 8"),
    "RNN": ([wk.RNN(3)], (2, 5), "Waa 3 × 3 + Wax 3 × 2 + ba 3 = 18", "= 18"),
    "GRU": ([wk.GRU(3)], (2, 5), "Wu 3 × 5 + Wr 3 × 5 + Wc 3 × 5 + bu 3 + br 3 + bc 3 = 54", "= 54"),
    "embedding": ([wk.Embedding(1000, 8)], (5,), "W 8 × 1,000 = 8,000", "= 8,000"),
    "attention": ([wk.Attention(4, compare=2)], (3, 5), "Wq 2 × 3 + Wk 2 × 3 + Wv 4 × 3 = 24", "= 24"),
    "positions": ([Positions(wk.layers.Dense(2))], (3, 5), "2 × (3 + 1) = 8", "= 8"),
    "a single weight": ([wk.Embedding(1, 1)], (5,), "W 1 = 1", "= 1"),
    "none": ([wk.layers.Relu()], 3, "", "0"),
}


@pytest.mark.parametrize(("layers", "inputs", "counted", "total"), COUNTS.values(), ids=COUNTS)
def test_counts_of_every_layer(layers, inputs, counted, total):
    table = summary(layers, inputs)
    assert table.lines[0].counted == counted
    assert table.total.endswith(total)
    assert table.parameters == sum(W.size for W in wk.Model(layers, inputs=inputs).parameters.values())


def test_shapes_and_names():
    table = summary([wk.Convolution(2, 3, "relu"), wk.MaxPool(2), wk.Flatten(), wk.Dense(3)], (1, 28, 28))
    assert [(line.name, line.layer, line.reads, line.shape) for line in table.lines] == [
        ("Z1", "Convolution", "X", "2 × 26 × 26"),
        ("A1", "Relu", "Z1", "2 × 26 × 26"),
        ("P1", "MaxPool", "A1", "2 × 13 × 13"),
        ("F1", "Flatten", "P1", "338"),
        ("Z2", "Dense", "F1", "3"),
    ]


def test_cells_are_called_by_their_name():
    assert [line.layer for line in summary([wk.LSTM(3), wk.Dense(1)], (2, 5)).lines] == ["LstmCell", "Last", "Dense"]


def test_a_notebook_shows_a_table():
    table = wk.Network({"<b>": (wk.layers.Dense(2), "X"), "S": (wk.Add(), "<b>", "<b>")})
    page = wk.Model(table, inputs=3).summary()._repr_html_()
    assert page.count("<tr>") == 3
    assert "<b>" not in page
    assert "&lt;b&gt;, &lt;b&gt;" in page
