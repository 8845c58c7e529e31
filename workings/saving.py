"""Saving: one safetensors file per model, whole or not at all, and never a pickle.

The arrays are the file's tensors; everything else is one JSON text in its metadata, under "workings".  A file is
written beside its place, flushed to the disk and moved into place, so that a crash or a full disk leaves the old one.
Layers, losses, optimizers and penalties are written as their class's name and fields, and only classes of this
library are made from them again.
"""

from __future__ import annotations

import contextlib
import json
import os
import platform
import tempfile
from dataclasses import fields, is_dataclass
from pathlib import Path
from typing import Any

import numpy as np
from safetensors import SafetensorError
from safetensors.numpy import load, save

from workings import layers, losses, optimizers, penalties
from workings.network import Network

FORMAT = 1
SUFFIX = ".part"
KINDS = {
    name: kind
    for room in (layers, losses, optimizers, penalties)
    for name, kind in vars(room).items()
    if isinstance(kind, type) and is_dataclass(kind) and not name.startswith("_")
}


def describe(thing: Any) -> Any:
    """A layer, loss, optimizer or penalty as plain data: {"kind": "Dense", "n_out": 16, …}."""
    if is_dataclass(thing) and not isinstance(thing, type):
        return {"kind": type(thing).__name__} | {f.name: describe(getattr(thing, f.name)) for f in fields(thing)}
    return thing


def describe_all(things: tuple[Any, ...]) -> list[Any]:
    """Several of them."""
    return [describe(thing) for thing in things]


def rebuild(told: Any) -> Any:
    """The object that `describe` told of.  Raises ValueError for a kind this library does not have."""
    if not isinstance(told, dict):
        return told
    kind = KINDS.get(told.get("kind", ""))
    if kind is None:
        raise ValueError(f"it names {told.get('kind')!r}, which this version does not know")
    return kind(**{name: rebuild(value) for name, value in told.items() if name != "kind"})


def describe_network(network: Network) -> list[Any]:
    """The table of wires as plain data."""
    return [{"name": name, "layer": describe(layer), "reads": list(reads)} for name, layer, reads in network.rows]


def rebuild_network(told: list[Any]) -> Network:
    """And back."""
    return Network({row["name"]: (rebuild(row["layer"]), *row["reads"]) for row in told})


def write(path: str | os.PathLike[str], arrays: dict[str, np.ndarray], about: dict[str, Any]) -> None:
    """Put arrays and what is said about them in one file, whole or not at all.

    Raises OSError, with the old file as it was, if the folder is missing or not to be written to, or the disk full.
    """
    told = json.dumps({"format": FORMAT, **about}, allow_nan=False)
    tensors = {name: np.ascontiguousarray(array) for name, array in arrays.items()}
    write_whole(path, save(tensors, {"workings": told}))


def write_whole(path: str | os.PathLike[str], content: bytes) -> None:
    """Write beside, flush, move into place."""
    path = Path(path)
    if path.is_dir():
        raise IsADirectoryError(f"{path} is a folder; name a file in it")
    if not path.parent.is_dir():
        raise FileNotFoundError(f"cannot save {path}: there is no folder {path.parent}")
    sweep(path)
    handle, beside = tempfile.mkstemp(
        prefix=f"{path.name}.{platform.node()}-{os.getpid()}-", suffix=SUFFIX, dir=path.parent
    )
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        Path(beside).chmod(0o666 & ~_umask())
        Path(beside).replace(path)
    except BaseException:
        with contextlib.suppress(OSError):
            Path(beside).unlink()
        raise
    _flush_folder(path.parent)


def sweep(path: Path) -> None:
    """Remove what a writer that was killed left beside this file; a writer still at work keeps its own."""
    mine = f"{path.name}.{platform.node()}-"
    for left in path.parent.iterdir():
        if left.name.startswith(mine) and left.name.endswith(SUFFIX):
            writer = left.name.removeprefix(mine).split("-")[0]
            if writer.isdigit() and not _alive(int(writer)):
                with contextlib.suppress(OSError):
                    left.unlink()


def _alive(process: int) -> bool:
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    except OSError:
        return True
    return True


def read(path: str | os.PathLike[str]) -> tuple[dict[str, np.ndarray], dict[str, Any]]:
    """The arrays of a file and what is said about them.

    Raises FileNotFoundError, and ValueError with the reason for a file that is not a model or is damaged.
    """
    path = Path(path)
    try:
        content = path.read_bytes()
    except FileNotFoundError:
        raise FileNotFoundError(f"there is no file {path}") from None
    except IsADirectoryError:
        raise ValueError(f"{path} is a folder, not a saved model") from None
    try:
        arrays = load(content)
        about = json.loads(_metadata(content)["workings"])
    except (SafetensorError, ValueError, KeyError, TypeError, RecursionError, OverflowError) as error:
        raise ValueError(
            f"{path} is not a model that Workings saved, or it is damaged: {why(content, error)}"
        ) from None
    if not isinstance(about, dict) or not isinstance(about.get("format"), int):
        raise ValueError(f"{path} is not a model that Workings saved: its description is missing")
    if about["format"] > FORMAT:
        raise ValueError(
            f"{path} was saved by a newer Workings (format {about['format']}, this one reads up to {FORMAT}): upgrade"
        )
    return arrays, about


def why(content: bytes, error: Exception) -> str:
    """A word on what the file seems to be."""
    known = {b"PK": "it is a zip file", b"\x80": "it is a pickle, which is never loaded", b"\x89HDF": "it is HDF5"}
    told = [word for start, word in known.items() if content.startswith(start)]
    if not content:
        return "it is empty"
    if isinstance(error, KeyError):
        return "it is a safetensors file of another program"
    return told[0] if told else str(error)


def _metadata(content: bytes) -> dict[str, str]:
    size = int.from_bytes(content[:8], "little")
    return json.loads(content[8 : 8 + size])["__metadata__"]


def _umask() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return mask


def _flush_folder(folder: Path) -> None:
    """The new name itself reaches the disk (where the system lets a folder be flushed)."""
    with contextlib.suppress(OSError):
        handle = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)
