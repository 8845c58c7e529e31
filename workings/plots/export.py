"""Export: a figure as SVG text or PNG bytes, the same bytes every time, with nothing fetched from elsewhere.

>>> from workings.plots import iteration_cycle
>>> to_svg(iteration_cycle())[:4], to_png(iteration_cycle())[1:4]
('<svg', b'PNG')
"""

from __future__ import annotations

import hashlib
import io
import re
from html import escape
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from matplotlib.figure import Figure

NO_METADATA = dict.fromkeys(("Date", "Creator", "Format", "Type"))


def to_svg(figure: Figure) -> str:
    """The figure as an <svg> element to paste into a page.

    Letters are drawn as outlines, so that it looks alike on every machine; its title is read out by screen readers.
    Ids carry a prefix made from the picture itself, so that many pictures fit on one page.
    """
    import matplotlib

    with matplotlib.rc_context({"svg.hashsalt": "workings", "svg.fonttype": "path"}):
        paper = io.StringIO()
        figure.savefig(paper, format="svg", metadata=NO_METADATA)
    svg = paper.getvalue()
    svg = svg[svg.index("<svg") :].strip()
    own = "w" + hashlib.sha256(svg.encode()).hexdigest()[:8]
    svg = re.sub(r'(?<=\bid=")|(?<=href="#)|(?<=url\(#)', f"{own}-", svg)
    return svg.replace("<svg", f'<svg role="img" aria-label="{escape(title_of(figure))}"', 1)


def to_png(figure: Figure, dpi: float = 144) -> bytes:
    """The figure as the bytes of a PNG file, `dpi` dots to the inch."""
    paper = io.BytesIO()
    figure.savefig(paper, format="png", dpi=dpi, metadata={"Software": None})
    return paper.getvalue()


def title_of(figure: Figure) -> str:
    """What the figure says it shows."""
    titles = [figure.get_suptitle(), *(ax.get_title(loc="left") or ax.get_title() for ax in figure.axes)]
    return " ".join(next((title for title in titles if title), "picture").split())
