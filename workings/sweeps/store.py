"""Store: a sweep in a folder, run by run, so that a kill or a power cut loses only the runs that were under way.

sweep.json          what was asked, and a fingerprint of the data
runs.jsonl          one line for every run that is over, flushed to the disk before the next is begun
best.safetensors    the best model so far
"""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

from workings import saving
from workings.model import Model

ASKED, RUNS, BEST = "sweep.json", "runs.jsonl", "best.safetensors"


class Store:
    """The folder of one sweep.

    Raises ValueError naming the first setting that differs from those of a sweep that is there already, and
    FileExistsError for a folder that holds something else.
    """

    def __init__(self, folder: Any, asked: dict[str, Any]):
        self.folder = Path(folder)
        self.asked = json.loads(json.dumps(asked, default=repr))
        if self.folder.exists() and not self.folder.is_dir():
            raise FileExistsError(f"'{self.folder}' is a file; a sweep is kept in a folder: name another one")
        if (self.folder / ASKED).exists():
            self._same(read_asked(self.folder))
        elif self.folder.exists() and any(self.folder.iterdir()):
            raise FileExistsError(f"'{self.folder}' holds other files, and no sweep: name an empty or a new folder")
        else:
            self.folder.mkdir(parents=True, exist_ok=True)
            saving.write_whole(self.folder / ASKED, (json.dumps(self.asked, indent=1) + "\n").encode())
        self.rows, whole = read_rows(self.folder)
        self._mend(whole)

    def add(self, row: dict[str, Any], best: Model | None) -> None:
        """Keep a run that is over; its model too, if it is the best so far."""
        if best is not None:
            best.save(self.folder / BEST)
        line = json.dumps(row, allow_nan=False, default=repr).encode() + b"\n"
        with (self.folder / RUNS).open("ab") as file:
            file.write(line)
            file.flush()
            os.fsync(file.fileno())

    def best(self) -> Model | None:
        """The best model, if one is kept."""
        return Model.load(self.folder / BEST) if (self.folder / BEST).exists() else None

    def _same(self, then: dict[str, Any]) -> None:
        for name in dict.fromkeys([*self.asked, *then]):
            now, was = self.asked.get(name), then.get(name)
            if now != was:
                what = "other data" if name == "data" else f"{name} = {_short(was)}, now it is {_short(now)}"
                raise ValueError(
                    f"'{self.folder}' holds a sweep of {what}: going on would mix two sweeps; use the same settings, "
                    "or another folder"
                )

    def _mend(self, whole: int) -> None:
        """A line that a kill cut short goes; that run is made again."""
        path = self.folder / RUNS
        if path.exists() and path.stat().st_size > whole:
            with path.open("r+b") as file:
                file.truncate(whole)
                os.fsync(file.fileno())


def read_asked(folder: Path) -> dict[str, Any]:
    """What was asked of the sweep in a folder.  Raises ValueError for a file that is damaged."""
    try:
        told = json.loads((folder / ASKED).read_bytes())
    except FileNotFoundError:
        raise FileNotFoundError(f"'{folder}' holds no sweep: there is no {ASKED} in it") from None
    except (ValueError, UnicodeDecodeError) as error:
        raise ValueError(f"'{folder / ASKED}' is damaged: {error}") from None
    if not isinstance(told, dict):
        raise ValueError(f"'{folder / ASKED}' is damaged: it tells of no sweep")
    return told


def read_rows(folder: Path) -> tuple[dict[int, dict[str, Any]], int]:
    """The runs that are over, by number, and how many bytes of the file are whole lines."""
    path, rows, whole = folder / RUNS, {}, 0
    if not path.exists():
        return rows, whole
    with path.open("rb") as file:
        for k, line in enumerate(file, 1):
            if not line.endswith(b"\n"):
                break
            try:
                row = json.loads(line)
                rows[int(row["run"])] = row
            except (ValueError, LookupError, TypeError) as error:
                raise ValueError(
                    f"'{path}', line {k} is damaged ({error}): take that line out, and its run is made again"
                ) from None
            whole += len(line)
    return rows, whole


def _short(value: Any) -> str:
    told = json.dumps(value)
    return told if len(told) <= 80 else told[:80] + "…"
