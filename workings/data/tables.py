"""Tables: columns with names, each of numbers or of categories, one of them the target.

    houses = table("houses.csv", target="price")        CSV, NPY or Parquet, told by its first bytes
    houses.features, houses.y                           what goes into `Preparation`, what is to be learned
    print(houses)                                       what each column was taken to be, and why

Nothing is guessed in silence: what the reader decided stands in `notes`, what it cannot decide it refuses with
the line and a cure.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any, Literal

import numpy as np

from workings.data.columns import Column, Kind, missing_rows
from workings.data.files import nearest

if TYPE_CHECKING:
    from pandas import DataFrame

Unit = Literal["line", "row", "sheet row"]  # a sheet's rows count from 1, its names included, as on the screen


@dataclass(frozen=True, eq=False)
class Table:
    """A table of m rows, frozen; `table` and `Table.from_frame` make one.

    columns   name -> values, in the order of the file: int64 or float64 (NaN where missing) for numbers, object
              arrays of str (None where missing) for categories; each of m values
    kinds     name -> "number" or "category"
    target    the name of the column to be learned, or None
    source    the file, or "a DataFrame"
    places    where each row came from: its line in a CSV file or row in a sheet (from 1), its row (from 0) otherwise
    unit      "line", "sheet row" or "row": what the places count
    notes     what the reader decided, in sentences

    >>> from workings.data import table
    >>> import tempfile, pathlib
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     file = pathlib.Path(folder, "houses.csv")
    ...     _ = file.write_text("size,place,price\\n70,sea,300\\n,town,200\\n")
    ...     houses = table(file, target="price")
    >>> houses.kinds, houses.missing, houses.y.tolist()
    ({'size': 'number', 'place': 'category', 'price': 'number'}, {'size': (1,)}, [300, 200])
    """

    columns: Mapping[str, np.ndarray]
    kinds: Mapping[str, Kind]
    target: str | None = None
    source: str = "a table"
    places: Sequence[int] = ()
    unit: Unit = "row"
    notes: tuple[str, ...] = field(default=())

    def __len__(self) -> int:
        return len(next(iter(self.columns.values())))

    @property
    def names(self) -> tuple[str, ...]:
        """The names of the columns, in the order of the file."""
        return tuple(self.columns)

    @property
    def features(self) -> dict[str, np.ndarray]:
        """All columns but the target, by name: what `Preparation.fit` and `.transform` take."""
        return {name: values for name, values in self.columns.items() if name != self.target}

    @property
    def y(self) -> np.ndarray:
        """The target's m values: int64 or float64 numbers, or texts. Raises ValueError without a target."""
        if self.target is None:
            raise ValueError(f"{self.source} was read without a target; name one: target={self.names[-1]!r}")
        return self.columns[self.target]

    @property
    def missing(self) -> dict[str, tuple[int, ...]]:
        """For each column with missing cells, their rows, counted from 0."""
        rows = {name: missing_rows(Column(self.kinds[name], v)) for name, v in self.columns.items()}
        return {name: tuple(where.tolist()) for name, where in rows.items() if where.size}

    def where(self, row: int) -> str:
        """Where a row came from: "line 17 of 'houses.csv'"."""
        return f"{self.unit} {self.places[row] if len(self.places) else row} of {self.source}"

    def take(self, rows: Sequence[int] | np.ndarray) -> Table:
        """The table of these rows, numbers counted from 0, in this order; each still knows where it came from."""
        rows = np.asarray(rows, dtype=np.intp)
        columns = {name: values[rows] for name, values in self.columns.items()}
        places = np.asarray(self.places)[rows].tolist() if len(self.places) else rows.tolist()
        return replace(self, columns=columns, places=tuple(places))

    def records(self) -> list[tuple[Any, ...]]:
        """The features row by row, with None for a missing cell."""
        lists = [
            [None if isinstance(v, float) and v != v else v for v in values.tolist()]
            for values in self.features.values()
        ]
        return list(zip(*lists, strict=True))

    @classmethod
    def from_frame(
        cls,
        frame: Any,
        target: str | int | Literal[False] | None = None,
        kinds: Mapping[str, Kind] | None = None,
        drop: Sequence[str] | str = (),
    ) -> Table:
        """The table in a pandas DataFrame, a pyarrow or polars table, or any other that speaks Arrow.

        Arguments are as for `table`. The frame's index is not used. Arrow and polars need the extra [data].

        >>> from workings.data import Table
        >>> import pandas
        >>> frame = pandas.DataFrame({"size": [70, None], "place": ["sea", "town"], "price": [300, 200]})
        >>> Table.from_frame(frame).missing
        {'size': (1,)}
        """
        from workings.data.frames import as_frame, read_frame

        drop, frame = (drop,) if isinstance(drop, str) else tuple(drop), as_frame(frame)
        check_names([*drop, *(kinds or {})], [str(name) for name in frame.columns], "the frame")
        return build(read_frame(frame, drop, kinds), target, "a DataFrame", range(len(frame)), "row", ())

    @classmethod
    def from_pandas(cls, frame: DataFrame, *how: Any, **more: Any) -> Table:
        """`from_frame`, by the name that says pandas."""
        return cls.from_frame(frame, *how, **more)

    def __str__(self) -> str:
        gone = self.missing
        wide = max(map(len, self.columns))
        lines = [f"{self.source}: {len(self):,} rows, {len(self.columns)} columns"]
        for name, values in self.columns.items():
            lines.append(
                f"  {name:{wide}}  {self.kinds[name]:8}  {_range(values, self.kinds[name])}"
                + (f", {len(gone[name]):,} missing" if name in gone else "")
                + ("   <- target" if name == self.target else "")
            )
        return "\n".join([*lines, *(f"  note: {note}" for note in self.notes)])


def build(
    columns: Mapping[str, Column],
    target: str | int | Literal[False] | None,
    source: str,
    places: Sequence[int],
    unit: Unit,
    notes: Sequence[str],
) -> Table:
    """The table of these columns, its target found and checked, with the reader's notes and its own."""
    notes = [*notes, *(column.remark for column in columns.values() if column.remark)]
    if not columns or not len(places):
        raise ValueError(f"{source} has {'no rows' if columns else 'no columns'}: there is nothing to learn from")
    name = _target(list(columns), target, source)
    if target is None:
        notes.append(f"the target is the last column, {name!r}, because none was named")
    table = Table(
        columns={name: column.values for name, column in columns.items()},
        kinds={name: column.kind for name, column in columns.items()},
        target=name,
        source=source,
        places=tuple(places),
        unit=unit,
        notes=tuple(notes),
    )
    if name is None:
        return table
    empty = missing_rows(columns[name])
    if empty.size:
        more = f" and {empty.size - 1:,} more" if empty.size > 1 else ""
        raise ValueError(
            f"the target column {name!r} is empty in {table.where(int(empty[0]))}{more}: what is to be learned "
            "must be known; take these rows out, or name another target"
        )
    if len(columns) == 1:
        raise ValueError(f"{source} has one column only, {name!r}: with it as the target no features are left")
    return table


def check_names(wanted: Sequence[str], names: Sequence[str], source: str) -> None:
    """Raise ValueError for the first wanted name that is no column, with the nearest ones."""
    for name in wanted:
        if name not in names:
            raise ValueError(f"{source} has no column {name!r}; {nearest(str(name), names)}")


def _target(names: list[str], target: str | int | Literal[False] | None, source: str) -> str | None:
    if target is False:
        return None
    if isinstance(target, str):
        check_names([target], names, source)
        return target
    if target is None:
        return names[-1]
    if isinstance(target, bool) or not isinstance(target, (int, np.integer)):
        raise ValueError(f"target is a column's name or number, or False for none, not {target!r}")
    if not -len(names) <= target < len(names):
        raise ValueError(f"{source} has columns 0 to {len(names) - 1}, and no column {target}")
    return names[target]


def _range(values: np.ndarray, kind: Kind) -> str:
    if kind == "number":
        there = values[~np.isnan(values)]
        return f"{there.min():g} to {there.max():g}" if there.size else "no values"
    different = dict.fromkeys(value for value in values if value is not None)
    some = ", ".join(list(different)[:6]) + (", ..." if len(different) > 6 else "")
    return f"{len(different):,} different: {some}" if different else "no values"
