"""IDX files: exact, or refused with the file and the byte; never a bomb."""

# ruff: noqa: PT017 (random input may pass or be refused, and both are right: pytest.raises does not fit)

from __future__ import annotations

import gzip
import hashlib
import math
import os
import struct
import time
import tracemalloc
from pathlib import Path

import numpy as np
import pytest

from workings.data import fashion_mnist, mnist, read_idx
from workings.data.download import SHA256
from workings.data.idx import TYPES

HERE = os.environ.get("WORKINGS_DATA", "")


def idx(array: np.ndarray, code: int = 8, sizes: tuple[int, ...] | None = None) -> bytes:
    sizes = array.shape if sizes is None else sizes
    return struct.pack(f">BBBB{len(sizes)}I", 0, 0, code, len(sizes), *sizes) + array.astype(TYPES[code]).tobytes()


def saved(folder: Path, contents: bytes, name: str = "file-ubyte") -> Path:
    path = folder / name
    path.write_bytes(contents)
    return path


@pytest.mark.parametrize("code", TYPES)
@pytest.mark.parametrize("pack", [bytes, gzip.compress])
@pytest.mark.parametrize("shape", [(7,), (3, 4), (2, 3, 5), (0, 28, 28)])
def test_every_type_comes_back(tmp_path, code, pack, shape):
    array = (np.arange(math.prod(shape)) - 3 * (code != 8)).reshape(shape).astype(np.dtype(TYPES[code]))
    got = read_idx(saved(tmp_path, pack(idx(array, code))))
    assert got.dtype.isnative
    assert got.dtype == array.dtype.newbyteorder("=")
    np.testing.assert_array_equal(got, array)


@pytest.mark.skipif(not HERE, reason="WORKINGS_DATA is not set")
@pytest.mark.parametrize(("dataset", "name"), [(d, n) for d in SHA256 for n in SHA256[d]])
def test_the_checksums_are_those_of_the_real_files(dataset, name):
    path = Path(HERE, dataset, name)
    if not path.exists():
        pytest.skip(f"{path.name} is not in WORKINGS_DATA/{dataset}")
    assert hashlib.sha256(path.read_bytes()).hexdigest() == SHA256[dataset][name]


SIX = np.arange(6).reshape(2, 3)


@pytest.mark.parametrize(
    ("contents", "says"),
    [
        (b"", "holds 0 bytes"),
        (b"\0\0\x08", "holds 3 bytes"),
        (b"\x89PNG\r\n\x1a\n" + bytes(40), "bytes 0 and 1 are 89 50"),
        (b"\0\0\x0a\x01" + bytes(8), "byte 2, the type, is 0a"),
        (b"\0\0\x08\x00" + bytes(8), "byte 3 declares 0 dimensions"),
        (b"\0\0\x08\xff" + bytes(2000), "byte 3 declares 255 dimensions"),
        (b"\0\0\x08\x03\0\0\0\1", "ends inside its header"),
        (idx(SIX)[:-1], "should be 18 bytes long, but is 17: cut short"),
        (idx(SIX) + b"!", "should be 18 bytes long, but is 19: too long"),
        (idx(SIX, sizes=(2**32 - 1, 2**32 - 1, 2**32 - 1)), "over the limit of 1,073,741,824"),
        (gzip.compress(idx(SIX)[:-2], mtime=0), r"only 4 follow \(the data end at byte 16 when unpacked\)"),
        (gzip.compress(idx(SIX) + b"!", mtime=0), "should end at byte 18 .*but goes on"),
        (gzip.compress(idx(SIX, sizes=(30000, 30000)), mtime=0), "more than .* packed bytes can hold"),
        (gzip.compress(idx(SIX), mtime=0)[:-9], "is cut short: its gzip data stop"),
        (gzip.compress(idx(SIX), mtime=0)[:12], "is cut short: its gzip data stop"),
        (gzip.compress(idx(SIX), mtime=0)[:-8] + bytes(8), "damaged gzip data"),
        (gzip.compress(idx(SIX), mtime=0) + b"garbage!", "damaged gzip data"),
        (b"\x1f\x8b", "is cut short"),
        (b"\x1f\x8b\xff" + bytes(30), "damaged gzip data"),
    ],
)
def test_damage_is_named_with_its_place(tmp_path, contents, says):
    with pytest.raises(ValueError, match=says) as caught:
        read_idx(saved(tmp_path, contents))
    assert "file-ubyte" in str(caught.value)


@pytest.mark.parametrize("pack", [bytes, gzip.compress])
def test_random_damage_gives_the_exact_array_or_a_sentence(tmp_path, pack):
    """Truncations, flipped bits, inserted bytes: 300 each; the seed is in the message."""
    array = np.arange(600).reshape(10, 60).astype(np.uint8)
    whole = pack(idx(array))
    start = time.perf_counter()
    for seed in range(300):
        rng = np.random.default_rng(seed)
        data = bytearray(whole)
        what = seed % 3
        if what == 0:
            data = data[: rng.integers(0, len(data))]
        elif what == 1:
            for _ in range(rng.integers(1, 4)):
                data[rng.integers(0, min(len(data), 40))] ^= 1 << rng.integers(0, 8)
        else:
            data[rng.integers(0, len(data)) : 0] = rng.bytes(rng.integers(1, 9))
        try:
            got = read_idx(saved(tmp_path, bytes(data)))
        except ValueError as error:
            assert "file-ubyte" in str(error), seed
        else:  # damage to the numbers themselves: a plain file carries no checksum
            assert got.size * got.itemsize == 600, seed
            assert pack is bytes or (got == array.reshape(got.shape)).all(), seed
    assert time.perf_counter() - start < 30


def test_a_bomb_takes_no_memory(tmp_path):
    bombs = [
        gzip.compress(idx(SIX) + bytes(60_000_000), 1),  # says 6 bytes, unpacks to 60 million
        gzip.compress(idx(SIX, sizes=(1000, 1000, 1000)) + bytes(3_000_000), 1),  # says 1 GB, holds 3 MB
        idx(SIX, sizes=(40_000, 1_000_000)),  # says 40 GB
    ]
    for bomb in bombs:
        path = saved(tmp_path, bomb)
        tracemalloc.start()
        with pytest.raises(ValueError, match="declares"):
            read_idx(path)
        peak = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        assert peak < 8_000_000


def test_files_that_are_no_plain_files(tmp_path):
    with pytest.raises(FileNotFoundError, match="does not exist"):
        read_idx(tmp_path / "nothing")
    saved(tmp_path, b"x")
    with pytest.raises(FileNotFoundError, match="in that folder there is 'file-ubyte'"):
        read_idx(tmp_path / "file-ubyt")
    with pytest.raises(IsADirectoryError, match="is a folder"):
        read_idx(tmp_path)
    os.mkfifo(tmp_path / "pipe")
    for endless in (tmp_path / "pipe", "/dev/zero"):
        with pytest.raises(ValueError, match="a pipe or a device"):
            read_idx(endless)
    for name in ("", "a\0b"):
        with pytest.raises(ValueError, match="no file name"):
            read_idx(name)
    with pytest.raises(OSError, match="cannot be looked up"):
        read_idx("x" * 5000)


def write_set(folder: Path, pictures: np.ndarray, labels: np.ndarray, suffix: str = "", pack=bytes) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    for part in ("train", "t10k"):
        (folder / f"{part}-images-idx3-ubyte{suffix}").write_bytes(pack(idx(pictures)))
        (folder / f"{part}-labels-idx1-ubyte{suffix}").write_bytes(pack(idx(labels)))


PICTURES = np.arange(3 * 784).reshape(3, 28, 28).astype(np.uint8)


@pytest.mark.parametrize(("suffix", "pack"), [("", bytes), (".gz", gzip.compress)])
@pytest.mark.parametrize("load", [mnist, fashion_mnist])
def test_packed_or_not_from_argument_or_environment(tmp_path, monkeypatch, load, suffix, pack):
    write_set(tmp_path / load.__name__, PICTURES, np.array([7, 0, 9]), suffix, pack)
    monkeypatch.setenv("WORKINGS_DATA", str(tmp_path))
    for X, y in (load("test"), load("train", tmp_path), load("train", tmp_path / load.__name__)):
        np.testing.assert_array_equal(X, PICTURES.reshape(3, 784))
        assert y.tolist() == [7, 0, 9]


@pytest.mark.parametrize(
    ("pictures", "labels", "says"),
    [
        (PICTURES[:2], np.array([7, 0, 9]), "holds 2 pictures, .* 3 labels"),
        (PICTURES, np.array([7, 10, 9]), r"label 1 \(counted from 0\) is 10"),
        (PICTURES[:, :14], np.array([7, 0, 9]), r"not uint8 pictures \(m, 28, 28\)"),
        (PICTURES, np.array([[7, 0, 9]]), r"not uint8 labels \(m,\)"),
    ],
)
def test_files_that_make_no_pair(tmp_path, pictures, labels, says):
    write_set(tmp_path, pictures, labels)
    with pytest.raises(ValueError, match=says):
        mnist(folder=tmp_path)


def test_a_folder_without_the_files_is_said(tmp_path):
    with pytest.raises(FileNotFoundError, match="lacks train-images-idx3-ubyte or train-labels-idx1-ubyte"):
        mnist(folder=tmp_path)
    with pytest.raises(ValueError, match="'train' or 'test', not 'dev'"):
        mnist("dev", tmp_path)
