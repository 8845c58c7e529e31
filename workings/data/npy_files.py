"""NPY files: a matrix of numbers saved by NumPy, its header compared with its length before memory is taken.

Never unpickled: an array of Python objects is refused. Source: NumPy Enhancement Proposal 1 (the .npy format).
"""

from __future__ import annotations

import math
import re
from pathlib import Path
from typing import BinaryIO

import numpy as np

MAGIC = b"\x93NUMPY"
LONGEST = 10_000  # bytes of a header
HEADER = re.compile(
    r"\{'descr': (?:'(?P<type>[^']{1,20})'|\[.*\]), 'fortran_order': (?P<order>True|False), "
    r"'shape': \((?P<shape>(?:-?\d{1,20}L?,? ?)*)\),? ?\}[ \n]*"
)


def read_matrix(path: Path) -> np.ndarray:
    """The two-dimensional array of numbers in the file: (m, columns), bool, int64 or float64.

    Raises ValueError, naming the file, for a damaged header, a length that differs from the declared one,
    anything but two dimensions, and anything but real numbers.
    """
    stored = path.stat().st_size
    with path.open("rb") as file:
        shape, fortran, dtype = header(file, path)
        start = file.tell()
        if dtype.hasobject:
            raise ValueError(
                f"{str(path)!r} holds pickled Python objects, which are never opened here (a pickle can run "
                "any code): save numbers, np.save(path, array.astype(float))"
            )
        if dtype.kind not in "biuf":
            raise ValueError(f"{str(path)!r} holds {dtype}, not real numbers; save it as CSV or as numbers")
        if len(shape) != 2:
            raise ValueError(
                f"{str(path)!r} has the shape {shape}, and a table has two dimensions (rows, columns); "
                "array.reshape(len(array), -1) gives each example one row"
            )
        declared = math.prod(shape) * dtype.itemsize
        if min(shape) < 0 or start + declared != stored:
            raise ValueError(
                f"{str(path)!r} declares {shape[0]:,} x {shape[1]:,} numbers of {dtype.itemsize} byte(s) from byte "
                f"{start} on, so {declared:,} bytes, but {stored - start:,} are there: cut short or damaged"
            )
        data = file.read(declared)
    matrix = np.frombuffer(data, dtype).reshape(shape, order="F" if fortran else "C")
    if dtype.kind == "b":
        return matrix.copy()
    fits = dtype.kind in "iu" and not (matrix.size and dtype == np.uint64 and matrix.max() > 2**63 - 1)
    with np.errstate(over="ignore"):  # longdouble may exceed float64; infinity is then refused with its cell
        return matrix.astype(np.int64 if fits else np.float64)


def header(file: BinaryIO, path: Path) -> tuple[tuple[int, ...], bool, np.dtype]:
    """Shape, order and type that the header declares.  It is read as a text of one form, and not as Python."""
    start = file.read(len(MAGIC))
    if start != MAGIC:
        raise ValueError(
            f"{str(path)!r} is no NPY file: its first 6 bytes are {start!r}, and should be {MAGIC!r}; "
            "np.save writes one"
        )
    try:
        version = tuple(file.read(2))
        if version not in ((1, 0), (2, 0)):
            raise ValueError(f"its format is version {version}, and (1, 0) and (2, 0) are read here")
        size = int.from_bytes(file.read(2 if version == (1, 0) else 4), "little")
        told = file.read(size) if size <= LONGEST else b""
        if len(told) != size or not (found := HEADER.fullmatch(told.decode("latin-1"))):
            raise ValueError("it is not {'descr': type, 'fortran_order': yes or no, 'shape': sizes}")
        shape = tuple(int(n.strip(" L")) for n in found["shape"].split(",") if n.strip())
        return shape, found["order"] == "True", np.dtype(found["type"] or "V1")
    except (ValueError, TypeError, OverflowError, SyntaxError) as error:
        why = str(error).splitlines()[0] if str(error) else type(error).__name__
        raise ValueError(f"{str(path)!r} has a damaged NPY header (bytes 6 to {file.tell()}): {why}") from error
