"""Showing: the door of a model to the studio's pages, inside a notebook."""

from __future__ import annotations

from typing import Any


class Showing:
    """Methods of `Model` that show it."""

    def show(self, page: str | None = None) -> Any:
        """The model as a page of the studio, in Jupyter or marimo (extra `notebook`).

        `page`: "draw" (networks that read 8×8 or 28×28 digits), "weights", or another page of the studio.
        """
        from workings.studio.notebook import shown

        return shown(self, page)
