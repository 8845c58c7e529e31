"""Maths: formulas and numbers as the browser is sent them: trees of plain lists, never markup.

    ["mfrac", {}, ["mn", {}, "1"], ["mn", {}, "2"]]

The browser makes elements of them one by one, so that no text can become markup on its way.
"""

from __future__ import annotations

from typing import Any
from xml.etree import ElementTree

from workings.explain.derivation import Derivation
from workings.ink.notation import Written, write
from workings.ink.number import Name, Number
from workings.ink.rounding import Cut, cut
from workings.sheets.mathml import MathML

Tree = list[Any]
MATH = MathML()
ROOM = 1e6
SUPERSCRIPT = str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹")


def tree(markup: str) -> Tree:
    """MathML, which our own printer wrote, as lists.

    >>> tree("<mfrac><mn>1</mn><mrow><mn>2</mn></mrow></mfrac>")
    ['mrow', {}, ['mfrac', {}, ['mn', {}, '1'], ['mrow', {}, ['mn', {}, '2']]]]
    """
    return _listed(ElementTree.fromstring(f"<mrow>{markup.replace('&#160;', chr(160))}</mrow>"))


def _listed(element: ElementTree.Element) -> Tree:
    attributes = {name: value for name, value in element.attrib.items() if name != "style"}
    if "style" in element.attrib:  # the page allows no styles in markup
        attributes["class"] = element.attrib["style"].replace("text-align:", "to-the-")
    below = [_listed(child) for child in element]
    return [element.tag, attributes, *below] if below else [element.tag, attributes, element.text or ""]


def named(d: Derivation, name: Name) -> Tree:
    """The symbol of a cell."""
    return tree(MATH.name(d.whole.shown(name), d.conventions.base).text)


def typeset(text: str) -> str:
    """A number that was cut to its digits, with a true minus and a power of ten.

    >>> typeset("-1.25e-07"), typeset("-3"), typeset("inf")
    ('−1.25×10⁻⁷', '−3', '∞')
    """
    mantissa, e, exponent = text.partition("e")
    if e and mantissa[-1:].isdigit():
        text = f"{mantissa}×10{str(int(exponent)).translate(SUPERSCRIPT)}"
    return {"inf": "∞", "-inf": "−∞"}.get(text, text.replace("-", "−"))


def number(value: Any, digits: int) -> Cut:
    """A number as text: typeset, and whether it was cut."""
    made = cut(value.item() if hasattr(value, "item") else value, digits)
    return Cut(typeset(made.text), made.rounded)


def brief(value: float, digits: int) -> str:
    """A number where there is little room: a large one, which `number` tells to the last whole digit, is cut, too.

    >>> brief(0.125, 4), brief(12345.0, 4), brief(406538887888896.0, 4)
    ('0.125', '12345', '4.065×10¹⁴')
    """
    return number(value, digits).text if abs(value) < ROOM else typeset(f"{value:.{digits}g}")


def formula(x: Number, d: Derivation, numbers: bool, after: bool = False) -> tuple[Tree, bool]:
    """A working in symbols or in numbers, and whether a number in it was cut; `after` a + a minus is in brackets."""
    rounded = False
    digits, exact = d.conventions.digits, d.whole.exact

    def cut_off(value: Any) -> Written:
        nonlocal rounded
        made = cut(value, digits)
        rounded |= made.rounded
        return MATH.number(made.text)

    def leaf(node: Number) -> Written:
        if node.op == "rest":
            return Written(MATH.rest(len(node.operands), cut_off(node.value).text if numbers else None))
        if node.name and not numbers:
            return MATH.name(d.whole.shown(node.name), d.conventions.base)
        return cut_off(node.value if exact or node.name else float(node.value) if not node.exact else node.value)

    written = write(x, MATH, leaf, side_by_side=numbers)
    return tree(MATH.part(written, 0, right=after)), rounded
