"""Stopped: a function that gave nothing back, and why."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from workings.exercises.code.compare import Fault
from workings.exercises.code.course import Function

if TYPE_CHECKING:
    from workings.exercises.code.calls import Tried
    from workings.exercises.code.look import Look

ENDED = {
    "wall": ("time", "it did not end within {wall:g} seconds: an endless loop, or one that waits"),
    "cpu": ("time", "it did not end within {cpu} seconds of computing: an endless loop?"),
    "memory": ("memory", "it took more than {memory} MB of memory"),
    "processes": ("processes", "it started more than {processes} processes"),
    "printed": ("printed", "it printed more than {printed} KB"),
    "answers": ("printed", "it wrote more than is read where its results go"),
    "not reached": ("not reached", "it was not called: another function ended the program before"),
}
START = (
    "with 0 iterations it gives no parameters W1, b1, … of these sizes back: let it take parameters, "
    "or give back the dict of parameters it begins with"
)


def ended(why: str, limits: Any) -> tuple[str, str]:
    """How the process ended, as a fault by name and a sentence."""
    if why in ENDED:
        fault, said = ENDED[why]
        told = vars(limits) | {"memory": limits.memory >> 20, "printed": limits.printed >> 10}
        return fault, said.format(**told)
    if why.startswith("signal"):
        return "crash", f"it brought Python down ({why})"
    return "exit", f"it ended the program ({why}); a function gives back with return"


def stopped(f: Function, tried: Tried, look: Look) -> Fault:
    """Why there is no result."""
    from workings.exercises.code.process import Limits

    name = next(iter(look.wanted), "")
    error = look.error or {}
    kind, said, line = (str(error.get(key) or "") for key in ("kind", "said", "line"))
    if not kind and f.name in tried.ended:
        return Fault(name, *ended(tried.ended[f.name], Limits()))
    if kind == "start":
        return Fault("", "not checked", START)
    if kind == "Unbound":
        takes = ", ".join(key.lstrip("?") for key in f.given(look.case))
        return Fault("", "signature", f"it takes {said}, and can be given ({takes})")
    if kind == "SystemExit":
        return Fault(name, "exit", "it calls sys.exit(); a function gives back with return")
    if not kind:
        return Fault(name, "no answer", "no result of it came back")
    at = said.strip("'") if kind == "KeyError" and said.strip("'") in look.wanted else _assigned(tried, line)
    place = f" in line {line}" if line else ""
    shapes = re.search(r"shapes|matmul|broadcast|dimension", said)
    told = f"it stopped{place}: {kind}: {said}"
    return Fault(at if at in look.wanted or not look.wanted else at or name, "shapes" if shapes else "stopped", told)


def _assigned(tried: Tried, line: str) -> str:
    """What the line would have worked out."""
    lines = tried.source.splitlines()
    if not line.isdigit() or not 0 < int(line) <= len(lines):
        return ""
    found = re.match(r"\s*(?:[\w.]+\[['\"])?([A-Za-z_]\w*)", lines[int(line) - 1])
    return found[1] if found and "=" in lines[int(line) - 1] else ""
