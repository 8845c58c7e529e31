"""The model file: safetensors, with one JSON text in its metadata under "workings", and a checksum of all of it."""

from __future__ import annotations

import hashlib
import json
import os
from typing import Any

import numpy as np
from safetensors.numpy import save

from workings.saving.files import read_whole, write_whole
from workings.saving.kinds import kind_of
from workings.saving.plain import rebuild, rebuild_network
from workings.saving.tensors import decoded

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
        arrays, metadata = decoded(content)
        about = json.loads(metadata["workings"])
        whole = metadata["sha256"] == checksum(arrays, metadata["workings"])
    except DAMAGE as error:
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
        digest.update(array.reshape(-1).view(np.uint8).data)
    return digest.hexdigest()


def why(content: bytes, error: Exception) -> str:
    """A word on what the file seems to be."""
    told = kind_of(content)
    if told == "an ONNX file":
        return "it is an ONNX file: workings.from_onnx(path) reads it"
    if told == "a safetensors file" and isinstance(error, KeyError):
        return "it is a safetensors file of another program"
    return f"it is {told}" if told and told != "a safetensors file" else str(error)
