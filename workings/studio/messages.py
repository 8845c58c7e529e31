"""Messages: what a page may be told, read from the signatures of its methods.

    def on_open(self, cell: Text) -> None        {"page": "draw", "kind": "open", "cell": "Z1[1,1]"}

A message that names no such method, leaves a field out, has one too many, or puts the wrong thing into one is refused
with a sentence, before any of it is looked at.
"""

from __future__ import annotations

import inspect
import re
from collections.abc import Callable
from functools import cache
from typing import Annotated, Any, get_type_hints

import msgspec
from msgspec import Meta

LARGEST = 2**20  # bytes of one message

Text = Annotated[str, Meta(max_length=200)]
Whole = Annotated[int, Meta(ge=0, le=10**9)]
Real = Annotated[float, Meta(ge=-1e9, le=1e9)]


class Envelope(msgspec.Struct):
    """The part of a message that all have: for which page, and what."""

    page: Annotated[str, Meta(max_length=20)]
    kind: Annotated[str, Meta(max_length=20)]


class Refused(ValueError):
    """A message that is none of ours; the sentence says why, and `plain` says it to who wrote the value."""

    plain = ""


NAMES = {"rate": "learning rate", "batch": "batch size", "hidden": "units in a layer", "split": "share learned from"}
NAMES |= {
    "l1": "L1 penalty",
    "l2": "L2 penalty",
    "by": "nudge",
    "seeds": "number of seeds",
    "per_second": "epochs a second",
}
KINDS = {"int": "a whole number", "float": "a number", "array": "a list", "str": "a text"}
BOUNDS = {">=": "of at least", "<=": "of at most", ">": "above", "<": "below"}
WANTED = re.compile(r"Expected `(\w+)`(?: of length)?(?: ([<>]=?) (-?[\d.e+]+))?")


def plain(error: str) -> str:
    """What is wrong with a value, in the words of the page.

    >>> plain("Expected `int` >= 1 - at `$.course.hidden[0]`")
    'units in a layer: this must be a whole number of at least 1'
    >>> plain("Invalid enum value 'swish' - at `$.settings.activation`")
    "activation: there is no 'swish'"
    """
    said, _, at = error.partition(" - at `$")
    name = [*re.findall(r"[a-z]\w*", at), "value"][-2 if at else -1]
    if unknown := re.match(r"Invalid enum value (.*)", said):
        said = f"there is no {unknown[1]}"
    elif wanted := WANTED.match(said):
        kind, bound, end = wanted.groups()
        many = {"array": " values", "str": " characters"}.get(kind, "")
        said = f"this must be {KINDS.get(kind, 'something else')}"
        said += f" {BOUNDS[bound]} {float(end):,.10g}{many}" if bound else ""
    return f"{NAMES.get(name, name)}: {said}"


@cache
def shapes(page: type) -> dict[str, type[msgspec.Struct]]:
    """What a page listens to: the kind of a message → its fields."""
    found = {}
    for name, method in inspect.getmembers(page, inspect.isfunction):
        if name.startswith("on_"):
            kind, types = name.removeprefix("on_"), get_type_hints(method, include_extras=True)
            fields = [_field(p, types[p.name]) for p in list(inspect.signature(method).parameters.values())[1:]]
            both = [("page", str), ("kind", str), *fields]
            found[kind] = msgspec.defstruct(f"{page.__name__}.{kind}", both, forbid_unknown_fields=True, kw_only=True)
    return found


def _field(parameter: inspect.Parameter, kind: Any) -> Any:
    if parameter.default is parameter.empty:
        return parameter.name, kind
    return parameter.name, kind, parameter.default


def envelope(text: str | bytes) -> Envelope:
    """Where a message goes.  Raises Refused."""
    if len(text) > LARGEST:
        raise Refused(f"a message has at most {LARGEST:,} bytes, this one {len(text):,}")
    try:
        return msgspec.json.decode(text, type=Envelope)
    except (msgspec.MsgspecError, UnicodeError, RecursionError) as error:
        raise Refused(f"this is not a message: {error}") from None


def call(page: Any, kind: str, text: str | bytes) -> Callable[[Any], None]:
    """What a message asks of a page of this class, checked, to be done by such a page.  Raises Refused."""
    shape = shapes(page).get(kind)
    if shape is None:
        raise Refused(f"the page {page.name!r} does not listen to {kind!r}")
    try:
        message = msgspec.json.decode(text, type=shape)
    except (msgspec.MsgspecError, UnicodeError, RecursionError) as error:
        refused = Refused(f"{page.name}, {kind}: {error}")
        refused.plain = plain(str(error))
        raise refused from None
    given = {name: getattr(message, name) for name in shape.__struct_fields__ if name not in ("page", "kind")}
    return lambda page: getattr(page, f"on_{kind}")(**given)
