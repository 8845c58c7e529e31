"""Page: the shell of a self-contained report: one file, no script, nothing fetched, light and dark, screen and paper.

Everything that comes from data goes through `escape`; pictures are images of their own, so that what stands in them
can neither run nor reach the page.  The policy in the head forbids all else.
"""

from __future__ import annotations

import base64
import hashlib
from html import escape

STYLE = """
:root { color-scheme: light dark; --paper: #fff; --ground: #f6f7f9; --ink: #1b1f24; --second: #57606a;
  --line: #d5dae1; --accent: #005ab5; --plus: #005ab5; --minus: #b34e00; --good: #0a6b3d; --bad: #b3261e; }
@media (prefers-color-scheme: dark) { :root { --paper: #171b21; --ground: #0f1216; --ink: #e8ebef; --second: #a3acb8;
  --line: #323a45; --accent: #7cb7ff; --plus: #6aaef5; --minus: #f0924a; --good: #5cc795; --bad: #ff8a80; } }
* { box-sizing: border-box; }
body { margin: 0; background: var(--ground); color: var(--ink); font: 16px/1.55 system-ui, sans-serif; }
main { max-width: 60rem; margin: 0 auto; padding: 2.5rem 1.25rem 4rem; }
h1 { font-size: clamp(1.6rem, 5vw, 2.3rem); line-height: 1.15; margin: 0 0 .6rem; letter-spacing: -.015em; }
h2 { font-size: 1.3rem; line-height: 1.25; margin: 3.2rem 0 .5rem; letter-spacing: -.005em; }
h3 { font-size: 1rem; margin: 0 0 .6rem; }
p { margin: .4rem 0 .9rem; max-width: 42rem; }
.lead { font-size: 1.1rem; color: var(--second); }
.small, figcaption, .place { color: var(--second); font-size: .875rem; }
code, .n { font-family: ui-monospace, "SF Mono", Menlo, Consolas, "DejaVu Sans Mono", monospace; }
code { font-size: .9em; overflow-wrap: anywhere; }
dl.figures { display: grid; grid-template-columns: repeat(6, 1fr); gap: 1px;
  margin: 1.8rem 0 0;
  background: var(--line); border: 1px solid var(--line); border-radius: .5rem; overflow: hidden; }
dl.figures div { background: var(--paper); padding: .8rem 1rem; }
dl.figures dt { color: var(--second); font-size: .8rem; }
dl.figures dd { margin: 0; font-size: 1.25rem; font-weight: 600; font-variant-numeric: tabular-nums; }
dl.figures div.first { background: var(--accent); color: var(--paper); }
dl.figures div.first dt { color: inherit; }
.card { background: var(--paper); border: 1px solid var(--line); border-radius: .5rem; padding: 1.1rem 1.25rem;
  margin: 0 0 1rem; }
.seen { display: flex; flex-wrap: wrap; gap: 1.5rem 2.5rem; align-items: flex-start; }
.seen svg { width: 15rem; max-width: 100%; height: auto; display: block; }
.seen > div { flex: 1 1 16rem; min-width: 0; }
.ink { fill: var(--ink); } .frame { fill: none; stroke: var(--line); }
.plus { fill: none; stroke: var(--plus); } .minus { fill: none; stroke: var(--minus); stroke-dasharray: .16 .1; }
.bar-plus { fill: var(--plus); } .bar-minus { fill: var(--minus); } .axis { stroke: var(--second); }
.label { fill: var(--second); font-family: system-ui, sans-serif; text-anchor: middle; }
.right { color: var(--good); font-weight: 600; } .wrong { color: var(--bad); font-weight: 600; }
table { border-collapse: collapse; font-variant-numeric: tabular-nums; font-size: .875rem; }
table.shares { width: 100%; } table.shares td:first-child { width: 1%; padding-right: 1rem; }
td, th { padding: .18rem .5rem .18rem 0; text-align: left; font-weight: 400; }
td.n { text-align: right; white-space: nowrap; } td.bar { width: 70%; padding-right: 0; }
table.shares td.n { width: 1%; padding-right: .8rem; }
td.bar svg { width: 100%; height: .8rem; display: block; }
table.sum { width: 100%; } table.sum tr.total td { border-top: 1.5px solid var(--ink); font-weight: 650; }
table.sum td.name { white-space: nowrap; text-align: left; } table.sum td.place { white-space: nowrap; }
table.sum td.bar { width: 22%; min-width: 5rem; }
table.sum tr.led td.name { font-weight: 650; } table.shares tr.led { font-weight: 650; }
.line { margin: 0; max-width: none; font-size: .85rem; line-height: 1.7; padding-left: 2ch; text-indent: -2ch;
  overflow-wrap: anywhere; }
sup { font-size: .75em; line-height: 0; }
.step { position: relative; } .then { margin: .7rem 0 0; font-size: .9rem; color: var(--second); }
figure { margin: 0 0 1.4rem; } figure img { display: block; max-width: 100%; height: auto; margin: 0 auto; }
.sheet { background: #fff; border: 1px solid var(--line); border-radius: .5rem; padding: .9rem; }
figcaption { margin: .5rem 0 0; max-width: 42rem; }
footer { margin-top: 3.5rem; padding-top: 1rem; border-top: 1px solid var(--line); color: var(--second);
  font-size: .85rem; }
@media (max-width: 55rem) { dl.figures { grid-template-columns: repeat(3, 1fr); } }
@media (max-width: 40rem) {
  dl.figures { grid-template-columns: repeat(2, 1fr); }
  main { padding: 1.5rem 1rem 3rem; } .card { padding: .9rem; } .sheet { padding: .4rem; }
  table.sum tr { display: grid; grid-template-columns: 1fr auto; padding: .3rem 0; }
  table.sum tr + tr { border-top: 1px solid var(--line); } table.sum tr.total td { border-top: 0; }
  table.sum td { padding: 0; grid-column: 1; } table.sum td.bar, table.sum td.none { display: none; }
  table.sum td.place, table.sum td.product { text-align: right; grid-column: 2; }
  table.sum td.calc { text-align: left; grid-row: 2; } table.sum tr.term td.product { grid-row: 2; }
  .sheet { overflow-x: auto; } figure img { max-width: 32rem; }
}
@media print {
  :root { color-scheme: light; --paper: #fff; --ground: #fff; --ink: #000; --second: #444; --line: #bbb;
    --accent: #005ab5; --plus: #005ab5; --minus: #b34e00; --good: #0a6b3d; --bad: #b3261e; }
  body { font-size: 10.5pt; } main { max-width: none; padding: 0; } h2 { margin-top: 1.6rem; break-after: avoid; }
  .card, figure, .sheet { break-inside: avoid; } figure img { max-height: 12cm; }
  dl.figures { grid-template-columns: repeat(3, 1fr); }
  dl.figures, dl.figures div.first, svg { print-color-adjust: exact; -webkit-print-color-adjust: exact; }
}
"""


def page(title: str, body: str) -> str:
    """A whole page around what is already HTML; the title is text."""
    own = base64.b64encode(hashlib.sha256(STYLE.encode()).digest()).decode()
    policy = f"default-src 'none'; img-src data:; style-src 'sha256-{own}'; base-uri 'none'; form-action 'none'"
    from workings import __version__

    return (
        '<!doctype html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
        f'<meta http-equiv="Content-Security-Policy" content="{policy}">\n'
        f'<meta name="generator" content="Workings {__version__}">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        f"<title>{escape(title)}</title>\n<style>{STYLE}</style>\n</head>\n<body>\n<main>\n{body}\n</main>\n"
        "</body>\n</html>\n"
    )


def picture(figure: object, caption: str = "") -> str:
    """A Matplotlib figure as an image inside the page, on white paper, with its title read out."""
    from workings.plots.export import title_of, to_svg

    svg = to_svg(figure)  # type: ignore[arg-type]
    coded = base64.b64encode(svg.encode()).decode()
    said = f"<figcaption>{escape(caption)}</figcaption>" if caption else ""
    title = escape(title_of(figure))  # type: ignore[arg-type]
    return (
        f'<figure><div class="sheet" tabindex="0" role="group" aria-label="{title}"><img alt="{title}" '
        f'src="data:image/svg+xml;base64,{coded}"></div>{said}</figure>'
    )


def tiles(figures: list[tuple[str, str]]) -> str:
    """Figures in a row, the first of them in colour."""
    cells = [
        f'<div class="first"><dt>{escape(name)}</dt><dd>{escape(value)}</dd></div>'
        if i == 0
        else f"<div><dt>{escape(name)}</dt><dd>{escape(value)}</dd></div>"
        for i, (name, value) in enumerate(figures)
    ]
    return f'<dl class="figures">{"".join(cells)}</dl>'
