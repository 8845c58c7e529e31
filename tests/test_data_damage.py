"""Damaged tables, by the hundred (G30): exact data or a sentence naming the file, and never a long wait.

The everyday count is small; the full one, 500 files for each kind:

    WORKINGS_FULL=1 python -m pytest tests/test_data_damage.py -s
"""

# ruff: noqa: PT017 (random input may pass or be refused, and both are right: pytest.raises does not fit)

from __future__ import annotations

import csv
import io
import time
import tracemalloc

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.cases import FULL
from workings.data import read_idx, table
from workings.preparation import Pictures

COUNT, FEW = (500, 500) if FULL else (100, 25)  # text and arrays; packed files and pictures
SECONDS = 2.0  # a limit against hanging, not a measurement

SHAPE = "read as numbers of the right shape: the format has no checksum"
HEAD = "size,place,ort 🏠,rent\n"
CSV = (HEAD + "".join(f'{i * 1.5},"p, {i % 3}",מחיר {i},{100 + i}\n' for i in range(30))).encode()


def wreck(whole: bytes, rng: np.random.Generator) -> bytes:
    """One of many kinds of damage."""
    data, at = bytearray(whole), int(rng.integers(0, len(whole)))
    kind = int(rng.integers(0, 12))
    if kind == 0:
        return bytes(data[:at])
    if kind == 1:
        for _ in range(rng.integers(1, 4)):
            data[rng.integers(0, len(data))] ^= 1 << rng.integers(0, 8)
    elif kind == 2:
        data[at:at] = rng.bytes(rng.integers(1, 20))
    elif kind == 3:
        del data[at : at + rng.integers(1, 60)]
    elif kind == 4:
        data[at:at] = b"\0" * rng.integers(1, 5)
    elif kind == 5:
        data[at:at] = "naïve Zürich".encode("latin-1")
    elif kind == 6:
        data[at:at] = b'"'
    elif kind == 7:
        data = data.replace(b"\n", [b"\r\n", b"\r", b"\n\n", b" "][rng.integers(0, 4)])
    elif kind == 8:
        data = bytearray([b"\xef\xbb\xbf", b"\xff\xfe", b"\xfe\xff", b"PK\x03\x04"][rng.integers(0, 4)]) + data
    elif kind == 9:
        data = data[:at] + data  # a piece written twice
    elif kind == 10:
        data[at:at] = "\u202e🤖\u2028\x1c".encode()
    else:
        data[at:at] = b"x" * int(rng.integers(1, 300_000))
    return bytes(data)


def peer(contents: bytes) -> list[list[str]]:
    """What Python's csv alone makes of the file: the cells, stripped."""
    text = contents.decode("utf-8-sig")
    return [[cell.strip() for cell in row] for row in csv.reader(io.StringIO(text, newline="")) if row]


def test_csv(tmp_path):
    path = tmp_path / "damaged.csv"
    read = refused = 0
    for seed in range(COUNT):
        contents = wreck(CSV, np.random.default_rng(seed))
        path.write_bytes(contents)
        start = time.perf_counter()
        try:
            found = table(path, target=False)
        except ValueError as error:
            assert type(error) is ValueError, f"seed {seed}: {error!r}"
            assert "damaged.csv" in str(error) or "column" in str(error), f"seed {seed}: {error}"
            assert "line" in str(error) or "is empty" in str(error) or "is a" in str(error) or "UTF-16" in str(error)
            refused += 1
        else:
            rows = peer(contents)
            assert list(found.names) == rows[0], f"seed {seed}"
            assert len(found) == len(rows) - 1, f"seed {seed}"
            for j, name in enumerate(found.names):
                cells = [row[j] or None for row in rows[1:]]
                if found.kinds[name] == "number":
                    np.testing.assert_array_equal(
                        found.columns[name], [np.nan if c is None else float(c) for c in cells]
                    )
                else:
                    assert found.columns[name].tolist() == cells, f"seed {seed}"
            read += 1
        assert time.perf_counter() - start < SECONDS, f"seed {seed}"
    assert min(read, refused) > COUNT // 10  # both ways are really walked


def test_npy(tmp_path):
    matrix = np.arange(60.0).reshape(20, 3)
    np.save(tmp_path / "whole.npy", matrix)
    whole, path = (tmp_path / "whole.npy").read_bytes(), tmp_path / "damaged.npy"
    for seed in range(COUNT):
        rng = np.random.default_rng(seed)
        contents = bytearray(whole)
        if seed % 3 == 0:
            contents = contents[: rng.integers(0, len(contents))]
        elif seed % 3 == 1:
            for _ in range(rng.integers(1, 5)):
                contents[rng.integers(0, 128)] ^= 1 << rng.integers(0, 8)
        else:
            at = rng.integers(0, 128)
            contents[at:at] = rng.bytes(rng.integers(1, 9))
        path.write_bytes(contents)
        start = time.perf_counter()
        try:
            found = table(path, target=False)
        except ValueError as error:
            assert type(error) is ValueError, f"seed {seed}: {error!r}"
            assert "damaged.npy" in str(error), f"seed {seed}: {error}"
        else:
            assert sum(values.nbytes for values in found.columns.values()) >= 60, f"seed {seed}"
        assert time.perf_counter() - start < SECONDS, f"seed {seed}"


@pytest.mark.parametrize(
    ("shape", "descr"),
    [
        ((10**6, 10**4), "<f8"),
        ((2**62, 2**62), "<f8"),
        ((-1, 3), "<f8"),
        ((10**9, 1), "<U1000"),
        ((20, 4), "<f8"),
        ((20, 2), "<f8"),
    ],
)
def test_an_npy_header_that_declares_another_size_takes_no_memory(tmp_path, shape, descr):
    path = tmp_path / "bomb.npy"
    with path.open("wb") as file:
        np.lib.format.write_array_header_1_0(file, {"descr": descr, "fortran_order": False, "shape": shape})
        file.write(bytes(480))
    tracemalloc.start()
    with pytest.raises(ValueError, match=r"bomb\.npy' (declares|holds)"):
        table(path)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 4_000_000


def test_an_npy_is_never_unpickled(tmp_path):
    class Evil:
        def __reduce__(self):
            return (pytest.fail, ("unpickled",))

    np.save(tmp_path / "evil.npy", np.array([[Evil()]], dtype=object), allow_pickle=True)
    with pytest.raises(ValueError, match="never opened here"):
        table(tmp_path / "evil.npy")


@pytest.mark.parametrize(
    ("contents", "says"),
    [
        (b"1234567890" * 10_000_000, "line 1 has 100,000,000 characters: no table is that wide"),
        (b"a,b\n" + b"1,2," * 10_000_000, "line 2 has 40,000,000 characters"),
        (b'a,b\n"' + b"x\n" * 3_000_000, "line 2: this row cannot be read .field larger than field limit"),
    ],
)
def test_huge_lines_are_refused_at_once(tmp_path, contents, says):
    path = tmp_path / "huge.csv"
    path.write_bytes(contents)
    start = time.perf_counter()
    with pytest.raises(ValueError, match=says):
        table(path)
    assert time.perf_counter() - start < 20  # a limit against hanging


@settings(max_examples=150, deadline=None)
@given(
    rows=st.lists(
        st.tuples(
            st.floats(allow_nan=False, allow_infinity=False),
            st.text(st.characters(exclude_characters="\0", exclude_categories=("Cs",)), max_size=8),
        ),
        min_size=1,
        max_size=12,
    ),
    bom=st.booleans(),
    end=st.sampled_from(["\n", "\r\n"]),
)
def test_whatever_csv_writes_is_read_back_exactly(tmp_path_factory, rows, bom, end):
    """Any finite number to the last bit, any text but for the spaces around it."""
    path = tmp_path_factory.getbasetemp() / "written.csv"
    with path.open("w", encoding="utf-8-sig" if bom else "utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator=end, quoting=csv.QUOTE_ALL)
        writer.writerow(["number", "text"])
        writer.writerows((repr(x), text) for x, text in rows)
    found = table(path, target=False, kinds={"text": "category"}, delimiter=",")
    assert found.columns["number"].tolist() == [x for x, _ in rows]
    assert [text or "" for text in found.columns["text"]] == [text.strip() for _, text in rows]


def flip(whole: bytes, rng: np.random.Generator) -> bytes:
    """Bits turned over, a piece lost or put in, an end cut off."""
    data, at = bytearray(whole), int(rng.integers(0, len(whole)))
    match rng.integers(0, 5):
        case 0:
            return bytes(data[:at])
        case 1:
            del data[at : at + int(rng.integers(1, 40))]
        case 2:
            data[at:at] = rng.bytes(int(rng.integers(1, 20)))
        case 3:
            data[at : at + 8] = bytes(8)
        case _:
            for _ in range(int(rng.integers(1, 4))):
                data[rng.integers(0, len(data))] ^= 1 << rng.integers(0, 8)
    return bytes(data)


def outcomes(path, read, whole, same, count, kept="exact"):
    """Every damaged file is refused in a sentence that names it, or is the `same`; how many of each."""
    read_whole = refused = 0
    for seed in range(count):
        path.write_bytes(flip(whole, np.random.default_rng(seed)))
        start = time.perf_counter()
        try:
            found = read(path)
        except ValueError as error:
            assert type(error) is ValueError, f"seed {seed}: {error!r}"
            assert path.name in str(error) or "column" in str(error), f"seed {seed}: {error}"
            refused += 1
        else:
            assert same(found), f"seed {seed}: read, and other than it was"
            read_whole += 1
        assert time.perf_counter() - start < 5 * SECONDS, f"seed {seed}"
    print(f"{path.suffix}: {refused} of {count} refused, {read_whole} {kept}")
    return read_whole, refused


def test_idx(tmp_path):
    """Flipped pixels cannot be seen in an IDX file, which has no checksum; packed with gzip they are."""
    import gzip

    rng = np.random.default_rng(0)
    pixels = rng.integers(0, 256, (20, 5, 4), dtype=np.uint8)
    plain = bytes([0, 0, 8, 3]) + b"".join(size.to_bytes(4, "big") for size in pixels.shape) + pixels.tobytes()
    outcomes(tmp_path / "a.idx", read_idx, plain, lambda found: found.shape == pixels.shape, COUNT, SHAPE)
    packed = gzip.compress(plain, mtime=0)
    read, refused = outcomes(tmp_path / "a.gz", read_idx, packed, lambda found: np.array_equal(found, pixels), COUNT)
    assert refused > 0.8 * COUNT
    assert read >= 0


MIXED = {"size": [1.5 * i for i in range(40)], "place": ["sea", "town"] * 20, "rent": list(range(40))}


def unchanged(found) -> bool:
    return all(found.columns[name].tolist() == values for name, values in MIXED.items())


def test_excel(tmp_path):
    openpyxl = pytest.importorskip("openpyxl")
    book = openpyxl.Workbook()
    for row in [tuple(MIXED), *zip(*MIXED.values(), strict=True)]:
        book.active.append(row)
    book.save(tmp_path / "whole.xlsx")
    whole = (tmp_path / "whole.xlsx").read_bytes()
    _, refused = outcomes(tmp_path / "damaged.xlsx", table, whole, unchanged, FEW)
    assert refused > FEW // 2


def test_parquet_with_checksums(tmp_path):
    pyarrow, parquet = pytest.importorskip("pyarrow"), pytest.importorskip("pyarrow.parquet")
    pytest.importorskip("pandas")
    parquet.write_table(pyarrow.table(MIXED), tmp_path / "whole.parquet", write_page_checksum=True)
    whole = (tmp_path / "whole.parquet").read_bytes()
    _, refused = outcomes(tmp_path / "damaged.parquet", table, whole, unchanged, FEW)
    assert refused > FEW // 4


@pytest.mark.parametrize(("suffix", "always"), [("png", True), ("jpg", False), ("gif", False), ("bmp", False)])
def test_pictures(tmp_path, suffix, always):
    """A PNG has checksums: exact or refused. The others have none: a picture of the size asked for, or refused."""
    Image = pytest.importorskip("PIL.Image")
    picture = Image.fromarray(np.random.default_rng(0).integers(0, 256, (20, 20), dtype=np.uint8))
    picture.save(tmp_path / f"whole.{suffix}")
    how = Pictures(20, 20)
    pixels = how.read(tmp_path / f"whole.{suffix}")
    whole = (tmp_path / f"whole.{suffix}").read_bytes()
    same = lambda found: found.shape == (20, 20) and (not always or np.array_equal(found, pixels))
    _, refused = outcomes(tmp_path / f"damaged.{suffix}", how.read, whole, same, FEW, "exact" if always else SHAPE)
    assert refused > FEW // 10
