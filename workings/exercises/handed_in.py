"""Handed in: the answers of one learner, read from a JSON or CSV file, as cells and texts.

    {"Z1[1,1]": "4", "Z1[2,1]": "1/2"}          or whole arrays: {"Z1": [["4"], ["1/2"]]}
    cell,answer                                 in CSV, with or without this line; ; and tabs do as well
    "Z1[1,1]",4

Nothing in a file is run; what is too large, or is no text, is refused with the reason.
"""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterator
from itertools import product
from pathlib import Path
from typing import Any

LARGEST = 2_000_000  # bytes
MOST = 100_000  # answers


def answers(path: Any) -> dict[str, str]:
    """The answers in a file, by cell; raises ValueError with a sentence where it cannot be read."""
    path = Path(path)
    if path.suffix.lower() not in (".json", ".csv"):
        raise ValueError(f"{path.name!r} is no answer file: write .json or .csv, a cell and its answer in each line")
    if path.stat().st_size > LARGEST:
        raise ValueError(f"{path.name!r} is larger than {LARGEST // 1_000_000} MB: no exercise has so many cells")
    try:
        text = path.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError:
        raise ValueError(f"{path.name!r} is not written in UTF-8: save it again as UTF-8 text") from None
    pairs = _json(text, path.name) if path.suffix.lower() == ".json" else _csv(text, path.name)
    found: dict[str, str] = {}
    for cell, said in pairs:
        if cell in found and found[cell] != said:
            raise ValueError(f"{path.name!r} has two answers for {cell}: {found[cell]!r} and {said!r}; keep one")
        found[cell] = said
        if len(found) > MOST:
            raise ValueError(f"{path.name!r} has more than {MOST:,} answers: no exercise has so many cells")
    return found


def _json(text: str, name: str) -> Iterator[tuple[str, str]]:
    try:
        told = json.loads(text, parse_int=str, parse_float=str, parse_constant=str)
    except (json.JSONDecodeError, RecursionError) as error:
        where = f" (line {error.lineno})" if isinstance(error, json.JSONDecodeError) else ""
        raise ValueError(f'{name!r} is not JSON{where}: write {{"Z1[1,1]": "4"}}') from None
    told = told.get("answers", told) if isinstance(told, dict) else told
    if not isinstance(told, dict):
        raise ValueError(f'{name!r} holds no answers by cell: write {{"Z1[1,1]": "4"}}')
    for cell, said in told.items():
        if isinstance(said, list):
            yield from _array(str(cell), said)
        elif said is not None:
            yield str(cell).strip(), _text(cell, said)


def _array(name: str, rows: list[Any]) -> Iterator[tuple[str, str]]:
    """A whole array, counted from 1."""
    rows = rows if rows and all(isinstance(row, list) for row in rows) else [[x] for x in rows]
    for i, j in product(range(len(rows)), range(max(map(len, rows), default=0))):
        if j < len(rows[i]) and rows[i][j] is not None:
            yield f"{name}[{i + 1},{j + 1}]", _text(name, rows[i][j])


def _text(cell: Any, said: Any) -> str:
    if isinstance(said, bool) or not isinstance(said, str):
        raise ValueError(f"the answer for {cell} is {str(said)[:40]!r}: an answer is a number or a text")
    return said


def _csv(text: str, name: str) -> Iterator[tuple[str, str]]:
    first = text.partition("\n")[0]
    sign = next((sign for sign in ";\t" if sign in first), ",")
    try:
        rows = [[part.strip() for part in row] for row in csv.reader(io.StringIO(text), delimiter=sign)]
    except csv.Error as error:
        raise ValueError(f"{name!r} is not CSV: {error}") from None
    for line, row in enumerate(rows, 1):
        if not any(row):
            continue
        if "[" in row[0] and "]" not in row[0] and len(row) > 2:  # Z1[1,1] without quotes fell apart
            row = [f"{row[0]},{row[1]}", *row[2:]]
        if line == 1 and row[0].lower() in ("cell", "cells", "name"):
            continue
        if len(row) > 2 and any(row[2:]):
            raise ValueError(f"line {line} of {name!r} has {len(row)} columns: write a cell and its answer")
        yield row[0], row[1] if len(row) > 1 else ""
