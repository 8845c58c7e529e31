"""Tensors: the arrays of any safetensors file, ours or another program's, read with bounds.

The safetensors package judges what is a valid file.  Before it is asked, the header is counted, because a header of
100 MB may declare millions of tensors that fill no byte of the file.
"""

from __future__ import annotations

import json
import os
from typing import Any

import numpy as np
from safetensors import SafetensorError, deserialize

from workings.saving.files import read_whole
from workings.saving.kinds import kind_of

TYPES = {
    "F64": "<f8",
    "F32": "<f4",
    "F16": "<f2",
    "I64": "<i8",
    "U64": "<u8",
    "I32": "<i4",
    "U32": "<u4",
    "I16": "<i2",
    "U16": "<u2",
    "I8": "i1",
    "U8": "u1",
    "BOOL": "?",
    "C64": "<c8",
}
MOST = 100_000  # entries of a header: names with their shapes, and texts
HEADER = 100_000_000  # bytes, the limit of the format itself


def arrays(path: str | os.PathLike[str]) -> dict[str, np.ndarray]:
    """The arrays of a safetensors file, by name.

    bfloat16 becomes float32, which loses nothing.  Raises FileNotFoundError, and ValueError with the reason for a
    file that is none, is damaged, or holds numbers that NumPy does not have.
    """
    content = read_whole(path)
    try:
        return decoded(content)[0]
    except ValueError as error:
        told = kind_of(content)
        reason = f"it is {told}" if told and told != "a safetensors file" else str(error)
        raise ValueError(f"{path} is not a safetensors file, or it is damaged: {reason}") from None


def decoded(content: bytes) -> tuple[dict[str, np.ndarray], dict[str, str]]:
    """Arrays and metadata of the content of a file, as views of it.  Raises ValueError where there are none."""
    size = int.from_bytes(content[:8], "little")
    if len(content) < 8 or size > min(len(content) - 8, HEADER):
        raise ValueError("its header is cut short, or longer than the file")
    if content.count(b":", 8, 8 + size) > 8 * MOST:
        raise ValueError(f"its header has more than {MOST:,} entries")
    try:
        found = deserialize(content)
        header = json.loads(content[8 : 8 + size])
    except (SafetensorError, ValueError, RecursionError, MemoryError, OverflowError) as error:
        raise ValueError(str(error) or "it cannot be decoded") from None
    return {name: view(name, told) for name, told in found}, header.get("__metadata__", {})


def view(name: str, told: dict[str, Any]) -> np.ndarray:
    """The array in these bytes."""
    raw, shape, kind = told["data"], told["shape"], told["dtype"]
    if kind == "BF16":
        return (np.frombuffer(raw, "<u2").astype("<u4") << 16).view("<f4").reshape(shape)
    if kind not in TYPES:
        raise ValueError(f"its array {name!r} is of type {kind}, which NumPy does not have")
    return np.frombuffer(raw, TYPES[kind]).reshape(shape)
