"""Cat pictures: a file as the course has it, files that are not, and the drawn stand-ins."""

# ruff: noqa: PT017 (random input may pass or be refused, and both are right: pytest.raises does not fit)

from __future__ import annotations

import builtins

import numpy as np
import pytest

import workings.data as data

h5py = pytest.importorskip("h5py", reason="h5py is not installed: pip install 'workings[data]'")
RNG = np.random.default_rng(0)
PICTURES = RNG.integers(0, 256, (5, 64, 64, 3), dtype=np.uint8)
LABELS = np.array([0, 1, 1, 0, 1])


def write(folder, part="train", **changed):
    path = folder / f"{part}_catvnoncat.h5"
    with h5py.File(path, "w") as file:
        arrays = {f"{part}_set_x": PICTURES, f"{part}_set_y": LABELS, "list_classes": [b"non-cat", b"cat"]}
        for name, array in (arrays | changed).items():
            if array is not None:
                file[name] = array
    return path


@pytest.mark.parametrize("part", ["train", "test"])
def test_the_pictures_come_back(tmp_path, part):
    path = write(tmp_path, part)
    for place in (tmp_path, path):
        X, y = data.cats(place, part)
        assert (X.shape, X.dtype, y.dtype) == ((5, 12288), np.uint8, np.int64)
        np.testing.assert_array_equal(X.reshape(5, 64, 64, 3), PICTURES)
        np.testing.assert_array_equal(y, LABELS)


def test_labels_may_be_a_row(tmp_path):
    write(tmp_path, train_set_y=LABELS[None])
    np.testing.assert_array_equal(data.cats(tmp_path)[1], LABELS)


@pytest.mark.parametrize(
    ("changed", "says"),
    [
        ({"train_set_x": None}, "no dataset 'train_set_x'; it has 'list_classes', 'train_set_y'"),
        ({"train_set_x": PICTURES[:, :32]}, r"not uint8 \(m, 64, 64, 3\)"),
        ({"train_set_x": PICTURES.astype(float)}, "float64, not whole numbers"),
        ({"train_set_y": LABELS[:4]}, "5 pictures, 4 labels"),
        ({"train_set_y": LABELS + 1}, "labels other than 0"),
        ({"train_set_x": h5py.ExternalLink("other.h5", "x")}, "links are not followed"),
        ({"train_set_x": h5py.SoftLink("/train_set_y")}, "links are not followed"),
    ],
)
def test_files_that_hold_something_else(tmp_path, changed, says):
    write(tmp_path, **changed)
    with pytest.raises(ValueError, match=says):
        data.cats(tmp_path)


def test_a_bomb_is_refused_before_memory_is_taken(tmp_path):
    path = write(tmp_path, train_set_x=None)
    for m in (10**7, 15000):
        with h5py.File(path, "a") as file:
            file.pop("train_set_x", None)
            file.create_dataset("train_set_x", (m, 64, 64, 3), "u1", compression="gzip")
        with pytest.raises(ValueError, match=r"declares [\d,]+ bytes"):
            data.cats(tmp_path)


def test_storage_outside_the_file_is_refused(tmp_path):
    path = write(tmp_path, train_set_x=None)
    (tmp_path / "secret").write_bytes(b"\1" * 12288)
    with h5py.File(path, "a") as file:
        file.create_dataset("train_set_x", (1, 64, 64, 3), "u1", external=[(str(tmp_path / "secret"), 0, 12288)])
    with pytest.raises(ValueError, match="not a dataset stored in this file"):
        data.cats(tmp_path)


def test_damaged_files(tmp_path):
    path = write(tmp_path)
    whole = path.read_bytes()
    rng = np.random.default_rng(1)
    for cut in (0, 1, 8, 100, 500, 2048, len(whole) - 1):
        path.write_bytes(whole[:cut])
        with pytest.raises(ValueError, match="no readable HDF5 file"):
            data.cats(tmp_path)
    for _ in range(40):
        damaged = bytearray(whole)
        damaged[rng.integers(0, 2048)] ^= 1 << rng.integers(0, 8)
        path.write_bytes(damaged)
        try:
            X, _ = data.cats(tmp_path)
            assert X.shape == (5, 12288)
        except ValueError as error:
            assert "catvnoncat" in str(error)


def test_what_is_missing_is_said(tmp_path, monkeypatch):
    with pytest.raises(FileNotFoundError, match=r"train_catvnoncat\.h5' does not exist"):
        data.cats(tmp_path)
    with pytest.raises(ValueError, match="'train' or 'test'"):
        data.cats(tmp_path, "dev")
    write(tmp_path)
    real = builtins.__import__

    def without_h5py(name, *args, **kwargs):
        if name == "h5py":
            raise ImportError(name)
        return real(name, *args, **kwargs)

    monkeypatch.setattr(builtins, "__import__", without_h5py)
    with pytest.raises(ImportError, match=r"pip install 'workings\[data\]'"):
        data.cats(tmp_path)


def test_drawn_cats_differ_in_their_ears_and_can_be_learned():
    from sklearn.linear_model import LogisticRegression

    X, y = data.synthetic_cats(200, size=16, seed=3)
    assert (X.shape, X.dtype, int(y.sum())) == ((200, 768), np.uint8, 100)
    np.testing.assert_array_equal(data.synthetic_cats(200, size=16, seed=3)[0], X)
    pictures = data.synthetic_cats(200, size=64, noise=0, seed=3)[0].reshape(-1, 64, 64, 3).mean(3) > 100
    first_row = pictures.any(2).argmax(1)
    assert first_row[y == 1].mean() < first_row[y == 0].mean() - 3  # ears reach higher
    model = LogisticRegression(max_iter=300).fit(X[:150] / 255, y[:150])
    assert model.score(X[150:] / 255, y[150:]) >= 0.9
    with pytest.raises(ValueError, match="size >= 8"):
        data.synthetic_cats(2, size=4)
