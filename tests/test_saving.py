"""Saving: what comes back is what was there, and what is damaged says so."""

from __future__ import annotations

import io
import json
import os
import pickle
import shutil
import stat
import struct
import zipfile
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest
from safetensors.numpy import save as safetensors

import workings as wk
from tests.cases import FULL
from workings import saving
from workings.layers import Positions
from workings.losses import SquaredError

RNG = np.random.default_rng(9)

MODELS = {
    "dense": ([wk.Dense(3, "relu"), wk.Dense(2, "softmax")], (4,)),
    "every activation": (
        [wk.Dense(2, name) for name in ("identity", "tanh", "leaky-relu", "gelu", "softplus", "sigmoid")],
        (4,),
    ),
    "batch norm and dropout": ([wk.Dense(3), wk.BatchNorm(keep=0.8), wk.Dropout(0.25), wk.Dense(1)], (4,)),
    "convolution": ([wk.Convolution(2, 3, "relu", padding=1), wk.MaxPool(2), wk.Flatten(), wk.Dense(2)], (1, 4, 4)),
    "lstm": ([wk.LSTM(3), wk.Dense(1)], (2, 5)),
    "gru, every step": ([wk.GRU(3, every_step=True), Positions(wk.layers.Dense(2))], (2, 5)),
    "rnn": ([wk.RNN(3), wk.Dense(1)], (2, 5)),
    "attention": ([wk.Attention(3, compare=2), wk.Flatten(), wk.Dense(1)], (2, 5)),
    "embedding": ([wk.Embedding(7, 3), wk.GRU(2), wk.Dense(1)], (5,)),
}


def examples(shape, first):
    if isinstance(first, wk.Embedding):
        return RNG.integers(0, 7, (3, *shape))
    return RNG.standard_normal((3, *(shape[::-1] if len(shape) == 2 else shape)))


@pytest.mark.parametrize("dtype", ["float32", "float64"])
@pytest.mark.parametrize(("layers", "shape"), MODELS.values(), ids=MODELS)
def test_there_and_back(layers, shape, dtype, tmp_path):
    model = wk.Model(layers, inputs=shape, dtype=dtype, seed=4, conventions=wk.Conventions(base=0, digits=6))
    model.save(tmp_path / "m")
    again = wk.Model.load(tmp_path / "m")
    assert again.network == model.network
    assert again.loss == model.loss
    assert (again.shape, again.dtype, again.seed, again.conventions) == (shape, dtype, 4, model.conventions)
    assert list(again.parameters) == list(model.parameters)
    for name, W in model.parameters.items():
        np.testing.assert_array_equal(again.parameters[name], W)
        assert again.parameters[name].dtype == W.dtype
    X = examples(shape, layers[0])
    np.testing.assert_array_equal(again.outputs(X), model.outputs(X))
    assert str(again.summary()) == str(model.summary())


def test_branches_and_losses_come_back(tmp_path):
    table = {"Z1": (wk.layers.Dense(3), "X"), "S1": (wk.Add(), "Z1", "X"), "C1": (wk.Concat(), "S1", "X")}
    model = wk.Model(wk.Network(table), loss=SquaredError("half"), inputs=3)
    model.save(tmp_path / "m")
    again = wk.Model.load(tmp_path / "m")
    assert again.network == model.network
    assert again.loss == SquaredError("half")


def test_exact_parameters_come_back_exact(tmp_path):
    given = {"W1": [["1/3", -2], [10**20, 0]], "b1": ["0.1", 7]}
    model = wk.Model([wk.Dense(2)], parameters=given)
    model.save(tmp_path / "m")
    again = wk.Model.load(tmp_path / "m")
    assert again.parameters["W1"].tolist() == [[Fraction(1, 3), -2], [10**20, 0]]
    assert again.parameters["b1"].tolist() == [[Fraction(1, 10)], [7]]
    assert {type(cell) for cell in again.parameters["W1"].ravel()} == {int, Fraction}


def test_training_goes_on_after_loading(tmp_path):
    """A loaded model draws the same random numbers next as the one that was saved."""
    X, y = RNG.standard_normal((30, 4)), RNG.integers(0, 2, 30)
    model = wk.Model([wk.Dense(3), wk.BatchNorm(), wk.Dropout(0.2), wk.Dense(2, "softmax")])
    model.fit(X, y, epochs=2, progress=False)
    model.save(tmp_path / "m")
    again = wk.Model.load(tmp_path / "m")
    assert again.history == model.history
    model.fit(X, y, epochs=2, progress=False)
    again.fit(X, y, epochs=2, progress=False)
    np.testing.assert_array_equal(again.outputs(X), model.outputs(X))


def test_the_preparation_comes_along(tmp_path):
    model = wk.Model([wk.Dense(1)], inputs=2)
    columns = {"size": [1.0, 2.0, 4.0]}
    model.preparation = wk.Preparation.fit(columns)
    model.save(tmp_path / "m")
    again = wk.Model.load(tmp_path / "m")
    np.testing.assert_array_equal(again.preparation.transform(columns), model.preparation.transform(columns))


def test_figures_that_are_no_numbers_come_back(tmp_path):
    model = wk.Model([wk.Dense(1)], inputs=2)
    model.history = wk.History([{"epoch": 1, "loss": 1.0, "validation_loss": float("nan"), "x": float("-inf")}])
    model.save(tmp_path / "m")
    row = wk.Model.load(tmp_path / "m").history[0]
    assert np.isnan(row["validation_loss"])
    assert row["x"] == -np.inf


def saved(folder, name="m.safetensors"):
    model = wk.Model([wk.Dense(3, "tanh"), wk.Dense(2, "softmax")], inputs=4)
    model.fit(RNG.standard_normal((8, 4)), ["a", "b"] * 4, epochs=1, progress=False)
    model.save(folder / name)
    return model, folder / name


def test_moved_copied_zipped_and_synced_files_load(tmp_path):
    """Completeness lives in the content, not in a name or a time (goal G35)."""
    model, path = saved(tmp_path)
    places = [tmp_path / name for name in ("copy", "no suffix", "ünïcode 🙂.model", "x.zip", "." + "n" * 200)]
    for place in places:
        shutil.copyfile(path, place)
        os.utime(place, (0, 0))
        place.chmod(0o400)
    moved = tmp_path / "deeper" / "m"
    moved.parent.mkdir()
    path.rename(moved)
    with zipfile.ZipFile(tmp_path / "all.zip", "w") as archive:
        archive.write(moved, "in/zip")
    with zipfile.ZipFile(tmp_path / "all.zip") as archive:
        places += [moved, archive.extract("in/zip", tmp_path)]
    link = tmp_path / "link"
    link.symlink_to(moved)
    for place in [*places, link, str(moved)]:
        for name, W in wk.Model.load(place).parameters.items():
            np.testing.assert_array_equal(W, model.parameters[name])


def damaged(content, path):
    """The sentence that loading this content ends with."""
    path.write_bytes(content)
    with pytest.raises(ValueError, match=r"damaged|not a model|newer Workings") as caught:
        wk.Model.load(path)
    assert str(path) in str(caught.value)
    assert "\n" not in str(caught.value)
    return str(caught.value)


def test_truncated_files(tmp_path):
    _, path = saved(tmp_path)
    content = path.read_bytes()
    for size in range(0, len(content), 1 if FULL else 100):
        damaged(content[:size], tmp_path / "t")
    damaged(content + b"\0", tmp_path / "t")
    damaged(content * 2, tmp_path / "t")


def test_every_flipped_bit_is_noticed(tmp_path):
    _, path = saved(tmp_path)
    content = path.read_bytes()
    places = range(len(content)) if FULL else RNG.integers(0, len(content), 200)
    for place in places:
        flipped = bytearray(content)
        flipped[place] ^= 1 << int(RNG.integers(0, 8))
        damaged(bytes(flipped), tmp_path / "f")


def zipped():
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr("a", "b")
    return buffer.getvalue()


def npy():
    buffer = io.BytesIO()
    np.save(buffer, np.ones(3))
    return buffer.getvalue()


def header(told, body=b""):
    text = told if isinstance(told, bytes) else json.dumps(told).encode()
    return struct.pack("<Q", len(text)) + text + body


OTHER_FILES = {
    "empty": (b"", "it is empty"),
    "a zip": (zipped(), "it is a zip file"),
    "a pickle": (pickle.dumps({"a": np.ones(3)}), "it is a pickle, which is never loaded"),
    "JSON": (b'{"layers": []}', "it is a JSON text"),
    "npy": (npy(), "it is a NumPy array"),
    "HDF5": (b"\x89HDF\r\n\x1a\n" + b"\0" * 100, "it is an HDF5 file"),
    "text": (b"hello, world\n" * 9, "damaged"),
    "zeros": (b"\0" * 1000, "damaged"),
    "noise": (np.random.default_rng(0).bytes(1000), "damaged"),
    "a huge header": (struct.pack("<Q", 2**63) + b"{}", "damaged"),
    "a header of 100 MB": (struct.pack("<Q", 100_000_000) + b"{}", "damaged"),
    "a deep header": (header(b"[" * 100_000), "damaged"),
    "a header that lies": (header({"W": {"dtype": "F32", "shape": [10**9], "data_offsets": [0, 4]}}, b"abcd"), "dam"),
    "another program's": (safetensors({"W": np.ones(3)}), "a safetensors file of another program"),
    "another's with metadata": (safetensors({"W": np.ones(3)}, {"format": "pt"}), "of another program"),
    "a description that is none": (safetensors({}, {"workings": "[", "sha256": ""}), "damaged"),
}


@pytest.mark.parametrize(("content", "said"), OTHER_FILES.values(), ids=OTHER_FILES)
def test_files_of_other_kinds(content, said, tmp_path):
    assert said in damaged(content, tmp_path / "other")


def forged(path, change, tensors=None):
    """A file whose checksum is right, but whose content was changed."""
    from workings.saving.model_file import checksum

    arrays, about = saving.read(path)
    change(about)
    arrays = arrays if tensors is None else tensors(arrays)
    told = json.dumps(about)
    return safetensors(arrays, {"workings": told, "sha256": checksum(arrays, told)})


FORGERIES = {
    "a newer format": lambda a: a.update(format=99),
    "no format": lambda a: a.pop("format"),
    "no network": lambda a: a.pop("network"),
    "network a word": lambda a: a.update(network="Dense"),
    "network of nothing": lambda a: a.update(network=[]),
    "an unknown layer": lambda a: a["network"][0]["layer"].update(kind="Spell"),
    "a layer of another module": lambda a: a["network"][0]["layer"].update(kind="os.system"),
    "a field too many": lambda a: a["network"][0]["layer"].update(evil=1),
    "sizes as words": lambda a: a["network"][0]["layer"].update(n_out="three"),
    "other sizes": lambda a: a["network"][0]["layer"].update(n_out=4),
    "enormous sizes": lambda a: a["network"][0]["layer"].update(n_out=10**15),
    "other inputs": lambda a: a.update(shape=[5]),
    "no inputs": lambda a: a.update(shape=[]),
    "enormous inputs": lambda a: a.update(shape=[10**15]),
    "inputs as words": lambda a: a.update(shape="four"),
    "wires in a circle": lambda a: a["network"][0].update(reads=["A2"]),
    "dtype": lambda a: a.update(dtype="float16"),
    "seed": lambda a: a.update(seed="x"),
    "random state": lambda a: a["rng"].update(state="x"),
    "another generator": lambda a: a["rng"].update(bit_generator="MT19937"),
    "labels": lambda a: a["labels"].pop("classes"),
    "conventions": lambda a: a["conventions"].update(base=7),
    "history": lambda a: a.update(history=[1, 2]),
    "a list": lambda a: a.update(loss=[1]),
    "exact": lambda a: a.update(exact={"Z1": {"W": [["x"]]}}),
    "exact shape": lambda a: a.update(exact={"Z1": {"W": [["1"]]}}),
    "preparation": lambda a: a.update(preparation={"x": 1}),
}


@pytest.mark.parametrize("change", FORGERIES.values(), ids=FORGERIES)
def test_forged_descriptions(change, tmp_path):
    _, path = saved(tmp_path)
    damaged(forged(path, change), tmp_path / "forged")


def test_forged_arrays(tmp_path):
    _, path = saved(tmp_path)

    def lost(arrays):
        return {name: W for name, W in arrays.items() if "Z1/W" not in name}

    def turned(arrays):
        return {name: W.T.copy() for name, W in arrays.items()}

    def spoilt(arrays):
        return {name: W * np.float32("nan") for name, W in arrays.items()}

    def words(arrays):
        return {name: np.ones(W.shape, np.int64) for name, W in arrays.items()}

    for change, said in ((lost, "missing"), (turned, "needs"), (spoilt, "not all numbers"), (words, "int64")):
        assert said in damaged(forged(path, lambda about: None, change), tmp_path / "forged")


def test_places_that_are_no_file(tmp_path):
    with pytest.raises(FileNotFoundError, match="there is no such file"):
        wk.Model.load(tmp_path / "nothing")
    with pytest.raises(FileNotFoundError, match="there is no such file"):
        wk.Model.load(saved(tmp_path)[1] / "below")
    with pytest.raises(ValueError, match="is a folder"):
        wk.Model.load(tmp_path)
    os.mkfifo(tmp_path / "pipe")
    for place in (tmp_path / "pipe", "/dev/zero"):
        with pytest.raises(ValueError, match="is not a file"):
            wk.Model.load(place)


def test_where_nothing_can_be_saved(tmp_path):
    model, path = saved(tmp_path)
    os.mkfifo(tmp_path / "pipe")
    for place, kind, said in (
        (tmp_path, IsADirectoryError, "this is a folder; name a file in it"),
        (tmp_path / "no" / "m", FileNotFoundError, "there is no folder"),
        (path / "m", FileNotFoundError, "there is no folder"),
        (tmp_path / "pipe", FileExistsError, "something that is not a file"),
        ("/dev/null", FileExistsError, "something that is not a file"),
        (tmp_path / ("n" * 300), OSError, "the name is too long|File name too long"),
    ):
        with pytest.raises(kind, match=said):
            model.save(place)
    assert stat.S_ISCHR(Path("/dev/null").stat().st_mode)
    assert sorted(p.name for p in tmp_path.iterdir()) == ["m.safetensors", "pipe"]


def test_layers_of_the_users_own_are_refused_before_anything_is_written(tmp_path):
    class Twice:
        def init(self, rng, shape):
            return {}

        def out_shape(self, shape):
            return shape

        def forward(self, xp, A):
            return 2 * A, {}

        def backward(self, xp, dA):
            return 2 * dA, {}

    model = wk.Model([wk.Dense(2), Twice()], inputs=2)
    with pytest.raises(ValueError, match="only layers and losses of this library can be saved"):
        model.save(tmp_path / "m")
    assert list(tmp_path.iterdir()) == []


def test_links_modes_and_names(tmp_path):
    """A link stays a link, a private file private, and a long name does not stand in the way."""
    model, path = saved(tmp_path)
    path.chmod(0o600)
    link = tmp_path / "link"
    link.symlink_to(path)
    model.save(link)
    assert link.is_symlink()
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    before = os.umask(0o027)
    try:
        model.save(tmp_path / "new")
    finally:
        os.umask(before)
    assert stat.S_IMODE((tmp_path / "new").stat().st_mode) == 0o640
    for name in ("n" * 255, "🙂" * 60, " ", "-", "a\nb"):
        model.save(tmp_path / name)
        wk.Model.load(tmp_path / name)
    assert not list(tmp_path.glob("*.part"))


def test_the_current_folder(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    model, _ = saved(tmp_path)
    model.save("here")
    wk.Model.load("here")
