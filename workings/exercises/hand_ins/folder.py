"""Folder: the hand-ins of a whole class, each found, given to its student and marked.

handed-in/Anna-Larsen.xlsx                     the file is named after the student,
handed-in/Anna Larsen_17_assignsubmission/…    or its folder is, as learning platforms do,
handed-in/answers(3).xlsx                      or the sheet itself says whose it is
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from workings.exercises import bank, handed_in, roster
from workings.exercises.class_sets import ClassSet, Student
from workings.exercises.exercise import Exercise
from workings.exercises.generate import generate
from workings.exercises.hand_ins import spreadsheet
from workings.exercises.marking import Marker
from workings.exercises.marks import Marking
from workings.exercises.reports.report import ClassReport, HandIn

ENDINGS = (".xlsx", ".csv", ".json")
MOST = 20_000  # files
LISTS = ("class.json", "class.csv")
GENERATED = re.compile(
    r".*\((?P<kind>[a-z-]+), level (?P<level>[123]), seed (?P<seed>\d{1,20})"
    r"(?:, sizes (?P<sizes>[\d,]{1,20}))?(?:, asks (?P<asks>[a-z,]{1,40}))?\)"
)
VARIANT = re.compile(r".*\(variant (?P<variant>[0-9A-Z]{5})\)")
SEVEN = re.compile(r"Exercise (?P<number>[1-7]): .*")


def named_by(title: str, known: ClassSet | None = None) -> tuple[Exercise, Student | None]:
    """The exercise that a sheet's title names, and whose it is.  Raises ValueError where it names none.

    >>> named_by("Exercise 3: Four neurons")[0].number
    3
    """
    if found := VARIANT.fullmatch(title):
        student = known.by_variant.get(found["variant"]) if known else None
        if student is None or known is None:
            where = "the class.json given has no such variant" if known else "give the class.json it was written with"
            raise ValueError(f"the sheet is variant {found['variant']}: {where}")
        return known.exercise(student), student
    if found := GENERATED.fullmatch(title):
        asks = tuple(filter(None, (found["asks"] or "").split(",")))
        sizes = tuple(int(n) for n in (found["sizes"] or "").split(",") if n)
        return generate(found["kind"], int(found["seed"]), int(found["level"]), asks, sizes), None
    if found := SEVEN.fullmatch(title):
        return bank.load(int(found["number"])), None
    raise ValueError(
        f"the sheet does not say which exercise it is: its title is {title[:60]!r}; "
        "hand back the spreadsheet that was given out, with its title"
    )


def mark_file(
    path: Any, exercise: Exercise | None = None, known: ClassSet | None = None
) -> tuple[Marking, list[str]]:
    """One hand-in, and what is to be said of the file itself; a spreadsheet names its own exercise."""
    path = Path(path)
    if path.suffix.lower() != ".xlsx":
        if exercise is None:
            raise ValueError(f"{path.name!r} does not say which exercise was answered")
        return Marker(exercise).mark(handed_in.answers(path)), []
    filled = spreadsheet.opened(path)
    said, _ = named_by(filled.title, known)
    if exercise is not None and said.heading != exercise.heading:
        raise ValueError(f"{path.name!r} is {said.heading!r}, and {exercise.heading!r} was asked for")
    return _marked(Marker(said), filled)


def _marked(marker: Marker, filled: spreadsheet.Filled) -> tuple[Marking, list[str]]:
    answers, told = spreadsheet.answers(filled, marker.exercise, marker.solution)
    return marker.mark(answers), told


def mark_folder(folder: Any, asked: ClassSet | Exercise) -> ClassReport:
    """Every hand-in of a folder: of a class set, or of one exercise that all have had.

    Raises ValueError where the folder holds no hand-ins.  A file that cannot be marked stands in the report with the
    reason; of two for one student neither is marked.
    """
    folder = Path(folder)
    files = [*_files(folder)]
    if not files:
        raise ValueError(f"'{folder}' holds no hand-ins: they end in {', '.join(ENDINGS)}")
    if isinstance(asked, ClassSet):
        return _of_class(folder, files, asked)
    marker = Marker(asked)
    names = [_called(folder, file, files) for file in files]
    made = []
    for name, stem, file in zip(names, roster.stems(names), files, strict=True):
        made.append(_tried(name, stem, folder, file, lambda file=file: _one(marker, _opened(file))))
    return ClassReport(asked.heading, tuple(made))


def _of_class(folder: Path, files: list[Path], known: ClassSet) -> ClassReport:
    found: dict[str, list[tuple[Path, Any]]] = {student.name: [] for student in known}
    lost = []
    for file in files:
        read = _opened(file)
        by_name, by_sheet = _by_name(folder, file, known), _by_sheet(read, known)
        student = by_name or by_sheet
        if student is None:
            lost.append(_relative(folder, file))
        elif by_sheet and by_sheet != student:
            found[student.name].append((file, ValueError(f"this is the sheet of {by_sheet.name}: ask both of them")))
        else:
            found[student.name].append((file, read))
    made = []
    for student in known:
        mine = found[student.name]
        if len(mine) == 1:
            run = lambda student=student, read=mine[0][1]: _one(Marker(known.exercise(student)), read)
            made.append(_tried(student.name, student.file, folder, mine[0][0], run))
        else:
            shown = ", ".join(_relative(folder, file) for file, _ in mine)
            told = (f"there are {len(mine)} hand-ins: keep the one that counts",) if mine else ()
            made.append(HandIn(student.name, student.file, shown, None, told))
    return ClassReport(known.title, tuple(made), tuple(lost))


def _opened(file: Path) -> Any:
    """A spreadsheet, the answers of another file, or the error that is to be told."""
    try:
        return spreadsheet.opened(file) if file.suffix.lower() == ".xlsx" else handed_in.answers(file)
    except Exception as error:
        return error


def _one(marker: Marker, read: Any) -> tuple[Marking, list[str]]:
    """What was opened, marked; raises what went wrong in opening it."""
    if isinstance(read, Exception):
        raise read
    if not isinstance(read, spreadsheet.Filled):
        return marker.mark(read), []
    if read.title != marker.exercise.heading:
        raise ValueError(f"this is {read.title[:80]!r}, and {marker.exercise.heading!r} was asked for")
    return _marked(marker, read)


def _tried(name: str, stem: str, folder: Path, file: Path, run: Any) -> HandIn:
    """A hand-in marked, or with the reason why not: whatever one file holds, the others are marked."""
    try:
        marking, told = run()
    except Exception as error:
        said = str(error.args[0] if error.args else "") or type(error).__name__
        return HandIn(name, stem, _relative(folder, file), None, (said[:400],))
    return HandIn(name, stem, _relative(folder, file), marking, tuple(told))


# ------------------------------------------------------------------ whose it is


def _by_sheet(read: Any, known: ClassSet) -> Student | None:
    """The student whose variant a spreadsheet is."""
    found = VARIANT.fullmatch(read.title) if isinstance(read, spreadsheet.Filled) else None
    return known.by_variant.get(found["variant"]) if found else None


def _by_name(folder: Path, file: Path, known: ClassSet) -> Student | None:
    """The student whose whole name stands in the name of the file, or of its folder."""
    for told in (file.stem, *(part for part in file.relative_to(folder).parts[:-1][::-1])):
        if (student := known.by_name.get(roster.plain(told))) is not None:
            return student
        words = _words(told)
        fits = [s for s in known if _within(_words(s.name), words)]
        longest = max((len(_words(s.name)) for s in fits), default=0)
        best = [s for s in fits if len(_words(s.name)) == longest]
        if len(best) == 1:
            return best[0]
    return None


def _words(text: str) -> list[str]:
    return [
        roster.plain(word) for word in re.split(r"[\W_]+", unicodedata.normalize("NFC", text)) if roster.plain(word)
    ]


def _within(some: list[str], words: list[str]) -> bool:
    return any(words[i : i + len(some)] == some for i in range(len(words) - len(some) + 1))


def _called(folder: Path, file: Path, files: list[Path]) -> str:
    """A student's name where there is no list: the file's, or its folder's where each has one of their own."""
    inside = file.parent != folder and sum(other.parent == file.parent for other in files) == 1
    told = file.parent.name.split("_")[0] if inside else file.stem
    return " ".join("".join(c if c.isprintable() else " " for c in told).split())[: roster.LONGEST] or "nobody"


def _files(folder: Path) -> Iterator[Path]:
    """The hand-ins in a folder and in the folders of it, in order; no links, and nothing that hides."""
    shown = lambda path: not path.name.startswith((".", "~$")) and not path.is_symlink()
    seen = 0
    for one in sorted(filter(shown, folder.iterdir())):
        for file in sorted(filter(shown, one.iterdir())) if one.is_dir() else [one]:
            if file.suffix.lower() in ENDINGS and file.is_file() and file.name not in LISTS:
                seen += 1
                if seen > MOST:
                    raise ValueError(f"'{folder}' holds more than {MOST:,} files: mark one class at a time")
                yield file


def _relative(folder: Path, file: Path) -> str:
    return file.relative_to(folder).as_posix()
