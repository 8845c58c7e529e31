"""HTML: an answer as part of a page.  Everything said comes from the same plain data as the text, escaped."""

from __future__ import annotations

import re
from html import escape

from workings.report.answer import Answer, Bend, Sum, Term, lowest
from workings.report.text import amount, heading, leads, number, percent


def typeset(text: str) -> str:
    """With true minus and times signs and raised powers of ten, escaped."""
    told = escape(text.replace("-", "−").replace(" x ", " × "))
    return re.sub(r"(?<=\d)e([−+]?)(\d+)", lambda e: f" × 10<sup>{e[1].strip('+')}{e[2]}</sup>", told)


def shown(share: float) -> str:
    """A share that does not break before its sign."""
    return escape(percent(share).replace(" %", "\u00a0%"))


def seen(answer: Answer) -> str:
    """What was looked at, and the shares of all classes."""
    left = f"<div>{drawing(answer)}</div>" if answer.picture else ""
    return f'<div class="card seen">{left}<div>{verdict(answer)}{shares(answer)}</div></div>'


def verdict(answer: Answer) -> str:
    """What the network says, and whether it is right."""
    if answer.number:
        right = "" if answer.right is None else f" Right is {typeset(amount(answer.right))}."
        return f"<h3>The network says {typeset(amount(answer.said))}.{right}</h3>"
    judged = ""
    if answer.right is not None:
        agrees = answer.right == answer.said
        word = "That is right." if agrees else f"It is {answer.right}."
        judged = f' <span class="{"right" if agrees else "wrong"}">{escape(word)}</span>'
    sure = shown(answer.share or 0)
    return f"<h3>The network says “{escape(str(answer.said))}”, with a share of {sure}.{judged}</h3>"


def shares(answer: Answer) -> str:
    """A row for each class, the likeliest first."""
    rows = []
    for share in sorted(answer.shares, key=lambda s: -s.share)[:10]:
        bar = f'<rect class="bar-plus" width="{max(share.share, 0.004):.4f}" height="1"/>'
        led = ' class="led"' if share.label == answer.said else ""
        rows.append(
            f'<tr{led}><td>{escape(str(share.label))}</td><td class="n">{shown(share.share)}</td>'
            f'<td class="bar"><svg viewBox="0 0 1 1" preserveAspectRatio="none" aria-hidden="true">{bar}</svg></td>'
            "</tr>"
        )
    return f'<table class="shares">{"".join(rows)}</table>' if rows else ""


def drawing(answer: Answer) -> str:
    """The picture, its rows and columns counted, the strongest pixels of the explanation framed."""
    assert answer.picture
    high, wide = len(answer.picture), len(answer.picture[0])
    some, size = (1, 1.0) if high <= 12 else (high // 7, high / 9)  # label every so many, so large
    ink = [
        f'<rect class="ink" x="{c}" y="{r}" width="1" height="1" fill-opacity="{v:.3f}"/>'
        for r, row in enumerate(answer.picture)
        for c, v in enumerate(row)
        if v > 0
    ]
    labels = [
        f'<text class="label" x="{k + 0.5}" y="{-0.25 * size}" font-size="{0.42 * size}">{k + 1}</text>'
        f'<text class="label" x="{-0.45 * size}" y="{k + 0.5 + 0.15 * size}" font-size="{0.42 * size}">{k + 1}</text>'
        for k in range(0, wide, some)
    ]
    framed = []
    for term in answer.seen:
        r, c = divmod(term.index, wide)
        sign = "plus" if term.value >= 0 else "minus"
        framed.append(
            f'<rect class="{sign}" x="{c + 0.06}" y="{r + 0.06}" width=".88" height=".88" '
            f'stroke-width="{0.1 * size:.2f}"/>'
        )
    frame = f'<rect class="frame" width="{wide}" height="{high}" stroke-width=".04"/>'
    inside = "".join([*ink, frame, *framed, *labels])
    return (
        f'<svg viewBox="{-size} {-size} {wide + 1.2 * size} {high + 1.2 * size}" role="img" '
        f'aria-label="The picture, {high} by {wide} pixels">{inside}</svg>'
        '<p class="small">Framed: the pixels that count most below; blue adds, orange and dashed takes away.</p>'
    )


def steps(answer: Answer) -> str:
    """The way down, a card for each step."""
    cards = [_bend(answer, step) if isinstance(step, Bend) else _sum(answer, step) for step in answer.steps]
    if answer.prepared:
        lines = "".join(f'<p class="line n">{typeset(line)}</p>' for line in answer.prepared)
        cards.append(f'<div class="card step"><h3>Where these features came from</h3>{lines}</div>')
    return "".join(cards)


def _bend(answer: Answer, step: Bend) -> str:
    first, *others = (line.strip() for line in step.lines)
    told = [first.removeprefix(step.cell).strip(), *others]
    lines = "".join(f'<p class="line n">{typeset(line)}</p>' for line in told)
    return f'<div class="card step"><h3>{_title(answer, step)}</h3>{lines}</div>'


def _title(answer: Answer, step: Sum | Bend) -> str:
    said = heading(answer, step)
    return f"<code>{escape(step.cell)}</code> · {typeset(said[0].upper() + said[1:])}"


def _sum(answer: Answer, step: Sum) -> str:
    bottom = step is lowest(answer.steps)
    others = step.count - len(step.terms)
    biggest = max(abs(v) for v in [*(t.value for t in step.terms), step.rest, (step.bias or ("", 0.0))[1]]) or 1.0
    rows = [_term(answer, term, bottom, biggest, term.weight == step.follows.weight) for term in step.terms]
    if others:
        rows.append(_other(f"{others} smaller together", step.rest, biggest))
    if step.bias:
        rows.append(_other(step.bias[0], step.bias[1], biggest))
    rows.append(
        f'<tr class="total"><td class="name n">{escape(step.cell)}</td><td class="none"></td><td class="none"></td>'
        f'<td class="n product">~ {typeset(number(step.total))}</td><td class="none"></td></tr>'
    )
    return (
        f'<div class="card step"><h3>{_title(answer, step)}</h3><table class="sum">{"".join(rows)}</table>'
        f'<p class="then">{typeset(leads(answer, step))}</p></div>'
    )


def _term(answer: Answer, term: Term, bottom: bool, biggest: float, led: bool) -> str:
    place = answer.place(term) if bottom else ""
    mark = ' class="term led"' if led else ' class="term"'
    blank = " none" if not place else ""
    return (
        f'<tr{mark}><td class="name n">{escape(term.weight)} × {escape(term.input)}</td>'
        f'<td class="place{blank}">{escape(place)}</td>'
        f'<td class="n calc">{typeset(number(term.w))} × {_bracketed(term.a)} =</td>'
        f'<td class="n product">{typeset(number(term.value))}</td>'
        f'<td class="bar">{_bar(term.value / biggest)}</td></tr>'
    )


def _bracketed(a: float) -> str:
    said = typeset(number(a))
    return f"({said})" if a < 0 else said


def _other(name: str, value: float, biggest: float) -> str:
    return (
        f'<tr><td class="name n">{escape(name)}</td><td class="none"></td><td class="none"></td>'
        f'<td class="n product">{typeset(number(value))}</td><td class="bar">{_bar(value / biggest)}</td></tr>'
    )


def _bar(share: float) -> str:
    """A bar from the middle: to the right where it adds, to the left where it takes away."""
    wide = abs(share)
    sign, start = ("plus", 0.0) if share >= 0 else ("minus", -wide)
    return (
        '<svg viewBox="-1 0 2 1" preserveAspectRatio="none" aria-hidden="true">'
        f'<rect class="bar-{sign}" x="{start:.4f}" y=".1" width="{wide:.4f}" height=".8"/>'
        '<line class="axis" x1="0" x2="0" y1="0" y2="1" stroke-width=".012"/></svg>'
    )
