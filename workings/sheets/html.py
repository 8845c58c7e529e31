"""HTML: a derivation or an array as a self-contained fragment: no script, nothing fetched, all text escaped."""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING

from workings.explain.derivation import Derivation
from workings.ink.number import Name
from workings.ink.rounding import cut
from workings.sheets.derivation import Listed, page
from workings.sheets.mathml import MathML, mathml

if TYPE_CHECKING:
    from workings.explain.cells import Cells

STYLE = (
    "<style>.workings{font-family:system-ui,sans-serif;line-height:1.5;overflow-x:auto}"
    ".workings math{font-size:1.15em;margin:.6em 0}.workings dt{font-weight:600}.workings dd{margin:0 0 .4em 1em}"
    ".workings table{border-collapse:collapse}.workings td{padding:.1em .5em;text-align:right;border:1px solid #8884}"
    ".workings small{color:GrayText}</style>"
)
WIDEST = 12  # rows and columns of an array that are shown


def html(d: Derivation, full: bool = False) -> str:
    """The equation, why, what the number is made from and leads to, and the conventions."""
    made = page(d, MathML(), full)
    parts = [mathml(d, full)]
    if made.because:
        parts.append(f"<p>{escape(made.because)}</p>")
    told = _listed("made from", made.made_from) + _listed("leads to", made.leads_to)
    if told:
        parts.append(f"<dl>{told}</dl>")
    parts.append(f"<p><small>{escape(' '.join(made.notes))}</small></p>")
    return f'<div class="workings">{STYLE}{"".join(parts)}</div>'


def _listed(title: str, each: list[Listed]) -> str:
    rows = []
    for x in each:
        if not x.array:
            rows.append(f"<dd>and {x.many:,} more arrays</dd>")
            continue
        cells = [f"{name}<mo>{'≈' if value.rounded else '='}</mo>{value.text}" for name, value in x.first]
        more = f" and {x.many - len(x.first):,} more" if x.many > len(x.first) else ""
        rows.append(f"<dd>{', '.join(f'<math>{cell}</math>' for cell in cells)}{more}</dd>")
    return f"<dt>{title}</dt>{''.join(rows)}" if rows else ""


def array_page(cells: Cells) -> str:
    """An array with its name, shape, formula and the first of its numbers."""
    numbers, digits = cells.shown, cells.whole.conventions.digits
    while numbers.ndim > 2:
        numbers = numbers[0]
    if numbers.ndim < 2:
        numbers = numbers.reshape(1, -1)
    rows = []
    for line in numbers[:WIDEST]:
        cuts = [cut(v.item() if hasattr(v, "item") else v, digits) for v in line[:WIDEST]]
        shown = ["≈ " * made.rounded + made.text for made in cuts]
        dots = "<td>…</td>" if numbers.shape[1] > WIDEST else ""
        rows.append(f"<tr>{''.join(f'<td>{escape(text)}</td>' for text in shown)}{dots}</tr>")
    dots = "<tr><td>…</td></tr>" if numbers.shape[0] > WIDEST else ""
    formula = cells.written(MathML())
    head = f"<math>{MathML().name(Name(cells.name), 0).text}<mo>=</mo>{formula}</math>"
    return (
        f'<div class="workings">{STYLE}{head} <small>{escape(str(cells.shown.shape))}</small>'
        f"<table>{''.join(rows)}{dots}</table></div>"
    )
