"""Shelf: the work of visitors on the disk, so that a server that was killed goes on where it was.

Every page puts its work here once a second while it trains and when it pauses: the network as a saved model, and
beside it what the page says of itself.  Whoever comes back with the same name finds it.  The files belong to the user
alone, are written whole or not at all, by a thread of their own, and the oldest make room for new ones.
"""

from __future__ import annotations

import contextlib
import copy
import os
import threading
import time
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from workings import saving
from workings.model.packing import pack, unpack
from workings.training import History

if TYPE_CHECKING:
    from workings.model import Model

EVERY = 1.0  # seconds between two times that a page's work is put here
LARGEST = 32_000_000  # bytes of one page's work; what is larger is not kept
ROOM = 200_000_000  # bytes of all of it
MOST = 80  # files
LONGEST = 30 * 24 * 3600.0  # seconds that a file is kept
KIND = ".work.safetensors"

Arrays = dict[str, np.ndarray]


class Shelf:
    """A folder of works by name; without a folder it keeps nothing."""

    def __init__(self, folder: Path | None = None):
        self.folder = folder
        self.waiting: dict[str, tuple[Arrays, dict[str, Any]] | None] = {}
        self.changed = threading.Condition()
        self.over = False
        self.thread: threading.Thread | None = None

    def place(self, visitor: str, page: str) -> Place:
        """Where the work of one page of one visitor lies."""
        return Place(self, f"{visitor}.{page}")

    def put(self, name: str, work: tuple[Arrays, dict[str, Any]] | None) -> None:
        """Keep this, or nothing any more, under a name; it is written soon, the newest only."""
        if self.folder is None:
            return
        with self.changed:
            self.waiting[name] = work
            if self.thread is None:
                self.thread = threading.Thread(target=self._write, name="shelf", daemon=True)
                self.thread.start()
            self.changed.notify_all()

    def get(self, name: str) -> tuple[Arrays, dict[str, Any]] | None:
        """What lies there, or None.  Raises ValueError or OSError for what is damaged or open to others."""
        if self.folder is None or not os.path.lexists(file := self.folder / f"{name}{KIND}"):
            return None
        if file.is_symlink() or file.stat().st_mode & 0o077 or file.stat().st_size > 2 * LARGEST:
            raise ValueError("its file is open to others, or far too large")
        try:
            return saving.read(file)
        except ValueError as error:
            raise ValueError(str(error).replace(str(file), "its file")) from None

    def close(self) -> None:
        """Write what is waiting, and stop."""
        with self.changed:
            self.over = True
            self.changed.notify_all()
        if self.thread is not None:
            self.thread.join(5)

    def _write(self) -> None:
        while True:
            with self.changed:
                self.changed.wait_for(lambda: self.waiting or self.over)
                if not self.waiting:
                    return
                name = next(iter(self.waiting))
                work = self.waiting.pop(name)
            with contextlib.suppress(OSError, ValueError):  # a full disk ends no training
                self._store(name, work)

    def _store(self, name: str, work: tuple[Arrays, dict[str, Any]] | None) -> None:
        assert self.folder is not None
        self.folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        file = self.folder / f"{name}{KIND}"
        if work is None or sum(array.nbytes for array in work[0].values()) > LARGEST:
            return file.unlink(missing_ok=True)
        if not file.exists():  # a file that is written over keeps its permissions
            os.close(os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600))
            self._make_room()
        saving.write(file, *work)

    def _make_room(self) -> None:
        assert self.folder is not None
        found = [(file.stat().st_mtime, file.stat().st_size, file) for file in self.folder.glob(f"*{KIND}")]
        taken = 0
        for k, (when, size, file) in enumerate(sorted(found, reverse=True)):
            taken += size
            if k >= MOST or taken > ROOM or time.time() - when > LONGEST:
                file.unlink(missing_ok=True)


class Place:
    """One name on a shelf: a page puts its work there, and takes it back."""

    def __init__(self, shelf: Shelf, name: str):
        self.shelf, self.name, self.last = shelf, name, 0.0

    @property
    def due(self) -> bool:
        """Whether it is time to put the work there again."""
        return time.monotonic() - self.last >= EVERY

    def put(self, model: Model, about: dict[str, Any], arrays: Arrays) -> None:
        """Keep a model, and what the page says beside it, as they are now."""
        self.last = time.monotonic()
        if self.shelf.folder is None:
            return
        light = copy.copy(model)
        light.history = History(model.history.rows[-1:], how=model.history.how)  # the page keeps its own curve
        held, told = pack(light)
        held |= saving.flat(model.state.optimizer, "optimizer/")
        held |= {f"page/{name}": array for name, array in arrays.items()}
        self.shelf.put(self.name, ({name: np.array(array) for name, array in held.items()}, {**told, "page": about}))

    def clear(self) -> None:
        """Keep nothing any more."""
        self.shelf.put(self.name, None)

    def get(self) -> Work | None:
        """What was kept, or None.  Raises ValueError, LookupError or OSError for what cannot be read."""
        found = self.shelf.get(self.name)
        return None if found is None else Work(*found)


class Work:
    """What was kept of a page."""

    def __init__(self, arrays: Arrays, told: dict[str, Any]):
        self.arrays, self.told = arrays, told
        self.about: dict[str, Any] = told["page"]

    def __getitem__(self, name: str) -> np.ndarray:
        """An array of the page's own."""
        return self.arrays[f"page/{name}"]

    def fill(self, model: Model) -> None:
        """Put what was kept into a network of the same layers, and training goes on as if it had never stopped.

        Raises ValueError for another network.
        """
        if self.told["network"] != saving.describe_network(model.network):
            raise ValueError("this is the work of another network")
        unpack(model, self.arrays, self.told)
        model.state = replace(model.state, optimizer=saving.nested(self.arrays, "optimizer/"))
