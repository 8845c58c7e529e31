"""Sheets: workings on paper, printed from plain data.

    w = model.explain(X[:2], y[:2])
    to_pdf(w, "sheet.pdf")                a network and a batch as one would lay them out by hand
    to_spreadsheet(w, "net.xlsx")         the same with live formulas

Printers of one cell's derivation and of whole sheets live here, each in a file of its own.
"""

from __future__ import annotations

from importlib import import_module
from typing import Any

_NAMES = ("to_sheet", "to_pdf", "to_svg", "to_png", "to_html", "to_text", "to_latex", "to_spreadsheet")
__all__ = [*_NAMES]


def __getattr__(name: str) -> Any:
    if name in _NAMES:  # found when asked for: explanations open doors into this room
        return getattr(import_module("workings.sheets.export"), name)
    raise AttributeError(f"workings.sheets has no {name!r}")
