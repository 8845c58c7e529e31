"""Sources: what a user calls DATA, as features and answers: a known name, or a file."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np

from workings.cli.known import KNOWN
from workings.cli.options import Reading
from workings.preparation.pictures import SUFFIXES

DATA = (".csv", ".tsv", ".xlsx", ".parquet", ".npy")  # no model's name ends so


@dataclass(frozen=True)
class Source:
    """Examples in rows: pixels in X, or a table; y are the answers, None where there are none."""

    name: str
    target: str | None
    y: Any
    X: np.ndarray | None = None
    table: Any = None
    notes: tuple[str, ...] = ()
    test: Source | None = None
    files: tuple[Path, ...] = ()  # of pictures
    how: Any = None  # and how they became pixels

    def __len__(self) -> int:
        rows: Any = self.X if self.table is None else self.table  # one of them is there
        return len(rows)

    def take(self, rows: Any) -> Source:
        """These rows, counted from 0."""
        return replace(
            self,
            X=None if self.X is None else self.X[rows],
            y=None if self.y is None else np.asarray(self.y)[rows],
            table=None if self.table is None else self.table.take(rows),
            files=tuple(self.files[row] for row in rows) if self.files else (),
            test=None,
        )

    def where(self, row: int) -> str:
        """Which example this is, for a sentence; rows are counted from 1 where they are counted here."""
        if self.files:
            return repr(str(self.files[row]))
        if self.table is not None and self.table.unit != "row":
            return self.table.where(row)
        return f"row {row + 1} of {self.name}"


def load(
    name: str,
    target: Any = None,
    folder: Any = None,
    seed: int = 0,
    reading: Reading | None = None,
    how: Any = None,
    only: Any = None,
) -> Source:
    """The data of this name, in this file or in this folder.  `target` False reads a file without answers.

    `how` says how a model reads pictures; without it the options do.  `only` names the columns that it reads.
    """
    if name in KNOWN:
        return _known(name, folder, seed)
    place, reading = Path(name), reading or Reading()
    if place.is_dir() or place.suffix.lower() in SUFFIXES:
        return _pictures(place, reading, how)
    if not place.exists() and place.suffix == "" and place.name == name:
        from workings.data.files import nearest

        raise ValueError(
            f"there is no data set and no file {name!r}; {nearest(name, KNOWN)}  `workings data` lists them"
        )
    notes: tuple[str, ...] = ()
    if isinstance(target, str) and re.fullmatch(r"-?\d+", target):
        target, notes = _numbered(name, target, reading)
    if only and isinstance(target, str):
        only = [*only, target]
    table = reading.table(name, target, only)
    y = None if table.target is None else table.y
    return Source(place.name, table.target, y, table=table, notes=notes + table.notes)


def _numbered(name: str, target: str, reading: Reading) -> tuple[str, tuple[str, ...]]:
    """A target such as 4: the column of that name if there is one, else the fourth, which is said."""
    names, number = reading.table(name, False, only=()).names, int(target)
    if target in names:
        return target, ()
    if not (1 <= number <= len(names) or -len(names) <= number <= -1):
        raise ValueError(f"--target {target}: {name!r} has {len(names)} columns, counted from 1 (-1 is the last)")
    found = names[number - (number > 0)]
    place = number if number > 0 else len(names) + 1 + number
    return found, (f"the target is column {place} of {len(names)} (counted from 1), {found!r}",)


def _pictures(place: Path, reading: Reading, how: Any) -> Source:
    """A folder of pictures; where it has the folders train and test, the second is the part held out."""
    inside = {path.name.lower(): path for path in place.iterdir() if path.is_dir()} if place.is_dir() else {}
    train = next((inside[name] for name in ("train", "training") if name in inside), None)
    test = next((inside[name] for name in ("test", "testing", "val", "valid", "validation") if name in inside), None)
    if train is None or test is None or len(inside) > 3:
        return _of_folder(place.name, place, reading, how)
    learned = _of_folder(place.name, train, reading, how)
    return replace(learned, test=_of_folder(place.name, test, reading, learned.how))


def _of_folder(name: str, place: Path, reading: Reading, how: Any) -> Source:
    found = reading.pictures(str(place), how)
    return Source(name, "class", found.y, X=found.X, notes=found.notes, files=found.files, how=found.how)


def _known(name: str, folder: Any, seed: int) -> Source:
    known = KNOWN[name]
    X, y = known.load("train", folder, seed)
    source = _source(name, X, y)
    return replace(source, test=_source(name, *known.load("test", folder, seed))) if known.parts else source


def _source(name: str, X: Any, y: Any) -> Source:
    known = KNOWN[name]
    if not known.names:
        return Source(name, known.target, y, X=X)
    from workings.data import Table

    columns = dict(zip(known.names, X.T, strict=True)) | {known.target: y}
    table = Table(columns, dict.fromkeys(columns, "number"), known.target, name, range(len(y)))
    return Source(name, known.target, y, table=table)


def opened(path: Any) -> Any:
    """A saved model, or the network of an ONNX file: its first bytes say which, or else its name.

    A checkpoint of a regression still counts in spreads of the target, and is refused.
    """
    from workings import Model, from_onnx, saving

    told = saving.kind_of(saving.read_whole(path, 64))
    if told == "an ONNX file" or (Path(path).suffix.lower() == ".onnx" and told != "a safetensors file"):
        return from_onnx(path)
    if Path(path).suffix.lower() in DATA:
        raise ValueError(f"{str(path)!r} is data by its name, where the model stands: MODEL comes first, then DATA")
    model = Model.load(path)
    if model.labels is not None and model.labels.kind == "numbers" and "run" in saving.read(path)[1]:
        raise ValueError(
            f"{str(path)!r} is the checkpoint of a training, not a finished model: finish it with "
            "train --checkpoint FILE --resume, and ask the model that this saves"
        )
    return model


def features(model: Any, source: Source, unseen: str = "") -> np.ndarray:
    """The rows as the model reads them: prepared as in training, with columns that it does not know left out.

    `unseen` "ignore" takes categories that training lacked as none of the known, whatever the model does else.
    """
    if source.table is None:
        if (model.preparation is not None and source.how is None) or tabular(model) is not None:
            raise ValueError(f"{source.name} are pictures, and this model reads {_wanted(model)}")
        return source.X  # type: ignore[return-value]  (what is no table has an X)
    if model.preparation is not None and tabular(model) is None:
        raise ValueError(f"{source.name} is a table, and this model reads {_wanted(model)}")
    columns = {k: v for k, v in source.table.columns.items() if k != source.target}
    if model.preparation is None:
        return _matrix(columns, model, source)
    known = by_name(model)
    if len(known) == len(source) != len(columns):
        raise ValueError(
            f"{source.name} has {len(source)} rows of {len(source.table.columns)} columns, and the model reads "
            f"{len(known)} columns: here every row is one example; is the table turned (X.T)?"
        )
    columns = _asked(columns, known, source)
    try:
        return (replace(model.preparation, unseen=unseen) if unseen else model.preparation).transform(columns)
    except ValueError as error:
        raise ValueError(placed(str(error), source)) from None


def by_name(model: Any) -> list[str]:
    """The columns that a model reads by their names, in order; none where it knows no names."""
    if tabular(model) is not None:
        return [column.name for column in model.preparation.columns]
    return list(model.columns or ())


def called(model: Any, source: Source) -> tuple[str, ...]:
    """What the features of the model are called: by itself, or else by the table that it is given."""
    if tabular(model) is not None:
        return model.preparation.names
    others = [name for name in source.table.columns if name != source.target] if source.table is not None else ()
    return tuple(by_name(model) or others)


def tabular(model: Any) -> Any:
    """The preparation of a model that reads tables; None for one that reads pictures, or arrays as they are."""
    return model.preparation if hasattr(model.preparation, "columns") else None


def pictorial(model: Any) -> Any:
    """How a model that learned from image files reads them; else None."""
    return None if tabular(model) is not None else model.preparation


def _wanted(model: Any) -> str:
    if (how := pictorial(model)) is not None:
        return f"image files, taken as {how.height} x {how.width} pixels"
    from workings.data.files import listed

    return f"a table with {listed([c.name for c in model.preparation.columns])}"


def passed_over(model: Any, source: Source) -> list[str]:
    """A sentence on the columns that a model does not read, if there are such besides an answer."""
    known = by_name(model)
    if not known or source.table is None:
        return []
    from workings.data.files import listed

    others = [name for name in source.table.columns if name not in known and name != source.target]
    return [f"columns that the model does not read were passed over: {listed(others)}"] if len(others) > 1 else []


def learned_from(model: Any, source: Source) -> int:
    """How many of these rows the model was trained on, as far as its preparation shows: all of one training, or 0."""
    prepared = tabular(model)
    if prepared is None or source.table is None or source.y is None or prepared.rows > len(source):
        return 0
    from workings.data import split_rows
    from workings.preparation import Preparation

    rows: Any = range(len(source))
    if prepared.rows < len(source):
        labels = source.y if model.labels is not None and model.labels.kind == "classes" else None
        rows, _, _ = split_rows(len(source), len(source) - prepared.rows, seed=model.seed, labels=labels)
    part = source.take(list(rows)).table
    names = [column.name for column in prepared.columns]
    kinds = {name: part.kinds[name] for name in names}
    try:
        again = Preparation.fit({name: part.columns[name] for name in names}, kinds)
    except ValueError:
        return 0
    return prepared.rows if again.columns == prepared.columns else 0


def placed(said: str, source: Source) -> str:
    """A sentence about a row, counted from 0 in the library, with the line of the file or the row counted from 1."""
    return re.sub(r"\brow (\d+)( \(counted from 0\))?", lambda found: source.where(int(found[1])), said)


def _asked(columns: dict[str, Any], known: list[str], source: Source) -> dict[str, Any]:
    """The columns that a model knows by name, in its order."""
    from workings.data.files import listed, nearest

    if missing := [name for name in known if name not in columns]:
        raise ValueError(
            f"{source.name} lacks {listed(missing)}, which the model reads: it was made for other data "
            f"({nearest(missing[0], columns)})"
        )
    return {name: columns[name] for name in known}


def _matrix(columns: dict[str, Any], model: Any, source: Source) -> np.ndarray:
    """The columns as they are: those that the model knows by name, or all of them if they are not too many."""
    if known := by_name(model):
        columns = _asked(columns, known, source)
    elif len(model.shape or ()) == 1 and len(columns) > model.shape[0]:
        from workings.data.files import listed

        raise ValueError(
            f"{source.name} has {len(columns)} columns ({listed(list(columns))}) and the model reads "
            f"{model.shape[0]} numbers, of which it knows no names: leave out what it does not read with --drop NAME"
        )
    if texts := [name for name, values in columns.items() if values.dtype.kind == "O"]:
        raise ValueError(
            f"column {texts[0]!r} holds texts, and this model reads numbers only: it was made for others"
        )
    return np.stack(list(columns.values()), axis=1)


def with_answers(model: Any, name: str, target: str | None, **how: Any) -> Source:
    """Data to judge a model by: the target is the one named, or the one column that the model does not read."""
    known = by_name(model)
    how |= {"how": pictorial(model), "only": known or None}
    if target in known:
        raise ValueError(f"--target {target!r} is a column that the model reads, and so not what it answers")
    source = load(name, target if target is not None or name in KNOWN else False, **how)
    if source.y is not None or source.table is None:
        return source.test or source
    if not known:
        return load(name, -1, **how)
    if len(others := [n for n in source.table.names if n not in known]) != 1:
        told = ", ".join(map(repr, others)) or "none"
        raise ValueError(f"which column holds the answers? say --target NAME; not read by the model: {told}")
    return load(name, others[0], **how)
