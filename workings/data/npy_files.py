"""NPY files: a matrix of numbers saved by NumPy, its header compared with its length before memory is taken.

Never unpickled: an array of Python objects is refused. Source: NumPy Enhancement Proposal 1 (the .npy format).
"""

from __future__ import annotations

import math
import warnings
from pathlib import Path

import numpy as np
from numpy.lib import format as npy

MAGIC = b"\x93NUMPY"


def read_matrix(path: Path) -> np.ndarray:
    """The two-dimensional array of numbers in the file: (m, columns), bool, int64 or float64.

    Raises ValueError, naming the file, for a damaged header, a length that differs from the declared one,
    anything but two dimensions, and anything but real numbers.
    """
    stored = path.stat().st_size
    with path.open("rb") as file:
        shape, fortran, dtype = _header(file, path)
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


def _header(file, path: Path) -> tuple[tuple[int, ...], bool, np.dtype]:  # type: ignore[no-untyped-def]
    """Shape, order and type that the header declares; NumPy's own reader, its many errors made one."""
    start = file.read(len(MAGIC))
    if start != MAGIC:
        raise ValueError(
            f"{str(path)!r} is no NPY file: its first 6 bytes are {start!r}, and should be {MAGIC!r}; "
            "np.save writes one"
        )
    file.seek(0)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # a header written by Python 2 is read with a remark of no use here
            version = npy.read_magic(file)
            if version not in ((1, 0), (2, 0)):
                raise ValueError(f"its format is version {version}, and 1.0 and 2.0 are read here")
            read = npy.read_array_header_1_0 if version == (1, 0) else npy.read_array_header_2_0
            return read(file)
    except Exception as error:  # ValueError, SyntaxError, TypeError, tokenize.TokenError, RecursionError, ...
        why = str(error).splitlines()[0] if str(error) else type(error).__name__
        raise ValueError(f"{str(path)!r} has a damaged NPY header (bytes 6 to {file.tell()}): {why}") from error
