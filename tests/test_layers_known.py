"""Every layer in known digits: worked by hand, from the notes' exercises or from the literature, never by the code.

A formula that is wrong both ways passes every comparison with its own slope; it does not pass here.  σ(ln 3) = 3/4,
tanh(ln 2) = 3/5 and tanh(ln 3) = 4/5 keep the gates in fractions.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
import pytest

from workings.layers import (
    Add,
    Attention,
    BatchNorm,
    Concat,
    Convolution,
    Dense,
    Dropout,
    Embedding,
    Exp,
    Flatten,
    Gelu,
    GruCell,
    Identity,
    Last,
    LeakyRelu,
    LstmCell,
    MaxPool,
    Positions,
    Recurrent,
    Relu,
    RnnCell,
    Sigmoid,
    Softmax,
    Softplus,
    Tanh,
)
from workings.layers.select import Select

ln2, ln3 = 0.6931471805599453, 1.0986122886681098


class Known(NamedTuple):
    """Given `into` and `params` the layer says `out`; given `dout` it sends `back` and asks for `grads`."""

    layer: Any
    into: list
    out: Any
    dout: Any
    back: list
    params: dict | None = None
    grads: dict | None = None
    givens: dict | None = None


def col(*numbers):
    """One example."""
    return np.array(numbers, float)[:, None]


def image(*rows):
    """One channel, one example."""
    return np.array(rows, float)[None, :, :, None]


def sequence(*rows):
    """One row for every feature, one column for every step; one example."""
    return np.array(rows, float)[:, :, None]


KNOWN = {
    "identity": Known(Identity(), [[[2, -3]]], [[2, -3]], [[5, 7]], [[[5, 7]]]),
    "sigmoid": Known(Sigmoid(), [[[ln3, 0, -ln3]]], [[3 / 4, 1 / 2, 1 / 4]], [[16, 4, 16]], [[[3, 1, 3]]]),
    "tanh": Known(Tanh(), [[[ln2, 0, -ln3]]], [[3 / 5, 0, -4 / 5]], [[25, 2, 25]], [[[16, 2, 9]]]),
    "relu": Known(Relu(), [[[-1, 0, 2]]], [[0, 0, 2]], [[3, 4, 5]], [[[0, 0, 5]]]),
    "leaky relu": Known(LeakyRelu(), [[[-4, 0, 2]]], [[-0.04, 0, 2]], [[6, 6, 6]], [[[0.06, 0.06, 6]]]),
    # the tanh form in 16 digits from mpmath; 0.8412 and -0.1588 are PyTorch's printed values
    "gelu": Known(
        Gelu(),
        [[[1, -1, 0]]],
        [[0.8411919906082768, -0.15880800939172324, 0]],
        [[1, 10, 2]],
        [[[1.0829640838457826, -0.829640838457826, 1]]],
    ),
    "exp": Known(Exp(), [[[ln3, 0, -ln2]]], [[3, 1, 1 / 2]], [[2, 2, 2]], [[[6, 2, 1]]]),
    "softplus": Known(Softplus(), [[[ln3, 0, -ln3]]], [[2 * ln2, ln2, 2 * ln2 - ln3]], [[4, 2, 4]], [[[3, 1, 1]]]),
    # the columns e^Z = (1, 2, 5) and (1, 1, 1)
    "softmax": Known(
        Softmax(),
        [[[0, 7], [ln2, 7], [1.6094379124341003, 7]]],
        [[1 / 8, 1 / 3], [2 / 8, 1 / 3], [5 / 8, 1 / 3]],
        [[8, 0], [0, 9], [0, 0]],
        [[[7 / 8, -1], [-2 / 8, 2], [-5 / 8, -1]]],
    ),
    # exercises 5 and 7 of the notes: two examples, W1, b1; the first column of dZ is theirs
    "dense": Known(
        Dense(4),
        [[[2, 1], [1, 1], [3, 0]]],
        [[-1, -5], [3, 2], [5, 2], [3, -1]],
        [[0, 2], [-2, 0], [2, 0], [-1, 0]],
        [[[-3, 2], [0, -2], [1, 2]]],
        {"W": [[1, -1, 1], [1, 1, 0], [0, 1, 1], [1, 0, 1]], "b": [[-5], [0], [1], [-2]]},
        {"W": [[1, 1, 0], [-2, -1, -3], [2, 1, 3], [-1, -0.5, -1.5]], "b": [[1], [-1], [1], [-0.5]]},
    ),
    "add": Known(Add(), [[[1, 2]], [[10, -20]]], [[11, -18]], [[3, 4]], [[[3, 4]], [[3, 4]]]),
    "concat": Known(
        Concat(),
        [[[1, 2], [3, 4]], [[5, 6]]],
        [[1, 2], [3, 4], [5, 6]],
        [[1, 0], [2, 0], [3, 7]],
        [[[1, 0], [2, 0]], [[3, 7]]],
    ),
    "dropout": Known(
        Dropout(0.75), [[[2, 4, 6]]], [[8, 0, 24]], [[1, 2, 3]], [[[4, 0, 12]]], givens={"R": [[0.9, 0.7, 0.75]]}
    ),
    # mu = 3, var = 4, s = √(4 + 5) = 3, Zhat = ∓2/3
    "batch norm": Known(
        BatchNorm(eps=5),
        [[[1, 5]]],
        [[-1, 3]],
        [[1, 0]],
        [[[5 / 18, -5 / 18]]],
        {"gamma": [[3]], "beta": [[1]]},
        {"gamma": [[-1 / 3]], "beta": [[1 / 2]]},
    ),
    "batch norm, remembered": Known(
        BatchNorm(eps=5),
        [[[1, 7]]],
        [[1, 13]],
        [[1, 2]],
        [[[2, 4]]],
        {"gamma": [[6]], "beta": [[1]]},
        {"gamma": [[2]], "beta": [[1.5]]},
        {"mu": [[1]], "var": [[4]]},
    ),
    # coverage row 38, 3×3 on 5×5: the picture and first kernel are those of the UFLDL tutorial (4 3 4, 2 4 3, 2 3 4);
    # the second kernel, X above + 2 X to the left, tells right from left and up from down
    "convolution": Known(
        Convolution(2, k=3),
        [image([1, 1, 1, 0, 0], [0, 1, 1, 1, 0], [0, 0, 1, 1, 1], [0, 0, 1, 1, 0], [0, 1, 1, 0, 0])],
        np.concat([image([4, 3, 4], [2, 4, 3], [2, 3, 4]), image([11, 13, 12], [11, 11, 13], [10, 11, 13])]),
        np.concat([image([1, 0, 0], [0, 0, 0], [0, 0, 0]), image([0, 0, 0], [0, 0, 0], [0, 0, 2])]),
        [image([1, 0, 1, 0, 0], [0, 1, 0, 0, 0], [1, 0, 1, 2, 0], [0, 0, 4, 0, 0], [0, 0, 0, 0, 0])],
        {"W": [[1, 0, 1, 0, 1, 0, 1, 0, 1], [0, 1, 0, 2, 0, 0, 0, 0, 0]], "b": [[0], [10]]},
        {"W": [[1, 1, 1, 0, 1, 1, 0, 0, 1], [2, 2, 2, 2, 2, 0, 2, 0, 0]], "b": [[1], [2]]},
    ),
    # two channels, one cell, two examples: only the middle of the padded kernel meets it, channel beside channel
    "convolution, padded": Known(
        Convolution(1, k=3, padding=1),
        [np.array([[3.0, 1], [5, 0]]).reshape(2, 1, 1, 2)],
        np.array([[[[14.0, 5]]]]),
        np.array([[[[2.0, 4]]]]),
        [np.array([[4.0, 8], [2, 4]]).reshape(2, 1, 1, 2)],
        {"W": [[9] * 8 + [2, 1] + [9] * 8], "b": [[3]]},
        {"W": [[0] * 8 + [5, 5] + [0] * 8], "b": [[3]]},
    ),
    # the picture of Stanford's CS231n
    "max pool": Known(
        MaxPool(2),
        [image([1, 1, 2, 4], [5, 6, 7, 8], [3, 2, 1, 0], [1, 2, 3, 4])],
        image([6, 8], [3, 4]),
        image([1, 2], [3, 4]),
        [image([0, 0, 0, 0], [0, 1, 0, 2], [3, 0, 0, 0], [0, 0, 0, 4])],
    ),
    "max pool, ties and a rest": Known(
        MaxPool(2),
        [image([7, 7, 9], [7, 7, 9], [9, 9, 9])],
        image([7]),
        image([5]),
        [image([5, 0, 0], [0, 0, 0], [0, 0, 0])],
    ),
    "flatten": Known(
        Flatten(),
        [np.arange(1.0, 13).reshape(2, 3, 1, 2)],
        [[1, 2], [3, 4], [5, 6], [7, 8], [9, 10], [11, 12]],
        np.arange(12.0, 24).reshape(6, 2),
        [np.arange(12.0, 24).reshape(2, 3, 1, 2)],
    ),
    "select": Known(
        Select((2, 0)), [[[1, 2], [3, 4], [5, 6]]], [[5, 6], [1, 2]], [[7, 8], [9, 10]], [[[9, 10], [0, 0], [7, 8]]]
    ),
    "last": Known(Last(), [sequence([1, 2, 3], [4, 5, 6])], col(3, 6), col(7, 8), [sequence([0, 0, 7], [0, 0, 8])]),
    # two texts of two words: "2 0" and "2 2"
    "embedding": Known(
        Embedding(words=3, n_out=2),
        [np.array([[2, 2], [0, 2]])],
        [[[3, 3], [1, 3]], [[6, 6], [4, 6]]],
        [[[1, 2], [4, 8]], [[10, 20], [40, 80]]],
        [np.zeros((2, 2), int)],
        {"W": [[1, 2, 3], [4, 5, 6]]},
        {"W": [[2, 0, 5.5], [20, 0, 55]]},
    ),
    "positions": Known(
        Positions(Dense(1)),
        [sequence([1, 1], [0, 1])],
        sequence([4, 6]),
        sequence([1, 10]),
        [sequence([1, 10], [2, 20])],
        {"W": [[1, 2]], "b": [[3]]},
        {"W": [[11, 10]], "b": [[11]]},
    ),
    # Q = ½ ln 3 (0, 1) and K = (0, 1) in each of 4 rows, V = (0, 4): S = ((0, 0), (0, ln 3)) after the √4
    "attention": Known(
        Attention(d_k=4, d_v=1),
        [sequence([0, 1])],
        sequence([2, 3]),
        sequence([8, 16]),
        [sequence([32 - 4 * ln3, 64 + 24 * ln3])],
        {"Wq": [[ln3 / 2]] * 4, "Wk": [[1]] * 4, "Wv": [[4]]},
        {"Wq": [[6]] * 4, "Wk": [[3 * ln3]] * 4, "Wv": [[16]]},
    ),
    # z = -1 · 1 + 1 · ln 2 + 1
    "rnn cell": Known(
        RnnCell(1),
        [[[1]], [[ln2]]],
        ([[3 / 5]],),
        ([[25]],),
        [[[-16]], [[16]]],
        {"Waa": [[-1]], "Wax": [[1]], "ba": [[1]]},
        {"Waa": [[16]], "Wax": [[16 * ln2]], "ba": [[16]]},
    ),
    # u = σ(ln 3) = 3/4, r = σ(0) = 1/2, g = tanh(ln 2) = 3/5, c = 3/4 · 3/5 + 1/4 · 2
    # dzc = 100 · 3/4 · 16/25 = 48, dzu = 100 (3/5 - 2) 3/16 = -105/4, dr c_prev = 48 (ln 2 + 2) · 2, dzr = that / 4
    "gru cell": Known(
        GruCell(1),
        [[[2]], [[1]]],
        ([[19 / 20]],),
        ([[100]],),
        [[[25 + 24 * (ln2 + 2) + 24 * (ln2 + 2)]], [[-3 * 48 + 26.25 * 2 - 2 * 24 * (ln2 + 2)]]],
        {
            "Wu": [[0, -2]],
            "bu": [[ln3 + 2]],
            "Wr": [[1, -2]],
            "br": [[0]],
            "Wc": [[ln2 + 2, -3]],
            "bc": [[1]],
        },
        {
            "Wu": [[-52.5, -26.25]],
            "bu": [[-26.25]],
            "Wr": [[48 * (ln2 + 2), 24 * (ln2 + 2)]],
            "br": [[24 * (ln2 + 2)]],
            "Wc": [[48, 48]],
            "bc": [[48]],
        },
    ),
    # coverage row 39.
    # a_prev = 1, x = 2: f = σ(ln 3) = 3/4, i = σ(0) = 1/2, o = σ(-ln 3) = 1/4, g = tanh(ln 2) = 3/5;
    # c = 3/4 c_prev + 3/10 = ln 3, a = 1/4 · 4/5.  Back: dc = 1 + 100 · 1/4 · 9/25 = 10, dzf = 10 c_prev · 3/16,
    # dzi = 10 · 3/5 · 1/4 = 3/2, dzc = 10 · 1/2 · 16/25 = 16/5, dzo = 100 · 4/5 · 3/16 = 15
    "lstm cell": Known(
        LstmCell(1),
        [[[1]], [[(ln3 - 0.3) * 4 / 3]], [[2]]],
        ([[1 / 5]], [[ln3]]),
        ([[100]], [[1]]),
        [
            [[3 * (ln3 - 0.3) * 2.5 + 2 * 1.5 + ln2 * 3.2 + (2 - ln3) * 15]],
            [[7.5]],
            [[-1 * (ln3 - 0.3) * 2.5 - 1.5 - 15]],
        ],
        {
            "Wf": [[3, -1]],
            "bf": [[ln3 - 1]],
            "Wi": [[2, -1]],
            "bi": [[0]],
            "Wc": [[ln2, 0]],
            "bc": [[0]],
            "Wo": [[2 - ln3, -1]],
            "bo": [[0]],
        },
        {
            "Wf": [[(ln3 - 0.3) * 2.5, (ln3 - 0.3) * 5]],
            "bf": [[(ln3 - 0.3) * 2.5]],
            "Wi": [[1.5, 3]],
            "bi": [[1.5]],
            "Wc": [[3.2, 6.4]],
            "bc": [[3.2]],
            "Wo": [[15, 30]],
            "bo": [[15]],
        },
    ),
    # two steps that both say 3/5; dz₂ = 25 · 16/25 = 16, dz₁ = 16 · 16/25 = 10.24
    "recurrent": Known(
        Recurrent(RnnCell(1)),
        [sequence([ln2, ln2 - 3 / 5])],
        sequence([3 / 5, 3 / 5]),
        sequence([0, 25]),
        [sequence([10.24, 16])],
        {"Waa": [[1]], "Wax": [[1]], "ba": [[0]]},
        {"Waa": [[9.6]], "Wax": [[10.24 * ln2 + 16 * (ln2 - 3 / 5)]], "ba": [[26.24]]},
    ),
}


@pytest.mark.parametrize("known", KNOWN.values(), ids=KNOWN)
def test_known_digits(known):
    array = lambda x: np.asarray(x, float) if not (isinstance(x, np.ndarray) and x.dtype.kind == "i") else x
    arrays = lambda named: {k: array(v) for k, v in (named or {}).items()}
    several = isinstance(known.out, tuple)
    params, givens, into = arrays(known.params), arrays(known.givens), list(map(array, known.into))

    out, cache = known.layer.forward(np, *into, **params, **givens)
    assert isinstance(out, tuple) == several
    for got, want in zip(out if several else [out], known.out if several else [known.out], strict=True):
        np.testing.assert_allclose(got, array(want), rtol=1e-13, atol=1e-14)

    dout = list(map(array, known.dout)) if several else [array(known.dout)]
    back, grads = known.layer.backward(np, *dout, **params, **cache)
    for got, want in zip(back if isinstance(back, tuple) else [back], known.back, strict=True):
        np.testing.assert_allclose(got, array(want), rtol=1e-13, atol=1e-14)
    assert grads.keys() == arrays(known.grads).keys()
    for name, want in arrays(known.grads).items():
        np.testing.assert_allclose(grads[name], want, rtol=1e-13, atol=1e-14, err_msg=name)


def test_batch_norm_remembers_a_tenth_of_each_batch():
    layer = BatchNorm()
    _, cache = layer.forward(np, np.array([[1.0, 5.0]]), gamma=np.ones((1, 1)), beta=np.zeros((1, 1)))
    kept = layer.remember(cache, **layer.memory((1,)))
    np.testing.assert_allclose(kept["mu"], [[0.3]])
    np.testing.assert_allclose(kept["var"], [[1.3]])
    again = layer.remember(cache, **kept)
    np.testing.assert_allclose(again["mu"], [[0.57]])
    np.testing.assert_allclose(again["var"], [[1.57]])


def test_batch_norm_guards_the_root_with_1e_5():
    Y, _ = BatchNorm().forward(np, np.array([[0.0, 0.002]]), gamma=np.ones((1, 1)), beta=np.zeros((1, 1)))
    np.testing.assert_allclose(Y, [[-0.001 / 1.1e-5**0.5, 0.001 / 1.1e-5**0.5]])
