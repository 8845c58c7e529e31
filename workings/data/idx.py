"""IDX: the file format of MNIST, read with suspicion.

    bytes 0-1   0 0
    byte  2     the type of a number      08 uint8   09 int8   0B int16   0C int32   0D float32   0E float64
    byte  3     how many dimensions, d
    then        d sizes, each 4 bytes, the largest byte first
    then        the numbers, the last dimension running fastest

What the header declares is compared with what is stored before memory is taken: a plain file by its length,
a packed one (gzip) as far as deflate can pack at all, and then piece by piece, so that memory never holds
more than was really there. Source: Y. LeCun, C. Cortes, C. Burges, The MNIST database, "file format".
"""

from __future__ import annotations

import gzip
import math
import zlib
from os import PathLike
from typing import BinaryIO

import numpy as np

from workings.data.files import plain_file

TYPES = {0x08: ">u1", 0x09: ">i1", 0x0B: ">i2", 0x0C: ">i4", 0x0D: ">f4", 0x0E: ">f8"}
MOST_DIMENSIONS = 8
MOST_BYTES = 1 << 30
DEFLATE_AT_BEST = 1032  # one byte of deflate stands for at most 1032 bytes (zlib's own bound)
PIECE = 1 << 20


def read_idx(path: str | PathLike[str], most_bytes: int = MOST_BYTES) -> np.ndarray:
    """The array in an IDX file, packed with gzip or not (told by its first bytes, not by its name).

    path        the file
    most_bytes  refuse a file that declares more bytes than this (default 1 GiB)

    Returns an array of the declared sizes, in the machine's byte order: MNIST's training images are
    (60000, 28, 28) uint8, its labels (60000,) uint8.
    Raises FileNotFoundError (or another OSError) when it cannot be opened, ValueError when its contents are
    damaged; the sentence names the file and the byte.

    >>> from workings.data import read_idx
    >>> import tempfile, pathlib
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     file = pathlib.Path(folder, "two-by-three")
    ...     _ = file.write_bytes(bytes([0, 0, 8, 2,  0, 0, 0, 2,  0, 0, 0, 3,  1, 2, 3, 4, 5, 6]))
    ...     read_idx(file)
    array([[1, 2, 3],
           [4, 5, 6]], dtype=uint8)
    """
    place = plain_file(path)
    name, stored = repr(str(path)), place.stat().st_size
    with place.open("rb") as file:
        packed = file.read(2) == b"\x1f\x8b"
        file.seek(0)
        if not packed:
            return _read(file, name, most_bytes, stored)
        try:
            with gzip.GzipFile(fileobj=file) as unpacked:
                return _read(unpacked, name, most_bytes, stored, packed=True)  # type: ignore[arg-type]  (a GzipFile reads as a BinaryIO does)
        except EOFError as error:
            raise ValueError(
                f"{name} is cut short: its gzip data stop at byte {stored}, before their end. "
                "Copy or download it again"
            ) from error
        except (zlib.error, gzip.BadGzipFile) as error:
            raise ValueError(
                f"{name} has damaged gzip data ({error}), found at or before byte {file.tell()} of {stored}. "
                "Copy or download it again"
            ) from error


def _read(file: BinaryIO, name: str, most_bytes: int, stored: int, packed: bool = False) -> np.ndarray:
    dtype, sizes = _header(file, name)
    start = 4 + 4 * len(sizes)
    declared = math.prod(sizes) * dtype.itemsize
    shape = " x ".join(map(str, sizes))
    says = f"{name} declares {shape} numbers of {dtype.itemsize} byte(s) (bytes 4 to {start - 1})"
    if declared > most_bytes:
        raise ValueError(f"{says}: {declared:,} bytes, over the limit of {most_bytes:,}; see `most_bytes`")
    if packed and declared > stored * DEFLATE_AT_BEST:
        raise ValueError(f"{says}: {declared:,} bytes, more than {stored:,} packed bytes can hold")
    if not packed and start + declared != stored:
        what = "cut short" if stored < start + declared else "too long"
        raise ValueError(f"{says}, so it should be {start + declared:,} bytes long, but is {stored:,}: {what}")

    numbers = bytearray()
    while len(numbers) < declared:
        piece = file.read(min(PIECE, declared - len(numbers)))
        if not piece:
            raise ValueError(
                f"{says}: {declared:,} bytes, but only {len(numbers):,} follow (the data end at byte "
                f"{start + len(numbers):,} when unpacked): cut short"
            )
        numbers += piece
    if file.read(1):
        raise ValueError(f"{says}, so it should end at byte {start + declared:,} (unpacked), but goes on")
    return np.frombuffer(numbers, dtype).astype(dtype.newbyteorder("="), copy=False).reshape(sizes)


def _header(file: BinaryIO, name: str) -> tuple[np.dtype, tuple[int, ...]]:
    """The type and the sizes that the first bytes declare."""
    magic = file.read(4)
    if len(magic) < 4:
        raise ValueError(f"{name} holds {len(magic)} bytes; an IDX file begins with 4: 0, 0, a type, a count")
    zero, also_zero, code, count = magic
    if (zero, also_zero) != (0, 0):
        raise ValueError(f"{name} is no IDX file: bytes 0 and 1 are {zero:02x} {also_zero:02x}, and should be 00 00")
    if code not in TYPES:
        known = ", ".join(f"{known:02x}" for known in TYPES)
        raise ValueError(f"{name} is no IDX file: byte 2, the type, is {code:02x}, not one of {known}")
    if not 1 <= count <= MOST_DIMENSIONS:
        raise ValueError(f"{name}: byte 3 declares {count} dimensions; an IDX file here has 1 to {MOST_DIMENSIONS}")
    sizes = file.read(4 * count)
    if len(sizes) < 4 * count:
        raise ValueError(
            f"{name} ends inside its header: byte 3 declares {count} dimensions, which are {4 * count} bytes, "
            f"and {len(sizes)} follow"
        )
    return np.dtype(TYPES[code]), tuple(int.from_bytes(sizes[i : i + 4], "big") for i in range(0, 4 * count, 4))
