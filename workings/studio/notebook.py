"""Notebook: the same pages inside Jupyter and marimo, through anywidget.

anywidget wants one module; ours import each other.  They are folded into one that holds them all as texts and makes
an address for each in the browser, the innermost first, so that the imports of the others can point there.
"""

from __future__ import annotations

import json
import re
import threading
import time
from collections.abc import Mapping
from functools import cache
from pathlib import Path, PurePosixPath
from typing import Any

import numpy as np

from workings.studio.assets import assets
from workings.studio.messages import Refused, call
from workings.studio.networks import Entry, Networks
from workings.studio.outbox import PER_SECOND, Picture
from workings.studio.pages import PAGES

IMPORT = re.compile(r'from "(\.{1,2}/[\w./]+\.js)"')


# The names of files that stand between marks become the addresses that were made for them.
LOADER = """const made = {};
for (const [name, text] of FILES) {
  const code = text.replace(/@@(.+?)@@/g, (_, other) => made[other]);
  made[name] = URL.createObjectURL(new Blob([code], { type: "text/javascript" }));
}
const loaded = import(made["/notebook.js"]);
export default { render: async (given) => (await loaded).default.render(given) };
"""


@cache
def module(page: str) -> str:
    """The module of one page: all files that it needs, and what turns anywidget's model into ours.

    >>> module("weights").count("// Weights: "), "from ./" in module("weights").replace('\\"', "")
    (1, False)
    """
    found: dict[str, str] = {}
    _gather(f"/pages/{page}.js", found)
    _gather("/notebook.js", found)
    found["/notebook.js"] = found["/notebook.js"].replace("PAGE", f"@@/pages/{page}.js@@")
    return LOADER.replace("FILES", json.dumps(list(found.items()), ensure_ascii=False), 1)


def _gather(path: str, found: dict[str, str]) -> None:
    """A file after those that it imports."""
    text = assets()[path][0].decode()
    others = {name: _joined(path, name) for name in IMPORT.findall(text)}
    for other in others.values():
        if other not in found:
            _gather(other, found)
    found[path] = IMPORT.sub(lambda match: f'from "@@{others[match[1]]}@@"', text)


def _joined(path: str, to: str) -> str:
    parts = list(PurePosixPath(path).parent.parts)
    for part in to.split("/"):
        if part == "..":
            parts.pop()
        elif part != ".":
            parts.append(part)
    return "/" + "/".join(parts[1:])


class Direct:
    """Where a page puts its answers in a notebook: what is said goes at once, of pictures the newest when it can."""

    def __init__(self, send: Any):
        self.send = send
        self.lock = threading.Lock()
        self.pictures: dict[str, tuple[Picture, float]] = {}
        self.on_their_way: set[str] = set()
        self.due: dict[str, float] = {}

    def say(self, page: str, kind: str, data: Any = None, arrays: Mapping[str, np.ndarray] | None = None) -> None:
        self.send({"kind": kind, "data": data, **_listed(arrays or {})}, _buffers(arrays or {}))

    def show(self, page: str, kind: str, picture: Picture, per_second: float = PER_SECOND) -> None:
        with self.lock:
            self.pictures[kind] = picture, per_second
            if kind in self.on_their_way:
                return
            self.on_their_way.add(kind)
        self._next(kind)

    def painted(self, kind: str) -> None:
        """The last picture of a kind has been seen: the next, where there is one and it is time."""
        rest = self.due.get(kind, 0.0) - time.monotonic()
        if rest > 0:
            later = threading.Timer(rest, self.painted, (kind,))
            later.daemon = True
            return later.start()
        with self.lock:
            if kind not in self.pictures:
                self.on_their_way.discard(kind)
                return
        self._next(kind)

    def _next(self, kind: str) -> None:
        with self.lock:
            picture, per_second = self.pictures.pop(kind, (lambda: None, 1.0))
            self.due[kind] = time.monotonic() + 1 / per_second
        if (made := picture()) is not None:
            data, arrays = made
            self.send({"kind": kind, "data": data, "paint": True, **_listed(arrays)}, _buffers(arrays))


def _listed(arrays: Mapping[str, np.ndarray]) -> dict[str, Any]:
    return {"arrays": [[name, a.dtype.name, list(a.shape)] for name, a in arrays.items()]}


def _buffers(arrays: Mapping[str, np.ndarray]) -> list[bytes]:
    return [np.ascontiguousarray(a).tobytes() for a in arrays.values()]


class _Here:
    """What a page asks of the studio, in a notebook: the folder it runs in, and the model that is shown."""

    def __init__(self, model: Any):
        self.folder = Path.cwd()
        self.networks = Networks(self.folder)
        if model is not None:
            entry = Entry("digits", "this model", lambda entry: None, model)
            entry.done.set()
            entry.thread = threading.current_thread()
            self.networks.known = {"digits": entry}


def shown(model: Any, page: str | None = None) -> Any:
    """A widget with one page about a model: "draw" for networks that read pictures of digits, else "weights".

    Raises ImportError where anywidget is missing, ValueError for a page there is not.
    """
    try:
        import anywidget
    except ModuleNotFoundError:
        raise ImportError(
            "to be shown in a notebook this needs anywidget: pip install 'workings[notebook]'"
        ) from None
    reads_digits = model is not None and model.shape in ((64,), (784,)) and getattr(model, "labels", None) is not None
    page = page or ("draw" if reads_digits else "weights")
    if page not in PAGES:
        raise ValueError(f"there is no page {page!r}; there are {', '.join(PAGES)}")
    return _widget(anywidget.AnyWidget, page, model)


def _widget(base: Any, page: str, model: Any) -> Any:
    import msgspec

    class Shown(base):
        """One page of the studio."""

        _esm = module(page)
        _css = assets()["/app.css"][0].decode()

        def __init__(self) -> None:
            super().__init__()
            self.post = Direct(lambda content, buffers: self.send(_plain(content), buffers))
            self.page = PAGES[page](_Here(model), self.post)  # type: ignore[arg-type]
            self.on_msg(self._heard)

        def _heard(self, _: Any, content: Any, buffers: Any) -> None:
            if content.get("kind") == "painted":
                return self.post.painted(str(content.get("what")))
            text = msgspec.json.encode({**content, "page": page})
            try:
                call(PAGES[page], str(content.get("kind")), text)(self.page)
            except Refused as error:
                self.post.say(page, "failed", str(error))

    return Shown()


def _plain(content: Any) -> Any:
    import msgspec

    return msgspec.json.decode(msgspec.json.encode(content))
