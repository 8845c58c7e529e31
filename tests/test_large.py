"""Data larger than memory: trained from the disk to the same numbers as from memory, without being read into it."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys

import numpy as np
import pytest

import workings as wk
from workings import backends
from workings.backends import native
from workings.data import chunks as chunking
from workings.data import converted, large, large_files, table
from workings.preparation import Preparation
from workings.training.interruption import Interrupted
from workings.training.order import BLOCK, WINDOW, mixed

RNG = np.random.default_rng(0)
M = 5000
PIXELS = RNG.integers(0, 256, (M, 64), dtype=np.uint8)
ANSWERS = (PIXELS[:, 0].astype(int) + PIXELS[:, 1] > 255).astype(int)
KERNEL = pytest.param("native", marks=pytest.mark.skipif(native.available() is not None, reason="no kernel"))


@pytest.fixture(autouse=True)
def native_is_known(monkeypatch):
    if "native" not in backends.BACKENDS:
        monkeypatch.setattr(backends, "BACKENDS", ("native", *backends.BACKENDS))


def on_disk(folder, X, name="X.npy"):
    np.save(folder / name, X)
    return large(folder / name)


def model(seed=0):
    return wk.Model([wk.Dense(5, "relu"), wk.Dropout(0.1), wk.Dense(1, "sigmoid")], seed=seed)


def bits(model):
    return {name: W.tobytes() for name, W in model.parameters.items()}


# ─── order ───


@pytest.mark.parametrize("m", [1, 2, BLOCK - 1, BLOCK, BLOCK + 1, 40 * BLOCK + 7])
def test_blocks_hold_every_row_once_and_neighbours_stay_near(m):
    order = mixed(np.random.default_rng(1), m, "blocks")
    assert np.array_equal(np.sort(order), np.arange(m))
    for start in range(0, m, BLOCK * WINDOW):
        assert len(set(order[start : start + BLOCK * (WINDOW - 1)] // BLOCK)) <= WINDOW + 1
    again, other = (mixed(np.random.default_rng(s), m, "blocks") for s in (1, 2))
    assert np.array_equal(order, again)
    assert m < 3 or not np.array_equal(order, other)


def test_blocks_are_mixed_and_so_are_rows_within_them():
    order = mixed(np.random.default_rng(1), 40 * BLOCK, "blocks")
    assert np.mean(np.abs(np.diff(order)) == 1) < 0.01
    assert len(set(np.diff(order[: BLOCK * WINDOW]) > 0)) == 2
    assert set(order[: BLOCK * WINDOW] // BLOCK) != set(range(WINDOW))


# ─── training ───


@pytest.mark.parametrize("backend", ["numpy", "xla", KERNEL])
@pytest.mark.parametrize("kind", [np.uint8, np.float32, np.float64])
def test_in_file_order_the_disk_gives_the_bits_of_memory(tmp_path, backend, kind):
    pytest.importorskip("jax") if backend == "xla" else None
    X = PIXELS[:600] if kind == np.uint8 else (PIXELS[:600] / 255).astype(kind)
    told = {"epochs": 2, "shuffle": False, "progress": False, "backend": backend}
    a, b = model(), model()
    a.fit(X, ANSWERS[:600], **told)
    b.fit(on_disk(tmp_path, X), ANSWERS[:600], **told)
    if backend == "xla":
        assert all(np.allclose(a.parameters[name], b.parameters[name], atol=1e-6) for name in a.parameters)
    else:
        assert bits(a) == bits(b)
    assert (a.predict(X) == b.predict(on_disk(tmp_path, X, "again.npy"))).all()
    assert a.evaluate(X, ANSWERS[:600]) == b.evaluate(on_disk(tmp_path, X, "more.npy"), ANSWERS[:600])


@pytest.mark.parametrize("backend", ["numpy", KERNEL])
@pytest.mark.parametrize("validation", [None, 0.3])
def test_one_seed_one_set_of_bits_and_resumed_runs_go_on_exactly(tmp_path, backend, validation):
    X = on_disk(tmp_path, PIXELS)
    told = {"validation": validation, "progress": False, "backend": backend, "optimizer": "adam"}
    whole, again, other, half, rest = model(), model(), model(1), model(), model()
    for m in (whole, again, other):
        m.fit(X, ANSWERS, epochs=3, **told)
    assert bits(whole) == bits(again) != bits(other)
    half.fit(X, ANSWERS, epochs=1, checkpoint=tmp_path / "run", **told)
    rest.fit(X, ANSWERS, epochs=3, checkpoint=tmp_path / "run", resume=True, **told)
    assert bits(rest) == bits(whole)
    assert [r["loss"] for r in rest.history] == [r["loss"] for r in whole.history]
    memory = model()
    with pytest.raises(ValueError, match="was written with"):  # another order is another run
        memory.fit(PIXELS, ANSWERS, epochs=3, checkpoint=tmp_path / "run", resume=True, **told)


def test_rows_set_aside_on_the_disk_are_those_set_aside_in_memory(tmp_path):
    told = {"epochs": 2, "validation": 0.3, "shuffle": False, "progress": False, "backend": "numpy"}
    a, b = model(), model()
    a.fit(PIXELS, ANSWERS, **told)
    b.fit(on_disk(tmp_path, PIXELS), ANSWERS, **told)
    assert bits(a) == bits(b)
    drop = [{k: v for k, v in row.items() if k != "seconds"} for row in a.history]
    assert drop == [{k: v for k, v in row.items() if k != "seconds"} for row in b.history]


def test_images_are_read_from_the_disk(tmp_path):
    images = RNG.integers(0, 256, (64, 6, 6), dtype=np.uint8)
    layers = [wk.Convolution(2, 3, "relu"), wk.Flatten(), wk.Dense(2, "softmax")]
    a, b = wk.Model(layers), wk.Model(layers)
    for m, X in ((a, images), (b, on_disk(tmp_path, images))):
        m.fit(X, np.arange(64) % 2, epochs=1, shuffle=False, progress=False, backend="numpy")
    assert bits(a) == bits(b)


PROGRAM = """
import resource, sys, numpy as np, workings as wk
from workings import backends
if "native" not in backends.BACKENDS:
    backends.BACKENDS = ("native", *backends.BACKENDS)
def anonymous():
    for line in open("/proc/self/status"):
        if line.startswith("RssAnon"):
            return int(line.split()[1]) * 1024
path, backend, limit = sys.argv[1], sys.argv[2], int(sys.argv[3])
X = wk.data.large(path)
y = np.arange(len(X)) % 2
model = wk.Model([wk.Dense(4, "relu"), wk.Dense(1, "sigmoid")])
few = wk.Model([wk.Dense(4, "relu"), wk.Dense(1, "sigmoid")])
few.fit(np.array(X[:2000]), y[:2000], epochs=1, batch_size=64, progress=False, backend=backend, validation=0.1)
before = anonymous()
data = int(next(l for l in open("/proc/self/status") if l.startswith("VmData")).split()[1]) * 1024
resource.setrlimit(resource.RLIMIT_DATA, (data + limit, data + limit))
model.fit(X, y, epochs=1, batch_size=64, progress=False, backend=backend, validation=0.1)
model.evaluate(X, y)
print(anonymous() - before)
"""


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="reads /proc")
@pytest.mark.parametrize("backend", ["numpy", KERNEL])
@pytest.mark.parametrize("dtype", ["uint8", "float32", "float64"])
def test_memory_is_bounded(tmp_path, backend, dtype):
    """240 MB are trained, validated and evaluated by a process that may not take 40 MB more than it has."""
    n = 3025 // np.dtype(dtype).itemsize
    X = np.lib.format.open_memmap(tmp_path / "X.npy", mode="w+", dtype=dtype, shape=(80_000, n))
    for start in range(0, len(X), 1000):
        X[start : start + 1000] = RNG.integers(0, 2, (1000, n)) * (255 if dtype == "uint8" else 1)
    X.flush()
    del X
    size = (tmp_path / "X.npy").stat().st_size
    assert size > 235e6
    words = [sys.executable, "-c", PROGRAM, str(tmp_path / "X.npy"), backend, str(40 << 20)]
    done = subprocess.run(words, capture_output=True, text=True, env={**os.environ, "OPENBLAS_NUM_THREADS": "1"})
    assert done.returncode == 0, done.stderr[-2000:]
    assert int(done.stdout) < size / 8


# ─── what is refused ───


def test_the_door_finds_what_is_wrong_in_a_later_block(tmp_path, monkeypatch):
    monkeypatch.setattr("workings.inputs.BLOCK", 4096)
    X = np.ones((5000, 4), np.float64)
    X[4321, 2] = np.nan
    with pytest.raises(ValueError, match="X is nan in row 4321, column 2"):
        wk.Model([wk.Dense(1)]).fit(on_disk(tmp_path, X), np.ones(5000), progress=False)
    X[4321, 2] = 1e39
    with pytest.raises(ValueError, match="too large for float32"):
        wk.Model([wk.Dense(1)]).fit(on_disk(tmp_path, X), np.ones(5000), progress=False)


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"a,b\n1,2\n", "converted"),
        (b"\x93NUMPY", "cut short or damaged"),
        (np.ones(4), "one example per row"),
        (np.ones((2, 3), np.int64), "save pixels as uint8"),
        (np.array([["a"]]), "save pixels as uint8"),
        (np.array([[None]]), "damaged"),
    ],
)
def test_files_that_are_not_for_training(tmp_path, content, said):
    path = tmp_path / "X.npy"
    path.write_bytes(content) if isinstance(content, bytes) else np.save(path, content)
    with pytest.raises(ValueError, match=said):
        large(path)


def test_a_file_cut_short_is_refused(tmp_path):
    np.save(tmp_path / "X.npy", PIXELS)
    content = (tmp_path / "X.npy").read_bytes()
    for cut in (len(content) - 1, 200, 60, 8):
        (tmp_path / "X.npy").write_bytes(content[:cut])
        with pytest.raises(ValueError, match="damaged"):
            large(tmp_path / "X.npy")


def test_whole_numbers_in_a_file_are_refused_with_a_cure(tmp_path):
    np.save(tmp_path / "X.npy", np.ones((4, 3), np.int64))
    with pytest.raises(ValueError, match="as uint8 or floats"):
        wk.Model([wk.Dense(1)]).fit(np.load(tmp_path / "X.npy", mmap_mode="r"), np.ones(4))


# ─── tables ───

ROWS = [
    (s, "" if s % 97 == 5 else f"{s / 7:.3f}", ("sea", "town", "hill")[s % 3], 2 * s + (s % 5)) for s in range(2000)
]


@pytest.fixture
def csv_file(tmp_path):
    lines = [",".join(map(str, row)) for row in ROWS]
    (tmp_path / "houses.csv").write_text("size,age,place,price\n" + "\n".join(lines) + "\n")
    return tmp_path / "houses.csv"


@pytest.fixture
def small_chunks(monkeypatch):
    monkeypatch.setattr(chunking, "CELLS", 1200)  # 300 rows


def in_memory(path, target="price"):
    read = table(path, target)
    prepared = Preparation.fit(read.features, {k: v for k, v in read.kinds.items() if k != target})
    return prepared, prepared.transform(read.features).astype(np.float32), read.y


def test_a_table_is_converted_to_what_it_would_be_in_memory(csv_file, small_chunks):
    prepared, X, y = in_memory(csv_file)
    made = converted(csv_file, "price", progress=False)
    assert made.preparation == prepared
    assert np.array_equal(made.X, X)
    assert np.array_equal(made.y, y)
    assert made.y.dtype == np.int64
    assert isinstance(made.X, np.memmap)
    texts = converted(csv_file, "place", progress=False)
    assert texts.y.tolist() == [row[2] for row in ROWS]
    assert sorted(p.name for p in made.folder.iterdir()) == ["X.npy", "about.json", "y.npy"]
    found = wk.Model([wk.Dense(1)]).fit(made.X, (made.y - 2000) / 1000, epochs=2, progress=False)
    assert found[-1]["loss"] < found[0]["loss"]


def test_parquet_is_converted_too(csv_file, small_chunks):
    pandas, _ = pytest.importorskip("pandas"), pytest.importorskip("pyarrow")
    pandas.read_csv(csv_file).to_parquet(csv_file.with_suffix(".parquet"))
    made = converted(csv_file.with_suffix(".parquet"), "price", progress=False)
    prepared, X, y = in_memory(csv_file)
    assert made.preparation == prepared
    assert np.array_equal(made.X, X)
    assert np.array_equal(made.y, y)


def test_a_test_file_is_prepared_as_the_training_file(csv_file, small_chunks):
    made = converted(csv_file, "price", progress=False)
    other = csv_file.with_name("test.csv")
    other.write_text("price,place,age,size\n5,sea,1.5,7\n")
    tested = converted(other, "price", preparation=made.preparation, progress=False)
    expected = made.preparation.transform({"size": [7], "age": [1.5], "place": ["sea"]}).astype(np.float32)
    assert np.array_equal(tested.X, expected)
    other.write_text("price,place,age,size\n5,moor,1.5,7\n")
    with pytest.raises(ValueError, match="'moor', which never stood there"):
        converted(other, "price", preparation=made.preparation, progress=False)


def test_it_is_converted_once_and_again_when_the_file_changes(csv_file, monkeypatch):
    made = converted(csv_file, "price", progress=False)
    calls = []
    real = large_files.convert
    monkeypatch.setattr(large_files, "convert", lambda *a: calls.append(1) or real(*a))
    assert converted(csv_file, "price", progress=False).folder == made.folder
    assert not calls
    converted(csv_file, "price", drop="age", progress=False)
    assert len(calls) == 1
    csv_file.write_text(csv_file.read_text() + "5,5.0,sea,9\n")
    assert len(converted(csv_file, "price", progress=False).X) == 2001
    assert len(calls) == 2
    os.utime(csv_file, ns=(1, 1))
    converted(csv_file, "price", progress=False)
    assert len(calls) == 3
    newest = converted(csv_file, "price", progress=False).folder
    (newest / "X.npy").write_bytes(b"half")
    assert len(converted(csv_file, "price", progress=False).X) == 2001
    assert len(calls) == 4
    shutil.rmtree(csv_file.with_name("houses.csv.workings"))


@pytest.mark.parametrize("error", [KeyboardInterrupt, OSError(28, "No space left on device"), Interrupted(15)])
def test_what_is_interrupted_leaves_nothing(csv_file, small_chunks, monkeypatch, error):
    real, count = chunking.Chunk, []

    def chunk(*told):
        count.append(1)
        if len(count) == 3:
            raise error
        return real(*told)

    monkeypatch.setattr(chunking, "Chunk", chunk)
    with pytest.raises(error if isinstance(error, type) else type(error)):
        converted(csv_file, "price", progress=False)
    assert list(csv_file.with_name("houses.csv.workings").iterdir()) == []


KILLED = """
import sys, time
from workings.data import chunks, converted
chunks.CELLS = 400
real = chunks.Chunk
def slow(*told):
    time.sleep(0.2)
    print("chunk", flush=True)
    return real(*told)
chunks.Chunk = slow
converted(sys.argv[1], "price", progress=False)
"""


def test_what_is_killed_is_swept_up_and_made_again(csv_file):
    process = subprocess.Popen([sys.executable, "-c", KILLED, str(csv_file)], stdout=subprocess.PIPE)
    process.stdout.readline()
    process.kill()
    process.communicate()
    home = csv_file.with_name("houses.csv.workings")
    assert [p.suffix for p in home.iterdir()] == [".part"]
    made = converted(csv_file, "price", progress=False)
    assert [p.name for p in home.iterdir()] == [made.folder.name]
    assert np.array_equal(made.X, in_memory(csv_file)[1])


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("1500,x,sea,3", r"column 'age' .*line 1502 says 'x'"),
        ("1500,1,sea", "line 1502 has 3 cells, and line 1 has 4"),
        ('1500,1,"sea,3', "line 1502: this row cannot be read"),
        ("1500,nan,sea,3", "line 1502 says 'nan'"),
        ("1500,1_0,sea,3", "line 1502 says '1_0'"),
        ("1500,1e400,sea,3", "too large"),
        ("1500,1,sea,", "target column 'price' .* is empty in row 1500"),
    ],
)
def test_a_bad_line_far_down_is_named(csv_file, small_chunks, line, said):
    lines = csv_file.read_text().splitlines()
    lines[1501] = line
    csv_file.write_text("\n".join(lines) + "\n")
    with pytest.raises(ValueError, match=said):
        converted(csv_file, "price", progress=False)
    assert list(csv_file.with_name("houses.csv.workings").iterdir()) == []


def test_numbers_are_read_as_the_table_reads_them(tmp_path, small_chunks):
    path = tmp_path / "t.csv"
    cells = ["1", "2.5", " 3 ", "-4e-3", "+5", "", ".5", "6."] * 200
    path.write_text("a;b\n" + "\n".join(f"{c};{i}" for i, c in enumerate(cells)) + "\n")
    prepared, X, _ = in_memory(path, "b")
    made = converted(path, progress=False)
    assert np.array_equal(made.X, X)
    assert made.preparation == prepared
    assert "cells are parted by ';'" in made.notes
    assert any("the last column, 'b'" in note for note in made.notes)


def test_conversion_keeps_little_in_memory(tmp_path):
    """Its own peak, by tracemalloc, is a part of the file's size."""
    import tracemalloc

    path = tmp_path / "wide.csv"
    with path.open("w") as file:
        file.write(",".join(f"c{i}" for i in range(40)) + "\n")
        line = ",".join(f"{x:.6f}" for x in RNG.random(39))
        file.writelines(f"{line},{i}\n" for i in range(30_000))
    original, chunking.CELLS = chunking.CELLS, 20_000
    try:
        tracemalloc.start()
        made = converted(path, progress=False)
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
        chunking.CELLS = original
    assert made.X.shape == (30_000, 39)
    assert peak < path.stat().st_size / 2


def test_a_header_that_fills_the_first_chunk(csv_file, monkeypatch):
    monkeypatch.setattr(chunking, "CELLS", 1)
    lines = csv_file.read_text().splitlines()[:20]
    csv_file.write_text("\n".join(lines))
    made = converted(csv_file, "price", progress=False)
    assert np.array_equal(made.X, in_memory(csv_file)[1])


def test_a_sweep_over_a_file_on_the_disk(tmp_path):
    X = on_disk(tmp_path, PIXELS)
    told = {"epochs": 1, "progress": False, "backend": "numpy"}
    found = wk.sweep([wk.Dense(3, "relu"), wk.Dense(1, "sigmoid")], X, ANSWERS, {"seed": [0, 1]}, **told)
    alone = wk.Model([wk.Dense(3, "relu"), wk.Dense(1, "sigmoid")], seed=1)
    alone.fit(X, ANSWERS, **told)
    assert found.rows[1]["loss"] == alone.history[-1]["loss"]
    with pytest.raises(ValueError, match="X lies on the disk"):
        wk.sweep([wk.Dense(1, "sigmoid")], X, ANSWERS, {"seed": [0, 1]}, validation=0.2, **told)
