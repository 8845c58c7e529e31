"""CSV files: from bytes to rows of text, refusing whatever could be read in two ways.

Text is UTF-8 (with or without a byte-order mark) unless another encoding is named; lines end in LF, CRLF or
CR; fields are parted by a comma, a semicolon, a tab or a bar, found from the first lines unless given; a field
in double quotes may hold any of these. Source: RFC 4180, read with Python's csv module.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator
from itertools import islice
from pathlib import Path
from typing import NamedTuple

DELIMITERS = (",", ";", "\t", "|")
LONGEST_LINE = 1 << 24
UTF8_MARK, UTF16_LE, UTF16_BE = b"\xef\xbb\xbf", b"\xff\xfe", b"\xfe\xff"
LINE = re.compile(r"[^\r\n]+(?:\r\n|\n|\r)?|\r\n|\n|\r")


class Rows(NamedTuple):
    """What a CSV file holds: its first row, the others, the line each begins on, and the delimiter."""

    first: list[str]
    rows: list[list[str]]
    first_line: int
    lines: list[int]
    delimiter: str


def read_rows(path: Path, delimiter: str | None = None, encoding: str = "utf-8") -> Rows:
    """All rows of the file, each of as many cells as the first; empty lines are passed over.

    Raises ValueError naming the line: not text, NUL bytes, a quote that never closes, a ragged row, a line of
    more than 16 million characters, an empty file.
    """
    text = _text(path, encoding)
    if delimiter is None:
        delimiter = _delimiter(text)
    elif len(delimiter) != 1 or delimiter in '"\r\n':
        raise ValueError(f"a delimiter is one character such as ',' or ';', not {delimiter!r}")

    reader = csv.reader(_lines(text, path), delimiter=delimiter, strict=True)
    rows: list[list[str]] = []
    lines: list[int] = []
    begin = 1
    try:
        for row in reader:
            if row:
                rows.append(row)
                lines.append(begin)
                if len(row) != len(rows[0]):
                    raise ValueError(_ragged(path, begin, row, rows[0], lines[0], delimiter))
            begin = reader.line_num + 1
    except csv.Error as error:
        raise ValueError(
            f"{str(path)!r}, line {begin}: this row cannot be read ({error}); most often a double quote that "
            "does not close, or one inside a field that is not doubled"
        ) from error
    if not rows:
        raise ValueError(f"{str(path)!r} is empty: a table has a line of column names and then a line per row")
    return Rows(rows[0], rows[1:], lines[0], lines[1:], delimiter)


def _text(path: Path, encoding: str) -> str:
    """The file as text, without its byte-order mark."""
    data = path.read_bytes()
    utf8 = encoding.lower().replace("_", "-") in ("utf-8", "utf8")
    if utf8 and data[:2] in (UTF16_LE, UTF16_BE):
        raise ValueError(f"{str(path)!r} is UTF-16 text: save it as UTF-8, or read with encoding='utf-16'")
    mark = len(UTF8_MARK) if utf8 and data.startswith(UTF8_MARK) else 0
    try:
        text = data[mark:].decode(encoding)
    except UnicodeDecodeError as error:
        byte = mark + error.start
        line = len(LINE.findall(data[:byte].decode("latin-1") + "x"))
        raise ValueError(
            f"{str(path)!r}, line {line}: byte {byte} is {data[byte]:02x}, which is not {encoding} text. Save "
            "the file as UTF-8, or read with encoding='latin-1' (or 'cp1252') if that is what it is"
        ) from error
    except LookupError as error:
        raise ValueError(f"there is no encoding named {encoding!r}; most files are 'utf-8'") from error
    nul = text.find("\0")
    if nul >= 0:
        raise ValueError(
            f"{str(path)!r}, line {len(LINE.findall(text[:nul] + 'x'))}: character {nul} is a NUL, which text does "
            "not hold; is this a damaged file, a spreadsheet or UTF-16?"
        )
    return text


def _lines(text: str, path: Path) -> Iterator[str]:
    """The lines with their ends; str.splitlines would also split at characters that end no line here."""
    for number, line in enumerate(LINE.finditer(text), 1):
        if line.end() - line.start() > LONGEST_LINE:
            raise ValueError(
                f"{str(path)!r}, line {number} has {line.end() - line.start():,} characters: no table is that "
                "wide; perhaps the line ends are missing"
            )
        yield line[0]


def _delimiter(text: str) -> str:
    """The delimiter with which most of the first rows have as many cells as the very first, two or more."""
    head = [line[0] for line in islice(LINE.finditer(text[:100_000]), 30)]
    best, found = 0, ","
    for delimiter in DELIMITERS:
        try:
            rows = [row for row in csv.reader(head, delimiter=delimiter) if row]
        except csv.Error:
            continue
        agree = sum(len(row) == len(rows[0]) for row in rows) if rows and len(rows[0]) > 1 else 0
        if agree > best:
            best, found = agree, delimiter
    return found


def _ragged(path: Path, line: int, row: list[str], first: list[str], first_line: int, delimiter: str) -> str:
    cells = "cell" if len(row) == 1 else "cells"
    few = len(row) < len(first)
    cure = "is a cell missing, or is the line cut short" if few else f"is there a {delimiter!r} too many, or unquoted"
    return (
        f"{str(path)!r}, line {line} has {len(row)} {cells}, and line {first_line} has {len(first)}: {cure}? "
        f"(cells are parted by {delimiter!r})"
    )
