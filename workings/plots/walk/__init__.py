"""Walk: twenty pictures that follow one example through a network, from its pixels to the gradient of every weight.

    pictures = tour(model, X[:8], y[:8])
    pictures["weighted_sum"]               a figure
    pictures.save("folder")                all twenty, as SVG

Each is drawn from the model as it is now, when it is asked for.  They stand for the figures that the study notes on
digits name and do not have.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from workings.plots.export import to_png, to_svg
from workings.plots.walk import backward, chain, forward
from workings.plots.walk.seen import Seen, seen
from workings.plots.walk.seen import single_neurons as single_neurons
from workings.saving import write_whole

if TYPE_CHECKING:
    from matplotlib.figure import Figure

    from workings.model import Model

PICTURES = {
    drawing.__name__: drawing
    for drawing in (
        forward.pixels_as_inputs,
        forward.layer_by_layer,
        forward.parts_it_found,
        forward.what_units_look_for,
        forward.links_of_one_unit,
        forward.weighted_sum,
        forward.matrix_form,
        forward.sums_through_sigmoid,
        forward.sums_through_relu,
        backward.downhill,
        backward.answer_before_training,
        backward.three_ways_up,
        backward.wishes_added,
        backward.table_of_nudges,
        chain.one_neuron_in_each_layer,
        chain.last_two_neurons,
        chain.cost_of_one_answer,
        chain.tree_of_causes,
        chain.chain_rule,
        chain.gradient_vector,
    )
}


class Tour(Mapping[str, "Figure"]):
    """The pictures by name, in order; each is drawn when it is asked for."""

    def __init__(self, state: Seen):
        self.state = state

    def __getitem__(self, name: str) -> Figure:
        if name not in PICTURES:
            raise KeyError(f"there is no picture {name!r} on the tour; there are {', '.join(PICTURES)}")
        return PICTURES[name](self.state)

    def __iter__(self) -> Iterator[str]:
        return iter(PICTURES)

    def __len__(self) -> int:
        return len(PICTURES)

    def told(self, name: str) -> str:
        """What a picture shows, in a sentence."""
        return " ".join((PICTURES[name].__doc__ or "").split("\n\n")[0].split())

    def save(self, folder: Any, form: str = "svg") -> list[Path]:
        """Write every picture to a folder, as "svg" or "png", numbered in order."""
        if form not in ("svg", "png"):
            raise ValueError(f'pictures are saved as "svg" or "png", not as {form!r}')
        made = []
        for i, (name, figure) in enumerate(self.items(), 1):
            made.append(Path(folder) / f"{i:02}-{re.sub('_', '-', name)}.{form}")
            write_whole(made[-1], to_svg(figure).encode() if form == "svg" else to_png(figure))
        return made


def tour(model: Model, X: Any, y: Any, example: int = 0, chain: Model | None = None) -> Tour:
    """Twenty pictures of a classifier of square pictures, X (m, pixels) and y (m,), a few examples of each.

    `example` is the one that is followed, counted from 0; the others are averaged over.  `chain`: a model with one
    neuron in each layer, for the chain rule (by default three sigmoids).  Raises ValueError with a sentence for a
    network that is no stack of dense layers, and for examples that are no square pictures.

    >>> from workings import Dense, Model
    >>> from workings.data import digits
    >>> X, y = digits()
    >>> pictures = tour(Model([Dense(16, "sigmoid"), Dense(10, "softmax")], inputs=64), X[:4], y[:4])
    >>> len(pictures), pictures.told("weighted_sum")[:44]
    (20, 'Pixels times weights, added, and the bias: h')
    >>> pictures["cost_of_one_answer"].get_suptitle()[:21]
    'The cost of one answe'
    """
    return Tour(seen(model, X, y, example, chain))
