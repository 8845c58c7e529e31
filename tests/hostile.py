"""Hostile files, made here and written nowhere else: pickles in every dress, bombs, and names that lead elsewhere."""

from __future__ import annotations

import gzip
import io
import json
import pickle
import struct
import zipfile
import zlib
from collections.abc import Iterator
from typing import Any

KINDS = ["pt", "pth", "pkl", "joblib", "npy", "npz", "h5", "keras", "onnx", "safetensors", "ipynb", "csv"]


class Order:
    """Unpickled, it runs a command."""

    def __init__(self, what: Any, *how: Any):
        self.order = (what, how)

    def __reduce__(self) -> Any:
        return self.order


def orders() -> list[Any]:
    """Things that do harm when they are unpickled."""
    import builtins
    import os
    import socket
    import subprocess

    return [
        Order(os.system, "true"),
        Order(builtins.eval, "1 + 1"),
        Order(builtins.exec, "import antigravity"),
        Order(builtins.__import__, "this"),
        Order(subprocess.Popen, ["true"]),
        Order(socket.create_connection, ("127.0.0.1", 9)),
        Order(builtins.compile, "1", "x", "eval"),
        Order(builtins.open, "/etc/hostname"),
    ]


def pickles() -> Iterator[bytes]:
    """Every order in every protocol."""
    for order in orders():
        for protocol in range(6):
            yield pickle.dumps(order, protocol)


def dressed(content: bytes, kind: str) -> bytes:
    """A pickle as the kind of file that holds one."""
    paper = io.BytesIO()
    if kind in ("pt", "pth", "keras", "npz"):
        name = {"keras": "config.json", "npz": "a.npy"}.get(kind, "archive/data.pkl")
        with zipfile.ZipFile(paper, "w") as archive:
            archive.writestr(name, dressed(content, "npy") if kind == "npz" else content)
        return paper.getvalue()
    if kind == "npy":
        header = b"{'descr': '|O', 'fortran_order': False, 'shape': (1,), }"
        header += b" " * (63 - (len(header) + 10) % 64) + b"\n"
        return b"\x93NUMPY\x01\x00" + struct.pack("<H", len(header)) + header + content
    if kind == "h5":
        return b"\x89HDF\r\n\x1a\n" + content
    if kind == "safetensors":
        header = json.dumps({"__metadata__": {"workings": content.hex()}}).encode()
        return struct.pack("<Q", len(header)) + header + content
    if kind == "onnx":
        return b"\x08\x08\x12" + bytes([min(len(content), 127)]) + content
    if kind == "ipynb":
        cell = {"cell_type": "code", "source": ["__import__('os').system('true')"], "outputs": [], "metadata": {}}
        return json.dumps({"cells": [cell], "nbformat": 4, "nbformat_minor": 5, "metadata": {}}).encode()
    if kind == "csv":
        return b"a,b\n=cmd|' /C calc'!A0," + content.hex().encode() + b"\n"
    return gzip.compress(content) if kind == "joblib" else content


def files(count: int) -> list[tuple[str, bytes]]:
    """Names and contents: every kind under every other kind's name too, for names prove nothing."""
    made = []
    every = list(pickles())
    for i in range(count):
        kind, name = KINDS[i % len(KINDS)], KINDS[(i // len(KINDS)) % len(KINDS)]
        made.append((f"hostile{i}.{name}", dressed(every[i % len(every)], kind)))
    return made


def npy_header(shape: str, descr: str = "<f8") -> bytes:
    """A NumPy file that declares a shape and has nothing."""
    header = f"{{'descr': '{descr}', 'fortran_order': False, 'shape': {shape}, }}".encode()
    header += b" " * (63 - (len(header) + 10) % 64) + b"\n"
    return b"\x93NUMPY\x01\x00" + struct.pack("<H", len(header)) + header


def bombs() -> dict[str, bytes]:
    """Small files that declare, or unfold to, enormous ones."""
    made: dict[str, bytes] = {}
    for i, shape in enumerate(
        ("(1000000000000,)", "(5000000000,)", "(100000, 100000, 8)", "(3,)", "(-1,)", "(2**63,)")
    ):
        for descr in ("<f8", "<f4", "|u1", "|O", "<U999999"):
            made[f"{i}{descr.strip('<|')}.npy"] = npy_header(shape, descr)
    zeros = b"\0" * (1 << 24)
    for depth in (1, 2, 3):
        content, name = npy_header("(5000000000,)") + zeros, "a.npy"
        for _ in range(depth):
            paper = io.BytesIO()
            with zipfile.ZipFile(paper, "w", zipfile.ZIP_DEFLATED) as archive:
                archive.writestr(name, content)
            content, name = paper.getvalue(), "b.zip"
        for kind in ("npz", "pt", "keras", "onnx", "safetensors"):
            made[f"zip{depth}.{kind}"] = content
    for kind in ("gz", "csv", "safetensors", "onnx", "idx3-ubyte.gz"):
        made[f"packed.{kind}"] = gzip.compress(zeros * 4)
    for size in (0, 1, 2**20, 2**31, 2**40, 2**62, 2**64 - 1):
        made[f"header{size}.safetensors"] = struct.pack("<Q", size) + b'{"a":'
    for shape in ([10**12], [10**6, 10**6], [2**63], [2**32, 2**32], *([2**k, 3] for k in range(24, 56))):
        lie = json.dumps({"W": {"dtype": "F64", "shape": shape, "data_offsets": [0, 8]}}).encode()
        made[f"lie{shape[0]}{len(shape)}.safetensors"] = struct.pack("<Q", len(lie)) + lie + b"\0" * 8
    return made


def h5_bombs() -> dict[str, bytes]:
    """HDF5 as `data.cats` reads it: nothing stored, everything packed, a piece far larger than what lies in it."""
    import h5py
    import numpy as np

    packed = zlib.compressobj(9)
    piece = b"".join(packed.compress(b"\0" * (1 << 24)) for _ in range(30)) + packed.flush()  # of 500 MB
    small = zlib.compress(b"\0" * (5_000 * 64 * 64 * 3), 9)
    row, made = (64, 64, 3), {}
    for name, m, chunk in (
        ("declared", 10**9, None),
        ("a terabyte", 10**8, 1),
        ("packed", 5_000, 40_960),
        ("a large piece", 2, 40_960),
        ("as large as may be", 5_000, 5_000),
    ):
        paper = io.BytesIO()
        with h5py.File(paper, "w") as file:
            how = {"chunks": (chunk, *row), "maxshape": (None, *row), "compression": "gzip"} if chunk else {}
            X = file.create_dataset("train_set_x", (m, *row), np.uint8, **how)
            file.create_dataset("train_set_y", (min(m, 10),), np.int64)
            if (chunk or 0) > 1:
                X.id.write_direct_chunk((0, 0, 0, 0), small if chunk == 5_000 else piece)
        made[f"{name}.h5"] = paper.getvalue()
    return made


def varint(n: int) -> bytes:
    out = b""
    while n > 127:
        out, n = out + bytes([n & 127 | 128]), n >> 7
    return out + bytes([n])


def field(number: int, content: bytes) -> bytes:
    """One field of a protobuf message."""
    return varint(number << 3 | 2) + varint(len(content)) + content


def onnx_bombs() -> dict[str, bytes]:
    """Messages that memory needs many times over, and shapes that nothing fills."""
    start = b"\x08\x08" + field(8, b"\x10\x11")
    deep = b""
    for _ in range(60):
        deep = field(1, field(5, field(6, deep)))
    huge = field(
        5, b"".join(b"\x08" + varint(n) for n in (2**40, 2**20)) + b"\x10\x01" + field(8, b"W") + field(9, b"\0" * 4)
    )
    return {
        "many nodes.onnx": start + field(7, field(1, b"") * 300_000),
        "many attributes.onnx": start + field(7, field(1, field(5, b"") * 300_000)),
        "many texts.onnx": start + field(7, field(1, field(1, b"") * 300_000)),
        "deep graphs.onnx": start + field(7, deep),
        "squeezed numbers.onnx": start + field(7, field(5, field(7, b"\x01" * 20_000_000))),
        "single numbers.onnx": start + field(7, field(1, field(5, b"\x40\x01" * 5_000_000))),
        "a huge shape.onnx": start + field(7, huge + field(1, field(1, b"X"))),
        "many dimensions.onnx": start + field(7, field(11, field(2, field(1, field(2, field(1, b"") * 300_000))))),
    }
