"""Text: a derivation in plain ASCII, for terminals and files.  `~` stands before a line with a rounded number."""

from __future__ import annotations

from workings.explain.derivation import Derivation
from workings.ink.notation import ascii_name
from workings.ink.text import PLAIN
from workings.sheets.derivation import Line, Listed, called, lines, page


def text(d: Derivation, full: bool = False, whole_page: bool = False) -> str:
    """Name = symbols = numbers = result, one below the other, and with `whole_page` what stands around them."""
    name = called(d.name, d, PLAIN)
    told = f"{name} " + f"\n{' ' * len(name)} ".join(_signed(line) for line in lines(d, PLAIN, full))
    if not whole_page:
        return told
    made = page(d, PLAIN, full)
    parts = [told, made.because, _listed("made from", made.made_from), _listed("leads to", made.leads_to)]
    return "\n\n".join([part for part in parts if part] + ["\n".join(made.notes)])


def _signed(line: Line) -> str:
    return f"{'~' if line.rounded else '='} {line.text}"


def _listed(title: str, each: list[Listed]) -> str:
    if not each:
        return ""
    rows = []
    for x in each:
        if not x.array:
            rows.append(f"  and {x.many} more arrays")
            continue
        cells = ", ".join(f"{name} {_signed(value)}" for name, value in x.first)
        more = f", and {x.many - len(x.first)} more" if x.many > len(x.first) else ""
        rows.append(f"  {ascii_name(x.array)}: {cells}{more}")
    return "\n".join([title, *rows])
