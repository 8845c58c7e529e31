"""Files: whole or not at all.

A file is written beside its place, flushed to the disk and moved into place, so that a crash, a kill or a full disk
leaves the old one as it was.  What a writer that was killed left lying is removed by the next one.
"""

from __future__ import annotations

import contextlib
import errno
import os
import platform
import secrets
import stat
from pathlib import Path
from typing import Any

SUFFIX = ".part"
CURES = {
    errno.ENOSPC: "the disk is full: free some space, or save elsewhere",
    errno.EDQUOT: "your share of the disk is used up: free some space, or save elsewhere",
    errno.EIO: "the disk or the network behind it fails: save elsewhere, and look after it",
    errno.EROFS: "the disk is read-only: save elsewhere",
    errno.EACCES: "you may not write there: save elsewhere, or change the permissions",
    errno.EPERM: "you may not write there: save elsewhere, or change the permissions",
    errno.EMFILE: "this program has too many files open: close some",
    errno.ENFILE: "the system has too many files open: close some programs",
    errno.ENOMEM: "the system is out of memory: close something, then save again",
    errno.EFBIG: "the file is too large for this disk: save elsewhere",
    errno.ENOENT: "the folder is gone: make it again, or save elsewhere",
    errno.ENAMETOOLONG: "the name is too long: choose a shorter one",
}
_writing: set[str] = set()  # what this process is writing just now, in whichever thread


def write_whole(path: str | os.PathLike[str], content: bytes) -> None:
    """Write beside, flush, move into place.

    Raises OSError with what to do; then the old file is as it was, and nothing is left beside it.
    """
    place = writable(path)
    sweep(place)
    beside = place.with_name(f"{_start(place)}{os.getpid()}-{secrets.token_hex(4)}{SUFFIX}")
    _writing.add(beside.name)
    try:
        _write_beside(beside, content, place)
        os.replace(beside, place)  # noqa: PTH105 - the system call itself, as everywhere here
    except BaseException as error:
        with contextlib.suppress(OSError):
            os.unlink(beside)  # noqa: PTH108
        if isinstance(error, OSError):
            raise trouble(error, place) from error
        raise
    finally:
        _writing.discard(beside.name)
    _flush_folder(place.parent)


def writable(path: str | os.PathLike[str]) -> Path:
    """The place a file will have (links followed).  Raises OSError where there can be none."""
    place = Path(os.path.realpath(path))
    if place.is_dir():
        raise IsADirectoryError(errno.EISDIR, "cannot save: this is a folder; name a file in it", str(path))
    if not place.parent.is_dir():
        raise FileNotFoundError(errno.ENOENT, f"cannot save: there is no folder {place.parent}", str(path))
    if place.exists():
        if not stat.S_ISREG(place.stat().st_mode):
            raise FileExistsError(errno.EEXIST, "cannot save: there is something that is not a file", str(path))
        if not os.access(place, os.W_OK):
            raise PermissionError(errno.EACCES, "cannot save: the file is write-protected", str(path))
    return place


def read_whole(path: str | os.PathLike[str], most: int = -1) -> bytes:
    """The content of a file, or its first bytes.  Raises FileNotFoundError, and ValueError for what is no file."""
    place = Path(path)
    try:
        if not stat.S_ISREG(place.stat().st_mode):
            what = "a folder" if place.is_dir() else "not a file"
            raise ValueError(f"{path} is {what}, not a saved model")
        with place.open("rb") as file:
            return file.read(most)
    except (FileNotFoundError, NotADirectoryError):
        raise FileNotFoundError(errno.ENOENT, "there is no such file", str(path)) from None


def sweep(place: Path) -> None:
    """Remove what a writer that was killed left beside this file; a writer still at work keeps its own."""
    mine = _start(place)
    with contextlib.suppress(OSError):
        for left in list(place.parent.iterdir()):
            if left.name.startswith(mine) and left.name.endswith(SUFFIX) and left.name not in _writing:
                writer = left.name.removeprefix(mine).split("-")[0]
                if writer.isdigit() and (int(writer) == os.getpid() or not _alive(int(writer))):
                    with contextlib.suppress(OSError):
                        left.unlink()


def trouble(error: OSError, place: Path) -> OSError:
    """The error as a sentence that says what to do; its kind and number stay."""
    reason = CURES.get(error.errno or 0, error.strerror or str(error))
    said = f"cannot save: {reason} (a file that was there is as it was)"
    return OSError(error.errno or errno.EIO, said, str(place))


def _start(place: Path) -> str:
    """How the names of files beside this one begin: its own (not too much of it), and the machine's."""
    name = os.fsencode(place.name)[:100].decode("utf-8", "ignore")
    return f"{name}.{platform.node()[:40]}-"


def _write_beside(beside: Path, content: bytes, place: Path) -> None:
    handle = os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0), 0o666)
    try:
        left = memoryview(content)
        while left:
            written = os.write(handle, left[: 1 << 30])
            if not written:
                raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
            left = left[written:]
        with contextlib.suppress(OSError):  # the new file is as private as the old one
            if place.exists():
                beside.chmod(stat.S_IMODE(place.stat().st_mode))
        os.fsync(handle)
    finally:
        os.close(handle)


def _alive(process: int) -> bool:
    if os.name == "nt":
        return True  # there is no harmless way to ask
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    except (OSError, OverflowError):
        return True
    return True


def _flush_folder(folder: Path) -> None:
    """The new name itself reaches the disk (where the system lets a folder be flushed)."""
    with contextlib.suppress(OSError):
        handle: Any = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)
