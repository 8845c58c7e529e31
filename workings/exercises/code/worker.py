"""The worker: loads a learner's file and calls its functions, behind the keeper's walls.

Every call of the job is answered by one line of JSON: what came back as plain numbers, or what stopped it.  It knows
what is given to each function, and nothing of what should come out.
"""

from __future__ import annotations

import contextlib
import inspect
import json
import os
import sys
import traceback
from typing import Any

import numpy as np
import numpy.linalg
import numpy.random

CELLS, DEPTH, TEXT = 20_000, 8, 500  # of one result


class Unbound(Exception):
    """The function takes other things than it would be given."""


def work(job: dict[str, Any], answers: int) -> None:
    """Loads the file, then answers call after call."""
    say = lambda told: _write(answers, json.dumps(told).encode() + b"\n")
    sys.modules["workings"] = None  # type: ignore[assignment]  (its own formulas are to be checked, not ours)
    room: dict[str, Any] = {"__name__": "handed_in", "__builtins__": __builtins__}
    say({"at": -1})
    try:
        exec(compile(job["source"], job["file"], "exec"), room)
    except BaseException as error:
        say({"at": -1, "error": _error(error, job["file"])})
        return
    found = {name: f for name, f in room.items() if callable(f) and not name.startswith("__")}
    say({"functions": {name: _looks(f, job["file"]) for name, f in found.items()}})
    kept: dict[int, Any] = {}
    for i in job["todo"]:
        name, given = job["calls"][i]
        if name not in found:
            continue
        say({"at": i})
        try:
            named = {key: _read(value, kept) for key, value in given.items()}
            np.random.seed(job["seed"])  # noqa: NPY002  (what courses draw from)
            out = _called(found[name], named, job["synonyms"])
            answer = {"at": i, "out": _plain(out, [CELLS], DEPTH)}
        except BaseException as error:
            answer = {"at": i, "error": _error(error, job["file"])}
        else:
            kept[i] = out
        with contextlib.suppress(BaseException):
            sys.stdout.flush()
        say(answer)
    say({"done": True})


def _write(file: int, line: bytes) -> None:
    while line:
        line = line[os.write(file, line) :]


def _called(function: Any, given: dict[str, Any], synonyms: dict[str, list[str]]) -> Any:
    """Calls it with what it takes: by name where a parameter's name is known, the others in their order.

    What is given under a name with ? goes to parameters of that name only.
    """
    try:
        takes = [p for p in inspect.signature(function).parameters.values() if p.kind in (0, 1, 3)]
    except (TypeError, ValueError):
        return function(*(value for key, value in given.items() if key[0] != "?"))
    goes: dict[str, str] = {}
    for p in takes:
        for key in given:
            word = key.lstrip("?")
            if key not in goes.values() and p.name.lower() in (word.lower(), *synonyms.get(word, ())):
                goes[p.name] = key
                break
    left = [key for key in given if key not in goes.values() and key[0] != "?"]
    for p in takes:
        if p.name not in goes and p.default is p.empty:
            if not left:
                raise Unbound(f"({', '.join(q.name for q in takes)})")
            goes[p.name] = left.pop(0)
    places = [given[goes[p.name]] for p in takes if p.kind == 0 and p.name in goes]
    return function(*places, **{p.name: given[goes[p.name]] for p in takes if p.kind != 0 and p.name in goes})


def _read(value: Any, kept: dict[int, Any]) -> Any:
    """What a function is given, from JSON."""
    if isinstance(value, dict):
        if "array" in value:
            return np.array(value["array"], dtype=float).reshape(value["shape"])
        if "tuple" in value:
            return tuple(_read(part, kept) for part in value["tuple"])
        if "of" in value:  # a part of what an earlier call gave back
            whole = kept[value["of"]]
            return whole if value["part"] is None else whole[value["part"]]
        return {key: _read(part, kept) for key, part in value["dict"].items()}
    return [_read(part, kept) for part in value] if isinstance(value, list) else value


def _plain(x: Any, left: list[int], depth: int) -> Any:
    """A result as plain data, read once."""
    if x is None or depth == 0:
        return None
    if isinstance(x, str):
        return x[:TEXT]
    if isinstance(x, tuple | list) and not _numeric(x):
        return {"parts": [_plain(part, left, depth - 1) for part in list(x)[:100]]}
    if isinstance(x, dict):
        return {"named": {str(key)[:TEXT]: _plain(part, left, depth - 1) for key, part in list(x.items())[:100]}}
    try:
        a = np.asarray(x)
        kind = str(a.dtype)
        a = a.astype(float)
    except Exception:
        return {"other": type(x).__name__[:TEXT]}
    left[0] -= a.size
    if left[0] < 0 or a.ndim > 6:
        return {"other": f"an array of shape {tuple(a.shape)}, too large"}
    return {"shape": [int(n) for n in a.shape], "values": [float(v) for v in a.ravel()], "type": kind[:TEXT]}


def _numeric(x: Any) -> bool:
    """Whether a list is a matrix written as lists."""
    return isinstance(x, list) and bool(x) and all(isinstance(v, int | float) or _numeric(v) for v in x)


def _looks(function: Any, file: str) -> dict[str, Any]:
    """Where a function begins, and what it takes."""
    code = getattr(function, "__code__", None)
    try:
        takes = list(inspect.signature(function).parameters)[:20]
    except (TypeError, ValueError):
        takes = []
    return {
        "line": code.co_firstlineno if code is not None and code.co_filename == file else 0,
        "takes": [str(name)[:TEXT] for name in takes],
    }


def _error(error: BaseException, file: str) -> dict[str, Any]:
    """What stopped it: the kind, the words, and the learner's own line."""
    lines = [frame.lineno for frame in traceback.extract_tb(error.__traceback__) if frame.filename == file]
    line = lines[-1] if lines else getattr(error, "lineno", None) if isinstance(error, SyntaxError) else None
    try:
        told = str(error)[:TEXT]
    except BaseException:
        told = ""
    return {"kind": type(error).__name__[:TEXT], "said": told, "line": line}
