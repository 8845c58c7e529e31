"""Page: a report as self-contained HTML without scripts: the class on one page, and a page for each student."""

from __future__ import annotations

from html import escape
from statistics import median
from urllib.parse import quote

from workings.exercises.marks import Mark
from workings.exercises.reports.report import ClassReport, HandIn
from workings.exercises.reports.wording import SIGNS, TELLS, points, quiet, together

STYLE = """
:root { color-scheme: light dark; --ink: #1b1f24; --second: #57606a; --line: #818b98; --paper: #fff;
  --panel: #f6f7f9; --accent: #005ab5; --good: #1a7f37; --bad: #b42318; --half: #8a5a00 }
@media (prefers-color-scheme: dark) { :root { --ink: #e6e8eb; --second: #a5adb8; --line: #6e7885; --paper: #16191d;
  --panel: #1e2126; --accent: #6cb4ff; --good: #57c274; --bad: #ff8a80; --half: #e0b050 } }
* { box-sizing: border-box }
body { margin: 0 auto; max-width: 1000px; padding: 24px 20px 48px; background: var(--paper); color: var(--ink);
  font: 16px/1.5 system-ui, sans-serif; overflow-wrap: anywhere }
h1 { font-size: 24px; line-height: 1.25; margin: 0 0 4px } h2 { font-size: 18px; margin: 28px 0 8px }
p { max-width: 75ch; margin: 0 0 8px } a { color: var(--accent) } .second { color: var(--second) }
.score { font-size: 20px; font-weight: 600 } .wide { overflow-x: auto }
table { border-collapse: collapse; width: 100%; font-variant-numeric: tabular-nums }
th, td { text-align: left; vertical-align: top; padding: 5px 10px 5px 0; border-bottom: 1px solid var(--line) }
th { font-size: 14px; color: var(--second); font-weight: 600 } td.n, th.n { text-align: right; white-space: nowrap }
code, .cell { font: 14px/1.4 ui-monospace, "DejaVu Sans Mono", monospace } .cell { white-space: nowrap }
.good { color: var(--good) } .bad { color: var(--bad) } .half { color: var(--half) } .sign { font-weight: 700 }
.lines { display: grid; grid-template-columns: max-content 1fr; gap: 0 10px; margin: 4px 0 0 }
.lines dt { color: var(--second); font-size: 14px } .lines dd { margin: 0 }
meter { width: 110px; height: 14px } .note { background: var(--panel); padding: 8px 12px; border-left: 4px solid
  var(--half) }
@page { size: A4; margin: 14mm }
@media print { body { padding: 0; max-width: none; font-size: 10.5pt } tr { break-inside: avoid } h2 { break-after:
  avoid } }
"""
WIDE = '<div class="wide" tabindex="0"><table>'  # what is too wide can be scrolled with the keys


def _document(title: str, body: list[str]) -> str:
    head = [
        '<!doctype html>\n<html lang="en">\n<head>\n<meta charset="utf-8">',
        '<meta name="viewport" content="width=device-width, initial-scale=1">',
        '<meta name="generator" content="Workings">',
        f"<title>{escape(title)}</title>\n<style>{STYLE}</style>\n</head>\n<body>\n<main>",
    ]
    return "\n".join([*head, *body, "</main>\n</body>\n</html>\n"])


# ------------------------------------------------------------------ the class


def overview(report: ClassReport) -> str:
    """The page of the class: who has what, the commonest mistakes, and how hard each question was."""
    shares = [each.share or 0.0 for each in report.marked]
    told = f"{len(report.marked)} of {len(report)} marked"
    if shares:
        told += f"; on average {100 * report.mean:.0f} % of the points, median {100 * median(shares):.0f} %"
    body = [f"<h1>{escape(report.title)}</h1>", f'<p class="score">{told}</p>']
    body += [*_mistakes(report), *_students(report), *_questions(report)]
    if report.lost:
        files = "".join(f"<li><code>{escape(file)}</code></li>" for file in report.lost)
        body += ["<h2>Files that belong to nobody</h2>", f"<ul>{files}</ul>"]
    return _document(report.title, body)


def _mistakes(report: ClassReport) -> list[str]:
    if not report.mistakes:
        return []
    rows = []
    for each in report.mistakes:
        who = ", ".join(escape(name) for name in each.students[:8]) + (" …" if len(each.students) > 8 else "")
        told = f'{escape(each.says)}<br><span class="second">to practice: {escape(each.practice)}</span>'
        rows.append(f'<tr><td class="n">{len(each.students)}</td><td class="n">{each.cells}</td>')
        rows.append(f"<td>{told}</td><td>{who}</td></tr>")
    heads = '<tr><th class="n" scope="col">Students</th><th class="n" scope="col">Cells</th>'
    heads += '<th scope="col">Mistake</th><th scope="col">Who</th></tr>'
    return ["<h2>Commonest mistakes</h2>", WIDE + heads, *rows, "</table></div>"]


def _questions(report: ClassReport) -> list[str]:
    if not report.questions:
        return []
    rows = []
    for q in report.questions:
        percent = round(100 * q.share)
        rows.append(
            f'<tr><th scope="row" class="cell">{escape(q.cell)}</th>'
            f'<td><meter min="0" max="100" value="{percent}">{percent} %</meter> {percent} %</td>'
            f'<td class="n">{q.right}</td><td class="n">{q.follows}</td>'
            f'<td class="n">{q.wrong}</td><td class="n">{q.blank}</td></tr>'
        )
    heads = "".join(f'<th class="n" scope="col">{t}</th>' for t in ("Right", "Follows", "Not right", "Empty"))
    heads = f'<tr><th scope="col">Cell</th><th scope="col">Right or follows</th>{heads}</tr>'
    return ["<h2>Question by question</h2>", WIDE + heads, *rows, "</table></div>"]


def _students(report: ClassReport) -> list[str]:
    rows = []
    for each in report.hand_ins:
        score, percent = points(each), "" if each.share is None else f"{100 * each.share:.0f} %"
        told = "; ".join(each.told) or (each.marking.practice if each.marking else "")
        link = f'<a href="students/{quote(each.file)}.html">{escape(each.student)}</a>'
        rows.append(f'<tr><th scope="row">{link}</th><td class="n">{escape(score)}</td><td class="n">{percent}</td>')
        rows.append(f"<td>{escape(told)}</td></tr>")
    heads = '<tr><th scope="col">Student</th><th class="n" scope="col">Points</th>'
    heads += '<th class="n" scope="col">Share</th><th scope="col">What to say</th></tr>'
    return ["<h2>Students</h2>", WIDE + heads, *rows, "</table></div>"]


# ------------------------------------------------------------------ one student


def student(report: ClassReport, each: HandIn) -> str:
    """The page of one student: the points, what to practice, and every cell that has something to say."""
    title = each.marking.title if each.marking else report.title
    body = [f"<h1>{escape(each.student)}</h1>", f'<p class="second">{escape(title)}</p>']
    body += [f'<p class="note">{escape(told)}</p>' for told in each.told]
    if each.marking is None:
        return _document(each.student, [*body, f'<p class="score">{escape(each.state.capitalize())}.</p>'])
    body.append(f'<p class="score">{escape(points(each))}</p><p>{escape(each.marking.practice)}</p>')
    told = [mark for mark in each.marking if not quiet(mark)]
    if told:
        heads = '<tr><th scope="col">Cell</th><th scope="col">You wrote</th><th scope="col">What it is</th>'
        rows = [_told(mark) for mark in told]
        table = f'{WIDE}{heads}<th class="n" scope="col">Points</th></tr>'
        body += ["<h2>Cell by cell</h2>", table, *rows, "</table></div>"]
    for verdict, what in (("right", "Right"), ("blank", "Still empty")):
        if cells := together(each.marking, verdict):
            body += [f"<h2>{what}</h2>", f'<p class="second"><code>{escape(", ".join(cells))}</code></p>']
    return _document(f"{each.student}: {title}", body)


def _told(mark: Mark) -> str:
    sign, look = SIGNS[mark.verdict], TELLS[mark.verdict]
    lines = [("yours", line) for line in mark.yours]
    lines += [] if mark.verdict in ("follows", "unreadable") else [("right", mark.working)]
    pairs = "".join(f"<dt>{head}</dt><dd><code>{escape(line)}</code></dd>" for head, line in lines)
    said = f'<span class="sign {look}">{sign}</span> {escape(mark.said)}'
    below = f'<dl class="lines">{pairs}</dl>' if pairs else ""
    return (
        f'<tr><th scope="row" class="cell">{escape(mark.cell)}</th><td><code>{escape(mark.written)}</code></td>'
        f'<td>{said}{below}</td><td class="n">{float(mark.points):g}</td></tr>'
    )
