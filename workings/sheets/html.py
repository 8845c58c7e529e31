"""HTML: a derivation or an array as a self-contained fragment."""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING

from workings.explain.derivation import Derivation
from workings.sheets.text import text

if TYPE_CHECKING:
    from workings.explain.cells import Cells


def html(d: Derivation, full: bool = False) -> str:
    """The lines of a derivation, escaped."""
    return f'<pre class="workings">{escape(text(d, full))}</pre>'


def array_page(cells: Cells) -> str:
    """An array with its name, shape and formula."""
    return f'<pre class="workings">{escape(repr(cells))}</pre>'
