"""The model file: safetensors, with one JSON text in its metadata under "workings", and a checksum of all of it."""

from __future__ import annotations

import hashlib
import json
import os
from typing import Any

import numpy as np
from safetensors import SafetensorError
from safetensors.numpy import load, save

from workings.saving.files import read_whole, write_whole
from workings.saving.plain import rebuild, rebuild_network

FORMAT = 1
DAMAGE = (ValueError, LookupError, TypeError, AttributeError, ArithmeticError, RecursionError, MemoryError)


def write(path: Any, arrays: dict[str, np.ndarray], about: dict[str, Any]) -> None:
    """Put arrays and what is said about them in one file, whole or not at all.

    Raises OSError, with the old file as it was, if the folder is missing or not to be written to, or the disk full;
    ValueError for a layer or loss of the user's own, which could not be made again.
    """
    try:
        told = json.dumps({"format": FORMAT, **about}, allow_nan=False)
        rebuild_network(about["network"])
        rebuild(about["loss"])
    except (TypeError, ValueError) as error:
        raise ValueError(f"only layers and losses of this library can be saved: {error}") from None
    tensors = {name: np.asarray(array, order="C") for name, array in arrays.items()}
    write_whole(path, save(tensors, {"workings": told, "sha256": checksum(tensors, told)}))


def read(path: str | os.PathLike[str]) -> tuple[dict[str, np.ndarray], dict[str, Any]]:
    """The arrays of a file and what is said about them.

    Raises FileNotFoundError, and ValueError with the reason for a file that is not a model or is damaged.
    """
    content = read_whole(path)
    try:
        arrays = load(content)
        metadata = _metadata(content)
        about = json.loads(metadata["workings"])
        whole = metadata["sha256"] == checksum(arrays, metadata["workings"])
    except (SafetensorError, *DAMAGE) as error:
        reason = why(content, error)
        raise ValueError(f"{path} is not a model that Workings saved, or it is damaged: {reason}") from None
    if not whole:
        raise ValueError(f"{path} is damaged: its content is not what was saved; take an older copy")
    if not isinstance(about, dict) or not isinstance(about.get("format"), int):
        raise ValueError(f"{path} is not a model that Workings saved: its description is missing")
    if about["format"] > FORMAT:
        raise ValueError(
            f"{path} was saved by a newer Workings (format {about['format']}, this one reads up to {FORMAT}): upgrade"
        )
    return arrays, about


def checksum(arrays: dict[str, np.ndarray], told: str) -> str:
    """SHA-256 of the description and of every array with its name, type and shape."""
    digest = hashlib.sha256(told.encode())
    for name in sorted(arrays):
        array = np.asarray(arrays[name], order="C")
        digest.update(repr((name, str(array.dtype), array.shape)).encode())
        digest.update(array.tobytes())
    return digest.hexdigest()


def why(content: bytes, error: Exception) -> str:
    """A word on what the file seems to be."""
    known = {
        b"PK": "it is a zip file",
        b"\x80": "it is a pickle, which is never loaded",
        b"\x89HDF": "it is an HDF5 file",
        b"{": "it is a JSON text",
        b"\x93NUMPY": "it is a NumPy array",
    }
    told = [word for start, word in known.items() if content.startswith(start)]
    if not content:
        return "it is empty"
    if isinstance(error, KeyError):
        return "it is a safetensors file of another program"
    return told[0] if told else str(error)


def _metadata(content: bytes) -> dict[str, str]:
    size = int.from_bytes(content[:8], "little")
    return json.loads(content[8 : 8 + size])["__metadata__"]
