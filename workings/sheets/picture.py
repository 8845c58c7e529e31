"""Picture: the nodes and links of a sheet as SVG.

The links into a node have the colour and the dashes of the row of weights they stand for; a weight of 0 is no link.
"""

from __future__ import annotations

from html import escape

from workings.sheets.marks import Mark, mark
from workings.sheets.sheet import Diagram

ACROSS, DOWN, RADIUS, TOP = 110, 34, 11, 26
PLAIN = Mark("#818b98", "#ffffff", "#818b98", "", "")


def size_of(diagram: Diagram) -> tuple[int, int]:
    """How wide and how high the drawing is, in pixels."""
    most = max(len(layer) for layer in diagram.layers)
    return ACROSS * (len(diagram.layers) - 1) + 70, TOP + most * DOWN + 8


def svg(diagram: Diagram, links: bool = True, dark: bool = False, styled: bool = False) -> str:
    """The drawing.  `styled` leaves colours to the page's own classes l0, l1, …, so that it can turn dark."""
    most = max(len(layer) for layer in diagram.layers)
    width, height = size_of(diagram)
    place = [
        [(35 + ACROSS * l, TOP + (i + (most - len(layer)) / 2 + 0.5) * DOWN) for i in range(len(layer))]
        for l, layer in enumerate(diagram.layers)
    ]
    said = f"{' - '.join(str(len(layer)) for layer in diagram.layers)} nodes"
    told = [f"{said}, {len(diagram.links)} links" if links else f"{said}, links to be drawn"]
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" width="{width}" height="{height}" '
        f'role="img" aria-label="{escape(told[0])}" class="net" font-family="Libertinus Serif, serif" font-size="11">'
    ]
    ink, paper = ("#e6e8eb", "#1e2126") if dark else ("#1b1f24", "#ffffff")
    for link in diagram.links if links else ():
        (x1, y1), (x2, y2) = place[link.layer][link.source], place[link.layer + 1][link.target]
        look = PLAIN if link.mark is None else mark(link.mark)
        called = "plain" if link.mark is None else f"l{link.mark % 8}"
        stroke = f'class="{called}"' if styled else f'stroke="{look.dark if dark else look.ink}"'
        dash = f' stroke-dasharray="{look.dash}"' if look.dash else ""
        parts.append(
            f'<line x1="{x1 + RADIUS}" y1="{y1}" x2="{x2 - RADIUS}" y2="{y2}" {stroke}{dash} stroke-width="1.4" '
            f'data-layer="{link.layer + 1}" data-row="{link.target + 1}"/>'
        )
    own = 'class="node"' if styled else f'stroke="{ink}" fill="{paper}"'
    text = 'class="name"' if styled else f'fill="{ink}"'
    for title, layer, spots in zip(diagram.titles, diagram.layers, place, strict=True):
        parts.append(f'<text x="{spots[0][0]}" y="14" text-anchor="middle" {text}>{escape(title)}</text>')
        for name, (x, y) in zip(layer, spots, strict=True):
            parts.append(f'<circle cx="{x}" cy="{y}" r="{RADIUS}" {own}/>')
            parts.append(f'<text x="{x}" y="{y + 4}" text-anchor="middle" {text}>{escape(name)}</text>')
    return "".join([*parts, "</svg>"])
