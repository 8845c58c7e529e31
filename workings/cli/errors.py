"""Errors: the one place where an error of the library becomes a sentence on standard error and the exit code 2.

What a line of ours raised on purpose is meant for the user; what happened by accident is our bug, and shows where.
"""

from __future__ import annotations

import contextlib
import errno
import opcode
import os
import re
import sys
import warnings
from collections.abc import Iterator
from typing import Any

import typer
from typer.core import TyperGroup

MEANT = (ValueError, KeyError, IndexError, ArithmeticError, AttributeError, ImportError)
SYSTEM = {
    errno.ENOSPC: "there is no space left on the disk",
    errno.EDQUOT: "your quota of disk space is used up",
    errno.EACCES: "this user may not do that here",
    errno.EPERM: "this user may not do that here",
    errno.EROFS: "this disk is read-only",
    errno.ENOTDIR: "a part of this path is a file, not a folder",
    errno.ENOENT: "there is no such file or folder",
    errno.EIO: "the disk reports an error",
    errno.EMFILE: "too many files are open",
    errno.ENAMETOOLONG: "the name is too long",
}
WRITTEN = (errno.ENOSPC, errno.EDQUOT, errno.EROFS, errno.EIO)

# The library speaks of its arguments; here they are options.
SPOKEN = [
    (re.compile(r"drop=\(('[^']*'),\)"), r"--drop \1"),
    (re.compile(r"kinds=\{'([^']*)': '(\w+)'\}"), r"--as '\1=\2'"),
    (re.compile(r"(column ('[^']*') .*?)[;:] leave (?:the column|it) out$"), r"\1; leave it out with --drop \2"),
    (
        re.compile(r"take it as none of these: Preparation.fit\(…, unseen='ignore'\)"),
        "train with --unseen ignore to take it as none of these",
    ),
    (re.compile(r"missing=\('', ('[^']*')\)"), r"--missing \1"),
    (re.compile(r"damaged='skip'"), "--skip-damaged"),
    (re.compile(r"size=\((\d+), (\d+)\)"), r"--size \1x\2"),
    (
        re.compile(r"open (single cells|one cell)( of it)?( \(w\[.*?\]\))?(?=[,;.]|$)"),
        "open \\1\\2 (workings explain MODEL --data DATA --cell 'W1[1,4]')",
    ),
    (
        re.compile(r"write a spreadsheet( \(w\.to_spreadsheet\('net\.xlsx'\)\))?"),
        "write a spreadsheet (--xlsx FILE.xlsx)",
    ),
    (re.compile(r"a smaller network"), "a smaller network (train --hidden 8)"),
    (re.compile(r"header=False"), "--no-header"),
    (re.compile(r"header=True"), "--header"),
    (re.compile(r"(decimal|delimiter|encoding|target)=('[^']*')"), r"--\1 \2"),
    (re.compile(r"learning_rate=([\d.e-]+)"), r"--rate \1"),
    (re.compile(r"\w+\(folder=\.\.\.\)"), "--folder FOLDER"),
    (re.compile(r"\bbatch_size\b"), "--batch"),
    (re.compile(r"\bearly_stopping\b"), "--early-stopping"),
]


class Verbs(TyperGroup):
    """The verbs of the command line, in the order they are listed, each with care for what can go wrong."""

    def invoke(self, ctx: Any) -> Any:
        """Run a verb."""
        with careful(bool(ctx.params.get("debug"))):
            return super().invoke(ctx)


@contextlib.contextmanager
def careful(debug: bool = False) -> Iterator[None]:
    """Errors and warnings of the library as sentences; nothing is caught with `debug`."""
    with warnings.catch_warnings():
        warnings.simplefilter("always", UserWarning)
        warnings.showwarning = _note
        try:
            yield
        except BrokenPipeError:  # whoever read our output has seen enough
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
            raise typer.Exit(1) from None
        except KeyboardInterrupt:
            typer.echo("stopped by Ctrl-C", err=True)
            raise typer.Exit(130) from None
        except (*MEANT, OSError, MemoryError) as error:
            if debug or not meant(error):
                raise
            typer.echo(f"workings: {sentence(error)}", err=True)
            raise typer.Exit(2) from None


def meant(error: BaseException) -> bool:
    """Whether this is told to the user: the system's own errors, and what a line of ours raised on purpose."""
    if isinstance(error, OSError | MemoryError):
        return True
    last = error.__traceback__
    while last and last.tb_next:
        last = last.tb_next
    if last is None or not str(last.tb_frame.f_globals.get("__name__")).startswith("workings"):
        return False
    return opcode.opname[last.tb_frame.f_code.co_code[last.tb_lasti]] in ("RAISE_VARARGS", "RERAISE")


def spoken(told: str) -> str:
    """A sentence of the library with the words of the command line: options, and rows counted from 1."""
    for pattern, option in SPOKEN:
        told = pattern.sub(option, told)
    told = re.sub(
        r"\brow (\d+), column (\d+) \(counted from 0\)",
        lambda found: f"row {int(found[1]) + 1}, column {int(found[2]) + 1} (counted from 1)",
        told,
    )
    return re.sub(r"(?<!sheet )\brow (\d+)(?= of ')", lambda found: f"row {int(found[1]) + 1}", told)


def sentence(error: BaseException) -> str:
    """What went wrong, in one sentence or a few."""
    if isinstance(error, MemoryError):
        return "there is not enough memory for this: try fewer rows, or a smaller network"
    if isinstance(error, OSError) and error.errno:
        told = error.strerror or str(error)
        if told == os.strerror(error.errno):  # the system's own words; the library's say what to do already
            kept = "; what was there before is as it was.  Make room or choose another place"
            told = SYSTEM.get(error.errno, told.lower()) + (kept if error.errno in WRITTEN else "")
        named = f"{os.fspath(error.filename)!r}: " if isinstance(error.filename, str | os.PathLike) else ""
        told = named + told
    else:
        told = str(error.args[0]) if isinstance(error, KeyError) and error.args else str(error)
    told = spoken(told)
    return " ".join(told.split()) if "\n" in told else told


def _note(message: Any, category: Any, filename: str, lineno: int, file: Any = None, line: Any = None) -> None:
    """A warning of ours as a note; any other as Python says it."""
    if category.__name__ == "TrainingWarning":
        typer.echo(f"note: {sentence(message)}", err=True)
    else:
        typer.echo(warnings.formatwarning(message, category, filename, lineno, line).rstrip(), err=True)
