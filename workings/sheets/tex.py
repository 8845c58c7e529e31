r"""TeX: a sheet as LaTeX, matrix by matrix in the order of working, to be set in a document of one's own.

\documentclass{article} \usepackage{amsmath} \begin{document} \input{sheet} \end{document}
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from workings.sheets.latex import symbol
from workings.sheets.sheet import Block, Cell, Sheet

WIDEST = 20  # columns of one matrix
CROSSED = r"\providecommand{\cancel}[1]{\ooalign{\hfil$#1$\hfil\crcr\hfil$/ $\hfil}}"  # that of cancel, if loaded
SIGNS = {"\\": r"\textbackslash{}", "^": r"\textasciicircum{}", "~": r"\textasciitilde{}", "|": r"\textbar{}"}
SIGNS |= {"<": r"\textless{}", ">": r"\textgreater{}", "≈": r"$\approx$"} | {sign: "\\" + sign for sign in "&%$#_{}"}


def tex(sheet: Sheet) -> str:
    """The matrices of the sheet, its steps and what it declares; the document needs amsmath.

    Raises ValueError where a matrix is too wide for a page.
    """
    parts = [rf"\section*{{{text(sheet.title)}{' (key)' if sheet.key else ''}}}", text(sheet.lead)]
    if any(cell.struck for cell in sheet.cells()):
        parts.insert(0, CROSSED)
    for band in sheet.bands:
        blocks = [_block(block, sheet.key) for block in band.across]
        across = " \\quad\n".join(rf"\({block}\)" for block in blocks)
        parts.append(f"\\begin{{flushleft}}\n{across}\n\\end{{flushleft}}")
    if sheet.steps:
        items = [rf"\item \textbf{{{text(s.title)}}}: {text(s.what)}{_lines(s.lines)}" for s in sheet.steps]
        parts.append(_list("enumerate", items))
    for title, lines in (("Parameters", sheet.tally if sheet.key else ()), ("Notes", sheet.notes)):
        if lines:
            items = [rf"\item {text(line)}" for line in lines]
            parts.append(f"\\paragraph{{{title}}}\n{_list('itemize', items)}")
    declared = "; ".join(line.replace("~", "≈") for line in sheet.conventions)
    parts.append(rf"{{\footnotesize {text(declared)}.\par}}")
    return "\n\n".join(part for part in parts if part) + "\n"


def _list(kind: str, items: list[str]) -> str:
    return f"\\begin{{{kind}}}\n" + "\n".join(items) + f"\n\\end{{{kind}}}"


def _lines(lines: Iterable[str]) -> str:
    """The lines of a step, each on its own."""
    return "".join(f"\\\\\n{{\\footnotesize\\ttfamily {text(line)}}}" for line in lines)


def _block(block: Block, key: bool) -> str:
    if block.width > WIDEST:
        raise ValueError(
            f"{block.title} has {block.width} columns, and a page of LaTeX takes {WIDEST}: take a smaller network or "
            f"fewer examples, or open single cells (w[{block.names[0]!r}][0, 3])"
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
    struck = rf"\cancel{{{cell.struck}}}\," if cell.struck else ""
    return struck + (r"{\approx}" if cell.rounded else "") + number


def text(words: str) -> str:
    r"""Words with everything that LaTeX would act on made harmless.

    >>> print(text("50 % of a_1 & \\input{x}"))
    50 \% of a\_1 \& \textbackslash{}input\{x\}
    """
    return "".join(SIGNS.get(letter, letter) for letter in words)
