"""External data: weights that an ONNX file keeps in a second file beside it.

The name of that file stands in the first one, so whoever wrote it chooses what is opened.  Therefore: a plain name,
no path; an ordinary file of the same folder, no link of any kind; and only as many bytes as the array takes.
"""

from __future__ import annotations

import os
import re
import stat
from pathlib import Path
from typing import Any

KEYS = {"location", "offset", "length", "checksum"}
PLAIN = re.compile(r"[\w][\w .()+,=@#-]*\.[\w.-]*[\w]|[\w][\w-]*")


def outside_bytes(tensor: Any, folder: Path | None, wanted: int) -> bytes:
    """The bytes of an array that lie in another file.  Raises ValueError before anything else is opened."""
    name = tensor.name or "a constant"
    told = {entry.key: entry.value for entry in tensor.external_data}
    refused = f"array {name!r} lies in another file, which is not opened"
    if (
        folder is None
        or tensor.data_location != 1
        or tensor.HasField("raw_data")
        or len(told) != len(tensor.external_data)
    ):
        raise ValueError(f"{refused}: what is said of it contradicts itself")
    if strange := sorted(set(told) - KEYS):
        raise ValueError(f"{refused}: it is told with {strange[0]!r}, which the format does not have")
    place = told.get("location", "")
    if not PLAIN.fullmatch(place) or ".." in place or len(place) > 255:
        raise ValueError(f"{refused}: {place!r} is not the plain name of a file in the same folder")
    offset, length = number(told.get("offset", "0")), number(told.get("length", str(wanted)))
    if offset is None or length != wanted:
        raise ValueError(f"{refused}: it takes {wanted:,} bytes, and is said to be {told!r}")
    return read_beside(folder / place, offset, wanted, refused)


def read_beside(place: Path, offset: int, wanted: int, refused: str) -> bytes:
    """`wanted` bytes of an ordinary file, looked at before and after it is opened."""
    try:
        before = place.lstat()
        if not stat.S_ISREG(before.st_mode) or before.st_nlink != 1:
            raise ValueError(f"{refused}: {place.name!r} is a link, or no ordinary file")
        if offset + wanted > before.st_size:
            raise ValueError(
                f"{refused}: {place.name!r} has {before.st_size:,} bytes, and {offset + wanted:,} are asked for"
            )
        handle = os.open(place, os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_BINARY", 0))
        with os.fdopen(handle, "rb") as file:
            opened = os.fstat(handle)
            if (opened.st_dev, opened.st_ino) != (before.st_dev, before.st_ino):
                raise ValueError(f"{refused}: {place.name!r} was exchanged while it was looked at")
            file.seek(offset)
            return file.read(wanted)
    except FileNotFoundError:
        raise ValueError(f"{refused}: there is no file {place.name!r} beside it; keep the two together") from None
    except OSError as error:
        raise ValueError(f"{refused}: {error.strerror}") from None


def number(text: str) -> int | None:
    """A whole number from 0, in plain digits, that a file could have."""
    return int(text) if re.fullmatch(r"[0-9]{1,15}", text) else None
