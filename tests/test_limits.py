"""Far out, where numbers end (G13): every curved formula against mpmath with 50 digits, up to ±1e3 (softmax ±1e30).

A value that is a normal float is right to 1e-12 of itself, any other to 1e-300; nothing warns, nothing is nan.  Only
overflow is silenced, as at the backend's door: e^1000 in a sigmoid has the right limit.  (e^-1000 underflows to its
right limit too; NumPy says nothing about that by default.)

A slope such as A (1 - A) or A - Y ends in a difference from 1.  No formula in those letters keeps digits below the
last place of that 1, so slopes are right to 1e-12 of themselves or to 4 ε of their terms, whichever is more.

The everyday count is 200 points a formula.  The full count of reliability.md, 10,000:

    WORKINGS_FULL=1 python -m pytest tests/test_limits.py
"""

from __future__ import annotations

import numpy as np
import pytest

from tests.cases import FULL
from workings.layers import Attention, Gelu, Sigmoid, Softmax, Softplus, Tanh
from workings.losses import SigmoidCrossEntropy, SoftmaxCrossEntropy

POINTS = 10_000 if FULL else 200
NORMAL, EPS = np.finfo(float).smallest_normal, np.finfo(float).eps
CORNERS = [
    0,
    1,
    36.7,
    37.5,
    88,
    104,
    500,
    708.3,
    709.7,
    709.8,
    744.4,
    745.2,
    999,
    1000,
    5e-324,
    1e-310,
    1e-300,
    1e-17,
]


@pytest.fixture(scope="module")
def mp():
    mpmath = pytest.importorskip("mpmath", reason="mpmath is not installed: pip install mpmath to check the limits")
    with mpmath.workdps(50):
        yield mpmath


def points(count=POINTS):
    """Of every size from 1e-20 to 1e3, both signs, a third of them spread evenly, and the corners."""
    rng = np.random.default_rng(0)
    sized = 10 ** rng.uniform(-20, 3, count) * rng.choice([-1, 1], count)
    even = rng.uniform(-1000, 1000, count)
    corners = np.concatenate([CORNERS, np.negative(CORNERS)])
    return np.concatenate([corners, np.where(rng.random(count) < 1 / 3, even, sized)])[:count]


def right(got, want, terms=None):
    """1e-12 of a normal float, 1e-300 of anything else; or 4 ε of the terms that a slope is the difference of."""
    got = np.asarray(got)
    assert np.isfinite(got).all()
    want = np.asarray([float(w) for w in want]).reshape(got.shape)
    allowed = np.where(abs(want) >= NORMAL, 1e-12 * abs(want), 1e-300)
    if terms is not None:
        allowed = np.maximum(allowed, 4 * EPS * np.broadcast_to(terms, want.shape))
    worst = np.argmax(abs(got - want) - allowed)
    assert (abs(got - want) <= allowed).all(), (worst, got.flat[worst], want.flat[worst])


def sigma(mp, z):
    return 1 / (1 + mp.exp(-z))


def gate(mp, z):
    return 2 * mp.sqrt(2 / mp.pi) * (z + mp.mpf("0.044715") * z**3)


def gelu_slope(mp, z):
    s = sigma(mp, gate(mp, z))
    return s + z * s * sigma(mp, -gate(mp, z)) * 2 * mp.sqrt(2 / mp.pi) * (1 + 3 * mp.mpf("0.044715") * z**2)


CURVES = {  # layer, the true value, the true slope, how large the terms of the slope are
    "sigmoid": (Sigmoid(), sigma, lambda mp, z: sigma(mp, z) * sigma(mp, -z), lambda z: 1),
    "tanh": (Tanh(), lambda mp, z: mp.tanh(z), lambda mp, z: mp.sech(z) ** 2, lambda z: 1),
    "softplus": (Softplus(), lambda mp, z: mp.log1p(mp.exp(z)), sigma, lambda z: 0),
    # the tanh form ½ z (1 + tanh u) is z σ(2u)
    "gelu": (Gelu(), lambda mp, z: z * sigma(mp, gate(mp, z)), gelu_slope, lambda z: 1 + abs(z) ** 3),
}


@pytest.mark.parametrize("name", CURVES)
def test_curves(name, mp):
    layer, value, slope, terms = CURVES[name]
    Z = points()[None, :]
    with np.errstate(over="ignore"):
        A, cache = layer.forward(np, Z)
        dZ, _ = layer.backward(np, np.ones_like(Z), **cache)
    exact = [mp.mpf(z) for z in Z[0]]
    right(A, [value(mp, z) for z in exact])
    right(dZ, [slope(mp, z) for z in exact], terms(Z))


def test_gelu_is_the_tanh_form(mp):
    for z in map(mp.mpf, (-3, -0.5, 0.5, 3)):
        tanh_form = z / 2 * (1 + mp.tanh(gate(mp, z) / 2))
        assert abs(tanh_form - z * sigma(mp, gate(mp, z))) < mp.mpf("1e-48")


# ─── softmax and the fused losses: columns ───


def columns(count=POINTS, n=3):
    """Columns of all sizes up to ±1e30: far apart, near together far out, and some cells exactly alike."""
    rng = np.random.default_rng(1)
    Z = 10 ** rng.uniform(-20, 30, (n, count)) * rng.choice([-1, 1], (n, count))
    near = rng.uniform(-1000, 1000, (n, count)) + rng.choice([0, 1e3, -1e3], count)
    Z = np.where(rng.random(count) < 1 / 2, near, Z)
    Z[1] = np.where(rng.random(count) < 1 / 8, Z[0], Z[1])
    Z[:, :4] = [[1e30, -1e30, 1e30, 0], [-1e30, -1e30, 1e30, 1000], [0, -1e30, -1e30, -1000]]
    return Z


def shares(mp, column):
    exact = [mp.exp(mp.mpf(z) - mp.mpf(max(column))) for z in column]
    return [e / mp.fsum(exact) for e in exact]


def rows(columns):
    """A list of columns as the cells of an array, row by row."""
    return [cell for row in zip(*columns, strict=True) for cell in row]


def test_softmax(mp):
    Z = columns()
    dA = np.random.default_rng(2).standard_normal(Z.shape)
    A, cache = Softmax().forward(np, Z)
    dZ, _ = Softmax().backward(np, dA, **cache)
    true = [shares(mp, column) for column in Z.T]
    right(A, rows(true))
    slopes = []
    for share, flow in zip(true, dA.T, strict=True):
        flow = [mp.mpf(d) for d in flow]
        mean = mp.fsum(s * d for s, d in zip(share, flow, strict=True))
        slopes.append([s * (d - mean) for s, d in zip(share, flow, strict=True)])
    right(dZ, rows(slopes), terms=3 * abs(dA).max(axis=0) * A)


@pytest.mark.parametrize("sign", [1, -1])
def test_attention_looks_at_one_token_when_its_score_is_huge(sign):
    """Scores of ±1e6 and more: each token reads the one that scores highest with it, and nothing overflows."""
    X = sign * np.array([[1e3, 2e3, 3e3]])[:, :, None]
    W = {"Wq": np.array([[1.0]]), "Wk": np.array([[1.0]]), "Wv": np.array([[5.0]])}
    Y, cache = Attention(d_k=1, d_v=1).forward(np, X, **W)
    dX, grads = Attention(d_k=1, d_v=1).backward(np, np.ones_like(Y), **W, **cache)
    np.testing.assert_array_equal(Y[0, :, 0], [sign * 15e3] * 3)
    np.testing.assert_array_equal(dX[0, :, 0], [0, 0, 15])
    assert grads["Wq"] == grads["Wk"] == 0


def test_softmax_and_cross_entropy(mp):
    Z = columns()
    Y = np.eye(3)[np.random.default_rng(3).integers(3, size=Z.shape[1])].T
    J, dZ = [], []
    for k in range(Z.shape[1]):  # one example at a time: J is then its L
        value, cache = SoftmaxCrossEntropy().forward(np, Z[:, k : k + 1], Y[:, k : k + 1])
        J.append(value)
        dZ.append(SoftmaxCrossEntropy().backward(np, **cache)[:, 0])
    true = [shares(mp, column) for column in Z.T]
    right(J, [cross_entropy(mp, z, y) for z, y in zip(Z.T, Y.T, strict=True)])
    slopes = [
        [s - y for s, y in zip(share, map(int, right_one), strict=True)]
        for share, right_one in zip(true, Y.T, strict=True)
    ]
    right(np.array(dZ).T, rows(slopes), terms=Y)


def cross_entropy(mp, z, y):
    """log Σ e^z - z of the right class, the largest e^z taken out so that 50 digits are enough."""
    exact = [mp.mpf(x) - mp.mpf(max(z)) for x in z]
    apart = sorted(exact)[:-1]
    return mp.log1p(mp.fsum(map(mp.exp, apart))) - exact[int(np.argmax(y))]


@pytest.mark.parametrize("yes", [0.0, 1.0])
def test_sigmoid_and_cross_entropy(yes, mp):
    Z, J, dZ = points(), [], []
    Y = np.array([[yes]])
    with np.errstate(over="ignore"):
        for z in Z:
            value, cache = SigmoidCrossEntropy().forward(np, np.array([[z]]), Y)
            J.append(value)
            dZ.append(SigmoidCrossEntropy().backward(np, **cache).item())
    exact = [mp.mpf(z) for z in Z]
    right(J, [mp.log1p(mp.exp(-z if yes else z)) for z in exact])
    right(dZ, [-sigma(mp, -z) if yes else sigma(mp, z) for z in exact], terms=yes)


def test_float32_ends_well_too():
    """No point of the same list makes a nan or a warning in single precision."""
    Z = points().astype(np.float32)[None, :]
    with np.errstate(over="ignore"):
        for layer in (Sigmoid(), Tanh(), Softplus(), Gelu(), Softmax()):
            A, cache = layer.forward(np, Z)
            dZ, _ = layer.backward(np, np.ones_like(Z), **cache)
            assert np.isfinite(A).all()
            assert np.isfinite(dZ).all()
