"""Typst: a derivation as an equation in Typst's markup."""

from __future__ import annotations

from typing import ClassVar

from workings.explain.derivation import Derivation
from workings.ink.notation import COMPARISONS, TABLE, TIGHT, Notation, Written
from workings.ink.number import Name
from workings.sheets.derivation import page
from workings.sheets.symbols import parted

SIGNS = {"*": "dot.op", "@": "thin", "==": "=", "!=": "!=", ">=": ">=", "<=": "<="}


class Typst(Notation):
    """Typst's own words for signs and functions."""

    signs: ClassVar[dict[str, str]] = {op: f" {SIGNS.get(op, op)} " for op in ("+", "-", "*", "@", *COMPARISONS)}

    def name(self, name: Name, base: int) -> Written:
        cell = ",".join(str(i + base) for i in name.cell)
        return Written(symbol(name.array) + (f"_({cell})" if cell else ""))

    def number(self, text: str) -> Written:
        sign, digits = ("-", text[1:]) if text[0] == "-" else ("", text)
        tight = TABLE["neg"].own if sign else TIGHT
        if "/" in digits:
            top, bottom = digits.split("/")
            return Written(f"{sign}frac({top}, {bottom})", tight)
        if digits[0].isdigit() and "e" in digits:
            mantissa, exponent = digits.split("e")
            told = f"{sign}{mantissa} times 10^({int(exponent)})"
            return Written(told, TABLE["neg"].own if sign else TABLE["*"].own)
        if not digits[0].isdigit():
            digits = "infinity" if digits == "inf" else quoted(digits)
        return Written(sign + digits, tight)

    def brackets(self, text: str) -> str:
        return f"({text})"

    def over(self, above: Written, below: Written) -> Written:
        return Written(f"frac({above.text}, {below.text})", TABLE["*"].own)

    def power(self, base: Written, exponent: Written) -> Written:
        return Written(f"{self.part(base, TABLE['**'].left)}^({exponent.text})", TABLE["**"].own)

    def word(self, text: str) -> str:
        return quoted(text)

    def transposed(self, text: str) -> str:
        return f"{text}^upright(T)"

    def stacked(self, parts: list[str]) -> str:
        return f'mat(delim: "[", {"; ".join(parts)})'

    def where(self, condition: str, yes: str, no: str) -> str:
        return f'cases({yes} & "if" {condition}, {no} & "else")'

    def rest(self, count: int, value: str | None) -> str:
        return f'(dots.h "{count} smaller")' if value is None else f'("{count} smaller:" {value})'

    def call(self, function: str, arguments: list[str]) -> Written:
        inside = ", ".join(arguments)
        if function == "exp":
            return Written(f"e^({inside})", TABLE["**"].own)
        if function in ("sqrt", "abs"):
            return Written(f"{function}({inside})")
        known = function if function in ("log", "tanh", "max") else f"op({quoted(function)})"
        return Written(f"{known}({inside})")

    def over_axes(self, function: str, inside: str, axes: str) -> Written:
        sign = function if function in ("sum", "max") else f"op({quoted(function)}, limits: #true)"
        return Written(f"{sign}_({quoted(axes)})({inside})")


def quoted(text: str) -> str:
    """Text as text, whatever stands in it."""
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'


def symbol(name: str) -> str:
    """W1 is W^([1]); a name that is no symbol stands as text."""
    found = parted(name)
    if found is None:
        return quoted(name)
    letter = found.letter if len(found.letter) == 1 else quoted(found.letter)
    letter = f"hat({letter})" if found.hat else letter
    below = ", ".join(part for part in (found.below, found.word) if part)
    letter = f"{letter}_{quoted(below)}" if below else letter
    letter += "'" * len(found.prime)
    above = (f"[{found.layer}]" if found.layer else "") + (f"⟨{found.step}⟩" if found.step else "")
    whole = f"d {letter}" if found.d else letter
    return f"attach({whole}, t: {quoted(above)})" if above else whole


def typst(d: Derivation, full: bool = False) -> str:
    """A displayed equation: name = symbols = numbers = result."""
    made = page(d, Typst(), full)
    rows = [f"& {'approx' if line.rounded else '='} {line.text}" for line in made.lines]
    return f"$ {made.name} " + " \\\n  ".join(rows) + " $"
