"""LaTeX: a derivation as an aligned equation."""

from __future__ import annotations

import re

from workings.explain.derivation import Derivation
from workings.ink.notation import COMPARISONS, TABLE, TIGHT, Notation, Written
from workings.ink.number import Name
from workings.sheets.derivation import page
from workings.sheets.symbols import parted

COMMANDS = {"γ": r"\gamma", "β": r"\beta", "μ": r"\mu", "α": r"\alpha"}
KNOWN = {">=": r"\ge", "<=": r"\le", "==": "=", "!=": r"\ne", "@": "", "*": r"\cdot"}


class Latex(Notation):
    """The signs of LaTeX's mathematics; a fraction is a fraction, a power stands raised."""

    signs = {op: f" {KNOWN.get(op, op)} " for op in ("+", "-", "@", "*", *COMPARISONS)} | {"@": r"\, "}

    def name(self, name: Name, base: int) -> Written:
        cell = ",".join(str(i + base) for i in name.cell)
        return Written(symbol(name.array, cell))

    def number(self, text: str) -> Written:
        if text.lstrip("-") in ("inf", "nan", "True", "False"):
            word = {"inf": r"\infty"}.get(text.lstrip("-"), rf"\text{{{text.lstrip('-')}}}")
            return Written("-" * text.startswith("-") + word, TABLE["neg"].own if text[0] == "-" else TIGHT)
        if "/" in text:
            top, bottom = text.lstrip("-").split("/")
            text = "-" * text.startswith("-") + rf"\frac{{{top}}}{{{bottom}}}"
        elif "e" in text:
            digits, exponent = text.split("e")
            text = rf"{digits} \times 10^{{{int(exponent)}}}"
            return Written(text, TABLE["neg"].own if text[0] == "-" else TABLE["*"].own)
        return Written(text, TABLE["neg"].own if text[0] == "-" else TIGHT)

    def brackets(self, text: str) -> str:
        return rf"\left({text}\right)" if r"\frac" in text or r"\sum" in text else f"({text})"

    def over(self, above: Written, below: Written) -> Written:
        return Written(rf"\frac{{{above.text}}}{{{below.text}}}", TABLE["*"].own)

    def power(self, base: Written, exponent: Written) -> Written:
        return Written(f"{raised(self.part(base, TABLE['**'].left))}^{{{exponent.text}}}", TABLE["**"].own)

    def word(self, text: str) -> str:
        return rf"\text{{{text}}}"

    def transposed(self, text: str) -> str:
        return rf"{raised(text)}^{{\mathsf T}}"

    def stacked(self, parts: list[str]) -> str:
        return r"\begin{bmatrix} " + r" \\ ".join(parts) + r" \end{bmatrix}"

    def where(self, condition: str, yes: str, no: str) -> str:
        return rf"\begin{{cases}} {yes} & \text{{if }} {condition} \\ {no} & \text{{else}} \end{{cases}}"

    def rest(self, count: int, value: str | None) -> str:
        told = rf"\text{{{count} smaller}}"
        return rf"(\dots {told})" if value is None else rf"({told}\colon {value})"

    def call(self, function: str, arguments: list[str]) -> Written:
        inside = ", ".join(arguments)
        if function == "exp":
            return Written(f"e^{{{inside}}}", TABLE["**"].own)
        if function == "sqrt":
            return Written(rf"\sqrt{{{inside}}}")
        if function == "abs":
            return Written(rf"\left|{inside}\right|")
        known = {"log": r"\log", "tanh": r"\tanh", "max": r"\max"}.get(function, rf"\operatorname{{{function}}}")
        return Written(rf"{known}\left({inside}\right)")

    def over_axes(self, function: str, inside: str, axes: str) -> Written:
        sign = {"sum": r"\sum", "max": r"\max"}.get(function, rf"\operatorname*{{{function}}}")
        return Written(rf"{sign}_{{\text{{{axes}}}}}\left({inside}\right)")


def raised(base: str) -> str:
    """What is to carry a superscript; one that has its own stands in braces."""
    return f"{{{base}}}" if "^" in base and not base.endswith(")") else base


def symbol(name: str, cell: str = "") -> str:
    r"""W1 is W^{[1]}, dZhat2 is d\hat{Z}^{[2]}, a1⟨3⟩ is a^{[1]⟨3⟩}; a name that is no symbol stands as text."""
    found = parted(name)
    if found is None:
        plain = re.sub(r"[\\^~]", " ", name.replace("←", " from "))
        return r"\text{" + re.sub(r"([_&%$#{}])", r"\\\1", plain) + "}" + (f"_{{{cell}}}" if cell else "")
    letter = COMMANDS.get(found.letter, found.letter)
    letter = rf"\text{{{letter}}}" if letter[1:].replace(" ", "").isalpha() and letter[0] != "\\" else letter
    letter = rf"\hat{{{letter}}}" if found.hat else letter
    below = [COMMANDS.get(found.below, found.below)] if found.below else []
    below += [rf"\text{{{found.word}}}"] if found.word else []
    letter = (f"{letter}_{{{','.join(below)}}}" if below else letter) + found.prime
    above = (f"[{found.layer}]" if found.layer else "") + (rf"\langle {found.step} \rangle" if found.step else "")
    whole = rf"d{letter}" if found.d else letter
    whole = f"{{{whole}}}" if above or (cell and (below or found.prime)) else whole
    return whole + (f"^{{{above}}}" if above else "") + (f"_{{{cell}}}" if cell else "")


def latex(d: Derivation, full: bool = False) -> str:
    """An `aligned` block: name = symbols = numbers = result."""
    made = page(d, Latex(), full)
    signs = {True: r"&\approx ", False: "&= "}
    rows = [signs[line.rounded] + line.text for line in made.lines]
    return r"\begin{aligned} " + made.name + r" \\ ".join(rows) + r" \end{aligned}"
