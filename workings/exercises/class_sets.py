"""Class sets: the same exercise for everybody, with numbers of one's own.

set = class_set("backprop", ["Anna Larsen", "Ben Okoye"], seed=7)
set.write("out", pdf=True, key=True)     a sheet and a key for each, and the list of who has which

The seed of a student comes from the seed of the class and the name: who joins later changes nobody's numbers.  A
sheet shows a variant, such as K7QF2, and not its seed, so that its key cannot be printed by whoever holds it.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, fields, replace
from functools import cached_property
from pathlib import Path
from typing import Any

from workings.exercises import roster
from workings.exercises.generate import drawn_again, generate
from workings.exercises.generated import Generated
from workings.exercises.kinds import KINDS
from workings.exercises.reports.tables import as_csv
from workings.saving import write_whole
from workings.sheets.sheet import Sheet

LETTERS = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ"  # no 0 and O, no 1 and I
LIST = "class.json"
TRIES = 50


@dataclass(frozen=True)
class Student:
    """Who has which: `file` is the name of all their files, `variant` stands on the sheet."""

    name: str
    file: str
    variant: str
    seed: int
    draw: int = 0


@dataclass(frozen=True)
class Assigned(Generated):
    """A generated exercise that belongs to somebody."""

    student: str = ""
    variant: str = ""

    @property
    def heading(self) -> str:
        """The title of its sheet: what, whose, and which."""
        return f"{self.title}: {self.student} (variant {self.variant})"

    def sheet(self, key: bool = False, blanks: Iterable[str] | None = None, whole: bool = False) -> Sheet:
        """The worksheet, which has a name on it."""
        return replace(super().sheet(key, blanks, whole), owner=self.student)


@dataclass(frozen=True)
class ClassSet:
    """An exercise of a kind for every student of a class."""

    kind: str
    level: int
    seed: int
    students: tuple[Student, ...]
    ask: tuple[str, ...] = ()
    sizes: tuple[int, ...] = ()

    @cached_property
    def title(self) -> str:
        """What it is, without anybody's name."""
        told = [self.kind, f"level {self.level}"]
        told += [f"sizes {','.join(map(str, self.sizes))}"] if self.sizes else []
        told += [f"asks {','.join(self.ask)}"] if self.ask else []
        return f"{KINDS[self.kind].title} ({', '.join(told)})"

    def __len__(self) -> int:
        return len(self.students)

    def __iter__(self) -> Iterator[Student]:
        return iter(self.students)

    def exercise(self, student: Student) -> Assigned:
        """The exercise of one student."""
        drawn = drawn_again(self.kind, student.seed, self.level, self.ask, self.sizes, student.draw)
        told = {field.name: getattr(drawn, field.name) for field in fields(drawn)}
        return Assigned(**told, student=student.name, variant=student.variant)

    @cached_property
    def by_variant(self) -> dict[str, Student]:
        return {student.variant: student for student in self.students}

    @cached_property
    def by_name(self) -> dict[str, Student]:
        """The students by their plain names."""
        return {roster.plain(student.name): student for student in self.students}

    def to_json(self) -> dict[str, Any]:
        """Plain data, from which `from_json` makes the same set again."""
        how = {"kind": self.kind, "level": self.level, "seed": self.seed, "ask": self.ask, "sizes": self.sizes}
        return {"class set": 1, **how, "students": [vars(student) for student in self.students]}

    def write(
        self, folder: Any, pdf: bool = True, xlsx: bool = False, key: bool = False, merged: bool = False
    ) -> list[Path]:
        """Write sheets, spreadsheets and keys for all, and class.json and class.csv, which say who has which.

        `merged` writes one PDF of all sheets, and one of all keys, instead of one for each student.
        """
        folder = Path(folder)
        folder.mkdir(parents=True, exist_ok=True)
        keys = folder / "keys"
        if key and not merged and (pdf or xlsx):
            keys.mkdir(exist_ok=True)
        made = []
        if merged and pdf:
            made += [self._bound(folder / "sheets.pdf", False)]
            made += [self._bound(folder / "keys.pdf", True)] if key else []
        for student in self.students:
            exercise = self.exercise(student)
            for place, filled in ((folder, False), (keys, True)):
                if pdf and not merged and (key or not filled):
                    made.append(exercise.to_pdf(place / f"{student.file}.pdf", key=filled))
            if xlsx:
                made.append(exercise.to_spreadsheet(folder / f"{student.file}.xlsx"))
        rows = [["name", "variant", "file", "seed"], *([s.name, s.variant, s.file, s.seed] for s in self.students)]
        write_whole(folder / LIST, json.dumps(self.to_json(), ensure_ascii=False, indent=1).encode())
        write_whole(folder / "class.csv", as_csv(rows))
        return [*made, folder / LIST, folder / "class.csv"]

    def _bound(self, path: Path, key: bool) -> Path:
        from workings.sheets.binder import bind

        write_whole(path, bind([self.exercise(student).sheet(key) for student in self.students]))
        return path


def class_set(
    kind: str,
    names: Iterable[str],
    seed: int = 0,
    level: int = 1,
    ask: tuple[str, ...] = (),
    sizes: tuple[int, ...] = (),
) -> ClassSet:
    """A different variant for every name; kind, level, `ask` and `sizes` as in `generate`.

    Raises ValueError where a name stands there twice, or where the kind has not enough different exercises.

    >>> made = class_set("neuron", ["Anna", "Ben"], seed=7)
    >>> [student.variant for student in made] == [student.variant for student in class_set("neuron", ["Anna"], 7)]
    False
    >>> made.exercise(made.students[0]).heading == f"A single neuron: Anna (variant {made.students[0].variant})"
    True
    """
    if isinstance(seed, bool) or not isinstance(seed, int) or seed < 0:
        raise ValueError(f"a seed is a whole number from 0 on, not {seed!r}")
    generate(kind, 0, level, ask, sizes)  # says what is wrong with a kind or a level
    known = roster.checked(names)
    students: list[Student] = []
    numbers: set[str] = set()
    variants: set[str] = set()
    for name, file in zip(known, roster.stems(known), strict=True):
        for salt in range(TRIES):
            own = _seed(seed, kind, level, name, salt)
            drawn = generate(kind, own, level, ask, sizes)
            given = repr(drawn.givens)
            if given not in numbers and _variant(own) not in variants:
                break
        else:
            raise ValueError(f"{kind} at level {level} has not {len(known)} different exercises: take a higher level")
        numbers.add(given)
        variants.add(_variant(own))
        students.append(Student(name, file, _variant(own), own, drawn.draw))
    return ClassSet(kind, level, seed, tuple(students), ask, sizes)


def _seed(seed: int, kind: str, level: int, name: str, salt: int) -> int:
    told = "\n".join([str(seed), kind, str(level), name, str(salt)])
    return int.from_bytes(hashlib.sha256(told.encode()).digest()[:6], "big")


def _variant(seed: int) -> str:
    digest = hashlib.sha256(f"variant {seed}".encode()).digest()
    return "".join(LETTERS[byte % 32] for byte in digest[:5])


def from_json(told: Any) -> ClassSet:
    """The set that `to_json` told; raises ValueError where it is not one."""
    try:
        if not isinstance(told, Mapping) or told.get("class set") != 1:
            raise KeyError("class set")
        students = [
            Student(str(s["name"]), "", str(s["variant"]), int(s["seed"]), int(s["draw"])) for s in told["students"]
        ]
        kind, level, seed = str(told["kind"]), int(told["level"]), int(told["seed"])
        names = roster.checked(student.name for student in students)
        if len(names) != len(students) or any(_variant(s.seed) != s.variant for s in students):
            raise ValueError("a variant does not belong to its seed")
        ask, sizes = tuple(map(str, told["ask"])), tuple(map(int, told["sizes"]))
        generate(kind, 0, level, ask, sizes)
    except (KeyError, TypeError, ValueError) as error:
        said = f" ({error})" if isinstance(error, ValueError) else ""
        raise ValueError(
            f"this is no list of a class set{said}: give the class.json that was written with it"
        ) from None
    files = roster.stems(names)  # never from the file: they are names of files to be written
    made = (Student(n, file, s.variant, s.seed, s.draw) for n, file, s in zip(names, files, students, strict=True))
    return ClassSet(kind, level, seed, tuple(made), ask, sizes)


def load(path: Any) -> ClassSet:
    """The set of a class.json, or of the folder that holds one."""
    path = Path(path)
    path = path / LIST if path.is_dir() else path
    if path.stat().st_size > 5_000_000:
        raise ValueError(f"{path.name!r} is larger than 5 MB: it is no list of a class set")
    try:
        return from_json(json.loads(path.read_text(encoding="utf-8")))
    except (UnicodeDecodeError, json.JSONDecodeError, RecursionError):
        raise ValueError(f"{path.name!r} is not JSON: give the class.json that was written with the set") from None
