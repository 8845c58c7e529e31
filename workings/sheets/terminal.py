"""Terminal: a derivation in colour, for Rich."""

from __future__ import annotations

from rich.console import Group
from rich.panel import Panel
from rich.text import Text

from workings.explain.derivation import Derivation
from workings.ink.notation import Notation, Written
from workings.ink.number import Name
from workings.sheets.derivation import Listed, page

TRUE_SIGNS = {"*": " · ", "-": " − ", ">=": " ≥ ", "<=": " ≤ ", "!=": " ≠ ", "==": " = "}


class Unicode(Notation):
    """Plain text with true signs."""

    minus = "−"
    signs = Notation.signs | TRUE_SIGNS

    def name(self, name: Name, base: int) -> Written:
        cell = ",".join(str(i + base) for i in name.cell)
        return Written(name.array + (f"[{cell}]" if cell else ""))

    def number(self, text: str) -> Written:
        text, tight = super().number(text)
        return Written(text.replace("-", "−"), tight)

    def rest(self, count: int, value: str | None) -> str:
        return f"(… {count} smaller)" if value is None else f"({count} smaller: {value})"


def terminal(d: Derivation, full: bool = False) -> Panel:
    """A panel with the lines, what made the number and what it leads to."""
    made = page(d, Unicode(), full)
    told = Text()
    for i, line in enumerate(made.lines):
        told.append(made.name if not i else " " * len(made.name), style="bold cyan")
        told.append(" ≈ " if line.rounded else " = ", style="dim")
        told.append(line.text + "\n" * (i < len(made.lines) - 1), style="bold" if i == len(made.lines) - 1 else "")
    parts = [told]
    if made.because:
        parts.append(Text(f"\n{made.because}", style="italic"))
    parts += [_listed("made from", made.made_from), _listed("leads to", made.leads_to)]
    return Panel(Group(*[part for part in parts if part], Text("\n" + " ".join(made.notes), style="dim")))


def _listed(title: str, each: list[Listed]) -> Text:
    told = Text()
    for x in each:
        if not x.array:
            told.append(f"\nand {x.many} more arrays", style="dim")
            continue
        told.append(f"\n{title} ", style="dim")
        told.append(", ".join(name for name, _ in x.first), style="cyan")
        if x.many > len(x.first):
            told.append(f" and {x.many - len(x.first)} more", style="dim")
    return told
