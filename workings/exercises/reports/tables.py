"""Tables: rows as CSV that a spreadsheet program opens as data, and never as formulas."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence
from typing import Any

STARTS = ("=", "+", "-", "@", "\t", "\r")  # of what a spreadsheet program would run


def as_csv(rows: Iterable[Sequence[Any]]) -> bytes:
    """Rows as CSV in UTF-8, with the mark by which spreadsheet programs know it."""
    file = io.StringIO()
    csv.writer(file, lineterminator="\r\n").writerows([tame(x) for x in row] for row in rows)
    return file.getvalue().encode("utf-8-sig")


def tame(x: Any) -> Any:
    """A text that would be a formula gets a ' before it; numbers stay as they are.

    >>> tame("=1+1"), tame("Anna"), tame(-3)
    ("'=1+1", 'Anna', -3)
    """
    return f"'{x}" if isinstance(x, str) and x.lstrip().startswith(STARTS) else x
