"""Keeping: a page as a file: its picture, its numbers on paper or in a spreadsheet, its Python."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

import numpy as np

from workings.plots import to_png, to_svg

if TYPE_CHECKING:
    from workings.studio.page import Page

Form = Literal["png", "svg", "pdf", "xlsx", "html", "py"]


def kept(page: Page, form: Form) -> bytes:
    """The file's bytes.  Raises ValueError with a sentence where there is nothing to keep in this form."""
    if form == "py":
        return page.code().encode()
    if form in ("png", "svg"):
        if (figure := page.figure()) is None:
            raise ValueError("there is no picture yet")
        return to_png(figure) if form == "png" else to_svg(figure).encode()
    w = page.explanation()
    if w is None:
        raise ValueError("there is nothing worked out yet")
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, f"sheet.{form}")
        write: Any = {"pdf": w.to_pdf, "xlsx": w.to_spreadsheet, "html": w.to_html}[form]
        write(path)
        return path.read_bytes()


def as_array(content: bytes) -> dict[str, np.ndarray]:
    """Bytes as they go to the browser."""
    return {"bytes": np.frombuffer(content, np.uint8)}
