"""Frames: a message to the browser as bytes: a header in JSON, and arrays behind it.

    u32 length of the header | header, filled with spaces to a multiple of 4 | array | array …

Arrays are little-endian, row by row, each filled with zeros to a multiple of 4, so that the browser can look at them
where they lie.  From the browser come messages in JSON, and never arrays.
"""

from __future__ import annotations

import struct
from collections.abc import Mapping
from typing import Any

import msgspec
import numpy as np

DTYPES = {"uint8", "float32", "int32"}


def pack(header: Mapping[str, Any], arrays: Mapping[str, np.ndarray] | None = None) -> bytes:
    """One frame.

    >>> import numpy as np
    >>> unpack(pack({"kind": "guess"}, {"A": np.float32([[1, 2]])}))
    ({'kind': 'guess', 'arrays': [['A', 'float32', [1, 2]]]}, {'A': array([[1., 2.]], dtype=float32)})
    """
    arrays = {name: np.ascontiguousarray(array) for name, array in (arrays or {}).items()}
    for name, array in arrays.items():
        if array.dtype.name not in DTYPES:
            raise TypeError(f"array {name!r} is {array.dtype}; the browser is sent {', '.join(sorted(DTYPES))}")
    listed = [[name, array.dtype.name, list(array.shape)] for name, array in arrays.items()]
    head = filled(msgspec.json.encode({**header, "arrays": listed}, enc_hook=_plain), b" ")
    return b"".join([struct.pack("<I", len(head)), head, *(filled(a.tobytes(), b"\0") for a in arrays.values())])


def unpack(frame: bytes) -> tuple[dict[str, Any], dict[str, np.ndarray]]:
    """The header and the arrays of a frame; the browser does the same in frames.js."""
    (length,) = struct.unpack_from("<I", frame)
    header, at, arrays = msgspec.json.decode(frame[4 : 4 + length]), 4 + length, {}
    for name, dtype, shape in header["arrays"]:
        array = np.frombuffer(frame, dtype, int(np.prod(shape)), at).reshape(shape)
        arrays[name], at = array, at + -(-array.nbytes // 4) * 4
    return header, arrays


def filled(data: bytes, with_: bytes) -> bytes:
    """Filled up to a multiple of 4."""
    return data + with_ * (-len(data) % 4)


def _plain(x: Any) -> Any:
    if isinstance(x, np.generic):
        return x.item()
    if isinstance(x, np.ndarray):
        return x.tolist()
    raise TypeError(f"{type(x).__name__} has no form in JSON")
