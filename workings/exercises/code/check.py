"""Check: a learner's file from beginning to end, and the report."""

from __future__ import annotations

import keyword
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from workings.exercises.code.calls import names, tried
from workings.exercises.code.course import FUNCTIONS
from workings.exercises.code.judge import Judged, judged
from workings.exercises.code.process import Limits
from workings.exercises.code.stopped import ended

LARGEST = 1_000_000  # bytes of a file that is handed in
SHOWN = 10  # lines of what it printed
WALLS = {
    "processes": "what it starts ends with it",
    "network": "no network",
    "files": "files can be written in its own folder only",
}


@dataclass(frozen=True)
class Report:
    """What was found: a verdict on each function, why the file could not be run, if so, and which walls stood."""

    file: str
    functions: tuple[Judged, ...]
    broken: str = ""
    line: int | None = None
    printed: str = ""
    walls: tuple[str, ...] = ()

    @property
    def right(self) -> bool:
        """Whether the file ran and every function is right."""
        return not self.broken and bool(self.functions) and all(f.right for f in self.functions)

    @property
    def first(self) -> Judged | None:
        """The first function that is not right."""
        return next((f for f in self.functions if not f.right), None)

    def to_json(self) -> dict[str, Any]:
        """As plain data."""
        first = self.first
        return {
            "file": self.file,
            "right": self.right,
            "functions_right": sum(f.right for f in self.functions),
            "functions_checked": len(self.functions),
            "broken": self.broken or None,
            "line": self.line,
            "first_wrong": first.to_json() if first else None,
            "functions": [f.to_json() for f in self.functions],
            "conventions": sorted({note for f in self.functions for note in f.conventions}),
            "walls": list(self.walls),
            "printed": plain(self.printed[-2000:]),
        }

    def to_text(self) -> str:
        """To be read, and printed."""
        if self.broken:
            at = f" (line {self.line})" if self.line else ""
            lines = [f"{self.file} could not be run{at}: {self.broken}"]
        else:
            good = sum(f.right for f in self.functions)
            lines = [f"{self.file}: {good} of {len(self.functions)} functions right", ""]
            wide = max((len(f.name) for f in self.functions), default=0)
            lines += [_row(f, wide) for f in self.functions]
            for f in self.functions:
                if not f.right:
                    lines += ["", *_story(f)]
            wrong = [f.name for f in self.functions if not f.right]
            if len(wrong) > 1:
                lines += ["", f"Begin with {wrong[0]}: what comes after may be wrong because of it."]
        lines += _printed(self.printed)
        missing = [said for wall, said in WALLS.items() if wall not in self.walls]
        if missing:
            lines += ["", f"Not on this machine: {'; '.join(missing)}.  Time and memory were limited."]
        return "\n".join(lines)

    __str__ = to_text


def check_code(
    file: str | Path,
    called: Mapping[str, str] | None = None,
    asked: Sequence[str] = (),
    *,
    seed: int | None = None,
    limits: Limits | None = None,
) -> Report:
    """Checks the functions in a Python file on random layers and networks, in a process of its own.

    `called`: the file's own names, {"linear_forward": "my_forward"}.  `asked`: functions that have to be there.
    `seed`: for the same numbers again; without, they are new each time.

    Raises ValueError where there is nothing to check, or a name is not one of the course's; OSError where the file
    cannot be read, or where the platform has no limits on processes.

    >>> import tempfile
    >>> folder = tempfile.TemporaryDirectory()
    >>> file = Path(folder.name, "mine.py")
    >>> _ = file.write_text("def linear_forward(A, W, b):\\n    return W @ A, (A, W, b)\\n")
    >>> report = check_code(file, seed=1)
    >>> report.right, report.first.array, report.first.fault, report.first.said
    (False, 'Z', 'missing term', 'the bias b was left out')
    >>> folder.cleanup()
    """
    path = Path(file)
    source = _source(path)
    given = dict(called or {})
    for name in (*given, *asked):
        if name not in FUNCTIONS:
            raise ValueError(f"{name!r} is not a function that is checked; these are: {', '.join(FUNCTIONS)}")
    for name in given.values():
        if not name.isidentifier() or keyword.iskeyword(name):
            raise ValueError(f"{name!r} is not the name of a function")
    found = names(source, given) | {name: given.get(name, name) for name in asked if name not in names(source, given)}
    found = {name: found[name] for name in FUNCTIONS if name in found}
    if not found:
        there = re.findall(r"^def\s+(\w+)", source, re.M)[:20]
        has = f"it has {', '.join(there)}" if there else "it has no functions at all"
        raise ValueError(
            f"{path.name} has no function of the course by its name ({has}): say which is which, such as "
            f"--as linear_forward={there[0] if there else 'my_forward'}"
        )
    limits = limits or Limits()
    made = tried(source, path.name, found, seed, limits)
    whole = {"file": path.name, "printed": made.ran.printed, "walls": made.ran.walls}
    broken = made.ran.answers.get(-1, {}).get("error")
    if isinstance(broken, dict):
        line = broken.get("line")
        said = plain(f"{broken.get('kind')}: {broken.get('said')}")
        return Report(**whole, functions=(), broken=said + _hint(broken), line=line if type(line) is int else None)
    if not made.ran.functions:
        return Report(**whole, functions=(), broken=ended(made.ended.get("", made.ran.why), limits)[1])
    there = {name: own for name, own in found.items() if own in made.ran.functions}
    made.names = there
    verdicts = {j.function: j for j in judged(made)}
    for name, own in found.items():
        if name not in there and (name in asked or name in given):
            verdicts[name] = Judged(name, own, False, "", "missing", f"the file has no function {own}")
    if not verdicts:
        return Report(**whole, functions=(), broken="none of its functions can be called from outside")
    return Report(**whole, functions=tuple(verdicts[name] for name in FUNCTIONS if name in verdicts))


def _source(path: Path) -> str:
    if not path.is_file():
        raise FileNotFoundError(f"there is no file '{path}'")
    if path.stat().st_size > LARGEST:
        raise ValueError(
            f"'{path}' has {path.stat().st_size:,} bytes; a program of functions has at most {LARGEST:,}"
        )
    try:
        source = path.read_bytes().decode("utf-8-sig")
    except UnicodeDecodeError:
        raise ValueError(f"'{path}' is not a Python file: it is not text in UTF-8") from None
    if "\0" in source:
        raise ValueError(f"'{path}' is not a Python file: it holds bytes of 0")
    return source


def _hint(error: Mapping[str, Any]) -> str:
    if error.get("kind") in ("ModuleNotFoundError", "FileNotFoundError", "ImportError"):
        return (
            ".  The file is run alone, in an empty folder: put what needs other files under "
            'if __name__ == "__main__":'
        )
    return ""


def plain(text: str) -> str:
    """Text of the learner's without signs that steer a terminal."""
    return "".join(c if c.isprintable() or c == "\n" else "?" for c in text)


def _row(f: Judged, wide: int) -> str:
    notes = f"  ({'; '.join(f.conventions)})" if f.conventions and f.right else ""
    wrong = "" if f.right else f"  {plain(f.array)}: {f.fault}" if f.array else f"  {f.fault}"
    return f"  {plain(f.name):{wide}}  {'right' if f.right else 'WRONG'}{wrong}{notes}"


def _story(f: Judged) -> list[str]:
    where = f", on {f.case}" if f.case else ""
    lines = [f"{f.name}: the first wrong array is {plain(f.array)}{where}." if f.array else f"{f.name}:"]
    lines.append(f"    {plain(f.said)}.")
    if f.cell and f.given is not None:
        lines.append(f"    {f.cell} is {f.given:.6g}, and {f.wanted:.6g} is right")
    if f.yours:
        lines.append(f"    yours  line {f.line}: {plain(f.yours)}")
    if f.rule:
        lines.append(f"    rule   {f.rule}")
    return lines


def _printed(text: str) -> list[str]:
    lines = plain(text).splitlines()
    if not lines:
        return []
    left = f" ({len(lines) - SHOWN} lines before these)" if len(lines) > SHOWN else ""
    return ["", f"The program itself printed{left}:", *(f"    | {line[:100]}" for line in lines[-SHOWN:])]
