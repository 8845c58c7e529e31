"""The file: what is in an ONNX file, read as data and with bounds, before anything is believed.

Nothing is executed, and neither the checker nor shape inference of the onnx package is run on a file from outside:
the bytes are counted, parsed by protobuf, and every array is checked against the bytes that are there.
"""

from __future__ import annotations

from collections.abc import Iterator
from math import prod
from pathlib import Path
from typing import Any

import numpy as np

from workings import saving
from workings.interop.imported import needs
from workings.interop.onnx.external import outside_bytes

PARTS = 200_000  # messages and texts: a network has a few dozen, and each takes a hundred times its bytes in memory
FLOATS = 4_000_000  # numbers that stand one by one, as the weights of linear models do
SQUEEZED = 4_000_000  # bytes of whole numbers that memory needs eight times over, and more
DEPTH = 32
TYPES = {1: "<f4", 2: "u1", 3: "i1", 5: "<i2", 6: "<i4", 7: "<i8", 9: "?", 10: "<f2", 11: "<f8", 12: "<u4", 13: "<u8"}
TEXTS = 8  # the names of classes
FIELDS = {"<f4": "float_data", "<f8": "double_data", "<i8": "int64_data", "<u4": "uint64_data", "<u8": "uint64_data"}

# Which fields of which message are messages themselves (onnx.proto); all others are numbers, texts and bytes.
SCHEMA: dict[str, dict[int, str]] = {
    "Model": {7: "Graph", 8: "Leaf", 14: "Leaf", 20: "Leaf", 25: "Function", 26: "Leaf"},
    "Graph": {1: "Node", 5: "Tensor", 11: "Info", 12: "Info", 13: "Info", 14: "Note", 15: "Sparse", 16: "Leaf"},
    "Function": {7: "Node", 9: "Leaf", 11: "Attribute", 12: "Info", 14: "Leaf"},
    "Node": {5: "Attribute", 9: "Leaf", 10: "Leaf"},
    "Attribute": {
        5: "Tensor",
        6: "Graph",
        10: "Tensor",
        11: "Graph",
        14: "Type",
        15: "Type",
        22: "Sparse",
        23: "Sparse",
    },
    "Tensor": {3: "Leaf", 13: "Leaf", 16: "Leaf"},
    "Sparse": {1: "Tensor", 2: "Tensor"},
    "Note": {2: "Leaf"},
    "Info": {2: "Type", 4: "Leaf"},
    "Type": {1: "Kind", 4: "Type", 5: "Type", 8: "Kind", 9: "Type"},
    "Kind": {1: "Type", 2: "Shape"},
    "Shape": {1: "Leaf"},
    "Leaf": {},
}


def parsed(path: Any) -> Any:
    """The ModelProto in a file.  Raises ValueError for what is no ONNX file, or one made to fill the memory."""
    content = saving.read_whole(path)
    told = saving.kind_of(content)
    if told and told != "an ONNX file":
        raise ValueError(f"{path} is not an ONNX file: it is {told}")
    bounded(content, path)
    onnx = needs("onnx")
    from google.protobuf.message import DecodeError

    try:
        proto = onnx.ModelProto.FromString(content)
    except (DecodeError, ValueError, RecursionError, MemoryError) as error:
        raise broken(path, error) from None
    if not proto.HasField("graph") or not proto.graph.node or not proto.opset_import:
        raise broken(path, "there is no graph of operations in it")
    return proto


def broken(path: Any, why: Any) -> ValueError:
    """What is wrong with a file, and what to do about it."""
    return ValueError(
        f"{path} is not an ONNX file, or it is damaged: {why}. Fetch or copy it again, whole, or export it once more "
        "where it was made (torch.onnx.export, to_onnx)"
    )


def bounded(content: bytes, path: Any) -> None:
    """Raise ValueError where the bytes are no messages, or more of them than any network has."""
    left, floats, squeezed = PARTS, FLOATS, SQUEEZED
    stack = [("Model", 0, len(content), 0)]
    while stack:
        kind, start, end, depth = stack.pop()
        if depth > DEPTH:
            raise ValueError(f"{path} nests its graphs more than {DEPTH} deep: it is no network")
        inner = SCHEMA[kind]
        try:
            for field, at, stop, wire in pieces(content, start, end):
                if wire in (1, 5):
                    floats -= 1
                else:
                    left -= 1
                if kind == "Tensor" and wire == 2 and field in (5, 7, 11):
                    squeezed -= stop - at
                if wire == 2 and field in inner:
                    stack.append((inner[field], at, stop, depth + 1))
                if min(left, floats, squeezed) < 0:
                    raise ValueError(
                        f"{path} has more than {PARTS:,} parts, or too many single numbers, to be a network"
                    )
        except IndexError as error:
            where = "the file" if kind == "Model" else f"a part of it ({kind}, bytes {start:,} to {end:,})"
            raise broken(path, f"{where} cannot be read to its end: {error}") from None


def pieces(content: bytes, at: int, end: int) -> Iterator[tuple[int, int, int, int]]:
    """The fields of one message: number, start, end and how they are written.  Raises IndexError for what is none."""
    while at < end:
        tag, at = varint(content, at, end)
        wire = tag & 7
        if wire == 2:
            size, at = varint(content, at, end)
            if size > end - at:
                raise IndexError(f"at byte {at:,} something of {size:,} bytes begins, and {end - at:,} are left")
        elif wire == 0:
            size = varint(content, at, end)[1] - at
        elif wire in (1, 5):
            size = 8 if wire == 1 else 4
        else:
            raise IndexError(f"byte {at - 1:,} begins nothing that is known")
        yield tag >> 3, at, at + size, wire
        at += size
    if at > end:
        raise IndexError(f"the last number ends {at - end:,} bytes behind it")


def varint(content: bytes, at: int, end: int) -> tuple[int, int]:
    """A number of seven bits a byte, and where the next thing begins."""
    found = shift = 0
    while True:
        if at >= end or shift > 63:
            raise IndexError(f"the number before byte {at:,} does not end")
        byte = content[at]
        found |= (byte & 127) << shift
        at, shift = at + 1, shift + 7
        if byte < 128:
            return found, at


def array(tensor: Any, folder: Path | None) -> np.ndarray:
    """The numbers of a TensorProto; they must be there, every one of them, before room is made for any."""
    name, kind = tensor.name or "a constant", TYPES.get(tensor.data_type)
    if tensor.data_type == TEXTS and len(tensor.string_data) == prod(tensor.dims):
        return np.array([text.decode() for text in tensor.string_data]).reshape(tuple(tensor.dims))
    if kind is None:
        raise ValueError(f"array {name!r} is of type {tensor.data_type}, and a network here is made of numbers")
    dims = tuple(tensor.dims)
    if any(size < 0 for size in dims):
        raise ValueError(f"array {name!r} has the shape {dims}")
    dtype, count = np.dtype(kind), prod(dims)
    if tensor.data_location == 1 or tensor.external_data:
        raw = outside_bytes(tensor, folder, count * dtype.itemsize)
    elif tensor.HasField("raw_data"):
        raw = tensor.raw_data
    else:
        data = getattr(tensor, FIELDS.get(kind, "int32_data"))
        if len(data) != count:
            raise ValueError(f"array {name!r} has the shape {dims} and {len(data):,} numbers in the file")
        numbers = np.array(data, dtype=np.uint16 if kind == "<f2" else dtype)
        return numbers.view(dtype).reshape(dims)
    if len(raw) != count * dtype.itemsize:
        raise ValueError(
            f"array {name!r} of shape {dims} takes {count * dtype.itemsize:,} bytes, and there are {len(raw):,}"
        )
    return np.frombuffer(raw, dtype=dtype).reshape(dims)
