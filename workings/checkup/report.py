"""Report: what a check-up found, and what it looked at and found well.  Printed as text, in colour, or as a page."""

from __future__ import annotations

import math
import textwrap
from collections.abc import Iterator
from dataclasses import dataclass
from html import escape
from typing import Any

from workings.checkup.finding import Evidence, Finding, Tried, several
from workings.ink.rounding import cut

WIDTH = 79
DIGITS = 4
SHOWN = 8  # rows of a table; all of them are in the data


@dataclass(frozen=True)
class Report:
    """`findings`, the gravest cause first, and `healthy`: pairs of what was looked at and a sentence on it."""

    subject: str
    findings: tuple[Finding, ...]
    healthy: tuple[tuple[str, str], ...]

    def __bool__(self) -> bool:
        """Whether anything was found."""
        return bool(self.findings)

    def __len__(self) -> int:
        return len(self.findings)

    def __iter__(self) -> Iterator[Finding]:
        return iter(self.findings)

    @property
    def kinds(self) -> list[str]:
        """The kinds of the findings, each once."""
        return list(dict.fromkeys(finding.kind for finding in self.findings))

    def to_json(self) -> dict[str, Any]:
        """All of it as plain data."""
        return {
            "subject": self.subject,
            "findings": [finding.to_json() for finding in self.findings],
            "healthy": [{"looked_at": title, "said": said} for title, said in self.healthy],
        }

    def __str__(self) -> str:
        return "\n".join(line for line, _ in self.lines())

    __repr__ = __str__

    def lines(self) -> Iterator[tuple[str, str]]:
        """The lines of the text, each with its role: "title", "finding", "text", "table", "cure", "healthy"."""
        count = several(len(self.findings), "finding") if self.findings else "nothing found"
        yield from _folded(f"Check-up of {self.subject}: {count}", "title")
        for k, finding in enumerate(self.findings, 1):
            yield "", "text"
            yield f"{k}. {finding.kind}" + (f": {_where(finding)}" if finding.where else ""), "finding"
            yield from _folded(finding.evidence.said, "text", 3)
            yield from ((line, "table") for line in table(finding.evidence))
            yield from _folded(f"Why: {finding.reason}", "text", 3)
            if finding.cure:
                yield f"   Cure: {finding.cure}", "cure"
            if finding.tried:
                yield from _folded(f"Tried: {finding.tried.how}; {verdict(finding.tried)}", "text", 3)
                yield from ((line, "table") for line in table(trial(finding.tried)))
        if self.healthy:
            yield "", "text"
            yield ("Looked at besides, and found well:" if self.findings else "Looked at, and found well:"), "title"
            for title, said in self.healthy:
                yield from _folded(f"- {title}: {said}", "healthy", 2, 4)

    def __rich__(self) -> Any:
        from rich.text import Text

        styles = {"title": "bold", "finding": "bold red", "cure": "green", "healthy": "dim", "table": "cyan"}
        told = Text()
        for line, role in self.lines():
            told.append(line + "\n", style=styles.get(role, ""))
        return told

    def _repr_html_(self) -> str:
        found = "".join(map(_html, self.findings))
        well = "".join(f"<li><b>{escape(title)}</b>: {escape(said)}</li>" for title, said in self.healthy)
        count = several(len(self.findings), "finding") if self.findings else "nothing found"
        head = f"<p><b>Check-up of {escape(self.subject)}: {count}</b></p>"
        return f"<div>{head}<ol>{found}</ol><p>Looked at, and found well:</p><ul>{well}</ul></div>"


def table(evidence: Evidence, indent: int = 5, most: int = SHOWN) -> list[str]:
    """The rows of evidence below their head."""
    if not evidence.rows:
        return []
    cells = [evidence.head, *([number(x) for x in row] for row in evidence.rows[:most])]
    columns = list(zip(*cells, strict=True))
    shown = []
    for k, column in enumerate(columns):
        wide = max(map(len, column))
        right = k and any(not isinstance(row[k], str) for row in evidence.rows)
        shown.append([c.rjust(wide) if right else c.ljust(wide) for c in column])
    lines = [" " * indent + "  ".join(row).rstrip() for row in zip(*shown, strict=True)]
    if (more := len(evidence.rows) - most) > 0:
        lines.append(f"{' ' * indent}(and {more:,} more)")
    return lines


def trial(tried: Tried) -> Evidence:
    """What happened in a trial, as a table."""
    before = any(row[1] is not None for row in tried.rows)
    head = (tried.measure, "before", "after") if before else (tried.measure, "")
    return Evidence("", head, tried.rows if before else tuple((row[0], row[2]) for row in tried.rows))


def verdict(tried: Tried) -> str:
    """In a word."""
    words = {True: "it helped", False: "it did not help", None: "the second figure is the one that counts"}
    return words[tried.helped]


def number(x: Any) -> str:
    """A cell of a table; what is not there stands as a dash."""
    if x is None:
        return "-"
    if isinstance(x, bool | str):
        return str(x)
    if isinstance(x, int):
        return f"{x:,}"
    return cut(float(x), DIGITS).text if math.isfinite(x) else str(float(x))


def _where(finding: Finding) -> str:
    more = len(finding.where) - 3
    return ", ".join(finding.where[:3]) + (f" and {more:,} more" if more > 0 else "")


def _folded(text: str, role: str, indent: int = 0, then: int | None = None) -> Iterator[tuple[str, str]]:
    first, rest = " " * indent, " " * (indent if then is None else then)
    for line in textwrap.wrap(
        text, WIDTH, initial_indent=first, subsequent_indent=rest, break_long_words=False, break_on_hyphens=False
    ):
        yield line, role


def _html(finding: Finding) -> str:
    where = f": {escape(_where(finding))}" if finding.where else ""
    parts = [f"<b>{escape(finding.kind)}</b>{where}<p>{escape(finding.evidence.said)}</p>", _grid(finding.evidence)]
    parts.append(f"<p>{escape(finding.reason)}</p>")
    if finding.cure:
        parts.append(f"<pre><code>{escape(finding.cure)}</code></pre>")
    if finding.tried:
        parts += [f"<p>Tried: {escape(finding.tried.how)}; {verdict(finding.tried)}</p>", _grid(trial(finding.tried))]
    return f"<li>{''.join(parts)}</li>"


def _grid(evidence: Evidence) -> str:
    if not evidence.rows:
        return ""
    head = "".join(f"<th>{escape(word)}</th>" for word in evidence.head)
    body = "".join(
        "<tr>" + "".join(f"<td>{escape(number(x))}</td>" for x in row) + "</tr>" for row in evidence.rows[:SHOWN]
    )
    return f'<table style="border-spacing:1em 0"><tr>{head}</tr>{body}</table>'
