"""Notebook: the same pages inside Jupyter and marimo, through anywidget.

anywidget wants one module; ours import each other.  They are folded into one: each file becomes a `data:` address,
the innermost first, and the imports of the others point there.
"""

from __future__ import annotations

import base64
import re
import threading
from collections.abc import Mapping
from functools import cache
from pathlib import Path, PurePosixPath
from typing import Any

import numpy as np

from workings.studio.assets import assets
from workings.studio.messages import Refused, call
from workings.studio.networks import Entry, Networks
from workings.studio.outbox import Picture
from workings.studio.pages import PAGES

IMPORT = re.compile(r"""(from |import\()(["'`])(\.{1,2}/[\w./]+\.js)\2""")


@cache
def folded(path: str) -> str:
    """A file of the page with everything it imports inside it.

    >>> "data:text/javascript" in folded("/pages/weights.js"), "from \\"../" in folded("/pages/weights.js")
    (True, False)
    """
    text = assets()[path][0].decode()

    def inside(found: re.Match[str]) -> str:
        other = _joined(path, found[3])
        packed = base64.b64encode(folded(other).encode()).decode()
        return f"{found[1]}{found[2]}data:text/javascript;base64,{packed}{found[2]}"

    return IMPORT.sub(inside, text)


def _joined(path: str, to: str) -> str:
    parts = list(PurePosixPath(path).parent.parts)
    for part in to.split("/"):
        if part == "..":
            parts.pop()
        elif part != ".":
            parts.append(part)
    return "/" + "/".join(parts[1:])


def module(page: str) -> str:
    """The module of one page, with what turns anywidget's model into ours."""
    return folded("/notebook.js").replace("PAGE", folded_address(f"/pages/{page}.js"))


def folded_address(path: str) -> str:
    """A file of the page as an address that needs no server."""
    return "data:text/javascript;base64," + base64.b64encode(folded(path).encode()).decode()


class Direct:
    """Where a page puts its answers in a notebook: what is said goes at once, of pictures the newest when it can."""

    def __init__(self, send: Any):
        self.send = send
        self.lock = threading.Lock()
        self.pictures: dict[str, Picture] = {}
        self.on_their_way: set[str] = set()

    def say(self, page: str, kind: str, data: Any = None, arrays: Mapping[str, np.ndarray] | None = None) -> None:
        self.send({"kind": kind, "data": data, **_listed(arrays or {})}, _buffers(arrays or {}))

    def show(self, page: str, kind: str, picture: Picture) -> None:
        with self.lock:
            self.pictures[kind] = picture
            if kind in self.on_their_way:
                return
            self.on_their_way.add(kind)
        self._next(kind)

    def painted(self, kind: str) -> None:
        """The last picture of a kind has been seen: the next, where there is one."""
        with self.lock:
            if kind not in self.pictures:
                self.on_their_way.discard(kind)
                return
        self._next(kind)

    def _next(self, kind: str) -> None:
        with self.lock:
            picture = self.pictures.pop(kind, None)
        if picture is not None and (made := picture()) is not None:
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
                call(self.page, str(content.get("kind")), text)()
            except Refused as error:
                self.post.say(page, "failed", str(error))

    return Shown()


def _plain(content: Any) -> Any:
    import msgspec

    return msgspec.json.decode(msgspec.json.encode(content))
