"""Report: the hand-ins of a class, and what they say together, as plain data."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any, NamedTuple

from workings.exercises.marks import Marking
from workings.exercises.mistakes import MISTAKES


@dataclass(frozen=True)
class HandIn:
    """What one student handed in: the marking, or why there is none; `told` is said of the file itself."""

    student: str
    file: str  # the name of their pages
    source: str  # the file handed in; empty where there is none
    marking: Marking | None
    told: tuple[str, ...] = ()

    @property
    def share(self) -> float | None:
        """The points as a share of all."""
        return float(self.marking.points) / self.marking.total if self.marking and self.marking.total else None

    @property
    def state(self) -> str:
        """Marked, not handed in, or not marked."""
        return "marked" if self.marking else "not marked" if self.source or self.told else "not handed in"


class Question(NamedTuple):
    """One cell over the class: how many were right, right from their own earlier numbers, wrong, and left empty."""

    cell: str
    right: int
    follows: int
    wrong: int
    blank: int

    @property
    def share(self) -> float:
        """How many of those who handed in were right: small is hard."""
        return (self.right + self.follows) / max(sum(self[1:]), 1)


class Misunderstanding(NamedTuple):
    """A mistake that was named: its rule, what to practice, and in how many hand-ins and cells it was made."""

    what: str
    says: str
    practice: str
    students: tuple[str, ...]
    cells: int


@dataclass(frozen=True)
class ClassReport:
    """The hand-ins of a class; `lost` are files that belong to nobody."""

    title: str
    hand_ins: tuple[HandIn, ...]
    lost: tuple[str, ...] = ()

    def __iter__(self) -> Iterator[HandIn]:
        return iter(self.hand_ins)

    def __len__(self) -> int:
        return len(self.hand_ins)

    def __getitem__(self, student: str) -> HandIn:
        for each in self.hand_ins:
            if each.student == student:
                return each
        raise KeyError(f"there is no {student!r} in this class")

    @cached_property
    def marked(self) -> tuple[HandIn, ...]:
        return tuple(each for each in self.hand_ins if each.marking)

    @property
    def mean(self) -> float:
        """The mean share of points of those that were marked; nan where there are none."""
        return sum(each.share or 0.0 for each in self.marked) / len(self.marked) if self.marked else float("nan")

    @cached_property
    def mistakes(self) -> tuple[Misunderstanding, ...]:
        """The mistakes that were named, those of most students first."""
        cells: Counter[str] = Counter()
        who: dict[str, list[str]] = {}
        for each in self.marked:
            for what, n in each.marking.mistakes.items() if each.marking else ():
                cells[what] += n
                who.setdefault(what, []).append(each.student)
        order = sorted(who, key=lambda what: (-len(who[what]), -cells[what], what))
        return tuple(
            Misunderstanding(what, MISTAKES[what].says, MISTAKES[what].practice, tuple(who[what]), cells[what])
            for what in order
        )

    @cached_property
    def questions(self) -> tuple[Question, ...]:
        """Every cell that was asked for, in the order of working."""
        counts: dict[str, Counter[str]] = {}
        for each in self.marked:
            for mark in each.marking or ():
                counts.setdefault(mark.cell, Counter())[mark.verdict] += 1
        return tuple(
            Question(cell, n["right"], n["follows"], n.total() - n["right"] - n["follows"] - n["blank"], n["blank"])
            for cell, n in counts.items()
        )

    def to_json(self) -> dict[str, Any]:
        """Plain data."""
        return {
            "title": self.title,
            "students": [
                {
                    "name": each.student,
                    "state": each.state,
                    "source": each.source,
                    "told": list(each.told),
                    "marking": each.marking.to_json() if each.marking else None,
                }
                for each in self.hand_ins
            ],
            "mistakes": [m._asdict() for m in self.mistakes],
            "questions": [{**q._asdict(), "share": q.share} for q in self.questions],
            "lost": list(self.lost),
        }

    def rows(self) -> list[list[Any]]:
        """The marks as a table: a row for each student, a column for each cell."""
        cells = [question.cell for question in self.questions]
        table: list[list[Any]] = [["name", "points", "of", "percent", "state", "remarks", *cells]]
        for each in self.hand_ins:
            row: list[Any] = [each.student, "", "", "", each.state, "; ".join(each.told)]
            if each.marking:
                by = {mark.cell: float(mark.points) for mark in each.marking}
                percent = round(100 * (each.share or 0.0), 1)
                row[1:4] = [float(each.marking.points), each.marking.total, percent]
                row += [by.get(cell, "") for cell in cells]
            table.append(row)
        return table

    def write(self, folder: Any, pdf: bool = False) -> list[Path]:
        """Write index.html, marks.csv, report.json and a page for each student; with `pdf`, on paper too."""
        from workings.exercises.reports import page, paper
        from workings.exercises.reports.tables import as_csv
        from workings.saving import write_whole

        folder = Path(folder)
        pages = folder / "students"
        pages.mkdir(parents=True, exist_ok=True)
        files: dict[Path, bytes] = {
            folder / "index.html": page.overview(self).encode(),
            folder / "marks.csv": as_csv(self.rows()),
            folder / "report.json": json.dumps(self.to_json(), ensure_ascii=False, indent=1).encode(),
        }
        for each in self.hand_ins:
            files[pages / f"{each.file}.html"] = page.student(self, each).encode()
        for path, content in files.items():
            write_whole(path, content)
        if pdf:
            for each in self.marked:
                files[pages / f"{each.file}.pdf"] = b""
                write_whole(pages / f"{each.file}.pdf", paper.student(self, each))
        return [*files]

    def to_text(self) -> str:
        """What a teacher wants to know first."""
        lines = [self.title, f"{len(self.marked)} of {len(self)} marked"]
        if self.marked:
            lines[1] += f", {100 * self.mean:.0f} % right on average"
        lines.append("")
        wide = max(len(each.student) for each in self.hand_ins)
        for each in self.hand_ins:
            points = f"{float(each.marking.points):g} of {each.marking.total}" if each.marking else each.state
            lines.append(f"{each.student:<{wide}}  {points:<14}  {'; '.join(each.told)}".rstrip())
        if self.mistakes:
            lines += ["", "Commonest mistakes (students, cells):"]
            lines += [f"{len(m.students):>4} {m.cells:>4}  {m.says}" for m in self.mistakes[:8]]
        hard = sorted((q for q in self.questions if q.share < 1), key=lambda q: q.share)[:5]
        if hard:
            lines += ["", "Hardest: " + ", ".join(f"{q.cell} ({100 * q.share:.0f} % right)" for q in hard)]
        if self.lost:
            lines += ["", f"Belong to nobody: {', '.join(self.lost)}"]
        return "\n".join(lines)
