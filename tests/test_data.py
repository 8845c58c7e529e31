"""The data that comes with the house: digits, MNIST, toys, pictures; their very numbers, not only their shapes."""

from __future__ import annotations

import doctest
import importlib
import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

import workings.data as data

HERE = os.environ.get("WORKINGS_DATA", "")
needs_mnist = pytest.mark.skipif(
    not Path(HERE, "mnist").is_dir() or not HERE, reason="WORKINGS_DATA names no folder with mnist/ in it"
)
needs_fashion = pytest.mark.skipif(
    not Path(HERE, "fashion_mnist").is_dir() or not HERE,
    reason="WORKINGS_DATA names no folder with fashion_mnist/ in it",
)
ROOMS = "cat_pictures columns csv_files download files frames idx npy_files parts pixels scans"
EXAMPLES = [*ROOMS.split(), "table_files", "tables", "toys"]


@pytest.mark.parametrize("module", EXAMPLES)
def test_the_examples_run(module):
    result = doctest.testmod(importlib.import_module(f"workings.data.{module}"), globs={})
    assert result.failed == 0


@needs_mnist
@needs_fashion
def test_the_examples_that_need_mnist_run():
    result = doctest.testmod(importlib.import_module("workings.data.mnist_family"), globs={})
    assert result.failed == 0
    assert result.attempted == 9


def test_every_public_name_explains_itself():
    for name in data.__all__:
        thing = getattr(data, name)
        if callable(thing):
            assert ">>>" in (thing.__doc__ or ""), f"{name} has no example"


def test_nothing_heavy_is_imported_at_once():
    heavy = ["sklearn", "scipy", "pooch", "requests", "pandas", "pyarrow", "h5py", "matplotlib", "jax", "torch"]
    code = f"import sys, workings.data; print([m for m in {heavy} if m in sys.modules])"
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=60, check=True)
    assert run.stdout.strip() == "[]"


def test_digits_are_the_real_ones():
    X, y = data.digits()
    assert (X.shape, X.dtype, y.shape, y.dtype) == ((1797, 64), np.float32, (1797,), np.int64)
    assert (X.min(), X.max()) == (0.0, 1.0)
    assert (X[0, :16] * 16).tolist() == [0, 0, 5, 13, 9, 1, 0, 0, 0, 0, 13, 15, 10, 15, 5, 0]
    assert np.bincount(y).tolist() == [178, 182, 177, 183, 181, 182, 181, 179, 174, 180]
    assert float((X * 16).sum()) == 561718.0


@needs_mnist
def test_mnist_is_the_real_one():
    X, y = data.mnist()
    assert (X.shape, X.dtype, y.shape, y.dtype) == ((60000, 784), np.uint8, (60000,), np.int64)
    assert y[:10].tolist() == [5, 0, 4, 1, 9, 2, 1, 3, 1, 4]
    assert np.bincount(y).tolist() == [5923, 6742, 5958, 6131, 5842, 5421, 5918, 6265, 5851, 5949]
    assert round(X.mean() / 255, 4) == 0.1307  # the mean that everybody's recipes subtract
    row = X[0].reshape(28, 28)[5]
    assert row[12:24].tolist() == [3, 18, 18, 18, 126, 136, 175, 26, 166, 255, 247, 127]
    assert X[0, data.index_of((5, 21), (28, 28))] == 255

    X, y = data.mnist("test")
    assert X.shape == (10000, 784)
    assert y[:10].tolist() == [7, 2, 1, 0, 4, 1, 4, 9, 5, 9]


@needs_mnist
@pytest.mark.parametrize("folder", ["", "mnist"])
def test_mnist_from_a_folder_or_its_parent(folder, monkeypatch):
    monkeypatch.delenv("WORKINGS_DATA")
    assert data.mnist("test", Path(HERE, folder))[1][:3].tolist() == [7, 2, 1]


@needs_fashion
def test_fashion_mnist_and_the_boots():
    X, y = data.fashion_mnist("test")
    assert y[:10].tolist() == [9, 2, 1, 1, 6, 1, 4, 6, 5, 7]
    assert np.bincount(y).tolist() == [1000] * 10
    X, y = data.boots("test")
    assert (X.shape, int(y.sum())) == ((2000, 784), 1000)
    np.testing.assert_array_equal(data.boots("test")[0], X)
    assert (data.boots("test", seed=1)[0] != X).any()
    X, y = data.boots("test", balanced=False)
    assert (len(y), int(y.sum())) == (10000, 1000)


@needs_mnist
@needs_fashion
def test_training_and_test_pictures_of_mnist_share_no_row():
    assert data.leaks(data.mnist()[0], data.mnist("test")[0]) == 0


@pytest.mark.parametrize("make", [data.flower, data.moons, data.circles, data.spirals])
def test_toys_are_balanced_repeatable_and_noisy_only_when_asked(make):
    X, y = make(120)
    assert (X.shape, X.dtype, y.dtype) == ((120, 2), np.float64, np.int64)
    assert np.bincount(y).tolist() == [60, 60]
    np.testing.assert_array_equal(make(120)[0], X)
    assert (make(120, seed=1)[0] != X).any()
    np.testing.assert_array_equal(
        make(120, noise=0, seed=5)[0].round(9).max(0), make(120, noise=0)[0].round(9).max(0)
    )
    moved = np.sort(make(120, noise=0.1)[0], axis=0) - np.sort(make(120, noise=0)[0], axis=0)
    assert 0.005 < abs(moved).mean() < 0.5
    with pytest.raises(ValueError, match="whole number of 2 or more, not 1"):
        make(1)
    with pytest.raises(ValueError, match="noise is a standard deviation"):
        make(10, noise=-0.1)


def test_the_exact_curves_of_the_toys():
    X, y = data.flower(401, noise=0)
    for petal, t in enumerate([np.linspace(0, 3.12, 201), np.linspace(3.12, 6.24, 200)]):
        curve = np.stack([4 * np.sin(4 * t) * np.sin(t), 4 * np.sin(4 * t) * np.cos(t)], axis=1)
        np.testing.assert_allclose(sorted(X[y == petal].tolist()), sorted(curve.tolist()))
    X, y = data.circles(50, noise=0, factor=0.3)
    np.testing.assert_allclose(np.hypot(*X.T), np.where(y == 0, 1, 0.3))
    X, y = data.spirals(90, noise=0, arms=3)
    assert np.bincount(y).tolist() == [30, 30, 30]
    r = np.hypot(*X.T)
    np.testing.assert_allclose(np.cos(2 * np.pi * (r + y / 3)) * r, X[:, 0], atol=1e-12)


@pytest.mark.parametrize("n", range(1, 11))
def test_xor_is_the_whole_truth_table(n):
    X, y = data.xor(n)
    assert len(set(map(tuple, X.tolist()))) == len(X) == 2**n
    assert [int("".join(str(int(b)) for b in row), 2) for row in X] == list(range(2**n))
    assert y.tolist() == [i.bit_count() % 2 for i in range(2**n)]
    repeated, labels = data.xor(n, repeats=3, noise=0.1)
    assert (repeated.shape, labels.tolist()) == ((3 * 2**n, n), y.tolist() * 3)
    assert ((repeated > 0.5) == np.tile(X, (3, 1))).mean() > 0.99


def test_toys_refuse_what_they_cannot_draw():
    for factor in (0, 1, -2, float("nan")):
        with pytest.raises(ValueError, match="between 0 and 1"):
            data.circles(10, factor=factor)
    with pytest.raises(ValueError, match="2 arms or more, not 1"):
        data.spirals(10, arms=1)
    with pytest.raises(ValueError, match="repeats is a whole number of 1 or more, not 0"):
        data.xor(2, repeats=0)


def test_xor_refuses_a_table_too_large_for_memory():
    with pytest.raises(ValueError, match="1 to 20 bits"):
        data.xor(64)


def test_a_straight_line_cannot_part_circles_and_squares_of_the_inputs_can():
    """Row 119: logistic regression fails on the points, and succeeds once they are seen otherwise."""
    from sklearn.linear_model import LogisticRegression

    X, y = data.circles(400)
    assert LogisticRegression().fit(X, y).score(X, y) < 0.65
    assert LogisticRegression().fit(X**2, y).score(X**2, y) > 0.99


def test_houses_are_the_notes_with_their_erratum():
    X, y = data.houses()
    assert X.tolist() == [[200], [500], [700], [1000], [1200], [1500]]
    assert y.tolist() == [0, 0, 90, 150, 190, 250]
    off = y - np.maximum(0, 0.2 * X[:, 0] - 50)
    np.testing.assert_allclose(off, [0, -50, 0, 0, 0, 0], atol=1e-12)


def test_a_picture_of_64_by_64_by_3_is_12288_features_both_ways():
    image = np.random.default_rng(0).integers(0, 256, (64, 64, 3), dtype=np.uint8)
    for planes in (False, True):
        row = data.unroll(image, planes)
        assert (row.shape, row.dtype) == ((12288,), np.uint8)
        for index in range(0, 12288, 7):
            pixel = data.pixel_at(index, image.shape, planes)
            assert row[index] == image[pixel]
            assert data.index_of(pixel, image.shape, planes) == index
    np.testing.assert_array_equal(data.unroll(image, planes=True)[:4096].reshape(64, 64), image[:, :, 0])
    np.testing.assert_array_equal(data.unroll(np.stack([image, image]))[1], data.unroll(image))
    assert data.unroll(image[:, :, 0]).shape == (4096,)
    assert np.shares_memory(data.unroll(image), image)


def test_pixels_that_are_not_there():
    with pytest.raises(IndexError, match="64 x 64 x 3 = 12,288 features has no feature 12288"):
        data.pixel_at(12288, (64, 64, 3))
    with pytest.raises(IndexError, match="no pixel"):
        data.index_of((28, 0), (28, 28))
    with pytest.raises(ValueError, match="2 coordinates, not 3"):
        data.index_of((1, 2, 0), (28, 28))
    with pytest.raises(ValueError, match=r"images\.reshape"):
        data.unroll(np.zeros((100, 28, 28)))
    assert data.index_of((0, 0, 1), (64, 64, 3)) == 1  # by default green follows red of the same pixel
    assert data.index_of((0, 0, 1), (64, 64, 3), planes=True) == 4096
    with pytest.raises(ValueError, match=r"not \(28, 0\)"):
        data.pixel_at(0, (28, 0))
    with pytest.raises(ValueError, match="height, width"):
        data.pixel_at(0, (28,))
