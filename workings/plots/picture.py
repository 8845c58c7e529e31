"""Picture: a Matplotlib figure that no global state knows of, and that a notebook shows by itself."""

from __future__ import annotations

from typing import Any

import matplotlib
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure


class Picture(Figure):
    """A figure with a canvas of its own: nothing to close, no window system chosen, freed when nobody holds it."""

    def __init__(self, *args: Any, **options: Any):
        super().__init__(*args, **options)
        FigureCanvasAgg(self)

    def draw(self, renderer: Any) -> None:
        """Draw in the house's look: Matplotlib makes ticks only now, from the settings it finds."""
        from workings.plots.style import look

        with matplotlib.rc_context(look()):
            super().draw(renderer)

    def _repr_png_(self) -> bytes:
        from workings.plots.export import to_png

        return to_png(self)
