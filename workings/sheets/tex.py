"""TeX: a sheet as LaTeX, matrix by matrix in the order of working, to be set in a document of one's own."""

from __future__ import annotations

import re

from workings.sheets.latex import symbol
from workings.sheets.sheet import Block, Cell, Sheet

WIDEST = 20  # columns of one matrix


def tex(sheet: Sheet) -> str:
    """The matrices of the sheet as displayed equations; needs amsmath, and cancel for what is crossed out.

    Raises ValueError where a matrix is too wide for a page.
    """
    parts = [rf"\section*{{{text(sheet.title)}}}", text(sheet.lead)]
    for band in sheet.bands:
        blocks = [_block(block, sheet.key) for block in band.slots.values()]
        parts.append("\\[\n" + " \\qquad\n".join(blocks) + "\n\\]")
    if sheet.steps:
        items = "\n".join(rf"\item \textbf{{{text(s.title)}}}: {text(s.what)}" for s in sheet.steps)
        parts.append(f"\\begin{{enumerate}}\n{items}\n\\end{{enumerate}}")
    parts.append(rf"\footnotesize {text('; '.join(sheet.conventions))}.")
    return "\n\n".join(parts) + "\n"


def _block(block: Block, key: bool) -> str:
    if block.width > WIDEST:
        raise ValueError(
            f"{block.title} has {block.width} columns, and a page of LaTeX takes {WIDEST}: take fewer examples, or "
            "open single cells (w['W1'][0, 3])"
        )
    rows = [" & ".join(_cell(cell, key) for cell in row) for row in block.cells]
    left = block.right_of
    bar = f"{'r' * left}|{'r' * (block.width - left)}" if left else "r" * block.width
    names = r" \mid ".join(symbol(name) for name in block.names)
    if block.transposed:
        names = rf"\left[{names}\right]^{{\top}}" if len(block.names) > 1 else rf"{names}^{{\top}}"
    if block.below:
        rows[block.below] = rf"\hline {rows[block.below]}"
    inside = " \\\\\n".join(rows)
    return f"{names} = \\left[\\begin{{array}}{{{bar}}}\n{inside}\n\\end{{array}}\\right]"


def _cell(cell: Cell, key: bool) -> str:
    if cell.blank and not key:
        return r"\underline{\hspace{1.5em}}"
    number = re.sub(r"^(-?)(\d+)/(\d+)$", r"\1\\frac{\2}{\3}", cell.text)
    number = re.sub(r"e([+-]\d+)$", lambda x: rf" \times 10^{{{int(x[1])}}}", number)
    return (rf"\cancel{{{cell.struck}}}\," if cell.struck else "") + number


def text(words: str) -> str:
    r"""Words with everything that LaTeX would act on made harmless.

    >>> print(text("50 % of a_1 & \\input{x}"))
    50 \% of a\_1 \& \textbackslash{}input\{x\}
    """
    signs = {"\\": r"\textbackslash{}", "^": r"\textasciicircum{}", "~": r"\textasciitilde{}"}
    signs |= {sign: "\\" + sign for sign in "&%$#_{}"}
    return "".join(signs.get(letter, letter) for letter in words)
