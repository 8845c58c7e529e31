"""Export: an explanation as a file: PDF, SVG, PNG, HTML, LaTeX, a live spreadsheet; the doors of `Explanation`.

w = model.explain(X[:2], y[:2])
to_pdf(w, "sheet.pdf"); to_spreadsheet(w, "net.xlsx"); to_html(w); to_latex(w)
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from workings.explain import Explanation
from workings.saving import write_whole
from workings.sheets import page, paper, spreadsheet, tex
from workings.sheets.layout import layout
from workings.sheets.sheet import Sheet
from workings.sheets.terminal_sheet import sheet_text

LARGEST = 20_000  # numbers that are laid out at all


def to_sheet(w: Explanation, **options: Any) -> Sheet:
    """The sheet of an explanation; options as for `layout` (title, blanks, key, compact, gradients, ...).

    Raises ValueError with a sentence where it is too large to be laid out.
    """
    count = sum(w.numbers[name].size for name in w if name != "dX")
    if count > LARGEST:
        largest = max(w, key=lambda name: w.numbers[name].size)
        raise ValueError(
            f"this is too large for paper: {count:,} numbers, {w.numbers[largest].size:,} of them in {largest}; open "
            f"single cells (w[{largest!r}]), or take a smaller network or fewer examples"
        )
    return layout(w, **options)


def to_pdf(w: Explanation, path: Any, **options: Any) -> Path:
    """Write the sheet as an A4 PDF."""
    return _on_paper(w, path, "pdf", options)


def to_svg(w: Explanation, path: Any, **options: Any) -> Path:
    """Write the sheet as SVG, a second page as NAME-2.svg."""
    return _on_paper(w, path, "svg", options)


def to_png(w: Explanation, path: Any, **options: Any) -> Path:
    """Write the sheet as PNG, a second page as NAME-2.png."""
    return _on_paper(w, path, "png", options)


def to_html(w: Explanation, path: Any = None, **options: Any) -> str:
    """The sheet as one self-contained page; written to a file where a path is given."""
    return written(page.page(to_sheet(w, **options)), path)


def to_text(w: Explanation, **options: Any) -> str:
    """The sheet in plain ASCII."""
    return sheet_text(to_sheet(w, **options))


def to_latex(w: Explanation, path: Any = None, **options: Any) -> str:
    """The matrices of the sheet in LaTeX; written to a file where a path is given."""
    return written(tex.tex(to_sheet(w, **options)), path)


def to_spreadsheet(w: Explanation, path: Any, **options: Any) -> Path:
    """Write the sheet as .xlsx with live formulas, forwards and backwards.

    Raises ValueError with a sentence above 20,000 cells.
    """
    spreadsheet.check_size(w)
    sheet = layout(w, **{**options, "whole": True, "compact": False, "bias": True})
    return spreadsheet.write(w, sheet, path)


def _on_paper(w: Explanation, path: Any, form: str, options: dict[str, Any]) -> Path:
    if Path(path).suffix.lower() != f".{form}":
        raise ValueError(f"{str(path)!r} should end in .{form}")
    return paper.write(to_sheet(w, **options), path)[0]


def written(text: str, path: Any) -> str:
    """The text, and a file of it where a path is given: the old file or the new one, never half of it."""
    if path is not None:
        write_whole(path, text.encode())
    return text
