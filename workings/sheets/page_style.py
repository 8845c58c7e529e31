"""Page style: the look of a sheet in a browser, light and dark, on a screen, on a phone and on paper."""

from __future__ import annotations

from workings.sheets.marks import COLOURS, DARK, PATTERNS

BACKGROUNDS = {
    "up": "repeating-linear-gradient(-45deg, {c} 0 1.2px, transparent 1.2px 4px)",
    "down": "repeating-linear-gradient(45deg, {c} 0 1.2px, transparent 1.2px 4px)",
    "lines": "repeating-linear-gradient(0deg, {c} 0 1.2px, transparent 1.2px 4px)",
    "bars": "repeating-linear-gradient(90deg, {c} 0 1px, transparent 1px 2.5px)",
    "grid": "repeating-linear-gradient(0deg, {c} 0 1px, transparent 1px 4px), "
    "repeating-linear-gradient(90deg, {c} 0 1px, transparent 1px 4px)",
    "cross": "repeating-linear-gradient(45deg, {c} 0 1px, transparent 1px 4px), "
    "repeating-linear-gradient(-45deg, {c} 0 1px, transparent 1px 4px)",
    "dots": "radial-gradient(circle at 2px 2px, {c} 1.3px, transparent 1.5px) 0 0 / 4px 4px",
    "solid": "{c}",
}

BASE = """
:root { color-scheme: light dark; --ink: #1b1f24; --second: #57606a; --line: #818b98; --paper: #fff; --panel: #f6f7f9;
  --accent: #005ab5; LIGHT }
@media (prefers-color-scheme: dark) { :root { --ink: #e6e8eb; --second: #a5adb8; --line: #6e7885; --paper: #16191d;
  --panel: #1e2126; --accent: #6cb4ff; DARK } }
* { box-sizing: border-box }
body { margin: 0 auto; max-width: 1400px; padding: 24px 20px 48px; background: var(--paper); color: var(--ink);
  font: 16px/1.5 system-ui, sans-serif }
h1 { font-size: 24px; line-height: 1.25; margin: 0 0 8px } h2 { font-size: 18px; margin: 32px 0 8px }
p { max-width: 70ch; margin: 0 0 8px }
.board { display: grid; gap: 20px 24px; align-items: start; justify-content: start; margin: 20px 0; overflow-x: auto }
.loose { grid-column: 1 / -1; display: flex; flex-wrap: wrap; gap: 20px 24px; align-items: start }
.block { max-width: 100%; overflow-x: auto; padding: 1px }
.told { color: var(--second); font-size: 14px; align-self: center; list-style: none; margin: 0; padding: 0 }
.loose .told { flex-basis: 100% }
table { border-collapse: collapse; font: 15px/1 ui-monospace, "DejaVu Sans Mono", monospace;
  font-variant-numeric: tabular-nums }
caption { text-align: left; font: 600 15px/1.3 system-ui, sans-serif; padding-bottom: 4px; white-space: nowrap }
caption .step { font-weight: 400; color: var(--second); font-size: 13px }
td { position: relative; border: 1px solid var(--ink); min-width: 36px; height: 32px; padding: 3px 8px 3px 11px;
  text-align: center; white-space: nowrap }
td.cut { border-left-width: 4px; border-left-style: double }
td.under { border-top-width: 4px; border-top-style: double } td.one { border: 1px dotted var(--line);
  color: var(--second) }
td.blank { outline: 2px solid var(--ink); outline-offset: -2px; font-weight: 700 }
th { font: 13px/1 system-ui, sans-serif; color: var(--second); padding: 0 0 3px } th.vh { width: 0; padding: 0 }
input { width: 52px; height: 26px; border: 0; background: var(--panel); color: var(--ink); font: inherit;
  text-align: center }
input:focus-visible, .block:focus-visible,
.board:focus-visible { outline: 3px solid var(--accent); outline-offset: 1px }
s { color: var(--second); margin-right: 4px; text-decoration-thickness: 2px }
td[class*="r"]::before, td[class*="c"]::after { content: ""; position: absolute; print-color-adjust: exact }
td[class*="r"]::before { left: 0; top: 0; bottom: 0; width: 7px } td[class*="c"]::after { left: 0; right: 0; top: 0;
  height: 5px }
ol.steps { padding-left: 28px } ol.steps li { margin-bottom: 8px } ol.steps pre { margin: 4px 0 0; font: 13px/1.45
  ui-monospace, "DejaVu Sans Mono", monospace; white-space: pre-wrap; overflow-wrap: anywhere }
dl { display: grid; grid-template-columns: max-content 1fr; gap: 2px 16px; font-size: 14px } dt { font-weight: 600 }
dd { margin: 0 } .small { color: var(--second); font-size: 14px } .net { max-width: 100%; height: auto }
.net line { stroke-width: 1.6 } .net circle { stroke: var(--ink); fill: var(--paper) } .net text { fill: var(--ink) }
.net .plain { stroke: var(--line) }
.vh { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); white-space: nowrap }
@media screen and (max-width: 760px) {
  .board { display: flex; flex-direction: column; align-items: flex-start; gap: 14px }
  .loose, .block, .told { max-width: 100% } .told { align-self: flex-start }
  dl { grid-template-columns: 1fr } dd { margin-bottom: 6px } }
@media print { body { padding: 0; font-size: 10.5pt; max-width: none } .block, li, .told { break-inside: avoid }
  h2 { break-after: avoid; margin-top: 20px } .board { overflow: visible }
  .told { min-width: 210px } .block { max-width: none; overflow: visible }
  input { border: 0; background: none }
  dl { grid-template-columns: max-content 1fr max-content 1fr; font-size: 9pt } }
@media (forced-colors: active) { td { border-color: CanvasText } }
"""


def style(slots: int, bands: int, marks: set[int], wire: int, flipped: bool = False, zoom: float = 1.0) -> str:
    """The rules for a board of so many slots and bands, its marks, and how many pixels the wires' cells take.

    Printed, the page is `flipped` to lie across, and the board smaller by `zoom`, so that rows still meet columns.
    """
    light = "; ".join(f"--k{k}: {ink}; --t{k}: {tint}" for k, (ink, tint) in enumerate(COLOURS))
    dark = "; ".join(f"--k{k}: {ink}; --t{k}: {ink}26" for k, ink in enumerate(DARK))
    rules = [BASE.replace("LIGHT", light).replace("DARK", dark)]
    rules.append(f".board {{ grid-template-columns: repeat({slots}, max-content) minmax(12ch, 1fr) }}")
    rules.append(f".middle td {{ min-width: {wire}px }}")
    rules += [f".s{k} {{ grid-column: {k} }}" for k in range(1, slots + 2)]
    rules += [f".b{k} {{ grid-row: {k} }}" for k in range(1, bands + 1)]
    for k in sorted(marks):
        pattern = BACKGROUNDS[PATTERNS[(k + k // 8) % 8]].format(c=f"var(--k{k % 8})")
        rules.append(f".r{k}::before {{ background: {pattern} }} .c{k}::after {{ background: {pattern} }}")
        rules.append(f".f{k} {{ background-color: var(--t{k % 8}) }}")
    rules.append(f"@page {{ size: A4{' landscape' if flipped else ''}; margin: 12mm }}")
    rules.append(f"@media print {{ .board {{ zoom: {zoom:.2f} }} }}")
    rules += [f".net .l{k} {{ stroke: var(--k{k}) }}" for k in range(8)]
    return "\n".join(rules)
