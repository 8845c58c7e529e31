"""Assets: the files of the browser, read once.  A request names one of them or nothing: no path is ever followed."""

from __future__ import annotations

from functools import cache
from importlib.resources import files
from importlib.resources.abc import Traversable

KINDS = {
    "html": "text/html; charset=utf-8",
    "css": "text/css; charset=utf-8",
    "js": "text/javascript; charset=utf-8",
    "svg": "image/svg+xml",
}


@cache
def assets() -> dict[str, tuple[bytes, str]]:
    """The path of a request → what it gets, and of which kind."""
    found = dict(_below(files("workings.studio") / "web", ""))
    return {**found, "/": found["/index.html"]}


def _below(folder: Traversable, at: str) -> list[tuple[str, tuple[bytes, str]]]:
    told: list[tuple[str, tuple[bytes, str]]] = []
    for file in folder.iterdir():
        kind = file.name.rpartition(".")[2]
        if file.is_dir():
            told += _below(file, f"{at}/{file.name}")
        elif kind in KINDS:
            told.append((f"{at}/{file.name}", (file.read_bytes(), KINDS[kind])))
    return told
