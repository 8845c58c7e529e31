"""Conversion: a table of any length to .npy files, a chunk of rows at a time.

1   chunks of rows are read, their kinds told by the first, and their numbers put aside column by column
2   one column after the other is read back and its preparation learned, as from a table in memory
3   chunk by chunk is prepared and written
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, BinaryIO

import numpy as np
from numpy.lib import format as npy

from workings.data.chunks import Chunk, Reading, chunks_of
from workings.data.tables import _target, check_names
from workings.preparation import Preparation


@dataclass
class Aside:
    """The numbers of a table in one file: chunk after chunk, and within a chunk column after column, as float64.

    Texts are numbered in the order in which they come; what is missing is NaN.
    """

    path: Path
    names: list[str] = field(default_factory=list)
    kinds: dict[str, str] = field(default_factory=dict)
    texts: dict[str, dict[str, int]] = field(default_factory=dict)
    rows: list[int] = field(default_factory=list)
    whole: set[str] = field(default_factory=set)  # columns of whole numbers

    def add(self, chunk: Chunk, file: BinaryIO) -> None:
        """Write one more chunk."""
        if not self.names:
            self.names = list(chunk.columns)
            self.kinds = {name: column.kind for name, column in chunk.columns.items()}
            self.texts = {name: {} for name, kind in self.kinds.items() if kind == "category"}
            self.whole = {name for name, column in chunk.columns.items() if column.values.dtype.kind == "i"}
        for name in self.names:
            values = chunk.columns[name].values
            if name in self.texts:
                known = self.texts[name]
                codes = [np.nan if v is None else known.setdefault(v, len(known)) for v in values.tolist()]
                values = np.array(codes, float)
            elif values.dtype.kind != "i" or np.abs(values).max(initial=0) > 2**53:
                self.whole.discard(name)
            file.write(np.asarray(values, np.float64).tobytes())
        self.rows.append(chunk.rows)

    def column(self, name: str) -> np.ndarray:
        """All values of one column."""
        return np.concatenate([self._part(i, name) for i in range(len(self.rows))])

    def chunks(self) -> Iterator[dict[str, np.ndarray]]:
        """The columns of one chunk after the other."""
        for i in range(len(self.rows)):
            yield {name: self._part(i, name) for name in self.names}

    def _part(self, i: int, name: str) -> np.ndarray:
        before = sum(self.rows[:i]) * len(self.names) + self.rows[i] * self.names.index(name)
        found = np.fromfile(self.path, np.float64, self.rows[i], offset=8 * before)
        if name not in self.texts:
            return found
        texts = np.empty(len(found), dtype=object)
        known = [*self.texts[name], None]
        texts[:] = [known[-1 if code != code else int(code)] for code in found.tolist()]
        return texts


def convert(
    path: Path, reading: Reading, preparation: Preparation | None, folder: Path, progress: bool | None
) -> tuple[Preparation, list[str]]:
    """Write X.npy and y.npy into the folder; what was learned of the columns, and notes."""
    aside, notes = Aside(folder / "aside"), []
    with aside.path.open("wb") as file, _Bar(path, progress) as bar:
        for chunk in chunks_of(path, reading):
            notes += chunk.notes
            aside.add(chunk, file)
            bar.at(chunk.done)
    source, m = repr(str(path)), sum(aside.rows)
    if not m:
        raise ValueError(f"{source} has no rows: there is nothing to learn from")
    check_names([*reading.kinds], [*aside.names, *reading.drop], source)
    target = _target(aside.names, reading.target, source)
    if reading.target is None:
        notes.append(f"the target is the last column, {target!r}, because none was named")
    features = [name for name in aside.names if name != target]
    if not features:
        raise ValueError(f"{source} has one column only, {target!r}: with it as the target no features are left")
    if preparation is None:
        preparation = _learned(aside, features, m)
        notes.append(f"the preparation was learned from all {m:,} rows: keep rows to judge by in another file")
    known = [column.name for column in preparation.columns]
    check_names(known, features, source)
    with (folder / "X.npy").open("wb") as file:
        _header(file, (m, len(preparation.names)), np.dtype(np.float32))
        for columns in aside.chunks():
            X = preparation.transform({name: columns[name] for name in known}).astype(np.float32)
            if not np.isfinite(X).all():
                raise ValueError(f"{source} has features too large for float32: express them in other units")
            file.write(X.tobytes())
        _flush(file)
    if target is not None:
        _write_answers(folder / "y.npy", aside, target, m, source)
    aside.path.unlink()
    return preparation, notes


def _learned(aside: Aside, features: list[str], m: int) -> Preparation:
    """The preparation, from one column at a time."""
    made = [Preparation.fit({n: aside.column(n)}, {n: aside.kinds[n]}).columns[0] for n in features]
    return Preparation(tuple(made), m)


def _write_answers(path: Path, aside: Aside, target: str, m: int, source: str) -> None:
    """y.npy: whole numbers as int64, others as float64, texts as they are."""
    dtype = np.dtype(np.int64 if target in aside.whole else np.float64)
    if target in aside.texts:
        dtype = np.dtype(f"<U{max(map(len, aside.texts[target]), default=1)}")
    with path.open("wb") as file:
        _header(file, (m,), dtype)
        before = 0
        for i, rows in enumerate(aside.rows):
            y = aside._part(i, target)
            gone = [v is None for v in y] if y.dtype == object else np.isnan(y)
            if np.any(gone):
                row = before + int(np.argmax(gone))
                raise ValueError(
                    f"the target column {target!r} of {source} is empty in row {row} (counted from 0): what is to be "
                    "learned must be known; take these rows out"
                )
            file.write(y.astype(dtype).tobytes())
            before += rows
        _flush(file)


def _header(file: BinaryIO, shape: tuple[int, ...], dtype: np.dtype) -> None:
    about = {"descr": npy.dtype_to_descr(dtype), "fortran_order": False, "shape": shape}
    npy.write_array_header_1_0(file, about)


def _flush(file: BinaryIO) -> None:
    file.flush()
    os.fsync(file.fileno())


class _Bar:
    """How much of a file has been read: a bar in a terminal, nothing elsewhere."""

    def __init__(self, path: Path, wanted: bool | None):
        import sys

        self.bar: Any = None
        if wanted is not False and sys.stderr is not None and sys.stderr.isatty():
            from rich.console import Console
            from rich.progress import BarColumn, DownloadColumn, Progress, TextColumn, TimeRemainingColumn

            shown = (TextColumn("{task.description}"), BarColumn(), DownloadColumn(), TimeRemainingColumn())
            self.bar = Progress(*shown, console=Console(stderr=True))
            self.task = self.bar.add_task(f"converting {path.name}", total=path.stat().st_size)

    def at(self, done: int) -> None:
        """So many bytes are read."""
        if self.bar:
            self.bar.update(self.task, completed=done)

    def __enter__(self) -> _Bar:
        if self.bar:
            self.bar.start()
        return self

    def __exit__(self, *trouble: Any) -> None:
        if self.bar:
            self.bar.stop()


__all__ = ["Reading", "convert"]
