"""Paper: the page of one student as PDF, drawn by Typst from plain data, so nothing in a name is ever run."""

from __future__ import annotations

import json

from workings.exercises.reports.report import ClassReport, HandIn
from workings.exercises.reports.wording import SIGNS, TELLS, points, quiet, together
from workings.sheets.paper import engine

TEMPLATE = r"""
#let s = json(bytes(sys.inputs.page))
#let grey = rgb("#57606a")
#let looks = (good: rgb("#1a7f37"), bad: rgb("#b42318"), half: rgb("#8a5a00"))
#set document(title: s.name, author: "Workings")
#set page(paper: "a4", margin: (x: 18mm, y: 16mm), footer: context text(8pt, grey)[#s.name #h(1fr)
  #counter(page).display("1 / 1", both: true)])
#set text(font: "Libertinus Serif", size: 10pt, fill: rgb("#1b1f24"))
#let mono(body) = text(font: "DejaVu Sans Mono", size: 7.5pt, body)
#text(16pt, weight: "bold", s.name) #h(1fr) #text(14pt, weight: "bold", s.points)
#v(-0.7em) #line(length: 100%, stroke: 0.6pt) #v(-0.5em)
#text(grey, s.title)

#for told in s.told { block(inset: 5pt, width: 100%, stroke: (left: 2pt + looks.half), told) }
#s.practice
#v(0.4em)
#for m in s.marks {
  block(breakable: false, above: 0.9em, {
    grid(columns: (22mm, 1fr, auto), column-gutter: 3mm,
      text(font: "DejaVu Sans Mono", size: 8.5pt, weight: "bold", m.cell),
      { text(looks.at(m.look), weight: "bold", font: "DejaVu Sans", m.sign); h(1.5mm); m.said }, text(grey, m.points))
    for l in m.lines { block(above: 0.45em, inset: (left: 25mm), par(hanging-indent: 12mm,
      { text(8pt, grey, l.at(0)); h(2mm); mono(l.at(1)) })) }
  })
}
#for (what, cells) in s.rest { if cells.len() > 0 {
  block(above: 1.2em, { text(weight: "bold", what + ": "); mono(cells.join(", ")) }) } }
"""


def student(report: ClassReport, each: HandIn) -> bytes:
    """The page of one student, as PDF; raises ValueError where nothing was marked."""
    if each.marking is None:
        raise ValueError(f"{each.student}: {each.state}")
    marks = []
    for mark in each.marking:
        if not quiet(mark):
            right = [] if mark.verdict in ("follows", "unreadable") else [("right", mark.working)]
            marks.append(
                {
                    "cell": mark.cell,
                    "said": mark.said,
                    "points": f"{float(mark.points):g}",
                    "sign": SIGNS[mark.verdict],
                    "look": TELLS[mark.verdict],
                    "lines": [*(("yours", line) for line in mark.yours), *right],
                }
            )
    told = {
        "name": each.student,
        "title": each.marking.title,
        "points": points(each),
        "told": list(each.told),
        "practice": each.marking.practice,
        "marks": marks,
        "rest": [(what, together(each.marking, v)) for what, v in (("Right", "right"), ("Still empty", "blank"))],
    }
    inputs = {"page": json.dumps(told)}
    return engine().compile(TEMPLATE.encode(), format="pdf", sys_inputs=inputs, ignore_system_fonts=True)
