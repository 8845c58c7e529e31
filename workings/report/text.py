"""Text: an answer told in a terminal, in plain ASCII, at most 79 letters wide.  `~` marks a rounded number."""

from __future__ import annotations

import textwrap
from collections.abc import Iterable, Sequence

from workings.ink.rounding import cut
from workings.report.answer import Answer, Bend, Sum, Term, lowest

WIDTH = 79
RAMP = " .:-=+*#%@"
DIGITS = 4
_WAY_IN = {"batchnorm": "how it was scaled"}


def told(answer: Answer) -> str:
    """The whole answer: the picture, what was said, and every step of the way down."""
    blocks = [drawing(answer), said(answer)]
    for step in answer.steps:
        blocks.append(_bend(answer, step) if isinstance(step, Bend) else _sum(answer, step))
    if answer.prepared:
        blocks.append("Where these features came from:\n" + "\n".join(map(_folded, answer.prepared)))
    return "\n\n".join(block for block in blocks if block)


def drawing(answer: Answer) -> str:
    """The picture in characters, its rows and columns counted from 1."""
    if not answer.picture:
        return ""
    wide = len(answer.picture[0])
    lines = ["     " + "".join(f"{k % 10} " if wide > 9 else f"{k} " for k in range(1, wide + 1)).rstrip()]
    for k, row in enumerate(answer.picture, 1):
        lines.append(f"  {k:>2} {ink(row)}".rstrip())
    return "\n".join(lines)


def ink(row: Iterable[float]) -> str:
    """One row of a picture, from 0 (paper) to 1 (ink), two characters a pixel."""
    return "".join(RAMP[min(len(RAMP) - 1, round(v * (len(RAMP) - 1)))] * 2 for v in row)


def said(answer: Answer) -> str:
    """What the network says, how sure it is, and whether it is right."""
    if answer.number:
        end = f"; right is {amount(answer.right)}" if answer.right is not None else ""
        return f"The network says {amount(answer.said)}{end}."
    sure = f" with a share of {percent(answer.share or 0)}"
    judged = (
        ""
        if answer.right is None
        else "  That is right."
        if answer.right == answer.said
        else f"  It is {answer.right}."
    )
    lines = [_folded(f'The network says "{answer.said}",{sure}.{judged}')]
    best = sorted(answer.shares, key=lambda s: -s.share)[:3]
    lines += [f"  {s.label!s:>12.12} {percent(s.share):>9}  {'#' * round(40 * s.share)}".rstrip() for s in best]
    return "\n".join(lines)


def heading(answer: Answer, step: Sum | Bend) -> str:
    """A step in words."""
    sums = [k for k, other in enumerate(answer.steps) if isinstance(other, Sum)]
    here = next(k for k, other in enumerate(answer.steps) if other is step)
    if isinstance(step, Bend) and here > sums[-1]:  # below the last sum: a feature on its way in
        return f"{answer.place(lowest(answer.steps).follows)}: {_WAY_IN.get(step.kind, step.kind)}"
    what = _output(answer) if here <= sums[0] else f"hidden neuron {step.unit + 1}"
    if isinstance(step, Bend):
        if step.kind == "batchnorm":
            return f"{what}: its sum, scaled (batch norm)"
        if step.kind == "dropout":
            return f"{what}: nothing is dropped when a network answers"
        if step.kind == "softmax":
            return f"{what}: its share of the sum of all (softmax)"
        return f"{what}: {step.kind} of its sum"
    return f"{what}: the sum of {step.count:,} product{'s' * (step.count != 1)} and a bias"


def leads(answer: Answer, step: Sum) -> str:
    """What is followed from a sum: its largest term in the direction of the total."""
    if step is lowest(answer.steps):
        place = f"{'the pixel in ' if answer.picture else ''}{answer.place(step.follows)}"
        return f"Spoke most for this result: {place}{'' if step is answer.steps[-1] else ', opened next'}."
    return f"Spoke most for this result: {step.follows.input}, hidden neuron {step.follows.index + 1}, opened next."


def row(answer: Answer, term: Term, bottom: bool) -> tuple[str, str, str, str, str]:
    """One term as cells of a table: names, place, weight, input, product."""
    place = answer.place(term) if bottom else ""
    return f"{term.weight} x {term.input}", place, number(term.w), number(term.a), number(term.value)


def number(value: float) -> str:
    """A number cut for the eye."""
    return cut(float(value), DIGITS).text


def amount(value: float) -> str:
    """A measured quantity in its own units: 57,980 and 3.142.

    >>> amount(57980.4), amount(3.14159)
    ('57,980', '3.142')
    """
    return f"{value:,.0f}" if 1000 <= abs(value) < 1e15 else f"{value:.4g}"


def percent(share: float) -> str:
    """A share for the eye; never 100 % for what is not all."""
    shown = f"{100 * share:.2f} %"
    return "> 99.99 %" if shown == "100.00 %" and share < 1 else "< 0.01 %" if shown == "0.00 %" and share else shown


def _output(answer: Answer) -> str:
    if answer.number:
        return "the output"
    label = answer.shares[1].label if len(answer.shares) == 2 and _one_output(answer) else answer.said
    return f'the output for "{label}"'


def _one_output(answer: Answer) -> bool:
    return isinstance(answer.steps[0], Bend) and answer.steps[0].kind == "sigmoid"


def _bend(answer: Answer, step: Bend) -> str:
    indent = " " * (len(step.cell) + 3)
    lines = [textwrap.fill(line, WIDTH, subsequent_indent=indent, break_long_words=False) for line in step.lines]
    return "\n".join([heading(answer, step), *(f"  {part}" for line in lines for part in line.splitlines())])


def _sum(answer: Answer, step: Sum) -> str:
    bottom = step is lowest(answer.steps)
    rows = [row(answer, term, bottom) for term in step.terms]
    if others := step.count - len(step.terms):
        rows.append((f"({others} smaller)", "", "", "", number(step.rest)))
    if step.bias:
        rows.append((step.bias[0], "", "", "", number(step.bias[1])))
    rows.append((step.cell, "", "", "", number(step.total)))
    rows = list(zip(*(r if k < 2 else pointed(r) for k, r in enumerate(zip(*rows, strict=True))), strict=True))
    wide = [max(map(len, column)) for column in zip(*rows, strict=True)]
    lines = []
    for names, place, w, a, product in rows:
        middle = f"{w} x {a} = " if w.strip() else " " * (wide[2] + wide[3] + 6)
        spot = f"{place:{wide[1]}}  " if wide[1] else ""
        lines.append(f"  {names:{wide[0]}}  {spot}{middle}{product}")
    lines[-1] = lines[-1][: -wide[4] - 2] + "~ " + lines[-1][-wide[4] :]
    lines.insert(-1, "  " + "-" * (max(map(len, lines)) - 2))
    return "\n".join([heading(answer, step), *(line.rstrip() for line in lines), "  " + leads(answer, step)])


def pointed(numbers: Sequence[str]) -> list[str]:
    """Numbers of one column, their decimal points below each other."""
    whole = [text.partition(".")[0] for text in numbers]
    left = max(map(len, whole))
    shifted = [" " * (left - len(w)) + text for w, text in zip(whole, numbers, strict=True)]
    wide = max(map(len, shifted))
    return [text.ljust(wide) for text in shifted]


def _folded(line: str) -> str:
    return textwrap.fill(line, WIDTH, subsequent_indent="  ", break_long_words=False, break_on_hyphens=False)
