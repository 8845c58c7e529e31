"""The pictures of the README and the docs, drawn from a network trained here and now: `python docs/pictures.py`."""

from __future__ import annotations

from io import BytesIO
from pathlib import Path
from textwrap import wrap

import numpy as np
from matplotlib.figure import Figure
from matplotlib.image import imread
from PIL import Image

import workings as wk
from workings.plots import to_png

FOLDER = Path(__file__).parent / "images"


def trained() -> tuple[wk.Model, np.ndarray, np.ndarray]:
    """The network of the README."""
    X, y = wk.data.digits()
    model = wk.Model([wk.Dense(16, "sigmoid"), wk.Dense(16, "sigmoid"), wk.Dense(10, "softmax")], seed=0)
    model.fit(X, y, epochs=20, learning_rate=2.0, validation=0.2, progress=False)
    return model, X, y


def front(model: wk.Model, X: np.ndarray, y: np.ndarray) -> bytes:
    """A digit in the network, and beside it two of its numbers worked out."""
    row = int(np.argmax(y == 3))
    w = model.explain(X[row : row + 1], y[row : row + 1])
    diagram = to_png(wk.plots.network_diagram(model, X[row], most=10, highlight="A3[4]"), dpi=160)
    figure = Figure(figsize=(14, 6.6))
    left, right = figure.add_axes((0, 0, 0.47, 1)), figure.add_axes((0.49, 0, 0.5, 1))
    left.imshow(imread(BytesIO(diagram)))
    for axes in (left, right):
        axes.axis("off")
    told = "\n\n".join(folded(str(cell)) for cell in (w["Z3"][3, 0], w["A3"][3, 0], w["dW3"][3, 10]))
    right.text(0, 0.5, told, family="monospace", fontsize=10.5, va="center", linespacing=1.5)
    return to_png(figure, dpi=100)


def folded(derivation: str, width: int = 74) -> str:
    """Long lines broken at their plus signs, the rest set in under the first."""
    lines = []
    for line in derivation.splitlines():
        inset = " " * (line.find("=" if "=" in line[:20] else "~") + 2)
        lines += wrap(line, width, subsequent_indent=inset, break_long_words=False, drop_whitespace=True)
        if line.startswith(" ") and not lines[-1].startswith(" "):
            lines[-1] = line
    return "\n".join(lines)


def walk(model: wk.Model, X: np.ndarray, y: np.ndarray) -> None:
    """The twenty pictures of the page `tour`, the README's network followed through its third digit, a 2."""
    for name, figure in wk.plots.tour(model, X[:6], y[:6], example=2).items():
        picture = Image.open(BytesIO(to_png(figure, dpi=75))).convert("RGB").quantize(48, dither=Image.Dither.NONE)
        picture.save(FOLDER / f"tour-{name.replace('_', '-')}.png", optimize=True)


if __name__ == "__main__":
    FOLDER.mkdir(exist_ok=True)
    model, X, y = trained()
    (FOLDER / "workings.png").write_bytes(front(model, X, y))
    walk(model, X, y)
