"""MathML: a derivation as a `<math>` element, which every current browser draws without help."""

from __future__ import annotations

from html import escape
from typing import ClassVar

from workings.explain.derivation import Derivation
from workings.ink.notation import COMPARISONS, TABLE, TIGHT, Notation, Written
from workings.ink.number import Name
from workings.sheets.derivation import page
from workings.sheets.symbols import parted

SIGNS = {"-": "−", "*": "⋅", "@": "", ">=": "≥", "<=": "≤", "==": "=", "!=": "≠"}

LEFT, RIGHT = "<mtd style='text-align:left'>", "<mtd style='text-align:right'>"


def mo(sign: str) -> str:
    """A sign."""
    return f"<mo>{escape(sign)}</mo>" if sign else "<mspace width='0.2em'/>"


def row(inside: str) -> str:
    """Several things as one."""
    return f"<mrow>{inside}</mrow>"


class MathML(Notation):
    """Elements instead of signs."""

    minus = "<mo form='prefix'>−</mo>"
    signs: ClassVar[dict[str, str]] = {op: mo(SIGNS.get(op, op)) for op in ("+", "-", "*", "@", *COMPARISONS)}

    def name(self, name: Name, base: int) -> Written:
        cell = ",".join(str(i + base) for i in name.cell)
        return Written(letters(name.array, cell))

    def number(self, text: str) -> Written:
        sign, digits = (self.minus, text[1:]) if text[0] == "-" else ("", text)
        tight = TABLE["neg"].own if sign else TIGHT
        if "/" in digits:
            top, bottom = digits.split("/")
            return Written(f"{sign}<mfrac><mn>{top}</mn><mn>{bottom}</mn></mfrac>", tight)
        if "e" in digits and digits[0].isdigit():
            mantissa, exponent = digits.split("e")
            power = f"<msup><mn>10</mn>{row(self.number(str(int(exponent))).text)}</msup>"
            told = f"{sign}<mn>{mantissa}</mn>{mo('×')}{power}"
            return Written(told, TABLE["neg"].own if sign else TABLE["*"].own)
        digits = {"inf": "∞"}.get(digits, digits)
        return Written(f"{sign}<mn>{escape(digits)}</mn>", tight)

    def brackets(self, text: str) -> str:
        return row(f"{mo('(')}{text}{mo(')')}")

    def over(self, above: Written, below: Written) -> Written:
        return Written(f"<mfrac>{row(above.text)}{row(below.text)}</mfrac>", TABLE["*"].own)

    def power(self, base: Written, exponent: Written) -> Written:
        inside = self.part(base, TABLE["**"].left)
        return Written(f"<msup>{row(inside)}{row(exponent.text)}</msup>", TABLE["**"].own)

    def word(self, text: str) -> str:
        return f"<mtext>{escape(text)}</mtext>"

    def transposed(self, text: str) -> str:
        return f"<msup>{row(text)}<mi mathvariant='normal'>T</mi></msup>"

    def stacked(self, parts: list[str]) -> str:
        rows = "".join(f"<mtr><mtd>{part}</mtd></mtr>" for part in parts)
        return row(f"{mo('[')}<mtable>{rows}</mtable>{mo(']')}")

    def where(self, condition: str, yes: str, no: str) -> str:
        told = [(yes, f"<mtext>if&#160;</mtext>{condition}"), (no, "<mtext>else</mtext>")]
        rows = "".join(f"<mtr>{LEFT}{what}</mtd>{LEFT}{when}</mtd></mtr>" for what, when in told)
        return row(f"{mo('{')}<mtable>{rows}</mtable>")

    def rest(self, count: int, value: str | None) -> str:
        told = f"<mtext>{count} smaller{':' if value else ''}</mtext>"
        return self.brackets(f"{mo('…')}{told}" if value is None else f"{told}<mspace width='0.3em'/>{value}")

    def call(self, function: str, arguments: list[str]) -> Written:
        inside = mo(",").join(arguments)
        if function == "exp":
            return Written(f"<msup><mi>e</mi>{row(inside)}</msup>", TABLE["**"].own)
        if function == "sqrt":
            return Written(f"<msqrt>{inside}</msqrt>")
        if function == "abs":
            return Written(row(f"{mo('|')}{inside}{mo('|')}"))
        return Written(f"<mi>{escape(function)}</mi>{self.brackets(inside)}")

    def over_axes(self, function: str, inside: str, axes: str) -> Written:
        sign = mo("∑") if function == "sum" else f"<mi>{escape(function)}</mi>"
        return Written(row(f"<munder>{sign}<mtext>{escape(axes)}</mtext></munder>{self.brackets(inside)}"))


def letters(array: str, cell: str) -> str:
    """A symbol with its layer and step above and its cell below."""
    found = parted(array)
    if found is None:
        base, above = f"<mtext>{escape(array)}</mtext>", ""
    else:
        d, symbol, below, hat, layer, prime, step, word = found
        base = f"<mi>{escape(symbol)}</mi>" if len(symbol) == 1 else f"<mtext>{escape(symbol)}</mtext>"
        base = f"<mover>{base}{mo('^')}</mover>" if hat else base
        parts = [f"<mi>{escape(below)}</mi>"] * bool(below) + [f"<mtext>{word}</mtext>"] * bool(word)
        lower = mo(",").join(parts)
        base = f"<msub>{base}{row(lower) if len(parts) > 1 else lower}</msub>" if lower else base
        base = row(("<mi>d</mi>" if d else "") + base + mo("′") * len(prime)) if d or prime else base
        above = (f"[{layer}]" if layer else "") + (f"⟨{step}⟩" if step else "")
    lower = f"<mn>{cell}</mn>"
    if above and cell:
        return f"<msubsup>{base}{lower}<mtext>{above}</mtext></msubsup>"
    if above:
        return f"<msup>{base}<mtext>{above}</mtext></msup>"
    return f"<msub>{base}{lower}</msub>" if cell else base


def mathml(d: Derivation, full: bool = False) -> str:
    """One `<math>` with a line for the symbols, the numbers and the result."""
    made = page(d, MathML(), full)
    rows = []
    for i, line in enumerate(made.lines):
        sign = mo("≈" if line.rounded else "=")
        rows.append(f"<mtr>{RIGHT}{made.name if not i else ''}</mtd>{LEFT}{sign}{line.text}</mtd></mtr>")
    table = f"<mtable displaystyle='true'>{''.join(rows)}</mtable>"
    return f"<math xmlns='http://www.w3.org/1998/Math/MathML' display='block'>{table}</math>"
