"""LaTeX: a derivation as an aligned equation."""

from __future__ import annotations

import re

from workings.explain.derivation import Derivation
from workings.ink.notation import COMPARISONS, TABLE, TIGHT, Notation, Written
from workings.ink.number import Name
from workings.sheets.derivation import lines

GREEK = {"gamma": r"\gamma", "beta": r"\beta", "mu": r"\mu", "alpha": r"\alpha"}
KNOWN = {">=": r"\ge", "<=": r"\le", "==": "=", "!=": r"\ne", "@": "", "*": r"\cdot"}


class Latex(Notation):
    """The signs of LaTeX's mathematics; a fraction is a fraction, a power stands raised."""

    signs = {op: f" {KNOWN.get(op, op)} " for op in ("+", "-", "@", "*", *COMPARISONS)} | {"@": r"\, "}

    def name(self, name: Name, base: int) -> Written:
        cell = ",".join(str(i + base) for i in name.cell)
        return Written(symbol(name.array) + (f"_{{{cell}}}" if cell else ""))

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
        return Written(f"{self.part(base, TABLE['**'].left)}^{{{exponent.text}}}", TABLE["**"].own)

    def transposed(self, text: str) -> str:
        return rf"{text}^{{\mathsf T}}"

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


def symbol(name: str) -> str:
    r"""W1 is W^{[1]}, dZhat2 is d\hat{Z}^{[2]}, a1⟨3⟩ is a^{[1]⟨3⟩}; anything else stands as text."""
    found = re.fullmatch(r"(d?)([A-Za-z]+?)(hat)?(\d*)('*)(?:⟨(\d+)⟩)?", name)
    if not found:
        return r"\text{" + re.sub(r"([_&%$#{}])", r"\\\1", name.replace("←", " from ")) + "}"
    d, letters, hat, layer, prime, step = found.groups()
    letters = GREEK.get(letters, letters if len(letters) == 1 else f"{letters[0]}_{{{letters[1:]}}}")
    letters = rf"\hat{{{letters}}}" if hat else letters
    above = (f"[{layer}]" if layer else "") + (rf"\langle {step} \rangle" if step else "")
    return d + ("{" + letters + prime + "}" if above else letters + prime) + (f"^{{{above}}}" if above else "")


def latex(d: Derivation, full: bool = False) -> str:
    """An `aligned` block: name = symbols = numbers = result."""
    notation = Latex()
    signs = {True: r"&\approx ", False: "&= "}
    rows = [signs[line.rounded] + line.text for line in lines(d, notation, full)]
    return (
        r"\begin{aligned} " + notation.name(d.name, d.conventions.base).text + r" \\ ".join(rows) + r" \end{aligned}"
    )
