"""Page: what every page of the studio can do: hold one explanation, and open any number of it.

A page is told things by messages (`on_…` methods; their signatures are the form of the message) and answers through
`say` and `show`.  It knows nothing of sockets, so the same page runs in a notebook.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any, Protocol

import numpy as np

from workings.explain.explanation import Explanation
from workings.studio.by_hand import LISTED, panel, terms
from workings.studio.keeping import Form, as_array, kept
from workings.studio.maths import number
from workings.studio.messages import Real, Text, Whole
from workings.studio.outbox import PER_SECOND, Picture
from workings.studio.shelf import Place, Shelf, Work

if TYPE_CHECKING:
    from workings.studio.server import Studio


class Post(Protocol):
    """Where a page puts its answers: an outbox of the studio, or a widget of a notebook."""

    def say(self, page: str, kind: str, data: Any = None, arrays: Mapping[str, np.ndarray] | None = None) -> None: ...

    def show(self, page: str, kind: str, picture: Picture, per_second: float = PER_SECOND) -> None: ...


class Page:
    """One page of one visitor."""

    name = "page"
    empty = "there is nothing worked out yet"
    aimless = "there is no loss, and so no gradient, where nothing says what the answer should be"

    def __init__(self, studio: Studio, post: Post):
        self.studio = studio
        self.post = post
        self.place: Place = Shelf().place("", self.name)  # where its work is kept; at first nowhere

    def say(self, kind: str, data: Any = None, arrays: Mapping[str, np.ndarray] | None = None) -> None:
        """Send something that must arrive."""
        self.post.say(self.name, kind, data, arrays)

    def show(self, kind: str, picture: Picture, per_second: float = PER_SECOND) -> None:
        """Send the picture of a moment, so often at most: the newest counts."""
        self.post.show(self.name, kind, picture, per_second)

    def rest(self) -> None:
        """The visitor has been away for long: what would never end by itself pauses."""

    def close(self) -> None:
        """The visitor has gone for good."""

    def restore(self, work: Work) -> None:
        """Go on with the work of a server that was killed.  Raises ValueError or LookupError if it does not fit."""

    # What can be kept

    def figure(self) -> Any:
        """The picture of the page as a Matplotlib figure; None where there is none."""
        return None

    def code(self) -> str:
        """Python that makes what is on the page."""
        raise ValueError("this page has no code")

    def on_keep(self, form: Form) -> None:
        """The page as a file: its picture, its numbers on paper or in a spreadsheet, its Python."""
        try:
            self.say("file", {"name": f"{self.name}.{form}"}, as_array(kept(self, form)))
        except (ValueError, ImportError) as error:
            self.say("failed", str(error))

    # By hand

    def explanation(self) -> Explanation | None:
        """The pass whose numbers are on the page; None where there is none yet."""
        return None

    def on_open(self, cell: Text) -> None:
        """Open a number: "Z1[3,1]"."""
        self._told("opened", cell, lambda w: panel(w.cell(cell)))

    def on_terms(self, cell: Text, start: Whole = 0) -> None:
        """A page of all terms of its sum, in order."""
        self._told("terms", cell, lambda w: {"cell": cell, "table": terms(w.cell(cell), start)})

    def on_paths(self, cell: Text) -> None:
        """The strongest paths from a number to the loss; of a gradient, those of the number it is the gradient of."""
        self._told("paths", cell, lambda w: _paths(w, cell.removeprefix("d")))

    def on_nudge(self, cell: Text, size: Real = 0.01) -> None:
        """Move a given number a little and see what the loss does."""
        self._told("nudged", cell, lambda w: _nudge(w, cell, size))

    def _told(self, kind: str, cell: str, make: Callable[[Explanation], Any]) -> None:
        w = self.explanation()
        if w is None:
            return self.say("unopened", {"cell": cell, "why": self.empty})
        try:
            self.say(kind, make(w))
        except (KeyError, IndexError, ValueError) as error:
            self.say("unopened", {"cell": cell, "why": self.aimless if "the targets" in str(error) else str(error)})


def _paths(w: Explanation, cell: str) -> dict[str, Any]:
    d = w.cell(cell)
    found = w.paths(d.name.array, d.name.cell, strongest=LISTED)
    return {"cell": cell, "text": str(found)}


def _nudge(w: Explanation, cell: str, size: float) -> dict[str, Any]:
    d = w.cell(cell)
    found, digits = w.nudge(d.name.array, d.name.cell, size), w.conventions.digits
    told = {
        "size": found.size,
        "gradient": found.gradient,
        "before": found.before,
        "after": found.after,
        "predicted": found.predicted,
        "actual": found.actual,
    }
    return {"cell": cell, **{name: number(value, digits).text for name, value in told.items()}}
