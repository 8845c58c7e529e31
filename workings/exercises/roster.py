"""Roster: the names of a class, from a CSV file, and file names that are safe to write.

name                    one column, with or without this line
Anna Larsen

First name,Surname      or two, as a learning platform exports them; other columns are left alone
Anna,Larsen
"""

from __future__ import annotations

import csv
import io
import unicodedata
from collections.abc import Iterable
from pathlib import Path
from typing import Any

LARGEST = 1_000_000  # bytes
MOST = 5_000  # students
LONGEST = 100  # letters of a name, and of a file's name half of it
WHOLE = ("name", "names", "student", "students", "full name", "student name", "elev", "navn")
FIRST = ("first name", "firstname", "given name", "vorname", "fornavn", "prénom")
LAST = ("surname", "last name", "lastname", "family name", "nachname", "etternavn", "nom")
RESERVED = {"con", "prn", "aux", "nul", *(f"{port}{i}" for port in ("com", "lpt") for i in range(10))}


def read(path: Any) -> tuple[str, ...]:
    """The names in a CSV file, in its order; raises ValueError where there are none, or one stands there twice."""
    path = Path(path)
    if path.stat().st_size > LARGEST:
        raise ValueError(f"{path.name!r} is larger than {LARGEST // 1_000_000} MB: a list of names is not")
    try:
        text = path.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError:
        raise ValueError(f"{path.name!r} is not written in UTF-8: save it again as CSV UTF-8") from None
    first = text.partition("\n")[0]
    sign = next((sign for sign in ";\t" if sign in first), ",")
    try:
        rows = [[part.strip() for part in row] for row in csv.reader(io.StringIO(text), delimiter=sign)]
    except csv.Error as error:
        raise ValueError(f"{path.name!r} is not CSV: {error}") from None
    columns, headed = _columns(rows[0] if rows else [])
    found = (" ".join(row[j] for j in columns if j < len(row)) for row in rows[headed:])
    return checked(found, path.name)


def checked(names: Iterable[str], where: str = "this list") -> tuple[str, ...]:
    """The names with plain spaces and without what cannot be printed; empty ones are left out."""
    tidy = [" ".join("".join(c if c.isprintable() else " " for c in str(name)).split()) for name in names]
    tidy = [name for name in tidy if name]
    if not tidy:
        raise ValueError(f"{where} has no names: write one in each line")
    if len(tidy) > MOST:
        raise ValueError(f"{where} has {len(tidy):,} names; a class has at most {MOST:,}")
    if long := next((name for name in tidy if len(name) > LONGEST), None):
        raise ValueError(
            f"{where} has a name of {len(long)} letters, {long[:30]!r}…: at most {LONGEST} fit on a sheet"
        )
    seen: set[str] = set()
    for name in tidy:
        if plain(name) in seen:
            raise ValueError(f"{where} has {name!r} twice: add an initial or a number, so that each gets a sheet")
        seen.add(plain(name))
    return tuple(tidy)


def _columns(first: list[str]) -> tuple[list[int], bool]:
    """Which columns make a name, and whether the first line only says so."""
    heads = [head.lower() for head in first]
    for whole in WHOLE:
        if whole in heads:
            return [heads.index(whole)], True
    parts = [next((heads.index(h) for h in known if h in heads), None) for known in (FIRST, LAST)]
    if found := [j for j in parts if j is not None]:
        return found, True
    return [0], False


def plain(name: str) -> str:
    """A name for comparing: letters and digits in lower case, accents left out."""
    apart = unicodedata.normalize("NFKD", name.casefold())
    return "".join(c for c in apart if c.isalnum())


def stems(names: Iterable[str]) -> tuple[str, ...]:
    """A file name for each, without an ending: letters, digits and hyphens, no two alike on any system.

    >>> stems(["Anna Larsen", "../../etc/passwd", "CON", "anna-larsen"])
    ('Anna-Larsen', 'etc-passwd', 'CON_', 'anna-larsen-2')
    """
    made: list[str] = []
    taken: set[str] = set()
    for name in names:
        words = "".join(c if c.isalnum() else " " for c in unicodedata.normalize("NFC", name)).split()
        stem = "-".join(words)[: LONGEST // 2].rstrip("-") or "student"
        stem += "_" if stem.casefold() in RESERVED else ""
        own, k = stem, 2
        while own.casefold() in taken:
            own, k = f"{stem}-{k}", k + 1
        taken.add(own.casefold())
        made.append(own)
    return tuple(made)
